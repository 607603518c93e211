/*
 * test_recreated: a stream is deleted, and another one of its name has other shards under the same ids:
 * nothing is acknowledged by the old one's list of shards, and the order is kept.
 */
#include "core_fixture.h"

#include <stdio.h>
#include <string.h>

/* The old stream's shards part at 50, the new one's at 30. */
static const char *const new_starts[2] = {"0", "30"};

static void fail_not_found(struct fixture *f, const struct kpl_action *action)
{
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {
        .service_code = KDS_SLICE_LIT("ResourceNotFoundException")};
    kds_error_set_detail(&error, KDS_ERR_NOT_FOUND, &detail, "Stream s not found.");
    kpl_core_done(f->core, f->now_us, action->id, NULL, error);
    kds_error_free(error);
    fx_take_results(f);
}

/* An aggregate for the first shard of the old stream, which was sent and not answered yet. */
static void begin_with_an_aggregate(struct fixture *f, struct kpl_action *put)
{
    fx_begin(f);
    fx_open(f);
    assert_int_equal(fx_put(f, "a", "10", "one", 1), KDS_OK);
    assert_true(fx_next(f, put));
    fx_answer_shards(f, put->id, two_ids, two_starts, 2);
    assert_int_equal(fx_put(f, "b", "40", "two", 2), KDS_OK);
    assert_int_equal(fx_put(f, "a", "11", "three", 3), KDS_OK);
    f->now_us += 200 * MS;
    fx_expect_put(f, put);
    assert_int_equal(put->put_records.records_count, 1);
}

/* The next of this kind, for as long as it takes; others stay without an answer. */
static void wait_for(struct fixture *f, enum kpl_action_kind kind, struct kpl_action *out)
{
    for (int i = 0; i < 1000; i++, f->now_us += 10 * MS) {
        while (fx_next(f, out)) {
            if (out->kind == kind) {
                return;
            }
        }
    }
    fail();
}

/* The new stream stores each entry by its hash key. */
static void store_in_the_new_stream(struct fixture *f, const struct kpl_action *action)
{
    kds_put_records_result_entry_t entries[8];
    const size_t count = action->put_records.records_count;
    memset(entries, 0, sizeof entries);
    assert_in_range(count, 1, 8);
    for (size_t i = 0; i < count; i++) {
        kds_slice_t hash = action->put_records.records[i].explicit_hash_key;
        entries[i].shard_id = kds_slice(two_ids[hash.n == 2 && hash.p[0] >= '3']);
        entries[i].sequence_number = kds_slice("49");
    }
    const kds_put_records_out_t out = {.records = entries, .records_count = count};
    kpl_core_done(f->core, f->now_us, action->id, &out, NULL);
    fx_take_results(f);
}

static void finish_in_the_new_stream(struct fixture *f)
{
    struct kpl_action action;
    for (int i = 0; i < 1000 && f->total < 3; i++, f->now_us += 10 * MS) {
        while (fx_next(f, &action)) {
            if (action.kind == KPL_ACTION_LIST_SHARDS) {
                fx_answer_shards(f, action.id, two_ids, new_starts, 2);
            } else {
                store_in_the_new_stream(f, &action);
            }
        }
    }
    for (size_t tag = 1; tag <= 3; tag++) {
        assert_int_equal(f->outcomes[tag], 1);
        assert_int_equal(f->codes[tag], KDS_OK);
    }
}

static void fault_S09_an_old_map_acknowledges_nothing_after_not_found(void **state)
{
    struct fixture f;
    struct kpl_action put, listing;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    fail_not_found(&f, &put);
    assert_true(fx_next(&f, &listing));
    assert_int_equal(listing.kind, KPL_ACTION_LIST_SHARDS);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &put);
    fx_answer_all(&f, &put, two_ids[0]); /* the new one's, where "two" does not belong */
    assert_int_equal(f.total, 0);
    fx_answer_shards(&f, listing.id, two_ids, new_starts, 2);
    finish_in_the_new_stream(&f);
    fx_end(&f);
}

static void fail_for_now(struct fixture *f, const struct kpl_action *action)
{
    kds_error_t *error = NULL;
    kds_error_set(&error, KDS_ERR_TRANSPORT, "no connection");
    kpl_core_done(f->core, f->now_us, action->id, NULL, error);
    kds_error_free(error);
    fx_take_results(f);
}

