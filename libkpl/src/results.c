/*
 * results: units unpacked for the callback.
 */
#include "results.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <string.h>

bool kpl_showcase_init(struct kpl_showcase *s)
{
    /* All at once and in advance: an outcome is never lost for want of memory. */
    s->decoder = kds_agg_decoder_new();
    s->results = kds_alloc_zero(KPL_SHOWCASE_RECORDS, sizeof *s->results);
    s->attempts = kds_alloc_zero(KPL_SHOWCASE_RECORDS, sizeof *s->attempts);
    if (s->decoder == NULL || s->results == NULL || s->attempts == NULL) {
        kpl_showcase_clear(s);
        return false;
    }
    return true;
}

void kpl_showcase_clear(struct kpl_showcase *s)
{
    kds_agg_decoder_free(s->decoder);
    kds_free(s->results);
    kds_free(s->attempts);
    memset(s, 0, sizeof *s);
}

/* What all user records of a unit have in common. */
static kpl_result_t common(const struct kpl_unit *u)
{
    kpl_result_t r = {
        .struct_size = sizeof r,
        .code = u->code,
        .persisted = u->code == KDS_OK    ? KDS_PERSISTED_YES
                     : u->maybe_persisted ? KDS_PERSISTED_MAYBE
                                          : KDS_PERSISTED_NO,
        .stream = kpl_unit_stream(u),
        .subsequence_number = -1,
        .attempt_count = u->attempts,
        .attempts = u->kept,
        .attempts_kept = u->kept_n,
    };
    if (u->code == KDS_OK) {
        r.shard_id = kds_slice(u->actual->id);
        r.sequence_number = kds_slice(u->sequence);
    } else {
        r.message = kds_slice(u->message ? u->message : kds_err_text(u->code));
        const kpl_attempt_t *last = kpl_unit_last_attempt(u);
        r.service_code = u->service_code != NULL ? kds_slice(u->service_code)
                         : last != NULL          ? last->service_code
                                                 : r.service_code;
    }
    return r;
}

struct batch {
    struct kpl_showcase *s;
    size_t n;
    kpl_results_fn *fn;
    void *opaque;
};

static void show(struct batch *b)
{
    if (b->n > 0) {
        b->fn(b->s->results, b->n, b->opaque);
    }
    b->n = b->s->attempts_used = 0;
}

/* The first attempt's delay is counted from each one's own put: attempts of its own if that was not when the
 * one was put by which they were noted. */
static bool shares_attempts(const struct kpl_unit *u, size_t i)
{
    return !kpl_unit_keeps_first(u) ||
           u->kept[0].delay_us == u->first_sent_us - u->users[i].put_us;
}

static const kpl_attempt_t *
own_attempts(struct kpl_showcase *s, const struct kpl_unit *u, size_t i)
{
    kpl_attempt_t *own = s->attempts + s->attempts_used;
    memcpy(own, u->kept, u->kept_n * sizeof *own);
    own->delay_us = u->first_sent_us - u->users[i].put_us;
    s->attempts_used += u->kept_n;
    return own;
}

void kpl_showcase_deliver(struct kpl_showcase *s,
                          const struct kpl_queue *units,
                          kpl_results_fn *fn,
                          void *opaque)
{
    struct batch b = {s, 0, fn, opaque};
    for (const struct kpl_unit *u = units->first; u != NULL; u = u->next) {
        const kpl_result_t shared = common(u);
        struct kpl_unit_reader reader;
        bool readable = kpl_unit_read(&reader, u, s->decoder);
        for (size_t i = 0; i < u->count; i++) {
            struct kds_agg_view view = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
            if (b.n == KPL_SHOWCASE_RECORDS ||
                s->attempts_used + u->kept_n > KPL_SHOWCASE_RECORDS) {
                show(&b);
            }
            kpl_result_t *r = &s->results[b.n++];
            if (readable) {
                kpl_unit_next(&reader, &view);
            }
            *r = shared;
            r->tag = u->users[i].tag;
            r->partition_key = view.partition_key;
            r->explicit_hash_key = view.explicit_hash_key;
            r->data = view.data;
            r->latency_us = u->ended_us - u->users[i].put_us;
            if (!shares_attempts(u, i)) {
                r->attempts = own_attempts(s, u, i);
            }
            if (u->aggregated && u->code == KDS_OK) {
                r->subsequence_number = (int64_t)i;
            }
        }
    }
    show(&b);
}
