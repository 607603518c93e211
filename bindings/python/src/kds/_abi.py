"""The C interface, for ctypes. Written by tools/generate_abi.py from the public headers; do not edit."""
from __future__ import annotations

from ctypes import (Structure, c_bool, c_char, c_char_p, c_double, c_int, c_int16, c_int32, c_int64,
                    c_long, c_size_t, c_uint, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p)
from typing import Any

__all__ = ("c_char", "c_uint8", "c_uint16", "c_int16", "c_int32", "c_long")

KCL_DOING_BACKING_OFF = 5
KCL_DOING_BUDGET = 6
KCL_DOING_CAUGHT_UP = 3
KCL_DOING_ENDING = 11
KCL_DOING_LEAVING = 12
KCL_DOING_NOTHING = 0
KCL_DOING_PACING = 4
KCL_DOING_PROCESSING = 8
KCL_DOING_READING = 2
KCL_DOING_RETRYING = 9
KCL_DOING_STOPPED = 10
KCL_DOING_TAKING = 1
KCL_DOING_UNCONFIRMED = 13
KCL_DOING_UNSERVED = 7
KCL_DONE = 4932428
KCL_EVENT_CHECKPOINT = 4
KCL_EVENT_GAP = 7
KCL_EVENT_LEASES_DELETED = 9
KCL_EVENT_LEASE_GAINED = 1
KCL_EVENT_LEASE_LOST = 2
KCL_EVENT_SHARD_ENDED = 3
KCL_EVENT_SHARD_STOPPED = 5
KCL_EVENT_STUCK = 8
KCL_EVENT_TROUBLE = 6
KCL_FAILED = -1
KCL_PACKED_AGGREGATED = 1
KCL_PACKED_CORRUPT = 2
KCL_TASK_DEAD_LETTER = 6
KCL_TASK_INITIALIZE = 1
KCL_TASK_LEASE_LOST = 5
KCL_TASK_PROCESS = 2
KCL_TASK_SHARD_ENDED = 3
KCL_TASK_SHUTDOWN_REQUESTED = 4
KDS_AGGREGATE_BYTES_DEFAULT = 51200
KDS_AGGREGATE_BYTES_MAX = 10485760
KDS_AGGREGATOR_READY_MAX = 512
KDS_COLUMN_DATA_AT = 7
KDS_COLUMN_DATA_END = 8
KDS_COLUMN_HASH_KEY_AT = 5
KDS_COLUMN_HASH_KEY_END = 6
KDS_COLUMN_KEY_AT = 3
KDS_COLUMN_KEY_END = 4
KDS_COLUMN_KIND = 0
KDS_COLUMN_RECORD = 1
KDS_COLUMN_SUB_SEQUENCE = 2
KDS_DEAGGREGATED_BROKEN = 3
KDS_DEAGGREGATED_COLUMNS = 9
KDS_DEAGGREGATED_END = 0
KDS_DEAGGREGATED_OUTSIDE = 4
KDS_DEAGGREGATED_PLAIN = 2
KDS_DEAGGREGATED_USER = 1
KDS_HTTP_1_1 = 1
KDS_HTTP_2 = 2
KDS_HTTP_DEFAULT = 0
KDS_LOG_DEBUG = 7
KDS_LOG_ERROR = 3
KDS_LOG_INFO = 6
KDS_LOG_NOTICE = 5
KDS_LOG_WARNING = 4
KDS_OK = 0
KDS_PACKED_INPUT_MAX = 67108864
KDS_PERSISTED_MAYBE = 1
KDS_PERSISTED_NO = 0
KDS_PERSISTED_YES = 2
KDS_PROTOCOL_CBOR = 1
KDS_PROTOCOL_JSON = 0
KDS_PROTOCOL_QUERY = 2
KDS_RETRY_ADAPTIVE = 2
KDS_RETRY_DEFAULT = 0
KDS_RETRY_LEGACY = 3
KDS_RETRY_STANDARD = 1
KDS_SERVICE_CLOUDWATCH = 2
KDS_SERVICE_DYNAMODB = 1
KDS_SERVICE_KINESIS = 0
KDS_SERVICE_SSO = 4
KDS_SERVICE_SSO_OIDC = 5
KDS_SERVICE_STS = 3
KDS_SUBSCRIPTION_ACTIVE = 2
KDS_SUBSCRIPTION_FAILED = 2
KDS_SUBSCRIPTION_OVER = 3
KDS_SUBSCRIPTION_RECORDS = 0
KDS_SUBSCRIPTION_SHARD_END = 1
KDS_SUBSCRIPTION_SUBSCRIBING = 1
KDS_SUBSCRIPTION_WAITING = 0
KDS_VERSION_MAJOR = 0
KDS_VERSION_MINOR = 1
KDS_VERSION_PATCH = 0
KDS_WAIT_CHANNEL_ACTIVE = 4
KDS_WAIT_CONSUMER_ACTIVE = 2
KDS_WAIT_CONSUMER_GONE = 3
KDS_WAIT_STREAM_ACTIVE = 0
KDS_WAIT_STREAM_GONE = 1
KDS_WAIT_TABLE_ACTIVE = 5
KDS_WAIT_TABLE_GONE = 6
KPL_ATTEMPTS_KEPT = 8

