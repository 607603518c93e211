/*
 * test_h2_session: the client's end of a connection against frames that are written by hand, right
 * and wrong (RFC 9113; the faults F-H of docs/faults.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/h2_session.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define WINDOW   1000
#define STREAMS  8

enum frame_type {
    DATA = 0,
    HEADERS = 1,
    RST_STREAM = 3,
    SETTINGS = 4,
    PUSH_PROMISE = 5,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8,
    CONTINUATION = 9
};
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8 };

/* What one stream was told. */
struct told {
    struct kds_h2_stream stream;
    int status; /* 0 = no head yet */
    size_t bytes;
    bool keeps; /* consumes nothing */
    unsigned ends;
    struct kds_h2_end end;
    char reason[256];
};

struct fixture {
    struct kds_h2_session *session;
    struct kds_http_request request;
    struct told streams[STREAMS];
    unsigned opened;
    struct kds_buf in, out;
};

/* ---- the owner of streams ------------------------------------------------------------------ */

static void on_head(void *opaque, const struct kds_http_response *head)
{
    struct told *t = opaque;
    assert_int_equal(t->status, 0);
    assert_int_equal(t->bytes, 0);
    t->status = head->status;
}

static void on_data(void *opaque, kds_slice_t chunk)
{
    struct told *t = opaque;
    assert_int_not_equal(t->status, 0);
    t->bytes += chunk.n;
    if (!t->keeps)
        kds_h2_stream_consume(&t->stream, chunk.n);
}

static void on_end(void *opaque, const struct kds_h2_end *end)
{
    struct told *t = opaque;
    t->ends++;
    t->end = *end;
    snprintf(t->reason, sizeof t->reason, "%s", end->reason);
}

static const struct kds_h2_stream_ops ops = {on_head, on_data, on_end};

/* ---- frames -------------------------------------------------------------------------------- */

static void add_be(struct kds_buf *b, uint32_t v, unsigned bytes)
{
    while (bytes-- > 0)
        kds_buf_add_byte(b, (uint8_t)(v >> 8 * bytes));
}

static void frame(struct fixture *f,
                  enum frame_type type,
                  unsigned flags,
                  uint32_t id,
                  const void *p,
                  size_t n)
{
    add_be(&f->in, (uint32_t)n, 3);
    add_be(&f->in, type, 1);
    add_be(&f->in, flags, 1);
    add_be(&f->in, id, 4);
    kds_buf_add(&f->in, p, n);
}

static void frame32(struct fixture *f, enum frame_type type, uint32_t id, uint32_t v)
{
    const uint8_t p[] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                         (uint8_t)v};
    frame(f, type, 0, id, p, sizeof p);
}

static void setting(struct fixture *f, unsigned id, uint32_t v)
{
    const uint8_t p[] = {
        0,         (uint8_t)id, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
        (uint8_t)v};
    frame(f, SETTINGS, 0, 0, p, sizeof p);
}

/* A field without indexing, its name written out. */
static void field(struct kds_buf *b, const char *name, const char *value)
{
    kds_buf_add_byte(b, 0);
    kds_buf_add_byte(b, (uint8_t)strlen(name));
    kds_buf_add_text(b, name);
    kds_buf_add_byte(b, (uint8_t)strlen(value));
    kds_buf_add_text(b, value);
}

static void head(struct fixture *f, uint32_t id, const char *status, unsigned flags)
{
    struct kds_buf b;
    kds_buf_init(&b, 1024);
    if (status != NULL)
        field(&b, ":status", status);
    field(&b, "content-type", "text/plain");
    frame(f, HEADERS, END_HEADERS | flags, id, b.p, b.n);
    kds_buf_clear(&b);
}

static void data(struct fixture *f, uint32_t id, size_t n, unsigned flags)
{
    uint8_t *p = calloc(1, n ? n : 1);
    assert_non_null(p);
    frame(f, DATA, flags, id, p, n);
    free(p);
}

static void goaway(struct fixture *f, uint32_t last, uint32_t code)
{
    const uint8_t p[] = {(uint8_t)(last >> 24), (uint8_t)(last >> 16),
                         (uint8_t)(last >> 8),  (uint8_t)last,
                         (uint8_t)(code >> 24), (uint8_t)(code >> 16),
                         (uint8_t)(code >> 8),  (uint8_t)code};
    frame(f, GOAWAY, 0, 0, p, sizeof p);
}

