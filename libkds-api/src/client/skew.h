/*
 * skew: how far the local wall clock is off, learned from the service's answers. Pure.
 *
 * A signature counts for some minutes only. When the service refuses one and its Date shows that
 * the clocks differ, the difference is kept, and signatures are dated by it from then on.
 */
#ifndef KDS_CLIENT_SKEW_H
#define KDS_CLIENT_SKEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/types.h"

/** "Sun, 06 Nov 1994 08:49:37 GMT" to microseconds since 1970; nothing else is taken. RFC 9110, 5.6.7. */
KDS_INTERNAL bool kds_parse_http_date_us(kds_slice_t text, int64_t *out);

/** The service says with @p code that it dates the request differently, or may mean that. */
KDS_INTERNAL bool kds_skew_suspected(kds_slice_t code);

/**
 * What an answer teaches.
 *
 * @param local_us   the local wall clock, uncorrected
 * @param date       (borrowed) the answer's Date
 * @param suspected  the answer is an error of kds_skew_suspected()
 * @param offset_us  (borrowed) what is added to the local clock so far. Replaced when the answer is
 *                   suspected and its Date plausible and more than 4 min away from the corrected
 *                   clock; becomes 0 when the local clock agrees again.
 * @return the offset was replaced: what was refused may pass if it is signed anew.
 */
KDS_INTERNAL bool
kds_skew_learn(int64_t local_us, const char *date, bool suspected, int64_t *offset_us);

#endif /* KDS_CLIENT_SKEW_H */
