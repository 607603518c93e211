/*
 * agg_decoder: reads aggregated records that anybody may have written.
 *
 * Three walks over the message: one checks everything and counts, one (only as far as needed) notes
 * where the entries of the key tables are, one hands out records. Each is linear and trusts no
 * length. Accepts what protobuf-c's generic decoder accepts, and refuses what that refuses: any
 * order of fields, unknown fields, the last one of a repeated scalar; no groups.
 * Knows no Kinesis record beyond its data, no shard, no thread.
 * Wire format: docs/wire/aggregation.md
 */
#include "codec/agg.h"

#include "base/alloc.h"
#include "codec/agg_wire.h"
#include "kernel/md5.h"

#include <string.h>

#define TAG_BYTES_MAX 5 /* of a field's number and wire type */
#define LENGTH_BYTES_MAX                                                                 \
    5 /* longer is refused, though padding with zeros would be legal */
#define VARINT_BYTES_MAX 10 /* 64 bits */

#define HASH_LANES 64 /* messages handed to the MD5 kernel at a time */

/* Tables of more entries than this are not kept for the next message. */
#define ENTRIES_KEPT ((size_t)64 * 1024)

/* Entry of a key table: where its text is. Lengths are below 2^31, so the top bit is free. */
struct entry {
    uint32_t at; /* offset in the message */
    uint32_t n;  /* length; ENTRY_USED on top */
};

#define ENTRY_USED (UINT32_C(1) << 31)

struct kds_agg_decoder {
    const uint8_t *message; /* the protobuf message: without magic and MD5 */
    const uint8_t *end;
    const uint8_t *at;     /* where kds_agg_decoder_next() goes on */
    struct entry *entries; /* the partition keys, then the explicit hash keys */
    size_t capacity;
    size_t key_count, hash_key_count;
    bool marked; /* ENTRY_USED is set where it belongs */
};

/* ---- protobuf fields ---------------------------------------------------------------------- */

struct field {
    uint32_t number;
    uint32_t wire;
    const uint8_t *p; /* of KDS_AGG_W_BYTES: the content */
    size_t n;
    uint64_t value; /* of KDS_AGG_W_VARINT */
};

/*
 * A varint of at most @p max bytes, little end first; bits beyond 64 are dropped.
 * @return behind it, or NULL.
 */
static const uint8_t *
read_long_varint(const uint8_t *p, const uint8_t *end, unsigned max, uint64_t *out)
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

static inline const uint8_t *
read_varint(const uint8_t *p, const uint8_t *end, unsigned max, uint64_t *out)
{
    if (KDS_LIKELY(p < end && *p < 0x80)) {
        *out = *p;
        return p + 1;
    }
    if (KDS_LIKELY(end - p >= 2 && p[1] < 0x80)) {
        *out = (uint64_t)(p[0] & 0x7F) | (uint64_t)p[1] << 7;
        return p + 2;
    }
    return read_long_varint(p, end, max, out);
}

/* Number 0 is refused where it stands in one byte; protobuf-c looks no further, nor do we. */
static inline const uint8_t *
read_tag(const uint8_t *p, const uint8_t *end, struct field *f)
{
    uint64_t tag = 0;
    if (KDS_UNLIKELY((*p & 0xF8) == 0)) {
        return NULL;
    }
    p = read_varint(p, end, TAG_BYTES_MAX, &tag);
    f->number = (uint32_t)(tag >> 3);
    f->wire = (uint32_t)(tag & 7);
    return p;
}

static inline const uint8_t *
read_bytes(const uint8_t *p, const uint8_t *end, struct field *f)
{
    uint64_t n;
    p = read_varint(p, end, LENGTH_BYTES_MAX, &n);
    if (KDS_UNLIKELY(p == NULL || n > (uint64_t)(end - p))) {
        return NULL;
    }
    f->p = p;
    f->n = (size_t)n;
    return p + n;
}

