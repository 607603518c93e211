/*
 * store: where leases are kept, as an interface: one operation in, one result out.
 *
 * Every write names what it expects to find and does nothing if it finds something else; then the
 * result has what is there instead, so that a write whose answer was lost is recognised by its nonce.
 */
#ifndef KCL_SRC_STORE_H
#define KCL_SRC_STORE_H

#include "kds/error.h"
#include "lease.h"

enum kcl_store_kind {
    KCL_STORE_BIND, /* these leases belong to the stream that was created at `number`, ms */
    KCL_STORE_LIST,   /* all leases */
    KCL_STORE_CREATE, /* those of `leases` that do not exist, all or none */
    KCL_STORE_TAKE,   /* owner = me, if the counter is still the same */
    KCL_STORE_RENEW,  /* a sign of life, if it is still mine */
    KCL_STORE_CHECKPOINT, /* position, if it is still mine and not further; also a sign of life */
    KCL_STORE_RELEASE /* owner = nobody, if it is still mine */
};

struct kcl_store_op {
    enum kcl_store_kind kind;
    char shard_id[KCL_NAME_BYTES];
    char owner[KCL_NAME_BYTES]; /* me */
    uint64_t counter;           /* that is expected */
    uint64_t nonce;             /* of this write; the same when it is tried again */
    struct kcl_position position;
    int64_t number;
    const struct kcl_lease *leases; /* (lent until it is done) */
    size_t lease_count;
};

struct kcl_store_result {
    /* KDS_OK; KDS_ERR_LEASE_LOST: something else was found, see `lease`; KDS_ERR_STATE: BIND to
     * another stream than before; KDS_ERR_STORE, _BUSY, _CORRUPT: nothing is known. */
    kds_err_t err;
    kds_error_t *error; /* (given; kds_error_free) why, unless KDS_OK or LEASE_LOST */
    struct kcl_lease
        lease; /* after TAKE .. RELEASE: as it is now; shard_id "" = there is none */
    struct kcl_lease *leases; /* LIST: (given; kds_free) */
    size_t lease_count;
};

struct kcl_store;

struct kcl_store_ops {
    /** One operation, completely. Blocks. One thread at a time. */
    void (*execute)(struct kcl_store *s,
                    const struct kcl_store_op *op,
                    struct kcl_store_result *result);
    void (*free)(struct kcl_store *s);
};

struct kcl_store {
    const struct kcl_store_ops *ops;
};

/** A store in memory, for tests and the simulator: the same rules, nothing lasts.
 *  @return (given; ops->free) NULL when out of memory */
struct kcl_store *kcl_store_memory_new(void);

/**
 * A store in an SQLite file, for the workers of one machine.
 *
 * @param path         (borrowed) made, with mode 0600, if there is none
 * @param application  (copied)
 * @param stream       (copied) name or ARN
 * @param busy_ms      how long to wait for another process
 * @param store        (given; ops->free)
 * @retval KDS_ERR_STORE, KDS_ERR_STORE_BUSY, KDS_ERR_STORE_CORRUPT, KDS_ERR_NO_MEMORY
 */
kds_err_t kcl_store_sqlite_new(const char *path,
                               const char *application,
                               const char *stream,
                               int64_t busy_ms,
                               struct kcl_store **store,
                               kds_error_t **error);

/* ---- the rules, shared by all stores -------------------------------------------------------- */

/** Whether @p op may change @p lease, as it was found; says what it changes it to. */
bool kcl_store_apply(const struct kcl_store_op *op, struct kcl_lease *lease);

#endif /* KCL_SRC_STORE_H */
