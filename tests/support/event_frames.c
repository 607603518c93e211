#include "support/event_frames.h"

#include <string.h>
#include <zlib.h>

static void add_be32(struct kds_buf *out, uint32_t v)
{
    const uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                              (uint8_t)v};
    kds_buf_add(out, bytes, sizeof bytes);
}

void event_frame_add(struct kds_buf *out, const struct event_frame *frame)
{
    const size_t start = out->n;
    const size_t total = 16 + frame->headers_n + frame->payload_n;
    add_be32(out, frame->lie_total ? frame->total : (uint32_t)total);
    add_be32(out,
             frame->lie_headers ? frame->headers_length : (uint32_t)frame->headers_n);
    add_be32(out, (uint32_t)crc32_z(0, out->p + start, 8) ^ frame->spoil_prelude);
    kds_buf_add(out, frame->headers, frame->headers_n);
    kds_buf_add(out, frame->payload, frame->payload_n);
    add_be32(out,
             (uint32_t)crc32_z(0, out->p + start, out->n - start) ^ frame->spoil_message);
}

void event_frame_text(struct kds_buf *headers, const char *name, const char *value)
{
    const size_t n = strlen(value);
    kds_buf_add_byte(headers, (uint8_t)strlen(name));
    kds_buf_add_text(headers, name);
    kds_buf_add_byte(headers, 7);
    kds_buf_add_byte(headers, (uint8_t)(n >> 8));
    kds_buf_add_byte(headers, (uint8_t)n);
    kds_buf_add_text(headers, value);
}

static void add_typed(struct kds_buf *out,
                      const char *kind,
                      const char *type_header,
                      const char *type,
                      const char *payload)
{
    struct kds_buf headers;
    kds_buf_init(&headers, 1024);
    event_frame_text(&headers, ":message-type", kind);
    event_frame_text(&headers, type_header, type);
    event_frame_text(&headers, ":content-type", "application/json");
    const struct event_frame frame = {.headers = headers.p,
                                      .headers_n = headers.n,
                                      .payload = payload,
                                      .payload_n = strlen(payload)};
    event_frame_add(out, &frame);
    kds_buf_clear(&headers);
}

void event_frame_event(struct kds_buf *out, const char *type, const char *payload)
{
    add_typed(out, "event", ":event-type", type, payload);
}

void event_frame_exception(struct kds_buf *out, const char *type, const char *payload)
{
    add_typed(out, "exception", ":exception-type", type, payload);
}
