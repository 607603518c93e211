/*
 * valve: bytes on their way out, and a fault that waits for them at one place.
 *
 * Pure: the time is handed in. Knows no socket and no HTTP: its owner sends what it lets through, and
 * does what it says.
 */
#ifndef KDS_LOCAL_VALVE_H
#define KDS_LOCAL_VALVE_H

#include "base/buf.h"
#include "fault_plan.h"

struct valve {
    struct kds_buf bytes; /* filled by the owner */
    size_t at;            /* of `bytes`: let through */
    bool armed, reached;  /* a fault waits; it has come to its place */
    struct fault fault;
    size_t stop;     /* its place in `bytes` */
    int64_t wait_us; /* nothing passes before; 0 = no wait */
};

enum valve_next {
    VALVE_BYTES, /* these pass */
    VALVE_WAIT,  /* nothing before wait_us */
    VALVE_FAULT, /* do what `fault` says to stream or connection; then go on, if anything is left */
    VALVE_EMPTY /* all is out */
};

/** @param max  of `bytes` */
void valve_init(struct valve *v, size_t max);
void valve_clear(struct valve *v);

/** All is out: forget it, keep the memory. */
void valve_reset(struct valve *v);

/**
 * Let @p fault happen when @p stop bytes have passed, or at the end if there are fewer. CORRUPT
 * changes the byte that stands there at once.
 */
void valve_arm(struct valve *v, const struct fault *fault, size_t stop);

/** @param out  (lent until the next call) at most @p room bytes; only with VALVE_BYTES */
enum valve_next
valve_pull(struct valve *v, int64_t now_us, size_t room, kds_slice_t *out);

#endif /* KDS_LOCAL_VALVE_H */
