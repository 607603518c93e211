/*
 * text: strict, locale-independent reading of numbers, units, time stamps and UTF-8.
 */
#ifndef KDS_BASE_TEXT_H
#define KDS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/internal.h"
#include "kds/types.h"

/** Whole decimal text with optional '-', no '+', space or leading zero. False on overflow. */
KDS_INTERNAL bool kds_parse_i64(kds_slice_t text, int64_t *out);
KDS_INTERNAL bool kds_parse_u64(kds_slice_t text, uint64_t *out);

/** "250", "250ms", "5s", "2m", "1h", "1d"; a bare number counts @p bare_unit_us. To microseconds. */
KDS_INTERNAL bool
kds_parse_duration_us(kds_slice_t text, int64_t bare_unit_us, int64_t *out);

/** As java.time.Duration writes it: "PT24H", "PT1M30S", "P1DT0.5S". To microseconds. */
KDS_INTERNAL bool kds_parse_iso_duration_us(kds_slice_t text, int64_t *out);

/** "500", "5KiB", "5kB", "5MiB", "5MB", "1GiB", "1GB", "7B". To bytes. */
KDS_INTERNAL bool kds_parse_size(kds_slice_t text, int64_t *out);

/** RFC 3339 with Z or an offset, fraction optional. To milliseconds since 1970. */
KDS_INTERNAL bool kds_parse_rfc3339_ms(kds_slice_t text, int64_t *out);

/** "2026-11-21T08:00:00Z", with three decimals unless they are 0. The year must have four digits. */
#define KDS_RFC3339_BYTES 32
KDS_INTERNAL void kds_format_rfc3339_ms(int64_t realtime_ms, char out[KDS_RFC3339_BYTES]);

/** A JSON number, whatever the locale. False if it is none or not finite. */
KDS_INTERNAL bool kds_parse_double(kds_slice_t text, double *out);

/** The shortest text that gives the same double again, no NUL. @return characters */
#define KDS_DOUBLE_BYTES 32
KDS_INTERNAL size_t kds_format_double(double v, char out[KDS_DOUBLE_BYTES]);

/** YYYYMMDDTHHMMSSZ and its first 8 characters as the date, of a wall-clock instant. */
KDS_INTERNAL void kds_format_amz_date(int64_t realtime_us, char out[17]);

/** Length of the character at @p p, of which @p n > 0 bytes are left; 0 if there is no valid one. */
KDS_INTERNAL size_t kds_utf8_length(const uint8_t *p, size_t n);

/** Valid UTF-8 (no surrogates, nothing overlong); counts the code points. */
KDS_INTERNAL bool kds_utf8_valid(kds_slice_t text, size_t *code_points);

/** Lower-case hex of @p n bytes: 2n characters, no NUL. */
KDS_INTERNAL void kds_hex(const uint8_t *bytes, size_t n, char *out);

#endif /* KDS_BASE_TEXT_H */