ERRORS = {
    -1: "INVALID_ARG",
    -2: "TOO_LARGE",
    -3: "CONFIG",
    -4: "CLOSED",
    -5: "FORKED",
    -6: "WOULD_DEADLOCK",
    -7: "STATE",
    -10: "NO_MEMORY",
    -11: "SYSTEM",
    -12: "QUEUE_FULL",
    -13: "TIMED_OUT",
    -14: "CANCELLED",
    -20: "TRANSPORT",
    -21: "TLS",
    -22: "PROTOCOL",
    -30: "CREDENTIALS",
    -40: "SERVICE",
    -41: "THROTTLED",
    -42: "NOT_FOUND",
    -43: "ACCESS_DENIED",
    -44: "REJECTED",
    -45: "IN_USE",
    -46: "EXPIRED_ITERATOR",
    -47: "DRY_RUN",
    -50: "CORRUPT",
    -60: "RECORD_EXPIRED",
    -61: "WRONG_SHARD",
    -70: "LEASE_LOST",
    -71: "CHECKPOINT_RANGE",
    -72: "STORE",
    -73: "STORE_BUSY",
    -74: "STORE_CORRUPT",
    -75: "PROCESSOR",
}


class kds_slice_t(Structure):
    p: Any
    n: Any
    _fields_ = [
        ("p", c_void_p),
        ("n", c_size_t),
    ]


class kds_shard_range_t(Structure):
    first: Any
    last: Any
    _fields_ = [
        ("first", kds_slice_t),
        ("last", kds_slice_t),
    ]


class kds_aggregator_options_t(Structure):
    struct_size: Any
    max_bytes: Any
    max_records: Any
    shards: Any
    shard_count: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("max_bytes", c_size_t),
        ("max_records", c_size_t),
        ("shards", c_void_p),
        ("shard_count", c_size_t),
    ]


class kds_user_record_t(Structure):
    struct_size: Any
    partition_key: Any
    explicit_hash_key: Any
    data: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("data", kds_slice_t),
    ]


class kds_aggregate_t(Structure):
    struct_size: Any
    data: Any
    partition_key: Any
    explicit_hash_key: Any
    shard: Any
    user_records: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("data", kds_slice_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("shard", c_size_t),
        ("user_records", c_size_t),
    ]


class kds_deaggregated_t(Structure):
    struct_size: Any
    kind: Any
    record: Any
    sub_sequence: Any
    partition_key: Any
    explicit_hash_key: Any
    data: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int),
        ("record", c_size_t),
        ("sub_sequence", c_size_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("data", kds_slice_t),
    ]


