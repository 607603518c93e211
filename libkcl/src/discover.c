/*
 * discover: listings, holes, leases that are done.
 */
#include "discover.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

#define SHARDS_MAX 100000

/* ---- a listing ------------------------------------------------------------------------------ */

void kcl_listing_clear(struct kcl_listing *l)
{
    kcl_names_clear(&l->ids);
    kds_free(l->shards);
    memset(l, 0, sizeof *l);
}

/* The place of a shard, made if there is none. NULL when out of memory */
static struct kcl_listed *place_of(struct kcl_listing *l, const char *shard_id)
{
    uint32_t at = kcl_names_add(&l->ids, shard_id);
    if (at == KCL_NO_NAME || at >= SHARDS_MAX) {
        return NULL;
    }
    if (at >= l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 32;
        struct kcl_listed *shards =
            kds_realloc_array(l->shards, capacity, sizeof *shards);
        if (shards == NULL) {
            return NULL;
        }
        memset(shards + l->capacity, 0, (capacity - l->capacity) * sizeof *shards);
        l->shards = shards;
        l->capacity = capacity;
    }
    l->count = at < l->count ? l->count : (size_t)at + 1;
    return &l->shards[at];
}

static bool read_shard(const kds_shard_t *in, struct kcl_listed *out)
{
    const kds_slice_t parents[] = {in->parent_shard_id, in->adjacent_parent_shard_id};
    const kds_sequence_number_range_t *numbers = &in->sequence_number_range;
    memset(out, 0, sizeof *out);
    out->open = numbers->ending_sequence_number.n == 0;
    for (size_t i = 0; i < KCL_PARENTS_MAX; i++) {
        if (parents[i].n > 0 && !kcl_copy_text(out->parents[out->parent_count++],
                                               KCL_NAME_BYTES, parents[i])) {
            return false;
        }
    }
    return kcl_copy_text(out->shard_id, sizeof out->shard_id, in->shard_id) &&
           out->shard_id[0] != 0 &&
           kcl_copy_text(out->since, sizeof out->since,
                         numbers->starting_sequence_number) &&
           kds_u128_parse(in->hash_key_range.starting_hash_key, &out->first) &&
           kds_u128_parse(in->hash_key_range.ending_hash_key, &out->last) &&
           kds_u128_cmp(out->first, out->last) <= 0;
}

bool kcl_listing_add(struct kcl_listing *l, const kds_shard_t *shards, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct kcl_listed shard, *place;
        if (!read_shard(&shards[i], &shard)) {
            continue; /* leaves a hole, which is noticed */
        }
        for (size_t k = 0; k < shard.parent_count; k++) {
            if (place_of(l, shard.parents[k]) == NULL) {
                return false;
            }
        }
        if ((place = place_of(l, shard.shard_id)) == NULL) {
            return false;
        }
        *place = shard;
    }
    return true;
}

bool kcl_listing_has(const struct kcl_listing *l, const char *shard_id)
{
    uint32_t at = kcl_names_find(&l->ids, shard_id);
    return at < l->count && l->shards[at].shard_id[0] != 0;
}

/* ---- ranges --------------------------------------------------------------------------------- */

struct range {
    kds_u128_t first, last;
};

static int by_first(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return kds_u128_cmp(x->first, y->first);
}

/* Sorts them. Overlaps are no harm: parents and children may be there together. */
static bool cover_all(struct range *ranges, size_t count)
{
    const kds_u128_t one = {0, 1};
    kds_u128_t next = {0, 0}; /* not covered yet */
    qsort(ranges, count, sizeof *ranges, by_first);
    for (size_t i = 0; i < count; i++) {
        if (kds_u128_cmp(ranges[i].first, next) > 0) {
            return false;
        }
        if (kds_u128_cmp(ranges[i].last, KDS_U128_MAX) == 0) {
            return true;
        }
        if (kds_u128_cmp(ranges[i].last, next) >= 0) {
            next = kds_u128_add(ranges[i].last, one);
        }
    }
    return false;
}

bool kcl_listing_covers_all(const struct kcl_listing *l)
{
    struct range *ranges = kds_alloc_zero(l->count + 1, sizeof *ranges);
    size_t count = 0;
    if (ranges == NULL) {
        return false;
    }
    for (size_t i = 0; i < l->count; i++) {
        if (l->shards[i].shard_id[0] != 0) {
            ranges[count++] = (struct range){l->shards[i].first, l->shards[i].last};
        }
    }
    bool all = cover_all(ranges, count);
    kds_free(ranges);
    return all;
}

bool kcl_view_has_hole(const struct kcl_view *v, const char *stream)
{
    uint32_t word = kcl_names_find(&v->words, stream);
    struct range *ranges = kds_alloc_zero(v->count + 1, sizeof *ranges);
    size_t count = 0, unknown = kcl_view_unreadable(v, stream);
    if (ranges == NULL) {
        return false;
    }
    for (size_t i = 0; i < v->count; i++) {
        const struct kcl_row *row = &v->rows[i];
        if (row->stream == word && !row->ended && row->has_range) {
            ranges[count++] = (struct range){row->first, row->last};
        } else if (row->stream == word && !row->ended) {
            unknown++; /* an old KCL's: it may be anywhere */
        }
    }
    bool hole = !cover_all(ranges, count) && unknown == 0;
    kds_free(ranges);
    return hole;
}

