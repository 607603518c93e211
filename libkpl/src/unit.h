/*
 * unit: one Kinesis record on its way: an aggregate, or a single user record as it is, with what is
 * remembered of each user record in it.
 *
 * A unit is sent, retried, succeeded or made anew as a whole, because a consumer drops it as a
 * whole. Pure data; belongs to the core.
 */
#ifndef KPL_SRC_UNIT_H
#define KPL_SRC_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/u128.h"
#include "codec/agg.h"
#include "kds/kinesis.h"
#include "kpl/result.h"

struct kpl_stream;
struct kpl_shard;

/** What is remembered of a user record; its bytes are in the unit. */
struct kpl_user {
    void *tag;
    int64_t put_us;
};

struct kpl_unit {
    /* What each put changes stands together. */
    struct kpl_user *users;
    size_t count, capacity;
    size_t cost;           /* bytes of the budget */
    size_t user_bytes;     /* data of its user records */
    int64_t oldest_us;     /* the first put of them was then */
    int64_t due_us;        /* to be sent by then */
    int64_t expires_us;    /* when user records of it have expired, a little late */
    kds_u128_t low, high;  /* hash keys of its user records lie between them */
    kds_u128_t hash;       /* the first one's, which is sent */
    struct kpl_user one;   /* where users points while there is only one */
    struct kpl_unit *next; /* in whatever queue it is */
    struct kpl_stream *stream;
    struct kpl_shard *shard;  /* in whose queue it waits, and where it is to land */
    struct kpl_shard *actual; /* where it landed; NULL = it did not */

    struct kds_buf bytes; /* an aggregate; or data, key and hash key of a single one */
    size_t data_n, key_n, hash_key_n; /* of a single one */
    bool has_key, has_hash_key;       /* a single one has */
    bool aggregated;
    bool digested;        /* the MD5 of an aggregate is in place */
    bool maybe_persisted; /* some attempt got no authoritative answer */
    uint8_t epoch;        /* between which flushes it was begun */
    uint8_t misplaced; /* how often it landed where not all of it belongs; stops at 255 */
    uint16_t company;  /* at most so many in one request with it; 0 = no limit */

    int64_t not_before_us; /* not to be sent again before */

    unsigned attempts, noted;    /* how often it was sent; that, and its expiry */
    kpl_attempt_t *kept;         /* the last kept_n of them, with texts of their own */
    kpl_attempt_t first_attempt; /* where kept points while there is only one */
    size_t kept_n;
    int64_t first_sent_us;     /* of the first attempt */
    int64_t sent_us, ended_us; /* of the last attempt */

    kds_err_t code;     /* how it ended */
    char *message;      /* on failure; NULL = what the code says */
    char *service_code; /* on failure, the service's word for it; NULL = none */
    char sequence[132];
};

/** Of no stream and shard yet. @return (given; kpl_unit_free) NULL when out of memory */
struct kpl_unit *kpl_unit_new(void);
void kpl_unit_free(struct kpl_unit *u); /* NULL is allowed */

/** As new, of no stream and shard, with the memory for user records and bytes that it has. */
void kpl_unit_renew(struct kpl_unit *u);

/** The memory that it takes. */
size_t kpl_unit_footprint(const struct kpl_unit *u);

bool kpl_unit_grow(struct kpl_unit *u);

/** Make room for one more user record, so that kpl_unit_add_user() cannot fail. */
static inline bool kpl_unit_reserve(struct kpl_unit *u)
{
    return u->count < u->capacity || kpl_unit_grow(u);
}

/* User records of one unit were put within a linger time: they expire together, the earlier ones so much
 * late at most. */
#define KPL_EXPIRY_SLACK_US (KDS_US_PER_S / 2)

