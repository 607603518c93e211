/*
 * truth_log: what was stored, as JSON lines, written before the answer that tells it.
 */
#ifndef KDS_LOCAL_TRUTH_LOG_H
#define KDS_LOCAL_TRUTH_LOG_H

#include "service.h"

struct truth_log;

/** @return (given; truth_log_close) NULL with errno set */
struct truth_log *truth_log_open(const char *path);
void truth_log_close(struct truth_log *log); /* NULL is allowed */

/**
 * Headers of the request whose records follow. (lent until the next call)
 * @param stream  of HTTP/2; 0 = HTTP/1.1
 */
void truth_log_request(struct truth_log *log,
                       kds_slice_t invocation,
                       kds_slice_t attempt,
                       uint32_t stream);

/** A local_stored_fn; @p log is a struct truth_log. */
void truth_log_stored(const struct local_stored *stored, void *log);

/** Hand what was logged to the system; false if it cannot be written. */
bool truth_log_flush(struct truth_log *log);

#endif /* KDS_LOCAL_TRUTH_LOG_H */
