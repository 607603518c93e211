/*
 * shard_map: which shard takes a hash key, as far as is known, and when to ask again. Pure.
 *
 * A map is made of the pages of one listing of open shards and used only if they cover every hash key
 * exactly once. The old one serves until the new one is complete. Shards keep their place in memory
 * from map to map, so that what waits for a shard stays with it.
 */
#ifndef KPL_SRC_SHARD_MAP_H
#define KPL_SRC_SHARD_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"
#include "kds/kinesis.h"
#include "limiter.h"
#include "unit.h"

struct kpl_shard {
    struct kpl_shard *next; /* all shards of the stream */
    char id[132];
    kds_u128_t first, last; /* hash keys */
    bool open;              /* in the current map */
    bool listed;            /* in the listing under way */
    struct kpl_limiter limiter;
    struct kds_agg_builder *builder; /* the open aggregate; NULL = never used */
    struct kpl_unit *filling;        /* its user records; NULL = the builder is empty */
    struct kpl_queue sealed;         /* waiting to be sent, oldest first */
    size_t collected_bytes;          /* in the request that is being put together */
};

enum kpl_listing {
    KPL_LISTING_IDLE,   /* nothing to ask */
    KPL_LISTING_WANTED, /* ask at ask_at_us */
    KPL_LISTING_ASKED   /* a page is under way */
};

struct kpl_shard_map {
    struct kpl_shard *shards; /* every one that was ever seen */
    struct kpl_shard *
        *sorted; /* the open ones by hash key; NULL = there is no usable map */
    size_t count;
    int64_t made_us; /* when the listing of the current map began */

    enum kpl_listing listing;
    int64_t ask_at_us;
    int64_t began_us;   /* the listing under way */
    int64_t backoff_us; /* after the next failure */
    char *token;        /* of the next page; NULL = the first */
    size_t pages;
};

void kpl_shard_map_init(struct kpl_shard_map *m);
void kpl_shard_map_clear(struct kpl_shard_map *m);

/** Ask as soon as may be. Nothing if that is so already. */
void kpl_shard_map_want(struct kpl_shard_map *m, int64_t now_us);

/** A page was asked for. */
void kpl_shard_map_asked(struct kpl_shard_map *m, int64_t now_us);

enum kpl_page { KPL_PAGE_MORE, KPL_PAGE_MAP, KPL_PAGE_UNUSABLE, KPL_PAGE_NO_MEMORY };

/**
 * A page came.
 * @return KPL_PAGE_MORE: ask for the next one; KPL_PAGE_MAP: there is a new map;
 *         KPL_PAGE_UNUSABLE: the shards leave a hole or overlap, asked again later.
 */
enum kpl_page kpl_shard_map_page(struct kpl_shard_map *m,
                                 const kds_list_shards_out_t *page,
                                 int64_t rate_percent,
                                 int64_t now_us);

/** No page came: again later. */
void kpl_shard_map_failed(struct kpl_shard_map *m, int64_t now_us);

/** The shard that takes @p hash; NULL without a map. */
struct kpl_shard *kpl_shard_map_find(const struct kpl_shard_map *m, kds_u128_t hash);

/** A shard by its id; NULL if it was never seen. */
struct kpl_shard *kpl_shard_map_by_id(const struct kpl_shard_map *m, kds_slice_t id);

#endif /* KPL_SRC_SHARD_MAP_H */
