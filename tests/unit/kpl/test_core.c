/*
 * test_core: the producer's decisions, driven by hand: time and answers are written out.
 */
#include "core_fixture.h"

#include "metrics.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <string.h>

static void expect_slice(kds_slice_t s, const void *bytes, size_t n)
{
    assert_int_equal(s.n, n);
    assert_memory_equal(s.p, bytes, n);
}

/* ---- what is sent: the golden vectors of the KPL --------------------------------------------- */

static void core_sends_a_lone_record_unwrapped_with_its_hash_key(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    assert_int_equal(fx_put(&f, "pk", NULL, "hello", 1), KDS_OK);
    fx_give_map(&f);
    assert_false(fx_next(&f, &action));
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    const kds_put_records_request_entry_t *e = &action.put_records.records[0];
    assert_int_equal(action.put_records.records_count, 1);
    expect_slice(e->data, "hello", 5);
    expect_slice(e->partition_key, "pk", 2);
    expect_slice(e->explicit_hash_key, "38317986088707300215492326132921849533", 38);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.outcomes[1], 1);
    assert_int_equal(f.codes[1], KDS_OK);
    assert_int_equal(f.subs[1], -1);
    fx_end(&f);
}

/* The service refuses zeros in front, and so does any reader that is strict. */
static void core_takes_zeros_in_front_of_a_hash_key_as_the_kpl_does(void **state)
{
    static const uint8_t hash_keys[] = {0x12, 1, '7', 0x12, 1, '0'};
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "k", NULL, "x", 1);
    fx_give_map(&f);
    assert_int_equal(fx_put(&f, "k1", "007", "one", 2), KDS_OK);
    assert_int_equal(fx_put(&f, "k2", "000", "two", 3), KDS_OK);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 1);
    kds_slice_t data = action.put_records.records[0].data;
    assert_non_null(memmem(data.p, data.n, hash_keys, sizeof hash_keys));
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 3);
    fx_put(&f, "k1", "0007", "one", 2);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    expect_slice(action.put_records.records[0].explicit_hash_key, "7", 1);
    fx_end(&f);
}

/* What the KPL trims: the name of a stream, and no key. */
static void core_takes_blanks_around_a_stream_as_the_kpl_does(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "stream", " s ");
    assert_int_equal(kpl_conf_check(f.conf, NULL), KDS_OK);
    fx_open(&f);
    kpl_record_t r = fx_record(" k ", NULL, "x", 1);
    r.stream = kds_slice("s ");
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_OK);
    assert_int_equal(kpl_core_put(f.core, f.now_us, &r, NULL), KDS_OK);
    assert_int_equal(fx_put(&f, " k ", NULL, "y", 2), KDS_OK);
    assert_true(fx_next(&f, &action));
    expect_slice(action.list_shards.stream_name, "s", 1);
    fx_answer_shards(&f, action.id, one_id, one_start, 1);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action); /* both are of the same one */
    expect_slice(action.put_records.stream_name, "s", 1);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 2);
    r.stream = kds_slice("s t");
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_ERR_INVALID_ARG);
    fx_end(&f);
}

static void core_aggregates_as_the_kpl_does(void **state)
{
    static const uint8_t golden[] = {0xf3, 0x89, 0x9a, 0xc2, 0x0a, 0x01, 0x61, 0x1a, 0x07,
                                     0x08, 0x00, 0x1a, 0x03, 0x6f, 0x6e, 0x65, 0x1a, 0x07,
                                     0x08, 0x00, 0x1a, 0x03, 0x74, 0x77, 0x6f, 0x95, 0x31,
                                     0xc1, 0x6f, 0xdb, 0xab, 0x7b, 0x62, 0xbf, 0xa7, 0x35,
                                     0x40, 0xda, 0x82, 0x89, 0xf0};
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "a", NULL, "one", 1);
    fx_give_map(&f);
    fx_put(&f, "a", NULL, "two", 2);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    const kds_put_records_request_entry_t *e = &action.put_records.records[0];
    expect_slice(e->data, golden, sizeof golden);
    expect_slice(e->partition_key, "a", 1);
    expect_slice(e->explicit_hash_key, "16955237001963240173058271559858726497", 38);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.subs[1], 0);
    assert_int_equal(f.subs[2], 1);
    fx_end(&f);
}

