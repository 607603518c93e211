/*
 * client: a connection to the Kinesis API: signs, sends, retries, decodes.
 *
 * The operations themselves, one typed function each, are in kds/kinesis.h; this page has what
 * they share. A client is usable from any thread; it runs one I/O thread of its own, and one more
 * once there are credentials to be fetched.
 */
#ifndef KDS_CLIENT_H
#define KDS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/credentials.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/log.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A client. One per process and endpoint is enough. */
typedef struct kds_client kds_client_t;

/** Which service a client talks to. Each has a header with its operations. */
typedef enum kds_service_id {
    KDS_SERVICE_KINESIS = 0,    /**< kds/kinesis.h */
    KDS_SERVICE_DYNAMODB = 1,   /**< kds/dynamodb.h */
    KDS_SERVICE_CLOUDWATCH = 2, /**< kds/cloudwatch.h */
    KDS_SERVICE_STS = 3,        /**< kds/sts.h */
    KDS_SERVICE_SSO = 4,        /**< kds/sso.h */
    KDS_SERVICE_SSO_OIDC = 5    /**< kds/sso_oidc.h */
} kds_service_id_t;

/** How bodies travel. */
typedef enum kds_protocol {
    KDS_PROTOCOL_JSON = 0, /**< JSON: documented, understood by every server. STS, which
                                does not speak it, is sent forms. */
    KDS_PROTOCOL_CBOR = 1, /**< The CBOR form the Java SDK uses: a quarter fewer bytes.
                                Kinesis only. */
    KDS_PROTOCOL_QUERY = 2 /**< Forms, answered in XML. STS and CloudWatch only. */
} kds_protocol_t;

/** Which HTTP is spoken. Answers and errors are the same in all. */
typedef enum kds_http_version {
    KDS_HTTP_DEFAULT = 0, /**< HTTP/1.1. */
    KDS_HTTP_1_1 = 1,     /**< A connection for each call that is under way. */
    KDS_HTTP_2 = 2 /**< Calls share a connection. Under TLS where the endpoint agrees to
                               it, else HTTP/1.1; at an endpoint of http:// it is taken for granted,
                               which kds-local allows. Saves connections where calls are many and
                               small; large requests cost more of the processor's time. */
} kds_http_version_t;

/** How failed attempts are repeated; docs/errors-and-retries.md has the constants. */
typedef enum kds_retry_mode {
    KDS_RETRY_DEFAULT =
        0, /**< AWS_RETRY_MODE (standard, adaptive or legacy), else standard. */
    KDS_RETRY_STANDARD = 1, /**< The SDKs' constants of November 2026. */
    KDS_RETRY_ADAPTIVE =
        2, /**< And a limit on attempts a second, learned from throttles. One
                                 hot shard slows the whole client. */
    KDS_RETRY_LEGACY = 3 /**< The constants before. */
} kds_retry_mode_t;

/**
 * Options of a client. Size-first: set `struct_size`, zero the rest, fill in what differs. A
 * program built with an older header, whose struct is shorter, gets the defaults of what it does
 * not know; one built with a newer header is refused if it sets what this library does not know.
 * All strings are (copied).
 */
