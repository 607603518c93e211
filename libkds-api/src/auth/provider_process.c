/*
 * provider_process: a program of the user's that prints credentials.
 *
 * Written down in: docs/credentials.md; "Sourcing credentials with an external process" of the AWS CLI.
 */
#include "auth/command.h"
#include "auth/provider.h"
#include "auth/reply.h"
#include "base/alloc.h"
#include "base/error.h"

#define TIMEOUT_US       (60 * KDS_US_PER_S)
#define OUTPUT_BYTES_MAX ((size_t)64 * 1024)

kds_err_t kds_provide_process_of(const struct kds_provider_context *ctx,
                                 const char *profile,
                                 struct kds_credentials *out,
                                 kds_error_t **error)
{
    const char *line = kds_profile_get(ctx->profiles, KDS_SECTION_PROFILE, profile,
                                       "credential_process");
    struct kds_command command;
    struct kds_buf output;
    kds_err_t rc = kds_command_split(line, &command, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kds_buf_init(&output, OUTPUT_BYTES_MAX);
    /* All at once: a buffer that grows would leave copies behind. */
    if (kds_buf_reserve(&output, OUTPUT_BYTES_MAX) == NULL) {
        rc = kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    if (rc == KDS_OK) {
        rc = kds_command_run(ctx, &command, TIMEOUT_US, &output, error);
    }
    if (rc == KDS_OK) {
        rc = kds_reply_read(KDS_REPLY_PROCESS, kds_buf_slice(&output), out, error);
    }
    if (output.p != NULL) {
        kds_wipe(output.p, output.cap);
    }
    kds_buf_clear(&output);
    kds_command_clear(&command);
    return rc;
}

kds_err_t kds_provide_process(const struct kds_provider_context *ctx,
                              struct kds_credentials *out,
                              kds_error_t **error)
{
    return kds_provide_process_of(ctx, ctx->settings->profile, out, error);
}
