/*
 * fetch: what every implementation shares.
 */
#include "auth/fetch.h"

#include "base/alloc.h"

#include <string.h>

int kds_fetch_shown(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    size_t n = (size_t)(host - url) + strcspn(host, "/?#");
    return n < 300 ? (int)n : 300;
}

void kds_fetch_answer_clear(struct kds_fetch_answer *answer)
{
    if (answer->body.p != NULL) {
        kds_wipe(answer->body.p, answer->body.cap);
    }
    kds_buf_clear(&answer->body);
    memset(answer, 0, sizeof *answer);
}
