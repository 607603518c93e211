/*
 * fault_partial: what the fault plan makes of a PutRecords call and of its answer.
 */
#ifndef KDS_LOCAL_FAULT_PARTIAL_H
#define KDS_LOCAL_FAULT_PARTIAL_H

#include "base/arena.h"
#include "fault_plan.h"
#include "kds/kinesis.h"

/**
 * Take the records that are to fail out of the request, so that they are not stored.
 * @param in  (borrowed) as it was decoded; its list is replaced
 * @return false when out of memory
 */
bool fault_partial_keep(const struct fault_args *args,
                        kds_put_records_in_t *in,
                        struct kds_arena *arena);

/**
 * Make the answer what the plan says.
 * @param count  entries of the request as it came
 * @param out    (borrowed) the service's answer: an entry for each record that fault_partial_keep()
 *               kept, or with @p stored for all of them
 * @return false when out of memory
 */
bool fault_partial_answer(const struct fault_args *args,
                          bool stored,
                          size_t count,
                          kds_put_records_out_t *out,
                          struct kds_arena *arena);

#endif /* KDS_LOCAL_FAULT_PARTIAL_H */
