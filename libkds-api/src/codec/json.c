/*
 * json: the tokens of RFC 8259.
 */
#include "codec/json.h"

#include "base/slice.h"
#include "base/text.h"
#include "kernel/base64.h"
#include "kernel/text_scan.h"

#include <string.h>

/* ---- reading ------------------------------------------------------------------------------ */

static const kds_slice_t none = {NULL, 0};

static void skip_space(struct kds_reader *r)
{
    while (r->p < r->end &&
           (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t')) {
        r->p++;
    }
}

static enum kds_token peek(struct kds_reader *r)
{
    skip_space(r);
    if (r->err != KDS_OK || r->p == r->end) {
        return KDS_T_NONE;
    }
    switch (*r->p) {
    case 'n':
        return KDS_T_NULL;
    case 't':
    case 'f':
        return KDS_T_BOOL;
    case '"':
        return KDS_T_TEXT;
    case '[':
        return KDS_T_LIST;
    case '{':
        return KDS_T_MAP;
    default:
        return *r->p == '-' || (*r->p >= '0' && *r->p <= '9') ? KDS_T_NUMBER : KDS_T_NONE;
    }
}

static bool take_word(struct kds_reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) {
        return false;
    }
    r->p += n;
    return true;
}

static void read_null(struct kds_reader *r)
{
    if (!take_word(r, "null")) {
        kds_reader_fail(r, "expected null");
    }
}

static bool read_boolean(struct kds_reader *r)
{
    skip_space(r);
    if (take_word(r, "true")) {
        return true;
    }
    if (!take_word(r, "false")) {
        kds_reader_fail(r, "expected true or false");
    }
    return false;
}

/* A number's parts, as they stand in the text. */
struct number {
    bool negative;
    bool whole;         /* neither fraction nor exponent */
    kds_slice_t digits; /* integer part, point and fraction */
    int64_t point;      /* how many digits stand before the point */
    int64_t exponent;   /* clamped to +-9999 */
};

static size_t count_digits(const uint8_t *p, const uint8_t *end)
{
    size_t n = 0;
    while (p + n < end && p[n] >= '0' && p[n] <= '9') {
        n++;
    }
    return n;
}

/* @return false if no exponent follows the 'e' that was seen. */
static bool take_exponent(struct kds_reader *r, int64_t *out)
{
    bool negative = r->p < r->end && *r->p == '-';
    if (r->p < r->end && (*r->p == '-' || *r->p == '+')) {
        r->p++;
    }
    size_t n = count_digits(r->p, r->end);
    int64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v > 999 ? 9999 : v * 10 + (r->p[i] - '0');
    }
    r->p += n;
    *out = negative ? -v : v;
    return n > 0;
}

static bool take_number(struct kds_reader *r, struct number *out)
{
    skip_space(r);
    memset(out, 0, sizeof *out);
    if (r->p < r->end && *r->p == '-') {
        out->negative = true;
        r->p++;
    }
    const uint8_t *start = r->p;
    size_t n = count_digits(r->p, r->end);
    if (n == 0 || (n > 1 && start[0] == '0')) {
        return false;
    }
    r->p += n;
    out->point = (int64_t)n;
    out->whole = true;
    if (r->p < r->end && *r->p == '.') {
        out->whole = false;
        size_t fraction = count_digits(r->p + 1, r->end);
        if (fraction == 0) {
            return false;
        }
        r->p += 1 + fraction;
    }
    out->digits = kds_slice_of(start, (size_t)(r->p - start));
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        out->whole = false;
        r->p++;
        return take_exponent(r, &out->exponent);
    }
    return true;
}

static int64_t read_integer(struct kds_reader *r)
{
    struct number number;
    int64_t v = 0;
    if (!take_number(r, &number)) {
        kds_reader_fail(r, "expected a number");
        return 0;
    }
    if (!number.whole) {
        kds_reader_fail(r, "expected a whole number");
        return 0;
    }
    kds_slice_t text = kds_slice_of(number.digits.p - number.negative,
                                    number.digits.n + number.negative);
    if (kds_slice_is(text, "-0")) {
        return 0;
    }
    if (!kds_parse_i64(text, &v)) {
        kds_reader_fail(r, "number beyond 64 bits");
    }
    return v;
}

static double read_real(struct kds_reader *r)
{
    struct number number;
    const uint8_t *start;
    double v = 0;
    skip_space(r);
    start = r->p;
    if (!take_number(r, &number)) {
        kds_reader_fail(r, "expected a number");
    } else if (!kds_parse_double(kds_slice_of(start, (size_t)(r->p - start)), &v)) {
        kds_reader_fail(r, "number beyond a double");
    }
    return v;
}

