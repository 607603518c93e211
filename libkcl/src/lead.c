/*
 * lead: what the leader of a fleet assigns: first leases without a reader, then, now and then, leases of workers
 * that have more than others.
 *
 * How busy a worker is, is what it says; one that says nothing of itself is measured by the throughput of its
 * leases, or where that is not known by their number.
 */
#include "fleet.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define NOISE 2.0 /* percent points: of two processors at rest one always does more */

struct member {
    uint32_t person;
    size_t leases;
    double kbps;
    double load[KCL_METRICS_MAX]; /* percent, by kind */
    double limit[KCL_METRICS_MAX];
    bool has[KCL_METRICS_MAX];
};

/* Kinds of measurement; the last is throughput, for those who do not measure. */
static const char *const codes[KCL_METRICS_MAX] = {"C", "M", "NI", "NO", "T"};

struct lead {
    struct kcl_view *v;
    const struct kcl_lead *in;
    struct kcl_lead_result *out;
    struct member *members;
    size_t count;
    uint32_t *member_of; /* by person: place + 1 */
    double average[KCL_METRICS_MAX];
    double mean_kbps;   /* of a lease whose own is not known */
    double target_kbps; /* of a worker */
    double target_leases;
    bool *moving;  /* by row */
    bool measured; /* the throughput of some, here */
};

/* Around the average, as a part of it. */
static double tolerance(const struct lead *l)
{
    return (double)l->in->rules->threshold_percent / 100;
}

static double kbps_of(const struct lead *l, const struct kcl_row *row)
{
    if (l->in->rules->by_count) {
        return 0;
    }
    return row->throughput_kbps > 0 ? row->throughput_kbps : l->mean_kbps;
}

struct orphan {
    size_t row;
    int64_t since_us;
};

/* ---- the members ---------------------------------------------------------------------------- */

static bool is_failing(const struct kcl_fleet_row *row)
{
    for (size_t i = 0; i < row->metric_count; i++) {
        const struct kcl_metric *m = &row->metrics[i];
        if (m->count > 0 && m->samples[m->count - 1] < 0) {
            return true;
        }
    }
    return false;
}

/* Each sample against all before it. */
static double smooth(const struct kcl_metric *m, double weight)
{
    double value = -1;
    for (size_t i = 0; i < m->count; i++) {
        if (m->samples[i] >= 0) {
            value =
                value < 0 ? m->samples[i] : weight * m->samples[i] + (1 - weight) * value;
        }
    }
    return value;
}

static void read_loads(struct member *m,
                       const struct kcl_fleet_row *row,
                       const struct kcl_lead_rules *rules)
{
    for (size_t i = 0; i < row->metric_count; i++) {
        double value = smooth(&row->metrics[i], (double)rules->smoothing_milli / 1000);
        for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
            if (strcmp(codes[k], row->metrics[i].code) == 0 && value >= 0) {
                m->load[k] = value;
                m->limit[k] = row->metrics[i].limit;
                m->has[k] = true;
            }
        }
    }
}

static void suspect(struct kcl_suspects *s, uint32_t hash, int64_t wall_s)
{
    const size_t most = sizeof s->list / sizeof s->list[0];
    for (size_t i = 0; i < most; i++) {
        if (s->list[i].hash == hash && s->list[i].since_s != 0) {
            s->list[i].since_s = wall_s;
            return;
        }
    }
    s->list[s->next % most].hash = hash;
    s->list[s->next++ % most].since_s = wall_s;
}

static bool is_suspect(const struct kcl_suspects *s, uint32_t hash, int64_t updated_s)
{
    for (size_t i = 0; i < sizeof s->list / sizeof s->list[0]; i++) {
        if (s->list[i].hash == hash && s->list[i].since_s >= updated_s) {
            return true;
        }
    }
    return false;
}

static bool gather_members(struct lead *l, const struct kcl_fleet_row *rows, size_t count)
{
    int64_t fresh_s = 2 * l->in->rules->measures_ms / 1000; /* two rows of measurements */
    for (size_t i = 0; i < count; i++) {
        int64_t age_s = l->in->wall_s - rows[i].updated_s;
        bool worker = rows[i].kind == KCL_FLEET_WORKER;
        l->out->invalid += worker && rows[i].invalid;
        l->out->failing += worker && is_failing(&rows[i]);
        if (rows[i].kind != KCL_FLEET_WORKER || rows[i].invalid || is_failing(&rows[i]) ||
            age_s > fresh_s || age_s < -fresh_s) {
            continue;
        }
        uint32_t person = kcl_view_person(l->v, rows[i].owner);
        if (person == KCL_NO_NAME) {
            return false;
        }
        if (is_suspect(l->in->suspects, l->v->people.hashes[person], rows[i].updated_s)) {
            continue;
        }
        struct member *m = &l->members[l->count++];
        memset(m, 0, sizeof *m);
        m->person = person;
        if (!l->in->rules->by_count) {
            read_loads(m, &rows[i], l->in->rules);
        }
    }
    l->out->workers = l->count;
    return true;
}

