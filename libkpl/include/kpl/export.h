/*
 * export: marks what libkpl shows. Nothing else in it is visible.
 */
#ifndef KPL_EXPORT_H
#define KPL_EXPORT_H

#include "kds/export.h"

/** A public function of libkpl. */
#define KPL_API KDS_EXPORT

#endif /* KPL_EXPORT_H */
