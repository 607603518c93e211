/*
 * test_subscribe: subscriptions against a real kds-local: records, renewal, resharding, take-over, TLS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "client/client.h"
#include "client/fanout.h"
#include "kds/subscription.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STREAM_ARN "arn:aws:kinesis:us-east-1:000000000000:stream/s"
#define SHARD_0    "shardId-000000000000"
#define LONG_MS    60000

struct fixture {
    pid_t server;
    FILE *said;
    char endpoint[256], ca_file[256];
    kds_client_t *client;
    kds_fanout_t *fanout;
    kds_fanout_consumer_t consumer;
};

static _Atomic int64_t turned_us;

static int64_t boottime_us(void *opaque)
{
    (void)opaque;
    return kds_clock_boottime_us(kds_clock_system()) + atomic_load(&turned_us);
}

static int64_t realtime_us(void *opaque)
{
    (void)opaque;
    return kds_clock_realtime_us(kds_clock_system());
}

static const struct kds_clock test_clock = {boottime_us, realtime_us, NULL};

static void jump(struct fixture *f, int64_t seconds)
{
    atomic_fetch_add(&turned_us, seconds * KDS_US_PER_S);
    kds_fanout_nudge(f->fanout);
}

/* ---- the server ---------------------------------------------------------------------------- */

static void start_server(struct fixture *f, const char *const extra[4])
{
    int out[2];
    char line[1024] = "", authority[256] = "";
    assert_int_equal(pipe(out), 0);
    f->server = fork();
    assert_true(f->server >= 0);
    if (f->server == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", "s:1", extra[0], extra[1],
              extra[2], extra[3], (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    f->said = fdopen(out[0], "r");
    assert_non_null(f->said);
    assert_non_null(fgets(line, sizeof line, f->said));
    f->ca_file[0] = 0;
    if (sscanf(line, "listening on %255s authority %255s", f->endpoint, authority) == 2)
        snprintf(f->ca_file, sizeof f->ca_file, "%s", authority);
    assert_non_null(strstr(f->endpoint, "://"));
}

static void open_all(struct fixture *f, const char *const extra[4])
{
    const struct kds_client_parts parts = {&test_clock, getenv, NULL};
    kds_error_t *error = NULL;
    start_server(f, extra);
    const kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = "us-east-1",
        .endpoint = f->endpoint,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
        .ca_file = f->ca_file[0] ? f->ca_file : NULL,
    };
    assert_int_equal(kds_client_new_from(&options, &parts, &f->client, NULL), KDS_OK);
    assert_int_equal(kds_fanout_new(f->client, NULL, &f->fanout, NULL), KDS_OK);
    if (kds_fanout_find_consumer(f->client, STREAM_ARN, "c", 0, &f->consumer, &error) !=
        KDS_OK)
        fail_msg("%s", kds_error_message(error));
}

static void close_all(struct fixture *f)
{
    kds_fanout_free(f->fanout);
    kds_client_free(f->client);
    kill(f->server, SIGTERM);
    waitpid(f->server, NULL, 0);
    fclose(f->said);
}

/* ---- what is done -------------------------------------------------------------------------- */

static void put(struct fixture *f, int i)
{
    char data[16];
    const kds_put_record_out_t *out = NULL;
    snprintf(data, sizeof data, "record %d", i);
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = kds_slice("s"),
                                    .partition_key = kds_slice("k"),
                                    .data = kds_slice(data)};
    assert_int_equal(kds_put_record(f->client, &in, NULL, &out, NULL), KDS_OK);
    kds_output_free(out);
}

static kds_subscription_t *subscribe(struct fixture *f, const char *shard)
{
    kds_subscription_t *s = NULL;
    const kds_starting_position_t start = {.type = kds_slice("TRIM_HORIZON")};
    const kds_subscription_options_t options = {.struct_size = sizeof options,
                                                .consumer_arn = f->consumer.arn,
                                                .shard_id = shard,
                                                .start = &start};
    assert_int_equal(kds_subscribe(f->fanout, &options, &s, NULL), KDS_OK);
    return s;
}

