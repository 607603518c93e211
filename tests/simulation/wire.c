#include "wire.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "client/output.h"
#include "kds/kinesis.h"
#include "odd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A call on its way. */
struct message {
    struct wire *wire;
    const struct kds_operation *operation;
    enum kds_operation_id id_of_operation;
    enum kds_format format;
    struct kds_buf request, answer;
    wire_done_fn *done;
    void *actor;
    uint64_t generation, id, number;
    int64_t sent_us;
    unsigned stream;     /* of PutRecords: which one */
    unsigned references; /* events that still mention it */
    bool ended;          /* its caller knows the end */
    /* What the answer will be. */
    kds_err_t err;
    char code[64], text[256];
    int status;
};

static void fatal(const char *what)
{
    fprintf(stderr, "simulation: %s\n", what);
    exit(2);
}

void wire_init(struct wire *w,
               struct world *world,
               struct history *history,
               uint64_t seed)
{
    const struct local_service_options options = {.seed = seed};
    wire_init_with(w, world, history, &options);
}

void wire_init_with(struct wire *w,
                    struct world *world,
                    struct history *history,
                    const struct local_service_options *options)
{
    memset(w, 0, sizeof *w);
    w->world = world;
    w->history = history;
    w->control_us = options->control_plane_delay_ms * KDS_US_PER_MS;
    w->service = local_service_new(options);
    if (w->service == NULL) {
        fatal("out of memory");
    }
}

void wire_clear(struct wire *w)
{
    local_service_free(w->service);
}

/* ---- streams ------------------------------------------------------------------------------ */

static const char *const stream_names[WIRE_STREAMS_MAX] = {WIRE_STREAM, "stream-1",
                                                           "stream-2", "stream-3"};

const char *wire_stream_name(unsigned stream)
{
    return stream_names[stream];
}

unsigned wire_stream_number(kds_slice_t name)
{
    unsigned stream = 0;
    while (stream < WIRE_STREAMS_MAX && !kds_slice_is(name, stream_names[stream])) {
        stream++;
    }
    return stream;
}

static int number_or_none(const struct wire_stream *s, uint32_t shard)
{
    return shard == LOCAL_NO_SHARD ? -1 : (int)(s->first + shard);
}

/* Tell the history which shards there are now. */
static void tell_shards(struct wire *w, unsigned stream)
{
    struct wire_stream *known = &w->streams[stream];
    const struct local_stream *s = local_service_stream(w->service, stream_names[stream]);
    for (; known->known_shards < s->shard_count; known->known_shards++) {
        const struct local_shard *shard = s->shards[known->known_shards];
        history_shard(
            w->history, known->first + shard->index, number_or_none(known, shard->parent),
            number_or_none(known, shard->adjacent_parent), shard->first, shard->last);
    }
    for (size_t i = 0; i < s->shard_count; i++) {
        if (!local_shard_is_open(s->shards[i])) {
            history_shard_closed(w->history, known->first + s->shards[i]->index);
        }
    }
}

static bool serve(struct wire *w,
                  enum kds_operation_id operation,
                  const void *input,
                  void *output,
                  struct kds_arena *arena,
                  struct local_fault *fault)
{
    bool ok = local_service_call(w->service, world_realtime_us(w->world), operation,
                                 input, output, arena, fault);
    return ok;
}

/* What the one who owns the streams does never fails. */
static void administer(struct wire *w, enum kds_operation_id operation, const void *input)
{
    max_align_t output[32];
    struct kds_arena arena;
    struct local_fault fault;
    kds_arena_init(&arena, 65536);
    if (!serve(w, operation, input, output, &arena, &fault)) {
        fatal(fault.message);
    }
    kds_arena_clear(&arena);
}

void wire_create_stream(struct wire *w, unsigned stream, unsigned shards)
{
    const kds_create_stream_in_t in = {.struct_size = sizeof in,
                                       .stream_name = kds_slice(stream_names[stream]),
                                       .has_shard_count = true,
                                       .shard_count = shards};
    struct wire_stream *s = &w->streams[stream];
    administer(w, KDS_OP_CREATE_STREAM, &in);
    s->exists = true;
    s->created++;
    s->ready_us = w->world->now_us + w->control_us;
    s->first = history_stream(w->history, stream);
    if (w->world->now_us > 0) {
        history_shards_came(w->history);
    }
    s->known_shards = 0;
    tell_shards(w, stream);
    world_tell(w->world, "server: %s is created with %u shards", stream_names[stream],
               shards);
}

