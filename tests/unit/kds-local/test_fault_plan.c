/*
 * test_fault_plan: plans that are read or refused with their place, and which rule fires when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fault_plan.h"

#include "base/slice.h"
#include "support/fail_alloc.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* A plan with one rule: its `on`, `at`, action and args. */
#define RULE(on, at, action, args)                                                       \
    "{\"seed\":42,\"rules\":[{\"id\":\"r1\",\"on\":{" on "},\"at\":\"" at                \
    "\",\"do\":{\"action\":\"" action "\",\"args\":{" args "}}}]}"

static struct fault_plan *plan_of(const char *json)
{
    struct fault_plan *plan = NULL;
    kds_error_t *error = NULL;
    if (fault_plan_parse(kds_slice(json), NULL, &plan, &error) != KDS_OK) {
        fail_msg("%s: %s", json, kds_error_message(error));
    }
    return plan;
}

static struct fault_scene scene_of(const char *op)
{
    struct fault_scene scene = {.connection = 1};
    if (op != NULL) {
        scene.op = kds_slice(op);
        scene.stream = kds_slice("s");
    }
    return scene;
}

/* Ask @p count times; bit i of the result: the i-th time it fired. */
static uint64_t
ask(struct fault_plan *plan, enum fault_point at, const char *op, int count)
{
    struct fault_scene scene = scene_of(op);
    struct fault fault;
    uint64_t fired = 0;
    for (int i = 0; i < count; i++) {
        fired |= (uint64_t)fault_plan_ask(plan, at, &scene, &fault) << i;
    }
    return fired;
}

/* ---- reading ------------------------------------------------------------------------------ */

