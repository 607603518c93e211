/*
 * lease: positions and their text, keys.
 */
#include "lease.h"

#include "base/slice.h"

#include <stdio.h>
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

bool kcl_position_is_start(const struct kcl_position *p)
{
    return rank(p->kind) == 0;
}

const char *kcl_position_text(const struct kcl_position *p)
{
    switch (p->kind) {
    case KCL_AT_TRIM_HORIZON:
        return "TRIM_HORIZON";
    case KCL_AT_TIMESTAMP:
        return "AT_TIMESTAMP";
    case KCL_AT_LATEST:
        return "LATEST";
    case KCL_AT_SHARD_END:
        return "SHARD_END";
    case KCL_AFTER_RECORD:
        break;
    }
    return p->sequence;
}

bool kcl_position_parse(kds_slice_t text, int64_t number, struct kcl_position *out)
{
    static const enum kcl_position_kind sentinels[] = {
        KCL_AT_TRIM_HORIZON, KCL_AT_TIMESTAMP, KCL_AT_LATEST, KCL_AT_SHARD_END};
    struct kcl_position p = {.number = number};
    for (size_t i = 0; i < sizeof sentinels / sizeof sentinels[0]; i++) {
        p.kind = sentinels[i];
        if (kds_slice_is(text, kcl_position_text(&p))) {
            *out = p;
            return true;
        }
    }
    if (!kds_sequence_valid(text) || text.n >= sizeof p.sequence || number < 0) {
        return false;
    }
    p.kind = KCL_AFTER_RECORD;
    memcpy(p.sequence, text.p, text.n);
    *out = p;
    return true;
}

const char *kcl_lease_reader(const struct kcl_lease *lease)
{
    return lease->checkpoint_owner[0] ? lease->checkpoint_owner : lease->owner;
}

bool kcl_lease_key(const char *stream, const char *shard_id, char out[KCL_KEY_BYTES])
{
    int n =
        snprintf(out, KCL_KEY_BYTES, "%s%s%s", stream, stream[0] ? ":" : "", shard_id);
    return n > 0 && n < KCL_KEY_BYTES;
}

bool kcl_lease_of_key(kds_slice_t key, struct kcl_lease *lease)
{
    size_t colon = key.n;
    while (colon > 0 && key.p[colon - 1] != ':') {
        colon--;
    }
    kds_slice_t shard_id = kds_slice_of(key.p + colon, key.n - colon);
    kds_slice_t stream = kds_slice_of(key.p, colon > 0 ? colon - 1 : 0);
    memset(lease, 0, sizeof *lease);
    return shard_id.n > 0 &&
           kcl_copy_text(lease->shard_id, sizeof lease->shard_id, shard_id) &&
           kcl_copy_text(lease->stream, sizeof lease->stream, stream);
}

bool kcl_copy_text(char *out, size_t size, kds_slice_t text)
{
    out[0] = 0;
    if (text.n >= size || memchr(text.n ? (const void *)text.p : "", 0, text.n) != NULL) {
        return false;
    }
    if (text.n > 0) {
        memcpy(out, text.p, text.n);
    }
    out[text.n] = 0;
    return true;
}

/* ---- nonces --------------------------------------------------------------------------------- */

#define TAG_BITS                                                                         \
    20 /* of a nonce: the counter's last bits, and one that says who writes */

static uint64_t tag_of(uint64_t counter, bool holds)
{
    return (counter << 1 | holds) & ((1 << TAG_BITS) - 1);
}

uint64_t kcl_nonce(uint64_t random, uint64_t counter, bool holds)
{
    /* It fits a signed column, and is never 0. */
    return ((random << TAG_BITS) & INT64_MAX) | 1 << TAG_BITS | tag_of(counter, holds);
}

bool kcl_lease_is_ours(const struct kcl_lease *lease)
{
    return (lease->nonce & ((1 << TAG_BITS) - 1)) == tag_of(lease->counter, true);
}
