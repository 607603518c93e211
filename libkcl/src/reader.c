/*
 * reader: what polling and fan-out have in common: room for what comes, records taken apart and put in line for the
 * application, gaps, the end of a shard.
 */
#include "core_internal.h"

#include "base/clock.h"
#include "base/size.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define EXPECTED_FIRST_BYTES ((size_t)1 << 20)
#define EXPECTED_LEAST_BYTES ((size_t)16 << 10)
#define EXPECTED_MOST_BYTES  ((size_t)10 << 20) /* the service's limit for one answer */

/* ---- room --------------------------------------------------------------------------------- */

bool kcl_read_wanted(const struct kcl_core *core, const struct kcl_shard *s)
{
    /* One batch waits at most; what is pushed is bounded by its credit. */
    return s->held && !s->lost && !core->stopping && !s->leaving && !s->stopped &&
           !s->at_end && (s->ready == NULL || kcl_fanout_serves(core, s));
}

/* What waits for the application, and what is under way. What it is working on does not count: with a pool
 * that is a page per thread at most, and one that is stuck must not starve the others. */
static bool has_room(const struct kcl_core *core, size_t bytes)
{
    size_t used = core->buffered_bytes - core->lent_bytes + core->reserved_bytes;
    return used == 0 || used + bytes <= kds_size(core->conf->prefetch_max_bytes);
}

static size_t wish(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (kcl_fanout_serves(core, s)) {
        size_t credit = kcl_fanout_credit(core);
        size_t most = kds_size(core->conf->prefetch_max_bytes) / 2;
        size_t event = s->expected_bytes < most ? s->expected_bytes : most;
        return event > credit ? event : credit;
    }
    return s->expected_bytes ? s->expected_bytes : EXPECTED_FIRST_BYTES;
}

static struct kcl_shard *first_hungry(const struct kcl_core *core)
{
    struct kcl_place *p = core->hungry.first;
    return p ? (struct kcl_shard *)(void *)((char *)p -
                                            offsetof(struct kcl_shard, hungry))
             : NULL;
}

bool kcl_read_reserve(struct kcl_core *core, struct kcl_shard *s)
{
    size_t bytes = wish(core, s);
    /* Nobody overtakes who waits, even with a smaller wish. */
    bool turn = s->fed || core->hungry.first == NULL || first_hungry(core) == s;
    if (!turn || !has_room(core, bytes)) {
        kcl_line_join(&core->hungry, &s->hungry);
        return false;
    }
    kcl_line_leave(&core->hungry, &s->hungry);
    s->fed = false;
    s->reserved_bytes = bytes;
    core->reserved_bytes += bytes;
    s->credit_bytes = kcl_fanout_serves(core, s) ? bytes : 0;
    return true;
}

void kcl_read_unreserve(struct kcl_core *core, struct kcl_shard *s)
{
    core->reserved_bytes -= s->reserved_bytes;
    s->reserved_bytes = s->credit_bytes = 0;
}

void kcl_read_settle(struct kcl_core *core, struct kcl_shard *s)
{
    if (s->credit_bytes > 0) {
        core->reserved_bytes -= s->reserved_bytes;
        s->reserved_bytes =
            s->credit_bytes > s->held_bytes ? s->credit_bytes - s->held_bytes : 0;
        core->reserved_bytes += s->reserved_bytes;
    }
}

/* What is pushed comes unasked, and an event may be larger than the credit. One that nothing waits beside is taken
 * whatever its size: otherwise it never could be. */
static bool fits(const struct kcl_core *core, const struct kcl_shard *s, size_t bytes)
{
    size_t waiting = core->buffered_bytes - core->lent_bytes;
    size_t used = waiting + core->reserved_bytes - s->reserved_bytes;
    return bytes <= s->reserved_bytes || waiting == 0 ||
           used + bytes <= kds_size(core->conf->prefetch_max_bytes);
}

bool kcl_read_pressed(const struct kcl_core *core)
{
    const struct kcl_shard *s = first_hungry(core);
    return s != NULL && !has_room(core, wish(core, s));
}

bool kcl_read_feed(struct kcl_core *core)
{
    struct kcl_shard *s = first_hungry(core);
    if (s == NULL || !has_room(core, wish(core, s))) {
        return false;
    }
    kcl_line_leave(&core->hungry, &s->hungry);
    s->fed = true;
    kcl_core_wake_shard(core, s);
    return true;
}

/* ---- where to read ------------------------------------------------------------------------ */

static const kds_slice_t type_trim_horizon = KDS_SLICE_LIT("TRIM_HORIZON");
static const kds_slice_t type_timestamp = KDS_SLICE_LIT("AT_TIMESTAMP");
static const kds_slice_t type_at = KDS_SLICE_LIT("AT_SEQUENCE_NUMBER");
static const kds_slice_t type_after = KDS_SLICE_LIT("AFTER_SEQUENCE_NUMBER");

