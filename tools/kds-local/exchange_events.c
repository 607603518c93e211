/*
 * exchange_events: frames out of events.
 */
#include "exchange_events.h"

#include "base/slice.h"
#include "codec/event_stream.h"
#include "codec/json.h"

#include <stdio.h>

#define IDLE_BYTES ((size_t)64 * 1024) /* kept while there is no event */

/* ---- frames ------------------------------------------------------------------------------- */

static void begin_frame(struct exchange *x,
                        struct kds_event_encoder *e,
                        const char *kind,
                        const char *name_header,
                        const char *name)
{
    kds_event_encode_begin(e, &x->valve.bytes);
    kds_event_encode_text(e, ":message-type", kds_slice(kind));
    kds_event_encode_text(e, name_header, kds_slice(name));
    kds_event_encode_text(e, ":content-type", kds_slice("application/json"));
    kds_event_encode_payload(e);
}

static void add_initial(struct exchange *x)
{
    struct kds_event_encoder e;
    begin_frame(x, &e, "event", ":event-type", "initial-response");
    kds_buf_add_text(&x->valve.bytes, "{}");
    kds_event_encode_end(&e);
}

static void add_event(struct exchange *x, const kds_subscribe_to_shard_event_t *event)
{
    struct kds_event_encoder e;
    begin_frame(x, &e, "event", ":event-type", "SubscribeToShardEvent");
    kds_shape_encode(KDS_FORMAT_JSON, kds_operation_at(KDS_OP_SUBSCRIBE_TO_SHARD)->output,
                     event, &x->valve.bytes);
    kds_event_encode_end(&e);
}

static void add_exception(struct exchange *x, const char *code, const char *message)
{
    struct kds_event_encoder e;
    begin_frame(x, &e, "exception", ":exception-type", code);
    kds_buf_add_text(&x->valve.bytes, "{\"message\":");
    kds_json_add_string(&x->valve.bytes, kds_slice(message));
    kds_buf_add_text(&x->valve.bytes, "}");
    kds_event_encode_end(&e);
    x->last_event = true;
}

/* ---- what is next ------------------------------------------------------------------------- */

/* @return false: nothing now */
static bool add_next(struct exchange *x)
{
    kds_subscribe_to_shard_event_t event;
    struct local_fault fault;
    if (x->scene.event == 0) {
        add_initial(x);
        return true;
    }
    switch (local_subscription_next(x->subscription, x->site->now_us, &x->site->arena,
                                    &event, &fault)) {
    case LOCAL_EVENT_NONE:
        return false;
    case LOCAL_EVENT_RECORDS:
        add_event(x, &event);
        return true;
    case LOCAL_EVENT_EXCEPTION:
        add_exception(x, fault.code, fault.message);
        return true;
    case LOCAL_EVENT_END:
        break;
    }
    x->last_event = true;
    return false;
}

/* The events' memory, back to where no large one leaves its own. */
static void make_room(struct exchange *x)
{
    const bool trickles = x->valve.armed && x->valve.reached;
    valve_reset(&x->valve);
    if (x->valve.bytes.cap > IDLE_BYTES) {
        kds_buf_clear(&x->valve.bytes);
    }
    x->valve.armed = x->valve.reached = trickles; /* also what follows */
}

/* ---- faults ------------------------------------------------------------------------------- */

static void add_raw(struct exchange *x, const struct fault *fault)
{
    struct fault end = *fault;
    kds_buf_reset(&x->valve.bytes);
    kds_buf_add_slice(&x->valve.bytes, fault->args->body);
    if (fault->args->end != FAULT_END_KEEP) {
        end.action = fault->args->end == FAULT_END_FIN ? FAULT_DO_FIN : FAULT_DO_RESET;
        valve_arm(&x->valve, &end, x->valve.bytes.n);
    }
}

/* What befalls the event that is in the valve. */
static void befall_event(struct exchange *x, const struct fault *fault)
{
    const struct fault_args *args = fault->args;
    size_t at = 0;
    switch ((int)fault->action) {
    case FAULT_DO_RESHARD:
        site_reshard(x->site, &args->reshard);
        break;
    case FAULT_DO_ERROR:
        kds_buf_reset(&x->valve.bytes);
        add_exception(x, args->code, args->message);
        break;
    case FAULT_DO_RAW:
        add_raw(x, fault);
        break;
    case FAULT_DO_CORRUPT:
        at = args->byte < 0 ? x->valve.bytes.n - 1 : (size_t)args->byte;
        valve_arm(&x->valve, fault, at);
        break;
    default:
        valve_arm(&x->valve, fault, at);
        break;
    }
}

/* A fault of the answer's body comes when its place does, in whatever event that is. */
static void befall_body(struct exchange *x)
{
    const bool in_body = x->resp_fault.at == FAULT_AT_RESP_BODY;
    const uint64_t offset = in_body ? x->resp_fault.offset : 0;
    const uint64_t end = x->body_out + x->valve.bytes.n;
    if (x->resp_armed && offset >= x->body_out && offset < end) {
        x->resp_armed = false;
        valve_arm(&x->valve, &x->resp_fault, (size_t)(offset - x->body_out));
    }
}

bool exchange_next_event(struct exchange *x)
{
    struct fault fault;
    if (x->last_event) {
        return false;
    }
    make_room(x);
    const bool some = add_next(x);
    kds_arena_reset(&x->site->arena);
    if (!some) {
        return false;
    }
    if (x->valve.bytes.err != KDS_OK) {
        valve_clear(&x->valve);
        add_exception(x, "InternalFailure", "out of memory");
    }
    befall_body(x);
    if (site_ask(x->site, FAULT_AT_EVENT, &x->scene, &fault)) {
        befall_event(x, &fault);
    }
    x->scene.event++;
    x->body_out += x->valve.bytes.n;
    return true;
}