/* digit * 10^k summed exactly, the rest rounded half away from zero. */
static bool scaled(const struct number *number, int64_t shift, int64_t *out)
{
    int64_t keep =
        number->point + number->exponent + shift; /* digits before the new point */
    int64_t seen = 0;
    uint64_t v = 0;
    for (size_t i = 0; i < number->digits.n; i++) {
        uint8_t c = number->digits.p[i];
        if (c == '.') {
            continue;
        }
        if (seen++ < keep) {
            if (__builtin_mul_overflow(v, UINT64_C(10), &v) ||
                __builtin_add_overflow(v, (uint64_t)(c - '0'), &v)) {
                return false;
            }
        } else {
            v += seen == keep + 1 && c >= '5';
            break;
        }
    }
    for (; seen < keep && v != 0; seen++) {
        if (__builtin_mul_overflow(v, UINT64_C(10), &v)) {
            return false;
        }
    }
    if (v > INT64_MAX) {
        return false;
    }
    *out = number->negative ? -(int64_t)v : (int64_t)v;
    return true;
}

static int64_t read_timestamp_ms(struct kds_reader *r)
{
    struct number number;
    int64_t ms = 0;
    if (!take_number(r, &number)) {
        kds_reader_fail(r, "expected a time stamp in seconds");
    } else if (!scaled(&number, 3, &ms)) {
        kds_reader_fail(r, "time stamp beyond 64 bits");
    }
    return ms;
}

static bool hex4(const uint8_t *p, const uint8_t *end, uint32_t *out)
{
    uint32_t v = 0;
    if (end - p < 4) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return false;
        }
        v = v << 4 | digit;
    }
    *out = v;
    return true;
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* The character behind "\u" at *p, a surrogate pair as one. False if it is malformed. */
static bool unescape_u(const uint8_t **p, const uint8_t *end, uint32_t *out)
{
    uint32_t high, low;
    if (!hex4(*p, end, &high) || (high >= 0xDC00 && high <= 0xDFFF)) {
        return false;
    }
    *p += 4;
    *out = high;
    if (high >= 0xD800 && high <= 0xDBFF) {
        if (end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u' ||
            !hex4(*p + 2, end, &low) || low < 0xDC00 || low > 0xDFFF) {
            return false;
        }
        *p += 6;
        *out = 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
    }
    return true;
}

/* Undo the escapes of @p raw into @p out, which is as long. @return bytes, or -1. */
static int64_t unescape(kds_slice_t raw, uint8_t *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const uint8_t *p = raw.p, *end = raw.p + raw.n;
    uint8_t *q = out;
    while (p < end) {
        if (*p != '\\') {
            *q++ = *p++;
            continue;
        }
        const char *simple = p[1] ? strchr(from, p[1]) : NULL;
        uint32_t c;
        if (simple != NULL) {
            *q++ = (uint8_t)to[simple - from];
            p += 2;
        } else if (p[1] == 'u') {
            p += 2;
            if (!unescape_u(&p, end, &c)) {
                return -1;
            }
            q += put_utf8(q, c);
        } else {
            return -1;
        }
    }
    return q - out;
}

/* The bytes between the quotes, as they stand. @return false if the string is malformed. */
static bool raw_string(struct kds_reader *r, kds_slice_t *out, bool *escaped)
{
    *escaped = false;
    skip_space(r);
    if (r->p == r->end || *r->p != '"') {
        kds_reader_fail(r, "expected a string");
        return false;
    }
    const uint8_t *start = ++r->p;
    for (;;) {
        r->p += kds_text_unescaped_length(r->p, r->end);
        if (r->p == r->end || *r->p == '"') {
            break;
        }
        if (*r->p < 0x20) {
            kds_reader_fail(r, "control character in a string");
            return false;
        }
        *escaped = true;
        r->p += r->end - r->p > 1 ? 2 : 1;
    }
    if (r->p >= r->end) {
        r->p = r->end;
        kds_reader_fail(r, "string without an end");
        return false;
    }
    *out = kds_slice_of(start, (size_t)(r->p - start));
    r->p++;
    return true;
}

/* A string without its escapes: in the input if it has none, else in the arena. */
static kds_slice_t plain_string(struct kds_reader *r)
{
    kds_slice_t raw;
    bool escaped;
    if (!raw_string(r, &raw, &escaped) || !escaped) {
        return r->err == KDS_OK ? raw : none;
    }
    struct kds_arena scratch;
    kds_arena_init(&scratch, SIZE_MAX);
    struct kds_arena *arena = r->arena ? r->arena : &scratch;
    uint8_t *out = kds_arena_alloc(arena, raw.n);
    int64_t n = -1;
    if (out == NULL) {
        r->err = arena->err;
        r->why = "no room for text";
    } else if ((n = unescape(raw, out)) < 0) {
        kds_reader_fail(r, "malformed escape in a string");
    }
    kds_arena_clear(&scratch);
    if (n < 0) {
        return none;
    }
    /* Only looked at when it is skipped: what matters then is that it was well-formed. */
    return r->arena ? kds_slice_of(out, (size_t)n) : kds_slice_of(raw.p, 0);
}

