/*
 * results: units unpacked for the callback.
 */
#include "results.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <string.h>

#define BATCH_MAX 512

bool kpl_showcase_init(struct kpl_showcase *s)
{
    memset(s, 0, sizeof *s);
    /* All at once and in advance: an outcome is never lost for want of memory. */
    s->decoder = kds_agg_decoder_new();
    s->results = kds_alloc_zero(BATCH_MAX, sizeof *s->results);
    s->capacity = BATCH_MAX;
    if (s->decoder == NULL || s->results == NULL) {
        kpl_showcase_clear(s);
        return false;
    }
    return true;
}

void kpl_showcase_clear(struct kpl_showcase *s)
{
    kds_agg_decoder_free(s->decoder);
    kds_free(s->results);
    memset(s, 0, sizeof *s);
}

static kds_slice_t text_or_absent(const char *text)
{
    kds_slice_t none = {NULL, 0};
    return text[0] ? kds_slice(text) : none;
}

static void show(const struct kpl_unit *u,
                 size_t index,
                 const struct kds_agg_view *view,
                 kpl_result_t *out)
{
    const struct kpl_user *user = &u->users[index];
    bool stored = u->ending.code == KDS_OK;
    memset(out, 0, sizeof *out);
    out->struct_size = sizeof *out;
    out->code = u->ending.code;
    out->persisted =
        !stored && user->maybe_persisted ? KDS_PERSISTED_MAYBE : u->ending.persisted;
    out->tag = user->tag;
    out->stream = kpl_unit_stream(u);
    out->partition_key = view->partition_key;
    out->explicit_hash_key = view->explicit_hash_key;
    out->data = view->data;
    out->subsequence_number = stored && u->aggregated ? (int64_t)index : -1;
    out->shard_id = text_or_absent(stored ? u->ending.shard_id : "");
    out->sequence_number = text_or_absent(stored ? u->ending.sequence : "");
    out->attempt_count = user->attempts_before + u->attempts;
    out->attempts = u->kept;
    out->attempts_kept =
        u->attempts < KPL_ATTEMPTS_KEPT ? u->attempts : KPL_ATTEMPTS_KEPT;
    out->service_code = text_or_absent(u->ending.service_code);
    out->message = text_or_absent(u->ending.message);
    out->latency_us = u->ended_us - user->put_us;
}

void kpl_showcase_deliver(struct kpl_showcase *s,
                          const struct kpl_unit *unit,
                          kpl_results_fn *fn,
                          void *opaque)
{
    struct kpl_unit_reader reader;
    bool readable = kpl_unit_read(&reader, unit, s->decoder);
    for (size_t at = unit->skip; at < unit->count;) {
        size_t n = 0;
        for (; n < s->capacity && at < unit->count; n++, at++) {
            struct kds_agg_view view = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
            if (readable) {
                kpl_unit_next(&reader, &view);
            }
            show(unit, at, &view, &s->results[n]);
        }
        fn(s->results, n, opaque);
    }
}
