/*
 * provider_container: the endpoint beside a container, of ECS, EKS and others.
 *
 * Written down in: docs/credentials.md; "Container credential provider" of the AWS SDKs.
 */
#include "auth/metadata_url.h"
#include "auth/provider.h"
#include "auth/reply.h"
#include "auth/small_file.h"
#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define ECS_BASE        "http://169.254.170.2"
#define URL_BYTES       2048
#define TOKEN_BYTES_MAX 8000 /* with the header's name it must fit into 8 KiB */
#define ATTEMPTS        3
#define ATTEMPT_MS      2000
#define PAUSE_US        KDS_US_PER_S

static kds_err_t
find_url(const struct kds_provider_context *ctx, char url[URL_BYTES], kds_error_t **error)
{
    static const char full_name[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    static const char relative_name[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    const char *relative = kds_provider_env(ctx, relative_name);
    const char *full = kds_provider_env(ctx, full_name);
    int n = relative ? snprintf(url, URL_BYTES, ECS_BASE "%s", relative)
                     : snprintf(url, URL_BYTES, "%s", full);
    if (n < 0 || n >= URL_BYTES) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: longer than %d bytes",
                             relative ? relative_name : full_name, URL_BYTES - 1);
    }
    if (relative != NULL && relative[0] != '/') {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: it must begin with '/'",
                             relative_name);
    }
    return kds_container_url_check(relative ? relative_name : full_name, url, error);
}

static kds_err_t check_token(const char *name, const char *token, kds_error_t **error)
{
    for (const char *c = token; *c != 0; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            return kds_error_set(
                error, KDS_ERR_CREDENTIALS,
                "%s: the token holds a line break or a control character", name);
        }
    }
    if (token[0] == 0 || strlen(token) > TOKEN_BYTES_MAX) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "%s: the token must have 1..%d bytes", name,
                             TOKEN_BYTES_MAX);
    }
    return KDS_OK;
}

/* The token's file is read every time: it rotates. */
static kds_err_t
read_token_file(const char *path, struct kds_small_file *file, kds_error_t **error)
{
    static const char name[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    kds_error_t *why = NULL;
    kds_err_t rc = kds_small_file_read(path, TOKEN_BYTES_MAX, file, &why);
    if (rc != KDS_OK) {
        rc = kds_error_set(error, rc == KDS_ERR_NO_MEMORY ? rc : KDS_ERR_CREDENTIALS,
                           "%s: %s", name, why ? kds_error_message(why) : "not read");
    } else if (file->p == NULL) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: there is no file %.300s",
                           name, path);
    } else if (memchr(file->p, 0, file->n) != NULL) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: the token holds a NUL byte",
                           name);
    } else {
        rc = check_token(name, (const char *)file->p, error);
    }
    kds_error_free(why);
    return rc;
}

static kds_err_t ask(const struct kds_provider_context *ctx,
                     const char *url,
                     const char *token,
                     struct kds_credentials *out,
                     kds_error_t **error)
{
    struct kds_fetch_answer answer;
    struct kds_fetch_request request = {
        .method = KDS_FETCH_GET,
        .url = url,
        .headers = {{"Accept", "application/json"}, {"Authorization", token}},
        .header_count = token ? 2 : 1,
        .connect_timeout_ms = ATTEMPT_MS,
        .timeout_ms = ATTEMPT_MS,
        .no_proxy = true};
    kds_err_t rc = kds_provider_fetch(ctx, &request, ATTEMPTS, PAUSE_US, &answer, error);
    if (rc != KDS_OK) {
        return rc;
    }
    rc =
        answer.status == 200
            ? kds_reply_read(KDS_REPLY_CONTAINER, kds_buf_slice(&answer.body), out, error)
            : kds_provider_refused("the container endpoint", &answer, error);
    kds_fetch_answer_clear(&answer);
    return rc;
}

kds_err_t kds_provide_container(const struct kds_provider_context *ctx,
                                struct kds_credentials *out,
                                kds_error_t **error)
{
    static const char name[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    const char *path = kds_provider_env(ctx, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = kds_provider_env(ctx, name);
    struct kds_small_file file = {.p = NULL};
    char url[URL_BYTES];
    kds_err_t rc = find_url(ctx, url, error);
    if (rc == KDS_OK && path != NULL) {
        rc = read_token_file(path, &file, error);
        token = (const char *)file.p;
    } else if (rc == KDS_OK && token != NULL) {
        rc = check_token(name, token, error);
    }
    if (rc == KDS_OK) {
        rc = ask(ctx, url, token, out, error);
    }
    kds_small_file_clear(&file);
    return rc;
}
