/*
 * event_frames: builds event-stream frames of which every field can be wrong, with zlib's check
 * sums, independently of the library's encoder.
 */
#ifndef TESTS_SUPPORT_EVENT_FRAMES_H
#define TESTS_SUPPORT_EVENT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct event_frame {
    const void *headers;
    size_t headers_n;
    const void *payload;
    size_t payload_n;

    /* What to lie about; the check sums are right for the lie unless they are spoilt too. */
    bool lie_total, lie_headers;
    uint32_t total, headers_length;
    uint32_t spoil_prelude, spoil_message; /* xored into the check sum */
};

/** Append it to @p out. */
void event_frame_add(struct kds_buf *out, const struct event_frame *frame);

/** Append a header of type text to a block of headers. */
void event_frame_text(struct kds_buf *headers, const char *name, const char *value);

/** Append an event of this type with a JSON payload, as the service frames it. */
void event_frame_event(struct kds_buf *out, const char *type, const char *payload);

/** Append an exception of this type. */
void event_frame_exception(struct kds_buf *out, const char *type, const char *payload);

#endif /* TESTS_SUPPORT_EVENT_FRAMES_H */
