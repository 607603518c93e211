/*
 * shape_encode: values to bytes.
 */
#include "codec/shape.h"

#include "codec/shape_member.h"
#include "codec/token.h"
#include "kds/kinesis.h"

static void
write_struct(struct kds_writer *w, const struct kds_shape *shape, const void *value);

static void
write_list(struct kds_writer *w, const struct kds_field *field, const void *value)
{
    const char *element = kds_member_pointer(value, field);
    size_t count = kds_member_count(value, field);
    w->ops->list(w, count);
    for (size_t i = 0; i < count; i++, element += kds_element_size(field)) {
        if (field->element_kind == KDS_K_STRUCT) {
            write_struct(w, field->shape, element);
        } else {
            kds_slice_t text;
            memcpy(&text, element, sizeof text);
            w->ops->text(w, text);
        }
    }
    w->ops->list_end(w);
}

static void
write_map(struct kds_writer *w, const struct kds_field *field, const void *value)
{
    const kds_tag_t *pairs = kds_member_pointer(value, field);
    size_t count = kds_member_count(value, field);
    w->ops->map(w, count);
    for (size_t i = 0; i < count; i++) {
        w->ops->key(w, pairs[i].key);
        w->ops->text(w, pairs[i].value);
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

static void
write_struct(struct kds_writer *w, const struct kds_shape *shape, const void *value)
{
    size_t present = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        present += kds_member_present(value, &shape->fields[i]);
    }
    w->ops->map(w, present);
    for (size_t i = 0; i < shape->field_count && w->out->err == KDS_OK; i++) {
        if (kds_member_present(value, &shape->fields[i])) {
            w->ops->key(w, shape->fields[i].wire);
            write_member(w, &shape->fields[i], value);
        }
    }
    w->ops->map_end(w);
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
