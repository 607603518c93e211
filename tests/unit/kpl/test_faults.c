/*
 * test_faults: the producer's rows of the fault catalogue, each against the deciding core: what the
 * service and the network answer, and what becomes of every record.
 */
#include "core_fixture.h"

#include <stdio.h>
#include <string.h>

#define S KDS_US_PER_S

/* ---- helpers ------------------------------------------------------------------------------ */

static void begin_singles(struct fixture *f, size_t records)
{
    char key[24];
    fx_begin(f);
    fx_set(f, "aggregation.enable", "false");
    fx_open(f);
    for (size_t i = 0; i < records; i++) {
        snprintf(key, sizeof key, "k%zu", i);
        assert_int_equal(fx_put(f, key, NULL, "data", i), KDS_OK);
    }
    fx_give_map(f);
    f->now_us += 200 * MS;
}

static void fail_action(struct fixture *f,
                        const struct kpl_action *action,
                        kds_err_t err,
                        const char *code,
                        bool retryable,
                        kds_persisted_t persisted)
{
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {
        .service_code = kds_slice(code), .retryable = retryable, .persisted = persisted};
    kds_error_set_detail(&error, err, &detail, "%s", code);
    kpl_core_done(f->core, f->now_us, action->id, NULL, error);
    kds_error_free(error);
    fx_take_results(f);
}

/* Everything that comes up in this time succeeds. @return entries that were sent */
static size_t succeed_for(struct fixture *f, int64_t us)
{
    struct kpl_action action;
    size_t entries = 0;
    for (int64_t until_us = f->now_us + us; f->now_us < until_us; f->now_us += 20 * MS) {
        while (fx_next(f, &action)) {
            if (action.kind == KPL_ACTION_PUT_RECORDS) {
                entries += action.put_records.records_count;
                fx_answer_all(f, &action, one_id[0]);
            } else {
                fx_answer_shards(f, action.id, one_id, one_start, 1);
            }
        }
    }
    return entries;
}

/* Answer with one entry after the other; NULL code = stored. */
static void answer_masked(struct fixture *f,
                          const struct kpl_action *action,
                          bool (*fails)(size_t i, size_t n),
                          const char *code)
{
    static kds_put_records_result_entry_t entries[500];
    size_t n = action->put_records.records_count;
    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < n; i++) {
        if (fails(i, n)) {
            entries[i].error_code = kds_slice(code);
        } else {
            entries[i].shard_id = kds_slice(one_id[0]);
            entries[i].sequence_number = kds_slice("1");
        }
    }
    const kds_put_records_out_t out = {.records = entries, .records_count = n};
    kpl_core_done(f->core, f->now_us, action->id, &out, NULL);
    fx_take_results(f);
}

static bool always(size_t i, size_t n)
{
    return i < n;
}

static bool first_only(size_t i, size_t n)
{
    return i == 0 && n > 0;
}

static bool last_only(size_t i, size_t n)
{
    return i + 1 == n;
}

static bool alternate(size_t i, size_t n)
{
    return i % 2 == 0 && n > 0;
}

static bool all_but_one(size_t i, size_t n)
{
    return i != n / 2;
}

static void all_succeeded_once(const struct fixture *f, size_t records)
{
    assert_int_equal(f->total, records);
    for (size_t i = 0; i < records; i++) {
        assert_int_equal(f->outcomes[i], 1);
        assert_int_equal(f->codes[i], KDS_OK);
    }
}

/* ---- entries ------------------------------------------------------------------------------ */

static void fault_S03_five_hundred_entries_fail_in_patterns(void **state)
{
    static bool (*const patterns[])(size_t, size_t) = {first_only, last_only, alternate,
                                                       all_but_one, always};
    static const size_t failing[] = {1, 1, 250, 499, 500};
    struct fixture f;
    struct kpl_action action;
    (void)state;
    for (size_t p = 0; p < sizeof failing / sizeof *failing; p++) {
        begin_singles(&f, 500);
        fx_expect_put(&f, &action);
        assert_int_equal(action.put_records.records_count, 500);
        answer_masked(&f, &action, patterns[p], "InternalFailure");
        assert_int_equal(f.total, 500 - failing[p]);
        assert_int_equal(succeed_for(&f, 2 * S), failing[p]);
        all_succeeded_once(&f, 500);
        fx_end(&f);
    }
}

