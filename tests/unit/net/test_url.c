/*
 * test_url: addresses of endpoints, good and bad.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/url.h"

#include <string.h>

static void url_is_taken_apart(void **state)
{
    static const struct {
        const char *text, *host, *authority, *path;
        uint16_t port;
        bool tls;
    } cases[] = {
        {"http://127.0.0.1:4567", "127.0.0.1", "127.0.0.1:4567", "/", 4567, false},
        {"https://Kinesis.EU-west-1.amazonaws.com/", "kinesis.eu-west-1.amazonaws.com",
         "kinesis.eu-west-1.amazonaws.com", "/", 443, true},
        {"https://h:443/a/b/", "h", "h", "/a/b", 443, true},
        {"HTTP://h:443", "h", "h:443", "/", 443, false},
        {"http://[::1]:80", "[::1]", "[::1]", "/", 80, false},
        {"http://[fd00:ec2::23]:8080/x", "[fd00:ec2::23]", "[fd00:ec2::23]:8080", "/x",
         8080, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_url u;
        assert_int_equal(kds_url_parse(cases[i].text, &u, NULL), KDS_OK);
        assert_string_equal(u.host, cases[i].host);
        assert_string_equal(u.authority, cases[i].authority);
        assert_string_equal(u.path, cases[i].path);
        assert_int_equal(u.port, cases[i].port);
        assert_int_equal(u.tls, cases[i].tls);
    }
}

static void url_refuses_what_is_no_endpoint(void **state)
{
    static const char *const bad[] = {"",
                                      "h",
                                      "//h",
                                      "ftp://h",
                                      "http://",
                                      "http://:80",
                                      "http://h:",
                                      "http://h:0",
                                      "http://h:65536",
                                      "http://h:80x",
                                      "http://u@h",
                                      "http://u:p@h",
                                      "http://127.0.0.1@evil",
                                      "http://h?q",
                                      "http://h/#f",
                                      "http://h/?q",
                                      "http://h/a b",
                                      "http://h\r\nX: y",
                                      "http://h/\r\n",
                                      "http://[::1",
                                      "http://[]",
                                      "http://[::1]x",
                                      "http://h h",
                                      "http://\xc3\xa9"};
    char longest[400] = "http://";
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct kds_url u;
        if (kds_url_parse(bad[i], &u, NULL) != KDS_ERR_CONFIG) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
    memset(longest + 7, 'h', 300);
    struct kds_url u;
    kds_error_t *error = NULL;
    assert_int_equal(kds_url_parse(longest, &u, &error), KDS_ERR_CONFIG);
    assert_non_null(strstr(kds_error_message(error), "longer than 255 characters"));
    kds_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_is_taken_apart),
        cmocka_unit_test(url_refuses_what_is_no_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
