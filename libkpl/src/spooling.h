/*
 * spooling: how a producer uses its spool. A record goes to disk first, then to the core while that has
 * room; its tag in the core is its place in the spool. All of it with the producer's lock held; nothing
 * of it does anything in a producer without a spool.
 */
#ifndef KPL_SRC_SPOOLING_H
#define KPL_SRC_SPOOLING_H

#include "core.h"
#include "spool.h"

struct kpl_spooling {
    struct kpl_spool *spool;      /* NULL = records do not wait on disk */
    struct kpl_core *core;        /* borrowed */
    kpl_spool_entry_t **given_up; /* of the outcomes being reported: refused for good */
    size_t given_up_count;
};

/** Open the spool that the settings name, if they name one. As kpl_spool_open().
 *  @param disk  (taken) where its files lie; NULL = in the directory that the settings name */
kds_err_t kpl_spooling_open(struct kpl_spooling *s,
                            const struct kpl_conf *conf,
                            struct kpl_core *core,
                            struct kpl_spool_disk *disk,
                            kds_error_t **error);
void kpl_spooling_close(struct kpl_spooling *s);
/** As kpl_spool_forget(). */
void kpl_spooling_forget(struct kpl_spooling *s);

/** Accept checked records. As kpl_core_put_many(); with a spool, only that can be full. */
size_t kpl_spooling_put(struct kpl_spooling *s,
                        const struct kpl_conf *conf,
                        int64_t now_us,
                        const kpl_record_t *records,
                        const kds_u128_t *hashes,
                        size_t count,
                        kds_err_t *rc,
                        kds_error_t **error);

/** What was put is to be safe now. As kpl_spool_sync(). */
kds_err_t kpl_spooling_sync(struct kpl_spooling *s, kds_error_t **error);

/** As kpl_spool_has_room(); true without a spool. */
bool kpl_spooling_has_room(struct kpl_spooling *s);

/** Move some of what waits into the core. @return whether there may be more that fits */
bool kpl_spooling_feed(struct kpl_spooling *s, int64_t now_us);

/** All zero without a spool. */
void kpl_spooling_stats(const struct kpl_spooling *s, struct kpl_spool_stats *out);

/** Records that wait on disk and are not in the core yet. */
uint64_t kpl_spooling_waiting(const struct kpl_spooling *s);

/** @return a mark for kpl_spooling_taken() */
uint64_t kpl_spooling_mark(const struct kpl_spooling *s);

/** Is everything that was put before the mark in the core, or through it? */
bool kpl_spooling_taken(const struct kpl_spooling *s, uint64_t mark);

/** These are about to be reported: give their records the application's tags, and acknowledge what is
 *  stored. What was refused is acknowledged by kpl_spooling_reported(), afterwards; what ended because
 *  the producer did stays. */
void kpl_spooling_report(struct kpl_spooling *s, const struct kpl_queue *units);
void kpl_spooling_reported(struct kpl_spooling *s);

#endif /* KPL_SRC_SPOOLING_H */
