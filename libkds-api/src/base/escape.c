/*
 * escape: one line of valid UTF-8 out of whatever stands in a message.
 */
#include "base/escape.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* A character of C0 or C1, or DEL: it moves cursors and ends lines. */
static bool is_control(const uint8_t *p, size_t length)
{
    return length == 1 ? p[0] < 0x20 || p[0] == 0x7F
                       : length == 2 && p[0] == 0xC2 && p[1] < 0xA0;
}

void kds_escape(const char *text, char *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = (const uint8_t *)text;
    size_t left = strlen(text), n = 0;
    while (left > 0) {
        size_t length = kds_utf8_length(p, left);
        bool plain = length > 0 && !is_control(p, length);
        size_t take = length > 0 ? length : 1;
        size_t need = plain ? take : 4 * take;
        if (n + need >= size) {
            break; /* never within a character */
        }
        for (size_t i = 0; !plain && i < take; i++) {
            const char hex[4] = {'\\', 'x', digits[p[i] >> 4], digits[p[i] & 15]};
            memcpy(out + n + 4 * i, hex, 4);
        }
        if (plain) {
            memcpy(out + n, p, take);
        }
        n += need;
        p += take;
        left -= take;
    }
    out[n] = 0;
}