/* Hand over what was written, in memory that is exactly as long. */
static kds_err_t receive(struct fixture *f)
{
    uint8_t *copy = malloc(f->in.n ? f->in.n : 1);
    assert_non_null(copy);
    assert_int_equal(f->in.err, KDS_OK);
    if (f->in.n > 0)
        memcpy(copy, f->in.p, f->in.n);
    kds_err_t rc = kds_h2_session_receive(f->session, kds_slice_of(copy, f->in.n), 0);
    free(copy);
    kds_buf_reset(&f->in);
    return rc;
}

/* What the session sends; counts frames of a type, and gives the last one's first four bytes. */
static unsigned
sent(struct fixture *f, enum frame_type type, uint32_t id, uint32_t *value)
{
    unsigned count = 0;
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    kds_buf_reset(&f->out);
    kds_h2_session_send(f->session, &f->out, (size_t)1 << 20);
    const uint8_t *p = f->out.p, *end = p + f->out.n;
    if (f->out.n >= 24 && memcmp(p, preface, 24) == 0)
        p += 24;
    while (end - p >= 9) {
        const size_t n = (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
        const uint32_t stream =
            (uint32_t)p[5] << 24 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 8 | p[8];
        if (p[3] == type && stream == id) {
            count++;
            if (value != NULL && n >= 4)
                *value = (uint32_t)p[9] << 24 | (uint32_t)p[10] << 16 |
                         (uint32_t)p[11] << 8 | p[12];
        }
        p += 9 + n;
    }
    return count;
}

static void flush(struct fixture *f)
{
    kds_buf_reset(&f->out);
    kds_h2_session_send(f->session, &f->out, (size_t)1 << 20);
}

/* ---- the fixture --------------------------------------------------------------------------- */

static int set_up(void **state)
{
    static const struct kds_h2_session_options options = {
        .scheme = "http", .authority = "127.0.0.1", .window = WINDOW};
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    kds_buf_init(&f->in, (size_t)8 << 20);
    kds_buf_init(&f->out, (size_t)8 << 20);
    f->request = (struct kds_http_request){.method = "POST",
                                           .body = kds_slice_of("{}", 2),
                                           .headers = {{"x-name", "value"}},
                                           .header_count = 1};
    assert_int_equal(kds_h2_session_new(&options, &f->session), KDS_OK);
    assert_false(kds_h2_session_ready(f->session));
    assert_int_equal(kds_h2_session_room(f->session), 0);
    flush(f);
    setting(f, 3, 100);
    assert_int_equal(receive(f), KDS_OK);
    assert_false(kds_h2_session_ready(f->session));
    frame(f, SETTINGS, ACK, 0, "", 0); /* ours hold from now on */
    assert_int_equal(receive(f), KDS_OK);
    assert_true(kds_h2_session_ready(f->session));
    flush(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    kds_h2_session_free(f->session, KDS_ERR_CANCELLED, "the test is over");
    for (unsigned i = 0; i < f->opened; i++)
        assert_int_equal(f->streams[i].ends, 1); /* exactly once, whatever happened */
    kds_buf_clear(&f->in);
    kds_buf_clear(&f->out);
    free(f);
    return 0;
}

/* @return its id: 1, 3, 5 ... */
static uint32_t open_stream(struct fixture *f)
{
    struct told *t = &f->streams[f->opened++];
    t->stream.ops = &ops;
    t->stream.opaque = t;
    t->stream.request = &f->request;
    t->stream.path = "/";
    assert_true(kds_h2_session_room(f->session) > 0);
    assert_int_equal(kds_h2_session_open(f->session, &t->stream), KDS_OK);
    assert_int_equal(sent(f, HEADERS, (uint32_t)t->stream.id, NULL), 1);
    return (uint32_t)t->stream.id;
}

static void expect_broken(struct fixture *f)
{
    kds_err_t rc = receive(f);
    flush(f); /* nghttp2 says GOAWAY; that is when a wrong frame counts */
    assert_true(rc != KDS_OK || kds_h2_session_over(f->session));
    assert_int_not_equal(kds_h2_session_why(f->session)[0], 0);
}

static void expect_alive(struct fixture *f)
{
    assert_int_equal(receive(f), KDS_OK);
    flush(f);
    assert_false(kds_h2_session_over(f->session));
}

/* ---- what is right ------------------------------------------------------------------------- */

static void h2_session_gives_head_data_and_end(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", 0);
    data(f, id, 10, 0);
    data(f, id, 5, END_STREAM);
    expect_alive(f);
    assert_int_equal(f->streams[0].status, 200);
    assert_int_equal(f->streams[0].bytes, 15);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
    assert_int_equal(kds_h2_session_streams(f->session), 0);
}

static void h2_session_forgets_a_dropped_stream(void **state)
{
    struct fixture *f = *state;
    uint32_t code = 0;
    const uint32_t id = open_stream(f);
    kds_h2_stream_drop(&f->streams[0].stream);
    assert_int_equal(sent(f, RST_STREAM, id, &code), 1);
    assert_int_equal(code, 8); /* CANCEL */
    head(f, id, "200", 0);
    data(f, id, 500, END_STREAM);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 0);
    f->streams[0].ends = 1; /* for the fixture */
}

/* ---- F-H01: GOAWAY ------------------------------------------------------------------------- */

static void fault_H01_goaway_ends_streams_above_and_lets_those_below_finish(void **state)
{
    struct fixture *f = *state;
    const uint32_t a = open_stream(f), b = open_stream(f);
    goaway(f, a, 0);
    assert_int_equal(receive(f), KDS_OK);
    assert_int_equal(f->streams[1].ends, 1);
    assert_true(f->streams[1].end.untouched);
    assert_int_equal(f->streams[0].ends, 0);
    assert_int_equal(kds_h2_session_room(f->session), 0);
    assert_false(kds_h2_session_over(f->session));
    head(f, a, "200", 0);
    data(f, a, 3, END_STREAM);
    assert_int_equal(receive(f), KDS_OK);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
    assert_int_equal(f->streams[0].bytes, 3);
    assert_true(kds_h2_session_over(f->session));
    (void)b;
}

static void fault_H01_goaway_in_two_steps_takes_no_new_stream(void **state)
{
    struct fixture *f = *state;
    const uint32_t a = open_stream(f);
    goaway(f, 0x7fffffff, 0);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 0);
    assert_int_equal(kds_h2_session_room(f->session), 0);
    goaway(f, a, 0);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 0);
}

