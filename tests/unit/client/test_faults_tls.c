/*
 * test_faults_tls: certificates and handshakes that a client must not accept. The names end with the
 * faults of the catalogue (F-T). Certificates are made on the spot by support/certificates.
 *
 * F-T04 (an endpoint of enhanced fan-out without h2) belongs to SubscribeToShard.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/certificates.h"
#include "support/faulty_call.h"
#include "support/resolver.h"

#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define DAY_S    86400L

/* PUT_OK, and no other request on this connection. */
#define PUT_OK_CLOSE                                                                     \
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 56\r\n\r\n" PUT_OK_BODY

static const struct peer_step answer_well[] = {{PEER_TLS, NULL, 0},
                                               {PEER_REQUEST, NULL, 0},
                                               {PEER_SEND, PUT_OK, 0},
                                               {PEER_AGAIN, NULL, 0}};

static struct faulty_options trusting(const char *host)
{
    struct faulty_options o = {
        .scheme = "https", .host = host, .ca_file = certificates_ca_file()};
    return o;
}

/* ---- F-T01: certificates ------------------------------------------------------------------ */

static void certificate_is_accepted_when_good_F_T01(void **state)
{
    static const struct certificate_wish wishes[] = {
        {.names = NULL}, {.names = "DNS:*.stream.test"}, {.names = "DNS:a.stream.test"}};
    static const struct resolver_name name = {"a.stream.test", {"127.0.0.1"}, 0, 0};
    (void)state;
    resolver_script(&name, 1);
    for (size_t i = 0; i < COUNT(wishes); i++) {
        struct faulty_options o = trusting(i == 0 ? "127.0.0.1" : "a.stream.test");
        SSL_CTX *tls = certificates_server(&wishes[i]);
        const struct peer_script script = {answer_well, tls};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect_success(&got);
        got = faulty_put(f.client);
        faulty_expect_success(&got);
        assert_int_equal(scripted_peer_counts(f.peer).handshakes, 1); /* one connection */
        faulty_close(&f);
        SSL_CTX_free(tls);
    }
}

/* What is wrong with a certificate, and what the error says of it. */
static const struct {
    struct certificate_wish wish;
    const char *host, *says;
} bad[] = {
    {{.from_s = -9 * DAY_S, .to_s = -DAY_S}, "localhost", "expired"},
    {{.from_s = DAY_S, .to_s = 9 * DAY_S}, "localhost", "not yet valid"},
    {{.self_signed = true}, "localhost", "self-signed"},
    {{.other_ca = true}, "localhost", "issuer"},
    {{.names = "DNS:elsewhere.test"}, "localhost", "localhost"},
    {{.names = "DNS:localhost"}, "127.0.0.1", "127.0.0.1"},
    {{.names = "DNS:127.0.0.1"}, "127.0.0.1", "127.0.0.1"}, /* an address is no name */
    {{.names = "", .subject = "localhost"}, "localhost", "ostname mismatch"},
    {{.names = "DNS:*.stream.test"}, "a.b.stream.test", "a.b.stream.test"},
    {{.names = "DNS:*.test"}, "a.stream.test", "a.stream.test"},
    {{.rsa_bits = 1024}, "localhost", "too weak"},
};

static const struct resolver_name test_names[] = {
    {"localhost", {"127.0.0.1"}, 0, 0},
    {"a.stream.test", {"127.0.0.1"}, 0, 0},
    {"a.b.stream.test", {"127.0.0.1"}, 0, 0}};

static void certificate_is_refused_before_a_byte_of_http_when_bad_F_T01(void **state)
{
    (void)state;
    resolver_script(test_names, COUNT(test_names));
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct faulty_options o = trusting(bad[i].host);
        SSL_CTX *tls = certificates_server(&bad[i].wish);
        const struct peer_script script = {answer_well, tls};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        if (got.err != KDS_ERR_TLS || strstr(got.message, bad[i].says) == NULL) {
            print_message("%zu: %s does not say %s\n", i, got.message, bad[i].says);
        }
        faulty_expect(&got, KDS_ERR_TLS, KDS_PERSISTED_NO, 1);
        assert_non_null(strstr(got.message, bad[i].says));
        faulty_close(&f);
        SSL_CTX_free(tls);
    }
}

