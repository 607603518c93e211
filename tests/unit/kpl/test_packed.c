/*
 * test_packed: records in columns, outcomes in blocks; nothing here reaches a server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kpl/packed.h"
#include "support/fail_alloc.h"
#include "support/forked_free.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct fixture {
    kpl_outcomes_t *outcomes;
    kpl_producer_t *producer;
};

static void begin(struct fixture *f)
{
    static const char *const settings[][2] = {
        {"stream", "s"},          {"region", "eu-west-1"},
        {"access.key.id", "a"},   {"secret.access.key", "b"},
        {"linger.ms", "3600000"}, {"endpoint.url", "http://127.0.0.1:1"}};
    kpl_conf_t *conf = kpl_conf_new();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        assert_int_equal(kpl_conf_set(conf, settings[i][0], settings[i][1], NULL),
                         KDS_OK);
    }
    f->outcomes = kpl_outcomes_new(0);
    assert_non_null(f->outcomes);
    assert_int_equal(
        kpl_producer_new(conf, kpl_outcomes_add, f->outcomes, &f->producer, NULL),
        KDS_OK);
    kpl_conf_free(conf);
}

static int readable(const kpl_outcomes_t *o)
{
    struct pollfd p = {.fd = kpl_outcomes_fd(o), .events = POLLIN};
    return poll(&p, 1, 0);
}

static kpl_block_t take(kpl_outcomes_t *o)
{
    kpl_block_t block = {.struct_size = sizeof block};
    kpl_outcomes_take(o, &block);
    assert_int_equal(readable(o), 0);
    return block;
}

/* All texts of a row, one behind the other. */
static void expect_text(const kpl_block_t *block, size_t row, const char *text)
{
    const kpl_outcome_t *r = &block->rows[row];
    size_t n = r->shard_id_n + r->sequence_number_n + r->stream_n + r->key_n +
               r->hash_key_n + r->data_n + r->service_code_n;
    assert_int_equal(n, strlen(text));
    assert_memory_equal(block->text.p + r->text_at, text, n);
}

static void packed_records_have_one_outcome_each_under_their_tags(void **state)
{
    (void)state;
    struct fixture f;
    size_t accepted;
    static const uint32_t keys[] = {1, 2, 1}, data[] = {0, 3, 1}, hashes[] = {0, 2, 0};
    kpl_columns_t c = {.struct_size = sizeof c,
                       .count = 3,
                       .keys = {KDS_SLICE_LIT("abbc"), keys},
                       .data = {KDS_SLICE_LIT("xyzw"), data},
                       .explicit_hash_keys = {KDS_SLICE_LIT("17"), hashes},
                       .first_tag = 10};
    begin(&f);
    assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, NULL), KDS_OK);
    assert_int_equal(accepted, 3);
    assert_int_equal(kpl_put_bytes(f.producer, "k", NULL, 0), KDS_OK);
    assert_int_equal(readable(f.outcomes), 0);
    kpl_producer_free(f.producer);
    assert_int_equal(readable(f.outcomes), 1);
    kpl_block_t block = take(f.outcomes);
    assert_int_equal(block.count, 4);
    static const char *const texts[] = {"sa", "sbb17xyz", "scw", "sk"};
    bool seen[4] = {false, false, false, false};
    for (size_t i = 0; i < 4; i++) {
        size_t which = block.rows[i].tag == 0 ? 3 : (size_t)block.rows[i].tag - 10;
        assert_false(seen[which]);
        seen[which] = true;
        assert_int_equal(block.rows[i].code, KDS_ERR_CLOSED);
        assert_int_equal(block.rows[i].persisted, KDS_PERSISTED_NO);
        assert_int_not_equal(block.rows[i].message_n, 0);
        expect_text(&block, i, texts[which]);
    }
    assert_int_equal(block.stored + block.lost, 0);
    assert_int_equal(take(f.outcomes).count, 0);
    kpl_outcomes_free(f.outcomes);
}