class kds_client_options_t(Structure):
    struct_size: Any
    region: Any
    endpoint: Any
    access_key_id: Any
    secret_access_key: Any
    session_token: Any
    ca_file: Any
    service: Any
    protocol: Any
    connect_timeout_ms: Any
    request_timeout_ms: Any
    call_timeout_ms: Any
    max_connections: Any
    max_attempts: Any
    log: Any
    log_opaque: Any
    log_level: Any
    retry_mode: Any
    profile: Any
    credentials: Any
    credentials_opaque: Any
    instance_region: Any
    http_version: Any
    proxy: Any
    proxy_user: Any
    proxy_password: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("region", c_char_p),
        ("endpoint", c_char_p),
        ("access_key_id", c_char_p),
        ("secret_access_key", c_char_p),
        ("session_token", c_char_p),
        ("ca_file", c_char_p),
        ("service", c_int),
        ("protocol", c_int),
        ("connect_timeout_ms", c_int64),
        ("request_timeout_ms", c_int64),
        ("call_timeout_ms", c_int64),
        ("max_connections", c_uint32),
        ("max_attempts", c_uint32),
        ("log", c_void_p),
        ("log_opaque", c_void_p),
        ("log_level", c_int),
        ("retry_mode", c_int),
        ("profile", c_char_p),
        ("credentials", c_void_p),
        ("credentials_opaque", c_void_p),
        ("instance_region", c_bool),
        ("http_version", c_int),
        ("proxy", c_char_p),
        ("proxy_user", c_char_p),
        ("proxy_password", c_char_p),
    ]


class kds_call_options_t(Structure):
    struct_size: Any
    call_timeout_ms: Any
    request_timeout_ms: Any
    max_attempts: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("call_timeout_ms", c_int64),
        ("request_timeout_ms", c_int64),
        ("max_attempts", c_uint32),
    ]


class kds_credential_values_t(Structure):
    struct_size: Any
    access_key_id: Any
    secret_access_key: Any
    session_token: Any
    account_id: Any
    expires_at_ms: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("access_key_id", c_char_p),
        ("secret_access_key", c_char_p),
        ("session_token", c_char_p),
        ("account_id", c_char_p),
        ("expires_at_ms", c_int64),
    ]


class kds_err_row_t(Structure):
    name: Any
    code: Any
    text: Any
    _fields_ = [
        ("name", c_char_p),
        ("code", c_int),
        ("text", c_char_p),
    ]


class kds_fanout_options_t(Structure):
    struct_size: Any
    credit_bytes: Any
    max_connections: Any
    connect_timeout_ms: Any
    request_timeout_ms: Any
    silence_timeout_ms: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("credit_bytes", c_uint32),
        ("max_connections", c_uint32),
        ("connect_timeout_ms", c_int64),
        ("request_timeout_ms", c_int64),
        ("silence_timeout_ms", c_int64),
    ]


class kds_subscription_event_t(Structure):
    kind: Any
    subscription: Any
    opaque: Any
    data: Any
    error: Any
    generation: Any
    credit_bytes: Any
    _fields_ = [
        ("kind", c_int),
        ("subscription", c_void_p),
        ("opaque", c_void_p),
        ("data", c_void_p),
        ("error", c_void_p),
        ("generation", c_uint32),
        ("credit_bytes", c_size_t),
    ]


class kds_subscription_options_t(Structure):
    struct_size: Any
    consumer_arn: Any
    shard_id: Any
    start: Any
    on_event: Any
    opaque: Any
    credit_bytes: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("consumer_arn", c_char_p),
        ("shard_id", c_char_p),
        ("start", c_void_p),
        ("on_event", c_void_p),
        ("opaque", c_void_p),
        ("credit_bytes", c_uint32),
    ]


class kds_subscription_status_t(Structure):
    struct_size: Any
    state: Any
    generation: Any
    events: Any
    records: Any
    bytes: Any
    interruptions: Any
    ignored: Any
    held_bytes: Any
    millis_behind_latest: Any
    sequence_number: Any
    problem: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("state", c_int),
        ("generation", c_uint32),
        ("events", c_uint64),
        ("records", c_uint64),
        ("bytes", c_uint64),
        ("interruptions", c_uint64),
        ("ignored", c_uint64),
        ("held_bytes", c_size_t),
        ("millis_behind_latest", c_int64),
        ("sequence_number", c_char * 132),
        ("problem", c_char * 256),
    ]


class kds_fanout_status_t(Structure):
    struct_size: Any
    subscriptions: Any
    connections: Any
    streams: Any
    waiting: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("subscriptions", c_uint),
        ("connections", c_uint),
        ("streams", c_uint),
        ("waiting", c_uint),
    ]


class kds_fanout_consumer_t(Structure):
    arn: Any
    registered: Any
    _fields_ = [
        ("arn", c_char * 2049),
        ("registered", c_bool),
    ]


class kds_wait_options_t(Structure):
    struct_size: Any
    interval_ms: Any
    timeout_ms: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("interval_ms", c_int64),
        ("timeout_ms", c_int64),
    ]


