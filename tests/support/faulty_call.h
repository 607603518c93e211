/*
 * faulty_call: one client, one scripted peer, one PutRecord between them, and what the error says.
 * For cmocka tests; include cmocka.h and what it needs first.
 */
#ifndef SUPPORT_FAULTY_CALL_H
#define SUPPORT_FAULTY_CALL_H

#include <stdbool.h>

#include "kds/client.h"
#include "support/scripted_peer.h"

#define PUT_OK_BODY "{\"ShardId\":\"shardId-000000000007\",\"SequenceNumber\":\"49\"}"
#define PUT_OK                                                                           \
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"                    \
    "x-amzn-RequestId: id-1\r\nContent-Length: 56\r\n\r\n" PUT_OK_BODY

struct faulty {
    struct scripted_peer *peer; /* NULL = there is none */
    kds_client_t *client;
};

/** Options with an endpoint and credentials; a test changes what it needs. */
struct faulty_options {
    const char *scheme, *host; /* NULL = http, 127.0.0.1 */
    unsigned port;             /* 0 = the peer's */
    const char *ca_file;
    const char *proxy, *proxy_user, *proxy_password;
    int64_t connect_timeout_ms, request_timeout_ms, call_timeout_ms;
    uint32_t max_attempts; /* 0 = 1 */
    kds_log_fn *log;
    void *log_opaque;
};

/** Start a peer, unless @p count is 0, and a client of it. Fails the test if it cannot. */
struct faulty faulty_open(const struct peer_script *scripts,
                          size_t count,
                          const struct faulty_options *options);
void faulty_close(struct faulty *f);

/** Another client of the same peer. */
kds_client_t *faulty_client(const struct scripted_peer *peer,
                            const struct faulty_options *options);

/** What came of a call. */
struct faulty_outcome {
    kds_err_t err;
    kds_persisted_t persisted;
    unsigned attempts;
    int status;
    bool retryable;
    char code[128], message[1100], request_id[128], sequence[64];
    int64_t took_ms;
};

/** PutRecord "hello" under the key "k" to the stream "s". */
struct faulty_outcome faulty_put(kds_client_t *client);

/** The same with @p bytes of data. */
struct faulty_outcome faulty_put_bytes(kds_client_t *client, size_t bytes);

/** The outcome is this, or the test fails. */
void faulty_expect(const struct faulty_outcome *o,
                   kds_err_t err,
                   kds_persisted_t persisted,
                   unsigned attempts);
void faulty_expect_success(const struct faulty_outcome *o);

#endif /* SUPPORT_FAULTY_CALL_H */
