/*
 * log: what the libraries tell while they work. Nothing is ever printed by the library.
 */
#ifndef KDS_LOG_H
#define KDS_LOG_H

#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Severity, in syslog's order and numbers. */
typedef enum kds_log_level {
    KDS_LOG_ERROR = 3,
    KDS_LOG_WARNING = 4,
    KDS_LOG_NOTICE = 5,
    KDS_LOG_INFO = 6,
    KDS_LOG_DEBUG = 7
} kds_log_level_t;

/**
 * Receives one log line.
 *
 * May be called from any thread of the library and from the thread of any call, never with a
 * library lock held, possibly from several threads at once. Must not call the library.
 *
 * @param level    Severity.
 * @param tag      (lent until return) Which part speaks: "http", "aggregate", "lease", ...
 * @param message  (lent until return) One line, at most 4 KiB, control characters escaped;
 *                 no secret, no payload.
 * @param opaque   The pointer that was registered with the function.
 */
typedef void(kds_log_fn)(kds_log_level_t level,
                         const char *tag,
                         const char *message,
                         void *opaque);

#ifdef __cplusplus
}
#endif

#endif /* KDS_LOG_H */