static void core_sends_alone_while_there_is_no_map(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "a", NULL, "one", 1);
    fx_put(&f, "b", NULL, "two", 2);
    assert_true(fx_next(&f, &action)); /* the listing, which is never answered */
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 2);
    expect_slice(action.put_records.records[0].data, "one", 3);
    fx_end(&f);
}

static void fault_S08_core_does_not_aggregate_on_a_map_with_a_hole(void **state)
{
    static const char *const ids[] = {"shardId-000000000001"};
    static const char *const starts[] = {"1"}; /* nobody takes hash key 0 */
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "a", NULL, "one", 1);
    assert_true(fx_next(&f, &action));
    fx_answer_shards(&f, action.id, ids, starts, 1);
    fx_put(&f, "a", NULL, "two", 2);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 2);
    f.now_us += 2000 * MS;
    assert_true(fx_next(&f, &action));
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    fx_end(&f);
}

/* ---- what an answer means -------------------------------------------------------------------- */

/* Every pattern of failure of n entries: only those that failed are sent again, each once. */
static void fault_S03_core_retries_exactly_what_failed(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 8; n++) {
        for (unsigned mask = 0; mask < 1u << n; mask++) {
            struct fixture f;
            struct kpl_action action;
            kds_put_records_result_entry_t entries[8];
            fx_begin(&f);
            fx_set(&f, "aggregation.enable", "false");
            fx_open(&f);
            char data[2] = "a";
            for (unsigned i = 0; i < n; i++, data[0]++) {
                fx_put(&f, "k", NULL, data, i);
            }
            fx_give_map(&f);
            f.now_us += 200 * MS;
            fx_expect_put(&f, &action);
            assert_int_equal(action.put_records.records_count, n);
            memset(entries, 0, sizeof entries);
            for (unsigned i = 0; i < n; i++) {
                if (mask >> i & 1) {
                    entries[i].error_code = kds_slice("InternalFailure");
                } else {
                    entries[i].shard_id = kds_slice(one_id[0]);
                    entries[i].sequence_number = kds_slice("1");
                }
            }
            const kds_put_records_out_t out = {.records = entries, .records_count = n};
            kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
            kpl_core_done(f.core, f.now_us, action.id, &out,
                          NULL); /* a second time: ignored */
            fx_take_results(&f);
            size_t again = 0;
            for (int tries = 0; tries < 20 && again < (size_t)__builtin_popcount(mask);
                 tries++) {
                f.now_us += 100 * MS;
                while (fx_next(&f, &action)) {
                    again += action.put_records.records_count;
                    fx_answer_all(&f, &action, one_id[0]);
                }
            }
            assert_int_equal(again, __builtin_popcount(mask));
            for (unsigned i = 0; i < n; i++) {
                assert_int_equal(f.outcomes[i], 1);
                assert_int_equal(f.codes[i], KDS_OK);
            }
            fx_end(&f);
        }
    }
}

static struct kds_metric_figures
counted(struct fixture *f, enum kpl_metric row, const char *code, const char *shard)
{
    struct kds_metrics *m = kpl_core_metrics(f->core);
    return kds_metrics_group(m, code, "s", shard)->cells[row].total;
}

static void expect_counted(
    struct fixture *f, enum kpl_metric row, const char *shard, uint64_t count, double sum)
{
    struct kds_metric_figures figures = counted(f, row, NULL, shard);
    assert_int_equal(figures.count, count);
    assert_true(figures.sum == sum);
}

