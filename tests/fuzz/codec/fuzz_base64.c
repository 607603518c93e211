/*
 * fuzz_base64: what decodes must be what encoding gives back, since every text has one meaning only;
 * and all bytes must survive the way there and back.
 */
#include "kernel/base64.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t text_n = kds_base64_encoded_size(size), n = 0;
    char *text = malloc(text_n + size + 1);
    uint8_t *bytes = malloc(text_n + size + 1);
    if (text == NULL || bytes == NULL) {
        abort();
    }
    kds_base64_encode(data, size, text);
    if (!kds_base64_decode(text, text_n, bytes, &n) || n != size ||
        (n > 0 && memcmp(bytes, data, n) != 0)) {
        abort();
    }
    if (kds_base64_decode((const char *)data, size, bytes, &n)) {
        kds_base64_encode(bytes, n, text);
        if (kds_base64_encoded_size(n) != size ||
            (size > 0 && memcmp(text, data, size) != 0)) {
            abort();
        }
    }
    free(text);
    free(bytes);
    return 0;
}
