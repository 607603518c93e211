/*
 * text_scan: copies text and looks at it on the way, 16 bytes at a time.
 *
 * SSE2 is part of the base instruction set of x86-64; elsewhere, and where KDS_TEXT_SCAN_PLAIN is
 * defined (a test does), it is plain C. Inline: what is scanned is short.
 */
#ifndef KDS_KERNEL_TEXT_SCAN_H
#define KDS_KERNEL_TEXT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(KDS_TEXT_SCAN_PLAIN)
#define KDS_TEXT_SCAN_WIDE 1
#include <emmintrin.h>
#else
#define KDS_TEXT_SCAN_WIDE 0
#endif

/* Bytes that may be written behind what is copied. */
#define KDS_TEXT_SCAN_SLACK 16

#if KDS_TEXT_SCAN_WIDE

static inline __m128i kds_text_load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline void kds_text_store(uint8_t *to, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)to, v);
}

/* Quotes and backslashes, all ones. */
static inline __m128i kds_text_quoting(__m128i v)
{
    return _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                        _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
}

/* Bit 7 of each byte that JSON writes as an escape. */
static inline __m128i kds_text_escaped(__m128i v)
{
    /* Control characters: unsigned, at most 31. */
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(31)), v);
    return _mm_or_si128(kds_text_quoting(v), control);
}

#endif

/**
 * Copy the text in front of a closing quote.
 *
 * @param p   Behind the opening quote. @param end  Nothing is read there and behind.
 * @param to  Room for the text and KDS_TEXT_SCAN_SLACK bytes.
 * @param n   Receives how long it is.
 * @return behind the closing quote; NULL if something stands before it that is not ASCII, not
 *         printable or an escape, or if fewer than 16 bytes are left to find it in.
 */
static inline const uint8_t *
kds_text_copy_quoted(const uint8_t *p, const uint8_t *end, uint8_t *to, size_t *n)
{
    const uint8_t *start = p;
#if KDS_TEXT_SCAN_WIDE
    for (; end - p >= 16; p += 16, to += 16) {
        __m128i v = kds_text_load(p);
        kds_text_store(to, v);
        /* Signed: what is not ASCII counts as less than a blank. */
        __m128i stop =
            _mm_or_si128(kds_text_quoting(v), _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)));
        unsigned stops = (unsigned)_mm_movemask_epi8(stop);
        if (stops != 0) {
            p += __builtin_ctz(stops);
            *n = (size_t)(p - start);
            return *p == '"' ? p + 1 : NULL;
        }
    }
#else
    for (; p < end && *p >= 0x20 && *p < 0x80 && *p != '\\'; p++, to++) {
        if (*p == '"') {
            *n = (size_t)(p - start);
            return p + 1;
        }
        *to = *p;
    }
#endif
    return NULL;
}

/** How many bytes stand before the first that ends a JSON string, begins an escape or may not be. */
static inline size_t kds_text_unescaped_length(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *start = p;
#if KDS_TEXT_SCAN_WIDE
    for (; end - p >= 16; p += 16) {
        unsigned stops = (unsigned)_mm_movemask_epi8(kds_text_escaped(kds_text_load(p)));
        if (stops != 0) {
            return (size_t)(p - start) + (size_t)__builtin_ctz(stops);
        }
    }
#endif
    while (p < end && *p >= 0x20 && *p != '"' && *p != '\\') {
        p++;
    }
    return (size_t)(p - start);
}

/** Copy @p n bytes, no byte more. @return whether JSON writes all of them as they are. */
static inline bool kds_text_copy_unescaped(uint8_t *to, const uint8_t *p, size_t n)
{
    size_t i = 0;
#if KDS_TEXT_SCAN_WIDE
    __m128i found = _mm_setzero_si128();
    for (; i + 16 <= n; i += 16) {
        __m128i v = kds_text_load(p + i);
        kds_text_store(to + i, v);
        found = _mm_or_si128(found, kds_text_escaped(v));
    }
    if (i < n && n >= 16) { /* the last 16, some of them once more */
        __m128i v = kds_text_load(p + n - 16);
        kds_text_store(to + n - 16, v);
        found = _mm_or_si128(found, kds_text_escaped(v));
        i = n;
    }
    bool plain = _mm_movemask_epi8(found) == 0;
#else
    bool plain = true;
#endif
    for (; i < n; i++) {
        to[i] = p[i];
        plain &= p[i] >= 0x20 && p[i] != '"' && p[i] != '\\';
    }
    return plain;
}

/** Copy @p n bytes, no byte more. @return whether all of them are ASCII. */
static inline bool kds_text_copy_ascii(uint8_t *to, const uint8_t *p, size_t n)
{
    size_t i = 0;
#if KDS_TEXT_SCAN_WIDE
    __m128i any = _mm_setzero_si128();
    for (; i + 16 <= n; i += 16) {
        __m128i v = kds_text_load(p + i);
        kds_text_store(to + i, v);
        any = _mm_or_si128(any, v);
    }
    if (i < n && n >= 16) {
        __m128i v = kds_text_load(p + n - 16);
        kds_text_store(to + n - 16, v);
        any = _mm_or_si128(any, v);
        i = n;
    }
    bool ascii = _mm_movemask_epi8(any) == 0;
#else
    bool ascii = true;
#endif
    for (; i < n; i++) {
        to[i] = p[i];
        ascii &= p[i] < 0x80;
    }
    return ascii;
}

/** Eight bytes, the first the highest; likewise the lowest. */
static inline uint64_t kds_text_load_big(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint64_t kds_text_load_little(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline bool kds_text_same_4(const uint8_t *a, const uint8_t *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

static inline bool kds_text_same_8(const uint8_t *a, const uint8_t *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x == y;
}

/** memcmp() == 0 of @p n bytes, 4 to 32, without a call. */
static inline bool kds_text_same(const uint8_t *a, const uint8_t *b, size_t n)
{
    if (n >= 16) {
        return kds_text_same_8(a, b) && kds_text_same_8(a + 8, b + 8) &&
               kds_text_same_8(a + n - 16, b + n - 16) &&
               kds_text_same_8(a + n - 8, b + n - 8);
    }
    if (n >= 8) {
        return kds_text_same_8(a, b) && kds_text_same_8(a + n - 8, b + n - 8);
    }
    return kds_text_same_4(a, b) && kds_text_same_4(a + n - 4, b + n - 4);
}

#endif /* KDS_KERNEL_TEXT_SCAN_H */
