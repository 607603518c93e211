/*
 * wire: the seeded network between the libraries' cores and the local server's core.
 *
 * Every call travels as the bytes that it would have on a socket, JSON or CBOR. On the way it may be
 * refused, lost, delayed, answered with an error, failed in part; its answer may be lost, late, or
 * come twice. A call ends for its caller at its time-out at the latest, whatever the server still does.
 */
#ifndef SIMULATION_WIRE_H
#define SIMULATION_WIRE_H

#include "history.h"
#include "model/operations.h"
#include "odd.h"
#include "service.h"
#include "world.h"

#define WIRE_STREAM      "stream" /* the name of stream 0 */
#define WIRE_STREAMS_MAX 4
#define WIRE_TIMEOUT_US  INT64_C(2000000)

/** How often something goes wrong, in percent. */
struct wire_faults {
    unsigned refuse, lose_request, lose_answer, repeat_answer, server_error, throttle,
        partial, odd;
    int64_t delay_us; /* at most, each way */

    unsigned cut; /* of a subscription's connection, before each event */

    /* What a producer asks about its stream. */
    unsigned refuse_listing, /* ListShards: throttled, or an expired token */
        holed_listing,       /* its answer lacks a shard */
        deny_summary,        /* DescribeStreamSummary: AccessDenied */
        deny_put,            /* PutRecords: AccessDenied */
        wrong_count;         /* its answer lacks an entry */
    int64_t page;            /* shards in one answer; 0 = all of them */
};

/** A name under which there may be a stream, and another one later. */
struct wire_stream {
    bool exists;
    unsigned created;    /* so often */
    int64_t ready_us;    /* since when it is not CREATING any more */
    uint32_t first;      /* the history's number of its first shard */
    size_t known_shards; /* that the history was told of */
};

struct wire {
    struct world *world;
    struct local_service *service;
    struct history *history;
    struct wire_faults faults;
    bool
        opaque_numbers; /* nobody can tell a stream from another of its name by its sequence numbers */
    bool
        scatters; /* the service spreads the records of every stream from the first on, over several shards,
                      and does not say so */
    int64_t control_us; /* how long creating and deleting a stream takes */
    uint64_t requests;
    struct wire_stream streams[WIRE_STREAMS_MAX];
    struct odd_iterators expired;
    char
        consumer_arn[256]; /* of the one that subscribes; "" = it is not registered yet */
};

/** A core's side: told the end of its calls. @param output (given; kds_output_free) or NULL.
 *  @param error (lent until return) or NULL. */
typedef void(wire_done_fn)(void *actor,
                           uint64_t generation,
                           uint64_t id,
                           const void *output,
                           const kds_error_t *error);

void wire_init(struct wire *w,
               struct world *world,
               struct history *history,
               uint64_t seed);
/** As wire_init(), with a server that is set up otherwise. @p options (borrowed) */
void wire_init_with(struct wire *w,
                    struct world *world,
                    struct history *history,
                    const struct local_service_options *options);
void wire_clear(struct wire *w);

/** The name of a stream by its number, and the other way round. (lent for ever) */
const char *wire_stream_name(unsigned stream);
unsigned wire_stream_number(kds_slice_t name);

/** Create a stream that there is not, or delete it. */
void wire_create_stream(struct wire *w, unsigned stream, unsigned shards);
void wire_delete_stream(struct wire *w, unsigned stream);

/** Send one call. The input (borrowed) is encoded at once. @param generation comes back. */
void wire_call(struct wire *w,
               enum kds_operation_id operation,
               const void *input,
               wire_done_fn *done,
               void *actor,
               uint64_t generation,
               uint64_t id);

/** Split or merge shards of a stream, if there is one of this number, at random. */
void wire_reshard(struct wire *w, unsigned stream);

/** From now on the service spreads its records over the shards as it likes, or the keys do again. */
void wire_flip_strategy(struct wire *w, unsigned stream);

#endif /* SIMULATION_WIRE_H */
