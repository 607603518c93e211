/*
 * unit: filling, reading, remembering and queueing.
 */
#include "unit.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define UNIT_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define USERS_FIRST    16

static void begin(struct kpl_unit *u)
{
    u->kept = &u->first_attempt;
    u->due_us = u->oldest_us = KDS_NEVER_US;
    u->low = KDS_U128_MAX;
}

struct kpl_unit *kpl_unit_new(void)
{
    struct kpl_unit *u = kds_alloc_zero(1, sizeof *u);
    if (u != NULL) {
        u->users = &u->one;
        u->capacity = 1;
        kds_buf_init(&u->bytes, UNIT_BYTES_MAX);
        begin(u);
    }
    return u;
}

/* The texts of an attempt stand in one piece of memory, which the first of them points to. */
static void free_texts(const kpl_attempt_t *a)
{
    const uint8_t *texts = a->service_code.p ? a->service_code.p : a->message.p;
    kds_free((void *)(uintptr_t)texts);
}

static void free_past(struct kpl_unit *u)
{
    for (size_t i = 0; i < u->kept_n; i++) {
        free_texts(&u->kept[i]);
    }
    if (u->kept != &u->first_attempt) {
        kds_free(u->kept);
    }
    kds_free(u->message);
    kds_free(u->service_code);
}

void kpl_unit_renew(struct kpl_unit *u)
{
    free_past(u);
    kds_buf_reset(&u->bytes);
    const struct kds_buf bytes = u->bytes;
    struct kpl_user *users = u->users;
    size_t capacity = u->capacity;
    memset(u, 0, sizeof *u);
    u->bytes = bytes;
    u->users = users;
    u->capacity = capacity;
    begin(u);
}

size_t kpl_unit_footprint(const struct kpl_unit *u)
{
    return sizeof *u + u->bytes.cap + u->capacity * sizeof *u->users;
}

void kpl_unit_free(struct kpl_unit *u)
{
    if (u == NULL) {
        return;
    }
    free_past(u);
    if (u->users != &u->one) {
        kds_free(u->users);
    }
    kds_buf_clear(&u->bytes);
    kds_free(u);
}

/* ---- filling ------------------------------------------------------------------------------ */

bool kpl_unit_grow(struct kpl_unit *u)
{
    bool first = u->users == &u->one;
    size_t capacity = first ? USERS_FIRST : u->capacity * 2;
    struct kpl_user *users =
        kds_realloc_array(first ? NULL : u->users, capacity, sizeof *users);
    if (users == NULL) {
        return false;
    }
    if (first) {
        users[0] = u->one;
    }
    u->users = users;
    u->capacity = capacity;
    return true;
}

