/*
 * roster: which leases this worker takes, and what else the leases of an application need: making them, looking
 * at them, mending holes, asking for a share, clearing away. One step at a time.
 */
#ifndef KCL_SRC_ROSTER_H
#define KCL_SRC_ROSTER_H

#include "discover.h"
#include "fleet.h"
#include "store.h"
#include "view.h"

#define KCL_STREAMS_MAX 1000 /* of one worker */

#define KCL_ARN_BYTES 2049

/** Who subscribes to a stream. */
struct kcl_subscriber {
    char stream_arn[KCL_ARN_BYTES];
    char arn[KCL_ARN_BYTES]; /* "" = not found yet */
    uint64_t find_id;        /* of the search that is under way; 0 = none */
    int64_t find_at_us;      /* not before */
    unsigned failures;       /* of searches, in a row */
    bool polling; /* it cannot be subscribed: read by polling until find_at_us */
};

/** A stream that is read. */
struct kcl_stream {
    char id
        [KCL_STREAM_BYTES]; /* in leases: account:name:creation; "" when there is only one */
    kds_slice_t name, arn; /* one of them (lent by the settings, or by subscriber) */
    int64_t created_ms;
    bool described;
    bool
        adopted; /* not one of the settings: a leader assigned leases of it to this worker */
    bool told;           /* that it cannot be read */
    int64_t adopt_at_us; /* it is not described before */
    bool wanted;         /* a listing, as soon as possible */
    bool leased;         /* leases of it were seen, or made */
    unsigned holes;      /* audits in a row that found one */
    bool torn;           /* so many of them that the listing under way is to mend it */
    unsigned fruitless;  /* listings in a row that did not */
    int64_t audited_us;  /* the last time */
    int64_t listed_us;   /* when the last whole listing was asked for; -1 = never */
    struct kcl_position start;
    struct kcl_subscriber subscriber; /* with fan.out */
};

enum kcl_phase {
    KCL_PHASE_OPEN,     /* is there a place for leases? */
    KCL_PHASE_DESCRIBE, /* which streams are these? */
    KCL_PHASE_RUN,
    KCL_PHASE_FAILED
};

/** A write that a look at the leases led to; names are those of the view. */
struct kcl_chore {
    enum kcl_store_kind kind; /* HAND_OVER, DELETE, ASSIGN */
    uint32_t stream, shard;   /* of the lease, as it was seen */
    uint32_t owner, reader;   /* likewise */
    uint64_t counter;         /* likewise */
    uint32_t target;          /* of HAND_OVER and ASSIGN; else 0 */
};

/** One that is under way. */
struct kcl_running_chore {
    uint64_t id; /* 0 = this place is free */
    int64_t sent_us;
    struct kcl_store_op op;
};

enum kcl_fleet_step {
    KCL_FLEET_NONE,
    KCL_FLEET_READ_MODE,
    KCL_FLEET_MEASURES, /* say how busy this worker is */
    KCL_FLEET_READ_LOCK,
    KCL_FLEET_LOCK,   /* make, take or refresh the lock of the leader */
    KCL_FLEET_LEAD,   /* read what all say, and assign */
    KCL_FLEET_CLEAN,  /* delete the row of a worker that is long gone */
    KCL_FLEET_CHECK,  /* leaving the KCL 2.x: is every worker ready? */
    KCL_FLEET_CHANGE, /* then change over */
    KCL_FLEET_FORGET, /* at the end: what this worker said */
    KCL_FLEET_UNLOCK  /* at the end, or so that another leads: the lock */
};

#define KCL_GONE_MAX 64 /* rows that are deleted after one run */

/** The row of a worker that is long gone. */
struct kcl_gone {
    char owner[KCL_OWNER_BYTES];
    int64_t updated_s;
};