static void core_counts_as_the_kpl_does(void **state)
{
    struct fixture f;
    struct kpl_action action;
    kds_put_records_result_entry_t entries[2];
    (void)state;
    fx_begin(&f);
    fx_set(&f, "aggregation.enable", "false");
    fx_open(&f);
    fx_put(&f, "k", NULL, "abc", 0);
    f.now_us += 10 * MS;
    fx_put(&f, "k", NULL, "defgh", 1);
    fx_give_map(&f);
    f.now_us += 90 * MS;
    fx_expect_put(&f, &action);
    f.now_us += 20 * MS;
    memset(entries, 0, sizeof entries);
    entries[0].shard_id = kds_slice(one_id[0]);
    entries[0].sequence_number = kds_slice("1");
    entries[1].error_code = kds_slice("ProvisionedThroughputExceededException");
    const kds_put_records_out_t out = {.records = entries, .records_count = 2};
    kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
    fx_take_results(&f);
    assert_true(counted(&f, KPL_METRIC_RECEIVED, NULL, NULL).sum == 2);
    assert_true(
        kds_metrics_first(kpl_core_metrics(f.core))->cells[KPL_METRIC_PENDING].last == 1);
    f.now_us += 2000 * MS;
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 2);

    const char *shard = one_id[0];
    expect_counted(&f, KPL_METRIC_RECORDS, shard, 2, 2);
    expect_counted(&f, KPL_METRIC_USER_BYTES, shard, 2, 8);
    expect_counted(&f, KPL_METRIC_KINESIS_RECORDS, shard, 3, 2);
    expect_counted(&f, KPL_METRIC_KINESIS_BYTES, shard, 2, 8); /* without the keys */
    expect_counted(&f, KPL_METRIC_ALL_ERRORS, shard, 3, 1);
    expect_counted(&f, KPL_METRIC_THROTTLED, shard, 1, 1);
    expect_counted(&f, KPL_METRIC_RETRIES, shard, 2, 1);
    expect_counted(&f, KPL_METRIC_USER_PER_KINESIS, shard, 3, 3);
    expect_counted(&f, KPL_METRIC_REQUESTS, NULL, 2, 2);
    expect_counted(&f, KPL_METRIC_KINESIS_PER_REQUEST, NULL, 2, 3);
    expect_counted(&f, KPL_METRIC_REQUEST_TIME, NULL, 2, 20000);
    /* 100 and 90 ms until the first attempt, 2 s until the second. */
    expect_counted(&f, KPL_METRIC_BUFFERING, shard, 3, 2190000);
    assert_true(counted(&f, KPL_METRIC_LATENCY, NULL, NULL).max == 2110000);
    assert_int_equal(counted(&f, KPL_METRIC_ERRORS_BY_CODE,
                             "ProvisionedThroughputExceededException", shard)
                         .count,
                     1);
    assert_true(
        kds_metrics_first(kpl_core_metrics(f.core))->cells[KPL_METRIC_PENDING].last == 0);
    fx_end(&f);
}

static void fail_request(struct fixture *f, const struct kpl_action *action)
{
    kds_error_t *error = NULL;
    kds_error_set(&error, KDS_ERR_TRANSPORT, "nobody answers");
    kpl_core_done(f->core, f->now_us, action->id, NULL, error);
    kds_error_free(error);
}

static void core_tells_each_record_how_long_it_waited_itself(void **state)
{
    (void)state;
    for (size_t failures = 0; failures < 3; failures++) {
        struct fixture f;
        struct kpl_action action;
        fx_begin(&f);
        fx_set(&f, "linger.ms", "1000");
        fx_open(&f);
        fx_put(&f, "k", NULL, "early", 1);
        fx_give_map(&f);
        f.now_us += 800 * MS;
        fx_put(&f, "k", NULL, "late", 2);
        f.now_us += 200 * MS;
        for (size_t i = 0; i < failures; i++) {
            fx_expect_put(&f, &action);
            assert_int_equal(action.put_records.records_count, 1); /* together */
            fail_request(&f, &action);
            f.now_us += 5000 * MS;
        }
        fx_expect_put(&f, &action);
        fx_answer_all(&f, &action, one_id[0]);
        for (size_t tag = 1; tag <= 2; tag++) {
            assert_int_equal(f.codes[tag], KDS_OK);
            assert_int_equal(f.delays_ms[tag], tag == 1 ? 1000 : 200);
            assert_int_equal(f.kept[tag], failures + 1);
            assert_int_equal(f.sent[tag], failures + 1);
        }
        fx_end(&f);
    }
}

/* More attempts of records that were put one by one than are shown at once. */
static void core_tells_how_long_each_of_many_waited(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "linger.ms", "10000");
    fx_open(&f);
    fx_put(&f, "k", NULL, "x", 0);
    fx_give_map(&f);
    for (size_t tag = 1; tag < TAGS_MAX; tag++) {
        f.now_us += MS;
        fx_put(&f, "k", NULL, "x", tag);
    }
    kpl_core_flush(f.core, f.now_us);
    for (int i = 0; i < 6; i++) {
        fx_expect_put(&f, &action);
        fail_request(&f, &action);
        f.now_us += 3000 * MS;
    }
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    for (size_t tag = 0; tag < TAGS_MAX; tag++) {
        assert_int_equal(f.outcomes[tag], 1);
        assert_int_equal(f.kept[tag], 7);
        assert_int_equal(f.delays_ms[tag], TAGS_MAX - 1 - tag);
    }
    fx_end(&f);
}

