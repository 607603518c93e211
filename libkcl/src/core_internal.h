/*
 * core_internal: what the parts of the core share: core.c (the whole), roster.c
 * (which leases), shard.c and its parts (one held shard).
 */
#ifndef KCL_SRC_CORE_INTERNAL_H
#define KCL_SRC_CORE_INTERNAL_H

#include "agenda.h"
#include "base/rng.h"
#include "core.h"
#include "line.h"
#include "metrics.h"
#include "page.h"
#include "roster.h"

#include <stddef.h>

/* Why a worker gives up when a later process bears its name. */
#define KCL_TWIN_TEXT                                                                    \
    "another process with the same worker.id was started later; this one yields"

/* Beside the service's clock, as well as it is known: rather a second twice than a record never. */
#define KCL_LATEST_MARGIN_MS 1000

/** An event that waits to be told. */
struct kcl_note {
    struct kcl_note *next;
    kcl_event_kind_t kind;
    char shard_id[KCL_NAME_BYTES];
    struct kcl_position position;
    char message[256];
};

/** Why a shard is not read before its time. */
enum kcl_waits { KCL_WAITS_NEWS, KCL_WAITS_PACE, KCL_WAITS_BACKOFF };

/** What ListShards is to say: whether a shard that is not found exists, whether one ended that names no children. */
enum kcl_doubt { KCL_DOUBTS_NOTHING, KCL_DOUBTS_EXISTENCE, KCL_DOUBTS_END };

/** A shard whose lease this worker holds, or is taking. */
struct kcl_shard {
    struct kcl_entry entry; /* named by the lease; due when it has something to do */
    struct kcl_lease lease; /* as it was when last heard of */
    bool held;              /* false: the take is under way */
    bool lost;              /* nothing new begins; freed when nothing is under way */
    int64_t valid_until_us;

    /* The store: one write at a time. */
    uint64_t store_id; /* under way; 0 = none */
    struct kcl_store_op op;
    int64_t op_sent_us; /* when it was first sent: validity counts from there */
    bool op_unknown;    /* it failed without an answer: the same again */
    int64_t op_retry_us;
    int64_t renew_at_us;

    bool
        leaving; /* it is to be given to another worker as soon as nothing of it is open */
    int64_t leaving_since_us;
    char key[KCL_KEY_BYTES]; /* of its lease; the name of its entry */
    /* What the application is lent: unlike the lease these never change, so that no lock is needed. */
    char stream[KCL_STREAM_BYTES]; /* "" when there is only one */
    char shard_id[KCL_NAME_BYTES];

    /* Reading: poll.c */
    uint64_t call_id;
    int64_t call_at_us;         /* not before */
    int64_t call_sent_us;       /* of the last call */
    unsigned failures;          /* in a row */
    unsigned empty;             /* answers without a record, in a row */
    enum kcl_waits waits;       /* for what, until call_at_us */
    enum kcl_action_kind asked; /* what the call is */
    bool over;                  /* the subscription brings nothing more that is wanted */
    char iterator[520];         /* "" = one is needed */
    bool fresh;                 /* the iterator was never used */
    unsigned rejections;        /* of the position */
    enum kcl_doubt doubt;       /* what the last answers make doubtful */
    unsigned doubts;            /* how many of them */
    struct {
        char *token; /* of the next page */
        size_t shards;
        bool found, closed;
    } listing;                    /* is it gone or ended? */
    struct kcl_position gap_from; /* KCL_AFTER_RECORD: does that record still exist? */
    bool gap_stopped, gap_told;   /* the shard stopped at it; and was resumed */
    struct kcl_position fetched;  /* everything up to here was received */
    struct kcl_place hungry;      /* for room in the budget */
    bool fed;                     /* its turn came, and it has not reserved since */
    size_t reserved_bytes;        /* of the budget, for what is under way */
    size_t
        credit_bytes; /* of its subscription: what it holds and has reserved is as much at least */
    size_t held_bytes;     /* in its pages */
    int64_t turn_until_us; /* its subscription makes room then, if others wait */
    size_t expected_bytes; /* of the next answer */
    int64_t behind_ms;     /* -1 = not known yet */
    bool at_end;           /* there is nothing more to fetch */
    struct kcl_lease children[2];
    size_t child_count;