static void fault_H01_goaway_with_an_error_is_told(void **state)
{
    struct fixture *f = *state;
    open_stream(f);
    goaway(f, 0, 11);
    receive(f);
    assert_int_equal(f->streams[0].ends, 1);
    assert_true(f->streams[0].end.untouched);
    assert_non_null(strstr(f->streams[0].reason, "ENHANCE_YOUR_CALM"));
    assert_true(kds_h2_session_over(f->session));
}

/* ---- F-H02: RST_STREAM --------------------------------------------------------------------- */

static void fault_H02_a_reset_ends_its_stream_alone(void **state)
{
    struct fixture *f = *state;
    static const uint32_t codes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0xabc};
    const uint32_t other = open_stream(f);
    for (size_t i = 0; i < COUNT(codes); i++)
        for (int when = 0; when < 3; when++) {
            struct told *t = &f->streams[1];
            memset(t, 0, sizeof *t);
            f->opened = 1;
            const uint32_t id = open_stream(f);
            if (when > 0)
                head(f, id, "200", 0);
            if (when > 1)
                data(f, id, 7, 0);
            frame32(f, RST_STREAM, id, codes[i]);
            expect_alive(f);
            assert_int_equal(t->ends, 1);
            assert_int_not_equal(t->end.err, KDS_OK);
            assert_int_equal(t->end.code, codes[i]);
            assert_int_equal(t->end.untouched, codes[i] == 7);
        }
    head(f, other, "200", END_STREAM);
    expect_alive(f);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
}

/* ---- F-H03: SETTINGS ----------------------------------------------------------------------- */

static void fault_H03_a_lower_limit_is_obeyed_and_open_streams_go_on(void **state)
{
    struct fixture *f = *state;
    const uint32_t a = open_stream(f);
    open_stream(f);
    setting(f, 3, 1);
    expect_alive(f);
    assert_int_equal(kds_h2_session_room(f->session), 0);
    assert_int_equal(kds_h2_session_streams(f->session), 2);
    setting(f, 3, 0);
    expect_alive(f);
    assert_int_equal(kds_h2_session_room(f->session), 0);
    head(f, a, "200", END_STREAM);
    expect_alive(f);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
    setting(f, 3, 5);
    expect_alive(f);
    assert_int_equal(kds_h2_session_room(f->session), 4);
    setting(f, 3, UINT32_MAX);
    expect_alive(f);
    assert_int_equal(kds_h2_session_limit(f->session), KDS_H2_STREAMS_MAX);
}

