/*
 * fuzz_service_rows: what a file of the store may hold: a line for each row. `KIND STREAM NAME JSON` is an
 * object, `r STREAM SHARD POSITION SEQUENCE` a record. What is accepted must then serve calls.
 */
#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static kds_slice_t cut(kds_slice_t *text, uint8_t at)
{
    size_t n = kds_slice_find(*text, at);
    kds_slice_t part = kds_slice_of(text->p, n);
    size_t gone = n < text->n ? n + 1 : n;
    *text = kds_slice_of(text->p + gone, text->n - gone);
    return part;
}

static uint64_t number(kds_slice_t *line)
{
    uint64_t v = 0;
    kds_parse_u64(cut(line, ' '), &v);
    return v;
}

static bool put_back(struct local_service *service, kds_slice_t line)
{
    if (line.n > 1 && line.p[0] == 'r') {
        struct local_record record = {.arrival_ms = INT64_C(1790000000000),
                                      .data = kds_slice("data")};
        cut(&line, ' ');
        uint64_t stream = number(&line), shard = number(&line), position = number(&line);
        kds_slice_t sequence = cut(&line, ' ');
        if (sequence.n >= sizeof record.sequence) {
            return false;
        }
        memcpy(record.sequence, sequence.p, sequence.n);
        return local_service_restore_record(service, stream, (uint32_t)shard, position,
                                            &record);
    }
    struct local_object object = {.kind = (enum local_object_kind)number(&line)};
    object.stream = number(&line);
    object.name = cut(&line, ' ');
    object.value = line;
    return local_service_restore_object(service, &object);
}

static void call(struct local_service *service,
                 int64_t now_us,
                 enum kds_operation_id operation,
                 const void *input)
{
    static union {
        max_align_t align;
        uint8_t bytes[1024];
    } output;
    struct kds_arena arena;
    struct local_fault fault;
    kds_arena_init(&arena, (size_t)16 * 1024 * 1024);
    local_service_call(service, now_us, operation, input, &output, &arena, &fault);
    kds_arena_clear(&arena);
}

static void use(struct local_service *service, int64_t now_us)
{
    const kds_slice_t name = kds_slice("s");
    const kds_put_record_in_t put = {.struct_size = sizeof put,
                                     .stream_name = name,
                                     .data = kds_slice("data"),
                                     .partition_key = kds_slice("key")};
    const kds_describe_stream_in_t describe = {.struct_size = sizeof describe,
                                               .stream_name = name};
    const kds_list_streams_in_t list = {.struct_size = sizeof list};
    const kds_list_channels_in_t channels = {.struct_size = sizeof channels};
    call(service, now_us, KDS_OP_PUT_RECORD, &put);
    call(service, now_us, KDS_OP_DESCRIBE_STREAM, &describe);
    call(service, now_us, KDS_OP_LIST_STREAMS, &list);
    call(service, now_us, KDS_OP_LIST_CHANNELS, &channels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kds_slice_t text = kds_slice_of(data, size);
    const struct local_service_options options = {.seed = 1};
    struct local_service *service = local_service_new(&options);
    bool ok = service != NULL;
    for (int i = 0; i < LINES_MAX && ok && text.n > 0; i++) {
        ok = put_back(service, cut(&text, '\n'));
    }
    if (ok && local_service_restored(service)) {
        use(service, INT64_C(1790000000) * KDS_US_PER_S);
        use(service, INT64_C(1790000000) * 2 * KDS_US_PER_S);
    }
    local_service_free(service);
    return 0;
}
