/*
 * transport: request and response, and tasks on time, as the client sees them.
 *
 * One thread of the transport does all: sends, receives, runs tasks and completions. The real one
 * is curl_transport.h; a test injects its own.
 */
#ifndef KDS_NET_TRANSPORT_H
#define KDS_NET_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

#define KDS_HTTP_HEADERS_MAX 16

struct kds_http_header {
    const char *name;  /* (lent until done) */
    const char *value; /* (lent until done) */
};

/** Everything it points to is (lent until done). */
struct kds_http_request {
    const char *method; /* "POST"; "GET" has no body */
    const char *url;
    struct kds_http_header headers[KDS_HTTP_HEADERS_MAX];
    size_t header_count;
    kds_slice_t body;
    int64_t timeout_ms; /* of the whole exchange, from its start */
};

/** Headers that somebody needs; "" where one did not come. Longer values are cut. */
struct kds_http_response {
    int status; /* 0 = no answer */
    char content_type[128];
    char error_type[256];
    char request_id[128];
    char request_id_2[160]; /* x-amz-id-2 */
    char date[64];
    char retry_after[32]; /* x-amz-retry-after, milliseconds */
    char crc32[16];       /* x-amz-crc32: check sum of the body, decimal */
    struct kds_buf body;  /* may be taken by moving it out and zeroing it */
};

/** How an exchange ended. */
struct kds_http_result {
    kds_err_t err;   /* KDS_OK: there is a whole answer, of whatever status */
    bool sent;       /* bytes of the request may have reached the peer */
    bool sent_again; /* ... more than once; what is known holds for the last time only */
    const char *reason;                 /* (lent until return) why it failed; no secret */
    struct kds_http_response *response; /* (lent until return) */
};

typedef void(kds_http_done_fn)(const struct kds_http_result *result, void *opaque);
typedef void(kds_task_fn)(void *opaque);

struct kds_transport;

struct kds_transport_ops {
    /** Start an exchange. The transport's thread only. @p done runs there, exactly once, never
     *  inside this call. @retval KDS_ERR_NO_MEMORY  not started, @p done will not run. */
    kds_err_t (*send)(struct kds_transport *t,
                      const struct kds_http_request *request,
                      kds_http_done_fn *done,
                      void *opaque);

    /** Run @p task on the transport's thread in @p delay_us. Any thread. Tasks that are not due when
     *  the transport stops run then. @retval KDS_ERR_NO_MEMORY  it will not run. */
    kds_err_t (*run)(struct kds_transport *t,
                     int64_t delay_us,
                     kds_task_fn *task,
                     void *opaque);

    bool (*on_thread)(
        struct kds_transport *t); /* the calling thread is the transport's */

    /** End: exchanges under way end with KDS_ERR_CANCELLED, all tasks run, the thread is joined. */
    void (*free)(struct kds_transport *t);
};

struct kds_transport {
    const struct kds_transport_ops *ops;
};

#endif /* KDS_NET_TRANSPORT_H */
