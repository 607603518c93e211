/*
 * test_base: buffers, arenas, numbers, text, errors: what every other room relies on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/slice.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/u128.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void buf_fills_to_its_last_byte_and_no_further(void **state)
{
    struct kds_buf b;
    (void)state;
    kds_buf_init(&b, 300);
    for (int i = 0; i < 300; i++) {
        kds_buf_add_byte(&b, 'x');
    }
    assert_int_equal(b.err, KDS_OK);
    assert_int_equal(strlen(kds_buf_text(&b)), 300); /* the NUL does not count */
    kds_buf_add_byte(&b, 'y');
    assert_int_equal(b.err, KDS_ERR_TOO_LARGE);
    kds_buf_add_text(&b, "");
    assert_int_equal(b.n, 300);
    assert_null(kds_buf_reserve(&b, 0)); /* sticky */
    kds_buf_reset(&b);
    kds_buf_printf(&b, "%300d", 7);
    assert_int_equal(b.err, KDS_OK);
    assert_int_equal(b.n, 300);
    kds_buf_clear(&b);
    kds_buf_init(&b, SIZE_MAX);
    assert_null(kds_buf_reserve(&b, SIZE_MAX));
    assert_int_equal(b.err, KDS_ERR_NO_MEMORY);
    kds_buf_clear(&b);
}

static void buf_writes_numbers(void **state)
{
    struct kds_buf b;
    (void)state;
    kds_buf_init(&b, 1000);
    kds_buf_add_u64(&b, UINT64_MAX);
    kds_buf_add_byte(&b, ' ');
    kds_buf_add_i64(&b, INT64_MIN);
    kds_buf_add_byte(&b, ' ');
    kds_buf_add_u64(&b, 0);
    assert_string_equal(kds_buf_text(&b), "18446744073709551615 -9223372036854775808 0");
    kds_buf_clear(&b);
}

static void arena_aligns_and_keeps_its_limit(void **state)
{
    struct kds_arena a;
    (void)state;
    kds_arena_init(&a, 100000);
    for (size_t n = 1; n < 200; n++) {
        uint8_t *p = kds_arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        memset(p, 0xAA, n);
    }
    assert_null(kds_arena_alloc(&a, 100001));
    assert_int_equal(a.err, KDS_ERR_TOO_LARGE);
    assert_null(kds_arena_alloc(&a, 1)); /* sticky */
    kds_arena_reset(&a);
    assert_null(kds_arena_zero(&a, SIZE_MAX / 2, 3));
    kds_arena_reset(&a);
    kds_slice_t copy = kds_arena_copy(&a, kds_slice("text"));
    assert_string_equal((const char *)copy.p, "text");
    assert_null(kds_arena_copy(&a, kds_slice(NULL)).p);
    kds_arena_clear(&a);
}

static void numbers_are_read_strictly(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "-0",
                                      "10abc",
                                      "10.9",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616"};
    int64_t i;
    uint64_t u;
    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_false(kds_parse_i64(kds_slice(bad[k]), &i));
    }
    assert_true(kds_parse_i64(kds_slice("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(kds_parse_u64(kds_slice("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    assert_false(kds_parse_u64(kds_slice("18446744073709551616"), &u));
}

static void units_are_read(void **state)
{
    int64_t v;
    (void)state;
    assert_true(kds_parse_duration_us(kds_slice("250"), 1000, &v) && v == 250000);
    assert_true(kds_parse_duration_us(kds_slice("250ms"), 1, &v) && v == 250000);
    assert_true(kds_parse_duration_us(kds_slice("2h"), 1, &v) &&
                v == INT64_C(7200000000));
    assert_false(kds_parse_duration_us(kds_slice("5 s"), 1, &v));
    assert_false(kds_parse_duration_us(kds_slice("s"), 1, &v));
    assert_false(kds_parse_duration_us(kds_slice("5x"), 1, &v));
    assert_false(kds_parse_duration_us(kds_slice("999999999999999d"), 1, &v));
    assert_true(kds_parse_size(kds_slice("5MiB"), &v) && v == 5242880);
    assert_true(kds_parse_size(kds_slice("5MB"), &v) && v == 5000000);
    assert_false(kds_parse_size(kds_slice("5mib"), &v));
    assert_false(kds_parse_size(kds_slice_of(NULL, 0), &v));
}

static void instants_are_read(void **state)
{
    static const char *const bad[] = {
        "2026-02-29T00:00:00Z",     "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00",      "2026-01-01",           "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00", "2026-01-01T12:30:60Z", "2026-01-01T00:00:00Zx"};
    int64_t ms;
    char date[17];
    (void)state;
    assert_true(kds_parse_rfc3339_ms(kds_slice("1970-01-01T00:00:00Z"), &ms) && ms == 0);
    assert_true(kds_parse_rfc3339_ms(kds_slice("2018-12-17T22:10:50.125Z"), &ms));
    assert_true(ms == INT64_C(1545084650125));
    assert_true(kds_parse_rfc3339_ms(kds_slice("2018-12-17t23:10:50.1259+01:00"), &ms));
    assert_true(ms == INT64_C(1545084650125));
    assert_true(kds_parse_rfc3339_ms(kds_slice("2016-12-31T23:59:60Z"), &ms));
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_false(kds_parse_rfc3339_ms(kds_slice(bad[k]), &ms));
    }
    kds_format_amz_date(INT64_C(1545084650125) * 1000, date);
    assert_string_equal(date, "20181217T221050Z");
    kds_format_amz_date(INT64_MAX, date);
    assert_int_equal(strlen(date), 16);
}

static void utf8_is_checked(void **state)
{
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xe2\x82",
                                      "a\xff"};
    size_t count;
    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_false(kds_utf8_valid(kds_slice(bad[k]), &count));
    }
    assert_true(kds_utf8_valid(
        kds_slice("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x8a\xf4\x8f\xbf\xbf"), &count));
    assert_int_equal(count, 5);
    /* The same wherever it stands in ASCII. */
    for (size_t at = 0; at <= 40; at++) {
        char text[64];
        memset(text, 'x', 40);
        memcpy(text + at, "\xe2\x82\xac", 3); /* one character */
        memset(text + at + 3, 'y', 40 - at);
        assert_true(kds_utf8_valid(kds_slice_of(text, 43), &count));
        assert_int_equal(count, 41);
        text[at + 2] = 'x';
        assert_false(kds_utf8_valid(kds_slice_of(text, 43), &count));
    }
    assert_true(kds_utf8_valid((kds_slice_t){NULL, 0}, &count));
    assert_int_equal(count, 0);
}

