/*
 * fuzz_event_stream: frames fed whole, split in two, and in steps give the same messages and the
 * same error. With the first byte's low bit set the check sums are made right first, so that what
 * stands behind them is reached.
 */
#include "codec/event_stream.h"
#include "kernel/crc32.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static void mend_check_sums(uint8_t *p, size_t n)
{
    while (n >= KDS_EVENT_PRELUDE_BYTES) {
        const uint32_t total = get_be32(p);
        put_be32(p + 8, kds_crc32_8(p));
        if (total < KDS_EVENT_MESSAGE_MIN_BYTES || total > n)
            return;
        put_be32(p + total - 4, kds_crc32(0, p, total - 4));
        p += total;
        n -= total;
    }
}

/* Everything that was told, folded into one number, and the error. */
struct outcome {
    uint32_t sum;
    size_t messages;
    kds_err_t err;
    const char *why;
    bool may_end;
};

static void note(struct outcome *o, const void *p, size_t n)
{
    o->sum = kds_crc32(o->sum, &n, sizeof n);
    o->sum = kds_crc32(o->sum, p, n);
}

static void note_message(struct outcome *o, const struct kds_event_message *m)
{
    struct kds_event_meaning meaning;
    for (size_t i = 0; i < m->header_count; i++) {
        const int64_t integer = kds_event_header_integer(&m->headers[i]);
        note(o, m->headers[i].name.p, m->headers[i].name.n);
        note(o, m->headers[i].value.p, m->headers[i].value.n);
        note(o, &integer, sizeof integer);
    }
    note(o, m->payload.p, m->payload.n);
    if (kds_event_message_read(m, &meaning) == NULL)
        note(o, &meaning.kind, sizeof meaning.kind);
    o->messages++;
}

/* In steps of @p step bytes, the first of @p first. */
static struct outcome run(const uint8_t *bytes, size_t n, size_t first, size_t step)
{
    struct outcome o = {0};
    struct kds_event_decoder d;
    struct kds_event_message m;
    kds_event_decoder_init(&d, 1 << 20);
    for (size_t at = 0; at < n;) {
        const size_t wanted = at == 0 ? first : step;
        const size_t take = wanted < n - at ? wanted : n - at;
        uint8_t *chunk = malloc(take ? take : 1);
        if (chunk == NULL)
            abort();
        memcpy(chunk, bytes + at, take);
        kds_event_decoder_feed(&d, (kds_slice_t){chunk, take});
        while (kds_event_decoder_next(&d, &m) == KDS_EVENT_MESSAGE)
            note_message(&o, &m);
        free(chunk);
        at += take;
    }
    o.err = d.err;
    o.why = d.why;
    o.may_end = kds_event_decoder_may_end(&d);
    kds_event_decoder_clear(&d);
    return o;
}

static void compare(struct outcome a, struct outcome b)
{
    if (a.sum != b.sum || a.messages != b.messages || a.err != b.err || a.why != b.why ||
        a.may_end != b.may_end)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const size_t n = size - 2;
    uint8_t *bytes = malloc(n ? n : 1);
    if (bytes == NULL)
        abort();
    memcpy(bytes, data + 2, n);
    if ((data[0] & 1) != 0)
        mend_check_sums(bytes, n);
    const struct outcome whole = run(bytes, n, n, 1);
    compare(whole, run(bytes, n, 1, 1));
    compare(whole, run(bytes, n, data[1] + 1u, n ? n : 1));
    compare(whole, run(bytes, n, data[1] % 16u + 1, data[0] / 2u + 1));
    free(bytes);
    return 0;
}
