/*
 * test_event_stream: frames, right and wrong, whole, byte by byte, and split at every place. The
 * frames come from tests/support/event_frames, which knows zlib and not our encoder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/event_stream.h"

#include "base/slice.h"
#include "support/event_frames.h"
#include "support/fail_alloc.h"
#include "support/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ANY_SIZE ((size_t)64 << 20)

/* ---- one run of the decoder, as text ------------------------------------------------------ */

static void describe(struct kds_buf *log, const struct kds_event_message *m)
{
    kds_buf_printf(log, "message");
    for (size_t i = 0; i < m->header_count; i++) {
        kds_buf_printf(log, " %.*s/%d=", (int)m->headers[i].name.n,
                       (const char *)m->headers[i].name.p, (int)m->headers[i].type);
        for (size_t k = 0; k < m->headers[i].value.n; k++)
            kds_buf_printf(log, "%02x", m->headers[i].value.p[k]);
    }
    kds_buf_printf(log, " [");
    kds_buf_add_slice(log, m->payload);
    kds_buf_printf(log, "]\n");
}

static void drain(struct kds_event_decoder *d, struct kds_buf *log)
{
    struct kds_event_message m;
    enum kds_event_step step;
    while ((step = kds_event_decoder_next(d, &m)) == KDS_EVENT_MESSAGE)
        describe(log, &m);
    if (step == KDS_EVENT_BROKEN)
        kds_buf_printf(log, "%s: %s\n", kds_err_name(d->err), d->why);
}

/* Feed a copy that is exactly as long, so that a read past the end is seen. */
static void
feed(struct kds_event_decoder *d, const uint8_t *p, size_t n, struct kds_buf *log)
{
    uint8_t *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, p, n);
    kds_event_decoder_feed(d, kds_slice_of(copy, n));
    drain(d, log);
    free(copy);
}

static void end(struct kds_event_decoder *d, struct kds_buf *log)
{
    if (d->err == KDS_OK && !kds_event_decoder_may_end(d))
        kds_buf_printf(log, "cut\n");
    kds_event_decoder_clear(d);
}

static void run_split(kds_slice_t bytes, size_t at, struct kds_buf *log)
{
    struct kds_event_decoder d;
    kds_event_decoder_init(&d, 0);
    kds_buf_reset(log);
    feed(&d, bytes.p, at, log);
    feed(&d, bytes.p + at, bytes.n - at, log);
    end(&d, log);
}

static void run_steps(kds_slice_t bytes, size_t step, struct kds_buf *log)
{
    struct kds_event_decoder d;
    kds_event_decoder_init(&d, 0);
    kds_buf_reset(log);
    for (size_t i = 0; i < bytes.n; i += step)
        feed(&d, bytes.p + i, step < bytes.n - i ? step : bytes.n - i, log);
    end(&d, log);
}

/* Whatever the pieces, the outcome is @p expected. */
static void check(const struct kds_buf *bytes, const char *expected)
{
    struct kds_buf log;
    kds_slice_t all = kds_buf_slice(bytes);
    kds_buf_init(&log, ANY_SIZE);
    assert_int_equal(bytes->err, KDS_OK);
    for (size_t at = 0; at <= all.n; at++) {
        run_split(all, at, &log);
        assert_string_equal(kds_buf_text(&log), expected);
    }
    for (size_t step = 1; step <= 40; step++) {
        run_steps(all, step, &log);
        assert_string_equal(kds_buf_text(&log), expected);
    }
    kds_buf_clear(&log);
}

static void check_frame(const struct event_frame *frame, const char *expected)
{
    struct kds_buf bytes;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_add(&bytes, frame);
    check(&bytes, expected);
    kds_buf_clear(&bytes);
}

/* ---- what is right ------------------------------------------------------------------------ */

static void event_stream_reads_the_frame_of_the_documentation(void **state)
{
    static const char hex[] =
        "0000004700000035d9429f130d3a6d6573736167652d747970650700056576656e74"
        "0b3a6576656e742d74797065070010696e697469616c2d726573706f6e73657b7d8de0c8a3";
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    hex_add(&bytes, hex);
    assert_int_equal(bytes.n, 71);
    check(&bytes, "message :message-type/7=6576656e74 "
                  ":event-type/7=696e697469616c2d726573706f6e7365 [{}]\n");
    kds_buf_clear(&bytes);
}

