/*
 * put: records that are looked at, hashed and accepted several at once are what they are one by one.
 */
#include "core_fixture.h"

#include "base/rng.h"
#include "base/text.h"
#include "codec/agg.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <string.h>

#define MANY 200

static char keys[MANY][400], hash_keys[MANY][44];
static kpl_record_t records[MANY];

/* ASCII mostly; a bad byte, several bytes for a character, none, or too many now and then. */
static size_t make_key(struct kds_rng *rng, char *key)
{
    static const char *const odd[] = {"\xc3\xa9", "\xff", "\xe2\x82", "\xf0\x9f\x98\x80"};
    size_t n = (size_t)kds_rng_below(rng, kds_rng_below(rng, 8) == 0 ? 300 : 40);
    for (size_t i = 0; i < n; i++) {
        key[i] = (char)('a' + kds_rng_below(rng, 26));
    }
    if (kds_rng_below(rng, 4) == 0) {
        const char *text = odd[kds_rng_below(rng, 4)];
        size_t at = (size_t)kds_rng_below(rng, n + 1), text_n = strlen(text);
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
        .data = kds_slice_of(kds_rng_below(rng, 40) ? "data" : NULL,
                             (size_t)kds_rng_below(rng, 3)),
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

/* By the letter of the documentation, of what the shortest way looks at. */
static void assert_good(const kpl_record_t *r)
{
    size_t characters = 1;
    assert_int_equal(r->struct_size, sizeof *r);
    assert_true(r->partition_key.p == NULL ||
                kds_utf8_valid(r->partition_key, &characters));
    assert_in_range(characters, 1, 256);
    assert_true(r->data.p != NULL || r->data.n == 0);
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
            assert_good(&records[at + i]);
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

/* ---- staged records ------------------------------------------------------------------------- */

static void with_map(struct fixture *f)
{
    fx_begin(f);
    fx_open(f);
    fx_put(f, "k", NULL, "first", 0);
    fx_give_map(f);
}

/* The data of the n-th user record in the entry's aggregate. */
static void assert_record(const struct kpl_action *action, size_t n, const char *data)
{
    struct kds_agg_decoder *decoder = kds_agg_decoder_new();
    enum kds_agg_kind kind;
    size_t count;
    struct kds_agg_view view;
    assert_non_null(decoder);
    assert_int_equal(action->put_records.records_count, 1);
    assert_int_equal(
        kds_agg_decoder_open(decoder, action->put_records.records[0].data, &kind, &count),
        KDS_OK);
    assert_int_equal(kind, KDS_AGG_VALID);
    assert_true(n < count);
    for (size_t i = 0; i <= n; i++) {
        assert_true(kds_agg_decoder_next(decoder, &view));
    }
    assert_true(kds_slice_is(view.data, data));
    kds_agg_decoder_free(decoder);
}

static void put_counts_what_is_staged_at_once(void **state)
{
    (void)state;
    struct fixture f;
    kpl_stats_t stats = {.struct_size = sizeof stats};
    with_map(&f);
    size_t before = kpl_core_bytes(f.core);
    assert_int_equal(fx_put(&f, "k", NULL, "data", 1), KDS_OK);
    assert_int_equal(kpl_core_bytes(f.core), before + 1 + 4 + 64);
    assert_int_equal(kpl_core_outstanding(f.core), 2);
    kpl_core_stats(f.core, &stats);
    assert_int_equal(stats.user_records_accepted, 2);
    assert_int_equal(stats.user_bytes, 5 + 4);
    fx_end(&f);
}

static void put_wakes_for_what_is_staged_when_it_is_due(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    with_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(fx_put(&f, "k", NULL, "data", 1), KDS_OK);
    assert_int_equal(kpl_core_wake_at_us(f.core, f.now_us), f.now_us + 100 * MS);
    f.now_us += 100 * MS - 1;
    assert_false(fx_next(&f, &action));
    f.now_us += 1;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.outcomes[1], 1);
    fx_end(&f);
}

static void put_keeps_the_order_of_staged_and_other_records(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    kds_u128_t hash;
    kds_err_t rc;
    static char large[600];
    memset(large, 'x', sizeof large - 1);
    kpl_record_t batch = fx_record("k", NULL, "of a batch", 4);
    with_map(&f);
    assert_int_equal(fx_put(&f, "k", NULL, "staged", 1), KDS_OK);
    assert_int_equal(fx_put(&f, "k", "7", "with a hash key", 2), KDS_OK);
    assert_int_equal(fx_put(&f, "k", NULL, "staged too", 3), KDS_OK);
    assert_int_equal(kpl_prepare(f.conf, &batch, 1, &hash, &rc, NULL), 1);
    assert_int_equal(kpl_core_put_many(f.core, f.now_us, &batch, &hash, 1, &rc, NULL), 1);
    assert_int_equal(fx_put(&f, "k", NULL, large, 5), KDS_OK);
    f.now_us += 90 * MS; /* the first one travels with them */
    kpl_core_flush(f.core, f.now_us);
    fx_expect_put(&f, &action);
    /* The first one came before there was a map, and joined. */
    assert_record(&action, 1, "staged");
    assert_record(&action, 2, "with a hash key");
    assert_record(&action, 3, "staged too");
    assert_record(&action, 4, "of a batch");
    assert_record(&action, 5, large);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 6);
    fx_end(&f);
}

static void put_flush_waits_for_what_is_staged(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    with_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(fx_put(&f, "k", NULL, "data", 1), KDS_OK);
    uint64_t ticket = kpl_core_flush(f.core, f.now_us);
    assert_false(kpl_core_flushed(f.core, ticket));
    assert_int_equal(fx_put(&f, "k", NULL, "after the flush", 2), KDS_OK);
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.outcomes[1], 1);
    assert_true(kpl_core_flushed(f.core, ticket));
    fx_end(&f);
}

