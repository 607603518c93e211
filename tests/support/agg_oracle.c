/*
 * agg_oracle: protobuf-c's generated code and OpenSSL's MD5 behind agg_oracle.h.
 *
 * A test's tool: a failed allocation ends the program.
 */
#include "support/agg_oracle.h"

#include "base/slice.h"

#include <openssl/evp.h>
#include <stdlib.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static void digest_of(kds_slice_t message, uint8_t digest[16])
{
    unsigned n = 0;
    if (EVP_Digest(message.p, message.n, digest, &n, EVP_md5(), NULL) != 1 || n != 16) {
        abort();
    }
}

void agg_oracle_seal(kds_slice_t message, struct kds_buf *out)
{
    uint8_t digest[16];
    digest_of(message, digest);
    kds_buf_add(out, KDS_AGG_MAGIC, 4);
    kds_buf_add_slice(out, message);
    kds_buf_add(out, digest, sizeof digest);
}

/* The index of @p key in a table of strings, which owns its copies. */
static size_t table_index(char **table, size_t *count, kds_slice_t key, bool distinct)
{
    for (size_t i = 0; i < *count && !distinct; i++) {
        if (kds_slice_is(key, table[i])) {
            return i;
        }
    }
    if (memchr(key.p, '\0', key.n) != NULL) {
        abort(); /* protobuf-c's strings cannot hold it */
    }
    table[*count] = must(strndup((const char *)key.p, key.n));
    return (*count)++;
}

static void free_table(char **table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(table[i]);
    }
    free(table);
}

/* protobuf-c only reads what it packs. */
static ProtobufCBinaryData lend(kds_slice_t s)
{
    union {
        const uint8_t *lent;
        uint8_t *data;
    } bytes = {s.p};
    return (ProtobufCBinaryData){s.n, bytes.data};
}

static void pack_and_seal(const AggregatedRecord *message, struct kds_buf *out)
{
    size_t n = aggregated_record__get_packed_size(message);
    uint8_t *packed = must(malloc(n + 1));
    aggregated_record__pack(message, packed);
    agg_oracle_seal((kds_slice_t){packed, n}, out);
    free(packed);
}

void agg_oracle_pack(const struct kds_agg_record *records,
                     size_t count,
                     bool distinct,
                     struct kds_buf *out)
{
    AggregatedRecord message = AGGREGATED_RECORD__INIT;
    message.partition_key_table = must(calloc(count + 1, sizeof(char *)));
    message.explicit_hash_key_table = must(calloc(count + 1, sizeof(char *)));
    message.records = must(calloc(count + 1, sizeof *message.records));
    message.n_records = count;
    Record *inner = must(calloc(count + 1, sizeof *inner));
    for (size_t i = 0; i < count; i++) {
        const struct kds_agg_record *r = &records[i];
        record__init(&inner[i]);
        inner[i].partition_key_index =
            table_index(message.partition_key_table, &message.n_partition_key_table,
                        r->partition_key, distinct);
        if (r->explicit_hash_key.p != NULL) {
            inner[i].has_explicit_hash_key_index = 1;
            inner[i].explicit_hash_key_index = table_index(
                message.explicit_hash_key_table, &message.n_explicit_hash_key_table,
                r->explicit_hash_key, distinct);
        }
        inner[i].data = lend(r->data);
        message.records[i] = &inner[i];
    }
    pack_and_seal(&message, out);
    free(inner);
    free(message.records);
    free_table(message.explicit_hash_key_table, message.n_explicit_hash_key_table);
    free_table(message.partition_key_table, message.n_partition_key_table);
}

static bool indexes_fit(const AggregatedRecord *message)
{
    for (size_t i = 0; i < message->n_records; i++) {
        const Record *r = message->records[i];
        if (r->partition_key_index >= message->n_partition_key_table ||
            (r->has_explicit_hash_key_index &&
             r->explicit_hash_key_index >= message->n_explicit_hash_key_table)) {
            return false;
        }
    }
    return true;
}