static struct member *member(const struct lead *l, uint32_t person)
{
    return l->member_of[person] ? &l->members[l->member_of[person] - 1] : NULL;
}

/* It is something to do. One whose children are known is as good as ended. */
static bool is_load(const struct kcl_row *row)
{
    return !row->ended && row->child_count == 0;
}

/* Leases and throughput of each; those that are handed over count at the next owner. */
static void add_leases(struct lead *l)
{
    double known = 0;
    size_t known_count = 0, live = 0;
    for (size_t i = 0; i < l->v->count; i++) {
        known += l->v->rows[i].throughput_kbps;
        known_count += l->v->rows[i].throughput_kbps > 0;
        live += is_load(&l->v->rows[i]);
    }
    known = l->in->rules->by_count ? 0 : known;
    l->mean_kbps = known_count ? known / (double)known_count : 0;
    for (size_t i = 0; i < l->v->count; i++) {
        struct member *m = member(l, l->v->rows[i].owner);
        if (m != NULL && is_load(&l->v->rows[i])) {
            m->leases++;
            m->kbps += kbps_of(l, &l->v->rows[i]);
        }
    }
    l->target_leases = l->count ? (double)live / (double)l->count : 0;
    l->target_kbps = l->target_leases * l->mean_kbps;
}

/* Those who do not measure are measured: 100 is the average. */
static void measure(struct lead *l)
{
    const size_t t = KCL_METRICS_MAX - 1;
    for (size_t i = 0; i < l->count; i++) {
        struct member *m = &l->members[i];
        bool any = false;
        for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
            any = any || m->has[k];
        }
        if (!any) {
            double whole = l->target_kbps > 0 ? l->target_kbps : l->target_leases;
            double part = l->target_kbps > 0 ? m->kbps : (double)m->leases;
            m->load[t] = whole > 0 ? 100 * part / whole : 0;
            m->limit[t] = 100;
            m->has[t] = l->measured = true;
        }
    }
    for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
        double sum = 0;
        size_t n = 0;
        for (size_t i = 0; i < l->count; i++) {
            sum += l->members[i].has[k] ? l->members[i].load[k] : 0;
            n += l->members[i].has[k];
        }
        l->average[k] = n ? sum / (double)n : 0;
    }
}

/* How much less than the average it has to do, in parts of what it has. */
static double room_of(const struct lead *l, const struct member *m)
{
    double room = 1;
    for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
        if (m->has[k] && m->load[k] > 0) {
            double part = (l->average[k] - m->load[k]) / m->load[k];
            room = part < room ? part : room;
        }
    }
    return room;
}

static struct member *roomiest(struct lead *l, uint32_t but)
{
    struct member *best = NULL;
    double most = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct member *m = &l->members[i];
        double room = room_of(l, m);
        double limit = (double)l->in->rules->host_milli_kbps / 1000;
        if (m->person == but || m->leases >= l->in->max_leases ||
            (limit > 0 && m->kbps > limit)) {
            continue;
        }
        if (best == NULL || room > most || (room >= most && m->leases < best->leases)) {
            best = m;
            most = room;
        }
    }
    return best;
}

/* What one lease adds to how busy a worker is. */
static double weight(const struct lead *l, const struct kcl_row *row, size_t k)
{
    /* What is measured here is in parts of what each is to have once nothing is left over. */
    bool ours = k == KCL_METRICS_MAX - 1 && l->measured;
    double average = l->average[k] > 0 && !ours ? l->average[k] : 100;
    return l->target_kbps > 0     ? kbps_of(l, row) * average / l->target_kbps
           : l->target_leases > 0 ? average / l->target_leases
                                  : 0;
}

static void
load_with(struct lead *l, struct member *m, const struct kcl_row *row, double sign)
{
    for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
        m->load[k] += m->has[k] ? sign * weight(l, row, k) : 0;
        m->load[k] = m->load[k] > 0 ? m->load[k] : 0;
    }
    m->kbps += sign * kbps_of(l, row);
    m->leases = sign > 0 ? m->leases + 1 : m->leases - (m->leases > 0);
}

static int64_t later(int64_t a_us, int64_t b_us)
{
    return a_us > b_us ? a_us : b_us;
}

/* Since when a sign of life in it is missing. Whoever was given a lease that waits for its parents shows none, and is
 * not gone; and a leader that is new must have watched for as long as a lease lasts. */
