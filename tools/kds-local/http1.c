/*
 * http1: a state for each part of a request.
 */
#include "http1.h"

#include "base/slice.h"
#include "base/text.h"

#define LINE_BYTES_MAX 256 /* of a chunk's size or a trailer */

void http1_init(struct http1 *h)
{
    memset(h, 0, sizeof *h);
    kds_buf_init(&h->head, HTTP_HEAD_BYTES_MAX);
    kds_buf_init(&h->body, HTTP_BODY_BYTES_MAX);
    kds_buf_init(&h->line, LINE_BYTES_MAX);
    h->stop = SIZE_MAX;
}

void http1_clear(struct http1 *h)
{
    kds_buf_clear(&h->head);
    kds_buf_clear(&h->body);
    kds_buf_clear(&h->line);
}

void http1_next(struct http1 *h)
{
    h->state = HTTP1_HEAD;
    h->body_left = 0;
    h->stop = SIZE_MAX;
    h->request.field_count = 0;
    h->keep_alive = h->wants_continue = false;
    kds_buf_reset(&h->head);
    kds_buf_reset(&h->body);
    kds_buf_reset(&h->line);
}

static void refuse(struct http1 *h, int status, const char *why)
{
    h->state = HTTP1_BROKEN;
    h->status = status;
    h->why = why;
}

/* ---- the head ----------------------------------------------------------------------------- */

/* What one header says about the request as a whole. */
struct framing {
    bool has_length, chunked, close, keep_alive, expect;
    uint64_t length;
};

static kds_slice_t take_line(kds_slice_t *rest)
{
    size_t n = kds_slice_find(*rest, '\n');
    kds_slice_t line = kds_slice_of(rest->p, n);
    size_t used = n < rest->n ? n + 1 : n;
    rest->p += used;
    rest->n -= used;
    if (line.n > 0 && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    return line;
}

/* "POST / HTTP/1.1" @return the minor version, or -1 */
static int request_line(struct http1 *h, kds_slice_t line)
{
    size_t space = kds_slice_find(line, ' ');
    h->request.method = kds_slice_of(line.p, space);
    if (space == line.n || space == 0) {
        return -1;
    }
    kds_slice_t rest = kds_slice_of(line.p + space + 1, line.n - space - 1);
    space = kds_slice_find(rest, ' ');
    h->request.path = kds_slice_of(rest.p, space);
    if (space == rest.n || space == 0) {
        return -1;
    }
    kds_slice_t version = kds_slice_of(rest.p + space + 1, rest.n - space - 1);
    return kds_slice_is(version, "HTTP/1.1")   ? 1
           : kds_slice_is(version, "HTTP/1.0") ? 0
                                               : -1;
}

static bool valid_name(kds_slice_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        if (c <= 0x20 || c >= 0x7F || strchr("(),/:;<=>?@[\\]{}\"", c) != NULL) {
            return false;
        }
    }
    return name.n > 0;
}

static const char *content_length(struct framing *f, kds_slice_t value)
{
    if (f->has_length) {
        return "two Content-Length headers";
    }
    f->has_length = true;
    return kds_parse_u64(value, &f->length) ? NULL : "malformed Content-Length";
}

static bool is(kds_slice_t name, const char *text)
{
    return kds_slice_eq_nocase(name, kds_slice(text));
}

/* @return NULL or why the request is refused */
static const char *
header(struct http1 *h, struct framing *f, kds_slice_t name, kds_slice_t value)
{
    struct http_field field = {name, value};
    h->request.fields[h->request.field_count++] = field;
    if (is(name, "content-length")) {
        return content_length(f, value);
    }
    if (is(name, "transfer-encoding")) {
        f->chunked = is(value, "chunked");
        return f->chunked ? NULL : "unknown Transfer-Encoding";
    }
    f->close |= is(name, "connection") && is(value, "close");
    f->keep_alive |= is(name, "connection") && is(value, "keep-alive");
    f->expect |= is(name, "expect") && is(value, "100-continue");
    return NULL;
}

static const char *parse_headers(struct http1 *h, kds_slice_t rest, struct framing *f)
{
    for (size_t count = 0; rest.n > 0; count++) {
        kds_slice_t line = take_line(&rest);
        if (line.n == 0) {
            return NULL;
        }
        size_t colon = kds_slice_find(line, ':');
        kds_slice_t name = kds_slice_of(line.p, colon);
        if (count == HTTP_FIELDS_MAX || colon == line.n || !valid_name(name)) {
            return count == HTTP_FIELDS_MAX ? "more than 128 headers"
                                            : "malformed header";
        }
        kds_slice_t value =
            kds_slice_trim(kds_slice_of(line.p + colon + 1, line.n - colon - 1));
        const char *why = header(h, f, name, value);
        if (why != NULL) {
            return why;
        }
    }
    return "headers without an end";
}

