/*
 * test_aggregator: the public aggregator and de-aggregator, against protobuf-c and against each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/agg.h"

#include "base/rng.h"
#include "base/slice.h"
#include "base/u128.h"
#include "kernel/md5.h"
#include "support/agg_oracle.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>

/* The hash keys of four even shards: their first digits in hexadecimal are 0, 4, 8, C. */
static const char *const quarters[] = {"0", "85070591730234615865843651857942052864",
                                       "170141183460469231731687303715884105728",
                                       "255211775190703847597530955573826158592",
                                       "340282366920938463463374607431768211455"};

static char lasts[4][40];

static void make_quarters(kds_shard_range_t ranges[4])
{
    for (size_t i = 0; i < 4; i++) {
        kds_u128_t end;
        assert_true(kds_u128_parse(kds_slice(quarters[i + 1]), &end));
        end = i < 3 ? kds_u128_sub(end, (kds_u128_t){0, 1}) : end;
        ranges[i].first = kds_slice(quarters[i]);
        ranges[i].last = kds_slice_of(lasts[i], kds_u128_format(end, lasts[i]));
    }
}

static kds_user_record_t record(const char *key, const char *hash_key, const char *data)
{
    kds_user_record_t r = {.struct_size = sizeof r};
    r.partition_key = kds_slice(key);
    r.explicit_hash_key = kds_slice(hash_key);
    r.data = kds_slice(data);
    return r;
}

static kds_aggregator_t *aggregator(const kds_aggregator_options_t *options)
{
    kds_aggregator_t *a = NULL;
    assert_int_equal(kds_aggregator_new(options, &a, NULL), KDS_OK);
    return a;
}

static void
add(kds_aggregator_t *a, const char *key, const char *hash_key, const char *data)
{
    const kds_user_record_t r = record(key, hash_key, data);
    assert_int_equal(kds_aggregator_add(a, &r, NULL), KDS_OK);
}

static bool take(kds_aggregator_t *a, kds_aggregate_t *out)
{
    *out = (kds_aggregate_t){.struct_size = sizeof *out};
    return kds_aggregator_take(a, out) == 1;
}

static void assert_text(kds_slice_t s, const char *text)
{
    assert_int_equal(s.n, strlen(text));
    assert_memory_equal(s.p, text, s.n);
}

