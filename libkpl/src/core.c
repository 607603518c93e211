/*
 * core: accepting records, and the actions that follow.
 */
#include "core.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "core_internal.h"
#include "kernel/md5.h"

#include <inttypes.h>
#include <string.h>

#define RECORD_OVERHEAD_BYTES 96 /* of the budget, for what is remembered of a record */
#define STREAM_NAME_MAX       2048

/* ---- life --------------------------------------------------------------------------------- */

struct kpl_core *kpl_core_new(const struct kpl_conf *conf, uint64_t seed)
{
    struct kpl_core *core = kds_alloc_zero(1, sizeof *core);
    if (core == NULL) {
        return NULL;
    }
    core->conf = conf;
    core->decoder = kds_agg_decoder_new();
    kds_rng_seed(&core->rng, seed);
    if (core->decoder == NULL) {
        kds_free(core);
        return NULL;
    }
    return core;
}

static void request_free(struct kpl_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        kpl_unit_free(request->units[i]);
    }
    kds_free(request->units);
    kds_free(request->entries);
    kds_free(request);
}

void kpl_core_free(struct kpl_core *core)
{
    while (core->requests != NULL) {
        struct kpl_request *next = core->requests->next;
        request_free(core->requests);
        core->requests = next;
    }
    while (core->streams != NULL) {
        struct kpl_stream *next = core->streams->next;
        kpl_shard_map_clear(&core->streams->map);
        kpl_queue_free(&core->streams->unplaced);
        kpl_queue_free(&core->streams->parked);
        kds_free(core->streams->name);
        kds_free(core->streams);
        core->streams = next;
    }
    kpl_queue_free(&core->finished);
    kds_agg_decoder_free(core->decoder);
    kds_free(core);
}

/* ---- checking a record -------------------------------------------------------------------- */

kds_err_t kpl_hash_of(const kpl_record_t *record, kds_u128_t *out, kds_error_t **error)
{
    uint8_t digest[KDS_MD5_BYTES];
    if (record->explicit_hash_key.p != NULL) {
        kds_slice_t text = record->explicit_hash_key;
        return kds_u128_parse(text, out)
                   ? KDS_OK
                   : kds_error_set(
                         error, KDS_ERR_INVALID_ARG,
                         "explicit hash key: \"%.*s\" must be a decimal number of "
                         "0..2^128-1 without leading zeros",
                         (int)(text.n < 60 ? text.n : 60), (const char *)text.p);
    }
    kds_md5(record->partition_key.p, record->partition_key.n, digest);
    *out = kds_u128_from_be(digest);
    return KDS_OK;
}

void kpl_hash_many(const kpl_record_t *records, size_t count, kds_u128_t *hashes)
{
    enum { AT_ONCE = 64 };
    uint8_t digests[AT_ONCE][KDS_MD5_BYTES];
    struct kds_md5_job jobs[AT_ONCE];
    size_t which[AT_ONCE];
    for (size_t i = 0; i < count;) {
        size_t n = 0;
        for (; i < count && n < AT_ONCE; i++) {
            if (records[i].explicit_hash_key.p == NULL) {
                jobs[n].message = records[i].partition_key;
                jobs[n].digest = digests[n];
                which[n++] = i;
            }
        }
        kds_md5_many(jobs, n);
        for (size_t k = 0; k < n; k++) {
            hashes[which[k]] = kds_u128_from_be(digests[k]);
        }
    }
}

static kds_slice_t stream_of(const struct kpl_conf *conf, const kpl_record_t *record)
{
    return record->stream.p != NULL ? record->stream : kds_slice(conf->stream);
}