typedef struct kds_client_options {
    size_t struct_size; /**< sizeof(kds_client_options_t). */

    const char
        *region; /**< NULL = AWS_REGION, AWS_DEFAULT_REGION, the profile's, then the
                               instance's if instance_region is set. */
    const char *endpoint; /**< URL such as "http://127.0.0.1:4567"; NULL =
                               AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, then the service's. */

    const char *access_key_id; /**< NULL = the chain of docs/credentials.md: environment,
                                        shared files, container, instance. */
    const char *secret_access_key; /**< Of access_key_id. */
    const char *session_token;     /**< Of access_key_id; NULL = none. */

    const char *ca_file; /**< PEM file of trusted certificates; NULL = the system's. */

    kds_service_id_t service;   /**< 0 = Kinesis. */
    kds_protocol_t protocol;    /**< 0 = JSON. */
    int64_t connect_timeout_ms; /**< 0 = 6000. */
    int64_t request_timeout_ms; /**< Of one attempt, from its start. 0 = 10000. */
    int64_t call_timeout_ms;    /**< Of a whole call with its retries. 0 = 60000. */
    uint32_t max_connections;   /**< Calls on their way at once; more wait. 0 = 24. */
    uint32_t max_attempts; /**< Including the first, at most 100. 0 = AWS_MAX_ATTEMPTS,
                                     else 3, and 4 for DynamoDB. */

    kds_log_fn *log;           /**< NULL = silent. */
    void *log_opaque;          /**< Given to log. */
    kds_log_level_t log_level; /**< 0 = KDS_LOG_NOTICE. */

    kds_retry_mode_t retry_mode; /**< 0 = AWS_RETRY_MODE, else standard. */

    const char
        *profile; /**< Of the shared files; NULL = AWS_PROFILE, else "default". When it is
                              set here, keys in the environment are not looked at. */
    kds_credentials_fn *credentials; /**< Asked for credentials instead of everything but
                                          access_key_id above; NULL = none. kds/credentials.h */
    void *credentials_opaque;        /**< Given to credentials. */
    bool
        instance_region; /**< When nothing else names the region, ask the EC2 instance for its
                               own; kds_client_new() then blocks for up to 6 s. */

    kds_http_version_t http_version; /**< 0 = HTTP/1.1. */

    const char
        *proxy; /**< "http://HOST:PORT" of an HTTP proxy for all calls and for credentials
                            that come from afar; a subscription takes none. NULL = https_proxy,
                            http_proxy and no_proxy of the environment; "" = none. */
    const char *proxy_user;     /**< Of proxy; NULL = none. */
    const char *proxy_password; /**< Of proxy_user. */
} kds_client_options_t;

/**
 * Create a client. Reads the environment and the shared files once; touches no network, unless
 * `instance_region` asks for it. Credentials that must be fetched are fetched when a call first
 * needs them, by a thread of the client that then keeps them fresh.
 *
 * @param options  (copied)
 * @param client   Receives the client (given; kds_client_free).
 * @param error    Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG       No region; malformed endpoint or proxy; ca_file without a certificate; value out of range.
 * @retval KDS_ERR_CREDENTIALS  Keys that are written down are incomplete or malformed, a profile that
 *                              was named does not exist, or nothing is configured at all.
 * @retval KDS_ERR_NO_MEMORY, KDS_ERR_SYSTEM  Nothing was created.
 *
 * Any thread. Does not block on anything but files.
 * @since 0.1
 */
KDS_API kds_err_t kds_client_new(const kds_client_options_t *options,
                                 kds_client_t **client,
                                 kds_error_t **error);

/**
 * Stop the client and release it. Calls under way end with KDS_ERR_CANCELLED, their callbacks run
 * before this returns, and none runs afterwards.
 *
 * @param client  (taken) NULL is allowed. No other thread may be inside a call on it.
 *
 * Any thread but the client's own (there it does nothing but log). Blocks for up to 0.1 s plus
 * the callbacks, one of kds/credentials.h included. In a forked child it does nothing; the memory stays.
 * @since 0.1
 */
KDS_API void kds_client_free(kds_client_t *client);

/** Options of one call; NULL wherever one is taken means all defaults. Size-first, as above. */
typedef struct kds_call_options {
    size_t struct_size;         /**< sizeof(kds_call_options_t). */
    int64_t call_timeout_ms;    /**< 0 = the client's. At most a day. */
    int64_t request_timeout_ms; /**< 0 = the client's. At most a day. */
    uint32_t max_attempts;      /**< 0 = the client's. At most 100. */
} kds_call_options_t;

/**
 * Receives the end of an asynchronous call. Runs exactly once, on the client's I/O thread, without
 * a lock held; must not block. May start other asynchronous calls.
 *
 * @param output  (given; kds_output_free) the operation's output struct; NULL on failure.
 * @param error   (given; kds_error_free) NULL on success.
 * @param opaque  The pointer given with the call.
 */
