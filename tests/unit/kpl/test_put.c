/*
 * put: records that are looked at, hashed and accepted several at once are what they are one by one.
 */
#include "core_fixture.h"

#include "base/rng.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define MANY 200

static char keys[MANY][400], hash_keys[MANY][44];
static kpl_record_t records[MANY];

/* ASCII mostly; a bad byte, several bytes for a character, none, or too many now and then. */
static size_t make_key(struct kds_rng *rng, char *key)
{
    static const char *const odd[] = {"\xc3\xa9", "\xff", "\xe2\x82", "\xf0\x9f\x98\x80"};
    size_t n = kds_rng_below(rng, kds_rng_below(rng, 8) == 0 ? 300 : 40);
    for (size_t i = 0; i < n; i++) {
        key[i] = (char)('a' + kds_rng_below(rng, 26));
    }
    if (kds_rng_below(rng, 4) == 0) {
        const char *text = odd[kds_rng_below(rng, 4)];
        size_t at = kds_rng_below(rng, n + 1), text_n = strlen(text);
        memcpy(key + at, text, text_n);
        n = at + text_n > n ? at + text_n : n;
    }
    return n;
}

static void make_record(struct kds_rng *rng, size_t i)
{
    size_t key_n = make_key(rng, keys[i]);
    records[i] = (kpl_record_t){
        .struct_size = sizeof records[i] - (kds_rng_below(rng, 60) == 0),
        .partition_key = kds_slice_of(kds_rng_below(rng, 40) ? keys[i] : NULL, key_n),
        .data =
            kds_slice_of(kds_rng_below(rng, 40) ? "data" : NULL, kds_rng_below(rng, 3)),
    };
    if (kds_rng_below(rng, 8) == 0) {
        snprintf(hash_keys[i], sizeof hash_keys[i], "%s%d",
                 kds_rng_below(rng, 4) ? "" : "0", (int)kds_rng_below(rng, 1000));
        records[i].explicit_hash_key = kds_slice(hash_keys[i]);
    }
    if (kds_rng_below(rng, 30) == 0) {
        records[i].stream = kds_slice(kds_rng_below(rng, 2) ? "other" : "o t");
    }
}

static kds_err_t
one_by_one(const struct kpl_conf *conf, size_t i, kds_u128_t *hash, kds_error_t **error)
{
    kds_err_t rc = kpl_record_check(conf, &records[i], error);
    return rc ? rc : kpl_hash_of(&records[i], hash, error);
}

/* The same verdict, message and hash key for each. */
static void assert_same(const struct kpl_conf *conf)
{
    static kds_u128_t hashes[KPL_PREPARED_MAX];
    for (size_t at = 0; at < MANY;) {
        kds_error_t *error = NULL, *expected = NULL;
        kds_err_t rc;
        kds_u128_t hash;
        size_t n = kpl_prepare(conf, records + at, MANY - at, hashes, &rc, &error);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(one_by_one(conf, at + i, &hash, NULL), KDS_OK);
            assert_int_equal(kds_u128_cmp(hash, hashes[i]), 0);
        }
        at += n;
        if (rc != KDS_OK) {
            assert_int_equal(one_by_one(conf, at, &hash, &expected), rc);
            assert_string_equal(kds_error_message(error), kds_error_message(expected));
            at++;
        } else {
            assert_true(at == MANY || n == KPL_PREPARED_MAX);
        }
        kds_error_free(error);
        kds_error_free(expected);
    }
}

static void put_looks_at_many_records_as_at_each(void **state)
{
    (void)state;
    struct kds_rng rng;
    kds_rng_seed(&rng, 5);
    for (int round = 0; round < 200; round++) {
        kpl_conf_t *conf = kpl_conf_new();
        assert_non_null(conf);
        if (round % 10 != 0) {
            assert_int_equal(kpl_conf_set(conf, "stream", "s", NULL), KDS_OK);
        }
        if (round % 10 == 1) {
            assert_int_equal(kpl_conf_set(conf, "record.distribution", "AUTO", NULL),
                             KDS_OK);
        }
        if (round % 3 == 0) {
            assert_int_equal(kpl_conf_set(conf, "record.max.bytes", "64", NULL), KDS_OK);
        }
        for (size_t i = 0; i < MANY; i++) {
            make_record(&rng, i);
        }
        assert_same(conf);
        kpl_conf_free(conf);
    }
}

static void put_accepts_a_batch_up_to_the_record_without_room(void **state)
{
    struct fixture f;
    kds_error_t *error = NULL;
    kds_err_t rc;
    static char data[30000];
    kpl_record_t batch[4];
    kds_u128_t hashes[4];
    (void)state;
    fx_begin(&f);
    fx_set(&f, "buffer.max.bytes", "64KiB");
    fx_open(&f);
    memset(data, 'x', sizeof data - 1);
    for (size_t i = 0; i < 4; i++) {
        batch[i] = fx_record("k", NULL, data, i);
    }
    batch[1].stream = kds_slice("other");
    assert_int_equal(kpl_prepare(f.conf, batch, 4, hashes, &rc, NULL), 4);
    assert_int_equal(kpl_core_put_many(f.core, f.now_us, batch, hashes, 4, &rc, &error),
                     2);
    assert_int_equal(rc, KDS_ERR_QUEUE_FULL);
    assert_non_null(strstr(kds_error_message(error), "of 65536 bytes are outstanding"));
    assert_int_equal(kpl_core_outstanding(f.core), 2);
    kds_error_free(error);
    kpl_core_abandon(f.core, f.now_us);
    fx_take_results(&f);
    assert_int_equal(f.total, 2);
    assert_int_equal(f.outcomes[0], 1);
    assert_int_equal(f.outcomes[1], 1);
    fx_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_looks_at_many_records_as_at_each),
        cmocka_unit_test(put_accepts_a_batch_up_to_the_record_without_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