kds_err_t kpl_record_check(const struct kpl_conf *conf,
                           const kpl_record_t *record,
                           kds_error_t **error)
{
    kds_slice_t key = record->partition_key;
    kds_slice_t stream = stream_of(conf, record);
    size_t characters;
    if (record->struct_size != sizeof *record) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "struct_size: %zu, must be %zu",
                             record->struct_size, sizeof *record);
    }
    if (stream.n == 0 || stream.n > STREAM_NAME_MAX) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             stream.n
                                 ? "stream: %zu characters, must be 1..2048"
                                 : "stream: neither the record nor the setting names one",
                             stream.n);
    }
    if (key.p == NULL || !kds_utf8_valid(key, &characters)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "partition key: %s",
                             key.p ? "must be UTF-8" : "is missing");
    }
    if (characters < 1 || characters > 256) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "partition key: %zu characters, must be 1..256", characters);
    }
    if (record->data.n > (size_t)conf->record_max_bytes - key.n) {
        return kds_error_set(
            error, KDS_ERR_TOO_LARGE,
            "record: %zu bytes of data and %zu of key exceed record.max.bytes, "
            "%" PRId64,
            record->data.n, key.n, conf->record_max_bytes);
    }
    return KDS_OK;
}

/* ---- streams ------------------------------------------------------------------------------ */

static struct kpl_stream *find_stream(struct kpl_core *core, kds_slice_t name)
{
    struct kpl_stream *s = core->streams;
    while (s != NULL && !kds_slice_is(name, s->name)) {
        s = s->next;
    }
    return s;
}

static struct kpl_stream *add_stream(struct kpl_core *core, kds_slice_t name)
{
    struct kpl_stream *s = kds_alloc_zero(1, sizeof *s);
    char *copy = kds_alloc(name.n + 1);
    if (s == NULL || copy == NULL) {
        kds_free(s);
        kds_free(copy);
        return NULL;
    }
    memcpy(copy, name.p, name.n);
    copy[name.n] = 0;
    s->name = copy;
    s->is_arn = strncmp(copy, "arn:", 4) == 0;
    s->expiry_us = KDS_NEVER_US;
    s->flush_us = -1;
    kpl_shard_map_init(&s->map);
    s->next = core->streams;
    core->streams = s;
    return s;
}

kds_slice_t kpl_unit_stream(const struct kpl_unit *u)
{
    return kds_slice(u->stream->name);
}

/* ---- the way of a record into a unit -------------------------------------------------------- */

void kpl_mind_expiry(struct kpl_stream *stream, const struct kpl_unit *unit)
{
    if (unit->expires_us < stream->expiry_us) {
        stream->expiry_us = unit->expires_us;
    }
}

bool kpl_seal(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    struct kpl_unit *u = shard->filling;
    (void)core;
    if (u == NULL) {
        return true;
    }
    if (!kpl_unit_set_aggregate(u, shard->builder)) {
        return false;
    }
    kpl_unit_set_hash_key(u);
    shard->filling = NULL;
    kpl_queue_push(&shard->sealed, u);
    kpl_mind_expiry(stream, u);
    return true;
}

/* A unit of its own. */
static bool route_single(struct kpl_stream *stream,
                         struct kpl_shard *shard,
                         int64_t due_us,
                         const struct kds_agg_view *record,
                         const struct kpl_user *user)
{
    struct kpl_unit *u = kpl_unit_new(stream, shard);
    if (u == NULL || !kpl_unit_reserve(u) || !kpl_unit_set_single(u, record)) {
        kpl_unit_free(u);
        return false;
    }
    kpl_unit_add_user(u, user, due_us);
    kpl_unit_set_hash_key(u);
    kpl_queue_push(shard ? &shard->sealed : &stream->unplaced, u);
    kpl_mind_expiry(stream, u);
    return true;
}

static bool
open_aggregate(struct kpl_core *core, struct kpl_stream *stream, struct kpl_shard *shard)
{
    if (shard->builder == NULL) {
        shard->builder = kds_agg_builder_new((size_t)core->conf->aggregate_max_bytes);
    }
    if (shard->filling == NULL) {
        shard->filling = kpl_unit_new(stream, shard);
    }
    return shard->builder != NULL && shard->filling != NULL &&
           kpl_unit_reserve(shard->filling);
}

/* An aggregate that nothing was added to after all must not look like one. */
static void drop_if_empty(struct kpl_shard *shard)
{
    if (shard->filling != NULL && shard->filling->count == 0) {
        kpl_unit_free(shard->filling);
        shard->filling = NULL;
    }
}

