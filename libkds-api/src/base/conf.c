/*
 * conf: setting, copying and documenting by the table; properties files.
 */
#include "base/conf.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX ((size_t)1024 * 1024)
#define LINE_BYTES_MAX ((size_t)64 * 1024)
#define NAME_BYTES_MAX 64 /* longer ones are no setting's */

static void *member(const struct kds_conf_prop *p, void *conf)
{
    return (char *)conf + p->offset;
}

static const void *member_const(const struct kds_conf_prop *p, const void *conf)
{
    return (const char *)conf + p->offset;
}

static bool is_text(const struct kds_conf_prop *p)
{
    return p->type == KDS_CONF_STRING || p->type == KDS_CONF_SECRET;
}

static char *copy_text(kds_slice_t s)
{
    char *p = kds_alloc(s.n + 1);
    if (p != NULL) {
        if (s.n > 0) {
            memcpy(p, s.p, s.n);
        }
        p[s.n] = 0;
    }
    return p;
}

static void release_text(const struct kds_conf_prop *p, void *conf)
{
    char **text = member(p, conf);
    if (*text != NULL && p->type == KDS_CONF_SECRET) {
        kds_wipe(*text, strlen(*text));
    }
    kds_free(*text);
    *text = NULL;
}

static void store_number(const struct kds_conf_prop *p, void *conf, int64_t v)
{
    if (p->type == KDS_CONF_BOOL) {
        *(bool *)member(p, conf) = v != 0;
    } else if (p->type == KDS_CONF_ENUM) {
        *(int *)member(p, conf) = (int)v;
    } else {
        *(int64_t *)member(p, conf) = v;
    }
}

static int64_t load_number(const struct kds_conf_prop *p, const void *conf)
{
    if (p->type == KDS_CONF_BOOL) {
        return *(const bool *)member_const(p, conf);
    }
    return p->type == KDS_CONF_ENUM ? *(const int *)member_const(p, conf)
                                    : *(const int64_t *)member_const(p, conf);
}

/* ---- life --------------------------------------------------------------------------------- */

void kds_conf_clear(const struct kds_conf_table *table, void *conf)
{
    for (size_t i = 0; i < table->count; i++) {
        if (is_text(&table->props[i])) {
            release_text(&table->props[i], conf);
        }
    }
}

kds_err_t kds_conf_defaults(const struct kds_conf_table *table, void *conf)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct kds_conf_prop *p = &table->props[i];
        if (!is_text(p)) {
            store_number(p, conf, p->dflt);
            continue;
        }
        release_text(p, conf);
        if (p->dflt_text != NULL) {
            char *text = copy_text(kds_slice(p->dflt_text));
            if (text == NULL) {
                kds_conf_clear(table, conf);
                return KDS_ERR_NO_MEMORY;
            }
            *(char **)member(p, conf) = text;
        }
    }
    return KDS_OK;
}

kds_err_t kds_conf_copy(const struct kds_conf_table *table, void *to, const void *from)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct kds_conf_prop *p = &table->props[i];
        if (!is_text(p)) {
            store_number(p, to, load_number(p, from));
            continue;
        }
        const char *text = *(char *const *)member_const(p, from);
        char *copy = text ? copy_text(kds_slice(text)) : NULL;
        if (text != NULL && copy == NULL) {
            kds_conf_clear(table, to);
            return KDS_ERR_NO_MEMORY;
        }
        *(char **)member(p, to) = copy;
    }
    return KDS_OK;
}

/* ---- names -------------------------------------------------------------------------------- */

/* Take the next of several words with | between. @return false at their end */
static bool next_word(kds_slice_t *rest, kds_slice_t *word)
{
    if (rest->n == 0) {
        return false;
    }
    size_t n = kds_slice_find(*rest, '|');
    *word = kds_slice_of(rest->p, n);
    n += n < rest->n;
    rest->p += n;
    rest->n -= n;
    return true;
}