static int64_t silent_since_us(const struct lead *l, const struct kcl_row *row)
{
    int64_t since_us = later(row->changed_us, l->in->leads_us);
    for (size_t i = 0; i < row->parent_count; i++) {
        const struct kcl_row *parent = kcl_view_row(l->v, row->parents[i]);
        since_us = parent != NULL ? later(since_us, parent->changed_us) : since_us;
    }
    return since_us;
}

static enum kcl_interest interest(const struct lead *l, const struct kcl_row *row)
{
    return l->in->interest ? l->in->interest(l->in->opaque, row) : KCL_ORDINARY;
}

static bool is_orphan(const struct lead *l, const struct kcl_row *row)
{
    const struct kcl_lead *in = l->in;
    return !row->ended && kcl_view_may_begin(l->v, row) &&
           interest(l, row) != KCL_DISUSED &&
           (l->v->people.texts[row->reader][0] == 0 ||
            in->scanned_us - silent_since_us(l, row) >= in->failover_us);
}

static void add_move(struct lead *l, size_t row, uint32_t target, bool hand_over)
{
    l->moving[row] = true;
    l->out->moves[l->out->count++] =
        (struct kcl_move){row, target, hand_over, is_orphan(l, &l->v->rows[row])};
}

/* ---- leases without a reader ---------------------------------------------------------------- */

static int by_age(const void *a, const void *b)
{
    const struct orphan *x = a, *y = b;
    return x->since_us < y->since_us ? -1 : x->since_us > y->since_us;
}

/* Oldest first. Whoever let one expire is gone, whatever its measurements say. @return how many */
static size_t find_orphans(const struct lead *l, struct orphan *orphans)
{
    size_t count = 0;
    for (size_t i = 0; i < l->v->count; i++) {
        const struct kcl_row *row = &l->v->rows[i];
        if (is_orphan(l, row)) {
            orphans[count++] = (struct orphan){i, row->changed_us};
            if (l->v->people.texts[row->reader][0] != 0 && row->reader != l->in->me &&
                interest(l, row) == KCL_ORDINARY) {
                suspect(l->in->suspects, l->v->people.hashes[row->reader], l->in->wall_s);
            }
        }
    }
    qsort(orphans, count, sizeof *orphans, by_age);
    return count;
}

/* The next owner was to have it all along. */
static void end_late_hand_offs(struct lead *l)
{
    for (size_t i = 0; i < l->v->count; i++) {
        const struct kcl_row *row = &l->v->rows[i];
        bool late =
            row->handed_us != KDS_NEVER_US &&
            l->in->scanned_us - row->handed_us >= l->in->handoff_us + l->in->failover_us;
        if (late && !row->ended && !is_orphan(l, row) && member(l, row->owner) != NULL) {
            add_move(l, i, row->owner, false);
        }
    }
}

static void assign_orphans(struct lead *l, const struct orphan *orphans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct kcl_row *row = &l->v->rows[orphans[i].row];
        struct member *m = roomiest(l, KCL_NO_NAME);
        if (m == NULL) {
            l->out->spilled++;
            continue;
        }
        add_move(l, orphans[i].row, m->person, false);
        load_with(l, m, row, 1);
    }
}

/* ---- workers that have more than others ----------------------------------------------------- */

static bool is_over(const struct lead *l, const struct member *m, size_t k)
{
    return m->has[k] &&
           (m->load[k] >= l->average[k] * (1 + tolerance(l)) ||
            m->load[k] > m->limit[k]) &&
           m->load[k] > l->average[k] + NOISE;
}

/* The kind of load in which most is out of balance; KCL_METRICS_MAX if none is. */
static size_t worst_kind(const struct lead *l)
{
    size_t worst = KCL_METRICS_MAX;
    double most = 0;
    for (size_t k = 0; k < KCL_METRICS_MAX; k++) {
        double sum = 0;
        bool triggered = false;
        for (size_t i = 0; i < l->count; i++) {
            const struct member *m = &l->members[i];
            triggered =
                triggered || is_over(l, m, k) ||
                (m->has[k] && m->load[k] < l->average[k] * (1 - tolerance(l)) - NOISE);
            sum +=
                m->has[k] && m->load[k] > l->average[k] ? m->load[k] - l->average[k] : 0;
        }
        if (triggered && sum > most) {
            worst = k;
            most = sum;
        }
    }
    return worst;
}