/* In ordered mode one record of a shard is under way at a time, so every pattern keeps the order. */
static void fault_S03_the_order_is_kept_whatever_fails(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 256; mask++) {
        struct fixture f;
        struct kpl_action action;
        unsigned sent = 0, tries = 0;
        fx_begin(&f);
        fx_set(&f, "aggregation.enable", "false");
        fx_set(&f, "ordered", "true");
        fx_open(&f);
        for (size_t i = 0; i < 4; i++) {
            const char data[2] = {(char)('0' + i), 0};
            fx_put(&f, "k", NULL, data, i);
        }
        fx_give_map(&f);
        for (int i = 0; i < 4000 && f.total < 4; i++, f.now_us += 20 * MS) {
            while (fx_next(&f, &action)) {
                assert_int_equal(action.put_records.records_count, 1);
                assert_int_equal(action.put_records.records[0].data.p[0], '0' + sent);
                bool fails = tries < 8 && (mask >> tries & 1);
                if (fails) {
                    answer_masked(&f, &action, always, "InternalFailure");
                } else {
                    fx_answer_all(&f, &action, one_id[0]);
                }
                tries++;
                sent += !fails;
                if (!fails) {
                    break;
                }
            }
        }
        assert_int_equal(f.total, 4);
        fx_end(&f);
    }
}

static void fault_S04_the_counter_of_failures_is_not_believed(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 2);
    fx_expect_put(&f, &action);
    kds_put_records_result_entry_t entries[2] = {
        {.shard_id = kds_slice(one_id[0]), .sequence_number = kds_slice("1")},
        {.error_code = kds_slice("InternalFailure")}};
    const kds_put_records_out_t out = {.records = entries,
                                       .records_count = 2,
                                       .has_failed_record_count = true,
                                       .failed_record_count = -7};
    kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
    fx_take_results(&f);
    assert_int_equal(f.total, 1);
    assert_int_equal(succeed_for(&f, S), 1);
    all_succeeded_once(&f, 2);
    fx_end(&f);
}

static void fault_S05_an_entry_that_says_nothing_is_maybe_stored(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 3);
    fx_expect_put(&f, &action);
    char long_number[200];
    memset(long_number, '1', sizeof long_number - 1);
    long_number[sizeof long_number - 1] = 0;
    kds_put_records_result_entry_t entries[3] = {
        {.error_message = kds_slice("?")},
        {.sequence_number = kds_slice("1")}, /* but where? */
        {.shard_id = kds_slice(one_id[0]), .sequence_number = kds_slice(long_number)}};
    const kds_put_records_out_t out = {.records = entries, .records_count = 3};
    kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
    f.now_us += 31 * S;
    assert_false(fx_next(&f, &action));
    fx_take_results(&f);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(f.codes[i], KDS_ERR_RECORD_EXPIRED);
        assert_int_equal(f.persisted[i], KDS_PERSISTED_MAYBE);
    }
    fx_end(&f);
}

static void fault_S06_an_empty_answer_is_ambiguous(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 2);
    fx_expect_put(&f, &action);
    const kds_put_records_out_t empty = {.records_count = 0};
    kpl_core_done(f.core, f.now_us, action.id, &empty, NULL);
    fx_take_results(&f);
    assert_int_equal(f.total, 0);
    assert_int_equal(succeed_for(&f, S), 2);
    all_succeeded_once(&f, 2);
    fx_end(&f);
}

/* ---- whole requests ----------------------------------------------------------------------- */

