/*
 * test_stream: what a producer learns of a stream: its shards, who spreads the records, how much a shard
 * takes.
 */
#include "core_fixture.h"

#include "limiter.h"

#include <stdio.h>
#include <string.h>

#define S KDS_US_PER_S

static const char *const four_ids[] = {"shardId-000000000001", "shardId-000000000002",
                                       "shardId-000000000003", "shardId-000000000004"};
static const char *const four_starts[] = {"0", "25", "50", "75"};

static void begin_asking(struct fixture *f)
{
    fx_begin(f);
    fx_set(f, "record.distribution", "detect");
    fx_set(f, "describe.interval.ms", "300s");
    fx_open(f);
}

/* @param strategy  NULL = the question is refused */
static void
answer_summary(struct fixture *f, uint64_t id, const char *strategy, int64_t created_ms)
{
    const kds_describe_stream_summary_out_t out = {
        .stream_description_summary = {.record_distribution_strategy =
                                           kds_slice(strategy),
                                       .stream_creation_timestamp_ms = created_ms}};
    kpl_core_done(f->core, f->now_us, id, strategy ? &out : NULL, NULL);
}

/* Answer all questions: two shards, and @p strategy. The first PutRecords ends it. @return is there one? */
static bool answer_questions(struct fixture *f,
                             const char *strategy,
                             int64_t created_ms,
                             struct kpl_action *put)
{
    while (fx_next(f, put)) {
        if (put->kind == KPL_ACTION_PUT_RECORDS) {
            return true;
        }
        if (put->kind == KPL_ACTION_LIST_SHARDS) {
            fx_answer_shards(f, put->id, two_ids, two_starts, 2);
        } else {
            answer_summary(f, put->id, strategy, created_ms);
        }
        f->now_us += MS;
    }
    return false;
}

static bool put_comes(struct fixture *f,
                      const char *strategy,
                      int64_t created_ms,
                      struct kpl_action *put)
{
    for (int i = 0; i < 200; i++, f->now_us += 10 * MS) {
        if (answer_questions(f, strategy, created_ms, put)) {
            return true;
        }
    }
    return false;
}

static void put_pair(struct fixture *f)
{
    assert_int_equal(fx_put(f, "a", "1", "one", 1), KDS_OK);
    assert_int_equal(fx_put(f, "b", "2", "two", 2), KDS_OK);
}

/* ---- who spreads the records ------------------------------------------------------------------ */

static void stream_is_aggregated_to_once_the_service_says_that_keys_decide(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_asking(&f);
    put_pair(&f);
    assert_true(put_comes(&f, "USER_PARTITION_KEY", 1, &put));
    assert_int_equal(put.put_records.records_count, 1);
    fx_answer_all(&f, &put, two_ids[0]);
    fx_end(&f);
}

static void stream_of_the_service_is_never_aggregated_to(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_asking(&f);
    put_pair(&f);
    assert_true(put_comes(&f, "AUTO", 1, &put));
    assert_int_equal(put.put_records.records_count, 2);
    fx_answer_all(&f, &put, "shardId-000000000077"); /* anywhere is right */
    assert_int_equal(f.codes[1], KDS_OK);
    assert_int_equal(f.codes[2], KDS_OK);
    assert_false(fx_next(&f, &put)); /* and no reason to ask */
    fx_end(&f);
}

static void stream_that_changes_hands_is_noticed_by_where_records_land(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_asking(&f);
    put_pair(&f);
    assert_true(put_comes(&f, "USER_PARTITION_KEY", 1, &put));
    fx_answer_all(&f, &put, two_ids[1]); /* not where they were to go */
    assert_int_equal(f.total, 0);        /* a reader would drop them */
    assert_true(put_comes(&f, "AUTO", 1, &put));
    for (int i = 0; i < 3 && put.put_records.records_count == 1; i++) {
        fx_answer_all(&f, &put, two_ids[1]);
        assert_true(put_comes(&f, "AUTO", 1, &put));
    }
    assert_int_equal(put.put_records.records_count, 2);
    fx_answer_all(&f, &put, two_ids[1]);
    assert_int_equal(f.codes[1], KDS_OK);
    assert_int_equal(f.codes[2], KDS_OK);
    fx_end(&f);
}

static void stream_that_may_not_be_asked_about_has_to_prove_itself(void **state)
{
    struct fixture f;
    struct kpl_action put;
    unsigned alone = 0;
    (void)state;
    begin_asking(&f);
    for (int i = 0; i < 60; i++) {
        put_pair(&f);
        assert_true(put_comes(&f, NULL, 0, &put));
        if (put.put_records.records_count == 1) {
            break;
        }
        alone += 2;
        fx_answer_all(&f, &put, two_ids[0]);
    }
    assert_int_equal(put.put_records.records_count, 1);
    assert_in_range(alone, 80,
                    84); /* two in each answer; some went before the map was there */
    fx_end(&f);
}