/* One lease of a giver that weighs at most so much, or, if the rules allow, its lightest. @return the row, or count */
static size_t
lease_of(const struct lead *l, uint32_t person, double most, struct kds_rng *rng)
{
    size_t chosen = l->v->count, lightest = l->v->count, fits = 0;
    for (size_t i = 0; i < l->v->count; i++) {
        const struct kcl_row *row = &l->v->rows[i];
        if (row->owner != person || row->reader != person || row->ended || l->moving[i]) {
            continue;
        }
        if (kbps_of(l, row) <= most && kds_rng_below(rng, ++fits) == 0) {
            chosen = i;
        }
        if (lightest == l->v->count ||
            kbps_of(l, row) < kbps_of(l, &l->v->rows[lightest])) {
            lightest = i;
        }
    }
    bool overshoots = l->target_kbps <= 0 || l->in->rules->overshoot;
    return chosen < l->v->count || !overshoots ? chosen : lightest;
}

static void give(struct lead *l, struct member *giver, size_t k, struct kds_rng *rng)
{
    double part = (giver->load[k] - l->average[k]) / giver->load[k] *
                  (double)l->in->rules->dampening_percent / 100;
    double kbps = giver->kbps * part;
    size_t most =
        l->target_kbps > 0 ? l->v->count : (size_t)((double)giver->leases * part);
    most = most > 0 ? most : 1;
    for (size_t given = 0; given < most; given++) {
        size_t row = lease_of(l, giver->person, kbps, rng);
        struct member *to = roomiest(l, giver->person);
        if (row == l->v->count || to == NULL ||
            (given > 0 && kbps <= 0 && l->target_kbps > 0)) {
            return;
        }
        double more = weight(l, &l->v->rows[row], k);
        double top =
            l->average[k] > giver->load[k] - more ? l->average[k] : giver->load[k] - more;
        if (!to->has[k] || to->load[k] + more > top ||
            to->load[k] + more > to->limit[k] * 2) {
            return; /* it would only change places */
        }
        add_move(l, row, to->person, true);
        load_with(l, to, &l->v->rows[row], 1);
        load_with(l, giver, &l->v->rows[row], -1);
        kbps -= kbps_of(l, &l->v->rows[row]);
    }
}

/* Somebody has so little to do that those who have just a little too much are to give, too. */
static bool is_starving(const struct lead *l, size_t k)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct member *m = &l->members[i];
        if (m->has[k] && m->load[k] < l->average[k] * (1 - tolerance(l))) {
            return true;
        }
    }
    return false;
}

static void balance(struct lead *l, struct kds_rng *rng)
{
    size_t k = worst_kind(l);
    struct member *most = NULL;
    bool any = false;
    if (k == KCL_METRICS_MAX) {
        return;
    }
    bool starving = is_starving(l, k);
    for (size_t i = 0; i < l->count; i++) {
        struct member *m = &l->members[i];
        if (is_over(l, m, k) || (starving && m->has[k] && m->load[k] > l->average[k])) {
            any = true;
            give(l, m, k, rng);
        }
        most = m->has[k] && (most == NULL || m->load[k] > most->load[k]) ? m : most;
    }
    if (!any && most != NULL && most->load[k] > l->average[k]) {
        give(l, most, k, rng);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

bool kcl_lead(struct kcl_view *v,
              const struct kcl_fleet_row *rows,
              size_t row_count,
              const struct kcl_lead *lead,
              struct kds_rng *rng,
              struct kcl_lead_result *out)
{
    struct lead l = {.v = v, .in = lead, .out = out};
    memset(out, 0, sizeof *out);
    l.members = kds_alloc_zero(row_count + 1, sizeof *l.members);
    l.moving = kds_alloc_zero(v->count + 1, sizeof *l.moving);
    out->moves = kds_alloc_zero(v->count + 1, sizeof *out->moves);
    struct orphan *orphans = kds_alloc_zero(v->count + 1, sizeof *orphans);
    bool room = l.members && l.moving && out->moves && orphans;
    size_t orphan_count = room ? find_orphans(&l, orphans) : 0;
    out->orphans = orphan_count;
    room = room && gather_members(&l, rows, row_count);
    l.member_of = room ? kds_alloc_zero(v->people.count + 1, sizeof *l.member_of) : NULL;
    room = room && l.member_of != NULL;
    if (room) {
        for (size_t i = 0; i < l.count; i++) {
            l.member_of[l.members[i].person] = (uint32_t)i + 1;
        }
        add_leases(&l);
        measure(&l);
        end_late_hand_offs(&l);
        assign_orphans(&l, orphans, orphan_count);
        if (lead->run % (uint64_t)lead->rules->balance_runs == 0 && l.count > 1) {
            balance(&l, rng);
        }
    } else {
        kds_free(out->moves);
        out->moves = NULL;
    }
    kds_free(l.members);
    kds_free(l.member_of);
    kds_free(l.moving);
    kds_free(orphans);
    return room;
}
