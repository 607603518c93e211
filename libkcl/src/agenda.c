/*
 * agenda: a heap by due time, a table by name, an array by number.
 */
#include "agenda.h"

#include "base/alloc.h"

#include <string.h>

#define FIRST_CAPACITY 16

void kcl_agenda_clear(struct kcl_agenda *a)
{
    kds_free(a->numbered);
    kds_free(a->heap);
    kds_free(a->buckets);
    kds_free(a->free_numbers);
    memset(a, 0, sizeof *a);
}

/* FNV-1a: the names come from the service or the store, and a slow look-up is all that can go wrong. */
static size_t bucket_of(const struct kcl_agenda *a, const char *name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *c = (const unsigned char *)name; *c != 0; c++) {
        h = (h ^ *c) * UINT64_C(0x100000001b3);
    }
    return (size_t)(h ^ h >> 32) & (a->capacity - 1);
}

static void link_bucket(struct kcl_agenda *a, struct kcl_entry *e)
{
    size_t at = bucket_of(a, e->name);
    e->next = a->buckets[at];
    a->buckets[at] = e;
}

static bool grow(struct kcl_agenda *a)
{
    size_t capacity = a->capacity ? a->capacity * 2 : FIRST_CAPACITY;
    if (capacity >= KCL_AGENDA_MAX) {
        return false;
    }
    struct kcl_entry **numbered =
        kds_realloc_array(a->numbered, capacity, sizeof(struct kcl_entry *));
    a->numbered = numbered ? numbered : a->numbered;
    struct kcl_entry **heap =
        kds_realloc_array(a->heap, capacity, sizeof(struct kcl_entry *));
    a->heap = heap ? heap : a->heap;
    uint32_t *free_numbers =
        kds_realloc_array(a->free_numbers, capacity, sizeof(uint32_t));
    a->free_numbers = free_numbers ? free_numbers : a->free_numbers;
    struct kcl_entry **buckets = kds_alloc_zero(capacity, sizeof(struct kcl_entry *));
    if (numbered == NULL || heap == NULL || free_numbers == NULL || buckets == NULL) {
        kds_free(buckets);
        return false; /* what did grow is as good as before */
    }
    kds_free(a->buckets);
    a->buckets = buckets;
    a->capacity = capacity;
    for (size_t i = 0; i < a->count; i++) {
        link_bucket(a, a->heap[i]);
    }
    return true;
}

/* ---- the heap ----------------------------------------------------------------------------- */

static bool before(const struct kcl_entry *a, const struct kcl_entry *b)
{
    /* Equal times in order of numbers: the same calls give the same order. */
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->number < b->number;
}

static void place(struct kcl_agenda *a, size_t at, struct kcl_entry *e)
{
    a->heap[at] = e;
    e->heap_at = at;
}

static void settle(struct kcl_agenda *a, struct kcl_entry *e)
{
    size_t at = e->heap_at;
    while (at > 0 && before(e, a->heap[(at - 1) / 2])) {
        place(a, at, a->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < a->count && before(a->heap[child + 1], a->heap[child])) {
            child++;
        }
        if (child >= a->count || !before(a->heap[child], e)) {
            break;
        }
        place(a, at, a->heap[child]);
        at = child;
    }
    place(a, at, e);
}

/* ---- entries ------------------------------------------------------------------------------ */

bool kcl_agenda_add(struct kcl_agenda *a, struct kcl_entry *e)
{
    if (a->count == a->capacity && !grow(a)) {
        return false;
    }
    e->number = a->free_count ? a->free_numbers[--a->free_count] : (uint32_t)++a->used;
    e->due_us = INT64_MIN;
    a->numbered[e->number - 1] = e;
    link_bucket(a, e);
    place(a, a->count++, e);
    settle(a, e);
    return true;
}

void kcl_agenda_remove(struct kcl_agenda *a, struct kcl_entry *e)
{
    struct kcl_entry **at = &a->buckets[bucket_of(a, e->name)];
    while (*at != e) {
        at = &(*at)->next;
    }
    *at = e->next;
    a->numbered[e->number - 1] = NULL;
    a->free_numbers[a->free_count++] = e->number;
    struct kcl_entry *last = a->heap[--a->count];
    if (last != e) {
        place(a, e->heap_at, last);
        settle(a, last);
    }
}

void kcl_agenda_move(struct kcl_agenda *a, struct kcl_entry *e, int64_t due_us)
{
    e->due_us = due_us;
    settle(a, e);
}

struct kcl_entry *kcl_agenda_find(const struct kcl_agenda *a, const char *name)
{
    struct kcl_entry *e = a->capacity ? a->buckets[bucket_of(a, name)] : NULL;
    while (e != NULL && strcmp(e->name, name) != 0) {
        e = e->next;
    }
    return e;
}

struct kcl_entry *kcl_agenda_numbered(const struct kcl_agenda *a, uint32_t number)
{
    return number > 0 && number <= a->used ? a->numbered[number - 1] : NULL;
}

struct kcl_entry *kcl_agenda_first(const struct kcl_agenda *a)
{
    return a->count ? a->heap[0] : NULL;
}

struct kcl_entry *kcl_agenda_each(const struct kcl_agenda *a, size_t *at)
{
    while (*at < a->used) {
        struct kcl_entry *e = a->numbered[(*at)++];
        if (e != NULL) {
            return e;
        }
    }
    return NULL;
}