/* What a stream did whose records the service spreads over four shards. */
struct spread {
    unsigned requests, aggregates, lists;
    int64_t last_aggregate_us;
};

static void answer_by_chance(struct fixture *f,
                             const struct kpl_action *put,
                             struct kds_rng *rng,
                             struct spread *seen)
{
    static kds_put_records_result_entry_t entries[500];
    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < put->put_records.records_count; i++) {
        entries[i].shard_id = kds_slice(four_ids[kds_rng_below(rng, 4)]);
        entries[i].sequence_number = kds_slice("49");
        if (kds_slice_is(put->put_records.records[i].partition_key, "a")) {
            seen->aggregates++;
            seen->last_aggregate_us = f->now_us;
        }
    }
    const kds_put_records_out_t out = {.records = entries,
                                       .records_count = put->put_records.records_count};
    kpl_core_done(f->core, f->now_us, put->id, &out, NULL);
    fx_take_results(f);
}

/* Four records every 10 ms; each answer comes 10 ms later, and none says who spreads them. */
static struct spread spread_for(struct fixture *f, int64_t us, uint64_t seed)
{
    static struct kpl_action actions[64];
    struct spread seen = {0, 0, 0, 0};
    struct kds_rng rng;
    char hash_key[8];
    kds_rng_seed(&rng, seed);
    for (int64_t until_us = f->now_us + us; f->now_us < until_us; f->now_us += 10 * MS) {
        size_t count = 0;
        for (int i = 0; i < 4; i++) {
            snprintf(hash_key, sizeof hash_key, "%d", (int)kds_rng_below(&rng, 100));
            assert_int_equal(fx_put(f, "k", hash_key, "data", 1), KDS_OK);
        }
        while (count < 64 && fx_next(f, &actions[count])) {
            count++;
        }
        for (size_t i = 0; i < count; i++) {
            if (actions[i].kind == KPL_ACTION_PUT_RECORDS) {
                seen.requests++;
                answer_by_chance(f, &actions[i], &rng, &seen);
            } else if (actions[i].kind == KPL_ACTION_LIST_SHARDS) {
                seen.lists++;
                fx_answer_shards(f, actions[i].id, four_ids, four_starts, 4);
            } else {
                answer_summary(f, actions[i].id, NULL, 0);
            }
        }
    }
    return seen;
}

/* Chance hits come in runs, the longer the fewer shards there are. */
static void
stream_of_the_service_that_may_not_be_asked_about_is_not_aggregated_to(void **state)
{
    (void)state;
    for (int asks = 0; asks < 2; asks++) {
        struct fixture f;
        fx_begin(&f);
        fx_set(&f, "record.distribution", "detect");
        fx_set(&f, "describe.interval.ms", asks ? "300s" : "0");
        fx_set(&f, "linger.ms", "20");
        fx_open(&f);
        struct spread seen = spread_for(&f, 600 * S, 5);
        assert_int_equal(seen.aggregates, 0);
        fx_end(&f);
    }
}

/* Whoever set this is wrong: a few lists are enough to see it, hits by chance do not hide it. */
static void stream_of_the_service_is_found_out_though_it_was_set_otherwise(void **state)
{
    struct fixture f;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "linger.ms", "20");
    fx_open(&f);
    int64_t began_us = f.now_us;
    struct spread seen = spread_for(&f, 600 * S, 6);
    assert_true(seen.aggregates > 0);
    assert_in_range(seen.last_aggregate_us - began_us, 0, 2 * S);
    fx_end(&f);
}

/* Each miss asks for a list that tells nothing new. */
static void fault_S08_lists_that_tell_nothing_new_are_asked_for_rarely(void **state)
{
    struct fixture f;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "linger.ms", "20");
    fx_open(&f);
    assert_in_range(spread_for(&f, 25 * S, 7).lists, 3, 10);
    assert_in_range(spread_for(&f, 300 * S, 8).lists, 5, 12); /* every half minute */
    fx_end(&f);
}

