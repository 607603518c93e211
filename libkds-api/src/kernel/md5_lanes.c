/*
 * md5_lanes: many messages through an engine of several lanes.
 *
 * Short messages, such as partition keys, are one block each and go in full groups. Of the others
 * each lane holds one; all lanes advance by as many blocks as the one nearest to its end has left, and
 * a lane that is done takes the next message. So unequal lengths cost nothing until no message is
 * left to take; then the remaining ones move together into fewer lanes.
 */
#include "kernel/md5_paths.h"

#include <stdbool.h>
#include <string.h>

static bool is_short(const struct kds_md5_job *job)
{
    return job->message.n <= KDS_MD5_TAIL_MAX;
}

/* ---- short messages ----------------------------------------------------------------------- */

/* @p group has room for all lanes; those that are over do a message once more. */
static void hash_group(const struct kds_md5_engine *engine,
                       const struct kds_md5_job **group,
                       size_t count)
{
    const struct kds_md5_width *width =
        count > engine->narrow.lanes ? &engine->wide : &engine->narrow;
    if (count < 2) {
        if (count == 1) {
            kds_md5_many_plain(group[0], 1);
        }
        return;
    }
    for (size_t i = count; i < width->lanes; i++) {
        group[i] = group[0];
    }
    width->hash_short(group);
}

/* @return how many messages are not short. */
static size_t hash_short_messages(const struct kds_md5_engine *engine,
                                  const struct kds_md5_job *jobs,
                                  size_t count)
{
    KDS_UNINITIALIZED const struct kds_md5_job *group[KDS_MD5_LANES_MAX];
    size_t waiting = 0, others = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_short(&jobs[i])) {
            others++;
            continue;
        }
        group[waiting++] = &jobs[i];
        if (waiting == engine->wide.lanes) {
            engine->wide.hash_short(group);
            waiting = 0;
        }
    }
    hash_group(engine, group, waiting);
    return others;
}

/* ---- long messages ------------------------------------------------------------------------ */

struct lane {
    const struct kds_md5_job *job;
    uint8_t *last; /* its room for the padded end, two blocks */
    bool ending;   /* the blocks that it mixes are those */
};

struct lanes {
    struct kds_md5_lanes_state state;
    const uint8_t *p[KDS_MD5_LANES_MAX]; /* where each lane goes on */
    size_t left[KDS_MD5_LANES_MAX];      /* blocks that are there */
    struct lane lane[KDS_MD5_LANES_MAX];
    size_t active; /* lanes 0 .. active - 1 hold a message */
    const struct kds_md5_job *next,
        *end; /* those that wait; short ones are passed over */
    uint8_t last[KDS_MD5_LANES_MAX][2 * KDS_MD5_BLOCK_BYTES];
};

static void begin_end(struct lanes *l, size_t i)
{
    kds_slice_t message = l->lane[i].job->message;
    size_t n = message.n % KDS_MD5_BLOCK_BYTES;
    l->left[i] = kds_md5_pad(message.p + (message.n - n), n, message.n, l->lane[i].last);
    l->p[i] = l->lane[i].last;
    l->lane[i].ending = true;
}

/* The next message into lane @p i. @return false if none waits. */
static bool take_next(struct lanes *l, size_t i)
{
    while (l->next != l->end && is_short(l->next)) {
        l->next++;
    }
    if (l->next == l->end) {
        return false;
    }
    l->lane[i].job = l->next++;
    l->lane[i].ending = false;
    l->p[i] = l->lane[i].job->message.p;
    l->left[i] = l->lane[i].job->message.n / KDS_MD5_BLOCK_BYTES;
    for (size_t w = 0; w < 4; w++) {
        l->state.word[w][i] = kds_md5_start.word[w];
    }
    if (l->left[i] == 0) {
        begin_end(l, i);
    }
    return true;
}

static struct kds_md5_state state_of(const struct lanes *l, size_t i)
{
    return (struct kds_md5_state){{l->state.word[0][i], l->state.word[1][i],
                                   l->state.word[2][i], l->state.word[3][i]}};
}

/* The last lane moves to @p i. */
static void close_gap(struct lanes *l, size_t i)
{
    size_t from = --l->active;
    struct lane gap = l->lane[i];
    for (size_t w = 0; w < 4; w++) {
        l->state.word[w][i] = l->state.word[w][from];
    }
    l->p[i] = l->p[from];
    l->left[i] = l->left[from];
    l->lane[i] = l->lane[from];
    l->lane[from] = gap; /* each keeps a room of its own */
}

/* Lane @p i has no block left. */
static void step_lane(struct lanes *l, size_t i)
{
    if (!l->lane[i].ending) {
        begin_end(l, i);
        return;
    }
    struct kds_md5_state state = state_of(l, i);
    kds_md5_state_digest(&state, l->lane[i].job->digest);
    if (!take_next(l, i)) {
        close_gap(l, i);
    }
}

static void advance(struct lanes *l, const struct kds_md5_engine *engine)
{
    const struct kds_md5_width *width =
        l->active > engine->narrow.lanes ? &engine->wide : &engine->narrow;
    size_t blocks = l->left[0];
    for (size_t i = 1; i < l->active; i++) {
        blocks = l->left[i] < blocks ? l->left[i] : blocks;
    }
    for (size_t i = l->active; i < width->lanes; i++) {
        l->p[i] = l->p[0]; /* works for nothing, on bytes that are there */
    }
    width->mix(&l->state, l->p, blocks);
    for (size_t i = l->active; i-- > 0;) {
        l->p[i] += blocks * KDS_MD5_BLOCK_BYTES;
        l->left[i] -= blocks;
        if (l->left[i] == 0) {
            step_lane(l, i);
        }
    }
}

/* One message alone is faster without lanes. */
static void finish_alone(struct lanes *l)
{
    struct kds_md5_state state = state_of(l, 0);
    kds_md5_state_blocks(&state, l->p[0], l->left[0]);
    if (!l->lane[0].ending) {
        begin_end(l, 0);
        kds_md5_state_blocks(&state, l->p[0], l->left[0]);
    }
    kds_md5_state_digest(&state, l->lane[0].job->digest);
}

static void hash_long_messages(const struct kds_md5_engine *engine,
                               const struct kds_md5_job *jobs,
                               size_t count)
{
    const size_t lanes =
        engine->wide.mix != NULL ? engine->wide.lanes : engine->narrow.lanes;
    KDS_UNINITIALIZED struct lanes l;
    l.next = jobs;
    l.end = jobs + count;
    l.active = 0;
    for (size_t i = 0; i < lanes; i++) {
        l.lane[i].last = l.last[i];
        l.active += take_next(&l, i);
    }
    while (l.active > 1) {
        advance(&l, engine);
    }
    if (l.active == 1) {
        finish_alone(&l);
    }
}

void kds_md5_many_lanes(const struct kds_md5_engine *engine,
                        const struct kds_md5_job *jobs,
                        size_t count)
{
    if (hash_short_messages(engine, jobs, count) > 0) {
        hash_long_messages(engine, jobs, count);
    }
}