static void refused_certificate_sees_no_byte_of_http_F_T01(void **state)
{
    static const struct certificate_wish wish = {.self_signed = true};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *tls = certificates_server(&wish);
    const struct peer_script script = {answer_well, tls};
    o.max_attempts = 3;
    (void)state;
    struct faulty f = faulty_open(&script, 1, &o);
    struct faulty_outcome got = faulty_put(f.client);
    assert_int_equal(got.err, KDS_ERR_TLS);
    assert_int_equal(got.persisted, KDS_PERSISTED_NO);
    kds_client_free(f.client); /* the peer is done with what came */
    struct peer_counts counts = scripted_peer_counts(f.peer);
    assert_int_equal(counts.bytes, 0);
    assert_true(counts.connections <= 3); /* once per attempt, each behind its back-off */
    scripted_peer_stop(f.peer);
    SSL_CTX_free(tls);
}

/* ---- F-T02, F-T03: handshakes ------------------------------------------------------------- */

static void handshake_is_refused_when_server_knows_old_tls_only_F_T02(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
    static const struct certificate_wish wish = {.names = NULL};
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct faulty_options o = trusting("127.0.0.1");
        SSL_CTX *tls = certificates_server(&wish);
        SSL_CTX_set_min_proto_version(tls, versions[i]);
        SSL_CTX_set_max_proto_version(tls, versions[i]);
        const struct peer_script script = {answer_well, tls};
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect(&got, KDS_ERR_TLS, KDS_PERSISTED_NO, 1);
        assert_int_equal(scripted_peer_counts(f.peer).handshakes, 0);
        faulty_close(&f);
        SSL_CTX_free(tls);
    }
}

static void handshake_succeeds_when_server_knows_tls_1_2_only_F_T02(void **state)
{
    static const struct certificate_wish wish = {.names = NULL};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *tls = certificates_server(&wish);
    SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION);
    const struct peer_script script = {answer_well, tls};
    (void)state;
    struct faulty f = faulty_open(&script, 1, &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    faulty_close(&f);
    SSL_CTX_free(tls);
}

static void call_ends_at_connect_timeout_when_handshake_stalls_F_T03(void **state)
{
    /* before ClientHello was read, behind its first bytes, and a server that sends nonsense late */
    static const struct peer_step unread[] = {{PEER_HANG, NULL, 0}};
    static const struct peer_step within[] = {{PEER_READ, NULL, 5}, {PEER_HANG, NULL, 0}};
    static const struct peer_step half[] = {{PEER_READ, NULL, 5},
                                            {PEER_SEND, "\x16\x03\x03\x00\x7a\x02", 6},
                                            {PEER_HANG, NULL, 0}};
    static const struct peer_step *const stalls[] = {unread, within, half};
    (void)state;
    for (size_t i = 0; i < COUNT(stalls); i++) {
        const struct peer_script script = {stalls[i], NULL};
        struct faulty_options o = trusting("127.0.0.1");
        o.connect_timeout_ms = 100;
        o.request_timeout_ms = 60000;
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect(&got, KDS_ERR_TIMED_OUT, KDS_PERSISTED_NO, 1);
        assert_true(got.took_ms < 30000);
        faulty_close(&f);
    }
}

static void call_is_not_persisted_when_handshake_is_broken_off_F_T03(void **state)
{
    /* F-N03: nothing of the request can have been read */
    static const struct peer_step reset[] = {{PEER_RESET, NULL, 0}};
    static const struct peer_step cut[] = {{PEER_READ, NULL, 5}, {PEER_CUT, NULL, 0}};
    static const struct peer_step clear[] = {
        {PEER_READ, NULL, 5},
        {PEER_SEND, "HTTP/1.1 400 Bad Request\r\n\r\n", 0},
        {PEER_CUT, NULL, 0}};
    static const struct peer_step *const ends[] = {reset, cut, clear};
    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        const struct peer_script script = {ends[i], NULL};
        struct faulty_options o = trusting("127.0.0.1");
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        assert_true(got.err == KDS_ERR_TLS || got.err == KDS_ERR_TRANSPORT);
        assert_int_equal(got.persisted, KDS_PERSISTED_NO);
        assert_true(got.retryable);
        faulty_close(&f);
    }
}

/* ---- F-T05, F-T06: what is trusted -------------------------------------------------------- */

static kds_err_t create(const char *ca_file, kds_error_t **error)
{
    kds_client_t *client = NULL;
    kds_client_options_t o = {.struct_size = sizeof o,
                              .region = "us-east-1",
                              .endpoint = "https://127.0.0.1:1",
                              .access_key_id = "AKID",
                              .secret_access_key = "very-secret",
                              .ca_file = ca_file};
    kds_err_t rc = kds_client_new(&o, &client, error);
    kds_client_free(client);
    return rc;
}

