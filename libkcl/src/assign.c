/*
 * assign: counts, then choices.
 */
#include "assign.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define VERY_OLD                                                                         \
    3 /* times the fail-over time: taken whatever the share; what is free, after one */
#define FIRST_SHARE 16 /* of the free leases, in the first round */
#define FIRST_LEAST 8

enum state {
    OUT,      /* at its end, or behind parents that are not */
    MINE,     /* held, or about to be */
    HANDED,   /* mine by name, and nobody reads it */
    FREE,     /* nobody reads it */
    LOST,     /* its reader is gone */
    ANOTHERS, /* somebody reads it */
    COMING,   /* somebody reads it and is to hand it over to me */
    TWINS     /* a process of my name reads it */
};

struct work {
    const struct kcl_view *v;
    const struct kcl_assign *a;
    struct kcl_assign_result *out;
    uint8_t *states;  /* of each row */
    uint32_t *load;   /* leases of each person, handed ones at the next */
    uint32_t *chosen; /* rows to choose from */
    size_t chosen_count;
};

/* Mine by name and not held: given to me, or taken with an answer that was lost, or a twin's. */
static enum state named_state(const struct kcl_assign *a, const struct kcl_row *row)
{
    /* Where a leader assigns, nobody else takes it once the process that had it is gone. */
    bool silent = a->only_assigned && a->scanned_us - row->changed_us >= a->failover_us;
    return !silent && row->incarnation != a->incarnation &&
                   kcl_incarnation_is_of(row->incarnation, a->worker_id)
               ? TWINS
               : HANDED;
}

static enum state state_of(const struct work *w, const struct kcl_row *row)
{
    const struct kcl_assign *a = w->a;
    const char *owner = w->v->people.texts[row->owner];
    const char *reader = w->v->people.texts[row->reader];
    bool mine = strcmp(owner, a->worker_id) == 0;
    int64_t silent_us = a->scanned_us - row->changed_us;
    enum kcl_held held = a->held(a->opaque, row);
    if (held == KCL_HELD && !row->ended) {
        return MINE;
    }
    if (held != KCL_HELD_NOT || row->ended || !kcl_view_may_begin(w->v, row)) {
        return OUT;
    }
    if (reader[0] == 0) {
        return FREE;
    }
    if (a->only_assigned && mine && row->reader == row->owner) {
        return named_state(a, row);
    }
    if (silent_us >= a->failover_us) {
        return LOST;
    }
    if (mine && strcmp(reader, a->worker_id) != 0) {
        /* Whoever does not hand over in time has lost it. */
        return a->scanned_us - row->handed_us >= a->handoff_us + a->failover_us ? LOST
                                                                                : COMING;
    }
    return mine ? named_state(a, row) : ANOTHERS;
}

enum kcl_verdict kcl_judge_assigned(const struct kcl_view *v,
                                    const struct kcl_assign *a,
                                    const struct kcl_row *row)
{
    if (row->ended || row->reader != row->owner ||
        strcmp(v->people.texts[row->owner], a->worker_id) != 0 ||
        a->held(a->opaque, row) != KCL_HELD_NOT) {
        return KCL_LEAVE_IT;
    }
    return named_state(a, row) == HANDED       ? KCL_TAKE_IT
           : row->incarnation > a->incarnation ? KCL_YIELD
           : row->lives                        ? KCL_CHALLENGE_IT
                                               : KCL_LEAVE_IT;
}

/* This worker reads it still, and it is promised to another, for whom it counts. */
static bool is_promised(const struct work *w, const struct kcl_row *row)
{
    return row->handed_us != KDS_NEVER_US &&
           strcmp(w->v->people.texts[row->owner], w->a->worker_id) != 0;
}

static void count_all(struct work *w)
{
    struct kcl_assign_result *out = w->out;
    bool twin = false;
    for (size_t i = 0; i < w->v->count; i++) {
        const struct kcl_row *row = &w->v->rows[i];
        w->states[i] = (uint8_t)state_of(w, row);
        out->leases += w->states[i] != OUT;
        bool promised = w->states[i] == MINE && is_promised(w, row);
        out->mine += (w->states[i] == MINE && !promised) || w->states[i] == COMING ||
                     w->states[i] == HANDED;
        out->expired += w->states[i] == LOST;
        if (w->states[i] == TWINS) {
            twin = true;
            out->older_twin = out->older_twin || row->incarnation > w->a->incarnation;
        } else if (w->states[i] == ANOTHERS || promised) {
            w->load[row->owner]++;
        }
    }
    out->workers = 1 + (size_t)twin;
    for (size_t i = 0; i < w->v->people.count; i++) {
        out->workers += w->load[i] > 0;
    }
    size_t share = (out->leases + out->workers - 1) / out->workers;
    out->target = out->workers >= out->leases ? 1 : share;
    out->target = out->target < w->a->max_leases ? out->target : w->a->max_leases;
}

