/*
 * history_consumer: what consumers did, against what is stored: promises C1 to C9.
 */
#include "history_internal.h"

#include "base/slice.h"

void history_lease_made(struct history *h, uint32_t shard)
{
    history_shard_at(h, shard)->leased = true;
}

/* Who ends a shard makes the leases behind it first: whoever finds the end does not look for them. */
static void check_children(struct history *h, uint32_t shard)
{
    for (uint32_t i = 0; i < HISTORY_STREAMS_MAX * HISTORY_SHARDS_MAX; i++) {
        const struct shard *child = &h->shards[i];
        bool behind = child->parent == (int)shard || child->adjacent == (int)shard;
        if (child->exists && behind && !child->leased) {
            history_broken(
                h, "C9: shard %u got SHARD_END before shard %u behind it had a lease",
                shard, i);
        }
    }
}

void history_lease_taken(struct history *h, uint32_t shard, unsigned worker)
{
    struct shard *s = history_shard_at(h, shard);
    s->owned = true;
    s->owner = worker;
    s->next = s->checkpoint;
    s->batch_first = s->checkpoint;
    s->said = s->checkpoint;
}

static bool parent_done(struct history *h, int parent)
{
    const struct shard *s = parent < 0 ? NULL : history_shard_at(h, (uint32_t)parent);
    return s == NULL || s->ended || history_is_before_the_beginning(h, s);
}

void history_delivery_begins(struct history *h, uint32_t shard, unsigned worker)
{
    struct shard *s = history_shard_at(h, shard);
    if (!s->owned || s->owner != worker) {
        history_broken(h, "C5: worker %u was given shard %u, which worker %u holds",
                       worker, shard, s->owner);
    }
    if (!parent_done(h, s->parent) || !parent_done(h, s->adjacent)) {
        history_broken(h, "C7: shard %u was delivered before its parents ended", shard);
    }
    s->batch_first = s->next;
}

void history_delivered(struct history *h,
                       uint32_t shard,
                       unsigned worker,
                       kds_slice_t sequence,
                       uint64_t sub,
                       kds_slice_t partition_key,
                       kds_slice_t data)
{
    struct shard *s = history_shard_at(h, shard);
    size_t after = history_behind(s, sequence, sub);
    if (after == 0 || s->items[after - 1].at.sub != sub ||
        kds_sequence_cmp(kds_slice(s->items[after - 1].at.sequence), sequence) != 0) {
        history_broken(h, "C1: shard %u delivered what was never stored: %.*s:%llu",
                       shard, (int)sequence.n, (const char *)sequence.p,
                       (unsigned long long)sub);
        return;
    }
    while (s->next < after - 1 && history_need_not_be_read(h, &s->items[s->next])) {
        s->next++;
    }
    if (after - 1 != s->next) {
        history_broken(h, "%s: shard %u delivered item %zu to worker %u, expected %zu",
                       after - 1 < s->next ? "C2" : "C3", shard, after - 1, worker,
                       s->next);
    }
    if (!history_same_as_put(h, s->items[after - 1].put, partition_key, data)) {
        history_broken(h, "C1: shard %u delivered item %zu altered", shard, after - 1);
    }
    s->next = after;
}

static void
confirm_items(const struct history *h, struct shard *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        s->items[i].confirmed = true;
    }
    history_count_confirmed(h, s);
}

void history_delivery_ends(struct history *h,
                           uint32_t shard,
                           unsigned worker,
                           enum history_end how)
{
    struct shard *s = history_shard_at(h, shard);
    bool owner = s->owned && s->owner == worker;
    if (how == HISTORY_CONFIRMED) {
        confirm_items(h, s, s->batch_first, s->next);
    } else if (how == HISTORY_REFUSED && owner) {
        /* Behind what it confirmed by itself in the middle of the batch. */
        s->next = s->batch_first > s->said ? s->batch_first : s->said;
    }
}

void history_confirmed(struct history *h,
                       uint32_t shard,
                       unsigned worker,
                       kds_slice_t sequence,
                       uint64_t sub)
{
    struct shard *s = history_shard_at(h, shard);
    if (!s->owned || s->owner != worker) {
        return; /* it is about to learn that */
    }
    size_t to = history_behind(s, sequence, sub);
    confirm_items(h, s, s->checkpoint, to);
    s->said = to > s->said ? to : s->said;
}

void history_checkpoint(struct history *h,
                        uint32_t shard,
                        unsigned worker,
                        kds_slice_t sequence,
                        uint64_t sub)
{
    struct shard *s = history_shard_at(h, shard);
    bool end = kds_slice_is(sequence, "SHARD_END");
    size_t to = end ? s->count : history_behind(s, sequence, sub);
    if (end && !s->closed) {
        history_broken(h, "C8: shard %u got SHARD_END while it is open", shard);
    }
    if (end && !s->ended) {
        check_children(h, shard);
    }
    if (s->ended && !end) {
        history_broken(h, "C4: the checkpoint of shard %u left SHARD_END", shard);
    }
    if (to < s->checkpoint) {
        history_broken(h, "C4: the checkpoint of shard %u went back from item %zu to %zu",
                       shard, s->checkpoint, to);
    }
    if (to > s->confirmed) {
        history_broken(h, "C1: the checkpoint of shard %u passed item %zu, confirmed %zu",
                       shard, to, s->confirmed);
    }
    if (!s->owned || s->owner != worker) {
        history_broken(h, "C5: worker %u checkpointed shard %u, which worker %u holds",
                       worker, shard, s->owner);
    }
    s->checkpoint = to;
    s->ended |= end;
}

/* ---- the end ------------------------------------------------------------------------------- */

void history_judge_consumer(struct history *h)
{
    if (!history_reads(h)) {
        history_broken(h, "C6: nobody began to read");
    }
    for (size_t n = 0; n < history_shard_end(h); n++) {
        const struct shard *s = &h->shards[n];
        if (s->confirmed < s->count) {
            history_broken(h, "C1: shard %zu: %zu of %zu user records were confirmed", n,
                           s->confirmed, s->count);
        }
        if (s->closed && !s->ended && !history_is_before_the_beginning(h, s)) {
            history_broken(h, "C9: shard %zu is closed and read, but not at SHARD_END",
                           n);
        }
    }
}

bool history_all_consumed(const struct history *h)
{
    if (!history_reads(h)) {
        return false;
    }
    for (size_t n = 0; n < history_shard_end(h); n++) {
        const struct shard *s = &h->shards[n];
        if (s->confirmed < s->count ||
            (s->closed && !s->ended && !history_is_before_the_beginning(h, s))) {
            return false;
        }
    }
    return true;
}
