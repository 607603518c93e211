/*
 * fault_loader: members of JSON objects into values, with errors that name their place. After the
 * first error every function does nothing, so that a reader is written without a check per line.
 */
#ifndef KDS_LOCAL_FAULT_LOADER_H
#define KDS_LOCAL_FAULT_LOADER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "kds/error.h"

#define FAULT_TEXT_BYTES_MAX 256

struct loader {
    struct kds_arena *arena; /* takes all that is kept */
    kds_error_t **error;     /* of the first error */
    kds_err_t rc;
    char where[160]; /* "rules[3].on" */
};

/* ---- errors and places -------------------------------------------------------------------- */

/** What is wrong with member @p name, "" = with the whole object. */
void loader_wrong(struct loader *l, const char *name, const char *format, ...)
    KDS_PRINTF(3, 4);
void loader_no_memory(struct loader *l);

/** Go into a member. @return what loader_leave() takes */
size_t loader_enter(struct loader *l, const char *name);
void loader_leave(struct loader *l, size_t n);

/** Zeroed memory; NULL after an error. */
void *loader_take(struct loader *l, size_t count, size_t size);

/* ---- members of an object; a missing one gives the default -------------------------------- */

/** No member but these; @p names ends with NULL. */
void loader_only(struct loader *l, json_t *object, const char *const *names);

/** @return (lent until the object's end) NULL also when it is not of this type */
json_t *loader_get(
    struct loader *l, json_t *object, const char *name, json_type type, const char *must);
int64_t loader_get_integer(struct loader *l,
                           json_t *object,
                           const char *name,
                           int64_t min,
                           int64_t max,
                           int64_t dflt);

/** 1 .. FAULT_TEXT_BYTES_MAX bytes. */
const char *
loader_get_text(struct loader *l, json_t *object, const char *name, const char *dflt);

/** As loader_get_text(); "*" says what a missing member says. */
const char *loader_get_filter(struct loader *l, json_t *object, const char *name);

/** A copy of any text. */
const char *loader_keep_text(struct loader *l, const json_t *value);

/** The index of @p text in @p names; 0 after an error, which lists them all. */
int loader_choose(struct loader *l,
                  const char *name,
                  const char *text,
                  const char *const *names,
                  size_t count);

#endif /* KDS_LOCAL_FAULT_LOADER_H */
