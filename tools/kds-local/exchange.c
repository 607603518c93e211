/*
 * exchange: step by step from a request's head to the last byte of its answer.
 */
#include "exchange.h"

#include "exchange_events.h"

#include "base/clock.h"
#include "base/slice.h"
#include "fault_partial.h"

#include <stdio.h>
#include <string.h>

#define KEPT_BYTES ((size_t)1024 * 1024) /* of the arena, from request to request */

/* ---- life --------------------------------------------------------------------------------- */

void exchange_init(struct exchange *x,
                   struct site *site,
                   uint64_t connection,
                   local_ready_fn *ready,
                   void *opaque)
{
    memset(x, 0, sizeof *x);
    x->site = site;
    x->ready = ready;
    x->opaque = opaque;
    x->scene.connection = connection;
    kds_buf_init(&x->answer.body, ANSWER_BYTES_MAX);
    valve_init(&x->valve, ANSWER_BYTES_MAX + HTTP_HEAD_BYTES_MAX);
}

void exchange_clear(struct exchange *x)
{
    local_subscription_end(x->subscription);
    x->subscription = NULL;
    kds_buf_clear(&x->answer.body);
    valve_clear(&x->valve);
}

void exchange_reset(struct exchange *x)
{
    const struct fault_scene scene = {.connection = x->scene.connection};
    x->scene = scene;
    x->step = EXCHANGE_STEP_HEAD;
    x->wait_us = 0;
    x->body_armed = x->resp_armed = x->asked = false;
    x->extra = NULL;
    local_subscription_end(x->subscription);
    x->subscription = NULL;
    x->last_event = false;
    kds_buf_reset(&x->answer.body);
    valve_reset(&x->valve);
}

/* ---- what faults do ----------------------------------------------------------------------- */

static bool ask(struct exchange *x, enum fault_point at, struct fault *fault)
{
    return site_ask(x->site, at, &x->scene, fault);
}

static enum exchange_next wait(struct exchange *x, const struct fault *fault)
{
    x->wait_us = kds_us_add(x->site->now_us, fault->args->ms * KDS_US_PER_MS);
    return EXCHANGE_WAIT;
}

/* What is done to the stream or connection, or is only a matter of time. */
static enum exchange_next befall(struct exchange *x, const struct fault *fault)
{
    if (fault->action == FAULT_DO_DELAY) {
        return wait(x, fault);
    }
    x->fault = *fault;
    return EXCHANGE_FAULT;
}

/* Another answer: whoever subscribed does not get the events. */
static void drop_subscription(struct exchange *x)
{
    local_subscription_end(x->subscription);
    x->subscription = NULL;
}

static void answer_status(struct exchange *x, const struct fault_args *args)
{
    drop_subscription(x);
    kds_buf_reset(&x->answer.body);
    x->answer.status = args->status;
    x->answer.content_type = args->content_type;
    x->answer.error_code = NULL;
    kds_buf_add_slice(&x->answer.body, args->body);
    x->extra = args;
    x->step = EXCHANGE_STEP_ANSWER;
}

static void
answer_fault(struct exchange *x, enum kds_format format, const struct fault_args *args)
{
    struct local_fault fault = {.code = args->code, .status = args->status};
    snprintf(fault.message, sizeof fault.message, "%s", args->message);
    drop_subscription(x);
    local_api_fail(format, &fault, &x->answer);
    x->extra = args;
    x->step = EXCHANGE_STEP_ANSWER;
}

/* ---- the request -------------------------------------------------------------------------- */

static enum exchange_next take_head(struct exchange *x, const struct http_request *q)
{
    struct fault fault;
    x->step = EXCHANGE_STEP_BODY;
    if (x->site->plan == NULL) {
        return EXCHANGE_READ;
    }
    x->scene.op = local_api_operation(http_field(q, "x-amz-target"));
    const bool now = ask(x, FAULT_AT_REQ_HEAD, &fault);
    x->body_armed = ask(x, FAULT_AT_REQ_BODY, &x->body_fault);
    if (!now) {
        return EXCHANGE_READ;
    }
    if (fault.action == FAULT_DO_STATUS) {
        answer_status(x, fault.args);
        return EXCHANGE_READ;
    }
    return befall(x, &fault);
}