static void fault_S01_a_throttled_request_is_repeated_later(void **state)
{
    static const char *const codes[] = {"ProvisionedThroughputExceededException",
                                        "LimitExceededException", "ThrottlingException",
                                        "KMSThrottlingException", "SlowDown"};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct fixture f;
        struct kpl_action action;
        begin_singles(&f, 1);
        fx_expect_put(&f, &action);
        fail_action(&f, &action, KDS_ERR_THROTTLED, codes[i], true, KDS_PERSISTED_NO);
        assert_false(fx_next(&f, &action)); /* not at once */
        assert_int_equal(f.total, 0);
        assert_int_equal(succeed_for(&f, S), 1);
        all_succeeded_once(&f, 1);
        fx_end(&f);
    }
}

static void fault_S01_fail_if_throttled_gives_up_at_once(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        struct fixture f;
        struct kpl_action action;
        fx_begin(&f);
        fx_set(&f, "failIfThrottled", "true");
        fx_open(&f);
        fx_put(&f, "k", NULL, "data", 1);
        fx_give_map(&f);
        f.now_us += 200 * MS;
        fx_expect_put(&f, &action);
        if (whole) {
            fail_action(&f, &action, KDS_ERR_THROTTLED, "ThrottlingException", true,
                        KDS_PERSISTED_NO);
        } else {
            answer_masked(&f, &action, always, "ProvisionedThroughputExceededException");
        }
        assert_int_equal(f.codes[1], KDS_ERR_THROTTLED);
        assert_int_equal(f.persisted[1], KDS_PERSISTED_NO);
        fx_end(&f);
    }
}

static void fault_S02_an_error_of_the_server_may_have_stored_it(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &action);
    fail_action(&f, &action, KDS_ERR_SERVICE, "InternalFailure", true,
                KDS_PERSISTED_MAYBE);
    f.now_us += 31 * S;
    assert_false(fx_next(&f, &action));
    fx_take_results(&f);
    assert_int_equal(f.codes[0], KDS_ERR_RECORD_EXPIRED);
    assert_int_equal(f.persisted[0], KDS_PERSISTED_MAYBE);
    assert_non_null(strstr(f.message, "InternalFailure"));
    fx_end(&f);
}

/* P7: requests in a minute during which nothing answers. */
static size_t attempts_in_a_minute(kds_err_t err, bool retryable, size_t records)
{
    struct fixture f;
    struct kpl_action action;
    size_t attempts = 0;
    fx_begin(&f);
    fx_set(&f, "aggregation.enable", "false");
    fx_set(&f, "batch.max.records", "1");
    fx_set(&f, "record.ttl.ms", "120s");
    fx_open(&f);
    for (size_t i = 0; i < records; i++) {
        fx_put(&f, "k", NULL, "data", i % TAGS_MAX);
    }
    for (int64_t until_us = f.now_us + 60 * S; f.now_us < until_us; f.now_us += 10 * MS) {
        while (fx_next(&f, &action)) {
            attempts += action.kind == KPL_ACTION_PUT_RECORDS;
            fail_action(&f, &action, err, "no", retryable, KDS_PERSISTED_NO);
        }
    }
    fx_end(&f);
    return attempts;
}

static void fault_N01_an_endpoint_that_refuses_is_not_flooded(void **state)
{
    (void)state;
    assert_in_range(attempts_in_a_minute(KDS_ERR_TRANSPORT, true, 300), 10, 60);
}

/* More than the probes of a closed gate can carry: most of them are never sent. */
static void fault_N01_what_expires_unsent_says_what_its_stream_met(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t unsent = 0;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "aggregation.enable", "false");
    fx_set(&f, "batch.max.records", "1");
    fx_open(&f);
    for (size_t i = 0; i < 300; i++) {
        fx_put(&f, "k", NULL, "data", i);
    }
    for (int i = 0; i < 3100; i++, f.now_us += 10 * MS) {
        while (fx_next(&f, &action)) {
            fail_action(&f, &action, KDS_ERR_TRANSPORT, "connection refused", true,
                        KDS_PERSISTED_NO);
        }
        fx_take_results(&f);
    }
    assert_int_equal(f.total, 300);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(f.codes[i], KDS_ERR_RECORD_EXPIRED);
        unsent += f.sent[i] == 0;
    }
    assert_true(unsent > 200);
    assert_int_equal(f.sent[299], 0);
    assert_string_equal(f.message, "record.ttl.ms passed; last: connection refused");
    fx_end(&f);
}

