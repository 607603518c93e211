/*
 * shard_log: segments with the records' heads from the front and their bytes from the back.
 */
#include "shard_log.h"

#include "base/alloc.h"

#include <string.h>

#define SEGMENT_FIRST_BYTES ((size_t)2048)
#define SEGMENT_LAST_BYTES  ((size_t)256 * 1024) /* segments double up to here */

struct local_segment {
    size_t first;  /* position of its first record */
    size_t count;  /* records in it */
    size_t size;   /* of the bytes below */
    size_t bottom; /* keys and data fill the bytes from here to the end */
    struct local_kept records[];
};

void local_log_clear(struct local_log *log)
{
    for (size_t i = 0; i < log->segment_count; i++) {
        kds_free(log->segments[i]);
    }
    kds_free(log->segments);
    memset(log, 0, sizeof *log);
}

static size_t room_in(const struct local_segment *segment)
{
    return segment->bottom - segment->count * sizeof(struct local_kept);
}

static bool room_for_segment(struct local_log *log)
{
    if (log->segment_count < log->segment_capacity) {
        return true;
    }
    size_t capacity = log->segment_capacity ? log->segment_capacity * 2 : 4;
    struct local_segment **segments =
        kds_realloc_array(log->segments, capacity, sizeof(struct local_segment *));
    if (segments == NULL) {
        return false;
    }
    log->segments = segments;
    log->segment_capacity = capacity;
    return true;
}

static struct local_segment *add_segment(struct local_log *log, size_t need)
{
    size_t size = SEGMENT_FIRST_BYTES;
    if (log->segment_count > 0) {
        size = log->segments[log->segment_count - 1]->size * 2;
        size = size < SEGMENT_LAST_BYTES ? size : SEGMENT_LAST_BYTES;
    }
    size = size < need ? need : size;
    struct local_segment *segment =
        room_for_segment(log) ? kds_alloc(sizeof *segment + size) : NULL;
    if (segment == NULL) {
        return NULL;
    }
    segment->first = log->count;
    segment->count = 0;
    segment->size = segment->bottom = size;
    log->segments[log->segment_count++] = segment;
    log->bytes += size;
    return segment;
}

static void copy(uint8_t *to, kds_slice_t bytes)
{
    if (bytes.n > 0) {
        memcpy(to, bytes.p, bytes.n);
    }
}

const struct local_kept *local_log_append(struct local_log *log,
                                          int64_t arrival_ms,
                                          bool encrypted,
                                          kds_slice_t partition_key,
                                          kds_slice_t data)
{
    size_t need = sizeof(struct local_kept) + partition_key.n + data.n;
    struct local_segment *segment =
        log->segment_count ? log->segments[log->segment_count - 1] : NULL;
    if (segment == NULL || room_in(segment) < need) {
        segment = add_segment(log, need);
        if (segment == NULL) {
            return NULL;
        }
    }
    struct local_kept *r = &segment->records[segment->count++];
    log->count++;
    segment->bottom -= partition_key.n + data.n;
    uint8_t *bytes = (uint8_t *)segment->records + segment->bottom;
    copy(bytes, partition_key);
    copy(bytes + partition_key.n, data);
    *r = (struct local_kept){.arrival_ms = arrival_ms,
                             .bytes = bytes,
                             .data_bytes = (uint32_t)data.n,
                             .key_bytes = (uint16_t)partition_key.n,
                             .keyed = partition_key.p != NULL,
                             .encrypted = encrypted};
    return r;
}

const struct local_kept *local_log_at(const struct local_log *log, size_t position)
{
    size_t low = 0, high = log->segment_count - 1;
    while (low < high) {
        size_t middle = high - (high - low) / 2;
        if (log->segments[middle]->first > position) {
            high = middle - 1;
        } else {
            low = middle;
        }
    }
    return &log->segments[low]->records[position - log->segments[low]->first];
}

void local_log_trim(struct local_log *log, size_t first)
{
    size_t gone = 0;
    if (first <= log->first) {
        return;
    }
    log->first = first;
    while (gone < log->segment_count &&
           log->segments[gone]->first + log->segments[gone]->count <= first) {
        log->bytes -= log->segments[gone]->size;
        kds_free(log->segments[gone++]);
    }
    if (gone > 0) {
        log->segment_count -= gone;
        memmove(log->segments, log->segments + gone,
                log->segment_count * sizeof(struct local_segment *));
    }
}

void local_log_skip(struct local_log *log, size_t count)
{
    log->first = log->count = count;
}

size_t local_log_find_time(const struct local_log *log, int64_t ms)
{
    size_t low = log->first, high = log->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (local_log_at(log, middle)->arrival_ms < ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
