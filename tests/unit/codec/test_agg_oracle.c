/*
 * test_agg_oracle: our decoder against protobuf-c's generic one, on bytes that nobody designed:
 * the same verdict and the same records on random bytes, on random fields, and on aggregates that
 * were damaged and sealed again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/agg.h"

#include "base/rng.h"
#include "support/agg_oracle.h"

#include <stdlib.h>

#define ANY_SIZE ((size_t)1 << 20)

struct verdicts {
    size_t of[3]; /* by enum kds_agg_kind */
};

static void
compare(struct kds_agg_decoder *d, kds_slice_t message, struct verdicts *verdicts)
{
    struct kds_buf sealed;
    kds_buf_init(&sealed, ANY_SIZE);
    agg_oracle_seal(message, &sealed);
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    const char *difference = agg_oracle_compare(d, kds_buf_slice(&sealed), &kind);
    if (difference != NULL) {
        for (size_t i = 0; i < message.n; i++) {
            print_message("%02x", message.p[i]);
        }
        fail_msg(" %s", difference);
    }
    verdicts->of[kind]++;
    kds_buf_clear(&sealed);
}

static uint8_t random_byte(struct kds_rng *rng)
{
    return (uint8_t)kds_rng_next(rng);
}

static void oracle_agrees_on_random_bytes(void **state)
{
    (void)state;
    struct kds_rng rng;
    struct verdicts verdicts = {{0}};
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    kds_rng_seed(&rng, 1);
    for (size_t round = 0; round < 60000; round++) {
        uint8_t bytes[40];
        size_t n = 1 + (size_t)kds_rng_below(&rng, sizeof bytes);
        for (size_t i = 0; i < n; i++) {
            bytes[i] = random_byte(&rng);
        }
        compare(d, (kds_slice_t){bytes, n}, &verdicts);
    }
    assert_true(verdicts.of[KDS_AGG_VALID] > 100); /* the test sees both */
    assert_true(verdicts.of[KDS_AGG_CORRUPT] > 100);
    kds_agg_decoder_free(d);
}

/* ---- random fields: nearly right messages ------------------------------------------------- */

static void put_varint(struct kds_buf *b, struct kds_rng *rng, uint64_t v)
{
    size_t padding = kds_rng_below(rng, 30) == 0 ? (size_t)kds_rng_below(rng, 11) : 0;
    size_t n = 1;
    while (v >= 0x80 || padding > n) {
        kds_buf_add_byte(b, (uint8_t)(v | 0x80));
        v >>= 7;
        n++;
    }
    kds_buf_add_byte(b, (uint8_t)v);
}

static uint64_t small_or_wild(struct kds_rng *rng)
{
    return kds_rng_below(rng, 40) == 0 ? kds_rng_next(rng) >> kds_rng_below(rng, 64)
                                       : kds_rng_below(rng, 4);
}

/* Fields numbered 0 to 5, the wire type mostly the right one, messages inside to @p depth. */
static void put_fields(struct kds_buf *b, struct kds_rng *rng, int depth)
{
    static const uint8_t wires[3][6] = {
        {0, 2, 2, 0, 0, 0}, /* Tag */
        {0, 0, 0, 2, 2, 5}, /* Record */
        {0, 2, 2, 2, 1, 2}, /* AggregatedRecord */
    };
    uint64_t count = 1 + kds_rng_below(rng, 6);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = kds_rng_below(rng, 60) == 0 ? kds_rng_next(rng) >> 32
                                                      : 1 + kds_rng_below(rng, 4);
        uint64_t wire = number < 6 && kds_rng_below(rng, 50) != 0 ? wires[depth][number]
                                                                  : kds_rng_below(rng, 8);
        put_varint(b, rng, number << 3 | wire);
        if (wire == 0) {
            put_varint(b, rng, small_or_wild(rng));
        } else if (wire == 1 || wire == 5) {
            kds_buf_add(b, "12345678", wire == 1 ? 8 : 4);
        } else if (wire == 2 && depth > 0 && number == (depth == 2 ? 3 : 4)) {
            struct kds_buf inner;
            kds_buf_init(&inner, ANY_SIZE);
            if (depth == 2 && kds_rng_below(rng, 3) != 0) {
                kds_buf_add(&inner, "\x08\0\x1A\x01x", 5); /* what must be there is */
            } else if (depth == 1) {
                kds_buf_add(&inner, "\x0A", 2);
            }
            put_fields(&inner, rng, depth - 1);
            put_varint(b, rng, inner.n);
            kds_buf_add_slice(b, kds_buf_slice(&inner));
            kds_buf_clear(&inner);
        } else if (wire == 2) {
            uint64_t n = kds_rng_below(rng, 5);
            put_varint(b, rng, kds_rng_below(rng, 60) == 0 ? small_or_wild(rng) : n);
            kds_buf_add(b, "bytes", (size_t)n);
        }
    }
}

