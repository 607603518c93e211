/*
 * agg_decoder: reads aggregated records that anybody may have written.
 *
 * Two walks over the message: one checks everything and notes where the entries of the key tables
 * are, one hands out records. Each is linear and trusts no length. Accepts what protobuf-c's generic
 * decoder accepts, and refuses what that refuses: any order of fields, unknown fields, the last one
 * of a repeated scalar; no groups. Fields and records in the form that known writers give them are
 * read by a short way, all others by a general one.
 * Knows no Kinesis record beyond its data, no shard, no thread.
 * Wire format: docs/wire/aggregation.md
 */
#include "codec/agg.h"

#include "base/alloc.h"
#include "codec/agg_internal.h"
#include "kernel/md5.h"

#include <string.h>

/* Longest varints, in bytes. A length could legally be padded to ten; protobuf-c refuses that. */
#define TAG_BYTES_MAX    5 /* a field's number and wire type */
#define LENGTH_BYTES_MAX 5
#define VARINT_BYTES_MAX 10

#define HASH_LANES 64 /* messages handed to the MD5 kernel at a time */

/* A table of more entries than this is not kept for the next message. */
#define ENTRIES_KEPT ((size_t)64 * 1024)

/* Entry of a key table: where its text is. Lengths are below 2^31, so the top bit is free. */
struct entry {
    uint32_t at; /* offset in the message */
    uint32_t n;  /* length; ENTRY_USED on top */
};

#define ENTRY_USED (UINT32_C(1) << 31)

struct key_table {
    struct entry *entries;
    size_t capacity;
    size_t count; /* of the message; beyond capacity they are counted, not noted */
};

struct kds_agg_decoder {
    const uint8_t *message; /* the protobuf message: without magic and MD5 */
    const uint8_t *first;   /* its first record */
    const uint8_t *end;
    const uint8_t *at; /* where kds_agg_decoder_next() goes on */
    struct key_table keys, hash_keys;
    bool
        all_usual; /* records without explicit hash key, in the usual form, and nothing else */
    bool all_used; /* every partition key places a record, no explicit hash key does */
    bool marked;   /* ENTRY_USED is set where it belongs */
};

/* ---- protobuf fields ---------------------------------------------------------------------- */

struct field {
    uint32_t number;
    uint32_t wire;
    kds_slice_t content; /* of KDS_AGG_W_BYTES */
    uint64_t value;      /* of KDS_AGG_W_VARINT */
};

/*
 * A varint of at most @p max bytes, little end first; bits beyond 64 are dropped.
 * @return behind it, or NULL.
 */
static const uint8_t *
read_varint(const uint8_t *p, const uint8_t *end, unsigned max, uint64_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < max && p < end; i++) {
        uint8_t byte = *p++;
        *out |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            return p;
        }
    }
    return NULL;
}

/*
 * A varint of one or two bytes. Looks at two bytes without a bound: an MD5 of 16 bytes stands
 * behind every message. The caller compares what it gets with the end.
 * @return behind it, or NULL: it is longer.
 */
static inline const uint8_t *read_short_varint(const uint8_t *p, size_t *out)
{
    if (KDS_LIKELY(p[0] < 0x80)) {
        *out = p[0];
        return p + 1;
    }
    *out = (size_t)(p[0] & 0x7F) | (size_t)p[1] << 7;
    return KDS_LIKELY(p[1] < 0x80) ? p + 2 : NULL;
}

/* What the slice at @p p of @p n bytes leaves behind, or NULL if it ends beyond the end. */
static inline const uint8_t *
take_bytes(const uint8_t *p, const uint8_t *end, uint64_t n, kds_slice_t *out)
{
    if (KDS_UNLIKELY(p > end || n > (uint64_t)(end - p))) {
        return NULL;
    }
    *out = (kds_slice_t){p, (size_t)n};
    return p + n;
}

/* Any field. Number 0 is refused where it stands in one byte; protobuf-c looks no further. */
static const uint8_t *
read_any_field(const uint8_t *p, const uint8_t *end, struct field *f)
{
    uint64_t v;
    *f = (struct field){.content = {p, 0}}; /* of other wire types: empty */
    if ((*p & 0xF8) == 0 || (p = read_varint(p, end, TAG_BYTES_MAX, &v)) == NULL) {
        return NULL;
    }
    f->number = (uint32_t)(v >> 3);
    f->wire = (uint32_t)(v & 7);
    switch (f->wire) {
    case KDS_AGG_W_BYTES:
        p = read_varint(p, end, LENGTH_BYTES_MAX, &v);
        return p != NULL ? take_bytes(p, end, v, &f->content) : NULL;
    case KDS_AGG_W_VARINT:
        return read_varint(p, end, VARINT_BYTES_MAX, &f->value);
    case KDS_AGG_W_FIXED64:
        return end - p >= 8 ? p + 8 : NULL;
    case KDS_AGG_W_FIXED32:
        return end - p >= 4 ? p + 4 : NULL;
    default:
        return NULL;
    }
}

