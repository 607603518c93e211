/*
 * h2_session: nghttp2's callbacks, and the bounds that it leaves to its user.
 */
#include "net/h2_session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

#include <inttypes.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>

#define STREAM_ID_MAX UINT32_C(0x7FFFFFFF)

#define SETTINGS_HEADER_TABLE 4096

struct kds_h2_session {
    nghttp2_session *nghttp2;
    const char *scheme, *authority;
    struct kds_h2_stream *streams; /* open */
    unsigned stream_count;
    bool settings, acknowledged; /* the peer's SETTINGS came; it has taken ours */
    bool draining;               /* GOAWAY: no new stream */
    bool first;                  /* no byte came yet */
    unsigned empty_frames;
    int64_t heard_us;
    int64_t pinged_us; /* 0: no PING is unanswered */
    kds_err_t err;     /* sticky */
    char why[160];
};

/* ---- memory -------------------------------------------------------------------------------- */

static void *take(size_t size, void *opaque)
{
    (void)opaque;
    return kds_alloc(size);
}

static void *take_zero(size_t count, size_t size, void *opaque)
{
    (void)opaque;
    return kds_alloc_zero(count, size);
}

static void *resize(void *memory, size_t size, void *opaque)
{
    (void)opaque;
    return kds_realloc_array(memory, 1, size);
}

static void release(void *memory, void *opaque)
{
    (void)opaque;
    kds_free(memory);
}

/* ---- ends ---------------------------------------------------------------------------------- */

static void end_stream(struct kds_h2_stream *stream, const struct kds_h2_end *end)
{
    struct kds_h2_session *s = stream->session;
    if (s == NULL)
        return;
    nghttp2_session_set_stream_user_data(s->nghttp2, stream->id, NULL);
    kds_h2_stream_unlink(stream);
    stream->session = NULL;
    s->stream_count--;
    stream->ops->on_end(stream->opaque, end);
}

/* Note the first reason for which the connection is of no use. */
static kds_err_t doom(struct kds_h2_session *s, kds_err_t err, const char *format, ...)
    KDS_PRINTF(3, 4);

static kds_err_t doom(struct kds_h2_session *s, kds_err_t err, const char *format, ...)
{
    va_list args;
    if (s->err != KDS_OK)
        return s->err;
    s->err = err;
    va_start(args, format);
    vsnprintf(s->why, sizeof s->why, format, args);
    va_end(args);
    return err;
}

void kds_h2_stream_drop(struct kds_h2_stream *stream)
{
    struct kds_h2_session *s = stream->session;
    kds_h2_stream_unlink(stream);
    if (s == NULL)
        return;
    stream->session = NULL;
    s->stream_count--;
    nghttp2_session_set_stream_user_data(s->nghttp2, stream->id, NULL);
    if (nghttp2_submit_rst_stream(s->nghttp2, NGHTTP2_FLAG_NONE, stream->id,
                                  NGHTTP2_CANCEL) != 0)
        doom(s, KDS_ERR_NO_MEMORY, "out of memory");
}

void kds_h2_stream_consume(struct kds_h2_stream *stream, size_t n)
{
    struct kds_h2_session *s = stream->session;
    if (s != NULL && n > 0 &&
        nghttp2_session_consume_stream(s->nghttp2, stream->id, n) != 0)
        doom(s, KDS_ERR_NO_MEMORY, "out of memory");
}

/* ---- what nghttp2 calls -------------------------------------------------------------------- */

static struct kds_h2_stream *find(nghttp2_session *nghttp2, int32_t id)
{
    return nghttp2_session_get_stream_user_data(nghttp2, id);
}

static bool is_final_head(const nghttp2_frame *frame)
{
    return frame->hd.type == NGHTTP2_HEADERS &&
           frame->headers.cat != NGHTTP2_HCAT_PUSH_RESPONSE;
}

static int
on_begin_headers(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *opaque)
{
    struct kds_h2_stream *stream = find(nghttp2, frame->hd.stream_id);
    (void)opaque;
    if (stream == NULL || stream->head_told || !is_final_head(frame))
        return 0;
    /* What an interim answer said does not belong to the final one. */
    stream->head = (struct kds_http_response){0};
    return ++stream->interim > KDS_H2_INTERIM_MAX ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
                                                  : 0;
}

