/*
 * test_history: the judge of the simulations is told of broken promises, one of each kind that a
 * producer can break, and must name the right one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "codec/agg.h"
#include "history.h"

#include <string.h>

#define SIZE  20
#define LIMIT (10 * KDS_US_PER_S)

/* A stream whose first shard has the hash keys below 50. Each record says its hash key. */
static struct history *begin(void)
{
    struct history *h = history_new(false);
    const kds_u128_t zero = {0, 0}, low = {0, 49}, high = {0, 50};
    history_shard(h, 0, -1, -1, zero, low);
    history_shard(h, 1, -1, -1, high, KDS_U128_MAX);
    return h;
}

static void store(struct history *h, uint64_t request, const char *sequence, uint32_t id)
{
    uint8_t data[SIZE];
    history_payload(h, id, data);
    history_stored(h, request, 0, sequence, kds_slice("k"), kds_slice("1"),
                   kds_slice_of(data, SIZE));
}

/* Two user records in one Kinesis record of the first shard. */
static void store_two_at(struct history *h,
                         uint32_t shard,
                         const char *sequence,
                         const char *second_hash)
{
    struct kds_agg_builder *b = kds_agg_builder_new(10000);
    struct kds_buf bytes;
    uint8_t data[SIZE];
    for (uint32_t id = 0; id < 2; id++) {
        history_payload(h, id, data);
        const struct kds_agg_record r = {kds_slice("k"),
                                         kds_slice(id == 0 ? "1" : second_hash),
                                         kds_slice_of(data, SIZE), 0};
        assert_int_equal(kds_agg_builder_add(b, &r), KDS_AGG_ADDED);
    }
    kds_buf_init(&bytes, 10000);
    assert_int_equal(kds_agg_builder_seal(b, &bytes), KDS_OK);
    kds_agg_finish(&bytes.p, &bytes.n, 1);
    history_stored(h, 1, shard, sequence, kds_slice("a"), kds_slice("1"),
                   kds_buf_slice(&bytes));
    kds_buf_clear(&bytes);
    kds_agg_builder_free(b);
}

static void store_two(struct history *h, const char *sequence, const char *second_hash)
{
    store_two_at(h, 0, sequence, second_hash);
}

static void succeed(
    struct history *h, uint32_t id, const char *shard, const char *sequence, int64_t sub)
{
    history_outcome(h, KDS_US_PER_S, id, true, KDS_PERSISTED_YES, kds_slice(shard),
                    kds_slice(sequence), sub);
}

static void refuse(struct history *h, uint32_t id, int64_t now_us)
{
    history_outcome(h, now_us, id, false, KDS_PERSISTED_NO, kds_slice(NULL),
                    kds_slice(NULL), -1);
}

/* The verdict begins with @p promise; NULL: there is none. */
static void end(struct history *h, const char *promise)
{
    history_judge_producer(h, LIMIT);
    if (promise == NULL) {
        assert_null(history_verdict(h));
    } else {
        assert_non_null(history_verdict(h));
        assert_memory_equal(history_verdict(h), promise, 2);
    }
    history_free(h);
}

static uint32_t put(struct history *h)
{
    return history_put(h, 0, "k", "1", SIZE);
}

static void history_finds_nothing_wrong_in_what_is_right(void **state)
{
    struct history *h = begin();
    (void)state;
    put(h);
    history_put(h, 0, "k", "49", SIZE);
    store_two(h, "7", "49");
    succeed(h, 0, "shardId-000000000000", "7", 0);
    succeed(h, 1, "shardId-000000000000", "7", 1);
    refuse(h, put(h), KDS_US_PER_S);
    end(h, NULL);
}

static void history_finds_a_record_without_an_outcome(void **state)
{
    struct history *h = begin();
    (void)state;
    put(h);
    end(h, "P1");
}

static void history_finds_two_outcomes(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    refuse(h, id, 0);
    refuse(h, id, 0);
    end(h, "P1");
}

