/*
 * h2: a session of nghttp2 and what it tells us.
 */
#include "h2.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <string.h>

/* A request on its way in, then its answer on its way out. */
struct stream {
    struct stream *next, **at; /* in the connection's list */
    int32_t id;
    struct kds_buf text; /* names and values of the headers, one behind the other */
    struct {
        size_t name, value, name_n, value_n; /* in text */
    } spans[HTTP_FIELDS_MAX];
    size_t span_count;
    size_t method, path; /* index into spans + 1; 0 = did not come */
    struct kds_buf body;
    size_t stop; /* of the body: told then */
    int refused; /* HTTP status; 0 = fine so far */
    const char *why;
    bool answered;
    void *user; /* NULL: begin() had no memory */
};

struct h2 {
    nghttp2_session *session;
    struct h2_events events;
    void *opaque;
    struct stream *streams;
    size_t held;        /* bytes of all streams' bodies */
    bool window_closed; /* for good */
};

/* ---- streams ------------------------------------------------------------------------------ */

static struct stream *stream_new(struct h2 *h2, int32_t id)
{
    struct stream *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->id = id;
    kds_buf_init(&s->text, HTTP_HEAD_BYTES_MAX);
    kds_buf_init(&s->body, HTTP_BODY_BYTES_MAX);
    s->stop = SIZE_MAX;
    s->next = h2->streams;
    s->at = &h2->streams;
    if (s->next != NULL) {
        s->next->at = &s->next;
    }
    h2->streams = s;
    return s;
}

static void drop_body(struct h2 *h2, struct stream *s)
{
    h2->held -= s->body.n;
    kds_buf_clear(&s->body);
}

static void stream_free(struct h2 *h2, struct stream *s)
{
    drop_body(h2, s);
    *s->at = s->next;
    if (s->next != NULL) {
        s->next->at = s->at;
    }
    if (s->user != NULL) {
        h2->events.gone(s->user);
    }
    kds_buf_clear(&s->text);
    kds_free(s);
}

static struct stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static void refuse(struct stream *s, int status, const char *why)
{
    if (s->refused == 0) {
        s->refused = status;
        s->why = why;
    }
}

/* ---- a request comes in ------------------------------------------------------------------- */

static int
on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0; /* trailers are read and ignored */
    }
    struct h2 *h2 = opaque;
    struct stream *s = stream_new(h2, frame->hd.stream_id);
    if (s == NULL) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    s->user = h2->events.begin(h2, (uint32_t)s->id, h2->opaque);
    if (s->user == NULL) {
        stream_free(h2, s);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, s);
    return 0;
}

static void keep_header(struct stream *s, kds_slice_t name, kds_slice_t value)
{
    if (s->span_count == HTTP_FIELDS_MAX) {
        refuse(s, 431, "more than 128 headers");
        return;
    }
    size_t at = s->text.n;
    kds_buf_add_slice(&s->text, name);
    kds_buf_add_slice(&s->text, value);
    if (s->text.err != KDS_OK) {
        refuse(s, 431, "the headers exceed 64 KiB");
        return;
    }
    size_t i = s->span_count++;
    s->spans[i].name = at;
    s->spans[i].name_n = name.n;
    s->spans[i].value = at + name.n;
    s->spans[i].value_n = value.n;
    if (kds_slice_is(name, ":method")) {
        s->method = i + 1;
    } else if (kds_slice_is(name, ":path")) {
        s->path = i + 1;
    }
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
    (void)flags;
    (void)opaque;
    struct stream *s = stream_of(session, frame->hd.stream_id);
    if (s != NULL && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        keep_header(s, kds_slice_of(name, name_n), kds_slice_of(value, value_n));
    }
    return 0;
}

static void keep_body(struct h2 *h2, struct stream *s, const uint8_t *data, size_t n)
{
    size_t before = s->body.n;
    kds_buf_add(&s->body, data, n);
    h2->held += s->body.n - before;
    if (s->body.err != KDS_OK) {
        refuse(s, 413, "the body exceeds 16 MiB");
        drop_body(h2, s);
    } else if (h2->held > H2_HELD_BYTES_MAX) {
        refuse(s, 503, "the bodies of this connection exceed 128 MiB");
        drop_body(h2, s);
    } else if (before < s->stop && s->body.n >= s->stop) {
        h2->events.request(h2, s->user, false, 0, NULL);
    }
}