/* The field at p < end. @return behind it, or NULL if it is broken. */
static inline const uint8_t *
read_field(const uint8_t *p, const uint8_t *end, struct field *f)
{
    /* The usual one: a number of 1 to 15, bytes, a short length. */
    if (KDS_LIKELY((*p & 0x87) == KDS_AGG_W_BYTES && *p > 7)) {
        size_t n;
        const uint8_t *content = read_short_varint(p + 1, &n);
        if (KDS_LIKELY(content != NULL)) {
            f->number = *p >> 3;
            f->wire = KDS_AGG_W_BYTES;
            return take_bytes(content, end, n, &f->content);
        }
    }
    /* By way of a variable of its own, so that *f stays in registers. */
    struct field any;
    p = read_any_field(p, end, &any);
    *f = any;
    return p;
}

/* ---- messages ----------------------------------------------------------------------------- */

/* One Record, its indexes not yet compared with the tables. */
struct raw_record {
    uint64_t key_index;
    uint64_t hash_key_index;
    bool has_hash_key;
    kds_slice_t data; /* p NULL = not seen */
};

/* Nobody reads tags, but a broken one makes the message broken. */
static bool tag_is_valid(kds_slice_t tag)
{
    bool has_key = false;
    struct field f;
    for (const uint8_t *p = tag.p, *end = p + tag.n; p < end;) {
        p = read_field(p, end, &f);
        if (p == NULL) {
            return false;
        }
        if (f.number == KDS_AGG_F_TAG_KEY || f.number == KDS_AGG_F_TAG_VALUE) {
            if (f.wire != KDS_AGG_W_BYTES) {
                return false;
            }
            has_key = has_key || f.number == KDS_AGG_F_TAG_KEY;
        }
    }
    return has_key;
}

/* Any Record: fields in any order, any number of times, unknown ones among them. */
static bool read_any_record(const uint8_t *p, const uint8_t *end, struct raw_record *r)
{
    bool has_key = false;
    struct field f;

    *r = (struct raw_record){0};
    while (p < end) {
        p = read_field(p, end, &f);
        if (p == NULL) {
            return false;
        }
        switch (f.number) {
        case KDS_AGG_F_PARTITION_KEY_INDEX:
            if (f.wire != KDS_AGG_W_VARINT) {
                return false;
            }
            r->key_index = f.value;
            has_key = true;
            break;
        case KDS_AGG_F_HASH_KEY_INDEX:
            if (f.wire != KDS_AGG_W_VARINT) {
                return false;
            }
            r->hash_key_index = f.value;
            r->has_hash_key = true;
            break;
        case KDS_AGG_F_DATA:
            if (f.wire != KDS_AGG_W_BYTES) {
                return false;
            }
            r->data = f.content;
            break;
        case KDS_AGG_F_TAGS:
            if (f.wire != KDS_AGG_W_BYTES || !tag_is_valid(f.content)) {
                return false;
            }
            break;
        default:
            break;
        }
    }
    return has_key && r->data.p != NULL;
}

/*
 * The form that every known writer uses: index, perhaps a second index, data up to the end.
 * @return false if it has another form, which may still be valid.
 */
static inline bool
read_usual_record(const uint8_t *p, const uint8_t *end, struct raw_record *r)
{
    size_t key_index, hash_key_index = 0, n;
    if (*p != KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEY_INDEX, KDS_AGG_W_VARINT) ||
        (p = read_short_varint(p + 1, &key_index)) == NULL) {
        return false;
    }
    r->has_hash_key = *p == KDS_AGG_TAG(KDS_AGG_F_HASH_KEY_INDEX, KDS_AGG_W_VARINT);
    if (r->has_hash_key && (p = read_short_varint(p + 1, &hash_key_index)) == NULL) {
        return false;
    }
    if (*p != KDS_AGG_TAG(KDS_AGG_F_DATA, KDS_AGG_W_BYTES) ||
        (p = read_short_varint(p + 1, &n)) == NULL || n != (size_t)(end - p)) {
        return false;
    }
    r->key_index = key_index;
    r->hash_key_index = hash_key_index;
    r->data = (kds_slice_t){p, n};
    return true;
}

