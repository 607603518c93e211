/*
 * profile: a parser that works in its copy of the file.
 *
 * Keys and values are ended and trimmed where they stand, so that a secret exists once and is
 * wiped with the copy. An entry is found by a search from the end, by which the last one wins.
 */
#include "auth/profile.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

struct section {
    bool known; /* else it is somebody else's */
    enum kds_section_kind kind;
    const char *name;
};

struct entry {
    size_t section;
    const char *key;
    const char *nested; /* NULL = a value of the section itself */
    char *value;
    size_t n;
};

struct file {
    char *text; /* the copy that everything points into */
    size_t bytes;
    struct section *sections;
    size_t section_count, section_cap;
    struct entry *entries;
    size_t entry_count, entry_cap;
    char problem[256];
    bool exposed;
};

struct kds_profiles {
    struct file files[2]; /* by enum kds_profile_file */
};

/* Where the parser stands. */
struct parser {
    struct file *file;
    bool credentials; /* the credentials file: every section is a profile */
    unsigned line;
    unsigned headers;
    bool in_section;
    bool passing;      /* the current section is somebody else's: nothing of it is kept */
    size_t section;    /* the current one */
    bool has_key;      /* the current section has an entry that may go on */
    size_t key_indent; /* of the entry that may go on */
    size_t open_entry; /* index of it */
    const char *key;   /* of it */
    bool nesting;      /* its value is empty: indented lines are nested keys */
    bool out_of_memory; /* the only failure that is not the file's */
};

/* ---- small things ------------------------------------------------------------------------- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static char *trim(char *from, char *to)
{
    while (from < to && blank(*from)) {
        from++;
    }
    while (to > from && blank(to[-1])) {
        to--;
    }
    *to = 0;
    return from;
}

static void lower(char *text)
{
    for (; *text != 0; text++) {
        if (*text >= 'A' && *text <= 'Z') {
            *text = (char)(*text + ('a' - 'A'));
        }
    }
}

static bool malformed(struct parser *p, const char *why)
{
    snprintf(p->file->problem, sizeof p->file->problem, "line %u: %s", p->line, why);
    return false;
}

/* One more element at the end of an array, or NULL. */
static void *grow(void **array, size_t count, size_t *cap, size_t size)
{
    if (count == *cap) {
        size_t more = *cap ? *cap * 2 : 16;
        void *larger = kds_realloc_array(*array, more, size);
        if (larger == NULL) {
            return NULL;
        }
        *array = larger;
        *cap = more;
    }
    return (char *)*array + count * size;
}

/* ---- sections ----------------------------------------------------------------------------- */

