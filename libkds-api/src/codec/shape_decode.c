/*
 * shape_decode: bytes to values.
 */
#include "codec/shape.h"

#include "base/error.h"
#include "base/slice.h"
#include "codec/records.h"
#include "codec/shape_member.h"
#include "codec/token.h"

#include <stdint.h>

static void read_struct(struct kds_reader *r, const struct kds_shape *shape, void *value);
static void read_member(struct kds_reader *r, const struct kds_field *field, void *value);

/* The field of this name; looks first where the last one was found, as members come in order. */
static const struct kds_field *
find_field(const struct kds_shape *shape, kds_slice_t name, size_t *guess)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        size_t at = (*guess + i) % shape->field_count;
        if (kds_slice_eq(shape->fields[at].wire, name)) {
            *guess = at + 1;
            return &shape->fields[at];
        }
    }
    return NULL;
}

static void no_room(struct kds_reader *r, kds_err_t err)
{
    if (r->err == KDS_OK) {
        r->err = err;
        r->why = "no room for the value";
    }
}

/* The finished elements move to the arena in one piece. */
static void keep_elements(struct kds_reader *r,
                          const struct kds_field *field,
                          const struct kds_buf *elements,
                          void *value)
{
    size_t size = kds_element_size(field);
    size_t count = elements->n / size;
    void *copy = kds_arena_alloc(r->arena, elements->n);
    if (copy == NULL) {
        no_room(r, r->arena->err);
        return;
    }
    if (elements->n > 0) {
        memcpy(copy, elements->p, elements->n);
    }
    memcpy(kds_member_mutable(value, field), &copy, sizeof copy);
    memcpy((char *)value + field->has_offset, &count, sizeof count);
}

/* One more zeroed element at the end; elements are nested by value, so it may move later. */
static void *add_element(struct kds_reader *r, struct kds_buf *elements, size_t size)
{
    void *element = kds_buf_reserve(elements, size);
    if (element == NULL) {
        no_room(r, elements->err);
        return NULL;
    }
    memset(element, 0, size);
    kds_buf_commit(elements, size);
    return element;
}

static void
read_element(struct kds_reader *r, const struct kds_field *field, void *element)
{
    kds_slice_t bytes;
    double number;
    if (field->element_kind == KDS_K_STRUCT) {
        read_struct(r, field->shape, element);
    } else if (field->element_kind == KDS_K_DOUBLE) {
        number = r->ops->real(r);
        memcpy(element, &number, sizeof number);
    } else {
        bytes = (field->element_kind == KDS_K_BLOB ? r->ops->blob : r->ops->text)(r);
        memcpy(element, &bytes, sizeof bytes);
    }
}

static void read_records(struct kds_reader *r, const struct kds_field *field, void *value)
{
    const kds_record_t *records = NULL;
    size_t count = 0;
    kds_records_read(r, &records, &count);
    memcpy(kds_member_mutable(value, field), &records, sizeof records);
    memcpy((char *)value + field->has_offset, &count, sizeof count);
}

static void read_list(struct kds_reader *r, const struct kds_field *field, void *value)
{
    struct kds_buf elements;
    if (!r->ops->is(r, KDS_T_LIST)) {
        kds_reader_fail(r, "expected a list");
        return;
    }
    if ((field->flags & KDS_F_RECORDS) != 0 && r->ops->raw != NULL) {
        read_records(r, field, value);
        return;
    }
    kds_buf_init(&elements, r->arena->max);
    r->ops->enter(r);
    while (r->err == KDS_OK && r->ops->next(r)) {
        void *element = add_element(r, &elements, kds_element_size(field));
        if (element == NULL) {
            break;
        }
        read_element(r, field, element);
    }
    if (r->err == KDS_OK) {
        keep_elements(r, field, &elements, value);
    }
    kds_buf_clear(&elements);
}

