/*
 * test_agg_decoder: verdicts and records, on what the KPL writes, on what others may write, and on
 * what somebody hostile may write. Messages are hexadecimal protobuf; the seal is OpenSSL's MD5.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/agg.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "support/agg_oracle.h"
#include "support/fail_alloc.h"
#include "support/hex.h"

#include <stdlib.h>

#define ANY_SIZE ((size_t)64 << 20)
#define HASH_MAX "340282366920938463463374607431768211455"

static const kds_u128_t zero = {0, 0};

/* A decoder and the message it reads. */
struct fixture {
    struct kds_agg_decoder *d;
    struct kds_buf message, sealed;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->d = kds_agg_decoder_new();
    assert_non_null(f->d);
    kds_buf_init(&f->message, ANY_SIZE);
    kds_buf_init(&f->sealed, ANY_SIZE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    kds_agg_decoder_free(f->d);
    kds_buf_clear(&f->message);
    kds_buf_clear(&f->sealed);
    free(f);
    return 0;
}

static enum kds_agg_kind open_data(struct fixture *f, kds_slice_t data, size_t *count)
{
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    struct kds_agg_view view;
    if (data.n <=
        KDS_AGG_BYTES_MAX) { /* protobuf-c agrees with every case of this file */
        assert_null(agg_oracle_compare(f->d, data, &kind));
    }
    assert_int_equal(kds_agg_decoder_open(f->d, data, &kind, count), KDS_OK);
    if (kind != KDS_AGG_VALID) {
        assert_int_equal(*count, 0);
        assert_false(kds_agg_decoder_next(f->d, &view));
    }
    return kind;
}

/* Seal what f->message holds and open it. */
static enum kds_agg_kind open_message(struct fixture *f, size_t *count)
{
    kds_buf_reset(&f->sealed);
    agg_oracle_seal(kds_buf_slice(&f->message), &f->sealed);
    return open_data(f, kds_buf_slice(&f->sealed), count);
}

static enum kds_agg_kind open_hex(struct fixture *f, const char *hex, size_t *count)
{
    kds_buf_reset(&f->message);
    hex_add(&f->message, hex);
    return open_message(f, count);
}

static void
assert_next(struct fixture *f, const char *key, const char *hash_key, const char *data)
{
    struct kds_agg_view view;
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_true(kds_slice_is(view.partition_key, key));
    assert_int_equal(view.explicit_hash_key.p != NULL, hash_key != NULL);
    assert_true(hash_key == NULL || kds_slice_is(view.explicit_hash_key, hash_key));
    assert_true(kds_slice_is(view.data, data));
    assert_non_null(view.data.p); /* empty is not absent */
}

static void assert_end(struct fixture *f)
{
    struct kds_agg_view view;
    assert_false(kds_agg_decoder_next(f->d, &view));
    assert_false(kds_agg_decoder_next(f->d, &view));
}

/* ---- what the KPL writes ------------------------------------------------------------------ */

static void decoder_reads_golden_vectors(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;

    hex_add(&f->sealed, "f3899ac2 0a0161 1a0708001a036f6e65 1a0708001a0374776f"
                        "9531c16fdbab7b62bfa73540da8289f0");
    assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
    assert_int_equal(count, 2);
    assert_next(f, "a", NULL, "one");
    assert_next(f, "a", NULL, "two");
    assert_end(f);

    kds_buf_reset(&f->sealed);
    hex_add(&f->sealed, "f3899ac2 0a026b31 0a026b32 1a0708001a036f6e65 1a0708011a0374776f"
                        "1a0408001a00 e96a9391f22ea8f92a713e49d60251a2");
    assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
    assert_int_equal(count, 3);
    assert_next(f, "k1", NULL, "one");
    assert_next(f, "k2", NULL, "two");
    assert_next(f, "k1", NULL, "");
    assert_end(f);

    kds_buf_reset(&f->sealed);
    hex_add(
        &f->sealed,
        "f3899ac2 0a026b31 0a026b32"
        "1227 "
        "333430323832333636393230393338343633343633333734363037343331373638323131343535"
        "120130 1a0708001a036f6e65 1a09080110001a0374776f 1a0b080010011a057468726565"
        "e0f8e100a56dca2fa45ccfa81ff87836");
    assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
    assert_int_equal(count, 3);
    assert_next(f, "k1", NULL, "one");
    assert_next(f, "k2", HASH_MAX, "two");
    assert_next(f, "k1", "0", "three");
    assert_end(f);
}

/* ---- F-A01: what is no aggregate ---------------------------------------------------------- */

static void decoder_takes_short_or_unsealed_data_as_plain(void **state)
{
    struct fixture *f = *state;
    static const char *const plain[] = {
        "",
        "f3",
        "f3899a",
        "f3899ac2",
        "f3899ac2 00",
        "f3899ac2 d41d8cd98f00b204e9800998ecf842",      /* magic and 15 bytes */
        "f3899ac2 d41d8cd98f00b204e9800998ecf8427e",    /* magic and the MD5 of nothing */
        "f3899ac2 0a 00000000000000000000000000000000", /* a user's bytes with the magic */
        /* Another magic, the right MD5. */
        ("f3899ac3 0a0161 1a0708001a036f6e65 1a0708001a0374776f"
         "9531c16fdbab7b62bfa73540da8289f0"),
        "68656c6c6f",
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        kds_buf_reset(&f->sealed);
        hex_add(&f->sealed, plain[i]);
        assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_PLAIN);
    }
    kds_slice_t absent = {NULL, 0};
    assert_int_equal(open_data(f, absent, &count), KDS_AGG_PLAIN);
    kds_slice_t huge = {(const uint8_t *)KDS_AGG_MAGIC, KDS_AGG_BYTES_MAX + 1};
    assert_int_equal(open_data(f, huge, &count), KDS_AGG_PLAIN);
}