/* The field at p < end. @return behind it, or NULL if it is broken. */
static inline const uint8_t *
read_field(const uint8_t *p, const uint8_t *end, struct field *f)
{
    *f = (struct field){0};
    p = read_tag(p, end, f);
    if (KDS_UNLIKELY(p == NULL)) {
        return NULL;
    }
    switch (f->wire) {
    case KDS_AGG_W_BYTES:
        return read_bytes(p, end, f);
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
            r->data = (kds_slice_t){f.p, f.n};
            break;
        case KDS_AGG_F_TAGS:
            if (f.wire != KDS_AGG_W_BYTES || !tag_is_valid((kds_slice_t){f.p, f.n})) {
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
    if (end - p < 4 ||
        *p != KDS_AGG_TAG(KDS_AGG_F_PARTITION_KEY_INDEX, KDS_AGG_W_VARINT)) {
        return false;
    }
    p = read_varint(p + 1, end, VARINT_BYTES_MAX, &r->key_index);
    if (p == NULL || p == end) {
        return false;
    }
    r->has_hash_key = *p == KDS_AGG_TAG(KDS_AGG_F_HASH_KEY_INDEX, KDS_AGG_W_VARINT);
    if (r->has_hash_key) {
        p = read_varint(p + 1, end, VARINT_BYTES_MAX, &r->hash_key_index);
        if (p == NULL || p == end) {
            return false;
        }
    }
    uint64_t n;
    if (*p != KDS_AGG_TAG(KDS_AGG_F_DATA, KDS_AGG_W_BYTES) ||
        (p = read_varint(p + 1, end, LENGTH_BYTES_MAX, &n)) == NULL ||
        n != (uint64_t)(end - p)) {
        return false;
    }
    r->data = (kds_slice_t){p, (size_t)n};
    return true;
}

static inline bool read_record(kds_slice_t message, struct raw_record *r)
{
    const uint8_t *end = message.p + message.n;
    return KDS_LIKELY(read_usual_record(message.p, end, r)) ||
           read_any_record(message.p, end, r);
}

/* What the first walk learns. */
struct survey {
    size_t keys, hash_keys, records;
    uint64_t key_index_max;
    uint64_t hash_key_index_max;
    bool has_hash_key;
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
    if (r.has_hash_key) {
        s->has_hash_key = true;
        if (r.hash_key_index > s->hash_key_index_max) {
            s->hash_key_index_max = r.hash_key_index;
        }
    }
    s->records++;
    return true;
}

/* Check the whole message. The tables may come last, so indexes are compared at the end. */
static bool survey_message(const uint8_t *p, const uint8_t *end, struct survey *s)
{
    struct field f;
    *s = (struct survey){0};
    while (p < end) {
        p = read_field(p, end, &f);
        if (p == NULL) {
            return false;
        }
        if (f.number > KDS_AGG_F_RECORDS || f.number == 0) {
            continue;
        }
        if (f.wire != KDS_AGG_W_BYTES) {
            return false;
        }
        if (f.number == KDS_AGG_F_RECORDS) {
            if (!survey_record(s, (kds_slice_t){f.p, f.n})) {
                return false;
            }
        } else if (f.number == KDS_AGG_F_PARTITION_KEYS) {
            s->keys++;
        } else {
            s->hash_keys++;
        }
    }
    return (s->records == 0 || s->key_index_max < s->keys) &&
           (!s->has_hash_key || s->hash_key_index_max < s->hash_keys);
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
        kds_free(d->entries);
        kds_free(d);
    }
}

/* Exactly what the survey counted: the sender cannot make it more than 8 bytes an entry. */
static bool entries_room(struct kds_agg_decoder *d, size_t count)
{
    if (count <= d->capacity && d->capacity <= ENTRIES_KEPT) {
        return true;
    }
    kds_free(d->entries);
    d->capacity = 0;
    d->entries = kds_alloc_zero(count, sizeof *d->entries);
    if (d->entries == NULL) {
        return false;
    }
    d->capacity = count;
    return true;
}

/* Note every table entry. The message was surveyed; tables usually stand in front. */
static void read_tables(struct kds_agg_decoder *d)
{
    size_t key = 0, hash_key = d->key_count;
    size_t left = d->key_count + d->hash_key_count;
    struct field f;

    for (const uint8_t *p = d->message; left > 0;) {
        p = read_field(p, d->end, &f);
        if (f.number == KDS_AGG_F_PARTITION_KEYS || f.number == KDS_AGG_F_HASH_KEYS) {
            struct entry entry = {(uint32_t)(f.p - d->message), (uint32_t)f.n};
            if (f.number == KDS_AGG_F_PARTITION_KEYS) {
                d->entries[key++] = entry;
            } else {
                d->entries[hash_key++] = entry;
            }
            left--;
        }
    }
}

/* Nothing is open: kds_agg_decoder_next() finds nothing. */
static void close_message(struct kds_agg_decoder *d)
{
    d->message = d->end = d->at = NULL;
    d->key_count = d->hash_key_count = 0;
    d->marked = false;
}

kds_err_t kds_agg_decoder_open_sealed(struct kds_agg_decoder *d,
                                      kds_slice_t data,
                                      enum kds_agg_kind *kind,
                                      size_t *count)
{
    kds_slice_t message = sealed_message(data);
    struct survey s;

    close_message(d);
    if (!survey_message(message.p, message.p + message.n, &s)) {
        *kind = KDS_AGG_CORRUPT;
        *count = 0;
        return KDS_OK;
    }
    if (!entries_room(d, s.keys + s.hash_keys)) {
        return KDS_ERR_NO_MEMORY;
    }
    d->message = d->at = message.p;
    d->end = message.p + message.n;
    d->key_count = s.keys;
    d->hash_key_count = s.hash_keys;
    read_tables(d);
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
    return &d->entries[r->key_index];
}

static struct entry *hash_key_of(const struct kds_agg_decoder *d,
                                 const struct raw_record *r)
{
    return &d->entries[d->key_count + r->hash_key_index];
}

/* @return behind the next Record, or NULL at the end. */
static inline const uint8_t *
next_record(const uint8_t *p, const uint8_t *end, struct raw_record *r)
{
    struct field f;
    while (p != end && (p = read_field(p, end, &f)) != NULL) {
        if (f.number == KDS_AGG_F_RECORDS && read_record((kds_slice_t){f.p, f.n}, r)) {
            return p;
        }
    }
    return NULL;
}

bool kds_agg_decoder_next(struct kds_agg_decoder *d, struct kds_agg_view *out)
{
    struct raw_record r;
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

/* ---- hashes ------------------------------------------------------------------------------- */

/* Which entries place a record: a table may hold others, and a key may be overridden. */
static void mark_used(struct kds_agg_decoder *d)
{
    struct raw_record r;
    for (const uint8_t *p = d->message; (p = next_record(p, d->end, &r)) != NULL;) {
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
    for (size_t i = 0; i < d->hash_key_count; i++) {
        const struct entry *entry = &d->entries[d->key_count + i];
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
    for (size_t i = 0; i < d->key_count; i++) {
        const struct entry *entry = &d->entries[i];
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