static void read_map(struct kds_reader *r, const struct kds_field *field, void *value)
{
    struct kds_buf pairs;
    const struct kds_field *parts = field->shape->fields; /* key and value */
    if (!r->ops->is(r, KDS_T_MAP)) {
        kds_reader_fail(r, "expected a map");
        return;
    }
    kds_buf_init(&pairs, r->arena->max);
    r->ops->enter(r);
    while (r->err == KDS_OK && r->ops->next(r)) {
        void *pair = add_element(r, &pairs, field->shape->size);
        if (pair == NULL) {
            break;
        }
        *(kds_slice_t *)kds_member_mutable(pair, &parts[0]) =
            kds_reader_keep_text(r, r->ops->key(r));
        if (r->err == KDS_OK) {
            read_member(r, &parts[1], pair);
        }
    }
    if (r->err == KDS_OK) {
        keep_elements(r, field, &pairs, value);
    }
    kds_buf_clear(&pairs);
}

static void
read_optional_struct(struct kds_reader *r, const struct kds_field *field, void *value)
{
    void *inner = kds_arena_alloc(r->arena, field->shape->size);
    if (inner == NULL) {
        no_room(r, r->arena->err);
        return;
    }
    read_struct(r, field->shape, inner);
    memcpy(kds_member_mutable(value, field), &inner, sizeof inner);
}

static void read_member(struct kds_reader *r, const struct kds_field *field, void *value)
{
    void *member = kds_member_mutable(value, field);
    bool yes = true;
    switch ((enum kds_kind)field->kind) {
    case KDS_K_STRING:
        *(kds_slice_t *)member = r->ops->text(r);
        return;
    case KDS_K_BLOB:
        *(kds_slice_t *)member = r->ops->blob(r);
        return;
    case KDS_K_LIST:
        read_list(r, field, value);
        return;
    case KDS_K_MAP:
        read_map(r, field, value);
        return;
    case KDS_K_STRUCT:
        if (field->flags & KDS_F_REQUIRED) {
            read_struct(r, field->shape, member);
        } else {
            read_optional_struct(r, field, value);
        }
        return;
    case KDS_K_INT64:
        *(int64_t *)member = r->ops->integer(r);
        break;
    case KDS_K_DOUBLE:
        *(double *)member = r->ops->real(r);
        break;
    case KDS_K_BOOL:
        *(bool *)member = r->ops->boolean(r);
        break;
    case KDS_K_TIMESTAMP:
        *(int64_t *)member = r->ops->timestamp_ms(r);
        break;
    }
    if (field->has_offset != KDS_NO_OFFSET) {
        memcpy((char *)value + field->has_offset, &yes, sizeof yes);
    }
}

static void read_struct(struct kds_reader *r, const struct kds_shape *shape, void *value)
{
    uint64_t seen = 0; /* by index of the field; no shape has 64 */
    size_t guess = 0;

    memset(value, 0, shape->size);
    if (shape->bare) {
        read_member(r, &shape->fields[0], value);
        return;
    }
    if (!r->ops->is(r, KDS_T_MAP)) {
        kds_reader_fail(r, "expected an object");
        return;
    }
    r->ops->enter(r);
    while (r->err == KDS_OK && r->ops->next(r)) {
        const struct kds_field *field = find_field(shape, r->ops->key(r), &guess);
        if (r->err != KDS_OK) {
            return;
        }
        if (field == NULL) {
            kds_reader_skip(r);
            continue;
        }
        uint64_t bit = UINT64_C(1) << (field - shape->fields);
        if (seen & bit) {
            kds_reader_fail(r, "a member stands twice");
            return;
        }
        seen |= bit;
        if (r->ops->is(r, KDS_T_NULL)) {
            r->ops->null(r);
        } else {
            read_member(r, field, value);
        }
    }
}

kds_err_t kds_shape_decode(enum kds_format format,
                           const struct kds_shape *shape,
                           kds_slice_t bytes,
                           void *value,
                           struct kds_arena *arena,
                           kds_error_t **error)
{
    struct kds_reader r;
    memset(value, 0, shape->size);
    if (bytes.n == 0) {
        return KDS_OK;
    }
    kds_reader_init(&r, format, bytes, arena);
    read_struct(&r, shape, value);
    if (r.err == KDS_OK && (r.ops->peek(&r) != KDS_T_NONE || r.p != r.end)) {
        kds_reader_fail(&r, "bytes behind the value");
    }
    if (r.err != KDS_OK) {
        return kds_error_set(error, r.err, "%s: %s at byte %zu of %zu", shape->name,
                             r.why, (size_t)(r.p - r.start), bytes.n);
    }
    return KDS_OK;
}
