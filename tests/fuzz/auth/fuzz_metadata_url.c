/*
 * fuzz_metadata_url: addresses to fetch credentials from. What is let through has no user, no
 * fragment and no control character, and plain http has one of a few hosts.
 */
#include "auth/metadata_url.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool known_host(const char *host)
{
    static const char *const prefixes[] = {"localhost", "127.", "169.254.170.2", "["};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncasecmp(host, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = malloc(size + 1);
    if (url == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(url, data, size);
    }
    url[size] = 0;
    if (kds_container_url_check("X", url, NULL) == KDS_OK) {
        bool plain = strncasecmp(url, "http://", 7) == 0;
        const char *host = strstr(url, "://") + 3;
        if (kds_metadata_url_check("X", url, NULL) != KDS_OK ||
            memchr(host, '@', strcspn(host, "/?")) != NULL ||
            strpbrk(url, "#\\ \t\r\n") != NULL || (plain && !known_host(host))) {
            abort();
        }
    }
    free(url);
    return 0;
}
