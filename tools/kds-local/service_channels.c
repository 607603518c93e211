/*
 * service_channels: the operations on delivery channels. The control plane only: states, limits and
 * what is shown; no record is delivered anywhere.
 */
#include "service_internal.h"

#include "base/slice.h"
#include "base/text.h"
#include "kernel/md5.h"

#include <stdio.h>
#include <string.h>

#define FRESHNESS_DEFAULT_S 300
#define LIST_CHANNELS_MAX   100
#define PER_STREAM_MAX      2 /* one of each destination type */

/* ---- what may be asked for ---------------------------------------------------------------- */

static bool check_owner(struct call *c, kds_slice_t owner)
{
    for (size_t i = 0; i < owner.n; i++) {
        if (owner.p[i] < '0' || owner.p[i] > '9') {
            return local_refuse(c, LOCAL_INVALID,
                                "1 validation error detected: Value '%.*s' at "
                                "'expectedBucketOwner' failed to satisfy constraint: "
                                "Member must have 12 digits",
                                (int)owner.n, (const char *)owner.p);
        }
    }
    return true;
}

static bool check_dead_letters(struct call *c,
                               const kds_dead_letter_queue_s3_configuration_t *in)
{
    return in == NULL || check_owner(c, in->expected_bucket_owner);
}

static bool check_bucket(struct call *c, const kds_s3_destination_configuration_t *in)
{
    const kds_s3_storage_configuration_t *to = &in->storage_configuration;
    return local_one_of(c, to->compression_type, "compressionType", "NONE|GZIP|ZSTD") &&
           local_one_of(c, to->storage_class, "storageClass",
                        "STANDARD|INTELLIGENT_TIERING|GLACIER_IR") &&
           check_owner(c, to->expected_bucket_owner) &&
           check_dead_letters(c, in->dead_letter_queue_s3_configuration);
}

static bool is_table_name(kds_slice_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t b = name.p[i];
        if (!(b >= 'a' && b <= 'z') && !(b >= '0' && b <= '9') && b != '_') {
            return false;
        }
    }
    return true;
}

static bool check_table(struct call *c,
                        const kds_s3_tables_destination_configuration_t *in)
{
    const kds_s3_tables_configuration_t *table = in->s3_tables_configuration_list;
    if (in->s3_tables_configuration_list_count != 1) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "S3TablesConfigurationList has %zu tables, must have one.",
                            in->s3_tables_configuration_list_count);
    }
    if (!is_table_name(table->table_namespace) || !is_table_name(table->table_name)) {
        return local_refuse(c, LOCAL_INVALID,
                            "Namespace and TableName must be made of a-z, 0-9 and '_'.");
    }
    const kds_partition_spec_t *by = table->partition_spec;
    for (size_t i = 0; by != NULL && i < by->partition_fields_count; i++) {
        if (!local_one_of(c, by->partition_fields[i].transform, "transform",
                          "TIME_HOUR")) {
            return false;
        }
    }
    return local_one_of(c, table->compression_type, "compressionType",
                        "NONE|ZSTD|SNAPPY") &&
           check_dead_letters(c, &in->dead_letter_queue_s3_configuration);
}

static bool check_format(struct call *c, const kds_record_configuration_t *in, bool table)
{
    if (!local_one_of(c, in->record_format_type, "recordFormatType",
                      table ? "GSR_JSON|JSON" : "JSON|STRING|BYTE_ARRAY")) {
        return false;
    }
    return !table || in->gsrschema_arn.p != NULL
               ? true
               : local_refuse(c, LOCAL_BAD_ARGUMENT,
                              "GSRSchemaARN is required for S3 Tables.");
}

static bool check_encryption(struct call *c,
                             const kds_channel_encryption_configuration_t *in)
{
    static const char own[] = "aws/kinesis";
    if (in == NULL) {
        return true;
    }
    if (memmem(in->key_id.p, in->key_id.n, own, sizeof own - 1) != NULL) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "KeyId must be a key of the customer's, not aws/kinesis.");
    }
    return local_one_of(c, in->encryption_type, "encryptionType", "KMS");
}

