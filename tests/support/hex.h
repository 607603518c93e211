/*
 * hex: bytes written as hexadecimal digits in a test, blanks allowed between them.
 */
#ifndef TESTS_SUPPORT_HEX_H
#define TESTS_SUPPORT_HEX_H

#include <stdlib.h>

#include "base/buf.h"

static inline unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    abort(); /* a mistake in the test */
}

/** Append the bytes that @p text (lower case) stands for. */
static inline void hex_add(struct kds_buf *b, const char *text)
{
    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        unsigned high = hex_digit(*text++);
        kds_buf_add_byte(b, (uint8_t)(high << 4 | hex_digit(*text++)));
    }
}

#endif /* TESTS_SUPPORT_HEX_H */
