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

/* ---- decimal ------------------------------------------------------------------------------ */

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static void nine_digits(uint32_t v, char out[9])
{
    for (int at = 7; at > 0; at -= 2) {
        memcpy(out + at, pairs + 2 * (size_t)(v % 100), 2);
        v /= 100;
    }
    out[0] = (char)('0' + v);
}

/* From scratch: 192 bits, divided down. */
static void convert(const struct local_sequence_parts *p, uint32_t limbs[7])
{
    struct wide w = {{0}};
    unsigned from = 0;
    place(&w, 2, 1, 0);
    place(&w, p->shard, 8, 1);
    place(&w, (uint64_t)p->time_s, 9, 9);
    place(&w, p->index, 16, 20);
    place(&w, p->shard, 1, 36);
    place(&w, (uint64_t)p->shard_created_s, 9, 37);
    place(&w, 2, 1, 46);
    for (int i = 6; i >= 0; i--) {
        while (from < LIMBS && w.limb[from] == 0) {
            from++;
        }
        limbs[i] = divide(&w, from);
    }
}

/* The next index: 16^20 more, for there are twenty digits behind it. @return the first limb changed */
static int step(uint32_t limbs[7])
{
    static const uint32_t more[7] = {0, 0, 0, 0, 1208925, 819614629, 174706176};
    uint32_t carry = 0;
    int i = 7;
    while (i > 4 || carry) {
        i--;
        uint32_t sum = limbs[i] + more[i] + carry;
        carry = sum >= NINE_DIGITS;
        limbs[i] = carry ? sum - NINE_DIGITS : sum;
    }
    return i;
}

static bool follows(const struct local_sequence_parts *before,
                    const struct local_sequence_parts *p)
{
    return before->index != 0 && p->index == before->index + 1 &&
           p->time_s == before->time_s && p->shard == before->shard &&
           p->shard_created_s == before->shard_created_s;
}

void local_sequence_next(struct local_sequence *s,
                         const struct local_sequence_parts *parts,
                         char out[LOCAL_SEQUENCE_BYTES])
{
    size_t at = 0;
    int changed = 0;
    if (follows(&s->parts, parts)) {
        changed = step(s->limbs);
    } else {
        convert(parts, s->limbs);
    }
    s->parts = *parts;
    for (int i = changed; i < 7; i++) {
        nine_digits(s->limbs[i], s->digits + 9 * (size_t)i);
    }
    while (s->digits[at] ==
           '0') { /* never all of them: the number ends with a 2 in hexadecimal */
        at++;
    }
    memcpy(out, s->digits + at, sizeof s->digits - at);
    out[sizeof s->digits - at] = 0;
}

void local_sequence_format(int64_t shard_created_s,
                           uint32_t shard,
                           uint64_t index,
                           int64_t time_s,
                           char out[LOCAL_SEQUENCE_BYTES])
{
    struct local_sequence s = {.limbs = {0}};
    const struct local_sequence_parts parts = {shard_created_s, shard, index, time_s};
    local_sequence_next(&s, &parts, out);
}