static void assert_error(kds_error_t *error, kds_err_t code, const char *part)
{
    assert_int_equal(kds_error_code(error), code);
    if (strstr(kds_error_message(error), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", kds_error_message(error), part);
    }
    kds_error_free(error);
}

/* ---- aggregating -------------------------------------------------------------------------- */

static void several_records_become_what_protobuf_c_packs(void **state)
{
    const struct kds_agg_record expected[] = {
        {KDS_SLICE_LIT("k1"), {NULL, 0}, KDS_SLICE_LIT("one"), 0},
        {KDS_SLICE_LIT("k2"), KDS_SLICE_LIT("17"), KDS_SLICE_LIT("two"), 0},
        {KDS_SLICE_LIT("k1"), KDS_SLICE_LIT("17"), KDS_SLICE_LIT(""), 0},
    };
    struct kds_buf packed;
    kds_aggregate_t out;
    kds_aggregator_t *a = aggregator(NULL);
    (void)state;
    add(a, "k1", NULL, "one");
    add(a, "k2", "17", "two");
    add(a, "k1", "17", "");
    assert_int_equal(kds_aggregator_open_records(a), 3);
    assert_false(take(a, &out));
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    assert_int_equal(kds_aggregator_open_records(a), 0);
    assert_true(take(a, &out));

    kds_buf_init(&packed, 1 << 20);
    agg_oracle_pack(expected, 3, false, &packed);
    assert_int_equal(out.data.n, packed.n);
    assert_memory_equal(out.data.p, packed.p, packed.n);
    assert_text(out.partition_key, "a");
    /* md5("k1") = 8ef0da2a..., read as a number */
    uint8_t digest[KDS_MD5_BYTES];
    char digits[KDS_U128_DIGITS_MAX + 1] = "";
    kds_md5("k1", 2, digest);
    digits[kds_u128_format(kds_u128_from_be(digest), digits)] = '\0';
    assert_text(out.explicit_hash_key, digits);
    assert_int_equal(out.user_records, 3);
    assert_false(take(a, &out));
    kds_buf_clear(&packed);
    kds_aggregator_free(a);
}

static void a_single_record_travels_as_it_is(void **state)
{
    kds_aggregate_t out;
    kds_aggregator_t *a = aggregator(NULL);
    (void)state;
    add(a, "key", "42", "data");
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    assert_true(take(a, &out));
    assert_text(out.data, "data");
    assert_text(out.partition_key, "key");
    assert_text(out.explicit_hash_key, "42");
    assert_int_equal(out.user_records, 1);
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    assert_false(take(a, &out));
    kds_aggregator_free(a);
}

static void each_shard_has_its_own_aggregate(void **state)
{
    kds_shard_range_t ranges[4], shuffled[4];
    const size_t order[4] = {2, 0, 3, 1};
    kds_aggregate_t out;
    size_t seen = 0;
    (void)state;
    make_quarters(ranges);
    for (size_t i = 0; i < 4; i++) {
        shuffled[i] = ranges[order[i]];
    }
    const kds_aggregator_options_t options = {
        .struct_size = sizeof options, .shards = shuffled, .shard_count = 4};
    kds_aggregator_t *a = aggregator(&options);
    kds_deaggregator_t *d = kds_deaggregator_new();
    for (size_t i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "key %zu", i);
        add(a, key, i % 10 == 0 ? quarters[i / 10 % 5] : NULL, "data");
    }
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    while (take(a, &out)) {
        kds_deaggregated_t found = {.struct_size = sizeof found};
        size_t count = 0;
        assert_int_equal(
            kds_deaggregator_open(d, &out.data, 1, &shuffled[out.shard], NULL), KDS_OK);
        while (kds_deaggregator_next(d, &found) == KDS_OK &&
               found.kind != KDS_DEAGGREGATED_END) {
            assert_int_equal(found.kind, KDS_DEAGGREGATED_USER);
            count++;
        }
        assert_int_equal(count, out.user_records);
        seen += count;
        /* And it is outside of every other shard. */
        assert_int_equal(
            kds_deaggregator_open(d, &out.data, 1, &shuffled[(out.shard + 1) % 4], NULL),
            KDS_OK);
        assert_int_equal(kds_deaggregator_next(d, &found), KDS_OK);
        assert_int_equal(found.kind, KDS_DEAGGREGATED_OUTSIDE);
        assert_int_equal(found.data.n, out.data.n);
    }
    assert_int_equal(seen, 1000);
    kds_deaggregator_free(d);
    kds_aggregator_free(a);
}

static void aggregates_keep_within_bytes_and_records(void **state)
{
    const kds_aggregator_options_t bytes = {.struct_size = sizeof bytes,
                                            .max_bytes = 300};
    const kds_aggregator_options_t records = {.struct_size = sizeof records,
                                              .max_records = 3};
    char large[400];
    kds_aggregate_t out;
    size_t seen = 0, sealed = 0;
    (void)state;
    kds_aggregator_t *a = aggregator(&bytes);
    for (size_t i = 0; i < 100; i++) {
        add(a, "key", NULL, "0123456789");
    }
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    for (; take(a, &out); sealed++) {
        assert_true(out.data.n <= 300);
        assert_true(out.data.n > 280 || seen + out.user_records == 100);
        seen += out.user_records;
    }
    assert_int_equal(seen, 100);
    assert_true(sealed > 5);

    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    add(a, "key", NULL, "small");
    add(a, "key", NULL, large); /* larger than an aggregate may be: on its own */
    add(a, "key", NULL, "small");
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_true(take(a, &out));
        assert_int_equal(out.user_records, 1);
        assert_text(out.data, i == 1 ? large : "small");
    }
    kds_aggregator_free(a);

    a = aggregator(&records);
    for (size_t i = 0; i < 7; i++) {
        add(a, "key", NULL, "data");
    }
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_true(take(a, &out));
        assert_int_equal(out.user_records, i < 2 ? 3 : 1);
    }
    kds_aggregator_free(a);
}

