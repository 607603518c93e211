#include "common.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile sig_atomic_t end_requested;

static void on_end(int signal_number)
{
    (void)signal_number;
    end_requested = 1;
}

void catch_end(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_end; /* without SA_RESTART: a read that waits is interrupted */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

FILE *open_output(const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (f == NULL) {
        perror(path);
        exit(2);
    }
    return f;
}

/* Length of the UTF-8 sequence at @p p, 0 if there is none. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
    size_t n = p[0] < 0x80                    ? 1
               : p[0] >= 0xC2 && p[0] <= 0xDF ? 2
               : (p[0] & 0xF0) == 0xE0        ? 3
               : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                              : 0;
    if (n > left) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    /* Overlong forms, surrogates and what lies beyond U+10FFFF. */
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) {
        return 0;
    }
    return n;
}

void json_string(FILE *out, kds_slice_t text)
{
    if (text.p == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < text.n;) {
        size_t n = utf8_length(text.p + i, text.n - i);
        uint8_t c = text.p[i];
        if (n == 0) {
            fputs("\\ufffd", out);
            n = 1;
        } else if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", c);
        } else {
            fwrite(text.p + i, 1, n, out);
        }
        i += n;
    }
    putc('"', out);
}

void json_member(FILE *out, const char *name, kds_slice_t text)
{
    fprintf(out, ",\"%s\":", name);
    json_string(out, text);
}

int64_t boottime_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void log_to_stderr(kds_log_level_t level,
                   const char *tag,
                   const char *message,
                   void *opaque)
{
    static const char *const names[] = {"",        "",       "",     "error",
                                        "warning", "notice", "info", "debug"};
    (void)opaque;
    fprintf(stderr, "%s: %s: %s\n", names[level & 7], tag, message);
}

void usage_error(const char *program, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, args);
    fputs("; try --help\n", stderr);
    va_end(args);
    exit(2);
}
