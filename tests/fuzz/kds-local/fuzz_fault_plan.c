/*
 * fuzz_fault_plan: any text is a plan or an error; a plan can be asked everywhere, and what it
 * answers can be described.
 */
#include "fault_plan.h"

#include "base/slice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_everywhere(struct fault_plan *plan)
{
    struct kds_buf line;
    kds_buf_init(&line, (size_t)64 * 1024);
    for (int i = 0; i < 4 * FAULT_POINT_COUNT; i++) {
        struct fault_scene scene = {.op =
                                        kds_slice(i % 8 < 4 ? "PutRecords" : "PutRecord"),
                                    .stream = kds_slice("s"),
                                    .shard = kds_slice("shardId-000000000001"),
                                    .connection = (uint64_t)i,
                                    .now_ms = i};
        struct fault fault;
        if (fault_plan_ask(plan, (enum fault_point)(i % FAULT_POINT_COUNT), &scene,
                           &fault)) {
            kds_buf_reset(&line);
            fault_describe(&fault, &scene, &line);
            if (fault.args == NULL || line.err != KDS_OK || line.n == 0) {
                abort();
            }
        }
    }
    kds_buf_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault_plan *plan = NULL;
    kds_error_t *error = NULL;
    kds_err_t rc = fault_plan_parse(kds_slice_of(data, size), NULL, &plan, &error);
    if ((rc == KDS_OK) != (plan != NULL) || (rc == KDS_OK) != (error == NULL)) {
        abort();
    }
    if (plan != NULL) {
        ask_everywhere(plan);
    }
    fault_plan_free(plan);
    kds_error_free(error);
    return 0;
}