static void record_without_a_key_goes_to_a_stream_of_the_service_only(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    fx_begin(&f);
    assert_int_equal(fx_put(&f, NULL, NULL, "data", 1), KDS_ERR_INVALID_ARG);
    fx_set(&f, "record.distribution", "AUTO");
    fx_open(&f);
    assert_int_equal(fx_put(&f, NULL, NULL, "data", 1), KDS_OK);
    assert_true(put_comes(&f, "AUTO", 1, &put));
    assert_null(put.put_records.records[0].partition_key.p);
    assert_null(put.put_records.records[0].explicit_hash_key.p);
    fx_answer_all(&f, &put, two_ids[0]);
    assert_int_equal(f.codes[1], KDS_OK);
    fx_end(&f);
}

static void record_without_a_key_waits_for_who_spreads_the_records(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_asking(&f);
    assert_int_equal(fx_put(&f, NULL, NULL, "data", 1), KDS_OK);
    assert_true(put_comes(&f, "AUTO", 1, &put));
    assert_null(put.put_records.records[0].partition_key.p);
    fx_answer_all(&f, &put, two_ids[0]);
    assert_int_equal(f.codes[1], KDS_OK);
    fx_end(&f);
}

static void record_without_a_key_fails_where_keys_spread_the_records(void **state)
{
    struct fixture f;
    struct kpl_action put;
    (void)state;
    begin_asking(&f);
    assert_int_equal(fx_put(&f, NULL, NULL, "data", 1), KDS_OK);
    assert_int_equal(fx_put(&f, "a", "1", "one", 2), KDS_OK);
    assert_true(put_comes(&f, "USER_PARTITION_KEY", 1, &put));
    assert_int_equal(put.put_records.records_count, 1); /* which has a key */
    fx_answer_all(&f, &put, two_ids[0]);
    assert_int_equal(fx_put(&f, NULL, NULL, "data", 3), KDS_OK);
    fx_take_results(&f);
    assert_int_equal(f.total, 3);
    for (size_t tag = 1; tag <= 3; tag += 2) {
        assert_int_equal(f.codes[tag], KDS_ERR_INVALID_ARG);
        assert_int_equal(f.persisted[tag], KDS_PERSISTED_NO);
    }
    assert_string_equal(f.service_code, "InvalidPartitionKey");
    assert_int_equal(f.codes[2], KDS_OK);
    fx_end(&f);
}

/* A name and an ARN exclude each other; a page is asked for by its token alone, whatever the first was. */
static void stream_is_named_by_its_arn_in_every_call(void **state)
{
    static const char arn[] = "arn:aws:kinesis:us-east-1:123456789012:stream/s";
    struct fixture f;
    struct kpl_action action;
    unsigned seen = 0;
    (void)state;
    begin_asking(&f);
    kpl_record_t r = fx_record("a", NULL, "one", 1);
    r.stream = kds_slice(arn);
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_OK);
    assert_int_equal(kpl_core_put(f.core, f.now_us, &r, NULL), KDS_OK);
    for (int i = 0; i < 200 && seen != 7; i++, f.now_us += 10 * MS) {
        while (fx_next(&f, &action)) {
            kds_slice_t named[3][2] = {
                [KPL_ACTION_LIST_SHARDS] = {action.list_shards.stream_arn,
                                            action.list_shards.stream_name},
                [KPL_ACTION_SUMMARY] = {action.summary.stream_arn,
                                        action.summary.stream_name},
                [KPL_ACTION_PUT_RECORDS] = {action.put_records.stream_arn,
                                            action.put_records.stream_name}};
            assert_true(kds_slice_is(named[action.kind][0], arn));
            assert_null(named[action.kind][1].p);
            seen |= 1u << action.kind;
            if (action.kind == KPL_ACTION_LIST_SHARDS) {
                fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
            } else if (action.kind == KPL_ACTION_SUMMARY) {
                answer_summary(&f, action.id, "USER_PARTITION_KEY", 1);
            }
        }
    }
    assert_int_equal(seen, 7);
    fx_end(&f);
}

/* ---- shards ------------------------------------------------------------------------------- */

/* The first page of two; the answer of the second is asked for by its token alone. */
static uint64_t first_page(struct fixture *f, struct kpl_action *action)
{
    kds_shard_t shard = {.shard_id = kds_slice(two_ids[0]),
                         .hash_key_range = {kds_slice("0"), kds_slice("49")}};
    const kds_list_shards_out_t out = {
        .shards = &shard, .shards_count = 1, .next_token = kds_slice("token")};
    assert_int_equal(action->kind, KPL_ACTION_LIST_SHARDS);
    assert_non_null(action->list_shards.stream_name.p);
    kpl_core_done(f->core, f->now_us, action->id, &out, NULL);
    assert_true(fx_next(f, action));
    assert_int_equal(action->kind, KPL_ACTION_LIST_SHARDS);
    assert_null(action->list_shards.stream_name.p); /* the service refuses both */
    assert_null(action->list_shards.shard_filter);
    assert_true(kds_slice_is(action->list_shards.next_token, "token"));
    return action->id;
}

