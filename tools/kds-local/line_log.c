/*
 * line_log: stdio, closed in child processes.
 */
#include "line_log.h"

bool line_log_open(struct line_log *log, const char *path, size_t most)
{
    log->file = path ? fopen(path, "ae") : stderr; /* e: not for child processes */
    kds_buf_init(&log->line, most);
    return log->file != NULL;
}

void line_log_close(struct line_log *log)
{
    if (log->file != stderr) {
        fclose(log->file);
    }
    kds_buf_clear(&log->line);
}

void line_log_write(struct line_log *log)
{
    if (log->line.err == KDS_OK) {
        fwrite(log->line.p, 1, log->line.n, log->file);
    }
    kds_buf_reset(&log->line);
}

bool line_log_flush(struct line_log *log)
{
    return fflush(log->file) == 0 && !ferror(log->file);
}