static void fault_H03_unknown_settings_and_small_windows_are_taken(void **state)
{
    struct fixture *f = *state;
    open_stream(f);
    setting(f, 0xee, 12345);
    setting(f, 1, 0); /* HEADER_TABLE_SIZE */
    setting(f, 4,
            0); /* INITIAL_WINDOW_SIZE: the windows of open streams become smaller */
    setting(f, 4, 1);
    setting(f, 5, 16384);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 0);
}

static void expect_setting_breaks(struct fixture *f, unsigned id, uint32_t value)
{
    open_stream(f);
    setting(f, id, value);
    expect_broken(f);
}

static void fault_H03_a_window_beyond_31_bits_breaks(void **state)
{
    expect_setting_breaks(*state, 4, UINT32_C(1) << 31);
}

static void fault_H03_a_frame_size_below_16384_breaks(void **state)
{
    expect_setting_breaks(*state, 5, 16383);
}

static void fault_H03_a_frame_size_beyond_24_bits_breaks(void **state)
{
    expect_setting_breaks(*state, 5, UINT32_C(1) << 24);
}

static void fault_H03_too_many_settings_break(void **state)
{
    struct fixture *f = *state;
    uint8_t p[33 * 6];
    for (size_t i = 0; i < 33; i++)
        memcpy(p + 6 * i, "\0\3\0\0\0\5", 6);
    frame(f, SETTINGS, 0, 0, p, sizeof p);
    expect_broken(f);
}

/* ---- F-H04: windows ------------------------------------------------------------------------ */

static void fault_H04_a_slow_stream_keeps_its_window_and_no_other(void **state)
{
    struct fixture *f = *state;
    const uint32_t slow = open_stream(f), quick = open_stream(f);
    uint32_t added = 0;
    f->streams[0].keeps = true;
    head(f, slow, "200", 0);
    head(f, quick, "200", 0);
    data(f, slow, WINDOW, 0);
    data(f, quick, WINDOW, 0);
    assert_int_equal(receive(f), KDS_OK);
    assert_int_equal(sent(f, WINDOW_UPDATE, quick, &added), 1);
    assert_int_equal(added, WINDOW);
    /* Beyond its window the slow one may not be sent to. */
    data(f, slow, 1, 0);
    receive(f);
    uint32_t code = 0;
    assert_int_equal(sent(f, RST_STREAM, slow, &code), 1);
    assert_int_equal(code, 3); /* FLOW_CONTROL_ERROR */
    assert_int_equal(f->streams[1].ends, 0);
}

static void fault_H04_the_connection_is_topped_up_for_bytes_that_nobody_took(void **state)
{
    struct fixture *f = *state;
    uint64_t total = 0;
    const uint32_t id = open_stream(f);
    f->streams[0].keeps = true;
    head(f, id, "200", 0);
    data(f, id, WINDOW, 0);
    assert_int_equal(receive(f), KDS_OK);
    kds_h2_stream_drop(&f->streams[0].stream);
    f->streams[0].ends = 1;
    /* DATA for a stream that is gone: more than the connection's window, in all. */
    for (int i = 0; i < 3000; i++) {
        uint32_t added = 0;
        data(f, id, 16000, 0);
        assert_int_equal(receive(f), KDS_OK);
        if (sent(f, WINDOW_UPDATE, 0, &added) > 0)
            total += added;
    }
    assert_true(total > KDS_H2_CONNECTION_WINDOW);
}

static void fault_H04_consuming_opens_the_window_again(void **state)
{
    struct fixture *f = *state;
    uint32_t added = 0;
    const uint32_t id = open_stream(f);
    f->streams[0].keeps = true;
    head(f, id, "200", 0);
    data(f, id, WINDOW, 0);
    assert_int_equal(receive(f), KDS_OK);
    assert_int_equal(sent(f, WINDOW_UPDATE, id, NULL), 0);
    kds_h2_stream_consume(&f->streams[0].stream, 700);
    assert_int_equal(sent(f, WINDOW_UPDATE, id, &added), 1);
    assert_int_equal(added, 700);
}

/* ---- F-H05: WINDOW_UPDATE ------------------------------------------------------------------ */

static void fault_H05_a_window_update_of_0_for_the_connection_breaks(void **state)
{
    struct fixture *f = *state;
    frame32(f, WINDOW_UPDATE, 0, 0);
    expect_broken(f);
}