class kpl_column_t(Structure):
    bytes: Any
    lengths: Any
    _fields_ = [
        ("bytes", kds_slice_t),
        ("lengths", c_void_p),
    ]


class kpl_columns_t(Structure):
    struct_size: Any
    count: Any
    stream: Any
    keys: Any
    data: Any
    explicit_hash_keys: Any
    first_tag: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("count", c_size_t),
        ("stream", kds_slice_t),
        ("keys", kpl_column_t),
        ("data", kpl_column_t),
        ("explicit_hash_keys", kpl_column_t),
        ("first_tag", c_uint64),
    ]


class kpl_outcome_t(Structure):
    tag: Any
    text_at: Any
    subsequence_number: Any
    latency_us: Any
    code: Any
    persisted: Any
    attempt_count: Any
    shard_id_n: Any
    sequence_number_n: Any
    stream_n: Any
    key_n: Any
    hash_key_n: Any
    data_n: Any
    service_code_n: Any
    message_n: Any
    reserved: Any
    _fields_ = [
        ("tag", c_uint64),
        ("text_at", c_uint64),
        ("subsequence_number", c_int64),
        ("latency_us", c_int64),
        ("code", c_int32),
        ("persisted", c_int32),
        ("attempt_count", c_uint32),
        ("shard_id_n", c_uint32),
        ("sequence_number_n", c_uint32),
        ("stream_n", c_uint32),
        ("key_n", c_uint32),
        ("hash_key_n", c_uint32),
        ("data_n", c_uint32),
        ("service_code_n", c_uint32),
        ("message_n", c_uint32),
        ("reserved", c_uint32),
    ]


class kpl_block_t(Structure):
    struct_size: Any
    rows: Any
    count: Any
    text: Any
    stored: Any
    lost: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("rows", c_void_p),
        ("count", c_size_t),
        ("text", kds_slice_t),
        ("stored", c_uint64),
        ("lost", c_uint64),
    ]


class kpl_record_t(Structure):
    struct_size: Any
    stream: Any
    partition_key: Any
    explicit_hash_key: Any
    data: Any
    tag: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("stream", kds_slice_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("data", kds_slice_t),
        ("tag", c_void_p),
    ]


class kpl_stats_t(Structure):
    struct_size: Any
    user_records_accepted: Any
    user_records_succeeded: Any
    user_records_failed: Any
    user_records_outstanding: Any
    user_bytes: Any
    kinesis_records: Any
    kinesis_bytes: Any
    requests: Any
    entries: Any
    entries_failed: Any
    entries_throttled: Any
    wrong_shard: Any
    shard_maps: Any
    buffered_bytes: Any
    latency_p50_us: Any
    latency_p99_us: Any
    user_records_expired: Any
    retries: Any
    spooled_records: Any
    spool_waiting: Any
    spool_recovered: Any
    spool_bytes: Any
    spool_refusals: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("user_records_accepted", c_uint64),
        ("user_records_succeeded", c_uint64),
        ("user_records_failed", c_uint64),
        ("user_records_outstanding", c_uint64),
        ("user_bytes", c_uint64),
        ("kinesis_records", c_uint64),
        ("kinesis_bytes", c_uint64),
        ("requests", c_uint64),
        ("entries", c_uint64),
        ("entries_failed", c_uint64),
        ("entries_throttled", c_uint64),
        ("wrong_shard", c_uint64),
        ("shard_maps", c_uint64),
        ("buffered_bytes", c_uint64),
        ("latency_p50_us", c_int64),
        ("latency_p99_us", c_int64),
        ("user_records_expired", c_uint64),
        ("retries", c_uint64),
        ("spooled_records", c_uint64),
        ("spool_waiting", c_uint64),
        ("spool_recovered", c_uint64),
        ("spool_bytes", c_uint64),
        ("spool_refusals", c_uint64),
    ]


class kpl_attempt_t(Structure):
    delay_us: Any
    duration_us: Any
    code: Any
    service_code: Any
    message: Any
    _fields_ = [
        ("delay_us", c_int64),
        ("duration_us", c_int64),
        ("code", c_int),
        ("service_code", kds_slice_t),
        ("message", kds_slice_t),
    ]


