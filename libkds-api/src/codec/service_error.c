/*
 * service_error: one shape for the error bodies of JSON and CBOR, and what XML has.
 */
#include "codec/service_error.h"

#include "base/slice.h"
#include "codec/token.h"
#include "codec/xml.h"

struct error_body {
    kds_slice_t type;          /* __type */
    kds_slice_t code;          /* code */
    kds_slice_t message;       /* message */
    kds_slice_t capital;       /* Message, as DynamoDB's transactions write it */
    kds_slice_t error_message; /* errorMessage */
};

#define WIRE(member, name)                                                               \
    {                                                                                    \
        .wire = KDS_SLICE_LIT(name), .kind = KDS_K_STRING,                               \
        .offset = offsetof(struct error_body, member), .has_offset = KDS_NO_OFFSET,      \
        .max = INT64_MAX                                                                 \
    }

static const struct kds_field error_fields[] = {
    WIRE(type, "__type"),
    WIRE(code, "code"),
    WIRE(message, "message"),
    WIRE(capital, "Message"),
    WIRE(error_message, "errorMessage"),
};

static const struct kds_shape error_shape = {
    .name = "Error",
    .size = sizeof(struct error_body),
    .field_count = sizeof error_fields / sizeof error_fields[0],
    .fields = error_fields,
};

bool kds_format_of_content_type(kds_slice_t content_type, enum kds_format *out)
{
    static const struct {
        kds_slice_t type;
        enum kds_format format;
    } known[] = {
        {KDS_SLICE_LIT("application/x-amz-json-1.1"), KDS_FORMAT_JSON},
        {KDS_SLICE_LIT("application/x-amz-json-1.0"), KDS_FORMAT_JSON},
        {KDS_SLICE_LIT("application/json"), KDS_FORMAT_JSON},
        {KDS_SLICE_LIT("application/x-amz-cbor-1.1"), KDS_FORMAT_CBOR},
        {KDS_SLICE_LIT("application/cbor"), KDS_FORMAT_CBOR},
        {KDS_SLICE_LIT("text/xml"), KDS_FORMAT_QUERY},
        {KDS_SLICE_LIT("application/xml"), KDS_FORMAT_QUERY},
    };
    kds_slice_t type = content_type;
    type.n = kds_slice_find(type, ';');
    type = kds_slice_trim(type);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (kds_slice_eq_nocase(type, known[i].type)) {
            *out = known[i].format;
            return true;
        }
    }
    return false;
}

/* "aws.kinesis#FooError:http://x/" -> "FooError" */
static kds_slice_t bare_name(kds_slice_t name)
{
    name.n = kds_slice_find(name, ':');
    size_t hash = kds_slice_find(name, '#');
    while (hash < name.n) {
        name.p += hash + 1;
        name.n -= hash + 1;
        hash = kds_slice_find(name, '#');
    }
    return kds_slice_trim(name);
}

static kds_slice_t first_of(const kds_slice_t *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (choices[i].p != NULL && choices[i].n > 0) {
            return choices[i];
        }
    }
    kds_slice_t none = {NULL, 0};
    return none;
}

static void read_body(enum kds_format format,
                      kds_slice_t body,
                      struct kds_arena *arena,
                      struct error_body *e)
{
    const struct error_body nothing = {
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (kds_shape_decode(format, &error_shape, body, e, arena, NULL) != KDS_OK) {
        *e = nothing;
    }
}

/* <ErrorResponse><Error><Code>..<Message>.., or an element that is called like the error itself. */
static void read_xml(kds_slice_t body, struct kds_arena *arena, struct error_body *e)
{
    if (!kds_xml_find_text(body, "Code", arena, &e->code)) {
        kds_xml_root(body, &e->code);
    }
    kds_xml_find_text(body, "Message", arena, &e->message);
}

struct kds_service_error kds_service_error_read(kds_slice_t content_type,
                                                kds_slice_t error_type,
                                                kds_slice_t body,
                                                struct kds_arena *arena)
{
    enum kds_format format = KDS_FORMAT_JSON;
    struct error_body e = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (content_type.n == 0 || kds_format_of_content_type(content_type, &format)) {
        if (format == KDS_FORMAT_QUERY) {
            read_xml(body, arena, &e);
        } else {
            read_body(format, body, arena, &e);
        }
    }
    kds_slice_t codes[] = {error_type, e.type, e.code};
    kds_slice_t messages[] = {e.message, e.capital, e.error_message};
    struct kds_service_error result = {first_of(codes, 3), first_of(messages, 3)};
    if (result.code.p != NULL) {
        result.code = bare_name(result.code);
    }
    return result;
}