/* The anchor's names, whose first letter may be of either case. */
static bool is_anchor(const char *anchors, kds_slice_t name)
{
    kds_slice_t rest = kds_slice(anchors), anchor;
    while (next_word(&rest, &anchor)) {
        if (name.n == anchor.n && (name.p[0] | 0x20) == (anchor.p[0] | 0x20) &&
            memcmp(name.p + 1, anchor.p + 1, name.n - 1) == 0) {
            return true;
        }
    }
    return false;
}

static const struct kds_conf_prop *find(const struct kds_conf_table *table,
                                        kds_slice_t name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (kds_slice_is(name, table->props[i].name) ||
            is_anchor(table->props[i].anchor, name)) {
            return &table->props[i];
        }
    }
    return NULL;
}

/* How many letters must be added, dropped or changed. Both at most NAME_BYTES_MAX. */
static size_t distance(kds_slice_t a, kds_slice_t b)
{
    size_t row[NAME_BYTES_MAX + 1];
    for (size_t k = 0; k <= b.n; k++) {
        row[k] = k;
    }
    for (size_t i = 1; i <= a.n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b.n; k++) {
            size_t change = corner + ((a.p[i - 1] | 0x20) != (b.p[k - 1] | 0x20));
            size_t drop = row[k] + 1, add = row[k - 1] + 1;
            corner = row[k];
            row[k] = change < drop ? change : drop;
            row[k] = row[k] < add ? row[k] : add;
        }
    }
    return row[b.n];
}

/* The known name that looks most like this one; empty if none does. */
static kds_slice_t nearest(const struct kds_conf_table *table, kds_slice_t name)
{
    kds_slice_t best = kds_slice(""), candidate;
    size_t least = name.n / 2 + 2;
    for (size_t i = 0; name.n <= NAME_BYTES_MAX && i < table->count; i++) {
        kds_slice_t names[] = {kds_slice(table->props[i].name),
                               kds_slice(table->props[i].anchor)};
        for (size_t k = 0; k < 2; k++) {
            while (next_word(&names[k], &candidate)) {
                size_t d =
                    candidate.n <= NAME_BYTES_MAX ? distance(name, candidate) : least;
                if (d < least) {
                    least = d;
                    best = candidate;
                }
            }
        }
    }
    return best;
}

static int shown(kds_slice_t s)
{
    return (int)(s.n < 100 ? s.n : 100);
}

static kds_err_t
unknown(const struct kds_conf_table *table, kds_slice_t name, kds_error_t **error)
{
    kds_slice_t near = nearest(table, name);
    return kds_error_set(error, KDS_ERR_CONFIG, "%s: unknown setting \"%.*s\"%s%.*s%s",
                         table->title, shown(name), (const char *)name.p,
                         near.n ? "; did you mean \"" : "", (int)near.n,
                         near.n ? (const char *)near.p : "", near.n ? "\"?" : "");
}

/* ---- values ------------------------------------------------------------------------------- */