static void plan_is_refused_with_place_when_wrong(void **state)
{
    static const struct {
        const char *json, *why;
    } bad[] = {
        {"", "line 1, column 0: '[' or '{' expected near end of file"},
        {"[]", "plan: must be an object"},
        {"{\"seed\":-1}", "seed: -1 is outside 0..9223372036854775807"},
        {"{\"seed\":1.5}", "seed: a number, must be a whole number"},
        {"{\"rule\":[]}", "\"rule\" is no member of it"},
        {"{\"rules\":{}}", "rules: an object, must be a list"},
        {"{\"rules\":[7]}", "rules[0]: must be an object"},
        {"{\"rules\":[{}]}", "rules[0].at: is required"},
        {"{\"rules\":[{\"at\":\"accept\"}]}", "rules[0].do.action: is required"},
        {RULE("", "later", "reset", ""), "rules[0].at: \"later\" is none of accept, "},
        {RULE("", "req_body", "reset", ""), "rules[0].at: \"req_body\" needs a number"},
        {RULE("", "accept:3", "reset", ""), "rules[0].at: \"accept:3\" takes no number"},
        {RULE("", "req_body:x", "reset", ""), "not a whole number behind the colon"},
        {RULE("", "accept", "explode", ""), "rules[0].do.action: \"explode\" is none of"},
        {RULE("", "accept", "partial", ""), "rules[0].do.action: partial cannot be done"},
        {RULE("\"op\":\"PutRecord\"", "accept", "reset", ""),
         "rules[0].on.op: the operation is not known at accept"},
        {RULE("\"stream\":\"s\"", "req_head", "reset", ""), "rules[0].on.stream: the"},
        {RULE("\"shard\":\"s\"", "req_body:1", "reset", ""), "rules[0].on.shard: the"},
        {RULE("\"api\":\"dynamodb\"", "accept", "reset", ""), "rules[0].on.api: "},
        {RULE("\"worker\":\"w\"", "accept", "reset", ""), "rules[0].on.worker: must be"},
        {RULE("\"conn\":0", "accept", "reset", ""), "rules[0].on.conn: 0 is outside 1.."},
        {RULE("\"nth\":[1,0]", "accept", "reset", ""), "rules[0].on.nth[1]: must be"},
        {RULE("\"nth\":3", "accept", "reset", ""), "rules[0].on.nth: a number, must be"},
        {RULE("\"prob\":1.1", "accept", "reset", ""),
         "rules[0].on.prob: must be a number"},
        {RULE("\"from_ms\":9,\"to_ms\":9", "accept", "reset", ""), "rules[0].on.to_ms: "},
        {RULE("\"op\":\"\"", "resp_head", "reset", ""), "rules[0].on.op: 0 bytes, must"},
        {RULE("", "accept", "delay", "\"bytes\":3"),
         "rules[0].do.args: \"bytes\" is no argument of delay"},
        {RULE("", "accept", "delay", "\"ms\":-1"), "rules[0].do.args.ms: -1 is outside"},
        {RULE("", "resp_head", "raw", "\"hex\":\"0g\""),
         "rules[0].do.args.hex: not a hexadecimal digit at 1"},
        {RULE("", "resp_head", "raw", "\"hex\":\"0\""), "an odd number of digits"},
        {RULE("", "resp_head", "raw", "\"hex\":\"00\",\"text\":\"a\""), "either text or"},
        {RULE("", "resp_head", "raw", "\"end\":\"soon\""),
         "rules[0].do.args.end: \"soon"},
        {RULE("", "resp_head", "status", "\"headers\":{\"a b\":\"c\"}"),
         "rules[0].do.args.headers: \"a b\" is no header"},
        {RULE("", "resp_head", "status", "\"headers\":{\"a\":\"c\\r\\nd: e\"}"),
         "rules[0].do.args.headers: \"a\" is no header"},
        {RULE("", "before_commit", "partial", ""), "rules[0].do.args.records: either"},
        {RULE("", "before_commit", "partial", "\"records\":[\"ok\",\"bad\"]"),
         "rules[0].do.args.records[1]: \"bad\" is none of ok, throttle, internal, "
         "missing"},
        {RULE("", "before_commit", "partial", "\"mask\":0"),
         "rules[0].do.args.mask: 0 is"},
        {RULE("", "resp_body:1", "corrupt", "\"byte\":3"),
         "rules[0].do.args.byte: only of an event"},
        {RULE("", "idle", "hang", ""), "rules[0].do.action: hang cannot be done at idle"},
        {RULE("", "req_head", "hang", "\"scope\":\"all\""),
         "rules[0].do.args.scope: \"all\" is none of stream, connection"},
        {RULE("", "event:1", "trickle", "\"bytes\":0"), "rules[0].do.args.bytes: 0 is"},
        {RULE("", "event:1", "goaway", "\"last_stream_id\":-1"),
         "rules[0].do.args.last_stream_id: -1 is outside 0.."},
        {RULE("", "event:1", "reshard", ""),
         "rules[0].do.args.kind: \"\" is none of split, merge, scale"},
        {RULE("", "event:1", "reshard", "\"kind\":\"split\",\"stream\":\"s\""),
         "rules[0].do.args.shard: a split takes stream, shard, hash_key"},
        {RULE("", "event:1", "reshard",
              "\"kind\":\"scale\",\"stream\":\"s\",\"target\":10001"),
         "rules[0].do.args.target: 10001 is outside 1..10000"},
        {"{\"rules\":[{\"id\":\"a\",\"at\":\"idle\",\"do\":{\"action\":\"fin\"}},"
         "{\"id\":\"a\",\"at\":\"idle\",\"do\":{\"action\":\"fin\"}}]}",
         "rules[1].id: \"a\" is the id of rules[0] already"},
        {"{\"seed\":1,\"seed\":2}", "duplicate object key"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct fault_plan *plan = NULL;
        kds_error_t *error = NULL;
        assert_int_equal(fault_plan_parse(kds_slice(bad[i].json), NULL, &plan, &error),
                         KDS_ERR_CONFIG);
        assert_null(plan);
        if (strstr(kds_error_message(error), bad[i].why) == NULL) {
            print_message("%s\n  says: %s\n  not: %s\n", bad[i].json,
                          kds_error_message(error), bad[i].why);
            fail();
        }
        kds_error_free(error);
    }
}

static void plan_is_refused_when_server_cannot_do_it(void **state)
{
    fault_support_t support = {[FAULT_AT_ACCEPT] = FAULT_BIT(FAULT_DO_RESET)};
    struct fault_plan *plan = NULL;
    kds_error_t *error = NULL;
    (void)state;
    assert_int_equal(fault_plan_parse(kds_slice(RULE("", "event:4", "fin", "")), support,
                                      &plan, &error),
                     KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error),
                        "rules[0].do.action: this server cannot do fin at event");
    kds_error_free(error);
    assert_int_equal(fault_plan_parse(kds_slice(RULE("", "accept", "reset", "")), support,
                                      &plan, NULL),
                     KDS_OK);
    fault_plan_free(plan);
}