    /* Processing: process.c. `current` is handed out, those from `ready` on wait behind it. */
    struct kcl_page *current, *ready, *ready_last;
    uint64_t processor_id; /* of the open task; 0 = none */
    kcl_task_kind_t task_kind;
    size_t task_count;       /* records of it */
    size_t lent_bytes;       /* of its page, in core->lent_bytes */
    int64_t task_since_us;   /* since when it is open; or the end waits to be confirmed */
    bool task_stuck;         /* it, or the end, waits for long, and that was told */
    int64_t processor_at_us; /* not before */
    unsigned attempt;        /* failures in a row */
    size_t alone;            /* records in front that are handed out one by one */
    bool dead;               /* the one in front is a dead letter */
    struct kcl_place unserved; /* for a taker of its task */
    void *state;               /* the application's */
    bool initialized, end_told, leaving_told, lost_told;
    bool stopped; /* the processor failed too often */
    struct kcl_position delivered, passed,
        confirmed; /* handed out; processed; confirmed */
    bool has_prepared;
    struct kcl_position prepared;
    uint8_t prepared_state[KCL_STATE_BYTES];
    size_t prepared_state_len;
    void *
        long_state; /* in place of prepared_state; NULL = it fits. Found with the lease, never written */
    uint64_t unpersisted; /* records confirmed since the last checkpoint */
    uint64_t persisting;  /* of these, what the checkpoint that is under way persists */
    int64_t unpersisted_since_us;
    uint64_t user_records, user_bytes; /* passed */
    struct kds_metric_group *metrics;  /* NULL = nothing was counted yet */
    char trouble[160];                 /* what went wrong last; "" = nothing does */
    int64_t measured_us;               /* throughput, up to when and how many bytes */
    uint64_t measured_bytes;
    double kbps;

    /* The end: told to the processor, children created, SHARD_END persisted. */
    bool children_made, children_told, end_persisted;
    struct kcl_ends *ends;  /* the write for its children; NULL until there is one */
    int64_t ends_at_us;     /* not before; 0 = as soon as it may be */
    unsigned ends_failures; /* in a row */
    bool family_known; /* a parent of a child that has no lease will never have one */
    int64_t asked_us;  /* since when a parent of a child is missing; 0 = none is */
};

struct kcl_core {
    struct kcl_core_options options;
    const struct kcl_conf *conf;
    char worker_id[KCL_NAME_BYTES];
    struct kds_rng rng;
    int64_t wall_us;    /* this machine's wall clock minus ours */
    int64_t service_us; /* the service's minus ours */
    enum kcl_start start;
    int64_t start_ms;

    uint64_t last_id;
    struct kcl_roster roster;
    struct kcl_agenda agenda; /* of the shards */
    struct kcl_note *notes, **notes_end;
    kcl_event_t event; /* the one that was given out last */
    struct kcl_note *told;

    struct kds_agg_decoder *decoder;
    /* Of the budget: in pages, of which some are with the application; for answers under way. */
    size_t buffered_bytes, lent_bytes, reserved_bytes;
    struct kcl_line hungry;   /* shards that wait for the budget */
    struct kcl_line unserved; /* shards that wait for a taker of their task */
    size_t slots;             /* tasks that may be given out */
    bool stopping;
    kds_error_t *failure;
    kcl_stats_t stats;
    struct kcl_page_counts counts;
    struct kds_metrics *metrics;
    int64_t started_us, last_record_us;
};

/** Tell the application; lost if memory is short. */
void kcl_note(struct kcl_core *core,
              kcl_event_kind_t kind,
              const struct kcl_shard *shard,
              const struct kcl_position *position,
              const char *message);

/** Now, as the service dates records. */
int64_t kcl_service_ms(const struct kcl_core *core, int64_t now_us);

/** Exponential, with jitter: base, doubled with each failure, @p last_us at most. */
int64_t kcl_backoff_us(struct kcl_core *core,
                       unsigned failures,
                       int64_t first_us,
                       int64_t last_us);

/** The stream of a shard, as a request names it. */
void kcl_name_stream(const struct kcl_core *core,
                     const struct kcl_shard *s,
                     kds_slice_t *name,
                     kds_slice_t *arn);

