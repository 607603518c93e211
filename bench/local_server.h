/*
 * local_server: a kds-local beside the benchmark, for as long as the program runs.
 */
#ifndef BENCH_LOCAL_SERVER_H
#define BENCH_LOCAL_SERVER_H

#include <sys/types.h>

/** Start one with a stream, given as NAME:SHARDS. @return (lent until the next start) where it listens. */
const char *local_server_start(const char *stream);

/** The same, speaking TLS. @param ca_file  where it writes the authority to trust */
const char *local_server_start_tls(const char *stream, const char *ca_file);

/** End it before the program does; another may be started then. */
void local_server_stop(void);

/** Its process; -1 = none was started. */
pid_t local_server_pid(void);

#endif /* BENCH_LOCAL_SERVER_H */