static void plan_is_refused_with_path_when_file_is_missing(void **state)
{
    struct fault_plan *plan = NULL;
    kds_error_t *error = NULL;
    (void)state;
    assert_int_equal(fault_plan_load("/nowhere/plan.json", NULL, &plan, &error),
                     KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error),
                        "/nowhere/plan.json: No such file or directory");
    kds_error_free(error);
}

static void plan_has_arguments_with_defaults(void **state)
{
    struct fault_plan *plan = plan_of(RULE(
        "\"op\":\"PutRecords\"", "before_commit", "error",
        "\"code\":\"LimitExceededException\",\"headers\":{\"x-amz-retry-after\":\"7\"}"));
    struct fault_scene scene = scene_of("PutRecords");
    struct fault fault;
    (void)state;
    assert_true(fault_plan_ask(plan, FAULT_AT_BEFORE_COMMIT, &scene, &fault));
    assert_int_equal(fault.action, FAULT_DO_ERROR);
    assert_string_equal(fault.args->code, "LimitExceededException");
    assert_string_equal(fault.args->message, "by the fault plan");
    assert_int_equal(fault.args->status, 400);
    assert_int_equal(fault.args->header_count, 1);
    assert_string_equal(fault.args->headers[0].name, "x-amz-retry-after");
    assert_string_equal(fault.args->headers[0].value, "7");
    fault_plan_free(plan);

    plan = plan_of(RULE("", "resp_head", "raw", "\"hex\":\"00fF\""));
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault));
    assert_int_equal(fault.args->body.n, 2);
    assert_memory_equal(fault.args->body.p, "\x00\xFF", 2);
    assert_int_equal(fault.args->end, FAULT_END_FIN);
    fault_plan_free(plan);
}

static void plan_keeps_offset_of_its_point(void **state)
{
    struct fault_plan *plan = plan_of(RULE("", "resp_body:17", "truncate", ""));
    struct fault_scene scene = scene_of("GetRecords");
    struct fault fault;
    (void)state;
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_BODY, &scene, &fault));
    assert_int_equal(fault.offset, 17);
    fault_plan_free(plan);
}

/* F-S03: a mask stands for any pattern of up to 63 records. */
static void plan_has_records_by_list_or_mask(void **state)
{
    static const uint8_t want[] = {FAULT_RECORD_OK,       FAULT_RECORD_THROTTLE,
                                   FAULT_RECORD_INTERNAL, FAULT_RECORD_MISSING,
                                   FAULT_RECORD_EXTRA,    FAULT_RECORD_SWAP};
    struct fault_scene scene = scene_of("PutRecords");
    struct fault fault;
    (void)state;
    struct fault_plan *plan =
        plan_of(RULE("", "before_commit", "partial",
                     "\"records\":[\"ok\",\"throttle\",\"internal\",\"missing\","
                     "\"extra\",\"swap\"]"));
    assert_true(fault_plan_ask(plan, FAULT_AT_BEFORE_COMMIT, &scene, &fault));
    assert_int_equal(fault.args->record_count, COUNT(want));
    assert_memory_equal(fault.args->records, want, COUNT(want));
    fault_plan_free(plan);

    plan =
        plan_of(RULE("", "after_commit", "partial", "\"mask\":5,\"fail\":\"internal\""));
    assert_true(fault_plan_ask(plan, FAULT_AT_AFTER_COMMIT, &scene, &fault));
    for (size_t i = 0; i < fault.args->record_count; i++) {
        assert_int_equal(fault.args->records[i],
                         i == 0 || i == 2 ? FAULT_RECORD_INTERNAL : FAULT_RECORD_OK);
    }
    fault_plan_free(plan);
}

/* ---- firing ------------------------------------------------------------------------------- */

static void rule_fires_on_every_match_when_nothing_is_chosen(void **state)
{
    struct fault_plan *plan = plan_of(RULE("\"op\":\"*\"", "resp_head", "reset", ""));
    (void)state;
    assert_int_equal(ask(plan, FAULT_AT_RESP_HEAD, "PutRecord", 8), 0xFF);
    assert_int_equal(ask(plan, FAULT_AT_REQ_HEAD, "PutRecord", 8), 0);
    assert_int_equal(ask(NULL, FAULT_AT_RESP_HEAD, "PutRecord", 8), 0);
    fault_plan_free(plan);
}

static void rule_fires_on_chosen_matches(void **state)
{
    struct fault_plan *plan =
        plan_of(RULE("\"nth\":[1,3],\"every\":4", "resp_head", "reset", ""));
    (void)state;
    assert_int_equal(ask(plan, FAULT_AT_RESP_HEAD, "PutRecord", 12),
                     1 << 0 | 1 << 2 | 1 << 3 | 1 << 7 | 1 << 11);
    fault_plan_free(plan);
}

