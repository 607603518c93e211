/*
 * fuzz_h2: the bytes of an HTTP/2 client, in one piece and byte by byte: the same requests come out,
 * and every one of them can be answered.
 */
#include "h2.h"

#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STREAMS_MAX 256
#define ANSWER      "an answer"

struct peer {
    struct h2 *h2;
    struct user {
        struct peer *peer;
        uint32_t stream;
        bool open, done;
        size_t sent;
    } users[STREAMS_MAX];
    size_t count;
    uint64_t hash; /* of all requests */
};

static void mix(struct peer *p, kds_slice_t bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        p->hash = (p->hash ^ bytes.p[i]) * UINT64_C(0x100000001B3);
    }
    p->hash = (p->hash ^ bytes.n) * UINT64_C(0x100000001B3);
}

static void *on_begin(struct h2 *h2, uint32_t stream, void *opaque)
{
    struct peer *p = opaque;
    (void)h2;
    if (p->count == STREAMS_MAX) {
        return NULL;
    }
    struct user *u = &p->users[p->count++];
    u->peer = p;
    u->stream = stream;
    u->open = true;
    return u;
}

static void on_request(struct h2 *h2, void *user, bool whole, int status, const char *why)
{
    static struct http_request q;
    struct user *u = user;
    struct http_answer_head head = {.status = status ? status : 200};
    if (!u->open || u->done || (status != 0) != (why != NULL)) {
        abort();
    }
    if (!whole && status == 0) {
        return;
    }
    h2_request(h2, u->stream, &q);
    mix(u->peer, q.method);
    mix(u->peer, q.path);
    mix(u->peer, q.body);
    for (size_t i = 0; i < q.field_count; i++) {
        mix(u->peer, q.fields[i].name);
        mix(u->peer, q.fields[i].value);
    }
    u->done = true;
    http_add_field(&head, "Content-Type", "text/plain");
    h2_answer(h2, u->stream, &head, true);
}

static enum h2_pull on_pull(void *user, size_t room, kds_slice_t *out)
{
    struct user *u = user;
    size_t left = strlen(ANSWER) - u->sent;
    if (!u->open) {
        abort();
    }
    *out = kds_slice_of((const uint8_t *)ANSWER + u->sent, left < room ? left : room);
    u->sent += out->n;
    return out->n > 0 ? H2_BYTES : H2_END;
}

static void on_gone(void *user)
{
    struct user *u = user;
    if (!u->open) {
        abort();
    }
    u->open = false;
}

static const struct h2_events events = {
    .begin = on_begin, .request = on_request, .pull = on_pull, .gone = on_gone};

/* @return whether the session was alive to the end */
static bool run(struct peer *p, const uint8_t *data, size_t size, size_t step)
{
    const struct h2_settings settings = {128, H2_WINDOW_BYTES};
    struct kds_buf out;
    bool alive = true;
    memset(p, 0, sizeof *p);
    p->h2 = h2_new(&events, &settings, p);
    if (p->h2 == NULL) {
        abort();
    }
    kds_buf_init(&out, 64 << 20);
    for (size_t at = 0; alive && at < size; at += step) {
        alive = h2_feed(p->h2, data + at, size - at < step ? size - at : step);
        alive = alive && h2_take(p->h2, &out, SIZE_MAX) && !h2_done(p->h2);
        kds_buf_reset(&out);
    }
    h2_free(p->h2);
    for (size_t i = 0; i < p->count; i++) {
        if (p->users[i].open) {
            abort();
        }
    }
    kds_buf_clear(&out);
    return alive;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct peer whole, bytes;
    bool alive = run(&whole, data, size, size ? size : 1);
    bool alive_too = run(&bytes, data, size, 1);
    if (alive && alive_too && whole.hash != bytes.hash) {
        abort();
    }
    return 0;
}
