/*
 * read_frames: our reader of event streams, on a file, in pieces of a given size.
 *
 *     read_frames FILE BYTES      0 bytes: all at once
 *
 * A JSON line for each message: headers as [name, type, value in hex], then the payload in hex. Ends
 * with status 1 and a word when the stream is broken or ends within a message.
 */
#include "codec/event_stream.h"
#include "codec/json.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 * 1024 * 1024)

static void add_hex(struct kds_buf *out, kds_slice_t bytes)
{
    kds_buf_add_byte(out, '"');
    uint8_t *room = kds_buf_reserve(out, 2 * bytes.n + 1);
    if (room != NULL) {
        kds_hex(bytes.p, bytes.n, (char *)room);
        kds_buf_commit(out, 2 * bytes.n);
    }
    kds_buf_add_byte(out, '"');
}

static void show(const struct kds_event_message *m)
{
    struct kds_buf line;
    kds_buf_init(&line, FILE_MAX);
    kds_buf_add_text(&line, "{\"headers\":[");
    for (size_t i = 0; i < m->header_count; i++) {
        kds_buf_add_text(&line, i > 0 ? ",[" : "[");
        kds_json_add_string(&line, m->headers[i].name);
        kds_buf_printf(&line, ",%d,", (int)m->headers[i].type);
        add_hex(&line, m->headers[i].value);
        kds_buf_add_text(&line, "]");
    }
    kds_buf_add_text(&line, "],\"payload\":");
    add_hex(&line, m->payload);
    kds_buf_add_text(&line, "}\n");
    fwrite(line.p, 1, line.n, stdout);
    kds_buf_clear(&line);
}

static int read_all(const uint8_t *p, size_t n, size_t step)
{
    struct kds_event_decoder d;
    struct kds_event_message m;
    enum kds_event_step next = KDS_EVENT_MORE;
    kds_event_decoder_init(&d, 0);
    for (size_t at = 0; at < n && next == KDS_EVENT_MORE;) {
        size_t piece = step < n - at ? step : n - at;
        kds_event_decoder_feed(&d, (kds_slice_t){p + at, piece});
        while ((next = kds_event_decoder_next(&d, &m)) == KDS_EVENT_MESSAGE) {
            show(&m);
        }
        at += piece;
    }
    const char *why = next == KDS_EVENT_BROKEN         ? d.why
                      : !kds_event_decoder_may_end(&d) ? "it ends within a message"
                                                       : NULL;
    if (why != NULL) {
        fprintf(stderr, "read_frames: %s\n", why);
    }
    kds_event_decoder_clear(&d);
    return why != NULL;
}

int main(int argc, char **argv)
{
    FILE *f = argc == 3 ? fopen(argv[1], "rbe") : NULL;
    uint8_t *bytes = malloc(FILE_MAX);
    if (f == NULL || bytes == NULL) {
        fputs("usage: read_frames FILE BYTES\n", stderr);
        return 2;
    }
    size_t n = fread(bytes, 1, FILE_MAX, f);
    size_t step = strtoul(argv[2], NULL, 10);
    fclose(f);
    int status = read_all(bytes, n, step > 0 ? step : n);
    free(bytes);
    return status;
}