static void rule_counts_only_what_matches(void **state)
{
    static const char json[] =
        RULE("\"op\":\"PutRecords\",\"stream\":\"s\",\"conn\":1,\"nth\":[2]", "resp_head",
             "reset", "");
    struct fault_plan *plan = plan_of(json);
    struct fault_scene scene = scene_of("PutRecords");
    struct fault_scene other = scene;
    struct fault fault;
    (void)state;
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault)); /* match 1 */
    other.connection = 2;
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &other, &fault));
    other = scene;
    other.stream = kds_slice("t");
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &other, &fault));
    other.stream = (kds_slice_t){NULL, 0}; /* not known: not the one that is meant */
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &other, &fault));
    other = scene;
    other.op = kds_slice("PutRecord");
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &other, &fault));
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault)); /* match 2 */
    assert_int_equal(fault.match, 2);
    fault_plan_free(plan);
}

static void rule_fires_within_its_time_only(void **state)
{
    struct fault_plan *plan =
        plan_of(RULE("\"from_ms\":10,\"to_ms\":20", "resp_head", "reset", ""));
    struct fault_scene scene = scene_of("PutRecord");
    struct fault fault;
    (void)state;
    for (scene.now_ms = 0; scene.now_ms < 30; scene.now_ms++) {
        assert_int_equal(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault),
                         scene.now_ms >= 10 && scene.now_ms < 20);
    }
    fault_plan_free(plan);
}

#define TWO(first, second)                                                               \
    "{\"seed\":7,\"rules\":[{\"id\":\"a\"," first                                        \
    ",\"at\":\"resp_head\",\"do\":{\"action\":\"reset\"}},{\"id\":\"b\"," second         \
    ",\"at\":\"resp_head\",\"do\":{\"action\":\"fin\"}}]}"

static void first_rule_of_plan_wins_and_all_count(void **state)
{
    struct fault_plan *plan =
        plan_of(TWO("\"on\":{\"nth\":[2]}", "\"on\":{\"nth\":[2,3]},\"times\":1"));
    struct fault_scene scene = scene_of("PutRecord");
    struct fault fault;
    (void)state;
    assert_false(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault));
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault));
    assert_string_equal(fault.rule, "a");
    assert_int_equal(fault.number, 1);
    /* b was not used up by the match on which a went before it */
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault));
    assert_string_equal(fault.rule, "b");
    assert_int_equal(fault.match, 3);
    assert_int_equal(fault.number, 2);
    fault_plan_free(plan);
}

static void rule_fires_so_many_times_at_most(void **state)
{
    struct fault_plan *plan = plan_of(TWO("\"times\":2", "\"times\":1"));
    (void)state;
    assert_int_equal(ask(plan, FAULT_AT_RESP_HEAD, "PutRecord", 10), 7);
    fault_plan_free(plan);
}

#define CHANCE(seed, id)                                                                 \
    "{\"seed\":" seed ",\"rules\":[{\"id\":\"" id                                        \
    "\",\"on\":{\"op\":\"PutRecord\",\"prob\":0.25},\"at\":\"resp_head\","               \
    "\"do\":{\"action\":\"reset\"}}]}"

static uint64_t fired_by_chance(const char *json)
{
    struct fault_plan *plan = plan_of(json);
    uint64_t fired = ask(plan, FAULT_AT_RESP_HEAD, "PutRecord", 64);
    fault_plan_free(plan);
    return fired;
}

static void chance_is_of_seed_rule_and_match_alone(void **state)
{
    uint64_t fired = fired_by_chance(CHANCE("42", "r1"));
    struct fault_plan *plan = plan_of(CHANCE("42", "r1"));
    struct fault_scene scene = scene_of("PutRecord"), other = scene_of("GetRecords");
    struct fault fault;
    (void)state;
    assert_in_range(__builtin_popcountll(fired), 6, 28); /* of 64, at 1 in 4 */
    assert_int_not_equal(fired, fired_by_chance(CHANCE("43", "r1")));
    assert_int_not_equal(fired, fired_by_chance(CHANCE("42", "r2")));
    /* Other requests in between change nothing. */
    for (int i = 0; i < 64; i++) {
        fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &other, &fault);
        fault_plan_ask(plan, FAULT_AT_REQ_HEAD, &scene, &fault);
        assert_int_equal(fault_plan_ask(plan, FAULT_AT_RESP_HEAD, &scene, &fault),
                         fired >> i & 1);
    }
    fault_plan_free(plan);
    /* The very numbers, as splitmix64 written down elsewhere gives them: a plan replays on every
     * later version. */
    assert_true(fired == UINT64_C(0x618ba1488b000044));
}