static void core_says_expired_as_the_kpl_does(void **state)
{
    (void)state;
    for (size_t sent = 0; sent < 2; sent++) {
        struct fixture f;
        struct kpl_action action;
        fx_begin(&f);
        fx_open(&f);
        fx_put(&f, "k", NULL, "data", 1);
        fx_give_map(&f);
        f.now_us += 200 * MS;
        if (sent > 0) {
            fx_expect_put(&f, &action);
            fail_request(&f, &action);
        }
        f.now_us += 31000 * MS;
        assert_false(fx_next(&f, &action));
        fx_take_results(&f);
        assert_int_equal(f.codes[1], KDS_ERR_RECORD_EXPIRED);
        assert_int_equal(f.sent[1], sent);
        assert_int_equal(f.kept[1], sent + 1);
        assert_string_equal(f.last_code, "Expired");
        assert_int_equal(f.last_attempt.code, KDS_ERR_RECORD_EXPIRED);
        assert_int_equal(f.last_attempt.duration_us, 0);
        assert_int_equal(f.last_attempt.delay_us, sent > 0 ? 31000 * MS : 31200 * MS);
        fx_end(&f);
    }
}

static void core_counts_the_waits_of_all_attempts(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "record.ttl.ms", "1000000");
    fx_open(&f);
    fx_put(&f, "k", NULL, "data", 1);
    fx_give_map(&f);
    f.now_us += 100 * MS;
    for (int i = 0; i < 20; i++) {
        fx_expect_put(&f, &action);
        fail_request(&f, &action);
        f.now_us += 6000 * MS;
    }
    fx_expect_put(&f, &action);
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.sent[1], 21);
    assert_int_equal(f.kept[1], KPL_ATTEMPTS_KEPT);
    expect_counted(&f, KPL_METRIC_BUFFERING, one_id[0], 21, 120100000);
    fx_end(&f);
}

/* A sample at each put, of which five come in a second; none comes for itself. */
static void core_samples_what_waits_while_it_runs(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "linger.ms", "5000");
    fx_open(&f);
    fx_put(&f, "k", NULL, "data", 1);
    fx_give_map(&f);
    for (int i = 0; i < 100; i++) {
        f.now_us += 10 * MS;
        fx_put(&f, "k", NULL, "data", 1);
        assert_false(fx_next(&f, &action));
    }
    const struct kds_metric_cell *cell =
        &kds_metrics_group(kpl_core_metrics(f.core), NULL, "s", NULL)
             ->cells[KPL_METRIC_PENDING];
    assert_in_range(cell->total.count, 6, 8); /* with the one for who reads */
    assert_true(cell->total.max == 101);
    assert_true(cell->total.min < 10);
    assert_true(kpl_core_wake_at_us(f.core, f.now_us) > f.now_us + 1000 * MS);
    fx_end(&f);
}

static void core_counts_errors_by_the_names_that_they_have(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "k", NULL, "data", 1);
    fx_give_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    const kds_put_records_out_t nothing = {.records_count = 0};
    kpl_core_done(f.core, f.now_us, action.id, &nothing, NULL);
    assert_int_equal(
        counted(&f, KPL_METRIC_ERRORS_BY_CODE, "Record Count Mismatch", one_id[0]).count,
        1);
    fx_end(&f);
}

static void fault_S05_core_takes_a_wrong_count_for_maybe_persisted(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "aggregation.enable", "false");
    fx_set(&f, "record.ttl.ms", "500");
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    fx_give_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    const kds_put_records_out_t nothing = {.records_count = 0};
    kpl_core_done(f.core, f.now_us, action.id, &nothing, NULL);
    f.now_us += 1000 * MS;
    assert_false(fx_next(&f, &action));
    fx_take_results(&f);
    assert_int_equal(f.codes[1], KDS_ERR_RECORD_EXPIRED);
    assert_int_equal(f.persisted[1], KDS_PERSISTED_MAYBE);
    assert_non_null(strstr(f.message, "another number of records"));
    fx_end(&f);
}

