/*
 * export: marks what libkcl shows. Nothing else in it is visible.
 */
#ifndef KCL_EXPORT_H
#define KCL_EXPORT_H

#include "kds/export.h"

/** A public function of libkcl. */
#define KCL_API KDS_EXPORT

#endif /* KCL_EXPORT_H */
