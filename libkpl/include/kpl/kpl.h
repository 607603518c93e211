/*
 * kpl: everything of libkpl.
 */
#ifndef KPL_KPL_H
#define KPL_KPL_H

#include "kpl/conf.h"
#include "kpl/metrics.h"
#include "kpl/packed.h"
#include "kpl/producer.h"
#include "kpl/result.h"

#endif /* KPL_KPL_H */
