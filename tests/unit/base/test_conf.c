/*
 * test_conf: the configuration table: strict values, both names, properties files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/conf.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    bool on;
    int64_t count, linger_ms, size;
    char *name, *secret;
    int mode;
    int64_t share;
};

#define AT(m) offsetof(struct settings, m)

static const struct kds_conf_prop props[] = {
    {"thing.on", "thingEnabled", KDS_CONF_BOOL, AT(on), 1, 0, 0, NULL, "with|without",
     false, "On."},
    {"thing.count", "maxUserRecordSize", KDS_CONF_INT, AT(count), 5, 1, 1048576, NULL,
     NULL, false, "Count."},
    {"linger.ms", "recordMaxBufferedTime", KDS_CONF_DURATION, AT(linger_ms), 100, 0,
     900000, NULL, NULL, false, "Linger."},
    {"thing.size", "thingSize|thingBytes", KDS_CONF_SIZE, AT(size), 1024, 0, 1 << 30,
     NULL, NULL, false, "Size."},
    {"thing.name", NULL, KDS_CONF_STRING, AT(name), 0, 0, 0, "default", NULL, false,
     "Name."},
    {"thing.secret", NULL, KDS_CONF_SECRET, AT(secret), 0, 0, 0, NULL, NULL, false,
     "Secret."},
    {"thing.mode", NULL, KDS_CONF_ENUM, AT(mode), 1, 0, 0, NULL, "thread|poll", false,
     "Mode."},
    {"thing.share", NULL, KDS_CONF_DECIMAL, AT(share), 500, 1, 2500, NULL, NULL, false,
     "Share."},
};
static const struct kds_conf_table table = {"test", props, sizeof props / sizeof props[0],
                                            NULL, 0};

static struct settings s;

static int setup(void **state)
{
    (void)state;
    memset(&s, 0, sizeof s);
    return kds_conf_defaults(&table, &s) == KDS_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    kds_conf_clear(&table, &s);
    return 0;
}

static kds_err_t set(const char *name, const char *value)
{
    return kds_conf_set(&table, &s, kds_slice(name), kds_slice(value), NULL);
}

static void expect_refused(const char *name, const char *value, const char *message)
{
    kds_error_t *error = NULL;
    assert_int_equal(kds_conf_set(&table, &s, kds_slice(name), kds_slice(value), &error),
                     KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error), message);
    kds_error_free(error);
}

static void conf_takes_both_names_and_units(void **state)
{
    (void)state;
    assert_int_equal(set("linger.ms", "2s"), KDS_OK);
    assert_int_equal(s.linger_ms, 2000);
    assert_int_equal(set("RecordMaxBufferedTime", "250"), KDS_OK);
    assert_int_equal(s.linger_ms, 250);
    assert_int_equal(set("recordMaxBufferedTime", "300ms"), KDS_OK);
    assert_int_equal(s.linger_ms, 300);
    assert_int_equal(set("thing.size", "5MiB"), KDS_OK);
    assert_int_equal(s.size, 5242880);
    assert_int_equal(set("thingBytes", "7"), KDS_OK);
    assert_int_equal(s.size, 7);
    assert_int_equal(set("ThingSize", "8"), KDS_OK);
    assert_int_equal(s.size, 8);
    assert_int_equal(set("thingSize|thingBytes", "9"), KDS_ERR_CONFIG);
    assert_int_equal(set("ThingEnabled", "False"), KDS_OK);
    assert_false(s.on);
    assert_int_equal(set("thingEnabled", "With"), KDS_OK);
    assert_true(s.on);
    assert_int_equal(set("thingEnabled", "without"), KDS_OK);
    assert_false(s.on);
    assert_int_equal(set("thing.mode", "thread"), KDS_OK);
    assert_int_equal(s.mode, 0);
    assert_int_equal(set("thing.name", ""), KDS_OK);
    assert_null(s.name);
}

static void conf_takes_durations_as_java_writes_them(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1 = refused */
    } rows[] = {
        {"PT60S", 60000}, {"PT1M30S", 90000}, {"PT0.25H", -1},
        {"PT0.5S", 500},  {"pt1.125s", 1125}, {"PT0H5M", 300000},
        {"P0DT1S", 1000}, {"P1D", -1},        {"PT", -1},
        {"P", -1},        {"PT5", -1},        {"PT5S5M", -1},
        {"PT.5S", -1},    {"PT5.S", -1},      {"P5S", -1},
        {"PT1H", -1},     {"PT-5S", -1},      {"PT5SX", -1},
        {"T5S", -1},      {"PT0.0001S", -1},  {"PT99999999999999999999S", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        s.linger_ms = -1;
        assert_int_equal(set("linger.ms", rows[i].text),
                         rows[i].ms < 0 ? KDS_ERR_CONFIG : KDS_OK);
        assert_int_equal(s.linger_ms, rows[i].ms);
    }
}

static void conf_keeps_decimals_in_thousandths(void **state)
{
    (void)state;
    assert_int_equal(s.share, 500);
    assert_int_equal(set("thing.share", "0.25"), KDS_OK);
    assert_int_equal(s.share, 250);
    assert_int_equal(set("thing.share", "2"), KDS_OK);
    assert_int_equal(s.share, 2000);
    expect_refused("thing.share", "2.501", "thing.share: 2.501 is outside 0.001..2.5");
    expect_refused("thing.share", "1.8E308", "thing.share: \"1.8E308\" is not a number");
    expect_refused("thing.share", "1.7E308",
                   "thing.share: 1.7E308 is outside 0.001..2.5");
    expect_refused("thing.share", "-1", "thing.share: -1 is outside 0.001..2.5");
    expect_refused("thing.share", "half", "thing.share: \"half\" is not a number");
}

