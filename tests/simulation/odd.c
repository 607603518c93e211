#include "odd.h"

#include "base/slice.h"

#include <string.h>

const char *odd_error(struct world *w, enum kds_operation_id operation)
{
    static const char *const codes[] = {
        "ResourceNotFoundException", "AccessDeniedException", "InvalidArgumentException",
        "KMSThrottlingException"};
    bool reads =
        operation == KDS_OP_GET_RECORDS || operation == KDS_OP_GET_SHARD_ITERATOR;
    return reads ? codes[world_between(w, 0, 3)] : NULL;
}

bool odd_expired(struct world *w,
                 struct odd_iterators *seen,
                 kds_slice_t iterator,
                 unsigned percent)
{
    const size_t room = sizeof seen->hashes / sizeof seen->hashes[0];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < iterator.n; i++) {
        hash = (hash ^ iterator.p[i]) * UINT64_C(0x100000001b3);
    }
    for (size_t i = 0; i < room; i++) {
        if (seen->hashes[i] == hash) {
            return true;
        }
    }
    if (!world_chance(w, percent)) {
        return false;
    }
    seen->hashes[seen->count++ % room] = hash;
    return true;
}

/* ---- records ------------------------------------------------------------------------------ */

static kds_record_t *
copy_records(struct kds_arena *arena, const kds_get_records_out_t *out, size_t n)
{
    kds_record_t *records = kds_arena_zero(arena, n, sizeof *records);
    if (records != NULL && out->records_count > 0) {
        memcpy(records, out->records, out->records_count * sizeof *records);
    }
    return records;
}

static void twice(struct kds_arena *arena, kds_get_records_out_t *out)
{
    size_t n = out->records_count;
    kds_record_t *records = copy_records(arena, out, 2 * n);
    if (records != NULL && n > 0) {
        memcpy(records + n, out->records, n * sizeof *records);
        out->records = records;
        out->records_count = 2 * n;
    }
}

static void shuffled(struct world *w, struct kds_arena *arena, kds_get_records_out_t *out)
{
    kds_record_t *records = copy_records(arena, out, out->records_count);
    if (records == NULL) {
        return;
    }
    for (size_t i = out->records_count; i > 1; i--) {
        size_t other = (size_t)world_between(w, 0, (int64_t)i - 1);
        kds_record_t t = records[i - 1];
        records[i - 1] = records[other];
        records[other] = t;
    }
    out->records = records;
}

static void unplaced(struct world *w, struct kds_arena *arena, kds_get_records_out_t *out)
{
    static const char *const wrong[] = {"twelve", "-1", "12x", "+7"};
    kds_record_t *records = copy_records(arena, out, out->records_count);
    if (records != NULL && out->records_count > 0) {
        size_t at = (size_t)world_between(w, 0, (int64_t)out->records_count - 1);
        records[at].sequence_number = kds_slice(wrong[world_between(w, 0, 3)]);
        out->records = records;
    }
}

/* ---- the end ------------------------------------------------------------------------------ */

static const kds_slice_t absent;

static void children_before_the_end(struct kds_arena *arena, kds_get_records_out_t *out)
{
    kds_child_shard_t *child = kds_arena_zero(arena, 1, sizeof *child);
    kds_slice_t *parent = kds_arena_zero(arena, 1, sizeof *parent);
    if (child == NULL || parent == NULL || out->child_shards_count > 0) {
        return;
    }
    *parent = kds_slice("shardId-000000000000");
    child->shard_id = kds_slice("shardId-000000000060");
    child->parent_shards = parent;
    child->parent_shards_count = 1;
    child->hash_key_range.starting_hash_key = kds_slice("0");
    child->hash_key_range.ending_hash_key = kds_slice("1");
    out->child_shards = child;
    out->child_shards_count = 1;
}

static void orphans(struct kds_arena *arena, kds_get_records_out_t *out)
{
    size_t n = out->child_shards_count;
    kds_child_shard_t *children = kds_arena_zero(arena, n, sizeof *children);
    if (children == NULL || n == 0) {
        return;
    }
    memcpy(children, out->child_shards, n * sizeof *children);
    children[n - 1].parent_shards_count = 0;
    out->child_shards = children;
}

void odd_records(struct world *w, struct kds_arena *arena, kds_get_records_out_t *out)
{
    static const int64_t behind[] = {-1, INT64_MAX, 0};
    switch (world_between(w, 0, 7)) {
    case 0:
        out->next_shard_iterator =
            absent; /* an end that is none, or that nobody goes on from */
        out->child_shards_count = 0;
        break;
    case 1:
        children_before_the_end(arena, out);
        break;
    case 2:
        orphans(arena, out);
        break;
    case 3:
        twice(arena, out);
        break;
    case 4:
        shuffled(w, arena, out);
        break;
    case 5:
        unplaced(w, arena, out);
        break;
    case 6:
        out->millis_behind_latest = behind[world_between(w, 0, 2)];
        break;
    default:
        out->child_shards_count = 0; /* an end without children, or nothing odd at all */
        break;
    }
}

void odd_event(struct world *w,
               struct kds_arena *arena,
               kds_subscribe_to_shard_event_t *event)
{
    kds_get_records_out_t like = {.records = event->records,
                                  .records_count = event->records_count,
                                  .next_shard_iterator =
                                      event->continuation_sequence_number,
                                  .millis_behind_latest = event->millis_behind_latest,
                                  .child_shards = event->child_shards,
                                  .child_shards_count = event->child_shards_count};
    odd_records(w, arena, &like);
    event->records = like.records;
    event->records_count = like.records_count;
    event->continuation_sequence_number = like.next_shard_iterator;
    event->millis_behind_latest = like.millis_behind_latest;
    event->child_shards = like.child_shards;
    event->child_shards_count = like.child_shards_count;
}
