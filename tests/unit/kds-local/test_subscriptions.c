/*
 * test_subscriptions: who may read a shard as events, from where, which event is next, and when.
 */
#include "script.h"

#include "subscriptions.h"
#include "support/fail_alloc.h"

#include <inttypes.h>
#include <stdlib.h>

#define SHARD0   "shardId-000000000000"
#define COUNT(n) (sizeof(n) / sizeof(n)[0])

/* A stream of one shard and two ACTIVE consumers, and one subscription at a time of interest. */
struct world {
    struct script script;
    char arns[2][256];
    struct local_fault fault;
    struct kds_arena arena;
    kds_subscribe_to_shard_event_t event;
    int woken;
};

static void on_ready(void *opaque)
{
    ((struct world *)opaque)->woken++;
}

static void pass(struct world *w, int64_t ms)
{
    w->script.now_us += ms * KDS_US_PER_MS;
}

static void begin_with(struct world *w, const struct local_service_options *options)
{
    memset(w, 0, sizeof *w);
    script_begin(&w->script, options);
    kds_arena_init(&w->arena, 1 << 24);
    assert_int_equal(
        script_ask(&w->script, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}"),
        200);
    pass(w, 1000); /* until it is ACTIVE */
    for (int i = 0; i < 2; i++) {
        char body[256];
        snprintf(body, sizeof body,
                 "{\"StreamARN\":\"" ARN_OF "stream/s\",\"ConsumerName\":\"c%d\"}", i);
        assert_int_equal(script_ask(&w->script, "RegisterStreamConsumer", body), 200);
        script_member(&w->script, "ConsumerARN", w->arns[i], sizeof w->arns[i]);
    }
}

static void begin(struct world *w)
{
    begin_with(w, NULL);
}

static void finish(struct world *w)
{
    kds_arena_clear(&w->arena);
    script_end(&w->script);
}

static void call(struct world *w, const char *operation, const char *body)
{
    if (script_ask(&w->script, operation, body) != 200) {
        fail_msg("%s: %s", operation, w->script.answer);
    }
}

static void put(struct world *w, const char *data)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"StreamName\":\"s\",\"PartitionKey\":\"k\",\"Data\":\"%s\"}", data);
    call(w, "PutRecord", body);
}

static struct local_subscription *
subscribe_at(struct world *w, int consumer, const char *type, const char *sequence)
{
    const kds_subscribe_to_shard_in_t in = {
        .struct_size = sizeof in,
        .consumer_arn = kds_slice(w->arns[consumer]),
        .shard_id = kds_slice(SHARD0),
        .starting_position = {.type = kds_slice(type),
                              .sequence_number = sequence ? kds_slice(sequence)
                                                          : (kds_slice_t){NULL, 0}}};
    return local_service_subscribe(w->script.service, w->script.now_us, &in, &w->arena,
                                   &w->fault, on_ready, w);
}

static struct local_subscription *subscribe(struct world *w, int consumer)
{
    return subscribe_at(w, consumer, "TRIM_HORIZON", NULL);
}

static enum local_event next(struct world *w, struct local_subscription *sub)
{
    kds_arena_reset(&w->arena);
    return local_subscription_next(sub, w->script.now_us, &w->arena, &w->event,
                                   &w->fault);
}

/* The data of the next event's records, one behind the other; "-" if it has none. */
static const char *data_of(struct world *w, struct local_subscription *sub)
{
    static char out[256];
    assert_int_equal(next(w, sub), LOCAL_EVENT_RECORDS);
    snprintf(out, sizeof out, "-");
    for (size_t i = 0, n = 0; i < w->event.records_count; i++) {
        const kds_slice_t d = w->event.records[i].data;
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", (int)d.n,
                              (const char *)d.p);
    }
    return out;
}

/* ---- what is delivered -------------------------------------------------------------------- */

static void records_come_in_order_and_at_once(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    put(&w, "QQ==");
    put(&w, "Qg==");
    struct local_subscription *sub = subscribe(&w, 0);
    assert_non_null(sub);
    assert_string_equal(data_of(&w, sub), "AB");
    assert_int_equal(w.event.millis_behind_latest, 0);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
    assert_int_equal(w.woken, 0);
    put(&w, "Qw==");
    put(&w, "RA==");
    assert_int_equal(w.woken, 1); /* once, until it is asked again */
    assert_string_equal(data_of(&w, sub), "CD");
    local_subscription_end(sub);
    put(&w, "RQ==");
    assert_int_equal(w.woken, 1);
    finish(&w);
}

