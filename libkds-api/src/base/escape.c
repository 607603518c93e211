#include "base/escape.h"

void kds_escape(const char *text, char *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (; *text != 0; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != 0x7f) {
            if (n + 1 >= size) {
                break;
            }
            out[n++] = (char)c;
            continue;
        }
        if (n + 4 >= size) {
            break;
        }
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    out[n] = 0;
}