static inline bool read_record(kds_slice_t message, struct raw_record *r)
{
    const uint8_t *end = message.p + message.n;
    if (KDS_LIKELY(read_usual_record(message.p, end, r))) {
        return true;
    }
    struct raw_record any; /* as in read_field() */
    bool valid = read_any_record(message.p, end, &any);
    *r = any;
    return valid;
}

/* What the first walk learns. */
struct survey {
    struct key_table keys, hash_keys;
    const uint8_t *first; /* record; NULL = none */
    size_t records;
    uint64_t key_index_max;
    uint64_t hash_key_index_max;
    uint64_t used; /* entries 0 .. used - 1 of keys were used, in this order */
    bool has_hash_key;
    bool
        all_usual; /* from the first one to the end, as survey_usual_records() takes them */
};

static inline bool survey_record(struct survey *s, kds_slice_t message)
{
    struct raw_record r;
    if (!read_record(message, &r)) {
        return false;
    }
    if (r.key_index > s->key_index_max) {
        s->key_index_max = r.key_index;
    }
    s->used += r.key_index == s->used;
    if (r.has_hash_key) {
        s->has_hash_key = true;
        if (r.hash_key_index > s->hash_key_index_max) {
            s->hash_key_index_max = r.hash_key_index;
        }
    }
    s->records++;
    return true;
}

static inline void
note_entry(struct key_table *table, const uint8_t *message, kds_slice_t text)
{
    if (KDS_LIKELY(table->count < table->capacity)) {
        table->entries[table->count] =
            (struct entry){(uint32_t)(text.p - message), (uint32_t)text.n};
    }
    table->count++;
}

/* Field 1, one entry behind the other. @return where something else, or something unusual, begins. */
static inline const uint8_t *survey_usual_keys(struct key_table *keys,
                                               const uint8_t *message,
                                               const uint8_t *p,
                                               const uint8_t *end)
{
    struct key_table table = *keys;
    size_t n;
    while (p < end && *p == KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEYS, KDS_AGG_W_BYTES)) {
        const uint8_t *text = read_short_varint(p + 1, &n);
        if (text == NULL || text > end || n > (size_t)(end - text)) {
            break;
        }
        note_entry(&table, message, (kds_slice_t){text, n});
        p = text + n;
    }
    keys->count = table.count;
    return p;
}

/*
 * Records without explicit hash key in the form that every known writer uses, one behind the other.
 * @return where something else, or something unusual, begins.
 */
static inline const uint8_t *
survey_usual_records(struct survey *s, const uint8_t *p, const uint8_t *end)
{
    uint64_t max = s->key_index_max, used = s->used;
    size_t records = s->records, n, index, data_n;
    while (p < end && *p == KDS_AGG_TAG(KDS_AGG_F_RECORDS, KDS_AGG_W_BYTES)) {
        const uint8_t *at = read_short_varint(p + 1, &n);
        if (at == NULL || at > end || n > (size_t)(end - at)) {
            break;
        }
        const uint8_t *record_end = at + n;
        KDS_AGG_WILL_READ(record_end, n);
        if (*at != KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEY_INDEX, KDS_AGG_W_VARINT) ||
            (at = read_short_varint(at + 1, &index)) == NULL ||
            *at != KDS_AGG_TAG(KDS_AGG_F_DATA, KDS_AGG_W_BYTES) ||
            (at = read_short_varint(at + 1, &data_n)) == NULL ||
            data_n != (size_t)(record_end - at)) {
            break;
        }
        max = index > max ? index : max;
        used += index == used;
        records++;
        p = record_end;
    }
    s->key_index_max = max;
    s->used = used;
    s->records = records;
    return p;
}

/* Any field. @return behind it, or NULL: the message is broken. */
static const uint8_t *survey_any_field(struct survey *s,
                                       const uint8_t *message,
                                       const uint8_t *p,
                                       const uint8_t *end)
{
    struct field f;
    p = read_field(p, end, &f);
    if (p == NULL || f.number > KDS_AGG_F_RECORDS || f.number == 0) {
        return p;
    }
    if (f.wire != KDS_AGG_W_BYTES) {
        return NULL;
    }
    if (f.number == KDS_AGG_F_RECORDS) {
        return survey_record(s, f.content) ? p : NULL;
    }
    note_entry(f.number == KDS_AGG_F_PARTITION_KEYS ? &s->keys : &s->hash_keys, message,
               f.content);
    return p;
}

