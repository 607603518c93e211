/*
 * labels: what streams, consumers and channels have in common: tags and a policy.
 *
 * Data only. Not thread-safe.
 */
#ifndef KDS_LOCAL_LABELS_H
#define KDS_LOCAL_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "kds/kinesis.h"

#define LOCAL_TAGS_MAX 50 /* of one resource */

struct local_labels {
    kds_tag_t *tags; /* in order of their keys; each points into one block of memory */
    size_t tag_count;
    kds_slice_t policy; /* absent = none; its own memory */
};

void local_labels_clear(struct local_labels *l);

/** How many tags there would be with @p tags added. */
size_t
local_labels_with(const struct local_labels *l, const kds_tag_t *tags, size_t count);

/** Add tags, or give new values to those there are. (copied) false: out of memory, no change. */
bool local_labels_add(struct local_labels *l, const kds_tag_t *tags, size_t count);

/** Remove the tags of these keys; unknown ones are passed over. false: out of memory, no change. */
bool local_labels_remove(struct local_labels *l, const kds_slice_t *keys, size_t count);

/** Index of the first tag whose key is above @p key; 0 if @p key is absent. */
size_t local_labels_behind(const struct local_labels *l, kds_slice_t key);

/** (copied) Absent: no policy. false: out of memory, no change. */
bool local_labels_set_policy(struct local_labels *l, kds_slice_t policy);

#endif /* KDS_LOCAL_LABELS_H */