void wire_delete_stream(struct wire *w, unsigned stream)
{
    const kds_delete_stream_in_t in = {.struct_size = sizeof in,
                                       .stream_name = kds_slice(stream_names[stream])};
    struct wire_stream *s = &w->streams[stream];
    for (size_t i = 0; i < s->known_shards; i++) {
        history_shard_closed(w->history, s->first + (uint32_t)i);
    }
    administer(w, KDS_OP_DELETE_STREAM, &in);
    history_stream_deleted(w->history, s->first, w->world->now_us);
    s->exists = false;
    world_tell(w->world, "server: %s is deleted", stream_names[stream]);
}

void wire_reshard(struct wire *w, unsigned stream)
{
    if (!w->streams[stream].exists) {
        return;
    }
    struct local_stream *s = local_service_stream(w->service, stream_names[stream]);
    if (s->shard_count + 2 > HISTORY_SHARDS_MAX) {
        return;
    }
    size_t at = (size_t)world_between(w->world, 0, (int64_t)s->open_count - 1);
    struct local_shard *shard = s->open[at].shard;
    int64_t now_us = world_realtime_us(w->world);
    if (s->open_count > 1 && at + 1 < s->open_count && world_chance(w->world, 40)) {
        local_stream_merge(s, shard, s->open[at + 1].shard, now_us);
        world_tell(w->world, "server: merged %s and its neighbour", shard->id);
    } else {
        kds_u128_t half = kds_u128_div64(kds_u128_sub(shard->last, shard->first), 2);
        local_stream_split(s, shard, kds_u128_add(shard->first, half), now_us);
        world_tell(w->world, "server: split %s", shard->id);
    }
    tell_shards(w, stream);
}

void wire_flip_strategy(struct wire *w, unsigned stream)
{
    if (!w->streams[stream].exists) {
        return;
    }
    struct local_stream *s = local_service_stream(w->service, stream_names[stream]);
    s->on_demand = true;
    s->spread = !s->spread;
    world_tell(w->world, "server: %s spreads the records of %s",
               s->spread ? "the service" : "the key", s->name);
}

/* ---- the answer --------------------------------------------------------------------------- */

static void release(struct message *m)
{
    if (--m->references == 0) {
        kds_buf_clear(&m->request);
        kds_buf_clear(&m->answer);
        free(m);
    }
}

static void post(struct message *m, int64_t delay_us, world_event_fn *fn)
{
    m->references++;
    world_at(m->wire->world, m->wire->world->now_us + delay_us, fn, m, NULL);
}

static kds_error_t *error_of(const struct message *m, kds_persisted_t persisted)
{
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {.service_code = kds_slice(m->code),
                                            .http_status = m->status,
                                            .attempts = 1,
                                            .retryable = m->err != KDS_ERR_REJECTED &&
                                                         m->err != KDS_ERR_ACCESS_DENIED,
                                            .persisted = persisted};
    kds_error_set_detail(&error, m->err, &detail, "%s: %s", m->operation->name, m->text);
    return error;
}

/* The caller learns the end, by an answer or by its own patience. */
static void end_with_error(struct message *m, kds_persisted_t persisted)
{
    kds_error_t *error = error_of(m, persisted);
    m->ended = true;
    history_request_ambiguous(m->wire->history, m->number);
    m->done(m->actor, m->generation, m->id, NULL, error);
    kds_error_free(error);
}

static void on_timeout(void *context, void *payload)
{
    struct message *m = context;
    (void)payload;
    if (!m->ended) {
        m->err = KDS_ERR_TIMED_OUT;
        m->code[0] = 0;
        snprintf(m->text, sizeof m->text, "no answer in time");
        end_with_error(m, KDS_PERSISTED_MAYBE);
    }
    release(m);
}

/* Hand the answer over; a repeated one finds its call ended and is ignored by the core. */
static void deliver_answer(struct message *m)
{
    const void *output;
    struct kds_buf copy;
    kds_error_t *error = NULL;
    kds_buf_init(&copy, m->answer.max);
    kds_buf_add_slice(&copy, kds_buf_slice(&m->answer));
    if (kds_output_decode(m->operation->output, m->format, &copy, "r", &output, &error) !=
        KDS_OK) {
        fatal(kds_error_message(error));
    }
    kds_buf_clear(&copy);
    m->done(m->actor, m->generation, m->id, output, NULL);
}

