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

static void answer_error(struct local_answer *answer,
                         enum kds_format format,
                         const struct local_fault *fault)
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
    answer_error(answer, format, &fault);
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

static void perform(struct local_service *service,
                    int64_t now_us,
                    const struct kds_operation *op,
                    enum kds_format format,
                    kds_slice_t body,
                    struct kds_arena *arena,
                    struct local_answer *answer)
{
    struct local_fault fault;
    kds_error_t *error = NULL;
    const size_t size = op->input->size;
    void *input = kds_arena_alloc(arena, size);
    void *output = kds_arena_alloc(arena, op->output->size);

    if (input == NULL || output == NULL) {
        answer_fault(answer, format, 500, "InternalFailure", "Internal Service Failure");
        return;
    }
    kds_err_t rc = kds_shape_decode(format, op->input, body, input, arena, &error);
    if (rc != KDS_OK) {
        answer_undecodable(answer, format, rc, error);
        kds_error_free(error);
        return;
    }
    memcpy(input, &size, sizeof size); /* struct_size, the first member of every input */
    if (!local_service_call(
            service, now_us,
            (enum kds_operation_id)(op - kds_operation_at((enum kds_operation_id)0)),
            input, output, arena, &fault)) {
        answer_error(answer, format, &fault);
        return;
    }
    answer->status = 200;
    answer->content_type = content_type_of(format);
    if (op->output->field_count > 0 &&
        kds_shape_encode(format, op->output, output, &answer->body) != KDS_OK) {
        answer_fault(answer, format, 500, "InternalFailure", "Internal Service Failure");
    }
}

bool local_api_is_call(const struct local_request *request)
{
    enum kds_format format;
    return kds_slice_is(request->method, "POST") && kds_slice_is(request->path, "/") &&
           format_of(request->content_type, &format);
}

void local_api_refuse(const struct local_request *request,
                      const struct local_fault *fault,
                      struct local_answer *answer)
{
    enum kds_format format = KDS_FORMAT_JSON;
    format_of(request->content_type, &format);
    answer_error(answer, format, fault);
}

void local_api_answer(struct local_service *service,
                      int64_t now_us,
                      const struct local_request *request,
                      struct kds_arena *arena,
                      struct local_answer *answer)
{
    enum kds_format format = KDS_FORMAT_JSON;
    answer->error_code = NULL;
    if (kds_slice_is(request->method, "GET") &&
        kds_slice_is(request->path, "/healthcheck")) {
        answer->status = 200;
        answer->content_type = "text/plain";
        kds_buf_add_text(&answer->body, "ok\n");
        return;
    }
    if (!kds_slice_is(request->method, "POST") || !kds_slice_is(request->path, "/")) {
        answer_xml(answer, 403,
                   "<AccessDeniedException>\n  <Message>Unable to determine "
                   "service/operation name to be authorized</Message>\n"
                   "</AccessDeniedException>\n");
        return;
    }
    if (request->content_type.p == NULL || !format_of(request->content_type, &format)) {
        answer_xml(answer, 404, "<UnknownOperationException/>\n");
        return;
    }
    const struct kds_operation *op = operation_of(request->target);
    if (op == NULL) {
        answer_fault(answer, format, 400, "UnknownOperationException", "");
        return;
    }
    perform(service, now_us, op, format, request->body, arena, answer);
}
