/*
 * test_http2: calls over HTTP/2, with and without TLS, against a server that does what it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/thread.h"
#include "kds/client.h"
#include "kds/kinesis.h"
#include "support/certificates.h"
#include "support/h2_server.h"
#include "support/scripted_peer.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#define ANSWER "{\"ShardId\":\"shardId-000000000007\",\"SequenceNumber\":\"49\"}"
#define JSON   "application/x-amz-json-1.1"

/* Calls and how they ended. */
struct fixture {
    struct h2_server *server;
    kds_client_t *client;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned succeeded, failed;
    kds_persisted_t persisted; /* of the last failure */
};

static kds_client_t *
open_client(const char *scheme, unsigned port, const char *ca_file, uint32_t attempts)
{
    char endpoint[64];
    kds_client_t *client = NULL;
    snprintf(endpoint, sizeof endpoint, "%s://127.0.0.1:%u", scheme, port);
    const kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = "us-east-1",
        .endpoint = endpoint,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
        .ca_file = ca_file,
        .max_attempts = attempts,
        .http_version = KDS_HTTP_2,
    };
    assert_int_equal(kds_client_new(&options, &client, NULL), KDS_OK);
    return client;
}

static void
open_all(struct fixture *f, SSL_CTX *tls, const char *ca_file, uint32_t attempts)
{
    const struct h2_server_options options = {.max_streams = 100, .tls = tls};
    memset(f, 0, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    f->server = h2_server_start(&options);
    assert_non_null(f->server);
    f->client =
        open_client(tls ? "https" : "http", h2_server_port(f->server), ca_file, attempts);
}

static void close_all(struct fixture *f)
{
    kds_client_free(f->client);
    h2_server_stop(f->server);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
}

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct fixture *f = opaque;
    pthread_mutex_lock(&f->lock);
    f->succeeded += output != NULL;
    f->failed += error != NULL;
    f->persisted = error != NULL ? kds_error_persisted(error) : f->persisted;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    kds_output_free(output);
    kds_error_free(error);
}

static void put(struct fixture *f)
{
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = KDS_SLICE_LIT("s"),
                                    .data = KDS_SLICE_LIT("hello"),
                                    .partition_key = KDS_SLICE_LIT("k")};
    assert_int_equal(kds_client_start(f->client, kds_operation_find("PutRecord"), &in,
                                      NULL, on_end, f, NULL),
                     KDS_OK);
}

static void answer(struct fixture *f, unsigned n)
{
    h2_server_head(f->server, n, 200, JSON);
    h2_server_send(f->server, n, ANSWER, sizeof ANSWER - 1);
    h2_server_end(f->server, n);
}

static void await_ends(struct fixture *f, unsigned count)
{
    pthread_mutex_lock(&f->lock);
    while (f->succeeded + f->failed < count) {
        pthread_cond_wait(&f->changed, &f->lock);
    }
    pthread_mutex_unlock(&f->lock);
}

static void expect_one_connection(struct fixture *f, unsigned calls)
{
    char header[128];
    for (unsigned i = 0; i < calls; i++) {
        put(f);
        h2_server_await(f->server, i + 1);
        answer(f, i);
        await_ends(f, i + 1);
    }
    assert_int_equal(f->succeeded, calls);
    assert_int_equal(h2_server_connections(f->server), 1);
    h2_server_header(f->server, 0, "x-amz-target", header, sizeof header);
    assert_string_equal(header, "Kinesis_20131202.PutRecord");
}

static void http2_calls_share_a_connection_without_tls(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, NULL, NULL, 1);
    expect_one_connection(&f, 5);
    close_all(&f);
}

static void http2_calls_share_a_connection_under_tls(void **state)
{
    struct fixture f;
    struct certificate_wish wish = {.names = "IP:127.0.0.1"};
    (void)state;
    SSL_CTX *tls = certificates_server(&wish);
    open_all(&f, tls, certificates_ca_file(), 1);
    expect_one_connection(&f, 5);
    close_all(&f);
    SSL_CTX_free(tls);
}

