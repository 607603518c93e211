/*
 * fault_plan_load: JSON to rules. Everything that a rule says is checked here, so that a plan which
 * was read does what it says: no unknown member, no filter on what is not known at the rule's
 * point, no action that cannot be done there.
 */
#include "fault_plan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "fault_loader.h"
#include "fault_rule.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define PLAN_MEMORY_MAX (16 * FAULT_PLAN_BYTES_MAX)
#define NTH_MAX         ((size_t)1024)

/* ---- when: on ----------------------------------------------------------------------------- */

static void read_nth(struct loader *l, json_t *on, struct fault_rule *rule)
{
    json_t *list = loader_get(l, on, "nth", JSON_ARRAY, "a list");
    size_t count = json_array_size(list);
    if (count > NTH_MAX) {
        loader_wrong(l, "nth", "%zu numbers, at most %zu", count, NTH_MAX);
    }
    if (count == 0 || l->rc != KDS_OK) {
        return;
    }
    uint64_t *nth = loader_take(l, count, sizeof *nth);
    for (size_t i = 0; nth != NULL && i < count; i++) {
        const json_t *value = json_array_get(list, i);
        char at[32];
        snprintf(at, sizeof at, "nth[%zu]", i);
        if (!json_is_integer(value) || json_integer_value(value) < 1) {
            loader_wrong(l, at, "must be a whole number from 1 on");
            return;
        }
        nth[i] = (uint64_t)json_integer_value(value);
    }
    rule->nth = nth;
    rule->nth_count = count;
}

static void read_prob(struct loader *l, json_t *on, struct fault_rule *rule)
{
    const json_t *value = json_object_get(on, "prob");
    if (l->rc != KDS_OK || value == NULL) {
        return;
    }
    rule->prob = json_number_value(value);
    if (!json_is_number(value) || !(rule->prob >= 0 && rule->prob <= 1)) {
        loader_wrong(l, "prob", "must be a number from 0 to 1");
    }
}

static void read_connection(struct loader *l, json_t *on, struct fault_rule *rule)
{
    const json_t *value = json_object_get(on, "conn");
    if (!json_is_string(value) || strcmp(json_string_value(value), "*") != 0) {
        rule->connection = (uint64_t)loader_get_integer(l, on, "conn", 1, INT64_MAX, 0);
    }
}

/* What a plan may say for other peers and kds-local cannot tell apart. */
static void read_peers(struct loader *l, json_t *on)
{
    const char *api = loader_get_filter(l, on, "api");
    if (api != NULL && strcmp(api, "kinesis") != 0) {
        loader_wrong(l, "api", "\"%.60s\", but only kinesis is served here", api);
    }
    if (loader_get_filter(l, on, "worker") != NULL) {
        loader_wrong(l, "worker", "must be \"*\": a request does not say whose it is");
    }
}

static void read_on(struct loader *l, json_t *from, struct fault_rule *rule)
{
    static const char *const members[] = {"api",    "op",      "stream", "shard",
                                          "worker", "conn",    "nth",    "every",
                                          "prob",   "from_ms", "to_ms",  NULL};
    json_t *on = loader_get(l, from, "on", JSON_OBJECT, "an object");
    size_t back = loader_enter(l, "on");
    loader_only(l, on, members);
    read_peers(l, on);
    rule->op = loader_get_filter(l, on, "op");
    rule->stream = loader_get_filter(l, on, "stream");
    rule->shard = loader_get_filter(l, on, "shard");
    read_connection(l, on, rule);
    read_nth(l, on, rule);
    rule->every = (uint64_t)loader_get_integer(l, on, "every", 0, INT64_MAX, 0);
    read_prob(l, on, rule);
    rule->from_ms = loader_get_integer(l, on, "from_ms", 0, INT64_MAX, 0);
    rule->to_ms = loader_get_integer(l, on, "to_ms", 0, INT64_MAX, 0);
    if (rule->to_ms != 0 && rule->to_ms <= rule->from_ms) {
        loader_wrong(l, "to_ms", "must be beyond from_ms");
    }
    loader_leave(l, back);
}

