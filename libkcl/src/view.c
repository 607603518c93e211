/*
 * view: rows in an array, found by the number of their key.
 */
#include "view.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define HASH_BITS 12 /* of an incarnation: whose it is */

void kcl_view_clear(struct kcl_view *v)
{
    kcl_names_clear(&v->keys);
    kcl_names_clear(&v->words);
    kcl_names_clear(&v->people);
    kds_free(v->rows);
    kds_free(v->row_of);
    kds_free(v->unread);
    memset(v, 0, sizeof *v);
}

/* The row's number + 1; 0 = there is no lease; KCL_UNREADABLE */
static uint32_t place_of(const struct kcl_view *v, uint32_t key)
{
    return key < v->row_of_count ? v->row_of[key] : 0;
}

const struct kcl_row *kcl_view_row(const struct kcl_view *v, uint32_t key)
{
    uint32_t place = place_of(v, key);
    return place != 0 && place != KCL_UNREADABLE ? &v->rows[place - 1] : NULL;
}

bool kcl_view_exists(const struct kcl_view *v, const char *stream, const char *shard_id)
{
    char key[KCL_KEY_BYTES];
    return kcl_lease_key(stream, shard_id, key) &&
           kcl_view_has(v, kcl_names_find(&v->keys, key));
}

bool kcl_view_has(const struct kcl_view *v, uint32_t key)
{
    return place_of(v, key) != 0;
}

size_t kcl_view_unreadable(const struct kcl_view *v, const char *stream)
{
    uint32_t word = kcl_names_find(&v->words, stream);
    size_t count = 0;
    for (size_t i = 0; i < v->unread_count; i++) {
        count += v->unread[i].stream == word && !v->unread[i].fresh;
    }
    return count;
}

const struct kcl_row *
kcl_view_find(const struct kcl_view *v, const char *stream, const char *shard_id)
{
    char key[KCL_KEY_BYTES];
    return kcl_lease_key(stream, shard_id, key)
               ? kcl_view_row(v, kcl_names_find(&v->keys, key))
               : NULL;
}

/* ---- a listing ------------------------------------------------------------------------------ */

static uint32_t add_key_text(struct kcl_view *v, const char *key)
{
    uint32_t number = kcl_names_add(&v->keys, key);
    if (number != KCL_NO_NAME && number >= v->row_of_count) {
        size_t count = v->row_of_count ? v->row_of_count * 2 : 64;
        count = number < count ? count : (size_t)number + 1;
        uint32_t *row_of = kds_realloc_array(v->row_of, count, sizeof *row_of);
        if (row_of == NULL) {
            return KCL_NO_NAME;
        }
        memset(row_of + v->row_of_count, 0, (count - v->row_of_count) * sizeof *row_of);
        v->row_of = row_of;
        v->row_of_count = count;
    }
    return number;
}

static uint32_t add_key(struct kcl_view *v, const char *stream, const char *shard_id)
{
    char key[KCL_KEY_BYTES];
    return kcl_lease_key(stream, shard_id, key) ? add_key_text(v, key) : KCL_NO_NAME;
}

static struct kcl_row *add_row(struct kcl_view *v, uint32_t key)
{
    if (v->count == v->capacity) {
        size_t capacity = v->capacity ? v->capacity * 2 : 32;
        struct kcl_row *rows = kds_realloc_array(v->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return NULL;
        }
        v->rows = rows;
        v->capacity = capacity;
    }
    struct kcl_row *row = &v->rows[v->count++];
    memset(row, 0, sizeof *row);
    row->key = key;
    row->handed_us = KDS_NEVER_US;
    v->row_of[key] = (uint32_t)v->count;
    return row;
}

static bool add_relatives(struct kcl_view *v,
                          const char *stream,
                          const char ids[][KCL_NAME_BYTES],
                          size_t count,
                          uint32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = add_key(v, stream, ids[i]);
        if (out[i] == KCL_NO_NAME) {
            return false;
        }
    }
    return true;
}

static bool fill(struct kcl_view *v, struct kcl_row *row, const struct kcl_lease *lease)
{
    row->ended = lease->checkpoint.kind == KCL_AT_SHARD_END;
    row->started = !kcl_position_is_start(&lease->checkpoint);
    row->unpinned =
        lease->checkpoint.kind == KCL_AT_LATEST && lease->checkpoint.number == 0;
    row->has_range = lease->has_range;
    row->first = lease->first;
    row->last = lease->last;
    row->counter = lease->counter;
    row->created_ms = lease->created_ms;
    row->throughput_kbps = lease->throughput_kbps;
    row->parent_count = (uint8_t)lease->parent_count;
    row->child_count = (uint8_t)lease->child_count;
    row->fresh = true;
    return add_relatives(v, lease->stream, lease->parents, lease->parent_count,
                         row->parents) &&
           add_relatives(v, lease->stream, lease->children, lease->child_count,
                         row->children);
}