static void quiet_shards_have_heartbeats(void **state)
{
    struct world w;
    char first[128];
    (void)state;
    begin(&w);
    struct local_subscription *sub = subscribe_at(&w, 0, "LATEST", NULL);
    assert_string_equal(data_of(&w, sub), "-"); /* at once: this is where it is */
    snprintf(first, sizeof first, "%.*s", (int)w.event.continuation_sequence_number.n,
             (const char *)w.event.continuation_sequence_number.p);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
        assert_int_equal(local_subscription_due_us(sub), w.script.now_us + 5000000);
        pass(&w, 4999);
        assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
        pass(&w, 1);
        assert_string_equal(data_of(&w, sub), "-");
        assert_true(kds_slice_is(w.event.continuation_sequence_number, first));
    }
    assert_int_equal(w.woken, 0);
    local_subscription_end(sub);
    finish(&w);
}

/* Whoever goes on behind each event's continuation gets every record once. */
static void continuations_lead_on(void **state)
{
    static const char *const starts[] = {"TRIM_HORIZON", "LATEST"};
    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct world w;
        char at[256] = "";
        begin(&w);
        if (i == 1) {
            put(&w, "WA=="); /* before LATEST */
        }
        struct local_subscription *sub = subscribe_at(&w, 0, starts[i], NULL);
        for (int k = 0; k < 6; k++) {
            const char *wanted = k % 2 ? "A" : "-";
            assert_string_equal(data_of(&w, sub), wanted);
            snprintf(at, sizeof at, "%.*s", (int)w.event.continuation_sequence_number.n,
                     (const char *)w.event.continuation_sequence_number.p);
            local_subscription_end(sub);
            pass(&w, 5000);
            if (k % 2 == 0) {
                put(&w, "QQ==");
            }
            sub = subscribe_at(&w, 0, "AFTER_SEQUENCE_NUMBER", at);
            assert_non_null(sub);
        }
        local_subscription_end(sub);
        finish(&w);
    }
}

static void every_kind_of_start(void **state)
{
    struct world w;
    char sequence[256];
    (void)state;
    begin(&w);
    put(&w, "QQ==");
    pass(&w, 5000);
    put(&w, "Qg==");
    script_member(&w.script, "SequenceNumber", sequence, sizeof sequence);
    const int64_t second_ms = w.script.now_us / 1000;
    pass(&w, 5000);
    put(&w, "Qw==");
    const struct {
        const char *type, *sequence, *wanted;
        int64_t at_ms;
    } rows[] = {{"TRIM_HORIZON", NULL, "ABC", -1},
                {"LATEST", NULL, "-", -1},
                {"AT_SEQUENCE_NUMBER", sequence, "BC", -1},
                {"AFTER_SEQUENCE_NUMBER", sequence, "C", -1},
                {"AT_TIMESTAMP", NULL, "BC", second_ms}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const kds_subscribe_to_shard_in_t in = {
            .struct_size = sizeof in,
            .consumer_arn = kds_slice(w.arns[0]),
            .shard_id = kds_slice(SHARD0),
            .starting_position = {.type = kds_slice(rows[i].type),
                                  .sequence_number = rows[i].sequence
                                                         ? kds_slice(rows[i].sequence)
                                                         : (kds_slice_t){NULL, 0},
                                  .has_timestamp_ms = rows[i].at_ms >= 0,
                                  .timestamp_ms = rows[i].at_ms}};
        struct local_subscription *sub = local_service_subscribe(
            w.script.service, w.script.now_us, &in, &w.arena, &w.fault, NULL, NULL);
        assert_non_null(sub);
        assert_string_equal(data_of(&w, sub), rows[i].wanted);
        local_subscription_end(sub);
        pass(&w, 5000);
    }
    finish(&w);
}