static bool check_request(struct call *c, const kds_create_channel_in_t *in)
{
    bool table = in->s3_tables_destination_configuration != NULL;
    if (table == (in->s3_destination_configuration != NULL)) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "Exactly one of S3DestinationConfiguration and "
                            "S3TablesDestinationConfiguration must be given.");
    }
    if (in->stream_configuration_list_count != 1) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "StreamConfigurationList has %zu streams, must have one.",
                            in->stream_configuration_list_count);
    }
    return check_format(c, &in->stream_configuration_list->record_configuration, table) &&
           (table ? check_table(c, in->s3_tables_destination_configuration)
                  : check_bucket(c, in->s3_destination_configuration)) &&
           check_encryption(c, in->encryption_configuration) &&
           local_check_tags(c, NULL, in->tags, in->tags_count);
}

static bool is_table(const struct local_channel *channel)
{
    return channel->shown->s3_tables_destination_configuration != NULL;
}

static bool check_counts(struct call *c, const struct local_stream *stream, bool table)
{
    const struct local_channels *all = &c->service->channels;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i]->stream == stream->id && is_table(all->items[i]) == table) {
            return local_refuse(c, LOCAL_TOO_MANY,
                                "Stream %s has a channel of this destination type "
                                "already; it may have %d, one of each type.",
                                stream->name, PER_STREAM_MAX);
        }
    }
    return all->count < LOCAL_CHANNELS_MAX
               ? true
               : local_refuse(c, LOCAL_TOO_MANY,
                              "Account %s has %zu channels, as many as it may.",
                              c->service->account, all->count);
}

/* ---- how it looks ------------------------------------------------------------------------- */

static kds_slice_t make_id(struct call *c)
{
    struct local_service *s = c->service;
    uint64_t seed[2] = {s->secret, s->last_channel_id + 1};
    uint8_t digest[KDS_MD5_BYTES];
    char hex[20];
    kds_md5(seed, sizeof seed, digest);
    kds_hex(digest, sizeof hex / 2, hex);
    return kds_arena_copy(c->arena, kds_slice_of(hex, sizeof hex));
}

static kds_dead_letter_queue_s3_configuration_t
dead_letters(struct call *c,
             const kds_channel_description_t *d,
             const kds_dead_letter_queue_s3_configuration_t *in,
             const kds_s3_storage_configuration_t *fallback)
{
    kds_dead_letter_queue_s3_configuration_t out = {.error_output_prefix = {NULL, 0}};
    if (in != NULL) {
        out = *in;
    } else {
        out.bucket_arn = fallback->bucket_arn;
        out.expected_bucket_owner = fallback->expected_bucket_owner;
    }
    if (out.error_output_prefix.p == NULL) {
        out.error_output_prefix =
            local_format(c, "kinesis-channel/errors/%.*s/%.*s/", (int)d->channel_name.n,
                         (const char *)d->channel_name.p, (int)d->channel_id.n,
                         (const char *)d->channel_id.p);
    }
    return out;
}

static bool show_bucket(struct call *c,
                        const kds_s3_destination_configuration_t *in,
                        kds_channel_description_t *d)
{
    kds_s3_destination_description_t *out = kds_arena_zero(c->arena, 1, sizeof *out);
    if (out == NULL) {
        return local_out_of_memory(c);
    }
    out->storage_configuration = in->storage_configuration;
    if (out->storage_configuration.storage_class.p == NULL) {
        out->storage_configuration.storage_class = kds_slice("STANDARD");
    }
    out->data_freshness_in_seconds = in->has_data_freshness_in_seconds
                                         ? in->data_freshness_in_seconds
                                         : FRESHNESS_DEFAULT_S;
    out->dead_letter_queue_s3_configuration = dead_letters(
        c, d, in->dead_letter_queue_s3_configuration, &in->storage_configuration);
    d->s3_destination_configuration = out;
    return true;
}