static bool parse_enum(const char *values, kds_slice_t value, int64_t *out)
{
    kds_slice_t rest = kds_slice(values), word;
    for (int64_t i = 0; next_word(&rest, &word); i++) {
        if (kds_slice_eq_nocase(word, value)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool parse_bool(const char *words, kds_slice_t value, int64_t *out)
{
    if (parse_enum("true|false", value, out) || parse_enum(words, value, out)) {
        *out = *out == 0;
        return true;
    }
    return false;
}

/* To thousandths; what is more than fits is the largest. */
static bool parse_decimal(kds_slice_t value, int64_t *out)
{
    double v;
    if (!kds_parse_double(value, &v)) {
        return false;
    }
    v *= 1000;
    *out = v >= 9.2e18    ? INT64_MAX
           : v <= -9.2e18 ? INT64_MIN
                          : (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
    return true;
}

static bool parse_number(const struct kds_conf_prop *p, kds_slice_t value, int64_t *out)
{
    int64_t us;
    switch (p->type) {
    case KDS_CONF_BOOL:
        return parse_bool(p->values, value, out);
    case KDS_CONF_INT:
        return kds_parse_i64(value, out);
    case KDS_CONF_DECIMAL:
        return parse_decimal(value, out);
    case KDS_CONF_SIZE:
        return kds_parse_size(value, out);
    case KDS_CONF_DURATION:
        /* A bare number of milliseconds may be as large as the anchors allow. */
        if (kds_parse_i64(value, out)) {
            return true;
        }
        if ((!kds_parse_duration_us(value, 1000, &us) &&
             !kds_parse_iso_duration_us(value, &us)) ||
            us % 1000 != 0) {
            return false;
        }
        *out = us / 1000;
        return true;
    case KDS_CONF_ENUM:
        *out =
            p->dflt; /* what an empty one means: some of the KPL's own defaults are empty */
        return value.n == 0 || parse_enum(p->values, value, out);
    case KDS_CONF_STRING:
    case KDS_CONF_SECRET:
        break;
    }
    return false;
}

static const char *expected(enum kds_conf_type type)
{
    static const char *const words[] = {
        [KDS_CONF_BOOL] = "true or false",
        [KDS_CONF_INT] = "a whole number",
        [KDS_CONF_DECIMAL] = "a number",
        [KDS_CONF_DURATION] = "a duration such as 250, 250ms, 5s",
        [KDS_CONF_SIZE] = "a size such as 512, 64KiB, 5MiB",
        [KDS_CONF_STRING] = "text",
        [KDS_CONF_SECRET] = "text",
        [KDS_CONF_ENUM] = "one of",
    };
    return words[type];
}

#define NUMBER_BYTES 24

static const char *
write_number(const struct kds_conf_prop *p, int64_t v, char out[NUMBER_BYTES])
{
    int n = snprintf(out, NUMBER_BYTES, "%" PRId64,
                     p->type == KDS_CONF_DECIMAL ? v / 1000 : v);
    if (p->type == KDS_CONF_DECIMAL && v % 1000 != 0) { /* none of these is negative */
        n += snprintf(out + n, NUMBER_BYTES - (size_t)n, ".%03d", (int)(v % 1000));
        while (out[n - 1] == '0') {
            out[--n] = 0;
        }
    }
    return out;
}

static const struct kds_conf_rule *rule_of(const struct kds_conf_table *table,
                                           const struct kds_conf_prop *p)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        if (strcmp(table->rules[i].name, p->name) == 0) {
            return &table->rules[i];
        }
    }
    return NULL;
}

static kds_err_t set_text(const struct kds_conf_table *table,
                          const struct kds_conf_prop *p,
                          void *conf,
                          kds_slice_t value,
                          kds_error_t **error)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < 0x20 || value.p[i] == 0x7F) {
            return kds_error_set(error, KDS_ERR_CONFIG, "%s: control character 0x%02x",
                                 p->name, value.p[i]);
        }
    }
    const struct kds_conf_rule *rule = rule_of(table, p);
    if (rule != NULL && !rule->fits(value)) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: \"%.*s\" is not %s", p->name,
                             shown(value), (const char *)value.p, rule->words);
    }
    char *text = value.n ? copy_text(value) : NULL; /* empty = unset */
    if (value.n > 0 && text == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    release_text(p, conf);
    *(char **)member(p, conf) = text;
    return KDS_OK;
}

kds_err_t kds_conf_set(const struct kds_conf_table *table,
                       void *conf,
                       kds_slice_t name,
                       kds_slice_t value,
                       kds_error_t **error)
{
    const struct kds_conf_prop *p = find(table, name);
    int64_t v;
    if (p == NULL) {
        return unknown(table, name, error);
    }
    if (is_text(p)) {
        return set_text(table, p, conf, value, error);
    }
    if (!parse_number(p, value, &v)) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: \"%.*s\" is not %s%s%s", p->name,
                             shown(value), (const char *)value.p, expected(p->type),
                             p->type == KDS_CONF_ENUM ? " " : "",
                             p->type == KDS_CONF_ENUM ? p->values : "");
    }
    bool ranged = p->type != KDS_CONF_BOOL && p->type != KDS_CONF_ENUM;
    if (ranged && (v < p->min || v > p->max)) {
        char least[NUMBER_BYTES], most[NUMBER_BYTES];
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: %.*s is outside %s..%s", p->name,
                             shown(value), (const char *)value.p,
                             write_number(p, p->min, least),
                             write_number(p, p->max, most));
    }
    store_number(p, conf, v);
    return KDS_OK;
}