static void fault_E06_three_messages_and_any_split_give_the_same(void **state)
{
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_event(&bytes, "initial-response", "");
    event_frame_event(&bytes, "SubscribeToShardEvent", "{\"Records\":[]}");
    event_frame_add(&bytes, &(struct event_frame){.payload = "x", .payload_n = 1});
    check(&bytes, "message :message-type/7=6576656e74 "
                  ":event-type/7=696e697469616c2d726573706f6e7365 "
                  ":content-type/7=6170706c69636174696f6e2f6a736f6e []\n"
                  "message :message-type/7=6576656e74 "
                  ":event-type/7=537562736372696265546f53686172644576656e74 "
                  ":content-type/7=6170706c69636174696f6e2f6a736f6e [{\"Records\":[]}]\n"
                  "message [x]\n");
    kds_buf_clear(&bytes);
}

static void event_stream_lends_a_whole_message_where_it_lies(void **state)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_event(&bytes, "SubscribeToShardEvent", "payload");
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_buf_slice(&bytes));
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_MESSAGE);
    assert_ptr_equal(m.payload.p, bytes.p + bytes.n - 4 - strlen("payload"));
    assert_null(d.buffer);
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_MORE);
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
}

/* ---- what is wrong ------------------------------------------------------------------------ */

static void fault_E01_a_wrong_check_sum_gives_nothing_of_the_message(void **state)
{
    (void)state;
    check_frame(
        &(struct event_frame){.payload = "abc", .payload_n = 3, .spoil_prelude = 1},
        "KDS_ERR_PROTOCOL: event stream: the prelude's check sum is wrong\n");
    check_frame(&(struct event_frame){.payload = "abc",
                                      .payload_n = 3,
                                      .spoil_message = 0x80000000},
                "KDS_ERR_PROTOCOL: event stream: the message's check sum is wrong\n");
    /* Both right, each for other lengths: the sum that stands where this length ends. */
    check_frame(
        &(struct event_frame){
            .payload = "abcdefgh", .payload_n = 8, .lie_total = true, .total = 20},
        "KDS_ERR_PROTOCOL: event stream: the message's check sum is wrong\n");
}

static void fault_E01_any_flipped_bit_is_noticed(void **state)
{
    struct kds_buf bytes, log;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    kds_buf_init(&log, ANY_SIZE);
    event_frame_event(&bytes, "SubscribeToShardEvent", "0123456789");
    for (size_t bit = 0; bit < bytes.n * 8; bit++) {
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        run_split(kds_buf_slice(&bytes), 0, &log);
        assert_null(strstr(kds_buf_text(&log), "message :"));
        run_split(kds_buf_slice(&bytes), 20, &log);
        assert_null(strstr(kds_buf_text(&log), "message :"));
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    kds_buf_clear(&bytes);
    kds_buf_clear(&log);
}

static void fault_E02_total_lengths_out_of_bounds_are_refused_unallocated(void **state)
{
    static const struct {
        uint32_t total;
        const char *expected;
    } cases[] = {
        {0, "KDS_ERR_PROTOCOL: event stream: a message shorter than 16 bytes\n"},
        {1, "KDS_ERR_PROTOCOL: event stream: a message shorter than 16 bytes\n"},
        {11, "KDS_ERR_PROTOCOL: event stream: a message shorter than 16 bytes\n"},
        {12, "KDS_ERR_PROTOCOL: event stream: a message shorter than 16 bytes\n"},
        {15, "KDS_ERR_PROTOCOL: event stream: a message shorter than 16 bytes\n"},
        {UINT32_C(1) << 31,
         "KDS_ERR_TOO_LARGE: event stream: a message beyond the limit\n"},
        {UINT32_MAX, "KDS_ERR_TOO_LARGE: event stream: a message beyond the limit\n"},
        {KDS_EVENT_MESSAGE_MAX_BYTES + 1,
         "KDS_ERR_TOO_LARGE: event stream: a message beyond the limit\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event_frame frame = {.lie_total = true, .total = cases[i].total};
        check_frame(&frame, cases[i].expected);
    }
    check_frame(&(struct event_frame){0}, "message []\n"); /* 16 */
    check_frame(&(struct event_frame){.payload = "x", .payload_n = 1}, "message [x]\n");

    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_add(&bytes,
                    &(struct event_frame){.lie_total = true, .total = UINT32_MAX});
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_slice_of(bytes.p, 12));
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_BROKEN);
    assert_null(d.buffer);
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
}

