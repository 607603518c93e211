/*
 * store: where leases are kept, as an interface: operations in, results out.
 *
 * Every write names what it expects to find and does nothing if it finds something else; then the
 * result has what is there instead, so that a write whose answer was lost is recognised by its nonce.
 * docs/lease-store.md has the rules.
 */
#ifndef KCL_SRC_STORE_H
#define KCL_SRC_STORE_H

#include "fleet_row.h"
#include "kds/error.h"
#include "lease.h"

#define KCL_STORE_PAGE 500 /* leases of one LIST, at most */

enum kcl_store_kind {
    KCL_STORE_OPEN,  /* make the place if there is none, and check that it can be used */
    KCL_STORE_LIST,  /* a page of leases, behind `cursor` */
    KCL_STORE_GET,   /* one lease, as it was written last */
    KCL_STORE_INDEX, /* see to it that leases can be found by their owner: `indexed` says whether they can now */
    KCL_STORE_OWNED, /* a page of what that finds for `owner`, behind `cursor`: a hint, and names only */
    KCL_STORE_CREATE, /* those of `leases` that do not exist */
    KCL_STORE_DELETE, /* if the counter is still the same */

    /* By a worker, of a lease that it takes or holds. */
    KCL_STORE_TAKE,  /* owner = me, if the counter is still the same */
    KCL_STORE_RENEW, /* a sign of life, if it is still mine */
    KCL_STORE_CHECKPOINT, /* positions, if it is still mine and not further; also a sign of life */
    KCL_STORE_RELEASE, /* if it is still mine: owner = nobody; in a hand-off, the next one */

    /* About a lease, by anybody. The counter stays, so that the owner is not disturbed. */
    KCL_STORE_HAND_OVER, /* `target` is to be next, if `owner` has it and no hand-off is under way */
    KCL_STORE_DESCRIBE, /* children and hash keys of `leases`, if they exist */

    /* By the leader of a fleet: owner = `target`, if owner and checkpoint owner are as given, and the counter unless
     * that is given as 0. */
    KCL_STORE_ASSIGN,

    /* Rows of a fleet that are no leases; fleet_row.h. */
    KCL_STORE_FLEET,     /* all of them, or the one that `row` names */
    KCL_STORE_ROW_PUT,   /* `row`, if what is there is as `row->expects` says */
    KCL_STORE_ROW_DELETE /* `row`, likewise */
};

struct kcl_store_op {
    enum kcl_store_kind kind;
    char stream[KCL_STREAM_BYTES]; /* of the lease; "" when there is only one */
    char shard_id[KCL_NAME_BYTES];
    char owner[KCL_OWNER_BYTES]; /* me; of HAND_OVER and ASSIGN, as it was read */
    char checkpoint_owner[KCL_OWNER_BYTES]; /* of ASSIGN, as it was read */
    char target[KCL_OWNER_BYTES];           /* of HAND_OVER and ASSIGN */
    uint64_t counter;                       /* that is expected */
    uint64_t nonce;       /* of this write; the same when it is tried again */
    uint64_t incarnation; /* of TAKE */
    bool switches;        /* of TAKE: the owner is another than before */
    int64_t pin_ms; /* of TAKE: what LATEST means; 0 = it is pinned, or another start */
    int64_t created_ms;     /* of TAKE: the stream's, if the lease does not say */
    double throughput_kbps; /* of RENEW and CHECKPOINT; 0 = not known */

    /* CHECKPOINT */
    struct kcl_position known; /* what it is now; a store may take the caller's word */
    struct kcl_position position;
    bool has_pending; /* prepare this one too; otherwise what was prepared is gone */
    struct kcl_position pending;
    uint8_t pending_state[KCL_STATE_BYTES];
    size_t pending_state_len;

    char cursor[KCL_KEY_BYTES];     /* LIST, OWNED: "" = from the beginning */
    const struct kcl_lease *leases; /* CREATE, DESCRIBE (lent until it is done) */
    size_t lease_count;
    const struct kcl_fleet_row *row; /* ROW_PUT, ROW_DELETE (lent until it is done) */
};