/* ---- leases for an application that has none ------------------------------------------------ */

static void new_lease(const struct kcl_listed *shard,
                      const struct kcl_beginning *b,
                      struct kcl_lease *out)
{
    memset(out, 0, sizeof *out);
    kcl_copy_text(out->stream, sizeof out->stream, kds_slice(b->stream));
    memcpy(out->shard_id, shard->shard_id, sizeof out->shard_id);
    memcpy(out->parents, shard->parents, sizeof out->parents);
    out->parent_count = shard->parent_count;
    out->has_range = true;
    out->first = shard->first;
    out->last = shard->last;
    out->created_ms = b->created_ms;
    out->checkpoint = b->position;
}

bool kcl_plan_first(const struct kcl_listing *l,
                    const struct kcl_beginning *b,
                    struct kcl_plan *out)
{
    out->count = 0;
    out->leases = kds_alloc_zero(l->count + 1, sizeof *out->leases);
    if (out->leases == NULL) {
        return false;
    }
    for (size_t i = 0; i < l->count; i++) {
        if (l->shards[i].shard_id[0] != 0) {
            new_lease(&l->shards[i], b, &out->leases[out->count++]);
        }
    }
    return true;
}

/* ---- leases for one that has some ----------------------------------------------------------- */

/* What is known of a shard's place in the lineage. */
struct mark {
    bool visited, entered;
    bool leased;     /* it has a lease */
    bool descendant; /* an ancestor has one or gets one, so it is made when that ends */
    bool wanted;     /* none of its ancestors has one, and it is to be read */
    bool planned;
};

struct sync {
    const struct kcl_listing *l;
    const struct kcl_view *v;
    bool *
        has_child; /* by the number of a lease's key: a child of that shard has a lease */
    const struct kcl_beginning *b;
    struct mark *marks;
    uint32_t *stack;
    size_t depth;
    struct kcl_plan *plan;
};

static uint32_t parent_of(const struct sync *s, uint32_t shard, size_t i)
{
    uint32_t parent = kcl_names_find(&s->l->ids, s->l->shards[shard].parents[i]);
    return parent < s->l->count && s->l->shards[parent].shard_id[0] != 0 ? parent
                                                                         : KCL_NO_NAME;
}

static void plan_lease(struct sync *s, uint32_t shard, bool from_its_beginning)
{
    if (s->marks[shard].planned) {
        return;
    }
    struct kcl_lease *lease = &s->plan->leases[s->plan->count++];
    new_lease(&s->l->shards[shard], s->b, lease);
    if (from_its_beginning) {
        memset(&lease->checkpoint, 0, sizeof lease->checkpoint);
        lease->checkpoint.kind = KCL_AT_TRIM_HORIZON;
    }
    s->marks[shard].planned = true;
}

/*
 * Its lease was lost: nobody else makes it any more. Every parent of it that has a lease is at its end, which is
 * written behind the leases of its children, and the others are not listed and get none.
 */
static bool is_lost_child(const struct sync *s, uint32_t shard)
{
    const struct kcl_listed *l = &s->l->shards[shard];
    size_t ended = 0;
    for (size_t i = 0; i < l->parent_count; i++) {
        const struct kcl_row *row = kcl_view_find(s->v, s->b->stream, l->parents[i]);
        bool waits = row != NULL ? !row->ended
                                 : kcl_view_exists(s->v, s->b->stream, l->parents[i]) ||
                                       parent_of(s, shard, i) != KCL_NO_NAME;
        if (waits) {
            return false;
        }
        ended += row != NULL;
    }
    return ended > 0;
}

/*
 * The same where its parents' leases were cleared away: its sibling has one. Only from the latest on would a lease
 * that begins at the configured position pass records by; else its parents are read once more.
 */
static bool is_lost_sibling(const struct sync *s, uint32_t shard)
{
    const struct kcl_listed *l = &s->l->shards[shard];
    char key[KCL_KEY_BYTES];
    for (size_t i = 0; s->b->position.kind == KCL_AT_LATEST && i < l->parent_count; i++) {
        uint32_t number = kcl_lease_key(s->b->stream, l->parents[i], key)
                              ? kcl_names_find(&s->v->keys, key)
                              : KCL_NO_NAME;
        if (number != KCL_NO_NAME && !kcl_view_has(s->v, number) &&
            s->has_child[number]) {
            return true;
        }
    }
    return false;
}

