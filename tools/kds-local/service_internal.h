/*
 * service_internal: what the parts of the service share. service.c finds and dispatches,
 * service_life.c lets time pass, service_tell.c tells the observer; each of the others has the
 * operations of one theme. Only the service's files include it.
 */
#ifndef KDS_LOCAL_SERVICE_INTERNAL_H
#define KDS_LOCAL_SERVICE_INTERNAL_H

#include "base/buf.h"
#include "channels.h"
#include "consumers.h"
#include "iterator.h"
#include "service.h"

#define LOCAL_NOT_FOUND    "ResourceNotFoundException"
#define LOCAL_BAD_ARGUMENT "InvalidArgumentException"
#define LOCAL_IN_USE       "ResourceInUseException"
#define LOCAL_TOO_MANY     "LimitExceededException"
#define LOCAL_INVALID      "ValidationException"
#define LOCAL_THROTTLED    "ProvisionedThroughputExceededException"

#define LOCAL_CREATING_MAX   5  /* streams of the account, consumers of a stream */
#define LOCAL_SPREAD_SHARDS  4  /* an on-demand stream begins with */
#define LOCAL_ON_DEMAND_MAX  50 /* streams of the account */
#define LOCAL_CHANNELS_MAX   100
#define LOCAL_WARM_MIBPS_MAX 10240
#define LOCAL_SCALINGS_MAX   10 /* UpdateShardCount in 24 hours */
#define LOCAL_MODES_MAX      2  /* UpdateStreamMode in 24 hours */
#define LOCAL_KEY_CHANGE_MAX 25 /* encryption changes in 24 hours */

#define LOCAL_ROW_BYTES_MAX ((size_t)4 * 1024 * 1024)

enum local_commitment_status {
    LOCAL_UNCOMMITTED,
    LOCAL_COMMITTED,
    LOCAL_COMMITTED_UNTIL /* it ends, but must last a while yet */
};

/* The account's commitment to a minimum of throughput. */
struct local_commitment {
    enum local_commitment_status status;
    int64_t started_ms; /* -1 = never */
    int64_t ended_ms;   /* -1 = not yet */
};

struct local_service {
    struct local_service_options options;
    char region[64], account[16];
    uint64_t secret;
    uint64_t last_stream_id, last_channel_id, serial;
    struct local_stream **streams; /* in order of their names */
    struct local_stream **by_id;   /* the same ones */
    size_t stream_count, stream_capacity;
    struct local_channels channels;
    struct local_commitment commitment;
    struct local_bucket rates[KDS_OP_COUNT];
    int64_t next_event_us, next_sweep_us;
    int64_t record_bytes;                  /* memory that all records take */
    const struct local_observer *observer; /* NULL = nobody wants to know */
    struct kds_buf row;                    /* what it is told */
    bool told;                             /* something since the last commit */
    bool broken;                           /* the observer failed */
};

/* What one call carries through its helpers. */
struct call {
    struct local_service *service;
    int64_t now_us, now_ms;
    enum kds_operation_id operation;
    struct kds_arena *arena;
    struct local_fault *fault;
    struct local_subscription *subscription; /* NULL: nobody serves one */
};

/* ---- errors: they set the fault and return false ------------------------------------------ */

