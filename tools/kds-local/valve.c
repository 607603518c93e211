/*
 * valve: what passes, and what happens in between.
 */
#include "valve.h"

#include "base/clock.h"
#include "base/slice.h"

void valve_init(struct valve *v, size_t max)
{
    memset(v, 0, sizeof *v);
    kds_buf_init(&v->bytes, max);
}

void valve_clear(struct valve *v)
{
    kds_buf_clear(&v->bytes);
    v->at = 0;
    v->armed = v->reached = false;
}

void valve_reset(struct valve *v)
{
    kds_buf_reset(&v->bytes);
    v->at = 0;
    v->armed = v->reached = false;
    v->wait_us = 0;
}

void valve_arm(struct valve *v, const struct fault *fault, size_t stop)
{
    if (fault->action == FAULT_DO_CORRUPT) {
        if (stop < v->bytes.n) {
            v->bytes.p[stop] ^= fault->args->mask;
        }
        return;
    }
    size_t more = fault->action == FAULT_DO_TRUNCATE ? (size_t)fault->args->bytes : 0;
    v->armed = true;
    v->reached = false;
    v->fault = *fault;
    v->stop = stop < v->bytes.n ? stop : v->bytes.n;
    v->stop = more < v->bytes.n - v->stop ? v->stop + more : v->bytes.n;
}

static int64_t later(const struct valve *v, int64_t now_us)
{
    return kds_us_add(now_us, v->fault.args->ms * KDS_US_PER_MS);
}

static enum valve_next let(struct valve *v, size_t n, kds_slice_t *out)
{
    *out = kds_slice_of(v->bytes.p + v->at, n);
    v->at += n;
    return VALVE_BYTES;
}

/* A piece, and then a pause before the next one. */
static enum valve_next
let_piece(struct valve *v, int64_t now_us, size_t room, kds_slice_t *out)
{
    size_t n = (size_t)v->fault.args->bytes;
    v->wait_us = later(v, now_us);
    return let(v, n < room ? n : room, out);
}

/* The fault's place is reached. @return whether that is all for now */
static bool strike(struct valve *v, int64_t now_us, enum valve_next *next)
{
    if (v->fault.action == FAULT_DO_TRICKLE) {
        v->reached = true;
        return false;
    }
    v->armed = false;
    if (v->fault.action == FAULT_DO_DELAY) {
        v->wait_us = later(v, now_us);
        *next = v->wait_us > now_us ? VALVE_WAIT : VALVE_EMPTY;
        return v->wait_us > now_us;
    }
    *next = VALVE_FAULT;
    return true;
}

enum valve_next valve_pull(struct valve *v, int64_t now_us, size_t room, kds_slice_t *out)
{
    enum valve_next next;
    if (v->wait_us > now_us) {
        return VALVE_WAIT;
    }
    v->wait_us = 0;
    if (v->armed && !v->reached && v->at == v->stop && strike(v, now_us, &next)) {
        return next;
    }
    size_t left = v->bytes.n - v->at;
    if (left == 0) {
        return VALVE_EMPTY;
    }
    room = left < room ? left : room;
    if (v->armed && v->reached) {
        return let_piece(v, now_us, room, out);
    }
    if (v->armed && v->stop - v->at < room) {
        room = v->stop - v->at;
    }
    return let(v, room, out);
}