static int on_data(nghttp2_session *session,
                   uint8_t flags,
                   int32_t id,
                   const uint8_t *data,
                   size_t n,
                   void *opaque)
{
    (void)flags;
    struct h2 *h2 = opaque;
    struct stream *s = stream_of(session, id);
    if (s != NULL && s->refused == 0 && !s->answered) {
        keep_body(h2, s, data, n);
    }
    if (!h2->window_closed) {
        nghttp2_session_consume(session, id, n);
    }
    return 0;
}

static kds_slice_t span_value(const struct stream *s, size_t index)
{
    kds_slice_t none = {NULL, 0};
    return index ? kds_slice_of(s->text.p + s->spans[index - 1].value,
                                s->spans[index - 1].value_n)
                 : none;
}

/* Put the request together as the rest of the server knows it. */
void h2_request(const struct h2 *h2, uint32_t stream, struct http_request *out)
{
    const struct stream *s = stream_of(h2->session, (int32_t)stream);
    out->field_count = 0;
    out->stream = stream;
    if (s == NULL) {
        out->method = out->path = out->body = kds_slice("");
        return;
    }
    out->method = span_value(s, s->method);
    out->path = span_value(s, s->path);
    out->body = kds_buf_slice(&s->body);
    for (size_t i = 0; i < s->span_count; i++) {
        kds_slice_t name = kds_slice_of(s->text.p + s->spans[i].name, s->spans[i].name_n);
        if (name.n > 0 && name.p[0] == ':' && !kds_slice_is(name, ":authority")) {
            continue;
        }
        struct http_field *field = &out->fields[out->field_count++];
        field->name = name;
        field->value = span_value(s, i + 1);
    }
}

void h2_stop(struct h2 *h2, uint32_t stream, size_t bytes)
{
    struct stream *s = stream_of(h2->session, (int32_t)stream);
    if (s != NULL) {
        s->stop = bytes;
    }
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *opaque)
{
    struct h2 *h2 = opaque;
    const bool head = frame->hd.type == NGHTTP2_HEADERS;
    const bool last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (!head && !(last && frame->hd.type == NGHTTP2_DATA)) {
        return 0;
    }
    struct stream *s = stream_of(session, frame->hd.stream_id);
    if (s == NULL || s->answered) {
        return 0;
    }
    if (last || (frame->headers.cat == NGHTTP2_HCAT_REQUEST && s->refused == 0)) {
        h2->events.request(h2, s->user, last, s->refused, s->why);
    }
    return 0;
}

static int
on_close(nghttp2_session *session, int32_t id, uint32_t error_code, void *opaque)
{
    (void)error_code;
    struct stream *s = stream_of(session, id);
    if (s != NULL) {
        stream_free(opaque, s);
    }
    return 0;
}

/* ---- life --------------------------------------------------------------------------------- */

static bool open_session(struct h2 *h2,
                         const struct h2_settings *ours,
                         nghttp2_session_callbacks *callbacks)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, ours->max_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, ours->window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)HTTP_HEAD_BYTES_MAX},
    };
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_option *option;
    if (nghttp2_option_new(&option) != 0) {
        return false;
    }
    nghttp2_option_set_no_auto_window_update(option, 1);
    int rc = nghttp2_session_server_new2(&h2->session, callbacks, h2, option);
    nghttp2_option_del(option);
    return rc == 0 &&
           nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof settings / sizeof settings[0]) == 0 &&
           nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0,
                                                 H2_CONNECTION_WINDOW_BYTES) == 0;
}

struct h2 *
h2_new(const struct h2_events *events, const struct h2_settings *settings, void *opaque)
{
    struct h2 *h2 = kds_alloc_zero(1, sizeof *h2);
    nghttp2_session_callbacks *callbacks = NULL;
    if (h2 == NULL || nghttp2_session_callbacks_new(&callbacks) != 0) {
        kds_free(h2);
        return NULL;
    }
    h2->events = *events;
    h2->opaque = opaque;
    bool ok = open_session(h2, settings, callbacks);
    nghttp2_session_callbacks_del(callbacks);
    if (!ok) {
        h2_free(h2);
        return NULL;
    }
    return h2;
}

void h2_free(struct h2 *h2)
{
    if (h2 == NULL) {
        return;
    }
    while (h2->streams != NULL) {
        stream_free(h2, h2->streams);
    }
    nghttp2_session_del(h2->session);
    kds_free(h2);
}

/* ---- bytes -------------------------------------------------------------------------------- */