/* 1 Mbit with deep buffers: every request is answered, half a second after the one before. */
static void fault_N16_a_slow_link_gets_nothing_twice_and_is_not_flooded(void **state)
{
    enum { RECORDS = 400, UNDER_WAY = 3 };
    struct fixture f;
    struct kpl_action under_way[UNDER_WAY + 1];
    size_t count = 0, most = 0, entries = 0;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "aggregation.enable", "false");
    fx_set(&f, "connections.max", "3");
    fx_set(&f, "batch.max.records", "20");
    fx_set(&f, "record.ttl.ms", "60000");
    fx_open(&f);
    for (size_t i = 0; i < RECORDS; i++) {
        assert_int_equal(fx_put(&f, "k", NULL, "data", i), KDS_OK);
    }
    fx_give_map(&f);
    for (int64_t until_us = f.now_us + 30 * S; f.now_us < until_us;
         f.now_us += 500 * MS) {
        while (count <= UNDER_WAY && fx_next(&f, &under_way[count])) {
            assert_int_equal(under_way[count].kind, KPL_ACTION_PUT_RECORDS);
            entries += under_way[count++].put_records.records_count;
        }
        most = count > most ? count : most;
        if (count > 0) {
            fx_answer_all(&f, &under_way[0], one_id[0]);
            memmove(under_way, under_way + 1, --count * sizeof *under_way);
        }
    }
    assert_int_equal(most, UNDER_WAY);
    assert_int_equal(entries, RECORDS); /* slow is not lost: nothing was sent again */
    all_succeeded_once(&f, RECORDS);
    fx_end(&f);
}

static void fault_S18_a_denied_producer_does_not_flood(void **state)
{
    (void)state;
    assert_in_range(attempts_in_a_minute(KDS_ERR_ACCESS_DENIED, false, 300), 10, 60);
}

/* Everything is refused in this time. @return the longest time from then to a new put's outcome */
static int64_t refuse_for(struct fixture *f, int64_t us, kds_err_t err, const char *code)
{
    struct kpl_action action;
    int64_t put_us = -1, longest_us = 0;
    for (int64_t until_us = f->now_us + us; f->now_us < until_us; f->now_us += 20 * MS) {
        while (fx_next(f, &action)) {
            fail_action(f, &action, err, code, false, KDS_PERSISTED_NO);
        }
        fx_take_results(f);
        if (f->outcomes[TAGS_MAX - 1] > 0) {
            longest_us =
                f->now_us - put_us > longest_us ? f->now_us - put_us : longest_us;
            f->outcomes[TAGS_MAX - 1] = 0;
            put_us = -1;
        }
        if (put_us < 0) {
            put_us = f->now_us;
            assert_int_equal(fx_put(f, "later", NULL, "data", TAGS_MAX - 1), KDS_OK);
        }
    }
    return longest_us;
}

static void begin_many_lone(struct fixture *f, const char *fail)
{
    fx_begin(f);
    fx_set(f, "aggregation.enable", "false");
    fx_set(f, "batch.max.records", "10");
    fx_set(f, "fail.if.refused", fail);
    fx_open(f);
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(fx_put(f, "k", NULL, "data", i), KDS_OK);
    }
}