typedef void(kds_completion_fn)(const void *output, kds_error_t *error, void *opaque);

/** The operations; kds/kinesis.h and its like have the structs and a typed function for each. */
typedef struct kds_operation kds_operation_t;

/**
 * Call an operation and wait for its end. The typed functions of kds/kinesis.h call this.
 *
 * Validates @p input against the service's model, signs, sends, and retries what may pass
 * (throttling, 5xx, connection faults) within max_attempts and call_timeout_ms.
 *
 * @param client     The client.
 * @param operation  (lent for ever) from kds_operation_find().
 * @param input      (borrowed) the operation's input struct.
 * @param options    (borrowed) May be NULL.
 * @param output     Receives the output struct (given; kds_output_free); its members are lent
 *                   until then.
 * @param error      Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG, KDS_ERR_TOO_LARGE  The model refuses @p input; nothing was sent.
 * @retval KDS_ERR_TRANSPORT, KDS_ERR_TLS, KDS_ERR_TIMED_OUT, KDS_ERR_PROTOCOL
 *         No usable answer; kds_error_persisted() says whether it may have had an effect.
 * @retval KDS_ERR_SERVICE .. KDS_ERR_EXPIRED_ITERATOR  The service's answer; see the error.
 * @retval KDS_ERR_CREDENTIALS  None could be fetched, or they have expired; nothing was sent.
 * @retval KDS_ERR_WOULD_DEADLOCK  Called on a thread of the client's.
 * @retval KDS_ERR_CLOSED, KDS_ERR_FORKED, KDS_ERR_CANCELLED, KDS_ERR_NO_MEMORY
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
 */
KDS_API kds_err_t kds_client_call(kds_client_t *client,
                                  const kds_operation_t *operation,
                                  const void *input,
                                  const kds_call_options_t *options,
                                  const void **output,
                                  kds_error_t **error);

/**
 * Start an operation and return.
 *
 * As kds_client_call(), but @p done runs at the end.
 * @p input is encoded before this returns and may be re-used at once.
 *
 * @param client     The client.
 * @param operation  (lent for ever)
 * @param input      (borrowed)
 * @param options    (borrowed) May be NULL.
 * @param done       Runs exactly once if and only if KDS_OK is returned.
 * @param opaque     Given to @p done.
 * @param error      Receives the reason of a refusal (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_INVALID_ARG, KDS_ERR_TOO_LARGE, KDS_ERR_CLOSED, KDS_ERR_FORKED,
 *         KDS_ERR_NO_MEMORY  Not started; @p done will not run.
 *
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API kds_err_t kds_client_start(kds_client_t *client,
                                   const kds_operation_t *operation,
                                   const void *input,
                                   const kds_call_options_t *options,
                                   kds_completion_fn *done,
                                   void *opaque,
                                   kds_error_t **error);

/**
 * An operation of Kinesis by its name on the wire, for example "PutRecords".
 *
 * @param name  (borrowed)
 * @return (lent for ever) NULL if there is none of this name.
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API const kds_operation_t *kds_operation_find(const char *name);

/**
 * An operation of any service by its name on the wire, for example "PutItem".
 *
 * @param service  Which service.
 * @param name     (borrowed)
 * @return (lent for ever) NULL if there is none of this name, or no such service.
 * Any thread. Does not block.
 * @since 0.1
 */
KDS_API const kds_operation_t *kds_operation_find_in(kds_service_id_t service,
                                                     const char *name);

/**
 * The service's request id of an answer.
 *
 * @param output  (borrowed) from a call.
 * @return (lent until the output is freed) "" if the service gave none.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_output_request_id(const void *output);

/**
 * Release an output struct and everything that it points to.
 *
 * @param output  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_output_free(const void *output);

#ifdef __cplusplus
}
#endif

#endif /* KDS_CLIENT_H */
