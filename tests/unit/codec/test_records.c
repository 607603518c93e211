/*
 * test_records: the records of an answer or an event, as the service writes them and as it might.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"
#include "codec/subscribe_event.h"
#include "model/operations.h"

#include <stdlib.h>
#include <string.h>

#define ROOM ((size_t)64 * 1024 * 1024)

static const struct kds_shape *event_shape(void)
{
    return kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output;
}

/* From a buffer that is exactly as long, and gone before anybody looks at the event. */
static kds_err_t read_event(const char *json,
                            kds_subscribe_to_shard_event_t *event,
                            struct kds_arena *arena)
{
    size_t n = strlen(json);
    uint8_t *payload = malloc(n ? n : 1);
    assert_non_null(payload);
    memcpy(payload, json, n);
    kds_arena_init(arena, ROOM);
    kds_err_t rc = kds_subscribe_event_decode(event_shape(), kds_slice_of(payload, n),
                                              event, arena, NULL);
    free(payload);
    return rc;
}

static void event_is_read_in_any_order_of_its_members(void **state)
{
    static const char json[] =
        "{\"MillisBehindLatest\":5, "
        "\"Records\":[{\"Data\":\"aGk=\",\"PartitionKey\":\"a\\u0000b\","
        "\"SequenceNumber\":\"17\",\"ApproximateArrivalTimestamp\":1.5,\"New\":[{}]},"
        "{\"SequenceNumber\":\"18\",\"Data\":\"\",\"EncryptionType\":null}],"
        "\"ContinuationSequenceNumber\":\"18\",\"Unknown\":{\"a\":[1,2]}}";
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_int_equal(event.records_count, 2);
    assert_int_equal(event.millis_behind_latest, 5);
    assert_true(kds_slice_is(event.continuation_sequence_number, "18"));
    const kds_record_t *r = event.records;
    assert_true(kds_slice_is(r[0].data, "hi"));
    assert_int_equal(r[0].partition_key.n, 3);
    assert_memory_equal(r[0].partition_key.p, "a\0b", 4);
    assert_int_equal(r[0].approximate_arrival_timestamp_ms, 1500);
    assert_null(r[0].encryption_type.p);
    assert_true(kds_slice_is(r[1].sequence_number, "18"));
    assert_non_null(r[1].data.p);
    assert_int_equal(r[1].data.n, 0);
    assert_false(r[1].has_approximate_arrival_timestamp_ms);
    kds_arena_clear(&arena);
}

static void event_at_a_shards_end_names_the_children(void **state)
{
    static const char json[] =
        "{\"Records\":[],\"ContinuationSequenceNumber\":null,\"MillisBehindLatest\":0,"
        "\"ChildShards\":[{\"ShardId\":\"s-1\",\"ParentShards\":[\"s-0\"],"
        "\"HashKeyRange\":{\"StartingHashKey\":\"0\",\"EndingHashKey\":\"7\"}}]}";
    kds_subscribe_to_shard_event_t event;
    struct kds_arena arena;
    (void)state;
    assert_int_equal(read_event(json, &event, &arena), KDS_OK);
    assert_null(event.continuation_sequence_number.p);
    assert_non_null(event.records);
    assert_int_equal(event.records_count, 0);
    assert_int_equal(event.child_shards_count, 1);
    assert_true(kds_slice_is(event.child_shards[0].parent_shards[0], "s-0"));
    assert_true(kds_slice_is(event.child_shards[0].hash_key_range.ending_hash_key, "7"));
    kds_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_is_read_in_any_order_of_its_members),
        cmocka_unit_test(event_at_a_shards_end_names_the_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