static void decoder_takes_every_truncation_and_bit_flip_as_plain(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    kds_buf_reset(&f->message);
    hex_add(&f->message,
            "0a026b31 0a026b32 1201 35 1a0708001a036f6e65 1a0908011000 1a0374776f");
    assert_int_equal(open_message(f, &count), KDS_AGG_VALID);
    kds_slice_t whole = kds_buf_slice(&f->sealed);
    for (size_t n = 0; n < whole.n; n++) {
        assert_int_equal(open_data(f, (kds_slice_t){whole.p, n}, &count), KDS_AGG_PLAIN);
    }
    for (size_t bit = 0; bit < whole.n * 8; bit++) {
        f->sealed.p[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(open_data(f, whole, &count), KDS_AGG_PLAIN);
        f->sealed.p[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(open_data(f, whole, &count), KDS_AGG_VALID);
}

/* ---- F-A02, F-A03: sealed, and broken ----------------------------------------------------- */

static void decoder_calls_broken_message_corrupt(void **state)
{
    struct fixture *f = *state;
    static const char *const corrupt[] = {
        "0a",                                /* field without a length */
        "0a80",                              /* half a length */
        "0a0261",                            /* length beyond the end */
        "0a0161 1a",                         /* record without a length */
        "0a0161 1a0708001a036f6e",           /* record beyond the end */
        "0affffffff07",                      /* length 2^31 - 1 */
        "0affffffff0f",                      /* length 2^32 - 1 */
        "0a818080808000 61",                 /* length of six bytes */
        "0affffffffffffffffff01",            /* length 2^64 - 1 */
        "08 00",                             /* table entry as varint */
        "0d 00000000",                       /* table entry as fixed32 */
        "10 00",                             /* hash key as varint */
        "18 00",                             /* record as varint */
        "00 00",                             /* field number 0 */
        "02 00",                             /* field number 0 with a length */
        "0b 0c",                             /* group of field 1 */
        "23 24",                             /* group of an unknown field */
        "24",                                /* end of a group */
        "26",                                /* wire type 6 */
        "27",                                /* wire type 7 */
        "20 ffffffffffffffffffff01",         /* unknown varint of 11 bytes */
        "20 80",                             /* unknown varint, unfinished */
        "21 00000000000000",                 /* unknown fixed64, 7 bytes */
        "25 000000",                         /* unknown fixed32, 3 bytes */
        "8a8080808000 0161",                 /* field number of six bytes */
        "ffffffffff",                        /* field number, unfinished */
        "0a0161 1a00",                       /* record without anything */
        "0a0161 1a020800",                   /* record without data */
        "0a0161 1a021a00",                   /* record without index */
        "0a0161 1a05 08001a0261",            /* data beyond its record */
        "0a0161 1a05 0a00001a00",            /* index as bytes */
        "0a0161 1a06 080012001a00",          /* hash key index as bytes */
        "0a0161 1a04 08001800",              /* data as varint */
        "0a0161 1a06 08001a002200",          /* tag without key */
        "0a0161 1a08 08001a002202 0800",     /* tag's key as varint */
        "0a0161 1a0a 08001a002204 0a001000", /* tag's value as varint */
        "0a0161 1a07 08001a002003",          /* record beyond the end of the message */
        "0a0161 1a06 08001a002003",          /* tags as varint */
        "0a0161 1a0e 08ffffffffffffffffffff011a00", /* index of 11 bytes */
        "1a0408001a00",                             /* index 0, no table */
        "0a0161 1a0408011a00",                      /* index 1, one entry */
        "0a0161 1a0408001a00 1a0408011a00",         /* only the second record is bad */
        "0a0161 1a06080010001a00",                  /* hash key index 0, no table */
        "0a0161 120130 1a06080010011a00",           /* hash key index 1, one entry */
        "0a0161 1a08 088080808010 1a00",            /* index 2^32 */
        "0a0161 1a0d 08ffffffffffffffffff01 1a00",  /* index 2^64 - 1 */
        "0a0161 120130 1a0f 0800 10ffffffffffffffffff01 1a00",
    };
    size_t count = 7;
    for (size_t i = 0; i < sizeof corrupt / sizeof *corrupt; i++) {
        if (open_hex(f, corrupt[i], &count) != KDS_AGG_CORRUPT) {
            fail_msg("not corrupt: %s", corrupt[i]);
        }
    }
    /* What was open before is gone. */
    assert_int_equal(open_hex(f, "0a0161 1a0408001a00", &count), KDS_AGG_VALID);
    assert_int_equal(open_hex(f, "0a", &count), KDS_AGG_CORRUPT);
    assert_end(f);
}

/* ---- F-A04, F-A05: unusual, and valid ------------------------------------------------------ */

static void decoder_reads_any_form_that_protobuf_allows(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *hex, *hash_key, *data;
    } unusual[] = {
        {"1a0508001a0164 0a016b", NULL, "d"},                /* table last */
        {"1a07080010001a0164 120135 0a016b", "5", "d"},      /* tables swapped, last */
        {"0a016b 1a051a01640800", NULL, "d"},                /* data first */
        {"0a016b 120135 1a071a016410000800", "5", "d"},      /* all backwards */
        {"0a016b 1a0708051a01640800", NULL, "d"},            /* index twice: last wins */
        {"0a016b 1a0808001a01781a0164", NULL, "d"},          /* data twice: last wins */
        {"0a016b 120135 1a09080010071000 1a0164", "5", "d"}, /* hash key index twice */
        {"0a016b 2207abcdefabcdefab 1a0508001a0164", NULL, "d"},     /* unknown bytes */
        {"0a016b 20ffffffffffffffffff01 1a0508001a0164", NULL, "d"}, /* unknown varint */
        {"0a016b 210102030405060708 1a0508001a0164", NULL, "d"},     /* unknown fixed64 */
        {"0a016b 2501020304 1a0508001a0164", NULL, "d"},             /* unknown fixed32 */
        {"0a016b f8ffffff0f01 1a0508001a0164", NULL, "d"}, /* unknown, largest number */
        {"0a016b 8000 05 1a0508001a0164", NULL, "d"},      /* number 0 in two bytes */
        {"0a016b 1a07 0800 2801 1a0164", NULL, "d"},       /* unknown inside a record */
        {"0a016b 1a0a 08001a0164 22030a0174", NULL, "d"},  /* a tag with a key */
        {"0a016b 1a0d 08001a0164 22061201760a0174", NULL, "d"}, /* and a value */
        {"0a016b 1a0c 08001a0164 22050a01742001", NULL, "d"}, /* and something unknown */
        {"8a00 81808080 00 6b 1a0508001a0164", NULL, "d"},    /* padded varints */
        {"0a016b 1a06 0880001a0164", NULL, "d"},              /* padded index */
        {"0a016b 1a0e 08808080808080808080001a0164", NULL, "d"}, /* padded to ten bytes */
        {"0a016b 1a09 08001a818080800064", NULL, "d"},           /* padded data length */
        {"0a0178 0a016b 1a0508011a0164", NULL, "d"}, /* only index 1 is used */
        {"0a016b 0a016b 1a0508011a0164", NULL, "d"}, /* the key twice */
        {"0a016b 120131 120135 1a07080010011a0164", "5", "d"},
        {"0a016b 1200 1a07080010001a0164", "", "d"}, /* an empty hash key is present */
        {"0a016b 1a0408001a00", NULL, ""},           /* empty data */
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++) {
        if (open_hex(f, unusual[i].hex, &count) != KDS_AGG_VALID || count != 1) {
            fail_msg("not one record: %s", unusual[i].hex);
        }
        assert_next(f, "k", unusual[i].hash_key, unusual[i].data);
        assert_end(f);
    }
}

static void decoder_reads_tables_between_records(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    assert_int_equal(open_hex(f,
                              "1a0508011a0161 0a016b 2000 1a0508001a0162 0a016c"
                              "1a07080010001a0163 120139",
                              &count),
                     KDS_AGG_VALID);
    assert_int_equal(count, 3);
    assert_next(f, "l", NULL, "a");
    assert_next(f, "k", NULL, "b");
    assert_next(f, "k", "9", "c");
    assert_end(f);
}

static void decoder_keeps_keys_as_bytes(void **state)
{
    struct fixture *f = *state;
    struct kds_agg_view view;
    size_t count = 0;
    assert_int_equal(
        open_hex(f, "0a03610062 0a02c328 0a00 1a0508001a0164 1a0408011a00 1a0408021a00",
                 &count),
        KDS_AGG_VALID);
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_int_equal(view.partition_key.n, 3);
    assert_memory_equal(view.partition_key.p, "a\0b", 3); /* a NUL inside */
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_true(kds_slice_is(view.partition_key, "\xC3\x28")); /* no UTF-8 */
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_int_equal(view.partition_key.n, 0);
    assert_non_null(view.partition_key.p);
}

static void decoder_accepts_aggregate_without_records(void **state)
{
    struct fixture *f = *state;
    static const char *const empty[] = {"0a0161", "120135", "2000", "0a00 0a00 1200"};
    size_t count = 7;
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        assert_int_equal(open_hex(f, empty[i], &count), KDS_AGG_VALID);
        assert_int_equal(count, 0);
        assert_end(f);
        assert_true(kds_agg_decoder_within(f->d, zero, zero));
    }
}

/* F-A06: one level only. */
static void decoder_gives_inner_aggregate_as_data(void **state)
{
    struct fixture *f = *state;
    struct kds_agg_record r = {0};
    struct kds_agg_view view;
    struct kds_buf inner;
    size_t count = 0;

    kds_buf_init(&inner, ANY_SIZE);
    r.partition_key = kds_slice("in");
    r.data = kds_slice("core");
    agg_oracle_pack(&r, 1, false, &inner);
    r.partition_key = kds_slice("out");
    r.data = kds_buf_slice(&inner);
    agg_oracle_pack(&r, 1, false, &f->sealed);

    assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
    assert_int_equal(count, 1);
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_true(kds_slice_is(view.partition_key, "out"));
    assert_true(kds_slice_eq(view.data, kds_buf_slice(&inner)));
    assert_end(f);
    assert_int_equal(open_data(f, view.data, &count), KDS_AGG_VALID);
    assert_next(f, "in", NULL, "core");
    kds_buf_clear(&inner);
}

/* ---- several at once ---------------------------------------------------------------------- */

static void check_judges_each_of_many(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = 200 };
    kds_slice_t records[COUNT];
    bool sealed[COUNT];
    size_t at[COUNT + 1], count = 0;
    enum kds_agg_kind kind;

    for (size_t i = 0; i < COUNT; i++) {
        at[i] = f->sealed.n;
        kds_buf_reset(&f->message);
        hex_add(&f->message, "0a016b 1a0508001a0164 1aff01 0800 1afa01");
        for (size_t k = 0; k < 250; k++) {
            kds_buf_add_byte(&f->message, (uint8_t)(k * i));
        }
        agg_oracle_seal(kds_buf_slice(&f->message), &f->sealed);
        if (i % 3 == 1) {
            f->sealed.p[at[i] + i % 4]++; /* the magic */
        } else if (i % 3 == 2) {
            f->sealed.p[f->sealed.n - 1 - i % 270]++; /* MD5 or message */
        }
    }
    at[COUNT] = f->sealed.n;
    for (size_t i = 0; i < COUNT; i++) {
        records[i] = (kds_slice_t){f->sealed.p + at[i], at[i + 1] - at[i]};
    }
    for (size_t n = 0; n <= COUNT; n += n < 70 ? 1 : 65) {
        memset(sealed, 0xFF, sizeof sealed);
        kds_agg_check(records, n, sealed);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(sealed[i], i % 3 == 0);
        }
    }
    assert_int_equal(kds_agg_decoder_open_sealed(f->d, records[0], &kind, &count),
                     KDS_OK);
    assert_int_equal(kind, KDS_AGG_VALID);
    assert_int_equal(count, 2);
}

