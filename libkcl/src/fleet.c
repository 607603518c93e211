/*
 * fleet: modes and the lock.
 */
#include "fleet.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

enum kcl_mode kcl_mode_of(const char *word, bool *measures)
{
    static const struct {
        const char *word;
        enum kcl_mode mode;
        bool measures;
    } words[] = {{"CLIENT_VERSION_3X", KCL_MODE_ASSIGNED, true},
                 {"CLIENT_VERSION_3X_WITH_ROLLBACK", KCL_MODE_ASSIGNED, true},
                 {"CLIENT_VERSION_UPGRADE_FROM_2X", KCL_MODE_SHARE, true},
                 {"CLIENT_VERSION_2X", KCL_MODE_SHARE, false},
                 {"CLIENT_VERSION_INIT", KCL_MODE_SHARE, false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i].word) == 0) {
            *measures = words[i].measures;
            return words[i].mode;
        }
    }
    *measures = false;
    return KCL_MODE_SHARE;
}

const char *kcl_mode_objection(int client_version, const char *word)
{
    static const struct {
        enum kcl_client_version taken_for;
        const char *word, *objection;
    } table[] = {
        {KCL_CLIENT_3X, "",
         "client.version says 3X, but no mode is in the table: leases are shared until a "
         "worker of the KCL 3.x writes one"},
        {KCL_CLIENT_3X, "CLIENT_VERSION_INIT",
         "client.version says 3X, but by the table the fleet has not begun to change"},
        {KCL_CLIENT_3X, "CLIENT_VERSION_2X",
         "client.version says 3X, but the table says 2X, and that is followed"},
        {KCL_CLIENT_3X, "CLIENT_VERSION_UPGRADE_FROM_2X",
         "client.version says 3X, but by the table the fleet is still changing from 2X"},
        {KCL_CLIENT_WITH_2X, "CLIENT_VERSION_3X",
         "client.version says compatible with 2X, but the table says 3X, and that is "
         "followed"},
        {KCL_CLIENT_WITH_2X_PHASE1, "CLIENT_VERSION_UPGRADE_FROM_2X",
         "client.version says phase 1, but by the table the fleet is changing to 3X"},
        {KCL_CLIENT_WITH_2X_PHASE1, "CLIENT_VERSION_3X_WITH_ROLLBACK",
         "client.version says phase 1, but the table says 3X, and that is followed"},
        {KCL_CLIENT_WITH_2X_PHASE1, "CLIENT_VERSION_3X",
         "client.version says phase 1, but the table says 3X, and that is followed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if ((int)table[i].taken_for == client_version &&
            strcmp(word, table[i].word) == 0) {
            return table[i].objection;
        }
    }
    return "";
}

bool kcl_fleet_is_ready(const struct kcl_view *v,
                        const struct kcl_fleet_row *rows,
                        size_t row_count,
                        int64_t wall_s,
                        int64_t fresh_s)
{
    uint8_t *lives = kds_alloc_zero(v->people.count + 1, 1);
    size_t owned = 0, silent = 0;
    for (size_t i = 0; lives != NULL && i < row_count; i++) {
        int64_t age_s = wall_s - rows[i].updated_s;
        uint32_t person = kcl_names_find(&v->people, rows[i].owner);
        if (rows[i].kind == KCL_FLEET_WORKER && !rows[i].invalid &&
            person != KCL_NO_NAME && age_s <= fresh_s && age_s >= -fresh_s) {
            lives[person] = 1;
        }
    }
    for (size_t i = 0; lives != NULL && i < v->count; i++) {
        const struct kcl_row *row = &v->rows[i];
        bool counts = !row->ended && v->people.texts[row->owner][0] != 0;
        owned += counts;
        silent += counts && !lives[row->owner];
    }
    kds_free(lives);
    return owned > 0 && silent == 0;
}

bool kcl_java_reads(const struct kcl_view *v, int64_t looked_us, int64_t failover_us)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct kcl_row *row = &v->rows[i];
        if (row->lives && !row->ended && row->incarnation == 0 &&
            v->people.texts[row->reader][0] != 0 &&
            looked_us - row->changed_us < failover_us) {
            return true;
        }
    }
    return false;
}

enum kcl_lock_step kcl_lock_judge(struct kcl_lock *lock,
                                  const struct kcl_fleet_row *row,
                                  int64_t now_us,
                                  const char *worker_id)
{
    if (row == NULL) {
        lock->mine = false;
        return KCL_LOCK_MAKE;
    }
    if (strcmp(row->version, lock->version) != 0) {
        snprintf(lock->version, sizeof lock->version, "%s", row->version);
        lock->seen_us = now_us;
        lock->mine = false; /* whoever wrote it, it was not this process */
    }
    if (row->released) {
        lock->mine = false;
        return KCL_LOCK_TAKE;
    }
    if (lock->mine && strcmp(row->owner, worker_id) == 0) {
        return KCL_LOCK_REFRESH;
    }
    /* The owner's own word for its time, by this worker's clock. */
    return now_us - lock->seen_us >= row->duration_ms * 1000 ? KCL_LOCK_TAKE
                                                             : KCL_LOCK_WAIT;
}

void kcl_lock_version(struct kds_rng *rng, char out[KCL_VERSION_TEXT])
{
    uint64_t a = kds_rng_next(rng), b = kds_rng_next(rng);
    snprintf(out, KCL_VERSION_TEXT, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
             (unsigned)(0x8000 | (b >> 48 & 0x3FFF)),
             (unsigned long long)(b & 0xFFFFFFFFFFFF));
}
