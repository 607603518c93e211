/*
 * real: doubles as text, whatever the locale of the application.
 */
#include "base/text.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static locale_t plain; /* the "C" locale; written once */

static void make_plain(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t plain_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_plain);
    return plain;
}

bool kds_parse_double(kds_slice_t text, double *out)
{
    char copy[512]; /* longer numbers carry no more than this one */
    char *end;
    locale_t c = plain_locale();
    if (text.n == 0 || text.n >= sizeof copy || c == (locale_t)0) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) { /* no hexadecimal, "inf" or blanks */
        if (memchr("0123456789+-.eE", text.p[i], 15) == NULL) {
            return false;
        }
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    *out = strtod_l(copy, &end, c);
    return end == copy + text.n && isfinite(*out);
}

size_t kds_format_double(double v, char out[KDS_DOUBLE_BYTES])
{
    locale_t c = plain_locale();
    locale_t before = c != (locale_t)0 ? uselocale(c) : (locale_t)0;
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(out, KDS_DOUBLE_BYTES, "%.*g", digits, v);
        if (strtod(out, NULL) == v) {
            break;
        }
    }
    if (before != (locale_t)0) {
        uselocale(before);
    }
    return n > 0 ? (size_t)n : 0;
}
