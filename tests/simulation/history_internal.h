/*
 * history_internal: what a history remembers. history.c has what is stored and judges producers, history_consumer.c
 * judges consumers.
 */
#ifndef SIMULATION_HISTORY_INTERNAL_H
#define SIMULATION_HISTORY_INTERNAL_H

#include "history.h"

/* One user record, put by a simulated producer. */
struct put {
    char key[64];
    char hash_key[KDS_U128_DIGITS_MAX + 1]; /* "" = none */
    size_t size;
    int64_t accepted_us, resolved_us;
    unsigned outcomes;
    unsigned found, found_before; /* by so many later processes; ... the last outcome */
    bool refused, died, spooled, success;
    kds_persisted_t persisted;
    unsigned stream;
    uint32_t shard;
    char sequence[HISTORY_SEQUENCE_MAX];
    int64_t sub;
    uint32_t group;    /* within which the order of puts was promised; 0 = it was not */
    size_t first_copy; /* how many user records were stored before it; from 1 */
    unsigned copies;   /* stored, in any form */
    unsigned clear_copies; /* readable, and stored by a call whose answer was believed */
    unsigned stray_copies; /* not readable, else the same */
};

/* One user record as it lies in a shard, in the order in which a consumer meets it. */
struct item {
    struct history_position at;
    uint32_t put;
    uint64_t request;
    bool
        readable; /* by the KCL: every user record of its aggregate belongs to the shard */
    bool lone;
    bool confirmed;
    int64_t stored_us;
};

struct shard {
    bool exists, closed, ended; /* ended: its checkpoint is SHARD_END */
    bool leased;                /* it has, or had, a lease */
    int64_t closed_us;
    int parent, adjacent;
    kds_u128_t first, last;
    struct item *items;
    size_t count, capacity;
    size_t confirmed;  /* items before this one are all confirmed, or need not be read */
    size_t checkpoint; /* items before this one are behind the persisted checkpoint */
    bool owned;
    unsigned owner;
    size_t next;        /* the item that the owner must be given next */
    size_t batch_first; /* first item of the batch in user code */
    size_t said;        /* items before this one its owner confirmed by itself */
};

struct history {
    char verdict[512];
    bool verbose;
    const int64_t *now_us;
    int64_t from_us; /* what was stored before need not be read */
    struct put *puts;
    size_t put_count, put_capacity;
    struct request {
        bool ambiguous;
        bool told; /* what it knows: */
        unsigned anew;
    } * requests; /* by number */
    size_t request_capacity;
    struct {
        unsigned stream, anew; /* its number; how often there had been one before */
        bool deleted;
        int64_t deleted_us;
    } streams[HISTORY_STREAMS_MAX];
    size_t stream_count;
    struct shard shards[HISTORY_STREAMS_MAX * HISTORY_SHARDS_MAX];
    size_t stored_count, item_count;
    unsigned reshards;
};

/** Ends the program if there can be none of this number. */
struct shard *history_shard_at(struct history *h, uint32_t shard);
/** No shard has this number or a higher one. */
size_t history_shard_end(const struct history *h);

/** How many items lie at the position or before it. */
size_t history_behind(const struct shard *s, kds_slice_t sequence, uint64_t sub);
/** Whether a record is what was put under this identity. */
bool history_same_as_put(const struct history *h,
                         uint32_t id,
                         kds_slice_t key,
                         kds_slice_t data);

bool history_need_not_be_read(const struct history *h, const struct item *item);
/** The whole shard need not be read. */
bool history_is_before_the_beginning(const struct history *h, const struct shard *s);
/** Bring s->confirmed up to date. */
void history_count_confirmed(const struct history *h, struct shard *s);

#endif /* SIMULATION_HISTORY_INTERNAL_H */
