/*
 * deaggregator: Kinesis records to user records, one aggregate after the other.
 *
 * Wire format: docs/wire/aggregation.md
 */
#include "kds/agg.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/sized.h"
#include "codec/agg.h"
#include "codec/agg_range.h"

#include <string.h>

struct kds_deaggregator {
    struct kds_agg_decoder *decoder;
    kds_slice_t *records; /* data of each */
    bool *sealed;         /* and whether it is an aggregate */
    size_t capacity;
    size_t count;
    size_t next;         /* record to be looked at next */
    bool inside;         /* the decoder is within records[next - 1] */
    size_t sub_sequence; /* of its next user record */
    bool filtered;       /* to the range */
    kds_u128_t first, last;
    const uint8_t *packed; /* where the opened bytes begin; NULL = they were not packed */
};

kds_deaggregator_t *kds_deaggregator_new(void)
{
    kds_deaggregator_t *d = kds_alloc_zero(1, sizeof *d);
    if (d != NULL && (d->decoder = kds_agg_decoder_new()) == NULL) {
        kds_free(d);
        d = NULL;
    }
    return d;
}

void kds_deaggregator_free(kds_deaggregator_t *d)
{
    if (d != NULL) {
        kds_agg_decoder_free(d->decoder);
        kds_free(d->records);
        kds_free(d->sealed);
        kds_free(d);
    }
}

/* ---- opening ------------------------------------------------------------------------------ */

static bool make_room(kds_deaggregator_t *d, size_t count)
{
    if (count <= d->capacity) {
        return true;
    }
    kds_slice_t *records = kds_realloc_array(d->records, count, sizeof *records);
    d->records = records != NULL ? records : d->records;
    bool *sealed = kds_realloc_array(d->sealed, count, sizeof *sealed);
    d->sealed = sealed != NULL ? sealed : d->sealed;
    if (records == NULL || sealed == NULL) {
        return false;
    }
    d->capacity = count;
    return true;
}

/* Nothing is open afterwards, but there is room for @p count records. */
static kds_err_t prepare(kds_deaggregator_t *d,
                         size_t count,
                         const kds_shard_range_t *range,
                         kds_error_t **error)
{
    d->count = d->next = 0;
    d->inside = false;
    d->packed = NULL;
    d->filtered = range != NULL;
    if (range != NULL && !kds_agg_range_parse(range, &d->first, &d->last)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "range: not two decimal hash keys in order");
    }
    return make_room(d, count) ? KDS_OK
                               : kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
}

static void begin(kds_deaggregator_t *d, size_t count)
{
    kds_agg_check(d->records, count, d->sealed);
    d->count = count;
}

