/*
 * cbor: the tokens of RFC 8949 as the service writes them.
 */
#include "codec/cbor.h"

#include "base/slice.h"

#include <math.h>
#include <string.h>

/* Major types of RFC 8949 section 3.1. */
enum major { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

enum { INFO_INDEFINITE = 31, TAG_TIMESTAMP = 1, BREAK_BYTE = 0xFF };

static const kds_slice_t none = {NULL, 0};

/* ---- reading ------------------------------------------------------------------------------ */

struct head {
    enum major major;
    unsigned info;     /* low five bits */
    uint64_t argument; /* 0 when indefinite */
};

/* The head at r->p, which it moves past. */
static bool take_head(struct kds_reader *r, struct head *out)
{
    if (r->p == r->end) {
        kds_reader_fail(r, "unexpected end");
        return false;
    }
    uint8_t first = *r->p++;
    out->major = (enum major)(first >> 5);
    out->info = first & 31;
    out->argument = out->info;
    if (out->info < 24) {
        return true;
    }
    if (out->info == INFO_INDEFINITE) {
        out->argument = 0;
        return true;
    }
    size_t n = out->info <= 27 ? (size_t)1 << (out->info - 24) : 0;
    if (n == 0 || (size_t)(r->end - r->p) < n) {
        kds_reader_fail(r, n == 0 ? "reserved length form" : "unexpected end");
        return false;
    }
    out->argument = 0;
    for (size_t i = 0; i < n; i++) {
        out->argument = out->argument << 8 | *r->p++;
    }
    return true;
}

/* As take_head(), past any tags; *tagged_time tells whether the last was TAG_TIMESTAMP. */
static bool take_untagged(struct kds_reader *r, struct head *out, bool *tagged_time)
{
    *tagged_time = false;
    while (take_head(r, out)) {
        if (out->major != TAG) {
            return true;
        }
        if (out->info == INFO_INDEFINITE) {
            kds_reader_fail(r, "tag without a number");
            return false;
        }
        *tagged_time = out->argument == TAG_TIMESTAMP;
    }
    return false;
}

static enum kds_token peek(struct kds_reader *r)
{
    struct kds_reader look = {.start = r->start, .p = r->p, .end = r->end, .err = r->err};
    struct head head;
    bool tagged;
    if (r->err != KDS_OK || r->p == r->end || !take_untagged(&look, &head, &tagged)) {
        return KDS_T_NONE;
    }
    switch (head.major) {
    case UNSIGNED:
    case NEGATIVE:
        return KDS_T_NUMBER;
    case BYTES:
        return KDS_T_BYTES;
    case TEXT:
        return KDS_T_TEXT;
    case ARRAY:
        return KDS_T_LIST;
    case MAP:
        return KDS_T_MAP;
    case TAG:
        return KDS_T_NONE;
    case SIMPLE:
        break;
    }
    switch (head.info) {
    case 20:
    case 21:
        return KDS_T_BOOL;
    case 22:
    case 23: /* undefined, which readers take for null */
        return KDS_T_NULL;
    case 25:
    case 26:
    case 27:
        return KDS_T_NUMBER;
    default:
        return KDS_T_NONE;
    }
}

static void read_null(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (take_untagged(r, &head, &tagged) &&
        (head.major != SIMPLE || (head.info != 22 && head.info != 23))) {
        kds_reader_fail(r, "expected null");
    }
}

static bool read_boolean(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return false;
    }
    if (head.major != SIMPLE || (head.info != 20 && head.info != 21)) {
        kds_reader_fail(r, "expected true or false");
    }
    return head.info == 21;
}

/* A whole number from an integer's head. */
static int64_t integer_of(struct kds_reader *r, const struct head *head)
{
    if (head->info == INFO_INDEFINITE || head->argument > INT64_MAX) {
        kds_reader_fail(r, "number beyond 64 bits");
        return 0;
    }
    return head->major == UNSIGNED ? (int64_t)head->argument
                                   : -1 - (int64_t)head->argument;
}

static int64_t read_integer(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return 0;
    }
    if (head.major != UNSIGNED && head.major != NEGATIVE) {
        kds_reader_fail(r, "expected a whole number");
        return 0;
    }
    return integer_of(r, &head);
}

/* The value of a half, single or double float (RFC 8949 appendix D). */
static double float_of(const struct head *head)
{
    double v = 0;
    if (head->info == 27) {
        memcpy(&v, &head->argument, sizeof v);
    } else if (head->info == 26) {
        uint32_t bits = (uint32_t)head->argument;
        float single;
        memcpy(&single, &bits, sizeof single);
        v = (double)single;
    } else {
        int exponent = (int)(head->argument >> 10 & 31);
        v = (double)(head->argument & 1023) + (exponent ? 1024 : 0);
        for (int e = exponent ? exponent : 1; e < 25; e++) {
            v /= 2;
        }
        for (int e = 25; e < exponent; e++) {
            v *= 2;
        }
        v = exponent == 31 ? (double)INFINITY : v; /* or NaN: beyond what is accepted */
        v = head->argument >> 15 & 1 ? -v : v;
    }
    return v;
}

