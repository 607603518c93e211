/*
 * token: choosing the format, and what both readers share.
 */
#include "codec/token.h"

#include "base/text.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/query.h"
#include "codec/xml.h"

#include <string.h>

void kds_reader_init(struct kds_reader *r,
                     enum kds_format format,
                     kds_slice_t bytes,
                     struct kds_arena *arena)
{
    static const uint8_t nothing[1] = {0};
    static const struct kds_reader_ops *const ops[] = {
        [KDS_FORMAT_JSON] = &kds_json_reader_ops,
        [KDS_FORMAT_CBOR] = &kds_cbor_reader_ops,
        [KDS_FORMAT_QUERY] = &kds_xml_reader_ops,
    };
    r->ops = ops[format];
    r->start = bytes.p ? bytes.p : nothing;
    r->p = r->start;
    r->end = r->start + bytes.n;
    r->arena = arena;
    r->err = KDS_OK;
    r->why = NULL;
    r->wants_map = false;
    r->depth = 0;
}

bool kds_reader_is(struct kds_reader *r, enum kds_token wanted)
{
    return r->ops->peek(r) == wanted;
}

void kds_reader_fail(struct kds_reader *r, const char *why)
{
    if (r->err == KDS_OK) {
        r->err = KDS_ERR_PROTOCOL;
        r->why = why;
    }
}

struct kds_level *kds_reader_push(struct kds_reader *r, bool is_map)
{
    if (r->depth == KDS_DEPTH_MAX) {
        kds_reader_fail(r, "nested too deeply");
        return NULL;
    }
    struct kds_level *level = &r->levels[r->depth++];
    memset(level, 0, sizeof *level);
    level->is_map = is_map;
    return level;
}

void kds_reader_skip(struct kds_reader *r)
{
    unsigned outside = r->depth;
    do {
        enum kds_token token = r->ops->peek(r);
        if (token == KDS_T_LIST || token == KDS_T_MAP) {
            r->ops->enter(r);
        } else {
            r->ops->skip_scalar(r);
        }
        while (r->err == KDS_OK && r->depth > outside && !r->ops->next(r)) {
            /* next() left a level: look whether the one around it goes on. */
        }
        if (r->err == KDS_OK && r->depth > outside && r->levels[r->depth - 1].is_map) {
            r->ops->key(r);
        }
    } while (r->err == KDS_OK && r->depth > outside);
}

kds_slice_t kds_reader_keep_text(struct kds_reader *r, kds_slice_t text)
{
    size_t code_points;
    kds_slice_t none = {NULL, 0};
    if (!kds_utf8_valid(text, &code_points)) {
        kds_reader_fail(r, "text is not UTF-8");
        return none;
    }
    if (r->arena == NULL) { /* only skipped over */
        return text;
    }
    kds_slice_t copy = kds_arena_copy(r->arena, text);
    if (copy.p == NULL && r->err == KDS_OK) {
        r->err = r->arena->err;
        r->why = "no room for text";
    }
    return copy;
}

void kds_writer_init(struct kds_writer *w, enum kds_format format, struct kds_buf *out)
{
    static const struct kds_writer_ops *const ops[] = {
        [KDS_FORMAT_JSON] = &kds_json_writer_ops,
        [KDS_FORMAT_CBOR] = &kds_cbor_writer_ops,
        [KDS_FORMAT_QUERY] = &kds_query_writer_ops,
    };
    w->ops = ops[format];
    w->out = out;
    w->comma = false;
    w->depth = 0;
}
