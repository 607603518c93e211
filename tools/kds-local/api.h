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

/** @param answer (borrowed) its body must be initialised; it is appended to. */
void local_api_answer(struct local_service *service,
                      int64_t now_us,
                      const struct local_request *request,
                      struct local_answer *answer);

#endif /* KDS_LOCAL_API_H */
