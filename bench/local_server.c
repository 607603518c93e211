#include "local_server.h"

#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server = -1;

static void stop_server(void)
{
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
}

const char *local_server_start(const char *stream)
{
    static char line[256];
    static const char ready[] = "listening on ";
    int out[2];
    if (pipe(out) != 0 || (server = fork()) < 0) {
        bench_fail("kds-local cannot be started");
    }
    if (server == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", stream, (char *)NULL);
        _exit(127);
    }
    atexit(stop_server);
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL ||
        strncmp(line, ready, sizeof ready - 1) != 0) {
        bench_fail("kds-local does not say where it listens");
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line + sizeof ready - 1;
}

pid_t local_server_pid(void)
{
    return server;
}