static void hash_keys_are_numbers_of_128_bits(void **state)
{
    static const char *const bad[] = {"",
                                      "00",
                                      "01",
                                      "+1",
                                      "-1",
                                      " 1",
                                      "1 ",
                                      "0x1",
                                      "340282366920938463463374607431768211456",
                                      "999999999999999999999999999999999999999",
                                      "1000000000000000000000000000000000000000"};
    kds_u128_t v;
    char text[KDS_U128_DIGITS_MAX];
    (void)state;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_false(kds_u128_parse(kds_slice(bad[k]), &v));
    }
    static const char *const good[] = {"0", "9", "18446744073709551615",
                                       "18446744073709551616",
                                       "340282366920938463463374607431768211455"};
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        assert_true(kds_u128_parse(kds_slice(good[k]), &v));
        size_t n = kds_u128_format(v, text);
        assert_true(kds_slice_is(kds_slice_of(text, n), good[k]));
    }
    assert_true(v.hi == UINT64_MAX && v.lo == UINT64_MAX);
    v = kds_u128_div64(KDS_U128_MAX, 3);
    assert_int_equal(kds_u128_cmp(kds_u128_mul64(v, 3), KDS_U128_MAX), 0);
    const kds_u128_t one = {0, 1};
    assert_int_equal(kds_u128_cmp(kds_u128_add(KDS_U128_MAX, one), (kds_u128_t){0, 0}),
                     0);
}

static void sequence_numbers_compare_by_value(void **state)
{
    char longest[130];
    (void)state;
    assert_true(kds_sequence_cmp(kds_slice("9"), kds_slice("10")) < 0);
    assert_true(kds_sequence_cmp(kds_slice("0010"), kds_slice("10")) == 0);
    assert_true(kds_sequence_cmp(kds_slice("20"), kds_slice("19")) > 0);
    memset(longest, '9', 129);
    longest[129] = 0;
    assert_true(kds_sequence_valid(kds_slice(longest)));
    assert_false(kds_sequence_valid(kds_slice("")));
    assert_false(kds_sequence_valid(kds_slice("1a")));
    assert_false(
        kds_sequence_valid(kds_slice_of("00000000000000000000000000000000000000000000000"
                                        "00000000000000000000000000000000000000000000000"
                                        "000000000000000000000000000000000000",
                                        130)));
}

/* ---- errors and log lines -------------------------------------------------------------------- */

