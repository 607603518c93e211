/*
 * fetch: what every implementation shares.
 */
#include "auth/fetch.h"

#include "base/alloc.h"

#include <string.h>

void kds_fetch_answer_clear(struct kds_fetch_answer *answer)
{
    if (answer->body.p != NULL) {
        kds_wipe(answer->body.p, answer->body.cap);
    }
    kds_buf_clear(&answer->body);
    memset(answer, 0, sizeof *answer);
}
