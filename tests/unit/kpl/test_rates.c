/*
 * test_rates: how much whole producers send in a time, against a shard on a virtual clock that takes what the
 * service's does: 1000 records and 1 MiB a second.
 */
#include "core_fixture.h"

#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

#define S          KDS_US_PER_S
#define STEP_US    (5 * MS)
#define MIB        (1024.0 * 1024)
#define PENDING    64 /* requests of one producer under way */
#define PRODUCERS  3
#define ANSWER_US  (10 * MS)
#define CALLS_HELD (PENDING + 1)

/* ---- the shard ------------------------------------------------------------------------------ */

struct shard {
    bool limits;
    double records, bytes; /* tokens */
    int64_t at_us;
};

static bool shard_takes(struct shard *s, int64_t now_us, size_t bytes)
{
    double passed = (double)(now_us - s->at_us) / (double)S;
    s->at_us = now_us;
    s->records = s->records + 1000 * passed < 1000 ? s->records + 1000 * passed : 1000;
    s->bytes = s->bytes + MIB * passed < MIB ? s->bytes + MIB * passed : MIB;
    if (s->limits && (s->records < 1 || s->bytes < (double)bytes)) {
        return false;
    }
    s->records -= 1;
    s->bytes -= (double)bytes;
    return true;
}

/* ---- a producer ----------------------------------------------------------------------------- */

struct call {
    struct kpl_action action;
    int64_t answer_us;
};

struct sender {
    struct fixture *f;
    struct call calls[CALLS_HELD];
    size_t count;
    size_t stored, refused, requests, bytes; /* since they were last set to 0 */
};

static void sender_begin(struct sender *s, uint64_t seed, const char *buffer)
{
    memset(s, 0, sizeof *s);
    s->f = calloc(1, sizeof *s->f);
    assert_non_null(s->f);
    fx_begin(s->f);
    fx_set(s->f, "aggregation.enable", "false");
    fx_set(s->f, "record.ttl.ms", "1000000");
    fx_set(s->f, "buffer.max.bytes", buffer);
    s->f->core = kpl_core_new(s->f->conf, seed);
    assert_non_null(s->f->core);
    assert_true(kpl_showcase_init(&s->f->showcase));
}

static void sender_end(struct sender *s)
{
    fx_end(s->f);
    free(s->f);
}

static void answer(struct sender *s, struct shard *shard, const struct kpl_action *action)
{
    static kds_put_records_result_entry_t entries[500];
    size_t n = action->put_records.records_count;
    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < n; i++) {
        const kds_put_records_request_entry_t *e = &action->put_records.records[i];
        size_t bytes = e->data.n + e->partition_key.n;
        if (shard_takes(shard, s->f->now_us, bytes)) {
            entries[i].shard_id = kds_slice(one_id[0]);
            entries[i].sequence_number = kds_slice("49");
            s->stored++;
            s->bytes += bytes;
        } else {
            entries[i].error_code = kds_slice("ProvisionedThroughputExceededException");
            s->refused++;
        }
    }
    const kds_put_records_out_t out = {.records = entries, .records_count = n};
    s->requests++;
    kpl_core_done(s->f->core, s->f->now_us, action->id, &out, NULL);
    fx_take_results(s->f);
}

static void answer_what_is_due(struct sender *s, struct shard *shard)
{
    for (size_t i = 0; i < s->count;) {
        if (s->calls[i].answer_us > s->f->now_us) {
            i++;
            continue;
        }
        struct kpl_action action = s->calls[i].action;
        s->calls[i] = s->calls[--s->count];
        answer(s, shard, &action);
    }
}

static void send_what_may_go(struct sender *s)
{
    struct kpl_action action;
    while (s->count < CALLS_HELD && fx_next(s->f, &action)) {
        if (action.kind == KPL_ACTION_LIST_SHARDS) {
            fx_answer_shards(s->f, action.id, one_id, one_start, 1);
        } else {
            s->calls[s->count++] = (struct call){action, s->f->now_us + ANSWER_US};
        }
    }
}

/* So many records in each step as there is room for. */
static void offer(struct sender *s, size_t records, const char *data)
{
    for (size_t i = 0; i < records; i++) {
        if (fx_put(s->f, "key", NULL, data, 0) != KDS_OK) {
            return;
        }
    }
}

static void run(struct sender *senders,
                size_t count,
                struct shard *shard,
                int64_t us,
                size_t records,
                const char *data)
{
    for (size_t i = 0; i < count; i++) {
        senders[i].stored = senders[i].refused = senders[i].requests = senders[i].bytes =
            0;
    }
    for (int64_t passed_us = 0; passed_us < us; passed_us += STEP_US) {
        for (size_t i = 0; i < count; i++) {
            struct sender *s = &senders[(i + (size_t)(passed_us / STEP_US)) % count];
            s->f->now_us += STEP_US;
            answer_what_is_due(s, shard);
            offer(s, records, data);
            send_what_may_go(s);
        }
    }
}

/* ---- tests ---------------------------------------------------------------------------------- */

/* Half again of what a shard takes, as in the KPL; the tokens that were saved up are used first. */
static void rate_of_records_is_that_of_the_kpl(void **state)
{
    static struct sender s;
    struct shard shard = {.limits = false};
    (void)state;
    sender_begin(&s, 1, "64MiB");
    run(&s, 1, &shard, 10 * S, 15, "data"); /* 3000 a second */
    run(&s, 1, &shard, 20 * S, 15, "data");
    assert_in_range(s.stored, 20 * 1500 * 98 / 100, 20 * 1500 * 102 / 100);
    sender_end(&s);
}

static void rate_of_bytes_is_that_of_the_kpl(void **state)
{
    static struct sender s;
    static char data[20001];
    struct shard shard = {.limits = false};
    (void)state;
    memset(data, 'x', sizeof data - 1);
    sender_begin(&s, 1, "64MiB");
    run(&s, 1, &shard, 10 * S, 2, data); /* 8 MB a second */
    run(&s, 1, &shard, 30 * S, 2, data);
    double expected = 30 * 1.5 * MIB;
    assert_true((double)s.bytes > expected * 0.98 && (double)s.bytes < expected * 1.02);
    sender_end(&s);
}

/* Each would send half again of what the shard takes for all of them. */
static void several_producers_share_a_shard_instead_of_flooding_it(void **state)
{
    static struct sender senders[PRODUCERS];
    struct shard shard = {.limits = true, .records = 1000, .bytes = MIB};
    size_t stored = 0, refused = 0;
    (void)state;
    for (size_t i = 0; i < PRODUCERS; i++) {
        sender_begin(&senders[i], i + 1, "1MiB");
    }
    run(senders, PRODUCERS, &shard, 20 * S, 10, "data"); /* they come to an arrangement */
    run(senders, PRODUCERS, &shard, 20 * S, 10, "data");
    for (size_t i = 0; i < PRODUCERS; i++) {
        stored += senders[i].stored;
        refused += senders[i].refused;
        assert_in_range(senders[i].stored, 20000 / PRODUCERS / 2, 20000 / PRODUCERS * 2);
    }
    assert_in_range(stored, 20000 * 8 / 10, 21000); /* most of what the shard takes */
    assert_in_range(refused, 0, stored / 50);
    for (size_t i = 0; i < PRODUCERS; i++) {
        sender_end(&senders[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_of_records_is_that_of_the_kpl),
        cmocka_unit_test(rate_of_bytes_is_that_of_the_kpl),
        cmocka_unit_test(several_producers_share_a_shard_instead_of_flooding_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