static void put_stages_no_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    static char data[512];
    memset(data, 'x', 511); /* as large as may be, with its key */
    with_map(&f);
    for (size_t i = 1; i <= 200; i++) {
        assert_int_equal(fx_put(&f, "k", NULL, data, i), KDS_OK);
    }
    f.now_us += 100 * MS;
    while (fx_next(&f, &action)) {
        fx_answer_all(&f, &action, one_id[0]);
    }
    assert_int_equal(f.total, 201);
    for (size_t i = 0; i <= 200; i++) {
        assert_int_equal(f.outcomes[i], 1);
    }
    fx_end(&f);
}

static void
put_gives_staged_records_their_outcome_when_the_end_has_no_memory(void **state)
{
    (void)state;
    struct fixture f;
    with_map(&f);
    struct kpl_action action;
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(fx_put(&f, "k", NULL, "first of its aggregate", 1), KDS_OK);
    assert_false(fx_next(&f, &action)); /* takes what memory units have left */
    assert_int_equal(fx_put(&f, "other", NULL, "data", 2), KDS_OK);
    struct fail_alloc none = {.left = 0, .failed = false};
    const struct kds_allocator allocator = {fail_alloc_alloc, fail_alloc_resize,
                                            fail_alloc_release, &none};
    kds_allocator_set(&allocator);
    kpl_core_abandon(f.core, f.now_us);
    fx_take_results(&f);
    kds_allocator_set(NULL);
    assert_int_equal(f.outcomes[1], 1);
    assert_int_equal(f.outcomes[2], 1);
    assert_int_equal(f.codes[2], KDS_ERR_CLOSED);
    assert_int_equal(kpl_core_outstanding(f.core), 0);
    assert_int_equal(kpl_core_bytes(f.core), 0);
    fx_end(&f);
}

/* ---- before there is a map -------------------------------------------------------------------- */

/* More than a request takes, and the question for the map. */
static void put_much_at_first(struct fixture *f, struct kpl_action *listing)
{
    for (size_t i = 0; i < 599; i++) {
        assert_int_equal(fx_put(f, i % 2 ? "a" : "b", NULL, "data", i), KDS_OK);
    }
    assert_true(fx_next(f, listing));
    assert_int_equal(listing->kind, KPL_ACTION_LIST_SHARDS);
}

static void put_collects_until_the_first_map_is_there(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action listing, action;
    fx_begin(&f);
    fx_open(&f);
    put_much_at_first(&f, &listing);
    kpl_core_flush(f.core, f.now_us);
    assert_false(fx_next(&f, &action)); /* neither much nor a flush sends them alone */
    f.now_us += 50 * MS;
    fx_answer_shards(&f, listing.id, one_id, one_start, 1);
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 1);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 599);
    fx_end(&f);
}

static void put_waits_for_the_first_map_no_longer_than_for_company(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action listing, action;
    fx_begin(&f);
    fx_open(&f);
    put_much_at_first(&f, &listing);
    f.now_us += 100 * MS - 1;
    assert_false(fx_next(&f, &action));
    assert_int_equal(kpl_core_wake_at_us(f.core, f.now_us), f.now_us + 1);
    f.now_us += 1;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 500);
    fx_answer_all(&f, &action, one_id[0]);
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 99);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 599);
    fx_end(&f);
}

static void put_does_not_wait_for_a_map_that_was_refused(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    fx_begin(&f);
    fx_open(&f);
    put_much_at_first(&f, &action);
    kpl_core_done(f.core, f.now_us, action.id, NULL, NULL);
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 500);
    fx_end(&f);
}

static void put_does_not_fill_the_buffer_for_the_sake_of_a_map(void **state)
{
    (void)state;
    struct fixture f;
    struct kpl_action action;
    fx_begin(&f);
    fx_set(&f, "buffer.max.bytes", "700KiB"); /* which 599 records alone half fill */
    fx_open(&f);
    put_much_at_first(&f, &action);
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 500);
    fx_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_looks_at_many_records_as_at_each),
        cmocka_unit_test(put_accepts_a_batch_up_to_the_record_without_room),
        cmocka_unit_test(put_collects_until_the_first_map_is_there),
        cmocka_unit_test(put_waits_for_the_first_map_no_longer_than_for_company),
        cmocka_unit_test(put_does_not_wait_for_a_map_that_was_refused),
        cmocka_unit_test(put_does_not_fill_the_buffer_for_the_sake_of_a_map),
        cmocka_unit_test(put_counts_what_is_staged_at_once),
        cmocka_unit_test(put_wakes_for_what_is_staged_when_it_is_due),
        cmocka_unit_test(put_keeps_the_order_of_staged_and_other_records),
        cmocka_unit_test(put_flush_waits_for_what_is_staged),
        cmocka_unit_test(put_stages_no_more_than_there_is_room_for),
        cmocka_unit_test(
            put_gives_staged_records_their_outcome_when_the_end_has_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
