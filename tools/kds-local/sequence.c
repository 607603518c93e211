/*
 * sequence: 192 bits, written in decimal.
 */
#include "sequence.h"

#include <stdbool.h>
#include <string.h>

#define LIMBS 6 /* of 32 bits, most significant first */

/* Nine decimal digits at a time: the largest power of ten that a limb holds. */
#define NINE_DIGITS UINT32_C(1000000000)

/* 47 hexadecimal digits: '2', shard creation (9), low nibble of the shard (1), index (16), zero (2),
 * time (9), shard (8), '2'. */
struct wide {
    uint32_t limb[LIMBS];
};

/* Put the low @p nibbles of @p digits at nibble @p at, counted from the least significant one. */
static void place(struct wide *w, uint64_t digits, unsigned nibbles, unsigned at)
{
    if (nibbles < 16) {
        digits &= (UINT64_C(1) << 4 * nibbles) - 1;
    }
    unsigned limb = LIMBS - 1 - at / 8;
    unsigned shift = at % 8 * 4;
    w->limb[limb] |= (uint32_t)(digits << shift);
    digits >>= 32 - shift;
    for (; digits != 0; digits >>= 32) {
        w->limb[--limb] |= (uint32_t)digits;
    }
}

/* Divide by 10^9 in place, from limb @p from on. @return the remainder */
static uint32_t divide(struct wide *w, unsigned from)
{
    uint64_t rest = 0;
    for (unsigned i = from; i < LIMBS; i++) {
        uint64_t v = rest << 32 | w->limb[i];
        w->limb[i] = (uint32_t)(v / NINE_DIGITS);
        rest = v % NINE_DIGITS;
    }
    return (uint32_t)rest;
}

static void nine_digits(uint32_t v, char out[9])
{
    for (int i = 8; i >= 0; i--) {
        out[i] = (char)('0' + v % 10);
        v /= 10;
    }
}

void local_sequence_format(int64_t shard_created_s,
                           uint32_t shard,
                           uint64_t index,
                           int64_t time_s,
                           char out[LOCAL_SEQUENCE_BYTES])
{
    struct wide w = {{0}};
    char digits[64]; /* seven times nine, from the end */
    size_t at = sizeof digits;
    unsigned from = 0;
    place(&w, 2, 1, 0);
    place(&w, shard, 8, 1);
    place(&w, (uint64_t)time_s, 9, 9);
    place(&w, index, 16, 20);
    place(&w, shard, 1, 36);
    place(&w, (uint64_t)shard_created_s, 9, 37);
    place(&w, 2, 1, 46);
    while (from < LIMBS) {
        at -= 9;
        nine_digits(divide(&w, from), digits + at);
        while (from < LIMBS && w.limb[from] == 0) {
            from++;
        }
    }
    while (digits[at] == '0') { /* the number is never 0: its lowest nibble is 2 */
        at++;
    }
    memcpy(out, digits + at, sizeof digits - at);
    out[sizeof digits - at] = 0;
}