static void packed_records_stop_at_the_first_that_is_bad(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t ones[200];
    uint8_t bytes[200];
    size_t accepted;
    kds_error_t *error = NULL;
    kpl_columns_t c = {.struct_size = sizeof c, .count = 200};
    for (size_t i = 0; i < 200; i++) {
        ones[i] = 1;
        bytes[i] = 'x';
    }
    bytes[150] = 0xff; /* no UTF-8 */
    c.keys.bytes = kds_slice_of(bytes, 200);
    c.keys.lengths = ones;
    c.data = c.keys;
    begin(&f);
    assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, &error),
                     KDS_ERR_INVALID_ARG);
    assert_int_equal(accepted, 150);
    assert_non_null(error);
    kds_error_free(error);
    kpl_producer_free(f.producer);
    assert_int_equal(take(f.outcomes).count, 150);
    kpl_outcomes_free(f.outcomes);
}

static void packed_lengths_must_be_those_of_the_bytes(void **state)
{
    (void)state;
    struct fixture f;
    size_t accepted = 7;
    static const uint32_t two[] = {1, 1}, huge[] = {UINT32_MAX, 3};
    const kpl_column_t good = {KDS_SLICE_LIT("ab"), two};
    const kpl_column_t bad[] = {{KDS_SLICE_LIT("abc"), two},
                                {KDS_SLICE_LIT("a"), two},
                                {KDS_SLICE_LIT("ab"), huge},
                                {KDS_SLICE_LIT("ab"), NULL}};
    begin(&f);
    for (size_t column = 0; column < 3; column++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            kds_error_t *error = NULL;
            kpl_columns_t c = {
                .struct_size = sizeof c, .count = 2, .keys = good, .data = good};
            kpl_column_t *columns[] = {&c.keys, &c.data, &c.explicit_hash_keys};
            static const char *const names[] = {
                "keys: ", "data: ", "explicit_hash_keys: "};
            *columns[column] = bad[i];
            assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, &error),
                             KDS_ERR_INVALID_ARG);
            assert_int_equal(accepted, 0);
            assert_memory_equal(kds_error_message(error), names[column],
                                strlen(names[column]));
            kds_error_free(error);
        }
    }
    kpl_columns_t c = {.struct_size = 8, .count = 2, .keys = good, .data = good};
    assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, NULL),
                     KDS_ERR_INVALID_ARG);
    kpl_producer_free(f.producer);
    assert_int_equal(take(f.outcomes).count, 0);
    kpl_outcomes_free(f.outcomes);
}

static void packed_tags_must_fit_into_pointers_F_R09(void **state)
{
    (void)state;
    struct fixture f;
    size_t accepted = 7;
    static const uint32_t two[] = {1, 1};
    const kpl_column_t good = {KDS_SLICE_LIT("ab"), two};
    const uint64_t beyond[] = {UINTPTR_MAX, UINT64_MAX};
    kpl_columns_t c = {.struct_size = sizeof c, .count = 2, .keys = good, .data = good};
    begin(&f);
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        kds_error_t *error = NULL;
        c.first_tag = beyond[i];
        assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, &error),
                         KDS_ERR_INVALID_ARG);
        assert_int_equal(accepted, 0);
        kds_error_free(error);
    }
    c.first_tag = UINTPTR_MAX - 1;
    assert_int_equal(kpl_put_packed(f.producer, &c, 0, &accepted, NULL), KDS_OK);
    kpl_producer_free(f.producer);
    kpl_block_t block = take(f.outcomes);
    assert_int_equal(block.count, 2);
    assert_true(block.rows[0].tag == UINTPTR_MAX - 1);
    assert_true(block.rows[1].tag == UINTPTR_MAX);
    kpl_outcomes_free(f.outcomes);
}

static const kpl_result_t stored = {.struct_size = sizeof stored,
                                    .persisted = KDS_PERSISTED_YES,
                                    .partition_key = KDS_SLICE_LIT("key"),
                                    .data = KDS_SLICE_LIT("data"),
                                    .shard_id = KDS_SLICE_LIT("shard-"),
                                    .sequence_number = KDS_SLICE_LIT("123"),
                                    .subsequence_number = 4,
                                    .attempt_count = 2,
                                    .latency_us = 99};