static void history_finds_an_outcome_of_a_refused_put(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    history_put_refused(h, id);
    refuse(h, id, 0);
    end(h, "P1");
}

static void history_finds_an_acknowledgement_of_what_is_not_there(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    store(h, 1, "7", id);
    succeed(h, id, "shardId-000000000000", "8", -1);
    end(h, "P2");
}

static void history_finds_altered_bytes(void **state)
{
    struct history *h = begin();
    uint8_t data[SIZE];
    (void)state;
    history_payload(h, put(h), data);
    data[SIZE - 1] ^= 1;
    history_stored(h, 1, 0, "7", kds_slice("k"), kds_slice("1"),
                   kds_slice_of(data, SIZE));
    end(h, "P2");
}

/* One of the two does not belong to the shard: a KCL drops both. */
static void fault_A10_history_finds_an_acknowledgement_of_what_a_kcl_drops(void **state)
{
    struct history *h = begin();
    (void)state;
    put(h);
    history_put(h, 0, "k", "50", SIZE);
    store_two(h, "7", "50");
    succeed(h, 0, "shardId-000000000000", "7", 0);
    refuse(h, 1, 0);
    end(h, "P2");
}

static void history_finds_a_copy_of_what_is_called_not_persisted(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    store(h, 1, "7", id);
    refuse(h, id, 0);
    end(h, "P3");
}

static void history_finds_a_copy_too_many(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    store(h, 1, "7", id);
    store(h, 2, "8", id);
    succeed(h, id, "shardId-000000000000", "8", -1);
    end(h, "P3");
}

static void history_allows_a_copy_for_an_answer_that_was_lost(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    store(h, 1, "7", id);
    history_request_ambiguous(h, 1);
    store(h, 2, "8", id);
    succeed(h, id, "shardId-000000000000", "8", -1);
    end(h, NULL);
}

static void stored_in_turn(uint32_t first, uint32_t group_of_second, const char *promise)
{
    struct history *h = begin();
    for (uint32_t id = 0; id < 2; id++) {
        put(h);
        history_put_in_order(h, id, id == 0 ? 1 : group_of_second);
    }
    store(h, 1, "7", first);
    store(h, 2, "8", 1 - first);
    succeed(h, first, "shardId-000000000000", "7", -1);
    succeed(h, 1 - first, "shardId-000000000000", "8", -1);
    end(h, promise);
}

static void history_finds_the_wrong_order(void **state)
{
    (void)state;
    stored_in_turn(0, 1, NULL);
    stored_in_turn(1, 2, NULL); /* nobody promised an order */
    stored_in_turn(1, 1, "P4");
}

static void history_finds_an_outcome_that_is_late(void **state)
{
    struct history *h = begin();
    (void)state;
    refuse(h, put(h), LIMIT + 1);
    end(h, "P5");
}

/* ---- several streams, several processes ------------------------------------------------------- */

static void history_finds_a_record_in_another_stream(void **state)
{
    struct history *h = begin();
    (void)state;
    history_put_to(h, put(h), 1);
    store(h, 1, "7", 0);
    end(h, "P2");
}

/* The first stream, with two shards, is created anew with one. @return what to add to its shards' numbers */
static uint32_t create_anew(struct history *h)
{
    const kds_u128_t zero = {0, 0};
    uint32_t base = history_stream(h, 0);
    history_shard(h, base, -1, -1, zero, KDS_U128_MAX);
    return base;
}

static void history_knows_both_streams_of_one_name(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t base = create_anew(h), first = put(h), second = put(h);
    uint8_t data[SIZE];
    store(h, 1, "7", first);
    history_payload(h, second, data);
    history_stored(h, 2, base, "7", kds_slice("k"), kds_slice("1"),
                   kds_slice_of(data, SIZE));
    succeed(h, first, "shardId-000000000000", "7", -1);
    succeed(h, second, "shardId-000000000000", "7", -1);
    end(h, NULL);
}