static void fault_H05_a_window_update_of_0_for_a_stream_breaks_no_other(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    frame32(f, WINDOW_UPDATE, id, 0);
    receive(f);
    flush(f);
    assert_int_equal(f->streams[0].ends, kds_h2_session_over(f->session) ? 0 : 1);
}

static void fault_H05_an_overflow_for_the_connection_breaks(void **state)
{
    struct fixture *f = *state;
    frame32(f, WINDOW_UPDATE, 0, 0x7fffffff);
    expect_broken(f);
}

static void fault_H05_an_overflow_for_a_stream_ends_it(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    frame32(f, WINDOW_UPDATE, id, 0x7fffffff);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_not_equal(f->streams[0].end.err, KDS_OK);
}

static void fault_H05_an_idle_stream_breaks(void **state)
{
    struct fixture *f = *state;
    frame32(f, WINDOW_UPDATE, 99, 5);
    expect_broken(f);
}

static void fault_H05_a_closed_stream_is_ignored(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", END_STREAM);
    frame32(f, WINDOW_UPDATE, id, 5);
    expect_alive(f);
}

/* ---- F-H06: frames that may not be --------------------------------------------------------- */

static void fault_H06_a_frame_beyond_our_limit_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", 0);
    data(f, id, 16385, 0);
    expect_broken(f);
}

static void fault_H06_padding_longer_than_the_frame_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", 0);
    frame(f, DATA, PADDED, id,
          "\x05"
          "abc",
          4);
    expect_broken(f);
}

static void fault_H06_padding_is_given_back(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    uint8_t p[WINDOW] = {250};
    head(f, id, "200", 0);
    frame(f, DATA, PADDED, id, p, sizeof p);
    expect_alive(f);
    assert_int_equal(f->streams[0].bytes, WINDOW - 251);
    frame(f, DATA, PADDED, id, p, sizeof p); /* the window is open again */
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 0);
}

static void fault_H06_data_for_stream_0_breaks(void **state)
{
    struct fixture *f = *state;
    data(f, 0, 3, 0);
    expect_broken(f);
}

static void fault_H06_headers_for_an_even_stream_break(void **state)
{
    struct fixture *f = *state;
    head(f, 2, "200", 0);
    expect_broken(f);
}

static void fault_H06_headers_for_a_stream_that_was_never_opened_break(void **state)
{
    struct fixture *f = *state;
    open_stream(f);
    head(f, 77, "200", 0);
    expect_broken(f);
}

static void fault_H06_push_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    struct kds_buf b;
    kds_buf_init(&b, 1024);
    add_be(&b, 2, 4);
    field(&b, ":method", "GET");
    field(&b, ":scheme", "http");
    field(&b, ":path", "/");
    field(&b, ":authority", "127.0.0.1");
    frame(f, PUSH_PROMISE, END_HEADERS, id, b.p, b.n);
    kds_buf_clear(&b);
    expect_broken(f);
}

static void fault_H06_a_flood_of_empty_data_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", 0);
    for (int i = 0; i < KDS_H2_EMPTY_FRAMES_MAX; i++)
        data(f, id, 0, 0);
    assert_int_equal(receive(f), KDS_OK);
    data(f, id, 1, 0);
    for (int i = 0; i < KDS_H2_EMPTY_FRAMES_MAX; i++)
        data(f, id, 0, 0);
    assert_int_equal(receive(f), KDS_OK);
    data(f, id, 0, 0);
    assert_int_equal(receive(f), KDS_ERR_PROTOCOL);
    assert_non_null(strstr(kds_h2_session_why(f->session), "empty frames"));
}

/* ---- F-H07: header blocks ------------------------------------------------------------------ */

static void fault_H07_a_flood_of_continuations_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    frame(f, HEADERS, 0, id, "\x88", 1);
    for (int i = 0; i < 20; i++)
        frame(f, CONTINUATION, 0, id, "", 0);
    assert_int_equal(receive(f), KDS_ERR_PROTOCOL);
}

static void fault_H07_a_frame_within_a_header_block_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    frame(f, HEADERS, 0, id, "\x88", 1);
    frame(f, PING, 0, 0, "12345678", 8);
    expect_broken(f);
}

static void fault_H07_too_many_fields_end_the_stream(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    struct kds_buf b;
    kds_buf_init(&b, 16384);
    field(&b, ":status", "200");
    for (int i = 0; i < KDS_H2_HEADERS_MAX; i++)
        field(&b, "x", "y");
    frame(f, HEADERS, END_HEADERS, id, b.p, b.n);
    kds_buf_clear(&b);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_equal(f->streams[0].status, 0);
    assert_int_not_equal(f->streams[0].end.err, KDS_OK);
}

