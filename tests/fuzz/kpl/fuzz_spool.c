/*
 * fuzz_spool: a segment of the spool with any content. The head is made good, and in half of the runs
 * the check sums as well, so that what lies behind them is reached.
 */
#include "kernel/crc32.h"
#include "spool_format.h"

#include <stdlib.h>
#include <string.h>

static void must(bool truth)
{
    if (!truth) {
        abort();
    }
}

static void inside(kds_slice_t s, const uint8_t *segment, size_t bytes)
{
    must(s.p == NULL ||
         (s.p >= segment && s.n <= bytes && (size_t)(s.p - segment) <= bytes - s.n));
}

/* Make the check sum of the record at @p offset right, if its lengths allow that. */
static void mend(uint8_t *segment, size_t bytes, size_t offset)
{
    struct kpl_spool_entry e;
    const size_t from = offsetof(struct kpl_spool_entry, number);
    if (offset > bytes || bytes - offset < sizeof e) {
        return;
    }
    memcpy(&e, segment + offset, sizeof e);
    size_t used =
        sizeof e + (size_t)e.stream_bytes + e.key_bytes + e.hash_key_bytes + e.data_bytes;
    if (used <= bytes - offset) {
        e.offset = (uint32_t)offset;
        memcpy(segment + offset, &e, sizeof e);
        e.crc = kds_crc32(0, segment + offset + from, used - from);
        memcpy(segment + offset, &e, sizeof e);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint64_t number;
    size_t bytes = KPL_SPOOL_HEAD_BYTES + n;
    uint8_t *segment = calloc(1, bytes);
    if (segment == NULL) {
        return 0;
    }
    if (n > 0) {
        memcpy(segment + KPL_SPOOL_HEAD_BYTES, data, n);
        kpl_spool_check_head(data, n, &number);
    }
    kpl_spool_write_head(segment, bytes, n);
    must(kpl_spool_check_head(segment, bytes, &number) == NULL && number == n);

    size_t offset = KPL_SPOOL_HEAD_BYTES;
    for (;;) {
        struct kpl_spool_entry e;
        kpl_record_t r;
        if (n % 2 == 0) {
            mend(segment, bytes, offset);
        }
        if (kpl_spool_read(segment, bytes, offset, &e, &r) != KPL_SPOOL_FOUND) {
            break;
        }
        inside(r.stream, segment, bytes);
        inside(r.partition_key, segment, bytes);
        inside(r.explicit_hash_key, segment, bytes);
        inside(r.data, segment, bytes);
        must(kpl_spool_entry_bytes(&r) == e.bytes);
        must(e.bytes >= sizeof e && e.bytes <= bytes - offset);
        offset += e.bytes;
    }
    free(segment);
    return 0;
}
