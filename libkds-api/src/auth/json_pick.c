/*
 * json_pick: one walk with the strict reader of codec/json.h.
 */
#include "auth/json_pick.h"

#include "base/slice.h"
#include "codec/token.h"

#include <string.h>

static struct kds_json_want *
find(struct kds_json_want *wants, size_t count, kds_slice_t key)
{
    for (size_t i = 0; i < count; i++) {
        if (kds_slice_is(key, wants[i].name)) {
            return &wants[i];
        }
    }
    return NULL;
}

static void take(struct kds_reader *r, struct kds_json_want *want)
{
    enum kds_token token = r->ops->peek(r);
    if (want->found) {
        kds_reader_fail(r, "a member stands twice");
    } else if (want->is_integer && token == KDS_T_NUMBER) {
        want->integer = r->ops->integer(r);
        want->found = r->err == KDS_OK;
    } else if (!want->is_integer && token == KDS_T_TEXT) {
        want->text = r->ops->text(r);
        want->found = r->err == KDS_OK;
        if (want->found && memchr(want->text.p, 0, want->text.n) != NULL) {
            kds_reader_fail(r, "a NUL character in a text");
        }
    } else {
        kds_reader_skip(r);
    }
}

static void walk(struct kds_reader *r, struct kds_json_want *wants, size_t count)
{
    if (r->ops->peek(r) != KDS_T_MAP) {
        kds_reader_fail(r, "not a JSON object");
        return;
    }
    r->ops->enter(r);
    while (r->ops->next(r)) {
        struct kds_json_want *want = find(wants, count, r->ops->key(r));
        if (want != NULL) {
            take(r, want);
        } else {
            kds_reader_skip(r);
        }
    }
}

static void walk_inside(struct kds_reader *r,
                        const char *inside,
                        struct kds_json_want *wants,
                        size_t count)
{
    bool seen = false;
    if (r->ops->peek(r) != KDS_T_MAP) {
        kds_reader_fail(r, "not a JSON object");
        return;
    }
    r->ops->enter(r);
    while (r->ops->next(r)) {
        kds_slice_t key = r->ops->key(r);
        if (!kds_slice_is(key, inside)) {
            kds_reader_skip(r);
        } else if (seen) {
            kds_reader_fail(r, "a member stands twice");
        } else {
            seen = true;
            walk(r, wants, count);
        }
    }
}

const char *kds_json_pick(kds_slice_t bytes,
                          const char *inside,
                          struct kds_json_want *wants,
                          size_t count,
                          struct kds_arena *arena)
{
    struct kds_reader r;
    kds_reader_init(&r, KDS_FORMAT_JSON, bytes, arena);
    if (inside != NULL) {
        walk_inside(&r, inside, wants, count);
    } else {
        walk(&r, wants, count);
    }
    r.ops->peek(&r); /* passes over blanks */
    if (r.err == KDS_OK && r.p != r.end) {
        kds_reader_fail(&r, "something follows the object");
    }
    return r.err == KDS_OK ? NULL : r.why ? r.why : "not read";
}