/* ---- choices -------------------------------------------------------------------------------- */

static void choose(struct work *w, enum kcl_choice_kind kind, size_t row)
{
    w->out->choices[w->out->count++] = (struct kcl_choice){kind, row};
}

static void gather(struct work *w,
                   bool (*fits)(const struct work *w, size_t row, uint32_t who),
                   uint32_t who)
{
    w->chosen_count = 0;
    for (size_t i = 0; i < w->v->count; i++) {
        if (fits(w, i, who)) {
            w->chosen[w->chosen_count++] = (uint32_t)i;
        }
    }
}

/* A random one of those that are left. */
static size_t draw(struct work *w, struct kds_rng *rng)
{
    size_t at = (size_t)kds_rng_below(rng, w->chosen_count);
    size_t row = w->chosen[at];
    w->chosen[at] = w->chosen[--w->chosen_count];
    return row;
}

static bool is_free(const struct work *w, size_t row, uint32_t who)
{
    (void)who;
    return w->states[row] == FREE || w->states[row] == LOST;
}

static bool is_very_old(const struct work *w, size_t row, uint32_t who)
{
    int64_t silent_us = w->a->scanned_us - w->v->rows[row].changed_us;
    (void)who;
    return (w->states[row] == LOST && silent_us >= VERY_OLD * w->a->failover_us) ||
           (w->states[row] == FREE && silent_us >= w->a->failover_us);
}

static bool is_handed(const struct work *w, size_t row, uint32_t who)
{
    (void)who;
    return w->states[row] == HANDED;
}

static bool is_twins(const struct work *w, size_t row, uint32_t who)
{
    (void)who;
    return w->states[row] == TWINS && w->v->rows[row].lives; /* or it expires */
}

/*
 * Take some of what is free. Who starts cannot know yet that many start at once: a part in the first
 * round, twice as much in the next, so that fifty workers divide the leases instead of each trying all.
 */
static void take_free(struct work *w, struct kds_rng *rng, size_t most)
{
    size_t free_count = w->chosen_count;
    size_t part = free_count / FIRST_SHARE;
    part = part > FIRST_LEAST ? part : FIRST_LEAST;
    part = w->a->round < 20 ? part << w->a->round : free_count;
    w->out->more = part < most && part < free_count;
    most = most < part ? most : part;
    while (most-- > 0 && w->chosen_count > 0) {
        choose(w, KCL_TAKE, draw(w, rng));
    }
}

/* What each worker may be asked for: what it has beyond its share, or, once nobody has more, one lease of each
 * that has exactly its share. @return how many these are together */
static size_t count_spare(const struct work *w, uint32_t *spare, bool beyond)
{
    size_t sum = 0, target = w->out->target;
    for (size_t i = 0; i < w->v->people.count; i++) {
        size_t load = w->load[i], more = load > target ? load - target : 0;
        spare[i] = (uint32_t)(beyond ? more : load > 0 && load == target);
        sum += spare[i];
    }
    return sum;
}

/* At one time. Newcomers that have nothing yet cannot see each other, and start with a part. */
static size_t most_at_once(const struct work *w, size_t need)
{
    size_t part = w->a->round == 0 ? 4 : w->a->round == 1 ? 2 : 1;
    return w->a->max_steals ? (size_t)w->a->max_steals : (need + part - 1) / part;
}

/* Ask for random ones of those that may be asked for, so that two that ask at once seldom ask for the same. A
 * reader that does not know hand-offs has its work cut off: of it only a few are taken. */
static void ask_for(struct work *w, struct kds_rng *rng, uint32_t *spare, size_t count)
{
    size_t steals = (count + 3) / 4;
    w->chosen_count = 0;
    for (size_t i = 0; i < w->v->count; i++) {
        const struct kcl_row *row = &w->v->rows[i];
        if (w->states[i] == ANOTHERS && row->handed_us == KDS_NEVER_US &&
            spare[row->owner] > 0) {
            w->chosen[w->chosen_count++] = (uint32_t)i;
        }
    }
    while (count > 0 && w->chosen_count > 0) {
        size_t row = draw(w, rng);
        uint32_t who = w->v->rows[row].owner;
        bool knows =
            kcl_incarnation_is_of(w->v->rows[row].incarnation, w->v->people.texts[who]);
        if (spare[who] == 0 || (!knows && steals == 0)) {
            continue;
        }
        spare[who]--;
        steals -= !knows;
        count--;
        choose(w, knows ? KCL_ASK : KCL_STEAL, row);
    }
}

