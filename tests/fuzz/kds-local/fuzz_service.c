/*
 * fuzz_service: a sequence of calls, a line each: milliseconds to wait, an operation, its body in JSON.
 * Whatever is asked, the open shards of each stream tile all hash keys.
 */
#include "api.h"
#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX  64
#define SHARDS_MAX 500 /* a run is to stay short */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static kds_slice_t cut(kds_slice_t *text, uint8_t at)
{
    size_t n = kds_slice_find(*text, at);
    kds_slice_t part = kds_slice_of(text->p, n);
    size_t gone = n < text->n ? n + 1 : n;
    *text = kds_slice_of(text->p + gone, text->n - gone);
    return part;
}

static void check(struct local_service *service)
{
    static const char *const names[] = {"s", "o"};
    const kds_u128_t one = {0, 1};
    for (size_t i = 0; i < 2; i++) {
        const struct local_stream *stream = local_service_stream(service, names[i]);
        kds_u128_t next = {0, 0};
        for (size_t k = 0; stream != NULL && k < stream->open_count; k++) {
            if (kds_u128_cmp(stream->open[k].shard->first, next) != 0) {
                abort();
            }
            next = kds_u128_add(stream->open[k].last, one);
        }
        if (next.hi != 0 || next.lo != 0) {
            abort();
        }
    }
}

static bool small(struct local_service *service)
{
    const struct local_stream *s = local_service_stream(service, "s");
    return s == NULL || s->shard_count < SHARDS_MAX;
}

static void ask(struct local_service *service, int64_t now_us, kds_slice_t line)
{
    char target[128];
    struct local_answer answer;
    kds_slice_t operation = cut(&line, ' ');
    snprintf(target, sizeof target, "Kinesis_20131202.%.*s",
             (int)(operation.n < 64 ? operation.n : 64), (const char *)operation.p);
    struct kds_arena arena;
    const struct local_request request = {.method = kds_slice("POST"),
                                          .path = kds_slice("/"),
                                          .target = kds_slice(target),
                                          .content_type =
                                              kds_slice("application/x-amz-json-1.1"),
                                          .body = line};
    memset(&answer, 0, sizeof answer);
    kds_buf_init(&answer.body, 1 << 22);
    kds_arena_init(&arena, LOCAL_REQUEST_MEMORY_MAX);
    local_api_answer(service, now_us, &request, &arena, &answer);
    kds_arena_clear(&arena);
    kds_buf_clear(&answer.body);
    check(service);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kds_slice_t text = kds_slice_of(data, size);
    int64_t now_us = INT64_C(1790000000) * KDS_US_PER_S;
    const struct local_service_options options = {.seed = 1,
                                                  .limits = size % 2 != 0,
                                                  .control_plane_delay_ms =
                                                      (int64_t)(size % 3) * 100};
    struct local_service *service = local_service_new(&options);
    for (int i = 0; i < LINES_MAX && text.n > 0 && small(service); i++) {
        kds_slice_t line = cut(&text, '\n');
        int64_t wait_ms;
        if (kds_parse_i64(cut(&line, ' '), &wait_ms) && wait_ms > -1000000000 &&
            wait_ms < 1000000000) {
            now_us += wait_ms * KDS_US_PER_MS;
        }
        ask(service, now_us, line);
    }
    local_service_free(service);
    return 0;
}
