/*
 * api: a request's bytes to an answer's bytes: target and content type, decoding, errors.
 */
#ifndef KDS_LOCAL_API_H
#define KDS_LOCAL_API_H

#include <stdint.h>

#include "base/buf.h"
#include "service.h"

struct local_request {
    kds_slice_t method, path;
    kds_slice_t target;       /* the header X-Amz-Target; absent if there is none */
    kds_slice_t content_type; /* absent if there is none */
    kds_slice_t body;
};

struct local_answer {
    int status;
    const char *content_type; /* NULL = the body is empty */
    const char *error_code;   /* NULL on success */
    struct kds_buf body;      /* (given; kds_buf_clear) */
};

/** What one request may take of its arena: decoded, and its answer before it is encoded. */
#define LOCAL_REQUEST_MEMORY_MAX ((size_t)256 * 1024 * 1024)

/**
 * @param arena   (borrowed) empty; for the time of the call
 * @param answer  (borrowed) its body must be initialised; it is appended to
 */
void local_api_answer(struct local_service *service,
                      int64_t now_us,
                      const struct local_request *request,
                      struct kds_arena *arena,
                      struct local_answer *answer);

/** It is meant for the API, whatever it asks; only such requests need a signature. */
bool local_api_is_call(const struct local_request *request);

/** Answer with an error, in the form in which the request was written. As local_api_answer(). */
void local_api_refuse(const struct local_request *request,
                      const struct local_fault *fault,
                      struct local_answer *answer);

#endif /* KDS_LOCAL_API_H */