static void client_is_not_created_when_ca_file_is_useless_F_T05(void **state)
{
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTI";
    const size_t large_bytes = (size_t)10 * 1024 * 1024;
    char *large = calloc(1, large_bytes);
    (void)state;
    assert_non_null(large);
    memset(large, 'x', large_bytes);
    const char *const files[] = {"/nowhere/ca.pem",
                                 "/",
                                 certificates_file("", 0),
                                 certificates_file("no certificate\n", 15),
                                 certificates_file(broken, sizeof broken - 1),
                                 certificates_file(large, large_bytes)};
    free(large);
    for (size_t i = 0; i < COUNT(files); i++) {
        kds_error_t *error = NULL;
        kds_err_t rc = create(files[i], &error);
        if (rc != KDS_ERR_CONFIG) {
            print_message("%zu: %s\n", i, kds_err_name(rc));
        }
        assert_int_equal(rc, KDS_ERR_CONFIG);
        assert_non_null(strstr(kds_error_message(error), "ca_file"));
        assert_non_null(strstr(kds_error_message(error), files[i]));
        kds_error_free(error);
    }
    assert_int_equal(create(certificates_ca_file(), NULL), KDS_OK);
}

static void environment_cannot_turn_verification_off_F_T06(void **state)
{
    static const char *const variables[] = {
        "AWS_NO_VERIFY_SSL", "AWS_VERIFY_SSL",    "CURL_INSECURE",
        "SSL_NO_VERIFY",     "PYTHONHTTPSVERIFY", "NODE_TLS_REJECT_UNAUTHORIZED",
        "GIT_SSL_NO_VERIFY", "KDS_VERIFY",        "KDS_INSECURE"};
    static const struct certificate_wish wish = {.self_signed = true};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *tls = certificates_server(&wish);
    const struct peer_script script = {answer_well, tls};
    (void)state;
    for (int value = 0; value < 2; value++) {
        for (size_t i = 0; i < COUNT(variables); i++) {
            setenv(variables[i], value ? "1" : "0", 1);
        }
        struct faulty f = faulty_open(&script, 1, &o);
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect(&got, KDS_ERR_TLS, KDS_PERSISTED_NO, 1);
        faulty_close(&f);
    }
    for (size_t i = 0; i < COUNT(variables); i++) {
        unsetenv(variables[i]);
    }
    SSL_CTX_free(tls);
}

/* ---- F-T07: what changes between connections ---------------------------------------------- */

static void call_succeeds_when_certificate_rotates_F_T07(void **state)
{
    static const struct peer_step once[] = {{PEER_TLS, NULL, 0},
                                            {PEER_REQUEST, NULL, 0},
                                            {PEER_SEND, PUT_OK_CLOSE, 0},
                                            {PEER_END, NULL, 0}};
    static const struct certificate_wish wish = {.names = NULL};
    struct faulty_options o = trusting("127.0.0.1");
    /* The second server has another key, and cannot read tickets of the first. */
    SSL_CTX *before = certificates_server(&wish), *after = certificates_server(&wish);
    SSL_CTX_set_max_early_data(before, 16384); /* 0-RTT is offered ... */
    SSL_CTX_set_max_early_data(after, 16384);
    const struct peer_script scripts[] = {{once, before}, {once, before}, {once, after}};
    (void)state;
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    for (int i = 0; i < 3; i++) {
        struct faulty_outcome got = faulty_put(f.client);
        faulty_expect_success(&got);
    }
    struct peer_counts counts = scripted_peer_counts(f.peer);
    assert_int_equal(counts.requests, 3);
    assert_int_equal(counts.resumed, 1); /* the second connection knew the first */
    assert_int_equal(counts.early_data,
                     0); /* ... and never taken: it could be replayed */
    faulty_close(&f);
    SSL_CTX_free(before);
    SSL_CTX_free(after);
}

