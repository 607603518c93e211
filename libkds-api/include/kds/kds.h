/*
 * kds: everything of libkds-api.
 */
#ifndef KDS_KDS_H
#define KDS_KDS_H

#include "kds/agg.h"
#include "kds/client.h"
#include "kds/cloudwatch.h"
#include "kds/credentials.h"
#include "kds/dynamodb.h"
#include "kds/error.h"
#include "kds/kinesis.h"
#include "kds/log.h"
#include "kds/log_queue.h"
#include "kds/packed.h"
#include "kds/pages.h"
#include "kds/record.h"
#include "kds/sso.h"
#include "kds/sso_oidc.h"
#include "kds/sts.h"
#include "kds/subscription.h"
#include "kds/types.h"
#include "kds/version.h"
#include "kds/wait.h"

#endif /* KDS_KDS_H */
