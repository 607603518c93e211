/*
 * spool: segments as files, mapped; the cursor of what was taken; recovery.
 */
#include "spool.h"

#include "base/alloc.h"
#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define NAME_BYTES 32
#define LOCK_FILE  "lock"

struct segment {
    uint8_t *base;
    size_t bytes;
    uint64_t number; /* also its file's name */
    size_t end;      /* of its last record */
    size_t synced;   /* up to here it is safe from a loss of power */
    uint64_t live;   /* records that are not acknowledged */
};

struct kpl_spool {
    char *directory; /* for messages */
    struct kpl_spool_options options;
    int directory_fd;
    int lock_fd;
    struct segment *segments; /* by number; the last one is written to, if `writing` */
    size_t count, capacity;
    bool writing;
    size_t cursor_segment; /* the next record to take: an index, and */
    size_t cursor_offset;
    uint64_t next_record;
    uint64_t first_own_record; /* records before it were put by other processes */
    uint64_t next_segment;
    struct kpl_spool_stats stats;
};

static void name_of(uint64_t number, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%016" PRIx64 ".spool", number);
}

static kds_err_t system_error(const struct kpl_spool *s,
                              const char *name,
                              const char *what,
                              kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_SYSTEM, "spool %s/%s: cannot %s: %s",
                         s->directory, name, what, strerror(errno));
}

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

static void remove_file(struct kpl_spool *s, uint64_t number)
{
    char name[NAME_BYTES];
    name_of(number, name);
    unlinkat(s->directory_fd, name, 0);
}

static void drop_segment(struct kpl_spool *s, size_t index)
{
    struct segment *g = &s->segments[index];
    munmap(g->base, g->bytes);
    remove_file(s, g->number);
    s->stats.bytes -= g->bytes;
    s->count--;
    memmove(g, g + 1, (s->count - index) * sizeof *g);
    if (s->cursor_segment > index) {
        s->cursor_segment--;
    } else if (s->cursor_segment == index) {
        s->cursor_offset = KPL_SPOOL_HEAD_BYTES;
    }
}

/* Stop writing to the last segment. */
static void seal(struct kpl_spool *s)
{
    if (s->writing) {
        s->writing = false;
        if (s->segments[s->count - 1].live == 0) {
            drop_segment(s, s->count - 1);
        }
    }
}

static bool is_full(int err)
{
    return err == ENOSPC || err == EDQUOT || err == EFBIG;
}

/* Take the room on disk now, so that writing to the map cannot fail later. */
static kds_err_t allocate(
    struct kpl_spool *s, int fd, const char *name, struct segment *g, kds_error_t **error)
{
    int err = posix_fallocate(fd, 0, (off_t)g->bytes);
    if (err != 0) {
        errno = err;
        return is_full(err) ? kds_error_set(error, KDS_ERR_QUEUE_FULL,
                                            "spool %s: no room for another %zu bytes: %s",
                                            s->directory, g->bytes, strerror(err))
                            : system_error(s, name, "take its room", error);
    }
    void *map = mmap(NULL, g->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return system_error(s, name, "be mapped", error);
    }
    g->base = map;
    return KDS_OK;
}

