/*
 * test_agg_builder: what the builder writes, to the byte, and what it answers before it writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/agg.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "support/agg_oracle.h"
#include "support/fail_alloc.h"
#include "support/hex.h"

#include <stdio.h>
#include <stdlib.h>

#define ANY_SIZE ((size_t)64 << 20)

static kds_slice_t text(const char *s)
{
    return (kds_slice_t){(const uint8_t *)s, strlen(s)};
}

static struct kds_agg_record
record(const char *key, const char *hash_key, const char *data)
{
    struct kds_agg_record r = {0};
    r.partition_key = text(key);
    if (hash_key != NULL) {
        r.explicit_hash_key = text(hash_key);
    }
    r.data = text(data);
    return r;
}

static void add(struct kds_agg_builder *b, const struct kds_agg_record *r)
{
    size_t expected = kds_agg_builder_size_with(b, r);
    assert_int_equal(kds_agg_builder_add(b, r), KDS_AGG_ADDED);
    assert_int_equal(kds_agg_builder_size(b), expected);
}

/* Seal and finish into an empty buffer. */
static void close_into(struct kds_agg_builder *b, struct kds_buf *out)
{
    size_t size = kds_agg_builder_size(b);
    kds_buf_reset(out);
    assert_int_equal(kds_agg_builder_seal(b, out), KDS_OK);
    assert_int_equal(out->n, size);
    kds_agg_finish(&out->p, &out->n, 1);
    assert_int_equal(kds_agg_builder_count(b), 0);
    assert_int_equal(kds_agg_builder_size(b), 0);
}

static void assert_same(const struct kds_buf *got, const struct kds_buf *expected)
{
    assert_int_equal(got->n, expected->n);
    assert_memory_equal(got->p, expected->p, expected->n);
}

/* The builder holds exactly @p records: its bytes are protobuf-c's. */
static void assert_seals_as_oracle(struct kds_agg_builder *b,
                                   const struct kds_agg_record *records,
                                   size_t count,
                                   bool distinct)
{
    struct kds_buf got, expected;
    kds_buf_init(&got, ANY_SIZE);
    kds_buf_init(&expected, ANY_SIZE);
    assert_int_equal(kds_agg_builder_count(b), count);
    close_into(b, &got);
    agg_oracle_pack(records, count, distinct, &expected);
    assert_same(&got, &expected);
    kds_buf_clear(&got);
    kds_buf_clear(&expected);
}

/* ---- golden vectors (made by the KPL's own record class) ----------------------------------- */

#define HASH_MAX "340282366920938463463374607431768211455"

static void builder_writes_golden_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *records[3][3]; /* key, explicit hash key, data */
        size_t count;
        const char *hex;
    } vectors[] = {
        {{{"a", NULL, "one"}, {"a", NULL, "two"}},
         2,
         "f3899ac2 0a0161 1a0708001a036f6e65 1a0708001a0374776f"
         "9531c16fdbab7b62bfa73540da8289f0"},
        {{{"k1", NULL, "one"}, {"k2", NULL, "two"}, {"k1", NULL, ""}},
         3,
         "f3899ac2 0a026b31 0a026b32 1a0708001a036f6e65 1a0708011a0374776f 1a0408001a00"
         "e96a9391f22ea8f92a713e49d60251a2"},
        {{{"k1", NULL, "one"}, {"k2", HASH_MAX, "two"}, {"k1", "0", "three"}},
         3,
         "f3899ac2 0a026b31 0a026b32"
         "1227 "
         "333430323832333636393230393338343633343633333734363037343331373638323131343535"
         "120130 1a0708001a036f6e65 1a09080110001a0374776f 1a0b080010011a057468726565"
         "e0f8e100a56dca2fa45ccfa81ff87836"},
    };
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_buf got, expected;
    kds_buf_init(&got, ANY_SIZE);
    kds_buf_init(&expected, ANY_SIZE);
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        for (size_t i = 0; i < vectors[v].count; i++) {
            struct kds_agg_record r =
                record(vectors[v].records[i][0], vectors[v].records[i][1],
                       vectors[v].records[i][2]);
            add(b, &r);
        }
        kds_buf_reset(&expected);
        hex_add(&expected, vectors[v].hex);
        close_into(b, &got);
        assert_same(&got, &expected);
    }
    kds_buf_clear(&got);
    kds_buf_clear(&expected);
    kds_agg_builder_free(b);
}

