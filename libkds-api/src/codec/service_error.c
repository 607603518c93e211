/*
 * service_error: one shape for the error bodies of all protocols.
 */
#include "codec/service_error.h"

#include "base/slice.h"
#include "codec/token.h"

struct error_body {
    kds_slice_t type;          /* __type */
    kds_slice_t code;          /* code */
    kds_slice_t message;       /* message */
    kds_slice_t capital;       /* Message, as DynamoDB's transactions write it */
    kds_slice_t error_message; /* errorMessage */
};

#define WIRE(member, name)                                                               \
    {                                                                                    \
        KDS_SLICE_LIT(name), KDS_K_STRING, KDS_K_STRING, KDS_P_ANY, 0,                   \
            offsetof(struct error_body, member), KDS_NO_OFFSET, NULL, 0, INT64_MAX       \
    }

static const struct kds_field error_fields[] = {
    WIRE(type, "__type"),
    WIRE(code, "code"),
    WIRE(message, "message"),
    WIRE(capital, "Message"),
    WIRE(error_message, "errorMessage"),
};

static const struct kds_shape error_shape = {"Error", sizeof(struct error_body),
                                             sizeof error_fields / sizeof error_fields[0],
                                             false, error_fields};

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

struct kds_service_error kds_service_error_read(kds_slice_t content_type,
                                                kds_slice_t error_type,
                                                kds_slice_t body,
                                                struct kds_arena *arena)
{
    enum kds_format format = KDS_FORMAT_JSON;
    struct error_body e = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    bool readable =
        content_type.n == 0 || kds_format_of_content_type(content_type, &format);

    if (!readable ||
        kds_shape_decode(format, &error_shape, body, &e, arena, NULL) != KDS_OK) {
        struct error_body nothing = {
            {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
        e = nothing;
    }
    kds_slice_t codes[] = {error_type, e.type, e.code};
    kds_slice_t messages[] = {e.message, e.capital, e.error_message};
    struct kds_service_error result = {first_of(codes, 3), first_of(messages, 3)};
    if (result.code.p != NULL) {
        result.code = bare_name(result.code);
    }
    return result;
}