class kpl_result_t(Structure):
    struct_size: Any
    code: Any
    persisted: Any
    tag: Any
    stream: Any
    partition_key: Any
    explicit_hash_key: Any
    data: Any
    shard_id: Any
    sequence_number: Any
    subsequence_number: Any
    attempt_count: Any
    attempts: Any
    attempts_kept: Any
    service_code: Any
    message: Any
    latency_us: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("code", c_int),
        ("persisted", c_int),
        ("tag", c_void_p),
        ("stream", kds_slice_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("data", kds_slice_t),
        ("shard_id", kds_slice_t),
        ("sequence_number", kds_slice_t),
        ("subsequence_number", c_int64),
        ("attempt_count", c_uint),
        ("attempts", c_void_p),
        ("attempts_kept", c_size_t),
        ("service_code", kds_slice_t),
        ("message", kds_slice_t),
        ("latency_us", c_int64),
    ]


class kcl_record_t(Structure):
    data: Any
    partition_key: Any
    explicit_hash_key: Any
    sequence_number: Any
    subsequence_number: Any
    arrival_ms: Any
    aggregated: Any
    corrupt: Any
    _fields_ = [
        ("data", kds_slice_t),
        ("partition_key", kds_slice_t),
        ("explicit_hash_key", kds_slice_t),
        ("sequence_number", kds_slice_t),
        ("subsequence_number", c_int64),
        ("arrival_ms", c_int64),
        ("aggregated", c_bool),
        ("corrupt", c_bool),
    ]


class kcl_batch_t(Structure):
    struct_size: Any
    shard_id: Any
    records: Any
    count: Any
    millis_behind_latest: Any
    attempt: Any
    state: Any
    stream: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("shard_id", c_char_p),
        ("records", c_void_p),
        ("count", c_size_t),
        ("millis_behind_latest", c_int64),
        ("attempt", c_uint),
        ("state", c_void_p),
        ("stream", c_char_p),
    ]


class kcl_packed_record_t(Structure):
    data_at: Any
    key_at: Any
    hash_at: Any
    sequence_at: Any
    data_len: Any
    key_len: Any
    hash_len: Any
    sequence_len: Any
    subsequence_number: Any
    arrival_ms: Any
    flags: Any
    reserved: Any
    _fields_ = [
        ("data_at", c_uint64),
        ("key_at", c_uint64),
        ("hash_at", c_uint64),
        ("sequence_at", c_uint64),
        ("data_len", c_uint32),
        ("key_len", c_uint32),
        ("hash_len", c_uint32),
        ("sequence_len", c_uint32),
        ("subsequence_number", c_int64),
        ("arrival_ms", c_int64),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class kcl_stats_t(Structure):
    struct_size: Any
    user_records: Any
    user_bytes: Any
    kinesis_records: Any
    corrupt_records: Any
    foreign_records: Any
    get_records_calls: Any
    processor_failures: Any
    checkpoints: Any
    leases_held: Any
    shards_stopped: Any
    millis_behind_latest: Any
    idle_us: Any
    repeated_records: Any
    dead_letters: Any
    gaps: Any
    throttled: Any
    failed_calls: Any
    expired_iterators: Any
    subscriptions: Any
    buffered_bytes: Any
    stuck_processors: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("user_records", c_uint64),
        ("user_bytes", c_uint64),
        ("kinesis_records", c_uint64),
        ("corrupt_records", c_uint64),
        ("foreign_records", c_uint64),
        ("get_records_calls", c_uint64),
        ("processor_failures", c_uint64),
        ("checkpoints", c_uint64),
        ("leases_held", c_uint64),
        ("shards_stopped", c_uint64),
        ("millis_behind_latest", c_int64),
        ("idle_us", c_int64),
        ("repeated_records", c_uint64),
        ("dead_letters", c_uint64),
        ("gaps", c_uint64),
        ("throttled", c_uint64),
        ("failed_calls", c_uint64),
        ("expired_iterators", c_uint64),
        ("subscriptions", c_uint64),
        ("buffered_bytes", c_uint64),
        ("stuck_processors", c_uint64),
    ]