enum kds_agg_kind agg_oracle_open(kds_slice_t data, AggregatedRecord **message)
{
    uint8_t digest[16];

    *message = NULL;
    if (data.n <= KDS_AGG_OVERHEAD || memcmp(data.p, KDS_AGG_MAGIC, 4) != 0) {
        return KDS_AGG_PLAIN;
    }
    kds_slice_t inner = {data.p + 4, data.n - KDS_AGG_OVERHEAD};
    digest_of(inner, digest);
    if (memcmp(digest, data.p + data.n - sizeof digest, sizeof digest) != 0) {
        return KDS_AGG_PLAIN;
    }
    *message = aggregated_record__unpack(NULL, inner.n, inner.p);
    if (*message == NULL) {
        return KDS_AGG_CORRUPT;
    }
    if (!indexes_fit(*message)) {
        aggregated_record__free_unpacked(*message, NULL);
        *message = NULL;
        return KDS_AGG_CORRUPT;
    }
    return KDS_AGG_VALID;
}

static bool same_bytes(kds_slice_t a, ProtobufCBinaryData b)
{
    return a.p != NULL && a.n == b.len && (a.n == 0 || memcmp(a.p, b.data, a.n) == 0);
}

/* A string of protobuf-c may hold NULs; it ends in one. Where ours is too long, ASan sees it. */
static bool same_text(kds_slice_t a, const char *b)
{
    return a.p != NULL && memcmp(a.p, b, a.n) == 0 && b[a.n] == '\0';
}

static bool same_record(const struct kds_agg_view *view,
                        const AggregatedRecord *message,
                        const Record *r)
{
    bool same_hash_key =
        r->has_explicit_hash_key_index
            ? same_text(view->explicit_hash_key,
                        message->explicit_hash_key_table[r->explicit_hash_key_index])
            : view->explicit_hash_key.p == NULL;
    return same_hash_key && same_bytes(view->data, r->data) &&
           same_text(view->partition_key,
                     message->partition_key_table[r->partition_key_index]);
}

static const char *
compare_records(struct kds_agg_decoder *d, size_t count, const AggregatedRecord *message)
{
    struct kds_agg_view view;
    if (count != message->n_records) {
        return "another number of records";
    }
    for (size_t i = 0; i < count; i++) {
        if (!kds_agg_decoder_next(d, &view)) {
            return "ends early";
        }
        if (!same_record(&view, message, message->records[i])) {
            return "another record";
        }
    }
    return kds_agg_decoder_next(d, &view) ? "ends late" : NULL;
}

/* The same by kds_agg_decoder_read(), a few at a time. */
static const char *compare_reads(struct kds_agg_decoder *d,
                                 const AggregatedRecord *message)
{
    struct kds_agg_view views[5];
    size_t seen = 0, room = 1, n;
    do {
        room = room % (sizeof views / sizeof *views) + 1;
        n = kds_agg_decoder_read(d, views, room);
        for (size_t i = 0; i < n; i++, seen++) {
            if (seen == message->n_records ||
                !same_record(&views[i], message, message->records[seen])) {
                return "another record when read together";
            }
        }
    } while (n == room);
    return seen == message->n_records ? NULL : "ends early when read together";
}

const char *
agg_oracle_compare(struct kds_agg_decoder *d, kds_slice_t data, enum kds_agg_kind *kind)
{
    AggregatedRecord *message = NULL;
    enum kds_agg_kind ours = KDS_AGG_PLAIN;
    size_t count = 0;

    *kind = agg_oracle_open(data, &message);
    if (kds_agg_decoder_open(d, data, &ours, &count) != KDS_OK) {
        abort();
    }
    if (*kind != ours) {
        aggregated_record__free_unpacked(message, NULL);
        return "another verdict";
    }
    if (message == NULL) {
        return NULL;
    }
    const char *difference = compare_records(d, count, message);
    if (difference == NULL && kds_agg_decoder_open(d, data, &ours, &count) == KDS_OK) {
        difference = compare_reads(d, message);
    }
    aggregated_record__free_unpacked(message, NULL);
    return difference;
}
