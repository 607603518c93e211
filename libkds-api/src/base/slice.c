/*
 * slice: comparing, trimming and finding.
 */
#include "base/slice.h"

kds_slice_t kds_slice(const char *text)
{
    kds_slice_t s = {(const uint8_t *)text, text ? strlen(text) : 0};
    return s;
}

int kds_slice_cmp(kds_slice_t a, kds_slice_t b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0) {
        return order < 0 ? -1 : 1;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool kds_slice_eq_nocase(kds_slice_t a, kds_slice_t b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

static bool blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

kds_slice_t kds_slice_trim(kds_slice_t s)
{
    while (s.n > 0 && blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

size_t kds_slice_find(kds_slice_t s, uint8_t byte)
{
    const uint8_t *hit = s.n ? memchr(s.p, byte, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}
