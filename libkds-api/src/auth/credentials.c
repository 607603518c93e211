/*
 * credentials: checking, copying and wiping.
 */
#include "auth/credentials.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdbool.h>
#include <string.h>

static bool printable(const char *text)
{
    for (; *text != 0; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= 0x20 || c >= 0x7F) {
            return false;
        }
    }
    return true;
}

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = kds_alloc(n);
    if (p != NULL) {
        memcpy(p, text, n);
    }
    return p;
}

static void wipe(char **text)
{
    if (*text != NULL) {
        kds_wipe(*text, strlen(*text));
        kds_free(*text);
        *text = NULL;
    }
}

void kds_credentials_clear(struct kds_credentials *c)
{
    wipe(&c->access_key_id);
    wipe(&c->secret_access_key);
    wipe(&c->session_token);
}

static bool given(const char *text)
{
    return text != NULL && text[0] != 0;
}

kds_err_t kds_credentials_init(struct kds_credentials *out,
                               const char *key_id,
                               const char *secret,
                               const char *token,
                               kds_error_t **error)
{
    struct kds_credentials c = {NULL, NULL, NULL};
    if (!given(key_id) || !given(secret)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "the %s is empty",
                             given(key_id) ? "secret access key" : "access key id");
    }
    /* They become part of a header: nothing may end the line. */
    if (!printable(key_id) || !printable(secret) || (given(token) && !printable(token))) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "the %s holds a blank or a control character",
                             !printable(key_id)   ? "access key id"
                             : !printable(secret) ? "secret access key"
                                                  : "session token");
    }
    c.access_key_id = copy(key_id);
    c.secret_access_key = copy(secret);
    c.session_token = given(token) ? copy(token) : NULL;
    if (c.access_key_id == NULL || c.secret_access_key == NULL ||
        (given(token) && c.session_token == NULL)) {
        kds_credentials_clear(&c);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    *out = c;
    return KDS_OK;
}

kds_err_t kds_credentials_resolve(struct kds_credentials *out,
                                  const char *key_id,
                                  const char *secret,
                                  const char *token,
                                  kds_getenv_fn *env,
                                  kds_error_t **error)
{
    if (given(key_id) || given(secret)) {
        return kds_credentials_init(out, key_id, secret, token, error);
    }
    key_id = env("AWS_ACCESS_KEY_ID");
    secret = env("AWS_SECRET_ACCESS_KEY");
    if (!given(key_id) && !given(secret)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "no credentials: neither given nor in AWS_ACCESS_KEY_ID and "
                             "AWS_SECRET_ACCESS_KEY");
    }
    if (!given(key_id) || !given(secret)) {
        return kds_error_set(
            error, KDS_ERR_CREDENTIALS, "%s is set but %s is not",
            given(key_id) ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
            given(key_id) ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    }
    return kds_credentials_init(out, key_id, secret, env("AWS_SESSION_TOKEN"), error);
}