static void errors_are_one_valid_line(void **state)
{
    char text[2000];
    kds_error_t *error = NULL;
    size_t count;
    (void)state;
    kds_error_set(&error, KDS_ERR_CONFIG, "a\nb\x9b\x7f\xff\xc2\x85 \xc3\xa9");
    assert_string_equal(kds_error_message(error),
                        "a\\x0ab\\x9b\\x7f\\xff\\xc2\\x85 \xc3\xa9");
    assert_false(kds_error_retryable(error));
    memset(text, 'x', sizeof text);
    memcpy(text + 1020, "\xe2\x82\xac\xe2\x82\xac",
           6); /* the cut falls inside a character */
    text[sizeof text - 1] = 0;
    kds_error_set(&error, KDS_ERR_TIMED_OUT, "%s", text);
    assert_true(strlen(kds_error_message(error)) <= 1023);
    assert_true(kds_utf8_valid(kds_slice(kds_error_message(error)), &count));
    assert_true(kds_error_retryable(error));
    /* The message may be made of the error that it replaces. */
    kds_error_set(&error, KDS_ERR_STORE, "again: %.10s", kds_error_message(error));
    assert_string_equal(kds_error_message(error), "again: xxxxxxxxxx");
    kds_error_t *copy = kds_error_copy(error);
    kds_error_free(error);
    assert_int_equal(kds_error_code(copy), KDS_ERR_STORE);
    kds_error_free(copy);
    error = NULL;
    kds_error_set(&error, KDS_ERR_NO_MEMORY, "x");
    assert_string_equal(kds_error_message(error), "out of memory");
    kds_error_free(error);
    kds_error_free(error); /* it is static: as often as you like */
    assert_string_equal(kds_err_name(KDS_ERR_TIMED_OUT), "KDS_ERR_TIMED_OUT");
    assert_string_equal(kds_err_name((kds_err_t)-9999), "KDS_ERR_UNKNOWN");
    const kds_err_row_t *rows = kds_err_table(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            assert_int_not_equal(rows[i].code, rows[k].code);
        }
    }
}

static char logged[8192];

static void
on_log(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    (void)level;
    (void)opaque;
    snprintf(logged, sizeof logged, "%s|%s", tag, message);
}

static void log_escapes_cuts_and_filters(void **state)
{
    const struct kds_log log = {.fn = on_log, .level = KDS_LOG_NOTICE};
    static char text[6000];
    (void)state;
    kds_log(&log, KDS_LOG_DEBUG, "t", "not wanted");
    assert_string_equal(logged, "");
    kds_log(&log, KDS_LOG_ERROR, "t", "%s", "line\r\nInjected: header");
    assert_string_equal(logged, "t|line\\x0d\\x0aInjected: header");
    memset(text, 'x', sizeof text - 1);
    kds_log(&log, KDS_LOG_ERROR, "t", "%s", text);
    assert_true(strlen(logged) < 4096 + 2);
}

static void threads_know_a_forked_child(void **state)
{
    unsigned before = kds_fork_generation();
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        _exit(kds_fork_generation() != before ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(kds_fork_generation(), before);
}

static void threads_close_in_a_child_what_is_the_parents(void **state)
{
    struct kds_own_fd own[3] = {{0}};
    int status;
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(kds_own_fd_open(&own[i], AT_FDCWD, "/dev/null", O_RDONLY, 0) >= 0);
    }
    kds_own_fd_close(&own[1]);
    int other = dup(own[0].fd); /* the number of own[1] */
    assert_true(other >= 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(fcntl(own[0].fd, F_GETFD) == -1 && fcntl(own[2].fd, F_GETFD) == -1 &&
                      fcntl(other, F_GETFD) != -1
                  ? 0
                  : 1);
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_not_equal(fcntl(own[0].fd, F_GETFD), -1);
    for (int i = 0; i < 3; i++) {
        kds_own_fd_close(&own[i]);
    }
    assert_int_equal(fcntl(own[2].fd, F_GETFD), -1);
    assert_int_equal(kds_own_fd_open(&own[0], AT_FDCWD, "/dev/null/no", O_RDONLY, 0), -1);
    kds_own_fd_close(&own[0]);
    close(other);
}

static void fault_J10_text_does_not_care_for_the_locale(void **state)
{
    int64_t ms;
    (void)state;
    setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed */
    assert_true(kds_parse_rfc3339_ms(kds_slice("2018-12-17T22:10:50.125Z"), &ms));
    assert_true(ms == INT64_C(1545084650125));
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_fills_to_its_last_byte_and_no_further),
        cmocka_unit_test(buf_writes_numbers),
        cmocka_unit_test(arena_aligns_and_keeps_its_limit),
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(units_are_read),
        cmocka_unit_test(instants_are_read),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(hash_keys_are_numbers_of_128_bits),
        cmocka_unit_test(sequence_numbers_compare_by_value),
        cmocka_unit_test(errors_are_one_valid_line),
        cmocka_unit_test(log_escapes_cuts_and_filters),
        cmocka_unit_test(threads_know_a_forked_child),
        cmocka_unit_test(threads_close_in_a_child_what_is_the_parents),
        cmocka_unit_test(fault_J10_text_does_not_care_for_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