/* More wait than the probes of a closed gate could ask for before they expire. */
static void fault_S18_what_waits_for_a_denied_stream_ends_with_the_cause(void **state)
{
    struct fixture f;
    (void)state;
    begin_many_lone(&f, "true");
    int64_t longest_us =
        refuse_for(&f, 29 * S, KDS_ERR_ACCESS_DENIED, "AccessDeniedException");
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(f.outcomes[i], 1);
        assert_int_equal(f.codes[i], KDS_ERR_ACCESS_DENIED);
        assert_int_equal(f.persisted[i], KDS_PERSISTED_NO);
    }
    assert_string_equal(f.service_code, "AccessDeniedException");
    assert_string_equal(f.message, "AccessDeniedException");
    assert_in_range(longest_us, 0, 6 * S); /* with the next probe */
    assert_int_equal(succeed_for(&f, 6 * S), 1);
    assert_int_equal(f.codes[TAGS_MAX - 1], KDS_OK); /* and it is over once it is over */
    fx_end(&f);
}

static void
fault_S09_what_waits_for_a_stream_that_is_gone_ends_with_the_cause(void **state)
{
    struct fixture f;
    (void)state;
    begin_many_lone(&f, "true");
    refuse_for(&f, 29 * S, KDS_ERR_NOT_FOUND, "ResourceNotFoundException");
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(f.outcomes[i], 1);
        assert_int_equal(f.codes[i], KDS_ERR_NOT_FOUND);
    }
    fx_end(&f);
}

/* As the KPL does; what expired without having been sent says why as well. */
static void
fault_S18_refusals_are_tried_again_until_records_expire_if_told_so(void **state)
{
    struct fixture f;
    (void)state;
    begin_many_lone(&f, "false");
    refuse_for(&f, 29 * S, KDS_ERR_ACCESS_DENIED, "AccessDeniedException");
    assert_int_equal(f.total, 0);
    refuse_for(&f, 2 * S, KDS_ERR_ACCESS_DENIED, "AccessDeniedException");
    for (size_t i = 0; i < 500; i++) {
        assert_int_equal(f.outcomes[i], 1);
        assert_int_equal(f.codes[i], KDS_ERR_RECORD_EXPIRED);
    }
    assert_string_equal(f.service_code, "AccessDeniedException");
    assert_non_null(strstr(f.message, "AccessDeniedException"));
    fx_end(&f);
}

static void fault_S09_a_stream_that_is_gone_is_asked_for_rarely(void **state)
{
    (void)state;
    assert_in_range(attempts_in_a_minute(KDS_ERR_NOT_FOUND, false, 300), 10, 60);
}

static void fault_S10_a_stream_that_is_missing_for_a_moment_loses_nothing(void **state)
{
    struct fixture f;
    struct kpl_action action;
    unsigned misses = 0;
    (void)state;
    begin_singles(&f, 1);
    for (int i = 0; i < 100 && misses < 2; i++, f.now_us += 20 * MS) {
        while (misses < 2 && fx_next(&f, &action)) {
            misses += action.kind == KPL_ACTION_PUT_RECORDS;
            fail_action(&f, &action, KDS_ERR_NOT_FOUND, "ResourceNotFoundException",
                        false, KDS_PERSISTED_NO);
        }
    }
    assert_int_equal(f.total, 0);
    assert_int_equal(succeed_for(&f, S), 1);
    all_succeeded_once(&f, 1);
    fx_end(&f);
}

static void
outcomes_of_a_producer_that_is_closed_have_the_services_last_word(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &action);
    fail_action(&f, &action, KDS_ERR_SERVICE, "InternalFailure", true,
                KDS_PERSISTED_MAYBE);
    kpl_core_abandon(f.core, f.now_us);
    fx_take_results(&f);
    assert_int_equal(f.codes[0], KDS_ERR_CLOSED);
    assert_string_equal(f.service_code, "InternalFailure");
    fx_end(&f);
}