static void builder_gives_lone_record_unwrapped(void **state)
{
    (void)state;
    static const char *const hash_keys[] = {NULL, "5"};
    static char key[300], data[20000];
    memset(key, 'k', sizeof key);
    memset(data, 'd', sizeof data);
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_agg_view view = {0};
    assert_false(kds_agg_builder_single(b, &view));
    for (size_t i = 0; i < 2; i++) {
        for (size_t n = 1; n <= sizeof key; n += 23) {
            struct kds_agg_record r = record("", hash_keys[i], "");
            r.partition_key = (kds_slice_t){(const uint8_t *)key, n};
            r.data = (kds_slice_t){(const uint8_t *)data, n * n % sizeof data};
            add(b, &r);
            assert_true(kds_agg_builder_single(b, &view));
            assert_int_equal(view.partition_key.n, n);
            assert_memory_equal(view.partition_key.p, key, n);
            assert_int_equal(view.data.n, r.data.n);
            assert_memory_equal(view.data.p, data, r.data.n);
            assert_int_equal(view.explicit_hash_key.n, r.explicit_hash_key.n);
            assert_int_equal(view.explicit_hash_key.p != NULL, hash_keys[i] != NULL);
            kds_agg_builder_reset(b);
        }
    }
    struct kds_agg_record r = record("pk", "5", "hello");
    add(b, &r);
    add(b, &r);
    assert_false(kds_agg_builder_single(b, &view));
    kds_agg_builder_free(b);
}

/* ---- sizes -------------------------------------------------------------------------------- */

static void builder_counts_exactly_at_varint_borders_of_lengths(void **state)
{
    (void)state;
    /* Around 1/2/3/4-byte lengths of key, data and, with the bytes around it, inner message. */
    static const size_t borders[] = {0x80, 0x4000, 0x200000};
    static const size_t below = 12, above = 2;
    uint8_t *bytes = malloc(0x200000 + above);
    assert_non_null(bytes);
    memset(bytes, 'x', 0x200000 + above);
    struct kds_agg_builder *b = kds_agg_builder_new(ANY_SIZE);
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = borders[i] - below; n < borders[i] + above; n++) {
            struct kds_agg_record records[3] = {
                record("k", NULL, ""), record("", NULL, "d"), record("k", "", "d")};
            records[0].data = (kds_slice_t){bytes, n};
            records[1].partition_key = (kds_slice_t){bytes, n};
            records[2].explicit_hash_key = (kds_slice_t){bytes, n};
            for (size_t k = 0; k < 3; k++) {
                add(b, &records[k]);
            }
            assert_seals_as_oracle(b, records, 3, false);
        }
    }
    kds_agg_builder_free(b);
    free(bytes);
}

/* 16,500 keys: indexes cross 127/128 and 16383/16384, the slots grow nine times. */
static void builder_counts_exactly_at_varint_borders_of_indexes(void **state)
{
    (void)state;
    enum { COUNT = 16500, KEY = 16 };
    char(*keys)[KEY] = calloc(COUNT, KEY);
    struct kds_agg_record *records = calloc(COUNT, sizeof *records);
    struct kds_agg_builder *b = kds_agg_builder_new(ANY_SIZE);
    assert_non_null(keys);
    assert_non_null(records);
    for (int with_hash_key = 0; with_hash_key < 2; with_hash_key++) {
        for (int i = 0; i < COUNT; i++) {
            snprintf(keys[i], KEY, "%d", i);
            records[i] = record(keys[i], with_hash_key ? keys[i] : NULL, "x");
            add(b, &records[i]);
        }
        assert_seals_as_oracle(b, records, COUNT, true);
    }
    free(records);
    free(keys);
    kds_agg_builder_free(b);
}