/* Check every field and record. */
static bool survey_fields(struct survey *s, kds_slice_t message)
{
    const uint8_t *p = message.p, *end = p + message.n;
    while (p != NULL && p < end) {
        p = survey_usual_keys(&s->keys, message.p, p, end);
        const uint8_t *run = p;
        size_t before = s->records;
        p = survey_usual_records(s, p, end);
        if (before ==
            0) { /* not yet seen, or these are the first, or the next field is */
            s->first = run;
            s->all_usual = p == end;
        }
        if (p < end) {
            before = s->records;
            run = p;
            p = survey_any_field(s, message.p, p, end);
            s->first = before == 0 ? run : s->first;
        }
    }
    return p != NULL;
}

/*
 * Check the whole message and note its tables as far as they have room. They may come last, so
 * indexes are compared at the end.
 */
static bool
survey_message(struct kds_agg_decoder *d, kds_slice_t message, struct survey *out)
{
    struct survey s = {.keys = d->keys, .hash_keys = d->hash_keys};
    s.keys.count = s.hash_keys.count = 0;
    bool valid = survey_fields(&s, message) &&
                 (s.records == 0 || s.key_index_max < s.keys.count) &&
                 (!s.has_hash_key || s.hash_key_index_max < s.hash_keys.count);
    d->keys.count = s.keys.count;
    d->hash_keys.count = s.hash_keys.count;
    *out = s;
    return valid;
}

/* ---- seal --------------------------------------------------------------------------------- */

/* Messages that wait to be hashed together. */
struct lanes {
    struct kds_md5_job jobs[HASH_LANES];
    uint8_t digests[HASH_LANES][KDS_MD5_BYTES];
    size_t count;
};

static inline bool lanes_add(struct lanes *lanes, kds_slice_t message)
{
    struct kds_md5_job *job = &lanes->jobs[lanes->count];
    job->message = message;
    job->digest = lanes->digests[lanes->count];
    return ++lanes->count == HASH_LANES;
}

static bool may_be_sealed(kds_slice_t data)
{
    return data.n > KDS_AGG_OVERHEAD && data.n <= KDS_AGG_BYTES_MAX &&
           memcmp(data.p, KDS_AGG_MAGIC, KDS_AGG_MAGIC_BYTES) == 0;
}

static kds_slice_t sealed_message(kds_slice_t data)
{
    return (kds_slice_t){data.p + KDS_AGG_MAGIC_BYTES, data.n - KDS_AGG_OVERHEAD};
}

/* Compare the digests; lane i belongs to records[at[i]]. */
static void lanes_check(struct lanes *lanes,
                        const size_t *at,
                        const kds_slice_t *records,
                        bool *sealed)
{
    kds_md5_many(lanes->jobs, lanes->count);
    for (size_t i = 0; i < lanes->count; i++) {
        kds_slice_t data = records[at[i]];
        const uint8_t *digest = data.p + data.n - KDS_AGG_DIGEST_BYTES;
        sealed[at[i]] = memcmp(digest, lanes->digests[i], KDS_AGG_DIGEST_BYTES) == 0;
    }
    lanes->count = 0;
}

void kds_agg_check(const kds_slice_t *records, size_t count, bool *sealed)
{
    struct lanes lanes;
    size_t at[HASH_LANES];

    lanes.count = 0;
    for (size_t i = 0; i < count; i++) {
        sealed[i] = false;
        if (may_be_sealed(records[i])) {
            at[lanes.count] = i;
            if (lanes_add(&lanes, sealed_message(records[i]))) {
                lanes_check(&lanes, at, records, sealed);
            }
        }
    }
    lanes_check(&lanes, at, records, sealed);
}

/* ---- decoder ------------------------------------------------------------------------------ */

struct kds_agg_decoder *kds_agg_decoder_new(void)
{
    return kds_alloc_zero(1, sizeof(struct kds_agg_decoder));
}

void kds_agg_decoder_free(struct kds_agg_decoder *d)
{
    if (d != NULL) {
        kds_free(d->keys.entries);
        kds_free(d->hash_keys.entries);
        kds_free(d);
    }
}

static void table_release(struct key_table *table)
{
    kds_free(table->entries);
    *table = (struct key_table){0};
}