/** @param shard  whose action it is; NULL = the roster's */
uint64_t kcl_core_new_id(struct kcl_core *core, const struct kcl_shard *shard);

/** Work on one more shard, from the taking of its lease on. Not if memory is short. */
void kcl_core_add_shard(struct kcl_core *core, const struct kcl_lease *lease);
/** @return NULL if it is not worked on */
struct kcl_shard *kcl_core_find_shard(const struct kcl_core *core, const char *key);
/** Start with *at = 0. @return NULL at the end */
struct kcl_shard *kcl_core_each_shard(const struct kcl_core *core, size_t *at);
/** Ask it soon what is to be done: something that it depends on has changed. Answers to its own
 *  actions do so by themselves. */
void kcl_core_wake_shard(struct kcl_core *core, struct kcl_shard *s);
void kcl_core_wake_shards(struct kcl_core *core);

/* roster.c: which leases */

/** @return false when out of memory */
bool kcl_roster_init(struct kcl_core *core);
void kcl_roster_clear(struct kcl_core *core);
bool kcl_roster_next(struct kcl_core *core, int64_t now_us, struct kcl_action *action);
int64_t kcl_roster_wake_at_us(const struct kcl_core *core);
void kcl_roster_stored(struct kcl_core *core,
                       int64_t now_us,
                       const struct kcl_store_result *result);
void kcl_roster_called(struct kcl_core *core,
                       int64_t now_us,
                       const void *output,
                       const kds_error_t *error);

/** Something is still to be told to the fleet before the worker may go. */
bool kcl_roster_has_farewell(const struct kcl_core *core);
/** @return whether the answer was to a chore */
bool kcl_roster_chore_done(struct kcl_core *core,
                           int64_t now_us,
                           uint64_t id,
                           const struct kcl_store_result *result);
/** A look at the leases would find something now. */
void kcl_roster_look_soon(struct kcl_core *core, int64_t now_us);
/** The end of the shard is persisted: its children are taken without a look, where that is known to be right. */
void kcl_roster_take_children(struct kcl_core *core,
                              int64_t now_us,
                              const struct kcl_shard *s);
/** What is held is given back, and the worker ends with this reason. */
void kcl_roster_give_up(struct kcl_core *core, kds_err_t code, const char *why);
struct kcl_stream *kcl_roster_find_stream(struct kcl_roster *r, const char *id);
/** By its id in leases. @return NULL if it is not read */
const struct kcl_stream *kcl_roster_stream(const struct kcl_core *core, const char *id);
/** What the service says of a shard would fit if its stream had been deleted and made anew. */
void kcl_roster_doubt(struct kcl_core *core, const struct kcl_shard *s);
/** Until the stream is described once more, its shards are not read on. */
bool kcl_roster_doubts(const struct kcl_core *core, const struct kcl_shard *s);
/** Whether the leases of the shards behind this one can be made: each parent of theirs has a lease, or
 *  is known never to get one. If not, a listing is asked for. */
bool kcl_roster_may_make_children(struct kcl_core *core,
                                  int64_t now_us,
                                  struct kcl_shard *s);

/* shard.c */

/** @return NULL when out of memory */
struct kcl_shard *kcl_shard_new(struct kcl_core *core, const struct kcl_lease *lease);
void kcl_shard_free(struct kcl_core *core, struct kcl_shard *s);
/** What this shard wants done now. */
bool kcl_shard_next(struct kcl_core *core,
                    int64_t now_us,
                    struct kcl_shard *s,
                    struct kcl_action *action);
int64_t kcl_shard_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s);
/** Nothing is under way and nothing is wanted any more. */
bool kcl_shard_over(const struct kcl_core *core, const struct kcl_shard *s);
/** Give back what records lived in. */
void kcl_shard_release(struct kcl_core *core, const void *output, bool pushed);
/** The first of a list. */
void kcl_shard_drop_page(struct kcl_core *core,
                         struct kcl_shard *s,
                         struct kcl_page **page);
void kcl_shard_drop_ready(struct kcl_core *core, struct kcl_shard *s);
void kcl_shard_add_ready(struct kcl_core *core,
                         struct kcl_shard *s,
                         struct kcl_page *page);
/** The first that is ready becomes the current one. */
void kcl_shard_next_page(struct kcl_shard *s);

/* hold.c: its lease */

