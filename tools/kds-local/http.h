/*
 * http: a request and the head of an answer, as both versions of HTTP have them.
 */
#ifndef KDS_LOCAL_HTTP_H
#define KDS_LOCAL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "kds/types.h"

#define HTTP_ANSWER_FIELDS_MAX 16
#define HTTP_FIELDS_MAX        128
#define HTTP_HEAD_BYTES_MAX    ((size_t)64 * 1024)
#define HTTP_BODY_BYTES_MAX    ((size_t)16 * 1024 * 1024)

/** A header line. HTTP/2's ":authority" is one; its other pseudo headers are not. */
struct http_field {
    kds_slice_t name;  /* in any case */
    kds_slice_t value; /* without blanks at its ends */
};

/** A whole request. What it points to is its reader's. */
struct http_request {
    kds_slice_t method, path; /* the path with its query */
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t field_count;
    kds_slice_t body;
    uint32_t stream; /* of HTTP/2; 0 = HTTP/1.1 */
};

/** The first header of this name; absent if there is none. */
kds_slice_t http_field(const struct http_request *request, const char *name);

/** The headers of an answer. */
struct http_answer_head {
    int status;
    struct {
        const char *name; /* as HTTP/1.1 writes it */
        const char *value;
    } fields[HTTP_ANSWER_FIELDS_MAX];
    size_t count;
    char request_id[40], id_2[40], date[40], length[24];
};

/**
 * @param body_bytes    SIZE_MAX = not known: no Content-Length
 * @param content_type  (lent while the head is used) NULL = the body is empty
 * @param error_code    (lent while the head is used) NULL on success
 * @param ids           where request ids come from
 */
void http_answer_head(struct http_answer_head *head,
                      int status,
                      const char *content_type,
                      const char *error_code,
                      size_t body_bytes,
                      int64_t now_us,
                      struct kds_rng *ids);

/** One more header. (lent while the head is used) Ignored if there are too many. */
void http_add_field(struct http_answer_head *head, const char *name, const char *value);

/** "Bad Request" (lent for ever) */
const char *http_reason(int status);

#endif /* KDS_LOCAL_HTTP_H */
