/*
 * test_subscribe_plan: when and from where a shard is subscribed to, on a clock of the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/subscribe_plan.h"

#include "base/slice.h"

#include <string.h>

#define S KDS_US_PER_S

static struct kds_subscribe_plan plan_from(const char *type, const char *sequence)
{
    struct kds_subscribe_plan plan;
    const kds_starting_position_t start = {.type = kds_slice(type),
                                           .sequence_number = kds_slice(sequence)};
    kds_subscribe_plan_init(&plan, &start, 1234567);
    return plan;
}

static enum kds_subscribe_verdict
see(struct kds_subscribe_plan *plan, const char *continuation, size_t children)
{
    static const kds_slice_t parent = KDS_SLICE_LIT("shardId-000000000000");
    static const kds_child_shard_t shards[] = {
        {.parent_shards = &parent, .parent_shards_count = 1}, {.parent_shards = NULL}};
    const char *why = NULL;
    const kds_subscribe_to_shard_event_t event = {
        .continuation_sequence_number = kds_slice(continuation),
        .child_shards = children ? shards : NULL,
        .child_shards_count = children,
    };
    enum kds_subscribe_verdict verdict = kds_subscribe_plan_event(plan, &event, &why);
    assert_int_equal(verdict == KDS_SUBSCRIBE_WRONG, why != NULL);
    return verdict;
}

static void expect_position(struct kds_subscribe_plan *plan,
                            int64_t now_us,
                            const char *type,
                            const char *sequence)
{
    kds_starting_position_t position;
    kds_subscribe_plan_call(plan, now_us, &position);
    assert_true(kds_slice_is(position.type, type));
    if (sequence == NULL)
        assert_null(position.sequence_number.p);
    else
        assert_true(kds_slice_is(position.sequence_number, sequence));
}

static int64_t
end(struct kds_subscribe_plan *plan, enum kds_subscribe_end end, int64_t now_us)
{
    struct kds_rng rng;
    kds_rng_seed(&rng, plan->generation);
    return kds_subscribe_plan_end(plan, end, now_us, &rng);
}

static void plan_goes_on_behind_the_last_event(void **state)
{
    struct kds_subscribe_plan plan = plan_from("AT_SEQUENCE_NUMBER", "10");
    (void)state;
    expect_position(&plan, 100 * S, "AT_SEQUENCE_NUMBER", "10");
    kds_subscribe_plan_open(&plan, 100 * S);
    assert_int_equal(see(&plan, "12", 0), KDS_SUBSCRIBE_DELIVER);
    assert_int_equal(see(&plan, "100", 0), KDS_SUBSCRIBE_DELIVER);
    assert_int_equal(end(&plan, KDS_SUBSCRIBE_OVER, 400 * S), 400 * S); /* at once */
    expect_position(&plan, 400 * S, "AFTER_SEQUENCE_NUMBER", "100");
    assert_int_equal(plan.generation, 2);
}

static void plan_without_an_event_starts_where_it_started(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    expect_position(&plan, 100 * S, "TRIM_HORIZON", NULL);
    end(&plan, KDS_SUBSCRIBE_BROKEN, 101 * S);
    expect_position(&plan, 110 * S, "TRIM_HORIZON", NULL);
}

static void plan_turns_latest_into_the_instant_of_its_beginning(void **state)
{
    struct kds_subscribe_plan plan = plan_from("LATEST", NULL);
    kds_starting_position_t position;
    (void)state;
    expect_position(&plan, 100 * S, "LATEST", NULL);
    end(&plan, KDS_SUBSCRIBE_BROKEN, 101 * S);
    kds_subscribe_plan_call(&plan, 110 * S, &position);
    assert_true(kds_slice_is(position.type, "AT_TIMESTAMP"));
    assert_true(position.has_timestamp_ms);
    assert_int_equal(position.timestamp_ms, 1234567);
    assert_int_equal(see(&plan, "5", 0), KDS_SUBSCRIBE_DELIVER);
    end(&plan, KDS_SUBSCRIBE_BROKEN, 120 * S);
    kds_subscribe_plan_call(&plan, 130 * S, &position);
    assert_true(kds_slice_is(position.type, "AFTER_SEQUENCE_NUMBER"));
    assert_false(position.has_timestamp_ms);
}