/* What is packed and waits, while a request was told that there is no such stream, and lists fail. */
static void wait_in_doubt(struct fixture *f)
{
    struct kpl_action action;
    fx_begin(f);
    fx_set(f, "linger.ms", "20000");
    fx_open(f);
    assert_int_equal(fx_put(f, "a", "10", "one", 1), KDS_OK);
    assert_true(fx_next(f, &action));
    fx_answer_shards(f, action.id, two_ids, two_starts, 2);
    kpl_core_flush(f->core, f->now_us);
    fx_expect_put(f, &action);
    f->now_us += MS; /* the flush is not for these */
    assert_int_equal(fx_put(f, "b", "40", "two", 2), KDS_OK);
    assert_int_equal(fx_put(f, "a", "11", "three", 3), KDS_OK);
    fail_not_found(f, &action);
    for (int i = 0; i < 1500; i++, f->now_us += 10 * MS) {
        while (fx_next(f, &action)) {
            if (action.kind == KPL_ACTION_PUT_RECORDS) {
                assert_int_equal(action.put_records.records_count, 1); /* "one" again */
                fail_not_found(f, &action);
            } else {
                fail_for_now(f, &action);
            }
        }
    }
}

/* Nothing says whether it still belongs together, and it would be sent again for that. Alone, each record is read
 * wherever it lands. */
static void fault_S09_what_waits_is_taken_apart_when_no_list_comes(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    wait_in_doubt(&f);
    while (f.outcomes[2] + f.outcomes[3] < 2) {
        wait_for(&f, KPL_ACTION_PUT_RECORDS, &put);
        for (size_t i = 0; i < put.put_records.records_count; i++) {
            assert_true(put.put_records.records[i].data.p[0] == 't'); /* two, three */
        }
        fx_answer_all(&f, &put, two_ids[1]);
    }
    assert_int_equal(f.codes[2], KDS_OK);
    assert_int_equal(f.codes[3], KDS_OK);
    fx_end(&f);
}

/* Each of them is a reason to ask at once, and all together none. */
static void fault_S09_many_that_are_not_found_ask_for_few_lists(void **state)
{
    struct fixture f;
    struct kpl_action put, action;
    size_t lists = 0;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    for (int i = 0; i < 100; i++, f.now_us += 10 * MS) {
        fail_not_found(&f, &put);
        assert_int_equal(fx_put(&f, "a", "10", "more", 4), KDS_OK);
        kpl_core_flush(f.core, f.now_us);
        put.id = 0; /* nothing is under way by that number */
        while (fx_next(&f, &action)) {
            if (action.kind == KPL_ACTION_PUT_RECORDS) {
                put = action;
            } else {
                lists++; /* it shows the old stream, for as long as that is being deleted */
                fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
            }
        }
    }
    assert_in_range(lists, 2, 7);
    fx_end(&f);
}

static void fault_S09_a_list_from_before_not_found_is_not_used(void **state)
{
    struct fixture f;
    struct kpl_action put, listing;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    fx_answer_all(&f, &put, two_ids[1]); /* wrong, which asks for a list */
    assert_true(fx_next(&f, &listing));
    assert_int_equal(listing.kind, KPL_ACTION_LIST_SHARDS);
    assert_int_equal(fx_put(&f, "c", "70", "four", 4), KDS_OK);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &put);
    fail_not_found(&f, &put);
    fx_answer_shards(&f, listing.id, two_ids, two_starts, 2); /* the old stream's */
    wait_for(&f, KPL_ACTION_LIST_SHARDS, &listing);
    assert_int_equal(f.total, 0);
    fx_end(&f);
}

/* The service lists a stream for as long as it is being deleted, and takes nothing for it any more. */
static void fault_S09_a_list_from_while_it_was_deleted_is_not_used(void **state)
{
    struct fixture f;
    struct kpl_action put, listing;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    fail_not_found(&f, &put);
    assert_true(fx_next(&f, &listing));
    assert_int_equal(listing.kind, KPL_ACTION_LIST_SHARDS);
    fx_answer_shards(&f, listing.id, two_ids, two_starts, 2);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &put);
    fx_answer_all(&f, &put, two_ids[0]); /* the new one's, where "two" does not belong */
    assert_int_equal(f.total, 0);
    finish_in_the_new_stream(&f);
    fx_end(&f);
}

