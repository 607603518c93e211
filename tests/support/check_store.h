/*
 * check_store: the rules of docs/lease-store.md, checked on any lease store.
 */
#ifndef TESTS_SUPPORT_CHECK_STORE_H
#define TESTS_SUPPORT_CHECK_STORE_H

#include "store.h"

/** One operation, to its end. @return (lent until the next) its error is freed already */
const struct kcl_store_result *store_do(struct kcl_store *s,
                                        const struct kcl_store_op *op);

/** An operation on "shard-1" or another; the nonce is the counter plus 100. (lent until the eighth next) */
struct kcl_store_op *
op_of(enum kcl_store_kind kind, const char *shard, const char *owner, uint64_t counter);
struct kcl_store_op *
checkpoint_of(const char *owner, uint64_t counter, const char *sequence, int64_t sub);

struct kcl_lease *lease_of(const char *shard); /* (lent until the fourth next) */
void create_lease(struct kcl_store *s, const char *shard);
/** As it is in the store now. (lent until the next) NULL if there is none */
const struct kcl_lease *get_lease(struct kcl_store *s, const char *shard);
/** All leases, over all pages. (given; kds_free) */
struct kcl_lease *list_leases(struct kcl_store *s, size_t *count, size_t *pages);

/** Everything that a store must do, on an empty one. */
void check_store(struct kcl_store *s);
/** More leases than a page has. */
void check_store_pages(struct kcl_store *s);
/** Rows of a fleet: leader, mode, measurements. */
void check_store_fleet(struct kcl_store *s);

#endif /* TESTS_SUPPORT_CHECK_STORE_H */
