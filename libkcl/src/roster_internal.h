/*
 * roster_internal: what the files of the roster share: roster.c (its steps), roster_scan.c (what a look at the
 * leases leads to), roster_sync.c (listings of shards).
 */
#ifndef KCL_SRC_ROSTER_INTERNAL_H
#define KCL_SRC_ROSTER_INTERNAL_H

#include "assign.h"
#include "core_internal.h"

void kcl_roster_failed(struct kcl_core *core,
                       int64_t now_us,
                       kds_err_t code,
                       const char *why);

/* roster_scan.c */

/** What kcl_assign() and its like are told, of a look that was asked for at @p looked_us. */
struct kcl_assign kcl_roster_assign(const struct kcl_core *core, int64_t looked_us);
void kcl_roster_tell_twin(struct kcl_core *core);

/** A page of leases came. */
void kcl_roster_scanned(struct kcl_core *core,
                        int64_t now_us,
                        const struct kcl_store_result *result);

/* roster_sync.c */

/** What the start position means for this stream, from now on. */
void kcl_roster_pin_start(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_stream *stream);
/** Begin a listing of the stream. */
void kcl_roster_begin_listing(struct kcl_core *core,
                              struct kcl_stream *stream,
                              bool first);
void kcl_roster_ask_listing(struct kcl_core *core,
                            int64_t now_us,
                            struct kcl_action *action);
void kcl_roster_listed(struct kcl_core *core,
                       int64_t now_us,
                       const kds_list_shards_out_t *output);
/** What was planned and is not written yet is forgotten. */
void kcl_roster_drop_plan(struct kcl_core *core);
/** Its next page will be the first one again. */
void kcl_roster_forget_listing(struct kcl_core *core);
/** Delete leases that are done, as many as there is room for. @param l may be NULL */
void kcl_roster_clear_away(struct kcl_core *core,
                           const struct kcl_stream *stream,
                           const struct kcl_listing *l);

/** One after the other of a list with commas. @return false at its end */
bool kcl_roster_next_name(const char **at, kds_slice_t *out);

/** A lease that would be misread, and the worker gives up: of a stream of this name that was deleted, so that its
 *  checkpoint means nothing, or of a KCL, at an instant that it does not name. */
bool kcl_roster_refuses(struct kcl_core *core, const struct kcl_lease *lease);

/* roster_index.c */

/** @return whether there is something to ask the index now */
bool kcl_roster_ask_index(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_action *action);
int64_t kcl_roster_index_at_us(const struct kcl_core *core);
void kcl_roster_index_stored(struct kcl_core *core,
                             int64_t now_us,
                             const struct kcl_store_result *result);
/** What is assigned to this worker is found there: all leases need be looked at now and then only. */
bool kcl_roster_looks_by_index(const struct kcl_core *core);

/* roster_kin.c */

/** Take the lease of a row of the view, at once or when its parents were read, unless one is not at its end. */
void kcl_roster_take(struct kcl_core *core, const struct kcl_row *row);
/** @return whether a parent is to be read now */
bool kcl_roster_ask_kin(struct kcl_core *core, struct kcl_action *action);
void kcl_roster_kin_stored(struct kcl_core *core,
                           int64_t now_us,
                           const struct kcl_store_result *result);

/* roster_adopt.c */

/** A lease of this stream is assigned to this worker: read it, if it can be described, be it in the settings or not. */
void kcl_roster_adopt(struct kcl_core *core, const char *id);
/** The same for all that a look showed. */
void kcl_roster_adopt_all(struct kcl_core *core);
/** One that is to be described now. @return NULL if there is none */
struct kcl_stream *kcl_roster_to_adopt(const struct kcl_roster *r, int64_t now_us);
int64_t kcl_roster_adopt_at_us(const struct kcl_roster *r);
/** It was, or not: then @p output is NULL. */
void kcl_roster_adopted(struct kcl_core *core,
                        int64_t now_us,
                        const kds_describe_stream_summary_out_t *output,
                        const kds_error_t *error);

/* roster_former.c */

/** Its leases are to be deleted once they have rested. */
bool kcl_roster_is_former(const struct kcl_core *core, const char *id);

/** Delete leases of streams that are not read any more, as the settings want it. By who leads. */
void kcl_roster_clear_former(struct kcl_core *core);

/* roster_fleet.c */

/** How leases move is known, or the store has no fleet but ours. */
bool kcl_roster_knows_mode(const struct kcl_core *core);
/** What bears this worker's name is its own, and nothing else: one leads, or whether one does has not been readable for so
 *  long that it may have changed. */
bool kcl_roster_is_led(const struct kcl_core *core, int64_t now_us);
/** @return whether there is something to do for the fleet now */
bool kcl_roster_ask_fleet(struct kcl_core *core,
                          int64_t now_us,
                          struct kcl_action *action);
int64_t kcl_roster_fleet_at_us(const struct kcl_core *core);
void kcl_roster_fleet_stored(struct kcl_core *core,
                             int64_t now_us,
                             const struct kcl_store_result *result);
void kcl_roster_ask_rows(struct kcl_core *core,
                         enum kcl_fleet_step step,
                         enum kcl_store_kind kind,
                         struct kcl_action *action);
/** That of the next step, with this worker's name in it and nothing else. */
struct kcl_fleet_row *kcl_roster_new_row(struct kcl_core *core, enum kcl_fleet_kind kind);
int64_t kcl_roster_wall_s(const struct kcl_core *core, int64_t now_us);
/** A look at the leases is over: a leader does not let leases wait that nobody reads.
 *  @return whether there are some: more may be coming */
bool kcl_roster_hurry(struct kcl_core *core, int64_t now_us);
/** Once the worker stops. */
bool kcl_roster_ask_farewell(struct kcl_core *core, struct kcl_action *action);

/* roster_owed.c */

/** A leader saw all rows: those of workers that are long gone are deleted. */
void kcl_roster_note_gone(struct kcl_core *core,
                          int64_t now_us,
                          const struct kcl_store_result *rows);
void kcl_roster_ask_clean(struct kcl_core *core, struct kcl_action *action);
/** The fleet is leaving the KCL 2.x. */
bool kcl_roster_may_change(const struct kcl_core *core);
/** @return whether there is something to do for that now */
bool kcl_roster_ask_change(struct kcl_core *core,
                           int64_t now_us,
                           struct kcl_action *action);
void kcl_roster_checked_change(struct kcl_core *core,
                               int64_t now_us,
                               const struct kcl_store_result *rows);

#define KCL_CHORES_MAX     1024
#define KCL_CHORES_AT_ONCE 16

/** @param target  number 0 of the view's people = nobody
 *  @return false if there is no room; the next look comes soon */
bool kcl_roster_add_chore(struct kcl_core *core,
                          enum kcl_store_kind kind,
                          const struct kcl_row *row,
                          uint32_t target);

#endif /* KCL_SRC_ROSTER_INTERNAL_H */
