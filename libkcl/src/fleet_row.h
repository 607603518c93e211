/*
 * fleet_row: what a fleet of workers keeps beside its leases, as values: who leads, in which mode the fleet is,
 * how busy each worker is.
 */
#ifndef KCL_SRC_FLEET_ROW_H
#define KCL_SRC_FLEET_ROW_H

#include "lease.h"

#define KCL_METRICS_MAX  5  /* kinds of measurement of one worker */
#define KCL_SAMPLES_MAX  10 /* of each, the newest last */
#define KCL_VERSION_TEXT 40 /* a UUID */
#define KCL_MODE_TEXT    40

enum kcl_fleet_kind {
    KCL_FLEET_LEADER = 1, /* the lock of the leader */
    KCL_FLEET_MODE,       /* how leases move: CLIENT_VERSION_... */
    KCL_FLEET_TABLES,     /* where rows are kept: TABLE_MIGRATION_STATUS_... */
    KCL_FLEET_WORKER      /* measurements of one worker */
};

/** What a write of a row expects to find. */
enum kcl_fleet_expects {
    KCL_EXPECTS_ANYTHING,
    KCL_EXPECTS_NOTHING, /* no row */
    KCL_EXPECTS_SAME     /* leader: this version; mode: this text; worker: this time */
};

struct kcl_metric {
    char code[4];                    /* C, M, NI, NO, T */
    double samples[KCL_SAMPLES_MAX]; /* percent; -1 = it could not be measured */
    size_t count;
    double limit; /* what is called fully used */
};

struct kcl_fleet_row {
    enum kcl_fleet_kind kind;
    enum kcl_fleet_expects expects;
    char expected[KCL_VERSION_TEXT]; /* version or mode, of KCL_EXPECTS_SAME */
    int64_t expected_s;              /* time, of KCL_EXPECTS_SAME */

    char owner[KCL_OWNER_BYTES]; /* leader: who; worker: its id; mode: who changed it */

    /* leader */
    char version[KCL_VERSION_TEXT];
    int64_t duration_ms;
    bool released;

    /* mode, tables */
    char mode[KCL_MODE_TEXT];
    int64_t changed_ms; /* wall clock */

    /* worker */
    int64_t updated_s; /* wall clock */
    int64_t support;   /* code of what it understands; 0 = not told */
    struct kcl_metric metrics[KCL_METRICS_MAX];
    size_t metric_count;
    bool invalid; /* cannot be relied upon: a limit is missing or 0 */
};

#endif /* KCL_SRC_FLEET_ROW_H */