static void builder_takes_record_that_fits_to_the_byte(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n++) {
        uint8_t bytes[300] = {0};
        struct kds_agg_record first = record("first", NULL, "x");
        struct kds_agg_record second = record("second", "77", "");
        second.data = (kds_slice_t){bytes, n};
        struct kds_agg_builder *b = kds_agg_builder_new(ANY_SIZE);
        add(b, &first);
        size_t size = kds_agg_builder_size_with(b, &second);
        kds_agg_builder_free(b);

        for (size_t spare = 0; spare < 2; spare++) { /* F-A09: the limit, and one less */
            b = kds_agg_builder_new(size - spare);
            add(b, &first);
            assert_int_equal(kds_agg_builder_add(b, &second),
                             spare == 0 ? KDS_AGG_ADDED : KDS_AGG_FULL);
            struct kds_agg_record both[] = {first, second};
            assert_seals_as_oracle(b, both, spare == 0 ? 2 : 1, false);
            kds_agg_builder_free(b);
        }
    }
}

static void builder_takes_first_record_whatever_its_size(void **state)
{
    (void)state;
    uint8_t bytes[5000] = {0};
    struct kds_agg_record big = record("k", NULL, "");
    struct kds_agg_record small = record("k", NULL, "x");
    big.data = (kds_slice_t){bytes, sizeof bytes};
    static const size_t limits[] = {0, 1, 100, 4999};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct kds_agg_builder *b = kds_agg_builder_new(limits[i]);
        add(b, &big);
        assert_int_equal(kds_agg_builder_add(b, &small), KDS_AGG_FULL);
        assert_seals_as_oracle(b, &big, 1, false);
        add(b, &small);
        assert_seals_as_oracle(b, &small, 1, false);
        kds_agg_builder_free(b);
    }
}

static void builder_refuses_lengths_beyond_protobuf(void **state)
{
    (void)state;
    static const size_t lengths[] = {KDS_AGG_BYTES_MAX, KDS_AGG_BYTES_MAX + 1, SIZE_MAX};
    struct kds_agg_builder *b = kds_agg_builder_new(SIZE_MAX);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct kds_agg_record r = record("k", NULL, "x"); /* never read: refused before */
        r.data.n = lengths[i];
        assert_true(kds_agg_builder_size_with(b, &r) == SIZE_MAX);
        assert_int_equal(kds_agg_builder_add(b, &r), KDS_AGG_FULL);
    }
    assert_int_equal(kds_agg_builder_count(b), 0);
    kds_agg_builder_free(b);
}

/* ---- random records ----------------------------------------------------------------------- */

enum { RANDOM_MAX = 400 };

struct pool {
    uint8_t bytes[4096];
    struct kds_agg_record records[RANDOM_MAX];
};

static kds_slice_t some_bytes(struct pool *pool, struct kds_rng *rng, size_t max)
{
    size_t n = (size_t)kds_rng_below(rng, max + 1);
    size_t at = (size_t)kds_rng_below(rng, sizeof pool->bytes - max);
    return (kds_slice_t){pool->bytes + at, n};
}

