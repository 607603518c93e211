/*
 * line: shards that wait for something of which there is not enough, first come first served.
 */
#ifndef KCL_SRC_LINE_H
#define KCL_SRC_LINE_H

#include <stdbool.h>
#include <stddef.h>

/** Embedded in what waits. All zero: it does not. */
struct kcl_place {
    struct kcl_place *next, *previous;
    bool waits;
};

/** All zero is an empty one. */
struct kcl_line {
    struct kcl_place *first, *last;
};

/** To the end, unless it waits already. */
static inline void kcl_line_join(struct kcl_line *line, struct kcl_place *p)
{
    if (p->waits) {
        return;
    }
    p->waits = true;
    p->next = NULL;
    p->previous = line->last;
    if (line->last != NULL) {
        line->last->next = p;
    } else {
        line->first = p;
    }
    line->last = p;
}

/** Out of the line, if it waits. */
static inline void kcl_line_leave(struct kcl_line *line, struct kcl_place *p)
{
    if (!p->waits) {
        return;
    }
    p->waits = false;
    if (p->previous != NULL) {
        p->previous->next = p->next;
    } else {
        line->first = p->next;
    }
    if (p->next != NULL) {
        p->next->previous = p->previous;
    } else {
        line->last = p->previous;
    }
}

#endif /* KCL_SRC_LINE_H */
