#include "disk.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR    512
#define FILES_MAX 256

/* A file is there for processes, for the disk, or for both. */
struct file {
    uint64_t number;
    size_t bytes;
    uint8_t *now;    /* what processes see */
    uint8_t *safe;   /* what a loss of power cannot undo */
    uint8_t *before; /* as it was when the write that is cut began; NULL = it was not */
    bool named, named_safely;
};

struct disk {
    struct kpl_spool_disk disk;
    struct world *world;
    struct file files[FILES_MAX];
    size_t count;
    unsigned full, sync_fails;
};

static struct disk *disk_of(struct kpl_spool_disk *disk)
{
    return (struct disk *)disk; /* its first member */
}

static void drop(struct disk *d, struct file *f)
{
    free(f->now);
    free(f->safe);
    free(f->before);
    *f = d->files[--d->count];
}

void disk_free(struct disk *d)
{
    while (d != NULL && d->count > 0) {
        drop(d, &d->files[0]);
    }
    free(d);
}

void disk_set_faults(struct disk *d, unsigned full, unsigned sync_fails)
{
    d->full = full;
    d->sync_fails = sync_fails;
}

static struct file *find(struct disk *d, uint64_t number)
{
    for (size_t i = 0; i < d->count; i++) {
        if (d->files[i].number == number && d->files[i].named) {
            return &d->files[i];
        }
    }
    return NULL;
}

/* ---- what a spool asks -------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static kds_err_t list_files(struct kpl_spool_disk *disk,
                            uint64_t **numbers,
                            size_t *count,
                            kds_error_t **error)
{
    struct disk *d = disk_of(disk);
    (void)error;
    *count = 0;
    *numbers = kds_alloc_zero(d->count + 1, sizeof **numbers);
    for (size_t i = 0; i < d->count; i++) {
        if (d->files[i].named) {
            (*numbers)[(*count)++] = d->files[i].number;
        }
    }
    qsort(*numbers, *count, sizeof **numbers, by_number);
    return KDS_OK;
}

static kds_err_t make_file(struct kpl_spool_disk *disk,
                           uint64_t number,
                           size_t bytes,
                           bool safe,
                           uint8_t **base,
                           kds_error_t **error)
{
    struct disk *d = disk_of(disk);
    if (world_chance(d->world, d->full) || d->count == FILES_MAX) {
        return kds_error_set(error, KDS_ERR_QUEUE_FULL, "the simulated disk is full");
    }
    if (find(d, number) != NULL) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "a file of this number is there");
    }
    for (size_t i = d->count; i-- > 0;) {
        struct file *f = &d->files[i];
        if (!f->named && (safe || f->number == number)) {
            drop(d, f); /* the folder is synced as a whole; a name is one file's */
        } else if (safe) {
            f->named_safely = true;
        }
    }
    d->files[d->count++] = (struct file){.number = number,
                                         .bytes = bytes,
                                         .now = world_alloc(bytes),
                                         .safe = world_alloc(bytes),
                                         .named = true,
                                         .named_safely = safe};
    *base = d->files[d->count - 1].now;
    return KDS_OK;
}

static kds_err_t map_file(struct kpl_spool_disk *disk,
                          uint64_t number,
                          uint8_t **base,
                          size_t *bytes,
                          kds_error_t **error)
{
    const struct file *f = find(disk_of(disk), number);
    if (f == NULL) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "no file has this number");
    }
    *base = f->now;
    *bytes = f->bytes;
    return KDS_OK;
}

static kds_err_t sync_file(struct kpl_spool_disk *disk,
                           uint64_t number,
                           uint8_t *from,
                           size_t bytes,
                           kds_error_t **error)
{
    struct disk *d = disk_of(disk);
    struct file *f = find(d, number);
    size_t at = (size_t)(from - f->now);
    size_t end = (at + bytes + KPL_SPOOL_PAGE_BYTES - 1) / KPL_SPOOL_PAGE_BYTES *
                 KPL_SPOOL_PAGE_BYTES;
    if (world_chance(d->world, d->sync_fails)) {
        return kds_error_set(error, KDS_ERR_SYSTEM, "the simulated disk does not sync");
    }
    end = end < f->bytes ? end : f->bytes;
    memcpy(f->safe + at, f->now + at, end - at);
    return KDS_OK;
}

static void unmap_file(struct kpl_spool_disk *disk, uint8_t *base, size_t bytes)
{
    (void)disk;
    (void)base;
    (void)bytes;
}

static void remove_file(struct kpl_spool_disk *disk, uint64_t number)
{
    struct disk *d = disk_of(disk);
    struct file *f = find(d, number);
    if (f == NULL) {
        return;
    }
    f->named = false;
    if (!f->named_safely) {
        drop(d, f);
    }
}

static void close_disk(struct kpl_spool_disk *disk)
{
    (void)disk;
}

struct disk *disk_new(struct world *world)
{
    static const struct kpl_spool_disk_ops ops = {
        .list = list_files,
        .make = make_file,
        .map = map_file,
        .sync = sync_file,
        .unmap = unmap_file,
        .remove = remove_file,
        .close = close_disk,
    };
    struct disk *d = world_alloc(sizeof *d);
    d->disk.ops = &ops;
    d->world = world;
    return d;
}

struct kpl_spool_disk *disk_mount(struct disk *d)
{
    return &d->disk;
}

/* ---- a process dies ------------------------------------------------------------------------- */

void disk_write_begins(struct disk *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct file *f = &d->files[i];
        f->before = world_alloc(f->bytes);
        memcpy(f->before, f->now, f->bytes);
    }
}

/* What was written is undone from some byte on. The word before it, the state of a record, is written last. */
static void cut(struct disk *d, struct file *f)
{
    size_t first = 0, end = f->bytes;
    while (first < end && f->now[first] == f->before[first]) {
        first++;
    }
    while (end > first && f->now[end - 1] == f->before[end - 1]) {
        end--;
    }
    if (first < end) {
        size_t at = (size_t)world_between(d->world, (int64_t)first, (int64_t)end - 1);
        memcpy(f->now + at, f->before + at, end - at);
        memcpy(f->now + first, f->before + first,
               end - first < sizeof(uint32_t) ? end - first : sizeof(uint32_t));
    }
}

void disk_write_is_cut(struct disk *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct file *f = &d->files[i];
        if (f->before != NULL) {
            cut(d, f);
            free(f->before);
            f->before = NULL;
        }
    }
}

/* ---- power is lost -------------------------------------------------------------------------- */

/* Each sector is as it was synced, or as it is now. */
static void settle(struct disk *d, struct file *f, unsigned percent)
{
    for (size_t at = 0; at < f->bytes; at += SECTOR) {
        size_t n = f->bytes - at < SECTOR ? f->bytes - at : SECTOR;
        if (memcmp(f->now + at, f->safe + at, n) == 0) {
            continue;
        }
        if (world_chance(d->world, percent)) {
            memcpy(f->safe + at, f->now + at, n);
        } else {
            memcpy(f->now + at, f->safe + at, n);
        }
    }
}

void disk_lose_power(struct disk *d)
{
    static const unsigned kept[] = {0, 50, 50, 100};
    unsigned percent = kept[world_between(d->world, 0, 3)];
    for (size_t i = d->count; i-- > 0;) {
        struct file *f = &d->files[i];
        if (f->named != f->named_safely && world_chance(d->world, percent)) {
            f->named_safely = f->named;
        }
        if (!f->named_safely) {
            drop(d, f);
        } else {
            f->named = true;
            settle(d, f, percent);
        }
    }
}
