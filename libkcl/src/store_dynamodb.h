/*
 * store_dynamodb: a lease store in a DynamoDB table, in the KCL's format, so that its workers can share it.
 */
#ifndef KCL_SRC_STORE_DYNAMODB_H
#define KCL_SRC_STORE_DYNAMODB_H

#include "kds/client.h"
#include "kds/dynamodb.h"
#include "store.h"

enum kcl_dynamo_call {
    KCL_DYNAMO_DESCRIBE_TABLE,
    KCL_DYNAMO_CREATE_TABLE,
    KCL_DYNAMO_GET_ITEM,
    KCL_DYNAMO_PUT_ITEM,
    KCL_DYNAMO_UPDATE_ITEM,
    KCL_DYNAMO_DELETE_ITEM,
    KCL_DYNAMO_SCAN,
    KCL_DYNAMO_QUERY,
    KCL_DYNAMO_UPDATE_TABLE,
    KCL_DYNAMO_UPDATE_BACKUPS,
    KCL_DYNAMO_CALLS
};

/** The way to DynamoDB: the client, or in tests something that behaves like the service. */
struct kcl_dynamo_io {
    /** @p input is encoded before this returns. @p done runs exactly once, on any thread, perhaps
     *  before this returns; its output is released by `release`. */
    void (*call)(void *io,
                 enum kcl_dynamo_call which,
                 const void *input,
                 kds_completion_fn *done,
                 void *opaque);
    void (*release)(void *io, const void *output);
    /** No call is under way and none comes any more. */
    void (*free)(void *io);
    void *io;
};

struct kcl_dynamo_options {
    const char *table; /* (copied) */
    const char
        *application; /* (copied) of which tables of the KCL 3.0 to 3.4 are named */
    const char *state_table,
        *metrics_table; /* (copied) those tables, if named otherwise */
    /* When the table is made: */
    bool provisioned;                      /* otherwise it is paid per request */
    int64_t read_capacity, write_capacity; /* of a provisioned one */
    const char *tags;          /* (copied) as kcl_dynamo_tag() reads them; may be NULL */
    bool recovery, protection; /* of any point in time; from being deleted */
};

/**
 * @param io     (taken) also on failure
 * @param store  (given; ops->free)
 * @retval KDS_ERR_NO_MEMORY
 */
kds_err_t kcl_store_dynamodb_new(const struct kcl_dynamo_options *options,
                                 const struct kcl_dynamo_io *io,
                                 struct kcl_store **store,
                                 kds_error_t **error);

#define KCL_TAGS_MAX 50 /* of a table */

/** The next of KEY=VALUE,KEY=VALUE. @return false at the end, or, with @p valid false, where it is none */
bool kcl_dynamo_tag(const char **at, kds_dynamodb_tag_t *tag, bool *valid);

/** The way to DynamoDB over a client for KDS_SERVICE_DYNAMODB. (taken) */
struct kcl_dynamo_io kcl_dynamo_over_client(kds_client_t *client);

#endif /* KCL_SRC_STORE_DYNAMODB_H */
