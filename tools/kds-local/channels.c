/*
 * channels: a sorted array of pointers. A channel's description is copied by the model's table:
 * written to bytes, and read back into memory of its own.
 */
#include "channels.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

#define DESCRIPTION_BYTES_MAX ((size_t)1024 * 1024)

const struct kds_shape *local_channel_shape(void)
{
    return kds_operation_at(KDS_OP_DESCRIBE_CHANNEL)->output->fields[0].shape;
}

/* A copy of @p from in @p arena; NULL when out of memory. */
static kds_channel_description_t *copy(const kds_channel_description_t *from,
                                       struct kds_arena *arena)
{
    struct kds_buf bytes;
    kds_buf_init(&bytes, DESCRIPTION_BYTES_MAX);
    kds_channel_description_t *to = kds_arena_zero(arena, 1, sizeof *to);
    bool ok = to != NULL &&
              kds_shape_encode(KDS_FORMAT_JSON, local_channel_shape(), from, &bytes) ==
                  KDS_OK &&
              kds_shape_decode(KDS_FORMAT_JSON, local_channel_shape(),
                               kds_buf_slice(&bytes), to, arena, NULL) == KDS_OK;
    kds_buf_clear(&bytes);
    return ok ? to : NULL;
}

size_t local_channels_behind(const struct local_channels *all, kds_slice_t name)
{
    size_t low = 0, high = name.p ? all->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_slice_cmp(all->items[middle]->shown->channel_name, name) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct local_channel *local_channels_by_name(const struct local_channels *all,
                                             kds_slice_t name)
{
    size_t behind = local_channels_behind(all, name);
    return behind > 0 && kds_slice_eq(all->items[behind - 1]->shown->channel_name, name)
               ? all->items[behind - 1]
               : NULL;
}

struct local_channel *local_channels_by_id(const struct local_channels *all,
                                           kds_slice_t id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (kds_slice_eq(all->items[i]->shown->channel_id, id)) {
            return all->items[i];
        }
    }
    return NULL;
}

static bool room_for_one(struct local_channels *all)
{
    if (all->count < all->capacity) {
        return true;
    }
    size_t capacity = all->capacity ? all->capacity * 2 : 8;
    struct local_channel **items =
        kds_realloc_array(all->items, capacity, sizeof(struct local_channel *));
    if (items == NULL) {
        return false;
    }
    all->items = items;
    all->capacity = capacity;
    return true;
}

static void channel_free(struct local_channel *channel)
{
    local_labels_clear(&channel->labels);
    kds_arena_clear(&channel->memory);
    kds_free(channel);
}

struct local_channel *local_channels_add(struct local_channels *all,
                                         const kds_channel_description_t *shown,
                                         uint64_t stream)
{
    struct local_channel *channel =
        room_for_one(all) ? kds_alloc_zero(1, sizeof *channel) : NULL;
    if (channel == NULL) {
        return NULL;
    }
    kds_arena_init(&channel->memory, DESCRIPTION_BYTES_MAX);
    channel->status = LOCAL_ACTIVE;
    channel->ready_us = KDS_NEVER_US;
    channel->stream = stream;
    channel->shown = copy(shown, &channel->memory);
    if (channel->shown == NULL) {
        channel_free(channel);
        return NULL;
    }
    size_t at = local_channels_behind(all, shown->channel_name);
    memmove(all->items + at + 1, all->items + at,
            (all->count - at) * sizeof(struct local_channel *));
    all->items[at] = channel;
    all->count++;
    return channel;
}

bool local_channel_show(struct local_channel *channel,
                        const kds_channel_description_t *shown)
{
    struct kds_arena memory;
    kds_arena_init(&memory, DESCRIPTION_BYTES_MAX);
    kds_channel_description_t *fresh = copy(shown, &memory);
    if (fresh == NULL) {
        kds_arena_clear(&memory);
        return false;
    }
    kds_arena_clear(&channel->memory);
    channel->memory = memory;
    channel->shown = fresh;
    return true;
}

void local_channels_remove(struct local_channels *all, struct local_channel *channel)
{
    size_t at = local_channels_behind(all, channel->shown->channel_name) - 1;
    memmove(all->items + at, all->items + at + 1,
            (all->count - at - 1) * sizeof(struct local_channel *));
    all->count--;
    channel_free(channel);
}

void local_channels_clear(struct local_channels *all)
{
    for (size_t i = 0; i < all->count; i++) {
        channel_free(all->items[i]);
    }
    kds_free(all->items);
    memset(all, 0, sizeof *all);
}