uint32_t kcl_view_person(struct kcl_view *v, const char *worker_id)
{
    return kcl_names_add(&v->people, "") == KCL_NO_NAME
               ? KCL_NO_NAME
               : kcl_names_add(&v->people, worker_id);
}

bool kcl_view_note(struct kcl_view *v, int64_t now_us, const struct kcl_lease *lease)
{
    uint32_t owner = kcl_view_person(v, lease->owner);
    uint32_t reader = kcl_view_person(v, kcl_lease_reader(lease));
    uint32_t key = add_key(v, lease->stream, lease->shard_id);
    uint32_t stream = kcl_names_add(&v->words, lease->stream);
    uint32_t shard = kcl_names_add(&v->words, lease->shard_id);
    if (owner == KCL_NO_NAME || reader == KCL_NO_NAME || key == KCL_NO_NAME ||
        stream == KCL_NO_NAME || shard == KCL_NO_NAME) {
        return false;
    }
    bool readable = v->row_of[key] != 0 && v->row_of[key] != KCL_UNREADABLE;
    struct kcl_row *row = readable ? &v->rows[v->row_of[key] - 1] : NULL;
    bool known = row != NULL;
    uint64_t incarnation = kcl_lease_is_ours(lease) ? lease->incarnation : 0;
    bool changed = !known || row->counter != lease->counter || row->reader != reader;
    if (!known && (row = add_row(v, key)) == NULL) {
        return false;
    }
    row->lives = known && row->reader == reader && row->incarnation == incarnation &&
                 (row->lives || changed);
    bool handed = lease->checkpoint_owner[0] != 0;
    if (!handed || row->handed_us == KDS_NEVER_US || row->owner != owner) {
        row->handed_us = handed ? now_us : KDS_NEVER_US;
    }
    row->changed_us = changed ? now_us : row->changed_us;
    row->incarnation = incarnation;
    row->stream = stream;
    row->shard = shard;
    row->owner = owner;
    row->reader = reader;
    return fill(v, row, lease);
}

static bool add_unread(struct kcl_view *v, uint32_t key, uint32_t stream)
{
    if (key == KCL_NO_NAME || stream == KCL_NO_NAME) {
        return false;
    }
    if (v->unread_count == v->unread_capacity) {
        size_t capacity = v->unread_capacity ? v->unread_capacity * 2 : 8;
        struct kcl_unread *unread =
            kds_realloc_array(v->unread, capacity, sizeof *unread);
        if (unread == NULL) {
            return false;
        }
        v->unread = unread;
        v->unread_capacity = capacity;
    }
    v->unread[v->unread_count++] = (struct kcl_unread){key, stream, true};
    return true;
}

bool kcl_view_note_unreadable(struct kcl_view *v, const struct kcl_lease_name *name)
{
    return add_unread(v, add_key(v, name->stream, name->shard_id),
                      kcl_names_add(&v->words, name->stream));
}

/* After the rows: one that could be read before is none of them any more. */
static void finish_unread(struct kcl_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->unread_count; i++) {
        struct kcl_unread *u = &v->unread[i];
        if (!u->fresh && v->row_of[u->key] == KCL_UNREADABLE) {
            v->row_of[u->key] = 0;
        }
    }
    for (size_t i = 0; i < v->unread_count; i++) {
        if (v->unread[i].fresh) {
            v->unread[kept] = v->unread[i];
            v->unread[kept].fresh = false;
            v->row_of[v->unread[kept++].key] = KCL_UNREADABLE;
        }
    }
    v->unread_count = kept;
}

void kcl_view_finish(struct kcl_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->count; i++) {
        if (v->rows[i].fresh) {
            v->rows[kept] = v->rows[i];
            v->rows[kept].fresh = false;
            v->row_of[v->rows[kept].key] = (uint32_t)kept + 1;
            kept++;
        } else {
            v->row_of[v->rows[i].key] = 0;
        }
    }
    v->count = kept;
    finish_unread(v);
}

/* ---- names of what is gone ------------------------------------------------------------------ */

#define NAMES_LEAST 1024 /* below which nothing is forgotten */