/** Begin to take the lease. */
void kcl_hold_begin(struct kcl_core *core, struct kcl_shard *s);
bool kcl_hold_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action);
void kcl_hold_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_store_result *result);
int64_t kcl_hold_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s);
/** The lease is no longer ours. */
void kcl_hold_lose(struct kcl_core *core, struct kcl_shard *s, const char *why);

/* reader.c: what all ways of reading have in common */

/** Whether anything may be fetched for it now, room aside. */
bool kcl_read_wanted(const struct kcl_core *core, const struct kcl_shard *s);
/** Take room for the next answer, or for a subscription, which keeps it. @return false, and it waits in line, if
 *  there is none */
bool kcl_read_reserve(struct kcl_core *core, struct kcl_shard *s);
void kcl_read_unreserve(struct kcl_core *core, struct kcl_shard *s);
/** Its pages have become more or fewer: what a subscription has reserved beside them. */
void kcl_read_settle(struct kcl_core *core, struct kcl_shard *s);
/** Somebody waits in line, and there is no room for it. */
bool kcl_read_pressed(const struct kcl_core *core);
/** Wake the first in line if there is room for it. @return whether there was one */
bool kcl_read_feed(struct kcl_core *core);
/**
 * Records came.
 * @retval KDS_OK            a->output is taken
 * @retval KDS_ERR_PROTOCOL  malformed: nothing changed, the same is to be asked again
 * @retval KDS_ERR_NO_MEMORY nothing changed
 * @retval KDS_ERR_QUEUE_FULL  pushed, and there is no room: nothing changed; next time more is reserved
 */
kds_err_t kcl_read_arrived(struct kcl_core *core,
                           int64_t now_us,
                           struct kcl_shard *s,
                           const struct kcl_arrival *a);
/** Where to go on reading, as a request says it. */
void kcl_read_start(struct kcl_shard *s, kds_starting_position_t *out);
/** The service did not take that position. */
void kcl_read_rejected(struct kcl_core *core, struct kcl_shard *s);
/** The lease of a child. @return false if what is said of it is malformed */
bool kcl_read_child(const struct kcl_shard *s,
                    struct kcl_lease *lease,
                    kds_slice_t shard_id,
                    const kds_hash_key_range_t *range,
                    const kds_slice_t *parents,
                    size_t parent_count);
/** Tell that what was behind s->gap_from is gone. @param to  where it goes on, for a person */
void kcl_read_gap(struct kcl_core *core, struct kcl_shard *s, const char *to);
/** Read again from what was passed on: what waits is dropped. */
void kcl_read_rewind(struct kcl_core *core, struct kcl_shard *s);
/** A call failed: the pause before the next, and what is told. */
void kcl_read_failed(struct kcl_core *core,
                     int64_t now_us,
                     struct kcl_shard *s,
                     kds_err_t code,
                     const char *why);

/* ends.c: what is written before its end is */

/** The next of these writes, if it may be made now. */
bool kcl_ends_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action);
/** Whether @p id is the one under way. */
bool kcl_ends_is(const struct kcl_shard *s, uint64_t id);
void kcl_ends_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   const struct kcl_store_result *result);
/** One is under way. */
bool kcl_ends_busy(const struct kcl_shard *s);
/** Nothing is left to be written but the end. */
bool kcl_ends_written(const struct kcl_shard *s);
int64_t kcl_ends_wake_at_us(const struct kcl_shard *s);

/* poll.c: reading it */

bool kcl_poll_next(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   struct kcl_action *action);
void kcl_poll_done(struct kcl_core *core,
                   int64_t now_us,
                   struct kcl_shard *s,
                   const void *output,
                   const kds_error_t *error);
int64_t kcl_poll_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s);

void kcl_poll_clear(struct kcl_shard *s);
/** The shard was not found; after some times in a row there are doubts, and kcl_poll_next() asks
 *  ListShards. */
void kcl_poll_not_found(struct kcl_core *core, struct kcl_shard *s);
bool kcl_poll_doubts(const struct kcl_shard *s);
/** Read again from what was passed on: what waits is dropped. */
void kcl_poll_rewind(struct kcl_core *core, struct kcl_shard *s);

/* fanout.c: reading it by a subscription */