static bool route_aggregated(struct kpl_core *core,
                             struct kpl_stream *stream,
                             struct kpl_shard *shard,
                             int64_t due_us,
                             const struct kds_agg_view *record,
                             const struct kpl_user *user)
{
    const struct kds_agg_record r = {record->partition_key, record->explicit_hash_key,
                                     record->data, 0};
    enum kds_agg_add added = KDS_AGG_NO_MEMORY;
    if (open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, &r);
    }
    if (added == KDS_AGG_FULL && kpl_seal(core, stream, shard) &&
        open_aggregate(core, stream, shard)) {
        added = kds_agg_builder_add(shard->builder, &r);
    }
    if (added != KDS_AGG_ADDED) {
        drop_if_empty(shard);
        return false;
    }
    kpl_unit_add_user(shard->filling, user, due_us);
    if (shard->filling->count >= (uint64_t)core->conf->aggregate_max_records ||
        kds_agg_builder_size(shard->builder) >= (size_t)core->conf->aggregate_max_bytes) {
        kpl_seal(core, stream,
                 shard); /* if memory is short, it is tried again when it is due */
    }
    return true;
}

bool kpl_route(struct kpl_core *core,
               struct kpl_stream *stream,
               int64_t now_us,
               int64_t due_us,
               const struct kds_agg_view *record,
               const struct kpl_user *user)
{
    struct kpl_shard *shard = kpl_shard_map_find(&stream->map, user->hash);
    if (shard == NULL) {
        kpl_shard_map_want(&stream->map, now_us);
    }
    return shard != NULL && core->conf->aggregation
               ? route_aggregated(core, stream, shard, due_us, record, user)
               : route_single(stream, shard, due_us, record, user);
}

kds_err_t kpl_core_put(struct kpl_core *core,
                       int64_t now_us,
                       const kpl_record_t *record,
                       kds_u128_t hash,
                       kds_error_t **error)
{
    const struct kpl_conf *conf = core->conf;
    size_t cost = record->data.n + record->partition_key.n + record->explicit_hash_key.n +
                  RECORD_OVERHEAD_BYTES;
    /* An empty buffer takes a record of any size, or it would never be sent. */
    if (core->bytes > 0 && cost > (size_t)conf->buffer_max_bytes - core->bytes) {
        return kds_error_set(error, KDS_ERR_QUEUE_FULL,
                             "buffer.max.bytes: %zu of %" PRId64 " bytes are outstanding",
                             core->bytes, conf->buffer_max_bytes);
    }
    kds_slice_t name = stream_of(conf, record);
    struct kpl_stream *stream = find_stream(core, name);
    if (stream == NULL) {
        stream = add_stream(core, name);
    }
    struct kds_agg_view view = {record->partition_key, record->explicit_hash_key,
                                record->data};
    struct kpl_user user = {
        .tag = record->tag,
        .put_us = now_us,
        .expires_us = conf->record_ttl_ms > INT64_MAX / KDS_US_PER_MS
                          ? KDS_NEVER_US
                          : kds_us_add(now_us, conf->record_ttl_ms * KDS_US_PER_MS),
        .hash = hash,
        .cost = (uint32_t)cost,
        .epoch = (uint8_t)(core->epoch % KPL_EPOCHS_MAX),
    };
    int64_t linger_us = conf->linger_ms > INT64_MAX / KDS_US_PER_MS
                            ? KDS_NEVER_US
                            : conf->linger_ms * KDS_US_PER_MS;
    if (stream == NULL ||
        !kpl_route(core, stream, now_us, kds_us_add(now_us, linger_us), &view, &user)) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    core->bytes += cost;
    core->accepted++;
    core->open[core->epoch % KPL_EPOCHS_MAX]++;
    core->counters.stats.user_bytes += record->data.n;
    return KDS_OK;
}

/* ---- actions ------------------------------------------------------------------------------ */

static void name_stream(const struct kpl_stream *s, kds_slice_t *name, kds_slice_t *arn)
{
    *(s->is_arn ? arn : name) = kds_slice(s->name);
}

static const kds_shard_filter_t only_open = {.type = KDS_SLICE_LIT("AT_LATEST")};