static kds_err_t begin_segment(struct kpl_spool *s, size_t least, kds_error_t **error)
{
    size_t bytes =
        (least + KPL_SPOOL_HEAD_BYTES + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
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
    char name[NAME_BYTES];
    g->bytes = bytes;
    g->number = s->next_segment;
    g->end = KPL_SPOOL_HEAD_BYTES;
    name_of(g->number, name);
    int fd = openat(s->directory_fd, name,
                    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return is_full(errno) ? kds_error_set(error, KDS_ERR_QUEUE_FULL, "spool %s: %s",
                                              s->directory, strerror(errno))
                              : system_error(s, name, "be made", error);
    }
    kds_err_t rc = allocate(s, fd, name, g, error);
    close(fd);
    if (rc != KDS_OK) {
        remove_file(s, g->number);
        return rc;
    }
    kpl_spool_write_head(g->base, g->bytes, g->number);
    if (s->options.sync) {
        fsync(s->directory_fd);
    }
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
                "%s/%016" PRIx64 ".spool: torn at byte %zu; %" PRIu64
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

/* Map one file. One that was made and never written to is removed. */
static kds_err_t adopt(struct kpl_spool *s, const char *name, kds_error_t **error)
{
    struct stat st;
    struct segment *g = add_segment(s);
    if (g == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    int fd = openat(s->directory_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        kds_err_t rc = system_error(s, name, "be opened", error);
        if (fd >= 0) {
            close(fd);
        }
        return rc;
    }
    g->bytes = (size_t)st.st_size;
    void *map = g->bytes == 0 || !S_ISREG(st.st_mode)
                    ? NULL
                    : mmap(NULL, g->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED) {
        return system_error(s, name, "be mapped", error);
    }
    size_t head = g->bytes < KPL_SPOOL_HEAD_BYTES ? g->bytes : KPL_SPOOL_HEAD_BYTES;
    if (map == NULL || is_blank(map, head)) {
        if (map != NULL) {
            munmap(map, g->bytes);
        }
        unlinkat(s->directory_fd, name, 0);
        return KDS_OK;
    }
    const char *wrong = kpl_spool_check_head(map, g->bytes, &g->number);
    char right_name[NAME_BYTES];
    name_of(g->number, right_name);
    if (wrong == NULL && strcmp(right_name, name) != 0) {
        wrong = "it was renamed";
    }
    if (wrong != NULL) {
        munmap(map, g->bytes);
        return kds_error_set(error, KDS_ERR_CORRUPT, "spool %s/%s: %s", s->directory,
                             name, wrong);
    }
    g->base = map;
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

static int is_segment(const struct dirent *d)
{
    size_t hex = strspn(d->d_name, "0123456789abcdef");
    return hex == 16 && strcmp(d->d_name + hex, ".spool") == 0;
}

static kds_err_t recover(struct kpl_spool *s, kds_error_t **error)
{
    struct dirent **names;
    int n = scandirat(s->directory_fd, ".", &names, is_segment, alphasort);
    if (n < 0) {
        return system_error(s, "", "be read", error);
    }
    kds_err_t rc = KDS_OK;
    for (int i = 0; i < n; i++) {
        rc = rc == KDS_OK ? adopt(s, names[i]->d_name, error) : rc;
        free(names[i]); /* scandirat's */
    }
    free(names);
    s->first_own_record = s->next_record;
    s->stats.recovered = s->stats.records;
    s->stats.waiting = s->stats.records;
    return rc;
}

/* ---- life --------------------------------------------------------------------------------- */

static kds_err_t claim_directory(struct kpl_spool *s, kds_error_t **error)
{
    if (mkdir(s->directory, 0700) != 0 && errno != EEXIST) {
        return system_error(s, "", "be made", error);
    }
    s->directory_fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->directory_fd < 0) {
        return system_error(s, "", "be opened", error);
    }
    s->lock_fd = openat(s->directory_fd, LOCK_FILE,
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (s->lock_fd < 0) {
        return system_error(s, LOCK_FILE, "be opened", error);
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? kds_error_set(error, KDS_ERR_STATE,
                                   "spool %s: another producer uses this directory",
                                   s->directory)
                   : system_error(s, LOCK_FILE, "be locked", error);
    }
    return KDS_OK;
}

static void release(struct kpl_spool *s)
{
    for (size_t i = 0; i < s->count; i++) {
        munmap(s->segments[i].base, s->segments[i].bytes);
    }
    if (s->lock_fd >= 0) {
        close(s->lock_fd);
    }
    if (s->directory_fd >= 0) {
        close(s->directory_fd);
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
        kds_free(s);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    memcpy(directory, options->directory, n);
    s->directory = directory;
    s->options = *options;
    s->options.directory = directory;
    s->directory_fd = -1;
    s->lock_fd = -1;
    s->next_record = 1;
    s->next_segment = 1;
    s->cursor_offset = KPL_SPOOL_HEAD_BYTES;
    kds_err_t rc = claim_directory(s, error);
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
            msync(s->segments[i].base, s->segments[i].bytes, MS_SYNC);
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
    struct segment *g = s->writing ? &s->segments[s->count - 1] : NULL;
    if (g == NULL || g->bytes - g->end < n) {
        seal(s);
        kds_err_t rc = begin_segment(s, n, error);
        if (rc != KDS_OK) {
            return rc;
        }
        g = &s->segments[s->count - 1];
    }
    kpl_spool_write(g->base, g->end, s->next_record++, record);
    g->end += n;
    g->live++;
    s->stats.records++;
    s->stats.waiting++;
    return KDS_OK;
}

kds_err_t kpl_spool_sync(struct kpl_spool *s, kds_error_t **error)
{
    for (size_t i = s->options.sync ? s->count : 0; i-- > 0;) {
        struct segment *g = &s->segments[i];
        if (g->synced == g->end) {
            break; /* what lies before was synced earlier */
        }
        size_t from = g->synced / PAGE_BYTES * PAGE_BYTES;
        if (msync(g->base + from, g->end - from, MS_SYNC) != 0) {
            char name[NAME_BYTES];
            name_of(g->number, name);
            return system_error(s, name, "be written to the disk", error);
        }
        g->synced = g->end;
    }
    return KDS_OK;
}

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
    return entry->number < s->first_own_record ? NULL : (void *)(uintptr_t)entry->tag;
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
    if (--s->segments[i].live == 0 && !(s->writing && i == s->count - 1)) {
        drop_segment(s, i);
    }
}

uint64_t kpl_spool_written(const struct kpl_spool *s)
{
    return s->next_record - 1;
}

void kpl_spool_stats(const struct kpl_spool *s, struct kpl_spool_stats *out)
{
    *out = s->stats;
}
