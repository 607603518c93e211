/*
 * event_stream_encode: the writer of frames.
 */
#include "codec/event_stream.h"

#include "kernel/crc32.h"

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static void refuse(struct kds_buf *out)
{
    if (out->err == KDS_OK)
        out->err = KDS_ERR_TOO_LARGE;
}

void kds_event_encode_begin(struct kds_event_encoder *e, struct kds_buf *out)
{
    static const uint8_t prelude[KDS_EVENT_PRELUDE_BYTES];
    e->out = out;
    e->start = out->n;
    e->payload = 0;
    kds_buf_add(out, prelude, sizeof prelude);
}

void kds_event_encode_header(struct kds_event_encoder *e,
                             const struct kds_event_header *header)
{
    struct kds_buf *out = e->out;
    if (header->name.n == 0 || header->name.n > KDS_EVENT_NAME_MAX_BYTES ||
        header->value.n > KDS_EVENT_VALUE_MAX_BYTES) {
        refuse(out);
        return;
    }
    kds_buf_add_byte(out, (uint8_t)header->name.n);
    kds_buf_add_slice(out, header->name);
    kds_buf_add_byte(out, (uint8_t)header->type);
    if (header->type == KDS_EVENT_TEXT || header->type == KDS_EVENT_BYTES) {
        kds_buf_add_byte(out, (uint8_t)(header->value.n >> 8));
        kds_buf_add_byte(out, (uint8_t)header->value.n);
    }
    kds_buf_add_slice(out, header->value);
}

void kds_event_encode_text(struct kds_event_encoder *e,
                           const char *name,
                           kds_slice_t value)
{
    const struct kds_event_header header = {
        .name = {(const uint8_t *)name, strlen(name)},
        .value = value,
        .type = KDS_EVENT_TEXT,
    };
    kds_event_encode_header(e, &header);
}

void kds_event_encode_payload(struct kds_event_encoder *e)
{
    e->payload = e->out->n;
}

void kds_event_encode_end(struct kds_event_encoder *e)
{
    struct kds_buf *out = e->out;
    if (out->err != KDS_OK)
        return;
    const size_t headers = e->payload - e->start - KDS_EVENT_PRELUDE_BYTES;
    const size_t payload = out->n - e->payload;
    if (headers > KDS_EVENT_HEADERS_MAX_BYTES || payload > KDS_EVENT_PAYLOAD_MAX_BYTES) {
        refuse(out);
        return;
    }
    const size_t total = KDS_EVENT_MESSAGE_MIN_BYTES + headers + payload;
    uint8_t *sum = kds_buf_reserve(out, 4);
    if (sum == NULL)
        return;
    uint8_t *frame = out->p + e->start;
    put_be32(frame, (uint32_t)total);
    put_be32(frame + 4, (uint32_t)headers);
    const uint32_t crc = kds_crc32_8(frame);
    put_be32(frame + 8, crc);
    put_be32(sum, kds_crc32(crc, frame + 8, total - 12));
    kds_buf_commit(out, 4);
}
