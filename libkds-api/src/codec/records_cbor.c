/*
 * records_cbor: the short way through a record of CBOR: data stays where it is.
 */
#include "codec/records_internal.h"

#include "base/slice.h"
#include "kernel/text_scan.h"

/* With their heads: text of so many bytes. */
static const kds_slice_t keys[KDS_RM_COUNT] = {
    [KDS_RM_SEQUENCE] = KDS_SLICE_LIT("\x6e"
                                      "SequenceNumber"),
    [KDS_RM_ARRIVAL] = KDS_SLICE_LIT("\x78\x1b"
                                     "ApproximateArrivalTimestamp"),
    [KDS_RM_DATA] = KDS_SLICE_LIT("\x64"
                                  "Data"),
    [KDS_RM_KEY] = KDS_SLICE_LIT("\x6c"
                                 "PartitionKey"),
    [KDS_RM_ENCRYPTION] = KDS_SLICE_LIT("\x6e"
                                        "EncryptionType"),
};

#define LOOK_AHEAD 40 /* more than any key with the head of its value */
#define ROOM_BYTES ((size_t)32 * 1024)

enum { MAP = 0xA0, MAP_INDEFINITE = 0xBF, BREAK = 0xFF, TEXT = 0x60, BYTES = 0x40 };

/* The length of a string of @p type, which is BYTES or TEXT. @return its first byte, or NULL. */
static inline const uint8_t *
take_length(const uint8_t *p, const uint8_t *end, unsigned type, size_t *n)
{
    if (end - p < 5) {
        return NULL;
    }
    const unsigned info = *p ^ type;
    if (info < 24) {
        *n = info;
        p += 1;
    } else if (info == 24) {
        *n = p[1];
        p += 2;
    } else if (info == 25) {
        *n = (size_t)p[1] << 8 | p[2];
        p += 3;
    } else if (info == 26) {
        *n = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
        p += 5;
    } else {
        return NULL; /* another type, chunks, or 4 GiB */
    }
    return *n <= (size_t)(end - p) ? p : NULL;
}

/* Room for text of @p n bytes and its NUL, among that for the texts of many records. */
static bool take_room(struct kds_records *l, size_t n)
{
    if ((size_t)(l->to_end - l->to) > n) {
        return true;
    }
    const size_t left = (size_t)(l->r->end - l->r->p) + 1;
    size_t size = left < ROOM_BYTES ? left : ROOM_BYTES;
    size = n < size ? size : n + 1;
    uint8_t *room = kds_arena_alloc(l->r->arena, size);
    if (room == NULL) {
        return false; /* the long way meets the arena's error */
    }
    l->to = room;
    l->to_end = room + size;
    return true;
}

static inline const uint8_t *
take_text(struct kds_records *l, const uint8_t *p, kds_slice_t *out)
{
    size_t n;
    p = take_length(p, l->r->end, TEXT, &n);
    if (p == NULL || !take_room(l, n) || !kds_text_copy_ascii(l->to, p, n)) {
        return NULL;
    }
    l->to[n] = 0;
    *out = kds_slice_of(l->to, n);
    l->to += n + 1;
    return p + n;
}

static inline const uint8_t *
take_data(const uint8_t *p, const uint8_t *end, kds_slice_t *out)
{
    size_t n;
    p = take_length(p, end, BYTES, &n);
    if (p == NULL) {
        return NULL;
    }
    *out = kds_slice_of(p, n);
    return p + n;
}

/* Tag 1 and whole milliseconds of 64 bits. */
static const uint8_t *take_time(const uint8_t *p, const uint8_t *end, int64_t *ms)
{
    if (end - p < 10 || p[0] != 0xC1 || p[1] != 0x1B || p[2] > 0x7F) {
        return NULL;
    }
    *ms = (int64_t)kds_text_load_big(p + 2);
    return p + 10;
}

/* The two values that there are, for ever. @return NULL for any other. */
static inline const uint8_t *
take_encryption(const uint8_t *p, const uint8_t *end, kds_slice_t *out)
{
    static const kds_slice_t none = KDS_SLICE_LIT("NONE"), kms = KDS_SLICE_LIT("KMS");
    if (end - p >= 5 && p[0] == (TEXT | 4) && kds_text_same_4(p + 1, none.p)) {
        *out = none;
        return p + 5;
    }
    if (end - p >= 5 && kds_text_same_4(p, (const uint8_t *)"\x63KMS")) {
        *out = kms;
        return p + 4;
    }
    return NULL;
}

/* @return behind the value at @p p, or NULL: then nothing was read. */
static inline const uint8_t *take_value(struct kds_records *l,
                                        const uint8_t *p,
                                        enum kds_record_member member,
                                        kds_record_t *record)
{
    const uint8_t *behind;
    kds_slice_t *text = NULL;
    switch (member) {
    case KDS_RM_DATA:
        return take_data(p, l->r->end, &record->data);
    case KDS_RM_ARRIVAL:
        p = take_time(p, l->r->end, &record->approximate_arrival_timestamp_ms);
        record->has_approximate_arrival_timestamp_ms = p != NULL;
        return p;
    case KDS_RM_ENCRYPTION:
        behind = take_encryption(p, l->r->end, &record->encryption_type);
        if (behind != NULL) {
            return behind;
        }
        text = &record->encryption_type;
        break;
    case KDS_RM_SEQUENCE:
        text = &record->sequence_number;
        break;
    case KDS_RM_KEY:
        text = &record->partition_key;
        break;
    case KDS_RM_COUNT:
    case KDS_RM_OTHER:
        return NULL;
    }
    return take_text(l, p, text);
}

/* The head of a map of fewer than 24 members, or of one that ends with a break. */
static bool enter(struct kds_reader *r, struct kds_record_state *s)
{
    const unsigned head = r->p < r->end ? *r->p : 0;
    s->level.is_map = true;
    s->level.indefinite = head == MAP_INDEFINITE;
    s->level.remaining = head - MAP;
    if (!s->level.indefinite && (head < MAP || head >= MAP + 24)) {
        return false;
    }
    if (s->level.indefinite) {
        s->level.remaining = 0;
    }
    r->p++;
    s->entered = true;
    return true;
}

bool kds_records_cbor(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s)
{
    struct kds_reader *r = l->r;
    if (!s->entered && !enter(r, s)) {
        return false;
    }
    const uint8_t *p = r->p;
    const bool indefinite = s->level.indefinite;
    struct kds_record_progress g = kds_records_progress(s);
    uint64_t remaining = s->level.remaining;
    bool ended = false;
    for (;;) {
        ended = !indefinite && remaining == 0;
        if (ended || r->end - p < LOOK_AHEAD) {
            break;
        }
        if (indefinite && *p == BREAK) {
            p++;
            ended = true;
            break;
        }
        const unsigned member = kds_records_expected(l, &g);
        if (member == KDS_RM_OTHER || !kds_text_same(p, keys[member].p, keys[member].n)) {
            break;
        }
        const uint8_t *behind =
            take_value(l, p + keys[member].n, (enum kds_record_member)member, record);
        if (behind == NULL) {
            break;
        }
        kds_records_took(&g, member);
        remaining -= !indefinite;
        p = behind;
    }
    r->p = p;
    s->level.remaining = remaining;
    kds_records_keep(s, &g);
    return ended;
}
