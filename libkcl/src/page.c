/*
 * page: Kinesis records in, user records out.
 */
#include "page.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <string.h>

struct builder {
    struct kcl_page *page;
    size_t capacity;
    const struct kcl_page_rules *rules;
    struct kds_agg_decoder *decoder;
    struct kcl_page_counts *counts;
};

struct kcl_position kcl_record_position(const kcl_record_t *record)
{
    struct kcl_position p = {.kind = KCL_AFTER_RECORD,
                             .number = record->subsequence_number};
    size_t n = record->sequence_number.n < sizeof p.sequence ? record->sequence_number.n
                                                             : sizeof p.sequence - 1;
    memcpy(p.sequence, record->sequence_number.p, n);
    return p;
}

static bool add(struct builder *b, const kcl_record_t *record)
{
    struct kcl_position p = kcl_record_position(record);
    struct kcl_page *page = b->page;
    if (kcl_position_cmp(&p, b->rules->after) <= 0) {
        return true;
    }
    if (page->count == b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 64;
        kcl_record_t *records =
            kds_realloc_array(page->records, capacity, sizeof *records);
        if (records == NULL) {
            return false;
        }
        page->records = records;
        b->capacity = capacity;
    }
    page->records[page->count++] = *record;
    return true;
}

/* The user records of an aggregate. */
static bool add_aggregate(struct builder *b, const kcl_record_t *whole, size_t count)
{
    struct kds_agg_view view;
    if (!kds_agg_decoder_within(b->decoder, b->rules->first, b->rules->last)) {
        b->counts->foreign_records += count;
        if (b->rules->drop_foreign) {
            return true;
        }
    }
    kcl_record_t record = *whole;
    record.aggregated = true;
    while (kds_agg_decoder_next(b->decoder, &view)) {
        record.data = view.data;
        record.partition_key = view.partition_key;
        record.explicit_hash_key = view.explicit_hash_key;
        if (!add(b, &record)) {
            return false;
        }
        record.subsequence_number++;
    }
    return true;
}

static bool add_kinesis_record(struct builder *b, const kds_record_t *in, bool sealed)
{
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    size_t count = 0;
    kcl_record_t record = {
        .data = in->data,
        .partition_key = in->partition_key,
        .sequence_number = in->sequence_number,
        .arrival_ms = in->approximate_arrival_timestamp_ms,
    };
    b->counts->kinesis_records++;
    if (sealed &&
        kds_agg_decoder_open_sealed(b->decoder, in->data, &kind, &count) != KDS_OK) {
        return false;
    }
    if (kind == KDS_AGG_VALID) {
        return add_aggregate(b, &record, count);
    }
    record.corrupt |= kind == KDS_AGG_CORRUPT;
    b->counts->corrupt_records += record.corrupt;
    return add(b, &record);
}

/* Without a sequence number nothing can be placed or checkpointed: the answer is malformed. */
static bool placed(const kds_get_records_out_t *output)
{
    for (size_t i = 0; i < output->records_count; i++) {
        if (!kds_sequence_valid(output->records[i].sequence_number) ||
            output->records[i].data.p == NULL) {
            return false;
        }
    }
    return true;
}

static bool build(struct builder *b, const kds_get_records_out_t *output)
{
    size_t n = output->records_count;
    kds_slice_t *data = kds_alloc_zero(n ? n : 1, sizeof *data);
    bool *sealed = kds_alloc_zero(n ? n : 1, sizeof *sealed);
    bool ok = data != NULL && sealed != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        data[i] = output->records[i].data;
        b->page->bytes += data[i].n;
    }
    if (ok) {
        kds_agg_check(data, n, sealed);
    }
    for (size_t i = 0; ok && i < n; i++) {
        ok = add_kinesis_record(b, &output->records[i], sealed[i]);
    }
    kds_free(data);
    kds_free(sealed);
    return ok;
}

struct kcl_page *kcl_page_new(const kds_get_records_out_t *output,
                              const struct kcl_page_rules *rules,
                              struct kds_agg_decoder *decoder,
                              struct kcl_page_counts *counts,
                              bool *malformed)
{
    struct kcl_page *page = kds_alloc_zero(1, sizeof *page);
    struct builder b = {page, 0, rules, decoder, counts};
    *malformed = !placed(output);
    if (page == NULL || *malformed) {
        kds_free(page);
        return NULL;
    }
    page->output = output;
    page->behind_ms = output->millis_behind_latest > 0 ? output->millis_behind_latest : 0;
    if (!build(&b, output)) {
        kcl_page_free(page);
        return NULL;
    }
    return page;
}

void kcl_page_free(struct kcl_page *page)
{
    if (page != NULL) {
        kds_free(page->records);
        kds_free(page);
    }
}
