/*
 * entries: what PutRecords sends, from the caller's records straight into the request.
 */
#include "codec/records.h"

#include "codec/cbor.h"
#include "codec/json.h"
#include "kernel/base64.h"
#include "kernel/text_scan.h"

/* Behind the list stand the stream's name or ARN: room for them, so that they do not move it. */
#define ROOM_BEHIND ((size_t)4096)

#define LITERAL_SIZE(text) (sizeof(text) - 1)

static inline uint8_t *put(uint8_t *to, const char *text, size_t n)
{
    memcpy(to, text, n);
    return to + n;
}

/* Copies of a constant length are a few moves. */
#define PUT(to, text) put(to, text, LITERAL_SIZE(text))

/* The size of an entry may be anything: it is the caller's. @return false beyond size_t. */
static bool add_size(size_t *total, size_t n)
{
    return !__builtin_add_overflow(*total, n, total);
}

/* ---- JSON --------------------------------------------------------------------------------- */

#define JSON_DATA "\"Data\":\""
#define JSON_HASH "\"ExplicitHashKey\":"
#define JSON_KEY  "\"PartitionKey\":"

/* As if no text had a character that is written as an escape, unless @p escaped. */
static size_t json_text_size(kds_slice_t text, bool escaped)
{
    return escaped ? kds_json_string_size(text) : text.n + 2;
}

static bool json_size(const kds_put_records_request_entry_t *entries,
                      size_t count,
                      bool escaped,
                      size_t *total)
{
    bool fits = true;
    *total = LITERAL_SIZE("[]");
    for (size_t i = 0; fits && i < count; i++) {
        const kds_put_records_request_entry_t *e = &entries[i];
        /* Braces and a comma; in front of each member but the first there is another. */
        size_t n = LITERAL_SIZE("{},") + LITERAL_SIZE(",,");
        fits = e->data.n <= SIZE_MAX / 4 && e->explicit_hash_key.n <= SIZE_MAX / 16 &&
               e->partition_key.n <= SIZE_MAX / 16;
        if (fits) {
            n += LITERAL_SIZE(JSON_DATA "\"") + kds_base64_encoded_size(e->data.n);
            n += LITERAL_SIZE(JSON_HASH) + json_text_size(e->explicit_hash_key, escaped);
            n += LITERAL_SIZE(JSON_KEY) + json_text_size(e->partition_key, escaped);
            fits = add_size(total, n);
        }
    }
    return fits;
}

/* @return behind it, or NULL if it has an escape and @p escaped says that there is none. */
static inline uint8_t *json_text(uint8_t *to, kds_slice_t text, bool escaped)
{
    if (escaped) {
        return kds_json_put_string(to, text);
    }
    *to++ = '"';
    if (!kds_text_copy_unescaped(to, text.p, text.n)) {
        return NULL;
    }
    to += text.n;
    *to++ = '"';
    return to;
}

static inline uint8_t *json_entry(uint8_t *to,
                                  const kds_put_records_request_entry_t *e,
                                  const struct kds_base64_kernel *base64,
                                  bool escaped)
{
    uint8_t *start = to;
    *to++ = '{';
    if (e->data.p != NULL) {
        to = PUT(to, JSON_DATA);
        base64->encode(e->data.p, e->data.n, (char *)to);
        to += kds_base64_encoded_size(e->data.n);
        to = PUT(to, "\",");
    }
    if (e->explicit_hash_key.p != NULL) {
        to = json_text(PUT(to, JSON_HASH), e->explicit_hash_key, escaped);
        if (to == NULL) {
            return NULL;
        }
        *to++ = ',';
    }
    if (e->partition_key.p != NULL) {
        to = json_text(PUT(to, JSON_KEY), e->partition_key, escaped);
        if (to == NULL) {
            return NULL;
        }
        *to++ = ',';
    }
    to -= to - start > 1; /* the last comma */
    *to++ = '}';
    return to;
}

/* @return behind the list; NULL if a text has an escape and @p escaped says that none has. */
static uint8_t *json_list(uint8_t *to,
                          const kds_put_records_request_entry_t *entries,
                          size_t count,
                          bool escaped)
{
    const struct kds_base64_kernel *base64 = kds_base64_kernel();
    *to++ = '[';
    for (size_t i = 0; i < count; i++) {
        to = json_entry(to, &entries[i], base64, escaped);
        if (to == NULL) {
            return NULL;
        }
        *to++ = ',';
    }
    to -= count > 0;
    *to++ = ']';
    return to;
}

/* ---- CBOR --------------------------------------------------------------------------------- */

enum { CBOR_BYTES = 0x40, CBOR_TEXT = 0x60, CBOR_LIST = 0x80, CBOR_MAP = 0xA0 };

#define CBOR_DATA                                                                        \
    "\x64"                                                                               \
    "Data"
#define CBOR_HASH                                                                        \
    "\x6f"                                                                               \
    "ExplicitHashKey"