/* Two records are packed by the shards of a stream that was created anew: by whom? */
static void pack_wrongly(unsigned anew, const char *promise)
{
    struct history *h = begin();
    const kds_u128_t zero = {0, 0}, low = {0, 49};
    uint32_t base = history_stream(h, 0);
    history_shard(h, base, -1, -1, zero, low);
    history_request_knows(h, 1, anew);
    put(h);
    history_put(h, 0, "k", "50", SIZE);
    store_two_at(h, base, "7", "50");
    succeed(h, 0, "shardId-000000000000", "7", 0);
    succeed(h, 1, "shardId-000000000000", "7", 1);
    end(h, promise);
}

static void history_excuses_who_could_not_know_of_the_new_stream(void **state)
{
    (void)state;
    pack_wrongly(0, NULL);
    pack_wrongly(1, "P2");
}

static void history_finds_a_record_that_was_packed_wrongly_too_often(void **state)
{
    struct history *h = begin();
    const char *const sequences[] = {"7", "8", "9", "10"};
    (void)state;
    put(h);
    history_put(h, 0, "k", "50", SIZE);
    for (size_t i = 0; i < 4; i++) {
        store_two(h, sequences[i], "50");
    }
    store(h, 2, "11", 0);
    store(h, 2, "12", 1);
    succeed(h, 0, "shardId-000000000000", "11", -1);
    succeed(h, 1, "shardId-000000000000", "12", -1);
    end(h, "P3");
}

static void history_allows_an_outcome_of_each_process_that_finds_a_record(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    history_put_spooled(h, id);
    refuse(h, id, 0);
    history_put_found(h, id, false);
    refuse(h, id, 100 * LIMIT); /* there is no hurry on a disk */
    end(h, NULL);
    h = begin();
    history_put_spooled(h, id = put(h));
    history_put_found(h, id, false);
    refuse(h, id, 0);
    refuse(h, id, 0);
    end(h, "P1");
    h = begin();
    store(h, 1, "7", id = put(h));
    succeed(h, id, "shardId-000000000000", "7", -1);
    history_put_found(h, id, true); /* a loss of power undid the note of it */
    succeed(h, id, "shardId-000000000000", "7", -1);
    history_put_found(h, id, false);
    succeed(h, id, "shardId-000000000000", "7", -1);
    end(h, "P1");
}

static void history_finds_a_record_that_was_lost_on_a_disk(void **state)
{
    struct history *h = begin();
    (void)state;
    uint32_t id = put(h);
    history_put_spooled(h, id);
    history_put_found(h, id, false);
    end(h, "P1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_finds_nothing_wrong_in_what_is_right),
        cmocka_unit_test(history_finds_a_record_without_an_outcome),
        cmocka_unit_test(history_finds_two_outcomes),
        cmocka_unit_test(history_finds_an_outcome_of_a_refused_put),
        cmocka_unit_test(history_finds_an_acknowledgement_of_what_is_not_there),
        cmocka_unit_test(history_finds_altered_bytes),
        cmocka_unit_test(fault_A10_history_finds_an_acknowledgement_of_what_a_kcl_drops),
        cmocka_unit_test(history_finds_a_copy_of_what_is_called_not_persisted),
        cmocka_unit_test(history_finds_a_copy_too_many),
        cmocka_unit_test(history_allows_a_copy_for_an_answer_that_was_lost),
        cmocka_unit_test(history_finds_the_wrong_order),
        cmocka_unit_test(history_finds_an_outcome_that_is_late),
        cmocka_unit_test(history_finds_a_record_in_another_stream),
        cmocka_unit_test(history_knows_both_streams_of_one_name),
        cmocka_unit_test(history_excuses_who_could_not_know_of_the_new_stream),
        cmocka_unit_test(history_finds_a_record_that_was_packed_wrongly_too_often),
        cmocka_unit_test(history_allows_an_outcome_of_each_process_that_finds_a_record),
        cmocka_unit_test(history_finds_a_record_that_was_lost_on_a_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
