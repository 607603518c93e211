/*
 * fault_log: a line for each fault, handed to the system at once.
 */
#include "fault_log.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "codec/json.h"
#include "line_log.h"

#include <errno.h>

#define LINE_BYTES_MAX 8192

struct fault_log {
    struct line_log lines;
};

struct fault_log *fault_log_open(const char *path)
{
    struct fault_log *log = kds_alloc_zero(1, sizeof *log);
    if (log == NULL) {
        errno = ENOMEM;
    } else if (!line_log_open(&log->lines, path, LINE_BYTES_MAX)) {
        int why = errno;
        kds_free(log);
        errno = why;
        return NULL;
    }
    return log;
}

void fault_log_close(struct fault_log *log)
{
    if (log != NULL) {
        line_log_close(&log->lines);
        kds_free(log);
    }
}

void fault_log_add(struct fault_log *log,
                   const struct fault *fault,
                   const struct fault_scene *scene)
{
    fault_describe(fault, scene, &log->lines.line);
    line_log_write(&log->lines);
    line_log_flush(&log->lines);
}

void fault_log_refused(struct fault_log *log, const char *what, const char *why)
{
    struct kds_buf *line = &log->lines.line;
    kds_buf_printf(line, "{\"refused\":\"%s\",\"why\":", what);
    kds_json_add_string(line, kds_slice(why));
    kds_buf_add_text(line, "}\n");
    line_log_write(&log->lines);
    line_log_flush(&log->lines);
}