/* ---- where: at ---------------------------------------------------------------------------- */

static void read_at(struct loader *l, json_t *from, struct fault_rule *rule)
{
    static const char *const names[] = {
#define FAULT_X(id, name, counted) name,
        FAULT_POINTS(FAULT_X)
#undef FAULT_X
    };
    char name[FAULT_TEXT_BYTES_MAX + 1];
    const char *text = loader_get_text(l, from, "at", NULL);
    if (text == NULL) {
        loader_wrong(l, "at", "is required");
        return;
    }
    size_t colon = strcspn(text, ":");
    snprintf(name, sizeof name, "%.*s", (int)colon, text);
    rule->at = (enum fault_point)loader_choose(l, "at", name, names, FAULT_POINT_COUNT);
    if (l->rc != KDS_OK) {
        return;
    }
    if (fault_point_counted(rule->at) != (text[colon] == ':')) {
        loader_wrong(l, "at",
                     fault_point_counted(rule->at) ? "\"%.60s\" needs a number: %s:N"
                                                   : "\"%.60s\" takes no number: %s",
                     text, name);
    } else if (text[colon] == ':' &&
               !kds_parse_u64(kds_slice(text + colon + 1), &rule->offset)) {
        loader_wrong(l, "at", "\"%.60s\": not a whole number behind the colon", text);
    }
}

/* A filter on what nobody knows yet would never match. */
static void check_filters(struct loader *l, const struct fault_rule *rule)
{
    bool no_request = rule->at == FAULT_AT_ACCEPT || rule->at == FAULT_AT_TLS ||
                      rule->at == FAULT_AT_IDLE;
    bool no_input =
        no_request || rule->at == FAULT_AT_REQ_HEAD || rule->at == FAULT_AT_REQ_BODY;
    const char *point = fault_point_name(rule->at);
    if (no_request && rule->op != NULL) {
        loader_wrong(l, "on.op", "the operation is not known at %s", point);
    } else if (no_input && rule->stream != NULL) {
        loader_wrong(l, "on.stream", "the stream is not known at %s", point);
    } else if (no_input && rule->shard != NULL) {
        loader_wrong(l, "on.shard", "the shard is not known at %s", point);
    }
}

/* ---- what: do ----------------------------------------------------------------------------- */

#define B(name) FAULT_BIT(FAULT_DO_##name)

/* Which actions have a meaning at which point. */
/* What can befall a connection at any moment. */
#define CUT  (B(RESET) | B(FIN) | B(HANG) | B(DELAY))
#define H2   (B(GOAWAY) | B(RST_STREAM) | B(WINDOW0) | B(SETTINGS))
#define DONE (B(STATUS) | B(ERROR) | B(PARTIAL) | B(RAW) | B(RESHARD))

static const fault_support_t sensible = {
    [FAULT_AT_ACCEPT] = CUT | B(REFUSE) | B(SETTINGS) | B(RAW),
    [FAULT_AT_TLS] = CUT,
    [FAULT_AT_REQ_HEAD] = CUT | H2 | B(STATUS) | B(RAW),
    [FAULT_AT_REQ_BODY] = CUT | H2,
    [FAULT_AT_BEFORE_COMMIT] = CUT | H2 | DONE,
    [FAULT_AT_AFTER_COMMIT] = CUT | H2 | DONE,
    [FAULT_AT_RESP_HEAD] = CUT | H2 | B(TRICKLE) | B(TRUNCATE) | B(STATUS) | B(RAW),
    [FAULT_AT_RESP_BODY] = CUT | H2 | B(TRICKLE) | B(TRUNCATE) | B(CORRUPT),
    [FAULT_AT_EVENT] =
        CUT | H2 | B(TRICKLE) | B(TRUNCATE) | B(CORRUPT) | B(ERROR) | B(RAW) | B(RESHARD),
    [FAULT_AT_IDLE] = B(RESET) | B(FIN) | B(GOAWAY) | B(SETTINGS),
};

