/*
 * fault_plan: what shall go wrong, and when: rules read from JSON, asked at fixed points of a
 * connection and a request. The format is written down in docs/fault-plan.md.
 *
 * Pure but for its counters: which rule fires depends on the plan's seed, the rule's id and how often
 * the rule matched, so the same requests in the same order get the same faults. Only a rule that
 * has from_ms or to_ms looks at the time, which is handed in. Knows no socket and no service.
 * Not thread-safe.
 */
#ifndef KDS_LOCAL_FAULT_PLAN_H
#define KDS_LOCAL_FAULT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "kds/error.h"
#include "kds/types.h"

#define FAULT_PLAN_BYTES_MAX ((size_t)1024 * 1024)
#define FAULT_RULES_MAX      1024
#define FAULT_HEADERS_MAX    8

/* Name in the plan, whether it may carry `:N`. */
/* clang-format off */
#define FAULT_POINTS(X)                                                                  \
    X(ACCEPT,        "accept",        0) /* a connection was accepted */                 \
    X(TLS,           "tls",           0) /* ... its first byte begins a handshake */     \
    X(REQ_HEAD,      "req_head",      0) /* the head of a request was read */            \
    X(REQ_BODY,      "req_body",      1) /* N bytes of its body were read */             \
    X(BEFORE_COMMIT, "before_commit", 0) /* it was decoded, nothing was done */          \
    X(AFTER_COMMIT,  "after_commit",  0) /* it was done, nothing was answered */         \
    X(RESP_HEAD,     "resp_head",     0) /* before the first byte of the answer */       \
    X(RESP_BODY,     "resp_body",     1) /* N bytes of the answer's body are out */      \
    X(EVENT,         "event",         1) /* before event N of an event stream */         \
    X(IDLE,          "idle",          0) /* an answer is out, the connection is kept */
#define FAULT_ACTIONS(X)                                                                 \
    X(REFUSE,     "refuse")     /* RST at once; what a closed port looks like, nearly */ \
    X(RESET,      "reset")      /* RST */                                                \
    X(FIN,        "fin")        /* close in order */                                     \
    X(HANG,       "hang")       /* nothing more, for ever */                             \
    X(DELAY,      "delay")      /* go on after args.ms */                                \
    X(TRICKLE,    "trickle")    /* the rest args.bytes at a time, args.ms apart */       \
    X(TRUNCATE,   "truncate")   /* args.bytes more, the rest is left out, then FIN */    \
    X(CORRUPT,    "corrupt")    /* one byte XOR args.mask */                             \
    X(STATUS,     "status")     /* another answer: args.status, headers, body */         \
    X(ERROR,      "error")      /* an error of the service: args.code, message */        \
    X(PARTIAL,    "partial")    /* PutRecords: args.records */                           \
    X(GOAWAY,     "goaway")     /* HTTP/2; over HTTP/1.1 what fin does */                \
    X(RST_STREAM, "rst_stream") /* HTTP/2; over HTTP/1.1 what reset does */              \
    X(SETTINGS,   "settings")   /* HTTP/2: these are told; over HTTP/1.1 nothing */      \
    X(WINDOW0,    "window0")    /* HTTP/2: uploads get no window any more */             \
    X(RAW,        "raw")        /* args.body as it is instead of an answer */            \
    X(RESHARD,    "reshard")    /* args.reshard is done to a stream, then it goes on */
/* clang-format on */

enum fault_point {
#define FAULT_X(id, name, counted) FAULT_AT_##id,
    FAULT_POINTS(FAULT_X)
#undef FAULT_X
        FAULT_POINT_COUNT
};

enum fault_action {
#define FAULT_X(id, name) FAULT_DO_##id,
    FAULT_ACTIONS(FAULT_X)
#undef FAULT_X
        FAULT_ACTION_COUNT
};

/** Bit @p action of a set of actions. */
#define FAULT_BIT(action) (UINT32_C(1) << (action))

/** What becomes of one record of a PutRecords call. */
enum fault_record {
    FAULT_RECORD_OK,
    FAULT_RECORD_THROTTLE, /* ProvisionedThroughputExceededException */
    FAULT_RECORD_INTERNAL, /* InternalFailure */
    FAULT_RECORD_MISSING,  /* stored; its entry is left out of the answer */
    FAULT_RECORD_EXTRA,    /* stored; its entry stands twice */
    FAULT_RECORD_SWAP      /* stored; its entry and the next one change places */
};

