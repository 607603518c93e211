/*
 * spool: which records lie in which segment; the cursor of what was taken; recovery.
 */
#include "spool.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

struct segment {
    uint8_t *base;
    size_t bytes;
    uint64_t number;
    size_t end;    /* of its last record */
    size_t synced; /* up to here it is safe from a loss of power */
    uint64_t live; /* records that are not acknowledged */
    bool syncing;  /* a part of it is on its way to the disk: it stays mapped */
};

struct kpl_spool {
    char *directory; /* for messages */
    struct kpl_spool_options options;
    struct kpl_spool_disk *disk;
    struct segment *segments; /* by number; the last one is written to, if `writing` */
    size_t count, capacity;
    bool writing;
    uint64_t
        safe_below; /* the segment of this number is the first that may have to be synced */
    size_t refused_bytes;  /* for which there was no room; 0 = there was */
    size_t cursor_segment; /* the next record to take: an index, and */
    size_t cursor_offset;
    uint64_t next_record;
    uint64_t first_own_record; /* records before it were put by other processes */
    uint64_t next_segment;
    struct kpl_spool_stats stats;
};

/* ---- segments ----------------------------------------------------------------------------- */

static struct segment *add_segment(struct kpl_spool *s)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity > 0 ? 2 * s->capacity : 16;
        struct segment *more =
            kds_realloc_array(s->segments, capacity, sizeof *s->segments);
        if (more == NULL) {
            return NULL;
        }
        s->segments = more;
        s->capacity = capacity;
    }
    struct segment *g = &s->segments[s->count];
    memset(g, 0, sizeof *g);
    return g;
}

static void drop_segment(struct kpl_spool *s, size_t index)
{
    struct segment *g = &s->segments[index];
    s->disk->ops->unmap(s->disk, g->base, g->bytes);
    s->disk->ops->remove(s->disk, g->number);
    s->stats.bytes -= g->bytes;
    s->count--;
    memmove(g, g + 1, (s->count - index) * sizeof *g);
    if (s->cursor_segment > index) {
        s->cursor_segment--;
    } else if (s->cursor_segment == index) {
        s->cursor_offset = KPL_SPOOL_HEAD_BYTES;
    }
}

/* A segment goes when nothing in it is needed and nobody uses it. */
static void drop_if_done(struct kpl_spool *s, size_t index)
{
    const struct segment *g = &s->segments[index];
    bool written_to = s->writing && index == s->count - 1;
    if (g->live == 0 && !g->syncing && !written_to) {
        drop_segment(s, index);
    }
}

/* Stop writing to the last segment. */
static void seal(struct kpl_spool *s)
{
    if (s->writing) {
        s->writing = false;
        drop_if_done(s, s->count - 1);
    }
}