/* The others wait for the connection that the first one makes, then all are on their way at once. */
static void http2_calls_at_once_share_a_connection(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, NULL, NULL, 1);
    for (unsigned i = 0; i < 20; i++) {
        put(&f);
    }
    h2_server_await(f.server, 1);
    answer(&f, 0);
    h2_server_await(f.server, 20);
    await_ends(&f, 1);
    for (unsigned i = 1; i < 20; i++) {
        answer(&f, i);
    }
    await_ends(&f, 20);
    assert_int_equal(f.succeeded, 20);
    assert_int_equal(h2_server_connections(f.server), 1);
    close_all(&f);
}

static void http2_calls_go_on_when_the_connection_is_closed(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, NULL, NULL, 3);
    put(&f);
    h2_server_await(f.server, 1);
    answer(&f, 0);
    await_ends(&f, 1);
    put(&f);
    h2_server_await(f.server, 2);
    h2_server_hang_up(f.server, 1);
    h2_server_await(f.server, 3); /* its second attempt */
    answer(&f, 2);
    await_ends(&f, 2);
    assert_int_equal(f.succeeded, 2);
    close_all(&f);
}

static void http2_call_may_be_persisted_when_its_stream_is_reset(void **state)
{
    struct fixture f;
    (void)state;
    open_all(&f, NULL, NULL, 1);
    put(&f);
    h2_server_await(f.server, 1);
    h2_server_reset(f.server, 0, 2 /* INTERNAL_ERROR */);
    await_ends(&f, 1);
    assert_int_equal(f.failed, 1);
    assert_int_equal(f.persisted, KDS_PERSISTED_MAYBE);
    /* And the connection serves the next one, or another is made. */
    put(&f);
    h2_server_await(f.server, 2);
    answer(&f, 1);
    await_ends(&f, 2);
    assert_int_equal(f.succeeded, 1);
    close_all(&f);
}

static void http2_gives_way_to_http1_where_the_endpoint_does_not_know_it(void **state)
{
    static const struct peer_step steps[] = {{PEER_TLS, NULL, 0},
                                             {PEER_REQUEST, NULL, 0},
                                             {PEER_SEND,
                                              "HTTP/1.1 200 OK\r\nContent-Type: " JSON
                                              "\r\nContent-Length: 56\r\n\r\n" ANSWER,
                                              0},
                                             {PEER_END, NULL, 0}};
    struct certificate_wish wish = {.names = "IP:127.0.0.1"};
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = KDS_SLICE_LIT("s"),
                                    .data = KDS_SLICE_LIT("hello"),
                                    .partition_key = KDS_SLICE_LIT("k")};
    const kds_put_record_out_t *out = NULL;
    char request[64];
    (void)state;
    SSL_CTX *tls = certificates_server(&wish);
    const struct peer_script script = {steps, tls};
    struct scripted_peer *peer = scripted_peer_start(&script, 1);
    assert_non_null(peer);
    kds_client_t *client =
        open_client("https", scripted_peer_port(peer), certificates_ca_file(), 1);
    assert_int_equal(kds_put_record(client, &in, NULL, &out, NULL), KDS_OK);
    scripted_peer_last(peer, request, sizeof request);
    assert_memory_equal(request, "POST / HTTP/1.1\r\n", 17);
    kds_output_free(out);
    kds_client_free(client);
    scripted_peer_stop(peer);
    SSL_CTX_free(tls);
}

static void http_version_outside_the_list_is_refused(void **state)
{
    kds_client_t *client = NULL;
    kds_error_t *error = NULL;
    kds_client_options_t options = {.struct_size = sizeof options,
                                    .region = "us-east-1",
                                    .access_key_id = "AKIDEXAMPLE",
                                    .secret_access_key = "secret"};
    (void)state;
    const unsigned foreign = 3; /* an assignment would not compile */
    memcpy(&options.http_version, &foreign, sizeof options.http_version);
    assert_int_equal(kds_client_new(&options, &client, &error), KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error), "http_version: 3 is none of 0, 1, 2");
    kds_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http2_calls_share_a_connection_without_tls),
        cmocka_unit_test(http2_calls_share_a_connection_under_tls),
        cmocka_unit_test(http2_calls_at_once_share_a_connection),
        cmocka_unit_test(http2_calls_go_on_when_the_connection_is_closed),
        cmocka_unit_test(http2_call_may_be_persisted_when_its_stream_is_reset),
        cmocka_unit_test(http2_gives_way_to_http1_where_the_endpoint_does_not_know_it),
        cmocka_unit_test(http_version_outside_the_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