/* An aggregate that straddles a split is not acknowledged, not even in part, and all is sent again. */
static void fault_S07_core_judges_an_aggregate_as_a_whole_after_a_split(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "x", "1", "one", 1);
    fx_give_map(&f);
    fx_put(&f, "y", "100", "two", 2);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 1);
    fx_answer_all(&f, &action,
                  two_ids[0]); /* a shard that is not in the map: the lower child */
    assert_int_equal(f.total, 0);
    assert_true(fx_next(&f, &action));
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    f.now_us += MS;
    fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 2); /* one for each child */
    kds_put_records_result_entry_t entries[2] = {
        {.shard_id = kds_slice(two_ids[0]), .sequence_number = kds_slice("1")},
        {.shard_id = kds_slice(two_ids[1]), .sequence_number = kds_slice("2")}};
    if (action.put_records.records[0].explicit_hash_key.n != 1) {
        kds_slice_t t = entries[0].shard_id;
        entries[0].shard_id = entries[1].shard_id;
        entries[1].shard_id = t;
    }
    const kds_put_records_out_t out = {.records = entries, .records_count = 2};
    kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
    fx_take_results(&f);
    assert_int_equal(f.outcomes[1], 1);
    assert_int_equal(f.outcomes[2], 1);
    assert_int_equal(f.codes[1], KDS_OK);
    assert_int_equal(f.codes[2], KDS_OK);
    fx_end(&f);
}

/* A stream whose records the service spreads: each time another shard than the map says. */
static void fault_S07_core_sends_alone_what_lands_elsewhere_again_and_again(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t aggregates = 0;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "x", "1", "one", 1);
    assert_true(fx_next(&f, &action));
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
    fx_put(&f, "y", "2", "two", 2);
    for (int i = 0; i < 100 && f.total < 2; i++, f.now_us += 100 * MS) {
        while (f.total < 2 && fx_next(&f, &action)) {
            if (action.kind == KPL_ACTION_LIST_SHARDS) {
                fx_answer_shards(&f, action.id, two_ids, two_starts, 2);
                continue;
            }
            aggregates += action.put_records.records_count == 1;
            fx_answer_all(&f, &action, two_ids[1]); /* the keys belong to the first */
        }
    }
    assert_int_equal(f.total, 2);
    assert_true(aggregates <= 4);
    fx_end(&f);
}

static void core_gives_up_at_once_when_the_service_refuses(void **state)
{
    struct fixture f;
    struct kpl_action action;
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {
        .service_code = kds_slice("AccessDeniedException"), .http_status = 400};
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    fx_give_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    kds_error_set_detail(&error, KDS_ERR_ACCESS_DENIED, &detail, "no");
    kpl_core_done(f.core, f.now_us, action.id, NULL, error);
    kds_error_free(error);
    fx_take_results(&f);
    assert_int_equal(f.codes[1], KDS_ERR_ACCESS_DENIED);
    assert_int_equal(f.persisted[1], KDS_PERSISTED_NO);
    assert_string_equal(f.data, "a"); /* the payload comes back */
    fx_end(&f);
}

static void core_fails_a_missing_stream_after_three_tries(void **state)
{
    struct fixture f;
    struct kpl_action action;
    kds_error_t *error = NULL;
    unsigned tries = 0;
    const struct kds_error_detail detail = {
        .service_code = kds_slice("ResourceNotFoundException"), .http_status = 400};
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    kds_error_set_detail(&error, KDS_ERR_NOT_FOUND, &detail, "Stream s not found.");
    for (int i = 0; i < 100 && f.total == 0; i++) {
        while (fx_next(&f, &action)) {
            tries += action.kind == KPL_ACTION_PUT_RECORDS;
            kpl_core_done(f.core, f.now_us, action.id, NULL, error);
        }
        fx_take_results(&f);
        f.now_us += 50 * MS;
    }
    kds_error_free(error);
    assert_int_equal(tries, 3);
    assert_int_equal(f.codes[1], KDS_ERR_NOT_FOUND);
    assert_string_equal(f.message, "Stream s not found.");
    fx_end(&f);
}