static void what_was_taken_stays_until_the_next_add(void **state)
{
    const kds_aggregator_options_t one = {.struct_size = sizeof one, .max_records = 1};
    kds_aggregate_t out[100];
    char text[16];
    kds_aggregator_t *a = aggregator(&one);
    (void)state;
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 100; i++) {
            snprintf(text, sizeof text, "data %zu.%zu", round, i);
            add(a, "key", NULL, text);
        }
        assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
        for (size_t i = 0; i < 100; i++) {
            assert_true(take(a, &out[i]));
        }
        for (size_t i = 0; i < 100; i++) {
            snprintf(text, sizeof text, "data %zu.%zu", round, i);
            assert_text(out[i].data, text);
        }
    }
    kds_aggregator_free(a);
}

static void the_queue_of_sealed_records_is_bounded(void **state)
{
    const kds_aggregator_options_t one = {.struct_size = sizeof one, .max_records = 1};
    const kds_user_record_t r = record("key", NULL, "data");
    kds_error_t *error = NULL;
    kds_aggregate_t out;
    kds_aggregator_t *a = aggregator(&one);
    (void)state;
    for (size_t i = 0; i < KDS_AGGREGATOR_READY_MAX + 1; i++) {
        assert_int_equal(kds_aggregator_add(a, &r, NULL), KDS_OK); /* the last is open */
    }
    assert_int_equal(kds_aggregator_add(a, &r, &error), KDS_ERR_QUEUE_FULL);
    assert_error(error, KDS_ERR_QUEUE_FULL, "512");
    assert_int_equal(kds_aggregator_open_records(a), 1);
    assert_true(take(a, &out));
    assert_int_equal(kds_aggregator_add(a, &r, NULL), KDS_OK);
    kds_aggregator_free(a);
}

static void bad_records_are_refused_with_a_reason(void **state)
{
    char long_key[258];
    memset(long_key, 'k', 257);
    long_key[257] = '\0';
    const struct {
        const char *key, *hash_key, *part;
    } bad[] = {
        {"", NULL, "0 characters"},
        {long_key, NULL, "257 characters"},
        {NULL, NULL, "is missing"},
        {"\xff", NULL, "UTF-8"},
        {"k", "", "must be a decimal number"},
        {"k", "01", "\"01\""},
        {"k", "340282366920938463463374607431768211456", "2^128-1"},
    };
    kds_error_t *error = NULL;
    kds_aggregator_t *a = aggregator(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const kds_user_record_t r = record(bad[i].key, bad[i].hash_key, "data");
        assert_int_equal(kds_aggregator_add(a, &r, &error), KDS_ERR_INVALID_ARG);
        assert_error(error, KDS_ERR_INVALID_ARG, bad[i].part);
        error = NULL;
    }
    kds_user_record_t r = record("k", NULL, "");
    r.data.n = KDS_AGGREGATE_BYTES_MAX; /* the length is looked at before the bytes */
    assert_int_equal(kds_aggregator_add(a, &r, &error), KDS_ERR_TOO_LARGE);
    assert_error(error, KDS_ERR_TOO_LARGE, "10485760 bytes of data and 1 of key");
    error = NULL;
    r.struct_size = 3;
    assert_int_equal(kds_aggregator_add(a, &r, &error), KDS_ERR_INVALID_ARG);
    assert_error(error, KDS_ERR_INVALID_ARG, "struct_size 3");
    assert_int_equal(kds_aggregator_open_records(a), 0);
    kds_aggregator_free(a);
}

