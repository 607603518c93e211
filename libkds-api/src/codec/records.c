/*
 * records: the loop over a list of records, and the long way through one.
 */
#include "codec/records_internal.h"

#include "base/slice.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/record_fault.h"
#include "kernel/text_scan.h"

#include <string.h>

static const kds_slice_t names[KDS_RM_COUNT] = {
    [KDS_RM_SEQUENCE] = KDS_SLICE_LIT("SequenceNumber"),
    [KDS_RM_ARRIVAL] = KDS_SLICE_LIT("ApproximateArrivalTimestamp"),
    [KDS_RM_DATA] = KDS_SLICE_LIT("Data"),
    [KDS_RM_KEY] = KDS_SLICE_LIT("PartitionKey"),
    [KDS_RM_ENCRYPTION] = KDS_SLICE_LIT("EncryptionType"),
};

static uint8_t member_of(kds_slice_t name)
{
    for (uint8_t m = 0; m < KDS_RM_COUNT; m++) {
        if (kds_slice_eq(names[m], name)) {
            return m;
        }
    }
    return KDS_RM_OTHER;
}

static void no_room(struct kds_reader *r)
{
    if (r->err == KDS_OK) {
        r->err = r->arena->err;
        r->why = "no room for the records";
    }
}

/* How many records there may be, as long as they are like those before; the service puts no record
 * into fewer bytes than three. */
static size_t next_capacity(const struct kds_records *l)
{
    const size_t read = (size_t)(l->r->p - l->first),
                 left = (size_t)(l->r->end - l->r->p);
    if (l->count == 0) {
        return 8;
    }
    const size_t like_before = l->count + left / (read / l->count) + 8;
    const size_t most = l->count * 8; /* whatever those before were like */
    return like_before < most ? like_before : most;
}

static kds_record_t *add_record(struct kds_records *l)
{
    if (l->count == l->capacity) {
        const size_t capacity = next_capacity(l);
        kds_record_t *more = capacity <= SIZE_MAX / sizeof *more
                                 ? kds_arena_alloc(l->r->arena, capacity * sizeof *more)
                                 : NULL;
        if (more == NULL) {
            no_room(l->r);
            return NULL;
        }
        if (l->count > 0) {
            memcpy(more, l->records, l->count * sizeof *more);
        }
        l->records = more;
        l->capacity = capacity;
    }
    kds_record_t *record = &l->records[l->count++];
    memset(record, 0, sizeof *record);
    return record;
}

/* ---- the long way ------------------------------------------------------------------------- */

/* What cannot be read marks its record, as long as one can tell where it ends. */
static kds_slice_t read_string(struct kds_reader *r, bool blob, uint8_t *fault)
{
    const uint8_t *at = r->p;
    kds_slice_t s = blob ? r->ops->blob(r) : r->ops->text(r);
    const char *why = r->why;
    if (r->err != KDS_ERR_PROTOCOL) {
        return s;
    }
    r->p = at;
    r->err = KDS_OK;
    r->why = NULL;
    kds_slice_t raw = r->ops->raw(r, blob);
    if (r->err != KDS_OK) {
        r->why = why;
        return raw;
    }
    *fault = blob ? KDS_RF_DATA : KDS_RF_TEXT;
    s = kds_arena_copy(r->arena, raw);
    if (s.p == NULL) {
        no_room(r);
    }
    return s;
}

static void read_member(struct kds_reader *r,
                        enum kds_record_member member,
                        kds_record_t *record,
                        uint8_t *fault)
{
    switch (member) {
    case KDS_RM_SEQUENCE:
        record->sequence_number = read_string(r, false, fault);
        break;
    case KDS_RM_ARRIVAL:
        record->approximate_arrival_timestamp_ms = r->ops->timestamp_ms(r);
        record->has_approximate_arrival_timestamp_ms = true;
        break;
    case KDS_RM_DATA:
        record->data = read_string(r, true, fault);
        break;
    case KDS_RM_KEY:
        record->partition_key = read_string(r, false, fault);
        break;
    case KDS_RM_ENCRYPTION:
        record->encryption_type = read_string(r, false, fault);
        break;
    case KDS_RM_COUNT:
    case KDS_RM_OTHER:
        break;
    }
}