bool kpl_unit_set_single(struct kpl_unit *u, const struct kds_agg_view *record)
{
    kds_buf_reset(&u->bytes);
    if (kds_buf_reserve(&u->bytes, record->data.n + record->partition_key.n +
                                       record->explicit_hash_key.n + 1) == NULL) {
        return false;
    }
    kds_buf_add_slice(&u->bytes, record->data);
    kds_buf_add_slice(&u->bytes, record->partition_key);
    kds_buf_add_slice(&u->bytes, record->explicit_hash_key);
    u->data_n = record->data.n;
    u->key_n = record->partition_key.n;
    u->hash_key_n = record->explicit_hash_key.n;
    u->has_key = record->partition_key.p != NULL;
    u->has_hash_key = record->explicit_hash_key.p != NULL;
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

/* ---- what is sent ------------------------------------------------------------------------- */

static const kds_slice_t aggregate_key = KDS_SLICE_LIT("a"); /* what the KPL writes */

size_t kpl_unit_data_size(const struct kpl_unit *u)
{
    return u->aggregated ? u->bytes.n : u->data_n;
}

size_t kpl_unit_size(const struct kpl_unit *u)
{
    return kpl_unit_data_size(u) + (u->aggregated ? aggregate_key.n : u->key_n);
}

static const uint8_t *bytes_of(const struct kpl_unit *u)
{
    return u->bytes.p ? u->bytes.p : (const uint8_t *)"";
}

static kds_slice_t key_of(const struct kpl_unit *u)
{
    return kds_slice_of(u->has_key ? bytes_of(u) + u->data_n : NULL, u->key_n);
}

kds_put_records_request_entry_t kpl_unit_entry(const struct kpl_unit *u,
                                               char hash_text[KDS_U128_DIGITS_MAX])
{
    kds_put_records_request_entry_t e = {
        .data = kds_slice_of(bytes_of(u), kpl_unit_data_size(u)),
        .partition_key = u->aggregated ? aggregate_key : key_of(u),
        .explicit_hash_key = {NULL, 0},
    };
    if (u->aggregated || u->has_key) {
        e.explicit_hash_key =
            kds_slice_of(hash_text, kds_u128_format(u->hash, hash_text));
    }
    return e;
}

/* ---- attempts ----------------------------------------------------------------------------- */

/* Texts are kept if there is memory for them. */
static void copy_texts(kpl_attempt_t *to, kds_slice_t service_code, kds_slice_t message)
{
    size_t n = service_code.n + message.n;
    uint8_t *p = n > 0 ? kds_alloc(n + 2) : NULL;
    to->service_code = to->message = (kds_slice_t){NULL, 0};
    if (p == NULL) {
        return;
    }
    if (service_code.n > 0) {
        memcpy(p, service_code.p, service_code.n);
        to->service_code = kds_slice_of(p, service_code.n);
        p += service_code.n;
        *p++ = 0;
    }
    if (message.n > 0) {
        memcpy(p, message.p, message.n);
        to->message = kds_slice_of(p, message.n);
        p[message.n] = 0;
    }
}

/* Room for one more attempt, by forgetting the oldest if need be. */
static kpl_attempt_t *next_kept(struct kpl_unit *u)
{
    size_t room = u->kept == &u->first_attempt ? 1 : KPL_ATTEMPTS_KEPT;
    if (u->kept_n == 1 && room == 1) {
        kpl_attempt_t *kept = kds_alloc(KPL_ATTEMPTS_KEPT * sizeof *kept);
        if (kept != NULL) {
            kept[0] = u->first_attempt;
            u->kept = kept;
            room = KPL_ATTEMPTS_KEPT;
        }
    }
    if (u->kept_n == room) {
        free_texts(&u->kept[0]);
        memmove(u->kept, u->kept + 1, (room - 1) * sizeof *u->kept);
        u->kept_n--;
    }
    return &u->kept[u->kept_n++];
}

static void remember(struct kpl_unit *u,
                     int64_t began_us,
                     int64_t now_us,
                     kds_err_t code,
                     kds_slice_t service_code,
                     kds_slice_t message)
{
    int64_t since_us = u->noted > 0 ? u->ended_us : u->users[0].put_us;
    kpl_attempt_t *a = next_kept(u);
    a->delay_us = began_us - since_us;
    a->duration_us = now_us - began_us;
    a->code = code;
    copy_texts(a, service_code, message);
    u->first_sent_us = u->noted > 0 ? u->first_sent_us : began_us;
    u->noted++;
    u->ended_us = now_us;
}

void kpl_unit_note_attempt(struct kpl_unit *u,
                           int64_t now_us,
                           kds_err_t code,
                           kds_slice_t service_code,
                           kds_slice_t message)
{
    remember(u, u->sent_us, now_us, code, service_code, message);
    u->attempts++;
}

void kpl_unit_note_expiry(struct kpl_unit *u, int64_t now_us)
{
    static const kds_slice_t code = KDS_SLICE_LIT("Expired");
    static const kds_slice_t in_vain = KDS_SLICE_LIT("the record has reached expiration");
    static const kds_slice_t waiting =
        KDS_SLICE_LIT("expiration was reached before the record was sent");
    remember(u, now_us, now_us, KDS_ERR_RECORD_EXPIRED, code,
             u->attempts > 0 ? in_vain : waiting);
}

bool kpl_unit_keeps_first(const struct kpl_unit *u)
{
    return u->kept_n > 0 && u->kept_n == u->noted;
}

const kpl_attempt_t *kpl_unit_last_attempt(const struct kpl_unit *u)
{
    return u->kept_n > 0 ? &u->kept[u->kept_n - 1] : NULL;
}

void kpl_unit_attempt_was_good(struct kpl_unit *u)
{
    kpl_attempt_t *a = &u->kept[u->kept_n - 1];
    free_texts(a);
    a->code = KDS_OK;
    a->service_code = a->message = (kds_slice_t){NULL, 0};
}

void kpl_unit_inherit(struct kpl_unit *to, const struct kpl_unit *from)
{
    for (size_t i = 0; i < from->kept_n; i++) {
        kpl_attempt_t *a = next_kept(to);
        *a = from->kept[i];
        copy_texts(a, from->kept[i].service_code, from->kept[i].message);
    }
    to->attempts = from->attempts;
    to->noted = from->noted;
    to->first_sent_us = from->first_sent_us;
    to->sent_us = from->sent_us;
    to->misplaced = from->misplaced;
    to->ended_us = from->ended_us;
    to->maybe_persisted = from->maybe_persisted;
}

/* ---- reading ------------------------------------------------------------------------------ */

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
        return u->bytes.p != NULL;
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
    const uint8_t *p = bytes_of(u);
    out->data = kds_slice_of(p, u->data_n);
    out->partition_key = key_of(u);
    out->explicit_hash_key =
        kds_slice_of(u->has_hash_key ? p + u->data_n + u->key_n : NULL, u->hash_key_n);
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