static void on_answer(void *context, void *payload)
{
    struct message *m = context;
    (void)payload;
    if (m->err == KDS_OK && (!m->ended || m->answer.n > 0)) {
        bool late = m->ended && m->wire->world->now_us - m->sent_us > WIRE_TIMEOUT_US;
        m->ended = true;
        if (!late) {
            deliver_answer(m);
        }
    } else if (!m->ended) {
        end_with_error(m, m->status >= 500 ? KDS_PERSISTED_MAYBE : KDS_PERSISTED_NO);
    }
    release(m);
}

/* ---- the server --------------------------------------------------------------------------- */

static kds_err_t err_of(const char *code)
{
    static const struct {
        const char *code;
        kds_err_t err;
    } known[] = {
        {"ResourceNotFoundException", KDS_ERR_NOT_FOUND},
        {"ExpiredIteratorException", KDS_ERR_EXPIRED_ITERATOR},
        {"AccessDeniedException", KDS_ERR_ACCESS_DENIED},
        {"ProvisionedThroughputExceededException", KDS_ERR_THROTTLED},
        {"InvalidArgumentException", KDS_ERR_REJECTED},
        {"ValidationException", KDS_ERR_REJECTED},
        {"AccessDeniedException", KDS_ERR_ACCESS_DENIED},
        {"LimitExceededException", KDS_ERR_THROTTLED},
        {"ResourceInUseException", KDS_ERR_IN_USE},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(code, known[i].code) == 0) {
            return known[i].err;
        }
    }
    return KDS_ERR_SERVICE;
}

static void
answer_error(struct message *m, const char *code, int status, const char *text)
{
    m->err = err_of(code);
    m->status = status;
    snprintf(m->code, sizeof m->code, "%s", code);
    snprintf(m->text, sizeof m->text, "%s", text);
}

static void tell_stored(struct message *m,
                        const kds_put_records_in_t *in,
                        const kds_put_records_out_t *out)
{
    for (size_t i = 0; i < in->records_count; i++) {
        unsigned shard;
        if (out->records[i].sequence_number.p == NULL) {
            continue;
        }
        sscanf((const char *)out->records[i].shard_id.p, "shardId-%u", &shard);
        history_stored(
            m->wire->history, m->number, m->wire->streams[m->stream].first + shard,
            (const char *)out->records[i].sequence_number.p, in->records[i].partition_key,
            in->records[i].explicit_hash_key, in->records[i].data);
    }
}

/* Some entries fail: only the others reach the service. */
static bool put_in_part(struct message *m,
                        const kds_put_records_in_t *in,
                        kds_put_records_out_t *out,
                        struct kds_arena *arena,
                        struct local_fault *fault)
{
    kds_put_records_in_t rest = *in;
    kds_put_records_request_entry_t *entries =
        kds_arena_zero(arena, in->records_count, sizeof *entries);
    kds_put_records_result_entry_t *results =
        kds_arena_zero(arena, in->records_count, sizeof *results);
    size_t *from = kds_arena_zero(arena, in->records_count, sizeof *from);
    rest.records_count = 0;
    for (size_t i = 0; i < in->records_count; i++) {
        if (world_chance(m->wire->world, 50)) {
            bool throttled = world_chance(m->wire->world, 70);
            results[i].error_code = kds_slice(
                throttled ? "ProvisionedThroughputExceededException" : "InternalFailure");
            results[i].error_message = kds_slice("as the plan wants it");
        } else {
            from[rest.records_count] = i;
            entries[rest.records_count++] = in->records[i];
        }
    }
    rest.records = entries;
    if (rest.records_count > 0) {
        if (!serve(m->wire, KDS_OP_PUT_RECORDS, &rest, out, arena, fault)) {
            return false;
        }
        tell_stored(m, &rest, out);
        for (size_t i = 0; i < rest.records_count; i++) {
            results[from[i]] = out->records[i];
        }
    }
    out->has_failed_record_count = true;
    out->failed_record_count = (int64_t)(in->records_count - rest.records_count);
    out->records = results;
    out->records_count = in->records_count;
    return true;
}

