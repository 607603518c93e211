/*
 * spooling: disk first, then the core; acknowledged when the outcome is there.
 */
#include "spooling.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/size.h"

#include <string.h>

#define FEED_AT_ONCE 256 /* records, so that the lock is not held for long */

kds_err_t kpl_spooling_open(struct kpl_spooling *s,
                            const struct kpl_conf *conf,
                            struct kpl_core *core,
                            struct kpl_spool_disk *disk,
                            kds_error_t **error)
{
    s->core = core;
    if (conf->spool_directory == NULL) {
        return KDS_OK;
    }
    const struct kpl_spool_options options = {
        .directory = conf->spool_directory,
        .disk = disk,
        .max_bytes = kds_size(conf->spool_max_bytes),
        .segment_bytes = (size_t)conf->spool_segment_bytes,
        .sync = conf->spool_sync == KPL_SPOOL_SYNC_PUT,
        .log = &conf->log,
    };
    return kpl_spool_open(&options, &s->spool, error);
}

void kpl_spooling_close(struct kpl_spooling *s)
{
    kpl_spool_close(s->spool);
    kds_free(s->given_up);
    memset(s, 0, sizeof *s);
}

void kpl_spooling_forget(struct kpl_spooling *s)
{
    kpl_spool_forget(s->spool);
    kds_free(s->given_up);
    memset(s, 0, sizeof *s);
}

/* ---- in ----------------------------------------------------------------------------------- */

/* Offer the core the oldest record that waits. */
static kds_err_t
offer(struct kpl_spooling *s, int64_t now_us, kpl_record_t *r, kds_u128_t hash)
{
    kds_err_t rc;
    kpl_core_put_many(s->core, now_us, r, &hash, 1, &rc, NULL);
    if (rc == KDS_OK) {
        kpl_spool_advance(s->spool);
    }
    return rc;
}

static kds_err_t spool_record(struct kpl_spooling *s,
                              const struct kpl_conf *conf,
                              int64_t now_us,
                              const kpl_record_t *record,
                              kds_u128_t hash,
                              kds_error_t **error)
{
    bool first = kpl_spooling_waiting(s) == 0;
    kpl_record_t r = *record;
    r.stream = kpl_stream_of(conf, record); /* another process may have another default */
    kds_err_t rc = kpl_spool_append(s->spool, &r, error);
    if (rc == KDS_OK && first) {
        /* If the core has no room it waits on disk, which is no failure. */
        kpl_spool_entry_t *entry = kpl_spool_peek(s->spool, &r);
        if (entry != NULL) {
            r.tag = entry;
            offer(s, now_us, &r, hash);
        }
    }
    return rc;
}

size_t kpl_spooling_put(struct kpl_spooling *s,
                        const struct kpl_conf *conf,
                        int64_t now_us,
                        const kpl_record_t *records,
                        const kds_u128_t *hashes,
                        size_t count,
                        kds_err_t *rc,
                        kds_error_t **error)
{
    if (s->spool == NULL) {
        return kpl_core_put_many(s->core, now_us, records, hashes, count, rc, error);
    }
    *rc = KDS_OK;
    for (size_t i = 0; i < count; i++) {
        *rc = spool_record(s, conf, now_us, &records[i], hashes[i], error);
        if (*rc != KDS_OK) {
            return i;
        }
    }
    return count;
}

kds_err_t kpl_spooling_sync(struct kpl_spooling *s, kds_error_t **error)
{
    return s->spool != NULL ? kpl_spool_sync(s->spool, error) : KDS_OK;
}

bool kpl_spooling_has_room(struct kpl_spooling *s)
{
    return s->spool == NULL || kpl_spool_has_room(s->spool);
}

bool kpl_spooling_feed(struct kpl_spooling *s, int64_t now_us)
{
    kpl_record_t r;
    kpl_spool_entry_t *entry;
    if (s->spool == NULL) {
        return false;
    }
    for (int i = 0; i < FEED_AT_ONCE; i++) {
        kds_u128_t hash;
        entry = kpl_spool_peek(s->spool, &r);
        if (entry == NULL) {
            return false;
        }
        r.tag = entry;
        if (kpl_hash_of(&r, &hash, NULL) != KDS_OK) {
            /* It was checked when it was put; the file was changed since. */
            kpl_spool_advance(s->spool);
            kpl_spool_done(s->spool, entry);
        } else if (offer(s, now_us, &r, hash) != KDS_OK) {
            return false;
        }
    }
    return true;
}

void kpl_spooling_stats(const struct kpl_spooling *s, struct kpl_spool_stats *out)
{
    memset(out, 0, sizeof *out);
    if (s->spool != NULL) {
        kpl_spool_stats(s->spool, out);
    }
}

uint64_t kpl_spooling_waiting(const struct kpl_spooling *s)
{
    struct kpl_spool_stats stats;
    kpl_spooling_stats(s, &stats);
    return stats.waiting;
}

uint64_t kpl_spooling_mark(const struct kpl_spooling *s)
{
    return s->spool != NULL ? kpl_spool_written(s->spool) : 0;
}

bool kpl_spooling_taken(const struct kpl_spooling *s, uint64_t mark)
{
    kpl_record_t r;
    if (s->spool == NULL) {
        return true;
    }
    const kpl_spool_entry_t *next = kpl_spool_peek(s->spool, &r);
    return next == NULL || next->number > mark;
}

/* ---- out ---------------------------------------------------------------------------------- */

/* Make room for the places of refused records, until they were reported. */
static bool may_wait(struct kpl_spooling *s, size_t count)
{
    kpl_spool_entry_t **more = kds_realloc_array(s->given_up, s->given_up_count + count,
                                                 sizeof(kpl_spool_entry_t *));
    s->given_up = more != NULL ? more : s->given_up;
    return more != NULL;
}

/* What is stored is done with. So is what is refused, once that was reported; at once if there is no memory to
 * remember it. The rest stays. */
static void settle(struct kpl_spooling *s, const struct kpl_unit *u)
{
    bool refused = u->code != KDS_OK && u->code != KDS_ERR_CLOSED;
    bool later = refused && may_wait(s, u->count);
    for (size_t i = 0; i < u->count; i++) {
        kpl_spool_entry_t *entry = u->users[i].tag;
        u->users[i].tag = kpl_spool_tag(s->spool, entry);
        if (later) {
            s->given_up[s->given_up_count++] = entry;
        } else if (u->code != KDS_ERR_CLOSED) {
            kpl_spool_done(s->spool, entry);
        }
    }
}

void kpl_spooling_report(struct kpl_spooling *s, const struct kpl_queue *units)
{
    if (s->spool == NULL) {
        return;
    }
    for (struct kpl_unit *u = units->first; u != NULL; u = u->next) {
        for (size_t i = 0; i < u->count; i++) {
            /* What an earlier process sent, and what became of it, nobody knows. */
            u->maybe_persisted |= kpl_spool_is_found(s->spool, u->users[i].tag);
        }
        settle(s, u);
    }
}

void kpl_spooling_reported(struct kpl_spooling *s)
{
    for (size_t i = 0; i < s->given_up_count; i++) {
        kpl_spool_done(s->spool, s->given_up[i]);
    }
    s->given_up_count = 0;
}