static bool copy_relatives(struct kcl_view *to,
                           const struct kcl_view *from,
                           uint32_t *keys,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keys[i] = add_key_text(to, from->keys.texts[keys[i]]);
        if (keys[i] == KCL_NO_NAME) {
            return false;
        }
    }
    return true;
}

static bool
copy_row(struct kcl_view *to, const struct kcl_view *from, const struct kcl_row *old)
{
    struct kcl_row copy = *old;
    copy.key = add_key_text(to, from->keys.texts[old->key]);
    copy.stream = kcl_names_add(&to->words, from->words.texts[old->stream]);
    copy.shard = kcl_names_add(&to->words, from->words.texts[old->shard]);
    copy.owner = kcl_view_person(to, from->people.texts[old->owner]);
    copy.reader = kcl_view_person(to, from->people.texts[old->reader]);
    struct kcl_row *row = copy.key != KCL_NO_NAME && copy.stream != KCL_NO_NAME &&
                                  copy.shard != KCL_NO_NAME &&
                                  copy.owner != KCL_NO_NAME && copy.reader != KCL_NO_NAME
                              ? add_row(to, copy.key)
                              : NULL;
    if (row == NULL || !copy_relatives(to, from, copy.parents, copy.parent_count) ||
        !copy_relatives(to, from, copy.children, copy.child_count)) {
        return false;
    }
    *row = copy;
    return true;
}

static bool copy_all(struct kcl_view *to, const struct kcl_view *from)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!copy_row(to, from, &from->rows[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < from->unread_count; i++) {
        const struct kcl_unread *u = &from->unread[i];
        if (!add_unread(to, add_key_text(to, from->keys.texts[u->key]),
                        kcl_names_add(&to->words, from->words.texts[u->stream]))) {
            return false;
        }
    }
    finish_unread(to);
    return true;
}

static size_t count_names(const struct kcl_view *v)
{
    return v->keys.count + v->words.count + v->people.count;
}

void kcl_view_thin_out(struct kcl_view *v)
{
    struct kcl_view kept;
    if (count_names(v) < 2 * v->names_kept + NAMES_LEAST) {
        return;
    }
    memset(&kept, 0, sizeof kept);
    if (!copy_all(&kept, v)) {
        kcl_view_clear(&kept);
        return; /* after another look */
    }
    kcl_view_clear(v);
    *v = kept;
    v->names_kept = count_names(v);
}

/* ---- one row -------------------------------------------------------------------------------- */

void kcl_view_lease(const struct kcl_view *v,
                    const struct kcl_row *row,
                    struct kcl_lease *out)
{
    memset(out, 0, sizeof *out);
    snprintf(out->stream, sizeof out->stream, "%s", v->words.texts[row->stream]);
    snprintf(out->shard_id, sizeof out->shard_id, "%s", v->words.texts[row->shard]);
    snprintf(out->owner, sizeof out->owner, "%s", v->people.texts[row->owner]);
    if (row->reader != row->owner) {
        snprintf(out->checkpoint_owner, sizeof out->checkpoint_owner, "%s",
                 v->people.texts[row->reader]);
    }
    out->counter = row->counter;
    out->incarnation = row->incarnation;
    out->created_ms = row->created_ms;
    out->checkpoint.kind = row->ended      ? KCL_AT_SHARD_END
                           : row->unpinned ? KCL_AT_LATEST
                                           : KCL_AT_TRIM_HORIZON;
}

bool kcl_view_may_begin(const struct kcl_view *v, const struct kcl_row *row)
{
    for (size_t i = 0; i < row->parent_count; i++) {
        const struct kcl_row *parent = kcl_view_row(v, row->parents[i]);
        if (parent != NULL ? !parent->ended : kcl_view_has(v, row->parents[i])) {
            return false;
        }
    }
    return true;
}

/* ---- incarnations --------------------------------------------------------------------------- */

static uint64_t hash_of(const char *worker_id)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (const char *c = worker_id; *c != 0; c++) {
        h = (h ^ (uint8_t)*c) * UINT64_C(0x100000001B3);
    }
    return (h ^ h >> 32) & ((1 << HASH_BITS) - 1);
}

uint64_t kcl_incarnation(int64_t wall_us, const char *worker_id)
{
    uint64_t instant = wall_us > 0 ? (uint64_t)wall_us : 1;
    return (instant & ((UINT64_C(1) << 51) - 1)) << HASH_BITS | hash_of(worker_id);
}

bool kcl_incarnation_is_of(uint64_t incarnation, const char *worker_id)
{
    return incarnation != 0 &&
           (incarnation & ((1 << HASH_BITS) - 1)) == hash_of(worker_id);
}
