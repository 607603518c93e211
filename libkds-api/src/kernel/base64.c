/*
 * base64: plain C with tables, strict on the way in.
 */
#include "kernel/base64.h"

#include "kernel/base64_paths.h"

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

/* Fewer than four characters of the alphabet stand at @p in: the end of the text. */
static const uint8_t *
decode_end(const uint8_t *in, const uint8_t *end, uint8_t *out, size_t *out_n)
{
    unsigned count = 0;
    uint32_t v = 0;
    while (count < 3 && in + count < end && value_of[in[count]] != BAD) {
        v |= (uint32_t)value_of[in[count]] << (18 - 6 * count);
        count++;
    }
    unsigned n = kds_base64_whole_bytes(count);
    for (unsigned i = 0; i < n; i++) {
        out[i] = (uint8_t)(v >> (16 - 8 * i));
    }
    *out_n = n;
    /* The bits behind the last byte must be zero, or two texts would mean the same bytes. */
    return (v & (0xFFFFFFu >> 8 * n)) == 0 ? kds_base64_padding(in + count, end, count)
                                           : NULL;
}

static const uint8_t *
decode_plain(const uint8_t *in, const uint8_t *end, uint8_t *out, size_t *out_n)
{
    uint8_t *to = out;
    size_t last;
    for (; end - in >= 4; in += 4, to += 3) {
        uint32_t a = value_of[in[0]], b = value_of[in[1]];
        uint32_t c = value_of[in[2]], d = value_of[in[3]];
        if (((a | b | c | d) & 0x80) != 0) {
            break;
        }
        uint32_t v = a << 18 | b << 12 | c << 6 | d;
        to[0] = (uint8_t)(v >> 16);
        to[1] = (uint8_t)(v >> 8);
        to[2] = (uint8_t)v;
    }
    const uint8_t *stop = decode_end(in, end, to, &last);
    *out_n = (size_t)(to - out) + last;
    return stop;
}

const struct kds_base64_kernel kds_base64_plain = {encode_plain, decode_plain};

/* Best first; the last row needs nothing and always fits. */
static const struct {
    unsigned needs; /* enum kds_cpu_set */
    const struct kds_base64_kernel *kernel;
} paths[] = {
#if KDS_CPU_X86
    {KDS_CPU_VBMI, &kds_base64_avx512},
    {KDS_CPU_AVX2, &kds_base64_avx2},
#endif
    {0, &kds_base64_plain},
};

const struct kds_base64_kernel *kds_base64_kernel(void)
{
    size_t i = 0;
    while (!kds_cpu_has(paths[i].needs)) {
        i++;
    }
    return paths[i].kernel;
}

void kds_base64_encode(const uint8_t *in, size_t n, char *out)
{
    kds_base64_kernel()->encode(in, n, out);
}

bool kds_base64_decode(const char *in, size_t n, uint8_t *out, size_t *out_n)
{
    const uint8_t *start = (const uint8_t *)in;
    return kds_base64_kernel()->decode(start, start + n, out, out_n) == start + n;
}