/* An event has a bound; what is larger comes alone. */
static void events_are_bounded(void **state)
{
    struct world w;
    char *data = malloc(400000), *body = malloc(420000);
    const size_t sizes[] = {100000, 100000, 100000, 299997, 3};
    (void)state;
    begin(&w);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        size_t n = sizes[i] / 3 * 4;
        memset(data, 'A', n);
        data[n] = 0;
        snprintf(body, 420000,
                 "{\"StreamName\":\"s\",\"PartitionKey\":\"k\",\"Data\":\"%s\"}", data);
        call(&w, "PutRecord", body);
    }
    pass(&w, 700);
    struct local_subscription *sub = subscribe(&w, 0);
    const size_t counts[] = {2, 1, 1, 1};
    for (size_t i = 0; i < COUNT(counts); i++) {
        assert_int_equal(next(&w, sub), LOCAL_EVENT_RECORDS);
        assert_int_equal(w.event.records_count, counts[i]);
        assert_int_equal(w.event.millis_behind_latest, i + 1 < COUNT(counts) ? 700 : 0);
    }
    local_subscription_end(sub);
    free(data);
    free(body);
    finish(&w);
}

static void limits_hold_two_mebibytes_a_second(void **state)
{
    const struct local_service_options options = {.seed = 1, .limits = true};
    struct world w;
    char *body = malloc(800000);
    (void)state;
    begin_with(&w, &options);
    for (int i = 0; i < 3; i++) {
        size_t n = 262144 / 3 * 4;
        int head = snprintf(body, 100,
                            "{\"StreamName\":\"s\",\"PartitionKey\":\"k\",\"Data\":\"");
        memset(body + head, 'A', n);
        snprintf(body + head + n, 8, "\"}");
        call(&w, "PutRecord", body);
        pass(&w, 1000);
    }
    struct local_subscription *sub = subscribe(&w, 0);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_RECORDS);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
    const int64_t wait_us = local_subscription_due_us(sub) - w.script.now_us;
    assert_in_range(wait_us, 124000, 126000); /* an eighth of a second for 256 KiB */
    pass(&w, 126);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_RECORDS);
    local_subscription_end(sub);
    free(body);
    finish(&w);
}

/* ---- how it ends -------------------------------------------------------------------------- */

static void subscriptions_end_after_five_minutes(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    struct local_subscription *sub = subscribe(&w, 0);
    for (int i = 0; i < 60; i++) {
        assert_string_equal(data_of(&w, sub), "-");
        pass(&w, 5000);
    }
    assert_int_equal(next(&w, sub), LOCAL_EVENT_END);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_END);
    local_subscription_end(sub);
    assert_non_null(sub = subscribe(&w, 0)); /* and at once again */
    local_subscription_end(sub);
    finish(&w);
}

/* F-H11: within five seconds the newcomer is refused; later it takes over. */
static void fault_H11_one_subscription_for_consumer_and_shard(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    struct local_subscription *first = subscribe(&w, 0);
    struct local_subscription *other = subscribe(&w, 1);
    assert_string_equal(data_of(&w, first), "-");
    assert_string_equal(data_of(&w, other), "-");
    assert_int_equal(next(&w, first), LOCAL_EVENT_NONE);
    pass(&w, 4999);
    assert_null(subscribe(&w, 0));
    assert_string_equal(w.fault.code, "ResourceInUseException");
    assert_string_equal(w.fault.message,
                        "Another active subscription exists for this consumer: "
                        "000000000000:s:" SHARD0 ":c0");
    pass(&w, 1);
    struct local_subscription *second = subscribe(&w, 0);
    assert_non_null(second);
    assert_int_equal(w.woken, 1);
    assert_int_equal(next(&w, first), LOCAL_EVENT_EXCEPTION);
    assert_string_equal(w.fault.code, "ResourceInUseException");
    assert_int_equal(next(&w, first), LOCAL_EVENT_END);
    put(&w, "QQ==");
    assert_string_equal(data_of(&w, second), "A");
    assert_string_equal(data_of(&w, other), "A"); /* another consumer is not concerned */
    local_subscription_end(first);
    local_subscription_end(second);
    local_subscription_end(other);
    /* The time counts from the last success, also when nothing is left of it. */
    assert_null(subscribe(&w, 0));
    pass(&w, 5000);
    assert_non_null(second = subscribe(&w, 0));
    local_subscription_end(second);
    finish(&w);
}