static bool show_table(struct call *c,
                       const kds_s3_tables_destination_configuration_t *in,
                       kds_channel_description_t *d)
{
    kds_s3_tables_destination_description_t *out =
        kds_arena_zero(c->arena, 1, sizeof *out);
    if (out == NULL) {
        return local_out_of_memory(c);
    }
    out->s3_tables_configuration_list = in->s3_tables_configuration_list;
    out->s3_tables_configuration_list_count = in->s3_tables_configuration_list_count;
    out->data_freshness_in_seconds = in->has_data_freshness_in_seconds
                                         ? in->data_freshness_in_seconds
                                         : FRESHNESS_DEFAULT_S;
    out->dead_letter_queue_s3_configuration =
        dead_letters(c, d, &in->dead_letter_queue_s3_configuration, NULL);
    d->s3_tables_destination_configuration = out;
    return true;
}

static void show_logging(struct call *c,
                         const kds_cloud_watch_logs_t *in,
                         kds_channel_description_t *d)
{
    kds_cloud_watch_logs_t *out = &d->logging_configuration.cloud_watch_logs;
    *out = *in;
    if (out->enabled && out->log_group_name.p == NULL) {
        out->log_group_name =
            local_format(c, "/aws/kinesis/%.*s/%.*s", (int)d->channel_name.n,
                         (const char *)d->channel_name.p, (int)d->channel_id.n,
                         (const char *)d->channel_id.p);
    }
    if (out->enabled && out->log_stream_name.p == NULL) {
        out->log_stream_name = kds_slice("DestinationDelivery");
    }
}

static bool show_new(struct call *c,
                     const kds_create_channel_in_t *in,
                     const struct local_stream *stream,
                     kds_channel_description_t *d)
{
    static const kds_cloud_watch_logs_t off = {.enabled = false};
    kds_channel_stream_description_t *of = kds_arena_zero(c->arena, 1, sizeof *of);
    if (of == NULL) {
        return local_out_of_memory(c);
    }
    of->stream_arn = local_arn_of(c, stream);
    of->stream_creation_timestamp_ms = stream->created_ms;
    of->record_configuration = in->stream_configuration_list->record_configuration;
    d->channel_name = in->channel_name;
    d->channel_id = make_id(c);
    d->channel_arn = local_format(c, "arn:aws:kinesis:%s:%s:channel/%.*s",
                                  c->service->region, c->service->account,
                                  (int)d->channel_id.n, (const char *)d->channel_id.p);
    d->channel_status = kds_slice("CREATING");
    d->channel_creation_timestamp_ms = c->now_ms;
    d->service_execution_role_arn = in->service_execution_role_arn;
    d->stream_configuration_list = of;
    d->stream_configuration_list_count = 1;
    d->encryption_configuration = in->encryption_configuration;
    show_logging(c,
                 in->logging_configuration ? &in->logging_configuration->cloud_watch_logs
                                           : &off,
                 d);
    return in->s3_destination_configuration
               ? show_bucket(c, in->s3_destination_configuration, d)
               : show_table(c, in->s3_tables_destination_configuration, d);
}

static void show(const struct local_channel *channel, kds_channel_description_t *out)
{
    *out = *channel->shown;
    out->channel_status = kds_slice(local_status_name(channel->status));
}

/* ---- the operations ----------------------------------------------------------------------- */

/* The stream that a channel is to read. */
static struct local_stream *source(struct call *c, const kds_create_channel_in_t *in)
{
    struct local_stream *stream = local_active_stream(
        c, kds_slice(NULL), in->stream_configuration_list->stream_arn);
    if (stream != NULL && !stream->on_demand) {
        local_refuse(c, LOCAL_BAD_ARGUMENT,
                     "Stream %s is PROVISIONED; a channel needs an ON_DEMAND stream.",
                     stream->name);
        return NULL;
    }
    return stream;
}

