/*
 * lease: positions and their text.
 */
#include "lease.h"

#include "base/slice.h"

#include <string.h>

static int rank(enum kcl_position_kind kind)
{
    return kind == KCL_AT_SHARD_END ? 2 : kind == KCL_AFTER_RECORD ? 1 : 0;
}

int kcl_position_cmp(const struct kcl_position *a, const struct kcl_position *b)
{
    if (rank(a->kind) != rank(b->kind)) {
        return rank(a->kind) < rank(b->kind) ? -1 : 1;
    }
    if (a->kind != KCL_AFTER_RECORD) {
        return 0;
    }
    int order = kds_sequence_cmp(kds_slice(a->sequence), kds_slice(b->sequence));
    if (order != 0) {
        return order;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

const char *kcl_position_text(const struct kcl_position *p)
{
    switch (p->kind) {
    case KCL_AT_TRIM_HORIZON:
        return "TRIM_HORIZON";
    case KCL_AT_TIMESTAMP:
        return "AT_TIMESTAMP";
    case KCL_AT_SHARD_END:
        return "SHARD_END";
    case KCL_AFTER_RECORD:
        break;
    }
    return p->sequence;
}

bool kcl_position_parse(kds_slice_t text, int64_t number, struct kcl_position *out)
{
    struct kcl_position p = {.number = number};
    if (kds_slice_is(text, "TRIM_HORIZON")) {
        p.kind = KCL_AT_TRIM_HORIZON;
    } else if (kds_slice_is(text, "AT_TIMESTAMP")) {
        p.kind = KCL_AT_TIMESTAMP;
    } else if (kds_slice_is(text, "SHARD_END")) {
        p.kind = KCL_AT_SHARD_END;
    } else if (kds_sequence_valid(text) && text.n < sizeof p.sequence && number >= 0) {
        p.kind = KCL_AFTER_RECORD;
        memcpy(p.sequence, text.p, text.n);
    } else {
        return false;
    }
    *out = p;
    return true;
}
