/*
 * shape_member: how the walkers of codec/shape.h reach a C member through its field.
 */
#ifndef KDS_CODEC_SHAPE_MEMBER_H
#define KDS_CODEC_SHAPE_MEMBER_H

#include <string.h>

#include "codec/shape.h"

/** The member itself. */
static inline const void *kds_member(const void *value, const struct kds_field *field)
{
    return (const char *)value + field->offset;
}

static inline void *kds_member_mutable(void *value, const struct kds_field *field)
{
    return (char *)value + field->offset;
}

/** A pointer member: the elements of a list or map, or an optional struct. */
static inline const void *kds_member_pointer(const void *value,
                                             const struct kds_field *field)
{
    const void *p;
    memcpy(&p, kds_member(value, field), sizeof p);
    return p;
}

/** How many elements a list or map has. */
static inline size_t kds_member_count(const void *value, const struct kds_field *field)
{
    size_t n;
    memcpy(&n, (const char *)value + field->has_offset, sizeof n);
    return n;
}

/** The size of one element of a list or map. */
static inline size_t kds_element_size(const struct kds_field *field)
{
    if (field->shape != NULL) {
        return field->shape->size;
    }
    size_t text =
        sizeof(kds_slice_t); /* where pointers have 32 bits, as large as a double */
    return field->element_kind == KDS_K_DOUBLE ? sizeof(double) : text;
}

/** The struct of a STRUCT field: embedded if required, else pointed to (NULL = absent). */
static inline const void *kds_member_struct(const void *value,
                                            const struct kds_field *field)
{
    return field->flags & KDS_F_REQUIRED ? kds_member(value, field)
                                         : kds_member_pointer(value, field);
}

/** Whether the member has a value that would be written. */
static inline bool kds_member_present(const void *value, const struct kds_field *field)
{
    bool has = true;
    switch ((enum kds_kind)field->kind) {
    case KDS_K_STRING:
    case KDS_K_BLOB:
        return ((const kds_slice_t *)kds_member(value, field))->p != NULL;
    case KDS_K_LIST:
    case KDS_K_MAP:
        return kds_member_pointer(value, field) != NULL;
    case KDS_K_STRUCT:
        return kds_member_struct(value, field) != NULL;
    case KDS_K_INT64:
    case KDS_K_DOUBLE:
    case KDS_K_BOOL:
    case KDS_K_TIMESTAMP:
        if (field->has_offset != KDS_NO_OFFSET) {
            memcpy(&has, (const char *)value + field->has_offset, sizeof has);
        }
        return has;
    }
    return false;
}

#endif /* KDS_CODEC_SHAPE_MEMBER_H */
