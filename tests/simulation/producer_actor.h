/*
 * producer_actor: a producer as the simulated world sees it: its core and its spool, driven in one thread. It
 * judges what only it can see: P6, P7 and P8.
 */
#ifndef SIMULATION_PRODUCER_ACTOR_H
#define SIMULATION_PRODUCER_ACTOR_H

#include "history.h"
#include "wire.h"
#include "world.h"

struct producer;

struct producer_plan {
    bool aggregate, ordered, fail_if_throttled;
    bool keys; /* the partition key decides: not asked of the service */
    int64_t linger_ms, ttl_ms;
    int64_t aggregate_bytes, buffer_bytes;
    int64_t connections, batch_records; /* 0 = the library's default */
    int64_t describe_ms;                /* the same */

    bool spool, sync; /* records wait on a disk; each put is safe from a loss of power */
    int64_t segment_bytes, spool_bytes;
    unsigned disk_full, sync_fails; /* percent */
};

struct producer *
producer_new(struct wire *wire, const struct producer_plan *plan, uint64_t seed);
void producer_free(struct producer *p);
/** Put one record with this key into a stream. */
void producer_put(struct producer *p,
                  unsigned stream,
                  const char *key,
                  const char *hash_key,
                  size_t size);
void producer_flush(struct producer *p);
/** Put some last records into a stream; whether all were stored is what producer_is_well() says. */
void producer_put_last(struct producer *p, unsigned stream);
bool producer_is_well(const struct producer *p);
/** From now on nothing goes wrong with its disk, and it lives. */
void producer_heal(struct producer *p);
/** The process dies, with a spool perhaps a little later or by a loss of power; a new one starts with what is on
 *  its disk. */
void producer_crash(struct producer *p);
/** Do what is to be done now, if something happened to it or its time has come. */
void producer_pump(struct producer *p);
int64_t producer_wake_at_us(const struct producer *p);
size_t producer_outstanding(const struct producer *p);

#endif /* SIMULATION_PRODUCER_ACTOR_H */
