/*
 * provider: repeated requests and refusals.
 */
#include "auth/provider.h"

#include "auth/reply.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static bool worth_another(kds_err_t rc, const struct kds_fetch_answer *answer)
{
    if (rc != KDS_OK) {
        return rc != KDS_ERR_CANCELLED && rc != KDS_ERR_NO_MEMORY;
    }
    return answer->status == 429 || answer->status >= 500;
}

kds_err_t kds_provider_fetch(const struct kds_provider_context *ctx,
                             const struct kds_fetch_request *request,
                             unsigned attempts,
                             int64_t pause_us,
                             struct kds_fetch_answer *answer,
                             kds_error_t **error)
{
    memset(answer, 0, sizeof *answer);
    kds_err_t rc = ctx->fetch->run(ctx->fetch, request, answer, error);
    for (unsigned made = 1; made < attempts && worth_another(rc, answer); made++) {
        if (!ctx->pause(ctx->pause_opaque, pause_us)) {
            break;
        }
        kds_fetch_answer_clear(answer);
        rc = ctx->fetch->run(ctx->fetch, request, answer, error);
    }
    if (rc != KDS_OK) {
        kds_fetch_answer_clear(answer);
    }
    return rc;
}

kds_err_t kds_provider_refused(const char *who,
                               const struct kds_fetch_answer *answer,
                               kds_error_t **error)
{
    char code[KDS_REPLY_CODE_BYTES], line[512];
    kds_reply_describe_refusal(answer->status, answer->content_type, answer->error_type,
                               kds_buf_slice(&answer->body), code, line, sizeof line);
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: %s", who, line);
}

char *kds_provider_line(char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    size_t n = strcspn(text, "\r\n");
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t')) {
        n--;
    }
    text[n] = 0;
    for (const char *c = text; *c != 0; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            return NULL;
        }
    }
    return n > 0 ? text : NULL;
}
