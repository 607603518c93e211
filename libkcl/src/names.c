/*
 * names: a hash table with open addressing over an array of texts.
 */
#include "names.h"

#include "base/alloc.h"

#include <string.h>

void kcl_names_clear(struct kcl_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        kds_free(names->texts[i]);
    }
    kds_free(names->texts);
    kds_free(names->hashes);
    kds_free(names->slots);
    memset(names, 0, sizeof *names);
}

static uint32_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (const char *c = text; *c != 0; c++) {
        h = (h ^ (uint8_t)*c) * UINT64_C(0x100000001B3);
    }
    return (uint32_t)(h ^ h >> 32);
}

/* The slot of a text, or the empty one where it belongs. There is always an empty one. */
static uint32_t *slot_of(const struct kcl_names *names, const char *text, uint32_t hash)
{
    size_t mask = names->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &names->slots[i];
        if (*slot == 0 || (names->hashes[*slot - 1] == hash &&
                           strcmp(names->texts[*slot - 1], text) == 0)) {
            return slot;
        }
    }
}

uint32_t kcl_names_find(const struct kcl_names *names, const char *text)
{
    if (names->slot_count == 0) {
        return KCL_NO_NAME;
    }
    uint32_t found = *slot_of(names, text, hash_of(text));
    return found == 0 ? KCL_NO_NAME : found - 1;
}

static bool grow_slots(struct kcl_names *names)
{
    size_t count = names->slot_count ? names->slot_count * 2 : 64;
    uint32_t *slots = kds_alloc_zero(count, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    kds_free(names->slots);
    names->slots = slots;
    names->slot_count = count;
    for (size_t i = 0; i < names->count; i++) {
        *slot_of(names, names->texts[i], names->hashes[i]) = (uint32_t)i + 1;
    }
    return true;
}

static bool grow_texts(struct kcl_names *names)
{
    size_t capacity = names->capacity ? names->capacity * 2 : 32;
    char **texts = kds_realloc_array(names->texts, capacity, sizeof *texts);
    if (texts == NULL) {
        return false;
    }
    names->texts = texts;
    uint32_t *hashes = kds_realloc_array(names->hashes, capacity, sizeof *hashes);
    if (hashes == NULL) {
        return false;
    }
    names->hashes = hashes;
    names->capacity = capacity;
    return true;
}

uint32_t kcl_names_add(struct kcl_names *names, const char *text)
{
    uint32_t found = kcl_names_find(names, text);
    if (found != KCL_NO_NAME) {
        return found;
    }
    if ((names->count == names->capacity && !grow_texts(names)) ||
        ((names->count + 1) * 2 > names->slot_count && !grow_slots(names))) {
        return KCL_NO_NAME;
    }
    size_t n = strlen(text) + 1;
    char *copy = kds_alloc(n);
    if (copy == NULL) {
        return KCL_NO_NAME;
    }
    memcpy(copy, text, n);
    uint32_t hash = hash_of(text);
    *slot_of(names, text, hash) = (uint32_t)names->count + 1;
    names->texts[names->count] = copy;
    names->hashes[names->count] = hash;
    return (uint32_t)names->count++;
}
