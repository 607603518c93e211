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
    int64_t expires_us;
    kds_u128_t hash;
    uint32_t attempts_before; /* in units that it was in earlier */
    uint32_t cost;            /* bytes of the budget */
    uint8_t epoch;            /* between which flushes it was put */
    bool maybe_persisted;     /* some unit of it may have been stored */
};

/** How a unit ended. */
struct kpl_ending {
    kds_err_t code;
    kds_persisted_t persisted;
    char shard_id[132];
    char sequence[132];
    char service_code[64];
    char message[256];
};

struct kpl_unit {
    struct kpl_unit *next; /* in whatever queue it is */
    struct kpl_stream *stream;
    struct kpl_shard *shard; /* that it was made for; NULL = none was known */

    struct kds_buf
        bytes; /* an aggregate; or data, key and explicit hash key of a single one */
    size_t data_n, key_n, hash_key_n; /* of a single one */
    bool aggregated;
    bool digested; /* the MD5 of an aggregate is in place */
    char hash_text
        [KDS_U128_DIGITS_MAX]; /* explicit hash key that is sent: the first user's */
    size_t hash_text_n;

    struct kpl_user *users;
    size_t count, capacity;
    size_t skip; /* user records in front that have gone their own way */

    int64_t due_us;        /* to be sent by then */
    int64_t not_before_us; /* not to be sent again before */
    int64_t expires_us;    /* when the first of its user records expires */

    unsigned attempts;
    kpl_attempt_t kept[KPL_ATTEMPTS_KEPT]; /* the last ones */
    int64_t sent_us, ended_us;             /* of the last attempt */
    bool maybe_persisted;                  /* some attempt got no authoritative answer */
    struct kpl_ending ending;              /* last failure, or how it ended */
};

/** @return (given; kpl_unit_free) NULL when out of memory */
struct kpl_unit *kpl_unit_new(struct kpl_stream *stream, struct kpl_shard *shard);
void kpl_unit_free(struct kpl_unit *u); /* NULL is allowed */

/** Make room for one more user record, so that kpl_unit_add_user() cannot fail. */
bool kpl_unit_reserve(struct kpl_unit *u);
void kpl_unit_add_user(struct kpl_unit *u, const struct kpl_user *user, int64_t due_us);

/** Fill an empty unit with one user record as it is. @return false when out of memory */
bool kpl_unit_set_single(struct kpl_unit *u, const struct kds_agg_view *record);

/** Fill an empty unit with what a builder holds, which is emptied. @return false, out of memory */
bool kpl_unit_set_aggregate(struct kpl_unit *u, struct kds_agg_builder *builder);

/** The hash key to send is the first user's. After the first user was added. */
void kpl_unit_set_hash_key(struct kpl_unit *u);

/** Bytes of data and partition key, as the service counts them. */
size_t kpl_unit_size(const struct kpl_unit *u);

/** As an entry of a request. (lent until the unit changes) Its MD5 must be in place. */
kds_put_records_request_entry_t kpl_unit_entry(const struct kpl_unit *u);

/** Remember the end of an attempt. */
void kpl_unit_note_attempt(struct kpl_unit *u, int64_t now_us, kds_err_t code);

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
void kpl_queue_free(struct kpl_queue *q);            /* and the units in it */

#endif /* KPL_SRC_UNIT_H */