static void fault_E03_header_lengths_are_bounded_by_the_message(void **state)
{
    static const uint32_t beyond[] = {6, 7, 100, UINT32_C(1) << 31, UINT32_MAX};
    struct kds_buf headers;
    (void)state;
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++)
        check_frame(
            &(struct event_frame){.payload = "abcde",
                                  .payload_n = 5,
                                  .lie_headers = true,
                                  .headers_length = beyond[i]},
            "KDS_ERR_PROTOCOL: event stream: headers longer than their message\n");
    /* All of the message: no payload. */
    kds_buf_init(&headers, ANY_SIZE);
    event_frame_text(&headers, "a", "b");
    check_frame(&(struct event_frame){.payload = headers.p,
                                      .payload_n = headers.n,
                                      .lie_headers = true,
                                      .headers_length = (uint32_t)headers.n},
                "message a/7=62 []\n");
    kds_buf_clear(&headers);
}

static void fault_E03_headers_beyond_the_limit_are_refused(void **state)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_add(
        &bytes, &(struct event_frame){.lie_total = true,
                                      .total = 1 << 20,
                                      .lie_headers = true,
                                      .headers_length = KDS_EVENT_HEADERS_MAX_BYTES + 1});
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_buf_slice(&bytes));
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_BROKEN);
    assert_int_equal(d.err, KDS_ERR_TOO_LARGE);
    assert_null(d.buffer);
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
}

static void check_headers(const char *hex, const char *expected)
{
    struct kds_buf headers;
    kds_buf_init(&headers, ANY_SIZE);
    hex_add(&headers, hex);
    check_frame(
        &(struct event_frame){
            .headers = headers.p, .headers_n = headers.n, .payload = "x", .payload_n = 1},
        expected);
    kds_buf_clear(&headers);
}

static void fault_E04_names_and_values_stay_within_the_headers(void **state)
{
    (void)state;
    check_headers("00", "KDS_ERR_PROTOCOL: event stream: a header without a name\n");
    check_headers("0007", "KDS_ERR_PROTOCOL: event stream: a header without a name\n");
    check_headers("0161", "KDS_ERR_PROTOCOL: event stream: a header's name runs over the "
                          "headers\n");
    check_headers("ff61", "KDS_ERR_PROTOCOL: event stream: a header's name runs over the "
                          "headers\n");
    check_headers("01610700",
                  "KDS_ERR_PROTOCOL: event stream: a header's value runs over "
                  "the headers\n");
    check_headers("0161070002", "KDS_ERR_PROTOCOL: event stream: a header's value runs "
                                "over the headers\n");
    check_headers("01610500",
                  "KDS_ERR_PROTOCOL: event stream: a header's value runs over "
                  "the headers\n");
    check_headers("0161078000", "KDS_ERR_PROTOCOL: event stream: a header's value beyond "
                                "32767 bytes\n");
    check_headers("016106ffff", "KDS_ERR_PROTOCOL: event stream: a header's value beyond "
                                "32767 bytes\n");
}

static void fault_E05_every_header_type_is_read_and_unknown_ones_refused(void **state)
{
    (void)state;
    check_headers("016100"
                  "016201"
                  "01630280"
                  "016403fffe"
                  "016504fffffffd"
                  "016605fffffffffffffffc"
                  "01670600020a0b"
                  "0168070001"
                  "43"
                  "0169080000000000000401"
                  "016a09000102030405060708090a0b0c0d0e0f",
                  "message a/0= b/1= c/2=80 d/3=fffe e/4=fffffffd f/5=fffffffffffffffc "
                  "g/6=0a0b h/7=43 i/8=0000000000000401 "
                  "j/9=000102030405060708090a0b0c0d0e0f [x]\n");
    for (unsigned type = 10; type < 256; type++) {
        char hex[16];
        snprintf(hex, sizeof hex, "0161%02x00", type);
        check_headers(hex,
                      "KDS_ERR_PROTOCOL: event stream: a header of an unknown type\n");
    }
    check_headers("0161000161"
                  "01",
                  "KDS_ERR_PROTOCOL: event stream: a header stands twice\n");
}