bool local_create_channel(struct call *c, const void *input, void *output)
{
    const kds_create_channel_in_t *in = input;
    kds_create_channel_out_t *out = output;
    struct local_service *s = c->service;
    if (!check_request(c, in)) {
        return false;
    }
    if (local_channels_by_name(&s->channels, in->channel_name) != NULL) {
        return local_refuse(
            c, LOCAL_IN_USE, "Channel %.*s under account %s already exists.",
            (int)in->channel_name.n, (const char *)in->channel_name.p, s->account);
    }
    struct local_stream *stream = source(c, in);
    if (stream == NULL ||
        !check_counts(c, stream, in->s3_tables_destination_configuration != NULL) ||
        !show_new(c, in, stream, &out->channel_description)) {
        return false;
    }
    if (c->arena->err != KDS_OK) {
        return local_out_of_memory(c);
    }
    struct local_channel *channel =
        local_channels_add(&s->channels, &out->channel_description, stream->id);
    if (channel == NULL) {
        return local_out_of_memory(c);
    }
    if (!local_labels_add(&channel->labels, in->tags, in->tags_count)) {
        local_channels_remove(&s->channels, channel);
        return local_out_of_memory(c);
    }
    s->last_channel_id++;
    stream->channel_count++;
    local_tell_account(s);
    local_channel_becomes(s, channel, LOCAL_CREATING, c->now_us);
    show(channel, &out->channel_description);
    out->channel_description.channel_status = kds_slice("CREATING");
    return true;
}

bool local_describe_channel(struct call *c, const void *input, void *output)
{
    const kds_describe_channel_in_t *in = input;
    struct local_channel *channel = local_named_channel(c, in->channel_arn);
    if (channel == NULL) {
        return false;
    }
    show(channel, &((kds_describe_channel_out_t *)output)->channel_description);
    return true;
}

/* The description with the changes that were asked for, in the arena. */
static bool
change(struct call *c, const kds_update_channel_in_t *in, kds_channel_description_t *d)
{
    if (in->s3_destination_configuration != NULL) {
        kds_s3_destination_description_t *to = kds_arena_zero(c->arena, 1, sizeof *to);
        if (to == NULL) {
            return local_out_of_memory(c);
        }
        *to = *d->s3_destination_configuration;
        to->data_freshness_in_seconds =
            in->s3_destination_configuration->data_freshness_in_seconds;
        d->s3_destination_configuration = to;
    }
    if (in->s3_tables_destination_configuration != NULL) {
        kds_s3_tables_destination_description_t *to =
            kds_arena_zero(c->arena, 1, sizeof *to);
        if (to == NULL) {
            return local_out_of_memory(c);
        }
        *to = *d->s3_tables_destination_configuration;
        to->data_freshness_in_seconds =
            in->s3_tables_destination_configuration->data_freshness_in_seconds;
        d->s3_tables_destination_configuration = to;
    }
    if (in->logging_configuration != NULL) {
        const kds_cloud_watch_logs_update_input_t *logs =
            &in->logging_configuration->cloud_watch_logs;
        const kds_cloud_watch_logs_t now = {logs->enabled, logs->log_group_name,
                                            logs->log_stream_name};
        show_logging(c, &now, d);
    }
    return true;
}

bool local_update_channel(struct call *c, const void *input, void *output)
{
    const kds_update_channel_in_t *in = input;
    kds_channel_description_t *d =
        &((kds_update_channel_out_t *)output)->channel_description;
    struct local_channel *channel = local_named_channel(c, in->channel_arn);
    if (channel == NULL) {
        return false;
    }
    if (channel->status != LOCAL_ACTIVE) {
        return local_refuse(c, LOCAL_IN_USE, "Channel %s not ACTIVE, instead in state %s",
                            (const char *)channel->shown->channel_name.p,
                            local_status_name(channel->status));
    }
    if (is_table(channel) ? in->s3_destination_configuration != NULL
                          : in->s3_tables_destination_configuration != NULL) {
        return local_refuse(c, LOCAL_BAD_ARGUMENT,
                            "A channel's destination type cannot be changed.");
    }
    show(channel, d);
    if (!change(c, in, d)) {
        return false;
    }
    if (!local_channel_show(channel, d)) {
        return local_out_of_memory(c);
    }
    local_channel_becomes(c->service, channel, LOCAL_UPDATING, c->now_us);
    show(channel, d);
    d->channel_status = kds_slice("UPDATING"); /* however short it was */
    return true;
}