/* @return false when the record has ended, or with it all reading. */
static bool
read_one(struct kds_records *l, kds_record_t *record, struct kds_record_state *s)
{
    struct kds_reader *r = l->r;
    if (!r->ops->next(r)) {
        return false;
    }
    const uint8_t member = member_of(r->ops->key(r));
    if (r->err != KDS_OK) {
        return false;
    }
    if (member == KDS_RM_OTHER) {
        kds_reader_skip(r);
        return r->err == KDS_OK;
    }
    if ((s->seen >> member & 1) != 0) {
        kds_reader_fail(r, "a member stands twice");
        return false;
    }
    l->follows[s->last] = member;
    s->seen |= 1u << member;
    s->last = member;
    if (r->ops->is(r, KDS_T_NULL)) {
        r->ops->null(r);
    } else {
        read_member(r, (enum kds_record_member)member, record, &s->fault);
    }
    return r->err == KDS_OK;
}

typedef bool(short_way_fn)(struct kds_records *l,
                           kds_record_t *record,
                           struct kds_record_state *s);

/* Members that the short way did not expect, each followed by another try of it. */
static void read_rest(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s,
                      short_way_fn *short_way)
{
    struct kds_reader *r = l->r;
    if (!s->entered) {
        if (!r->ops->is(r, KDS_T_MAP)) {
            kds_reader_fail(r, "expected an object");
            return;
        }
        r->ops->enter(r);
        s->entered = true;
    } else if (kds_reader_push(r, true) != NULL) {
        r->levels[r->depth - 1] = s->level;
    }
    while (r->err == KDS_OK && read_one(l, record, s)) {
        s->level = r->levels[r->depth - 1];
        if (short_way(l, record, s)) {
            r->depth--;
            return;
        }
        r->levels[r->depth - 1] = s->level;
    }
}

/* ---- the list ----------------------------------------------------------------------------- */

/* In JSON nothing gets longer by being read, so this is room for all that is left. */
static bool take_room(struct kds_records *l)
{
    struct kds_reader *r = l->r;
    const size_t n = (size_t)(r->end - r->p) + KDS_TEXT_SCAN_SLACK + 1;
    l->to = kds_arena_alloc(r->arena, n);
    if (l->to == NULL) {
        no_room(r);
        return false;
    }
    l->to_end = l->to + n;
    return true;
}

/* JSON: what next() would see in the usual case, without the call. */
static inline bool at_next_object(struct kds_records *l)
{
    struct kds_reader *r = l->r;
    const bool usual =
        l->count > 0 && r->end - r->p >= 2 && r->p[0] == ',' && r->p[1] == '{';
    r->p += usual;
    return usual;
}

void kds_records_read(struct kds_reader *r, const kds_record_t **records, size_t *count)
{
    const bool json = r->ops == &kds_json_reader_ops;
    short_way_fn *short_way = json ? kds_records_json : kds_records_cbor;
    struct kds_records l = {.r = r, .base64 = kds_base64_kernel(), .first = r->p};
    memset(l.follows, KDS_RM_OTHER, sizeof l.follows);
    r->ops->enter(r);
    if (r->err != KDS_OK || (json && !take_room(&l))) {
        return;
    }
    while (r->err == KDS_OK && ((json && at_next_object(&l)) || r->ops->next(r))) {
        struct kds_record_state s = {.last = KDS_RM_START};
        kds_record_t *record = add_record(&l);
        if (record == NULL) {
            return;
        }
        if (!short_way(&l, record, &s)) {
            read_rest(&l, record, &s, short_way);
        }
        if (s.fault != KDS_RF_NONE) {
            kds_record_mark(record, (enum kds_record_fault)s.fault);
        }
    }
    if (l.records == NULL && r->err == KDS_OK) { /* empty is not absent */
        l.records = kds_arena_alloc(r->arena, 0);
        if (l.records == NULL) {
            no_room(r);
        }
    }
    *records = l.records;
    *count = l.count;
}
