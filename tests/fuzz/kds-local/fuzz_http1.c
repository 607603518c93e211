/*
 * fuzz_http1: requests in one piece and byte by byte must come out the same.
 */
#include "http1.h"

#include "base/slice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feed all, in pieces of @p step, up to the end of the first request. @return bytes used */
static size_t feed(struct http1 *h, const uint8_t *data, size_t size, size_t step)
{
    size_t used = 0;
    while (used < size && h->state != HTTP1_READY && h->state != HTTP1_BROKEN) {
        size_t n = size - used < step ? size - used : step;
        used += http1_feed(h, data + used, n);
    }
    return used;
}

static bool same(kds_slice_t a, kds_slice_t b)
{
    return kds_slice_eq(a, b);
}

static bool same_fields(const struct http_request *a, const struct http_request *b)
{
    bool equal = same(a->method, b->method) && same(a->path, b->path) &&
                 a->field_count == b->field_count;
    for (size_t i = 0; equal && i < a->field_count; i++) {
        equal = same(a->fields[i].name, b->fields[i].name) &&
                same(a->fields[i].value, b->fields[i].value);
    }
    return equal;
}

static void compare(const struct http1 *a, const struct http1 *b)
{
    if (a->state != b->state || a->status != b->status) {
        abort();
    }
    if (a->state == HTTP1_READY &&
        (!same_fields(&a->request, &b->request) ||
         !same(kds_buf_slice(&a->body), kds_buf_slice(&b->body)) ||
         a->keep_alive != b->keep_alive)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http1 whole, bytes;
    size_t at = 0;
    http1_init(&whole);
    http1_init(&bytes);
    while (at < size) {
        size_t used = feed(&whole, data + at, size - at, size);
        size_t used_bytes = feed(&bytes, data + at, size - at, 1);
        compare(&whole, &bytes);
        if (whole.state != HTTP1_READY) {
            break;
        }
        if (used != used_bytes) {
            abort();
        }
        at += used;
        http1_next(&whole);
        http1_next(&bytes);
    }
    http1_clear(&whole);
    http1_clear(&bytes);
    return 0;
}
