/*
 * local_server: starting, waiting for its address, ending.
 */
#include "local_server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool start_at(struct local_server *s,
                     const char *program,
                     const char *stream,
                     const char *port)
{
    static const char ready[] = "listening on ";
    char line[256] = "";
    int out[2];
    if (pipe(out) != 0) {
        return false;
    }
    s->pid = fork();
    if (s->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl(program, program, "--port", port, "--stream", stream, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    bool listens = s->pid > 0 && said != NULL && fgets(line, sizeof line, said) != NULL &&
                   strncmp(line, ready, sizeof ready - 1) == 0;
    if (said != NULL) {
        fclose(said);
    } else {
        close(out[0]);
    }
    if (!listens) {
        local_server_stop(s);
        return false;
    }
    line[strcspn(line, "\r\n")] = 0;
    snprintf(s->endpoint, sizeof s->endpoint, "%s", line + sizeof ready - 1);
    return true;
}

bool local_server_start(struct local_server *s, const char *program, const char *stream)
{
    return start_at(s, program, stream, "0");
}

static void end_with(struct local_server *s, int signal)
{
    if (s->pid > 0) {
        kill(s->pid, SIGCONT);
        kill(s->pid, signal);
        waitpid(s->pid, NULL, 0);
    }
    s->pid = -1;
}

bool local_server_restart(struct local_server *s, const char *program, const char *stream)
{
    const char *colon = strrchr(s->endpoint, ':');
    char port[16];
    snprintf(port, sizeof port, "%s", colon != NULL ? colon + 1 : "0");
    end_with(s, SIGKILL);
    return start_at(s, program, stream, port);
}

void local_server_stop(struct local_server *s)
{
    end_with(s, SIGTERM);
}