class kcl_shard_status_t(Structure):
    stream: Any
    shard_id: Any
    doing: Any
    doing_for_ms: Any
    behind_ms: Any
    user_records: Any
    user_bytes: Any
    buffered_bytes: Any
    failures: Any
    attempts: Any
    checkpoint: Any
    checkpoint_sub: Any
    trouble: Any
    _fields_ = [
        ("stream", c_char * 168),
        ("shard_id", c_char * 136),
        ("doing", c_int),
        ("doing_for_ms", c_int64),
        ("behind_ms", c_int64),
        ("user_records", c_uint64),
        ("user_bytes", c_uint64),
        ("buffered_bytes", c_uint64),
        ("failures", c_uint64),
        ("attempts", c_uint64),
        ("checkpoint", c_char * 136),
        ("checkpoint_sub", c_int64),
        ("trouble", c_char * 160),
    ]


class kcl_task_t(Structure):
    struct_size: Any
    id: Any
    kind: Any
    stream: Any
    shard_id: Any
    state: Any
    batch: Any
    sequence_number: Any
    subsequence_number: Any
    prepared_sequence_number: Any
    prepared_subsequence_number: Any
    prepared_state: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("id", c_uint64),
        ("kind", c_int),
        ("stream", c_char_p),
        ("shard_id", c_char_p),
        ("state", c_void_p),
        ("batch", kcl_batch_t),
        ("sequence_number", c_char_p),
        ("subsequence_number", c_int64),
        ("prepared_sequence_number", c_char_p),
        ("prepared_subsequence_number", c_int64),
        ("prepared_state", kds_slice_t),
    ]


class kcl_event_t(Structure):
    struct_size: Any
    kind: Any
    shard_id: Any
    sequence_number: Any
    subsequence_number: Any
    message: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int),
        ("shard_id", c_char_p),
        ("sequence_number", c_char_p),
        ("subsequence_number", c_int64),
        ("message", c_char_p),
    ]


class kcl_processor_t(Structure):
    struct_size: Any
    process: Any
    shard_ended: Any
    event: Any
    initialize: Any
    shutdown_requested: Any
    lease_lost: Any
    dead_letter: Any
    _fields_ = [
        ("struct_size", c_size_t),
        ("process", c_void_p),
        ("shard_ended", c_void_p),
        ("event", c_void_p),
        ("initialize", c_void_p),
        ("shutdown_requested", c_void_p),
        ("lease_lost", c_void_p),
        ("dead_letter", c_void_p),
    ]


STRUCTS = (
    kds_slice_t,
    kds_shard_range_t,
    kds_aggregator_options_t,
    kds_user_record_t,
    kds_aggregate_t,
    kds_deaggregated_t,
    kds_client_options_t,
    kds_call_options_t,
    kds_credential_values_t,
    kds_err_row_t,
    kds_fanout_options_t,
    kds_subscription_event_t,
    kds_subscription_options_t,
    kds_subscription_status_t,
    kds_fanout_status_t,
    kds_fanout_consumer_t,
    kds_wait_options_t,
    kpl_column_t,
    kpl_columns_t,
    kpl_outcome_t,
    kpl_block_t,
    kpl_record_t,
    kpl_stats_t,
    kpl_attempt_t,
    kpl_result_t,
    kcl_record_t,
    kcl_batch_t,
    kcl_packed_record_t,
    kcl_stats_t,
    kcl_shard_status_t,
    kcl_task_t,
    kcl_event_t,
    kcl_processor_t,
)