static const kds_subscription_event_t *next(kds_subscription_t *s)
{
    const kds_subscription_event_t *event = NULL;
    kds_error_t *error = NULL;
    if (kds_subscription_next(s, LONG_MS, &event, &error) != KDS_OK)
        fail_msg("%s", kds_error_message(error));
    if (event->kind == KDS_SUBSCRIPTION_FAILED)
        fail_msg("%s", kds_error_message(event->error));
    return event;
}

/* Records @p from to @p to - 1, in order, each once, in however many events. */
static void expect(kds_subscription_t *s, int from, int to)
{
    while (from < to) {
        const kds_subscription_event_t *event = next(s);
        for (size_t i = 0; i < event->data->records_count; i++) {
            char data[16];
            snprintf(data, sizeof data, "record %d", from++);
            assert_true(kds_slice_is(event->data->records[i].data, data));
        }
        kds_subscription_release(event);
    }
    assert_int_equal(from, to);
}

static kds_subscription_status_t look(kds_subscription_t *s)
{
    kds_subscription_status_t status = {.struct_size = sizeof status};
    assert_int_equal(kds_subscription_get_status(s, &status), KDS_OK);
    return status;
}

/* Empty events until it has subscribed as often as this, and got an answer. */
static void
await_generation(struct fixture *f, kds_subscription_t *s, unsigned generation)
{
    const kds_subscription_event_t *event;
    for (;;) {
        const kds_subscription_status_t status = look(s);
        if (status.generation >= generation && status.state == KDS_SUBSCRIPTION_ACTIVE)
            return;
        if (status.state == KDS_SUBSCRIPTION_WAITING)
            jump(f, 6);
        if (kds_subscription_next(s, 20, &event, NULL) == KDS_OK) {
            assert_int_equal(event->kind, KDS_SUBSCRIPTION_RECORDS);
            assert_int_equal(event->data->records_count, 0);
            kds_subscription_release(event);
        }
    }
}

/* ---- tests --------------------------------------------------------------------------------- */

static void a_consumer_is_registered_once(void **state)
{
    static const char *const plain[4] = {NULL};
    struct fixture f;
    kds_fanout_consumer_t again;
    (void)state;
    open_all(&f, plain);
    assert_true(f.consumer.registered);
    assert_int_equal(kds_fanout_find_consumer(f.client, STREAM_ARN, "c", 0, &again, NULL),
                     KDS_OK);
    assert_false(again.registered);
    assert_string_equal(again.arn, f.consumer.arn);
    assert_int_equal(
        kds_fanout_find_consumer(f.client, STREAM_ARN "-no", "c", 0, &again, NULL),
        KDS_ERR_NOT_FOUND);
    close_all(&f);
}

static void records_are_pushed_through_a_split_to_the_children(void **state)
{
    static const char *const plain[4] = {NULL};
    struct fixture f;
    const kds_split_shard_in_t split = {
        .struct_size = sizeof split,
        .stream_name = kds_slice("s"),
        .shard_to_split = kds_slice(SHARD_0),
        .new_starting_hash_key = kds_slice("170141183460469231731687303715884105728")};
    (void)state;
    open_all(&f, plain);
    for (int i = 0; i < 50; i++)
        put(&f, i);
    kds_subscription_t *s = subscribe(&f, SHARD_0);
    expect(s, 0, 50);
    for (int i = 50; i < 100; i++)
        put(&f, i);
    expect(s, 50, 100);
    const kds_split_shard_out_t *out = NULL;
    assert_int_equal(kds_split_shard(f.client, &split, NULL, &out, NULL), KDS_OK);
    kds_output_free(out);
    const kds_subscription_event_t *event;
    while ((event = next(s))->kind == KDS_SUBSCRIPTION_RECORDS)
        kds_subscription_release(event);
    assert_int_equal(event->kind, KDS_SUBSCRIPTION_SHARD_END);
    assert_int_equal(event->data->child_shards_count, 2);
    kds_subscription_t *children[2];
    for (int i = 0; i < 2; i++)
        children[i] =
            subscribe(&f, (const char *)event->data->child_shards[i].shard_id.p);
    kds_subscription_release(event);
    for (int i = 100; i < 110; i++)
        put(&f, i);
    /* The key goes to one of the two. */
    size_t records = 0;
    while (records < 10)
        for (int i = 0; i < 2; i++)
            if (kds_subscription_next(children[i], 10, &event, NULL) == KDS_OK) {
                records += event->data->records_count;
                kds_subscription_release(event);
            }
    assert_int_equal(records, 10);
    kds_subscription_free(s);
    kds_subscription_free(children[0]);
    kds_subscription_free(children[1]);
    close_all(&f);
}