/* ---- hash ranges -------------------------------------------------------------------------- */

static kds_u128_t number(const char *decimal)
{
    kds_u128_t v = {0, 0};
    assert_true(kds_u128_parse(kds_slice(decimal), &v));
    return v;
}

static bool within(struct fixture *f, const char *first, const char *last)
{
    return kds_agg_decoder_within(f->d, number(first), number(last));
}

/* MD5("a") as a number, and its neighbours. */
#define A_LESS "16955237001963240173058271559858726496"
#define A_HASH "16955237001963240173058271559858726497"
#define A_MORE "16955237001963240173058271559858726498"

static void within_includes_both_borders(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    assert_int_equal(open_hex(f, "0a0161 1a0408001a00", &count), KDS_AGG_VALID);
    assert_true(within(f, A_HASH, A_HASH));
    assert_true(within(f, "0", HASH_MAX));
    assert_true(within(f, "0", A_HASH));
    assert_true(within(f, A_HASH, HASH_MAX));
    assert_false(within(f, "0", A_LESS));
    assert_false(within(f, A_MORE, HASH_MAX));
    assert_false(within(f, A_MORE, A_LESS));
}

static void within_takes_explicit_hash_key_in_place_of_md5(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    assert_int_equal(open_hex(f, "0a0161 120135 1a06080010001a00", &count),
                     KDS_AGG_VALID);
    assert_true(within(f, "5", "5"));
    assert_false(within(f, "0", "4"));
    assert_false(within(f, "6", HASH_MAX));
    /* The same key once with and once without. */
    assert_int_equal(open_hex(f, "0a0161 120135 1a06080010001a00 1a0408001a00", &count),
                     KDS_AGG_VALID);
    assert_true(within(f, "5", A_HASH));
    assert_false(within(f, "5", A_LESS));
    assert_false(within(f, "6", A_HASH));
}

