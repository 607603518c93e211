/*
 * service_settings: the operations that change how a stream keeps, counts, encrypts and spreads.
 */
#include "service_internal.h"

#include "base/alloc.h"
#include "base/slice.h"

#include <inttypes.h>
#include <string.h>

#define RETENTION_HOURS_MIN 24
#define RETENTION_HOURS_MAX 8760

/* ---- retention ---------------------------------------------------------------------------- */

static bool check_retention(struct call *c, int64_t hours)
{
    if (hours >= RETENTION_HOURS_MIN && hours <= RETENTION_HOURS_MAX) {
        return true;
    }
    return local_refuse(c, LOCAL_BAD_ARGUMENT,
                        "RetentionPeriodHours %" PRId64 " is outside %d..%d.", hours,
                        RETENTION_HOURS_MIN, RETENTION_HOURS_MAX);
}

bool local_increase_retention(struct call *c, const void *input, void *output)
{
    const kds_increase_stream_retention_period_in_t *in = input;
    struct local_stream *stream = local_active_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    if (stream == NULL || !check_retention(c, in->retention_period_hours)) {
        return false;
    }
    if (in->retention_period_hours <= stream->retention_hours) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Requested retention period (%" PRId64
                            " hours) for stream %s must be longer than the existing "
                            "retention period (%" PRId64 " hours).",
                            in->retention_period_hours, stream->name,
                            stream->retention_hours);
    }
    /* What is too old by the shorter period must not come back with the longer one. */
    local_sweep_stream(c->service, stream, c->now_us);
    stream->retention_hours = in->retention_period_hours;
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_decrease_retention(struct call *c, const void *input, void *output)
{
    const kds_decrease_stream_retention_period_in_t *in = input;
    struct local_stream *stream = local_active_stream(c, in->stream_name, in->stream_arn);
    (void)output;
    if (stream == NULL || !check_retention(c, in->retention_period_hours)) {
        return false;
    }
    if (in->retention_period_hours >= stream->retention_hours) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Requested retention period (%" PRId64
                            " hours) for stream %s must be shorter than the existing "
                            "retention period (%" PRId64 " hours).",
                            in->retention_period_hours, stream->name,
                            stream->retention_hours);
    }
    stream->retention_hours = in->retention_period_hours;
    local_sweep_stream(c->service, stream, c->now_us);
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

/* ---- enhanced monitoring ------------------------------------------------------------------ */

static const char *const metric_names[] = {"IncomingBytes",
                                           "IncomingRecords",
                                           "OutgoingBytes",
                                           "OutgoingRecords",
                                           "WriteProvisionedThroughputExceeded",
                                           "ReadProvisionedThroughputExceeded",
                                           "IteratorAgeMilliseconds"};

#define METRIC_COUNT (sizeof metric_names / sizeof metric_names[0])
#define METRICS_ALL  ((1u << METRIC_COUNT) - 1)

const kds_slice_t *local_metrics(struct call *c, unsigned metrics, size_t *count)
{
    kds_slice_t *names = kds_arena_zero(c->arena, METRIC_COUNT, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < METRIC_COUNT && names != NULL; i++) {
        if (metrics & 1u << i) {
            names[n++] = kds_slice(metric_names[i]);
        }
    }
    *count = n;
    return names;
}

static bool
read_metrics(struct call *c, const kds_slice_t *names, size_t count, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (!local_one_of(c, names[i], "shardLevelMetrics",
                          "IncomingBytes|IncomingRecords|OutgoingBytes|OutgoingRecords|"
                          "WriteProvisionedThroughputExceeded|"
                          "ReadProvisionedThroughputExceeded|IteratorAgeMilliseconds|"
                          "ALL")) {
            return false;
        }
        for (size_t k = 0; k < METRIC_COUNT; k++) {
            *out |= (unsigned)kds_slice_is(names[i], metric_names[k]) << k;
        }
        *out |= kds_slice_is(names[i], "ALL") ? METRICS_ALL : 0;
    }
    return true;
}

/* Both operations have inputs and outputs of the same form. */
static bool change_metrics(struct call *c,
                           const kds_enable_enhanced_monitoring_in_t *in,
                           bool enable,
                           kds_enable_enhanced_monitoring_out_t *out)
{
    unsigned metrics;
    struct local_stream *stream = local_active_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL || !read_metrics(c, in->shard_level_metrics,
                                        in->shard_level_metrics_count, &metrics)) {
        return false;
    }
    unsigned desired = enable ? stream->metrics | metrics : stream->metrics & ~metrics;
    out->stream_name = kds_slice(stream->name);
    out->stream_arn = local_arn_of(c, stream);
    out->current_shard_level_metrics =
        local_metrics(c, stream->metrics, &out->current_shard_level_metrics_count);
    out->desired_shard_level_metrics =
        local_metrics(c, desired, &out->desired_shard_level_metrics_count);
    if (out->current_shard_level_metrics == NULL ||
        out->desired_shard_level_metrics == NULL) {
        return local_out_of_memory(c);
    }
    stream->metrics = desired;
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_enable_monitoring(struct call *c, const void *input, void *output)
{
    return change_metrics(c, input, true, output);
}

