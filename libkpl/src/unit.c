/*
 * unit: filling, reading and queueing.
 */
#include "unit.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define UNIT_BYTES_MAX ((size_t)16 * 1024 * 1024)

struct kpl_unit *kpl_unit_new(struct kpl_stream *stream, struct kpl_shard *shard)
{
    struct kpl_unit *u = kds_alloc_zero(1, sizeof *u);
    if (u != NULL) {
        u->stream = stream;
        u->shard = shard;
        u->due_us = u->expires_us = KDS_NEVER_US;
        kds_buf_init(&u->bytes, UNIT_BYTES_MAX);
    }
    return u;
}

void kpl_unit_free(struct kpl_unit *u)
{
    if (u != NULL) {
        kds_buf_clear(&u->bytes);
        kds_free(u->users);
        kds_free(u);
    }
}

bool kpl_unit_reserve(struct kpl_unit *u)
{
    if (u->count < u->capacity) {
        return true;
    }
    size_t capacity = u->capacity ? u->capacity * 2 : 1;
    struct kpl_user *users = kds_realloc_array(u->users, capacity, sizeof *users);
    if (users == NULL) {
        return false;
    }
    u->users = users;
    u->capacity = capacity;
    return true;
}

void kpl_unit_add_user(struct kpl_unit *u, const struct kpl_user *user, int64_t due_us)
{
    u->users[u->count++] = *user;
    u->due_us = due_us < u->due_us ? due_us : u->due_us;
    u->expires_us = user->expires_us < u->expires_us ? user->expires_us : u->expires_us;
}

void kpl_unit_set_hash_key(struct kpl_unit *u)
{
    u->hash_text_n = kds_u128_format(u->users[0].hash, u->hash_text);
}

bool kpl_unit_set_single(struct kpl_unit *u, const struct kds_agg_view *record)
{
    kds_buf_reset(&u->bytes);
    if (kds_buf_reserve(&u->bytes, record->data.n + record->partition_key.n +
                                       record->explicit_hash_key.n) == NULL) {
        return false;
    }
    kds_buf_add_slice(&u->bytes, record->data);
    kds_buf_add_slice(&u->bytes, record->partition_key);
    kds_buf_add_slice(&u->bytes, record->explicit_hash_key);
    u->data_n = record->data.n;
    u->key_n = record->partition_key.n;
    u->hash_key_n = record->explicit_hash_key.n;
    u->aggregated = false;
    return true;
}

bool kpl_unit_set_aggregate(struct kpl_unit *u, struct kds_agg_builder *builder)
{
    struct kds_agg_view single;
    if (kds_agg_builder_single(builder, &single)) {
        if (!kpl_unit_set_single(u, &single)) {
            return false;
        }
        kds_agg_builder_reset(builder);
        return true;
    }
    kds_buf_reset(&u->bytes);
    u->aggregated = true;
    u->digested = false;
    if (kds_agg_builder_seal(builder, &u->bytes) != KDS_OK) {
        kds_buf_reset(&u->bytes);
        return false;
    }
    return true;
}

static const kds_slice_t aggregate_key = KDS_SLICE_LIT("a"); /* what the KPL writes */

size_t kpl_unit_size(const struct kpl_unit *u)
{
    return u->aggregated ? u->bytes.n + aggregate_key.n : u->data_n + u->key_n;
}

kds_put_records_request_entry_t kpl_unit_entry(const struct kpl_unit *u)
{
    const uint8_t *p = u->bytes.p ? u->bytes.p : (const uint8_t *)"";
    kds_put_records_request_entry_t e = {
        .data = kds_slice_of(p, u->aggregated ? u->bytes.n : u->data_n),
        .partition_key =
            u->aggregated ? aggregate_key : kds_slice_of(p + u->data_n, u->key_n),
        .explicit_hash_key = kds_slice_of(u->hash_text, u->hash_text_n),
    };
    return e;
}

void kpl_unit_note_attempt(struct kpl_unit *u, int64_t now_us, kds_err_t code)
{
    int64_t since_us = u->attempts ? u->ended_us : u->users[0].put_us;
    kpl_attempt_t attempt = {u->sent_us - since_us, now_us - u->sent_us, code};
    if (u->attempts >= KPL_ATTEMPTS_KEPT) {
        memmove(u->kept, u->kept + 1, (KPL_ATTEMPTS_KEPT - 1) * sizeof u->kept[0]);
    }
    u->kept[u->attempts < KPL_ATTEMPTS_KEPT ? u->attempts : KPL_ATTEMPTS_KEPT - 1] =
        attempt;
    u->attempts++;
    u->ended_us = now_us;
}

bool kpl_unit_read(struct kpl_unit_reader *r,
                   const struct kpl_unit *u,
                   struct kds_agg_decoder *decoder)
{
    enum kds_agg_kind kind;
    size_t count;
    r->unit = u;
    r->decoder = decoder;
    r->at = 0;
    if (!u->aggregated) {
        return true;
    }
    /* Nothing is there to read when memory ran out while it was sealed. */
    return u->bytes.n > 0 &&
           kds_agg_decoder_open_sealed(decoder, kds_buf_slice(&u->bytes), &kind,
                                       &count) == KDS_OK;
}

bool kpl_unit_next(struct kpl_unit_reader *r, struct kds_agg_view *out)
{
    const struct kpl_unit *u = r->unit;
    if (r->at == u->count) {
        return false;
    }
    r->at++;
    if (u->aggregated) {
        return kds_agg_decoder_next(r->decoder, out);
    }
    const uint8_t *p = u->bytes.p ? u->bytes.p : (const uint8_t *)"";
    out->data = kds_slice_of(p, u->data_n);
    out->partition_key = kds_slice_of(p + u->data_n, u->key_n);
    out->explicit_hash_key =
        kds_slice_of(u->hash_key_n ? p + u->data_n + u->key_n : NULL, u->hash_key_n);
    return true;
}

/* ---- queues ------------------------------------------------------------------------------- */

void kpl_queue_push(struct kpl_queue *q, struct kpl_unit *u)
{
    u->next = NULL;
    if (q->last != NULL) {
        q->last->next = u;
    } else {
        q->first = u;
    }
    q->last = u;
    q->count++;
}

void kpl_queue_push_front(struct kpl_queue *q, struct kpl_unit *u)
{
    u->next = q->first;
    q->first = u;
    q->last = q->last ? q->last : u;
    q->count++;
}

struct kpl_unit *kpl_queue_pop(struct kpl_queue *q)
{
    struct kpl_unit *u = q->first;
    if (u != NULL) {
        q->first = u->next;
        q->last = q->first ? q->last : NULL;
        q->count--;
        u->next = NULL;
    }
    return u;
}

void kpl_queue_free(struct kpl_queue *q)
{
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        kpl_unit_free(u);
    }
}
