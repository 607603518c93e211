/*
 * agenda: the shards that a worker works on, found by name, by number, and by what is due first.
 *
 * All in constant or logarithmic time, so that a worker can hold ten thousand. Memory is taken when an
 * entry is added; nothing else can fail. One thread at a time.
 */
#ifndef KCL_SRC_AGENDA_H
#define KCL_SRC_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KCL_AGENDA_MAX (UINT32_C(1) << 20) /* entries */

/** Embedded in what is looked up. */
struct kcl_entry {
    const char *name; /* (lent while it is in the agenda) */
    int64_t due_us;   /* changed by kcl_agenda_move() only */
    uint32_t number;  /* from 1; an entry that comes later may have it again */
    size_t heap_at;
    struct kcl_entry *next; /* of the same bucket */
};

/** All zero is an empty one. */
struct kcl_agenda {
    struct kcl_entry **numbered; /* index 0 is number 1; NULL = free */
    struct kcl_entry **heap;
    struct kcl_entry **buckets;
    uint32_t *free_numbers;
    size_t count, free_count, used, capacity; /* capacity is a power of two */
};

/** Releases the agenda's memory, not the entries. */
void kcl_agenda_clear(struct kcl_agenda *a);

/** @param e (lent until kcl_agenda_remove()) its name is set, and is in no entry yet; due now.
 *  @return false when out of memory or full */
bool kcl_agenda_add(struct kcl_agenda *a, struct kcl_entry *e);
void kcl_agenda_remove(struct kcl_agenda *a, struct kcl_entry *e);
void kcl_agenda_move(struct kcl_agenda *a, struct kcl_entry *e, int64_t due_us);

/** @return NULL if there is none */
struct kcl_entry *kcl_agenda_find(const struct kcl_agenda *a, const char *name);
struct kcl_entry *kcl_agenda_numbered(const struct kcl_agenda *a, uint32_t number);
struct kcl_entry *kcl_agenda_first(const struct kcl_agenda *a);

/** Walk all entries, in no order: start with *at = 0. @return NULL at the end. Entries may be moved
 *  meanwhile, not added or removed. */
struct kcl_entry *kcl_agenda_each(const struct kcl_agenda *a, size_t *at);

#endif /* KCL_SRC_AGENDA_H */
