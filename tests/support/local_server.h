/*
 * local_server: a kds-local as a process of its own, for a test.
 */
#ifndef TESTS_SUPPORT_LOCAL_SERVER_H
#define TESTS_SUPPORT_LOCAL_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct local_server {
    pid_t pid;
    char endpoint[256]; /* http://127.0.0.1:PORT */
};

/**
 * Start a program; returns when it listens.
 *
 * @param program  path of kds-local
 * @param stream   as its option --stream takes it, s:2
 * @return false   it did not begin to listen; nothing runs
 */
bool local_server_start(struct local_server *s, const char *program, const char *stream);

/** Kill it, without a chance to end in order, and start another one at the same address, with nothing in it. */
bool local_server_restart(struct local_server *s,
                          const char *program,
                          const char *stream);

void local_server_stop(struct local_server *s);

#endif /* TESTS_SUPPORT_LOCAL_SERVER_H */