static kds_slice_t read_text(struct kds_reader *r)
{
    kds_slice_t text = plain_string(r);
    return r->err == KDS_OK ? kds_reader_keep_text(r, text) : none;
}

static kds_slice_t read_blob(struct kds_reader *r)
{
    kds_slice_t text = plain_string(r);
    size_t n;
    if (r->err != KDS_OK) {
        return none;
    }
    uint8_t *out = kds_arena_alloc(r->arena, kds_base64_decoded_max(text.n) + 1);
    if (out == NULL) {
        r->err = r->arena->err;
        r->why = "no room for data";
        return none;
    }
    if (!kds_base64_decode((const char *)text.p, text.n, out, &n)) {
        kds_reader_fail(r, "data is not base64");
        return none;
    }
    return kds_slice_of(out, n);
}

/* Up to the next quote that no backslash stands before. */
static kds_slice_t read_raw(struct kds_reader *r, bool blob)
{
    (void)blob;
    skip_space(r);
    if (r->p == r->end || *r->p != '"') {
        kds_reader_fail(r, "expected a string");
        return none;
    }
    const uint8_t *start = ++r->p;
    while (r->p < r->end && *r->p != '"') {
        r->p += *r->p == '\\' && r->end - r->p > 1 ? 2 : 1;
    }
    if (r->p == r->end) {
        kds_reader_fail(r, "string without an end");
        return none;
    }
    return kds_slice_of(start, (size_t)(r->p++ - start));
}

static void enter(struct kds_reader *r)
{
    skip_space(r);
    if (r->p == r->end || (*r->p != '{' && *r->p != '[')) {
        kds_reader_fail(r, "expected a list or an object");
        return;
    }
    kds_reader_push(r, *r->p++ == '{');
}

static bool next(struct kds_reader *r)
{
    struct kds_level *level = &r->levels[r->depth - 1];
    uint8_t closing = level->is_map ? '}' : ']';
    skip_space(r);
    if (r->err != KDS_OK || r->p == r->end) {
        kds_reader_fail(r, "unexpected end");
        return false;
    }
    if (*r->p == closing) {
        r->p++;
        r->depth--;
        return false;
    }
    if (level->started && *r->p++ != ',') {
        kds_reader_fail(r, "expected a comma");
        return false;
    }
    level->started = true;
    return true;
}

static kds_slice_t read_key(struct kds_reader *r)
{
    size_t code_points;
    kds_slice_t key = plain_string(r);
    skip_space(r);
    if (r->err == KDS_OK && (r->p == r->end || *r->p++ != ':')) {
        kds_reader_fail(r, "expected a colon");
    }
    if (r->err == KDS_OK && !kds_utf8_valid(key, &code_points)) {
        kds_reader_fail(r, "text is not UTF-8");
    }
    return key;
}

static void skip_scalar(struct kds_reader *r)
{
    struct number number;
    size_t code_points;
    switch (peek(r)) {
    case KDS_T_NULL:
        read_null(r);
        break;
    case KDS_T_BOOL:
        read_boolean(r);
        break;
    case KDS_T_NUMBER:
        if (!take_number(r, &number)) {
            kds_reader_fail(r, "malformed number");
        }
        break;
    case KDS_T_TEXT: {
        kds_slice_t text = plain_string(r);
        if (r->err == KDS_OK && !kds_utf8_valid(text, &code_points)) {
            kds_reader_fail(r, "text is not UTF-8");
        }
        break;
    }
    case KDS_T_NONE:
    case KDS_T_BYTES:
    case KDS_T_LIST:
    case KDS_T_MAP:
        kds_reader_fail(r, "expected a value");
        break;
    }
}

