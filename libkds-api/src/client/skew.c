/*
 * skew: a strict reader of dates and one comparison.
 */
#include "client/skew.h"

#include "base/clock.h"
#include "base/slice.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define TOLERATED_US (240 * KDS_US_PER_S)
/* A server whose clock stands outside 2024..2099 knows no better than we do. */
#define PLAUSIBLE_FROM_US (INT64_C(1704067200) * KDS_US_PER_S)
#define PLAUSIBLE_TO_US   (INT64_C(4102444800) * KDS_US_PER_S)

/* 1..12, or 0. */
static unsigned month_of(const uint8_t *p)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (unsigned i = 0; i < 12; i++) {
        if (memcmp(p, names + 3 * (size_t)i, 3) == 0) {
            return i + 1;
        }
    }
    return 0;
}

bool kds_parse_http_date_us(kds_slice_t text, int64_t *out)
{
    /* Sun, 06 Nov 1994 08:49:37 GMT
     * 01234567890123456789012345678 */
    char iso[32];
    int64_t ms;
    if (text.n != 29 || text.p[3] != ',' || text.p[4] != ' ' || text.p[7] != ' ' ||
        text.p[11] != ' ' || text.p[16] != ' ' || memcmp(text.p + 25, " GMT", 4) != 0 ||
        month_of(text.p + 8) == 0) {
        return false;
    }
    snprintf(iso, sizeof iso, "%.4s-%02u-%.2sT%.8sZ", (const char *)text.p + 12,
             month_of(text.p + 8), (const char *)text.p + 5, (const char *)text.p + 17);
    if (!kds_parse_rfc3339_ms(kds_slice(iso), &ms)) {
        return false;
    }
    *out = ms * KDS_US_PER_MS;
    return true;
}

bool kds_skew_suspected(kds_slice_t code)
{
    static const char *const codes[] = {
        "RequestTimeTooSkewed",      "RequestExpired",        "RequestInTheFuture",
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (kds_slice_is(code, codes[i])) {
            return true;
        }
    }
    return false;
}

static bool near(int64_t a_us, int64_t b_us)
{
    int64_t apart = a_us - b_us;
    return apart <= TOLERATED_US && apart >= -TOLERATED_US;
}

bool kds_skew_learn(int64_t local_us,
                    const char *date,
                    bool suspected,
                    int64_t *offset_us)
{
    int64_t server_us;
    if (!kds_parse_http_date_us(kds_slice(date), &server_us) ||
        server_us < PLAUSIBLE_FROM_US || server_us >= PLAUSIBLE_TO_US) {
        return false;
    }
    if (suspected && !near(server_us, local_us + *offset_us)) {
        *offset_us = server_us - local_us;
        return true;
    }
    if (near(server_us, local_us)) {
        *offset_us = 0;
    }
    return false;
}
