#include "local_server.h"

#include "harness.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
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
        server = -1;
    }
}

/* @p argv  its options and a NULL */
static const char *start(const char *const argv[])
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
        execv(KDS_LOCAL, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    static bool registered;
    if (!registered) {
        registered = atexit(stop_server) == 0;
    }
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL ||
        strncmp(line, ready, sizeof ready - 1) != 0) {
        bench_fail("kds-local does not say where it listens");
    }
    char *address = line + sizeof ready - 1;
    address[strcspn(address, " \r\n")] = '\0';
    return address;
}

const char *local_server_start(const char *stream)
{
    const char *const argv[] = {KDS_LOCAL, "--port", "0", "--stream", stream, NULL};
    return start(argv);
}

const char *local_server_start_tls(const char *stream, const char *ca_file)
{
    const char *const argv[] = {KDS_LOCAL, "--port",   "0",    "--tls", "--ca-out",
                                ca_file,   "--stream", stream, NULL};
    return start(argv);
}

void local_server_stop(void)
{
    stop_server();
}

pid_t local_server_pid(void)
{
    return server;
}