/** What a worker does for its fleet. */
struct kcl_fleet_state {
    enum kcl_mode mode;
    const char *objection;    /* to that mode, as told last */
    bool known;               /* the mode was read */
    bool unread_told;         /* that it cannot be any more */
    bool legacy;              /* rows are where the KCL 3.0 to 3.4 keeps them */
    int64_t mode_read_us;     /* the last time */
    bool measures;            /* this worker is to say how busy it is */
    bool measured;            /* and has, at least once */
    struct kcl_metric cpu;    /* what it measured; the newest last */
    bool cpu_set;             /* the newest was not told yet */
    enum kcl_fleet_step step; /* under way */
    struct kcl_fleet_row row; /* of that step */
    int64_t mode_at_us, measures_at_us, lock_at_us, lead_at_us;
    struct kcl_lock lock;
    enum kcl_lock_step lock_step; /* to be done */
    int64_t leads_us;             /* since when this worker leads */
    int64_t led_us;               /* when it assigned last */
    uint64_t runs;
    unsigned lead_failures;
    bool cut_short;        /* the last run had more to move than there was room for */
    bool unlocks;          /* another is to lead */
    struct kcl_gone *gone; /* KCL_GONE_MAX; NULL until there is one */
    size_t gone_count;
    bool changes;           /* the fleet is to change over now */
    int64_t check_at_us;    /* whether it may */
    int64_t ready_since_us; /* so it looked at every check; 0 = not at the last one */
    struct kcl_suspects suspects;
};

/** A lease that the index named. */
struct kcl_found {
    char stream[KCL_STREAM_BYTES], shard_id[KCL_NAME_BYTES];
};

/** The index of leases by their owner, where the store has one. */
struct kcl_index {
    bool active;         /* it can be asked */
    bool told;           /* that it cannot */
    bool asked;          /* the step that is under way is its */
    bool challenged;     /* a twin, in this look */
    int64_t check_at_us; /* whether it is active */
    int64_t look_at_us, sent_us;
    char cursor[KCL_KEY_BYTES];
    struct kcl_found *found; /* of one page, and not read yet; NULL = nothing */
    size_t found_count;
};

#define KCL_KIN_MAX 64 /* leases that wait until their parents were read */

struct kcl_kin {
    uint32_t children[KCL_KIN_MAX]; /* in the view's keys */
    size_t count;
    size_t parents_read; /* of the first child */
    bool asked;          /* the step that is under way is its */
};

struct kcl_roster {
    enum kcl_phase phase;
    uint64_t id; /* of the step that is under way; 0 = none */
    int64_t step_sent_us;
    struct kcl_store_op op;
    int64_t at_us;     /* no step before */
    unsigned failures; /* of steps, in a row */
    int64_t failing_since_us;
    uint64_t incarnation;

    struct kcl_stream **streams; /* those of the settings first */
    size_t stream_count;

    /* Looking at the leases. */
    struct kcl_view view;
    char cursor[KCL_KEY_BYTES]; /* of the next page */
    int64_t scan_at_us, scan_sent_us;
    int64_t looked_us; /* when the last whole look was asked for */
    bool again;        /* another look is wanted since this one began */
    uint64_t scans;    /* whole ones */
    size_t skipped;    /* leases that could not be read, in this scan */
    bool skipped_told, spilled_told, twin_told;

    /* One that is described once more before it is read on: it may be another of its name. */
    struct kcl_stream *doubted; /* NULL = none */
    bool checking;              /* the description is under way */

    struct kcl_stream
        *adopting; /* the description of an adopted one is under way; NULL = of none */
    bool stranger_told; /* leases of a stream that cannot even be asked for */

    /* A listing of one stream, and what comes of it. */
    struct kcl_stream *listed; /* NULL = none is under way */
    struct kcl_listing listing;
    char *token; /* of its next page */
    kds_shard_filter_t filter;
    bool first; /* for a stream that has no leases yet */
    int64_t listing_sent_us;
    struct kcl_plan plan;
    size_t planned;              /* of the plan, written */
    struct kcl_stream *plan_for; /* NULL = there is none */
    bool plan_checked; /* the stream still has no leases, or had some all the time */
    int64_t
        plan_until_us; /* it is too old then: what it makes may have been cleared away */

    struct kcl_chore *chores; /* KCL_CHORES_MAX; NULL until there is one */
    size_t chore_count;
    struct kcl_running_chore *running; /* KCL_CHORES_AT_ONCE; likewise */
    size_t running_count;

    struct kcl_fleet_state fleet;
    struct kcl_index index;
    struct kcl_kin kin;
};

#endif /* KCL_SRC_ROSTER_H */
