/*
 * xml: a scanner for tags and text, and the reader's functions on top of it.
 */
#include "codec/xml.h"

#include "base/slice.h"
#include "base/text.h"
#include "kernel/base64.h"

#include <string.h>

static const kds_slice_t none = {NULL, 0};

/* ---- the scanner -------------------------------------------------------------------------- */

enum tag { TAG_NONE, TAG_OPEN, TAG_CLOSE, TAG_EMPTY };

static bool at_word(const struct kds_reader *r, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(r->end - r->p) >= n && memcmp(r->p, word, n) == 0;
}

/* Past the next @p word; to the end, with an error, if there is none. */
static void skip_behind(struct kds_reader *r, const char *word)
{
    size_t n = strlen(word);
    const uint8_t *at = memmem(r->p, (size_t)(r->end - r->p), word, n);
    if (at == NULL) {
        kds_reader_fail(r, "unexpected end");
        r->p = r->end;
        return;
    }
    r->p = at + n;
}

/* Past blanks, comments, processing instructions and the declaration. */
static void skip_between(struct kds_reader *r)
{
    while (r->err == KDS_OK && r->p < r->end) {
        if (*r->p == ' ' || *r->p == '\t' || *r->p == '\r' || *r->p == '\n') {
            r->p++;
        } else if (at_word(r, "<!--")) {
            skip_behind(r, "-->");
        } else if (at_word(r, "<?")) {
            skip_behind(r, "?>");
        } else if (at_word(r, "<!") && !at_word(r, "<![CDATA[")) {
            kds_reader_fail(r, "a document type is not accepted");
        } else {
            return;
        }
    }
}

/* Past attributes, up to the '>' or '/' that ends the tag. Quotes may hold a '>'. */
static void skip_attributes(struct kds_reader *r)
{
    uint8_t quote = 0;
    while (r->p < r->end && (quote != 0 || (*r->p != '>' && *r->p != '/'))) {
        if (quote != 0) {
            quote = *r->p == quote ? 0 : quote;
        } else if (*r->p == '"' || *r->p == '\'') {
            quote = *r->p;
        }
        r->p++;
    }
}

static bool ends_name(uint8_t c)
{
    return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
           c == '<';
}

/* The tag at r->p, which must be one. @p name without its name space. */
static enum tag take_tag(struct kds_reader *r, kds_slice_t *name)
{
    enum tag tag = TAG_OPEN;
    if (r->p == r->end || *r->p != '<') {
        kds_reader_fail(r, r->p == r->end ? "unexpected end" : "expected a tag");
        return TAG_NONE;
    }
    r->p++;
    if (r->p < r->end && *r->p == '/') {
        tag = TAG_CLOSE;
        r->p++;
    }
    const uint8_t *start = r->p;
    while (r->p < r->end && !ends_name(*r->p)) {
        if (*r->p++ == ':') {
            start = r->p;
        }
    }
    *name = kds_slice_of(start, (size_t)(r->p - start));
    skip_attributes(r);
    if (tag == TAG_OPEN && r->p < r->end && *r->p == '/') {
        tag = TAG_EMPTY;
        r->p++;
    }
    if (name->n == 0 || r->p == r->end || *r->p != '>') {
        kds_reader_fail(r, "malformed tag");
        return TAG_NONE;
    }
    r->p++;
    return tag;
}

/* ---- text --------------------------------------------------------------------------------- */

/* The character of "&name;" at r->p, which it moves past. 0 if it is none. */
static uint32_t take_reference(struct kds_reader *r)
{
    static const struct {
        const char *text;
        uint32_t character;
    } entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''},
    };
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (at_word(r, entities[i].text)) {
            r->p += strlen(entities[i].text);
            return entities[i].character;
        }
    }
    uint32_t v = 0;
    bool hex = at_word(r, "&#x");
    if (!at_word(r, "&#")) {
        return 0;
    }
    r->p += hex ? 3 : 2;
    for (; r->p < r->end && *r->p != ';'; r->p++) {
        uint8_t c = *r->p;
        uint32_t digit = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
                         : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                       : 99;
        v = v * (hex ? 16 : 10) + digit;
        if (digit == 99 || v > 0x10FFFF) {
            return 0;
        }
    }
    r->p += r->p < r->end;
    return v >= 0xD800 && v <= 0xDFFF ? 0 : v;
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (uint8_t)(lead[more] | c >> (6 * more));
    for (unsigned i = 1; i <= more; i++) {
        out[i] = (uint8_t)(0x80 | (c >> (6 * (more - i)) & 63));
    }
    return 1 + more;
}

/* Appends the text up to the next tag to @p out, which has room for as many bytes as are left;
 * references never get longer when they are resolved. */
