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

/** An operation between its bytes: what it was called with, and what came of it. */
struct local_work {
    const struct kds_operation *op; /* NULL: it is none, the answer is there already */
    enum kds_operation_id id;
    enum kds_format format;
    void *input, *output; /* in the arena */
    struct local_fault fault;
};

/**
 * From bytes to an operation.
 * @param answer  (borrowed) its body must be initialised; filled if this returns false
 * @return false: there is nothing to perform
 */
bool local_api_open(const struct local_request *request,
                    struct kds_arena *arena,
                    struct local_work *work,
                    struct local_answer *answer);

/** Perform it. @return false: work->fault says why not */
bool local_api_perform(struct local_service *service,
                       int64_t now_us,
                       struct local_work *work,
                       struct kds_arena *arena);

/** What came of it, as an answer. @param ok  what local_api_perform() said */
void local_api_close(const struct local_work *work, bool ok, struct local_answer *answer);

/** Answer with an error. */
void local_api_fail(enum kds_format format,
                    const struct local_fault *fault,
                    struct local_answer *answer);

/**
 * All of it at once.
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

/** The name of the operation that a target asks for; absent if there is none of it. */
kds_slice_t local_api_operation(kds_slice_t target);

/** Answer with an error, in the form in which the request was written. As local_api_answer(). */
void local_api_refuse(const struct local_request *request,
                      const struct local_fault *fault,
                      struct local_answer *answer);

#endif /* KDS_LOCAL_API_H */