static void keep(kds_slice_t value, char *out, size_t size)
{
    const size_t n = value.n < size ? value.n : size - 1;
    if (n > 0)
        memcpy(out, value.p, n);
    out[n] = 0;
}

static void
keep_header(struct kds_http_response *head, kds_slice_t name, kds_slice_t value)
{
    const struct {
        const char *name;
        char *out;
        size_t size;
    } wanted[] = {
        {"content-type", head->content_type, sizeof head->content_type},
        {"x-amzn-errortype", head->error_type, sizeof head->error_type},
        {"x-amzn-requestid", head->request_id, sizeof head->request_id},
        {"x-amz-id-2", head->request_id_2, sizeof head->request_id_2},
        {"date", head->date, sizeof head->date},
        {"x-amz-retry-after", head->retry_after, sizeof head->retry_after},
    };
    if (kds_slice_is(name,
                     ":status")) { /* nghttp2 saw to it that these are three digits */
        head->status = 0;
        for (size_t i = 0; i < value.n; i++)
            head->status = head->status * 10 + (value.p[i] - '0');
        return;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (kds_slice_is(name, wanted[i].name))
            keep(value, wanted[i].out, wanted[i].size);
}

static int on_header(nghttp2_session *nghttp2,
                     const nghttp2_frame *frame,
                     const uint8_t *name,
                     size_t name_n,
                     const uint8_t *value,
                     size_t value_n,
                     uint8_t flags,
                     void *opaque)
{
    struct kds_h2_stream *stream = find(nghttp2, frame->hd.stream_id);
    (void)flags;
    (void)opaque;
    if (stream == NULL)
        return 0;
    stream->header_bytes += name_n + value_n + 32; /* as RFC 9113 counts, 6.5.2 */
    if (stream->header_bytes > KDS_H2_HEADER_BYTES_MAX ||
        ++stream->header_count > KDS_H2_HEADERS_MAX)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* the stream is reset */
    if (!stream->head_told && is_final_head(frame))
        keep_header(&stream->head, kds_slice_of(name, name_n),
                    kds_slice_of(value, value_n));
    return 0;
}

static int on_data(nghttp2_session *nghttp2,
                   uint8_t flags,
                   int32_t id,
                   const uint8_t *p,
                   size_t n,
                   void *opaque)
{
    struct kds_h2_session *s = opaque;
    struct kds_h2_stream *stream = find(nghttp2, id);
    (void)flags;
    s->empty_frames = 0;
    if (nghttp2_session_consume_connection(nghttp2, n) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    if (stream != NULL)
        stream->ops->on_data(stream->opaque, kds_slice_of(p, n));
    return 0;
}

/* Frames cost their receiver work; those that bring nothing are counted. */
static int count_empty(struct kds_h2_session *s, const nghttp2_frame *frame)
{
    if (frame->hd.length > 0 || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 ||
        ++s->empty_frames <= KDS_H2_EMPTY_FRAMES_MAX)
        return 0;
    doom(s, KDS_ERR_PROTOCOL, "HTTP/2: the peer floods with empty frames");
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *opaque)
{
    struct kds_h2_session *s = opaque;
    struct kds_h2_stream *stream;
    switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
            s->settings = true;
        else
            s->acknowledged = true;
        return 0;
    case NGHTTP2_GOAWAY:
        s->draining = true;
        if (frame->goaway.error_code != NGHTTP2_NO_ERROR)
            snprintf(s->why, sizeof s->why, "HTTP/2: the peer said GOAWAY: %s",
                     nghttp2_http2_strerror(frame->goaway.error_code));
        return 0;
    case NGHTTP2_DATA:
        return count_empty(s, frame);
    case NGHTTP2_HEADERS:
        stream = find(nghttp2, frame->hd.stream_id);
        if (stream == NULL || stream->head_told || stream->head.status < 200)
            return 0;
        stream->head_told = true;
        stream->ops->on_head(stream->opaque, &stream->head);
        return 0;
    default:
        return 0;
    }
}

/* nghttp2 answers what is wrong with GOAWAY and stops; its reason is ours. */
static int on_invalid_frame(nghttp2_session *nghttp2,
                            const nghttp2_frame *frame,
                            int error,
                            void *opaque)
{
    struct kds_h2_session *s = opaque;
    (void)nghttp2;
    snprintf(s->why, sizeof s->why, "HTTP/2: a wrong frame of type %u: %s",
             frame->hd.type, nghttp2_strerror(error));
    return 0;
}

static int on_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *opaque)
{
    struct kds_h2_session *s = opaque;
    if (frame->hd.type == NGHTTP2_GOAWAY &&
        frame->goaway.error_code != NGHTTP2_NO_ERROR) {
        doom(s, KDS_ERR_PROTOCOL, "HTTP/2: %s (%.*s)",
             nghttp2_http2_strerror(frame->goaway.error_code),
             (int)frame->goaway.opaque_data_len,
             frame->goaway.opaque_data_len > 0 ? (const char *)frame->goaway.opaque_data
                                               : "");
    }
    struct kds_h2_stream *stream =
        frame->hd.type == NGHTTP2_HEADERS ? find(nghttp2, frame->hd.stream_id) : NULL;
    if (stream != NULL && stream->window != 0 &&
        nghttp2_session_set_local_window_size(nghttp2, NGHTTP2_FLAG_NONE, stream->id,
                                              (int32_t)stream->window) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    return 0;
}

static int
on_stream_close(nghttp2_session *nghttp2, int32_t id, uint32_t code, void *opaque)
{
    struct kds_h2_session *s = opaque;
    struct kds_h2_stream *stream = find(nghttp2, id);
    char reason[200];
    if (stream == NULL)
        return 0;
    const bool whole = stream->ended && stream->head_told && code == NGHTTP2_NO_ERROR;
    struct kds_h2_end end = {
        .err = whole                            ? KDS_OK
               : code == NGHTTP2_PROTOCOL_ERROR ? KDS_ERR_PROTOCOL
                                                : KDS_ERR_TRANSPORT,
        .code = code,
        .untouched = code == NGHTTP2_REFUSED_STREAM,
        .reason = reason,
    };
    if (s->draining && end.untouched && s->why[0] != 0)
        snprintf(reason, sizeof reason, "%s", s->why);
    else
        snprintf(reason, sizeof reason, "HTTP/2: the stream was reset: %s",
                 nghttp2_http2_strerror(code));
    end_stream(stream, &end);
    return 0;
}

/* The end of the body is seen before the stream is closed, which a reset also does. */
static int
on_frame_and_end(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *opaque)
{
    if ((frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        struct kds_h2_stream *stream = find(nghttp2, frame->hd.stream_id);
        if (stream != NULL)
            stream->ended = true;
    }
    return on_frame(nghttp2, frame, opaque);
}

static ssize_t read_body(nghttp2_session *nghttp2,
                         int32_t id,
                         uint8_t *buffer,
                         size_t size,
                         uint32_t *flags,
                         nghttp2_data_source *source,
                         void *opaque)
{
    struct kds_h2_stream *stream = find(nghttp2, id);
    (void)source;
    (void)opaque;
    if (stream == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const kds_slice_t body = stream->request->body;
    size_t n = body.n - stream->body_sent;
    n = n < size ? n : size;
    if (n > 0)
        memcpy(buffer, body.p + stream->body_sent, n);
    stream->body_sent += n;
    if (stream->body_sent == body.n)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

/* ---- life ---------------------------------------------------------------------------------- */

static bool set_callbacks(nghttp2_session_callbacks **out)
{
    nghttp2_session_callbacks *c;
    if (nghttp2_session_callbacks_new(&c) != 0)
        return false;
    nghttp2_session_callbacks_set_on_begin_headers_callback(c, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(c, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(c, on_frame_and_end);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(c, on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(c, on_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(c, on_stream_close);
    *out = c;
    return true;
}

static bool make_session(struct kds_h2_session *s)
{
    nghttp2_mem mem = {NULL, take, release, take_zero, resize};
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    bool made = false;
    if (set_callbacks(&callbacks) && nghttp2_option_new(&option) == 0) {
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_option_set_max_reserved_remote_streams(option, 0);
        made = nghttp2_session_client_new3(&s->nghttp2, callbacks, s, option, &mem) == 0;
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return made;
}

static bool submit_settings(struct kds_h2_session *s, uint32_t window)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, KDS_H2_HEADER_BYTES_MAX},
        {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, SETTINGS_HEADER_TABLE},
    };
    return nghttp2_submit_settings(s->nghttp2, NGHTTP2_FLAG_NONE, settings,
                                   sizeof settings / sizeof settings[0]) == 0 &&
           nghttp2_session_set_local_window_size(s->nghttp2, NGHTTP2_FLAG_NONE, 0,
                                                 KDS_H2_CONNECTION_WINDOW) == 0;
}

void kds_h2_session_skip_ids(struct kds_h2_session *s, uint32_t next)
{
    nghttp2_session_set_next_stream_id(s->nghttp2, (int32_t)next);
}

kds_err_t kds_h2_session_new(const struct kds_h2_session_options *options,
                             struct kds_h2_session **session)
{
    struct kds_h2_session *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL)
        return KDS_ERR_NO_MEMORY;
    s->scheme = options->scheme;
    s->authority = options->authority;
    s->heard_us = options->now_us;
    s->first = true;
    if (!make_session(s) || !submit_settings(s, options->window)) {
        kds_h2_session_free(s, KDS_ERR_NO_MEMORY, "out of memory");
        return KDS_ERR_NO_MEMORY;
    }
    *session = s;
    return KDS_OK;
}

void kds_h2_session_free(struct kds_h2_session *s, kds_err_t err, const char *reason)
{
    const struct kds_h2_end end = {.err = err, .reason = reason};
    if (s == NULL)
        return;
    while (s->streams != NULL)
        end_stream(s->streams, &end);
    nghttp2_session_del(s->nghttp2);
    kds_free(s);
}

/* ---- bytes --------------------------------------------------------------------------------- */

/* Its SETTINGS frame is the first thing that an HTTP/2 server says. Say so where it speaks otherwise. */
static bool speaks_http2(struct kds_h2_session *s, kds_slice_t bytes)
{
    static const char old[] = "HTTP/1.";
    if (!s->first || bytes.n == 0)
        return true;
    s->first = false;
    if (bytes.n < sizeof old - 1 || memcmp(bytes.p, old, sizeof old - 1) != 0)
        return true;
    doom(s, KDS_ERR_PROTOCOL, "the peer speaks HTTP/1.1 where HTTP/2 is needed");
    return false;
}

kds_err_t
kds_h2_session_receive(struct kds_h2_session *s, kds_slice_t bytes, int64_t now_us)
{
    s->heard_us = now_us;
    s->pinged_us = 0;
    if (s->err != KDS_OK || !speaks_http2(s, bytes))
        return s->err;
    const ssize_t n = nghttp2_session_mem_recv(s->nghttp2, bytes.p, bytes.n);
    if (n == NGHTTP2_ERR_NOMEM)
        return doom(s, KDS_ERR_NO_MEMORY, "out of memory");
    if (n < 0)
        return doom(s, KDS_ERR_PROTOCOL, "HTTP/2: %s", nghttp2_strerror((int)n));
    return s->err;
}

kds_err_t kds_h2_session_send(struct kds_h2_session *s, struct kds_buf *out, size_t most)
{
    while (out->n < most) {
        const uint8_t *p;
        const ssize_t n = nghttp2_session_mem_send(s->nghttp2, &p);
        if (n == 0)
            break;
        if (n < 0)
            return doom(s, n == NGHTTP2_ERR_NOMEM ? KDS_ERR_NO_MEMORY : KDS_ERR_PROTOCOL,
                        "HTTP/2: %s", nghttp2_strerror((int)n));
        kds_buf_add(out, p, (size_t)n);
    }
    if (out->err != KDS_OK)
        return doom(s, out->err, "out of memory");
    return s->err;
}

kds_err_t kds_h2_session_tick(struct kds_h2_session *s, int64_t now_us, int64_t *next_us)
{
    if (s->pinged_us != 0 && now_us - s->pinged_us >= KDS_H2_PING_TIMEOUT_US)
        return doom(s, KDS_ERR_TIMED_OUT, "HTTP/2: no answer to a PING within 10 s");
    if (s->pinged_us == 0 && now_us - s->heard_us >= KDS_H2_PING_AFTER_US) {
        if (nghttp2_submit_ping(s->nghttp2, NGHTTP2_FLAG_NONE, NULL) != 0)
            return doom(s, KDS_ERR_NO_MEMORY, "out of memory");
        s->pinged_us = now_us;
    }
    *next_us = s->pinged_us != 0 ? s->pinged_us + KDS_H2_PING_TIMEOUT_US
                                 : s->heard_us + KDS_H2_PING_AFTER_US;
    return s->err;
}

/* ---- state --------------------------------------------------------------------------------- */

bool kds_h2_session_ready(const struct kds_h2_session *s)
{
    return s->settings && s->acknowledged;
}

unsigned kds_h2_session_limit(const struct kds_h2_session *s)
{
    const uint32_t theirs = nghttp2_session_get_remote_settings(
        s->nghttp2, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    return theirs < KDS_H2_STREAMS_MAX ? theirs : KDS_H2_STREAMS_MAX;
}

/* A connection has 2^30 numbers for streams; the pool makes another one in time. */
static unsigned ids_left(const struct kds_h2_session *s)
{
    const uint32_t next = nghttp2_session_get_next_stream_id(s->nghttp2);
    return next <= STREAM_ID_MAX ? (STREAM_ID_MAX - next) / 2 + 1 : 0;
}

unsigned kds_h2_session_room(const struct kds_h2_session *s)
{
    const unsigned limit = kds_h2_session_limit(s), left = ids_left(s);
    if (!kds_h2_session_ready(s) || s->draining || s->err != KDS_OK ||
        !nghttp2_session_check_request_allowed(s->nghttp2))
        return 0;
    const unsigned room = limit > s->stream_count ? limit - s->stream_count : 0;
    return room < left ? room : left;
}

unsigned kds_h2_session_streams(const struct kds_h2_session *s)
{
    return s->stream_count;
}

bool kds_h2_session_over(const struct kds_h2_session *s)
{
    return s->err != KDS_OK ||
           (s->stream_count == 0 && (s->draining || ids_left(s) == 0)) ||
           (!nghttp2_session_want_read(s->nghttp2) &&
            !nghttp2_session_want_write(s->nghttp2));
}

const char *kds_h2_session_why(const struct kds_h2_session *s)
{
    return s->why[0] != 0 ? s->why : "HTTP/2: the connection is closed";
}

/* ---- requests ------------------------------------------------------------------------------ */

static nghttp2_nv header(const char *name, const char *value)
{
    /* nghttp2 copies both, and writes names in lower case only. */
    nghttp2_nv nv = {(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                     strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
    return nv;
}

kds_err_t kds_h2_session_open(struct kds_h2_session *s, struct kds_h2_stream *stream)
{
    nghttp2_nv nv[4 + KDS_HTTP_HEADERS_MAX];
    size_t n = 0;
    nv[n++] = header(":method", stream->request->method);
    nv[n++] = header(":scheme", s->scheme);
    nv[n++] = header(":authority", s->authority);
    nv[n++] = header(":path", stream->path);
    for (size_t i = 0; i < stream->request->header_count; i++) {
        const struct kds_http_header *h = &stream->request->headers[i];
        nv[n] = header(h->name, h->value);
        if (strcmp(h->name, "authorization") == 0 ||
            strcmp(h->name, "x-amz-security-token") == 0)
            nv[n].flags = NGHTTP2_NV_FLAG_NO_INDEX;
        n++;
    }
    const nghttp2_data_provider body = {.read_callback = read_body};
    stream->body_sent = stream->header_bytes = 0;
    stream->header_count = stream->interim = 0;
    stream->head_told = stream->ended = false;
    stream->head = (struct kds_http_response){0};
    const int32_t id = nghttp2_submit_request(s->nghttp2, NULL, nv, n, &body, stream);
    if (id < 0)
        return id == NGHTTP2_ERR_NOMEM ? KDS_ERR_NO_MEMORY : KDS_ERR_TRANSPORT;
    stream->id = id;
    stream->session = s;
    kds_h2_stream_link(stream, &s->streams);
    s->stream_count++;
    return KDS_OK;
}