static void within_ignores_entries_that_place_no_record(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    /* Index 0 is the outer key `a` of some writers; hash key 1 belongs to nobody. */
    assert_int_equal(
        open_hex(f, "0a0161 0a0162 120135 120178 1a0408011a00 1a06080010001a00", &count),
        KDS_AGG_VALID);
    assert_true(within(f, "0", HASH_MAX));
    assert_false(within(f, A_HASH, A_HASH));
    assert_true(within(f, "5", "195289424170611159128911017612795795343")); /* MD5("b") */
    assert_false(within(f, "5", "195289424170611159128911017612795795342"));
    /* As many records as entries, and still one entry without a record. */
    assert_int_equal(open_hex(f, "0a0161 0a0162 1a0408011a00 1a0408011a00", &count),
                     KDS_AGG_VALID);
    assert_true(within(f, "195289424170611159128911017612795795343", HASH_MAX));
}

static void within_refuses_hash_key_that_is_no_number(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        bool number;
    } hash_keys[] = {
        {"0", true},
        {HASH_MAX, true},
        {"000", true},
        {"0000000000" HASH_MAX, true}, /* by value, as the KCL reads it */
        {"340282366920938463463374607431768211456", false},
        {"3402823669209384634633746074317682114550", false},
        {"", false},
        {"-1", false},
        {"+1", false},
        {" 1", false},
        {"1 ", false},
        {"0x10", false},
        {"abc", false},
        {"1e3", false},
    };
    for (size_t i = 0; i < sizeof hash_keys / sizeof *hash_keys; i++) {
        struct kds_agg_record r = {0};
        struct kds_agg_view view;
        size_t count = 0;
        r.partition_key = kds_slice("a");
        r.explicit_hash_key = kds_slice(hash_keys[i].text);
        r.data = kds_slice("d");
        kds_buf_reset(&f->sealed);
        agg_oracle_pack(&r, 1, false, &f->sealed);
        /* Readable all the same, whatever the text. */
        assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
        assert_int_equal(within(f, "0", HASH_MAX), hash_keys[i].number);
        assert_true(kds_agg_decoder_next(f->d, &view));
        assert_true(kds_slice_is(view.explicit_hash_key, hash_keys[i].text));
    }
}