struct kcl_store_result {
    /* KDS_OK; KDS_ERR_LEASE_LOST: something else was found, see `lease`; KDS_ERR_STORE_CORRUPT,
     * _STATE: it cannot be used, now or ever; all others: nothing is known. */
    kds_err_t err;
    kds_error_t *error; /* (given; kds_error_free) why, unless KDS_OK or LEASE_LOST */
    struct kcl_lease
        lease;    /* after GET .. ASSIGN: as it is now; shard_id "" = there is none */
    bool indexed; /* INDEX: OWNED can be asked */
    struct kcl_lease *leases; /* LIST, OWNED: (given; kds_free) */
    size_t lease_count;
    size_t skipped; /* LIST: rows of leases that could not be read */
    struct kcl_lease_name
        *unreadable; /* LIST: which, as far as their keys say: (given; kds_free) */
    size_t unreadable_count;
    void *
        long_state; /* TAKE: what lease.pending_state has no room for: (given; kds_free) */
    char
        cursor[KCL_KEY_BYTES]; /* LIST, OWNED: of the next page; "" = that was the last */
    struct kcl_fleet_row *rows; /* FLEET: (given; kds_free) */
    bool legacy; /* FLEET, of the mode: rows are where the KCL 3.0 to 3.4 keeps them */
    size_t row_count;
};

/** Release what a result points to. */
void kcl_store_result_clear(struct kcl_store_result *result);

/** One more of `leases`, to be filled in. @return NULL when out of memory: then the error is set */
struct kcl_lease *kcl_store_result_add(struct kcl_store_result *result);

typedef void(kcl_store_done_fn)(struct kcl_store_result *result, void *opaque);

struct kcl_store;

/** A store has one of the first two. */
struct kcl_store_ops {
    /** All of @p ops, together if that is cheaper; each has its result. Blocks. One thread at a time. */
    void (*execute)(struct kcl_store *s,
                    const struct kcl_store_op *const *ops,
                    struct kcl_store_result *results,
                    size_t count);
    /** Begin one; what @p op points to is copied. @p done (taken result) runs exactly once, on any
     *  thread, perhaps before this returns. Any thread, several at a time. */
    void (*start)(struct kcl_store *s,
                  const struct kcl_store_op *op,
                  kcl_store_done_fn *done,
                  void *opaque);
    /** What is under way ends first. */
    void (*free)(struct kcl_store *s);
};

struct kcl_store {
    const struct kcl_store_ops *ops;
};

/** One operation on a store that has `execute`. */
void kcl_store_run(struct kcl_store *s,
                   const struct kcl_store_op *op,
                   struct kcl_store_result *result);

/** A store in memory, for tests and the simulator: the same rules, nothing lasts.
 *  @return (given; ops->free) NULL when out of memory */
struct kcl_store *kcl_store_memory_new(void);

/**
 * A store in an SQLite file, for the workers of one machine.
 *
 * @param path         (borrowed) made, with mode 0600, if there is none
 * @param application  (copied)
 * @param scope        (copied) name of the stream; "*" when the application reads several
 * @param busy_ms      how long to wait for another process
 * @param open_ms      the same now, when no lease runs out meanwhile
 * @param store        (given; ops->free)
 * @retval KDS_ERR_STORE, KDS_ERR_STORE_BUSY, KDS_ERR_STORE_CORRUPT, KDS_ERR_NO_MEMORY
 */
kds_err_t kcl_store_sqlite_new(const char *path,
                               const char *application,
                               const char *scope,
                               int64_t busy_ms,
                               int64_t open_ms,
                               struct kcl_store **store,
                               kds_error_t **error);

/* ---- the rules, shared by all stores; store_rules.c ------------------------------------------- */

/** Whether @p op, TAKE to DESCRIBE or ASSIGN, may change @p lease, as it was found; changes it. */
bool kcl_store_apply(const struct kcl_store_op *op, struct kcl_lease *lease);

/** Of DESCRIBE: take over what @p from knows. */
void kcl_store_describe(struct kcl_lease *lease, const struct kcl_lease *from);

#endif /* KCL_SRC_STORE_H */
