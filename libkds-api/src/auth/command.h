/*
 * command: a command line, taken apart as a shell would take apart its words, and run without one.
 */
#ifndef KDS_AUTH_COMMAND_H
#define KDS_AUTH_COMMAND_H

#include <stdbool.h>

#include "auth/provider.h"
#include "base/buf.h"

#define KDS_COMMAND_WORDS_MAX 128

/** Words of a command line. */
struct kds_command {
    char *text;                             /* the words, each with a NUL behind it */
    char *words[KDS_COMMAND_WORDS_MAX + 1]; /* a NULL behind the last one */
    size_t count;
};

/**
 * Blanks part words; '...' takes everything as it is, "..." all but backslashes before '"' and
 * '\\', a backslash outside takes the next character as it is. No variables, no patterns.
 *
 * @param out  (given; kds_command_clear)
 * @retval KDS_ERR_CREDENTIALS  no word, more than KDS_COMMAND_WORDS_MAX, or a quote that is not closed
 */
KDS_INTERNAL kds_err_t kds_command_split(const char *line,
                                         struct kds_command *out,
                                         kds_error_t **error);

KDS_INTERNAL void kds_command_clear(struct kds_command *c);

/**
 * Run a command and collect its standard output. It gets /dev/null for standard input and error, no
 * other descriptor, default signals, and a process group of its own, which is killed when the
 * command is not done within @p timeout_us or writes more than out->max.
 *
 * @param ctx  for its clock, and to learn that it is time to stop
 * @param out  (borrowed) an empty buffer with a limit; may hold a part of the output on failure
 * @retval KDS_ERR_CREDENTIALS  not started, killed, or ended with another status than 0
 * @retval KDS_ERR_CANCELLED, KDS_ERR_NO_MEMORY
 */
KDS_INTERNAL kds_err_t kds_command_run(const struct kds_provider_context *ctx,
                                       const struct kds_command *command,
                                       int64_t timeout_us,
                                       struct kds_buf *out,
                                       kds_error_t **error);

#endif /* KDS_AUTH_COMMAND_H */