static void fault_E05_integers_keep_their_sign(void **state)
{
    static const struct {
        enum kds_event_type type;
        const char *bytes;
        size_t n;
        int64_t expected;
    } cases[] = {
        {KDS_EVENT_INT8, "\x80", 1, -128},
        {KDS_EVENT_INT16, "\xff\xfe", 2, -2},
        {KDS_EVENT_INT32, "\x7f\xff\xff\xff", 4, INT32_MAX},
        {KDS_EVENT_INT64, "\x80\0\0\0\0\0\0\0", 8, INT64_MIN},
        {KDS_EVENT_TIMESTAMP, "\0\0\0\0\0\0\4\1", 8, 1025},
        {KDS_EVENT_TEXT, "12", 2, 0},
        {KDS_EVENT_TRUE, "", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_event_header h = {.type = cases[i].type,
                                     .value = kds_slice_of(cases[i].bytes, cases[i].n)};
        assert_int_equal(kds_event_header_integer(&h), cases[i].expected);
    }
}

static void fault_E05_no_more_than_64_headers(void **state)
{
    struct kds_buf headers, bytes, log;
    (void)state;
    kds_buf_init(&headers, ANY_SIZE);
    kds_buf_init(&bytes, ANY_SIZE);
    kds_buf_init(&log, ANY_SIZE);
    for (int i = 0; i < 65; i++) {
        struct event_frame frame = {.headers = headers.p, .headers_n = headers.n};
        kds_buf_reset(&bytes);
        event_frame_add(&bytes, &frame);
        run_split(kds_buf_slice(&bytes), bytes.n / 2, &log);
        assert_non_null(strstr(kds_buf_text(&log), "message"));
        char name[8];
        snprintf(name, sizeof name, "h%d", i);
        event_frame_text(&headers, name, "");
    }
    kds_buf_reset(&bytes);
    event_frame_add(&bytes,
                    &(struct event_frame){.headers = headers.p, .headers_n = headers.n});
    check(&bytes, "KDS_ERR_TOO_LARGE: event stream: more than 64 headers\n");
    kds_buf_clear(&headers);
    kds_buf_clear(&bytes);
    kds_buf_clear(&log);
}

static void event_stream_tells_an_error_once_and_swallows_the_rest(void **state)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_add(&bytes, &(struct event_frame){.spoil_message = 1});
    event_frame_event(&bytes, "SubscribeToShardEvent", "{}");
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_buf_slice(&bytes));
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_BROKEN);
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_MORE);
    kds_event_decoder_feed(&d, kds_buf_slice(&bytes));
    assert_int_equal(kds_event_decoder_next(&d, &m), KDS_EVENT_MORE);
    assert_int_equal(d.err, KDS_ERR_PROTOCOL);
    assert_false(kds_event_decoder_may_end(&d));
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
}

static void fault_E07_an_end_inside_a_message_is_told(void **state)
{
    struct kds_buf bytes, log;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    kds_buf_init(&log, ANY_SIZE);
    event_frame_event(&bytes, "initial-response", "{}");
    for (size_t n = 1; n < bytes.n; n++) {
        run_split(kds_slice_of(bytes.p, n), n / 2, &log);
        assert_string_equal(kds_buf_text(&log), "cut\n");
    }
    kds_buf_clear(&bytes);
    kds_buf_clear(&log);
}

/* ---- what a message means ------------------------------------------------------------------ */

static const char *
meaning_of(const char *const (*headers)[2], size_t n, struct kds_event_meaning *out)
{
    static struct kds_event_header list[8];
    for (size_t i = 0; i < n; i++)
        list[i] = (struct kds_event_header){
            .name = kds_slice(headers[i][0]),
            .value = kds_slice(headers[i][1]),
            .type = strcmp(headers[i][1], "#") == 0 ? KDS_EVENT_BYTES : KDS_EVENT_TEXT};
    struct kds_event_message m = {.headers = list, .header_count = n};
    return kds_event_message_read(&m, out);
}

