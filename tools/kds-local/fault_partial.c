/*
 * fault_partial: entries that fail, are missing, stand twice or change places.
 */
#include "fault_partial.h"

#include "base/slice.h"

static enum fault_record fate_of(const struct fault_args *args, size_t i)
{
    return i < args->record_count ? (enum fault_record)args->records[i] : FAULT_RECORD_OK;
}

static bool fails(enum fault_record fate)
{
    return fate == FAULT_RECORD_THROTTLE || fate == FAULT_RECORD_INTERNAL;
}

bool fault_partial_keep(const struct fault_args *args,
                        kds_put_records_in_t *in,
                        struct kds_arena *arena)
{
    kds_put_records_request_entry_t *kept =
        kds_arena_zero(arena, in->records_count + 1, sizeof *kept);
    size_t n = 0;
    if (kept == NULL) {
        return false;
    }
    for (size_t i = 0; i < in->records_count; i++) {
        if (!fails(fate_of(args, i))) {
            kept[n++] = in->records[i];
        }
    }
    in->records = kept;
    in->records_count = n;
    return true;
}

static kds_put_records_result_entry_t failure(enum fault_record fate)
{
    kds_put_records_result_entry_t entry = {.error_code = {NULL, 0}};
    if (fate == FAULT_RECORD_THROTTLE) {
        entry.error_code = kds_slice("ProvisionedThroughputExceededException");
        entry.error_message = kds_slice("Rate exceeded, by the fault plan.");
    } else {
        entry.error_code = kds_slice("InternalFailure");
        entry.error_message = kds_slice("Internal Service Failure");
    }
    return entry;
}

/* From the back, so that an entry that changes places with a changed one moves once. */
static void
swap(const struct fault_args *args, kds_put_records_result_entry_t *entries, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (fate_of(args, i) == FAULT_RECORD_SWAP && i + 1 < count) {
            kds_put_records_result_entry_t moved = entries[i];
            entries[i] = entries[i + 1];
            entries[i + 1] = moved;
        }
    }
}

bool fault_partial_answer(const struct fault_args *args,
                          bool stored,
                          size_t count,
                          kds_put_records_out_t *out,
                          struct kds_arena *arena)
{
    kds_put_records_result_entry_t *all = kds_arena_zero(arena, count + 1, sizeof *all);
    kds_put_records_result_entry_t *shown =
        kds_arena_zero(arena, 2 * count + 1, sizeof *shown);
    size_t next = 0, n = 0;
    if (all == NULL || shown == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const enum fault_record fate = fate_of(args, i);
        const bool failed = fails(fate);
        if (!failed || stored) {
            all[i] = out->records[next++];
        }
        if (failed) {
            all[i] = failure(fate);
        }
    }
    swap(args, all, count);
    out->failed_record_count = 0;
    for (size_t i = 0; i < count; i++) {
        const enum fault_record fate = fate_of(args, i);
        out->failed_record_count += all[i].error_code.p != NULL;
        for (int times = fate == FAULT_RECORD_EXTRA     ? 2
                         : fate == FAULT_RECORD_MISSING ? 0
                                                        : 1;
             times > 0; times--) {
            shown[n++] = all[i];
        }
    }
    out->has_failed_record_count = true;
    out->records = shown;
    out->records_count = n;
    return true;
}