static void refuse_options(kds_aggregator_options_t options, const char *part)
{
    kds_aggregator_t *a = NULL;
    kds_error_t *error = NULL;
    options.struct_size = options.struct_size ? options.struct_size : sizeof options;
    assert_int_equal(kds_aggregator_new(&options, &a, &error), KDS_ERR_INVALID_ARG);
    assert_null(a);
    assert_error(error, KDS_ERR_INVALID_ARG, part);
}

static void bad_options_are_refused_with_a_reason(void **state)
{
    kds_shard_range_t ranges[4];
    kds_error_t *error = NULL;
    (void)state;
    make_quarters(ranges);
    refuse_options((kds_aggregator_options_t){.max_bytes = KDS_AGGREGATE_BYTES_MAX + 1},
                   "max_bytes: 10485761");
    refuse_options((kds_aggregator_options_t){.struct_size = 1}, "struct_size 1");
    refuse_options((kds_aggregator_options_t){.shard_count = 2}, "shards: NULL");
    ranges[2].first = ranges[1].last;
    refuse_options((kds_aggregator_options_t){.shards = ranges, .shard_count = 4},
                   "overlap");
    ranges[2].first = kds_slice("x");
    refuse_options((kds_aggregator_options_t){.shards = ranges, .shard_count = 4},
                   "shard 2: not a range");
    ranges[2].first = ranges[3].last;
    refuse_options((kds_aggregator_options_t){.shards = ranges, .shard_count = 4},
                   "shard 2: not a range");
    /* A hole is no mistake; a record that falls into it is told so. */
    make_quarters(ranges);
    const kds_aggregator_options_t hole = {
        .struct_size = sizeof hole, .shards = ranges + 1, .shard_count = 2};
    kds_aggregator_t *a = aggregator(&hole);
    for (size_t i = 0; i < 4; i++) {
        const kds_user_record_t r = record("k", quarters[i], "data");
        bool inside = i == 1 || i == 2;
        assert_int_equal(kds_aggregator_add(a, &r, &error),
                         inside ? KDS_OK : KDS_ERR_NOT_FOUND);
        if (!inside) {
            assert_error(error, KDS_ERR_NOT_FOUND, quarters[i]);
            error = NULL;
        }
    }
    kds_aggregator_free(a);
}

/* ---- packed ------------------------------------------------------------------------------- */

/* What both ways make of the same records. */
static void compare_all(kds_aggregator_t *a, kds_aggregator_t *b)
{
    kds_aggregate_t x, y;
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    assert_int_equal(kds_aggregator_flush(b, NULL), KDS_OK);
    while (take(a, &x)) {
        assert_true(take(b, &y));
        assert_true(kds_slice_eq(x.data, y.data));
        assert_true(kds_slice_eq(x.partition_key, y.partition_key));
        assert_true(kds_slice_eq(x.explicit_hash_key, y.explicit_hash_key));
        assert_int_equal(x.shard, y.shard);
        assert_int_equal(x.user_records, y.user_records);
    }
    assert_false(take(b, &y));
}

