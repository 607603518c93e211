/*
 * event_stream: the reader. A message that lies whole in the chunk is checked and handed out where
 * it is; one that straddles chunks is gathered in one buffer, its check sum taken over each piece
 * while that is in the cache.
 */
#include "codec/event_stream.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "kernel/crc32.h"

/* The way of a whole small message is one function; what is rare is none of it. */
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE      __attribute__((noinline))
#define COLD          __attribute__((noinline, cold))

static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           (uint32_t)p[3];
}

void kds_event_decoder_init(struct kds_event_decoder *d, uint32_t max_bytes)
{
    *d = (struct kds_event_decoder){.max_bytes = max_bytes >= KDS_EVENT_MESSAGE_MIN_BYTES
                                                     ? max_bytes
                                                     : KDS_EVENT_MESSAGE_MAX_BYTES};
}

void kds_event_decoder_clear(struct kds_event_decoder *d)
{
    kds_free(d->buffer);
    kds_event_decoder_init(d, d->max_bytes);
}

void kds_event_decoder_trim(struct kds_event_decoder *d)
{
    if (d->have != 0)
        return;
    kds_free(d->buffer);
    d->buffer = NULL;
    d->cap = 0;
}

void kds_event_decoder_feed(struct kds_event_decoder *d, kds_slice_t chunk)
{
    if (d->err != KDS_OK || chunk.n == 0)
        return;
    d->p = chunk.p;
    d->end = chunk.p + chunk.n;
}

static COLD enum kds_event_step
fail(struct kds_event_decoder *d, kds_err_t err, const char *why)
{
    d->err = err;
    d->why = why;
    d->have = 0;
    d->p = d->end = NULL;
    return KDS_EVENT_BROKEN;
}

/* What is wrong with the prelude at @p p, of which something is. */
static COLD void refuse_prelude(struct kds_event_decoder *d, const uint8_t *p)
{
    if (d->crc != be32(p + 8))
        fail(d, KDS_ERR_PROTOCOL, "event stream: the prelude's check sum is wrong");
    else if (d->total < KDS_EVENT_MESSAGE_MIN_BYTES)
        fail(d, KDS_ERR_PROTOCOL, "event stream: a message shorter than 16 bytes");
    else if (d->headers_bytes > d->total - KDS_EVENT_MESSAGE_MIN_BYTES)
        fail(d, KDS_ERR_PROTOCOL, "event stream: headers longer than their message");
    else if (d->total > d->max_bytes)
        fail(d, KDS_ERR_TOO_LARGE, "event stream: a message beyond the limit");
    else
        fail(d, KDS_ERR_TOO_LARGE, "event stream: headers beyond 128 KiB");
}

/* Believe the lengths, or not. */
static ALWAYS_INLINE bool prelude_holds(struct kds_event_decoder *d, const uint8_t *p)
{
    const uint32_t total = be32(p);
    const uint32_t headers = be32(p + 4);
    d->crc = kds_crc32_8(p);
    d->total = total;
    d->headers_bytes = headers;
    /* A total below 16 wraps around, and is beyond the limit. */
    const uint32_t body = total - KDS_EVENT_MESSAGE_MIN_BYTES;
    if (KDS_LIKELY(d->crc == be32(p + 8) &&
                   body <= d->max_bytes - KDS_EVENT_MESSAGE_MIN_BYTES &&
                   headers <= body && headers <= KDS_EVENT_HEADERS_MAX_BYTES))
        return true;
    refuse_prelude(d, p);
    return false;
}

/* Bytes of a value by its type; text and bytes tell theirs. */
static const uint8_t value_bytes[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};

static inline bool tells_length(unsigned type)
{
    return (type | 1) == 7; /* KDS_EVENT_BYTES and KDS_EVENT_TEXT */
}

/* What is wrong with the header at @p p, of which something is. */
static COLD const char *wrong_header(const uint8_t *p, const uint8_t *end)
{
    const size_t name = *p;
    const size_t left = (size_t)(end - p);
    if (name == 0)
        return "event stream: a header without a name";
    if (left < name + 2)
        return "event stream: a header's name runs over the headers";
    const unsigned type = p[name + 1];
    if (type >= sizeof value_bytes)
        return "event stream: a header of an unknown type";
    if (tells_length(type) && left >= name + 4 && p[name + 2] >= 0x80)
        return "event stream: a header's value beyond 32767 bytes";
    return "event stream: a header's value runs over the headers";
}