FUNCTIONS: dict[str, dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "kds-api": {
        "kds_aggregator_add": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_aggregator_add_packed": (c_int, (c_void_p, kds_slice_t, c_void_p, c_size_t, c_void_p, c_void_p)),
        "kds_aggregator_flush": (c_int, (c_void_p, c_void_p)),
        "kds_aggregator_free": (None, (c_void_p,)),
        "kds_aggregator_new": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_aggregator_open_records": (c_size_t, (c_void_p,)),
        "kds_aggregator_take": (c_int, (c_void_p, c_void_p)),
        "kds_client_call": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_client_free": (None, (c_void_p,)),
        "kds_client_new": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_client_start": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_credentials_give": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_deaggregator_free": (None, (c_void_p,)),
        "kds_deaggregator_new": (c_void_p, ()),
        "kds_deaggregator_next": (c_int, (c_void_p, c_void_p)),
        "kds_deaggregator_open": (c_int, (c_void_p, c_void_p, c_size_t, c_void_p, c_void_p)),
        "kds_deaggregator_open_packed": (c_int, (c_void_p, kds_slice_t, c_void_p, c_size_t, c_void_p, c_void_p)),
        "kds_deaggregator_read_packed": (c_int, (c_void_p, c_void_p, c_size_t, c_void_p)),
        "kds_err_name": (c_char_p, (c_int,)),
        "kds_err_table": (c_void_p, (c_void_p,)),
        "kds_err_text": (c_char_p, (c_int,)),
        "kds_error_attempts": (c_uint, (c_void_p,)),
        "kds_error_body": (c_void_p, (c_void_p,)),
        "kds_error_code": (c_int, (c_void_p,)),
        "kds_error_free": (None, (c_void_p,)),
        "kds_error_http_status": (c_int, (c_void_p,)),
        "kds_error_message": (c_char_p, (c_void_p,)),
        "kds_error_persisted": (c_int, (c_void_p,)),
        "kds_error_request_id": (c_char_p, (c_void_p,)),
        "kds_error_request_id_2": (c_char_p, (c_void_p,)),
        "kds_error_retryable": (c_bool, (c_void_p,)),
        "kds_error_service_code": (c_char_p, (c_void_p,)),
        "kds_fanout_find_consumer": (c_int, (c_void_p, c_char_p, c_char_p, c_int64, c_void_p, c_void_p)),
        "kds_fanout_free": (None, (c_void_p,)),
        "kds_fanout_get_status": (c_int, (c_void_p, c_void_p)),
        "kds_fanout_new": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_log_queue_add": (None, (c_int, c_char_p, c_char_p, c_void_p)),
        "kds_log_queue_fd": (c_int, (c_void_p,)),
        "kds_log_queue_free": (None, (c_void_p,)),
        "kds_log_queue_new": (c_void_p, (c_size_t,)),
        "kds_log_queue_take": (kds_slice_t, (c_void_p,)),
        "kds_operation_find": (c_void_p, (c_char_p,)),
        "kds_operation_find_in": (c_void_p, (c_int, c_char_p)),
        "kds_output_free": (None, (c_void_p,)),
        "kds_output_request_id": (c_char_p, (c_void_p,)),
        "kds_packed_end": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_packed_fd": (c_int, (c_void_p,)),
        "kds_packed_free": (None, (c_void_p,)),
        "kds_packed_start": (c_int, (c_void_p, c_void_p, kds_slice_t, c_void_p, c_void_p, c_void_p)),
        "kds_packed_subscribe": (c_int, (c_void_p, c_char_p, c_char_p, kds_slice_t, c_void_p, c_void_p)),
        "kds_packed_subscription_fd": (c_int, (c_void_p,)),
        "kds_packed_subscription_free": (None, (c_void_p,)),
        "kds_packed_subscription_next": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_pages_free": (None, (c_void_p,)),
        "kds_pages_new": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_pages_next": (c_int, (c_void_p, c_void_p, c_void_p)),
        "kds_record_fault": (c_char_p, (c_void_p,)),
        "kds_slice": (kds_slice_t, (c_char_p,)),
        "kds_subscribe": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p)),
        "kds_subscription_cancel": (None, (c_void_p,)),
        "kds_subscription_free": (None, (c_void_p,)),
        "kds_subscription_get_status": (c_int, (c_void_p, c_void_p)),
        "kds_subscription_next": (c_int, (c_void_p, c_int64, c_void_p, c_void_p)),
        "kds_subscription_release": (None, (c_void_p,)),
        "kds_version": (c_uint, ()),
        "kds_version_text": (c_char_p, ()),
        "kds_wait": (c_int, (c_void_p, c_int, c_void_p, c_void_p, c_void_p)),
    },
    "kpl": {
        "kpl_close": (c_int, (c_void_p, c_int64, c_void_p)),
        "kpl_conf_document": (c_void_p, ()),
        "kpl_conf_free": (None, (c_void_p,)),
        "kpl_conf_get": (c_int, (c_void_p, c_char_p, c_void_p, c_size_t, c_void_p)),
        "kpl_conf_load": (c_int, (c_void_p, c_char_p, c_void_p)),
        "kpl_conf_new": (c_void_p, ()),
        "kpl_conf_set": (c_int, (c_void_p, c_char_p, c_char_p, c_void_p)),
        "kpl_conf_set_log": (None, (c_void_p, c_void_p, c_void_p, c_int)),
        "kpl_conf_set_low_water": (None, (c_void_p, c_void_p, c_void_p)),
        "kpl_fd": (c_int, (c_void_p,)),
        "kpl_flush": (c_int, (c_void_p, c_int64, c_void_p)),
        "kpl_metrics_document": (c_void_p, ()),
        "kpl_outcomes_add": (None, (c_void_p, c_size_t, c_void_p)),
        "kpl_outcomes_fd": (c_int, (c_void_p,)),
        "kpl_outcomes_free": (None, (c_void_p,)),
        "kpl_outcomes_new": (c_void_p, (c_size_t,)),
        "kpl_outcomes_take": (None, (c_void_p, c_void_p)),
        "kpl_outcomes_unbound": (None, (c_void_p,)),
        "kpl_poll": (c_size_t, (c_void_p, c_int64)),
        "kpl_producer_free": (None, (c_void_p,)),
        "kpl_producer_metrics_json": (c_void_p, (c_void_p,)),
        "kpl_producer_metrics_prometheus": (c_void_p, (c_void_p, c_bool)),
        "kpl_producer_new": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
        "kpl_producer_stats": (None, (c_void_p, c_void_p)),
        "kpl_put": (c_int, (c_void_p, c_void_p, c_int64, c_void_p)),
        "kpl_put_bytes": (c_int, (c_void_p, c_char_p, c_void_p, c_size_t)),
        "kpl_put_many": (c_int, (c_void_p, c_void_p, c_size_t, c_int64, c_void_p, c_void_p)),
        "kpl_put_packed": (c_int, (c_void_p, c_void_p, c_int64, c_void_p, c_void_p)),
        "kpl_text_free": (None, (c_void_p,)),
    },
    "kcl": {
        "kcl_batch_pack": (c_int, (c_void_p, c_void_p, c_size_t)),
        "kcl_batch_packed_size": (c_size_t, (c_void_p,)),
        "kcl_checkpoint": (c_int, (c_void_p, c_void_p)),
        "kcl_checkpoint_prepare": (c_int, (c_void_p, c_void_p, kds_slice_t)),
        "kcl_conf_document": (c_void_p, ()),
        "kcl_conf_free": (None, (c_void_p,)),
        "kcl_conf_get": (c_int, (c_void_p, c_char_p, c_void_p, c_size_t, c_void_p)),
        "kcl_conf_load": (c_int, (c_void_p, c_char_p, c_void_p)),
        "kcl_conf_new": (c_void_p, ()),
        "kcl_conf_set": (c_int, (c_void_p, c_char_p, c_char_p, c_void_p)),
        "kcl_conf_set_log": (None, (c_void_p, c_void_p, c_void_p, c_int)),
        "kcl_doing_name": (c_char_p, (c_int,)),
        "kcl_metrics_document": (c_void_p, ()),
        "kcl_text_free": (None, (c_void_p,)),
        "kcl_worker_attach": (None, (c_void_p, c_void_p, c_void_p)),
        "kcl_worker_checkpoint": (c_int, (c_void_p, c_char_p, c_char_p, kds_slice_t, c_int64)),
        "kcl_worker_failure": (c_int, (c_void_p, c_void_p)),
        "kcl_worker_fd": (c_int, (c_void_p,)),
        "kcl_worker_finish": (c_int, (c_void_p, c_void_p, c_int)),
        "kcl_worker_free": (None, (c_void_p,)),
        "kcl_worker_metrics_json": (c_void_p, (c_void_p,)),
        "kcl_worker_metrics_prometheus": (c_void_p, (c_void_p, c_bool)),
        "kcl_worker_new": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
        "kcl_worker_next": (c_int, (c_void_p, c_int64, c_void_p, c_void_p)),
        "kcl_worker_prepare": (c_int, (c_void_p, c_char_p, c_char_p, kds_slice_t, c_int64, kds_slice_t)),
        "kcl_worker_resume": (c_int, (c_void_p, c_char_p, c_char_p)),
        "kcl_worker_shards": (c_size_t, (c_void_p, c_size_t, c_void_p, c_size_t)),
        "kcl_worker_start": (c_int, (c_void_p, c_void_p)),
        "kcl_worker_stats": (None, (c_void_p, c_void_p)),
        "kcl_worker_stop": (c_int, (c_void_p, c_int64, c_void_p)),
    },
}