#undef CUT
#undef H2
#undef DONE

#undef B

static void read_do(struct loader *l, json_t *from, struct fault_rule *rule)
{
    static const char *const members[] = {"action", "args", NULL};
    static const char *const names[] = {
#define FAULT_X(id, name) name,
        FAULT_ACTIONS(FAULT_X)
#undef FAULT_X
    };
    json_t *todo = loader_get(l, from, "do", JSON_OBJECT, "an object");
    size_t back = loader_enter(l, "do");
    loader_only(l, todo, members);
    const char *action = loader_get_text(l, todo, "action", NULL);
    if (action == NULL) {
        loader_wrong(l, "action", "is required");
    } else {
        rule->action = (enum fault_action)loader_choose(l, "action", action, names,
                                                        FAULT_ACTION_COUNT);
    }
    if (l->rc == KDS_OK && !(sensible[rule->at] & FAULT_BIT(rule->action))) {
        loader_wrong(l, "action", "%s cannot be done at %s", action,
                     fault_point_name(rule->at));
    }
    fault_read_args(l, todo, rule);
    loader_leave(l, back);
}

/* ---- the plan ----------------------------------------------------------------------------- */

static void read_id(struct loader *l, json_t *from, size_t index, struct fault_rule *rule)
{
    char usual[32];
    json_t *given = json_object_get(from, "id");
    snprintf(usual, sizeof usual, "rule-%zu", index + 1);
    json_t *name = given == NULL ? json_string(usual) : NULL;
    rule->id = given != NULL  ? loader_get_text(l, from, "id", "")
               : name != NULL ? loader_keep_text(l, name)
                              : NULL;
    json_decref(name);
    if (rule->id == NULL) {
        loader_no_memory(l);
    }
}

/* FNV-1a, so that each rule has random numbers of its own. */
static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (; *text != 0; text++) {
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    }
    return h;
}

static void check_support(struct loader *l,
                          const struct fault_rule *rule,
                          const fault_support_t support)
{
    if (support != NULL && !(support[rule->at] & FAULT_BIT(rule->action))) {
        loader_wrong(l, "do.action", "this server cannot do %s at %s",
                     fault_action_name(rule->action), fault_point_name(rule->at));
    }
}

static void
read_rule(struct loader *l, json_t *from, size_t index, struct fault_plan *plan)
{
    static const char *const members[] = {"id", "on", "at", "do", "times", NULL};
    struct fault_rule *rule = &plan->rules[index];
    if (!json_is_object(from)) {
        loader_wrong(l, "", "must be an object");
        return;
    }
    loader_only(l, from, members);
    read_id(l, from, index, rule);
    read_on(l, from, rule);
    read_at(l, from, rule);
    check_filters(l, rule);
    read_do(l, from, rule);
    rule->times = (uint64_t)loader_get_integer(l, from, "times", 0, INT64_MAX, 0);
    for (size_t i = 0; l->rc == KDS_OK && i < index; i++) {
        if (strcmp(plan->rules[i].id, rule->id) == 0) {
            loader_wrong(l, "id", "\"%.60s\" is the id of rules[%zu] already", rule->id,
                         i);
        }
    }
    if (l->rc == KDS_OK) {
        rule->draw = plan->seed ^ hash_of(rule->id);
    }
}

static void read_rules(struct loader *l,
                       json_t *root,
                       const fault_support_t support,
                       struct fault_plan *plan)
{
    json_t *rules = loader_get(l, root, "rules", JSON_ARRAY, "a list");
    size_t count = json_array_size(rules);
    if (count > FAULT_RULES_MAX) {
        loader_wrong(l, "rules", "%zu rules, at most %d", count, FAULT_RULES_MAX);
    }
    plan->rules = loader_take(l, count ? count : 1, sizeof *plan->rules);
    plan->rule_count = plan->rules ? count : 0;
    for (size_t i = 0; l->rc == KDS_OK && i < count; i++) {
        char at[32];
        snprintf(at, sizeof at, "rules[%zu]", i);
        size_t back = loader_enter(l, at);
        read_rule(l, json_array_get(rules, i), i, plan);
        check_support(l, &plan->rules[i], support);
        loader_leave(l, back);
    }
}

