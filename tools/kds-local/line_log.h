/*
 * line_log: a file to which lines are appended, each made in one buffer.
 */
#ifndef KDS_LOCAL_LINE_LOG_H
#define KDS_LOCAL_LINE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

struct line_log {
    FILE *file;
    struct kds_buf line; /* the owner's to fill */
};

/** @param path  NULL = standard error. @param most  bytes of a line. @return false with errno set */
bool line_log_open(struct line_log *log, const char *path, size_t most);
void line_log_close(struct line_log *log);

/** Write the line, unless it was too long; the next one begins empty. */
void line_log_write(struct line_log *log);

/** Hand what was written to the system. @return false if anything could not be written */
bool line_log_flush(struct line_log *log);

#endif /* KDS_LOCAL_LINE_LOG_H */