static void show_enum(const char *values, int64_t index, struct kds_buf *out)
{
    kds_slice_t rest = kds_slice(values), word = rest;
    for (int64_t i = 0; i <= index; i++) {
        (void)next_word(&rest, &word);
    }
    kds_buf_add(out, word.p, word.n);
}

static void show(const struct kds_conf_prop *p, int64_t v, struct kds_buf *out)
{
    if (p->type == KDS_CONF_BOOL) {
        kds_buf_add_text(out, v ? "true" : "false");
    } else if (p->type == KDS_CONF_ENUM) {
        show_enum(p->values, v, out);
    } else {
        char text[NUMBER_BYTES];
        kds_buf_add_text(out, write_number(p, v, text));
    }
}

kds_err_t kds_conf_get(const struct kds_conf_table *table,
                       const void *conf,
                       kds_slice_t name,
                       struct kds_buf *out,
                       kds_error_t **error)
{
    const struct kds_conf_prop *p = find(table, name);
    if (p == NULL) {
        return unknown(table, name, error);
    }
    if (!is_text(p)) {
        show(p, load_number(p, conf), out);
        return out->err;
    }
    const char *text = *(char *const *)member_const(p, conf);
    if (text != NULL) {
        kds_buf_add_text(out, p->type == KDS_CONF_SECRET ? "***" : text);
    }
    return out->err;
}

/* ---- properties files --------------------------------------------------------------------- */

/* The text of a file, read line by line. */
struct reader {
    kds_slice_t rest;
    size_t line_number;  /* of the last line taken */
    struct kds_buf line; /* a logical line: continuations joined, blanks in front gone */
};

static kds_slice_t physical_line(struct reader *r)
{
    size_t n = kds_slice_find(r->rest, '\n');
    kds_slice_t line = kds_slice_of(r->rest.p, n);
    n += n < r->rest.n;
    r->rest.p += n;
    r->rest.n -= n;
    r->line_number++;
    if (line.n > 0 && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '\f')) {
        line.p++;
        line.n--;
    }
    return line;
}

/* An odd number of backslashes at the end continues the line. */
static bool continues(kds_slice_t line)
{
    size_t n = 0;
    while (n < line.n && line.p[line.n - 1 - n] == '\\') {
        n++;
    }
    return n % 2 == 1;
}

/* @return false at the end of the text or when the line is too long (line.err) */
static bool next_line(struct reader *r)
{
    kds_buf_reset(&r->line);
    while (r->rest.n > 0) {
        kds_slice_t line = physical_line(r);
        bool comment =
            r->line.n == 0 && line.n > 0 && (line.p[0] == '#' || line.p[0] == '!');
        bool more = !comment && continues(line) && r->rest.n > 0;
        if (!comment) {
            kds_buf_add(&r->line, line.p, line.n - (continues(line) ? 1 : 0));
        }
        if (r->line.err != KDS_OK) {
            return false;
        }
        if (!more && r->line.n > 0) {
            return true;
        }
    }
    return r->line.n > 0;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* \uXXXX as UTF-8; characters beyond the basic plane are no part of a setting. */
static bool unescape_unicode(kds_slice_t s, struct kds_buf *out)
{
    unsigned c = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < s.n ? hex_digit(s.p[i]) : -1;
        if (digit < 0) {
            return false;
        }
        c = c << 4 | (unsigned)digit;
    }
    if (c >= 0xD800 && c <= 0xDFFF) {
        return false;
    }
    if (c < 0x80) {
        kds_buf_add_byte(out, (uint8_t)c);
    } else if (c < 0x800) {
        kds_buf_add_byte(out, (uint8_t)(0xC0 | c >> 6));
        kds_buf_add_byte(out, (uint8_t)(0x80 | (c & 63)));
    } else {
        kds_buf_add_byte(out, (uint8_t)(0xE0 | c >> 12));
        kds_buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 63)));
        kds_buf_add_byte(out, (uint8_t)(0x80 | (c & 63)));
    }
    return true;
}