static void takeover_time_can_be_set(void **state)
{
    const struct local_service_options options = {
        .seed = 1, .takeover_ms = -1, .subscription_ms = 10, .heartbeat_ms = 2};
    struct world w;
    (void)state;
    begin_with(&w, &options);
    struct local_subscription *first = subscribe(&w, 0);
    struct local_subscription *second = subscribe(&w, 0);
    assert_non_null(second);
    assert_int_equal(next(&w, first), LOCAL_EVENT_EXCEPTION);
    assert_string_equal(data_of(&w, second), "-");
    pass(&w, 2);
    assert_string_equal(data_of(&w, second), "-");
    pass(&w, 8);
    assert_int_equal(next(&w, second), LOCAL_EVENT_END);
    local_subscription_end(first);
    local_subscription_end(second);
    finish(&w);
}

static void one_call_a_second_with_limits(void **state)
{
    const struct local_service_options options = {
        .seed = 1, .limits = true, .takeover_ms = -1};
    struct world w;
    (void)state;
    begin_with(&w, &options);
    struct local_subscription *sub = subscribe(&w, 0);
    assert_non_null(sub);
    pass(&w, 999);
    assert_null(subscribe(&w, 0));
    assert_string_equal(w.fault.code, "LimitExceededException");
    local_subscription_end(sub);
    pass(&w, 1000);
    assert_non_null(sub = subscribe(&w, 0));
    local_subscription_end(sub);
    finish(&w);
}

static void shards_end_with_their_children(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    put(&w, "QQ==");
    struct local_subscription *sub = subscribe(&w, 0);
    assert_string_equal(data_of(&w, sub), "A");
    assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
    put(&w, "Qg==");
    call(&w, "SplitShard",
         "{\"StreamName\":\"s\",\"ShardToSplit\":\"" SHARD0
         "\",\"NewStartingHashKey\":\"1000\"}");
    assert_int_equal(w.woken, 1);
    assert_string_equal(data_of(&w, sub), "B"); /* all records first */
    assert_non_null(w.event.continuation_sequence_number.p);
    assert_int_equal(w.event.child_shards_count, 0);
    assert_string_equal(data_of(&w, sub), "-");
    assert_null(w.event.continuation_sequence_number.p);
    assert_int_equal(w.event.child_shards_count, 2);
    assert_true(kds_slice_is(w.event.child_shards[0].parent_shards[0], SHARD0));
    assert_true(kds_slice_is(w.event.child_shards[1].shard_id, "shardId-000000000002"));
    assert_int_equal(next(&w, sub), LOCAL_EVENT_END);
    local_subscription_end(sub);
    pass(&w, 5000); /* a closed shard without anything left, from LATEST */
    sub = subscribe_at(&w, 0, "LATEST", NULL);
    assert_string_equal(data_of(&w, sub), "-");
    assert_int_equal(w.event.child_shards_count, 2);
    local_subscription_end(sub);
    finish(&w);
}

/* A quiet reader is woken by the end itself. */
static void what_goes_ends_its_subscriptions(void **state)
{
    static const char *const calls[][2] = {
        {"DeleteStream", "{\"StreamName\":\"s\",\"EnforceConsumerDeletion\":true}"},
        {"DeregisterStreamConsumer",
         "{\"StreamARN\":\"" ARN_OF "stream/s\",\"ConsumerName\":\"c0\"}"}};
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        for (int64_t delay_ms = 0; delay_ms < 1000; delay_ms += 500) {
            const struct local_service_options options = {
                .seed = 1, .control_plane_delay_ms = delay_ms};
            struct world w;
            begin_with(&w, &options);
            pass(&w, 1000);
            struct local_subscription *sub = subscribe(&w, 0);
            assert_string_equal(data_of(&w, sub), "-");
            assert_int_equal(next(&w, sub), LOCAL_EVENT_NONE);
            call(&w, calls[i][0], calls[i][1]);
            assert_int_equal(w.woken, 1);
            assert_int_equal(next(&w, sub), LOCAL_EVENT_EXCEPTION);
            assert_string_equal(w.fault.code, "ResourceNotFoundException");
            assert_int_equal(next(&w, sub), LOCAL_EVENT_END);
            local_subscription_end(sub);
            finish(&w);
        }
    }
}