#define CBOR_KEY                                                                         \
    "\x6c"                                                                               \
    "PartitionKey"

#define CBOR_HEAD_MAX 9

static bool
cbor_size(const kds_put_records_request_entry_t *entries, size_t count, size_t *total)
{
    bool fits = true;
    *total = CBOR_HEAD_MAX;
    for (size_t i = 0; fits && i < count; i++) {
        const kds_put_records_request_entry_t *e = &entries[i];
        size_t n = 1 + LITERAL_SIZE(CBOR_DATA) + LITERAL_SIZE(CBOR_HASH) +
                   LITERAL_SIZE(CBOR_KEY) + (size_t)3 * CBOR_HEAD_MAX;
        fits = add_size(&n, e->data.n) && add_size(&n, e->explicit_hash_key.n) &&
               add_size(&n, e->partition_key.n) && add_size(total, n);
    }
    return fits;
}

/* Of the shortest form. */
static inline uint8_t *cbor_head(uint8_t *to, unsigned type, uint64_t n)
{
    unsigned width = n <= UINT8_MAX ? 1 : n <= UINT16_MAX ? 2 : n <= UINT32_MAX ? 4 : 8;
    if (n < 24) {
        *to++ = (uint8_t)(type | n);
        return to;
    }
    *to++ = (uint8_t)(type | (23 + (width == 1   ? 1u
                                    : width == 2 ? 2u
                                    : width == 4 ? 3u
                                                 : 4u)));
    for (; width > 0; width--) {
        *to++ = (uint8_t)(n >> 8 * (width - 1));
    }
    return to;
}

static inline uint8_t *cbor_string(uint8_t *to, unsigned type, kds_slice_t s)
{
    to = cbor_head(to, type, s.n);
    if (s.n >= 256) { /* worth a call */
        memcpy(to, s.p, s.n);
    } else {
        kds_text_copy_ascii(to, s.p, s.n);
    }
    return to + s.n;
}

static uint8_t *
cbor_list(uint8_t *to, const kds_put_records_request_entry_t *entries, size_t count)
{
    to = cbor_head(to, CBOR_LIST, count);
    for (size_t i = 0; i < count; i++) {
        const kds_put_records_request_entry_t *e = &entries[i];
        *to++ =
            (uint8_t)(CBOR_MAP + (e->data.p != NULL) + (e->explicit_hash_key.p != NULL) +
                      (e->partition_key.p != NULL));
        if (e->data.p != NULL) {
            to = cbor_string(PUT(to, CBOR_DATA), CBOR_BYTES, e->data);
        }
        if (e->explicit_hash_key.p != NULL) {
            to = cbor_string(PUT(to, CBOR_HASH), CBOR_TEXT, e->explicit_hash_key);
        }
        if (e->partition_key.p != NULL) {
            to = cbor_string(PUT(to, CBOR_KEY), CBOR_TEXT, e->partition_key);
        }
    }
    return to;
}

/* ---- the list ----------------------------------------------------------------------------- */

/* Room for @p size bytes and what follows them; NULL with the buffer's error set. */
static uint8_t *take_room(struct kds_buf *out, bool fits, size_t size)
{
    if (!fits) {
        out->err = out->err ? out->err : KDS_ERR_TOO_LARGE;
        return NULL;
    }
    const bool room_behind = out->n <= out->max && size <= out->max - out->n &&
                             ROOM_BEHIND <= out->max - out->n - size;
    return kds_buf_reserve(out, room_behind ? size + ROOM_BEHIND : size);
}

static void write_json(struct kds_buf *out,
                       const kds_put_records_request_entry_t *entries,
                       size_t count)
{
    size_t size;
    bool fits = json_size(entries, count, false, &size);
    uint8_t *start = take_room(out, fits, size);
    uint8_t *end = start ? json_list(start, entries, count, false) : NULL;
    if (start != NULL &&
        end == NULL) { /* a text has escapes, and is longer than it looks */
        fits = json_size(entries, count, true, &size);
        start = take_room(out, fits, size);
        end = start ? json_list(start, entries, count, true) : NULL;
    }
    if (end != NULL) {
        kds_buf_commit(out, (size_t)(end - start));
    }
}

bool kds_entries_write(struct kds_writer *w,
                       const kds_put_records_request_entry_t *entries,
                       size_t count)
{
    if (w->ops == &kds_json_writer_ops) {
        if (w->comma) {
            kds_buf_add_byte(w->out, ',');
        }
        write_json(w->out, entries, count);
        w->comma = true;
        return true;
    }
    if (w->ops == &kds_cbor_writer_ops) {
        size_t size;
        const bool fits = cbor_size(entries, count, &size);
        uint8_t *start = take_room(w->out, fits, size);
        if (start != NULL) {
            kds_buf_commit(w->out, (size_t)(cbor_list(start, entries, count) - start));
        }
        return true;
    }
    return false;
}