static void outcomes_without_a_tag_are_counted_and_wake_nobody(void **state)
{
    (void)state;
    kpl_outcomes_t *o = kpl_outcomes_new(1000);
    kpl_result_t results[] = {stored, stored, stored};
    kpl_outcomes_add(results, 2, o);
    assert_int_equal(readable(o), 0);
    results[1].tag = (void *)(uintptr_t)5;
    kpl_outcomes_add(results, 3, o);
    assert_int_equal(readable(o), 1);
    kpl_block_t block = take(o);
    assert_int_equal(block.stored, 4);
    assert_int_equal(block.count, 1);
    assert_int_equal(block.rows[0].tag, 5);
    assert_int_equal(block.rows[0].code, KDS_OK);
    assert_int_equal(block.rows[0].persisted, KDS_PERSISTED_YES);
    assert_int_equal(block.rows[0].subsequence_number, 4);
    assert_int_equal(block.rows[0].attempt_count, 2);
    assert_int_equal(block.rows[0].latency_us, 99);
    expect_text(&block, 0, "shard-123"); /* key and data are known to whoever put it */
    block = take(o);
    assert_int_equal(block.stored + block.count, 0);
    /* A caller that is older knows fewer members. */
    kpl_block_t old = {.struct_size = offsetof(kpl_block_t, count), .count = 77};
    kpl_outcomes_take(o, &old);
    assert_int_equal(old.count, 77);
    kpl_outcomes_free(o);
    kpl_outcomes_free(NULL);
}

static void *add_three(void *opaque)
{
    kpl_result_t results[] = {stored, stored, stored};
    for (size_t i = 0; i < 3; i++) {
        results[i].tag = (void *)(uintptr_t)(i + 1);
    }
    kpl_outcomes_add(results, 3, opaque);
    return NULL;
}

static void fault_U01_outcomes_that_nobody_takes_hold_the_producer_back(void **state)
{
    (void)state;
    pthread_t thread;
    uint64_t next = 1;
    kpl_outcomes_t *o = kpl_outcomes_new(1); /* full with any */
    assert_int_equal(pthread_create(&thread, NULL, add_three, o), 0);
    while (next <= 3) {
        struct pollfd p = {.fd = kpl_outcomes_fd(o), .events = POLLIN};
        assert_int_equal(poll(&p, 1, 10000), 1);
        kpl_block_t block = {.struct_size = sizeof block};
        kpl_outcomes_take(o, &block);
        assert_true(block.count <= 1);
        for (size_t i = 0; i < block.count; i++) {
            assert_int_equal(block.rows[i].tag, next++);
        }
    }
    pthread_join(thread, NULL);
    /* Once nobody will take any, none waits. */
    kpl_outcomes_unbound(o);
    add_three(o);
    assert_int_equal(take(o).count, 3);
    kpl_outcomes_free(o);
}

static int keep_one_outcome(void *unused)
{
    (void)unused;
    kpl_result_t result = stored;
    kpl_outcomes_t *o = kpl_outcomes_new(0);
    if (o == NULL) {
        return 1;
    }
    result.tag = (void *)(uintptr_t)1;
    kpl_outcomes_add(&result, 1, o);
    assert_int_equal(readable(o), 1);
    kpl_block_t block = take(o);
    assert_int_equal(block.count + block.lost, 1);
    kpl_outcomes_free(o);
    return (int)block.lost;
}

static void outcomes_for_which_there_is_no_memory_are_counted(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(keep_one_outcome, NULL) > 2);
}

static void free_outcomes(void *outcomes)
{
    kpl_outcomes_free(outcomes);
}

/* One thread waits for room, as the producer's would. */
static void fault_P08_outcomes_are_left_alone_by_a_forked_child(void **state)
{
    (void)state;
    pthread_t thread;
    kpl_outcomes_t *o = kpl_outcomes_new(1);
    assert_int_equal(pthread_create(&thread, NULL, add_three, o), 0);
    struct pollfd p = {.fd = kpl_outcomes_fd(o), .events = POLLIN};
    assert_int_equal(poll(&p, 1, 10000), 1);
    assert_true(forked_free_touches_nothing(free_outcomes, o));
    kpl_outcomes_unbound(o);
    pthread_join(thread, NULL);
    kpl_outcomes_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_records_have_one_outcome_each_under_their_tags),
        cmocka_unit_test(packed_records_stop_at_the_first_that_is_bad),
        cmocka_unit_test(packed_lengths_must_be_those_of_the_bytes),
        cmocka_unit_test(packed_tags_must_fit_into_pointers_F_R09),
        cmocka_unit_test(outcomes_without_a_tag_are_counted_and_wake_nobody),
        cmocka_unit_test(fault_U01_outcomes_that_nobody_takes_hold_the_producer_back),
        cmocka_unit_test(outcomes_for_which_there_is_no_memory_are_counted),
        cmocka_unit_test(fault_P08_outcomes_are_left_alone_by_a_forked_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