bool local_delete_channel(struct call *c, const void *input, void *output)
{
    const kds_delete_channel_in_t *in = input;
    struct local_channel *channel = local_named_channel(c, in->channel_arn);
    (void)output;
    if (channel == NULL) {
        return false;
    }
    if (channel->status != LOCAL_DELETING) {
        local_channel_becomes(c->service, channel, LOCAL_DELETING, c->now_us);
    }
    return true;
}

/* ---- listing ------------------------------------------------------------------------------ */

static bool wanted(const kds_list_channels_in_t *in, const struct local_channel *channel)
{
    const kds_channel_stream_description_t *of =
        channel->shown->stream_configuration_list;
    for (size_t i = 0; i < in->stream_filter_count; i++) {
        const kds_stream_filter_t *f = &in->stream_filter[i];
        if (kds_slice_eq(f->stream_arn, of->stream_arn) &&
            (!f->has_stream_creation_timestamp_ms ||
             f->stream_creation_timestamp_ms / 1000 ==
                 of->stream_creation_timestamp_ms / 1000)) {
            return true;
        }
    }
    return in->stream_filter == NULL;
}

static bool show_summary(struct call *c,
                         const struct local_channel *channel,
                         kds_channel_summary_t *out)
{
    const kds_channel_description_t *d = channel->shown;
    kds_channel_stream_identifier_t *of = kds_arena_zero(c->arena, 1, sizeof *of);
    if (of == NULL) {
        return local_out_of_memory(c);
    }
    of->stream_arn = d->stream_configuration_list->stream_arn;
    of->stream_creation_timestamp_ms =
        d->stream_configuration_list->stream_creation_timestamp_ms;
    out->channel_name = d->channel_name;
    out->channel_arn = d->channel_arn;
    out->channel_id = d->channel_id;
    out->channel_status = kds_slice(local_status_name(channel->status));
    out->channel_creation_timestamp_ms = d->channel_creation_timestamp_ms;
    out->channel_destination_type =
        is_table(channel) ? kds_slice("S3_TABLES") : kds_slice("S3");
    out->streams = of;
    out->streams_count = 1;
    return true;
}

bool local_list_channels(struct call *c, const void *input, void *output)
{
    const kds_list_channels_in_t *in = input;
    kds_list_channels_out_t *out = output;
    const struct local_channels *all = &c->service->channels;
    struct local_token token = {.name = {NULL, 0}};
    size_t most = LIST_CHANNELS_MAX, n = 0;
    if (in->next_token.p != NULL &&
        !local_read_page_token(c, in->next_token, LOCAL_TOKEN_CHANNELS, &token)) {
        return false;
    }
    if (in->has_max_results && in->max_results < LIST_CHANNELS_MAX) {
        most = (size_t)in->max_results;
    }
    kds_channel_summary_t *summaries =
        kds_arena_zero(c->arena, most + 1, sizeof *summaries);
    if (summaries == NULL) {
        return local_out_of_memory(c);
    }
    for (size_t i = local_channels_behind(all, token.name); i < all->count; i++) {
        if (!wanted(in, all->items[i])) {
            continue;
        }
        if (n == most) {
            const struct local_token next = {.kind = LOCAL_TOKEN_CHANNELS,
                                             .name = summaries[n - 1].channel_name};
            out->next_token = local_page_token(c, &next);
            break;
        }
        if (!show_summary(c, all->items[i], &summaries[n++])) {
            return false;
        }
    }
    out->channel_summaries = summaries;
    out->channel_summaries_count = n;
    return true;
}
