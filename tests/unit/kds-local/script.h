/*
 * script: calls of the API as tables: what is sent, when, and what must come back.
 *
 * Each step is one request in JSON; the clock is the test's own.
 */
#ifndef TESTS_UNIT_KDS_LOCAL_SCRIPT_H
#define TESTS_UNIT_KDS_LOCAL_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api.h"
#include "base/clock.h"
#include "base/slice.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

#define SCRIPT_START_S INT64_C(1790000000)
#define ARN_OF         "arn:aws:kinesis:us-east-1:000000000000:"
#define STREAM_ARN(s)  "\"StreamARN\":\"" ARN_OF "stream/" s "\""
#define OK             200, NULL /* whatever it says */
#define REFUSED(code)  400, "\"__type\":\"" code "\""

struct step {
    int64_t after_ms; /* since the step before */
    const char *operation, *body;
    int status;
    const char *part;   /* of the answer; NULL = any */
    const char *absent; /* not part of the answer; NULL = nothing is checked */
};

struct script {
    struct local_service *service;
    int64_t now_us;
    const char *answer; /* body of the last one */
};

static inline void script_begin(struct script *s,
                                const struct local_service_options *options)
{
    const struct local_service_options plain = {.seed = 1};
    memset(s, 0, sizeof *s);
    s->now_us = SCRIPT_START_S * KDS_US_PER_S;
    s->service = local_service_new(options ? options : &plain);
    assert_non_null(s->service);
}

static inline void script_end(struct script *s)
{
    local_service_free(s->service);
}

/* One test at a time: too large for a stack. */
static char script_text[65536];

/* @return the HTTP status; the body is in s->answer, cut if it is very long */
static inline int script_ask(struct script *s, const char *operation, const char *body)
{
    char target[128];
    struct local_answer answer;
    struct kds_arena arena;
    snprintf(target, sizeof target, "Kinesis_20131202.%s", operation);
    const struct local_request request = {.method = kds_slice("POST"),
                                          .path = kds_slice("/"),
                                          .target = kds_slice(target),
                                          .content_type =
                                              kds_slice("application/x-amz-json-1.1"),
                                          .body = kds_slice(body)};
    memset(&answer, 0, sizeof answer);
    kds_buf_init(&answer.body, 1 << 24);
    kds_arena_init(&arena, LOCAL_REQUEST_MEMORY_MAX);
    local_api_answer(s->service, s->now_us, &request, &arena, &answer);
    kds_arena_clear(&arena);
    snprintf(script_text, sizeof script_text, "%s", kds_buf_text(&answer.body));
    s->answer = script_text;
    kds_buf_clear(&answer.body);
    return answer.status;
}

static inline void script_step(struct script *s, const struct step *step)
{
    s->now_us += step->after_ms * KDS_US_PER_MS;
    int status = script_ask(s, step->operation, step->body);
    bool has = step->part == NULL || strstr(s->answer, step->part) != NULL;
    bool lacks = step->absent == NULL || strstr(s->answer, step->absent) == NULL;
    if (status != step->status || !has || !lacks) {
        fail_msg("%s %s: %d %s", step->operation, step->body, status, s->answer);
    }
}

static inline void script_play(struct script *s, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        script_step(s, &steps[i]);
    }
}

#define PLAY(s, steps) script_play(s, steps, sizeof(steps) / sizeof((steps)[0]))

/* The text of a string member of the last answer. @return @p out, "" if it is not there */
static inline const char *
script_member(const struct script *s, const char *name, char *out, size_t size)
{
    char mark[80];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(s->answer, mark);
    size_t n = at ? strcspn(at + strlen(mark), "\"") : 0;
    snprintf(out, size, "%.*s", (int)n, at ? at + strlen(mark) : "");
    return out;
}

/* The open shards tile all hash keys. */
static inline void script_expect_tiling(struct script *s, const char *name)
{
    const struct local_stream *stream = local_service_stream(s->service, name);
    const kds_u128_t one = {0, 1};
    kds_u128_t at = {0, 0};
    assert_non_null(stream);
    for (size_t i = 0; i < stream->open_count; i++) {
        const struct local_shard *shard = stream->open[i].shard;
        assert_true(local_shard_is_open(shard));
        assert_int_equal(kds_u128_cmp(shard->first, at), 0);
        assert_int_equal(kds_u128_cmp(shard->last, stream->open[i].last), 0);
        at = kds_u128_add(shard->last, one);
    }
    assert_int_equal(kds_u128_cmp(at, (kds_u128_t){0, 0}), 0);
}

#endif /* TESTS_UNIT_KDS_LOCAL_SCRIPT_H */
