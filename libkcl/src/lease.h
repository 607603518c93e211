/*
 * lease: who reads a shard and how far it was read, as a value; and positions, which it is made of.
 */
#ifndef KCL_SRC_LEASE_H
#define KCL_SRC_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/types.h"

#define KCL_NAME_BYTES     136 /* of a shard id or a worker id: 128 characters in the model */
#define KCL_OWNER_BYTES    264 /* of a worker id; the KCL's hold a host name and a UUID */
#define KCL_STREAM_BYTES   168 /* account:name:creation */
#define KCL_KEY_BYTES      (KCL_STREAM_BYTES + KCL_NAME_BYTES)
#define KCL_SEQUENCE_BYTES 136 /* 129 digits in the model */
#define KCL_PARENTS_MAX    2
#define KCL_CHILDREN_MAX   2
#define KCL_STATE_BYTES    256 /* of the application's, with a prepared checkpoint */

enum kcl_position_kind {
    KCL_AT_TRIM_HORIZON, /* the oldest record that is kept */
    KCL_AT_TIMESTAMP,    /* the first record that arrived at `number` or later, ms */
    KCL_AT_LATEST, /* what arrives from `number` on, ms; 0 = the instant is not pinned yet */
    KCL_AFTER_RECORD, /* behind user record `number` of the Kinesis record `sequence` */
    KCL_AT_SHARD_END  /* everything was read */
};

/** How far a shard was read. */
struct kcl_position {
    enum kcl_position_kind kind;
    char sequence[KCL_SEQUENCE_BYTES]; /* of KCL_AFTER_RECORD; "" otherwise */
    int64_t number;
};

/** Order of reading. A time stamp, the latest or the trim horizon is before every record. */
int kcl_position_cmp(const struct kcl_position *a, const struct kcl_position *b);

/** Where an application begins that has read nothing yet. */
bool kcl_position_is_start(const struct kcl_position *p);

/** The text that a store keeps: TRIM_HORIZON, AT_TIMESTAMP, LATEST, SHARD_END or a sequence number. */
const char *kcl_position_text(const struct kcl_position *p);

/** From that text and the number. @return false if it is none of these */
bool kcl_position_parse(kds_slice_t text, int64_t number, struct kcl_position *out);

struct kcl_lease {
    char stream[KCL_STREAM_BYTES]; /* "" when the application reads one stream only */
    char shard_id[KCL_NAME_BYTES];
    char owner[KCL_OWNER_BYTES]; /* "" = nobody; during a hand-off the next one */
    char checkpoint_owner
        [KCL_OWNER_BYTES]; /* during a hand-off the one who still reads; "" */
    uint64_t counter;      /* one more with every write of an owner: its sign of life */
    uint64_t nonce;        /* of the last write of ours; kcl_nonce() */
    uint64_t incarnation;  /* of the process that took it: two may bear one name */
    uint64_t switches;     /* changes of the owner since the last checkpoint */
    int64_t created_ms;    /* of the stream; 0 = not known */
    struct kcl_position checkpoint;

    bool has_pending; /* prepared, not committed */
    struct kcl_position pending;
    uint8_t pending_state[KCL_STATE_BYTES];
    size_t
        pending_state_len; /* a KCL's may be longer: then pending_state has nothing of it */

    char parents[KCL_PARENTS_MAX][KCL_NAME_BYTES];
    size_t parent_count;
    char children[KCL_CHILDREN_MAX][KCL_NAME_BYTES];
    size_t child_count;
    bool has_range;         /* a row that an old KCL wrote may have none */
    kds_u128_t first, last; /* hash keys */
    double throughput_kbps; /* KiB a second; 0 = not known */
};

/** Which lease. */
struct kcl_lease_name {
    char stream[KCL_STREAM_BYTES];
    char shard_id[KCL_NAME_BYTES];
};

/** Who reads now: during a hand-off not yet the next one. "" = nobody. */
const char *kcl_lease_reader(const struct kcl_lease *lease);

/** The key in a store: the shard id, or stream:shard id. @return false if it does not fit */
bool kcl_lease_key(const char *stream, const char *shard_id, char out[KCL_KEY_BYTES]);

/** The other way round. @return false if it does not fit */
bool kcl_lease_of_key(kds_slice_t key, struct kcl_lease *lease);

/**
 * The nonce of a write that leaves the lease at @p counter. Its last bits say so, and whether who writes then holds
 * the lease: where they do not fit, a worker that knows no nonces wrote last, or one that gave the lease to another.
 */
uint64_t kcl_nonce(uint64_t random, uint64_t counter, bool holds);

/** The last write was by the process of this library that holds it: then its incarnation counts. */
bool kcl_lease_is_ours(const struct kcl_lease *lease);

/** Copy a text that fits. @return false, and "" in @p out, if it does not */
bool kcl_copy_text(char *out, size_t size, kds_slice_t text);

#endif /* KCL_SRC_LEASE_H */
