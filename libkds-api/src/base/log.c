/*
 * log: a line on the stack, escaped, to whoever listens.
 */
#include "base/log.h"

#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>

#define LOG_LINE_BYTES 4096

static _Thread_local unsigned inside;

bool kds_log_inside(void)
{
    return inside > 0;
}

void kds_log(const struct kds_log *log,
             kds_log_level_t level,
             const char *tag,
             const char *format,
             ...)
{
    char raw[LOG_LINE_BYTES];
    char line[LOG_LINE_BYTES];
    va_list args;

    if (!kds_log_wants(log, level)) {
        return;
    }
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    kds_escape(raw, line, sizeof line);
    inside++;
    log->fn(level, tag, line, log->opaque);
    inside--;
}
