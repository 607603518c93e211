/*
 * fault_loader: see the header.
 */
#include "fault_loader.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES_MAX ((size_t)FAULT_TEXT_BYTES_MAX)

/* ---- errors and places -------------------------------------------------------------------- */

void loader_wrong(struct loader *l, const char *name, const char *format, ...)
{
    char what[400];
    va_list args;
    if (l->rc != KDS_OK) {
        return;
    }
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    l->rc =
        kds_error_set(l->error, KDS_ERR_CONFIG, "%s%s%s: %s", l->where,
                      l->where[0] && name[0] && name[0] != '[' ? "." : "", name, what);
}

void loader_no_memory(struct loader *l)
{
    if (l->rc == KDS_OK) {
        l->rc = kds_error_set(l->error, KDS_ERR_NO_MEMORY, "out of memory");
    }
}

/* @return what loader_leave() takes */
size_t loader_enter(struct loader *l, const char *name)
{
    size_t n = strlen(l->where);
    snprintf(l->where + n, sizeof l->where - n, "%s%s", n && name[0] != '[' ? "." : "",
             name);
    return n;
}

void loader_leave(struct loader *l, size_t n)
{
    l->where[n] = 0;
}

void *loader_take(struct loader *l, size_t count, size_t size)
{
    void *p = l->rc == KDS_OK ? kds_arena_zero(l->arena, count, size) : NULL;
    if (p == NULL) {
        loader_no_memory(l);
    }
    return p;
}

/* ---- members of an object ----------------------------------------------------------------- */

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",  [JSON_STRING] = "text",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null"};
    return names[json_typeof(value)];
}

/* No member but these; @p names ends with NULL. */
void loader_only(struct loader *l, json_t *object, const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], key) != 0) {
            i++;
        }
        if (names[i] == NULL) {
            loader_wrong(l, "", "\"%.60s\" is no member of it", key);
            return;
        }
    }
}

/* The member, or NULL if there is none or it is of another type. */
json_t *loader_get(
    struct loader *l, json_t *object, const char *name, json_type type, const char *must)
{
    json_t *value = json_object_get(object, name);
    if (l->rc != KDS_OK || value == NULL) {
        return NULL;
    }
    if (json_typeof(value) != type) {
        loader_wrong(l, name, "%s, must be %s", type_name(value), must);
        return NULL;
    }
    return value;
}

int64_t loader_get_integer(struct loader *l,
                           json_t *object,
                           const char *name,
                           int64_t min,
                           int64_t max,
                           int64_t dflt)
{
    json_t *value = loader_get(l, object, name, JSON_INTEGER, "a whole number");
    if (value == NULL) {
        return dflt;
    }
    int64_t n = json_integer_value(value);
    if (n < min || n > max) {
        loader_wrong(l, name, "%lld is outside %lld..%lld", (long long)n, (long long)min,
                     (long long)max);
    }
    return n;
}

const char *loader_keep_text(struct loader *l, const json_t *value)
{
    size_t n = json_string_length(value);
    char *copy = loader_take(l, n + 1, 1);
    if (copy != NULL) {
        memcpy(copy, json_string_value(value), n);
    }
    return copy;
}

const char *
loader_get_text(struct loader *l, json_t *object, const char *name, const char *dflt)
{
    json_t *value = loader_get(l, object, name, JSON_STRING, "text");
    if (value == NULL) {
        return dflt;
    }
    size_t n = json_string_length(value);
    if (n == 0 || n > TEXT_BYTES_MAX) {
        loader_wrong(l, name, "%zu bytes, must be 1..%zu", n, TEXT_BYTES_MAX);
        return dflt;
    }
    return loader_keep_text(l, value);
}

/* As loader_get_text(); "*" says what a missing member says. */
const char *loader_get_filter(struct loader *l, json_t *object, const char *name)
{
    const char *text = loader_get_text(l, object, name, NULL);
    return text != NULL && strcmp(text, "*") == 0 ? NULL : text;
}

/* One of @p names by its index; the message lists them all. */
int loader_choose(struct loader *l,
                  const char *name,
                  const char *text,
                  const char *const *names,
                  size_t count)
{
    char list[300] = "";
    for (size_t i = 0, n = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return (int)i;
        }
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", names[i]);
    }
    loader_wrong(l, name, "\"%.60s\" is none of %s", text, list);
    return 0;
}
