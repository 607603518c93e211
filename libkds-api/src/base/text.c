/*
 * text: numbers with units, time stamps and UTF-8, whatever the locale.
 */
#include "base/text.h"

#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool kds_parse_u64(kds_slice_t text, uint64_t *out)
{
    uint64_t v = 0;
    if (text.n == 0 || (text.n > 1 && text.p[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(v, UINT64_C(10), &v) ||
            __builtin_add_overflow(v, (uint64_t)(c - '0'), &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

bool kds_parse_i64(kds_slice_t text, int64_t *out)
{
    bool negative = text.n > 0 && text.p[0] == '-';
    uint64_t v;
    if (negative) {
        text.p++;
        text.n--;
    }
    if (!kds_parse_u64(text, &v) || (negative && v == 0) ||
        v > (uint64_t)INT64_MAX + negative) {
        return false;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

struct unit {
    kds_slice_t name;
    int64_t factor;
};

/* A whole number and one of the units, or @p bare without one. */
static bool parse_scaled(kds_slice_t text,
                         const struct unit *units,
                         size_t unit_count,
                         int64_t bare,
                         int64_t *out)
{
    size_t digits = 0;
    uint64_t number;
    int64_t factor = bare;
    if (text.n == 0) {
        return false;
    }
    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') {
        digits++;
    }
    kds_slice_t name = kds_slice_of(text.p + digits, text.n - digits);
    if (name.n > 0) {
        factor = 0;
        for (size_t i = 0; i < unit_count; i++) {
            if (kds_slice_eq(units[i].name, name)) {
                factor = units[i].factor;
            }
        }
    }
    if (factor == 0 || !kds_parse_u64(kds_slice_of(text.p, digits), &number) ||
        number > INT64_MAX) {
        return false;
    }
    return !__builtin_mul_overflow((int64_t)number, factor, out);
}

bool kds_parse_duration_us(kds_slice_t text, int64_t bare_unit_us, int64_t *out)
{
    static const struct unit units[] = {
        {KDS_SLICE_LIT("us"), 1},
        {KDS_SLICE_LIT("ms"), KDS_US_PER_MS},
        {KDS_SLICE_LIT("s"), KDS_US_PER_S},
        {KDS_SLICE_LIT("m"), 60 * KDS_US_PER_S},
        {KDS_SLICE_LIT("h"), 3600 * KDS_US_PER_S},
        {KDS_SLICE_LIT("d"), 86400 * KDS_US_PER_S},
    };
    int64_t v;
    if (!parse_scaled(text, units, sizeof units / sizeof units[0], bare_unit_us, &v)) {
        return false;
    }
    *out = v;
    return true;
}

/* Take "12" or, of seconds, "12.25", and the letter behind it. @return false if it is not there */
static bool take_iso_part(kds_slice_t *text, int64_t *us, char letter, int64_t unit_us)
{
    size_t n = 0, digits = 0, point = SIZE_MAX;
    int64_t whole = 0, part = 0, scale = unit_us;
    for (; n < text->n && n < 20; n++) {
        char c = (char)text->p[n];
        if (c == '.' && letter == 'S' && point == SIZE_MAX && digits > 0) {
            point = n;
        } else if (c < '0' || c > '9') {
            break;
        } else if (point == SIZE_MAX) {
            if (++digits > 15) {
                return false;
            }
            whole = whole * 10 + (c - '0');
        } else {
            scale /= 10;
            part += (c - '0') * scale;
        }
    }
    int64_t sum;
    if (digits == 0 || point == n - 1 || n == text->n || (text->p[n] & ~0x20) != letter ||
        __builtin_mul_overflow(whole, unit_us, &sum) ||
        __builtin_add_overflow(sum, part, &sum) || __builtin_add_overflow(*us, sum, us)) {
        return false;
    }
    text->p += n + 1;
    text->n -= n + 1;
    return true;
}

bool kds_parse_iso_duration_us(kds_slice_t text, int64_t *out)
{
    static const struct {
        char letter;
        int64_t us;
    } parts[] = {
        {'H', 3600 * KDS_US_PER_S}, {'M', 60 * KDS_US_PER_S}, {'S', KDS_US_PER_S}};
    int64_t us = 0;
    if (text.n < 3 || (text.p[0] & ~0x20) != 'P') {
        return false;
    }
    text = kds_slice_of(text.p + 1, text.n - 1);
    (void)take_iso_part(&text, &us, 'D', 86400 * KDS_US_PER_S);
    if (text.n > 0) {
        if ((text.p[0] & ~0x20) != 'T' || text.n == 1) {
            return false;
        }
        text = kds_slice_of(text.p + 1, text.n - 1);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            (void)take_iso_part(&text, &us, parts[i].letter, parts[i].us);
        }
    }
    if (text.n > 0) {
        return false; /* a letter that is out of order, or none at all */
    }
    *out = us;
    return true;
}

bool kds_parse_size(kds_slice_t text, int64_t *out)
{
    static const struct unit units[] = {
        {KDS_SLICE_LIT("B"), 1},
        {KDS_SLICE_LIT("kB"), 1000},
        {KDS_SLICE_LIT("KiB"), 1024},
        {KDS_SLICE_LIT("MB"), 1000000},
        {KDS_SLICE_LIT("MiB"), 1048576},
        {KDS_SLICE_LIT("GB"), 1000000000},
        {KDS_SLICE_LIT("GiB"), 1073741824},
    };
    int64_t v;
    if (!parse_scaled(text, units, sizeof units / sizeof units[0], 1, &v)) {
        return false;
    }
    *out = v;
    return true;
}

/* Days since 1970-01-01 of a Gregorian date, by shifting the year's start to March. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* Takes @p count digits off the front. */
static bool take_digits(kds_slice_t *text, size_t count, int64_t *out)
{
    int64_t v = 0;
    if (text->n < count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (text->p[i] < '0' || text->p[i] > '9') {
            return false;
        }
        v = v * 10 + (text->p[i] - '0');
    }
    *out = v;
    text->p += count;
    text->n -= count;
    return true;
}

static bool take_one_of(kds_slice_t *text, const char *choices)
{
    if (text->n == 0 || text->p[0] == 0 || strchr(choices, text->p[0]) == NULL) {
        return false;
    }
    text->p++;
    text->n--;
    return true;
}

/* Everything behind the seconds' fraction: Z, or +HH:MM. */
static bool take_offset_minutes(kds_slice_t *text, int64_t *out)
{
    int64_t hours, minutes;
    *out = 0;
    if (take_one_of(text, "Zz")) {
        return true;
    }
    bool west = text->n > 0 && text->p[0] == '-';
    if (!take_one_of(text, "+-") || !take_digits(text, 2, &hours) ||
        !take_one_of(text, ":") || !take_digits(text, 2, &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    *out = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static int64_t take_fraction_ms(kds_slice_t *text)
{
    int64_t ms = 0, weight = 100;
    while (text->n > 0 && text->p[0] >= '0' && text->p[0] <= '9') {
        ms += weight * (text->p[0] - '0');
        weight /= 10;
        text->p++;
        text->n--;
    }
    return ms;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    return month == 12
               ? 31
               : days_from_civil(year, month + 1, 1) - days_from_civil(year, month, 1);
}

bool kds_parse_rfc3339_ms(kds_slice_t text, int64_t *out)
{
    int64_t year, month, day, hour, minute, second, offset, ms = 0;
    if (!take_digits(&text, 4, &year) || !take_one_of(&text, "-") ||
        !take_digits(&text, 2, &month) || !take_one_of(&text, "-") ||
        !take_digits(&text, 2, &day) || !take_one_of(&text, "Tt ") ||
        !take_digits(&text, 2, &hour) || !take_one_of(&text, ":") ||
        !take_digits(&text, 2, &minute) || !take_one_of(&text, ":") ||
        !take_digits(&text, 2, &second)) {
        return false;
    }
    if (take_one_of(&text, ".")) {
        size_t before = text.n;
        ms = take_fraction_ms(&text);
        if (text.n == before) {
            return false;
        }
    }
    if (!take_offset_minutes(&text, &offset) || text.n != 0 || month < 1 || month > 12 ||
        day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 ||
        second > 60 || (second == 60 && minute != 59)) {
        return false;
    }
    int64_t minutes =
        (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset;
    *out = (minutes * 60 + second) * 1000 + ms;
    return true;
}

void kds_format_amz_date(int64_t realtime_us, char out[17])
{
    time_t seconds = (time_t)(realtime_us / KDS_US_PER_S);
    struct tm t;
    if (gmtime_r(&seconds, &t) == NULL || t.tm_year + 1900 < 0 ||
        t.tm_year + 1900 > 9999) {
        memcpy(out, "00000000T000000Z", 17); /* no such date: the service will say so */
        return;
    }
    strftime(out, 17, "%Y%m%dT%H%M%SZ", &t); /* digits only: the locale has no say */
}

void kds_format_rfc3339_ms(int64_t realtime_ms, char out[KDS_RFC3339_BYTES])
{
    int64_t rest = realtime_ms % 1000;
    time_t seconds = (time_t)(realtime_ms / 1000);
    struct tm t;
    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    if (gmtime_r(&seconds, &t) == NULL || t.tm_year + 1900 < 0 ||
        t.tm_year + 1900 > 9999) {
        memcpy(out, "0000-00-00T00:00:00Z",
               21); /* no such date: the service will say so */
        return;
    }
    size_t n = strftime(out, KDS_RFC3339_BYTES, "%Y-%m-%dT%H:%M:%S", &t);
    if (rest != 0) {
        n += (size_t)snprintf(out + n, KDS_RFC3339_BYTES - n, ".%03d", (int)rest);
    }
    memcpy(out + n, "Z", 2);
}

/* Length of the well-formed sequence at @p p, 0 if there is none (RFC 3629). */
size_t kds_utf8_length(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t first, last; /* of the lead byte */
        uint8_t second_first, second_last;
        uint8_t length;
    } forms[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last) {
            continue;
        }
        size_t length = forms[i].length;
        if (length > n || (length > 1 && (p[1] < forms[i].second_first ||
                                          p[1] > forms[i].second_last))) {
            return 0;
        }
        for (size_t k = 2; k < length; k++) {
            if ((p[k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
    return 0;
}

/* How many of the bytes are ASCII, by eights, from the first on. */
static size_t ascii_run(const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (uint64_t eight; n - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, p + i, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    return i;
}

bool kds_utf8_valid(kds_slice_t text, size_t *code_points)
{
    size_t count = ascii_run(text.p, text.n); /* mostly all of it */
    for (size_t i = count; i < text.n; count++) {
        size_t length = text.p[i] < 0x80 ? 1 : kds_utf8_length(text.p + i, text.n - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    *code_points = count;
    return true;
}

void kds_hex(const uint8_t *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}
