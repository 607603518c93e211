/*
 * roster_former: leases of streams that the worker reads no more: kept, or deleted once they have rested.
 *
 * A lease that another worker still renews changes, so a stream is never taken from whoever reads it: while workers
 * are restarted one after the other with a shorter list, the last one that has the longer list decides.
 */
#include "roster_internal.h"

#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

/* The middle of account:name:creation. */
static kds_slice_t name_in(const char *id)
{
    kds_slice_t rest = kds_slice(id);
    size_t colon = kds_slice_find(rest, ':');
    if (colon >= rest.n) {
        return kds_slice_of(NULL, 0);
    }
    rest = kds_slice_of(rest.p + colon + 1, rest.n - colon - 1);
    return kds_slice_of(rest.p, kds_slice_find(rest, ':'));
}

/* An ARN, a name, or an id as leases have it. */
static bool names(kds_slice_t word, const char *id)
{
    size_t from = word.n;
    while (from > 0 && word.p[from - 1] != '/') {
        from--;
    }
    kds_slice_t name = kds_slice_of(word.p + from, word.n - from);
    return kds_slice_eq(word, kds_slice(id)) || kds_slice_eq(name, name_in(id));
}

static bool is_listed(const struct kcl_core *core, const char *id)
{
    const char *at = core->conf->former_list ? core->conf->former_list : "";
    kds_slice_t word;
    while (kcl_roster_next_name(&at, &word)) {
        if (names(word, id)) {
            return true;
        }
    }
    return false;
}

bool kcl_roster_is_former(const struct kcl_core *core, const char *id)
{
    int strategy = core->conf->former % KCL_FORMER_KINDS;
    return core->conf->streams != NULL && id[0] != 0 &&
           kcl_roster_stream(core, id) == NULL &&
           (strategy == KCL_FORMER_DELETE ||
            (strategy == KCL_FORMER_LISTED && is_listed(core, id)));
}

static void tell(struct kcl_core *core, const char *id)
{
    char why[256];
    snprintf(why, sizeof why,
             "stream %.150s is not read any more, and nobody has used its leases for "
             "former.streams.wait.ms: they are deleted",
             id);
    kcl_note(core, KCL_EVENT_LEASES_DELETED, NULL, NULL, why);
}

void kcl_roster_clear_former(struct kcl_core *core)
{
    struct kcl_roster *r = &core->roster;
    uint32_t told = KCL_NO_NAME;
    /* A stop or a start elsewhere may take the fail-over time to show. */
    int64_t wait_ms = core->conf->former_wait_ms > 3 * core->conf->failover_ms
                          ? core->conf->former_wait_ms
                          : 3 * core->conf->failover_ms;
    if (core->conf->streams == NULL ||
        core->conf->former % KCL_FORMER_KINDS == KCL_FORMER_KEEP) {
        return;
    }
    for (size_t i = 0; i < r->view.count; i++) {
        const struct kcl_row *row = &r->view.rows[i];
        const char *id = r->view.words.texts[row->stream];
        if (r->scan_sent_us - row->changed_us < wait_ms * KDS_US_PER_MS ||
            !kcl_roster_is_former(core, id)) {
            continue;
        }
        if (!kcl_roster_add_chore(core, KCL_STORE_DELETE, row, 0)) {
            return; /* the rest at the next look */
        }
        if (told != row->stream) {
            tell(core, id);
            told = row->stream;
        }
    }
}