static void core_rests_after_throttling(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    fx_give_map(&f);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    kds_put_records_result_entry_t entry = {
        .error_code = kds_slice("ProvisionedThroughputExceededException")};
    const kds_put_records_out_t out = {.records = &entry, .records_count = 1};
    kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
    f.now_us += 49 * MS;
    assert_false(fx_next(&f, &action)); /* at least half of 100 ms */
    f.now_us += 52 * MS;
    fx_expect_put(&f, &action);
    fx_end(&f);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void core_expires_a_record_with_its_cause(void **state)
{
    struct fixture f;
    struct kpl_action action;
    kds_error_t *error = NULL;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "record.ttl.ms", "1s");
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    const struct kds_error_detail detail = {.retryable = true};
    kds_error_set_detail(&error, KDS_ERR_TRANSPORT, &detail, "connection refused");
    for (int i = 0; i < 60 && f.total == 0; i++) {
        while (fx_next(&f, &action)) {
            kpl_core_done(f.core, f.now_us, action.id, NULL, error);
        }
        fx_take_results(&f);
        f.now_us += 25 * MS;
    }
    kds_error_free(error);
    assert_int_equal(f.outcomes[1], 1);
    assert_int_equal(f.codes[1], KDS_ERR_RECORD_EXPIRED);
    assert_non_null(strstr(f.message, "connection refused"));
    fx_end(&f);
}

static void core_keeps_a_record_for_ever_with_the_largest_ttl(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "RecordTtl", "9223372036854775807");
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    f.now_us += INT64_C(1000) * 86400 * KDS_US_PER_S;
    assert_true(fx_next(&f, &action));
    fx_take_results(&f);
    assert_int_equal(f.total, 0);
    fx_end(&f);
}

static void core_flush_hurries_what_was_put_before(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "linger.ms", "1h");
    fx_open(&f);
    fx_put(&f, "k", NULL, "a", 1);
    fx_give_map(&f);
    assert_false(fx_next(&f, &action));
    uint64_t ticket = kpl_core_flush(f.core, f.now_us);
    assert_false(kpl_core_flushed(f.core, ticket));
    fx_expect_put(&f, &action);
    f.now_us += MS;
    fx_put(&f, "k", NULL, "later", 2);
    fx_answer_all(&f, &action, one_id[0]);
    assert_true(kpl_core_flushed(f.core, ticket)); /* the later one does not hold it up */
    assert_int_equal(kpl_core_outstanding(f.core), 1);
    fx_end(&f);
}

/* ---- bad input ------------------------------------------------------------------------------- */

static void expect_refused(struct fixture *f,
                           const kpl_record_t *r,
                           kds_err_t code,
                           const char *message)
{
    kds_error_t *error = NULL;
    kds_u128_t hash;
    kds_err_t rc = kpl_record_check(f->conf, r, &error);
    rc = rc ? rc : kpl_hash_of(r, &hash, &error);
    assert_int_equal(rc, code);
    assert_string_equal(kds_error_message(error), message);
    kds_error_free(error);
}

static void fault_S23_core_refuses_bad_records_and_names_the_limit(void **state)
{
    struct fixture f;
    char key[257 * 4 + 1];
    static char data[1048577];
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    memset(data, 'x', sizeof data - 1);
    for (size_t i = 0; i < 257; i++) {
        memcpy(key + 4 * i, "\xF0\x9F\x8C\x8A", 4); /* one character of four bytes */
    }
    key[257 * 4] = 0;
    kpl_record_t r = fx_record(key, NULL, "d", 0);
    expect_refused(&f, &r, KDS_ERR_INVALID_ARG,
                   "partition key: 257 characters, must be 1..256");
    key[256 * 4] = 0;
    assert_int_equal(fx_put(&f, key, NULL, "d", 9), KDS_OK);
    r = fx_record("", NULL, "d", 0);
    expect_refused(&f, &r, KDS_ERR_INVALID_ARG,
                   "partition key: 0 characters, must be 1..256");
    r = fx_record("\xff", NULL, "d", 0);
    expect_refused(&f, &r, KDS_ERR_INVALID_ARG, "partition key: must be UTF-8");
    static const char *const hashes[] = {"340282366920938463463374607431768211456",
                                         "+1",
                                         "+01",
                                         "-1",
                                         "0x10",
                                         "",
                                         " 1",
                                         "0 1"};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        char message[160];
        snprintf(message, sizeof message,
                 "explicit hash key: \"%s\" must be a decimal number of 0..2^128-1",
                 hashes[i]);
        r = fx_record("k", hashes[i], "d", 0);
        expect_refused(&f, &r, KDS_ERR_INVALID_ARG, message);
    }
    assert_int_equal(fx_put(&f, "k", "340282366920938463463374607431768211455", "d", 8),
                     KDS_OK);
    r = fx_record("k", NULL, data, 0);
    expect_refused(
        &f, &r, KDS_ERR_TOO_LARGE,
        "record: 1048576 bytes of data and 1 of key exceed record.max.bytes, 1048576");
    r = fx_record("k", NULL, "d", 0);
    r.struct_size--;
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_ERR_INVALID_ARG);
    fx_set(&f, "stream", "");
    r = fx_record("k", NULL, "d", 0);
    expect_refused(&f, &r, KDS_ERR_INVALID_ARG,
                   "stream: neither the record nor the setting names one");
    assert_int_equal(kpl_core_outstanding(f.core), 2); /* the neighbours are unaffected */
    fx_end(&f);
}

