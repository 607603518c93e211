/*
 * command: posix_spawn(), a pipe, and an end for certain.
 */
#include "auth/command.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 50 /* how often we look whether to stop */

extern char **environ;

/* ---- words -------------------------------------------------------------------------------- */

/* Append one word to c->text at @p to. @return where the line goes on; NULL: a quote stays open. */
static const char *take_word(const char *from, char **to)
{
    char quote = 0;
    for (; *from != 0; from++) {
        if (quote == 0 && (*from == ' ' || *from == '\t' || *from == '\n')) {
            break;
        }
        if (quote == 0 && (*from == '\'' || *from == '"')) {
            quote = *from;
        } else if (*from == quote) {
            quote = 0;
        } else if (*from == '\\' && from[1] != 0 && quote != '\'' &&
                   (quote == 0 || from[1] == '"' || from[1] == '\\')) {
            *(*to)++ = *++from;
        } else {
            *(*to)++ = *from;
        }
    }
    *(*to)++ = 0;
    return quote == 0 ? from : NULL;
}

static const char *pass_blanks(const char *from)
{
    return from + strspn(from, " \t\n");
}

kds_err_t
kds_command_split(const char *line, struct kds_command *out, kds_error_t **error)
{
    memset(out, 0, sizeof *out);
    out->text = kds_alloc(strlen(line) + 2);
    if (out->text == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    const char *why = NULL;
    char *to = out->text;
    for (line = pass_blanks(line); *line != 0 && why == NULL; line = pass_blanks(line)) {
        if (out->count == KDS_COMMAND_WORDS_MAX) {
            why = "more than 128 words";
            break;
        }
        out->words[out->count++] = to;
        line = take_word(line, &to);
        if (line == NULL) {
            why = "a quote is not closed";
            break;
        }
    }
    if (why == NULL && out->count == 0) {
        why = "no command";
    }
    if (why != NULL) {
        kds_command_clear(out);
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "credential_process: %s", why);
    }
    return KDS_OK;
}

void kds_command_clear(struct kds_command *c)
{
    if (c->text != NULL) {
        kds_free(c->text);
    }
    memset(c, 0, sizeof *c);
}

/* ---- running ------------------------------------------------------------------------------ */

struct run {
    const struct kds_provider_context *ctx;
    pid_t pid;
    int output;
    bool ended;
    int status; /* of waitpid(), once it ended */
};

static bool set_files(posix_spawn_file_actions_t *files, int output)
{
    /* Nothing of the application's may leak into a program that handles secrets. */
    return posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(files, output, 1) == 0 &&
           posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_addclosefrom_np(files, 3) == 0;
}

/* Our threads block all signals; the command must not inherit that. */
static bool set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &all) == 0 &&
           posix_spawnattr_setpgroup(attributes, 0) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF |
                                                    POSIX_SPAWN_SETPGROUP) == 0;
}

/* @return 0 or an errno. */
static int spawn(struct run *r, const struct kds_command *command)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    int number = set_files(&files, ends[1]) && set_signals(&attributes)
                     ? posix_spawnp(&r->pid, command->words[0], &files, &attributes,
                                    command->words, environ)
                     : ENOMEM;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    if (number != 0) {
        close(ends[0]);
        return number;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    r->output = ends[0];
    return 0;
}

static bool has_ended(struct run *r)
{
    pid_t got = r->ended ? 0 : waitpid(r->pid, &r->status, WNOHANG);
    if (got < 0 && errno == ECHILD) {
        /* The application reaps all children: what was written has to speak for itself. */
        r->status = 0;
        r->ended = true;
    }
    r->ended |= got == r->pid;
    return r->ended;
}

static void kill_group(struct run *r)
{
    if (!has_ended(r)) {
        kill(-r->pid, SIGKILL);
        while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR) {
            /* SIGKILL ends it soon. */
        }
        r->ended = true;
    }
}

enum progress { MORE, DONE, TOO_MUCH, NO_MEMORY };

/* Take what is there. */
static enum progress collect(struct run *r, struct kds_buf *out)
{
    for (;;) {
        uint8_t *room = kds_buf_reserve(out, 1);
        if (room == NULL) {
            return out->err == KDS_ERR_NO_MEMORY ? NO_MEMORY : TOO_MUCH;
        }
        size_t space = out->cap < out->max ? out->cap : out->max;
        ssize_t got = read(r->output, room, space - out->n);
        if (got > 0) {
            kds_buf_commit(out, (size_t)got);
        } else if (got == 0) {
            return DONE;
        } else if (errno != EINTR) {
            return MORE; /* nothing there now */
        }
    }
}

/* NULL = the output is whole; else why not. */
static const char *
follow(struct run *r, int64_t timeout_us, struct kds_buf *out, kds_err_t *rc)
{
    const struct kds_clock *clock = r->ctx->clock;
    int64_t deadline_us = kds_us_add(kds_clock_boottime_us(clock), timeout_us);
    bool all = false;
    *rc = KDS_ERR_CREDENTIALS;
    for (;;) {
        bool ended = has_ended(r); /* first: whatever it wrote is in the pipe then */
        enum progress p = all ? DONE : collect(r, out);
        all = p == DONE;
        if (p == NO_MEMORY) {
            *rc = KDS_ERR_NO_MEMORY;
            return "out of memory";
        }
        if (p == TOO_MUCH) {
            return "wrote more than 64 KiB";
        }
        if (ended) {
            return NULL;
        }
        if (kds_clock_boottime_us(clock) >= deadline_us) {
            return "did not end in time and was killed";
        }
        if (!r->ctx->pause(r->ctx->pause_opaque, 0)) {
            *rc = KDS_ERR_CANCELLED;
            return "cancelled";
        }
        struct pollfd fd = {.fd = all ? -1 : r->output, .events = POLLIN};
        poll(&fd, 1, LOOK_MS);
    }
}

static kds_err_t judge(const struct run *r, kds_error_t **error)
{
    if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0) {
        return KDS_OK;
    }
    bool signalled = WIFSIGNALED(r->status);
    return kds_error_set(error, KDS_ERR_CREDENTIALS,
                         "credential_process: ended with %s %d",
                         signalled ? "signal" : "status",
                         signalled ? WTERMSIG(r->status) : WEXITSTATUS(r->status));
}

kds_err_t kds_command_run(const struct kds_provider_context *ctx,
                          const struct kds_command *command,
                          int64_t timeout_us,
                          struct kds_buf *out,
                          kds_error_t **error)
{
    struct run r = {.ctx = ctx};
    kds_err_t rc = KDS_OK;
    int number = spawn(&r, command);
    if (number != 0) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "credential_process: %.200s: %s",
                             command->words[0], strerror(number));
    }
    const char *why = follow(&r, timeout_us, out, &rc);
    kill_group(&r);
    close(r.output);
    if (why != NULL) {
        return kds_error_set(error, rc, "credential_process: %s", why);
    }
    return judge(&r, error);
}