static void within_looks_at_every_key_and_does_not_move_next(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = 300, KEY = 3 }; /* several groups of lanes */
    static char keys[COUNT][KEY];
    static struct kds_agg_record records[COUNT];
    struct kds_agg_view view;
    size_t count = 0;

    for (uint64_t outside = 0; outside < COUNT; outside++) {
        memset(records, 0, sizeof records);
        for (uint64_t i = 0; i < COUNT; i++) {
            keys[i][0] = 'k';
            keys[i][1] = (char)('A' + i % 30);
            keys[i][2] = (char)('A' + i / 30);
            records[i].partition_key = (kds_slice_t){(uint8_t *)keys[i], KEY};
            records[i].data = kds_slice("x");
            if (outside % 2 == 0) {
                records[i].explicit_hash_key = kds_slice(i == outside ? "8" : "7");
            }
        }
        kds_buf_reset(&f->sealed);
        agg_oracle_pack(records, COUNT, false, &f->sealed);
        assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
        assert_int_equal(count, COUNT);
        if (outside % 2 == 0) {
            assert_true(kds_agg_decoder_next(f->d, &view));
            assert_false(within(f, "7", "7"));
            assert_false(within(f, "8", "8"));
            assert_true(within(f, "7", "8"));
            assert_true(kds_agg_decoder_next(f->d, &view));
            assert_memory_equal(view.partition_key.p, keys[1], KEY);
        } else {
            /* Exclude exactly the hash of one key. */
            struct kds_agg_record only = records[outside];
            kds_u128_t hash = {0, 0};
            kds_buf_reset(&f->message);
            agg_oracle_seal(only.partition_key, &f->message);
            hash = kds_u128_from_be(f->message.p + 4 + KEY); /* MD5 of the key */
            assert_false(kds_agg_decoder_within(f->d, zero,
                                                kds_u128_sub(hash, (kds_u128_t){0, 1})));
            assert_false(kds_agg_decoder_within(
                f->d, kds_u128_add(hash, (kds_u128_t){0, 1}), KDS_U128_MAX));
            assert_true(kds_agg_decoder_within(f->d, zero, KDS_U128_MAX));
        }
    }
}

