/*
 * credentials: checking, copying, counting and wiping.
 */
#include "auth/credentials.h"

#include "auth/secret.h"
#include "base/alloc.h"
#include "base/error.h"

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

static bool given(const char *text)
{
    return text != NULL && text[0] != 0;
}

void kds_credentials_clear(struct kds_credentials *c)
{
    kds_secret_free(c->access_key_id);
    kds_secret_free(c->secret_access_key);
    kds_secret_free(c->session_token);
    kds_secret_free(c->account_id);
    memset(c, 0, sizeof *c);
}

/* They become part of a header: nothing may end the line. Never says what it saw. */
static kds_err_t
check(const char *text, const char *what, size_t max, kds_error_t **error)
{
    if (!given(text)) {
        return KDS_OK;
    }
    if (!printable(text)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "the %s holds a blank or a control character", what);
    }
    if (strlen(text) > max) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "the %s has %zu bytes, at most %zu", what, strlen(text),
                             max);
    }
    return KDS_OK;
}

static kds_err_t check_all(const struct kds_credential_parts *p, kds_error_t **error)
{
    if (!given(p->access_key_id) || !given(p->secret_access_key)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "the %s is empty",
                             given(p->access_key_id) ? "secret access key"
                                                     : "access key id");
    }
    kds_err_t rc = check(p->access_key_id, "access key id", KDS_KEY_ID_BYTES_MAX, error);
    if (rc == KDS_OK) {
        rc =
            check(p->secret_access_key, "secret access key", KDS_SECRET_BYTES_MAX, error);
    }
    if (rc == KDS_OK) {
        rc = check(p->session_token, "session token", KDS_TOKEN_BYTES_MAX, error);
    }
    if (rc == KDS_OK) {
        rc = check(p->account_id, "account id", KDS_ACCOUNT_ID_BYTES_MAX, error);
    }
    return rc;
}

static bool copy(const char *text, char **out)
{
    *out = given(text) ? kds_secret_copy(text) : NULL;
    return *out != NULL || !given(text);
}

kds_err_t kds_credentials_make(struct kds_credentials *out,
                               const struct kds_credential_parts *p,
                               kds_error_t **error)
{
    struct kds_credentials c = {.expires_at_ms = p->expires_at_ms};
    kds_err_t rc = check_all(p, error);
    if (rc != KDS_OK) {
        return rc;
    }
    bool whole = copy(p->access_key_id, &c.access_key_id);
    whole = copy(p->secret_access_key, &c.secret_access_key) && whole;
    whole = copy(p->session_token, &c.session_token) && whole;
    whole = copy(p->account_id, &c.account_id) && whole;
    if (!whole) {
        kds_credentials_clear(&c);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    *out = c;
    return KDS_OK;
}

kds_err_t kds_credentials_init(struct kds_credentials *out,
                               const char *key_id,
                               const char *secret,
                               const char *token,
                               kds_error_t **error)
{
    const struct kds_credential_parts parts = {key_id, secret, token, NULL,
                                               KDS_CREDENTIALS_FOREVER_MS};
    return kds_credentials_make(out, &parts, error);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool kds_credentials_same(const struct kds_credentials *a,
                          const struct kds_credentials *b)
{
    return same_text(a->access_key_id, b->access_key_id) &&
           same_text(a->secret_access_key, b->secret_access_key) &&
           same_text(a->session_token, b->session_token);
}

/* ---- snapshots ---------------------------------------------------------------------------- */

kds_err_t kds_snapshot_new(struct kds_credentials *c,
                           uint64_t generation,
                           struct kds_credentials_snapshot **out)
{
    struct kds_credentials_snapshot *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        kds_credentials_clear(c);
        return KDS_ERR_NO_MEMORY;
    }
    atomic_init(&s->references, 1);
    s->generation = generation;
    s->credentials = *c;
    memset(c, 0, sizeof *c);
    *out = s;
    return KDS_OK;
}

struct kds_credentials_snapshot *kds_snapshot_ref(struct kds_credentials_snapshot *s)
{
    atomic_fetch_add_explicit(&s->references, 1, memory_order_relaxed);
    return s;
}

void kds_snapshot_unref(struct kds_credentials_snapshot *s)
{
    if (s != NULL &&
        atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) == 1) {
        kds_credentials_clear(&s->credentials);
        kds_free(s);
    }
}
