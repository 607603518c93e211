/*
 * shape_validate: what the service would refuse, refused before it is sent.
 */
#include "codec/shape.h"

#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "base/u128.h"
#include "codec/shape_member.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Where in the value we are, from the inside out. */
struct place {
    const struct place *around; /* NULL at the operation */
    const char *name;
    bool indexed;
    size_t index;
};

struct checker {
    kds_error_t **error;
    unsigned depth; /* values may be nested in themselves */
};

static kds_err_t check_struct(struct checker *c,
                              const struct place *at,
                              const struct kds_shape *shape,
                              const void *value);

/* "PutRecords.Records[3].PartitionKey" into @p out. @return characters used. */
static size_t describe(const struct place *at, char *out, size_t size)
{
    size_t n = 0;
    if (at->around != NULL) {
        n = describe(at->around, out, size);
    }
    int more = at->indexed ? snprintf(out + n, size - n, ".%s[%zu]", at->name, at->index)
                           : snprintf(out + n, size - n, "%s%s", n ? "." : "", at->name);
    return more < 0 || (size_t)more >= size - n ? size - 1 : n + (size_t)more;
}

static kds_err_t
refuse(struct checker *c, kds_err_t code, const struct place *at, const char *what)
{
    char where[256];
    describe(at, where, sizeof where);
    return kds_error_set(c->error, code, "%s: %s", where, what);
}

/* "PutRecords.Records: 501 entries, must be 1..500" */
static kds_err_t check_range(struct checker *c,
                             const struct place *at,
                             const struct kds_field *field,
                             int64_t v,
                             const char *unit)
{
    char what[128];
    if (v >= field->min && v <= field->max) {
        return KDS_OK;
    }
    if (field->max == INT64_MAX) {
        snprintf(what, sizeof what, "%" PRId64 "%s, must be at least %" PRId64, v, unit,
                 field->min);
    } else {
        snprintf(what, sizeof what, "%" PRId64 "%s, must be %" PRId64 "..%" PRId64, v,
                 unit, field->min, field->max);
    }
    bool size = unit[0] != 0 && v > field->max;
    return refuse(c, size ? KDS_ERR_TOO_LARGE : KDS_ERR_INVALID_ARG, at, what);
}

static bool is_name(kds_slice_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-') {
            return false;
        }
    }
    return true;
}

static bool is_arn(kds_slice_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= 0x20 || s.p[i] == 0x7F) {
            return false;
        }
    }
    return s.n > 4 && memcmp(s.p, "arn:", 4) == 0;
}

static bool is_hash_key(kds_slice_t s)
{
    kds_u128_t v;
    return kds_u128_parse(s, &v);
}

static bool is_sequence(kds_slice_t s)
{
    return kds_sequence_valid(s) && (s.n == 1 || s.p[0] != '0');
}

static const struct {
    bool (*matches)(kds_slice_t s);
    const char *rule;
} patterns[] = {
    [KDS_P_ANY] = {NULL, NULL},
    [KDS_P_NAME] = {is_name, "must be made of letters, digits, '_', '.' and '-'"},
    [KDS_P_HASH_KEY] = {is_hash_key,
                        "must be a decimal number of 0..2^128-1 without leading zeros"},
    [KDS_P_SEQUENCE] =
        {is_sequence, "must be a decimal number of 1..129 digits without leading zeros"},
    [KDS_P_ARN] = {is_arn, "must be an ARN: begin with \"arn:\" and have no blanks"},
};

static kds_err_t check_text(struct checker *c,
                            const struct place *at,
                            const struct kds_field *field,
                            kds_slice_t text)
{
    size_t code_points;
    char what[256];
    if (!kds_utf8_valid(text, &code_points)) {
        return refuse(c, KDS_ERR_INVALID_ARG, at, "must be UTF-8");
    }
    bool hash_key =
        field->pattern == KDS_P_HASH_KEY; /* its own rule says more than a length */
    if (!hash_key && field->kind == KDS_K_STRING) {
        kds_err_t rc = check_range(c, at, field, (int64_t)code_points, " characters");
        if (rc != KDS_OK) {
            return rc;
        }
    }
    if (patterns[field->pattern].matches == NULL ||
        patterns[field->pattern].matches(text)) {
        return KDS_OK;
    }
    snprintf(what, sizeof what, "\"%.*s\"%s %s", (int)(text.n < 80 ? text.n : 80),
             (const char *)text.p, text.n > 80 ? "..." : "",
             patterns[field->pattern].rule);
    return refuse(c, KDS_ERR_INVALID_ARG, at, what);
}