static void core_holds_the_budget_to_the_byte(void **state)
{
    struct fixture f;
    kds_error_t *error = NULL;
    static char data[65536 - 640 - 1 + 1]; /* there is no map: it travels alone */
    (void)state;
    fx_begin(&f);
    fx_set(&f, "buffer.max.bytes", "64KiB");
    fx_open(&f);
    memset(data, 'x', sizeof data - 2);
    assert_int_equal(fx_put(&f, "k", NULL, data, 1), KDS_OK); /* one byte short of full */
    assert_int_equal(kpl_core_bytes(f.core), 65535);
    kpl_record_t r = fx_record("k", NULL, "", 2);
    assert_int_equal(kpl_core_put(f.core, f.now_us, &r, &error), KDS_ERR_QUEUE_FULL);
    assert_string_equal(kds_error_message(error),
                        "buffer.max.bytes: 65535 of 65536 bytes are outstanding");
    kds_error_free(error);
    fx_end(&f);
}

static void core_takes_a_budget_beyond_all_memory_for_none_F_R09(void **state)
{
    struct fixture f;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "buffer.max.bytes", "1024GiB"); /* 0 in the low 32 bits */
    fx_open(&f);
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(fx_put(&f, "k", NULL, "data", i), KDS_OK);
    }
    fx_end(&f);
}

static void core_takes_an_oversize_record_amid_small_ones(void **state)
{
    struct fixture f;
    struct kpl_action action;
    static char big[60001];
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    memset(big, 'x', sizeof big - 1);
    fx_put(&f, "k", NULL, "small", 1);
    fx_give_map(&f);
    fx_put(&f, "k", NULL, big, 2);
    fx_put(&f, "k", NULL, "small", 3);
    f.now_us += 100 * MS;
    fx_expect_put(&f, &action);
    assert_int_equal(action.put_records.records_count, 3);
    assert_int_equal(action.put_records.records[1].data.n,
                     60000); /* alone, not wrapped */
    fx_answer_all(&f, &action, one_id[0]);
    assert_int_equal(f.total, 3);
    fx_end(&f);
}

/* ---- out of memory --------------------------------------------------------------------------- */

static struct kpl_conf *shared_conf;

/* Whatever allocation fails: a put that was accepted gets exactly one outcome. */
static void scenario(void)
{
    struct fixture f;
    struct kpl_action action;
    size_t accepted = 0;
    memset(&f, 0, sizeof f);
    f.now_us = 1000000;
    f.conf = shared_conf;
    f.core = kpl_core_new(f.conf, 7);
    if (f.core == NULL) {
        return;
    }
    if (!kpl_showcase_init(&f.showcase)) {
        kpl_core_free(f.core);
        return;
    }
    for (size_t i = 0; i < 6; i++) {
        kds_err_t rc = fx_put(&f, i % 2 ? "a" : "b", NULL, "data", i);
        assert_true(rc == KDS_OK || rc == KDS_ERR_NO_MEMORY);
        accepted += rc == KDS_OK;
        if (i == 1 && fx_next(&f, &action)) {
            fx_answer_shards(&f, action.id, one_id, one_start, 1);
        }
    }
    for (int i = 0; i < 20; i++) {
        f.now_us += 100 * MS;
        while (fx_next(&f, &action)) {
            if (action.kind == KPL_ACTION_LIST_SHARDS) {
                fx_answer_shards(&f, action.id, one_id, one_start, 1);
            } else if (action.kind == KPL_ACTION_SUMMARY) {
                kpl_core_done(f.core, f.now_us, action.id, NULL, NULL);
            } else {
                fx_answer_all(&f, &action, one_id[0]);
            }
        }
    }
    kpl_core_abandon(f.core, f.now_us);
    fx_take_results(&f);
    assert_int_equal(f.total, accepted);
    for (size_t i = 0; i < 6; i++) {
        assert_true(f.outcomes[i] <= 1);
    }
    assert_int_equal(kpl_core_outstanding(f.core), 0);
    assert_int_equal(kpl_core_bytes(f.core), 0);
    kpl_core_free(f.core);
    kpl_showcase_clear(&f.showcase);
}