static void fault_H11_waits_until_the_service_lets_another_take_over(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    expect_position(&plan, 100 * S, "TRIM_HORIZON", NULL);
    kds_subscribe_plan_open(&plan, 100 * S);
    /* Broken at once: the service would answer ResourceInUseException for 5 s. */
    assert_true(end(&plan, KDS_SUBSCRIBE_REFUSED, 101 * S) >= 105 * S);
    for (int i = 0; i < 20; i++) {
        expect_position(&plan, (200 + 100 * i) * S, "TRIM_HORIZON", NULL);
        const int64_t now = (201 + 100 * i) * S;
        const int64_t at = end(&plan, KDS_SUBSCRIBE_IN_USE, now);
        assert_true(at >= now + 5 * S);
        assert_true(at <= now + 25 * S);
    }
}

static void plan_calls_once_a_second_at_most(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    expect_position(&plan, 100 * S, "TRIM_HORIZON", NULL);
    assert_int_equal(end(&plan, KDS_SUBSCRIBE_REFUSED, 100 * S + 10), 101 * S);
    expect_position(&plan, 200 * S, "TRIM_HORIZON", NULL);
    assert_true(end(&plan, KDS_SUBSCRIBE_THROTTLED, 200 * S) >= 201 * S);
}

static void plan_waits_longer_as_long_as_no_event_comes(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    int64_t longest = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        const int64_t now = (100 + 100 * i) * S;
        expect_position(&plan, now - 2 * S, "TRIM_HORIZON", NULL);
        const int64_t wait = end(&plan, KDS_SUBSCRIBE_BROKEN, now) - now;
        assert_true(wait >= 0 && wait <= 20 * S);
        longest = wait > longest ? wait : longest;
    }
    assert_true(longest > 10 * S);
    assert_int_equal(see(&plan, "5", 0), KDS_SUBSCRIBE_DELIVER);
    const int64_t now = 100000 * S;
    assert_true(end(&plan, KDS_SUBSCRIBE_BROKEN, now) - now <= S / 10);
}

static void fault_E09_the_continuation_decides_on_the_end(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    assert_int_equal(see(&plan, "17", 0), KDS_SUBSCRIBE_DELIVER);
    assert_int_equal(see(&plan, "17", 0), KDS_SUBSCRIBE_DELIVER); /* only time went by */
    assert_int_equal(see(&plan, "16", 0), KDS_SUBSCRIBE_WRONG);   /* backwards */
    assert_int_equal(see(&plan, "9", 0), KDS_SUBSCRIBE_WRONG);
    assert_int_equal(see(&plan, "", 0), KDS_SUBSCRIBE_WRONG);
    assert_int_equal(see(&plan, "x1", 0), KDS_SUBSCRIBE_WRONG);
    assert_int_equal(see(&plan, "018", 0), KDS_SUBSCRIBE_WRONG);
    assert_int_equal(see(&plan, NULL, 0), KDS_SUBSCRIBE_WRONG); /* no end either */
    assert_int_equal(see(&plan, "18", 1), KDS_SUBSCRIBE_WRONG);
    assert_int_equal(see(&plan, NULL, 2), KDS_SUBSCRIBE_WRONG); /* a child of nobody */
    char digits[131];
    memset(digits, '9', 130);
    digits[130] = 0;
    assert_int_equal(see(&plan, digits, 0), KDS_SUBSCRIBE_WRONG);
    digits[129] = 0;
    assert_int_equal(see(&plan, "18", 0), KDS_SUBSCRIBE_DELIVER);
    assert_int_equal(see(&plan, digits, 0), KDS_SUBSCRIBE_DELIVER);
    expect_position(&plan, 100 * S, "AFTER_SEQUENCE_NUMBER", digits);
    assert_int_equal(see(&plan, NULL, 1), KDS_SUBSCRIBE_SHARD_END);
}

