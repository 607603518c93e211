/*
 * query: a writer that keeps the name of the value that comes next.
 */
#include "codec/query.h"

#include "base/slice.h"
#include "base/text.h"
#include "kernel/base64.h"

#include <stdio.h>
#include <string.h>

void kds_query_add_encoded(struct kds_buf *out, kds_slice_t text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t done = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '_' || c == '.' || c == '~') {
            continue;
        }
        uint8_t escape[3] = {'%', (uint8_t)digits[c >> 4], (uint8_t)digits[c & 15]};
        kds_buf_add(out, text.p + done, i - done);
        kds_buf_add(out, escape, sizeof escape);
        done = i + 1;
    }
    kds_buf_add(out, text.p + done, text.n - done);
}

static void too_large(struct kds_writer *w)
{
    w->out->err = w->out->err ? w->out->err : KDS_ERR_TOO_LARGE;
}

/* The name becomes that of the innermost level and @p more. */
static void set_name(struct kds_writer *w, const char *more, kds_slice_t key)
{
    size_t n = w->levels[w->depth - 1].length;
    int added = snprintf(w->name + n, sizeof w->name - n, "%s%s%.*s", n ? "." : "", more,
                         (int)key.n, (const char *)key.p);
    if (added < 0 || (size_t)added >= sizeof w->name - n) {
        too_large(w);
    }
}

/* Elements of a list have no key: their name is made when their value comes. */
static void before_value(struct kds_writer *w)
{
    const kds_slice_t nothing = KDS_SLICE_LIT("");
    if (w->depth > 0 && w->levels[w->depth - 1].is_list) {
        char number[24];
        snprintf(number, sizeof number, "member.%u",
                 (unsigned)++w->levels[w->depth - 1].element);
        set_name(w, number, nothing);
    }
}

static void push(struct kds_writer *w, bool is_list)
{
    before_value(w);
    if (w->depth == KDS_DEPTH_MAX) {
        too_large(w);
        return;
    }
    struct kds_prefix *level = &w->levels[w->depth++];
    level->is_list = is_list;
    level->element = 0;
    level->length = (uint16_t)(w->depth > 1 ? strlen(w->name) : 0);
}

static void write_map(struct kds_writer *w, size_t pairs)
{
    (void)pairs;
    push(w, false);
}

static void write_list(struct kds_writer *w, size_t elements)
{
    (void)elements;
    push(w, true);
}

static void write_end(struct kds_writer *w)
{
    if (w->out->err == KDS_OK) {
        w->depth--;
    }
}

static void write_key(struct kds_writer *w, kds_slice_t key)
{
    if (w->out->err == KDS_OK) {
        set_name(w, "", key);
    }
}

static void write_value(struct kds_writer *w, kds_slice_t text)
{
    before_value(w);
    if (w->comma) {
        kds_buf_add_byte(w->out, '&');
    }
    w->comma = true;
    kds_query_add_encoded(w->out, kds_slice(w->name));
    kds_buf_add_byte(w->out, '=');
    kds_query_add_encoded(w->out, text);
}

static void write_blob(struct kds_writer *w, kds_slice_t bytes)
{
    struct kds_buf text;
    kds_buf_init(&text, w->out->max);
    uint8_t *to = bytes.n < SIZE_MAX / 2
                      ? kds_buf_reserve(&text, kds_base64_encoded_size(bytes.n))
                      : NULL;
    if (to == NULL) {
        too_large(w);
    } else {
        kds_base64_encode(bytes.p, bytes.n, (char *)to);
        kds_buf_commit(&text, kds_base64_encoded_size(bytes.n));
        write_value(w, kds_buf_slice(&text));
    }
    kds_buf_clear(&text);
}

static void write_integer(struct kds_writer *w, int64_t v)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)v);
    write_value(w, kds_slice_of(text, (size_t)n));
}

static void write_real(struct kds_writer *w, double v)
{
    char text[KDS_DOUBLE_BYTES];
    write_value(w, kds_slice_of(text, kds_format_double(v, text)));
}

static void write_boolean(struct kds_writer *w, bool v)
{
    write_value(w, kds_slice(v ? "true" : "false"));
}

static void write_timestamp_ms(struct kds_writer *w, int64_t ms)
{
    char text[KDS_RFC3339_BYTES];
    kds_format_rfc3339_ms(ms, text);
    write_value(w, kds_slice(text));
}

const struct kds_writer_ops kds_query_writer_ops = {
    .map = write_map,
    .key = write_key,
    .map_end = write_end,
    .list = write_list,
    .list_end = write_end,
    .text = write_value,
    .blob = write_blob,
    .integer = write_integer,
    .real = write_real,
    .boolean = write_boolean,
    .timestamp_ms = write_timestamp_ms,
};
