/*
 * page: the records of one answer, taken apart into user records. Pure.
 */
#ifndef KCL_SRC_PAGE_H
#define KCL_SRC_PAGE_H

#include "codec/agg.h"
#include "kcl/batch.h"
#include "kds/kinesis.h"
#include "lease.h"

/** What came in one answer, whichever way. */
struct kcl_arrival {
    const void *output; /* what the rest points into */
    bool pushed;        /* and that is an event of a subscription */
    const kds_record_t *records;
    size_t count;
    int64_t behind_ms;
    const kds_child_shard_t *children;
    size_t child_count;
    bool last; /* no way on is named: the end of the shard, if children are */
};

struct kcl_page {
    struct kcl_page *next; /* that waits behind this one */
    const void *output;    /* what the records point into */
    bool pushed;           /* and that is an event of a subscription */
    kcl_record_t *records;
    size_t count;
    size_t done;  /* records in front that are confirmed */
    size_t bytes; /* of memory: the data and what describes it */
    int64_t behind_ms;
};

struct kcl_page_counts {
    uint64_t kinesis_records, corrupt_records, foreign_records, repeated_records;
};

struct kcl_page_rules {
    const struct kcl_position *after; /* what was delivered already: left out */
    kds_u128_t first, last;           /* of the shard */
    bool
        drop_foreign; /* leave out aggregates that are not wholly of the shard, as the KCL does */
};

/**
 * Take an answer apart.
 *
 * Records that came out of order are put in order; what came before, or twice, is left out and counted.
 *
 * @param arrival  (borrowed) its output (lent until kcl_page_free()), not released by it
 * @param decoder  (borrowed)
 * @param malformed  receives whether a record has no valid sequence number or no data
 * @return (given; kcl_page_free) NULL when malformed or out of memory
 */
struct kcl_page *kcl_page_new(const struct kcl_arrival *arrival,
                              const struct kcl_page_rules *rules,
                              struct kds_agg_decoder *decoder,
                              struct kcl_page_counts *counts,
                              bool *malformed);
void kcl_page_free(struct kcl_page *page); /* NULL is allowed */

/** The position behind a record. */
struct kcl_position kcl_record_position(const kcl_record_t *record);

#endif /* KCL_SRC_PAGE_H */