static bool unescape(kds_slice_t s, struct kds_buf *out)
{
    static const char from[] = "tnrf", to[] = "\t\n\r\f";
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\') {
            kds_buf_add_byte(out, s.p[i]);
            continue;
        }
        if (++i == s.n) {
            return false;
        }
        const char *known = s.p[i] ? strchr(from, s.p[i]) : NULL;
        if (s.p[i] == 'u') {
            if (!unescape_unicode(kds_slice_of(s.p + i + 1, s.n - i - 1), out)) {
                return false;
            }
            i += 4;
        } else {
            kds_buf_add_byte(out, known ? (uint8_t)to[known - from] : s.p[i]);
        }
    }
    return out->err == KDS_OK;
}

/* Where the name ends: at the first unescaped '=', ':' or blank. */
static size_t name_end(kds_slice_t line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] != '=' && line.p[i] != ':' && line.p[i] != ' ' &&
           line.p[i] != '\t') {
        i += line.p[i] == '\\' && i + 1 < line.n ? 2 : 1;
    }
    return i;
}

static kds_slice_t value_of(kds_slice_t line, size_t from)
{
    kds_slice_t rest = kds_slice_trim(kds_slice_of(line.p + from, line.n - from));
    if (rest.n > 0 && (rest.p[0] == '=' || rest.p[0] == ':')) {
        rest.p++;
        rest.n--;
    }
    return kds_slice_trim(rest);
}

/* AWS's own sample file ends a number with a semicolon; in a text it may belong there. */
static kds_slice_t
without_semicolon(const struct kds_conf_table *table, kds_slice_t name, kds_slice_t value)
{
    const struct kds_conf_prop *p = find(table, name);
    if (p != NULL && !is_text(p) && value.n > 1 && value.p[value.n - 1] == ';' &&
        value.p[0] >= '0' && value.p[0] <= '9') {
        value.n--;
    }
    return kds_slice_trim(value);
}

static kds_err_t apply_line(const struct kds_conf_table *table,
                            void *conf,
                            kds_slice_t line,
                            kds_error_t **error)
{
    struct kds_buf name, value;
    size_t end = name_end(line);
    kds_err_t rc;
    kds_buf_init(&name, LINE_BYTES_MAX);
    kds_buf_init(&value, LINE_BYTES_MAX);
    /* At once: a buffer that grows would leave parts of a secret behind. */
    kds_buf_reserve(&value, line.n);
    if (!unescape(kds_slice_of(line.p, end), &name) ||
        !unescape(value_of(line, end), &value)) {
        rc = name.err || value.err
                 ? kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory")
                 : kds_error_set(error, KDS_ERR_CONFIG, "malformed escape");
    } else {
        rc = kds_conf_set(
            table, conf, kds_buf_slice(&name),
            without_semicolon(table, kds_buf_slice(&name), kds_buf_slice(&value)), error);
    }
    if (value.p != NULL) {
        kds_wipe(value.p, value.cap); /* it may be a secret */
    }
    kds_buf_clear(&name);
    kds_buf_clear(&value);
    return rc;
}

kds_err_t kds_conf_apply_properties(const struct kds_conf_table *table,
                                    void *conf,
                                    const char *file,
                                    kds_slice_t text,
                                    kds_error_t **error)
{
    struct reader r = {.rest = text};
    kds_error_t *why = NULL;
    kds_err_t rc = KDS_OK;
    if (text.n > FILE_BYTES_MAX) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: %zu bytes, at most %zu", file,
                             text.n, FILE_BYTES_MAX);
    }
    kds_buf_init(&r.line, LINE_BYTES_MAX);
    kds_buf_reserve(&r.line, text.n < LINE_BYTES_MAX ? text.n : LINE_BYTES_MAX);
    while (rc == KDS_OK && next_line(&r)) {
        rc = apply_line(table, conf, kds_buf_slice(&r.line), &why);
    }
    if (rc == KDS_OK && r.line.err != KDS_OK) {
        rc = r.line.err == KDS_ERR_TOO_LARGE ? KDS_ERR_CONFIG : r.line.err;
        kds_error_set(&why, rc, "the line exceeds %zu bytes", LINE_BYTES_MAX);
    }
    if (rc != KDS_OK) {
        kds_error_set(error, rc, "%s:%zu: %s", file, r.line_number,
                      kds_error_message(why));
    }
    if (r.line.p != NULL) {
        kds_wipe(r.line.p, r.line.cap);
    }
    kds_error_free(why);
    kds_buf_clear(&r.line);
    return rc;
}