static void call_is_refused_when_certificate_rotates_to_a_bad_one_F_T07(void **state)
{
    static const struct peer_step once[] = {{PEER_TLS, NULL, 0},
                                            {PEER_REQUEST, NULL, 0},
                                            {PEER_SEND, PUT_OK_CLOSE, 0},
                                            {PEER_END, NULL, 0}};
    static const struct certificate_wish good = {.names = NULL},
                                         foreign = {.other_ca = true};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *before = certificates_server(&good), *after = certificates_server(&foreign);
    const struct peer_script scripts[] = {{once, before}, {once, after}};
    (void)state;
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    struct faulty_outcome got = faulty_put(f.client);
    faulty_expect_success(&got);
    got = faulty_put(f.client);
    faulty_expect(&got, KDS_ERR_TLS, KDS_PERSISTED_NO, 1);
    assert_int_equal(scripted_peer_counts(f.peer).requests, 1);
    faulty_close(&f);
    SSL_CTX_free(before);
    SSL_CTX_free(after);
}

/* ---- F-N18, F-N19: ends of connections under TLS ------------------------------------------ */

static void process_survives_when_tls_peer_closes_under_write_F_N18(void **state)
{
    static const struct peer_step steps[] = {
        {PEER_TLS, NULL, 0}, {PEER_READ, NULL, 1}, {PEER_RESET, NULL, 0}};
    static const struct certificate_wish wish = {.names = NULL};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *tls = certificates_server(&wish);
    const struct peer_script script = {steps, tls};
    (void)state;
    signal(SIGPIPE, SIG_DFL); /* nobody ignores it, and TLS writes without MSG_NOSIGNAL */
    struct faulty f = faulty_open(&script, 1, &o);
    struct faulty_outcome got = faulty_put_bytes(f.client, 900000);
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 1);
    faulty_close(&f);
    SSL_CTX_free(tls);
}

static struct faulty_outcome put_and_cut(const char *answer, struct faulty_outcome *next)
{
    static const struct certificate_wish wish = {.names = NULL};
    const struct peer_step cut[] = {{PEER_TLS, NULL, 0},
                                    {PEER_REQUEST, NULL, 0},
                                    {PEER_SEND, answer, 0},
                                    {PEER_CUT, NULL, 0}};
    struct faulty_options o = trusting("127.0.0.1");
    SSL_CTX *tls = certificates_server(&wish);
    const struct peer_script scripts[] = {{cut, tls}, {answer_well, tls}};
    o.max_attempts = 1;
    struct faulty f = faulty_open(scripts, COUNT(scripts), &o);
    struct faulty_outcome got = faulty_put(f.client);
    *next = faulty_put(f.client);
    faulty_close(&f);
    SSL_CTX_free(tls);
    return got;
}

static void unclean_close_is_harmless_behind_whole_answer_F_N19(void **state)
{
    struct faulty_outcome next, got = put_and_cut(PUT_OK, &next);
    (void)state;
    faulty_expect_success(&got);
    faulty_expect_success(&next); /* nothing permanent */
}

static void unclean_close_truncates_answer_without_length_F_N19(void **state)
{
    struct faulty_outcome next,
        got = put_and_cut("HTTP/1.1 200 OK\r\n\r\n" PUT_OK_BODY, &next);
    (void)state;
    faulty_expect(&got, KDS_ERR_TRANSPORT, KDS_PERSISTED_MAYBE, 1);
    assert_true(got.retryable);
    faulty_expect_success(&next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_is_accepted_when_good_F_T01),
        cmocka_unit_test(certificate_is_refused_before_a_byte_of_http_when_bad_F_T01),
        cmocka_unit_test(refused_certificate_sees_no_byte_of_http_F_T01),
        cmocka_unit_test(handshake_is_refused_when_server_knows_old_tls_only_F_T02),
        cmocka_unit_test(handshake_succeeds_when_server_knows_tls_1_2_only_F_T02),
        cmocka_unit_test(call_ends_at_connect_timeout_when_handshake_stalls_F_T03),
        cmocka_unit_test(call_is_not_persisted_when_handshake_is_broken_off_F_T03),
        cmocka_unit_test(client_is_not_created_when_ca_file_is_useless_F_T05),
        cmocka_unit_test(environment_cannot_turn_verification_off_F_T06),
        cmocka_unit_test(call_succeeds_when_certificate_rotates_F_T07),
        cmocka_unit_test(call_is_refused_when_certificate_rotates_to_a_bad_one_F_T07),
        cmocka_unit_test(process_survives_when_tls_peer_closes_under_write_F_N18),
        cmocka_unit_test(unclean_close_is_harmless_behind_whole_answer_F_N19),
        cmocka_unit_test(unclean_close_truncates_answer_without_length_F_N19),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