static void fault_E09_what_is_malformed_is_not_asked_for_for_ever(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    assert_true(end(&plan, KDS_SUBSCRIBE_MALFORMED, 100 * S) > 0);
    assert_true(end(&plan, KDS_SUBSCRIBE_MALFORMED, 200 * S) > 0);
    assert_int_equal(end(&plan, KDS_SUBSCRIBE_MALFORMED, 300 * S), -1);
}

static void fault_E11_what_is_corrupt_is_asked_for_once_more(void **state)
{
    struct kds_subscribe_plan plan = plan_from("TRIM_HORIZON", NULL);
    (void)state;
    assert_true(end(&plan, KDS_SUBSCRIBE_CORRUPT, 100 * S) > 0);
    assert_int_equal(see(&plan, "5", 0), KDS_SUBSCRIBE_DELIVER);
    assert_true(end(&plan, KDS_SUBSCRIBE_CORRUPT, 200 * S) > 0);
    assert_int_equal(end(&plan, KDS_SUBSCRIBE_CORRUPT, 300 * S), -1);
}

static void fault_E08_each_exception_is_final_or_is_not(void **state)
{
    static const struct {
        const char *code;
        enum kds_subscribe_end end;
    } cases[] = {
        {"ResourceNotFoundException", KDS_SUBSCRIBE_FINAL},
        {"ResourceInUseException", KDS_SUBSCRIBE_IN_USE},
        {"KMSDisabledException", KDS_SUBSCRIBE_FINAL},
        {"KMSInvalidStateException", KDS_SUBSCRIBE_THROTTLED}, /* F-S20: it may pass */
        {"KMSAccessDeniedException", KDS_SUBSCRIBE_FINAL},
        {"KMSNotFoundException", KDS_SUBSCRIBE_FINAL},
        {"KMSOptInRequired", KDS_SUBSCRIBE_FINAL},
        {"KMSThrottlingException", KDS_SUBSCRIBE_THROTTLED},
        {"InternalFailureException", KDS_SUBSCRIBE_BROKEN},
        {"LimitExceededException", KDS_SUBSCRIBE_THROTTLED},
        {"SomethingNew", KDS_SUBSCRIBE_BROKEN},
        {NULL, KDS_SUBSCRIBE_BROKEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(kds_subscribe_end_of(true, 0, kds_slice(cases[i].code)),
                         cases[i].end);
    /* As an answer the status counts as well. */
    assert_int_equal(kds_subscribe_end_of(false, 400, kds_slice("SomethingNew")),
                     KDS_SUBSCRIBE_FINAL);
    assert_int_equal(kds_subscribe_end_of(false, 503, kds_slice(NULL)),
                     KDS_SUBSCRIBE_BROKEN);
    assert_int_equal(
        kds_subscribe_end_of(false, 400, kds_slice("ResourceInUseException")),
        KDS_SUBSCRIBE_IN_USE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_goes_on_behind_the_last_event),
        cmocka_unit_test(plan_without_an_event_starts_where_it_started),
        cmocka_unit_test(plan_turns_latest_into_the_instant_of_its_beginning),
        cmocka_unit_test(plan_calls_once_a_second_at_most),
        cmocka_unit_test(plan_waits_longer_as_long_as_no_event_comes),
        cmocka_unit_test(fault_H11_waits_until_the_service_lets_another_take_over),
        cmocka_unit_test(fault_E08_each_exception_is_final_or_is_not),
        cmocka_unit_test(fault_E09_the_continuation_decides_on_the_end),
        cmocka_unit_test(fault_E09_what_is_malformed_is_not_asked_for_for_ever),
        cmocka_unit_test(fault_E11_what_is_corrupt_is_asked_for_once_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