/* Few distinct keys or many, short records or long ones, with and without hash keys. */
static void fill_pool(struct pool *pool, struct kds_rng *rng, size_t count)
{
    size_t alphabet = 1 + (size_t)kds_rng_below(rng, 4);
    size_t key_max = (size_t)kds_rng_below(rng, 8) == 0 ? 300 : 4;
    size_t data_max = (size_t)kds_rng_below(rng, 4) == 0 ? 2000 : 40;
    uint64_t hash_percent = kds_rng_below(rng, 3) * 50;
    uint64_t mode = kds_rng_below(rng, 2);
    for (size_t i = 0; i < sizeof pool->bytes; i++) {
        pool->bytes[i] = (uint8_t)(1 + kds_rng_below(rng, alphabet));
    }
    for (size_t i = 0; i < count; i++) {
        struct kds_agg_record *r = &pool->records[i];
        memset(r, 0, sizeof *r);
        r->partition_key = some_bytes(pool, rng, key_max);
        r->data = some_bytes(pool, rng, data_max);
        if (kds_rng_below(rng, 100) < hash_percent) {
            r->explicit_hash_key = some_bytes(pool, rng, 3);
        }
        if (mode == 1) { /* a caller's tag, and a poor one: the length of the key */
            r->key_tag = (uint32_t)r->partition_key.n + 1;
        }
    }
}

static void builder_packs_as_protobuf_c_and_never_beyond_limit(void **state)
{
    (void)state;
    struct kds_rng rng;
    struct pool *pool = malloc(sizeof *pool);
    assert_non_null(pool);
    kds_rng_seed(&rng, 20);
    for (size_t round = 0; round < 300; round++) {
        size_t count = 1 + (size_t)kds_rng_below(&rng, RANDOM_MAX);
        size_t limit = 64 + (size_t)kds_rng_below(&rng, 20000);
        struct kds_agg_builder *b = kds_agg_builder_new(limit);
        fill_pool(pool, &rng, count);
        size_t start = 0;
        for (size_t i = 0; i < count; i++) {
            size_t with = kds_agg_builder_size_with(b, &pool->records[i]);
            enum kds_agg_add added = kds_agg_builder_add(b, &pool->records[i]);
            assert_int_equal(added,
                             i == start || with <= limit ? KDS_AGG_ADDED : KDS_AGG_FULL);
            if (added == KDS_AGG_FULL) {
                assert_seals_as_oracle(b, pool->records + start, i - start, false);
                start = i--; /* again, as a first record */
            } else {
                assert_int_equal(kds_agg_builder_size(b), with);
            }
        }
        assert_seals_as_oracle(b, pool->records + start, count - start, false);
        kds_agg_builder_free(b);
    }
    free(pool);
}

/* Keys chosen to collide cost a bounded search; the aggregate stays readable. */
static void builder_survives_colliding_tags(void **state)
{
    (void)state;
    enum { COUNT = 4000, KEY = 16 };
    char(*keys)[KEY] = calloc(COUNT, KEY);
    assert_non_null(keys);
    struct kds_agg_builder *b = kds_agg_builder_new(ANY_SIZE);
    for (int i = 0; i < 2 * COUNT; i++) {
        snprintf(keys[i % COUNT], KEY, "%d", i % COUNT);
        struct kds_agg_record r = record(keys[i % COUNT], NULL, keys[i % COUNT]);
        r.key_tag = 0xABCD1234;
        add(b, &r);
    }
    struct kds_buf out;
    kds_buf_init(&out, ANY_SIZE);
    close_into(b, &out);

    AggregatedRecord *message = NULL;
    assert_int_equal(agg_oracle_open(kds_buf_slice(&out), &message), KDS_AGG_VALID);
    assert_int_equal(message->n_records, 2 * COUNT);
    for (int i = 0; i < 2 * COUNT; i++) {
        const Record *r = message->records[i];
        assert_string_equal(message->partition_key_table[r->partition_key_index],
                            keys[i % COUNT]);
        assert_int_equal(r->data.len, strlen(keys[i % COUNT]));
        assert_memory_equal(r->data.data, keys[i % COUNT], r->data.len);
    }
    aggregated_record__free_unpacked(message, NULL);
    kds_buf_clear(&out);
    kds_agg_builder_free(b);
    free(keys);
}