static void
fault_S10_only_answers_that_it_is_missing_count_for_a_missing_stream(void **state)
{
    struct fixture f;
    struct kpl_action action;
    unsigned failures = 0;
    (void)state;
    begin_singles(&f, 1);
    for (int i = 0; i < 1000 && failures < 6; i++, f.now_us += 20 * MS) {
        while (failures < 6 && fx_next(&f, &action)) {
            bool throttled = action.kind != KPL_ACTION_PUT_RECORDS || failures % 3 != 2;
            failures += action.kind == KPL_ACTION_PUT_RECORDS;
            fail_action(&f, &action, throttled ? KDS_ERR_THROTTLED : KDS_ERR_NOT_FOUND,
                        throttled ? "ThrottlingException" : "ResourceNotFoundException",
                        throttled, KDS_PERSISTED_NO);
        }
    }
    assert_int_equal(failures, 6);
    assert_int_equal(f.total, 0);
    assert_int_equal(succeed_for(&f, 10 * S), 1);
    all_succeeded_once(&f, 1);
    fx_end(&f);
}

static void fault_S18_an_expired_token_is_worth_another_try(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &action);
    fail_action(&f, &action, KDS_ERR_CREDENTIALS, "ExpiredTokenException", true,
                KDS_PERSISTED_NO);
    assert_int_equal(f.total, 0);
    assert_int_equal(succeed_for(&f, S), 1);
    all_succeeded_once(&f, 1);
    fx_end(&f);
}

static void
fault_S20_a_key_that_may_not_be_used_ends_the_record_with_its_cause(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &action);
    fail_action(&f, &action, KDS_ERR_ACCESS_DENIED, "KMSAccessDeniedException", false,
                KDS_PERSISTED_NO);
    assert_int_equal(f.codes[0], KDS_ERR_ACCESS_DENIED);
    assert_string_equal(f.message, "KMSAccessDeniedException");
    fx_end(&f);
}

static void fault_S22_an_unknown_code_is_judged_by_whether_it_may_pass(void **state)
{
    (void)state;
    for (int passes = 0; passes < 2; passes++) {
        struct fixture f;
        struct kpl_action action;
        begin_singles(&f, 1);
        fx_expect_put(&f, &action);
        fail_action(&f, &action, KDS_ERR_SERVICE, "NeverHeardOfIt", passes,
                    KDS_PERSISTED_NO);
        assert_int_equal(f.total, passes ? 0 : 1);
        assert_int_equal(succeed_for(&f, S), passes ? 1 : 0);
        fx_end(&f);
    }
}

/* One record of 64 makes the service refuse the whole request: it alone fails. */
static void fault_S23_a_bad_record_does_not_take_its_neighbours_with_it(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t requests = 0;
    (void)state;
    begin_singles(&f, 64);
    for (int i = 0; i < 2000 && f.total < 64; i++, f.now_us += 5 * MS) {
        while (fx_next(&f, &action)) {
            bool bad = false;
            requests++;
            for (size_t k = 0; k < action.put_records.records_count; k++) {
                bad |= kds_slice_is(action.put_records.records[k].partition_key, "k37");
            }
            if (bad) {
                fail_action(&f, &action, KDS_ERR_REJECTED, "InvalidArgumentException",
                            false, KDS_PERSISTED_NO);
            } else {
                fx_answer_all(&f, &action, one_id[0]);
            }
        }
    }
    assert_int_equal(f.total, 64);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(f.codes[i], i == 37 ? KDS_ERR_REJECTED : KDS_OK);
    }
    assert_in_range(requests, 7, 80);
    fx_end(&f);
}

static void fault_N05_an_answer_that_is_lost_means_maybe(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &action);
    fail_action(&f, &action, KDS_ERR_TIMED_OUT, "", true, KDS_PERSISTED_MAYBE);
    for (int i = 0; i < 3000 && f.total == 0; i++, f.now_us += 20 * MS) {
        while (fx_next(&f, &action)) { /* afterwards it certainly does not arrive */
            fail_action(&f, &action, KDS_ERR_TRANSPORT, "", true, KDS_PERSISTED_NO);
        }
        fx_take_results(&f);
    }
    assert_int_equal(f.codes[0], KDS_ERR_RECORD_EXPIRED);
    assert_int_equal(f.persisted[0], KDS_PERSISTED_MAYBE); /* the first attempt counts */
    fx_end(&f);
}

