/*
 * core_fixture: a worker's core with a store in memory, driven by hand on a clock that only the test moves.
 *
 * The way to the leases goes by itself; what is asked of the service or the application about a shard stops the
 * run and is answered by the test.
 */
#ifndef TESTS_KCL_CORE_FIXTURE_H
#define TESTS_KCL_CORE_FIXTURE_H

#include "core.h"

#define FIXTURE_SHARDS_MAX 32
#define FIXTURE_WALL_US    (INT64_C(1790000000) * 1000000) /* the service's clock at 0 */

struct core_fixture {
    struct kcl_conf *conf;
    struct kcl_core *core;
    struct kcl_store *store;
    int64_t now_us;
    int64_t ahead_us;   /* this machine's clock, of the service's */
    unsigned tasks;     /* the kinds that the application takes */
    size_t shards;      /* of the stream, named shard-0, shard-1 ... */
    int64_t created_ms; /* the stream */
    const char
        *arn;    /* of the stream, whose calls are to name it so; NULL = by its name */
    bool forbid; /* the stream may not be described */
    bool pull;
    bool hold_reads; /* GetRecords is not answered, and does not stop the run */

    struct kcl_action action; /* what waits for the test */
    unsigned events[16];      /* by kind */
    char message[256];        /* of the last one */
    bool deny_children;       /* no lease is made */
    bool hold_children;       /* whether one was is not answered: `held_id` */
    uint64_t held_id;
    size_t long_state; /* of what a KCL prepared at shard-0's record 77; 0 = nothing */
    double kbps;       /* of shard-0, as the last write had it; 0 = none had */
    long outputs;      /* not released */
};

void fixture_init(struct core_fixture *f);
void fixture_set(struct core_fixture *f, const char *name, const char *value);
/** After the settings. */
void fixture_start(struct core_fixture *f);
/** The process ends without a word; another one starts with the same store. */
void fixture_restart(struct core_fixture *f);
/** Asserts that nothing is left behind. */
void fixture_clear(struct core_fixture *f);

/** Go on until something of this kind is asked, however long it takes. Anything else fails the test. */
void expect(struct core_fixture *f, enum kcl_action_kind kind);
/** The same for one of two. */
void expect_either(struct core_fixture *f,
                   enum kcl_action_kind a,
                   enum kcl_action_kind b);
/** The same for a task; it is begun. */
void expect_task(struct core_fixture *f, kcl_task_kind_t kind);
/** For so long nothing is asked. */
void expect_nothing(struct core_fixture *f, int64_t ms);
/** How long until a call of this kind is made, in ms. */
int64_t wait_for(struct core_fixture *f, enum kcl_action_kind kind);

void answer_iterator(struct core_fixture *f, const char *iterator);
/** @param sequences  separated by blanks; each record has this many bytes of data
 *  @param next       the next iterator; NULL = none */
void answer_records(struct core_fixture *f,
                    const char *sequences,
                    size_t size,
                    int64_t behind_ms,
                    const char *next);
/** Without records or a next iterator; @p children are named child-0, child-1, @p parents each. */
void answer_end(struct core_fixture *f, size_t children, size_t parents);
/** @param names  separated by blanks: the shards that are listed. Those called child-N are children of
 *                shard-0. @param closed  shard-0 is */
void answer_listing(struct core_fixture *f, const char *names, bool closed);
void fail_call(struct core_fixture *f, kds_err_t code);
void end_task(struct core_fixture *f, bool done);

/** As fan-out does; @p end with one child. */
void push_records(struct core_fixture *f, uint64_t id, const char *sequences, bool end);
void push_sized(struct core_fixture *f, uint64_t id, const char *sequences, size_t size);
void push_failure(struct core_fixture *f, uint64_t id, kds_err_t code);

/** A call names the stream as it is configured. */
void check_stream(const struct core_fixture *f, kds_slice_t name, kds_slice_t arn);

/** Confirm a position of shard-0. */
kds_err_t confirm(struct core_fixture *f, const char *sequence, int64_t sub);
/** The lease of a shard, as the store has it. */
struct kcl_lease stored(struct core_fixture *f, const char *shard_id);

#endif /* TESTS_KCL_CORE_FIXTURE_H */