static void packed_adds_are_as_single_ones(void **state)
{
    enum { COUNT = 500 };
    kds_shard_range_t ranges[4];
    uint32_t lengths[3 * COUNT];
    struct kds_buf bytes;
    struct kds_rng rng;
    size_t added = 0;
    (void)state;
    make_quarters(ranges);
    const kds_aggregator_options_t options = {.struct_size = sizeof options,
                                              .max_bytes = 2000,
                                              .shards = ranges,
                                              .shard_count = 4};
    kds_aggregator_t *a = aggregator(&options), *b = aggregator(&options);
    kds_rng_seed(&rng, 3);
    kds_buf_init(&bytes, 1 << 20);
    for (size_t i = 0; i < COUNT; i++) {
        char key[32], data[80];
        const char *hash_key = kds_rng_below(&rng, 4) ? NULL : quarters[i % 5];
        snprintf(key, sizeof key, "key %d", (int)kds_rng_below(&rng, 300));
        snprintf(data, sizeof data, "%.*s", (int)kds_rng_below(&rng, 60),
                 "data, data, data, data, data, data, data, data, data, data, data");
        add(a, key, hash_key, data);
        kds_buf_add_text(&bytes, key);
        kds_buf_add_text(&bytes, hash_key ? hash_key : "");
        kds_buf_add_text(&bytes, data);
        lengths[3 * i] = (uint32_t)strlen(key);
        lengths[3 * i + 1] = hash_key ? (uint32_t)strlen(hash_key) : 0;
        lengths[3 * i + 2] = (uint32_t)strlen(data);
    }
    assert_int_equal(
        kds_aggregator_add_packed(b, kds_buf_slice(&bytes), lengths, COUNT, &added, NULL),
        KDS_OK);
    assert_int_equal(added, COUNT);
    compare_all(a, b);
    kds_buf_clear(&bytes);
    kds_aggregator_free(a);
    kds_aggregator_free(b);
}

