/*
 * fuzz_records: answers and events that carry records, read by hand and by tables: both must say the
 * same (tests/support/records_oracle.h). The first byte chooses the shape and the format.
 */
#include "model/operations.h"
#include "support/records_oracle.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const enum kds_operation_id id =
        data[0] & 1 ? KDS_OP_SUBSCRIBE_TO_SHARD : KDS_OP_GET_RECORDS;
    const enum kds_format format = data[0] & 2 ? KDS_FORMAT_CBOR : KDS_FORMAT_JSON;
    const kds_slice_t bytes = {data + 1, size - 1};
    const char *wrong =
        records_disagree(format, kds_operation_at(id)->output, bytes, NULL);
    if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        abort();
    }
    return 0;
}
