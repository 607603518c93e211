/*
 * client_settings: settings of a producer that its client sees, by the KPL's names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kpl/kpl.h"
#include "producer_internal.h"
#include "support/scripted_peer.h"

#include <stdio.h>
#include <string.h>

static void set(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
}

static kpl_conf_t *settings(void)
{
    kpl_conf_t *conf = kpl_conf_new();
    assert_non_null(conf);
    set(conf, "stream", "s");
    set(conf, "region", "us-east-1");
    set(conf, "access.key.id", "a");
    set(conf, "secret.access.key", "b");
    return conf;
}

static void fault_N14_a_producer_goes_through_the_proxy_of_the_kpls_file(void **state)
{
    static const struct peer_step refuse[] = {
        {PEER_REQUEST, NULL, 0},
        {PEER_SEND, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 0},
        {PEER_AGAIN, NULL, 0}};
    const struct peer_script script = {refuse, NULL};
    struct scripted_peer *proxy = scripted_peer_start(&script, 1);
    char port[16], request[4096];
    kpl_producer_t *producer;
    kpl_conf_t *conf = settings();
    (void)state;
    assert_non_null(proxy);
    snprintf(port, sizeof port, "%u", scripted_peer_port(proxy));
    set(conf, "kinesisEndpoint", "stream.test");
    set(conf, "proxyHost", "127.0.0.1");
    set(conf, "proxyPort", port);
    set(conf, "proxyUserName", "user");
    set(conf, "proxyPassword", "proxy-secret");
    assert_int_equal(kpl_producer_new(conf, NULL, NULL, &producer, NULL), KDS_OK);
    kpl_conf_free(conf);
    const kpl_record_t record = {.struct_size = sizeof record,
                                 .partition_key = kds_slice("k"),
                                 .data = kds_slice("data")};
    assert_int_equal(kpl_put(producer, &record, 0, NULL), KDS_OK);
    scripted_peer_await_requests(proxy, 1);
    scripted_peer_last(proxy, request, sizeof request);
    assert_non_null(strstr(request, "CONNECT stream.test:443 HTTP/1.1\r\n"));
    assert_non_null(/* user:proxy-secret */
                    strstr(request, "Proxy-Authorization: Basic "
                                    "dXNlcjpwcm94eS1zZWNyZXQ=\r\n"));
    kpl_producer_free(producer);
    scripted_peer_stop(proxy);
}

static void expect_refused(kpl_conf_t *conf, const char *why)
{
    kds_error_t *error = NULL;
    kpl_producer_t *producer;
    assert_int_equal(kpl_producer_new(conf, NULL, NULL, &producer, &error),
                     KDS_ERR_CONFIG);
    assert_non_null(strstr(kds_error_message(error), why));
    assert_null(strstr(kds_error_message(error), "proxy-secret"));
    kds_error_free(error);
    kpl_conf_free(conf);
}

static void fault_N14_a_producer_is_not_made_with_a_proxy_that_is_none(void **state)
{
    (void)state;
    kpl_conf_t *conf = settings();
    set(conf, "proxyPassword", "proxy-secret");
    expect_refused(conf, "proxy: a user or a password, but no proxy");
    conf = settings();
    set(conf, "proxyHost", "http://user:proxy-secret@127.0.0.1:1");
    expect_refused(conf, "proxy: (with a user), must be http://HOST:PORT");
}

static void producer_is_not_made_without_verifying_certificates(void **state)
{
    (void)state;
    kpl_conf_t *conf = settings();
    set(conf, "verifyCertificate", "true");
    set(conf, "verifyCertificate", "false");
    expect_refused(conf, "tls.verify: false, must be true");
}

static void
ignore_line(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    (void)level;
    (void)tag;
    (void)message;
    (void)opaque;
}

static void producer_logs_at_the_level_of_the_kpls_file(void **state)
{
    static const struct {
        const char *name;
        kds_log_level_t level;
    } levels[] = {
        {NULL, KDS_LOG_NOTICE},       {"error", KDS_LOG_ERROR},
        {"warning", KDS_LOG_WARNING}, {"notice", KDS_LOG_NOTICE},
        {"info", KDS_LOG_INFO},       {"debug", KDS_LOG_DEBUG},
        {"trace", KDS_LOG_DEBUG},
    };
    (void)state;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        kpl_conf_t *conf = settings();
        kpl_producer_t *producer;
        kpl_conf_set_log(conf, ignore_line, NULL, KDS_LOG_NOTICE);
        if (levels[i].name != NULL) {
            set(conf, "logLevel", levels[i].name);
        }
        assert_int_equal(kpl_producer_new(conf, NULL, NULL, &producer, NULL), KDS_OK);
        assert_int_equal(producer->conf.log.level, levels[i].level);
        kpl_producer_free(producer);
        kpl_conf_free(conf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_N14_a_producer_goes_through_the_proxy_of_the_kpls_file),
        cmocka_unit_test(fault_N14_a_producer_is_not_made_with_a_proxy_that_is_none),
        cmocka_unit_test(producer_is_not_made_without_verifying_certificates),
        cmocka_unit_test(producer_logs_at_the_level_of_the_kpls_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
