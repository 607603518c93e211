/*
 * reshard: split, merge and scale. After each step the open shards tile all hash keys.
 */
#include "stream.h"

#include "base/clock.h"

#include <string.h>

/* ---- uniform layout ----------------------------------------------------------------------- */

/* floor(2^128 / n): each of n shards takes so many hash keys, the last one also the rest. */
static kds_u128_t uniform_width(uint32_t n)
{
    const kds_u128_t all = KDS_U128_MAX, one = {0, 1};
    kds_u128_t width = kds_u128_div64(all, n);
    kds_u128_t rest = kds_u128_sub(all, kds_u128_mul64(width, n));
    /* 2^128 - 1 was divided; the quotient differs only if n divides 2^128. */
    return rest.hi == 0 && rest.lo == n - 1u ? kds_u128_add(width, one) : width;
}

kds_u128_t local_uniform_start(uint32_t i, uint32_t n)
{
    return i == 0 ? (kds_u128_t){0, 0} : kds_u128_mul64(uniform_width(n), i);
}

/* ---- one step ----------------------------------------------------------------------------- */

/* The second that a child's sequence numbers begin with: above that of its parents. */
static int64_t
child_second(const struct local_shard *a, const struct local_shard *b, int64_t now_us)
{
    int64_t s = now_us / KDS_US_PER_S;
    s = s > a->created_s ? s : a->created_s + 1;
    return s > b->created_s ? s : b->created_s + 1;
}

static struct local_shard *add_child(struct local_stream *s,
                                     kds_u128_t first,
                                     kds_u128_t last,
                                     int64_t second,
                                     int64_t now_us)
{
    struct local_shard *child = local_stream_add_shard(s, s->next_index, first, last);
    if (child != NULL) {
        child->created_s = second;
        child->created_ms = now_us / KDS_US_PER_MS;
        local_sequence_format(second, child->index, 0, second, child->starting_sequence);
        local_limits_init(&child->limits, now_us);
    }
    return child;
}

static void close_shard(struct local_shard *shard, int64_t now_us)
{
    shard->closed_ms = now_us / KDS_US_PER_MS;
    local_sequence_format(shard->created_s, shard->index, shard->log.count + 1,
                          now_us / KDS_US_PER_S, shard->ending_sequence);
}

/* Put @p count shards in the place of @p gone of the open ones, from @p at on. */
static void replace_open(struct local_stream *s,
                         size_t at,
                         size_t gone,
                         struct local_shard *const *with,
                         size_t count)
{
    memmove(s->open + at + count, s->open + at + gone,
            (s->open_count - at - gone) * sizeof *s->open);
    for (size_t i = 0; i < count; i++) {
        s->open[at + i] = (struct local_open){with[i]->last, with[i]};
    }
    s->open_count += count - gone;
}

bool local_stream_split(struct local_stream *s,
                        struct local_shard *shard,
                        kds_u128_t at,
                        int64_t now_us)
{
    const kds_u128_t one = {0, 1};
    if (!local_stream_make_room(s, 2)) {
        return false;
    }
    int64_t second = child_second(shard, shard, now_us);
    struct local_shard *low =
        add_child(s, shard->first, kds_u128_sub(at, one), second, now_us);
    if (low == NULL) {
        return false;
    }
    struct local_shard *high = add_child(s, at, shard->last, second, now_us);
    if (high == NULL) {
        s->next_index = low->index;
        local_stream_drop_shard(s, low);
        return false;
    }
    low->parent = high->parent = shard->index;
    shard->children[0] = low->index;
    shard->children[1] = high->index;
    close_shard(shard, now_us);
    replace_open(s, local_stream_open_at(s, shard->first), 1,
                 (struct local_shard *const[]){low, high}, 2);
    return true;
}

bool local_stream_merge(struct local_stream *s,
                        struct local_shard *a,
                        struct local_shard *b,
                        int64_t now_us)
{
    struct local_shard *lower = kds_u128_cmp(a->first, b->first) < 0 ? a : b;
    struct local_shard *upper = lower == a ? b : a;
    if (!local_stream_make_room(s, 1)) {
        return false;
    }
    struct local_shard *child =
        add_child(s, lower->first, upper->last, child_second(a, b, now_us), now_us);
    if (child == NULL) {
        return false;
    }
    child->parent = a->index;
    child->adjacent_parent = b->index;
    a->children[0] = b->children[0] = child->index;
    close_shard(a, now_us);
    close_shard(b, now_us);
    replace_open(s, local_stream_open_at(s, lower->first), 2, &child, 1);
    return true;
}

/* ---- scaling ------------------------------------------------------------------------------ */

/* Cut wherever one of the new shards begins and none of the old ones does. */
static bool cut(struct local_stream *s, uint32_t target, int64_t now_us)
{
    for (uint32_t i = 1; i < target; i++) {
        kds_u128_t at = local_uniform_start(i, target);
        struct local_shard *shard = local_stream_place(s, at);
        if (kds_u128_cmp(shard->first, at) != 0 &&
            !local_stream_split(s, shard, at, now_us)) {
            return false;
        }
    }
    return true;
}

/* Merge what lies within one of the new shards. */
static bool join(struct local_stream *s, uint32_t target, int64_t now_us)
{
    for (uint32_t i = 0; i < target; i++) {
        kds_u128_t next = local_uniform_start(i + 1, target);
        size_t at = local_stream_open_at(s, local_uniform_start(i, target));
        while (
            at + 1 < s->open_count &&
            (i + 1 == target || kds_u128_cmp(s->open[at + 1].shard->first, next) < 0)) {
            if (!local_stream_merge(s, s->open[at].shard, s->open[at + 1].shard,
                                    now_us)) {
                return false;
            }
        }
    }
    return true;
}

bool local_stream_scale(struct local_stream *s, uint32_t target, int64_t now_us)
{
    return cut(s, target, now_us) && join(s, target, now_us);
}
