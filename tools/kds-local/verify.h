/*
 * verify: whether a request is signed by somebody we know. Signature version 4, in headers.
 *
 * Pure but for OpenSSL: the time is handed in. Written without a look at the client's signer, which it
 * checks. Source: AWS Signature Version 4, "Create a signed request"; which error the service gives
 * for what is in docs/wire/api.md.
 */
#ifndef KDS_LOCAL_VERIFY_H
#define KDS_LOCAL_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "service.h"

#define VERIFY_CREDENTIALS_MAX 64

struct verify_credential {
    const char *id, *secret;
    const char *token; /* NULL = the request's is not looked at */
};

struct verifier;

/**
 * @param credentials  (lent until verifier_free()) none = any well-formed signature is taken
 * @param region       (lent until verifier_free()) NULL = any
 * @return (given; verifier_free) NULL when out of memory
 */
struct verifier *verifier_new(const struct verify_credential *credentials,
                              size_t count,
                              const char *region);
void verifier_free(struct verifier *v); /* NULL is allowed */

/** @param now_us  wall clock @param fault  filled on refusal. @return whether to serve it */
bool verify_request(struct verifier *v,
                    const struct http_request *request,
                    int64_t now_us,
                    struct local_fault *fault);

#endif /* KDS_LOCAL_VERIFY_H */
