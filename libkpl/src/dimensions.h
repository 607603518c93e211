/*
 * dimensions: the setting metrics.dimensions, "name=value,granularity; ...", taken apart. Pure.
 */
#ifndef KPL_SRC_DIMENSIONS_H
#define KPL_SRC_DIMENSIONS_H

#include "client/metric_sender.h"
#include "kds/types.h"

#define KPL_DIMENSIONS_MAX 16

/** Are these dimensions? An empty text is, without any. */
bool kpl_are_dimensions(kds_slice_t text);

/** Take them apart. @param text is written into, and lent to what is in @p out; it must be good.
 *  @return how many */
size_t kpl_dimensions_split(char *text,
                            struct kds_metric_dimension out[KPL_DIMENSIONS_MAX]);

#endif /* KPL_SRC_DIMENSIONS_H */
