/*
 * shape_encode: values to bytes.
 */
#include "codec/shape.h"

#include "codec/records.h"
#include "codec/shape_member.h"
#include "codec/token.h"

static bool in_body(const void *value, const struct kds_field *field)
{
    return field->place == KDS_AT_BODY && kds_member_present(value, field);
}

static void
write_member(struct kds_writer *w, const struct kds_field *field, const void *value);

/* A struct, its members one by one; or, if it is bare, its only member. */
static void
write_struct(struct kds_writer *w, const struct kds_shape *shape, const void *value)
{
    size_t present = 0;
    if (shape->bare) {
        write_member(w, &shape->fields[0], value);
        return;
    }
    for (size_t i = 0; i < shape->field_count; i++) {
        present += in_body(value, &shape->fields[i]);
    }
    w->ops->map(w, present);
    for (size_t i = 0; i < shape->field_count && w->out->err == KDS_OK; i++) {
        if (in_body(value, &shape->fields[i])) {
            w->ops->key(w, shape->fields[i].wire);
            write_member(w, &shape->fields[i], value);
        }
    }
    w->ops->map_end(w);
}

static void
write_element(struct kds_writer *w, const struct kds_field *field, const void *element)
{
    kds_slice_t bytes;
    double number;
    if (field->element_kind == KDS_K_STRUCT) {
        write_struct(w, field->shape, element);
    } else if (field->element_kind == KDS_K_DOUBLE) {
        memcpy(&number, element, sizeof number);
        w->ops->real(w, number);
    } else {
        memcpy(&bytes, element, sizeof bytes);
        (field->element_kind == KDS_K_BLOB ? w->ops->blob : w->ops->text)(w, bytes);
    }
}

static void
write_list(struct kds_writer *w, const struct kds_field *field, const void *value)
{
    const char *element = kds_member_pointer(value, field);
    size_t count = kds_member_count(value, field);
    if ((field->flags & KDS_F_ENTRIES) != 0 &&
        kds_entries_write(w, kds_member_pointer(value, field), count)) {
        return;
    }
    w->ops->list(w, count);
    for (size_t i = 0; i < count && w->out->err == KDS_OK; i++) {
        write_element(w, field, element);
        element += kds_element_size(field);
    }
    w->ops->list_end(w);
}

static void
write_map(struct kds_writer *w, const struct kds_field *field, const void *value)
{
    const char *pair = kds_member_pointer(value, field);
    size_t count = kds_member_count(value, field);
    const struct kds_field *parts = field->shape->fields; /* key and value */
    w->ops->map(w, count);
    for (size_t i = 0; i < count && w->out->err == KDS_OK; i++) {
        w->ops->key(w, *(const kds_slice_t *)kds_member(pair, &parts[0]));
        write_member(w, &parts[1], pair);
        pair += field->shape->size;
    }
    w->ops->map_end(w);
}

static void
write_member(struct kds_writer *w, const struct kds_field *field, const void *value)
{
    const void *member = kds_member(value, field);
    switch ((enum kds_kind)field->kind) {
    case KDS_K_STRING:
        w->ops->text(w, *(const kds_slice_t *)member);
        break;
    case KDS_K_BLOB:
        w->ops->blob(w, *(const kds_slice_t *)member);
        break;
    case KDS_K_INT64:
        w->ops->integer(w, *(const int64_t *)member);
        break;
    case KDS_K_DOUBLE:
        w->ops->real(w, *(const double *)member);
        break;
    case KDS_K_BOOL:
        w->ops->boolean(w, *(const bool *)member);
        break;
    case KDS_K_TIMESTAMP:
        w->ops->timestamp_ms(w, *(const int64_t *)member);
        break;
    case KDS_K_STRUCT:
        write_struct(w, field->shape, kds_member_struct(value, field));
        break;
    case KDS_K_LIST:
        write_list(w, field, value);
        break;
    case KDS_K_MAP:
        write_map(w, field, value);
        break;
    }
}

void kds_shape_write(struct kds_writer *w,
                     const struct kds_shape *shape,
                     const void *value)
{
    write_struct(w, shape, value);
}

kds_err_t kds_shape_encode(enum kds_format format,
                           const struct kds_shape *shape,
                           const void *value,
                           struct kds_buf *out)
{
    struct kds_writer w;
    kds_writer_init(&w, format, out);
    write_struct(&w, shape, value);
    return out->err;
}
