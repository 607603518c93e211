/*
 * kcl: everything of libkcl.
 */
#ifndef KCL_KCL_H
#define KCL_KCL_H

#include "kcl/batch.h"
#include "kcl/conf.h"
#include "kcl/worker.h"

#endif /* KCL_KCL_H */
