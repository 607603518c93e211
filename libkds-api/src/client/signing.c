/*
 * signing: one signer, made anew for each generation of credentials.
 */
#include "client/signing.h"

#include <string.h>

static kds_err_t renew_signer(struct kds_signing *s,
                              const struct kds_credentials_snapshot *snapshot,
                              kds_error_t **error)
{
    struct kds_signer *signer;
    if (s->generation == snapshot->generation) {
        return KDS_OK;
    }
    kds_err_t rc =
        kds_signer_new(s->region, s->service, &snapshot->credentials, &signer, error);
    if (rc == KDS_OK) {
        kds_signer_free(s->signer);
        s->signer = signer;
        s->generation = snapshot->generation;
    }
    return rc;
}

enum kds_refresh_answer kds_signing_take(struct kds_signing *s,
                                         struct kds_credentials_snapshot **snapshot,
                                         kds_error_t **error)
{
    struct kds_credentials_snapshot *taken = NULL;
    enum kds_refresh_answer answer = kds_refresher_get(s->refresher, &taken, error);
    if (answer != KDS_REFRESH_USE) {
        return answer;
    }
    if (renew_signer(s, taken, error) != KDS_OK) {
        kds_snapshot_unref(taken);
        return KDS_REFRESH_REFUSED;
    }
    *snapshot = taken;
    return KDS_REFRESH_USE;
}

void kds_signing_clear(struct kds_signing *s)
{
    kds_signer_free(s->signer);
    s->signer = NULL;
    s->generation = 0;
}

bool kds_signing_given_up(const char *code)
{
    static const char *const codes[] = {
        "ExpiredToken",         "ExpiredTokenException", "UnrecognizedClientException",
        "InvalidClientTokenId", "RequestExpired",
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}
