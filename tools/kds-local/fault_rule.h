/*
 * fault_rule: a rule as fault_plan.c asks it and fault_plan_load.c reads it.
 */
#ifndef KDS_LOCAL_FAULT_RULE_H
#define KDS_LOCAL_FAULT_RULE_H

#include "base/arena.h"
#include "fault_loader.h"
#include "fault_plan.h"

struct fault_rule {
    const char *id;
    /* on: NULL or 0 = any */
    const char *op, *stream, *shard;
    uint64_t connection;
    int64_t from_ms, to_ms; /* to_ms 0 = no end */
    /* which matches fire; none of the three: all of them */
    const uint64_t *nth;
    size_t nth_count;
    uint64_t every; /* 0 = not used */
    double prob;    /* 0 = not used */
    uint64_t times; /* at most so often; 0 = no limit */
    enum fault_point at;
    uint64_t offset;
    enum fault_action action;
    struct fault_args args;
    /* what happened so far */
    uint64_t matches, fired;
    uint64_t draw; /* state of its random numbers before the first one */
};

struct fault_plan {
    struct kds_arena arena; /* of everything in it */
    uint64_t seed;
    struct fault_rule *rules;
    size_t rule_count;
    uint64_t fired;
};

/** The name of a point or action in a plan. */
const char *fault_point_name(enum fault_point at);
const char *fault_action_name(enum fault_action action);
bool fault_point_counted(enum fault_point at);

/** Read `args` of the object @p from into a rule whose point and action are known. */
void fault_read_args(struct loader *l, json_t *from, struct fault_rule *rule);

#endif /* KDS_LOCAL_FAULT_RULE_H */
