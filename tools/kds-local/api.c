/*
 * api: from headers and bytes to an operation and back.
 */
#include "api.h"

#include "base/slice.h"
#include "codec/json.h"
#include "codec/token.h"
#include "kds/kinesis.h"

#include <stdio.h>
#include <string.h>

static const char *content_type_of(enum kds_format format)
{
    return format == KDS_FORMAT_CBOR ? kds_kinesis_service.cbor_type
                                     : kds_kinesis_service.json_type;
}

/* @return whether the API is spoken in this form; JSON if not. */
static bool format_of(kds_slice_t content_type, enum kds_format *format)
{
    kds_slice_t type = content_type;
    type.n = kds_slice_find(type, ';');
    type = kds_slice_trim(type);
    *format = kds_slice_eq_nocase(type, kds_slice(kds_kinesis_service.cbor_type))
                  ? KDS_FORMAT_CBOR
                  : KDS_FORMAT_JSON;
    return *format == KDS_FORMAT_CBOR ||
           kds_slice_eq_nocase(type, kds_slice(kds_kinesis_service.json_type));
}

void local_api_fail(enum kds_format format,
                    const struct local_fault *fault,
                    struct local_answer *answer)
{
    struct kds_writer w;
    answer->status = fault->status;
    answer->content_type = content_type_of(format);
    answer->error_code = fault->code;
    kds_buf_reset(&answer->body);
    kds_writer_init(&w, format, &answer->body);
    w.ops->map(&w, 2);
    w.ops->key(&w, kds_slice("__type"));
    w.ops->text(&w, kds_slice(fault->code));
    w.ops->key(&w, kds_slice("message"));
    w.ops->text(&w, kds_slice(fault->message));
    w.ops->map_end(&w);
}

static void answer_fault(struct local_answer *answer,
                         enum kds_format format,
                         int status,
                         const char *code,
                         const char *message)
{
    struct local_fault fault = {.code = code, .status = status};
    snprintf(fault.message, sizeof fault.message, "%s", message);
    local_api_fail(format, &fault, answer);
}

/* Our own lack of memory is not the caller's fault; a request that takes more than it may, is. */
static void answer_undecodable(struct local_answer *answer,
                               enum kds_format format,
                               kds_err_t rc,
                               const kds_error_t *error)
{
    if (rc == KDS_ERR_NO_MEMORY) {
        answer_fault(answer, format, 500, "InternalFailure", "Internal Service Failure");
    } else {
        answer_fault(answer, format, 400, "SerializationException",
                     kds_error_message(error));
    }
}

/* What is not even a call to the API is answered in XML, as the service does. */
static void answer_xml(struct local_answer *answer, int status, const char *text)
{
    answer->status = status;
    answer->content_type = "application/xml";
    answer->error_code = "UnknownOperationException";
    kds_buf_add_text(&answer->body, text);
}

static const struct kds_operation *operation_of(kds_slice_t target)
{
    const char *prefix = kds_kinesis_service.target_prefix;
    const size_t n = strlen(prefix);
    if (target.n <= n || memcmp(target.p, prefix, n) != 0) {
        return NULL;
    }
    return kds_operation_by_name(kds_slice_of(target.p + n, target.n - n));
}

static void answer_internal(struct local_answer *answer, enum kds_format format)
{
    answer_fault(answer, format, 500, "InternalFailure", "Internal Service Failure");
}

static bool decode(const struct local_request *request,
                   struct kds_arena *arena,
                   struct local_work *work,
                   struct local_answer *answer)
{
    kds_error_t *error = NULL;
    const size_t size = work->op->input->size;
    work->input = kds_arena_alloc(arena, size);
    work->output = kds_arena_alloc(arena, work->op->output->size);
    if (work->input == NULL || work->output == NULL) {
        answer_internal(answer, work->format);
        return false;
    }
    kds_err_t rc = kds_shape_decode(work->format, work->op->input, request->body,
                                    work->input, arena, &error);
    if (rc != KDS_OK) {
        answer_undecodable(answer, work->format, rc, error);
        kds_error_free(error);
        return false;
    }
    /* struct_size, the first member of every input */
    memcpy(work->input, &size, sizeof size);
    return true;
}

bool local_api_is_call(const struct local_request *request)
{
    enum kds_format format;
    return kds_slice_is(request->method, "POST") && kds_slice_is(request->path, "/") &&
           format_of(request->content_type, &format);
}

kds_slice_t local_api_operation(kds_slice_t target)
{
    const struct kds_operation *op = operation_of(target);
    kds_slice_t none = {NULL, 0};
    return op ? kds_slice(op->name) : none;
}

void local_api_refuse(const struct local_request *request,
                      const struct local_fault *fault,
                      struct local_answer *answer)
{
    enum kds_format format = KDS_FORMAT_JSON;
    format_of(request->content_type, &format);
    local_api_fail(format, fault, answer);
}

/* What is no call of an operation. @return whether it was answered */
static bool answer_other(const struct local_request *request,
                         struct local_work *work,
                         struct local_answer *answer)
{
    if (kds_slice_is(request->method, "GET") &&
        kds_slice_is(request->path, "/healthcheck")) {
        answer->status = 200;
        answer->content_type = "text/plain";
        kds_buf_add_text(&answer->body, "ok\n");
        return true;
    }
    if (!kds_slice_is(request->method, "POST") || !kds_slice_is(request->path, "/")) {
        answer_xml(answer, 403,
                   "<AccessDeniedException>\n  <Message>Unable to determine "
                   "service/operation name to be authorized</Message>\n"
                   "</AccessDeniedException>\n");
        return true;
    }
    if (request->content_type.p == NULL ||
        !format_of(request->content_type, &work->format)) {
        answer_xml(answer, 404, "<UnknownOperationException/>\n");
        return true;
    }
    return false;
}

bool local_api_open(const struct local_request *request,
                    struct kds_arena *arena,
                    struct local_work *work,
                    struct local_answer *answer)
{
    answer->error_code = NULL;
    work->op = NULL;
    work->format = KDS_FORMAT_JSON;
    if (answer_other(request, work, answer)) {
        return false;
    }
    work->op = operation_of(request->target);
    if (work->op == NULL) {
        answer_fault(answer, work->format, 400, "UnknownOperationException", "");
        return false;
    }
    work->id =
        (enum kds_operation_id)(work->op - kds_operation_at((enum kds_operation_id)0));
    return decode(request, arena, work, answer);
}

bool local_api_perform(struct local_service *service,
                       int64_t now_us,
                       struct local_work *work,
                       struct kds_arena *arena)
{
    return local_service_call(service, now_us, work->id, work->input, work->output, arena,
                              &work->fault);
}

void local_api_close(const struct local_work *work, bool ok, struct local_answer *answer)
{
    if (!ok) {
        local_api_fail(work->format, &work->fault, answer);
        return;
    }
    answer->status = 200;
    answer->content_type = content_type_of(work->format);
    if (work->op->output->field_count > 0 &&
        kds_shape_encode(work->format, work->op->output, work->output, &answer->body) !=
            KDS_OK) {
        answer_internal(answer, work->format);
    }
}

void local_api_answer(struct local_service *service,
                      int64_t now_us,
                      const struct local_request *request,
                      struct kds_arena *arena,
                      struct local_answer *answer)
{
    struct local_work work;
    if (local_api_open(request, arena, &work, answer)) {
        local_api_close(&work, local_api_perform(service, now_us, &work, arena), answer);
    }
}
