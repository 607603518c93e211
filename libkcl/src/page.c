/*
 * page: Kinesis records in, user records out.
 */
#include "page.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "kds/record.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    struct kcl_page *page;
    size_t capacity;
    const struct kcl_page_rules *rules;
    struct kds_agg_decoder *decoder;
    struct kcl_page_counts *counts;
    bool disordered; /* a record came that is before its predecessor */
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

static int compare(const kcl_record_t *a, const kcl_record_t *b)
{
    int order = kds_sequence_cmp(a->sequence_number, b->sequence_number);
    if (order != 0 || a->subsequence_number == b->subsequence_number) {
        return order;
    }
    return a->subsequence_number < b->subsequence_number ? -1 : 1;
}

static bool grow(struct builder *b, size_t more)
{
    struct kcl_page *page = b->page;
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < page->count + more) {
        capacity *= 2;
    }
    kcl_record_t *records =
        capacity == b->capacity
            ? page->records
            : kds_realloc_array(page->records, capacity, sizeof *records);
    if (records == NULL) {
        return false;
    }
    page->records = records;
    b->capacity = capacity;
    return true;
}

static void add(struct builder *b, const kcl_record_t *record)
{
    b->page->records[b->page->count++] = *record;
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
    if (!grow(b, count)) {
        return false;
    }
    while (kds_agg_decoder_next(b->decoder, &view)) {
        record.data = view.data;
        record.partition_key = view.partition_key;
        record.explicit_hash_key = view.explicit_hash_key;
        add(b, &record);
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
        .corrupt =
            kds_record_fault(in) != NULL, /* then it is as it stood in the answer */
    };
    b->counts->kinesis_records++;
    if (sealed && !record.corrupt &&
        kds_agg_decoder_open_sealed(b->decoder, in->data, &kind, &count) != KDS_OK) {
        return false;
    }
    if (kind == KDS_AGG_VALID) {
        return add_aggregate(b, &record, count);
    }
    record.corrupt |= kind == KDS_AGG_CORRUPT;
    b->counts->corrupt_records += record.corrupt;
    if (!grow(b, 1)) {
        return false;
    }
    add(b, &record);
    return true;
}

static int compare_records(const void *a, const void *b)
{
    return compare(a, b);
}

/* Leave out what was delivered before, or twice; put in order what is not. */
static void tidy(struct builder *b)
{
    struct kcl_page *page = b->page;
    struct kcl_position p;
    size_t from = 0, kept = 0;
    if (b->disordered) {
        qsort(page->records, page->count, sizeof *page->records, compare_records);
    }
    while (from < page->count) {
        p = kcl_record_position(&page->records[from]);
        if (kcl_position_cmp(&p, b->rules->after) > 0) {
            break; /* from here on everything is new */
        }
        from++;
    }
    for (size_t i = from; i < page->count; i++) {
        if (kept == 0 || !b->disordered ||
            compare(&page->records[i], &page->records[kept - 1]) != 0) {
            if (i != kept) {
                page->records[kept] = page->records[i];
            }
            kept++;
        }
    }
    b->counts->repeated_records += page->count - kept;
    page->count = kept;
}

/* Without a sequence number nothing can be placed or checkpointed: the answer is malformed. */
static bool placed(const struct kcl_arrival *arrival)
{
    for (size_t i = 0; i < arrival->count; i++) {
        if (!kds_sequence_valid(arrival->records[i].sequence_number) ||
            arrival->records[i].data.p == NULL) {
            return false;
        }
    }
    return true;
}

static bool build(struct builder *b, const struct kcl_arrival *arrival)
{
    size_t n = arrival->count;
    kds_slice_t *data = kds_alloc_zero(n ? n : 1, sizeof *data);
    bool *sealed = kds_alloc_zero(n ? n : 1, sizeof *sealed);
    bool ok = data != NULL && sealed != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        data[i] = arrival->records[i].data;
        b->page->bytes += data[i].n;
        b->disordered |=
            i > 0 && kds_sequence_cmp(arrival->records[i].sequence_number,
                                      arrival->records[i - 1].sequence_number) <= 0;
    }
    if (ok) {
        kds_agg_check(data, n, sealed);
    }
    for (size_t i = 0; ok && i < n; i++) {
        ok = add_kinesis_record(b, &arrival->records[i], sealed[i]);
    }
    if (ok) {
        tidy(b);
    }
    b->page->bytes += b->capacity * sizeof(kcl_record_t);
    kds_free(data);
    kds_free(sealed);
    return ok;
}

struct kcl_page *kcl_page_new(const struct kcl_arrival *arrival,
                              const struct kcl_page_rules *rules,
                              struct kds_agg_decoder *decoder,
                              struct kcl_page_counts *counts,
                              bool *malformed)
{
    struct kcl_page *page = kds_alloc_zero(1, sizeof *page);
    struct builder b = {
        .page = page, .rules = rules, .decoder = decoder, .counts = counts};
    *malformed = !placed(arrival);
    if (page == NULL || *malformed) {
        kds_free(page);
        return NULL;
    }
    page->output = arrival->output;
    page->pushed = arrival->pushed;
    page->behind_ms = arrival->behind_ms > 0 ? arrival->behind_ms : 0;
    if (!build(&b, arrival)) {
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