static COLD bool is_repeated(const struct kds_event_header *first,
                             const struct kds_event_header *end,
                             kds_slice_t name)
{
    for (; first < end; first++)
        if (kds_slice_eq(first->name, name))
            return true;
    return false;
}

/* Where the value of a header ends; NULL if something is wrong with it. Most are text. */
static ALWAYS_INLINE const uint8_t *
read_value(struct kds_event_header *header, const uint8_t *p, const uint8_t *end)
{
    size_t size;
    if (KDS_LIKELY(tells_length(header->type))) {
        size =
            (size_t)p[0] << 8 | p[1]; /* or of the check sum that follows the headers */
        p += 2;
        if (KDS_UNLIKELY(size > KDS_EVENT_VALUE_MAX_BYTES || (ptrdiff_t)size > end - p))
            return NULL;
    } else {
        if (header->type >= sizeof value_bytes ||
            (size_t)(end - p) < value_bytes[header->type])
            return NULL;
        size = value_bytes[header->type];
    }
    header->value.p = p;
    header->value.n = size;
    return p + size;
}

static COLD enum kds_event_step
refuse_header(struct kds_event_decoder *d, const uint8_t *at, const uint8_t *end)
{
    return fail(d, KDS_ERR_PROTOCOL, wrong_header(at, end));
}

/* The message of d->total bytes at @p p, whose check sum holds. */
static ALWAYS_INLINE enum kds_event_step parse_message(struct kds_event_decoder *d,
                                                       const uint8_t *p,
                                                       struct kds_event_message *message)
{
    const uint8_t *at = p + KDS_EVENT_PRELUDE_BYTES;
    const uint8_t *const end = at + d->headers_bytes;
    struct kds_event_header *header = d->headers;
    /* A bit for each name. Another name may have the same one, and the 65th must. */
    uint64_t seen = 0;
    for (; at < end; header++) {
        const size_t name = at[0];
        if (KDS_UNLIKELY(name == 0 || (size_t)(end - at) < name + 2))
            return refuse_header(d, at, end);
        const uint64_t bit = UINT64_C(1) << ((name ^ at[1 + name / 2]) & 63);
        if (KDS_UNLIKELY((seen & bit) != 0)) {
            if (header == d->headers + KDS_EVENT_HEADER_MAX_COUNT)
                return fail(d, KDS_ERR_TOO_LARGE, "event stream: more than 64 headers");
            if (is_repeated(d->headers, header, (kds_slice_t){at + 1, name}))
                return fail(d, KDS_ERR_PROTOCOL, "event stream: a header stands twice");
        }
        header->name.p = at + 1;
        header->name.n = name;
        header->type = at[name + 1];
        seen |= bit;
        const uint8_t *next = read_value(header, at + name + 2, end);
        if (KDS_UNLIKELY(next == NULL))
            return refuse_header(d, at, end);
        at = next;
    }
    message->headers = d->headers;
    message->header_count = (size_t)(header - d->headers);
    message->payload.p = end;
    message->payload.n = d->total - KDS_EVENT_MESSAGE_MIN_BYTES - d->headers_bytes;
    return KDS_EVENT_MESSAGE;
}

static const char wrong_sum[] = "event stream: the message's check sum is wrong";

static bool make_room(struct kds_event_decoder *d)
{
    const size_t wanted = (size_t)d->total + KDS_EVENT_MARGIN_BYTES;
    if (d->cap >= wanted)
        return true;
    kds_free(d->buffer); /* holds nothing that is needed: no copy */
    d->cap = 0;
    d->buffer = kds_alloc(wanted);
    if (d->buffer == NULL) {
        fail(d, KDS_ERR_NO_MEMORY, "event stream: out of memory for a message");
        return false;
    }
    d->cap = wanted;
    return true;
}

/* Gather the prelude. False: it is not complete, or there was an error. */
static bool gather_prelude(struct kds_event_decoder *d)
{
    size_t n = KDS_EVENT_PRELUDE_BYTES - d->have;
    if (n > (size_t)(d->end - d->p))
        n = (size_t)(d->end - d->p);
    if (n > 0)
        memcpy(d->prelude + d->have, d->p, n);
    d->p += n;
    d->have += n;
    if (d->have < KDS_EVENT_PRELUDE_BYTES || !prelude_holds(d, d->prelude) ||
        !make_room(d))
        return false;
    memcpy(d->buffer, d->prelude, KDS_EVENT_PRELUDE_BYTES);
    d->crc = kds_crc32(d->crc, d->prelude + 8, 4);
    return true;
}