static void a_packed_add_stops_at_the_first_bad_record(void **state)
{
    /* k, -, "x" three times; record 1 has a bad hash key, or record 2 no key. */
    const struct {
        const char *bytes;
        uint32_t lengths[9];
        size_t added;
        const char *part;
    } cases[] = {
        {"kxk9xkx", {1, 0, 1, 1, 1, 1, 1, 0, 1}, 3, NULL},
        {"kxkzxkx", {1, 0, 1, 1, 1, 1, 1, 0, 1}, 1, "\"z\""},
        {"kxkzxx", {1, 0, 1, 1, 1, 1, 0, 0, 1}, 1, "\"z\""},
        {"kxk9xx", {1, 0, 1, 1, 1, 1, 0, 0, 1}, 2, "0 characters"},
        {"kxk9xkxy", {1, 0, 1, 1, 1, 1, 1, 0, 1}, 0, "add up to 8"},
        {"kxk9xk", {1, 0, 1, 1, 1, 1, 1, 0, 1}, 0, "add up to 6"},
        {"kxk9xk", {1, 0, 1, 1, 1, 1, UINT32_MAX, 2, 1}, 0, "add up to 6"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kds_aggregator_t *a = aggregator(NULL);
        kds_error_t *error = NULL;
        size_t added = 99;
        kds_err_t rc = kds_aggregator_add_packed(a, kds_slice(cases[i].bytes),
                                                 cases[i].lengths, 3, &added, &error);
        assert_int_equal(rc, cases[i].part ? KDS_ERR_INVALID_ARG : KDS_OK);
        assert_int_equal(added, cases[i].added);
        assert_int_equal(kds_aggregator_open_records(a), cases[i].added);
        if (cases[i].part != NULL) {
            assert_error(error, rc, cases[i].part);
        }
        assert_int_not_equal(kds_aggregator_add_packed(a, kds_slice(cases[i].bytes),
                                                       cases[i].lengths, 3, &added, NULL),
                             cases[i].part ? KDS_OK : KDS_ERR_INVALID_ARG);
        kds_aggregator_free(a);
    }
    kds_aggregator_t *a = aggregator(NULL);
    size_t added = 99;
    assert_int_equal(
        kds_aggregator_add_packed(a, (kds_slice_t){NULL, 0}, NULL, 0, &added, NULL),
        KDS_OK);
    assert_int_equal(added, 0);
    kds_aggregator_free(a);
}

/* ---- de-aggregating ----------------------------------------------------------------------- */

/* An aggregate of "one" and "two", plain data, an empty aggregate, one that does not parse. */
static size_t make_mixed(struct kds_buf *bytes, uint32_t lengths[5])
{
    const struct kds_agg_record two[] = {
        {KDS_SLICE_LIT("k1"), {NULL, 0}, KDS_SLICE_LIT("one"), 0},
        {KDS_SLICE_LIT("k2"), KDS_SLICE_LIT("0"), KDS_SLICE_LIT(""), 0},
    };
    size_t at = 0;
    agg_oracle_pack(two, 2, false, bytes);
    lengths[0] = (uint32_t)bytes->n;
    at = bytes->n;
    kds_buf_add_text(bytes, "plain");
    lengths[1] = (uint32_t)(bytes->n - at);
    lengths[2] = 0; /* no data at all */
    at = bytes->n;
    agg_oracle_seal((kds_slice_t)KDS_SLICE_LIT("\x0a\x01k"), bytes);
    lengths[3] = (uint32_t)(bytes->n - at);
    at = bytes->n;
    agg_oracle_seal((kds_slice_t)KDS_SLICE_LIT("\x0a\x09k"), bytes);
    lengths[4] = (uint32_t)(bytes->n - at);
    return 5;
}

struct wanted {
    kds_deaggregated_kind_t kind;
    size_t record, sub_sequence;
    const char *key, *hash_key, *data; /* NULL = absent; data "..." = the whole record */
};

static const struct wanted mixed[] = {
    {KDS_DEAGGREGATED_USER, 0, 0, "k1", NULL, "one"},
    {KDS_DEAGGREGATED_USER, 0, 1, "k2", "0", ""},
    {KDS_DEAGGREGATED_PLAIN, 1, 0, NULL, NULL, "plain"},
    {KDS_DEAGGREGATED_PLAIN, 2, 0, NULL, NULL, ""},
    {KDS_DEAGGREGATED_BROKEN, 4, 0, NULL, NULL, "..."},
};

#define MIXED (sizeof mixed / sizeof mixed[0])

static void assert_absent_or_text(kds_slice_t s, const char *text)
{
    if (text == NULL) {
        assert_null(s.p);
    } else {
        assert_non_null(s.p);
        assert_text(s, text);
    }
}

static void every_kind_of_record_is_told_apart(void **state)
{
    struct kds_buf bytes;
    uint32_t lengths[5];
    kds_slice_t records[5];
    size_t at = 0;
    (void)state;
    kds_buf_init(&bytes, 1 << 16);
    size_t count = make_mixed(&bytes, lengths);
    for (size_t i = 0; i < count; i++) {
        records[i] = kds_slice_of(bytes.p + at, lengths[i]);
        at += lengths[i];
    }
    kds_deaggregator_t *d = kds_deaggregator_new();
    for (size_t round = 0; round < 2; round++) {
        assert_int_equal(kds_deaggregator_open(d, records, count, NULL, NULL), KDS_OK);
        for (size_t i = 0; i < MIXED; i++) {
            kds_deaggregated_t out = {.struct_size = sizeof out};
            assert_int_equal(kds_deaggregator_next(d, &out), KDS_OK);
            assert_int_equal(out.kind, mixed[i].kind);
            assert_int_equal(out.record, mixed[i].record);
            assert_int_equal(out.sub_sequence, mixed[i].sub_sequence);
            assert_absent_or_text(out.partition_key, mixed[i].key);
            assert_absent_or_text(out.explicit_hash_key, mixed[i].hash_key);
            if (strcmp(mixed[i].data, "...") == 0) {
                assert_ptr_equal(out.data.p, records[mixed[i].record].p);
                assert_int_equal(out.data.n, records[mixed[i].record].n);
            } else {
                assert_text(out.data, mixed[i].data);
            }
        }
        kds_deaggregated_t end = {.struct_size = sizeof end};
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(kds_deaggregator_next(d, &end), KDS_OK);
            assert_int_equal(end.kind, KDS_DEAGGREGATED_END);
        }
    }
    kds_deaggregated_t odd = {.struct_size = 2};
    assert_int_equal(kds_deaggregator_next(d, &odd), KDS_ERR_INVALID_ARG);
    kds_deaggregator_free(d);
    kds_buf_clear(&bytes);
}

