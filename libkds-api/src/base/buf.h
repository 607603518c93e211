/*
 * buf: a growable run of bytes with a limit and a sticky error.
 *
 * Append as often as you like, look at `err` once. After an error every append does nothing, so
 * the content is a valid prefix. Not thread-safe.
 */
#ifndef KDS_BASE_BUF_H
#define KDS_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

struct kds_buf {
    uint8_t *p;    /* NULL until the first byte */
    size_t n;      /* bytes in use */
    size_t cap;    /* bytes allocated */
    size_t max;    /* n never exceeds this */
    kds_err_t err; /* KDS_OK, KDS_ERR_NO_MEMORY or KDS_ERR_TOO_LARGE; sticky */
};

/** An empty buffer that will hold at most @p max bytes. Allocates nothing. */
KDS_INTERNAL void kds_buf_init(struct kds_buf *b, size_t max);

/** Release the memory; the buffer is empty, without error, and usable again. */
KDS_INTERNAL void kds_buf_clear(struct kds_buf *b);

/** Forget content and error, keep the memory. */
KDS_INTERNAL void kds_buf_reset(struct kds_buf *b);

/**
 * Room for @p more bytes at the end.
 * @return (lent until the next call on the buffer) where to write them, or NULL with `err` set.
 *         Nothing is added until kds_buf_commit().
 */
KDS_INTERNAL uint8_t *kds_buf_reserve(struct kds_buf *b, size_t more);

/** Count @p written bytes, which must have been reserved, as content. */
static inline void kds_buf_commit(struct kds_buf *b, size_t written)
{
    b->n += written;
}

KDS_INTERNAL void kds_buf_add(struct kds_buf *b, const void *p, size_t n); /* (copied) */
KDS_INTERNAL void kds_buf_add_byte(struct kds_buf *b, uint8_t byte);
KDS_INTERNAL void kds_buf_add_text(struct kds_buf *b,
                                   const char *text);             /* without the NUL */
KDS_INTERNAL void kds_buf_add_u64(struct kds_buf *b, uint64_t v); /* decimal */
KDS_INTERNAL void kds_buf_add_i64(struct kds_buf *b, int64_t v);  /* decimal */
KDS_INTERNAL void kds_buf_printf(struct kds_buf *b, const char *format, ...)
    KDS_PRINTF(2, 3);

static inline void kds_buf_add_slice(struct kds_buf *b, kds_slice_t s)
{
    kds_buf_add(b, s.p, s.n);
}

static inline kds_slice_t kds_buf_slice(const struct kds_buf *b)
{
    kds_slice_t s = {b->p ? b->p : (const uint8_t *)"", b->n};
    return s;
}

/** The content as a C string of the caller's (given; kds_free), and an empty buffer; NULL on error. */
KDS_INTERNAL char *kds_buf_take_text(struct kds_buf *b);

/** The content as a C string: adds a NUL that is not counted. NULL with `err` set. */
KDS_INTERNAL const char *kds_buf_text(struct kds_buf *b);

#endif /* KDS_BASE_BUF_H */