static NOINLINE enum kds_event_step gather(struct kds_event_decoder *d,
                                           struct kds_event_message *message)
{
    if (d->have < KDS_EVENT_PRELUDE_BYTES && !gather_prelude(d))
        return d->err != KDS_OK ? KDS_EVENT_BROKEN : KDS_EVENT_MORE;
    size_t n = d->total - d->have;
    if (n > (size_t)(d->end - d->p))
        n = (size_t)(d->end - d->p);
    if (n > 0) {
        const size_t summed = d->total - 4;
        if (d->have < summed)
            d->crc = kds_crc32(d->crc, d->p, n < summed - d->have ? n : summed - d->have);
        memcpy(d->buffer + d->have, d->p, n);
        d->p += n;
        d->have += n;
    }
    if (d->have < d->total)
        return KDS_EVENT_MORE;
    d->have = 0;
    if (KDS_UNLIKELY(d->crc != be32(d->buffer + d->total - 4)))
        return fail(d, KDS_ERR_PROTOCOL, wrong_sum);
    memset(d->buffer + d->total, 0, KDS_EVENT_MARGIN_BYTES);
    return parse_message(d, d->buffer, message);
}

enum kds_event_step kds_event_decoder_next(struct kds_event_decoder *d,
                                           struct kds_event_message *message)
{
    const uint8_t *const p = d->p;
    const size_t n = (size_t)(d->end - p);
    if (KDS_UNLIKELY(d->have != 0 || n < KDS_EVENT_PRELUDE_BYTES))
        return n == 0 ? KDS_EVENT_MORE : gather(d, message);
    if (!prelude_holds(d, p))
        return KDS_EVENT_BROKEN;
    if (KDS_UNLIKELY(n < d->total))
        return gather(d, message);
    const uint32_t crc = kds_crc32(d->crc, p + 8, d->total - 12);
    if (KDS_UNLIKELY(crc != be32(p + d->total - 4)))
        return fail(d, KDS_ERR_PROTOCOL, wrong_sum);
    d->p = p + d->total;
    return parse_message(d, p, message);
}

int64_t kds_event_header_integer(const struct kds_event_header *header)
{
    if (header->type < KDS_EVENT_INT8 || header->type == KDS_EVENT_BYTES ||
        header->type == KDS_EVENT_TEXT || header->type == KDS_EVENT_UUID)
        return 0;
    uint64_t v = 0;
    for (size_t i = 0; i < header->value.n; i++)
        v = v << 8 | header->value.p[i];
    const unsigned unused = 64 - 8 * (unsigned)header->value.n;
    return (int64_t)(v << unused) >> unused; /* keeps the sign */
}

/* NULL if it is a text or not there. */
static const char *
pick_text(const struct kds_event_message *message, const char *name, kds_slice_t *out)
{
    *out = (kds_slice_t){NULL, 0};
    for (size_t i = 0; i < message->header_count; i++) {
        if (!kds_slice_is(message->headers[i].name, name))
            continue;
        if (message->headers[i].type != KDS_EVENT_TEXT)
            return "event stream: a header that must be text is not";
        *out = message->headers[i].value;
    }
    return NULL;
}

const char *kds_event_message_read(const struct kds_event_message *message,
                                   struct kds_event_meaning *meaning)
{
    kds_slice_t type;
    const char *why;
    *meaning = (struct kds_event_meaning){.kind = KDS_EVENT_KIND_EVENT};
    if ((why = pick_text(message, ":message-type", &type)) != NULL ||
        (why = pick_text(message, ":content-type", &meaning->content_type)) != NULL)
        return why;
    if (type.p == NULL || kds_slice_is(type, "event")) {
        why = pick_text(message, ":event-type", &meaning->name);
        if (why == NULL && meaning->name.p == NULL)
            why = type.p == NULL ? "event stream: a message without a type"
                                 : "event stream: an event without a type";
        return why;
    }
    if (kds_slice_is(type, "exception")) {
        meaning->kind = KDS_EVENT_KIND_EXCEPTION;
        return pick_text(message, ":exception-type", &meaning->name);
    }
    if (!kds_slice_is(type, "error"))
        return "event stream: a message of an unknown type";
    meaning->kind = KDS_EVENT_KIND_ERROR;
    why = pick_text(message, ":error-message", &meaning->text);
    return why != NULL ? why : pick_text(message, ":error-code", &meaning->name);
}
