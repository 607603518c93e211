/*
 * fault_log: a line for each fault, handed to the system at once.
 */
#include "fault_log.h"

#include "base/alloc.h"
#include "base/slice.h"
#include "codec/json.h"

#include <errno.h>
#include <stdio.h>

#define LINE_BYTES_MAX 8192

struct fault_log {
    FILE *file;
    struct kds_buf line;
};

struct fault_log *fault_log_open(const char *path)
{
    struct fault_log *log = kds_alloc_zero(1, sizeof *log);
    if (log == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    log->file = path ? fopen(path, "ae") : stderr; /* e: not for child processes */
    if (log->file == NULL) {
        int why = errno;
        kds_free(log);
        errno = why;
        return NULL;
    }
    kds_buf_init(&log->line, LINE_BYTES_MAX);
    return log;
}

void fault_log_close(struct fault_log *log)
{
    if (log != NULL) {
        if (log->file != stderr) {
            fclose(log->file);
        }
        kds_buf_clear(&log->line);
        kds_free(log);
    }
}

static void write_line(struct fault_log *log)
{
    if (log->line.err == KDS_OK) {
        fwrite(log->line.p, 1, log->line.n, log->file);
        fflush(log->file);
    }
}

void fault_log_add(struct fault_log *log,
                   const struct fault *fault,
                   const struct fault_scene *scene)
{
    kds_buf_reset(&log->line);
    fault_describe(fault, scene, &log->line);
    write_line(log);
}

void fault_log_refused(struct fault_log *log, const char *what, const char *why)
{
    kds_buf_reset(&log->line);
    kds_buf_printf(&log->line, "{\"refused\":\"%s\",\"why\":", what);
    kds_json_add_string(&log->line, kds_slice(why));
    kds_buf_add_text(&log->line, "}\n");
    write_line(log);
}
