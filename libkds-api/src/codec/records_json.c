/*
 * records_json: the short way through a record of JSON: whole keys are compared at once with the
 * one that is expected, text is copied while its end is looked for, data is decoded up to its quote.
 */
#include "codec/records_internal.h"

#include "base/slice.h"
#include "kernel/text_scan.h"

/* With the opening quote of the value, where there is one. */
static const kds_slice_t keys[KDS_RM_COUNT] = {
    [KDS_RM_SEQUENCE] = KDS_SLICE_LIT("\"SequenceNumber\":\""),
    [KDS_RM_ARRIVAL] = KDS_SLICE_LIT("\"ApproximateArrivalTimestamp\":"),
    [KDS_RM_DATA] = KDS_SLICE_LIT("\"Data\":\""),
    [KDS_RM_KEY] = KDS_SLICE_LIT("\"PartitionKey\":\""),
    [KDS_RM_ENCRYPTION] = KDS_SLICE_LIT("\"EncryptionType\":\""),
};

#define LOOK_AHEAD 40 /* more than any key, and than a number that is read here */

static const int64_t powers_of_10[] = {1,
                                       10,
                                       100,
                                       1000,
                                       10000,
                                       100000,
                                       1000000,
                                       10000000,
                                       100000000,
                                       1000000000,
                                       10000000000,
                                       100000000000,
                                       1000000000000,
                                       10000000000000,
                                       100000000000000,
                                       1000000000000000};

#define POWERS (sizeof powers_of_10 / sizeof powers_of_10[0])

/* Where reading and writing have come to; a local of its function, so that it is in registers. */
struct cursor {
    const uint8_t *p;
    uint8_t *to;
};

static inline bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

/* Eight digits at once: pairs, then fours, then all. @return false if there is anything else. */
static inline bool take_8_digits(const uint8_t *p, int64_t *v)
{
    uint64_t x = kds_text_load_little(p);
    if (((x & (x + UINT64_C(0x0606060606060606))) & UINT64_C(0xF0F0F0F0F0F0F0F0)) !=
        UINT64_C(0x3030303030303030)) {
        return false;
    }
    x &= UINT64_C(0x0F0F0F0F0F0F0F0F);
    x = (x * 10 + (x >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    x = (x * 100 + (x >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    x = (x * 10000 + (x >> 32)) & UINT64_C(0xFFFFFFFF);
    *v = *v * 100000000 + (int64_t)x;
    return true;
}

/* Digits into *v, at most 18 of them together with the *count before. */
static inline const uint8_t *
take_digits(const uint8_t *p, const uint8_t *end, int64_t *v, unsigned *count)
{
    while (end - p >= 8 && *count <= 10 && take_8_digits(p, v)) {
        p += 8;
        *count += 8;
    }
    for (; p < end && is_digit(*p) && *count < 18; p++, (*count)++) {
        *v = *v * 10 + (*p - '0');
    }
    return p;
}

/* A time in seconds to milliseconds: 1441215410.867 or 1.441215410867E9. @return behind it, or NULL
 * if it is anything but a plain number of whole milliseconds. */
static inline const uint8_t *take_time(const uint8_t *p, const uint8_t *end, int64_t *ms)
{
    const uint8_t *start = p;
    int64_t v = 0, exponent = 0;
    unsigned digits = 0, whole;
    p = take_digits(p, end, &v, &digits);
    whole = digits;
    if (whole == 0 || (whole > 1 && *start == '0') || p >= end) {
        return NULL;
    }
    if (*p == '.') {
        p = take_digits(p + 1, end, &v, &digits);
        if (digits == whole) {
            return NULL;
        }
    }
    if (end - p >= 2 && (*p == 'E' || *p == 'e') && is_digit(p[1])) {
        exponent = p[1] - '0';
        p += 2; /* another digit is met below */
    }
    const int64_t shift = 3 + exponent - (int64_t)(digits - whole);
    if (shift < 0 || shift >= (int64_t)POWERS || (int64_t)digits + shift > 18 ||
        p >= end || (*p != ',' && *p != '}')) {
        return NULL;
    }
    *ms = v * powers_of_10[shift];
    return p;
}

static inline bool take_text(struct cursor *c, const uint8_t *end, kds_slice_t *out)
{
    size_t n;
    const uint8_t *p = kds_text_copy_quoted(c->p, end, c->to, &n);
    if (p == NULL) {
        return false;
    }
    c->to[n] = 0;
    *out = kds_slice_of(c->to, n);
    c->to += n + 1;
    c->p = p;
    return true;
}

/* The two values that there are, for ever. */
static inline bool take_encryption(struct cursor *c, const uint8_t *end, kds_slice_t *out)
{
    static const kds_slice_t none = KDS_SLICE_LIT("NONE"), kms = KDS_SLICE_LIT("KMS");
    if (end - c->p >= 8 && kds_text_same_4(c->p, none.p) && c->p[4] == '"') {
        *out = none;
        c->p += 5;
        return true;
    }
    if (end - c->p >= 8 && kds_text_same_4(c->p, (const uint8_t *)"KMS\"")) {
        *out = kms;
        c->p += 4;
        return true;
    }
    return false;
}

/* The value at c->p. @return false if nothing was read. */
static inline bool take_value(struct cursor *c,
                              const uint8_t *end,
                              const struct kds_base64_kernel *base64,
                              enum kds_record_member member,
                              kds_record_t *record)
{
    const uint8_t *p;
    kds_slice_t *text = NULL;
    size_t n;
    switch (member) {
    case KDS_RM_DATA:
        p = base64->decode(c->p, end, c->to, &n);
        if (p == NULL || p == end || *p != '"') {
            return false;
        }
        record->data = kds_slice_of(c->to, n);
        c->to += n;
        c->p = p + 1;
        return true;
    case KDS_RM_ARRIVAL:
        p = take_time(c->p, end, &record->approximate_arrival_timestamp_ms);
        if (p == NULL) {
            return false;
        }
        record->has_approximate_arrival_timestamp_ms = true;
        c->p = p;
        return true;
    case KDS_RM_ENCRYPTION:
        if (take_encryption(c, end, &record->encryption_type)) {
            return true;
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
        return false;
    }
    return take_text(c, end, text);
}

bool kds_records_json(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s)
{
    struct kds_reader *r = l->r;
    const uint8_t *const end = r->end;
    const struct kds_base64_kernel *base64 = l->base64;
    struct cursor c = {r->p, l->to};
    struct kds_record_progress g = kds_records_progress(s);
    bool ended = false, started = s->level.started;
    if (!s->entered) {
        if (c.p == end || *c.p != '{') {
            return false;
        }
        r->p = ++c.p;
        s->level.is_map = true;
        s->entered = true;
    }
    while (end - c.p >= LOOK_AHEAD) {
        if (started) {
            if (*c.p == '}') {
                r->p = c.p + 1;
                ended = true;
                break;
            }
            if (*c.p++ != ',') {
                break;
            }
        }
        const unsigned member = kds_records_expected(l, &g);
        if (member == KDS_RM_OTHER ||
            !kds_text_same(c.p, keys[member].p, keys[member].n)) {
            break;
        }
        c.p += keys[member].n;
        if (!take_value(&c, end, base64, (enum kds_record_member)member, record)) {
            break;
        }
        kds_records_took(&g, member);
        started = true;
        r->p = c.p; /* the long way would go on here */
    }
    l->to = c.to;
    s->level.started = started;
    kds_records_keep(s, &g);
    return ended;
}