static void punch_hole(struct wire *w, kds_list_shards_out_t *out)
{
    if (out->shards_count > 0) {
        out->shards_count--;
        world_tell(w->world, "server: a shard is missing in the list");
    }
}

/* Where shards begin is told in numbers that are of no known layout. */
static void hide_numbers(struct kds_arena *arena, kds_list_shards_out_t *out)
{
    kds_shard_t *shards = kds_arena_zero(arena, out->shards_count, sizeof *shards);
    for (size_t i = 0; i < out->shards_count; i++) {
        shards[i] = out->shards[i];
        shards[i].sequence_number_range.starting_sequence_number.n--;
    }
    out->shards = shards;
}

/* What was stored can no longer be told from the answer. */
static void drop_entry(struct message *m, kds_put_records_out_t *out)
{
    out->records_count--;
    history_request_ambiguous(m->wire->history, m->number);
    world_tell(m->wire->world, "server: the answer to PutRecords %llu lacks an entry",
               (unsigned long long)m->number);
}

union any {
    max_align_t align;
    uint8_t bytes[1024];
};

/* @return whether the iterator is one that expired before its time */
static bool iterator_expired(struct message *m, const void *input)
{
    const kds_get_records_in_t *in = input;
    bool expired = m->id_of_operation == KDS_OP_GET_RECORDS &&
                   odd_expired(m->wire->world, &m->wire->expired, in->shard_iterator,
                               m->wire->faults.odd / 4);
    if (expired) {
        answer_error(m, "ExpiredIteratorException", 400, "before its time");
    }
    return expired;
}

static void perform(struct message *m)
{
    union any input, output;
    struct kds_arena arena;
    struct local_fault fault;
    kds_error_t *error = NULL;
    size_t size = m->operation->input->size;
    kds_arena_init(&arena, (size_t)64 * 1024 * 1024);
    if (kds_shape_decode(m->format, m->operation->input, kds_buf_slice(&m->request),
                         &input, &arena, &error) != KDS_OK) {
        fatal(kds_error_message(error));
    }
    memcpy(&input, &size, sizeof size);
    memset(&output, 0, sizeof output);
    if (iterator_expired(m, &input)) {
        kds_arena_clear(&arena);
        return;
    }
    bool put = m->id_of_operation == KDS_OP_PUT_RECORDS;
    if (put) {
        m->stream = wire_stream_number(
            ((const kds_put_records_in_t *)(const void *)&input)->stream_name);
    }
    bool list = m->id_of_operation == KDS_OP_LIST_SHARDS;
    bool ok;
    if (list && m->wire->faults.page > 0) {
        ((kds_list_shards_in_t *)(void *)&input)->max_results = m->wire->faults.page;
    }
    if (put && world_chance(m->wire->world, m->wire->faults.partial)) {
        ok = put_in_part(m, (const kds_put_records_in_t *)(const void *)&input,
                         (kds_put_records_out_t *)(void *)&output, &arena, &fault);
    } else {
        ok = serve(m->wire, m->id_of_operation, &input, &output, &arena, &fault);
        if (ok && m->id_of_operation == KDS_OP_GET_RECORDS &&
            world_chance(m->wire->world, m->wire->faults.odd)) {
            odd_records(m->wire->world, &arena, (kds_get_records_out_t *)(void *)&output);
        }
        if (ok && put) {
            tell_stored(m, (const kds_put_records_in_t *)(const void *)&input,
                        (const kds_put_records_out_t *)(const void *)&output);
        }
        if (ok && list && m->wire->opaque_numbers) {
            hide_numbers(&arena, (kds_list_shards_out_t *)(void *)&output);
        }
        if (ok && list && world_chance(m->wire->world, m->wire->faults.holed_listing)) {
            punch_hole(m->wire, (kds_list_shards_out_t *)(void *)&output);
        }
    }
    if (ok && put && world_chance(m->wire->world, m->wire->faults.wrong_count)) {
        drop_entry(m, (kds_put_records_out_t *)(void *)&output);
    }
    if (!ok) {
        answer_error(m, fault.code, fault.status, fault.message);
    } else if (kds_shape_encode(m->format, m->operation->output, &output, &m->answer) !=
               KDS_OK) {
        fatal("an answer could not be encoded");
    }
    kds_arena_clear(&arena);
}