static bool next_listing(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         struct kpl_action *action)
{
    struct kpl_shard_map *m = &stream->map;
    if (m->listing != KPL_LISTING_WANTED || m->ask_at_us > now_us) {
        return false;
    }
    struct kpl_request *request = kds_alloc_zero(1, sizeof *request);
    if (request == NULL) {
        kpl_shard_map_failed(m, now_us);
        return false;
    }
    kpl_shard_map_asked(m, now_us);
    request->id = ++core->last_id;
    request->stream = stream;
    request->began_us = now_us;
    request->next = core->requests;
    core->requests = request;

    memset(action, 0, sizeof *action);
    action->kind = KPL_ACTION_LIST_SHARDS;
    action->id = request->id;
    kds_list_shards_in_t *in = &action->list_shards;
    in->struct_size = sizeof *in;
    in->has_max_results = true;
    in->max_results = 1000;
    if (m->token != NULL) {
        in->next_token = kds_slice(m->token);
    } else {
        name_stream(stream, &in->stream_name, &in->stream_arn);
        in->shard_filter = &only_open;
    }
    return true;
}

static bool next_put(struct kpl_core *core,
                     int64_t now_us,
                     struct kpl_stream *stream,
                     struct kpl_action *action)
{
    if (core->in_flight >= (size_t)core->conf->connections_max) {
        return false;
    }
    struct kpl_request *request = kpl_collect(core, now_us, stream);
    if (request == NULL) {
        return false;
    }
    request->id = ++core->last_id;
    request->stream = stream;
    request->began_us = now_us;
    request->next = core->requests;
    core->requests = request;
    core->in_flight++;
    core->counters.stats.requests++;
    core->counters.stats.entries += request->count;

    memset(action, 0, sizeof *action);
    action->kind = KPL_ACTION_PUT_RECORDS;
    action->id = request->id;
    kds_put_records_in_t *in = &action->put_records;
    in->struct_size = sizeof *in;
    in->records = request->entries;
    in->records_count = request->count;
    name_stream(stream, &in->stream_name, &in->stream_arn);
    return true;
}

bool kpl_core_next(struct kpl_core *core, int64_t now_us, struct kpl_action *action)
{
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        kpl_expire(core, now_us, s);
        kpl_seal_due(core, now_us, s);
        if (next_listing(core, now_us, s, action) || next_put(core, now_us, s, action)) {
            return true;
        }
    }
    return false;
}

int64_t kpl_core_wake_at_us(struct kpl_core *core, int64_t now_us)
{
    int64_t at_us = KDS_NEVER_US;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        int64_t stream_us = kpl_stream_wake_at_us(core, now_us, s);
        at_us = stream_us < at_us ? stream_us : at_us;
    }
    return at_us;
}

static void listing_done(struct kpl_core *core,
                         int64_t now_us,
                         struct kpl_stream *stream,
                         const kds_list_shards_out_t *output)
{
    if (output == NULL) {
        kpl_shard_map_failed(&stream->map, now_us);
        return;
    }
    enum kpl_page page =
        kpl_shard_map_page(&stream->map, output, core->conf->rate_limit_percent, now_us);
    if (page == KPL_PAGE_MAP) {
        core->counters.stats.shard_maps++;
        kpl_apply_map(core, now_us, stream);
    }
}

void kpl_core_done(struct kpl_core *core,
                   int64_t now_us,
                   uint64_t id,
                   const void *output,
                   const kds_error_t *error)
{
    struct kpl_request **at = &core->requests;
    while (*at != NULL && (*at)->id != id) {
        at = &(*at)->next;
    }
    struct kpl_request *request = *at;
    if (request == NULL) {
        return;
    }
    *at = request->next;
    if (request->units == NULL) {
        listing_done(core, now_us, request->stream, output);
    } else {
        core->in_flight--;
        kpl_judge_answer(core, now_us, request, output, error);
        request->count = 0; /* its units have gone their ways */
    }
    request_free(request);
}

/* ---- the rest ----------------------------------------------------------------------------- */