/** @param ttl_us  how long it lives from its put on. Inline, as all that each put does. */
static inline void kpl_unit_add_user(struct kpl_unit *u,
                                     const struct kpl_user *user,
                                     kds_u128_t hash,
                                     size_t data_bytes,
                                     int64_t ttl_us)
{
    /* Records of one batch are spread over units by chance: no branch could be foreseen here. */
    int64_t put_us = user->put_us;
    int64_t oldest_us = put_us < u->oldest_us ? put_us : u->oldest_us;
    int64_t expires_us = kds_us_add(put_us, ttl_us);
    int64_t high_us = u->expires_us > expires_us ? u->expires_us : expires_us;
    int64_t most_us = kds_us_add(kds_us_add(oldest_us, ttl_us), KPL_EXPIRY_SLACK_US);
    u->oldest_us = oldest_us;
    u->expires_us = high_us < most_us ? high_us : most_us;
    if (u->count == 0) {
        u->hash = hash;
    }
    u->users[u->count++] = *user;
    u->user_bytes += data_bytes;
    if (kds_u128_cmp(hash, u->low) < 0) {
        u->low = hash;
    }
    if (kds_u128_cmp(hash, u->high) > 0) {
        u->high = hash;
    }
}

/** Fill an empty unit with one user record as it is. @return false when out of memory */
bool kpl_unit_set_single(struct kpl_unit *u, const struct kds_agg_view *record);

/** Fill an empty unit with what a builder holds, which is emptied. @return false, out of memory */
bool kpl_unit_set_aggregate(struct kpl_unit *u, struct kds_agg_builder *builder);

/** Bytes of data, the KPL's format included. */
size_t kpl_unit_data_size(const struct kpl_unit *u);

/** Bytes of data and partition key, as the service counts them. */
size_t kpl_unit_size(const struct kpl_unit *u);

/** As an entry of a request. (lent until the unit changes) Its MD5 must be in place.
 *  @param hash_text  (lent as the entry) room for the hash key */
kds_put_records_request_entry_t kpl_unit_entry(const struct kpl_unit *u,
                                               char hash_text[KDS_U128_DIGITS_MAX]);

/** Remember the end of an attempt; @p service_code and @p message are (copied). */
void kpl_unit_note_attempt(struct kpl_unit *u,
                           int64_t now_us,
                           kds_err_t code,
                           kds_slice_t service_code,
                           kds_slice_t message);

/** It is not sent again: what the KPL tells as a last attempt. */
void kpl_unit_note_expiry(struct kpl_unit *u, int64_t now_us);

/** The first attempt is remembered, and began at u->first_sent_us, for user records put at any time. */
bool kpl_unit_keeps_first(const struct kpl_unit *u);

/** The last attempt that is remembered; NULL if there is none. */
const kpl_attempt_t *kpl_unit_last_attempt(const struct kpl_unit *u);

/** It did not fail after all. */
void kpl_unit_attempt_was_good(struct kpl_unit *u);

/** Take over what happened to @p from, of which @p to is a piece. */
void kpl_unit_inherit(struct kpl_unit *to, const struct kpl_unit *from);

/** Walks over the user records of a unit. */
struct kpl_unit_reader {
    const struct kpl_unit *unit;
    struct kds_agg_decoder *decoder; /* borrowed */
    size_t at;
};

/** @param decoder (borrowed) until the walk ends. @return false when out of memory */
bool kpl_unit_read(struct kpl_unit_reader *r,
                   const struct kpl_unit *u,
                   struct kds_agg_decoder *decoder);
bool kpl_unit_next(struct kpl_unit_reader *r, struct kds_agg_view *out);

/* ---- queues of units, first in first out ---------------------------------------------------- */

struct kpl_queue {
    struct kpl_unit *first, *last;
    size_t count;
};

void kpl_queue_push(struct kpl_queue *q, struct kpl_unit *u);
void kpl_queue_push_front(struct kpl_queue *q, struct kpl_unit *u);
struct kpl_unit *kpl_queue_pop(struct kpl_queue *q); /* NULL if empty */

#endif /* KPL_SRC_UNIT_H */
