/*
 * consumers: a sorted array of pointers; there are fifty at most.
 */
#include "consumers.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

size_t local_consumer_behind(const struct local_stream *s, kds_slice_t name)
{
    size_t i = 0;
    if (name.p == NULL) {
        return 0;
    }
    while (i < s->consumer_count &&
           kds_slice_cmp(kds_slice(s->consumers[i]->name), name) <= 0) {
        i++;
    }
    return i;
}

struct local_consumer *local_consumer_find(const struct local_stream *s, kds_slice_t name)
{
    size_t behind = local_consumer_behind(s, name);
    return behind > 0 && kds_slice_is(name, s->consumers[behind - 1]->name)
               ? s->consumers[behind - 1]
               : NULL;
}

static bool room_for_one(struct local_stream *s)
{
    if (s->consumer_count < s->consumer_capacity) {
        return true;
    }
    size_t capacity = s->consumer_capacity + 8;
    struct local_consumer **consumers =
        kds_realloc_array(s->consumers, capacity, sizeof(struct local_consumer *));
    if (consumers == NULL) {
        return false;
    }
    s->consumers = consumers;
    s->consumer_capacity = capacity;
    return true;
}

struct local_consumer *
local_consumer_add(struct local_stream *s, kds_slice_t name, int64_t now_us)
{
    struct local_consumer *consumer =
        room_for_one(s) ? kds_alloc_zero(1, sizeof *consumer) : NULL;
    if (consumer == NULL) {
        return NULL;
    }
    snprintf(consumer->name, sizeof consumer->name, "%.*s", (int)name.n,
             (const char *)name.p);
    consumer->created_ms = now_us / KDS_US_PER_MS;
    consumer->status = LOCAL_ACTIVE;
    consumer->ready_us = KDS_NEVER_US;
    size_t at = local_consumer_behind(s, name);
    memmove(s->consumers + at + 1, s->consumers + at,
            (s->consumer_count - at) * sizeof(struct local_consumer *));
    s->consumers[at] = consumer;
    s->consumer_count++;
    return consumer;
}

void local_consumer_remove(struct local_stream *s, struct local_consumer *consumer)
{
    size_t at = local_consumer_behind(s, kds_slice(consumer->name)) - 1;
    memmove(s->consumers + at, s->consumers + at + 1,
            (s->consumer_count - at - 1) * sizeof(struct local_consumer *));
    s->consumer_count--;
    local_consumer_free(consumer);
}

void local_consumer_free(struct local_consumer *consumer)
{
    local_labels_clear(&consumer->labels);
    kds_free(consumer->attempts);
    kds_free(consumer);
}