static void parse_head(struct http1 *h)
{
    struct framing f = {.length = 0};
    kds_slice_t rest = kds_buf_slice(&h->head);
    int minor = request_line(h, take_line(&rest));
    const char *why = minor < 0 ? "malformed request line" : parse_headers(h, rest, &f);
    if (why == NULL && f.has_length && f.chunked) {
        why = "both Content-Length and chunks";
    }
    if (why != NULL) {
        refuse(h, 400, why);
        return;
    }
    h->keep_alive = minor == 1 ? !f.close : f.keep_alive;
    if (f.length > HTTP_BODY_BYTES_MAX) {
        refuse(h, 413, "the body exceeds 16 MiB");
        return;
    }
    h->body_left = (size_t)f.length;
    h->state = f.chunked ? HTTP1_CHUNK_SIZE : f.length > 0 ? HTTP1_BODY : HTTP1_READY;
    h->wants_continue = f.expect && h->state != HTTP1_READY;
}

/* Does the head end with an empty line now? */
static bool head_complete(const struct http1 *h)
{
    const uint8_t *end = h->head.p + h->head.n;
    return (h->head.n >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0) ||
           (h->head.n >= 2 && memcmp(end - 2, "\n\n", 2) == 0);
}

static size_t feed_head(struct http1 *h, const uint8_t *p, size_t n)
{
    size_t used = 0;
    while (used < n && h->head.n == 0 && (p[used] == '\r' || p[used] == '\n')) {
        used++; /* empty lines in front of a request are tolerated */
    }
    while (used < n && h->state == HTTP1_HEAD) {
        /* A line at a time: only behind a line break can the head be complete. */
        const uint8_t *stop = memchr(p + used, '\n', n - used);
        size_t take = stop ? (size_t)(stop - (p + used)) + 1 : n - used;
        kds_buf_add(&h->head, p + used, take);
        used += take;
        if (h->head.err != KDS_OK) {
            refuse(h, 431, "the headers exceed 64 KiB");
        } else if (stop != NULL && head_complete(h)) {
            parse_head(h);
        }
    }
    return used;
}

/* ---- the body ----------------------------------------------------------------------------- */

static size_t
feed_data(struct http1 *h, const uint8_t *p, size_t n, enum http1_state then)
{
    size_t take = n < h->body_left ? n : h->body_left;
    take = take < h->stop - h->body.n ? take : h->stop - h->body.n;
    kds_buf_add(&h->body, p, take);
    h->body_left -= take;
    if (h->body.err != KDS_OK) {
        refuse(h, 413, "the body exceeds 16 MiB");
    } else if (h->body_left == 0) {
        h->state = then;
    }
    return take;
}

static bool chunk_size(kds_slice_t line, size_t *out)
{
    size_t n = 0, digits = 0;
    for (; digits < line.n; digits++) {
        uint8_t c = line.p[digits];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            break;
        }
        if (n > HTTP_BODY_BYTES_MAX) {
            return false;
        }
        n = n * 16 + digit;
    }
    *out = n;
    /* Extensions behind ';' are ignored. */
    return digits > 0 && (digits == line.n || line.p[digits] == ';');
}

static void end_of_line(struct http1 *h)
{
    kds_slice_t rest = kds_buf_slice(&h->line);
    kds_slice_t line = take_line(&rest);
    if (h->state == HTTP1_CHUNK_SIZE) {
        if (!chunk_size(line, &h->body_left)) {
            refuse(h, 400, "malformed chunk size");
        } else {
            h->state = h->body_left > 0 ? HTTP1_CHUNK_DATA : HTTP1_TRAILER;
        }
    } else if (h->state == HTTP1_CHUNK_END) {
        if (line.n != 0) {
            refuse(h, 400, "no line break behind a chunk");
        } else {
            h->state = HTTP1_CHUNK_SIZE;
        }
    } else if (line.n == 0) { /* trailers are read and ignored */
        h->state = HTTP1_READY;
    }
    kds_buf_reset(&h->line);
}

static size_t feed_line(struct http1 *h, const uint8_t *p, size_t n)
{
    const uint8_t *stop = memchr(p, '\n', n);
    size_t take = stop ? (size_t)(stop - p) + 1 : n;
    kds_buf_add(&h->line, p, take);
    if (h->line.err != KDS_OK) {
        refuse(h, 400, "a line between chunks is too long");
    } else if (stop != NULL) {
        end_of_line(h);
    }
    return take;
}

static bool pauses(const struct http1 *h)
{
    return h->state == HTTP1_READY || h->state == HTTP1_BROKEN ||
           (h->state != HTTP1_HEAD && h->body.n >= h->stop);
}

size_t http1_feed(struct http1 *h, const uint8_t *p, size_t n)
{
    size_t used = 0;
    while (used < n && !pauses(h)) {
        const uint8_t *at = p + used;
        size_t left = n - used;
        switch (h->state) {
        case HTTP1_HEAD:
            used += feed_head(h, at, left);
            break;
        case HTTP1_BODY:
            used += feed_data(h, at, left, HTTP1_READY);
            break;
        case HTTP1_CHUNK_DATA:
            used += feed_data(h, at, left, HTTP1_CHUNK_END);
            break;
        case HTTP1_CHUNK_SIZE:
        case HTTP1_CHUNK_END:
        case HTTP1_TRAILER:
            used += feed_line(h, at, left);
            break;
        case HTTP1_READY:
        case HTTP1_BROKEN:
            break;
        }
    }
    h->request.body = kds_buf_slice(&h->body);
    return used;
}