static void fault_E05_message_types_are_told_apart(void **state)
{
    struct kds_event_meaning m;
    (void)state;
#define MEANING(...)                                                                     \
    meaning_of((const char *const[][2]){__VA_ARGS__},                                    \
               sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(char *[2]), &m)
    assert_null(MEANING({":event-type", "E"}, {":message-type", "event"}));
    assert_int_equal(m.kind, KDS_EVENT_KIND_EVENT);
    assert_true(kds_slice_is(m.name, "E"));
    assert_null(MEANING({":event-type", "E"}, {":content-type", "application/json"}));
    assert_int_equal(m.kind, KDS_EVENT_KIND_EVENT);
    assert_true(kds_slice_is(m.content_type, "application/json"));
    assert_null(MEANING({":message-type", "exception"}, {":exception-type", "X"}));
    assert_int_equal(m.kind, KDS_EVENT_KIND_EXCEPTION);
    assert_true(kds_slice_is(m.name, "X"));
    assert_null(MEANING({":message-type", "exception"}));
    assert_null(m.name.p);
    assert_null(MEANING({":message-type", "error"}, {":error-code", "C"},
                        {":error-message", "text"}));
    assert_int_equal(m.kind, KDS_EVENT_KIND_ERROR);
    assert_true(kds_slice_is(m.name, "C"));
    assert_true(kds_slice_is(m.text, "text"));
    assert_non_null(MEANING({":other", "x"}));
    assert_non_null(MEANING({":message-type", "event"}));
    assert_non_null(MEANING({":message-type", "news"}));
    assert_non_null(MEANING({":message-type", "#"}, {":event-type", "E"}));
    assert_non_null(MEANING({":event-type", "#"}));
#undef MEANING
}

/* ---- sizes --------------------------------------------------------------------------------- */

static void fault_E10_a_message_of_24_mib_passes_and_is_released(void **state)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    size_t messages = 0;
    (void)state;
    uint8_t *payload = malloc(KDS_EVENT_PAYLOAD_MAX_BYTES);
    assert_non_null(payload);
    memset(payload, 'A', KDS_EVENT_PAYLOAD_MAX_BYTES);
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_add(&bytes,
                    &(struct event_frame){.payload = payload,
                                          .payload_n = KDS_EVENT_PAYLOAD_MAX_BYTES});
    kds_event_decoder_init(&d, 0);
    for (size_t i = 0; i < bytes.n; i += 16384) {
        const size_t n = bytes.n - i < 16384 ? bytes.n - i : 16384;
        kds_event_decoder_feed(&d, kds_slice_of(bytes.p + i, n));
        while (kds_event_decoder_next(&d, &m) == KDS_EVENT_MESSAGE) {
            assert_int_equal(m.payload.n, KDS_EVENT_PAYLOAD_MAX_BYTES);
            assert_memory_equal(m.payload.p, payload, KDS_EVENT_PAYLOAD_MAX_BYTES);
            messages++;
        }
    }
    assert_int_equal(messages, 1);
    assert_true(kds_event_decoder_may_end(&d));
    kds_event_decoder_trim(&d);
    assert_null(d.buffer);
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
    free(payload);
}

static void fault_E10_a_million_smallest_messages_take_no_memory(void **state)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf bytes;
    size_t messages = 0;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    for (int i = 0; i < 1000; i++)
        event_frame_add(&bytes, &(struct event_frame){0});
    kds_event_decoder_init(&d, 0);
    for (int i = 0; i < 1000; i++) {
        kds_event_decoder_feed(&d, kds_buf_slice(&bytes));
        while (kds_event_decoder_next(&d, &m) == KDS_EVENT_MESSAGE)
            messages++;
    }
    assert_int_equal(messages, 1000000);
    assert_null(d.buffer);
    kds_event_decoder_clear(&d);
    kds_buf_clear(&bytes);
}

static int read_a_split_message(void *opaque)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    struct kds_buf *bytes = opaque;
    kds_event_decoder_init(&d, 0);
    kds_event_decoder_feed(&d, kds_slice_of(bytes->p, 20));
    enum kds_event_step step = kds_event_decoder_next(&d, &m);
    if (step == KDS_EVENT_MORE) {
        kds_event_decoder_feed(&d, kds_slice_of(bytes->p + 20, bytes->n - 20));
        step = kds_event_decoder_next(&d, &m);
    }
    assert_true(step == KDS_EVENT_MESSAGE || d.err == KDS_ERR_NO_MEMORY);
    kds_event_decoder_clear(&d);
    return step == KDS_EVENT_MESSAGE ? 0 : 1;
}

static void event_stream_reports_memory_that_is_short(void **state)
{
    struct kds_buf bytes;
    (void)state;
    kds_buf_init(&bytes, ANY_SIZE);
    event_frame_event(&bytes, "SubscribeToShardEvent", "0123456789");
    assert_int_equal(fail_alloc_run(read_a_split_message, &bytes), 1);
    kds_buf_clear(&bytes);
}