size_t exchange_body_stop(const struct exchange *x)
{
    return x->body_armed && x->body_fault.offset < SIZE_MAX ? (size_t)x->body_fault.offset
                                                            : SIZE_MAX;
}

/* A body that is shorter than the fault's place has it at its end. */
static enum exchange_next
take_body(struct exchange *x, const struct http_request *q, bool whole)
{
    if (x->body_armed && (whole || q->body.n >= x->body_fault.offset)) {
        x->body_armed = false;
        return befall(x, &x->body_fault);
    }
    if (whole) {
        x->step = EXCHANGE_STEP_OPEN;
    }
    return EXCHANGE_READ;
}

/* ---- what is asked for -------------------------------------------------------------------- */

/* The names are copied: the scene outlives the request's values. */
static void see(struct exchange *x, const struct local_work *work)
{
    kds_slice_t stream, shard, none = {NULL, 0};
    if (x->site->plan == NULL) {
        return;
    }
    local_service_scene(x->site->service, work->id, work->input, &stream, &shard);
    snprintf(x->stream_name, sizeof x->stream_name, "%.*s",
             (int)(stream.n < 129 ? stream.n : 129), (const char *)stream.p);
    snprintf(x->shard_id, sizeof x->shard_id, "%.*s",
             (int)(shard.n < 129 ? shard.n : 129), (const char *)shard.p);
    x->scene.stream = stream.p ? kds_slice(x->stream_name) : none;
    x->scene.shard = shard.p ? kds_slice(x->shard_id) : none;
}

static bool is_put_records(const struct local_work *work)
{
    return work->id == KDS_OP_PUT_RECORDS;
}

static size_t entries_of(const struct local_work *work)
{
    return ((const kds_put_records_in_t *)work->input)->records_count;
}

static bool out_of_memory(struct local_work *work)
{
    work->fault.code = "InternalFailure";
    work->fault.status = 500;
    snprintf(work->fault.message, sizeof work->fault.message,
             "Internal Service Failure: out of memory");
    return false;
}

/* A call of which some records fail, and nobody stores those. */
static bool perform_partly(struct exchange *x,
                           struct local_work *work,
                           const struct fault_args *partial)
{
    struct site *site = x->site;
    const size_t count = entries_of(work);
    kds_put_records_out_t *out = work->output;
    if (!fault_partial_keep(partial, work->input, &site->arena)) {
        return out_of_memory(work);
    }
    memset(out, 0, sizeof *out);
    if (entries_of(work) > 0 &&
        !local_api_perform(site->service, site->now_us, work, &site->arena)) {
        return false;
    }
    return fault_partial_answer(partial, false, count, out, &site->arena) ||
           out_of_memory(work);
}

/* Only JSON has a form for events; the service takes requests in CBOR all the same. */
static bool subscribe(struct exchange *x, struct local_work *work)
{
    struct site *site = x->site;
    x->subscription =
        local_service_subscribe(site->service, site->now_us, work->input, &site->arena,
                                &work->fault, x->ready, x->opaque);
    x->body_out = 0;
    x->scene.event = 0;
    return x->subscription != NULL;
}

static bool perform(struct exchange *x,
                    const struct http_request *q,
                    struct local_work *work,
                    const struct fault_args *partial)
{
    struct site *site = x->site;
    if (site->truth != NULL) {
        truth_log_request(site->truth, http_field(q, "amz-sdk-invocation-id"),
                          http_field(q, "amz-sdk-request"), q->stream);
    }
    const bool ok = partial != NULL      ? perform_partly(x, work, partial)
                    : work->op->streamed ? subscribe(x, work)
                                         : local_api_perform(site->service, site->now_us,
                                                             work, &site->arena);
    if (site->truth != NULL && !truth_log_flush(site->truth)) {
        fprintf(stderr, "kds-local: the truth log cannot be written\n");
    }
    return ok;
}

