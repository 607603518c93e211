/*
 * local_server: a kds-local beside the benchmark, for as long as the program runs.
 */
#ifndef BENCH_LOCAL_SERVER_H
#define BENCH_LOCAL_SERVER_H

#include <sys/types.h>

/** Start one with a stream, given as NAME:SHARDS. @return (lent for ever) where it listens. */
const char *local_server_start(const char *stream);

/** Its process; -1 = none was started. */
pid_t local_server_pid(void);

#endif /* BENCH_LOCAL_SERVER_H */
