/*
 * small_file: open, read, compare; write, sync, rename.
 */
#include "auth/small_file.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_TRIES 3
#define PATH_BYTES 4096

static kds_err_t refused(kds_error_t **error, const char *path, int number)
{
    return kds_error_set(error, KDS_ERR_SYSTEM, "%.300s: %s", path, strerror(number));
}

static struct kds_file_stamp stamp_of(const struct stat *st)
{
    struct kds_file_stamp s = {
        .device = (uint64_t)st->st_dev,
        .inode = (uint64_t)st->st_ino,
        .size = (uint64_t)st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    };
    return s;
}

static bool same(const struct kds_file_stamp *a, const struct kds_file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns;
}

void kds_small_file_clear(struct kds_small_file *f)
{
    if (f->p != NULL) {
        kds_wipe(f->p, f->n);
        kds_free(f->p);
    }
    memset(f, 0, sizeof *f);
}

/* Twice the memory, the old one wiped: realloc() would leave a copy behind. */
static uint8_t *enlarge(uint8_t *p, size_t n, size_t size)
{
    uint8_t *larger = kds_alloc(size);
    if (larger != NULL && n > 0) {
        memcpy(larger, p, n);
    }
    if (p != NULL) {
        kds_wipe(p, n);
    }
    kds_free(p);
    return larger;
}

static kds_err_t read_all(
    int fd, const char *path, size_t max, struct kds_small_file *f, kds_error_t **error)
{
    size_t size = f->stamp.size < max ? (size_t)f->stamp.size : max;
    size = size + 2; /* one to see that there is no more, one for the NUL */
    f->p = kds_alloc(size);
    while (f->p != NULL) {
        ssize_t got = read(fd, f->p + f->n, size - 1 - f->n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return refused(error, path, errno);
        }
        f->n += (size_t)got;
        if (f->n > max) {
            return kds_error_set(error, KDS_ERR_TOO_LARGE,
                                 "%.300s: longer than %zu bytes", path, max);
        }
        f->p[f->n] = 0;
        if (got == 0) {
            return KDS_OK;
        }
        if (f->n == size - 1) { /* it grew, or it is a pipe and has no size */
            size = size > max / 2 ? max + 2 : size * 2;
            f->p = enlarge(f->p, f->n, size);
        }
    }
    return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
}

/* @return false when the file changed while it was read. */
static bool read_once(int fd,
                      const char *path,
                      size_t max,
                      struct kds_small_file *f,
                      kds_err_t *rc,
                      kds_error_t **error)
{
    struct stat before, after;
    if (fstat(fd, &before) != 0) {
        *rc = refused(error, path, errno);
        return true;
    }
    if (S_ISDIR(before.st_mode)) {
        *rc = refused(error, path, EISDIR);
        return true;
    }
    f->stamp = stamp_of(&before);
    f->others_may_write = S_ISREG(before.st_mode) && (before.st_mode & S_IWOTH) != 0;
    *rc = read_all(fd, path, max, f, error);
    if (*rc != KDS_OK || !S_ISREG(before.st_mode) || fstat(fd, &after) != 0) {
        return true;
    }
    struct kds_file_stamp now = stamp_of(&after);
    return same(&f->stamp, &now) && now.size == f->n;
}

kds_err_t kds_small_file_read(const char *path,
                              size_t max,
                              struct kds_small_file *out,
                              kds_error_t **error)
{
    struct kds_small_file f = {.p = NULL};
    kds_err_t rc = KDS_OK;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < READ_TRIES; i++) {
        /* A named pipe without a writer must not hang us. */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) {
            return errno == ENOENT || errno == ENOTDIR ? KDS_OK
                                                       : refused(error, path, errno);
        }
        kds_small_file_clear(&f);
        bool settled = read_once(fd, path, max, &f, &rc, error);
        close(fd);
        if (settled) {
            break;
        }
        rc = kds_error_set(error, KDS_ERR_SYSTEM, "%.300s: changes while it is read",
                           path);
    }
    if (rc != KDS_OK) {
        kds_small_file_clear(&f);
        return rc;
    }
    *out = f;
    return KDS_OK;
}

bool kds_small_file_unchanged(const char *path, const struct kds_small_file *f)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return f->p == NULL;
    }
    struct kds_file_stamp now = stamp_of(&st);
    return f->p != NULL && (!S_ISREG(st.st_mode) || same(&f->stamp, &now));
}

static bool write_all(int fd, kds_slice_t bytes)
{
    while (bytes.n > 0) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            bytes.p += put;
            bytes.n -= (size_t)put;
        }
    }
    return true;
}

kds_err_t kds_small_file_replace(const char *path, kds_slice_t bytes, kds_error_t **error)
{
    char beside[PATH_BYTES];
    int n = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof beside) {
        return refused(error, path, ENAMETOOLONG);
    }
    int fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        return refused(error, path, errno);
    }
    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    int number = ok ? 0 : errno;
    if (close(fd) != 0 && ok) {
        number = errno;
    }
    if (number == 0 && rename(beside, path) != 0) {
        number = errno;
    }
    if (number != 0) {
        unlink(beside);
        return refused(error, path, number);
    }
    return KDS_OK;
}
