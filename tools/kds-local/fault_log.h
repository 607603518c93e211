/*
 * fault_log: what the fault plan did, as JSON lines in the order of its doing.
 */
#ifndef KDS_LOCAL_FAULT_LOG_H
#define KDS_LOCAL_FAULT_LOG_H

#include "fault_plan.h"

struct fault_log;

/** @param path  appended to; NULL = to stderr. @return (given; fault_log_close) NULL with errno */
struct fault_log *fault_log_open(const char *path);
void fault_log_close(struct fault_log *log); /* NULL is allowed */

/** Write a line, before the fault is done. */
void fault_log_add(struct fault_log *log,
                   const struct fault *fault,
                   const struct fault_scene *scene);

/** A rule asked for what cannot be done. */
void fault_log_refused(struct fault_log *log, const char *what, const char *why);

#endif /* KDS_LOCAL_FAULT_LOG_H */
