/*
 * batch_pack: a batch as one buffer.
 */
#include "kcl/pull.h"

#include <string.h>

static bool same_sequence(const kcl_batch_t *batch, size_t i)
{
    return i > 0 &&
           batch->records[i].sequence_number.p == batch->records[i - 1].sequence_number.p;
}

size_t kcl_batch_packed_size(const kcl_batch_t *batch)
{
    size_t bytes = batch->count * sizeof(kcl_packed_record_t);
    for (size_t i = 0; i < batch->count; i++) {
        const kcl_record_t *r = &batch->records[i];
        bytes += r->data.n + r->partition_key.n + r->explicit_hash_key.n;
        bytes += same_sequence(batch, i) ? 0 : r->sequence_number.n;
    }
    return bytes;
}

/* @return where the bytes lie now */
static uint64_t put(uint8_t *buffer, size_t *at, kds_slice_t bytes)
{
    uint64_t offset = *at;
    if (bytes.n > 0) {
        memcpy(buffer + *at, bytes.p, bytes.n);
    }
    *at += bytes.n;
    return offset;
}

static uint32_t length(kds_slice_t text)
{
    return text.p ? (uint32_t)text.n : KCL_ABSENT;
}

kds_err_t kcl_batch_pack(const kcl_batch_t *batch, void *buffer, size_t size)
{
    kcl_packed_record_t *out = buffer;
    size_t at = batch->count * sizeof *out;
    if (size < kcl_batch_packed_size(batch)) {
        return KDS_ERR_TOO_LARGE;
    }
    for (size_t i = 0; i < batch->count; i++) {
        const kcl_record_t *r = &batch->records[i];
        kcl_packed_record_t *p = &out[i];
        *p = (kcl_packed_record_t){
            .data_len = (uint32_t)r->data.n,
            .key_len = length(r->partition_key),
            .hash_len = length(r->explicit_hash_key),
            .sequence_len = (uint32_t)r->sequence_number.n,
            .subsequence_number = r->subsequence_number,
            .arrival_ms = r->arrival_ms,
            .flags = (r->aggregated ? KCL_PACKED_AGGREGATED : 0u) |
                     (r->corrupt ? KCL_PACKED_CORRUPT : 0u),
        };
        p->data_at = put(buffer, &at, r->data);
        p->key_at = put(buffer, &at, r->partition_key);
        p->hash_at = put(buffer, &at, r->explicit_hash_key);
        p->sequence_at = same_sequence(batch, i) ? out[i - 1].sequence_at
                                                 : put(buffer, &at, r->sequence_number);
    }
    return KDS_OK;
}