/* ---- before and after it is done ---------------------------------------------------------- */

/* What a fault at one of these two points does, where both do the same.
 * @return whether it ends here, with @p next */
static bool strike(struct exchange *x,
                   const struct local_work *work,
                   const struct fault *fault,
                   enum exchange_next *next)
{
    *next = EXCHANGE_READ;
    if (fault->action == FAULT_DO_PARTIAL) {
        return false; /* of other calls there is nothing partial */
    }
    if (fault->action == FAULT_DO_RESHARD) {
        site_reshard(x->site, &fault->args->reshard);
        return false;
    }
    if (fault->action == FAULT_DO_STATUS) {
        answer_status(x, fault->args);
    } else if (fault->action == FAULT_DO_ERROR) {
        answer_fault(x, work->format, fault->args);
    } else {
        *next = befall(x, fault);
    }
    return true;
}

static enum exchange_next finish(struct exchange *x, struct local_work *work, bool ok)
{
    struct fault fault;
    enum exchange_next next = EXCHANGE_READ;
    x->step = EXCHANGE_STEP_ANSWER;
    const bool faulty = ask(x, FAULT_AT_AFTER_COMMIT, &fault);
    if (faulty && fault.action == FAULT_DO_PARTIAL && ok && is_put_records(work)) {
        ok = fault_partial_answer(fault.args, true, entries_of(work), work->output,
                                  &x->site->arena) ||
             out_of_memory(work);
    } else if (faulty && strike(x, work, &fault, &next) && next == EXCHANGE_READ) {
        return next; /* another answer */
    }
    if (ok && x->subscription != NULL) {
        x->answer.status = 200;
        x->answer.content_type = "application/vnd.amazon.eventstream";
        x->answer.error_code = NULL;
    } else {
        local_api_close(work, ok, &x->answer);
    }
    return next;
}

/* @return EXCHANGE_READ: the answer is there */
static enum exchange_next serve(struct exchange *x, const struct http_request *q)
{
    const struct local_request request = {.method = q->method,
                                          .path = q->path,
                                          .target = http_field(q, "x-amz-target"),
                                          .content_type = http_field(q, "content-type"),
                                          .body = q->body};
    struct site *site = x->site;
    struct local_work work;
    struct fault fault;
    const struct fault_args *partial = NULL;
    enum exchange_next next;
    x->step = EXCHANGE_STEP_ANSWER;
    if (local_api_is_call(&request) &&
        !verify_request(site->verifier, q, site->now_us, &work.fault)) {
        local_api_refuse(&request, &work.fault, &x->answer);
        return EXCHANGE_READ;
    }
    if (!local_api_open(&request, &site->arena, &work, &x->answer)) {
        return EXCHANGE_READ;
    }
    see(x, &work);
    if (!x->asked) {
        x->asked = true;
        if (ask(x, FAULT_AT_BEFORE_COMMIT, &fault)) {
            if (fault.action == FAULT_DO_PARTIAL && is_put_records(&work)) {
                partial = fault.args;
            } else if (strike(x, &work, &fault, &next)) {
                if (next != EXCHANGE_READ) {
                    x->step = EXCHANGE_STEP_OPEN; /* decoded anew then */
                }
                return next;
            }
        }
    }
    return finish(x, &work, perform(x, q, &work, partial));
}

/* Most requests fit into what the one before left; what a large one took is given back. */
static void release_request(struct kds_arena *arena)
{
    if (arena->total > KEPT_BYTES) {
        kds_arena_clear(arena);
    } else {
        kds_arena_reset(arena);
    }
}

/* ---- the answer --------------------------------------------------------------------------- */

static void make_head(struct exchange *x)
{
    const struct local_answer *a = &x->answer;
    http_answer_head(&x->head, a->status, a->content_type, a->error_code,
                     exchange_streams(x) ? SIZE_MAX : a->body.n, x->site->now_us,
                     &x->site->ids);
    for (size_t i = 0; x->extra != NULL && i < x->extra->header_count; i++) {
        http_add_field(&x->head, x->extra->headers[i].name, x->extra->headers[i].value);
    }
}