bool h2_feed(struct h2 *h2, const uint8_t *p, size_t n)
{
    /* nghttp2 answers what breaks the protocol with GOAWAY by itself; then it wants no more. */
    return nghttp2_session_mem_recv(h2->session, p, n) >= 0;
}

static ssize_t read_body(nghttp2_session *session,
                         int32_t id,
                         uint8_t *to,
                         size_t room,
                         uint32_t *flags,
                         nghttp2_data_source *source,
                         void *opaque)
{
    (void)session;
    (void)id;
    struct h2 *h2 = opaque;
    struct stream *s = source->ptr;
    size_t n = 0;
    while (n < room) {
        kds_slice_t piece;
        enum h2_pull next = h2->events.pull(s->user, room - n, &piece);
        if (next == H2_END) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
            break;
        }
        if (next == H2_LATER) {
            return n > 0 ? (ssize_t)n : NGHTTP2_ERR_DEFERRED;
        }
        memcpy(to + n, piece.p, piece.n);
        n += piece.n;
    }
    return (ssize_t)n;
}

static nghttp2_nv pair_of(const char *name, const char *value)
{
    nghttp2_nv nv = {.name = (uint8_t *)(uintptr_t)name,
                     .value = (uint8_t *)(uintptr_t)value,
                     .namelen = strlen(name),
                     .valuelen = strlen(value)};
    return nv;
}

/* Names of HTTP/2 are in lower case. */
static const char *lower(const char *name, char out[32])
{
    size_t i = 0;
    for (; name[i] != 0 && i < 31; i++) {
        out[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    }
    out[i] = 0;
    return out;
}

bool h2_answer(struct h2 *h2,
               uint32_t stream,
               const struct http_answer_head *head,
               bool body)
{
    nghttp2_nv fields[1 + HTTP_ANSWER_FIELDS_MAX];
    char names[HTTP_ANSWER_FIELDS_MAX][32];
    char status[12];
    struct stream *s = stream_of(h2->session, (int32_t)stream);
    if (s == NULL) {
        return true;
    }
    s->answered = true;
    drop_body(h2, s); /* the answer may take long */
    kds_buf_clear(&s->text);
    snprintf(status, sizeof status, "%d", head->status);
    fields[0] = pair_of(":status", status);
    for (size_t i = 0; i < head->count; i++) {
        fields[1 + i] =
            pair_of(lower(head->fields[i].name, names[i]), head->fields[i].value);
    }
    nghttp2_data_provider source = {.source = {.ptr = s}, .read_callback = read_body};
    if (nghttp2_submit_response(h2->session, s->id, fields, 1 + head->count,
                                body ? &source : NULL) != 0) {
        h2_reset_stream(h2, stream, NGHTTP2_INTERNAL_ERROR);
        return false;
    }
    return true;
}

void h2_resume(struct h2 *h2, uint32_t stream)
{
    nghttp2_session_resume_data(h2->session, (int32_t)stream);
}

bool h2_take(struct h2 *h2, struct kds_buf *out, size_t most)
{
    while (out->n < most) {
        const uint8_t *bytes;
        ssize_t n = nghttp2_session_mem_send(h2->session, &bytes);
        if (n < 0) {
            return false;
        }
        if (n == 0) {
            break;
        }
        kds_buf_add(out, bytes, (size_t)n);
    }
    return out->err == KDS_OK;
}

bool h2_done(const struct h2 *h2)
{
    return !nghttp2_session_want_read(h2->session) &&
           !nghttp2_session_want_write(h2->session);
}

/* ---- what a peer must be able to live with ------------------------------------------------ */

void h2_reset_stream(struct h2 *h2, uint32_t stream, uint32_t error_code)
{
    nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, (int32_t)stream,
                              error_code);
}

void h2_goaway(struct h2 *h2, uint32_t last_stream, uint32_t error_code)
{
    nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE, (int32_t)last_stream,
                          error_code, NULL, 0);
}

void h2_tell_settings(struct h2 *h2, int64_t max_streams, int64_t window)
{
    nghttp2_settings_entry settings[2];
    size_t n = 0;
    if (max_streams >= 0) {
        settings[n].settings_id = NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS;
        settings[n++].value = (uint32_t)max_streams;
    }
    if (window >= 0) {
        settings[n].settings_id = NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE;
        settings[n++].value = (uint32_t)window;
    }
    nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings, n);
}

void h2_close_window(struct h2 *h2)
{
    h2->window_closed = true;
    h2_tell_settings(h2, -1, 0);
}