/* ---- sealing ------------------------------------------------------------------------------ */

static void builder_seal_appends_and_finish_hashes_many(void **state)
{
    (void)state;
    enum { COUNT = 70 }; /* more than are hashed at once */
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_buf all, expected;
    size_t at[COUNT], sizes[COUNT];
    uint8_t *messages[COUNT];
    kds_buf_init(&all, ANY_SIZE);
    kds_buf_init(&expected, ANY_SIZE);
    kds_buf_add_text(&all, "before");
    kds_buf_add_text(&expected, "before");
    for (size_t i = 0; i < COUNT; i++) {
        struct kds_agg_record r = record("key", "1", "data");
        at[i] = all.n;
        for (size_t k = 0; k <= i; k++) {
            add(b, &r);
        }
        assert_int_equal(kds_agg_builder_seal(b, &all), KDS_OK);
        sizes[i] = all.n - at[i];
        struct kds_agg_record same[COUNT];
        for (size_t k = 0; k <= i; k++) {
            same[k] = r;
        }
        agg_oracle_pack(same, i + 1, false, &expected);
    }
    for (size_t i = 0; i < COUNT; i++) {
        messages[i] = all.p + at[i];
    }
    kds_agg_finish(messages, sizes, COUNT);
    assert_same(&all, &expected);
    kds_buf_clear(&all);
    kds_buf_clear(&expected);
    kds_agg_builder_free(b);
}

static void builder_is_unchanged_when_seal_finds_no_room(void **state)
{
    (void)state;
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_agg_record records[] = {record("a", NULL, "one"), record("b", "9", "two")};
    struct kds_buf small;
    add(b, &records[0]);
    add(b, &records[1]);
    kds_buf_init(&small, kds_agg_builder_size(b) - 1);
    assert_int_equal(kds_agg_builder_seal(b, &small), KDS_ERR_TOO_LARGE);
    assert_int_equal(small.n, 0);
    assert_seals_as_oracle(b, records, 2, false);
    kds_buf_clear(&small);
    kds_agg_builder_free(b);
}

static void builder_seals_nothing_when_empty(void **state)
{
    (void)state;
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_buf out;
    kds_buf_init(&out, 100);
    assert_int_equal(kds_agg_builder_seal(b, &out), KDS_OK);
    assert_int_equal(out.n, 0);
    kds_buf_clear(&out);
    kds_agg_builder_free(b);
}

/* ---- memory ------------------------------------------------------------------------------- */

struct counter {
    size_t calls;
    size_t bytes; /* of the largest single request */
};

static void *counting_alloc(size_t size, void *opaque)
{
    struct counter *counter = opaque;
    counter->calls++;
    counter->bytes = size > counter->bytes ? size : counter->bytes;
    return malloc(size);
}

static void *counting_resize(void *memory, size_t size, void *opaque)
{
    struct counter *counter = opaque;
    counter->calls++;
    counter->bytes = size > counter->bytes ? size : counter->bytes;
    return realloc(memory, size);
}

static void counting_release(void *memory, void *opaque)
{
    (void)opaque;
    free(memory);
}

static void fill_and_seal(struct kds_agg_builder *b, struct kds_buf *out, int distinct)
{
    char key[16];
    for (int i = 0;; i++) {
        snprintf(key, sizeof key, "key-%d", i % distinct);
        struct kds_agg_record r = record(key, key, "some data of the user");
        if (kds_agg_builder_add(b, &r) == KDS_AGG_FULL) {
            break;
        }
    }
    kds_buf_reset(out);
    assert_int_equal(kds_agg_builder_seal(b, out), KDS_OK);
}

