/*
 * output: a hidden head in front of the struct.
 */
#include "client/output.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "codec/shape_member.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#define OUTPUT_BYTES_MAX ((size_t)256 * 1024 * 1024) /* of a decoded answer */

struct block {
    struct kds_arena arena;
    struct kds_buf body; /* of CBOR: its blobs point into it */
    char request_id[128];
    alignas(max_align_t) uint8_t value[];
};

static struct block *block_of(const void *output)
{
    return (struct block *)(uintptr_t)((const char *)output -
                                       offsetof(struct block, value));
}

kds_err_t kds_output_decode(const struct kds_shape *shape,
                            enum kds_format format,
                            struct kds_buf *body,
                            const char *request_id,
                            const void **output,
                            kds_error_t **error)
{
    if (body->n == 0 && shape->field_count > 0) {
        /* "{}" is an answer that says nothing; no byte at all is an answer that got lost. */
        return kds_error_set(error, KDS_ERR_PROTOCOL, "%s: the answer is empty",
                             shape->name);
    }
    struct block *b = kds_alloc_zero(1, sizeof *b + shape->size);
    if (b == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    kds_arena_init(&b->arena, OUTPUT_BYTES_MAX);
    kds_err_t rc =
        kds_shape_decode(format, shape, kds_buf_slice(body), b->value, &b->arena, error);
    if (rc != KDS_OK) {
        kds_arena_clear(&b->arena);
        kds_free(b);
        return rc;
    }
    snprintf(b->request_id, sizeof b->request_id, "%s", request_id);
    if (format == KDS_FORMAT_CBOR) {
        b->body = *body;
        kds_buf_init(body, body->max);
    } else { /* all of it has been copied or decoded */
        kds_buf_clear(body);
    }
    *output = b->value;
    return KDS_OK;
}

const char *kds_output_lacks(const struct kds_shape *shape, const void *output)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct kds_field *field = &shape->fields[i];
        if ((field->flags & KDS_F_REQUIRED) && !kds_member_present(output, field)) {
            return (const char *)field->wire.p;
        }
    }
    return NULL;
}

const char *kds_output_request_id(const void *output)
{
    return block_of(output)->request_id;
}

void kds_output_free(const void *output)
{
    if (output != NULL) {
        struct block *b = block_of(output);
        kds_arena_clear(&b->arena);
        kds_buf_clear(&b->body);
        kds_free(b);
    }
}
