/*
 * producer_actor: a producer as the simulated world sees it: its core, driven in one thread. It judges
 * what only it can see: P6, P7 and P8.
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
/** The process dies; a new one starts with nothing. */
void producer_crash(struct producer *p);
/** Do what is to be done now, if something happened to it or its time has come. */
void producer_pump(struct producer *p);
int64_t producer_wake_at_us(const struct producer *p);
size_t producer_outstanding(const struct producer *p);

#endif /* SIMULATION_PRODUCER_ACTOR_H */
