/*
 * kds: everything of libkds-api.
 */
#ifndef KDS_KDS_H
#define KDS_KDS_H

#include "kds/client.h"
#include "kds/error.h"
#include "kds/kinesis.h"
#include "kds/log.h"
#include "kds/types.h"
#include "kds/version.h"

#endif /* KDS_KDS_H */
