#include "fleet_stream.h"

#include "world.h"

#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_AT "100" /* the sequence number of each shard's record */

/* ---- shards --------------------------------------------------------------------------------- */

static struct fleet_shard *
add_shard(struct fleet_stream *s, kds_u128_t first, kds_u128_t last)
{
    if (s->count == s->most) {
        fputs("fleet: more shards than there is room for\n", stderr);
        exit(2);
    }
    struct fleet_shard *shard = &s->shards[s->count];
    *shard =
        (struct fleet_shard){.first = first, .last = last, .handed_us = KDS_NEVER_US};
    snprintf(shard->id, sizeof shard->id, "shardId-%012zu", s->count++);
    s->open++;
    return shard;
}

void fleet_stream_init(struct fleet_stream *s, size_t count, size_t most)
{
    s->shards = world_alloc(most * sizeof *s->shards); /* they stay where they are */
    s->most = most;
    kds_u128_t step = kds_u128_div64(KDS_U128_MAX, count), first = {0, 0};
    for (size_t i = 0; i < count; i++) {
        kds_u128_t next = kds_u128_add(first, step);
        add_shard(s, first,
                  i + 1 < count ? kds_u128_sub(next, (kds_u128_t){0, 1}) : KDS_U128_MAX);
        first = next;
    }
}

void fleet_stream_clear(struct fleet_stream *s)
{
    free(s->shards);
    memset(s, 0, sizeof *s);
}

void fleet_stream_split(struct fleet_stream *s, size_t shard, int64_t now_us)
{
    kds_u128_t first = s->shards[shard].first, last = s->shards[shard].last;
    kds_u128_t middle = kds_u128_add(first, kds_u128_div64(kds_u128_sub(last, first), 2));
    for (size_t i = 0; i < 2; i++) {
        struct fleet_shard *child =
            i == 0 ? add_shard(s, first, middle)
                   : add_shard(s, kds_u128_add(middle, (kds_u128_t){0, 1}), last);
        child->has_parent = true;
        child->parent = shard;
        child->born_us = now_us;
        s->shards[shard].children[i] = s->count - 1;
    }
    s->shards[shard].closed = true;
    s->open--;
}

size_t fleet_stream_number(const char *shard_id)
{
    size_t n = 0;
    for (const char *c = shard_id + sizeof "shardId-" - 1; *c != 0; c++) {
        n = n * 10 + (size_t)(*c - '0');
    }
    return n;
}

/* ---- answers -------------------------------------------------------------------------------- */

const void *fleet_stream_describe(void)
{
    kds_describe_stream_summary_out_t *out = world_alloc(sizeof *out);
    out->stream_description_summary.stream_creation_timestamp_ms = 1700000000000;
    return out;
}

static kds_hash_key_range_t range_of(const struct fleet_shard *shard, char *text)
{
    return (kds_hash_key_range_t){
        .starting_hash_key = kds_slice_of(text, kds_u128_format(shard->first, text)),
        .ending_hash_key =
            kds_slice_of(text + 40, kds_u128_format(shard->last, text + 40))};
}

/* With a filter, as for the first leases, only those that are open; else all. */
const void *fleet_stream_list(const struct fleet_stream *s,
                              const kds_list_shards_in_t *in)
{
    size_t n = in->shard_filter ? s->open : s->count;
    char *memory =
        world_alloc(sizeof(kds_list_shards_out_t) + n * (sizeof(kds_shard_t) + 80));
    kds_list_shards_out_t *out = (void *)memory;
    kds_shard_t *shards = (void *)(memory + sizeof *out);
    char *text = (char *)(shards + n);
    for (size_t i = 0; i < s->count; i++) {
        const struct fleet_shard *from = &s->shards[i];
        if (in->shard_filter && from->closed) {
            continue;
        }
        kds_shard_t *to = &shards[out->shards_count++];
        to->shard_id = kds_slice(from->id);
        to->hash_key_range = range_of(from, text);
        to->sequence_number_range.starting_sequence_number = kds_slice("1");
        if (from->closed) {
            to->sequence_number_range.ending_sequence_number = kds_slice("1000");
        }
        if (from->has_parent) {
            to->parent_shard_id = kds_slice(s->shards[from->parent].id);
        }
        text += 80;
    }
    out->shards = shards;
    return out;
}

static kds_slice_t iterator(char *text, size_t shard, bool behind)
{
    return kds_slice_of(text, (size_t)sprintf(text, "%zu:%d", shard, behind));
}

const void *fleet_stream_iterator(const struct fleet_stream *s,
                                  const kds_get_shard_iterator_in_t *in)
{
    char *memory = world_alloc(sizeof(kds_get_shard_iterator_out_t) + 32);
    kds_get_shard_iterator_out_t *out = (void *)memory;
    char id[32] = "";
    (void)s;
    memcpy(id, in->shard_id.p, in->shard_id.n < 31 ? in->shard_id.n : 31);
    out->shard_iterator =
        iterator(memory + sizeof *out, fleet_stream_number(id),
                 kds_slice_is(in->shard_iterator_type, "AFTER_SEQUENCE_NUMBER"));
    return out;
}

static void end_shard(const struct fleet_stream *s,
                      const struct fleet_shard *shard,
                      kds_get_records_out_t *out,
                      kds_child_shard_t *children,
                      kds_slice_t *parent,
                      char *text)
{
    *parent = kds_slice(shard->id);
    for (size_t i = 0; i < 2; i++) {
        const struct fleet_shard *child = &s->shards[shard->children[i]];
        children[i].shard_id = kds_slice(child->id);
        children[i].hash_key_range = range_of(child, text + 80 * i);
        children[i].parent_shards = parent;
        children[i].parent_shards_count = 1;
    }
    out->child_shards = children;
    out->child_shards_count = 2;
}

const void *fleet_stream_records(const struct fleet_stream *s,
                                 const kds_get_records_in_t *in)
{
    struct answer {
        kds_get_records_out_t out;
        kds_record_t record;
        kds_child_shard_t children[2];
        kds_slice_t parent;
        char text[160], iterator[32];
    } *a = world_alloc(sizeof *a);
    size_t number = 0;
    int behind = 0;
    memcpy(a->text, in->shard_iterator.p, in->shard_iterator.n);
    sscanf(a->text, "%zu:%d", &number, &behind);
    const struct fleet_shard *shard = &s->shards[number];
    if (!behind) {
        a->record.sequence_number = kds_slice(RECORD_AT);
        a->record.partition_key = kds_slice("k");
        a->record.data = kds_slice("record");
        a->out.records = &a->record;
        a->out.records_count = 1;
    }
    if (behind && shard->closed) {
        end_shard(s, shard, &a->out, a->children, &a->parent, a->text);
    } else {
        a->out.next_shard_iterator = iterator(a->iterator, number, true);
    }
    return &a->out;
}
