/*
 * spool_files: segments as files in a directory, mapped.
 */
#include "spool_disk.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES 32
#define LOCK_FILE  "lock"

struct files {
    struct kpl_spool_disk disk;
    char *directory; /* for messages */
    int directory_fd;
    struct kds_own_fd lock; /* a child that held it too would keep others out */
};

static struct files *files_of(struct kpl_spool_disk *disk)
{
    return (struct files *)disk; /* its first member */
}

static void name_of(uint64_t number, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, KPL_SPOOL_NAME, number);
}

static kds_err_t system_error(const struct files *f,
                              const char *name,
                              const char *what,
                              kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_SYSTEM, "spool %s/%s: cannot %s: %s",
                         f->directory, name, what, strerror(errno));
}

/* ---- the directory ------------------------------------------------------------------------ */

static kds_err_t claim_directory(struct files *f, kds_error_t **error)
{
    if (mkdir(f->directory, 0700) != 0 && errno != EEXIST) {
        return system_error(f, "", "be made", error);
    }
    f->directory_fd = open(f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->directory_fd < 0) {
        return system_error(f, "", "be opened", error);
    }
    int fd = kds_own_fd_open(&f->lock, f->directory_fd, LOCK_FILE,
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return system_error(f, LOCK_FILE, "be opened", error);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? kds_error_set(error, KDS_ERR_STATE,
                                   "spool %s: another producer uses this directory",
                                   f->directory)
                   : system_error(f, LOCK_FILE, "be locked", error);
    }
    return KDS_OK;
}

static void close_files(struct kpl_spool_disk *disk)
{
    struct files *f = files_of(disk);
    kds_own_fd_close(&f->lock);
    if (f->directory_fd >= 0) {
        close(f->directory_fd);
    }
    kds_free(f->directory);
    kds_free(f);
}

static int is_segment(const struct dirent *d)
{
    size_t hex = strspn(d->d_name, "0123456789abcdef");
    return hex == 16 && strcmp(d->d_name + hex, ".spool") == 0;
}

static kds_err_t list_files(struct kpl_spool_disk *disk,
                            uint64_t **numbers,
                            size_t *count,
                            kds_error_t **error)
{
    struct files *f = files_of(disk);
    struct dirent **names;
    int n = scandirat(f->directory_fd, ".", &names, is_segment, alphasort);
    if (n < 0) {
        return system_error(f, "", "be read", error);
    }
    *count = (size_t)n;
    *numbers = kds_alloc_zero(*count + 1, sizeof **numbers);
    for (size_t i = 0; i < *count; i++) {
        if (*numbers != NULL) {
            (*numbers)[i] = strtoull(names[i]->d_name, NULL, 16);
        }
        free(names[i]); /* scandirat's */
    }
    free(names);
    return *numbers != NULL ? KDS_OK
                            : kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
}

/* ---- a file ------------------------------------------------------------------------------- */

static bool is_full(int err)
{
    return err == ENOSPC || err == EDQUOT || err == EFBIG;
}

static kds_err_t map_room(const struct files *f,
                          int fd,
                          const char *name,
                          size_t bytes,
                          uint8_t **base,
                          kds_error_t **error)
{
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return system_error(f, name, "be mapped", error);
    }
    /* Where it is refused, a child keeps the room of files that are removed. */
    (void)madvise(map, bytes, MADV_DONTFORK);
    *base = map;
    return KDS_OK;
}

static kds_err_t take_room(struct files *f,
                           int fd,
                           const char *name,
                           size_t bytes,
                           uint8_t **base,
                           kds_error_t **error)
{
    int err = posix_fallocate(fd, 0, (off_t)bytes);
    if (err != 0) {
        errno = err;
        return is_full(err) ? kds_error_set(error, KDS_ERR_QUEUE_FULL,
                                            "spool %s: no room for another %zu bytes: %s",
                                            f->directory, bytes, strerror(err))
                            : system_error(f, name, "take its room", error);
    }
    return map_room(f, fd, name, bytes, base, error);
}

static void remove_file(struct kpl_spool_disk *disk, uint64_t number)
{
    char name[NAME_BYTES];
    name_of(number, name);
    unlinkat(files_of(disk)->directory_fd, name, 0);
}

static kds_err_t make_file(struct kpl_spool_disk *disk,
                           uint64_t number,
                           size_t bytes,
                           bool safe,
                           uint8_t **base,
                           kds_error_t **error)
{
    struct files *f = files_of(disk);
    char name[NAME_BYTES];
    name_of(number, name);
    int fd = openat(f->directory_fd, name,
                    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return is_full(errno) ? kds_error_set(error, KDS_ERR_QUEUE_FULL, "spool %s: %s",
                                              f->directory, strerror(errno))
                              : system_error(f, name, "be made", error);
    }
    kds_err_t rc = take_room(f, fd, name, bytes, base, error);
    close(fd);
    if (rc != KDS_OK) {
        remove_file(disk, number);
    } else if (safe) {
        fsync(f->directory_fd);
    }
    return rc;
}

static kds_err_t map_file(struct kpl_spool_disk *disk,
                          uint64_t number,
                          uint8_t **base,
                          size_t *bytes,
                          kds_error_t **error)
{
    struct files *f = files_of(disk);
    struct stat st;
    char name[NAME_BYTES];
    name_of(number, name);
    int fd = openat(f->directory_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        kds_err_t rc = system_error(f, name, "be opened", error);
        if (fd >= 0) {
            close(fd);
        }
        return rc;
    }
    *bytes = (size_t)st.st_size;
    kds_err_t rc = KDS_OK;
    *base = NULL;
    if ((off_t)*bytes != st.st_size) {
        errno = EFBIG;
        rc = system_error(f, name, "be mapped", error);
    } else if (*bytes > 0 && S_ISREG(st.st_mode)) {
        rc = map_room(f, fd, name, *bytes, base, error);
    }
    close(fd);
    return rc;
}

static kds_err_t sync_file(struct kpl_spool_disk *disk,
                           uint64_t number,
                           uint8_t *from,
                           size_t bytes,
                           kds_error_t **error)
{
    char name[NAME_BYTES];
    name_of(number, name);
    return msync(from, bytes, MS_SYNC) == 0
               ? KDS_OK
               : system_error(files_of(disk), name, "be written to the disk", error);
}

static void unmap_file(struct kpl_spool_disk *disk, uint8_t *base, size_t bytes)
{
    (void)disk;
    munmap(base, bytes);
}

kds_err_t kpl_spool_files_open(const char *directory,
                               struct kpl_spool_disk **disk,
                               kds_error_t **error)
{
    static const struct kpl_spool_disk_ops ops = {
        .list = list_files,
        .make = make_file,
        .map = map_file,
        .sync = sync_file,
        .unmap = unmap_file,
        .remove = remove_file,
        .close = close_files,
    };
    struct files *f = kds_alloc_zero(1, sizeof *f);
    size_t n = strlen(directory) + 1;
    char *copy = f != NULL ? kds_alloc(n) : NULL;
    if (copy == NULL) {
        kds_free(f);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    f->disk.ops = &ops;
    f->directory = memcpy(copy, directory, n);
    f->directory_fd = -1;
    kds_err_t rc = claim_directory(f, error);
    if (rc != KDS_OK) {
        close_files(&f->disk);
        return rc;
    }
    *disk = &f->disk;
    return KDS_OK;
}