bool local_disable_monitoring(struct call *c, const void *input, void *output)
{
    const kds_disable_enhanced_monitoring_in_t *in = input;
    kds_disable_enhanced_monitoring_out_t *out = output;
    const kds_enable_enhanced_monitoring_in_t same = {
        .stream_name = in->stream_name,
        .shard_level_metrics = in->shard_level_metrics,
        .shard_level_metrics_count = in->shard_level_metrics_count,
        .stream_arn = in->stream_arn};
    kds_enable_enhanced_monitoring_out_t answer;
    memset(&answer, 0, sizeof answer);
    if (!change_metrics(c, &same, false, &answer)) {
        return false;
    }
    out->stream_name = answer.stream_name;
    out->stream_arn = answer.stream_arn;
    out->current_shard_level_metrics = answer.current_shard_level_metrics;
    out->current_shard_level_metrics_count = answer.current_shard_level_metrics_count;
    out->desired_shard_level_metrics = answer.desired_shard_level_metrics;
    out->desired_shard_level_metrics_count = answer.desired_shard_level_metrics_count;
    return true;
}

/* ---- encryption --------------------------------------------------------------------------- */

static char *copy_text(kds_slice_t text)
{
    char *copy = kds_alloc(text.n + 1);
    if (copy != NULL) {
        memcpy(copy, text.p, text.n);
        copy[text.n] = 0;
    }
    return copy;
}

/* The stream whose encryption a call changes; NULL with the fault set. */
static struct local_stream *
encryptable(struct call *c, kds_slice_t type, kds_slice_t name, kds_slice_t arn)
{
    if (!local_one_of(c, type, "encryptionType", "KMS")) {
        return NULL;
    }
    struct local_stream *stream = local_active_stream(c, name, arn);
    return stream != NULL &&
                   local_day_has_room(c, &stream->key_changes, LOCAL_KEY_CHANGE_MAX)
               ? stream
               : NULL;
}

/* @param key_id (taken) NULL: not encrypted any more */
static void encrypt(struct call *c, struct local_stream *stream, char *key_id)
{
    kds_free(stream->key_id);
    stream->key_id = key_id;
    stream->encrypted = key_id != NULL;
    local_window_add(&stream->key_changes, c->now_us);
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
}

bool local_start_encryption(struct call *c, const void *input, void *output)
{
    const kds_start_stream_encryption_in_t *in = input;
    struct local_stream *stream =
        encryptable(c, in->encryption_type, in->stream_name, in->stream_arn);
    (void)output;
    if (stream == NULL) {
        return false;
    }
    char *key_id = copy_text(in->key_id);
    if (key_id == NULL) {
        return local_out_of_memory(c);
    }
    encrypt(c, stream, key_id);
    return true;
}

bool local_stop_encryption(struct call *c, const void *input, void *output)
{
    const kds_stop_stream_encryption_in_t *in = input;
    struct local_stream *stream =
        encryptable(c, in->encryption_type, in->stream_name, in->stream_arn);
    (void)output;
    if (stream == NULL) {
        return false;
    }
    if (!stream->encrypted) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Stream %s under account %s is not encrypted.", stream->name,
                            c->service->account);
    }
    encrypt(c, stream, NULL);
    return true;
}

/* ---- capacity ----------------------------------------------------------------------------- */

static bool check_warm(struct call *c, const struct local_stream *stream, int64_t mibps)
{
    local_settle_commitment(c->service, c->now_ms);
    if (!local_is_committed(c->service)) {
        return local_refuse(c, LOCAL_INVALID,
                            "WarmThroughputMiBps needs the minimum throughput billing "
                            "commitment of account %s.",
                            c->service->account);
    }
    if (mibps > LOCAL_WARM_MIBPS_MAX) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "WarmThroughputMiBps %" PRId64 " exceeds %d.", mibps,
                            LOCAL_WARM_MIBPS_MAX);
    }
    size_t shards = (size_t)local_warm_shards(mibps);
    return shards <= stream->open_count || local_scale_fits(c, stream, shards);
}