static void check_row(const int64_t *row, const struct wanted *w, const uint8_t *bytes)
{
    const char *const texts[] = {w->key, w->hash_key, w->data};
    assert_int_equal(row[KDS_COLUMN_KIND], w->kind);
    assert_int_equal(row[KDS_COLUMN_RECORD], w->record);
    assert_int_equal(row[KDS_COLUMN_SUB_SEQUENCE], w->sub_sequence);
    for (size_t i = 0; i < 3; i++) {
        const int64_t *range = row + KDS_COLUMN_KEY_AT + 2 * i;
        if (texts[i] == NULL) {
            assert_int_equal(range[0], -1);
            assert_int_equal(range[1], -1);
        } else if (strcmp(texts[i], "...") != 0) {
            assert_text(kds_slice_of(bytes + range[0], (size_t)(range[1] - range[0])),
                        texts[i]);
        }
    }
}

/* Whatever the room for rows. */
static void packed_reads_are_as_single_ones(void **state)
{
    struct kds_buf bytes;
    uint32_t lengths[5];
    int64_t rows[8 * KDS_DEAGGREGATED_COLUMNS];
    (void)state;
    kds_buf_init(&bytes, 1 << 16);
    size_t count = make_mixed(&bytes, lengths);
    kds_deaggregator_t *d = kds_deaggregator_new();
    for (size_t room = 1; room <= 8; room++) {
        size_t n = 0, seen = 0;
        assert_int_equal(kds_deaggregator_open_packed(d, kds_buf_slice(&bytes), lengths,
                                                      count, NULL, NULL),
                         KDS_OK);
        do {
            assert_int_equal(kds_deaggregator_read_packed(d, rows, room, &n), KDS_OK);
            for (size_t i = 0; i < n; i++) {
                check_row(rows + i * KDS_DEAGGREGATED_COLUMNS, &mixed[seen + i], bytes.p);
            }
            seen += n;
        } while (n == room);
        assert_int_equal(seen, MIXED);
    }
    kds_deaggregator_free(d);
    kds_buf_clear(&bytes);
}

static void bad_opens_leave_nothing_open(void **state)
{
    const kds_shard_range_t wrong = {KDS_SLICE_LIT("2"), KDS_SLICE_LIT("1")};
    const kds_slice_t plain = KDS_SLICE_LIT("plain");
    const uint32_t lengths[2] = {2, 2};
    int64_t row[KDS_DEAGGREGATED_COLUMNS];
    kds_deaggregated_t out = {.struct_size = sizeof out};
    kds_error_t *error = NULL;
    size_t n;
    (void)state;
    kds_deaggregator_t *d = kds_deaggregator_new();
    assert_int_equal(kds_deaggregator_open(d, &plain, 1, NULL, NULL), KDS_OK);
    assert_int_equal(kds_deaggregator_read_packed(d, row, 1, &n), KDS_ERR_STATE);
    assert_int_equal(kds_deaggregator_open(d, &plain, 1, &wrong, &error),
                     KDS_ERR_INVALID_ARG);
    assert_error(error, KDS_ERR_INVALID_ARG, "range");
    error = NULL;
    assert_int_equal(kds_deaggregator_next(d, &out), KDS_OK);
    assert_int_equal(out.kind, KDS_DEAGGREGATED_END);
    assert_int_equal(kds_deaggregator_open_packed(d, plain, lengths, 2, NULL, &error),
                     KDS_ERR_INVALID_ARG);
    assert_error(error, KDS_ERR_INVALID_ARG, "add up to 5");
    assert_int_equal(kds_deaggregator_next(d, &out), KDS_OK);
    assert_int_equal(out.kind, KDS_DEAGGREGATED_END);
    assert_int_equal(
        kds_deaggregator_open_packed(d, (kds_slice_t){NULL, 0}, NULL, 0, NULL, NULL),
        KDS_OK);
    assert_int_equal(kds_deaggregator_read_packed(d, row, 1, &n), KDS_OK);
    assert_int_equal(n, 0);
    kds_deaggregator_free(d);
}