kds_err_t kds_conf_load(const struct kds_conf_table *table,
                        void *conf,
                        const char *path,
                        kds_error_t **error)
{
    FILE *f = fopen(path, "re");
    struct kds_buf text;
    kds_err_t rc = KDS_OK;
    if (f == NULL) {
        return kds_error_set(error, KDS_ERR_CONFIG, "%s: %s", path, strerror(errno));
    }
    kds_buf_init(&text, FILE_BYTES_MAX + 1);
    uint8_t *to = kds_buf_reserve(&text, FILE_BYTES_MAX + 1);
    if (to == NULL) {
        rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    } else {
        kds_buf_commit(&text, fread(to, 1, FILE_BYTES_MAX + 1, f));
        rc = ferror(f) ? kds_error_set(error, KDS_ERR_CONFIG, "%s: cannot be read", path)
                       : kds_conf_apply_properties(table, conf, path,
                                                   kds_buf_slice(&text), error);
        kds_wipe(text.p, text.n);
    }
    kds_buf_clear(&text);
    fclose(f);
    return rc;
}

/* ---- documentation ------------------------------------------------------------------------ */

static const char *type_word(enum kds_conf_type type)
{
    static const char *const words[] = {
        [KDS_CONF_BOOL] = "bool",       [KDS_CONF_INT] = "number",
        [KDS_CONF_DECIMAL] = "decimal", [KDS_CONF_DURATION] = "duration",
        [KDS_CONF_SIZE] = "size",       [KDS_CONF_STRING] = "text",
        [KDS_CONF_SECRET] = "secret",   [KDS_CONF_ENUM] = "choice",
    };
    return words[type];
}

static void document_words(const char *words, const char *quote, struct kds_buf *out)
{
    kds_slice_t rest = kds_slice(words), word;
    const char *before = "";
    while (next_word(&rest, &word)) {
        kds_buf_printf(out, "%s%s", before, quote);
        kds_buf_add(out, word.p, word.n);
        kds_buf_add_text(out, quote);
        before = ", ";
    }
}

static void document_range(const struct kds_conf_table *table,
                           const struct kds_conf_prop *p,
                           struct kds_buf *out)
{
    const struct kds_conf_rule *rule = rule_of(table, p);
    if (p->type == KDS_CONF_ENUM || p->type == KDS_CONF_BOOL) {
        document_words(p->values, "", out);
    } else if (rule != NULL) {
        kds_buf_add_text(out, rule->words);
    } else if (!is_text(p)) {
        show(p, p->min, out);
        kds_buf_add_text(out, "..");
        if (p->max != INT64_MAX) {
            show(p, p->max, out);
        }
    }
}

void kds_conf_document(const struct kds_conf_table *table, struct kds_buf *out)
{
    kds_buf_printf(out, "## %s\n\n", table->title);
    kds_buf_add_text(out,
                     "| setting | also known as | type | default | range | meaning |\n"
                     "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < table->count; i++) {
        const struct kds_conf_prop *p = &table->props[i];
        kds_buf_printf(out, "| `%s` | ", p->name);
        document_words(p->anchor, "`", out);
        kds_buf_printf(out, " | %s | ", type_word(p->type));
        if (is_text(p)) {
            kds_buf_add_text(out, p->dflt_text ? p->dflt_text : "");
        } else {
            show(p, p->dflt, out);
        }
        kds_buf_add_text(out, " | ");
        document_range(table, p, out);
        kds_buf_printf(out, " | %s%s |\n", p->ignored ? "Accepted without effect. " : "",
                       p->doc);
    }
    kds_buf_add_text(out, "\n");
}