bool local_refuse(struct call *c, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool local_out_of_memory(struct call *c);
/* An enumeration's member: "STANDARD|GLACIER"; absent is another's affair. */
bool local_one_of(struct call *c, kds_slice_t value, const char *member, const char *set);
/* The end of a dry run, if this is one. */
bool local_not_dry(struct call *c, bool has_dry_run, bool dry_run);

/* ---- finding; NULL if it is not there, named_*() with the fault set ----------------------- */

struct local_stream *local_find_stream(struct local_service *s, kds_slice_t name);
struct local_stream *local_find_stream_id(struct local_service *s, uint64_t id);
struct local_stream *
local_named_stream(struct call *c, kds_slice_t name, kds_slice_t arn);
/* One that data can be put into and read from. */
struct local_stream *local_live_stream(struct call *c, kds_slice_t name, kds_slice_t arn);
/* One that is ACTIVE, as nearly every change requires. */
struct local_stream *
local_active_stream(struct call *c, kds_slice_t name, kds_slice_t arn);
bool local_needs_active(struct call *c, const struct local_stream *stream);
struct local_shard *
local_named_shard(struct call *c, struct local_stream *stream, kds_slice_t id);
bool local_insert_stream(struct local_service *s, struct local_stream *stream);
void local_remove_stream(struct local_service *s, struct local_stream *stream);

/* What an ARN names. */
struct local_resource {
    struct local_stream *stream;     /* of STREAM and CONSUMER */
    struct local_consumer *consumer; /* of CONSUMER */
    struct local_channel *channel;   /* of CHANNEL; then the two others are NULL */
    struct local_labels *labels;
};

bool local_named_resource(struct call *c, kds_slice_t arn, struct local_resource *out);
/* A stream among them must be ACTIVE. */
bool local_changeable_resource(struct call *c,
                               kds_slice_t arn,
                               struct local_resource *out);
struct local_channel *local_named_channel(struct call *c, kds_slice_t arn);

/* ---- limits ------------------------------------------------------------------------------- */

/* Calls per second: of the account, and once the stream is known, of the stream. */
bool local_rate_of_account(struct call *c);
bool local_rate_of_stream(struct call *c, struct local_stream *stream);
size_t local_open_shards(const struct local_service *s);
int64_t local_shard_limit(const struct local_service *s);
bool local_account_has_room(struct call *c, int64_t more);
/* Whether a stream may have so many shards, open ones and all. */
bool local_shards_fit(struct call *c,
                      const struct local_stream *stream,
                      size_t open,
                      size_t kept);
bool local_scale_fits(struct call *c, const struct local_stream *stream, size_t target);
/* Whether a change that is counted per day is allowed. */
bool local_day_has_room(struct call *c, const struct local_window *w, size_t most);

/* ---- time --------------------------------------------------------------------------------- */

/* Let happen what is due by now. */
void local_let_pass(struct local_service *s, int64_t now_us);
/* Let a stream be CREATING, UPDATING or DELETING for as long as that takes. */
void local_stream_becomes(struct local_service *s,
                          struct local_stream *stream,
                          enum local_status status,
                          int64_t now_us);
void local_consumer_becomes(struct local_service *s,
                            struct local_stream *stream,
                            struct local_consumer *consumer,
                            enum local_status status,
                            int64_t now_us);
void local_channel_becomes(struct local_service *s,
                           struct local_channel *channel,
                           enum local_status status,
                           int64_t now_us);
/* Forget what of this shard is too old. */
void local_trim(struct local_service *s,
                struct local_stream *stream,
                struct local_shard *shard,
                int64_t now_us);
/* Forget what of this stream is too old, shards and records. */
void local_sweep_stream(struct local_service *s,
                        struct local_stream *stream,
                        int64_t now_us);
/* The commitment as it is now. */
void local_settle_commitment(struct local_service *s, int64_t now_ms);
bool local_is_committed(const struct local_service *s);
/* Set next_event_us after objects were put back. */
void local_plan_events(struct local_service *s);

/* ---- telling the observer (service_tell.c) ------------------------------------------------ */

void local_tell_account(struct local_service *s);
void local_tell_stream(struct local_service *s, const struct local_stream *stream);
void local_tell_shard(struct local_service *s,
                      const struct local_stream *stream,
                      const struct local_shard *shard);
void local_tell_consumer(struct local_service *s,
                         const struct local_stream *stream,
                         const struct local_consumer *consumer);
void local_tell_channel(struct local_service *s, const struct local_channel *channel);
void local_tell_gone(struct local_service *s,
                     enum local_object_kind kind,
                     uint64_t stream,
                     kds_slice_t name);
void local_tell_record(struct local_service *s,
                       const struct local_stream *stream,
                       const struct local_shard *shard,
                       uint64_t position,
                       const struct local_record *record);
void local_tell_trimmed(struct local_service *s,
                        const struct local_stream *stream,
                        const struct local_shard *shard);

/* ---- showing; text lives in the call's arena ---------------------------------------------- */

kds_slice_t local_format(struct call *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
kds_slice_t local_arn_of(struct call *c, const struct local_stream *stream);
kds_slice_t local_hash_text(struct call *c, kds_u128_t v);
kds_slice_t local_encryption_of(const struct local_stream *stream);
void local_show_shard(struct call *c, const struct local_shard *shard, kds_shard_t *out);
const kds_stream_mode_details_t *local_mode_of(const struct local_stream *stream);
/* Names of metrics of these bits; NULL when out of memory. */
const kds_slice_t *local_metrics(struct call *c, unsigned metrics, size_t *count);

/* What GetRecords and SubscribeToShard show: records from @p position on, at most so many, and bytes of
 * them unless it is one. @p bytes  receives what they are */
bool local_show_records(struct call *c,
                        const struct local_shard *shard,
                        size_t position,
                        size_t most,
                        size_t max_bytes,
                        const kds_record_t **out,
                        size_t *count,
                        size_t *bytes);
/* The shards that were made out of @p shard. */
bool local_show_children(struct call *c,
                         const struct local_stream *stream,
                         const struct local_shard *shard,
                         const kds_child_shard_t **out,
                         size_t *count);

/* ---- subscriptions (service_subscribe.c) -------------------------------------------------- */

/* Let c->subscription read from there, if the rules of subscriptions allow it. */
bool local_start_reading(struct call *c,
                         struct local_stream *stream,
                         struct local_shard *shard,
                         struct local_consumer *consumer,
                         size_t position);
/* There is something new in this shard; in any of this stream. */
void local_wake_readers(struct local_shard *shard);
void local_wake_all_readers(struct local_stream *stream);
/* This shard goes, or this consumer. */
void local_orphan_readers(struct local_shard *shard,
                          const struct local_consumer *consumer);
void local_orphan_consumer(struct local_stream *stream,
                           const struct local_consumer *consumer);
/* local_service_call() for one who can serve a subscription. */
bool local_service_run(struct local_service *s,
                       int64_t now_us,
                       enum kds_operation_id operation,
                       const void *input,
                       void *output,
                       struct kds_arena *arena,
                       struct local_fault *fault,
                       struct local_subscription *subscription);

/* ---- tokens of pages ---------------------------------------------------------------------- */

kds_slice_t local_page_token(struct call *c, const struct local_token *token);
/* Some clients put an iterator into quotes once more; the service takes that. */
kds_slice_t local_unquoted(kds_slice_t text);
/* false with the fault set: not one of this kind, or too old. */
bool local_read_page_token(struct call *c,
                           kds_slice_t text,
                           enum local_token_kind kind,
                           struct local_token *out);

/* ---- the operations: input and output are the structs of kds/kinesis.h -------------------- */

typedef bool(local_operation_fn)(struct call *c, const void *input, void *output);

/* service_streams.c */
local_operation_fn local_create_stream;
local_operation_fn local_delete_stream;
local_operation_fn local_describe_stream;
local_operation_fn local_describe_summary;
local_operation_fn local_list_streams;
/* service_shards.c */
local_operation_fn local_list_shards;
local_operation_fn local_split_shard;
local_operation_fn local_merge_shards;
local_operation_fn local_update_shard_count;
/* service_put.c */
local_operation_fn local_put_record;
local_operation_fn local_put_records;
/* service_get.c */
local_operation_fn local_get_shard_iterator;
local_operation_fn local_get_records;
local_operation_fn local_subscribe_to_shard;
/* service_settings.c */
local_operation_fn local_increase_retention;
local_operation_fn local_decrease_retention;
local_operation_fn local_enable_monitoring;
local_operation_fn local_disable_monitoring;
local_operation_fn local_start_encryption;
local_operation_fn local_stop_encryption;
local_operation_fn local_update_mode;
local_operation_fn local_update_warm;
local_operation_fn local_update_record_size;
local_operation_fn local_update_strategy;
/* service_account.c */
local_operation_fn local_describe_limits;
local_operation_fn local_describe_account;
local_operation_fn local_update_account;
/* service_labels.c */
local_operation_fn local_add_tags;
local_operation_fn local_remove_tags;
local_operation_fn local_list_tags;
local_operation_fn local_tag_resource;
local_operation_fn local_untag_resource;
local_operation_fn local_list_resource_tags;
local_operation_fn local_put_policy;
local_operation_fn local_get_policy;
local_operation_fn local_delete_policy;
/* service_consumers.c */
local_operation_fn local_register_consumer;
local_operation_fn local_deregister_consumer;
local_operation_fn local_describe_consumer;
local_operation_fn local_list_consumers;
/* service_channels.c */
local_operation_fn local_create_channel;
local_operation_fn local_describe_channel;
local_operation_fn local_list_channels;
local_operation_fn local_update_channel;
local_operation_fn local_delete_channel;

/* Used by more than one theme. */
int64_t local_warm_shards(int64_t mibps);
bool local_check_tags(struct call *c,
                      const struct local_labels *labels,
                      const kds_tag_t *tags,
                      size_t count);

#endif /* KDS_LOCAL_SERVICE_INTERNAL_H */