static void expired_shards_end_their_subscriptions(void **state)
{
    struct world w;
    (void)state;
    const struct local_service_options options = {.seed = 1,
                                                  .subscription_ms = INT64_C(1) << 40};
    begin_with(&w, &options);
    put(&w, "QQ==");
    struct local_subscription *sub = subscribe_at(&w, 0, "LATEST", NULL);
    call(&w, "SplitShard",
         "{\"StreamName\":\"s\",\"ShardToSplit\":\"" SHARD0
         "\",\"NewStartingHashKey\":\"1000\"}");
    pass(&w, INT64_C(25) * 3600 * 1000);
    local_service_advance(w.script.service, w.script.now_us);
    assert_int_equal(next(&w, sub), LOCAL_EVENT_EXCEPTION);
    assert_string_equal(w.fault.code, "ResourceNotFoundException");
    local_subscription_end(sub);
    finish(&w);
}

static void refusals_leave_nothing_behind(void **state)
{
    static const struct {
        const char *type, *sequence, *code;
    } rows[] = {{"SOMETIMES", NULL, "ValidationException"},
                {"AT_SEQUENCE_NUMBER", NULL, "InvalidArgumentException"},
                {"AT_TIMESTAMP", NULL, "InvalidArgumentException"},
                {"AFTER_SEQUENCE_NUMBER", "123", "InvalidArgumentException"}};
    struct world w;
    (void)state;
    begin(&w);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_null(subscribe_at(&w, 0, rows[i].type, rows[i].sequence));
        assert_string_equal(w.fault.code, rows[i].code);
    }
    struct local_subscription *sub = subscribe(&w, 0);
    assert_non_null(sub); /* none of those counted as a success */
    local_subscription_end(sub);
    finish(&w);
}

/* All of it from nothing. @return 0 when it got through */
static int one_subscription(void *opaque)
{
    const struct local_service_options plain = {.seed = 1};
    struct world *w = opaque;
    int rc = 1;
    memset(w, 0, sizeof *w);
    w->script.now_us = SCRIPT_START_S * KDS_US_PER_S;
    w->script.service = local_service_new(&plain);
    kds_arena_init(&w->arena, 1 << 24);
    snprintf(w->arns[0], sizeof w->arns[0], ARN_OF "stream/s/consumer/c0:%" PRId64,
             SCRIPT_START_S);
    if (w->script.service != NULL &&
        script_ask(&w->script, "CreateStream",
                   "{\"StreamName\":\"s\",\"ShardCount\":1}") == 200 &&
        script_ask(&w->script, "RegisterStreamConsumer",
                   "{\"StreamARN\":\"" ARN_OF
                   "stream/s\",\"ConsumerName\":\"c0\"}") == 200) {
        struct local_subscription *sub = subscribe(w, 0);
        rc = sub == NULL || next(w, sub) != LOCAL_EVENT_RECORDS;
        local_subscription_end(sub);
    }
    kds_arena_clear(&w->arena);
    local_service_free(w->script.service);
    return rc;
}

static void subscribing_survives_failed_allocations(void **state)
{
    struct world w;
    (void)state;
    assert_true(fail_alloc_run(one_subscription, &w) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_in_order_and_at_once),
        cmocka_unit_test(quiet_shards_have_heartbeats),
        cmocka_unit_test(continuations_lead_on),
        cmocka_unit_test(every_kind_of_start),
        cmocka_unit_test(events_are_bounded),
        cmocka_unit_test(limits_hold_two_mebibytes_a_second),
        cmocka_unit_test(subscriptions_end_after_five_minutes),
        cmocka_unit_test(fault_H11_one_subscription_for_consumer_and_shard),
        cmocka_unit_test(takeover_time_can_be_set),
        cmocka_unit_test(one_call_a_second_with_limits),
        cmocka_unit_test(shards_end_with_their_children),
        cmocka_unit_test(what_goes_ends_its_subscriptions),
        cmocka_unit_test(expired_shards_end_their_subscriptions),
        cmocka_unit_test(refusals_leave_nothing_behind),
        cmocka_unit_test(subscribing_survives_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
