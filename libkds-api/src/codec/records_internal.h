/*
 * records_internal: what the reader of records and its two short ways share.
 */
#ifndef KDS_CODEC_RECORDS_INTERNAL_H
#define KDS_CODEC_RECORDS_INTERNAL_H

#include "codec/records.h"
#include "kernel/base64.h"

enum kds_record_member {
    KDS_RM_SEQUENCE,
    KDS_RM_ARRIVAL,
    KDS_RM_DATA,
    KDS_RM_KEY,
    KDS_RM_ENCRYPTION,
    KDS_RM_COUNT,
    KDS_RM_START = KDS_RM_COUNT, /* in front of the first one */
    KDS_RM_OTHER                 /* none that is known */
};

struct kds_records {
    struct kds_reader *r;
    kds_record_t *records;
    size_t count, capacity;
    const uint8_t *first; /* byte of the list */
    uint8_t *to, *to_end; /* room in the arena, for text and decoded data */
    const struct kds_base64_kernel *base64;
    uint8_t follows[KDS_RM_COUNT + 1]; /* which member came behind which one, last time */
};

/** One record under way. */
struct kds_record_state {
    bool entered;
    struct kds_level
        level; /* of its map; not among those of the reader while the short way runs */
    unsigned seen; /* a bit for each member */
    uint8_t last;  /* enum kds_record_member */
    uint8_t fault; /* enum kds_record_fault */
};

/**
 * The short way: read on in a record as long as its members come as expected.
 * @return true when the record has ended; false in front of whatever the long way must read.
 */
bool kds_records_json(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s);
bool kds_records_cbor(struct kds_records *l,
                      kds_record_t *record,
                      struct kds_record_state *s);

/** What the short way keeps in registers meanwhile. */
struct kds_record_progress {
    unsigned seen, last; /* those of the state */
};

static inline struct kds_record_progress
kds_records_progress(const struct kds_record_state *s)
{
    const struct kds_record_progress progress = {s->seen, s->last};
    return progress;
}

/** The member that is expected now; KDS_RM_OTHER = none. */
static inline unsigned kds_records_expected(const struct kds_records *l,
                                            const struct kds_record_progress *g)
{
    const unsigned m = l->follows[g->last];
    return m < KDS_RM_COUNT && (g->seen >> m & 1) == 0 ? m : (unsigned)KDS_RM_OTHER;
}

static inline void kds_records_took(struct kds_record_progress *g, unsigned member)
{
    g->seen |= 1u << member;
    g->last = member;
}

static inline void kds_records_keep(struct kds_record_state *s,
                                    const struct kds_record_progress *g)
{
    s->seen = g->seen;
    s->last = (uint8_t)g->last;
}

#endif /* KDS_CODEC_RECORDS_INTERNAL_H */
