/*
 * fuzz_h2_session: the client's end of a connection against a peer of any bytes. The first byte says
 * how many streams are opened, and whether their owners consume and drop; the rest is what the peer
 * sends, behind its SETTINGS, in pieces of sizes that the second byte chooses. Each stream ends
 * exactly once, unless it was dropped.
 */
#include "base/clock.h"
#include "net/h2_session.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS 3

struct owner {
    struct kds_h2_stream stream;
    bool consumes, drops;
    bool head, dropped;
    unsigned ends;
};

static void on_head(void *opaque, const struct kds_http_response *head)
{
    struct owner *o = opaque;
    if (o->head || o->ends > 0 || head->status < 200 || head->status > 999)
        abort();
    o->head = true;
}

static void on_data(void *opaque, kds_slice_t chunk)
{
    struct owner *o = opaque;
    if (!o->head || o->ends > 0 || o->dropped || chunk.n == 0)
        abort();
    if (o->consumes)
        kds_h2_stream_consume(&o->stream, chunk.n);
    if (o->drops) {
        o->dropped = true;
        kds_h2_stream_drop(&o->stream);
    }
}

static void on_end(void *opaque, const struct kds_h2_end *end)
{
    struct owner *o = opaque;
    if (o->dropped || o->ends++ > 0 || end->reason == NULL)
        abort();
}

static const struct kds_h2_stream_ops ops = {on_head, on_data, on_end};

static void open_streams(struct kds_h2_session *s,
                         struct owner *owners,
                         size_t count,
                         const struct kds_http_request *request,
                         uint8_t how)
{
    for (size_t i = 0; i < count && kds_h2_session_room(s) > 0; i++) {
        struct owner *o = &owners[i];
        o->stream.ops = &ops;
        o->stream.opaque = o;
        o->stream.request = request;
        o->stream.path = "/";
        o->consumes = (how >> 2 & 1) != 0;
        o->drops = (how >> 3 & 1) != 0 && i == 1;
        if (kds_h2_session_open(s, &o->stream) != KDS_OK)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t settings[] = {0, 0, 0, 4, 0, 0, 0, 0, 0,  /* SETTINGS */
                                       0, 0, 0, 4, 1, 0, 0, 0, 0}; /* ACK of ours */
    static const struct kds_h2_session_options options = {
        .scheme = "http", .authority = "x", .window = 1000};
    const struct kds_http_request request = {.method = "POST", .body = kds_slice("{}")};
    struct owner owners[STREAMS] = {{.ends = 0}};
    struct kds_h2_session *s = NULL;
    struct kds_buf out;
    int64_t next_us;
    if (size < 2)
        return 0;
    if (kds_h2_session_new(&options, &s) != KDS_OK)
        abort();
    kds_buf_init(&out, 1 << 20);
    if ((data[0] & 16) == 0) {
        kds_h2_session_send(s, &out, 1 << 20);
        kds_h2_session_receive(s, (kds_slice_t){settings, sizeof settings}, 0);
        open_streams(s, owners, data[0] & 3u, &request, data[0]);
    }
    for (size_t at = 2; at < size;) {
        size_t n = data[1] == 0 ? size : (size_t)data[1];
        n = n < size - at ? n : size - at;
        uint8_t *piece = malloc(n);
        if (piece == NULL)
            abort();
        memcpy(piece, data + at, n);
        kds_err_t rc = kds_h2_session_receive(s, (kds_slice_t){piece, n}, (int64_t)at);
        free(piece);
        at += n;
        kds_buf_reset(&out);
        if (kds_h2_session_send(s, &out, 1 << 20) != KDS_OK || rc != KDS_OK)
            break;
        kds_h2_session_tick(s, (int64_t)at * KDS_US_PER_S, &next_us);
    }
    if (kds_h2_session_why(s)[0] == 0)
        abort();
    kds_h2_session_free(s, KDS_ERR_CANCELLED, "over");
    for (size_t i = 0; i < STREAMS; i++)
        if (owners[i].stream.ops != NULL && owners[i].ends != !owners[i].dropped)
            abort();
    kds_buf_clear(&out);
    return 0;
}