/* ---- the encoder --------------------------------------------------------------------------- */

static void event_stream_encoder_writes_what_the_oracle_writes(void **state)
{
    struct kds_event_encoder e;
    struct kds_buf ours, theirs;
    (void)state;
    kds_buf_init(&ours, ANY_SIZE);
    kds_buf_init(&theirs, ANY_SIZE);
    event_frame_event(&theirs, "SubscribeToShardEvent", "{\"a\":1}");
    event_frame_exception(&theirs, "ResourceInUseException", "");
    kds_event_encode_begin(&e, &ours);
    kds_event_encode_text(&e, ":message-type", kds_slice("event"));
    kds_event_encode_text(&e, ":event-type", kds_slice("SubscribeToShardEvent"));
    kds_event_encode_text(&e, ":content-type", kds_slice("application/json"));
    kds_event_encode_payload(&e);
    kds_buf_add_text(&ours, "{\"a\":1}");
    kds_event_encode_end(&e);
    kds_event_encode_begin(&e, &ours);
    kds_event_encode_text(&e, ":message-type", kds_slice("exception"));
    kds_event_encode_text(&e, ":exception-type", kds_slice("ResourceInUseException"));
    kds_event_encode_text(&e, ":content-type", kds_slice("application/json"));
    kds_event_encode_payload(&e);
    kds_event_encode_end(&e);
    assert_int_equal(ours.err, KDS_OK);
    assert_int_equal(ours.n, theirs.n);
    assert_memory_equal(ours.p, theirs.p, ours.n);
    kds_buf_clear(&ours);
    kds_buf_clear(&theirs);
}

static void event_stream_encoder_refuses_what_no_decoder_takes(void **state)
{
    static uint8_t zeros[KDS_EVENT_VALUE_MAX_BYTES + 1];
    static const struct {
        size_t name, value;
        kds_err_t expected;
    } cases[] = {
        {0, 1, KDS_ERR_TOO_LARGE},     {1, 0, KDS_OK},
        {255, 32767, KDS_OK},          {256, 1, KDS_ERR_TOO_LARGE},
        {1, 32768, KDS_ERR_TOO_LARGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_event_encoder e;
        struct kds_buf out;
        kds_buf_init(&out, ANY_SIZE);
        kds_event_encode_begin(&e, &out);
        kds_event_encode_header(
            &e, &(struct kds_event_header){.name = kds_slice_of(zeros, cases[i].name),
                                           .value = kds_slice_of(zeros, cases[i].value),
                                           .type = KDS_EVENT_BYTES});
        kds_event_encode_payload(&e);
        kds_event_encode_end(&e);
        assert_int_equal(out.err, cases[i].expected);
        kds_buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_stream_reads_the_frame_of_the_documentation),
        cmocka_unit_test(event_stream_lends_a_whole_message_where_it_lies),
        cmocka_unit_test(fault_E01_a_wrong_check_sum_gives_nothing_of_the_message),
        cmocka_unit_test(fault_E01_any_flipped_bit_is_noticed),
        cmocka_unit_test(fault_E02_total_lengths_out_of_bounds_are_refused_unallocated),
        cmocka_unit_test(fault_E03_header_lengths_are_bounded_by_the_message),
        cmocka_unit_test(fault_E03_headers_beyond_the_limit_are_refused),
        cmocka_unit_test(fault_E04_names_and_values_stay_within_the_headers),
        cmocka_unit_test(fault_E05_every_header_type_is_read_and_unknown_ones_refused),
        cmocka_unit_test(fault_E05_integers_keep_their_sign),
        cmocka_unit_test(fault_E05_no_more_than_64_headers),
        cmocka_unit_test(fault_E05_message_types_are_told_apart),
        cmocka_unit_test(fault_E06_three_messages_and_any_split_give_the_same),
        cmocka_unit_test(fault_E07_an_end_inside_a_message_is_told),
        cmocka_unit_test(fault_E10_a_message_of_24_mib_passes_and_is_released),
        cmocka_unit_test(fault_E10_a_million_smallest_messages_take_no_memory),
        cmocka_unit_test(event_stream_tells_an_error_once_and_swallows_the_rest),
        cmocka_unit_test(event_stream_reports_memory_that_is_short),
        cmocka_unit_test(event_stream_encoder_writes_what_the_oracle_writes),
        cmocka_unit_test(event_stream_encoder_refuses_what_no_decoder_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