static void fault_S09_not_found_is_believed_of_a_list_as_well(void **state)
{
    struct fixture f;
    struct kpl_action put, listing;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    assert_int_equal(fx_put(&f, "c", "70", "four", 4), KDS_OK);
    f.now_us += 200 * MS;
    struct kpl_action other;
    fx_expect_put(&f, &other);
    fx_answer_all(&f, &other,
                  "shardId-000000000009"); /* alone, stored; asks for a list */
    assert_int_equal(f.total, 1);
    wait_for(&f, KPL_ACTION_LIST_SHARDS, &listing);
    fail_not_found(&f, &listing);
    fx_answer_all(&f, &put, two_ids[0]);
    assert_int_equal(f.total, 1);
    fx_end(&f);
}

static void fault_S09_a_shard_that_only_the_old_stream_had_is_not_believed(void **state)
{
    struct fixture f;
    struct kpl_action put, listing;
    (void)state;
    begin_with_an_aggregate(&f, &put);
    fail_not_found(&f, &put);
    assert_true(fx_next(&f, &listing));
    assert_int_equal(listing.kind, KPL_ACTION_LIST_SHARDS);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &put);
    fx_answer_shards(&f, listing.id, two_ids + 1, one_start, 1); /* it has another only */
    fx_answer_all(&f, &put, two_ids[0]); /* by now a child of that, with some hash keys */
    assert_int_equal(f.total, 0);
    finish_in_the_new_stream(&f);
    fx_end(&f);
}

static void fault_S09_the_order_is_kept_when_a_shard_has_other_hash_keys(void **state)
{
    struct fixture f;
    struct kpl_action first, action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "ordered", "true");
    fx_set(&f, "aggregation.enable", "false");
    fx_open(&f);
    assert_int_equal(fx_put(&f, "b", "40", "one", 1), KDS_OK);
    assert_true(fx_next(&f, &action));
    fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &first); /* under way to the first shard */
    assert_int_equal(fx_put(&f, "b", "40", "two", 2), KDS_OK);
    assert_int_equal(fx_put(&f, "z", "70", "aside", 9), KDS_OK);
    f.now_us += 200 * MS;
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &action);
    fx_answer_all(&f, &action,
                  two_ids[0]); /* not where it was to go: a list is asked for */
    wait_for(&f, KPL_ACTION_LIST_SHARDS, &action);
    fx_answer_shards(&f, action.id, two_ids, new_starts, 2);
    assert_int_equal(fx_put(&f, "b", "40", "three", 3), KDS_OK); /* the second's by now */
    for (int i = 0; i < 50; i++, f.now_us += 10 * MS) {
        assert_false(fx_next(&f, &action)); /* "two" waits for "one", "three" for both */
    }
    fx_answer_all(&f, &first, two_ids[1]);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &action);
    assert_int_equal(action.put_records.records_count, 1);
    assert_true(kds_slice_is(action.put_records.records[0].data, "two"));
    fx_answer_all(&f, &action, two_ids[1]);
    wait_for(&f, KPL_ACTION_PUT_RECORDS, &action);
    assert_true(kds_slice_is(action.put_records.records[0].data, "three"));
    fx_end(&f);
}

/* ---- without an answer that says so ---------------------------------------------------------- */

/* Of a shard of the old stream, its first and a later one; the same of the new stream. */
static const char *const old_numbers[] = {
    "49646437577108476416916876405825929425585429676275269634",
    "49646437577108476416916876405831974054683530309939494914"};
static const char *const new_numbers[] = {
    "49646437587812834112211575513763074196456645260730171394",
    "49646437587812834112211575513773954528833176992022003714"};

/* @param middle  where the second shard begins, and the hash key before */
static void list(struct fixture *f,
                 uint64_t id,
                 const char *const middle[2],
                 const char *const numbers[2])
{
    kds_shard_t shards[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        shards[i].shard_id = kds_slice(two_ids[i]);
        shards[i].hash_key_range.starting_hash_key = kds_slice(i ? middle[0] : "0");
        shards[i].hash_key_range.ending_hash_key =
            kds_slice(i ? "340282366920938463463374607431768211455" : middle[1]);
        shards[i].sequence_number_range.starting_sequence_number = kds_slice(numbers[0]);
    }
    const kds_list_shards_out_t out = {.shards = shards, .shards_count = 2};
    kpl_core_done(f->core, f->now_us, id, &out, NULL);
    fx_take_results(f);
}

static const char *const at_50[2] = {"50", "49"}, *const at_30[2] = {"30", "29"};