const struct kds_reader_ops kds_json_reader_ops = {
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

static void before_value(struct kds_writer *w)
{
    if (w->comma) {
        kds_buf_add_byte(w->out, ',');
    }
    w->comma = true;
}

/* What stands behind the backslash of a short escape; 0 if @p c has none. */
static uint8_t short_escape(uint8_t c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c != 0 ? strchr(from, c) : NULL;
    return at != NULL ? (uint8_t)to[at - from] : 0;
}

static bool is_escaped(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

size_t kds_json_string_size(kds_slice_t text)
{
    size_t n = text.n + 2;
    for (size_t i = 0; i < text.n; i++) {
        if (is_escaped(text.p[i])) {
            n += short_escape(text.p[i]) != 0 ? 1 : 5;
        }
    }
    return n;
}

uint8_t *kds_json_put_string(uint8_t *to, kds_slice_t text)
{
    static const char digits[] = "0123456789abcdef";
    *to++ = '"';
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = text.p[i];
        if (!is_escaped(c)) {
            *to++ = c;
            continue;
        }
        const uint8_t escape = short_escape(c);
        *to++ = '\\';
        if (escape != 0) {
            *to++ = escape;
            continue;
        }
        memcpy(to, "u00", 3);
        to[3] = (uint8_t)digits[c >> 4];
        to[4] = (uint8_t)digits[c & 15];
        to += 5;
    }
    *to++ = '"';
    return to;
}

void kds_json_add_string(struct kds_buf *out, kds_slice_t text)
{
    const bool fits = text.n <= SIZE_MAX / 16;
    uint8_t *to = fits ? kds_buf_reserve(out, kds_json_string_size(text)) : NULL;
    if (to != NULL) {
        kds_buf_commit(out, (size_t)(kds_json_put_string(to, text) - to));
    } else if (!fits && out->err == KDS_OK) {
        out->err = KDS_ERR_TOO_LARGE;
    }
}

static void write_map(struct kds_writer *w, size_t pairs)
{
    (void)pairs;
    before_value(w);
    kds_buf_add_byte(w->out, '{');
    w->comma = false;
}

static void write_key(struct kds_writer *w, kds_slice_t key)
{
    before_value(w);
    kds_json_add_string(w->out, key);
    kds_buf_add_byte(w->out, ':');
    w->comma = false;
}

static void write_map_end(struct kds_writer *w)
{
    kds_buf_add_byte(w->out, '}');
    w->comma = true;
}

static void write_list(struct kds_writer *w, size_t elements)
{
    (void)elements;
    before_value(w);
    kds_buf_add_byte(w->out, '[');
    w->comma = false;
}

static void write_list_end(struct kds_writer *w)
{
    kds_buf_add_byte(w->out, ']');
    w->comma = true;
}

static void write_text(struct kds_writer *w, kds_slice_t text)
{
    before_value(w);
    kds_json_add_string(w->out, text);
}

static void write_blob(struct kds_writer *w, kds_slice_t bytes)
{
    before_value(w);
    if (bytes.n > SIZE_MAX / 2) {
        w->out->err = w->out->err ? w->out->err : KDS_ERR_TOO_LARGE;
        return;
    }
    size_t n = kds_base64_encoded_size(bytes.n);
    uint8_t *to = kds_buf_reserve(w->out, n + 2);
    if (to != NULL) {
        to[0] = '"';
        kds_base64_encode(bytes.p, bytes.n, (char *)to + 1);
        to[n + 1] = '"';
        kds_buf_commit(w->out, n + 2);
    }
}

static void write_integer(struct kds_writer *w, int64_t v)
{
    before_value(w);
    kds_buf_add_i64(w->out, v);
}

static void write_real(struct kds_writer *w, double v)
{
    char text[KDS_DOUBLE_BYTES];
    before_value(w);
    kds_buf_add(w->out, text, kds_format_double(v, text));
}

static void write_boolean(struct kds_writer *w, bool v)
{
    before_value(w);
    kds_buf_add_text(w->out, v ? "true" : "false");
}

static void write_timestamp_ms(struct kds_writer *w, int64_t ms)
{
    char fraction[4] = {'.', 0, 0, 0};
    uint64_t size = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    unsigned rest = (unsigned)(size % 1000);
    size_t n = 4;
    before_value(w);
    if (ms < 0) {
        kds_buf_add_byte(w->out, '-');
    }
    kds_buf_add_u64(w->out, size / 1000);
    fraction[1] = (char)('0' + rest / 100);
    fraction[2] = (char)('0' + rest / 10 % 10);
    fraction[3] = (char)('0' + rest % 10);
    while (n > 1 && fraction[n - 1] == '0') {
        n--;
    }
    if (n > 1) {
        kds_buf_add(w->out, fraction, n);
    }
}

const struct kds_writer_ops kds_json_writer_ops = {
    .map = write_map,
    .key = write_key,
    .map_end = write_map_end,
    .list = write_list,
    .list_end = write_list_end,
    .text = write_text,
    .blob = write_blob,
    .integer = write_integer,
    .real = write_real,
    .boolean = write_boolean,
    .timestamp_ms = write_timestamp_ms,
};