uint64_t kpl_core_flush(struct kpl_core *core, int64_t now_us)
{
    uint64_t ticket = core->epoch;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        s->flush_us = now_us;
    }
    /* The next epoch's counter must be free; else later records join this one, and the flush waits
     * for them as well. */
    if (core->open[(ticket + 1) % KPL_EPOCHS_MAX] == 0) {
        core->epoch++;
    }
    return ticket;
}

bool kpl_core_flushed(const struct kpl_core *core, uint64_t ticket)
{
    uint64_t oldest = core->epoch < KPL_EPOCHS_MAX ? 0 : core->epoch - KPL_EPOCHS_MAX + 1;
    for (uint64_t e = oldest; e <= ticket; e++) {
        if (core->open[e % KPL_EPOCHS_MAX] > 0) {
            return false;
        }
    }
    return true;
}

static void abandon(struct kpl_core *core, int64_t now_us, struct kpl_unit *u)
{
    if (u->ending.message[0] == 0) {
        memcpy(u->ending.message, "the producer was closed", 24);
    }
    kpl_finish_failed(core, now_us, u, KDS_ERR_CLOSED);
}

static void abandon_queue(struct kpl_core *core, int64_t now_us, struct kpl_queue *q)
{
    struct kpl_unit *u;
    while ((u = kpl_queue_pop(q)) != NULL) {
        abandon(core, now_us, u);
    }
}

/* An open aggregate that cannot be sealed for lack of memory is let go unsealed: its outcomes come
 * without their keys and data. */
static void abandon_filling(struct kpl_core *core,
                            int64_t now_us,
                            struct kpl_stream *stream,
                            struct kpl_shard *shard)
{
    if (!kpl_seal(core, stream, shard)) {
        struct kpl_unit *u = shard->filling;
        shard->filling = NULL;
        kds_agg_builder_reset(shard->builder);
        abandon(core, now_us, u);
    }
}

void kpl_core_abandon(struct kpl_core *core, int64_t now_us)
{
    while (core->requests != NULL) {
        struct kpl_request *request = core->requests;
        core->requests = request->next;
        for (size_t i = 0; i < request->count; i++) {
            request->units[i]->maybe_persisted = true;
            abandon(core, now_us, request->units[i]);
        }
        request->count = 0;
        request_free(request);
    }
    core->in_flight = 0;
    for (struct kpl_stream *s = core->streams; s != NULL; s = s->next) {
        abandon_queue(core, now_us, &s->unplaced);
        abandon_queue(core, now_us, &s->parked);
        for (struct kpl_shard *shard = s->map.shards; shard != NULL;
             shard = shard->next) {
            abandon_filling(core, now_us, s, shard);
            abandon_queue(core, now_us, &shard->sealed);
        }
    }
}

struct kpl_unit *kpl_core_take(struct kpl_core *core)
{
    return kpl_queue_pop(&core->finished);
}

void kpl_core_release(struct kpl_core *core, struct kpl_unit *unit)
{
    for (size_t i = unit->skip; i < unit->count; i++) {
        core->bytes -= unit->users[i].cost;
        core->open[unit->users[i].epoch]--;
    }
    core->released += unit->count - unit->skip;
    kpl_unit_free(unit);
}

size_t kpl_core_outstanding(const struct kpl_core *core)
{
    return (size_t)(core->accepted - core->released);
}

size_t kpl_core_bytes(const struct kpl_core *core)
{
    return core->bytes;
}

bool kpl_core_has_results(const struct kpl_core *core)
{
    return core->finished.first != NULL;
}

void kpl_core_stats(const struct kpl_core *core, kpl_stats_t *out)
{
    kpl_stats_t s = core->counters.stats;
    size_t size = out->struct_size < sizeof s ? out->struct_size : sizeof s;
    s.user_records_accepted = core->accepted;
    s.user_records_outstanding = core->accepted - core->released;
    s.buffered_bytes = core->bytes;
    s.latency_p50_us = kpl_histogram_percentile(&core->counters.latency, 50);
    s.latency_p99_us = kpl_histogram_percentile(&core->counters.latency, 99);
    s.struct_size = out->struct_size;
    memcpy(out, &s, size);
}