/* A value of 4000 bytes goes into the table once and is named 30 times, a byte each. */
static void fault_H07_a_header_bomb_ends_the_stream(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    struct kds_buf b;
    kds_buf_init(&b, 16384);
    field(&b, ":status", "200");
    kds_buf_add_byte(&b, 0x40); /* with indexing, a new name */
    kds_buf_add_byte(&b, 1);
    kds_buf_add_text(&b, "x");
    kds_buf_add(&b, "\x7f\xa1\x1e", 3); /* 127 + 3873 = 4000 */
    for (int i = 0; i < 4000; i++)
        kds_buf_add_byte(&b, 'a');
    for (int i = 0; i < 30; i++)
        kds_buf_add_byte(&b, 0x80 | 62);
    frame(f, HEADERS, END_HEADERS, id, b.p, b.n);
    kds_buf_clear(&b);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_equal(f->streams[0].status, 0);
}

static void fault_H07_a_wrong_table_size_breaks(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    frame(f, HEADERS, END_HEADERS, id, "\x3f\xe1\xff\x7f\x88", 5); /* 2 MiB */
    expect_broken(f);
}

static void fault_H07_heads_of_reset_streams_are_ignored(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    kds_h2_stream_drop(&f->streams[0].stream);
    f->streams[0].ends = 1;
    flush(f);
    for (int i = 0; i < 500; i++)
        head(f, id, "200", 0);
    receive(f);
    assert_int_equal(f->streams[0].status, 0);
}

/* ---- F-H08: floods ------------------------------------------------------------------------- */

static void fault_H08_a_flood_of_pings_breaks(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3000; i++)
        frame(f, PING, 0, 0, "12345678", 8);
    assert_int_equal(receive(f),
                     KDS_ERR_PROTOCOL); /* none of the answers could be sent */
}

static void fault_H08_a_flood_of_settings_breaks(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3000; i++)
        setting(f, 3, 100);
    assert_int_equal(receive(f), KDS_ERR_PROTOCOL);
}

/* ---- F-H09: silence ------------------------------------------------------------------------ */

static void fault_H09_silence_is_answered_with_a_ping_and_then_given_up(void **state)
{
    struct fixture *f = *state;
    int64_t next = 0;
    const int64_t s = KDS_US_PER_S;
    assert_int_equal(kds_h2_session_tick(f->session, 9 * s, &next), KDS_OK);
    assert_int_equal(next, 10 * s);
    assert_int_equal(sent(f, PING, 0, NULL), 0);
    assert_int_equal(kds_h2_session_tick(f->session, 10 * s, &next), KDS_OK);
    assert_int_equal(sent(f, PING, 0, NULL), 1);
    assert_int_equal(next, 20 * s);
    assert_int_equal(kds_h2_session_tick(f->session, 20 * s, &next), KDS_ERR_TIMED_OUT);
}

static void fault_H09_an_answered_ping_keeps_the_connection(void **state)
{
    struct fixture *f = *state;
    int64_t next = 0;
    const int64_t s = KDS_US_PER_S;
    assert_int_equal(kds_h2_session_tick(f->session, 10 * s, &next), KDS_OK);
    flush(f);
    frame(f, PING, ACK, 0, "\0\0\0\0\0\0\0\0", 8);
    assert_int_equal(kds_h2_session_receive(f->session, kds_buf_slice(&f->in), 19 * s),
                     KDS_OK);
    kds_buf_reset(&f->in);
    assert_int_equal(kds_h2_session_tick(f->session, 20 * s, &next), KDS_OK);
    assert_int_equal(next, 29 * s);
}

/* ---- F-H10: answers ------------------------------------------------------------------------ */

static void fault_H10_an_answer_without_a_status_ends_its_stream(void **state)
{
    struct fixture *f = *state;
    head(f, open_stream(f), NULL, 0);
    expect_alive(f);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_equal(f->streams[0].end.err, KDS_ERR_PROTOCOL);
}

static void fault_H10_two_final_heads_end_the_stream(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    head(f, id, "200", 0);
    head(f, id, "500", 0);
    expect_alive(f);
    assert_int_equal(f->streams[0].status, 200);
    assert_int_equal(f->streams[0].ends, 1);
    assert_int_not_equal(f->streams[0].end.err, KDS_OK);
}