static void fault_S08_pages_become_a_map_only_together(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    put_pair(&f);
    assert_true(fx_next(&f, &action));
    uint64_t id = first_page(&f, &action);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &action); /* nobody waits for the second page */
    assert_int_equal(action.put_records.records_count, 2);
    fx_answer_all(&f, &action, two_ids[0]);
    kds_shard_t rest = {
        .shard_id = kds_slice(two_ids[1]),
        .hash_key_range = {kds_slice("50"),
                           kds_slice("340282366920938463463374607431768211455")}};
    const kds_list_shards_out_t out = {.shards = &rest, .shards_count = 1};
    kpl_core_done(f.core, f.now_us, id, &out, NULL);
    put_pair(&f);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 1);
    fx_end(&f);
}

static void fault_S08_an_expired_token_begins_the_list_anew(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    put_pair(&f);
    assert_true(fx_next(&f, &action));
    first_page(&f, &action);
    kpl_core_done(f.core, f.now_us, action.id, NULL, NULL);
    f.now_us += 2 * S;
    while (fx_next(&f, &action) && action.kind != KPL_ACTION_LIST_SHARDS) {
    }
    first_page(&f, &action);
    fx_end(&f);
}

/* A listing that is throttled for five minutes: asked for every half minute in the end, and every record
 * goes, alone, within its linger time. */
static void fault_S08_a_list_that_never_comes_holds_nothing_up(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t listings = 0, records = 0;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    for (int64_t ms = 0; ms < 300000; ms += 50, f.now_us += 50 * MS) {
        if (ms % 10000 == 0) {
            put_pair(&f);
        }
        while (fx_next(&f, &action)) {
            if (action.kind == KPL_ACTION_LIST_SHARDS) {
                listings++;
                kpl_core_done(f.core, f.now_us, action.id, NULL, NULL);
            } else {
                assert_int_equal(action.put_records.records_count, 2);
                records += 2;
                fx_answer_all(&f, &action, two_ids[0]);
            }
        }
    }
    assert_int_equal(records, 60);
    assert_in_range(listings, 8, 30);
    fx_end(&f);
}

/* What landed on an unknown shard waits for a list; but not for one that has failed again and again, and is asked
 * for rarely by now. */
static void
fault_S08_what_landed_elsewhere_does_not_wait_for_a_list_that_fails(void **state)
{
    struct fixture f;
    struct kpl_action put, action;
    size_t failures = 0;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    put_pair(&f);
    assert_true(fx_next(&f, &action));
    fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &put);
    assert_int_equal(fx_put(&f, "c", "70", "three", 3), KDS_OK);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, "shardId-000000000077"); /* alone: a list is asked for */
    for (; failures < 4; f.now_us += 10 * MS) {
        while (fx_next(&f, &action)) {
            assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
            kpl_core_done(f.core, f.now_us, action.id, NULL, NULL);
            failures++;
        }
    }
    fx_answer_all(&f, &put, "shardId-000000000077");
    assert_int_equal(f.outcomes[1] + f.outcomes[2], 0);
    fx_expect_put(&f, &put);
    assert_int_equal(put.put_records.records_count,
                     2); /* alone each: read wherever they lie */
    fx_answer_all(&f, &put, "shardId-000000000077");
    assert_int_equal(f.outcomes[1] + f.outcomes[2], 2);
    fx_end(&f);
}

static void fault_S09_another_stream_of_the_same_name_is_not_aggregated_to(void **state)
{
    struct fixture f;
    struct kpl_action action;
    bool asked = false;
    (void)state;
    begin_asking(&f);
    put_pair(&f);
    assert_true(put_comes(&f, "USER_PARTITION_KEY", 1000, &action));
    assert_int_equal(action.put_records.records_count, 1);
    fx_answer_all(&f, &action, two_ids[0]);
    f.now_us += 400 * S; /* it is asked again, and was created anew meanwhile */
    assert_true(fx_next(&f, &action));
    assert_int_equal(action.kind, KPL_ACTION_SUMMARY);
    answer_summary(&f, action.id, "USER_PARTITION_KEY", 2000);
    put_pair(&f);
    f.now_us += 200 * MS;
    while (fx_next(&f, &action) && action.kind != KPL_ACTION_PUT_RECORDS) {
        asked |= action.kind == KPL_ACTION_LIST_SHARDS;
    }
    assert_true(asked);
    assert_int_equal(action.kind, KPL_ACTION_PUT_RECORDS);
    assert_int_equal(action.put_records.records_count, 2); /* alone each */
    fx_end(&f);
}

