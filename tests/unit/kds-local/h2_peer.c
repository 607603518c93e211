/*
 * h2_peer: see the header.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "h2_peer.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct h2_peer_stream *find(struct h2_peer *p, int32_t id)
{
    for (size_t i = 0; i < p->stream_count; i++) {
        if (p->streams[i].id == id) {
            return &p->streams[i];
        }
    }
    return NULL;
}

static int on_header(nghttp2_session *session,
                     const nghttp2_frame *frame,
                     const uint8_t *name,
                     size_t name_n,
                     const uint8_t *value,
                     size_t value_n,
                     uint8_t flags,
                     void *opaque)
{
    struct h2_peer_stream *s = find(opaque, frame->hd.stream_id);
    (void)session;
    (void)flags;
    if (s != NULL && name_n == 7 && memcmp(name, ":status", 7) == 0) {
        snprintf(s->status, sizeof s->status, "%.*s", (int)value_n, (const char *)value);
    }
    return 0;
}

static int on_data(nghttp2_session *session,
                   uint8_t flags,
                   int32_t id,
                   const uint8_t *data,
                   size_t n,
                   void *opaque)
{
    struct h2_peer_stream *s = find(opaque, id);
    (void)session;
    (void)flags;
    if (s != NULL && s->got_n + n < H2_PEER_BYTES) {
        memcpy(s->got + s->got_n, data, n);
        s->got_n += n;
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    struct h2_peer *p = opaque;
    struct h2_peer_stream *s = find(p, frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        p->goaways++;
        p->goaway_last = frame->goaway.last_stream_id;
        p->goaway_error = frame->goaway.error_code;
    } else if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK)) {
        p->pongs++;
    } else if (frame->hd.type == NGHTTP2_SETTINGS) {
        p->max_streams = nghttp2_session_get_remote_settings(
            session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
        p->window = nghttp2_session_get_remote_settings(
            session, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    }
    if (s != NULL && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) &&
        (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS)) {
        s->ended = true;
    }
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *opaque)
{
    struct h2_peer_stream *s = find(opaque, id);
    (void)session;
    if (s != NULL) {
        s->closed = true;
        s->error = error;
    }
    return 0;
}

static ssize_t read_request(nghttp2_session *session,
                            int32_t id,
                            uint8_t *to,
                            size_t room,
                            uint32_t *flags,
                            nghttp2_data_source *source,
                            void *opaque)
{
    struct h2_peer_stream *s = source->ptr;
    size_t left = s->body_n - s->body_sent;
    size_t n = left < room ? left : room;
    (void)session;
    (void)id;
    (void)opaque;
    memcpy(to, s->body + s->body_sent, n);
    s->body_sent += n;
    if (s->body_sent == s->body_n) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return (ssize_t)n;
}

static void
begin(struct h2_peer *p, struct pair *pair, uint32_t window, nghttp2_option *option)
{
    nghttp2_session_callbacks *callbacks;
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window}};
    memset(p, 0, sizeof *p);
    p->pair = pair;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    assert_int_equal(nghttp2_session_client_new2(&p->session, callbacks, p, option), 0);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(p->session, NGHTTP2_FLAG_NONE, settings, window > 0);
    h2_peer_settle(p);
}

void h2_peer_begin(struct h2_peer *p, struct pair *pair, uint32_t window)
{
    begin(p, pair, window, NULL);
}

void h2_peer_begin_manual(struct h2_peer *p, struct pair *pair, uint32_t window)
{
    nghttp2_option *option;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    begin(p, pair, window, option);
    nghttp2_option_del(option);
}

void h2_peer_finish(struct h2_peer *p)
{
    nghttp2_session_del(p->session);
    for (size_t i = 0; i < p->stream_count; i++) {
        free(p->streams[i].got);
    }
}

static nghttp2_nv nv(const char *name, const char *value)
{
    nghttp2_nv pair = {.name = (uint8_t *)(uintptr_t)name,
                       .value = (uint8_t *)(uintptr_t)value,
                       .namelen = strlen(name),
                       .valuelen = strlen(value)};
    return pair;
}

struct h2_peer_stream *
h2_peer_ask(struct h2_peer *p, const char *operation, const char *body)
{
    char target[96];
    snprintf(target, sizeof target, "Kinesis_20131202.%s", operation);
    const nghttp2_nv fields[] = {
        nv(":method", "POST"),
        nv(":scheme", "http"),
        nv(":authority", "h"),
        nv(":path", "/"),
        nv("x-amz-target", target),
        nv("content-type", "application/x-amz-json-1.1"),
        nv("x-amz-date", "20260921T141320Z"),
        nv("authorization",
           "AWS4-HMAC-SHA256 Credential=A/20260921/us-east-1/kinesis/aws4_request, "
           "SignedHeaders=:authority;x-amz-date, Signature="
           "0000000000000000000000000000000000000000000000000000000000000000")};
    assert_true(p->stream_count < H2_PEER_STREAMS);
    struct h2_peer_stream *s = &p->streams[p->stream_count++];
    s->body = body;
    s->body_n = strlen(body);
    s->got = malloc(H2_PEER_BYTES);
    const nghttp2_data_provider source = {.source = {.ptr = s},
                                          .read_callback = read_request};
    s->id = nghttp2_submit_request(p->session, NULL, fields,
                                   sizeof fields / sizeof fields[0], &source, NULL);
    assert_true(s->id > 0);
    h2_peer_settle(p);
    return s;
}

static bool send_all(struct h2_peer *p)
{
    const uint8_t *bytes;
    bool some = false;
    ssize_t n;
    while (!p->broken && (n = nghttp2_session_mem_send(p->session, &bytes)) > 0) {
        pair_send(p->pair, bytes, (size_t)n);
        some = true;
    }
    return some;
}

static bool take_all(struct h2_peer *p)
{
    pair_settle(p->pair);
    const size_t n = p->pair->got_n - p->taken;
    if (n > 0 && !p->broken) {
        p->broken = nghttp2_session_mem_recv(p->session, p->pair->got + p->taken, n) !=
                    (ssize_t)n;
    }
    pair_forget(p->pair);
    p->taken = 0;
    return n > 0;
}

void h2_peer_settle(struct h2_peer *p)
{
    bool some;
    do {
        some = send_all(p);
        some |= take_all(p);
    } while (some);
}

void h2_peer_pass(struct h2_peer *p, int64_t ms)
{
    pair_pass(p->pair, ms);
    h2_peer_settle(p);
}

void h2_peer_ping(struct h2_peer *p)
{
    nghttp2_submit_ping(p->session, NGHTTP2_FLAG_NONE, NULL);
    h2_peer_settle(p);
}

void h2_peer_consume(struct h2_peer *p, struct h2_peer_stream *s, size_t n)
{
    nghttp2_session_consume(p->session, s->id, n);
    h2_peer_settle(p);
}

void h2_peer_cancel(struct h2_peer *p, struct h2_peer_stream *s)
{
    nghttp2_submit_rst_stream(p->session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_CANCEL);
    h2_peer_settle(p);
}
