/*
 * buf: doubling, the sticky error, and numbers as text.
 */
#include "base/buf.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>

#define BUF_FIRST_BYTES 256

void kds_buf_init(struct kds_buf *b, size_t max)
{
    memset(b, 0, sizeof *b);
    b->max = max;
}

void kds_buf_clear(struct kds_buf *b)
{
    kds_free(b->p);
    kds_buf_init(b, b->max);
}

void kds_buf_reset(struct kds_buf *b)
{
    b->n = 0;
    b->err = KDS_OK;
}

/* Doubles, so that appending n bytes costs O(n) in all; never beyond the maximum and a NUL. */
static bool grow(struct kds_buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : BUF_FIRST_BYTES;
    while (cap < need) {
        cap = cap > b->max / 2 ? b->max : cap * 2;
        cap = need > b->max ? need : cap;
    }
    uint8_t *p = kds_realloc_array(b->p, cap, 1);
    if (p == NULL) {
        b->err = KDS_ERR_NO_MEMORY;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

/* Room for @p more bytes of content and for a NUL behind them, which does not count. */
static uint8_t *reserve_text(struct kds_buf *b, size_t more)
{
    if (kds_buf_reserve(b, more) == NULL) {
        return NULL;
    }
    return b->cap - b->n > more || grow(b, b->n + more + 1) ? b->p + b->n : NULL;
}

uint8_t *kds_buf_reserve(struct kds_buf *b, size_t more)
{
    if (b->err != KDS_OK) {
        return NULL;
    }
    if (more > b->max || b->n > b->max - more) {
        b->err = KDS_ERR_TOO_LARGE;
        return NULL;
    }
    if ((b->p == NULL || b->cap - b->n < more) && !grow(b, b->n + more)) {
        return NULL;
    }
    return b->p + b->n;
}

void kds_buf_add(struct kds_buf *b, const void *p, size_t n)
{
    uint8_t *to = kds_buf_reserve(b, n);
    if (to != NULL && n > 0) {
        memcpy(to, p, n);
        b->n += n;
    }
}

void kds_buf_add_byte(struct kds_buf *b, uint8_t byte)
{
    kds_buf_add(b, &byte, 1);
}

void kds_buf_add_text(struct kds_buf *b, const char *text)
{
    kds_buf_add(b, text, strlen(text));
}

void kds_buf_add_u64(struct kds_buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    kds_buf_add(b, digits + at, sizeof digits - at);
}

void kds_buf_add_i64(struct kds_buf *b, int64_t v)
{
    if (v < 0) {
        kds_buf_add_byte(b, '-');
        kds_buf_add_u64(b, 0 - (uint64_t)v);
    } else {
        kds_buf_add_u64(b, (uint64_t)v);
    }
}

void kds_buf_printf(struct kds_buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    uint8_t *to = n < 0 ? NULL : reserve_text(b, (size_t)n);
    if (to == NULL) {
        return;
    }
    va_start(args, format);
    vsnprintf((char *)to, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

const char *kds_buf_text(struct kds_buf *b)
{
    uint8_t *end = reserve_text(b, 0);
    if (end == NULL) {
        return NULL;
    }
    *end = 0;
    return (const char *)b->p;
}

char *kds_buf_take_text(struct kds_buf *b)
{
    kds_buf_add_byte(b, 0);
    char *text = b->err == KDS_OK ? (char *)b->p : NULL;
    if (text == NULL) {
        kds_buf_clear(b);
    } else {
        kds_buf_init(b, b->max);
    }
    return text;
}
