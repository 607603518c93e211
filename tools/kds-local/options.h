/*
 * options: the command line of kds-local, and its help.
 */
#ifndef KDS_LOCAL_OPTIONS_H
#define KDS_LOCAL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "kds/types.h"
#include "verify.h"

#define STREAM_OPTIONS_MAX 256

struct stream_option {
    kds_slice_t name;
    int64_t shards;
};

/** Strings are argv's or the environment's; NULL = not given. */
struct options {
    const char *host;
    const char *truth_log, *store, *fault_plan, *fault_log;
    const char *account, *region;
    const char *cert, *key, *ca_out;
    uint16_t port;
    uint64_t seed;
    int64_t control_plane_delay_ms;
    int64_t subscription_ms, heartbeat_ms, takeover_ms; /* 0 = not given; -1 = at once */
    uint32_t max_streams;
    bool limits, allow_remote, tls;
    struct stream_option streams[STREAM_OPTIONS_MAX];
    size_t stream_count;
    struct verify_credential credentials[VERIFY_CREDENTIALS_MAX];
    size_t credential_count;
};

/**
 * Read the command line and what of the environment counts. Prints what is wrong; ends the program
 * for --help and --version.
 */
bool options_parse(struct options *o, int argc, char **argv);

#endif /* KDS_LOCAL_OPTIONS_H */