static double read_real(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return 0;
    }
    if (head.major == UNSIGNED || head.major == NEGATIVE) {
        return (double)integer_of(r, &head);
    }
    if (head.major != SIMPLE || head.info < 25 || head.info > 27) {
        kds_reader_fail(r, "expected a number");
        return 0;
    }
    double v = float_of(&head);
    if (!isfinite(v)) {
        kds_reader_fail(r, "number beyond a double");
        return 0;
    }
    return v;
}

static int64_t read_timestamp_ms(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return 0;
    }
    if (head.major == UNSIGNED || head.major == NEGATIVE) {
        return integer_of(r, &head);
    }
    if (head.major != SIMPLE || head.info < 25 || head.info > 27) {
        kds_reader_fail(r, "expected a time stamp in milliseconds");
        return 0;
    }
    double ms = float_of(&head);
    if (!(ms > -9e15 && ms < 9e15)) { /* false for NaN, too */
        kds_reader_fail(r, "time stamp beyond 64 bits");
        return 0;
    }
    return (int64_t)(ms < 0 ? ms - 0.5 : ms + 0.5);
}

/* The @p n bytes of a string that starts at r->p. */
static kds_slice_t take_bytes(struct kds_reader *r, uint64_t n)
{
    if (n > (uint64_t)(r->end - r->p)) {
        kds_reader_fail(r, "string runs past the end");
        return none;
    }
    kds_slice_t s = kds_slice_of(r->p, (size_t)n);
    r->p += n;
    return s;
}

/* The total length of the chunks of an indefinite string; moves past its break. */
static size_t measure_chunks(struct kds_reader *r, enum major major)
{
    size_t total = 0;
    while (r->err == KDS_OK) {
        struct head chunk;
        if (r->p < r->end && *r->p == BREAK_BYTE) {
            r->p++;
            return total;
        }
        if (!take_head(r, &chunk)) {
            break;
        }
        if (chunk.major != major || chunk.info == INFO_INDEFINITE) {
            kds_reader_fail(r, "foreign chunk in a string");
            break;
        }
        total += take_bytes(r, chunk.argument).n; /* no more than there are bytes */
    }
    return 0;
}

static kds_slice_t join_chunks(struct kds_reader *r, enum major major)
{
    struct kds_reader again = *r;
    size_t total = measure_chunks(r, major);
    if (r->err != KDS_OK || r->arena == NULL) {
        return none;
    }
    uint8_t *out = kds_arena_alloc(r->arena, total);
    if (out == NULL) {
        r->err = r->arena->err;
        r->why = "no room for text";
        return none;
    }
    for (size_t n = 0; n < total;) {
        struct head chunk;
        if (!take_head(&again, &chunk)) {
            break;
        }
        kds_slice_t s = take_bytes(&again, chunk.argument);
        if (s.n > 0) {
            memcpy(out + n, s.p, s.n);
        }
        n += s.n;
    }
    return kds_slice_of(out, total);
}

static kds_slice_t string_of(struct kds_reader *r, enum major major, const char *expected)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return none;
    }
    if (head.major != major) {
        kds_reader_fail(r, expected);
        return none;
    }
    return head.info == INFO_INDEFINITE ? join_chunks(r, major)
                                        : take_bytes(r, head.argument);
}

static kds_slice_t read_text(struct kds_reader *r)
{
    kds_slice_t text = string_of(r, TEXT, "expected a string");
    return r->err == KDS_OK ? kds_reader_keep_text(r, text) : none;
}

static kds_slice_t read_blob(struct kds_reader *r)
{
    return string_of(r, BYTES, "expected bytes");
}

static kds_slice_t read_raw(struct kds_reader *r, bool blob)
{
    return string_of(r, blob ? BYTES : TEXT, "expected text or bytes");
}

static void enter(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    if (!take_untagged(r, &head, &tagged)) {
        return;
    }
    if (head.major != ARRAY && head.major != MAP) {
        kds_reader_fail(r, "expected a list or a map");
        return;
    }
    struct kds_level *level = kds_reader_push(r, head.major == MAP);
    if (level != NULL) {
        level->indefinite = head.info == INFO_INDEFINITE;
        level->remaining = head.argument;
    }
}

