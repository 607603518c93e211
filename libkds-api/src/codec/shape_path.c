/*
 * shape_path: step by step into structs and lists.
 */
#include "codec/shape_path.h"

#include "base/slice.h"
#include "codec/shape_member.h"

const struct kds_field *kds_shape_field(const struct kds_shape *shape, kds_slice_t name)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        if (kds_slice_eq(shape->fields[i].wire, name)) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

/* Into a struct, or into the last element of a list of them. NULL if it is absent or neither. */
static const void *step(const void *value, const struct kds_field *field)
{
    if (field->kind == KDS_K_STRUCT) {
        return kds_member_struct(value, field);
    }
    size_t count = field->kind == KDS_K_LIST ? kds_member_count(value, field) : 0;
    if (count == 0 || field->element_kind != KDS_K_STRUCT) {
        return NULL;
    }
    const char *first = kds_member_pointer(value, field);
    return first + (count - 1) * kds_element_size(field);
}

const void *kds_shape_at(const struct kds_shape *shape,
                         const void *value,
                         const char *path,
                         const struct kds_field **field)
{
    kds_slice_t rest = kds_slice(path);
    while (value != NULL) {
        kds_slice_t name = kds_slice_of(rest.p, kds_slice_find(rest, '.'));
        const struct kds_field *at = kds_shape_field(shape, name);
        if (at == NULL) {
            return NULL;
        }
        if (name.n == rest.n) {
            *field = at;
            return kds_member_present(value, at) ? value : NULL;
        }
        rest = kds_slice_of(rest.p + name.n + 1, rest.n - name.n - 1);
        value = step(value, at);
        shape = at->shape;
    }
    return NULL;
}