/* ---- hostile sizes ------------------------------------------------------------------------ */

static size_t largest_request;

static void *watching_alloc(size_t size, void *opaque)
{
    (void)opaque;
    largest_request = size > largest_request ? size : largest_request;
    return malloc(size);
}

static void *watching_resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    largest_request = size > largest_request ? size : largest_request;
    return realloc(memory, size);
}

static void watching_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

static const struct kds_allocator watching = {watching_alloc, watching_resize,
                                              watching_release, NULL};

/* Open @p unit repeated to @p size; at most 4 bytes of memory for each byte of it. */
static void open_long(struct fixture *f,
                      size_t size,
                      const char *first,
                      const char *unit,
                      enum kds_agg_kind expected,
                      size_t expected_count)
{
    struct kds_agg_view view;
    size_t count = 0, given = 0;

    kds_buf_reset(&f->message);
    hex_add(&f->message, first);
    size_t start = f->message.n;
    hex_add(&f->message, unit);
    size_t n = f->message.n - start;
    while (f->message.n < size) {
        assert_non_null(kds_buf_reserve(&f->message, n)); /* may move */
        kds_buf_add(&f->message, f->message.p + start, n);
    }
    kds_buf_reset(&f->sealed);
    agg_oracle_seal(kds_buf_slice(&f->message), &f->sealed);

    largest_request = 0;
    kds_allocator_set(&watching);
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    enum kds_agg_kind kind;
    assert_int_equal(kds_agg_decoder_open(d, kds_buf_slice(&f->sealed), &kind, &count),
                     KDS_OK);
    assert_int_equal(kind, expected);
    assert_int_equal(count, expected_count);
    if (kind == KDS_AGG_VALID) {
        (void)kds_agg_decoder_within(d, zero, KDS_U128_MAX);
        while (kds_agg_decoder_next(d, &view)) {
            given++;
        }
        assert_int_equal(given, count);
    }
    kds_agg_decoder_free(d);
    kds_allocator_set(NULL);
    assert_true(largest_request <= 4 * f->sealed.n);
}

