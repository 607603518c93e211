/*
 * base64: plain C with tables, strict on the way in.
 */
#include "kernel/base64.h"

#include "kernel/cpu.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define BAD 0xFF /* no character of the alphabet */

/* clang-format off */
#define X BAD
static const uint8_t value_of[256] = {
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,62,X,X,X,63, 52,53,54,55,56,57,58,59,60,61,X,X,X,X,X,X,
    X,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25,X,X,X,X,X,
    X,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
};
#undef X
/* clang-format on */

static void encode_plain(const uint8_t *in, size_t n, char *out)
{
    for (; n >= 3; n -= 3, in += 3, out += 4) {
        uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        out[0] = alphabet[v >> 18];
        out[1] = alphabet[v >> 12 & 63];
        out[2] = alphabet[v >> 6 & 63];
        out[3] = alphabet[v & 63];
    }
    if (n > 0) {
        uint32_t v = (uint32_t)in[0] << 16 | (n > 1 ? (uint32_t)in[1] << 8 : 0);
        out[0] = alphabet[v >> 18];
        out[1] = alphabet[v >> 12 & 63];
        out[2] = n > 1 ? alphabet[v >> 6 & 63] : '=';
        out[3] = '=';
    }
}

/* The last four characters, which may end in one or two '='. @return bytes written, or -1. */
static int decode_last(const uint8_t *in, uint8_t *out)
{
    unsigned padding = in[3] != '=' ? 0 : in[2] != '=' ? 1 : 2;
    uint32_t a = value_of[in[0]], b = value_of[in[1]];
    uint32_t c = padding > 1 ? 0 : value_of[in[2]];
    uint32_t d = padding > 0 ? 0 : value_of[in[3]];
    uint32_t v = a << 18 | b << 12 | c << 6 | d;
    /* The bits behind the last byte must be zero, or two texts would mean the same bytes. */
    if (((a | b | c | d) & 0x80) != 0 || (padding == 1 && (v & 0xFF) != 0) ||
        (padding == 2 && (v & 0xFFFF) != 0)) {
        return -1;
    }
    out[0] = (uint8_t)(v >> 16);
    if (padding < 2) {
        out[1] = (uint8_t)(v >> 8);
    }
    if (padding < 1) {
        out[2] = (uint8_t)v;
    }
    return (int)(3 - padding);
}

static bool decode_plain(const char *in, size_t n, uint8_t *out, size_t *out_n)
{
    uint8_t *to = out;
    size_t at = 0;
    for (; at + 4 < n; at += 4, to += 3) {
        uint8_t p[4];
        memcpy(p, in + at, 4);
        uint32_t a = value_of[p[0]], b = value_of[p[1]];
        uint32_t c = value_of[p[2]], d = value_of[p[3]];
        if (((a | b | c | d) & 0x80) != 0) {
            break;
        }
        uint32_t v = a << 18 | b << 12 | c << 6 | d;
        to[0] = (uint8_t)(v >> 16);
        to[1] = (uint8_t)(v >> 8);
        to[2] = (uint8_t)v;
    }
    int last = 0;
    if (n - at == 4) {
        uint8_t p[4];
        memcpy(p, in + at, 4);
        last = decode_last(p, to);
    } else if (n != at) {
        last = -1;
    }
    *out_n = (size_t)(to - out) + (last > 0 ? (size_t)last : 0);
    return last >= 0;
}

/* Best first; the last row needs nothing and always fits. */
static const struct {
    unsigned needs; /* enum kds_cpu_set */
    void (*encode)(const uint8_t *in, size_t n, char *out);
    bool (*decode)(const char *in, size_t n, uint8_t *out, size_t *out_n);
} paths[] = {
    {0, encode_plain, decode_plain},
};

static size_t best_path(void)
{
    size_t i = 0;
    while (!kds_cpu_has(paths[i].needs)) {
        i++;
    }
    return i;
}

void kds_base64_encode(const uint8_t *in, size_t n, char *out)
{
    paths[best_path()].encode(in, n, out);
}

bool kds_base64_decode(const char *in, size_t n, uint8_t *out, size_t *out_n)
{
    return paths[best_path()].decode(in, n, out, out_n);
}
