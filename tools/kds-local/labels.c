/*
 * labels: tags in one sorted block that is made anew with each change; changes are rare.
 */
#include "labels.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <string.h>

void local_labels_clear(struct local_labels *l)
{
    kds_free(l->tags);
    kds_free((void *)(uintptr_t)l->policy.p);
    memset(l, 0, sizeof *l);
}

/* Where @p key is or would be. */
static size_t position(const kds_tag_t *tags, size_t count, kds_slice_t key, bool *found)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kds_slice_cmp(tags[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low < count && kds_slice_eq(tags[low].key, key);
    return low;
}

size_t local_labels_behind(const struct local_labels *l, kds_slice_t key)
{
    bool found = false;
    size_t at = key.p ? position(l->tags, l->tag_count, key, &found) : 0;
    return at + found;
}

/* Merge a tag into @p tags, which has room for it. @return the new count */
static size_t insert(kds_tag_t *tags, size_t count, kds_tag_t tag)
{
    bool found;
    size_t at = position(tags, count, tag.key, &found);
    if (!found) {
        memmove(tags + at + 1, tags + at, (count - at) * sizeof *tags);
    }
    tags[at] = tag;
    return count + !found;
}

static kds_slice_t keep(uint8_t **at, kds_slice_t text)
{
    kds_slice_t kept = kds_slice_of(text.p ? *at : NULL, text.n);
    if (text.n > 0) {
        memcpy(*at, text.p, text.n);
        *at += text.n;
    }
    return kept;
}

/* A copy of these tags and their text in one block. */
static bool replace(struct local_labels *l, const kds_tag_t *tags, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += tags[i].key.n + tags[i].value.n;
    }
    /* An empty text still needs an address of its own: absent is something else. */
    kds_tag_t *kept = kds_alloc(count * sizeof *kept + bytes + 1);
    if (kept == NULL) {
        return false;
    }
    uint8_t *at = (uint8_t *)(kept + count);
    for (size_t i = 0; i < count; i++) {
        kept[i].key = keep(&at, tags[i].key);
        kept[i].value = keep(&at, tags[i].value);
    }
    kds_free(l->tags);
    l->tags = kept;
    l->tag_count = count;
    return true;
}

/* All tags, old and new, in a block of their own. (given; kds_free) */
static kds_tag_t *
merged(const struct local_labels *l, const kds_tag_t *tags, size_t count, size_t *total)
{
    kds_tag_t *all = kds_alloc_zero(l->tag_count + count + 1, sizeof *all);
    if (all == NULL) {
        return NULL;
    }
    *total = l->tag_count;
    if (l->tag_count > 0) {
        memcpy(all, l->tags, l->tag_count * sizeof *all);
    }
    for (size_t i = 0; i < count; i++) {
        *total = insert(all, *total, tags[i]);
    }
    return all;
}

size_t
local_labels_with(const struct local_labels *l, const kds_tag_t *tags, size_t count)
{
    size_t n = l->tag_count;
    for (size_t i = 0; i < count; i++) {
        bool found;
        position(l->tags, l->tag_count, tags[i].key, &found);
        for (size_t k = 0; k < i && !found; k++) {
            found = kds_slice_eq(tags[k].key, tags[i].key);
        }
        n += !found;
    }
    return n;
}

bool local_labels_add(struct local_labels *l, const kds_tag_t *tags, size_t count)
{
    size_t total = 0;
    if (count == 0) {
        return true;
    }
    kds_tag_t *all = merged(l, tags, count, &total);
    bool ok = all != NULL && replace(l, all, total);
    kds_free(all);
    return ok;
}

bool local_labels_remove(struct local_labels *l, const kds_slice_t *keys, size_t count)
{
    size_t total = 0;
    kds_tag_t *all = merged(l, NULL, 0, &total);
    if (all == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool found;
        size_t at = position(all, total, keys[i], &found);
        if (found) {
            memmove(all + at, all + at + 1, (--total - at) * sizeof *all);
        }
    }
    bool ok = replace(l, all, total);
    kds_free(all);
    return ok;
}

bool local_labels_set_policy(struct local_labels *l, kds_slice_t policy)
{
    uint8_t *copy = NULL;
    if (policy.p != NULL) {
        copy = kds_alloc(policy.n + 1);
        if (copy == NULL) {
            return false;
        }
        memcpy(copy, policy.p, policy.n);
        copy[policy.n] = 0;
    }
    kds_free((void *)(uintptr_t)l->policy.p);
    l->policy = kds_slice_of(copy, policy.n);
    return true;
}
