/*
 * fuzz_agg_decoder: our decoder against protobuf-c's.
 *
 * The input is tried as it is, and as a message under a good seal, which no fuzzer would find.
 * Both must give the oracle's verdict and records; whatever is valid is also placed by its hashes.
 */
#include "codec/agg.h"

#include "support/agg_oracle.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_data(struct kds_agg_decoder *d, kds_slice_t data)
{
    static const kds_u128_t half = {UINT64_C(1) << 63, 0};
    static const kds_u128_t zero = {0, 0};
    enum kds_agg_kind kind = KDS_AGG_PLAIN;
    const char *difference = agg_oracle_compare(d, data, &kind);
    if (difference != NULL) {
        fprintf(stderr, "%s\n", difference);
        abort();
    }
    if (kind == KDS_AGG_VALID) {
        bool low = kds_agg_decoder_within(d, zero, half);
        if (low && !kds_agg_decoder_within(d, zero, KDS_U128_MAX)) {
            abort(); /* a part of the range holds more than the whole */
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kds_agg_decoder *d = kds_agg_decoder_new();
    struct kds_buf sealed;

    if (d == NULL) {
        abort();
    }
    try_data(d, (kds_slice_t){data, size});
    kds_buf_init(&sealed, size + KDS_AGG_OVERHEAD);
    agg_oracle_seal((kds_slice_t){data, size}, &sealed);
    try_data(d, kds_buf_slice(&sealed));
    kds_buf_clear(&sealed);
    kds_agg_decoder_free(d);
    return 0;
}