static kds_err_t check_number(struct checker *c, const struct place *at, double v)
{
    return isfinite(v) ? KDS_OK
                       : refuse(c, KDS_ERR_INVALID_ARG, at, "must be a finite number");
}

static kds_err_t check_element(struct checker *c,
                               const struct place *at,
                               const struct kds_field *field,
                               const void *element)
{
    kds_slice_t bytes;
    double number;
    if (field->shape != NULL) { /* a struct, or a map's key and value */
        return check_struct(c, at, field->shape, element);
    }
    if (field->element_kind == KDS_K_DOUBLE) {
        memcpy(&number, element, sizeof number);
        return check_number(c, at, number);
    }
    memcpy(&bytes, element, sizeof bytes);
    if (bytes.p == NULL) {
        return refuse(c, KDS_ERR_INVALID_ARG, at, "is missing");
    }
    return field->element_kind == KDS_K_BLOB ? KDS_OK : check_text(c, at, field, bytes);
}

static kds_err_t check_list(struct checker *c,
                            const struct place *around,
                            const struct kds_field *field,
                            const void *value)
{
    const char *element = kds_member_pointer(value, field);
    size_t count = kds_member_count(value, field);
    struct place at = {.around = around, .name = (const char *)field->wire.p};
    kds_err_t rc = check_range(c, &at, field, (int64_t)count, " entries");

    at.indexed = true;
    for (; rc == KDS_OK && at.index < count; at.index++) {
        rc = check_element(c, &at, field, element);
        element += kds_element_size(field);
    }
    return rc;
}

static kds_err_t check_member(struct checker *c,
                              const struct place *around,
                              const struct kds_field *field,
                              const void *value)
{
    struct place at = {.around = around, .name = (const char *)field->wire.p};
    const void *member = kds_member(value, field);
    if (!kds_member_present(value, field)) {
        return field->flags & KDS_F_REQUIRED
                   ? refuse(c, KDS_ERR_INVALID_ARG, &at, "is required")
                   : KDS_OK;
    }
    switch ((enum kds_kind)field->kind) {
    case KDS_K_STRING:
        return check_text(c, &at, field, *(const kds_slice_t *)member);
    case KDS_K_BLOB:
        return check_range(c, &at, field, (int64_t)((const kds_slice_t *)member)->n,
                           " bytes");
    case KDS_K_INT64:
        return check_range(c, &at, field, *(const int64_t *)member, "");
    case KDS_K_DOUBLE:
        return check_number(c, &at, *(const double *)member);
    case KDS_K_STRUCT:
        return check_struct(c, &at, field->shape, kds_member_struct(value, field));
    case KDS_K_LIST:
    case KDS_K_MAP:
        return check_list(c, around, field, value);
    case KDS_K_BOOL:
    case KDS_K_TIMESTAMP:
        break;
    }
    return KDS_OK;
}

static kds_err_t check_struct(struct checker *c,
                              const struct place *at,
                              const struct kds_shape *shape,
                              const void *value)
{
    kds_err_t rc = KDS_OK;
    if (c->depth == KDS_DEPTH_MAX) {
        return refuse(c, KDS_ERR_INVALID_ARG, at, "is nested too deeply");
    }
    c->depth++;
    for (size_t i = 0; rc == KDS_OK && i < shape->field_count; i++) {
        rc = check_member(c, at, &shape->fields[i], value);
    }
    c->depth--;
    return rc;
}

kds_err_t
kds_shape_validate(const struct kds_shape *shape, const void *value, kds_error_t **error)
{
    char name[64];
    struct place at = {.name = name};
    struct checker c = {.error = error};
    size_t n = strlen(shape->name);

    /* An input is called after its operation: "PutRecordsIn". */
    snprintf(name, sizeof name, "%.*s", (int)(shape->sized ? n - 2 : n), shape->name);
    if (shape->sized) {
        size_t given;
        memcpy(&given, value, sizeof given);
        if (given != shape->size) {
            return kds_error_set(error, KDS_ERR_INVALID_ARG,
                                 "%s: struct_size is %zu, must be %zu", name, given,
                                 (size_t)shape->size);
        }
    }
    return check_struct(&c, &at, shape, value);
}