static void fault_N11_an_answer_that_comes_after_the_end_is_ignored(void **state)
{
    struct fixture f;
    struct kpl_action late, action;
    (void)state;
    begin_singles(&f, 1);
    fx_expect_put(&f, &late);
    fail_action(&f, &late, KDS_ERR_TIMED_OUT, "", true, KDS_PERSISTED_MAYBE);
    f.now_us += S;
    fx_expect_put(&f, &action);
    kds_put_records_result_entry_t entry = {.shard_id = kds_slice(one_id[0]),
                                            .sequence_number = kds_slice("5")};
    const kds_put_records_out_t out = {.records = &entry, .records_count = 1};
    kpl_core_done(f.core, f.now_us, late.id, &out, NULL);
    fx_take_results(&f);
    assert_int_equal(f.total, 0);
    fx_answer_all(&f, &action, one_id[0]);
    all_succeeded_once(&f, 1);
    fx_end(&f);
}

/* ---- the caller --------------------------------------------------------------------------- */

static void
fault_U11_a_million_puts_without_looking_at_outcomes_stay_bounded(void **state)
{
    struct fixture f;
    struct kpl_action action;
    size_t accepted = 0;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "buffer.max.bytes", "1MiB");
    fx_set(&f, "rate.limit.percent", "1000000");
    fx_open(&f);
    fx_put(&f, "k", NULL, "data", 0);
    fx_give_map(&f);
    for (size_t i = 0; i < 1000000; i++) {
        accepted += fx_put(&f, "k", NULL, "data", 1) == KDS_OK;
        if (i % 1000 == 0) {
            f.now_us += 200 * MS;
            while (fx_next(&f, &action)) {
                static kds_put_records_result_entry_t entries[500];
                memset(entries, 0, sizeof entries);
                for (size_t k = 0; k < action.put_records.records_count; k++) {
                    entries[k].shard_id = kds_slice(one_id[0]);
                    entries[k].sequence_number = kds_slice("1");
                }
                const kds_put_records_out_t out = {.records = entries,
                                                   .records_count =
                                                       action.put_records.records_count};
                kpl_core_done(f.core, f.now_us, action.id, &out, NULL);
            }
        }
        assert_true(kpl_core_bytes(f.core) <= 1048576);
    }
    assert_in_range(accepted, 1000, 1048576 / 64);
    fx_take_results(&f);
    assert_int_equal(f.total, accepted + 1);
    assert_int_equal(kpl_core_bytes(f.core), 0);
    fx_end(&f);
}

/* What the caller does with his memory after the put does not matter. */
static void fault_U07_the_callers_bytes_are_copied(void **state)
{
    struct fixture f;
    struct kpl_action action;
    char key[] = "key", data[] = "data";
    (void)state;
    fx_begin(&f);
    fx_open(&f);
    fx_put(&f, key, NULL, data, 1);
    memset(key, 'x', 3);
    memset(data, 'x', 4);
    fx_give_map(&f);
    f.now_us += 200 * MS;
    fx_expect_put(&f, &action);
    assert_true(kds_slice_is(action.put_records.records[0].data, "data"));
    assert_true(kds_slice_is(action.put_records.records[0].partition_key, "key"));
    kpl_record_t r = fx_record("k", NULL, NULL, 0);
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_OK); /* NULL is empty */
    r.data.n = 5;
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_ERR_INVALID_ARG);
    r.data = (kds_slice_t){(const uint8_t *)"d", SIZE_MAX};
    assert_int_equal(kpl_record_check(f.conf, &r, NULL), KDS_ERR_TOO_LARGE);
    fx_end(&f);
}