static void open_repeated(struct fixture *f,
                          const char *first,
                          const char *unit,
                          enum kds_agg_kind expected,
                          size_t expected_count)
{
    open_long(f, (size_t)1 << 20, first, unit, expected, expected_count);
}

/* F-A04: as much as a stream can be set to. */
static void decoder_reads_largest_records(void **state)
{
    struct fixture *f = *state;
    struct kds_agg_view view;
    size_t count = 0, n = (size_t)10 << 20;
    open_long(f, n, "0a0161", "1a0408001a00", KDS_AGG_VALID, 1747627);

    struct kds_agg_record r = {0};
    uint8_t *data = malloc(n);
    assert_non_null(data);
    memset(data, 'd', n);
    r.partition_key = kds_slice("k");
    r.data = (kds_slice_t){data, n};
    kds_buf_reset(&f->sealed);
    agg_oracle_pack(&r, 1, false, &f->sealed);
    assert_int_equal(open_data(f, kds_buf_slice(&f->sealed), &count), KDS_AGG_VALID);
    assert_true(kds_agg_decoder_next(f->d, &view));
    assert_true(kds_slice_eq(view.data, r.data));
    free(data);
}

static void decoder_is_bounded_on_hostile_megabytes(void **state)
{
    struct fixture *f = *state;
    open_repeated(f, "0a0161", "1a0408001a00", KDS_AGG_VALID, 174763);
    open_repeated(f, "", "0a00", KDS_AGG_VALID, 0);
    open_repeated(f, "", "0a001200", KDS_AGG_VALID, 0);
    open_repeated(f, "", "2000", KDS_AGG_VALID, 0);
    open_repeated(f, "", "2200", KDS_AGG_VALID, 0);
    open_repeated(f, "", "20ffffffffffffffffff01", KDS_AGG_VALID, 0);
    open_repeated(f, "2000", "20ffffffffffffffffffff01", KDS_AGG_CORRUPT, 0);
    open_repeated(f, "", "23", KDS_AGG_CORRUPT, 0);
    open_repeated(f, "", "0b", KDS_AGG_CORRUPT, 0);
    open_repeated(f, "", "00", KDS_AGG_CORRUPT, 0);
    open_repeated(f, "", "ff", KDS_AGG_CORRUPT, 0);
    open_repeated(f, "0a0161", "1a08080022020a001a00", KDS_AGG_VALID, 104858);
    open_repeated(f, "0a0161 1affffff0f", "0800", KDS_AGG_CORRUPT, 0);
    /* The tables after the records, and a table entry for each record. */
    open_repeated(f, "", "1a0408001a000a00", KDS_AGG_VALID, 131072);
}