static void take_characters(struct kds_reader *r, uint8_t *out, size_t *n)
{
    while (r->err == KDS_OK && r->p < r->end) {
        if (at_word(r, "<![CDATA[")) {
            const uint8_t *start = r->p + 9;
            r->p = start;
            skip_behind(r, "]]>");
            size_t length = r->err == KDS_OK ? (size_t)(r->p - 3 - start) : 0;
            memmove(out + *n, start, length);
            *n += length;
        } else if (at_word(r, "<!--")) {
            skip_behind(r, "-->");
        } else if (*r->p == '<') {
            return;
        } else if (*r->p == '&') {
            uint32_t c = take_reference(r);
            if (c == 0) {
                kds_reader_fail(r, "unknown entity");
                return;
            }
            *n += put_utf8(out + *n, c);
        } else {
            out[(*n)++] = *r->p++;
        }
    }
}

/* How many bytes stand before the next end tag, at most. */
static size_t bytes_before_end(const struct kds_reader *r)
{
    const uint8_t *at = memmem(r->p, (size_t)(r->end - r->p), "</", 2);
    return (size_t)((at ? at : r->end) - r->p);
}

/* The content of an element whose start tag was taken; moves past its end tag. Blanks at both ends
 * come from pretty printing. The text is in the arena. */
static kds_slice_t take_text(struct kds_reader *r)
{
    kds_slice_t name;
    size_t n = 0;
    if (r->err != KDS_OK) {
        return none;
    }
    /* CDATA may hold "</": then the text is longer than the first guess, and all that is left is. */
    bool plain = memmem(r->p, bytes_before_end(r), "<![CDATA[", 9) == NULL;
    size_t room = plain ? bytes_before_end(r) : (size_t)(r->end - r->p);
    uint8_t *out = kds_arena_alloc(r->arena, room + 1);
    if (out == NULL) {
        r->err = r->arena->err;
        r->why = "no room for text";
        return none;
    }
    take_characters(r, out, &n);
    if (r->err == KDS_OK && take_tag(r, &name) != TAG_CLOSE) {
        kds_reader_fail(r, "expected text");
    }
    if (r->err != KDS_OK) {
        return none;
    }
    return kds_slice_trim(kds_slice_of(out, n));
}

/* An element that is passed over, whatever it holds; its start tag was taken. */
static void skip_element(struct kds_reader *r)
{
    kds_slice_t name;
    uint64_t depth = 1;
    while (r->err == KDS_OK && depth > 0) {
        if (at_word(r, "<![CDATA[")) {
            skip_behind(r, "]]>");
        } else if (at_word(r, "<!--")) {
            skip_behind(r, "-->");
        } else if (r->p < r->end && *r->p != '<') {
            r->p++;
        } else {
            enum tag tag = take_tag(r, &name);
            depth += tag == TAG_OPEN;
            depth -= tag == TAG_CLOSE;
        }
    }
}

/* ---- the reader --------------------------------------------------------------------------- */

/* `levels[].started`: the level's start tag was an empty one, `<A/>`; it holds nothing. */

static enum kds_token peek(struct kds_reader *r)
{
    if (r->err == KDS_OK && r->depth == 0) {
        skip_between(r);
        return r->p == r->end ? KDS_T_NONE : KDS_T_MAP;
    }
    return r->err == KDS_OK ? KDS_T_TEXT : KDS_T_NONE;
}

static bool is(struct kds_reader *r, enum kds_token wanted)
{
    r->wants_map = wanted == KDS_T_MAP;
    return r->err == KDS_OK && wanted != KDS_T_NULL && peek(r) != KDS_T_NONE;
}

