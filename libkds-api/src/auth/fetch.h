/*
 * fetch: one HTTP exchange, as the providers of credentials see it.
 *
 * An interface: net/curl_fetch.h is the real one, a test scripts its own. An implementation blocks
 * until there is an answer, follows no redirect, and ends early when its owner is being stopped.
 */
#ifndef KDS_AUTH_FETCH_H
#define KDS_AUTH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

#define KDS_FETCH_HEADERS_MAX      8
#define KDS_FETCH_ANSWER_BYTES_MAX ((size_t)64 * 1024)

enum kds_fetch_method { KDS_FETCH_GET, KDS_FETCH_PUT, KDS_FETCH_POST };

struct kds_fetch_header {
    const char *name;
    const char *value;
};

/** What to ask. Everything is (borrowed). */
struct kds_fetch_request {
    enum kds_fetch_method method;
    const char *url;
    struct kds_fetch_header headers[KDS_FETCH_HEADERS_MAX];
    size_t header_count;
    kds_slice_t body; /* of a POST; a PUT has none */
    int64_t connect_timeout_ms;
    int64_t timeout_ms; /* of the whole exchange */
    bool no_proxy;      /* whatever the environment says */
};

/** What came back. Clear it with kds_fetch_answer_clear(). */
struct kds_fetch_answer {
    int status;
    struct kds_buf body; /* may hold secrets; bounded by KDS_FETCH_ANSWER_BYTES_MAX */
    char content_type[128];
    char error_type[128]; /* x-amzn-ErrorType; "" = none */
    char date[64];        /* "" = none */
};

struct kds_fetch {
    /* Set by the owner: false = end the exchange now. NULL = never. */
    bool (*go_on)(void *opaque);
    void *go_on_opaque;
    /**
     * @param answer  zeroed by the caller; filled in on KDS_OK only, whatever the status is
     * @retval KDS_ERR_TRANSPORT, KDS_ERR_TLS, KDS_ERR_TIMED_OUT, KDS_ERR_PROTOCOL, KDS_ERR_CANCELLED,
     *         KDS_ERR_NO_MEMORY  there is no answer; the message says why and holds no secret
     */
    kds_err_t (*run)(struct kds_fetch *self,
                     const struct kds_fetch_request *request,
                     struct kds_fetch_answer *answer,
                     kds_error_t **error);
};

/** How much of @p url a message may show: up to the path. Paths and queries of the endpoints that
 *  credentials come from can be secrets themselves. */
KDS_INTERNAL int kds_fetch_shown(const char *url);

/** Wipe and release; a zeroed one is allowed. */
KDS_INTERNAL void kds_fetch_answer_clear(struct kds_fetch_answer *answer);

#endif /* KDS_AUTH_FETCH_H */
