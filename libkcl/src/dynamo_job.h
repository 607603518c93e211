/*
 * dynamo_job: one operation on a DynamoDB lease store: one call after the other, whatever thread answers.
 */
#ifndef KCL_SRC_DYNAMO_JOB_H
#define KCL_SRC_DYNAMO_JOB_H

#include <stdatomic.h>

#include "lease_item.h"
#include "store_dynamodb.h"

struct kcl_dynamo_store {
    struct kcl_store base;
    struct kcl_dynamo_io io;
    char *table, *state_table, *metrics_table; /* the latter two: of the KCL 3.0 to 3.4 */
    bool provisioned;
    int64_t read_capacity, write_capacity;
    char *tags;
    bool recovery, protection;
    atomic_bool
        made; /* the table, by this process, and its recovery is to be switched on */
    atomic_bool
        legacy; /* rows of the fleet are in those; found by OPEN, and with the mode */
};

struct kcl_dynamo_job {
    struct kcl_dynamo_store *store;
    struct kcl_store_op op;
    struct kcl_lease *leases; /* the operation's own copies */
    struct kcl_fleet_row row;
    kcl_store_done_fn *done;
    void *opaque;
    struct kcl_store_result result;

    unsigned stage; /* which call of the operation; its meaning is the operation's own */
    size_t index;   /* of the lease that is written */
    bool again;     /* it was tried the other way already */
    bool denied;    /* where the rows of the fleet are may not be asked */
    bool finished;
    atomic_int turn; /* who goes on: the one who called or the one who answers */
    const void *output;
    kds_error_t *error;

    /* One request. */
    struct kds_arena arena;
    struct kcl_expression e;
    char key[KCL_KEY_BYTES];
    kds_dynamodb_attribute_t key_attribute;
    kds_dynamodb_attribute_t item[KCL_ITEM_MAX];
    char cursor[KCL_KEY_BYTES]; /* of a scan of rows */
    size_t row_capacity;
    int64_t read_capacity, write_capacity; /* of the table, if it is provisioned */
};

/* What an operation does: send the call of its stage; look at its answer. */
struct kcl_dynamo_script {
    void (*send)(struct kcl_dynamo_job *j);
    /** Sets `finished`, or the next stage. */
    void (*answered)(struct kcl_dynamo_job *j,
                     const void *output,
                     const kds_error_t *error);
};

const struct kcl_dynamo_script *kcl_dynamo_script_of(enum kcl_store_kind kind);
extern const struct kcl_dynamo_script kcl_dynamo_open;  /* dynamo_table.c */
extern const struct kcl_dynamo_script kcl_dynamo_rows;  /* dynamo_rows.c: FLEET */
extern const struct kcl_dynamo_script kcl_dynamo_row;   /* ROW_PUT, ROW_DELETE */
extern const struct kcl_dynamo_script kcl_dynamo_index; /* dynamo_index.c: INDEX */
extern const struct kcl_dynamo_script kcl_dynamo_owned; /* OWNED */

/** Used by scripts: send, finish. */
void kcl_dynamo_call(struct kcl_dynamo_job *j,
                     enum kcl_dynamo_call which,
                     const void *input);
void kcl_dynamo_finish(struct kcl_dynamo_job *j, kds_err_t err);
void kcl_dynamo_fail(struct kcl_dynamo_job *j, const kds_error_t *error);

/** The service's word for it. */
bool kcl_dynamo_is(const kds_error_t *error, const char *code);

/** The key attribute of one item. */
const kds_dynamodb_attribute_t *
kcl_dynamo_key(struct kcl_dynamo_job *j, const char *name, const char *key);

void kcl_dynamo_send_describe(struct kcl_dynamo_job *j); /* dynamo_table.c */

/** The index of leases by their owner; dynamo_index.c. @return NULL if there is none */
const kds_dynamodb_global_secondary_index_description_t *
kcl_dynamo_find_index(const kds_dynamodb_table_description_t *table);

/** Where the rows of the fleet are: ask; dynamo_table.c. */
void kcl_dynamo_send_layout(struct kcl_dynamo_job *j);
/** Take in the answer. @return false if nothing is known, for the reason of @p error */
bool kcl_dynamo_found_layout(struct kcl_dynamo_job *j,
                             const kds_dynamodb_get_item_out_t *out,
                             const kds_error_t *error);

/** Fill an UpdateItem from the job's expression. */
void kcl_dynamo_update(struct kcl_dynamo_job *j,
                       const char *table,
                       kds_dynamodb_update_item_in_t *in);

#endif /* KCL_SRC_DYNAMO_JOB_H */