static void core_loses_no_accepted_record_when_memory_is_short(void **state)
{
    (void)state;
    shared_conf = kpl_conf_new();
    assert_int_equal(kpl_conf_set(shared_conf, "stream", "s", NULL), KDS_OK);
    assert_int_equal(
        kpl_conf_set(shared_conf, "record.distribution", "USER_PARTITION_KEY", NULL),
        KDS_OK);
    /* Not fail_alloc_run(): a failed allocation may well be got over here. */
    struct fail_alloc f = {.failed = true};
    size_t runs = 0;
    for (; f.failed; runs++) {
        f = (struct fail_alloc){.left = runs};
        const struct kds_allocator allocator = {fail_alloc_alloc, fail_alloc_resize,
                                                fail_alloc_release, &f};
        kds_allocator_set(&allocator);
        scenario();
        kds_allocator_set(NULL);
        assert_int_equal(f.live, 0);
    }
    assert_true(runs > 10);
    kpl_conf_free(shared_conf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_sends_a_lone_record_unwrapped_with_its_hash_key),
        cmocka_unit_test(core_takes_zeros_in_front_of_a_hash_key_as_the_kpl_does),
        cmocka_unit_test(core_takes_blanks_around_a_stream_as_the_kpl_does),
        cmocka_unit_test(core_aggregates_as_the_kpl_does),
        cmocka_unit_test(core_sends_alone_while_there_is_no_map),
        cmocka_unit_test(fault_S08_core_does_not_aggregate_on_a_map_with_a_hole),
        cmocka_unit_test(fault_S03_core_retries_exactly_what_failed),
        cmocka_unit_test(core_counts_as_the_kpl_does),
        cmocka_unit_test(core_tells_each_record_how_long_it_waited_itself),
        cmocka_unit_test(core_tells_how_long_each_of_many_waited),
        cmocka_unit_test(core_says_expired_as_the_kpl_does),
        cmocka_unit_test(core_counts_the_waits_of_all_attempts),
        cmocka_unit_test(core_samples_what_waits_while_it_runs),
        cmocka_unit_test(core_counts_errors_by_the_names_that_they_have),
        cmocka_unit_test(fault_S05_core_takes_a_wrong_count_for_maybe_persisted),
        cmocka_unit_test(fault_S07_core_judges_an_aggregate_as_a_whole_after_a_split),
        cmocka_unit_test(fault_S07_core_sends_alone_what_lands_elsewhere_again_and_again),
        cmocka_unit_test(core_gives_up_at_once_when_the_service_refuses),
        cmocka_unit_test(core_fails_a_missing_stream_after_three_tries),
        cmocka_unit_test(core_rests_after_throttling),
        cmocka_unit_test(core_expires_a_record_with_its_cause),
        cmocka_unit_test(core_keeps_a_record_for_ever_with_the_largest_ttl),
        cmocka_unit_test(core_flush_hurries_what_was_put_before),
        cmocka_unit_test(fault_S23_core_refuses_bad_records_and_names_the_limit),
        cmocka_unit_test(core_holds_the_budget_to_the_byte),
        cmocka_unit_test(core_takes_a_budget_beyond_all_memory_for_none_F_R09),
        cmocka_unit_test(core_takes_an_oversize_record_amid_small_ones),
        cmocka_unit_test(core_loses_no_accepted_record_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
