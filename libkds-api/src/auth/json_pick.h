/*
 * json_pick: a few members of a JSON object, by name; everything else is skipped, but checked.
 *
 * For the small objects in which credentials come. Pure.
 */
#ifndef KDS_AUTH_JSON_PICK_H
#define KDS_AUTH_JSON_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/internal.h"
#include "kds/types.h"

/** A member that somebody wants. A value of another type than it has counts as not there. */
struct kds_json_want {
    const char *name;
    bool is_integer;
    kds_slice_t text; /* absent = not there; NUL behind it, and none within */
    int64_t integer;  /* if `found` */
    bool found;
};

/**
 * @param inside  look into this member, an object, instead of the outermost one; NULL = the latter
 * @param arena   takes the texts
 * @return NULL, or why @p bytes are not one JSON object; a wanted member twice is one reason.
 *         (lent for ever)
 */
KDS_INTERNAL const char *kds_json_pick(kds_slice_t bytes,
                                       const char *inside,
                                       struct kds_json_want *wants,
                                       size_t count,
                                       struct kds_arena *arena);

#endif /* KDS_AUTH_JSON_PICK_H */