static bool next(struct kds_reader *r)
{
    struct kds_level *level = &r->levels[r->depth - 1];
    bool more = level->remaining > 0;
    if (r->err != KDS_OK) {
        return false;
    }
    if (level->indefinite) {
        more = r->p == r->end || *r->p != BREAK_BYTE;
        r->p += !more;
    }
    if (!more) {
        r->depth--;
        return false;
    }
    level->remaining -= !level->indefinite;
    if (r->p == r->end) {
        kds_reader_fail(r, "unexpected end");
        return false;
    }
    return true;
}

static kds_slice_t read_key(struct kds_reader *r)
{
    return string_of(r, TEXT, "expected a string as key");
}

static void skip_scalar(struct kds_reader *r)
{
    struct head head;
    bool tagged;
    switch (peek(r)) {
    case KDS_T_TEXT: {
        struct kds_arena *arena = r->arena;
        r->arena = NULL; /* looked at, not kept */
        read_text(r);
        r->arena = arena;
        break;
    }
    case KDS_T_BYTES: {
        struct kds_arena *arena = r->arena;
        r->arena = NULL;
        read_blob(r);
        r->arena = arena;
        break;
    }
    case KDS_T_NULL:
    case KDS_T_BOOL:
    case KDS_T_NUMBER:
        if (take_untagged(r, &head, &tagged) && head.info == INFO_INDEFINITE) {
            kds_reader_fail(r, "malformed number");
        }
        break;
    case KDS_T_NONE:
    case KDS_T_LIST:
    case KDS_T_MAP:
        kds_reader_fail(r, "expected a value");
        break;
    }
}

const struct kds_reader_ops kds_cbor_reader_ops = {
    .peek = peek,
    .null = read_null,
    .boolean = read_boolean,
    .is = kds_reader_is,
    .real = read_real,
    .integer = read_integer,
    .timestamp_ms = read_timestamp_ms,
    .text = read_text,
    .blob = read_blob,
    .raw = read_raw,
    .enter = enter,
    .next = next,
    .key = read_key,
    .skip_scalar = skip_scalar,
};

/* ---- writing ------------------------------------------------------------------------------ */

static void write_head(struct kds_writer *w, enum major major, uint64_t argument)
{
    uint8_t bytes[9];
    unsigned form = argument < 24            ? 0
                    : argument <= UINT8_MAX  ? 1
                    : argument <= UINT16_MAX ? 2
                    : argument <= UINT32_MAX ? 4
                                             : 8;
    static const uint8_t info[] = {0, 24, 25, 0, 26, 0, 0, 0, 27};
    bytes[0] = (uint8_t)((unsigned)major << 5 | (form ? info[form] : (unsigned)argument));
    for (unsigned i = 0; i < form; i++) {
        bytes[1 + i] = (uint8_t)(argument >> 8 * (form - 1 - i));
    }
    kds_buf_add(w->out, bytes, 1 + form);
}

static void write_map(struct kds_writer *w, size_t pairs)
{
    write_head(w, MAP, pairs);
}

static void write_list(struct kds_writer *w, size_t elements)
{
    write_head(w, ARRAY, elements);
}

static void write_nothing(struct kds_writer *w)
{
    (void)w; /* definite lengths need no end */
}

static void write_text(struct kds_writer *w, kds_slice_t text)
{
    write_head(w, TEXT, text.n);
    kds_buf_add_slice(w->out, text);
}

static void write_blob(struct kds_writer *w, kds_slice_t bytes)
{
    write_head(w, BYTES, bytes.n);
    kds_buf_add_slice(w->out, bytes);
}

static void write_integer(struct kds_writer *w, int64_t v)
{
    if (v < 0) {
        write_head(w, NEGATIVE, (uint64_t)(-1 - v));
    } else {
        write_head(w, UNSIGNED, (uint64_t)v);
    }
}

static void write_real(struct kds_writer *w, double v)
{
    uint64_t bits;
    uint8_t bytes[9] = {SIMPLE << 5 | 27};
    memcpy(&bits, &v, sizeof bits);
    for (unsigned i = 0; i < 8; i++) {
        bytes[1 + i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    kds_buf_add(w->out, bytes, sizeof bytes);
}

static void write_boolean(struct kds_writer *w, bool v)
{
    write_head(w, SIMPLE, v ? 21 : 20);
}

static void write_timestamp_ms(struct kds_writer *w, int64_t ms)
{
    write_head(w, TAG, TAG_TIMESTAMP);
    write_integer(w, ms);
}

const struct kds_writer_ops kds_cbor_writer_ops = {
    .map = write_map,
    .key = write_text,
    .map_end = write_nothing,
    .list = write_list,
    .list_end = write_nothing,
    .text = write_text,
    .blob = write_blob,
    .integer = write_integer,
    .real = write_real,
    .boolean = write_boolean,
    .timestamp_ms = write_timestamp_ms,
};
