/*
 * fuzz_url: addresses of endpoints. What was taken apart and put together again means the same.
 */
#include "net/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kds_url url, again;
    char *text = malloc(size + 1);
    char joined[sizeof url.authority + sizeof url.path + 16];
    if (text == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = 0;
    if (kds_url_parse(text, &url, NULL) == KDS_OK) {
        if (strpbrk(url.authority, "\r\n @/") != NULL || url.port == 0 ||
            url.path[0] != '/') {
            abort();
        }
        snprintf(joined, sizeof joined, "http%s://%s%s", url.tls ? "s" : "",
                 url.authority, url.path);
        if (kds_url_parse(joined, &again, NULL) != KDS_OK || again.tls != url.tls ||
            again.port != url.port || strcmp(again.host, url.host) != 0 ||
            strcmp(again.authority, url.authority) != 0 ||
            strcmp(again.path, url.path) != 0) {
            abort();
        }
    }
    free(text);
    return 0;
}