static void fault_is_described_as_one_line_of_json(void **state)
{
    struct fault_plan *plan =
        plan_of("{\"rules\":[{\"id\":\"a\\n\\\"b\",\"at\":\"resp_body:3\","
                "\"do\":{\"action\":\"corrupt\"}}]}");
    struct fault_scene scene = scene_of("PutRecord");
    struct fault fault;
    struct kds_buf line;
    json_error_t error;
    (void)state;
    kds_buf_init(&line, 4096);
    assert_true(fault_plan_ask(plan, FAULT_AT_RESP_BODY, &scene, &fault));
    fault_describe(&fault, &scene, &line);
    assert_int_equal(kds_slice_find(kds_buf_slice(&line), '\n'), line.n - 1);
    json_t *json = json_loadb((const char *)line.p, line.n, 0, &error);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "rule")), "a\n\"b");
    assert_string_equal(json_string_value(json_object_get(json, "at")), "resp_body:3");
    assert_string_equal(json_string_value(json_object_get(json, "op")), "PutRecord");
    assert_null(json_object_get(json, "shard"));
    json_decref(json);
    kds_buf_clear(&line);
    fault_plan_free(plan);
}

/* ---- memory ------------------------------------------------------------------------------- */

static int parse_all(void *opaque)
{
    static const char json[] =
        "{\"seed\":1,\"rules\":[{\"at\":\"accept\",\"do\":{\"action\":\"refuse\"}},"
        "{\"id\":\"x\",\"on\":{\"op\":\"PutRecords\",\"nth\":[1,2]},"
        "\"at\":\"before_commit\",\"do\":{\"action\":\"partial\",\"args\":"
        "{\"records\":[\"ok\",\"swap\"]}}},{\"at\":\"resp_head\",\"do\":{\"action\":"
        "\"status\",\"args\":{\"text\":\"t\",\"headers\":{\"a\":\"b\"}}}}]}";
    struct fault_plan *plan = NULL;
    (void)opaque;
    kds_err_t rc = fault_plan_parse(kds_slice(json), NULL, &plan, NULL);
    fault_plan_free(plan);
    return rc;
}

static void plan_survives_every_failed_allocation(void **state)
{
    (void)state;
    assert_in_range(fail_alloc_run(parse_all, NULL), 2, 100);
}

/* A rule at event:N is about that event alone, however often it is reached. */
static void event_rule_matches_its_event(void **state)
{
    struct fault_plan *plan = plan_of(RULE("\"nth\":[2]", "event:3", "reset", ""));
    struct fault_scene scene = scene_of("SubscribeToShard");
    struct fault fault;
    (void)state;
    for (int subscription = 1; subscription <= 3; subscription++) {
        for (scene.event = 0; scene.event < 6; scene.event++) {
            bool fires = fault_plan_ask(plan, FAULT_AT_EVENT, &scene, &fault);
            assert_int_equal(fires, subscription == 2 && scene.event == 3);
        }
    }
    fault_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_rule_matches_its_event),
        cmocka_unit_test(plan_is_refused_with_place_when_wrong),
        cmocka_unit_test(plan_is_refused_when_server_cannot_do_it),
        cmocka_unit_test(plan_is_refused_with_path_when_file_is_missing),
        cmocka_unit_test(plan_has_arguments_with_defaults),
        cmocka_unit_test(plan_keeps_offset_of_its_point),
        cmocka_unit_test(plan_has_records_by_list_or_mask),
        cmocka_unit_test(rule_fires_on_every_match_when_nothing_is_chosen),
        cmocka_unit_test(rule_fires_on_chosen_matches),
        cmocka_unit_test(rule_counts_only_what_matches),
        cmocka_unit_test(rule_fires_within_its_time_only),
        cmocka_unit_test(first_rule_of_plan_wins_and_all_count),
        cmocka_unit_test(rule_fires_so_many_times_at_most),
        cmocka_unit_test(chance_is_of_seed_rule_and_match_alone),
        cmocka_unit_test(fault_is_described_as_one_line_of_json),
        cmocka_unit_test(plan_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
