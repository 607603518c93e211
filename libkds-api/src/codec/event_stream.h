/*
 * event_stream: frames of application/vnd.amazon.eventstream, read from pieces of any size and
 * written.
 *
 * Pure. The reader believes no length before the check sum over it matched, and parses no header
 * before the whole message's did; after an error there is no way to find the next frame, so it
 * says the error once and swallows the rest. Not thread-safe.
 * Wire format: docs/wire/event-stream.md
 */
#ifndef KDS_CODEC_EVENT_STREAM_H
#define KDS_CODEC_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

#define KDS_EVENT_PRELUDE_BYTES     12 /* total length, headers' length, check sum of both */
#define KDS_EVENT_MESSAGE_MIN_BYTES 16 /* prelude and message check sum */
#define KDS_EVENT_PAYLOAD_MAX_BYTES ((uint32_t)24 << 20)
#define KDS_EVENT_HEADERS_MAX_BYTES ((uint32_t)128 << 10)
#define KDS_EVENT_MESSAGE_MAX_BYTES                                                      \
    (KDS_EVENT_PAYLOAD_MAX_BYTES + KDS_EVENT_HEADERS_MAX_BYTES +                         \
     KDS_EVENT_MESSAGE_MIN_BYTES)
#define KDS_EVENT_HEADER_MAX_COUNT 64
#define KDS_EVENT_VALUE_MAX_BYTES  32767
#define KDS_EVENT_NAME_MAX_BYTES   255

/* Bytes behind a gathered message that may be read and mean nothing. A message that lay whole in
 * the chunk has behind it what the chunk has; give chunks the same margin where that matters. */
#define KDS_EVENT_MARGIN_BYTES 64

enum kds_event_type {
    KDS_EVENT_TRUE = 0,
    KDS_EVENT_FALSE = 1,
    KDS_EVENT_INT8 = 2,
    KDS_EVENT_INT16 = 3,
    KDS_EVENT_INT32 = 4,
    KDS_EVENT_INT64 = 5,
    KDS_EVENT_BYTES = 6,
    KDS_EVENT_TEXT = 7,
    KDS_EVENT_TIMESTAMP = 8, /* int64, ms since 1970 */
    KDS_EVENT_UUID = 9
};

struct kds_event_header {
    kds_slice_t name;
    kds_slice_t value; /* as on the wire, without its length; integers are big-endian */
    enum kds_event_type type;
};

struct kds_event_message {
    const struct kds_event_header *headers;
    size_t header_count;
    kds_slice_t payload;
};

/* ---- reading ------------------------------------------------------------------------------ */

struct kds_event_decoder {
    const uint8_t *p, *end; /* of the chunk, what is not used yet */
    uint32_t max_bytes;
    uint32_t total; /* of the message that is being gathered, once its prelude is */
    uint32_t headers_bytes; /* likewise */
    uint32_t crc;           /* of what is gathered, without the message's check sum */
    size_t have; /* bytes gathered of the message that straddles chunks; 0 = none */
    uint8_t prelude[KDS_EVENT_PRELUDE_BYTES];
    uint8_t *buffer; /* the gathered message and the margin; kept for the next one */
    size_t cap;
    kds_err_t err; /* sticky: KDS_ERR_PROTOCOL, KDS_ERR_TOO_LARGE, KDS_ERR_NO_MEMORY */
    const char *why;
    struct kds_event_header headers[KDS_EVENT_HEADER_MAX_COUNT];
};

enum kds_event_step {
    KDS_EVENT_MORE,    /* the chunk is used up */
    KDS_EVENT_MESSAGE, /* here is one; ask again */
    KDS_EVENT_BROKEN   /* see err and why; nothing follows */
};

/** @param max_bytes Of a message, 16 at least; 0 = KDS_EVENT_MESSAGE_MAX_BYTES. Allocates nothing. */
KDS_INTERNAL void kds_event_decoder_init(struct kds_event_decoder *d, uint32_t max_bytes);

/** Release the memory; the decoder is as after init. */
KDS_INTERNAL void kds_event_decoder_clear(struct kds_event_decoder *d);

/** Release the buffer if no message is being gathered: for a stream that went quiet. */
KDS_INTERNAL void kds_event_decoder_trim(struct kds_event_decoder *d);

/** The next bytes, once kds_event_decoder_next() has used up those before.
 *  @param chunk (lent until then) */
KDS_INTERNAL void kds_event_decoder_feed(struct kds_event_decoder *d, kds_slice_t chunk);

/** The next message.
 *  @param message (borrowed) receives it (lent until the next call on the decoder); it points into
 *                 the chunk if it lay there whole. */
KDS_INTERNAL enum kds_event_step
kds_event_decoder_next(struct kds_event_decoder *d, struct kds_event_message *message);

/** Whether the stream may end here, between two messages. */
static inline bool kds_event_decoder_may_end(const struct kds_event_decoder *d)
{
    return d->have == 0 && d->p == d->end && d->err == KDS_OK;
}

/** An integer or time stamp of a header; 0 for another type. */
KDS_INTERNAL int64_t kds_event_header_integer(const struct kds_event_header *header);

enum kds_event_kind {
    KDS_EVENT_KIND_EVENT,
    KDS_EVENT_KIND_EXCEPTION,
    KDS_EVENT_KIND_ERROR
};

/** What the headers that begin with a colon say about a message. */
struct kds_event_meaning {
    enum kds_event_kind kind;
    kds_slice_t name; /* :event-type, :exception-type or :error-code; may be absent */
    kds_slice_t text; /* :error-message; absent unless it is an error */
    kds_slice_t content_type; /* absent if not told */
};

/** @param meaning (borrowed) receives slices of the message. An event whose :message-type is missing
 *                 is one if it has an :event-type.
 *  @return NULL, or what is wrong (lent for ever). */
KDS_INTERNAL const char *kds_event_message_read(const struct kds_event_message *message,
                                                struct kds_event_meaning *meaning);

/* ---- writing ------------------------------------------------------------------------------ */

/*
 * begin, headers, payload, then append the payload to the buffer as you like, end. Errors are the
 * buffer's: KDS_ERR_TOO_LARGE for a name, value or message beyond the limits above.
 */
struct kds_event_encoder {
    struct kds_buf *out;
    size_t start;   /* of the frame in `out` */
    size_t payload; /* of the payload in `out` */
};

/** @param out (borrowed) appended to. */
KDS_INTERNAL void kds_event_encode_begin(struct kds_event_encoder *e,
                                         struct kds_buf *out);
KDS_INTERNAL void kds_event_encode_header(struct kds_event_encoder *e,
                                          const struct kds_event_header *header);

/** A header of type text. @param name NUL-terminated (copied) @param value (copied) */
KDS_INTERNAL void
kds_event_encode_text(struct kds_event_encoder *e, const char *name, kds_slice_t value);
KDS_INTERNAL void kds_event_encode_payload(struct kds_event_encoder *e);
KDS_INTERNAL void kds_event_encode_end(struct kds_event_encoder *e);

#endif /* KDS_CODEC_EVENT_STREAM_H */
