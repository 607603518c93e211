/*
 * common: what the examples share: lines of JSON, files to write to, a clean end on SIGTERM.
 */
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kds/log.h"
#include "kds/types.h"

/** Set by SIGTERM and SIGINT, after catch_end(). */
extern volatile sig_atomic_t end_requested;

/** From now on SIGTERM and SIGINT only set end_requested. */
void catch_end(void);

/** Open a file to write to; "-" is standard output. Exits with status 2 if it cannot be opened. */
FILE *open_output(const char *path);

/** A JSON string, quotes included; bytes that are no UTF-8 become U+FFFD. An absent one: null. */
void json_string(FILE *out, kds_slice_t text);

/** "name": and a JSON string, with a comma in front. */
void json_member(FILE *out, const char *name, kds_slice_t text);

/** Milliseconds on CLOCK_BOOTTIME, which all processes of a machine share. */
int64_t boottime_ms(void);

/** A kds_log_fn that writes to standard error. */
void log_to_stderr(kds_log_level_t level,
                   const char *tag,
                   const char *message,
                   void *opaque);

/** Print "PROGRAM: message" to standard error and exit with status 2. */
_Noreturn void usage_error(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* EXAMPLES_COMMON_H */