static void fault_U10_conf_names_setting_value_and_range(void **state)
{
    (void)state;
    expect_refused("linger.ms", "950000", "linger.ms: 950000 is outside 0..900000");
    expect_refused("linger.ms", "-1", "linger.ms: -1 is outside 0..900000");
    expect_refused("thing.count", "4294967306",
                   "thing.count: 4294967306 is outside 1..1048576");
    expect_refused("thing.count", "10abc",
                   "thing.count: \"10abc\" is not a whole number");
    expect_refused("thing.count", " 10", "thing.count: \" 10\" is not a whole number");
    expect_refused("thing.count", "010", "thing.count: \"010\" is not a whole number");
    expect_refused("thing.on", "yes", "thing.on: \"yes\" is not true or false");
    expect_refused("thing.mode", "x", "thing.mode: \"x\" is not one of thread|poll");
    expect_refused("thing.name", "a\r\nb", "thing.name: control character 0x0d");
    expect_refused("lingr.ms", "1",
                   "test: unknown setting \"lingr.ms\"; did you mean \"linger.ms\"?");
    expect_refused("thingBites", "1",
                   "test: unknown setting \"thingBites\"; did you mean \"thingBytes\"?");
    expect_refused("zzzzzzzzzzzzzzzzzz", "1",
                   "test: unknown setting \"zzzzzzzzzzzzzzzzzz\"");
    assert_int_equal(s.linger_ms, 100); /* nothing was changed */
}

static void conf_shows_no_secret(void **state)
{
    struct kds_buf out;
    kds_error_t *error = NULL;
    (void)state;
    assert_int_equal(set("thing.secret", "hunter2"), KDS_OK);
    kds_buf_init(&out, 1000);
    assert_int_equal(kds_conf_get(&table, &s, kds_slice("thing.secret"), &out, NULL),
                     KDS_OK);
    assert_string_equal(kds_buf_text(&out), "***");
    kds_buf_clear(&out);
    assert_int_equal(kds_conf_set(&table, &s, kds_slice("thing.secret"),
                                  kds_slice("hunter\n2"), &error),
                     KDS_ERR_CONFIG);
    assert_null(strstr(kds_error_message(error), "hunter"));
    kds_error_free(error);
}

static kds_err_t apply(const char *text, kds_error_t **error)
{
    return kds_conf_apply_properties(&table, &s, "f.properties", kds_slice(text), error);
}

static void conf_reads_properties_as_java_does(void **state)
{
    (void)state;
    assert_int_equal(apply("# comment\r\n! another\n\n"
                           "  RecordMaxBufferedTime = 200  \r\n"
                           "MaxUserRecordSize = 1048576;\n",
                           NULL),
                     KDS_OK);
    assert_int_equal(s.linger_ms, 200);
    assert_int_equal(s.count, 1048576);
    assert_int_equal(apply("thing.name:a\\\n    b\\u00e9\\=\\:\n", NULL), KDS_OK);
    assert_string_equal(s.name, "ab\xc3\xa9=:");
    assert_int_equal(apply("thing.secret 9hunter2;\nthing.on false", NULL), KDS_OK);
    assert_string_equal(s.secret, "9hunter2;"); /* only a number loses its semicolon */
    assert_false(s.on);
}

static void conf_names_file_and_line(void **state)
{
    kds_error_t *error = NULL;
    (void)state;
    assert_int_equal(apply("thing.on=true\n\nthing.count=0\nlinger.ms=1\n", &error),
                     KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error),
                        "f.properties:3: thing.count: 0 is outside 1..1048576");
    assert_int_equal(s.linger_ms, 100); /* behind the bad line nothing is applied */
    char *line = malloc(70000);
    memset(line, 'x', 69999);
    line[69999] = 0;
    assert_int_equal(apply(line, &error), KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error),
                        "f.properties:1: the line exceeds 65536 bytes");
    free(line);
    assert_int_equal(kds_conf_load(&table, &s, "/nonexistent/f", &error), KDS_ERR_CONFIG);
    assert_string_equal(kds_error_message(error),
                        "/nonexistent/f: No such file or directory");
    kds_error_free(error);
}

static void conf_copies_deeply_and_documents_itself(void **state)
{
    struct settings copy;
    struct kds_buf out;
    (void)state;
    memset(&copy, 0, sizeof copy);
    set("thing.name", "mine");
    assert_int_equal(kds_conf_copy(&table, &copy, &s), KDS_OK);
    assert_string_equal(copy.name, "mine");
    assert_ptr_not_equal(copy.name, s.name);
    kds_conf_clear(&table, &copy);
    kds_buf_init(&out, 100000);
    kds_conf_document(&table, &out);
    assert_non_null(
        strstr(kds_buf_text(&out),
               "| `linger.ms` | `recordMaxBufferedTime` | duration | 100 | 0..900000 "
               "| Linger. |"));
    kds_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(conf_takes_both_names_and_units, setup, teardown),
        cmocka_unit_test_setup_teardown(conf_takes_durations_as_java_writes_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(conf_keeps_decimals_in_thousandths, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fault_U10_conf_names_setting_value_and_range,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(conf_shows_no_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(conf_reads_properties_as_java_does, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(conf_names_file_and_line, setup, teardown),
        cmocka_unit_test_setup_teardown(conf_copies_deeply_and_documents_itself, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