enum fault_end { FAULT_END_FIN, FAULT_END_RESET, FAULT_END_KEEP };

enum fault_reshard_kind { FAULT_SPLIT, FAULT_MERGE, FAULT_SCALE };

/** What RESHARD does; a text is NULL where it is not needed. */
struct fault_reshard {
    enum fault_reshard_kind kind;
    const char *stream;
    const char *shard, *adjacent; /* SPLIT: shard; MERGE: both */
    const char *hash_key;         /* SPLIT: first one of the upper child */
    int64_t target;               /* SCALE: open shards */
};

struct fault_header {
    const char *name, *value;
};

/** Complete for its action: what the plan left out has its default. (lent until the plan's end) */
struct fault_args {
    int64_t ms;    /* DELAY; TRICKLE: between two pieces */
    int64_t bytes; /* TRICKLE: of one piece; TRUNCATE: that still pass */
    int64_t byte;  /* CORRUPT of an event: which one; -1 = its last */
    uint8_t mask;  /* CORRUPT */
    int status;    /* STATUS, ERROR */
    const char *code, *message, *content_type;      /* ERROR; ERROR; STATUS */
    kds_slice_t body;                               /* STATUS, RAW */
    struct fault_header headers[FAULT_HEADERS_MAX]; /* STATUS, ERROR */
    size_t header_count;
    enum fault_end end; /* RAW */
    const uint8_t
        *records; /* PARTIAL: enum fault_record; those behind the last one are OK */
    size_t record_count;
    bool whole_connection;               /* HANG of HTTP/2: not only this stream */
    uint32_t h2_error;                   /* GOAWAY, RST_STREAM */
    int64_t last_stream;                 /* GOAWAY; -1 = this one */
    int64_t max_streams, initial_window; /* SETTINGS; -1 = leave */
    struct fault_reshard reshard;
};

/** A rule that fires now. */
struct fault {
    uint64_t number; /* of all faults of this plan, from 1 */
    const char *rule;
    uint64_t match; /* the rule's match number, from 1 */
    enum fault_point at;
    enum fault_action action;
    uint64_t offset; /* the N of the point */
    const struct fault_args *args;
};

/** What is known where a point is reached; absent what is not. (borrowed) */
struct fault_scene {
    kds_slice_t op;     /* "PutRecords" */
    kds_slice_t stream; /* its name */
    kds_slice_t shard;
    uint64_t event;      /* at EVENT: its number; 0 is the initial response */
    uint64_t connection; /* counted from 1 */
    int64_t now_ms;      /* since the server began */
};

struct fault_plan;

/** Which actions a server can do at which points: a set of FAULT_BIT() for each point. */
typedef uint32_t fault_support_t[FAULT_POINT_COUNT];

/**
 * Read a plan.
 *
 * @param support  what the server can do; NULL = all that the format knows
 * @param plan     (given; fault_plan_free)
 * @retval KDS_ERR_CONFIG     the message names the place, as in `rules[2].on.nth[0]: 0 is not 1..`
 * @retval KDS_ERR_NO_MEMORY
 */
kds_err_t fault_plan_parse(kds_slice_t json,
                           const fault_support_t support,
                           struct fault_plan **plan,
                           kds_error_t **error);

/** Read the file at @p path and parse it; the message begins with the path. */
kds_err_t fault_plan_load(const char *path,
                          const fault_support_t support,
                          struct fault_plan **plan,
                          kds_error_t **error);

void fault_plan_free(struct fault_plan *plan); /* NULL is allowed */

/**
 * A point was reached: does anything go wrong here?
 *
 * Ask at most once for each point of a request (or, for ACCEPT and TLS, of a connection; for IDLE, of
 * an answer; for EVENT, of an event). REQ_BODY is asked with the head, RESP_BODY when the answer is
 * there: the fault's offset says how many bytes of the body still pass. An EVENT's rule matches the
 * one event whose number it names.
 *
 * @param plan  NULL is allowed: nothing ever goes wrong
 * @return false: go on. Of several rules that would fire, the first of the plan does.
 */
bool fault_plan_ask(struct fault_plan *plan,
                    enum fault_point at,
                    const struct fault_scene *scene,
                    struct fault *fault);

/** One line of JSON for the fault log, with its line break. */
void fault_describe(const struct fault *fault,
                    const struct fault_scene *scene,
                    struct kds_buf *out);

#endif /* KDS_LOCAL_FAULT_PLAN_H */
