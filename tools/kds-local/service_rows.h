/*
 * service_rows: the service's objects as rows, as its observer is told them and gives them back.
 *
 * A row is a struct with a table of its members, as the API's are; its text is JSON. Unknown members
 * are passed over, so that an older server can read what a newer one wrote.
 */
#ifndef KDS_LOCAL_SERVICE_ROWS_H
#define KDS_LOCAL_SERVICE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/shape.h"
#include "kds/kinesis.h"

struct account_row {
    int64_t last_stream_id, last_channel_id;
    int64_t commitment, started_ms, ended_ms;
};

struct label_row {
    const kds_tag_t *tags;
    size_t tags_count;
    kds_slice_t policy;
};

struct stream_row {
    kds_slice_t name;
    int64_t created_ms, status, ready_us;
    int64_t reshard, reshard_shard, reshard_other, reshard_target;
    kds_slice_t reshard_at;
    bool on_demand, spread;
    int64_t warm_mibps, warm_ready, max_record_bytes, retention_hours, metrics;
    kds_slice_t key_id; /* absent = not encrypted */
    struct label_row labels;
    const double *scalings, *mode_changes, *key_changes; /* microseconds */
    size_t scalings_count, mode_changes_count, key_changes_count;
};

struct shard_row {
    int64_t index, parent, adjacent_parent; /* -1 = none */
    kds_slice_t first, last;
    int64_t created_s, created_ms, closed_ms;
    kds_slice_t starting_sequence, ending_sequence;
    int64_t oldest; /* position of the oldest record that is left */
    int64_t last_arrival_ms;
};

struct consumer_row {
    kds_slice_t name;
    int64_t created_ms, status, ready_us;
    struct label_row labels;
};

struct channel_row {
    int64_t stream, status, ready_us;
    struct label_row labels;
    kds_slice_t description; /* JSON of the API */
};

/** The table of each kind of row, by enum local_object_kind. (lent for ever) */
extern const struct kds_shape *const local_row_shapes[];

#endif /* KDS_LOCAL_SERVICE_ROWS_H */
