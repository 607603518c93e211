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

/* Digits into *v, at most 18 of them together with the *count before. */
static const uint8_t *
take_digits(const uint8_t *p, const uint8_t *end, int64_t *v, unsigned *count)
{
    for (; p < end && *p >= '0' && *p <= '9' && *count < 18; p++, (*count)++) {
        *v = *v * 10 + (*p - '0');
    }
    return p;
}

/* A time in seconds to milliseconds: 1441215410.867 or 1.441215410867E9. @return behind it, or NULL
 * if it is anything but a plain number of whole milliseconds. */
static const uint8_t *take_time(const uint8_t *p, const uint8_t *end, int64_t *ms)
{
    const uint8_t *start = p;
    int64_t v = 0, exponent = 0;
    unsigned digits = 0, whole, exponent_digits = 0;
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
    if (p < end && (*p == 'E' || *p == 'e')) {
        p = take_digits(p + 1, end, &exponent, &exponent_digits);
        if (exponent_digits == 0 || exponent > 18) {
            return NULL;
        }
    }
    const int64_t shift = 3 + exponent - (int64_t)(digits - whole);
    if (shift < 0 || shift >= (int64_t)POWERS || (int64_t)digits + shift > 18 ||
        p >= end || (*p != ',' && *p != '}')) {
        return NULL;
    }
    *ms = v * powers_of_10[shift];
    return p;
}

static const uint8_t *take_text(struct kds_records *l, const uint8_t *p, kds_slice_t *out)
{
    size_t n;
    p = kds_text_copy_quoted(p, l->r->end, l->to, &n);
    if (p != NULL) {
        l->to[n] = 0;
        *out = kds_slice_of(l->to, n);
        l->to += n + 1;
    }
    return p;
}

static const uint8_t *take_data(struct kds_records *l, const uint8_t *p, kds_slice_t *out)
{
    size_t n;
    p = l->base64->decode(p, l->r->end, l->to, &n);
    if (p == NULL || p == l->r->end || *p != '"') {
        return NULL;
    }
    *out = kds_slice_of(l->to, n);
    l->to += n;
    return p + 1;
}

static const uint8_t *
take_encryption(struct kds_records *l, const uint8_t *p, kds_slice_t *out)
{
    static const kds_slice_t none = KDS_SLICE_LIT("NONE"), kms = KDS_SLICE_LIT("KMS");
    if (l->r->end - p < 8) {
        return NULL;
    }
    if (kds_text_same_4(p, none.p) && p[4] == '"') {
        *out = none;
        return p + 5;
    }
    if (kds_text_same_4(p, (const uint8_t *)"KMS\"")) {
        *out = kms;
        return p + 4;
    }
    return take_text(l, p, out);
}

/* @return behind the value at @p p, or NULL: then nothing was read. */
static const uint8_t *take_value(struct kds_records *l,
                                 const uint8_t *p,
                                 enum kds_record_member member,
                                 kds_record_t *record)
{
    switch (member) {
    case KDS_RM_SEQUENCE:
        return take_text(l, p, &record->sequence_number);
    case KDS_RM_ARRIVAL:
        p = take_time(p, l->r->end, &record->approximate_arrival_timestamp_ms);
        record->has_approximate_arrival_timestamp_ms = p != NULL;
        return p;
    case KDS_RM_DATA:
        return take_data(l, p, &record->data);
    case KDS_RM_KEY:
        return take_text(l, p, &record->partition_key);
    case KDS_RM_ENCRYPTION:
        return take_encryption(l, p, &record->encryption_type);
    case KDS_RM_COUNT:
    case KDS_RM_OTHER:
        break;
    }
    return NULL;
}

bool kds_records_json(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s)
{
    struct kds_reader *r = l->r;
    if (!s->entered) {
        if (r->p == r->end || *r->p != '{') {
            return false;
        }
        r->p++;
        s->level.is_map = true;
        s->entered = true;
    }
    while (r->end - r->p >= LOOK_AHEAD) {
        const uint8_t *p = r->p;
        if (s->level.started) {
            if (*p == '}') {
                r->p++;
                return true;
            }
            if (*p++ != ',') {
                return false;
            }
        }
        const unsigned member = kds_records_expected(l, s);
        if (member == KDS_RM_OTHER || !kds_text_same(p, keys[member].p, keys[member].n)) {
            return false;
        }
        p = take_value(l, p + keys[member].n, (enum kds_record_member)member, record);
        if (p == NULL) {
            return false;
        }
        kds_records_took(s, member);
        r->p = p;
    }
    return false;
}