static void fault_U10_settings_that_cannot_be_are_refused_and_named(void **state)
{
    static const char *const bad[][2] = {{"batch.max.records", "501"},
                                         {"AggregationMaxSize", "63"},
                                         {"recordTtl", "99"},
                                         {"recordTtl", "-1"},
                                         {"rateLimit", "0"},
                                         {"rateLimit", "nan"},
                                         {"MaxConnections", "257"},
                                         {"RequestTimeout", "601s"},
                                         {"kinesisPort", "65536"},
                                         {"metricsLevel", "loud"},
                                         {"metricsUploadDelay", "60001"},
                                         {"linger.ms", "soon"},
                                         {"buffer.low.percent", "100"},
                                         {"no.such.setting", "1"},
                                         {"minConnections", "17"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kds_error_t *error = NULL;
        kpl_conf_t *conf = kpl_conf_new();
        assert_int_equal(kpl_conf_set(conf, bad[i][0], bad[i][1], &error),
                         KDS_ERR_CONFIG);
        assert_true(strstr(kds_error_message(error), bad[i][1]) != NULL ||
                    strstr(kds_error_message(error), bad[i][0]) != NULL);
        kds_error_free(error);
        kpl_conf_free(conf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_S03_five_hundred_entries_fail_in_patterns),
        cmocka_unit_test(fault_S03_the_order_is_kept_whatever_fails),
        cmocka_unit_test(fault_S04_the_counter_of_failures_is_not_believed),
        cmocka_unit_test(fault_S05_an_entry_that_says_nothing_is_maybe_stored),
        cmocka_unit_test(fault_S06_an_empty_answer_is_ambiguous),
        cmocka_unit_test(fault_S01_a_throttled_request_is_repeated_later),
        cmocka_unit_test(fault_S01_fail_if_throttled_gives_up_at_once),
        cmocka_unit_test(fault_S02_an_error_of_the_server_may_have_stored_it),
        cmocka_unit_test(fault_N01_an_endpoint_that_refuses_is_not_flooded),
        cmocka_unit_test(fault_N01_what_expires_unsent_says_what_its_stream_met),
        cmocka_unit_test(fault_N16_a_slow_link_gets_nothing_twice_and_is_not_flooded),
        cmocka_unit_test(fault_S18_a_denied_producer_does_not_flood),
        cmocka_unit_test(fault_S18_what_waits_for_a_denied_stream_ends_with_the_cause),
        cmocka_unit_test(
            fault_S09_what_waits_for_a_stream_that_is_gone_ends_with_the_cause),
        cmocka_unit_test(
            fault_S18_refusals_are_tried_again_until_records_expire_if_told_so),
        cmocka_unit_test(fault_S09_a_stream_that_is_gone_is_asked_for_rarely),
        cmocka_unit_test(fault_S10_a_stream_that_is_missing_for_a_moment_loses_nothing),
        cmocka_unit_test(
            outcomes_of_a_producer_that_is_closed_have_the_services_last_word),
        cmocka_unit_test(
            fault_S10_only_answers_that_it_is_missing_count_for_a_missing_stream),
        cmocka_unit_test(fault_S18_an_expired_token_is_worth_another_try),
        cmocka_unit_test(
            fault_S20_a_key_that_may_not_be_used_ends_the_record_with_its_cause),
        cmocka_unit_test(fault_S22_an_unknown_code_is_judged_by_whether_it_may_pass),
        cmocka_unit_test(fault_S23_a_bad_record_does_not_take_its_neighbours_with_it),
        cmocka_unit_test(fault_N05_an_answer_that_is_lost_means_maybe),
        cmocka_unit_test(fault_N11_an_answer_that_comes_after_the_end_is_ignored),
        cmocka_unit_test(
            fault_U11_a_million_puts_without_looking_at_outcomes_stay_bounded),
        cmocka_unit_test(fault_U07_the_callers_bytes_are_copied),
        cmocka_unit_test(fault_U10_settings_that_cannot_be_are_refused_and_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