/* An operation is refused by plan. @return whether it is */
static bool refuse(struct message *m)
{
    const struct wire_faults *f = &m->wire->faults;
    struct world *world = m->wire->world;
    switch ((int)m->id_of_operation) {
    case KDS_OP_LIST_SHARDS:
        if (world_chance(world, f->refuse_listing)) {
            answer_error(m,
                         world_chance(world, 50) ? "LimitExceededException"
                                                 : "ExpiredNextTokenException",
                         400, "not now");
        }
        break;
    case KDS_OP_DESCRIBE_STREAM_SUMMARY:
        if (world_chance(world, f->deny_summary)) {
            answer_error(m, "AccessDeniedException", 400, "no permission");
        }
        break;
    case KDS_OP_PUT_RECORDS:
        if (world_chance(world, f->deny_put)) {
            answer_error(m, "AccessDeniedException", 400, "no permission");
        }
        break;
    default:
        break;
    }
    return m->err != KDS_OK;
}

static void on_arrival(void *context, void *payload)
{
    struct message *m = context;
    struct wire *w = m->wire;
    const struct wire_faults *f = &w->faults;
    (void)payload;
    const char *odd = world_chance(w->world, f->odd / 2)
                          ? odd_error(w->world, m->id_of_operation)
                          : NULL;
    if (odd != NULL) {
        answer_error(m, odd, 400, "for no reason");
    } else if (world_chance(w->world, f->server_error)) {
        answer_error(m, "InternalFailure", 500, "before anything was done");
    } else if (world_chance(w->world, f->throttle)) {
        answer_error(m, "ProvisionedThroughputExceededException", 400, "slow down");
    } else if (!refuse(m)) {
        perform(m);
        if (world_chance(w->world, f->server_error)) {
            answer_error(m, "InternalFailure", 500, "after everything was done");
        }
    }
    if (world_chance(w->world, f->lose_answer)) {
        history_request_ambiguous(w->history, m->number);
        world_tell(w->world, "wire: the answer to %s %llu is lost", m->operation->name,
                   (unsigned long long)m->number);
    } else {
        post(m, world_between(w->world, 0, f->delay_us), on_answer);
        if (m->err == KDS_OK && world_chance(w->world, f->repeat_answer)) {
            post(m, world_between(w->world, 0, 2 * f->delay_us), on_answer);
        }
    }
    release(m);
}

static void on_refused(void *context, void *payload)
{
    struct message *m = context;
    (void)payload;
    m->err = KDS_ERR_TRANSPORT;
    snprintf(m->text, sizeof m->text, "connection refused");
    end_with_error(m, KDS_PERSISTED_NO);
    release(m);
}

void wire_call(struct wire *w,
               enum kds_operation_id operation,
               const void *input,
               wire_done_fn *done,
               void *actor,
               uint64_t generation,
               uint64_t id)
{
    struct message *m = world_alloc(sizeof *m);
    kds_error_t *error = NULL;
    m->wire = w;
    m->operation = kds_operation_at(operation);
    m->id_of_operation = operation;
    m->format = world_chance(w->world, 50) ? KDS_FORMAT_JSON : KDS_FORMAT_CBOR;
    m->done = done;
    m->actor = actor;
    m->generation = generation;
    m->id = id;
    m->number = ++w->requests;
    m->sent_us = w->world->now_us;
    kds_buf_init(&m->request, (size_t)64 * 1024 * 1024);
    kds_buf_init(&m->answer, (size_t)64 * 1024 * 1024);
    if (kds_shape_validate(m->operation->input, input, &error) != KDS_OK) {
        history_broken(w->history, "a core asked for what the model refuses: %s",
                       kds_error_message(error));
        kds_error_free(error);
    }
    if (kds_shape_encode(m->format, m->operation->input, input, &m->request) != KDS_OK) {
        fatal("a request could not be encoded");
    }
    world_tell(w->world, "wire: %s %llu", m->operation->name,
               (unsigned long long)m->number);
    if (world_chance(w->world, w->faults.refuse)) {
        post(m, world_between(w->world, 0, 1000), on_refused);
        return;
    }
    post(m, WIRE_TIMEOUT_US, on_timeout);
    if (!world_chance(w->world, w->faults.lose_request)) {
        post(m, world_between(w->world, 0, w->faults.delay_us), on_arrival);
    }
}
