/*
 * shard_map: which shard takes a hash key, as far as is known, and when to ask again. Pure.
 *
 * A map is made of the pages of one listing of open shards and used only if they cover every hash key
 * exactly once. The old one serves until the new one is complete. Shards keep their place in memory
 * from map to map, so that what waits for a shard stays with it; a shard that is gone is forgotten
 * when nothing names it any more. A shard's hash keys never change: an id with others is another shard, of
 * a stream that was created anew.
 */
#ifndef KPL_SRC_SHARD_MAP_H
#define KPL_SRC_SHARD_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/u128.h"
#include "kds/kinesis.h"
#include "limiter.h"
#include "unit.h"

struct kpl_shard {
    struct kpl_shard *next;        /* all shards of the stream */
    struct kpl_shard *same_bucket; /* with the same hash of the id */
    char id[132];
    bool known;             /* its hash keys are: */
    kds_u128_t first, last; /* ... */
    bool open;              /* in the current map */
    bool renamed;           /* another shard has its id now: not found by it any more */
    bool moved;             /* it went out of use just now */
    bool in_use;            /* new records go to it */
    bool blocked;           /* ordered: an older one with the same keys goes first */
    uint32_t generation;    /* counts up with each that comes into use */
    int64_t closed_us;      /* since when it is not in the map */

    uint64_t number; /* how its sequence numbers begin; 0 = unknown */

    bool listed; /* in the listing under way, with these: */
    kds_u128_t listed_first, listed_last;
    uint64_t listed_number;

    struct kpl_limiter limiter;
    struct kds_agg_builder *builder;  /* the open aggregate; NULL = never used */
    struct kpl_unit *filling;         /* its user records; NULL = the builder is empty */
    struct kpl_queue sealed;          /* waiting to be sent, oldest first */
    size_t under_way;                 /* units of it that were sent and not yet judged */
    size_t units;                     /* that name it, anywhere */
    struct kds_metric_group *metrics; /* NULL = nothing was counted yet */
};

enum kpl_listing {
    KPL_LISTING_IDLE,   /* nothing to ask */
    KPL_LISTING_WANTED, /* ask at ask_at_us */
    KPL_LISTING_ASKED   /* a page is under way */
};

#define KPL_SHARD_BUCKETS 256

struct kpl_slot { /* of the map: what lies up to this hash key, and not before */
    kds_u128_t last;
    struct kpl_shard *shard;
};

/** Which slots the hash keys with the same first bits are in: mostly one. */
struct kpl_reach {
    uint32_t low, high;
};

struct kpl_shard_map {
    struct kpl_shard *shards; /* every one that was seen and is not forgotten */
    struct kpl_shard *buckets[KPL_SHARD_BUCKETS];
    size_t shard_count;
    struct kpl_slot *sorted; /* the open ones; NULL = there is no usable map */
    size_t count;
    struct kpl_reach *reach; /* by the first bits of a hash key, all but: */
    unsigned reach_shift;
    int64_t made_us; /* when the listing of the current map began */
    bool doubted;    /* the current map may be that of another stream */

    enum kpl_listing listing;
    int64_t ask_at_us;
    int64_t began_us;  /* the listing under way */
    bool stale;        /* ... is older than the last doubt */
    unsigned failures; /* in a row */
    unsigned repeats;  /* maps in a row that were as the ones before them */
    char *token;       /* of the next page; NULL = the first */
    size_t pages;
};

void kpl_shard_map_init(struct kpl_shard_map *m);
void kpl_shard_map_clear(struct kpl_shard_map *m);

/** Release what a shard holds, not the shard. */
void kpl_shard_clear(struct kpl_shard *s);

/** Ask as soon as may be: the more often the answer was the same as before, the later. Nothing if that is so
 *  already. */
void kpl_shard_map_want(struct kpl_shard_map *m, int64_t now_us);

/** So often was the list asked for in vain, or the same as before, that nothing is to wait for the next one. */
bool kpl_shard_map_is_hopeless(const struct kpl_shard_map *m);

/** The stream may be another one by now: no map serves whose listing began before. */
void kpl_shard_map_doubt(struct kpl_shard_map *m, int64_t now_us);

/** A page was asked for. */
void kpl_shard_map_asked(struct kpl_shard_map *m, int64_t now_us);

enum kpl_page { KPL_PAGE_MORE, KPL_PAGE_MAP, KPL_PAGE_UNUSABLE, KPL_PAGE_NO_MEMORY };

/**
 * A page came.
 * @return KPL_PAGE_MORE: ask for the next one, or for the first again; KPL_PAGE_MAP: there is a new map;
 *         KPL_PAGE_UNUSABLE: the shards leave a hole or overlap, asked again later.
 */
enum kpl_page kpl_shard_map_page(struct kpl_shard_map *m,
                                 const kds_list_shards_out_t *page,
                                 int64_t rate_percent,
                                 int64_t now_us,
                                 struct kds_rng *rng);

/** No page came: again from the first page, later. */
void kpl_shard_map_failed(struct kpl_shard_map *m, int64_t now_us, struct kds_rng *rng);

struct kpl_shard *kpl_shard_map_search(const struct kpl_shard_map *m, kds_u128_t hash);

/** The shard that takes @p hash. Only while there is a map. Inline, for each put. */
static inline struct kpl_shard *kpl_shard_map_find(const struct kpl_shard_map *m,
                                                   kds_u128_t hash)
{
    struct kpl_reach r = m->reach[hash.hi >> m->reach_shift];
    return r.low == r.high ? m->sorted[r.low].shard : kpl_shard_map_search(m, hash);
}

/** The shard of this id, which need not be in any map. @return NULL: no id, or out of memory */
struct kpl_shard *kpl_shard_map_by_id(struct kpl_shard_map *m,
                                      kds_slice_t id,
                                      int64_t rate_percent,
                                      int64_t now_us);

/**
 * Is this the sequence number of another shard with the same id, as after a stream was deleted and made
 * anew? The layout of sequence numbers is not promised, so this is a reason to ask, not a proof; false where
 * nothing can be told.
 */
bool kpl_shard_is_another(const struct kpl_shard *s, kds_slice_t sequence);

/** Forget the shards that have been gone for a minute and that nothing names. */
void kpl_shard_map_forget(struct kpl_shard_map *m, int64_t now_us);

#endif /* KPL_SRC_SHARD_MAP_H */
