/*
 * fleet: how leases move among the workers of an application, as its table says; who leads; what a leader
 * assigns. Pure.
 *
 * Without a word in the table, and in a store that only workers of this library use, each worker takes its
 * share (assign.h). In a fleet of the KCL 3.x one worker leads: it assigns leases by how busy each worker
 * says that it is, and hands them over.
 */
#ifndef KCL_SRC_FLEET_H
#define KCL_SRC_FLEET_H

#include "base/rng.h"
#include "conf.h"
#include "fleet_row.h"
#include "view.h"

#define KCL_MODE_US (60 * INT64_C(1000000)) /* between two looks at the mode */

enum kcl_mode {
    KCL_MODE_SHARE,   /* every worker takes and steals, as the KCL 2.x does */
    KCL_MODE_ASSIGNED /* one leads and assigns, as the KCL 3.x does */
};

/** From the word in the table; "" if there is none.
 *  @param measures  receives whether workers are to tell how busy they are */
enum kcl_mode kcl_mode_of(const char *word, bool *measures);

/** What an operator who takes the fleet to be this (kcl_client_version) is to know of the word in the table.
 *  @return "" if it is as expected */
const char *kcl_mode_objection(int client_version, const char *word);

/** A fleet that is leaving the KCL 2.x may change over: every worker that reads says that it lives, and is fresh if it
 *  did so in the last @p fresh_s. */
bool kcl_fleet_is_ready(const struct kcl_view *v,
                        const struct kcl_fleet_row *rows,
                        size_t row_count,
                        int64_t wall_s,
                        int64_t fresh_s);

/** A worker of the KCL reads now: its counter moves. */
bool kcl_java_reads(const struct kcl_view *v, int64_t looked_us, int64_t failover_us);

/* ---- the lock of the leader ------------------------------------------------------------------- */

struct kcl_lock {
    char version[KCL_VERSION_TEXT]; /* as it was last seen, or written */
    int64_t seen_us;                /* since when */
    bool mine;
};

enum kcl_lock_step {
    KCL_LOCK_WAIT,   /* somebody else leads */
    KCL_LOCK_MAKE,   /* there is no lock: be the first */
    KCL_LOCK_TAKE,   /* it was released, or its owner is dead */
    KCL_LOCK_REFRESH /* it is mine */
};

/** @param row  as it is now; NULL if there is none */
enum kcl_lock_step kcl_lock_judge(struct kcl_lock *lock,
                                  const struct kcl_fleet_row *row,
                                  int64_t now_us,
                                  const char *worker_id);

/** A random version of the lock. */
void kcl_lock_version(struct kds_rng *rng, char out[KCL_VERSION_TEXT]);

/* ---- what a leader assigns -------------------------------------------------------------------- */

struct kcl_move {
    size_t row;
    uint32_t target; /* in the view's people */
    bool hand_over;  /* the present reader lives, and finishes first; otherwise at once */
    bool as_seen; /* its reader is thought to be gone: only if it has not renewed since */
};

/** Workers that let a lease expire: until they say anew how busy they are, they count as gone. */
struct kcl_suspects {
    struct {
        uint32_t hash; /* of the name: numbers of names may change */
        int64_t since_s;
    } list[64]; /* the newest; an older one ages out of the measurements by itself */
    size_t next;
};

/** What a stream is to who leads. */
enum kcl_interest {
    KCL_ORDINARY,
    KCL_STRANGE, /* it does not know it: who does not read what was assigned of it may have to leave it, too */
    KCL_DISUSED  /* its leases are to be deleted: nobody gets them */
};

struct kcl_lead {
    int64_t scanned_us; /* when the leases were asked for */
    int64_t leads_us;   /* since when this worker leads: it must watch before it judges */
    int64_t failover_us, handoff_us;
    int64_t wall_s;      /* now */
    uint64_t max_leases; /* of one worker */
    uint32_t me;  /* who leads, in the view's people: it lives; 0 = somebody else */
    uint64_t run; /* from 0 */
    const struct kcl_lead_rules *rules;
    struct kcl_suspects *suspects;
    enum kcl_interest (*interest)(const void *opaque,
                                  const struct kcl_row *row); /* NULL: all are ordinary */
    const void *opaque;
};

struct kcl_lead_result {
    struct kcl_move *moves; /* (given; kds_free) */
    size_t count;
    size_t workers;          /* that say how busy they are */
    size_t spilled;          /* leases for which there is no worker */
    size_t orphans;          /* that nobody reads */
    size_t invalid, failing; /* rows of workers that cannot be used */
};

/** @return false when out of memory */
bool kcl_lead(struct kcl_view *v,
              const struct kcl_fleet_row *rows,
              size_t row_count,
              const struct kcl_lead *lead,
              struct kds_rng *rng,
              struct kcl_lead_result *out);

#endif /* KCL_SRC_FLEET_H */