/* All its parents are judged: now it. */
static void judge(struct sync *s, uint32_t shard)
{
    const enum kcl_position_kind start = s->b->position.kind;
    struct mark *m = &s->marks[shard];
    const size_t parents = m->leased ? 0 : s->l->shards[shard].parent_count;
    m->visited = true;
    m->descendant = m->leased;
    if (!m->leased && (is_lost_child(s, shard) || is_lost_sibling(s, shard))) {
        m->descendant = true;
        plan_lease(s, shard, true);
        return;
    }
    for (size_t i = 0; i < parents; i++) {
        uint32_t p = parent_of(s, shard, i);
        m->descendant = m->descendant || (p != KCL_NO_NAME &&
                                          (s->marks[p].descendant || s->marks[p].wanted));
    }
    if (!m->descendant) {
        m->wanted = start != KCL_AT_LATEST;
        return;
    }
    for (size_t i = 0; i < parents; i++) {
        uint32_t p = parent_of(s, shard, i);
        if (p == KCL_NO_NAME || s->marks[p].leased ||
            (s->marks[p].descendant && !s->marks[p].wanted)) {
            continue;
        }
        bool related = s->marks[p].descendant || s->marks[p].wanted;
        plan_lease(s, p, related && start != KCL_AT_TIMESTAMP);
    }
}

/* Parents before children, with a stack of our own: chains of reshards may be long. */
static void visit(struct sync *s, uint32_t shard)
{
    s->stack[s->depth++] = shard;
    while (s->depth > 0) {
        uint32_t at = s->stack[s->depth - 1];
        struct mark *m = &s->marks[at];
        if (m->visited) {
            s->depth--;
            continue;
        }
        bool ready = true;
        for (size_t i = 0; !m->leased && !m->entered && i < s->l->shards[at].parent_count;
             i++) {
            uint32_t p = parent_of(s, at, i);
            if (p != KCL_NO_NAME && !s->marks[p].visited && !s->marks[p].entered) {
                s->stack[s->depth++] = p;
                ready = false;
            }
        }
        m->entered = true; /* a lineage that runs in a circle ends here */
        if (ready) {
            judge(s, at);
            s->depth--;
        }
    }
}

static bool is_consistent(const struct sync *s)
{
    for (uint32_t i = 0; i < s->l->count; i++) {
        for (size_t k = 0; k < s->l->shards[i].parent_count; k++) {
            uint32_t p = parent_of(s, i, k);
            if (s->l->shards[i].shard_id[0] != 0 && p != KCL_NO_NAME &&
                s->l->shards[p].open) {
                return false;
            }
        }
    }
    return true;
}

/* Oldest first: whoever dies half-way leaves what a later run completes. */
static int by_age(const void *a, const void *b)
{
    const struct kcl_lease *x = a, *y = b;
    return strcmp(x->shard_id, y->shard_id);
}

static void plan_all(struct sync *s)
{
    for (uint32_t i = 0; i < s->l->count; i++) {
        const struct kcl_listed *shard = &s->l->shards[i];
        if (shard->shard_id[0] == 0 || !shard->open || s->marks[i].leased) {
            continue;
        }
        visit(s, i);
        if (!s->marks[i].descendant) {
            plan_lease(s, i, false);
        }
    }
    qsort(s->plan->leases, s->plan->count, sizeof *s->plan->leases, by_age);
}

bool kcl_plan_missing(const struct kcl_listing *l,
                      const struct kcl_view *v,
                      const struct kcl_beginning *b,
                      struct kcl_plan *out,
                      bool *consistent)
{
    struct sync s = {.l = l, .v = v, .b = b, .plan = out};
    out->count = 0;
    out->leases = kds_alloc_zero(l->count + 1, sizeof *out->leases);
    s.marks = kds_alloc_zero(l->count + 1, sizeof *s.marks);
    s.stack = kds_alloc_zero(3 * l->count + 3, sizeof *s.stack);
    s.has_child = kds_alloc_zero(v->keys.count + 1, sizeof *s.has_child);
    bool room = out->leases && s.marks && s.stack && s.has_child;
    if (room) {
        for (size_t i = 0; i < v->count; i++) {
            for (size_t k = 0; k < v->rows[i].parent_count; k++) {
                s.has_child[v->rows[i].parents[k]] = true;
            }
        }
        for (size_t i = 0; i < l->count; i++) {
            s.marks[i].leased = kcl_view_exists(v, b->stream, l->ids.texts[i]);
        }
        *consistent = is_consistent(&s);
        if (*consistent) {
            plan_all(&s);
        }
    } else {
        kds_free(out->leases);
        out->leases = NULL;
    }
    kds_free(s.marks);
    kds_free(s.stack);
    kds_free(s.has_child);
    return room;
}

/* ---- leases that are done ------------------------------------------------------------------- */

bool kcl_lease_is_done(const struct kcl_view *v,
                       const struct kcl_row *row,
                       const struct kcl_listing *l)
{
    if (!row->ended) {
        return false;
    }
    for (size_t i = 0; i < row->parent_count; i++) {
        if (kcl_view_has(v, row->parents[i])) {
            return false;
        }
    }
    bool begun = row->child_count > 0;
    for (size_t i = 0; i < row->child_count; i++) {
        const struct kcl_row *child = kcl_view_row(v, row->children[i]);
        begun = begun && child != NULL && child->started;
    }
    return begun || (l != NULL && !kcl_listing_has(l, v->words.texts[row->shard]));
}
