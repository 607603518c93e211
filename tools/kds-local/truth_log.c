/*
 * truth_log: a line for each record.
 */
#include "truth_log.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "codec/json.h"
#include "line_log.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>

#define LINE_BYTES_MAX 65536

struct truth_log {
    struct line_log lines;
    kds_slice_t invocation, attempt;
    uint32_t h2_stream;
};

struct truth_log *truth_log_open(const char *path)
{
    struct truth_log *log = kds_alloc_zero(1, sizeof *log);
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

void truth_log_close(struct truth_log *log)
{
    if (log != NULL) {
        line_log_close(&log->lines);
        kds_free(log);
    }
}

void truth_log_request(struct truth_log *log,
                       kds_slice_t invocation,
                       kds_slice_t attempt,
                       uint32_t stream)
{
    log->h2_stream = stream;
    log->invocation = invocation;
    log->attempt = attempt;
}

static void member(struct kds_buf *line, const char *name, kds_slice_t value)
{
    if (value.p != NULL) {
        kds_buf_printf(line, "%s\"%s\":", line->n > 1 ? "," : "", name);
        kds_json_add_string(line, value);
    }
}

static void digest(kds_slice_t data, char hex[65])
{
    uint8_t bytes[32] = {0};
    EVP_Digest(data.p, data.n, bytes, NULL, EVP_sha256(), NULL);
    kds_hex(bytes, sizeof bytes, hex);
    hex[64] = 0;
}

void truth_log_stored(const struct local_stored *stored, void *opaque)
{
    struct truth_log *log = opaque;
    struct kds_buf *line = &log->lines.line;
    char sha256[65];
    digest(stored->record->data, sha256);
    kds_buf_add_byte(line, '{');
    member(line, "stream", kds_slice(stored->stream));
    member(line, "shard", kds_slice(stored->shard->id));
    member(line, "sequence", kds_slice(stored->record->sequence));
    member(line, "sha256", kds_slice(sha256));
    member(line, "partition_key", stored->record->partition_key);
    member(line, "explicit_hash_key", stored->explicit_hash_key);
    member(line, "invocation", log->invocation);
    member(line, "attempt", log->attempt);
    if (log->h2_stream != 0) {
        kds_buf_printf(line, ",\"h2_stream\":%" PRIu32, log->h2_stream);
    }
    kds_buf_printf(line, ",\"bytes\":%zu,\"at_ms\":%" PRId64 "}\n",
                   stored->record->data.n, stored->record->arrival_ms);
    line_log_write(&log->lines);
}

bool truth_log_flush(struct truth_log *log)
{
    return line_log_flush(&log->lines);
}