static void fault_H10_interim_answers_are_skipped_and_bounded(void **state)
{
    struct fixture *f = *state;
    const uint32_t a = open_stream(f), b = open_stream(f);
    for (int i = 0; i < 5; i++)
        head(f, a, "103", 0);
    head(f, a, "200", END_STREAM);
    for (int i = 0; i < 50; i++)
        head(f, b, "100", 0);
    expect_alive(f);
    assert_int_equal(f->streams[0].status, 200);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
    assert_int_equal(f->streams[1].ends, 1);
    assert_int_not_equal(f->streams[1].end.err, KDS_OK);
}

static void fault_H10_trailers_end_the_stream_in_order(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = open_stream(f);
    struct kds_buf b;
    kds_buf_init(&b, 1024);
    head(f, id, "200", 0);
    data(f, id, 4, 0);
    field(&b, "x-error", "late");
    frame(f, HEADERS, END_HEADERS | END_STREAM, id, b.p, b.n);
    kds_buf_clear(&b);
    expect_alive(f);
    assert_int_equal(f->streams[0].end.err, KDS_OK);
    assert_int_equal(f->streams[0].bytes, 4);
}

/* ---- F-H14: no HTTP/2 at all --------------------------------------------------------------- */

static void fault_H14_http1_bytes_are_told_and_not_parsed(void **state)
{
    static const struct kds_h2_session_options options = {
        .scheme = "http", .authority = "x", .window = WINDOW};
    struct kds_h2_session *s = NULL;
    (void)state;
    assert_int_equal(kds_h2_session_new(&options, &s), KDS_OK);
    assert_int_equal(
        kds_h2_session_receive(s, kds_slice("HTTP/1.1 400 Bad Request\r\n\r\n"), 0),
        KDS_ERR_PROTOCOL);
    assert_non_null(strstr(kds_h2_session_why(s), "HTTP/1.1"));
    kds_h2_session_free(s, KDS_ERR_CANCELLED, "");
    assert_int_equal(kds_h2_session_new(&options, &s), KDS_OK);
    kds_h2_session_receive(s, kds_slice("220 mail.example ESMTP ready\r\n"), 0);
    struct kds_buf out;
    kds_buf_init(&out, 1 << 20);
    kds_h2_session_send(s, &out, 1 << 20);
    assert_true(kds_h2_session_over(s));
    assert_false(kds_h2_session_ready(s));
    kds_buf_clear(&out);
    kds_h2_session_free(s, KDS_ERR_CANCELLED, "");
}

/* ---- memory -------------------------------------------------------------------------------- */

static int one_exchange(void *opaque)
{
    static const struct kds_h2_session_options options = {
        .scheme = "http", .authority = "x", .window = WINDOW};
    static const uint8_t answer[] = {
        0, 0, 0, 4, 0, 0, 0, 0, 0,            /* SETTINGS */
        0, 0, 0, 4, 1, 0, 0, 0, 0,            /* ACK of ours */
        0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88,      /* HEADERS, 200 */
        0, 0, 2, 0, 1, 0, 0, 0, 1, 'o',  'k', /* DATA, the end */
    };
    struct kds_http_request request = {.method = "POST", .body = kds_slice("{}")};
    struct told t = {.stream = {.ops = &ops, .request = &request, .path = "/"}};
    struct kds_h2_session *s = NULL;
    struct kds_buf out;
    (void)opaque;
    t.stream.opaque = &t;
    if (kds_h2_session_new(&options, &s) != KDS_OK)
        return 1;
    kds_buf_init(&out, 1 << 20);
    kds_err_t rc = kds_h2_session_send(s, &out, 1 << 20);
    if (rc == KDS_OK)
        rc = kds_h2_session_receive(s, kds_slice_of(answer, 18), 0);
    if (rc == KDS_OK && kds_h2_session_room(s) > 0)
        rc = kds_h2_session_open(s, &t.stream);
    if (rc == KDS_OK)
        rc = kds_h2_session_send(s, &out, 1 << 20);
    if (rc == KDS_OK)
        rc = kds_h2_session_receive(s, kds_slice_of(answer + 18, sizeof answer - 18), 0);
    if (rc == KDS_OK)
        rc = kds_h2_session_send(s, &out, 1 << 20);
    const bool whole = rc == KDS_OK && t.ends == 1 && t.end.err == KDS_OK;
    kds_h2_session_free(s, KDS_ERR_NO_MEMORY, "out of memory");
    kds_buf_clear(&out);
    assert_true(t.ends <= 1);
    return whole ? 0 : 1;
}