static void oracle_agrees_on_random_fields(void **state)
{
    (void)state;
    struct kds_rng rng;
    struct verdicts verdicts = {{0}};
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    kds_rng_seed(&rng, 2);
    for (size_t round = 0; round < 40000; round++) {
        struct kds_buf message;
        kds_buf_init(&message, ANY_SIZE);
        put_fields(&message, &rng, 2);
        compare(d, kds_buf_slice(&message), &verdicts);
        kds_buf_clear(&message);
    }
    assert_true(verdicts.of[KDS_AGG_VALID] > 4000);
    assert_true(verdicts.of[KDS_AGG_CORRUPT] > 4000);
    kds_agg_decoder_free(d);
}

/* ---- damage ------------------------------------------------------------------------------- */

/* A small aggregate with both tables, tags and everything unusual that is valid. */
static const uint8_t sample[] = {
    0x0A, 2,    'k',  '1',  0x0A, 0x00, 0x12, 1,    '5', /* two keys, a hash key */
    0x1A, 7,    0x08, 0x00, 0x1A, 3,    'o',  'n',  'e', /* record */
    0x1A, 9,    0x08, 0x01, 0x10, 0x00, 0x1A, 3,    't', 'w', 'o', /* with a hash key */
    0x20, 0xAC, 0x02,                                              /* unknown varint */
    0x1A, 12,   0x1A, 1,    'x',  0x22, 5,    0x0A, 1,   't', 0x12,
    0x00, 0x08, 0x01, /* tag */
    0x2D, 1,    2,    3,    4,    0x31, 1,    2,    3,   4,   5,
    6,    7,    8, /* fixed32, fixed64 */
    0x12, 0x00,    /* a table entry at the end */
};

static void oracle_agrees_on_every_truncation(void **state)
{
    (void)state;
    struct verdicts verdicts = {{0}};
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    for (size_t n = 1; n <= sizeof sample; n++) {
        uint8_t *exact = malloc(n); /* a read beyond it is seen */
        assert_non_null(exact);
        memcpy(exact, sample, n);
        compare(d, (kds_slice_t){exact, n}, &verdicts);
        free(exact);
    }
    assert_true(verdicts.of[KDS_AGG_VALID] > 3);
    kds_agg_decoder_free(d);
}

static void oracle_agrees_on_every_changed_byte(void **state)
{
    (void)state;
    struct verdicts verdicts = {{0}};
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    uint8_t bytes[sizeof sample];
    memcpy(bytes, sample, sizeof sample);
    for (size_t i = 0; i < sizeof sample; i++) {
        for (unsigned v = 0; v < 256; v++) {
            bytes[i] = (uint8_t)v;
            compare(d, (kds_slice_t){bytes, sizeof bytes}, &verdicts);
        }
        bytes[i] = sample[i];
    }
    assert_true(verdicts.of[KDS_AGG_CORRUPT] > 1000);
    kds_agg_decoder_free(d);
}

/* Cut out, repeat or change some bytes; several times. */
static size_t damage(uint8_t *bytes, size_t n, size_t room, struct kds_rng *rng)
{
    for (uint64_t times = 1 + kds_rng_below(rng, 4); times > 0 && n > 1; times--) {
        size_t at = (size_t)kds_rng_below(rng, n);
        size_t piece = (size_t)kds_rng_below(rng, n - at);
        switch (kds_rng_below(rng, 4)) {
        case 0:
            bytes[at] = random_byte(rng);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1U << kds_rng_below(rng, 8));
            break;
        case 2:
            memmove(bytes + at, bytes + at + piece, n - at - piece);
            n -= piece;
            break;
        default:
            if (n + piece <= room) {
                memmove(bytes + at + piece, bytes + at, n - at);
                n += piece;
            }
            break;
        }
    }
    return n;
}

static void oracle_agrees_on_damaged_aggregates(void **state)
{
    (void)state;
    struct kds_rng rng;
    struct verdicts verdicts = {{0}};
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    kds_rng_seed(&rng, 3);
    for (size_t round = 0; round < 60000; round++) {
        uint8_t bytes[4 * sizeof sample];
        memcpy(bytes, sample, sizeof sample);
        size_t n = damage(bytes, sizeof sample, sizeof bytes, &rng);
        compare(d, (kds_slice_t){bytes, n}, &verdicts);
    }
    assert_true(verdicts.of[KDS_AGG_VALID] > 1000);
    assert_true(verdicts.of[KDS_AGG_CORRUPT] > 1000);
    kds_agg_decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracle_agrees_on_random_bytes),
        cmocka_unit_test(oracle_agrees_on_random_fields),
        cmocka_unit_test(oracle_agrees_on_every_truncation),
        cmocka_unit_test(oracle_agrees_on_every_changed_byte),
        cmocka_unit_test(oracle_agrees_on_damaged_aggregates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
