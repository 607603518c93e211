/*
 * fault_plan: which rule fires. Reading a plan is in fault_plan_load.c.
 */
#include "fault_plan.h"

#include "base/rng.h"
#include "base/slice.h"
#include "codec/json.h"
#include "fault_rule.h"

#include <inttypes.h>

static const struct {
    const char *name;
    bool counted;
} points[] = {
#define FAULT_X(id, name, counted) {name, counted},
    FAULT_POINTS(FAULT_X)
#undef FAULT_X
};

static const char *const actions[] = {
#define FAULT_X(id, name) name,
    FAULT_ACTIONS(FAULT_X)
#undef FAULT_X
};

const char *fault_point_name(enum fault_point at)
{
    return points[at].name;
}

bool fault_point_counted(enum fault_point at)
{
    return points[at].counted;
}

const char *fault_action_name(enum fault_action action)
{
    return actions[action];
}

static bool is_or_any(kds_slice_t known, const char *wanted)
{
    return wanted == NULL || (known.p != NULL && kds_slice_is(known, wanted));
}

static bool matches(const struct fault_rule *rule,
                    enum fault_point at,
                    const struct fault_scene *scene)
{
    return rule->at == at && is_or_any(scene->op, rule->op) &&
           is_or_any(scene->stream, rule->stream) &&
           is_or_any(scene->shard, rule->shard) &&
           (rule->connection == 0 || rule->connection == scene->connection) &&
           (at != FAULT_AT_EVENT || rule->offset == scene->event) &&
           scene->now_ms >= rule->from_ms &&
           (rule->to_ms == 0 || scene->now_ms < rule->to_ms);
}

/* In 0 .. 1, the same for the same seed, rule and match whatever happened in between. */
static double chance(const struct fault_rule *rule)
{
    struct kds_rng rng;
    kds_rng_seed(&rng, rule->draw + (rule->matches - 1) * UINT64_C(0x9E3779B97F4A7C15));
    return (double)(kds_rng_next(&rng) >> 11) * 0x1.0p-53;
}

static bool chosen(const struct fault_rule *rule)
{
    if (rule->times != 0 && rule->fired == rule->times) {
        return false;
    }
    if (rule->nth_count == 0 && rule->every == 0 && rule->prob <= 0) {
        return true;
    }
    for (size_t i = 0; i < rule->nth_count; i++) {
        if (rule->nth[i] == rule->matches) {
            return true;
        }
    }
    return (rule->every != 0 && rule->matches % rule->every == 0) ||
           (rule->prob > 0 && chance(rule) < rule->prob);
}

bool fault_plan_ask(struct fault_plan *plan,
                    enum fault_point at,
                    const struct fault_scene *scene,
                    struct fault *fault)
{
    struct fault_rule *first = NULL;
    for (size_t i = 0; plan != NULL && i < plan->rule_count; i++) {
        struct fault_rule *rule = &plan->rules[i];
        if (matches(rule, at, scene)) {
            rule->matches++; /* of all rules, so that none depends on those before it */
            first = first == NULL && chosen(rule) ? rule : first;
        }
    }
    if (first == NULL) {
        return false;
    }
    first->fired++;
    *fault = (struct fault){.number = ++plan->fired,
                            .rule = first->id,
                            .match = first->matches,
                            .at = at,
                            .action = first->action,
                            .offset = first->offset,
                            .args = &first->args};
    return true;
}

static void member(struct kds_buf *out, const char *name, kds_slice_t value)
{
    if (value.p != NULL) {
        kds_buf_printf(out, ",\"%s\":", name);
        kds_json_add_string(out, value);
    }
}

void fault_describe(const struct fault *fault,
                    const struct fault_scene *scene,
                    struct kds_buf *out)
{
    kds_buf_printf(out, "{\"fault\":%" PRIu64, fault->number);
    member(out, "rule", kds_slice(fault->rule));
    kds_buf_printf(out, ",\"match\":%" PRIu64 ",\"at\":\"%s", fault->match,
                   fault_point_name(fault->at));
    if (fault_point_counted(fault->at)) {
        kds_buf_printf(out, ":%" PRIu64, fault->offset);
    }
    kds_buf_printf(out, "\",\"action\":\"%s\"", fault_action_name(fault->action));
    member(out, "op", scene->op);
    member(out, "stream", scene->stream);
    member(out, "shard", scene->shard);
    kds_buf_printf(out, ",\"connection\":%" PRIu64 ",\"at_ms\":%" PRId64 "}\n",
                   scene->connection, scene->now_ms);
}