static void store_first(struct fixture *f, uint64_t id, const char *number)
{
    kds_put_records_result_entry_t entry = {.shard_id = kds_slice(two_ids[0]),
                                            .sequence_number = kds_slice(number)};
    const kds_put_records_out_t out = {.records = &entry, .records_count = 1};
    kpl_core_done(f->core, f->now_us, id, &out, NULL);
    fx_take_results(f);
}

/* Three records in an aggregate for the first shard, which the list says is the old stream's. */
static void begin_listed(struct fixture *f, struct kpl_action *put)
{
    fx_begin(f);
    fx_open(f);
    assert_int_equal(fx_put(f, "a", "10", "one", 1), KDS_OK);
    assert_true(fx_next(f, put));
    list(f, put->id, at_50, old_numbers);
    assert_int_equal(fx_put(f, "b", "40", "two", 2), KDS_OK);
    assert_int_equal(fx_put(f, "a", "11", "three", 3), KDS_OK);
    f->now_us += 200 * MS;
    fx_expect_put(f, put);
    assert_int_equal(put->put_records.records_count, 1);
}

static void fault_S09_a_number_of_the_listed_shard_acknowledges(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_listed(&f, &put);
    store_first(&f, put.id, old_numbers[1]);
    assert_int_equal(f.total, 3);
    assert_false(fx_next(&f, &put));
    fx_end(&f);
}

static void fault_S09_a_number_of_another_shard_acknowledges_nothing(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_listed(&f, &action);
    store_first(&f, action.id, new_numbers[1]); /* "two" does not belong there */
    assert_int_equal(f.total, 0);
    assert_true(fx_next(&f, &action)); /* at once */
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    list(&f, action.id, at_30, new_numbers);
    assert_int_equal(f.total, 0);
    finish_in_the_new_stream(&f);
    fx_end(&f);
}

static void fault_S09_a_new_stream_like_the_old_one_gets_nothing_twice(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_listed(&f, &action);
    store_first(&f, action.id, new_numbers[1]);
    assert_true(fx_next(&f, &action));
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    list(&f, action.id, at_50, new_numbers);
    assert_int_equal(f.total, 3);
    assert_int_equal(f.codes[2], KDS_OK);
    assert_false(fx_next(&f, &action));
    fx_end(&f);
}

static void fault_S09_numbers_that_mean_something_else_are_let_be(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t listings = 0;
    (void)state;
    begin_listed(&f, &action);
    for (size_t round = 0; round < 6; round++) {
        store_first(&f, action.id, new_numbers[1]);
        /* Lists that tell nothing new are a tenth of a second apart, then twice that. */
        for (int ms = 0; f.total < 3 * (round + 1) && ms < 1000; ms++) {
            f.now_us += MS;
            if (fx_next(&f, &action)) {
                assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
                listings++;
                list(&f, action.id, at_50, old_numbers); /* of the same as ever */
            }
        }
        assert_int_equal(f.total, 3 * (round + 1));
        fx_put(&f, "a", "10", "one", 1);
        fx_put(&f, "b", "40", "two", 2);
        fx_put(&f, "a", "11", "three", 3);
        f.now_us += 200 * MS;
        fx_expect_put(&f, &action);
    }
    assert_int_equal(listings, 3);
    fx_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_S09_an_old_map_acknowledges_nothing_after_not_found),
        cmocka_unit_test(fault_S09_what_waits_is_taken_apart_when_no_list_comes),
        cmocka_unit_test(fault_S09_many_that_are_not_found_ask_for_few_lists),
        cmocka_unit_test(fault_S09_a_list_from_before_not_found_is_not_used),
        cmocka_unit_test(fault_S09_a_list_from_while_it_was_deleted_is_not_used),
        cmocka_unit_test(fault_S09_not_found_is_believed_of_a_list_as_well),
        cmocka_unit_test(fault_S09_a_shard_that_only_the_old_stream_had_is_not_believed),
        cmocka_unit_test(fault_S09_the_order_is_kept_when_a_shard_has_other_hash_keys),
        cmocka_unit_test(fault_S09_a_number_of_the_listed_shard_acknowledges),
        cmocka_unit_test(fault_S09_a_number_of_another_shard_acknowledges_nothing),
        cmocka_unit_test(fault_S09_a_new_stream_like_the_old_one_gets_nothing_twice),
        cmocka_unit_test(fault_S09_numbers_that_mean_something_else_are_let_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