kds_err_t kds_deaggregator_open(kds_deaggregator_t *d,
                                const kds_slice_t *records,
                                size_t count,
                                const kds_shard_range_t *range,
                                kds_error_t **error)
{
    kds_err_t rc = prepare(d, count, range, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (count > 0) {
        memcpy(d->records, records, count * sizeof *records);
    }
    begin(d, count);
    return KDS_OK;
}

kds_err_t kds_deaggregator_open_packed(kds_deaggregator_t *d,
                                       kds_slice_t bytes,
                                       const uint32_t *lengths,
                                       size_t count,
                                       const kds_shard_range_t *range,
                                       kds_error_t **error)
{
    static const uint8_t none[1];
    kds_err_t rc = prepare(d, count, range, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (!kds_agg_lengths_fit(lengths, count, 1, bytes.n)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "lengths: do not add up to %zu bytes", bytes.n);
    }
    const uint8_t *at = bytes.p != NULL ? bytes.p : none;
    d->packed = at;
    for (size_t i = 0; i < count; i++) {
        d->records[i] = (kds_slice_t){at, lengths[i]};
        at += lengths[i];
    }
    begin(d, count);
    return KDS_OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* The next Kinesis record. Sets *out, or enters it. */
static kds_err_t open_record(kds_deaggregator_t *d, kds_deaggregated_t *out)
{
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    kds_slice_t data = d->records[d->next];
    size_t count;
    if (d->sealed[d->next]) {
        kds_err_t rc = kds_agg_decoder_open_sealed(d->decoder, data, &kind, &count);
        if (rc != KDS_OK) {
            return rc;
        }
    }
    out->kind = KDS_DEAGGREGATED_END;
    if (kind == KDS_AGG_PLAIN) {
        out->kind = KDS_DEAGGREGATED_PLAIN;
    } else if (kind == KDS_AGG_CORRUPT) {
        out->kind = KDS_DEAGGREGATED_BROKEN;
    } else if (d->filtered && !kds_agg_decoder_within(d->decoder, d->first, d->last)) {
        out->kind = KDS_DEAGGREGATED_OUTSIDE;
    } else {
        d->inside = true;
        d->sub_sequence = 0;
    }
    out->record = d->next++;
    out->data = data;
    return KDS_OK;
}

static kds_err_t step(kds_deaggregator_t *d, kds_deaggregated_t *out)
{
    struct kds_agg_view view;
    for (;;) {
        if (d->inside && kds_agg_decoder_next(d->decoder, &view)) {
            out->kind = KDS_DEAGGREGATED_USER;
            out->record = d->next - 1;
            out->sub_sequence = d->sub_sequence++;
            out->partition_key = view.partition_key;
            out->explicit_hash_key = view.explicit_hash_key;
            out->data = view.data;
            return KDS_OK;
        }
        d->inside = false;
        *out = (kds_deaggregated_t){.struct_size = sizeof *out};
        if (d->next == d->count) {
            return KDS_OK;
        }
        kds_err_t rc = open_record(d, out);
        if (rc != KDS_OK || out->kind != KDS_DEAGGREGATED_END) {
            return rc;
        }
    }
}

kds_err_t kds_deaggregator_next(kds_deaggregator_t *d, kds_deaggregated_t *out)
{
    kds_deaggregated_t full = {.struct_size = sizeof full};
    if (out->struct_size < sizeof out->struct_size || out->struct_size > KDS_SIZED_MAX) {
        return KDS_ERR_INVALID_ARG;
    }
    kds_err_t rc = step(d, &full);
    if (rc == KDS_OK) {
        kds_sized_give(out, &full, sizeof full);
    }
    return rc;
}

static void give_range(int64_t *row, const uint8_t *packed, kds_slice_t s)
{
    row[0] = s.p != NULL ? s.p - packed : -1;
    row[1] = s.p != NULL ? row[0] + (int64_t)s.n : -1;
}

kds_err_t kds_deaggregator_read_packed(kds_deaggregator_t *d,
                                       int64_t *rows,
                                       size_t room,
                                       size_t *count)
{
    kds_deaggregated_t found = {.struct_size = sizeof found};
    *count = 0;
    if (d->packed == NULL) {
        return KDS_ERR_STATE;
    }
    for (size_t i = 0; i < room; i++) {
        kds_err_t rc = step(d, &found);
        if (rc != KDS_OK || found.kind == KDS_DEAGGREGATED_END) {
            return rc;
        }
        int64_t *row = rows + i * KDS_DEAGGREGATED_COLUMNS;
        row[KDS_COLUMN_KIND] = found.kind;
        row[KDS_COLUMN_RECORD] = (int64_t)found.record;
        row[KDS_COLUMN_SUB_SEQUENCE] = (int64_t)found.sub_sequence;
        give_range(row + KDS_COLUMN_KEY_AT, d->packed, found.partition_key);
        give_range(row + KDS_COLUMN_HASH_KEY_AT, d->packed, found.explicit_hash_key);
        give_range(row + KDS_COLUMN_DATA_AT, d->packed, found.data);
        *count = i + 1;
    }
    return KDS_OK;
}