static kds_err_t begin_segment(struct kpl_spool *s, size_t least, kds_error_t **error)
{
    size_t bytes = (least + KPL_SPOOL_HEAD_BYTES + KPL_SPOOL_PAGE_BYTES - 1) /
                   KPL_SPOOL_PAGE_BYTES * KPL_SPOOL_PAGE_BYTES;
    bytes = bytes > s->options.segment_bytes ? bytes : s->options.segment_bytes;
    if (bytes > s->options.max_bytes - s->stats.bytes) {
        return kds_error_set(error, KDS_ERR_QUEUE_FULL,
                             "spool %s: its limit of %zu bytes is reached", s->directory,
                             s->options.max_bytes);
    }
    struct segment *g = add_segment(s);
    if (g == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    g->bytes = bytes;
    g->number = s->next_segment;
    g->end = KPL_SPOOL_HEAD_BYTES;
    kds_err_t rc =
        s->disk->ops->make(s->disk, g->number, bytes, s->options.sync, &g->base, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kpl_spool_write_head(g->base, g->bytes, g->number);
    s->next_segment++;
    s->stats.bytes += g->bytes;
    s->count++;
    s->writing = true;
    return KDS_OK;
}

/* ---- recovery ----------------------------------------------------------------------------- */

/* Count what a mapped segment of an earlier process holds. */
static void survey(struct kpl_spool *s, struct segment *g)
{
    struct kpl_spool_entry e;
    kpl_record_t record;
    enum kpl_spool_found found;
    g->end = KPL_SPOOL_HEAD_BYTES;
    while ((found = kpl_spool_read(g->base, g->bytes, g->end, &e, &record)) ==
           KPL_SPOOL_FOUND) {
        g->live += e.state == KPL_SPOOL_LIVE;
        s->next_record = e.number >= s->next_record ? e.number + 1 : s->next_record;
        g->end += e.bytes;
    }
    if (found == KPL_SPOOL_TORN) {
        s->stats.torn++;
        kds_log(s->options.log, KDS_LOG_WARNING, "spool",
                "%s/" KPL_SPOOL_NAME ": torn at byte %zu; %" PRIu64
                " records before it are good",
                s->directory, g->number, g->end, g->live);
    }
}

static bool is_blank(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

/* What is wrong with a mapped segment? NULL = nothing. */
static const char *look_at_head(struct segment *g, uint64_t number)
{
    const char *wrong = kpl_spool_check_head(g->base, g->bytes, &g->number);
    return wrong == NULL && g->number != number ? "it was renamed" : wrong;
}

/* Take over one segment. One that was made and never written to is removed. */
static kds_err_t adopt(struct kpl_spool *s, uint64_t number, kds_error_t **error)
{
    struct segment *g = add_segment(s);
    if (g == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kds_err_t rc = s->disk->ops->map(s->disk, number, &g->base, &g->bytes, error);
    if (rc != KDS_OK) {
        return rc;
    }
    size_t head = g->bytes < KPL_SPOOL_HEAD_BYTES ? g->bytes : KPL_SPOOL_HEAD_BYTES;
    if (g->base == NULL || is_blank(g->base, head)) {
        if (g->base != NULL) {
            s->disk->ops->unmap(s->disk, g->base, g->bytes);
        }
        s->disk->ops->remove(s->disk, number);
        return KDS_OK;
    }
    const char *wrong = look_at_head(g, number);
    if (wrong != NULL) {
        s->disk->ops->unmap(s->disk, g->base, g->bytes);
        return kds_error_set(error, KDS_ERR_CORRUPT, "spool %s/" KPL_SPOOL_NAME ": %s",
                             s->directory, number, wrong);
    }
    survey(s, g);
    g->synced = g->end;
    s->next_segment = g->number + 1;
    s->stats.bytes += g->bytes;
    s->stats.records += g->live;
    s->count++;
    if (g->live == 0) {
        drop_segment(s, s->count - 1);
    }
    return KDS_OK;
}

static kds_err_t recover(struct kpl_spool *s, kds_error_t **error)
{
    uint64_t *numbers = NULL;
    size_t n = 0;
    kds_err_t rc = s->disk->ops->list(s->disk, &numbers, &n, error);
    for (size_t i = 0; rc == KDS_OK && i < n; i++) {
        rc = adopt(s, numbers[i], error);
    }
    kds_free(numbers);
    s->first_own_record = s->next_record;
    s->stats.recovered = s->stats.records;
    s->stats.waiting = s->stats.records;
    return rc;
}

/* ---- life --------------------------------------------------------------------------------- */

static void release(struct kpl_spool *s)
{
    for (size_t i = 0; i < s->count; i++) {
        s->disk->ops->unmap(s->disk, s->segments[i].base, s->segments[i].bytes);
    }
    if (s->disk != NULL) {
        s->disk->ops->close(s->disk);
    }
    kds_free(s->segments);
    kds_free(s->directory);
    kds_free(s);
}

kds_err_t kpl_spool_open(const struct kpl_spool_options *options,
                         struct kpl_spool **spool,
                         kds_error_t **error)
{
    struct kpl_spool *s = kds_alloc_zero(1, sizeof *s);
    size_t n = strlen(options->directory) + 1;
    char *directory = s != NULL ? kds_alloc(n) : NULL;
    if (directory == NULL) {
        if (options->disk != NULL) {
            options->disk->ops->close(options->disk);
        }
        kds_free(s);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    memcpy(directory, options->directory, n);
    s->directory = directory;
    s->options = *options;
    s->options.directory = directory;
    s->disk = options->disk;
    s->next_record = 1;
    s->next_segment = 1;
    s->cursor_offset = KPL_SPOOL_HEAD_BYTES;
    kds_err_t rc =
        s->disk == NULL ? kpl_spool_files_open(directory, &s->disk, error) : KDS_OK;
    rc = rc == KDS_OK ? recover(s, error) : rc;
    if (rc != KDS_OK) {
        release(s);
        return rc;
    }
    *spool = s;
    return KDS_OK;
}

void kpl_spool_close(struct kpl_spool *s)
{
    if (s == NULL) {
        return;
    }
    s->writing = false;
    for (size_t i = s->count; i-- > 0;) {
        if (s->segments[i].live == 0) {
            drop_segment(s, i);
        } else if (s->options.sync) {
            const struct segment *g = &s->segments[i];
            s->disk->ops->sync(s->disk, g->number, g->base, g->bytes, NULL);
        }
    }
    release(s);
}

void kpl_spool_forget(struct kpl_spool *s)
{
    if (s != NULL) {
        release(s);
    }
}

/* ---- records ------------------------------------------------------------------------------ */

static bool has_room(const struct kpl_spool *s, size_t n)
{
    const struct segment *g = s->writing ? &s->segments[s->count - 1] : NULL;
    return g != NULL && g->bytes - g->end >= n;
}

static kds_err_t make_room(struct kpl_spool *s, size_t n, kds_error_t **error)
{
    if (has_room(s, n)) {
        return KDS_OK;
    }
    seal(s);
    kds_err_t rc = begin_segment(s, n, error);
    s->refused_bytes = rc == KDS_ERR_QUEUE_FULL ? n : 0;
    return rc;
}

bool kpl_spool_has_room(struct kpl_spool *s)
{
    return s->refused_bytes == 0 || make_room(s, s->refused_bytes, NULL) == KDS_OK;
}

kds_err_t
kpl_spool_append(struct kpl_spool *s, const kpl_record_t *record, kds_error_t **error)
{
    size_t n = kpl_spool_entry_bytes(record);
    if (n == 0 || n > s->options.max_bytes / 2) {
        return kds_error_set(
            error, KDS_ERR_TOO_LARGE,
            "a record of %zu bytes cannot wait in a spool of at most %zu bytes",
            record->data.n, s->options.max_bytes);
    }
    kds_err_t rc = make_room(s, n, error);
    if (rc != KDS_OK) {
        return rc;
    }
    struct segment *g = &s->segments[s->count - 1];
    kpl_spool_write(g->base, g->end, s->next_record++, record);
    g->end += n;
    g->live++;
    s->stats.records++;
    s->stats.waiting++;
    return KDS_OK;
}

/* ---- safety from a loss of power ---------------------------------------------------------- */

struct kpl_spool_place kpl_spool_end(const struct kpl_spool *s)
{
    struct kpl_spool_place end = {0, 0};
    if (s->count > 0) {
        end.segment = s->segments[s->count - 1].number;
        end.offset = s->segments[s->count - 1].end;
    }
    return end;
}

/* The first segment of which something before a place is not safe. */
static struct segment *find_unsafe(struct kpl_spool *s, struct kpl_spool_place until)
{
    struct segment *first = NULL;
    for (size_t i = s->count; i-- > 0 && s->segments[i].number >= s->safe_below;) {
        struct segment *g = &s->segments[i];
        first = g->synced < g->end ? g : first;
    }
    s->safe_below = first != NULL  ? first->number
                    : s->count > 0 ? s->segments[s->count - 1].number
                                   : s->next_segment;
    return first != NULL &&
                   (first->number < until.segment ||
                    (first->number == until.segment && first->synced < until.offset))
               ? first
               : NULL;
}

bool kpl_spool_sync_begin(struct kpl_spool *s,
                          struct kpl_spool_place until,
                          struct kpl_spool_part *part)
{
    struct segment *g = s->options.sync ? find_unsafe(s, until) : NULL;
    if (g == NULL) {
        return false;
    }
    size_t from = g->synced / KPL_SPOOL_PAGE_BYTES * KPL_SPOOL_PAGE_BYTES;
    g->syncing = true;
    *part = (struct kpl_spool_part){g->number, g->base + from, g->end - from, g->end};
    return true;
}

kds_err_t kpl_spool_sync_part(const struct kpl_spool *s,
                              const struct kpl_spool_part *part,
                              kds_error_t **error)
{
    return s->disk->ops->sync(s->disk, part->segment, part->from, part->bytes, error);
}

void kpl_spool_sync_end(struct kpl_spool *s, const struct kpl_spool_part *part, bool safe)
{
    size_t i = 0;
    while (s->segments[i].number != part->segment) {
        i++; /* it is there: it was not dropped meanwhile */
    }
    s->segments[i].syncing = false;
    if (safe) {
        s->segments[i].synced = part->end;
    }
    for (size_t at = 0; !safe && at < part->bytes; at += KPL_SPOOL_PAGE_BYTES) {
        /* Linux takes a page that it could not write for written; changed, it is tried again. */
        volatile uint8_t *page = part->from + at;
        *page = *page;
    }
    drop_if_done(s, i);
}

kds_err_t kpl_spool_sync(struct kpl_spool *s, kds_error_t **error)
{
    struct kpl_spool_part part;
    kds_err_t rc = KDS_OK;
    struct kpl_spool_place until = kpl_spool_end(s);
    while (rc == KDS_OK && kpl_spool_sync_begin(s, until, &part)) {
        rc = kpl_spool_sync_part(s, &part, error);
        kpl_spool_sync_end(s, &part, rc == KDS_OK);
    }
    return rc;
}

/* ---- handing out -------------------------------------------------------------------------- */

static kpl_spool_entry_t *entry_at(const struct segment *g, size_t offset)
{
    return (kpl_spool_entry_t *)(void *)(g->base + offset);
}

kpl_spool_entry_t *kpl_spool_peek(struct kpl_spool *s, kpl_record_t *record)
{
    struct kpl_spool_entry e;
    while (s->cursor_segment < s->count) {
        const struct segment *g = &s->segments[s->cursor_segment];
        if (s->cursor_offset >= g->end) {
            if (s->cursor_segment + 1 == s->count) {
                break; /* more may be written here */
            }
            s->cursor_segment++;
            s->cursor_offset = KPL_SPOOL_HEAD_BYTES;
        } else if (kpl_spool_read(g->base, g->bytes, s->cursor_offset, &e, record) !=
                   KPL_SPOOL_FOUND) {
            /* Somebody else changed the file. What follows cannot be found any more. */
            s->cursor_offset = g->end;
        } else if (e.state == KPL_SPOOL_DONE) {
            s->cursor_offset += e.bytes;
        } else {
            kpl_spool_entry_t *entry = entry_at(g, s->cursor_offset);
            record->tag = kpl_spool_tag(s, entry);
            return entry;
        }
    }
    return NULL;
}

void kpl_spool_advance(struct kpl_spool *s)
{
    const struct segment *g = &s->segments[s->cursor_segment];
    s->cursor_offset += entry_at(g, s->cursor_offset)->bytes;
    s->stats.waiting--;
}

void *kpl_spool_tag(const struct kpl_spool *s, const kpl_spool_entry_t *entry)
{
    return kpl_spool_is_found(s, entry) ? NULL : (void *)(uintptr_t)entry->tag;
}

bool kpl_spool_is_found(const struct kpl_spool *s, const kpl_spool_entry_t *entry)
{
    return entry->number < s->first_own_record;
}

void kpl_spool_done(struct kpl_spool *s, kpl_spool_entry_t *entry)
{
    const uint8_t *base = (const uint8_t *)entry - entry->offset;
    size_t i = 0;
    while (i < s->count && s->segments[i].base != base) {
        i++;
    }
    if (i == s->count || entry->state != KPL_SPOOL_LIVE) {
        return;
    }
    *(volatile uint32_t *)&entry->state = KPL_SPOOL_DONE;
    s->stats.records--;
    s->segments[i].live--;
    drop_if_done(s, i);
}

uint64_t kpl_spool_written(const struct kpl_spool *s)
{
    return s->next_record - 1;
}

void kpl_spool_stats(const struct kpl_spool *s, struct kpl_spool_stats *out)
{
    *out = s->stats;
}
