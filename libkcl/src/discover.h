/*
 * discover: which shards need a lease, whether the leases have a hole, which leases are no longer needed. Pure.
 *
 * The rules are those of the KCL: only one generation of leases is made from a listing; younger ones are
 * made where a shard ends.
 */
#ifndef KCL_SRC_DISCOVER_H
#define KCL_SRC_DISCOVER_H

#include "kds/kinesis.h"
#include "view.h"

/** One shard of a listing. */
struct kcl_listed {
    char shard_id[KCL_NAME_BYTES];
    char parents[KCL_PARENTS_MAX][KCL_NAME_BYTES];
    size_t parent_count;
    kds_u128_t first, last;
    bool open;
    char since[KCL_SEQUENCE_BYTES]; /* its first sequence number */
};

/** A listing as it comes in, page by page. All zeros is an empty one. */
struct kcl_listing {
    struct kcl_names ids;      /* a shard's number is its place */
    struct kcl_listed *shards; /* shard_id "" = heard of as a parent, not listed */
    size_t count, capacity;
};

void kcl_listing_clear(struct kcl_listing *l);
/** What is malformed is left out. @return false when out of memory or beyond 100,000 shards */
bool kcl_listing_add(struct kcl_listing *l, const kds_shard_t *shards, size_t count);
bool kcl_listing_has(const struct kcl_listing *l, const char *shard_id);
/** Every hash key belongs to one of its shards. */
bool kcl_listing_covers_all(const struct kcl_listing *l);

/** Where a lease begins, and what it belongs to. */
struct kcl_beginning {
    const char *stream;
    int64_t created_ms;
    struct kcl_position position;
};

/** Leases to be made. (given; kds_free `leases`) */
struct kcl_plan {
    struct kcl_lease *leases;
    size_t count;
};

/** For an application without leases: one for each shard of the listing.
 *  @return false when out of memory */
bool kcl_plan_first(const struct kcl_listing *l,
                    const struct kcl_beginning *b,
                    struct kcl_plan *out);

/**
 * For one with leases: what is missing, by the KCL's rules; and, from its beginning, a child whose lease was lost,
 * which the KCL never makes while a parent's lease is there, and makes at the latest if that is configured.
 * @param consistent  receives false if the listing is not: a child is listed and its parent is open.
 *                    Then nothing is planned; the next listing is better.
 * @return false when out of memory
 */
bool kcl_plan_missing(const struct kcl_listing *l,
                      const struct kcl_view *v,
                      const struct kcl_beginning *b,
                      struct kcl_plan *out,
                      bool *consistent);

/** Do the leases of a stream that are not at their ends leave a hash key out? Leases without a range
 *  are left out; none at all is a hole. False as well when out of memory. */
bool kcl_view_has_hole(const struct kcl_view *v, const char *stream);

/**
 * Whether an ended lease is no longer needed: all its children are begun, and its parents' leases are
 * gone; or the service does not know its shard any more.
 * @param l  a whole listing; NULL = none is at hand
 */
bool kcl_lease_is_done(const struct kcl_view *v,
                       const struct kcl_row *row,
                       const struct kcl_listing *l);

#endif /* KCL_SRC_DISCOVER_H */
