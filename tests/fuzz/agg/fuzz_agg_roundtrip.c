/*
 * fuzz_agg_roundtrip: records -> builder -> decoder -> the same records.
 *
 * Input: two bytes of limit, one that says who computes the tags, then per record a byte of flags,
 * lengths and the bytes. On the way: sizes foretold exactly, the limit kept, bytes equal to protobuf-c's where its strings allow.
 */
#include "codec/agg.h"

#include "base/slice.h"
#include "support/agg_oracle.h"

#include <stdlib.h>

#define RECORDS_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static kds_slice_t take(kds_slice_t *input, size_t n)
{
    kds_slice_t taken = {input->p, n < input->n ? n : input->n};
    input->p += taken.n;
    input->n -= taken.n;
    return taken;
}

static size_t take_byte(kds_slice_t *input)
{
    kds_slice_t byte = take(input, 1);
    return byte.n > 0 ? byte.p[0] : 0;
}

enum { HAS_HASH_KEY = 1, LONG_DATA = 2 };

static struct kds_agg_record take_record(kds_slice_t *input, bool tagged)
{
    struct kds_agg_record r = {0};
    size_t flags = take_byte(input);
    r.partition_key = take(input, take_byte(input));
    if ((flags & HAS_HASH_KEY) != 0) {
        r.explicit_hash_key = take(input, take_byte(input));
    }
    size_t n = take_byte(input);
    r.data = take(input, (flags & LONG_DATA) != 0 ? n * 256 : n);
    if (tagged) { /* poorly, but the same for the same key */
        r.key_tag = 1 + (uint32_t)r.partition_key.n;
    }
    return r;
}

static bool has_nul(kds_slice_t s)
{
    return s.n > 0 && memchr(s.p, '\0', s.n) != NULL;
}

static void
check_bytes(const struct kds_agg_record *records, size_t count, const struct kds_buf *got)
{
    struct kds_buf expected;
    for (size_t i = 0; i < count; i++) {
        if (has_nul(records[i].partition_key) || has_nul(records[i].explicit_hash_key)) {
            return;
        }
    }
    kds_buf_init(&expected, SIZE_MAX);
    agg_oracle_pack(records, count, false, &expected);
    check(kds_slice_eq(kds_buf_slice(got), kds_buf_slice(&expected)));
    kds_buf_clear(&expected);
}

static void
check_records(const struct kds_agg_record *records, size_t count, kds_slice_t sealed)
{
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    struct kds_agg_view view;
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    size_t n = 0;

    check(d != NULL && kds_agg_decoder_open(d, sealed, &kind, &n) == KDS_OK);
    check(kind == KDS_AGG_VALID && n == count);
    for (size_t i = 0; i < count; i++) {
        check(kds_agg_decoder_next(d, &view));
        check(kds_slice_eq(view.partition_key, records[i].partition_key));
        check((view.explicit_hash_key.p == NULL) ==
              (records[i].explicit_hash_key.p == NULL));
        check(kds_slice_eq(view.explicit_hash_key, records[i].explicit_hash_key));
        check(kds_slice_eq(view.data, records[i].data));
    }
    check(!kds_agg_decoder_next(d, &view));
    kds_agg_decoder_free(d);
}

/* Everything that the builder holds, once out and back. */
static void close_and_check(struct kds_agg_builder *b,
                            const struct kds_agg_record *records,
                            size_t count)
{
    struct kds_buf sealed;
    struct kds_agg_view only;

    check(kds_agg_builder_count(b) == count);
    check(kds_agg_builder_single(b, &only) == (count == 1));
    if (count == 1) {
        check(kds_slice_eq(only.partition_key, records[0].partition_key));
        check(kds_slice_eq(only.explicit_hash_key, records[0].explicit_hash_key));
        check(kds_slice_eq(only.data, records[0].data));
    }
    kds_buf_init(&sealed, SIZE_MAX);
    check(kds_agg_builder_seal(b, &sealed) == KDS_OK);
    if (count > 0) {
        kds_agg_finish(&sealed.p, &sealed.n, 1);
        check_bytes(records, count, &sealed);
        check_records(records, count, kds_buf_slice(&sealed));
    }
    kds_buf_clear(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct kds_agg_record records[RECORDS_MAX];
    kds_slice_t input = {data, size};
    size_t limit = take_byte(&input) << 8;
    size_t count = 0;
    struct kds_agg_builder *b;

    limit |= take_byte(&input);
    bool tagged = (take_byte(&input) & 1) != 0;
    b = kds_agg_builder_new(limit);
    check(b != NULL);
    while (input.n > 0) {
        struct kds_agg_record r = take_record(&input, tagged);
        size_t with = kds_agg_builder_size_with(b, &r);
        bool fits = count == 0 || with <= limit;
        check(kds_agg_builder_add(b, &r) == (fits ? KDS_AGG_ADDED : KDS_AGG_FULL));
        if (!fits) {
            close_and_check(b, records, count);
            count = 0;
            with = kds_agg_builder_size_with(b, &r);
            check(kds_agg_builder_add(b, &r) == KDS_AGG_ADDED);
        }
        check(kds_agg_builder_size(b) == with);
        records[count++] = r;
        if (count == RECORDS_MAX) {
            close_and_check(b, records, count);
            count = 0;
        }
    }
    close_and_check(b, records, count);
    kds_agg_builder_free(b);
    return 0;
}
