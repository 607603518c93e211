/*
 * test_http1: requests out of bytes, however they arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "http1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: T\r\nContent-Type: c\r\n"

/* What came of some bytes, as one line: requests, then the state. */
static void feed(struct http1 *h, const char *bytes, size_t n, char *out, size_t size)
{
    size_t used = 0;
    while (used < n && h->state != HTTP1_BROKEN) {
        used += http1_feed(h, (const uint8_t *)bytes + used, n - used);
        if (h->state == HTTP1_READY) {
            size_t at = strlen(out);
            const struct http_request *q = &h->request;
            kds_slice_t target = http_field(q, "x-amz-target");
            snprintf(out + at, size - at, "[%.*s %.*s %.*s %.*s %s]", (int)q->method.n,
                     (const char *)q->method.p, (int)q->path.n, (const char *)q->path.p,
                     (int)target.n, target.n ? (const char *)target.p : "",
                     (int)h->body.n, h->body.n ? (const char *)h->body.p : "",
                     h->keep_alive ? "keep" : "close");
            http1_next(h);
        }
    }
    if (h->state == HTTP1_BROKEN) {
        size_t at = strlen(out);
        snprintf(out + at, size - at, "%d %s", h->status, h->why);
    }
}

static void feed_in_pieces(
    const char *bytes, size_t n, size_t first, size_t step, char *out, size_t size)
{
    struct http1 h;
    http1_init(&h);
    out[0] = 0;
    for (size_t at = 0; at < n && h.state != HTTP1_BROKEN;) {
        size_t piece = at == 0 && first > 0 ? first : step;
        piece = piece < n - at ? piece : n - at;
        char *copy = malloc(piece); /* exactly as long: reads past the end are seen */
        memcpy(copy, bytes + at, piece);
        feed(&h, copy, piece, out, size);
        free(copy);
        at += piece;
    }
    http1_clear(&h);
}

/* Whole, byte by byte, and at every two-way split: the same. */
static void expect(const char *bytes, const char *expected)
{
    char out[512];
    size_t n = strlen(bytes);
    feed_in_pieces(bytes, n, 0, n, out, sizeof out);
    assert_string_equal(out, expected);
    feed_in_pieces(bytes, n, 0, 1, out, sizeof out);
    assert_string_equal(out, expected);
    for (size_t first = 1; first < n; first++) {
        feed_in_pieces(bytes, n, first, n, out, sizeof out);
        assert_string_equal(out, expected);
    }
}

static void http1_reads_requests_in_any_chunking(void **state)
{
    (void)state;
    expect(HEAD "Content-Length: 2\r\n\r\n{}", "[POST / T {} keep]");
    expect(HEAD "\r\n", "[POST / T  keep]");
    expect(HEAD "Content-Length: 0\r\nConnection: close\r\n\r\n", "[POST / T  close]");
    expect(HEAD "Content-Length: 2\r\n\r\n{}" HEAD "Content-Length: 1\r\n\r\nx",
           "[POST / T {} keep][POST / T x keep]");
    expect(HEAD
           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\n"
           "Trailer: x\r\n\r\n",
           "[POST / T abc0123456789 keep]");
    expect("\r\n\r\nGET /healthcheck HTTP/1.0\r\n\r\n", "[GET /healthcheck   close]");
    expect("GET / HTTP/1.0\nconnection: Keep-Alive\n\n", "[GET /   keep]");
}

static void fault_N07_http1_refuses_what_is_ambiguous(void **state)
{
    (void)state;
    expect(HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
           "400 two Content-Length headers");
    expect(HEAD "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
           "400 both Content-Length and chunks");
    expect(HEAD "Content-Length: -1\r\n\r\n", "400 malformed Content-Length");
    expect(HEAD "Content-Length: 2 \x01\r\n\r\n", "400 malformed Content-Length");
    expect(HEAD "Content-Length: 16777217\r\n\r\n", "413 the body exceeds 16 MiB");
    expect(HEAD "Transfer-Encoding: gzip\r\n\r\n", "400 unknown Transfer-Encoding");
    expect(HEAD "Transfer-Encoding: chunked\r\n\r\nx\r\n", "400 malformed chunk size");
    expect(HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
           "400 no line break behind a chunk");
    expect(HEAD "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
           "400 malformed chunk size");
    expect(HEAD " folded: x\r\n\r\n", "400 malformed header");
    expect(HEAD "no colon\r\n\r\n", "400 malformed header");
    expect("POST /\r\n\r\n", "400 malformed request line");
    expect("POST / HTTP/2.0\r\n\r\n", "400 malformed request line");
    expect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 malformed request line");
}

static void http1_bounds_headers(void **state)
{
    char out[512];
    static char big[80000];
    size_t n = (size_t)snprintf(big, sizeof big, HEAD);
    (void)state;
    for (int i = 0; i < 130; i++) {
        n += (size_t)snprintf(big + n, sizeof big - n, "h%d: v\r\n", i);
    }
    n += (size_t)snprintf(big + n, sizeof big - n, "\r\n");
    feed_in_pieces(big, n, 0, n, out, sizeof out);
    assert_string_equal(out, "400 more than 128 headers");
    n = (size_t)snprintf(big, sizeof big, HEAD "x: ");
    memset(big + n, 'x', sizeof big - n);
    feed_in_pieces(big, sizeof big, 0, 1000, out, sizeof out);
    assert_string_equal(out, "431 the headers exceed 64 KiB");
}

static void http1_wants_to_continue_once(void **state)
{
    static const char head[] = HEAD "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    struct http1 h;
    (void)state;
    http1_init(&h);
    assert_int_equal(http1_feed(&h, (const uint8_t *)head, sizeof head - 1),
                     sizeof head - 1);
    assert_true(h.wants_continue);
    assert_int_equal(h.state, HTTP1_BODY);
    http1_clear(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http1_reads_requests_in_any_chunking),
        cmocka_unit_test(fault_N07_http1_refuses_what_is_ambiguous),
        cmocka_unit_test(http1_bounds_headers),
        cmocka_unit_test(http1_wants_to_continue_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
