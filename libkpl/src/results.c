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
        r.service_code = kds_slice(u->service_code);
    }
    return r;
}

void kpl_showcase_deliver(struct kpl_showcase *s,
                          const struct kpl_queue *units,
                          kpl_results_fn *fn,
                          void *opaque)
{
    size_t n = 0;
    for (const struct kpl_unit *u = units->first; u != NULL; u = u->next) {
        const kpl_result_t shared = common(u);
        struct kpl_unit_reader reader;
        bool readable = kpl_unit_read(&reader, u, s->decoder);
        for (size_t i = 0; i < u->count; i++) {
            struct kds_agg_view view = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
            kpl_result_t *r = &s->results[n++];
            if (readable) {
                kpl_unit_next(&reader, &view);
            }
            *r = shared;
            r->tag = u->users[i].tag;
            r->partition_key = view.partition_key;
            r->explicit_hash_key = view.explicit_hash_key;
            r->data = view.data;
            r->latency_us = u->ended_us - u->users[i].put_us;
            if (u->aggregated && u->code == KDS_OK) {
                r->subsequence_number = (int64_t)i;
            }
            if (n == KPL_SHOWCASE_RECORDS) {
                fn(s->results, n, opaque);
                n = 0;
            }
        }
    }
    if (n > 0) {
        fn(s->results, n, opaque);
    }
}