/* The points of the answer: one before its head, one in its body. */
static enum exchange_next open_answer(struct exchange *x)
{
    struct fault fault;
    x->step = EXCHANGE_STEP_DONE;
    const bool now = ask(x, FAULT_AT_RESP_HEAD, &fault);
    x->resp_armed = ask(x, FAULT_AT_RESP_BODY, &x->resp_fault);
    if (!now) {
        return EXCHANGE_READ;
    }
    if (fault.action == FAULT_DO_STATUS) {
        answer_status(x, fault.args);
        x->step = EXCHANGE_STEP_DONE;
        return EXCHANGE_READ;
    }
    if (fault.action == FAULT_DO_TRICKLE || fault.action == FAULT_DO_TRUNCATE) {
        x->resp_armed = true;
        x->resp_fault = fault;
        return EXCHANGE_READ;
    }
    return befall(x, &fault);
}

void exchange_refuse(struct exchange *x, int status, const char *why)
{
    x->answer.status = status;
    x->answer.content_type = "text/plain";
    x->answer.error_code = NULL;
    kds_buf_reset(&x->answer.body);
    kds_buf_printf(&x->answer.body, "%s\n", why);
    x->step = EXCHANGE_STEP_DONE;
    make_head(x);
}

void exchange_arm(struct exchange *x, size_t head_bytes)
{
    kds_buf_add(&x->valve.bytes, x->answer.body.p, x->answer.body.n);
    kds_buf_reset(&x->answer.body);
    if (x->resp_armed && !exchange_streams(x)) {
        const bool in_body = x->resp_fault.at == FAULT_AT_RESP_BODY;
        const uint64_t offset = x->resp_fault.offset;
        x->resp_armed = false;
        valve_arm(&x->valve, &x->resp_fault,
                  !in_body                         ? 0
                  : offset < SIZE_MAX - head_bytes ? head_bytes + (size_t)offset
                                                   : SIZE_MAX);
    }
}

enum valve_next exchange_pull(struct exchange *x, size_t room, kds_slice_t *out)
{
    enum valve_next next = valve_pull(&x->valve, x->site->now_us, room, out);
    while (next == VALVE_EMPTY && exchange_streams(x) && !x->last_event) {
        if (exchange_next_event(x)) {
            next = valve_pull(&x->valve, x->site->now_us, room, out);
        } else if (!x->last_event) {
            x->wait_us = local_subscription_due_us(x->subscription);
            return VALVE_WAIT;
        }
    }
    if (next == VALVE_WAIT) {
        x->wait_us = x->valve.wait_us;
    } else if (next == VALVE_FAULT) {
        x->fault = x->valve.fault;
    }
    return next;
}

/* ---- all of it ---------------------------------------------------------------------------- */

enum exchange_next
exchange_run(struct exchange *x, const struct http_request *q, bool whole)
{
    enum exchange_next next = EXCHANGE_READ;
    if (x->wait_us > x->site->now_us) {
        return EXCHANGE_WAIT;
    }
    x->wait_us = 0;
    if (x->step == EXCHANGE_STEP_HEAD && (next = take_head(x, q)) != EXCHANGE_READ) {
        return next;
    }
    if (x->step == EXCHANGE_STEP_BODY) {
        next = take_body(x, q, whole);
        if (next != EXCHANGE_READ || x->step == EXCHANGE_STEP_BODY) {
            return next;
        }
    }
    if (x->step == EXCHANGE_STEP_OPEN) {
        next = serve(x, q);
        release_request(&x->site->arena);
        if (next != EXCHANGE_READ) {
            return next;
        }
    }
    if (x->step == EXCHANGE_STEP_ANSWER && (next = open_answer(x)) != EXCHANGE_READ) {
        return next;
    }
    make_head(x);
    return EXCHANGE_ANSWER;
}