static bool find_section(const struct file *f,
                         enum kds_section_kind kind,
                         const char *name,
                         size_t *index)
{
    for (size_t i = 0; i < f->section_count; i++) {
        const struct section *s = &f->sections[i];
        if (s->kind == kind && strcmp(s->name, name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Take quotes off a name; without them it must be one word. NULL = not a name. */
static char *section_name(char *text, bool words_allowed)
{
    size_t n = strlen(text);
    if (n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n - 1] == text[0]) {
        text[n - 1] = 0;
        return n > 2 ? text + 1 : NULL;
    }
    return n > 0 && (words_allowed || strpbrk(text, " \t") == NULL) ? text : NULL;
}

/* What "[...]" of the configuration file means; unknown kinds are somebody else's. */
static struct section config_section(char *text)
{
    static const struct {
        const char *word;
        enum kds_section_kind kind;
    } kinds[] = {{"profile", KDS_SECTION_PROFILE},
                 {"sso-session", KDS_SECTION_SSO_SESSION},
                 {"services", KDS_SECTION_SERVICES}};
    struct section s = {.known = strcmp(text, "default") == 0, .name = text};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t n = strlen(kinds[i].word);
        if (strncmp(text, kinds[i].word, n) == 0 && blank(text[n])) {
            s.name = section_name(trim(text + n, text + strlen(text)), false);
            s.kind = kinds[i].kind;
            s.known = s.name != NULL;
        }
    }
    return s;
}

static struct section credentials_section(char *text)
{
    struct section s = {.kind = KDS_SECTION_PROFILE};
    bool foreign = strncmp(text, "profile", 7) == 0 && blank(text[7]);
    s.name = foreign ? NULL : section_name(text, true);
    s.known = s.name != NULL;
    return s;
}

static bool take_section(struct parser *p, char *from, char *to)
{
    struct file *f = p->file;
    char *close = memchr(from, ']', (size_t)(to - from));
    if (close == NULL) {
        return malformed(p, "the section's ']' is missing");
    }
    if (p->headers++ == KDS_PROFILE_HEADERS_MAX) { /* each is searched for */
        return malformed(p, "more than 8192 section headers");
    }
    char *rest = trim(close + 1, to);
    if (*rest != 0 && *rest != '#' && *rest != ';') {
        return malformed(p, "text follows the section's ']'");
    }
    char *text = trim(from + 1, close);
    struct section s = p->credentials ? credentials_section(text) : config_section(text);
    p->in_section = true;
    p->has_key = false;
    p->passing = !s.known;
    if (p->passing || find_section(f, s.kind, s.name, &p->section)) {
        return true;
    }
    if (f->section_count == KDS_PROFILE_SECTIONS_MAX) {
        return malformed(p, "more than 4096 sections");
    }
    void *sections = f->sections;
    struct section *added = grow(&sections, f->section_count, &f->section_cap, sizeof s);
    f->sections = sections;
    if (added == NULL) {
        p->out_of_memory = true;
        return false;
    }
    *added = s;
    p->section = f->section_count++;
    return true;
}

/* ---- entries ------------------------------------------------------------------------------ */

/* A comment behind a value begins with white space and '#' or ';'. */
static char *value_end(char *from, char *to)
{
    for (char *c = from; c < to; c++) {
        if ((*c == '#' || *c == ';') && (c == from || blank(c[-1]))) {
            return c;
        }
    }
    return to;
}

static bool add_entry(struct parser *p, const char *key, const char *nested, char *value)
{
    struct file *f = p->file;
    if (p->passing) {
        return true;
    }
    if (f->entry_count == KDS_PROFILE_ENTRIES_MAX) {
        return malformed(p, "more than 16384 keys");
    }
    void *entries = f->entries;
    struct entry *e = grow(&entries, f->entry_count, &f->entry_cap, sizeof *e);
    f->entries = entries;
    if (e == NULL) {
        p->out_of_memory = true;
        return false;
    }
    e->section = p->section;
    e->key = key;
    e->nested = nested;
    e->value = value;
    e->n = strlen(value);
    f->entry_count++;
    return true;
}

/* "key = value" in from..to; both are trimmed and ended in place. */
static bool split(struct parser *p, char *from, char *to, char **key, char **value)
{
    char *equals = memchr(from, '=', (size_t)(to - from));
    if (equals == NULL) {
        return malformed(p, "no '=' after the key");
    }
    *value = trim(equals + 1, value_end(equals + 1, to));
    *key = trim(from, equals);
    if (**key == 0) {
        return malformed(p, "no key before the '='");
    }
    lower(*key);
    return true;
}

static bool take_entry(struct parser *p, char *from, char *to, size_t indent)
{
    char *key, *value;
    if (!split(p, from, to, &key, &value)) {
        return false;
    }
    p->has_key = true;
    p->key_indent = indent;
    p->key = key;
    p->nesting = *value == 0;
    p->open_entry = p->file->entry_count;
    return add_entry(p, key, NULL, value);
}

/* Append the line to the value of the open entry: always fewer bytes than stand between them. */
static void continue_value(struct parser *p, char *from, char *to)
{
    if (p->passing) {
        return;
    }
    struct entry *e = &p->file->entries[p->open_entry];
    char *text = trim(from, value_end(from, to));
    size_t n = strlen(text);
    e->value[e->n] = '\n';
    memmove(e->value + e->n + 1, text, n + 1);
    e->n += n + 1;
}

static bool take_indented(struct parser *p, char *from, char *to)
{
    char *key, *value;
    if (!p->nesting) {
        continue_value(p, from, to);
        return true;
    }
    return split(p, from, to, &key, &value) && add_entry(p, p->key, key, value);
}

/* ---- lines -------------------------------------------------------------------------------- */

static bool take_line(struct parser *p, char *from, char *to)
{
    char *start = from;
    if ((size_t)(to - from) > KDS_PROFILE_LINE_BYTES_MAX) {
        return malformed(p, "longer than 16384 bytes");
    }
    if (memchr(from, 0, (size_t)(to - from)) != NULL) {
        return malformed(p, "a NUL byte");
    }
    while (from < to && blank(*from)) {
        from++;
    }
    size_t indent = (size_t)(from - start);
    if (from == to || *from == '#' || *from == ';') {
        return true;
    }
    if (*from == '[' && !(p->has_key && indent > p->key_indent)) {
        return take_section(p, from, to);
    }
    if (!p->in_section) {
        return malformed(p, "a key before the first section");
    }
    return p->has_key && indent > p->key_indent ? take_indented(p, from, to)
                                                : take_entry(p, from, to, indent);
}

static bool take_lines(struct parser *p)
{
    char *from = p->file->text, *end = from + p->file->bytes;
    if (p->file->bytes >= 3 && memcmp(from, "\xEF\xBB\xBF", 3) == 0) {
        from += 3; /* some editors put a byte order mark there */
    }
    while (from < end) {
        char *to = memchr(from, '\n', (size_t)(end - from));
        to = to ? to : end;
        p->line++;
        if (!take_line(p, from, to)) {
            return false;
        }
        from = to + 1;
    }
    return true;
}

static void forget_entries(struct file *f)
{
    f->entry_count = 0;
    f->section_count = 0;
}

static kds_err_t parse_file(struct file *f, kds_slice_t bytes, bool credentials)
{
    struct parser p = {.file = f, .credentials = credentials};
    if (bytes.n == 0) {
        return KDS_OK;
    }
    if (bytes.n > KDS_PROFILE_FILE_BYTES_MAX) {
        snprintf(f->problem, sizeof f->problem, "longer than %zu bytes",
                 KDS_PROFILE_FILE_BYTES_MAX);
        return KDS_OK;
    }
    f->text = kds_alloc(bytes.n + 1);
    if (f->text == NULL) {
        return KDS_ERR_NO_MEMORY;
    }
    memcpy(f->text, bytes.p, bytes.n);
    f->text[bytes.n] = 0;
    f->bytes = bytes.n;
    if (!take_lines(&p)) {
        forget_entries(f);
    }
    return p.out_of_memory ? KDS_ERR_NO_MEMORY : KDS_OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

void kds_profiles_free(struct kds_profiles *p)
{
    for (size_t i = 0; p != NULL && i < 2; i++) {
        struct file *f = &p->files[i];
        if (f->text != NULL) {
            kds_wipe(f->text, f->bytes);
        }
        kds_free(f->text);
        kds_free(f->sections);
        kds_free(f->entries);
    }
    kds_free(p);
}

kds_err_t kds_profiles_parse(kds_slice_t config,
                             kds_slice_t credentials,
                             struct kds_profiles **profiles,
                             kds_error_t **error)
{
    struct kds_profiles *p = kds_alloc_zero(1, sizeof *p);
    if (p == NULL || parse_file(&p->files[KDS_FILE_CONFIG], config, false) != KDS_OK ||
        parse_file(&p->files[KDS_FILE_CREDENTIALS], credentials, true) != KDS_OK) {
        kds_profiles_free(p);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    *profiles = p;
    return KDS_OK;
}

const char *kds_profiles_problem(const struct kds_profiles *p, enum kds_profile_file file)
{
    return p->files[file].problem[0] != 0 ? p->files[file].problem : NULL;
}

void kds_profiles_set_problem(struct kds_profiles *p,
                              enum kds_profile_file file,
                              const char *why)
{
    snprintf(p->files[file].problem, sizeof p->files[file].problem, "%.200s", why);
}

bool kds_profiles_exposed(const struct kds_profiles *p, enum kds_profile_file file)
{
    return p->files[file].exposed;
}

void kds_profiles_set_exposed(struct kds_profiles *p, enum kds_profile_file file)
{
    p->files[file].exposed = true;
}

bool kds_profiles_has(const struct kds_profiles *p,
                      enum kds_section_kind kind,
                      const char *name)
{
    size_t index;
    return find_section(&p->files[KDS_FILE_CREDENTIALS], kind, name, &index) ||
           find_section(&p->files[KDS_FILE_CONFIG], kind, name, &index);
}

static bool same_nested(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *get(const struct file *f,
                       enum kds_section_kind kind,
                       const char *name,
                       const char *key,
                       const char *nested)
{
    size_t section;
    if (!find_section(f, kind, name, &section)) {
        return NULL;
    }
    for (size_t i = f->entry_count; i > 0; i--) {
        const struct entry *e = &f->entries[i - 1];
        if (e->section == section && strcmp(e->key, key) == 0 &&
            same_nested(e->nested, nested)) {
            return e->n > 0 ? e->value : NULL;
        }
    }
    return NULL;
}

const char *kds_profile_get_nested(const struct kds_profiles *p,
                                   enum kds_section_kind kind,
                                   const char *name,
                                   const char *key,
                                   const char *nested)
{
    const char *value = get(&p->files[KDS_FILE_CREDENTIALS], kind, name, key, nested);
    return value ? value : get(&p->files[KDS_FILE_CONFIG], kind, name, key, nested);
}

const char *kds_profile_get(const struct kds_profiles *p,
                            enum kds_section_kind kind,
                            const char *name,
                            const char *key)
{
    return kds_profile_get_nested(p, kind, name, key, NULL);
}

const char *kds_profile_get_from(const struct kds_profiles *p,
                                 enum kds_profile_file file,
                                 const char *name,
                                 const char *key)
{
    return get(&p->files[file], KDS_SECTION_PROFILE, name, key, NULL);
}
