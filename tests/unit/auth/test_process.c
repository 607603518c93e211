/*
 * test_process: real programs that print credentials, or do worse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/command.h"
#include "provider_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEYS                                                                             \
    "{\"Version\":1,\"AccessKeyId\":\"PK\",\"SecretAccessKey\":\"SEKRIT\","              \
    "\"SessionToken\":"                                                                  \
    "\"pt\",\"Expiration\":\"" FIXTURE_LATER "\",\"AccountId\":\"12\"}"

static int setup(void **state)
{
    (void)state;
    fixture_reset();
    fixture_env("AWS_PROFILE", "p");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_end();
    return 0;
}

/* The profile's process is a shell script of these lines. */
static void script(const char *lines)
{
    char config[512], path[256];
    fixture_file("script", lines);
    snprintf(path, sizeof path, "%s", fixture_path("script"));
    snprintf(config, sizeof config,
             "[profile p]\ncredential_process = sh \"%s\" 'two words'\n", path);
    fixture_file(".aws/config", config);
}

static void process_gives_what_it_prints(void **state)
{
    struct kds_credentials c;
    (void)state;
    script("[ \"$1\" = 'two words' ] && cat <<'X'\n" KEYS "\nX\n");
    fixture_expect("process", "PK", "SEKRIT", "pt");
    assert_int_equal(fixture_provide(NULL, &c, NULL), KDS_OK);
    assert_int_equal(c.expires_at_ms, FIXTURE_NOW_MS + 6 * 3600 * 1000);
    assert_string_equal(c.account_id, "12");
    kds_credentials_clear(&c);
    script(
        "echo '{\"Version\":1,\"AccessKeyId\":\"PK\",\"SecretAccessKey\":\"SEKRIT\"}'\n");
    assert_int_equal(fixture_provide(NULL, &c, NULL), KDS_OK);
    assert_int_equal(c.expires_at_ms, KDS_CREDENTIALS_FOREVER_MS);
    kds_credentials_clear(&c);
}

static void process_that_fails_keeps_its_words_to_itself_F_C08(void **state)
{
    (void)state;
    script("echo SEKRIT >&2; echo SEKRIT; exit 3\n");
    fixture_expect_failure("process", "ended with status 3");
    script("kill -TERM $$\n");
    fixture_expect_failure("process", "ended with signal 15");
    fixture_file(".aws/config",
                 "[profile p]\ncredential_process = /nonexistent/program\n");
    fixture_expect_failure("process", "/nonexistent/program: No such file");
}

static void process_that_hangs_is_killed_F_C08(void **state)
{
    (void)state;
    fixture_hurry();
    script("sleep 600\n");
    fixture_expect_failure("process", "did not end in time and was killed");
    script("exec >&-\nsleep 600\n"); /* closes its output and stays */
    fixture_expect_failure("process", "did not end in time and was killed");
    fixture_stop();
    script("sleep 600\n");
    fixture_expect_failure("process", "cancelled");
}

static void process_that_writes_without_end_is_killed_F_C08(void **state)
{
    (void)state;
    script("yes SEKRIT | head -c 10000000\n");
    fixture_expect_failure("process", "wrote more than 64 KiB");
}

static void process_that_leaves_a_child_behind_is_not_waited_for(void **state)
{
    (void)state;
    script("sleep 5 &\ncat <<'X'\n" KEYS "\nX\n");
    fixture_expect("process", "PK", "SEKRIT", "pt");
}

static void process_is_judged_by_its_words_where_nobody_can_wait_for_it(void **state)
{
    (void)state;
    signal(SIGCHLD, SIG_IGN); /* the system reaps all children at once */
    script("cat <<'X'\n" KEYS "\nX\n");
    fixture_expect("process", "PK", "SEKRIT", "pt");
    script("exit 3\n");
    fixture_expect_failure("process", "not a JSON object");
    signal(SIGCHLD, SIG_DFL);
}

static void process_must_speak_version_1_F_C08(void **state)
{
    static const char *const texts[][2] = {
        {"{\"Version\":2,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"SEKRIT\"}",
         "Version is not 1"},
        {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"SEKRIT\"}", "there is no Version"},
        {"{\"Version\":\"1\",\"AccessKeyId\":\"a\"}", "there is no Version"},
        {"{\"Version\":1,\"AccessKeyId\":\"a\"}", "a part of the key is missing"},
        {"", "not a JSON object"},
        {"{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"SEKRIT\","
         "\"Expiration\":"
         "\"" FIXTURE_EARLIER "\"}",
         "have expired already"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char lines[512];
        snprintf(lines, sizeof lines, "cat <<'X'\n%s\nX\n", texts[i][0]);
        script(lines);
        fixture_expect_failure("process", texts[i][1]);
    }
}

static void process_gets_no_descriptor_of_ours_and_plain_signals_F_C08(void **state)
{
    sigset_t all, before;
    int leaky = open("/dev/null", O_RDONLY); /* an application's, not close-on-exec */
    (void)state;
    assert_true(leaky > 2);
    assert_int_equal(dup2(leaky, 17), 17);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    script("[ -e /proc/self/fd/17 ] && exit 9\n"
           "grep -q '^SigBlk:.*[1-9a-f]' /proc/self/status && exit 8\n"
           "read x && exit 7\n" /* nothing to read */
           "cat <<'X'\n" KEYS "\nX\n");
    fixture_expect("process", "PK", "SEKRIT", "pt");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(17);
    close(leaky);
}

static void command_is_split_as_a_shell_splits(void **state)
{
    static const struct {
        const char *line, *words; /* joined by '|'; NULL = refused */
    } cases[] = {
        {"a", "a"},
        {"  a  b\tc ", "a|b|c"},
        {"'a b' \"c d\"e", "a b|c de"},
        {"a\\ b \\\\ \\'", "a b|\\|'"},
        {"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d"},
        {"'a\\b' ''", "a\\b|"},
        {"$HOME `x` *;", "$HOME|`x`|*;"},
        {"a\\", "a\\"},
        {"\"open", NULL},
        {"'open", NULL},
        {"", NULL},
        {"   ", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kds_command c;
        char joined[256] = "";
        kds_err_t rc = kds_command_split(cases[i].line, &c, NULL);
        assert_int_equal(rc == KDS_OK, cases[i].words != NULL);
        if (rc != KDS_OK) {
            continue;
        }
        for (size_t k = 0; k < c.count; k++) {
            strcat(joined, k ? "|" : "");
            strcat(joined, c.words[k]);
        }
        assert_null(c.words[c.count]);
        assert_string_equal(joined, cases[i].words);
        kds_command_clear(&c);
    }
    char many[600];
    struct kds_command c;
    memset(many, 0, sizeof many);
    for (size_t i = 0; i < 129; i++) {
        strcat(many, "a ");
    }
    assert_int_equal(kds_command_split(many, &c, NULL), KDS_ERR_CREDENTIALS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(process_gives_what_it_prints),
        TEST(process_that_fails_keeps_its_words_to_itself_F_C08),
        TEST(process_that_hangs_is_killed_F_C08),
        TEST(process_that_writes_without_end_is_killed_F_C08),
        TEST(process_that_leaves_a_child_behind_is_not_waited_for),
        TEST(process_is_judged_by_its_words_where_nobody_can_wait_for_it),
        TEST(process_must_speak_version_1_F_C08),
        TEST(process_gets_no_descriptor_of_ours_and_plain_signals_F_C08),
        TEST(command_is_split_as_a_shell_splits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
