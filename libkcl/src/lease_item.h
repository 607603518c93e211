/*
 * lease_item: leases and the other rows of a fleet as items of a DynamoDB table, in the KCL's format.
 *
 * docs/lease-store.md has the attributes. Beside the KCL's own, a lease has four that the KCL leaves alone:
 * libkclNonce, libkclIncarnation, libkclCreated, libkclStart.
 */
#ifndef KCL_SRC_LEASE_ITEM_H
#define KCL_SRC_LEASE_ITEM_H

#include "expression.h"
#include "fleet_row.h"
#include "lease.h"

#define KCL_A_KEY         "leaseKey"
#define KCL_A_COUNTER     "leaseCounter"
#define KCL_A_OWNER       "leaseOwner"
#define KCL_A_READER      "checkpointOwner"
#define KCL_A_SWITCHES    "ownerSwitchesSinceCheckpoint"
#define KCL_A_CHECKPOINT  "checkpoint"
#define KCL_A_SUB         "checkpointSubSequenceNumber"
#define KCL_A_PENDING     "pendingCheckpoint"
#define KCL_A_PENDING_SUB "pendingCheckpointSubSequenceNumber"
#define KCL_A_STATE       "pendingCheckpointState"
#define KCL_A_PARENTS     "parentShardId"
#define KCL_A_CHILDREN    "childShardIds"
#define KCL_A_FIRST       "startingHashKey"
#define KCL_A_LAST        "endingHashKey"
#define KCL_A_THROUGHPUT  "throughputKBps"
#define KCL_A_ENTITY      "entityType"
#define KCL_A_STREAM      "streamName"
#define KCL_A_SHARD       "shardId"
#define KCL_A_NONCE       "libkclNonce"
#define KCL_A_INCARNATION "libkclIncarnation"
#define KCL_A_CREATED     "libkclCreated"
#define KCL_A_START       "libkclStart" /* the instant that a start position means, ms */

enum kcl_item_kind {
    KCL_ITEM_LEASE,
    KCL_ITEM_ROW,     /* of a fleet */
    KCL_ITEM_FOREIGN, /* something that this release does not know: left alone */
    KCL_ITEM_BAD      /* a lease that cannot be read */
};

/** What an item is; @p lease or @p row receives it. Either may be NULL if it is not wanted. */
enum kcl_item_kind kcl_item_read(const kds_dynamodb_attribute_t *item,
                                 size_t count,
                                 struct kcl_lease *lease,
                                 struct kcl_fleet_row *row);

#define KCL_ITEM_MAX 24 /* attributes of an item that is made */

/** A new lease. @return attributes; 0 with e->failed set. */
size_t kcl_item_of_lease(struct kcl_expression *e,
                         const struct kcl_lease *lease,
                         kds_dynamodb_attribute_t out[KCL_ITEM_MAX]);

/** Set position and its number, of KCL_A_CHECKPOINT and of KCL_A_PENDING. */
void kcl_set_position(struct kcl_expression *e,
                      const char *name,
                      const char *sub_name,
                      const struct kcl_position *p);
/** Set children and hash keys, where they are known. */
void kcl_set_description(struct kcl_expression *e, const struct kcl_lease *lease);

/* fleet_item.c */

/** The key of a row: "Leader", "Migration3.0", "TableMigration3.5" or the worker's id. */
const char *kcl_row_key(const struct kcl_fleet_row *row);
/** What kcl_item_read() does for items that are no leases. */
enum kcl_item_kind kcl_row_read(kds_slice_t entity,
                                const kds_dynamodb_attribute_t *item,
                                size_t count,
                                struct kcl_fleet_row *row);
/** Set what a row says and require what it expects. */
void kcl_row_set(struct kcl_expression *e, const struct kcl_fleet_row *row);
void kcl_row_expect(struct kcl_expression *e,
                    const char *key_name,
                    const struct kcl_fleet_row *row);

/** Which lease an item is that cannot be read. @return false if its key does not tell either */
bool kcl_item_name(const kds_dynamodb_attribute_t *item,
                   size_t count,
                   struct kcl_lease_name *out);

/** The state of a prepared checkpoint, of any length; absent if there is none. */
kds_slice_t kcl_item_state(const kds_dynamodb_attribute_t *item, size_t count);

/** An attribute by name; NULL if there is none. */
const kds_dynamodb_attribute_value_t *
kcl_item_find(const kds_dynamodb_attribute_t *item, size_t count, const char *name);

#endif /* KCL_SRC_LEASE_ITEM_H */
