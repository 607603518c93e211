/*
 * spool_format: the bytes of a segment.
 */
#include "spool_format.h"

#include "base/slice.h"
#include "kernel/crc32.h"

#include <stdatomic.h>
#include <string.h>

#define CHECKED_FROM offsetof(struct kpl_spool_entry, number)

/* At the start of a segment; the rest of KPL_SPOOL_HEAD_BYTES is zero. */
struct head {
    char magic[8];
    uint32_t version;
    uint32_t head_bytes;
    uint64_t number;
    uint64_t bytes;
    uint32_t crc; /* of what lies before it */
};

static const char magic[8] = {'K', 'P', 'L', 'S', 'P', 'O', 'O', 'L'};

size_t kpl_spool_entry_bytes(const kpl_record_t *r)
{
    if (r->data.n > UINT32_MAX / 2 || r->stream.n > UINT16_MAX ||
        r->partition_key.n > UINT16_MAX || r->explicit_hash_key.n > UINT16_MAX) {
        return 0;
    }
    size_t n = sizeof(struct kpl_spool_entry) + r->stream.n + r->partition_key.n +
               r->explicit_hash_key.n + r->data.n;
    return (n + KPL_SPOOL_ALIGN - 1) / KPL_SPOOL_ALIGN * KPL_SPOOL_ALIGN;
}

void kpl_spool_write_head(uint8_t *segment, size_t bytes, uint64_t number)
{
    struct head h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof magic);
    h.version = KPL_SPOOL_VERSION;
    h.head_bytes = KPL_SPOOL_HEAD_BYTES;
    h.number = number;
    h.bytes = bytes;
    h.crc = kds_crc32(0, &h, offsetof(struct head, crc));
    memcpy(segment, &h, sizeof h);
}

const char *kpl_spool_check_head(const uint8_t *segment, size_t bytes, uint64_t *number)
{
    struct head h;
    if (bytes < KPL_SPOOL_HEAD_BYTES) {
        return "it is too short";
    }
    memcpy(&h, segment, sizeof h);
    if (memcmp(h.magic, magic, sizeof magic) != 0) {
        return "it is no segment of a spool";
    }
    if (h.crc != kds_crc32(0, &h, offsetof(struct head, crc))) {
        return "its head is damaged, or it is of a machine of another kind";
    }
    if (h.version != KPL_SPOOL_VERSION || h.head_bytes != KPL_SPOOL_HEAD_BYTES) {
        return "it is of another version of the library";
    }
    if (h.bytes != bytes) {
        return "it was cut or has grown";
    }
    *number = h.number;
    return NULL;
}

static uint8_t *put_bytes(uint8_t *to, kds_slice_t s)
{
    if (s.n > 0) {
        memcpy(to, s.p, s.n);
    }
    return to + s.n;
}

void kpl_spool_write(uint8_t *segment,
                     size_t offset,
                     uint64_t number,
                     const kpl_record_t *r)
{
    uint8_t *at = segment + offset;
    struct kpl_spool_entry e = {
        .state = KPL_SPOOL_NOTHING,
        .tag = (uint64_t)(uintptr_t)r->tag,
        .number = number,
        .bytes = (uint32_t)kpl_spool_entry_bytes(r),
        .offset = (uint32_t)offset,
        .data_bytes = (uint32_t)r->data.n,
        .stream_bytes = (uint16_t)r->stream.n,
        .key_bytes = (uint16_t)r->partition_key.n,
        .hash_key_bytes = (uint16_t)r->explicit_hash_key.n,
    };
    memcpy(at, &e, sizeof e);
    uint8_t *end = put_bytes(at + sizeof e, r->stream);
    end = put_bytes(end, r->partition_key);
    end = put_bytes(end, r->explicit_hash_key);
    end = put_bytes(end, r->data);
    e.crc = kds_crc32(0, at + CHECKED_FROM, (size_t)(end - at) - CHECKED_FROM);
    memcpy(at + offsetof(struct kpl_spool_entry, crc), &e.crc, sizeof e.crc);
    atomic_signal_fence(memory_order_release);
    *(volatile uint32_t *)(void *)at = KPL_SPOOL_LIVE;
}

static kds_slice_t take_bytes(const uint8_t **from, size_t n)
{
    kds_slice_t s = {n > 0 ? *from : NULL, n};
    *from += n;
    return s;
}

enum kpl_spool_found kpl_spool_read(const uint8_t *segment,
                                    size_t bytes,
                                    size_t offset,
                                    struct kpl_spool_entry *e,
                                    kpl_record_t *record)
{
    if (offset > bytes || bytes - offset < sizeof *e) {
        return KPL_SPOOL_THE_END;
    }
    const uint8_t *at = segment + offset;
    memcpy(e, at, sizeof *e);
    if (e->state == KPL_SPOOL_NOTHING) {
        return KPL_SPOOL_THE_END;
    }
    uint64_t used = sizeof *e + (uint64_t)e->data_bytes + e->stream_bytes + e->key_bytes +
                    e->hash_key_bytes;
    if (e->state > KPL_SPOOL_DONE || e->offset != offset || e->bytes > bytes - offset ||
        e->bytes % KPL_SPOOL_ALIGN != 0 || used > e->bytes ||
        e->bytes - used >= KPL_SPOOL_ALIGN ||
        e->crc != kds_crc32(0, at + CHECKED_FROM, (size_t)used - CHECKED_FROM)) {
        return KPL_SPOOL_TORN;
    }
    const uint8_t *from = at + sizeof *e;
    memset(record, 0, sizeof *record);
    record->struct_size = sizeof *record;
    record->stream = take_bytes(&from, e->stream_bytes);
    record->partition_key = take_bytes(&from, e->key_bytes);
    record->explicit_hash_key = take_bytes(&from, e->hash_key_bytes);
    record->data = kds_slice_of(from, e->data_bytes);
    record->tag = (void *)(uintptr_t)e->tag;
    return KPL_SPOOL_FOUND;
}