static void builder_allocates_nothing_once_warm(void **state)
{
    (void)state;
    struct counter counter = {0};
    struct kds_allocator allocator = {counting_alloc, counting_resize, counting_release,
                                      &counter};
    kds_allocator_set(&allocator);
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    struct kds_buf out;
    kds_buf_init(&out, ANY_SIZE);
    fill_and_seal(b, &out, 1000000); /* the largest tables */
    fill_and_seal(b, &out, 1);       /* the most records */
    size_t warm = counter.calls;
    assert_true(warm > 0);
    for (int distinct = 1; distinct < 100000; distinct *= 7) {
        fill_and_seal(b, &out, distinct);
    }
    assert_int_equal(counter.calls, warm);
    assert_true(counter.bytes <= 65536); /* nothing outgrows the aggregate */
    kds_buf_clear(&out);
    kds_agg_builder_free(b);
    kds_allocator_set(NULL);
}

/* 100 records with keys of their own, then the aggregate is protobuf-c's, or nothing changed. */
static int fill_with_little_memory(void *expected)
{
    enum { COUNT = 100, KEY = 16 };
    char keys[COUNT][KEY];
    int result = 1;
    struct kds_buf out;
    kds_buf_init(&out, ANY_SIZE);
    struct kds_agg_builder *b = kds_agg_builder_new(51200);
    for (int i = 0; b != NULL && i < COUNT; i++) {
        snprintf(keys[i], KEY, "%d", i);
        struct kds_agg_record r = record(keys[i], keys[i], "some data of the user");
        size_t size = kds_agg_builder_size(b), with = kds_agg_builder_size_with(b, &r);
        if (kds_agg_builder_add(b, &r) == KDS_AGG_NO_MEMORY) {
            assert_int_equal(kds_agg_builder_count(b), i);
            assert_int_equal(kds_agg_builder_size(b), size);
            assert_int_equal(kds_agg_builder_size_with(b, &r), with);
            goto done;
        }
    }
    if (b == NULL) {
        goto done;
    }
    if (kds_agg_builder_seal(b, &out) != KDS_OK) {
        assert_int_equal(kds_agg_builder_count(b), COUNT);
        goto done;
    }
    kds_agg_finish(&out.p, &out.n, 1);
    assert_same(&out, expected);
    result = 0;

done:
    kds_buf_clear(&out);
    kds_agg_builder_free(b);
    return result;
}

static void builder_is_unchanged_when_memory_is_short(void **state)
{
    (void)state;
    enum { COUNT = 100, KEY = 16 };
    char keys[COUNT][KEY];
    struct kds_agg_record records[COUNT];
    struct kds_buf expected;
    for (int i = 0; i < COUNT; i++) {
        snprintf(keys[i], KEY, "%d", i);
        records[i] = record(keys[i], keys[i], "some data of the user");
    }
    kds_buf_init(&expected, ANY_SIZE);
    agg_oracle_pack(records, COUNT, true, &expected);
    assert_true(fail_alloc_run(fill_with_little_memory, &expected) > 12);
    kds_buf_clear(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builder_writes_golden_vectors),
        cmocka_unit_test(builder_gives_lone_record_unwrapped),
        cmocka_unit_test(builder_counts_exactly_at_varint_borders_of_lengths),
        cmocka_unit_test(builder_counts_exactly_at_varint_borders_of_indexes),
        cmocka_unit_test(builder_takes_record_that_fits_to_the_byte),
        cmocka_unit_test(builder_takes_first_record_whatever_its_size),
        cmocka_unit_test(builder_refuses_lengths_beyond_protobuf),
        cmocka_unit_test(builder_packs_as_protobuf_c_and_never_beyond_limit),
        cmocka_unit_test(builder_survives_colliding_tags),
        cmocka_unit_test(builder_seal_appends_and_finish_hashes_many),
        cmocka_unit_test(builder_is_unchanged_when_seal_finds_no_room),
        cmocka_unit_test(builder_seals_nothing_when_empty),
        cmocka_unit_test(builder_allocates_nothing_once_warm),
        cmocka_unit_test(builder_is_unchanged_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
