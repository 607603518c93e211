/*
 * assign: which leases a worker takes and which it asks others for, as the KCL 2.x decides, with the waits and
 * the herds taken out. Pure.
 *
 * Expired is what has shown no sign of life for the fail-over time by this worker's clock. Each worker takes
 * leases without a reader up to its share, ceil(leases / workers); one that has too few asks those that have
 * more for some of theirs.
 */
#ifndef KCL_SRC_ASSIGN_H
#define KCL_SRC_ASSIGN_H

#include "base/rng.h"
#include "view.h"

enum kcl_choice_kind {
    KCL_TAKE,  /* the lease is free, or its reader is gone */
    KCL_ASK,   /* its reader is to hand it over */
    KCL_STEAL, /* its reader does not know how to */
    KCL_CHALLENGE /* a process of this worker's name reads it: taken, so that the older one notices */
};

/** Whether this worker works on a lease's shard already. */
enum kcl_held {
    KCL_HELD_NOT,
    KCL_HELD,        /* taken, or being taken */
    KCL_HELD_ENDING, /* lost, and something of it is still open: not to be taken again yet */
    KCL_HELD_FOREIGN /* of a stream that this worker was not told to read: others' business */
};

struct kcl_choice {
    enum kcl_choice_kind kind;
    size_t row;
};

struct kcl_assign {
    const char *worker_id;
    uint64_t incarnation;
    int64_t scanned_us; /* when the listing was asked for */
    int64_t failover_us;
    int64_t handoff_us; /* how long a reader may take to hand over */
    size_t max_leases;
    uint64_t max_steals; /* at one time; 0 = what is wanting, by and by */
    uint64_t round;      /* of this worker, from 0 */
    bool
        only_assigned; /* a leader assigns: take what bears this worker's name, nothing else */
    enum kcl_held (*held)(const void *opaque, const struct kcl_row *row);
    const void *opaque;
};

struct kcl_assign_result {
    struct kcl_choice *choices; /* (given; kds_free) */
    size_t count;
    size_t leases, workers, target, mine, expired, very_old;
    size_t spilled;  /* free, and beyond max_leases */
    bool more;       /* look again soon: not all was taken that may be */
    bool asks;       /* others are asked for some */
    bool older_twin; /* a later process of this name lives: this one is to yield */
};

/** What a worker to whom a leader assigns does with one lease. */
enum kcl_verdict {
    KCL_LEAVE_IT, /* it is another's, held, ended, or not this process's yet */
    KCL_TAKE_IT,  /* once its parents are at their ends */
    KCL_CHALLENGE_IT,
    KCL_YIELD /* a later process of this name lives */
};

enum kcl_verdict kcl_judge_assigned(const struct kcl_view *v,
                                    const struct kcl_assign *a,
                                    const struct kcl_row *row);

/** @return false when out of memory */
bool kcl_assign(const struct kcl_view *v,
                const struct kcl_assign *a,
                struct kds_rng *rng,
                struct kcl_assign_result *out);

/** Which of @p count workers, sorted by name, leads a fleet of the KCL 2.x. */
size_t kcl_java_leader(size_t count);
/** Whether this worker is that one. With no owner at all everybody is. */
bool kcl_leads(const struct kcl_view *v, const char *worker_id);

#endif /* KCL_SRC_ASSIGN_H */
