/*
 * names: texts as small numbers, each text once. Numbers count from 0 in the order of arrival.
 */
#ifndef KCL_SRC_NAMES_H
#define KCL_SRC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KCL_NO_NAME UINT32_MAX

struct kcl_names {
    char **texts;
    uint32_t *hashes;
    size_t count, capacity;
    uint32_t *slots; /* open addressing, a power of two; number + 1, 0 = empty */
    size_t slot_count;
};

/** An empty table is all zeros. */
void kcl_names_clear(struct kcl_names *names);

/** The number of a text, which is (copied) if it is new; KCL_NO_NAME when out of memory. */
uint32_t kcl_names_add(struct kcl_names *names, const char *text);

/** KCL_NO_NAME if it is not there. */
uint32_t kcl_names_find(const struct kcl_names *names, const char *text);

#endif /* KCL_SRC_NAMES_H */