static kds_err_t read_plan(json_t *root,
                           const fault_support_t support,
                           struct fault_plan *plan,
                           kds_error_t **error)
{
    static const char *const members[] = {"seed", "rules", NULL};
    struct loader l = {.arena = &plan->arena, .error = error, .rc = KDS_OK};
    if (!json_is_object(root)) {
        loader_wrong(&l, "plan", "must be an object");
    }
    loader_only(&l, root, members);
    plan->seed = (uint64_t)loader_get_integer(&l, root, "seed", 0, INT64_MAX, 1);
    read_rules(&l, root, support, plan);
    return l.rc;
}

kds_err_t fault_plan_parse(kds_slice_t json,
                           const fault_support_t support,
                           struct fault_plan **plan,
                           kds_error_t **error)
{
    json_error_t where;
    if (json.n > FAULT_PLAN_BYTES_MAX) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%zu bytes, at most %zu", json.n,
                             FAULT_PLAN_BYTES_MAX);
    }
    json_t *root = json_loadb(json.n ? (const char *)json.p : "", json.n,
                              JSON_REJECT_DUPLICATES, &where);
    if (root == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG, "line %d, column %d: %s", where.line,
                             where.column, where.text);
    }
    kds_err_t rc = KDS_ERR_NO_MEMORY;
    struct fault_plan *p = kds_alloc_zero(1, sizeof *p);
    if (p == NULL) {
        kds_error_set(error, rc, "out of memory");
    } else {
        kds_arena_init(&p->arena, PLAN_MEMORY_MAX);
        rc = read_plan(root, support, p, error);
    }
    json_decref(root);
    if (rc != KDS_OK) {
        fault_plan_free(p);
        return rc;
    }
    *plan = p;
    return KDS_OK;
}

static kds_err_t read_file(FILE *file, struct kds_buf *out)
{
    uint8_t *room;
    size_t n = 1;
    while (n > 0 && (room = kds_buf_reserve(out, 4096)) != NULL) {
        n = fread(room, 1, 4096, file);
        kds_buf_commit(out, n);
    }
    return out->err;
}

kds_err_t fault_plan_load(const char *path,
                          const fault_support_t support,
                          struct fault_plan **plan,
                          kds_error_t **error)
{
    struct kds_buf text;
    kds_error_t *why = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: %s", path, strerror(errno));
    }
    /* One more than a plan may have, so that a longer file is seen to be one. */
    kds_buf_init(&text, FAULT_PLAN_BYTES_MAX + 4096 + 1);
    kds_err_t rc = read_file(file, &text);
    bool broken = ferror(file) != 0;
    fclose(file);
    if (broken) {
        rc = kds_error_set(&why, KDS_ERR_CONFIG, "cannot be read");
    } else if (rc != KDS_OK) {
        rc = kds_error_set(&why, rc == KDS_ERR_TOO_LARGE ? KDS_ERR_CONFIG : rc,
                           "more than %zu bytes, or out of memory", FAULT_PLAN_BYTES_MAX);
    } else {
        rc = fault_plan_parse(kds_buf_slice(&text), support, plan, &why);
    }
    kds_buf_clear(&text);
    if (rc != KDS_OK) {
        kds_error_set(error, rc, "%s: %s", path, kds_error_message(why));
    }
    kds_error_free(why);
    return rc;
}

void fault_plan_free(struct fault_plan *plan)
{
    if (plan != NULL) {
        kds_arena_clear(&plan->arena);
        kds_free(plan);
    }
}
