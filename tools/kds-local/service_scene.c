/*
 * service_scene: which stream and shard a call is about, before it is performed.
 */
#include "service_internal.h"

#include "base/slice.h"
#include "codec/shape_member.h"

#include <string.h>

/* "arn:aws:kinesis:us-east-1:000000000000:stream/NAME/consumer/..." */
static kds_slice_t stream_of_arn(kds_slice_t arn)
{
    static const char mark[] = ":stream/";
    const size_t n = sizeof mark - 1;
    kds_slice_t none = {NULL, 0};
    for (size_t i = 0; i + n < arn.n; i++) {
        if (memcmp(arn.p + i, mark, n) == 0) {
            kds_slice_t rest = kds_slice_of(arn.p + i + n, arn.n - i - n);
            rest.n = kds_slice_find(rest, '/');
            return rest;
        }
    }
    return none;
}

static void from_iterator(struct local_service *s,
                          kds_slice_t text,
                          kds_slice_t *stream,
                          kds_slice_t *shard)
{
    struct local_token token;
    uint8_t name[LOCAL_TOKEN_NAME];
    if (!local_token_read(local_unquoted(text), s->secret, &token, name) ||
        token.kind != LOCAL_TOKEN_ITERATOR) {
        return;
    }
    const struct local_stream *of = local_find_stream_id(s, token.stream);
    const struct local_shard *in = of ? local_stream_at(of, (uint32_t)token.shard) : NULL;
    if (in != NULL) {
        *stream = kds_slice(of->name);
        *shard = kds_slice(in->id);
    }
}

void local_service_scene(struct local_service *s,
                         enum kds_operation_id operation,
                         const void *input,
                         kds_slice_t *stream,
                         kds_slice_t *shard)
{
    const struct kds_shape *shape = kds_operation_at(operation)->input;
    memset(stream, 0, sizeof *stream);
    memset(shard, 0, sizeof *shard);
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct kds_field *f = &shape->fields[i];
        kds_slice_t value;
        if (f->kind != KDS_K_STRING) {
            continue;
        }
        memcpy(&value, kds_member(input, f), sizeof value);
        if (value.p == NULL) {
            continue;
        }
        if (kds_slice_is(f->wire, "StreamName")) {
            *stream = value;
        } else if (f->pattern == KDS_P_ARN) {
            *stream = stream_of_arn(value);
        } else if (kds_slice_is(f->wire, "ShardId") ||
                   kds_slice_is(f->wire, "ShardToSplit") ||
                   kds_slice_is(f->wire, "ShardToMerge")) {
            *shard = value;
        } else if (kds_slice_is(f->wire, "ShardIterator")) {
            from_iterator(s, value, stream, shard);
        }
    }
}