#define REJECTIONS 2 /* of a position, after which it is taken for trimmed */

void kcl_read_start(struct kcl_shard *s, kds_starting_position_t *out)
{
    const struct kcl_position *p = &s->fetched;
    memset(out, 0, sizeof *out);
    if (p->kind == KCL_AT_TRIM_HORIZON || p->kind == KCL_AT_SHARD_END ||
        s->rejections >= REJECTIONS) {
        out->type = type_trim_horizon;
    } else if (p->kind == KCL_AFTER_RECORD) {
        /* After a checkpoint the rest of its aggregate may still have to be delivered; behind a record that
         * was fetched whole there is nothing of it left. */
        out->type = p->number == INT64_MAX ? type_after : type_at;
        out->sequence_number = kds_slice(p->sequence);
        /* Does the record that was processed last still exist? See look_for_gap(). */
        s->gap_from = p->number == INT64_MAX ? s->gap_from : *p;
    } else { /* the instant of `latest` was pinned when the lease was taken */
        out->type = type_timestamp;
        out->has_timestamp_ms = true;
        out->timestamp_ms = p->number;
    }
}

void kcl_read_rejected(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_roster_doubt(core, s);
    if (s->fetched.kind == KCL_AFTER_RECORD && s->rejections < REJECTIONS) {
        s->rejections++;
        s->gap_from = s->fetched;
    }
}

/* ---- gaps --------------------------------------------------------------------------------- */

void kcl_read_gap(struct kcl_core *core, struct kcl_shard *s, const char *to)
{
    char message[256];
    if (s->gap_told) { /* it stopped here, and was told to go on */
        s->gap_told = false;
        s->gap_from.kind = KCL_AT_TRIM_HORIZON;
        return;
    }
    snprintf(message, sizeof message,
             "the records behind %.130s may be gone unread; it goes on at %.60s",
             kcl_position_text(&s->gap_from), to);
    core->stats.gaps++;
    kcl_note(core, KCL_EVENT_GAP, s, &s->gap_from, message);
    s->gap_from.kind = KCL_AT_TRIM_HORIZON;
    if (core->conf->gap_stops) {
        s->stopped = s->gap_stopped = true;
        kcl_note(core, KCL_EVENT_SHARD_STOPPED, s, NULL,
                 "records are gone, and gap.records is stop; the shard is not read on");
    }
}

/* The first record behind a position that was asked for tells whether that position still exists: the record
 * that was processed last comes again, unless it was trimmed, perhaps with others. */
static void
look_for_gap(struct kcl_core *core, struct kcl_shard *s, const struct kcl_arrival *a)
{
    if (s->gap_from.kind != KCL_AFTER_RECORD || a->count == 0) {
        return;
    }
    kds_slice_t first = a->records[0].sequence_number;
    if (kds_sequence_cmp(first, kds_slice(s->gap_from.sequence)) > 0) {
        kcl_read_gap(core, s, (const char *)first.p);
    } else {
        s->gap_from.kind = KCL_AT_TRIM_HORIZON;
        s->gap_told = false;
    }
}

/* ---- the end ------------------------------------------------------------------------------ */

static bool copy_name(char out[KCL_NAME_BYTES], kds_slice_t name)
{
    if (name.n == 0 || name.n >= KCL_NAME_BYTES) {
        return false;
    }
    memcpy(out, name.p, name.n);
    out[name.n] = 0;
    return true;
}

bool kcl_read_child(const struct kcl_shard *s,
                    struct kcl_lease *lease,
                    kds_slice_t shard_id,
                    const kds_hash_key_range_t *range,
                    const kds_slice_t *parents,
                    size_t parent_count)
{
    memset(lease, 0, sizeof *lease);
    if (!copy_name(lease->shard_id, shard_id) || parent_count < 1 ||
        parent_count > KCL_PARENTS_MAX ||
        !kds_u128_parse(range->starting_hash_key, &lease->first) ||
        !kds_u128_parse(range->ending_hash_key, &lease->last)) {
        return false;
    }
    for (size_t k = 0; k < parent_count; k++) {
        if (!copy_name(lease->parents[k], parents[k])) {
            return false;
        }
    }
    lease->parent_count = parent_count;
    lease->checkpoint.kind = KCL_AT_TRIM_HORIZON;
    lease->has_range = true;
    lease->created_ms = s->lease.created_ms;
    memcpy(lease->stream, s->lease.stream, sizeof lease->stream);
    return true;
}

