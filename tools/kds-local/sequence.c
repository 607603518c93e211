/*
 * sequence: 192 bits, written in decimal.
 */
#include "sequence.h"

#include <stdbool.h>
#include <string.h>

/* 47 hexadecimal digits: '2', shard creation (9), low nibble of the shard (1), index (16), zero (2),
 * time (9), shard (8), '2'. Held as 192 bits, most significant word first. */
struct wide {
    uint64_t word[3];
};

static void append(struct wide *w, uint64_t digits, unsigned nibbles)
{
    for (unsigned i = 0; i < nibbles; i++) {
        unsigned shift = 4 * (nibbles - 1 - i);
        uint64_t nibble = shift < 64 ? digits >> shift & 15 : 0;
        w->word[0] = w->word[0] << 4 | w->word[1] >> 60;
        w->word[1] = w->word[1] << 4 | w->word[2] >> 60;
        w->word[2] = w->word[2] << 4 | nibble;
    }
}

/* Divide by ten in place. @return the remainder */
static unsigned divide_by_ten(struct wide *w)
{
    uint64_t rest = 0;
    for (int i = 0; i < 3; i++) {
        /* Half a word at a time, so that the remainder fits in front of it. */
        uint64_t high = rest << 32 | w->word[i] >> 32;
        uint64_t low = (high % 10) << 32 | (w->word[i] & UINT32_MAX);
        w->word[i] = (high / 10) << 32 | low / 10;
        rest = low % 10;
    }
    return (unsigned)rest;
}

static bool is_zero(const struct wide *w)
{
    return (w->word[0] | w->word[1] | w->word[2]) == 0;
}

void local_sequence_format(int64_t shard_created_s,
                           uint32_t shard,
                           uint64_t index,
                           int64_t time_s,
                           char out[LOCAL_SEQUENCE_BYTES])
{
    struct wide w = {{0, 0, 0}};
    char digits[LOCAL_SEQUENCE_BYTES];
    size_t n = 0;
    append(&w, 2, 1);
    append(&w, (uint64_t)shard_created_s, 9);
    append(&w, shard & 15, 1);
    append(&w, index, 16);
    append(&w, 0, 2);
    append(&w, (uint64_t)time_s, 9);
    append(&w, shard, 8);
    append(&w, 2, 1);
    do {
        digits[n++] = (char)('0' + divide_by_ten(&w));
    } while (!is_zero(&w));
    for (size_t i = 0; i < n; i++) {
        out[i] = digits[n - 1 - i];
    }
    out[n] = 0;
}
