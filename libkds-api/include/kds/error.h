/*
 * error: every error code of the three libraries, and the object that says more.
 *
 * Functions return kds_err_t: 0 is success, everything else is negative. Functions that can
 * fail for remote, configuration or data reasons take a last parameter `kds_error_t **error`
 * as well; pass NULL if the code is enough. There is no thread-local "last error".
 */
#ifndef KDS_ERROR_H
#define KDS_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One row per error: name, number, text. The only list: enum, names, texts and the bindings'
 * constants come from it. Numbers are ABI: append only.
 */
/* clang-format off */
#define KDS_ERR_MAP(X)                                                                    \
    /* the caller's mistake; nothing was done */                                          \
    X(INVALID_ARG,     -1, "invalid argument")                                            \
    X(TOO_LARGE,       -2, "value exceeds its limit")                                     \
    X(CONFIG,          -3, "invalid configuration")                                       \
    X(CLOSED,          -4, "the handle is closed")                                        \
    X(FORKED,          -5, "the handle belongs to the parent process")                    \
    X(WOULD_DEADLOCK,  -6, "not allowed on this thread")                                  \
    X(STATE,           -7, "not allowed in this state")                                   \
    /* this process or machine */                                                         \
    X(NO_MEMORY,      -10, "out of memory")                                               \
    X(SYSTEM,         -11, "the operating system refused")                                \
    X(QUEUE_FULL,     -12, "the byte budget is exhausted")                                \
    X(TIMED_OUT,      -13, "timed out")                                                   \
    X(CANCELLED,      -14, "cancelled")                                                   \
    /* between here and the service */                                                    \
    X(TRANSPORT,      -20, "connection failed or was reset")                              \
    X(TLS,            -21, "TLS handshake or certificate check failed")                   \
    X(PROTOCOL,       -22, "the peer sent malformed data")                                \
    X(CREDENTIALS,    -30, "no usable credentials")                                       \
    /* what the service said; kds_error_service_code() has its own word for it */         \
    X(SERVICE,        -40, "the service returned an error")                               \
    X(THROTTLED,      -41, "the service throttled the call")                              \
    X(NOT_FOUND,      -42, "the resource does not exist")                                 \
    X(ACCESS_DENIED,  -43, "access denied")                                               \
    X(REJECTED,       -44, "the service rejected the request as invalid")                 \
    X(IN_USE,         -45, "the resource is in use or not in a suitable state")           \
    X(EXPIRED_ITERATOR, -46, "the shard iterator has expired")                            \
    X(DRY_RUN,        -47, "the dry run found nothing wrong; nothing was done")           \
    /* data */                                                                            \
    X(CORRUPT,        -50, "the data is corrupt")                                         \
    /* producer */                                                                        \
    X(RECORD_EXPIRED, -60, "the record's time to live ran out")                           \
    X(WRONG_SHARD,    -61, "the record landed on another shard than predicted")           \
    /* consumer */                                                                        \
    X(LEASE_LOST,     -70, "the lease is held by another worker")                         \
    X(CHECKPOINT_RANGE, -71, "the checkpoint is outside what was delivered")              \
    X(STORE,          -72, "the lease store failed")                                      \
    X(STORE_BUSY,     -73, "the lease store is locked by another process")                \
    X(STORE_CORRUPT,  -74, "the lease store is corrupt or not a lease store")             \
    X(PROCESSOR,      -75, "the record processor failed")
/* clang-format on */

/** A result: KDS_OK or one of the codes of KDS_ERR_MAP. */
typedef enum kds_err {
    KDS_OK = 0,
#define KDS_ERR_X(name, number, text) KDS_ERR_##name = (number),
    KDS_ERR_MAP(KDS_ERR_X)
#undef KDS_ERR_X
} kds_err_t;

/** Whether a failed call may have changed something at the service. */
typedef enum kds_persisted {
    KDS_PERSISTED_NO = 0,    /**< Certainly not: it never left, or was refused. */
    KDS_PERSISTED_MAYBE = 1, /**< Unknown: it was sent and no usable answer came back. */
    KDS_PERSISTED_YES = 2    /**< Certainly. */
} kds_persisted_t;

/** What went wrong, in detail. Immutable once given out. */
typedef struct kds_error kds_error_t;

/**
 * The symbolic name of a code, for example "KDS_ERR_TIMED_OUT".
 *
 * @param code  Any value.
 * @return (lent for ever) "KDS_OK", a name, or "KDS_ERR_UNKNOWN". Never NULL.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_err_name(kds_err_t code);

/**
 * One sentence about a code, without a full stop.
 *
 * @param code  Any value.
 * @return (lent for ever) Never NULL.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_err_text(kds_err_t code);

/** One row of the table of codes. */
typedef struct kds_err_row {
    const char *name; /**< Symbolic name. */
    int code;         /**< The number. */
    const char *text; /**< One sentence. */
} kds_err_row_t;

/**
 * The whole table of codes, for bindings that generate their constants.
 *
 * @param count  (borrowed) Receives the number of rows.
 * @return (lent for ever) the first row.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const kds_err_row_t *kds_err_table(size_t *count);

/**
 * The code of an error object.
 *
 * @param error  (borrowed) Must not be NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API kds_err_t kds_error_code(const kds_error_t *error);

/**
 * One line for a person: names the value and the limit, has no newline, no secret, and no
 * byte of anybody's records.
 *
 * @param error  (borrowed) Must not be NULL.
 * @return (lent until the error is freed) NUL-terminated, never NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_error_message(const kds_error_t *error);

/**
 * The service's own name of the error, for example "ResourceNotFoundException".
 *
 * @param error  (borrowed) Must not be NULL.
 * @return (lent until the error is freed) "" if the service did not speak.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_error_service_code(const kds_error_t *error);

/**
 * The service's request id, to quote in a support case.
 *
 * @param error  (borrowed) Must not be NULL.
 * @return (lent until the error is freed) "" if there was none.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_error_request_id(const kds_error_t *error);

/**
 * The service's second request id (x-amz-id-2), which its support asks for as well.
 *
 * @param error  (borrowed) Must not be NULL.
 * @return (lent until the error is freed) "" if there was none.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_error_request_id_2(const kds_error_t *error);

/**
 * The HTTP status of the last attempt; 0 if no answer came.
 *
 * @param error  (borrowed) Must not be NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API int kds_error_http_status(const kds_error_t *error);

/**
 * How many attempts were made; 0 if the call never started.
 *
 * @param error  (borrowed) Must not be NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API unsigned kds_error_attempts(const kds_error_t *error);

/**
 * Whether the same call may succeed later without a change. The client has repeated what it could
 * within max_attempts and the call's time; what is retryable all the same needs more patience.
 *
 * @param error  (borrowed) Must not be NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API bool kds_error_retryable(const kds_error_t *error);

/**
 * Whether the failed call may have had an effect at the service.
 *
 * @param error  (borrowed) Must not be NULL.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API kds_persisted_t kds_error_persisted(const kds_error_t *error);

/**
 * What a service error says beyond its message, where the model knows more: the struct that is
 * called like the error, for example kds_dynamodb_conditional_check_failed_exception_t when
 * kds_error_service_code() is "ConditionalCheckFailedException".
 *
 * @param error  (borrowed) Must not be NULL.
 * @return (lent until the error is freed) NULL for all other errors.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const void *kds_error_body(const kds_error_t *error);

/**
 * Release an error object.
 *
 * @param error  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API void kds_error_free(kds_error_t *error);

#ifdef __cplusplus
}
#endif

#endif /* KDS_ERROR_H */