static int read_with_little_memory(void *opaque)
{
    const struct fixture *f = opaque;
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    struct kds_agg_view view;
    size_t count = 7;
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    if (d == NULL) {
        return 1;
    }
    kds_err_t err = kds_agg_decoder_open(d, kds_buf_slice(&f->sealed), &kind, &count);
    if (err == KDS_OK) {
        assert_int_equal(kind, KDS_AGG_VALID);
        assert_int_equal(count, 2);
        assert_true(kds_agg_decoder_next(d, &view));
    } else {
        assert_int_equal(err, KDS_ERR_NO_MEMORY);
        assert_int_equal(kind, KDS_AGG_PLAIN); /* nothing was decided */
        assert_int_equal(count, 7);
        assert_false(kds_agg_decoder_next(d, &view));
    }
    kds_agg_decoder_free(d);
    return err != KDS_OK;
}

static void decoder_decides_nothing_when_memory_is_short(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    assert_int_equal(open_hex(f, "0a0161 120135 1a0408001a00 1a06080010001a00", &count),
                     KDS_AGG_VALID);
    assert_int_equal(fail_alloc_run(read_with_little_memory, f), 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(decoder_reads_golden_vectors),
        TEST(decoder_takes_short_or_unsealed_data_as_plain),
        TEST(decoder_takes_every_truncation_and_bit_flip_as_plain),
        TEST(decoder_calls_broken_message_corrupt),
        TEST(decoder_reads_any_form_that_protobuf_allows),
        TEST(decoder_reads_tables_between_records),
        TEST(decoder_keeps_keys_as_bytes),
        TEST(decoder_accepts_aggregate_without_records),
        TEST(decoder_gives_inner_aggregate_as_data),
        TEST(check_judges_each_of_many),
        TEST(within_includes_both_borders),
        TEST(within_takes_explicit_hash_key_in_place_of_md5),
        TEST(within_ignores_entries_that_place_no_record),
        TEST(within_refuses_hash_key_that_is_no_number),
        TEST(within_looks_at_every_key_and_does_not_move_next),
        TEST(decoder_reads_largest_records),
        TEST(decoder_is_bounded_on_hostile_megabytes),
        TEST(decoder_decides_nothing_when_memory_is_short),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