/* ---- callers of another age, and memory --------------------------------------------------- */

static void shorter_and_longer_structs_are_served(void **state)
{
    struct {
        kds_aggregate_t known;
        uint64_t newer;
    } longer = {.known.struct_size = sizeof longer, .newer = 7};
    kds_aggregate_t shorter = {.struct_size = offsetof(kds_aggregate_t, shard),
                               .user_records = 99};
    const kds_aggregator_options_t one = {.struct_size = sizeof one, .max_records = 1};
    kds_aggregator_t *a = aggregator(&one);
    (void)state;
    add(a, "k", NULL, "1");
    add(a, "k", NULL, "2");
    assert_int_equal(kds_aggregator_flush(a, NULL), KDS_OK);
    assert_int_equal(kds_aggregator_take(a, &longer.known), 1);
    assert_int_equal(longer.newer, 0);
    assert_int_equal(longer.known.struct_size, sizeof longer);
    assert_text(longer.known.data, "1");
    kds_aggregate_t wrong = {.struct_size = 1};
    assert_int_equal(kds_aggregator_take(a, &wrong), 0);
    assert_int_equal(kds_aggregator_take(a, &shorter), 1);
    assert_text(shorter.data, "2");
    assert_int_equal(shorter.user_records, 99);
    kds_aggregator_free(a);
}

static int there_and_back(void *opaque)
{
    const kds_user_record_t r = record("key", NULL, "some data");
    const kds_aggregator_options_t options = {.struct_size = sizeof options,
                                              .max_records = 20};
    kds_aggregator_t *a = NULL;
    kds_deaggregator_t *d = NULL;
    kds_aggregate_t out;
    size_t seen = 0;
    (void)opaque;
    bool ok = kds_aggregator_new(&options, &a, NULL) == KDS_OK;
    for (size_t i = 0; ok && i < 50; i++) {
        ok = kds_aggregator_add(a, &r, NULL) == KDS_OK;
        assert_true(kds_aggregator_open_records(a) <= 20);
    }
    ok = ok && kds_aggregator_flush(a, NULL) == KDS_OK;
    d = kds_deaggregator_new();
    ok = ok && d != NULL;
    while (ok && take(a, &out)) {
        kds_deaggregated_t found = {.struct_size = sizeof found};
        ok = kds_deaggregator_open(d, &out.data, 1, NULL, NULL) == KDS_OK;
        while (ok && (ok = kds_deaggregator_next(d, &found) == KDS_OK) &&
               found.kind != KDS_DEAGGREGATED_END) {
            seen++;
        }
    }
    assert_true(!ok || seen == 50);
    kds_deaggregator_free(d);
    kds_aggregator_free(a);
    return !ok;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(there_and_back, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_records_become_what_protobuf_c_packs),
        cmocka_unit_test(a_single_record_travels_as_it_is),
        cmocka_unit_test(each_shard_has_its_own_aggregate),
        cmocka_unit_test(aggregates_keep_within_bytes_and_records),
        cmocka_unit_test(what_was_taken_stays_until_the_next_add),
        cmocka_unit_test(the_queue_of_sealed_records_is_bounded),
        cmocka_unit_test(bad_records_are_refused_with_a_reason),
        cmocka_unit_test(bad_options_are_refused_with_a_reason),
        cmocka_unit_test(packed_adds_are_as_single_ones),
        cmocka_unit_test(a_packed_add_stops_at_the_first_bad_record),
        cmocka_unit_test(every_kind_of_record_is_told_apart),
        cmocka_unit_test(packed_reads_are_as_single_ones),
        cmocka_unit_test(bad_opens_leave_nothing_open),
        cmocka_unit_test(shorter_and_longer_structs_are_served),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
