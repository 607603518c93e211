/*
 * signing: one signer, made anew for each generation of credentials.
 */
#include "client/signing.h"

#include "base/rng.h"
#include "base/text.h"

#include <stdio.h>
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

kds_err_t kds_signing_sign(const struct kds_signing *s,
                           const struct kds_signing_request *request,
                           int64_t wall_us,
                           char amz_date[17],
                           char authorization[KDS_AUTHORIZATION_BYTES],
                           kds_error_t **error)
{
    struct kds_signed_header headers[5] = {
        {KDS_SLICE_LIT("content-type"), kds_slice(request->content_type)},
        {KDS_SLICE_LIT("host"), kds_slice(request->authority)},
        {KDS_SLICE_LIT("x-amz-date"), {(const uint8_t *)amz_date, 16}},
    };
    size_t n = 3;
    kds_format_amz_date(wall_us, amz_date);
    if (request->session_token != NULL) {
        headers[n].name = kds_slice("x-amz-security-token");
        headers[n++].value = kds_slice(request->session_token);
    }
    if (request->target[0] != 0) {
        headers[n].name = kds_slice("x-amz-target");
        headers[n++].value = kds_slice(request->target);
    }
    const struct kds_sign_input input = {
        .method = KDS_SLICE_LIT("POST"),
        .path = kds_slice(request->path),
        .headers = headers,
        .header_count = n,
        .body = request->body,
        .body_digest = request->body_digest,
    };
    return kds_signer_sign(s->signer, &input, amz_date, authorization, error);
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

void kds_make_invocation(char out[KDS_INVOCATION_BYTES])
{
    uint8_t bytes[16];
    char hex[32];
    if (kds_random_bytes(bytes, sizeof bytes) != KDS_OK) {
        out[0] = 0; /* the header is a courtesy, not needed */
        return;
    }
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
    kds_hex(bytes, sizeof bytes, hex);
    snprintf(out, KDS_INVOCATION_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
             hex + 12, hex + 16, hex + 20);
}