static void h2_session_survives_each_failed_allocation(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(one_exchange, NULL) > 5);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* The owner sees no room, and opens another connection, before the last number is gone; this one ends with its streams. */
static void fault_R10_numbers_of_streams_run_out_in_time(void **state)
{
    struct fixture *f = *state;
    kds_h2_session_skip_ids(f->session, 0x7FFFFFFF - 2);
    assert_int_equal(kds_h2_session_room(f->session), 2);
    assert_int_equal(open_stream(f), 0x7FFFFFFF - 2);
    assert_int_equal(kds_h2_session_room(f->session), 1);
    assert_int_equal(open_stream(f), 0x7FFFFFFF);
    assert_int_equal(kds_h2_session_room(f->session), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_false(kds_h2_session_over(f->session));
        head(f, (uint32_t)f->streams[i].stream.id, "200", END_STREAM);
        assert_int_equal(receive(f), KDS_OK);
        assert_int_equal(f->streams[i].end.err, KDS_OK);
    }
    assert_true(kds_h2_session_over(f->session));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(h2_session_gives_head_data_and_end),
        WITH(h2_session_forgets_a_dropped_stream),
        WITH(fault_R10_numbers_of_streams_run_out_in_time),
        WITH(fault_H01_goaway_ends_streams_above_and_lets_those_below_finish),
        WITH(fault_H01_goaway_in_two_steps_takes_no_new_stream),
        WITH(fault_H01_goaway_with_an_error_is_told),
        WITH(fault_H02_a_reset_ends_its_stream_alone),
        WITH(fault_H03_a_lower_limit_is_obeyed_and_open_streams_go_on),
        WITH(fault_H03_unknown_settings_and_small_windows_are_taken),
        WITH(fault_H03_a_window_beyond_31_bits_breaks),
        WITH(fault_H03_a_frame_size_below_16384_breaks),
        WITH(fault_H03_a_frame_size_beyond_24_bits_breaks),
        WITH(fault_H03_too_many_settings_break),
        WITH(fault_H04_a_slow_stream_keeps_its_window_and_no_other),
        WITH(fault_H04_the_connection_is_topped_up_for_bytes_that_nobody_took),
        WITH(fault_H04_consuming_opens_the_window_again),
        WITH(fault_H05_a_window_update_of_0_for_the_connection_breaks),
        WITH(fault_H05_a_window_update_of_0_for_a_stream_breaks_no_other),
        WITH(fault_H05_an_overflow_for_the_connection_breaks),
        WITH(fault_H05_an_overflow_for_a_stream_ends_it),
        WITH(fault_H05_an_idle_stream_breaks),
        WITH(fault_H05_a_closed_stream_is_ignored),
        WITH(fault_H06_a_frame_beyond_our_limit_breaks),
        WITH(fault_H06_padding_longer_than_the_frame_breaks),
        WITH(fault_H06_padding_is_given_back),
        WITH(fault_H06_data_for_stream_0_breaks),
        WITH(fault_H06_headers_for_an_even_stream_break),
        WITH(fault_H06_headers_for_a_stream_that_was_never_opened_break),
        WITH(fault_H06_push_breaks),
        WITH(fault_H06_a_flood_of_empty_data_breaks),
        WITH(fault_H07_a_flood_of_continuations_breaks),
        WITH(fault_H07_a_frame_within_a_header_block_breaks),
        WITH(fault_H07_too_many_fields_end_the_stream),
        WITH(fault_H07_a_header_bomb_ends_the_stream),
        WITH(fault_H07_a_wrong_table_size_breaks),
        WITH(fault_H07_heads_of_reset_streams_are_ignored),
        WITH(fault_H08_a_flood_of_pings_breaks),
        WITH(fault_H08_a_flood_of_settings_breaks),
        WITH(fault_H09_silence_is_answered_with_a_ping_and_then_given_up),
        WITH(fault_H09_an_answered_ping_keeps_the_connection),
        WITH(fault_H10_an_answer_without_a_status_ends_its_stream),
        WITH(fault_H10_two_final_heads_end_the_stream),
        WITH(fault_H10_interim_answers_are_skipped_and_bounded),
        WITH(fault_H10_trailers_end_the_stream_in_order),
        cmocka_unit_test(fault_H14_http1_bytes_are_told_and_not_parsed),
        cmocka_unit_test(h2_session_survives_each_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