/** Whether the shard is read so: it is configured, and nothing forced to fall back to polling. */
bool kcl_fanout_serves(const struct kcl_core *core, const struct kcl_shard *s);
/** A subscription of it is under way, be it over. */
bool kcl_fanout_subscribed(const struct kcl_shard *s);
/** While polling stands in for it: whether it is time to try once more. */
bool kcl_fanout_again(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action);
/** What a subscription may hold at once. */
size_t kcl_fanout_credit(const struct kcl_core *core);

bool kcl_fanout_next(struct kcl_core *core,
                     int64_t now_us,
                     struct kcl_shard *s,
                     struct kcl_action *action);
void kcl_fanout_pushed(struct kcl_core *core,
                       int64_t now_us,
                       struct kcl_shard *s,
                       const struct kcl_pushed *pushed);
int64_t kcl_fanout_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s);

/* process.c: handing it out */

bool kcl_process_next(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action);
void kcl_process_done(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool done);
/** It stopped, and is to go on. */
void kcl_process_resume(struct kcl_core *core, int64_t now_us, struct kcl_shard *s);
/** Its task was given out and cannot begin any more. */
void kcl_process_withdraw(struct kcl_core *core, struct kcl_shard *s);
int64_t kcl_process_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s);
/** The shard is to be given away, and the application has nothing of it any more and knows: what
 *  is confirmed now is final. */
bool kcl_process_quiet(const struct kcl_core *core, const struct kcl_shard *s);
/** The shard was read to its end, the application was told, and has confirmed everything: the end may be written. */
bool kcl_process_end_confirmed(const struct kcl_shard *s);
/** Nothing is open or to be told any more, of a shard that is lost. */
bool kcl_process_over(const struct kcl_core *core, const struct kcl_shard *s);
kds_err_t kcl_process_confirm(struct kcl_core *core,
                              int64_t now_us,
                              struct kcl_shard *s,
                              const struct kcl_position *p);
kds_err_t kcl_process_prepare(struct kcl_core *core,
                              int64_t now_us,
                              struct kcl_shard *s,
                              const struct kcl_position *p,
                              kds_slice_t state);
/** What a CHECKPOINT says of it, and a lease that was taken. */
void kcl_process_write_prepared(const struct kcl_shard *s, struct kcl_store_op *op);
void kcl_process_read_prepared(struct kcl_shard *s, struct kcl_store_result *taken);

/* measure.c: what is counted when */

void kcl_measure(struct kcl_core *core,
                 struct kcl_shard *s,
                 enum kcl_metric_row row,
                 int64_t value,
                 uint64_t times);
/** The application ended a task. */
void kcl_measure_task(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool done);
/** A call for a shard ended. */
void kcl_measure_call(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      bool answered);
/** Records came: @p before is what core->counts was. */
void kcl_measure_page(struct kcl_core *core,
                      struct kcl_shard *s,
                      const struct kcl_page_counts *before);
/** A write of a shard's lease ended. */
void kcl_measure_write(struct kcl_core *core,
                       struct kcl_shard *s,
                       const struct kcl_store_op *op,
                       int64_t took_us,
                       bool written);
/** A counter or an outcome, and a gauge, of everything. */
void kcl_count(struct kcl_core *core, enum kcl_metric_row row, int64_t value);
void kcl_gauge(struct kcl_core *core, enum kcl_metric_row row, size_t value);

/** A listing of shards ended. */
void kcl_measure_sync(struct kcl_core *core,
                      int64_t now_us,
                      const struct kcl_stream *stream,
                      bool whole);
/** The store answered a step of the roster; before anything is made of it. */
void kcl_measure_step(struct kcl_core *core,
                      int64_t now_us,
                      const struct kcl_store_result *result);
void kcl_measure_chore(struct kcl_core *core,
                       int64_t now_us,
                       const struct kcl_running_chore *chore,
                       bool done);
struct kcl_assign_result;
void kcl_measure_assignment(struct kcl_core *core, const struct kcl_assign_result *a);
void kcl_measure_lead(struct kcl_core *core, const struct kcl_lead_result *result);

/* status.c */

kcl_doing_t
kcl_shard_doing(const struct kcl_core *core, const struct kcl_shard *s, int64_t now_us);

#endif /* KCL_SRC_CORE_INTERNAL_H */