static void fault_H12_nothing_is_lost_or_repeated_when_it_is_renewed(void **state)
{
    static const char *const brief[4] = {"--subscription", "300", "--takeover", "100"};
    struct fixture f;
    (void)state;
    open_all(&f, brief);
    kds_subscription_t *s = subscribe(&f, SHARD_0);
    for (int round = 0; round < 5; round++) {
        await_generation(&f, s, (unsigned)round + 1);
        for (int i = 0; i < 20; i++)
            put(&f, round * 20 + i);
        jump(&f, 6);
        expect(s, round * 20, round * 20 + 20);
    }
    assert_int_equal(look(s).records, 100);
    assert_true(look(s).generation >= 5);
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H11_a_later_subscription_takes_over(void **state)
{
    static const char *const brief[4] = {"--takeover", "100", NULL};
    struct fixture f;
    (void)state;
    open_all(&f, brief);
    put(&f, 0);
    kds_subscription_t *first = subscribe(&f, SHARD_0);
    expect(first, 0, 1);
    kds_subscription_t *second = subscribe(&f, SHARD_0);
    const kds_subscription_event_t *event;
    while (look(second).events == 0 || look(first).problem[0] == 0) {
        if (look(second).state == KDS_SUBSCRIPTION_WAITING)
            jump(&f, 6); /* too early: it is asked again */
        if (kds_subscription_next(first, 10, &event, NULL) == KDS_OK)
            kds_subscription_release(event);
    }
    kds_subscription_free(first);
    put(&f, 1);
    expect(second, 0, 2);
    kds_subscription_free(second);
    close_all(&f);
}

static void records_are_pushed_over_tls(void **state)
{
    static const char *const tls[4] = {"--tls", NULL};
    struct fixture f;
    (void)state;
    open_all(&f, tls);
    assert_int_equal(strncmp(f.endpoint, "https://", 8), 0);
    kds_subscription_t *s = subscribe(&f, SHARD_0);
    for (int i = 0; i < 30; i++)
        put(&f, i);
    expect(s, 0, 30);
    kds_subscription_free(s);
    close_all(&f);
}

static void fault_H13_more_shards_than_streams_of_a_connection(void **state)
{
    static const char *const few[4] = {"--max-streams", "1", "--stream", "many:12"};
    struct fixture f;
    kds_subscription_t *all[12];
    (void)state;
    open_all(&f, few);
    const char *many = "arn:aws:kinesis:us-east-1:000000000000:stream/many";
    assert_int_equal(kds_fanout_find_consumer(f.client, many, "c", 0, &f.consumer, NULL),
                     KDS_OK);
    for (int i = 0; i < 12; i++) {
        char shard[32];
        snprintf(shard, sizeof shard, "shardId-%012d", i);
        all[i] = subscribe(&f, shard);
    }
    for (int i = 0; i < 12; i++)
        await_generation(&f, all[i], 1);
    kds_fanout_status_t status = {.struct_size = sizeof status};
    assert_int_equal(kds_fanout_get_status(f.fanout, &status), KDS_OK);
    assert_int_equal(status.streams, 12);
    assert_true(status.connections >= 12);
    for (int i = 0; i < 12; i++)
        kds_subscription_free(all[i]);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_consumer_is_registered_once),
        cmocka_unit_test(records_are_pushed_through_a_split_to_the_children),
        cmocka_unit_test(fault_H12_nothing_is_lost_or_repeated_when_it_is_renewed),
        cmocka_unit_test(fault_H11_a_later_subscription_takes_over),
        cmocka_unit_test(records_are_pushed_over_tls),
        cmocka_unit_test(fault_H13_more_shards_than_streams_of_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