static void ask_others(struct work *w, struct kds_rng *rng, size_t need)
{
    uint32_t *spare = kds_alloc_zero(w->v->people.count + 1, sizeof *spare);
    if (spare == NULL) {
        return; /* at the next look */
    }
    size_t wanted = need;
    if (count_spare(w, spare, true) == 0) {
        wanted = need - 1; /* or two would give each other the same lease for ever */
        count_spare(w, spare, false);
    }
    size_t most = most_at_once(w, need);
    ask_for(w, rng, spare, wanted < most ? wanted : most);
    w->out->asks = w->out->count > 0;
    kds_free(spare);
}

static void decide(struct work *w, struct kds_rng *rng)
{
    struct kcl_assign_result *out = w->out;
    size_t room = w->a->max_leases > out->mine ? w->a->max_leases - out->mine : 0;
    gather(w, is_handed, 0);
    while (w->chosen_count > 0) {
        choose(w, KCL_TAKE, draw(w, rng));
    }
    gather(w, is_twins, 0);
    if (w->chosen_count > 0 && !out->older_twin) {
        choose(w, KCL_CHALLENGE, draw(w, rng)); /* the older one learns of it by that */
    }
    if (w->a->only_assigned) {
        return;
    }
    gather(w, is_very_old, 0);
    out->very_old = w->chosen_count;
    if (w->chosen_count > 0) {
        take_free(w, rng, room);
        return;
    }
    size_t need = out->target > out->mine ? out->target - out->mine : 0;
    gather(w, is_free, 0);
    if (w->chosen_count > 0) {
        out->spilled =
            w->chosen_count > room && out->workers == 1 ? w->chosen_count - room : 0;
        take_free(w, rng, need);
    } else if (need > 0) {
        ask_others(w, rng, need);
    }
}

bool kcl_assign(const struct kcl_view *v,
                const struct kcl_assign *a,
                struct kds_rng *rng,
                struct kcl_assign_result *out)
{
    struct work w = {.v = v, .a = a, .out = out};
    memset(out, 0, sizeof *out);
    w.states = kds_alloc_zero(v->count + 1, sizeof *w.states);
    w.load = kds_alloc_zero(v->people.count + 1, sizeof *w.load);
    w.chosen = kds_alloc_zero(v->count + 1, sizeof *w.chosen);
    out->choices = kds_alloc_zero(v->count + 1, sizeof *out->choices);
    bool room = w.states && w.load && w.chosen && out->choices;
    if (room) {
        count_all(&w);
        decide(&w, rng);
    } else {
        kds_free(out->choices);
        out->choices = NULL;
    }
    kds_free(w.states);
    kds_free(w.load);
    kds_free(w.chosen);
    return room;
}

/* ---- who leads a fleet of the KCL 2.x ------------------------------------------------------- */

/* The generator of java.util.Random. */
static int32_t java_next31(uint64_t *seed)
{
    *seed = (*seed * UINT64_C(0x5DEECE66D) + 0xB) & ((UINT64_C(1) << 48) - 1);
    return (int32_t)(*seed >> 17);
}

static size_t java_below(uint64_t *seed, int32_t bound)
{
    int32_t bits, value;
    if ((bound & -bound) == bound) {
        return (size_t)(((int64_t)bound * java_next31(seed)) >> 31);
    }
    do {
        bits = java_next31(seed);
        value = bits % bound;
    } while ((int64_t)bits - value + (bound - 1) > INT32_MAX);
    return (size_t)value;
}

size_t kcl_java_leader(size_t count)
{
    /* The shuffle swaps from the end; only where the first comes from matters. */
    uint64_t seed = (UINT64_C(1947) ^ UINT64_C(0x5DEECE66D)) & ((UINT64_C(1) << 48) - 1);
    size_t *order = kds_alloc_zero(count + 1, sizeof *order);
    if (order == NULL || count > INT32_MAX) {
        kds_free(order);
        return 0; /* to disagree is harmless */
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (size_t i = count; i > 1; i--) {
        size_t with = java_below(&seed, (int32_t)i);
        size_t kept = order[i - 1];
        order[i - 1] = order[with];
        order[with] = kept;
    }
    size_t leader = order[0];
    kds_free(order);
    return leader;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool kcl_leads(const struct kcl_view *v, const char *worker_id)
{
    const char **owners = kds_alloc_zero(v->people.count + 1, sizeof *owners);
    uint8_t *owns = kds_alloc_zero(v->people.count + 1, 1);
    size_t count = 0;
    if (owners != NULL && owns != NULL) {
        for (size_t i = 0; i < v->count; i++) {
            owns[v->rows[i].owner] = 1;
        }
        for (size_t i = 0; i < v->people.count; i++) {
            if (owns[i] && v->people.texts[i][0] != 0) {
                owners[count++] = v->people.texts[i];
            }
        }
        qsort(owners, count, sizeof *owners, by_text);
    }
    bool leads = count == 0 || strcmp(owners[kcl_java_leader(count)], worker_id) == 0;
    kds_free(owners);
    kds_free(owns);
    return leads;
}