/* Room for exactly what was counted: the sender cannot make it more than 8 bytes an entry. */
static bool table_room(struct key_table *table)
{
    size_t count = table->count;
    if (count <= table->capacity) {
        return true;
    }
    table_release(table);
    table->entries = kds_alloc_zero(count, sizeof *table->entries);
    if (table->entries == NULL) {
        return false;
    }
    table->capacity = count;
    table->count = count;
    return true;
}

static bool tables_are_complete(const struct kds_agg_decoder *d)
{
    return d->keys.count <= d->keys.capacity &&
           d->hash_keys.count <= d->hash_keys.capacity;
}

/* Nothing is open: kds_agg_decoder_next() finds nothing. */
static void close_message(struct kds_agg_decoder *d)
{
    d->message = d->first = d->end = d->at = NULL;
    d->keys.count = d->hash_keys.count = 0;
    d->marked = d->all_usual = false;
    if (d->keys.capacity > ENTRIES_KEPT) {
        table_release(&d->keys);
    }
    if (d->hash_keys.capacity > ENTRIES_KEPT) {
        table_release(&d->hash_keys);
    }
}

kds_err_t kds_agg_decoder_open_sealed(struct kds_agg_decoder *d,
                                      kds_slice_t data,
                                      enum kds_agg_kind *kind,
                                      size_t *count)
{
    kds_slice_t message = sealed_message(data);
    struct survey s;

    close_message(d);
    if (!survey_message(d, message, &s)) {
        *kind = KDS_AGG_CORRUPT;
        *count = 0;
        return KDS_OK;
    }
    if (!tables_are_complete(d)) { /* larger than any before: once more, with room */
        if (!table_room(&d->keys) || !table_room(&d->hash_keys)) {
            close_message(d);
            return KDS_ERR_NO_MEMORY;
        }
        survey_message(d, message, &s);
    }
    d->message = message.p;
    d->end = message.p + message.n;
    d->first = d->at = s.records > 0 ? s.first : d->end;
    d->all_usual = s.records > 0 && s.all_usual;
    d->all_used = !s.has_hash_key && s.used == d->keys.count;
    *kind = KDS_AGG_VALID;
    *count = s.records;
    return KDS_OK;
}

kds_err_t kds_agg_decoder_open(struct kds_agg_decoder *d,
                               kds_slice_t data,
                               enum kds_agg_kind *kind,
                               size_t *count)
{
    bool sealed;
    kds_agg_check(&data, 1, &sealed);
    if (sealed) {
        return kds_agg_decoder_open_sealed(d, data, kind, count);
    }
    close_message(d);
    *kind = KDS_AGG_PLAIN;
    *count = 0;
    return KDS_OK;
}

static kds_slice_t entry_text(const struct kds_agg_decoder *d, const struct entry *entry)
{
    return (kds_slice_t){d->message + entry->at, entry->n & ~ENTRY_USED};
}

/* Indexes were compared with the tables when the message was surveyed. */
static struct entry *key_of(const struct kds_agg_decoder *d, const struct raw_record *r)
{
    return &d->keys.entries[r->key_index];
}

static struct entry *hash_key_of(const struct kds_agg_decoder *d,
                                 const struct raw_record *r)
{
    return &d->hash_keys.entries[r->hash_key_index];
}

/* @return behind the next Record, or NULL at the end. */
static inline const uint8_t *
next_record(const uint8_t *p, const uint8_t *end, struct raw_record *r)
{
    struct field f;
    while (p != end && (p = read_field(p, end, &f)) != NULL) {
        if (f.number == KDS_AGG_F_RECORDS && read_record(f.content, r)) {
            /* Records tend to be of one size: the head of the one after the next. */
            KDS_AGG_WILL_READ(p, f.content.n);
            return p;
        }
    }
    return NULL;
}

/* A varint of one or two bytes that was read before. @return behind it */
static inline const uint8_t *reread_varint(const uint8_t *p, size_t *out)
{
    if (p[0] < 0x80) {
        *out = p[0];
        return p + 1;
    }
    *out = (size_t)(p[0] & 0x7F) | (size_t)p[1] << 7;
    return p + 2;
}

/*
 * Up to @p room records of a message whose records are all usual: nothing is checked again. What
 * it works with is in variables of its own, which no write to *out can change.
 */
