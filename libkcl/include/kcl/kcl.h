/*
 * kcl: everything of libkcl.
 */
#ifndef KCL_KCL_H
#define KCL_KCL_H

#include "kcl/batch.h"
#include "kcl/checkpoint.h"
#include "kcl/conf.h"
#include "kcl/metrics.h"
#include "kcl/pull.h"
#include "kcl/stats.h"
#include "kcl/task.h"
#include "kcl/worker.h"

#endif /* KCL_KCL_H */