/* Ask for capacity: one shard for each MiB per second. Less than there is changes no shard. */
static void warm_up(struct local_stream *stream, int64_t mibps)
{
    int64_t shards = local_warm_shards(mibps);
    stream->warm_mibps = mibps;
    if (shards > (int64_t)stream->open_count) {
        stream->pending =
            (struct local_reshard){.kind = LOCAL_SCALE, .target = (uint32_t)shards};
    }
}

bool local_update_mode(struct call *c, const void *input, void *output)
{
    const kds_update_stream_mode_in_t *in = input;
    (void)output;
    if (!local_one_of(c, in->stream_mode_details.stream_mode,
                      "streamModeDetails.streamMode", "PROVISIONED|ON_DEMAND")) {
        return false;
    }
    bool on_demand = kds_slice_is(in->stream_mode_details.stream_mode, "ON_DEMAND");
    struct local_stream *stream = local_active_stream(c, kds_slice(NULL), in->stream_arn);
    if (stream == NULL ||
        !local_day_has_room(c, &stream->mode_changes, LOCAL_MODES_MAX)) {
        return false;
    }
    if (on_demand == stream->on_demand) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT, "Stream %s is in %s mode already.",
                            stream->name,
                            (const char *)local_mode_of(stream)->stream_mode.p);
    }
    if (stream->spread || stream->channel_count > 0) {
        return local_refuse(
            c, LOCAL_BAD_ARGUMENT, "Stream %s has %s ON_DEMAND mode.", stream->name,
            stream->spread ? "the RecordDistributionStrategy AUTO, which needs"
                           : "channels, which need");
    }
    if (in->has_warm_throughput_mibps) {
        if (!on_demand) {
            return local_refuse(c, LOCAL_BAD_ARGUMENT,
                                "WarmThroughputMiBps needs ON_DEMAND mode.");
        }
        if (!check_warm(c, stream, in->warm_throughput_mibps)) {
            return false;
        }
        warm_up(stream, in->warm_throughput_mibps);
    } else {
        stream->warm_mibps = stream->warm_ready = -1;
    }
    stream->on_demand = on_demand;
    local_window_add(&stream->mode_changes, c->now_us);
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_update_warm(struct call *c, const void *input, void *output)
{
    const kds_update_stream_warm_throughput_in_t *in = input;
    kds_update_stream_warm_throughput_out_t *out = output;
    struct local_stream *stream = local_active_stream(c, in->stream_name, in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    if (!stream->on_demand) {
        return local_refuse(c, LOCAL_INVALID,
                            "Stream %s is in PROVISIONED mode; warm throughput needs "
                            "ON_DEMAND.",
                            stream->name);
    }
    if (!check_warm(c, stream, in->warm_throughput_mibps)) {
        return false;
    }
    kds_warm_throughput_object_t *warm = kds_arena_zero(c->arena, 1, sizeof *warm);
    if (warm == NULL) {
        return local_out_of_memory(c);
    }
    warm->has_target_mibps = true;
    warm->target_mibps = in->warm_throughput_mibps;
    warm->has_current_mibps = true;
    warm->current_mibps = stream->warm_ready < 0 ? 0 : stream->warm_ready;
    out->stream_name = kds_slice(stream->name);
    out->stream_arn = local_arn_of(c, stream);
    out->warm_throughput = warm;
    warm_up(stream, in->warm_throughput_mibps);
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_update_record_size(struct call *c, const void *input, void *output)
{
    const kds_update_max_record_size_in_t *in = input;
    struct local_stream *stream = local_active_stream(c, kds_slice(NULL), in->stream_arn);
    (void)output;
    if (stream == NULL) {
        return false;
    }
    stream->max_record_bytes = in->max_record_size_in_kib * 1024;
    local_stream_becomes(c->service, stream, LOCAL_UPDATING, c->now_us);
    return true;
}

bool local_update_strategy(struct call *c, const void *input, void *output)
{
    const kds_update_stream_record_distribution_strategy_in_t *in = input;
    (void)output;
    if (!local_one_of(c, in->record_distribution_strategy, "recordDistributionStrategy",
                      "AUTO|USER_PARTITION_KEY")) {
        return false;
    }
    bool spread = kds_slice_is(in->record_distribution_strategy, "AUTO");
    struct local_stream *stream = local_active_stream(c, kds_slice(NULL), in->stream_arn);
    if (stream == NULL) {
        return false;
    }
    if (spread && !stream->on_demand) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "RecordDistributionStrategy AUTO needs an ON_DEMAND stream; "
                            "%s is PROVISIONED.",
                            stream->name);
    }
    stream->spread = spread; /* effective at once: the stream stays ACTIVE */
    local_tell_stream(c->service, stream);
    return true;
}