static inline size_t
read_usual(struct kds_agg_decoder *d, struct kds_agg_view *out, size_t room)
{
    const uint8_t *const message = d->message, *const end = d->end;
    const struct entry *const keys = d->keys.entries;
    const uint8_t *p = d->at;
    size_t count = 0, index, n;
    for (; count < room && p != end; count++) {
        struct kds_agg_view *view = &out[count];
        p += p[1] < 0x80 ? 2 : 3; /* its length follows from that of the data */
        p = reread_varint(p + 1, &index);
        p = reread_varint(p + 1, &n);
        view->partition_key.p = message + keys[index].at;
        view->partition_key.n = keys[index].n & ~ENTRY_USED;
        view->explicit_hash_key = (kds_slice_t){NULL, 0};
        view->data = (kds_slice_t){p, n};
        p += n;
        KDS_AGG_WILL_READ(p, 2 * n); /* records tend to be of one size */
    }
    d->at = p;
    return count;
}

bool kds_agg_decoder_next(struct kds_agg_decoder *d, struct kds_agg_view *out)
{
    struct raw_record r;
    if (KDS_LIKELY(d->all_usual)) {
        return read_usual(d, out, 1) == 1;
    }
    const uint8_t *p = next_record(d->at, d->end, &r);
    if (p == NULL) {
        d->at = d->end;
        return false;
    }
    d->at = p;
    out->partition_key = entry_text(d, key_of(d, &r));
    out->explicit_hash_key =
        r.has_hash_key ? entry_text(d, hash_key_of(d, &r)) : (kds_slice_t){NULL, 0};
    out->data = r.data;
    return true;
}

size_t
kds_agg_decoder_read(struct kds_agg_decoder *d, struct kds_agg_view *out, size_t room)
{
    size_t n = 0;
    if (KDS_LIKELY(d->all_usual)) {
        return read_usual(d, out, room);
    }
    while (n < room && kds_agg_decoder_next(d, &out[n])) {
        n++;
    }
    return n;
}

/* ---- hashes ------------------------------------------------------------------------------- */

/* Which entries place a record: a table may hold others, and a key may be overridden. */
static void mark_used(struct kds_agg_decoder *d)
{
    struct raw_record r;
    if (d->all_used) { /* as the KPL writes without explicit hash keys: nothing to search */
        for (size_t i = 0; i < d->keys.count; i++) {
            d->keys.entries[i].n |= ENTRY_USED;
        }
        d->marked = true;
        return;
    }
    for (const uint8_t *p = d->first; (p = next_record(p, d->end, &r)) != NULL;) {
        struct entry *entry = r.has_hash_key ? hash_key_of(d, &r) : key_of(d, &r);
        entry->n |= ENTRY_USED;
    }
    d->marked = true;
}

static inline bool between(kds_u128_t v, kds_u128_t first, kds_u128_t last)
{
    return kds_u128_cmp(first, v) <= 0 && kds_u128_cmp(v, last) <= 0;
}

static bool parse_hash_key(kds_slice_t text, kds_u128_t *out)
{
    while (text.n > 1 && *text.p == '0') {
        text.p++;
        text.n--;
    }
    return kds_u128_parse(text, out);
}

static bool
hash_keys_within(const struct kds_agg_decoder *d, kds_u128_t first, kds_u128_t last)
{
    for (size_t i = 0; i < d->hash_keys.count; i++) {
        const struct entry *entry = &d->hash_keys.entries[i];
        kds_u128_t hash;
        if ((entry->n & ENTRY_USED) != 0 &&
            (!parse_hash_key(entry_text(d, entry), &hash) ||
             !between(hash, first, last))) {
            return false;
        }
    }
    return true;
}

static bool lanes_within(struct lanes *lanes, kds_u128_t first, kds_u128_t last)
{
    kds_md5_many(lanes->jobs, lanes->count);
    for (size_t i = 0; i < lanes->count; i++) {
        if (!between(kds_u128_from_be(lanes->digests[i]), first, last)) {
            return false;
        }
    }
    lanes->count = 0;
    return true;
}

static bool
partition_keys_within(const struct kds_agg_decoder *d, kds_u128_t first, kds_u128_t last)
{
    struct lanes lanes;
    lanes.count = 0;
    for (size_t i = 0; i < d->keys.count; i++) {
        const struct entry *entry = &d->keys.entries[i];
        if ((entry->n & ENTRY_USED) != 0 && lanes_add(&lanes, entry_text(d, entry)) &&
            !lanes_within(&lanes, first, last)) {
            return false;
        }
    }
    return lanes_within(&lanes, first, last);
}

bool kds_agg_decoder_within(struct kds_agg_decoder *d, kds_u128_t first, kds_u128_t last)
{
    if (!d->marked) {
        mark_used(d);
    }
    return hash_keys_within(d, first, last) && partition_keys_within(d, first, last);
}
