/*
 * view: all leases of an application as this worker saw them last, small enough to be kept for ten thousand.
 *
 * A listing is a hint that may be old; what is decided from it is a conditional write.
 */
#ifndef KCL_SRC_VIEW_H
#define KCL_SRC_VIEW_H

#include "lease.h"
#include "names.h"

struct kcl_row {
    uint32_t key, stream, shard; /* in keys; the latter two in words */
    uint32_t owner, reader;      /* in people; the reader is who reads now */
    uint64_t counter;
    uint64_t incarnation; /* of who holds it; 0 = another library's, or not taken yet */
    int64_t changed_us;   /* when counter or reader was first seen so */
    int64_t
        handed_us; /* when the hand-off was first seen; KDS_NEVER_US = there is none */
    int64_t created_ms;
    uint32_t parents[KCL_PARENTS_MAX], children[KCL_CHILDREN_MAX]; /* in keys */
    uint8_t parent_count, child_count;
    bool ended;    /* at SHARD_END */
    bool started;  /* a record of it was checkpointed, or its end */
    bool unpinned; /* at LATEST, and nobody knows yet what that means */
    bool has_range;
    bool lives; /* the counter moved while this worker watched, under the same process */
    bool fresh; /* in the listing that is being read */
    kds_u128_t first, last;
    double throughput_kbps;
};

/** In place of a row: there is one, and what it says is not known. */
#define KCL_UNREADABLE UINT32_MAX

struct kcl_unread {
    uint32_t key, stream; /* as in a row */
    bool fresh;           /* in the listing that is being read */
};

/** All zeros is an empty one. */
struct kcl_view {
    struct kcl_names keys, words, people; /* number 0 of people and words is "" */
    struct kcl_row *rows;
    size_t count, capacity;
    uint32_t *row_of; /* by the number of the key: row + 1; 0 = none; KCL_UNREADABLE */
    size_t row_of_count;
    struct kcl_unread *unread; /* leases that are there and cannot be read */
    size_t unread_count, unread_capacity;
    size_t names_kept; /* of all kinds, when they were last thinned out */
};

void kcl_view_clear(struct kcl_view *v);

/** One lease of a listing that came in at @p now_us. @return false when out of memory */
bool kcl_view_note(struct kcl_view *v, int64_t now_us, const struct kcl_lease *lease);
/** One that could not be read. @return false when out of memory */
bool kcl_view_note_unreadable(struct kcl_view *v, const struct kcl_lease_name *name);
/** The listing was read to its end: what it did not have is gone. */
void kcl_view_finish(struct kcl_view *v);

/** Forget the names of shards and workers that are gone, once they are most. Numbers change: only while nobody else
 *  remembers any. When out of memory, nothing is forgotten. */
void kcl_view_thin_out(struct kcl_view *v);

const struct kcl_row *
kcl_view_find(const struct kcl_view *v, const char *stream, const char *shard_id);
/** Whether there is such a lease, be it one that cannot be read, of which the above know nothing. */
bool kcl_view_exists(const struct kcl_view *v, const char *stream, const char *shard_id);
/** The same by a number of keys. */
bool kcl_view_has(const struct kcl_view *v, uint32_t key);
/** Leases of the stream that cannot be read. */
size_t kcl_view_unreadable(const struct kcl_view *v, const char *stream);
/** By a number of keys. @return NULL if there is no such lease */
const struct kcl_row *kcl_view_row(const struct kcl_view *v, uint32_t key);

/** KCL_NO_NAME when out of memory. */
uint32_t kcl_view_person(struct kcl_view *v, const char *worker_id);

/** As much of the lease as the row has: enough to take it. */
void kcl_view_lease(const struct kcl_view *v,
                    const struct kcl_row *row,
                    struct kcl_lease *out);

/** Every parent that has a lease is at its end; of one that cannot be read nobody knows. */
bool kcl_view_may_begin(const struct kcl_view *v, const struct kcl_row *row);

/* ---- incarnations: which process of a name ---------------------------------------------------- */

/** Of a process that starts now. A later one is greater; its last bits tell whose it is. */
uint64_t kcl_incarnation(int64_t wall_us, const char *worker_id);
/** Whether a worker of this name, and of this library, wrote it. */
bool kcl_incarnation_is_of(uint64_t incarnation, const char *worker_id);

#endif /* KCL_SRC_VIEW_H */