/* Ids that nobody knows, or that are none, never make a success of an aggregate. */
static void fault_S07_an_unknown_shard_acknowledges_nothing(void **state)
{
    static char long_id[300];
    static const char *const ids[] = {"shardId-000000000099", "nonsense", long_id};
    (void)state;
    memset(long_id, 'x', sizeof long_id - 1);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct fixture f;
        struct kpl_action action;
        begin_asking(&f);
        put_pair(&f);
        assert_true(put_comes(&f, "USER_PARTITION_KEY", 1, &action));
        fx_answer_all(&f, &action, ids[i]);
        assert_int_equal(f.total, 0);
        assert_true(
            put_comes(&f, "USER_PARTITION_KEY", 1, &action)); /* again, all of it */
        fx_answer_all(&f, &action, two_ids[0]);
        assert_int_equal(f.outcomes[1], 1);
        assert_int_equal(f.codes[1], KDS_OK);
        fx_end(&f);
    }
}

/* ---- several producers on one shard ------------------------------------------------------------- */

#define PRODUCERS 3

/* A shard that takes 1000 records a second; each producer would send 1500. */
static void limiters_of_several_producers_share_a_shard(void **state)
{
    struct kpl_limiter limiters[PRODUCERS];
    struct kds_rng rng;
    unsigned stored[PRODUCERS] = {0}, refused = 0, all = 0;
    double tokens = 1000;
    (void)state;
    kds_rng_seed(&rng, 3);
    for (int i = 0; i < PRODUCERS; i++) {
        kpl_limiter_init(&limiters[i], 150, 0);
    }
    for (int64_t now_us = 0; now_us < 120 * S; now_us += 100) {
        int i = (int)kds_rng_below(&rng, PRODUCERS);
        tokens = tokens + 0.1 < 1000 ? tokens + 0.1 : 1000;
        if (kpl_limiter_at_us(&limiters[i], 100, now_us) > now_us) {
            continue;
        }
        bool measured = now_us > 60 * S; /* when they have come to an arrangement */
        kpl_limiter_charge(&limiters[i], 100);
        if (tokens >= 1) {
            tokens -= 1;
            stored[i] += measured;
            kpl_limiter_succeeded(&limiters[i], now_us);
        } else {
            refused += measured;
            kpl_limiter_throttled(&limiters[i], now_us, &rng);
        }
    }
    for (int i = 0; i < PRODUCERS; i++) {
        all += stored[i];
        assert_in_range(stored[i], 60000 / PRODUCERS / 2, 60000 / PRODUCERS * 2);
    }
    assert_in_range(all, 60000 * 8 / 10, 61000); /* most of what the shard takes */
    assert_in_range(refused, 0, all / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_is_aggregated_to_once_the_service_says_that_keys_decide),
        cmocka_unit_test(stream_of_the_service_is_never_aggregated_to),
        cmocka_unit_test(stream_that_changes_hands_is_noticed_by_where_records_land),
        cmocka_unit_test(stream_that_may_not_be_asked_about_has_to_prove_itself),
        cmocka_unit_test(
            stream_of_the_service_that_may_not_be_asked_about_is_not_aggregated_to),
        cmocka_unit_test(stream_of_the_service_is_found_out_though_it_was_set_otherwise),
        cmocka_unit_test(fault_S08_lists_that_tell_nothing_new_are_asked_for_rarely),
        cmocka_unit_test(record_without_a_key_goes_to_a_stream_of_the_service_only),
        cmocka_unit_test(record_without_a_key_waits_for_who_spreads_the_records),
        cmocka_unit_test(record_without_a_key_fails_where_keys_spread_the_records),
        cmocka_unit_test(stream_is_named_by_its_arn_in_every_call),
        cmocka_unit_test(fault_S08_pages_become_a_map_only_together),
        cmocka_unit_test(fault_S08_an_expired_token_begins_the_list_anew),
        cmocka_unit_test(fault_S08_a_list_that_never_comes_holds_nothing_up),
        cmocka_unit_test(
            fault_S08_what_landed_elsewhere_does_not_wait_for_a_list_that_fails),
        cmocka_unit_test(fault_S09_another_stream_of_the_same_name_is_not_aggregated_to),
        cmocka_unit_test(fault_S07_an_unknown_shard_acknowledges_nothing),
        cmocka_unit_test(limiters_of_several_producers_share_a_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