/* The leases of the shards that go on. @return false if they are malformed */
static bool read_children(struct kcl_shard *s, const struct kcl_arrival *a)
{
    if (a->child_count < 1 || a->child_count > 2) {
        return false;
    }
    for (size_t i = 0; i < a->child_count; i++) {
        const kds_child_shard_t *in = &a->children[i];
        if (!kcl_read_child(s, &s->children[i], in->shard_id, &in->hash_key_range,
                            in->parent_shards, in->parent_shards_count)) {
            return false;
        }
    }
    s->child_count = a->child_count;
    return true;
}

/* ---- records ------------------------------------------------------------------------------ */

static void expect_next(struct kcl_shard *s, size_t bytes)
{
    size_t next = bytes + bytes / 4;
    if (next < s->expected_bytes / 2) {
        next = s->expected_bytes / 2;
    }
    next = next < EXPECTED_LEAST_BYTES ? EXPECTED_LEAST_BYTES : next;
    s->expected_bytes = next > EXPECTED_MOST_BYTES ? EXPECTED_MOST_BYTES : next;
}

static void remember_fetched(struct kcl_shard *s, const struct kcl_arrival *a)
{
    for (size_t i = 0; i < a->count; i++) {
        kcl_record_t whole = {.sequence_number = a->records[i].sequence_number,
                              .subsequence_number = INT64_MAX};
        /* The last is the furthest, unless they came out of order. */
        bool last = i + 1 == a->count ||
                    kds_sequence_cmp(whole.sequence_number,
                                     a->records[a->count - 1].sequence_number) > 0;
        if (last) {
            struct kcl_position p = kcl_record_position(&whole);
            s->fetched = kcl_position_cmp(&p, &s->fetched) > 0 ? p : s->fetched;
        }
    }
}

kds_err_t kcl_read_arrived(struct kcl_core *core,
                           int64_t now_us,
                           struct kcl_shard *s,
                           const struct kcl_arrival *a)
{
    bool malformed;
    const struct kcl_page_rules rules = {
        .after = &s->fetched,
        .first = s->lease.first,
        .last = s->lease.has_range ? s->lease.last : KDS_U128_MAX,
        .drop_foreign = core->conf->foreign == KCL_FOREIGN_DROP};
    const struct kcl_page_counts before = core->counts;
    struct kcl_page *page =
        kcl_page_new(a, &rules, core->decoder, &core->counts, &malformed);
    if (page == NULL) {
        return malformed ? KDS_ERR_PROTOCOL : KDS_ERR_NO_MEMORY;
    }
    if (a->pushed && !fits(core, s, page->bytes)) {
        core->counts = before; /* it comes again */
        expect_next(s, page->bytes);
        kcl_page_free(page);
        return KDS_ERR_QUEUE_FULL;
    }
    kcl_measure_page(core, s, &before);
    /* A shard ends only on evidence: no way on, and the shards that go on. */
    if (a->last != (a->child_count > 0) || (a->last && !read_children(s, a))) {
        kcl_page_free(page);
        return KDS_ERR_PROTOCOL;
    }
    s->at_end = a->last;
    s->behind_ms = page->behind_ms;
    s->failures = 0;
    s->trouble[0] = 0;
    s->empty = a->count > 0 ? 0 : s->empty + 1;
    expect_next(s, page->bytes);
    look_for_gap(core, s, a);
    if (a->count > 0) {
        core->last_record_us = now_us;
        remember_fetched(s, a);
    }
    if (page->count == 0 || s->stopped) {
        kcl_page_free(page);
        kcl_shard_release(core, a->output, a->pushed);
        return KDS_OK;
    }
    kcl_shard_add_ready(core, s, page);
    return KDS_OK;
}

void kcl_read_rewind(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_shard_drop_page(core, s, &s->current);
    kcl_shard_drop_ready(core, s);
    s->fetched = s->passed;
    s->at_end = false;
}

/* ---- trouble ------------------------------------------------------------------------------ */

void kcl_read_failed(struct kcl_core *core,
                     int64_t now_us,
                     struct kcl_shard *s,
                     kds_err_t code,
                     const char *why)
{
    static const int64_t first_us = 250 * KDS_US_PER_MS;
    /* What only a person can mend is asked for less often. */
    bool denied = code == KDS_ERR_ACCESS_DENIED || code == KDS_ERR_NOT_FOUND;
    int64_t last_us = (denied ? 30 : 5) * KDS_US_PER_S;
    s->call_at_us = now_us + kcl_backoff_us(core, s->failures++, first_us, last_us);
    s->waits = KCL_WAITS_BACKOFF;
    snprintf(s->trouble, sizeof s->trouble, "%s", why);
    if (code == KDS_ERR_THROTTLED) {
        core->stats.throttled++;
        kcl_measure(core, s, KCL_METRIC_THROTTLED, 1, 1);
    } else {
        core->stats.failed_calls++;
        kcl_note(core, KCL_EVENT_TROUBLE, s, NULL, why);
    }
}