static bool ends_with(kds_slice_t name, const char *end)
{
    size_t n = strlen(end);
    return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

/* Into `<XResponse>`, and into `<XResult>` if that is what it begins with. */
static void enter_answer(struct kds_reader *r)
{
    kds_slice_t name;
    skip_between(r);
    enum tag tag = take_tag(r, &name);
    struct kds_level *level = kds_reader_push(r, true);
    if (level == NULL || r->err != KDS_OK) {
        return;
    }
    level->started = tag == TAG_EMPTY;
    skip_between(r);
    const uint8_t *inside = r->p;
    if (tag != TAG_OPEN || !ends_with(name, "Response") || r->p == r->end) {
        return;
    }
    tag = take_tag(r, &name);
    if ((tag == TAG_OPEN || tag == TAG_EMPTY) && ends_with(name, "Result")) {
        level->started = tag == TAG_EMPTY;
        level->remaining = 1; /* what follows is to be passed over */
    } else {
        r->p = inside;
    }
}

static void enter(struct kds_reader *r)
{
    if (r->depth == 0) {
        enter_answer(r);
        return;
    }
    /* The start tag was taken with the key or element; an empty one was noted in `indefinite`. */
    bool empty = r->levels[r->depth - 1].indefinite;
    struct kds_level *level = kds_reader_push(r, r->wants_map);
    if (level != NULL) {
        level->started = empty;
    }
}

/* The rest of an answer behind its `<XResult>`. */
static void leave_answer(struct kds_reader *r, bool rest)
{
    if (rest) {
        skip_element(r); /* what is left of <XResponse>, as if its tag was just taken */
    }
    skip_between(r);
}

static bool next(struct kds_reader *r)
{
    struct kds_level *level = &r->levels[r->depth - 1];
    skip_between(r);
    if (r->err != KDS_OK) {
        return false;
    }
    if (!level->started && r->p == r->end) {
        kds_reader_fail(r, "unexpected end");
        return false;
    }
    if (!level->started && !at_word(r, "</")) {
        if (!level->is_map) { /* an element of a list, whatever it is called */
            kds_slice_t name;
            level->indefinite = take_tag(r, &name) == TAG_EMPTY;
        }
        return r->err == KDS_OK;
    }
    kds_slice_t name;
    if (!level->started) {
        take_tag(r, &name);
    }
    r->depth--;
    if (r->depth == 0 && r->err == KDS_OK) {
        leave_answer(r, level->remaining == 1);
    }
    return false;
}

static kds_slice_t read_key(struct kds_reader *r)
{
    kds_slice_t name = none;
    struct kds_level *level = &r->levels[r->depth - 1];
    level->indefinite = take_tag(r, &name) == TAG_EMPTY;
    return name;
}

/* The text of the element whose start tag was taken last. */
static kds_slice_t value_text(struct kds_reader *r)
{
    if (r->levels[r->depth - 1].indefinite) {
        return kds_slice_of("", 0);
    }
    return take_text(r);
}

static kds_slice_t read_text(struct kds_reader *r)
{
    kds_slice_t text = value_text(r);
    return r->err == KDS_OK ? kds_reader_keep_text(r, text) : none;
}

static kds_slice_t read_blob(struct kds_reader *r)
{
    kds_slice_t text = value_text(r);
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

static int64_t read_integer(struct kds_reader *r)
{
    int64_t v = 0;
    if (!kds_parse_i64(value_text(r), &v)) {
        kds_reader_fail(r, "expected a whole number");
    }
    return v;
}

static double read_real(struct kds_reader *r)
{
    double v = 0;
    if (!kds_parse_double(value_text(r), &v)) {
        kds_reader_fail(r, "expected a number");
    }
    return v;
}

static bool read_boolean(struct kds_reader *r)
{
    kds_slice_t text = value_text(r);
    bool yes = kds_slice_is(text, "true");
    if (!yes && !kds_slice_is(text, "false")) {
        kds_reader_fail(r, "expected true or false");
    }
    return yes;
}

static int64_t read_timestamp_ms(struct kds_reader *r)
{
    int64_t ms = 0;
    if (!kds_parse_rfc3339_ms(value_text(r), &ms)) {
        kds_reader_fail(r, "expected a time stamp");
    }
    return ms;
}

static void read_null(struct kds_reader *r)
{
    kds_reader_fail(r, "XML has no null");
}

static void skip_scalar(struct kds_reader *r)
{
    if (r->depth > 0 && !r->levels[r->depth - 1].indefinite) {
        skip_element(r);
    }
}

const struct kds_reader_ops kds_xml_reader_ops = {
    .peek = peek,
    .null = read_null,
    .boolean = read_boolean,
    .is = is,
    .integer = read_integer,
    .real = read_real,
    .timestamp_ms = read_timestamp_ms,
    .text = read_text,
    .blob = read_blob,
    .enter = enter,
    .next = next,
    .key = read_key,
    .skip_scalar = skip_scalar,
};

bool kds_xml_find_text(kds_slice_t bytes,
                       const char *name,
                       struct kds_arena *arena,
                       kds_slice_t *out)
{
    struct kds_reader r;
    kds_slice_t at;
    kds_reader_init(&r, KDS_FORMAT_QUERY, bytes, arena);
    while (r.err == KDS_OK && r.p < r.end) {
        skip_between(&r);
        if (r.p < r.end && (*r.p != '<' || at_word(&r, "<![CDATA["))) {
            r.p++;
        } else if (r.p < r.end && take_tag(&r, &at) == TAG_OPEN &&
                   kds_slice_is(at, name)) {
            *out = take_text(&r);
            return r.err == KDS_OK;
        }
    }
    return false;
}

bool kds_xml_root(kds_slice_t bytes, kds_slice_t *name)
{
    struct kds_reader r;
    kds_reader_init(&r, KDS_FORMAT_QUERY, bytes, NULL);
    skip_between(&r);
    enum tag tag = r.err == KDS_OK ? take_tag(&r, name) : TAG_NONE;
    return tag == TAG_OPEN || tag == TAG_EMPTY;
}
