/*
 * test_profile: the shared files: syntax, precedence, limits, and reading one generation only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/profile_file.h"
#include "auth/small_file.h"
#include "base/slice.h"
#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kds_profiles *parse(const char *config, const char *credentials)
{
    struct kds_profiles *p = NULL;
    assert_int_equal(
        kds_profiles_parse(kds_slice(config), kds_slice(credentials), &p, NULL), KDS_OK);
    return p;
}

static void
expect(const struct kds_profiles *p, const char *name, const char *key, const char *value)
{
    const char *got = kds_profile_get(p, KDS_SECTION_PROFILE, name, key);
    if (value == NULL) {
        assert_null(got);
    } else {
        assert_non_null(got);
        assert_string_equal(got, value);
    }
}

static void profile_reads_sections_and_keys(void **state)
{
    struct kds_profiles *p = parse("# a comment\n"
                                   "[default]\n"
                                   "region = eu-west-1 ; told behind a blank\n"
                                   "REGION2=us-#1\n"
                                   "empty =\n"
                                   "\n"
                                   "[profile dev]\t# comment\n"
                                   "region=us-east-2\n"
                                   "[profile \"two words\"]\nregion = a\n"
                                   "[ profile 'q' ]\nregion = b\n"
                                   "[plugins]\nregion = never\n"
                                   "[sso-session corp]\nsso_region = eu-north-1\n",
                                   "[dev]\naws_access_key_id = AK\n"
                                   "[three words here]\naws_access_key_id = W\n"
                                   "[profile dev]\naws_access_key_id = foreign\n");
    (void)state;
    assert_null(kds_profiles_problem(p, KDS_FILE_CONFIG));
    assert_null(kds_profiles_problem(p, KDS_FILE_CREDENTIALS));
    expect(p, "default", "region", "eu-west-1");
    expect(p, "default", "region2", "us-#1");
    expect(p, "default", "empty", NULL);
    expect(p, "dev", "region", "us-east-2");
    expect(p, "dev", "aws_access_key_id", "AK");
    expect(p, "two words", "region", "a");
    expect(p, "q", "region", "b");
    expect(p, "three words here", "aws_access_key_id", "W");
    assert_false(kds_profiles_has(p, KDS_SECTION_PROFILE, "plugins"));
    assert_false(kds_profiles_has(p, KDS_SECTION_PROFILE, "corp"));
    assert_string_equal(kds_profile_get(p, KDS_SECTION_SSO_SESSION, "corp", "sso_region"),
                        "eu-north-1");
    kds_profiles_free(p);
}

static void profile_lets_the_credentials_file_win(void **state)
{
    struct kds_profiles *p = parse("[profile a]\naws_access_key_id=C\nregion=r\n",
                                   "[a]\naws_access_key_id=K\n");
    (void)state;
    expect(p, "a", "aws_access_key_id", "K");
    expect(p, "a", "region", "r");
    assert_string_equal(
        kds_profile_get_from(p, KDS_FILE_CONFIG, "a", "aws_access_key_id"), "C");
    assert_null(kds_profile_get_from(p, KDS_FILE_CREDENTIALS, "a", "region"));
    kds_profiles_free(p);
}

static void profile_merges_duplicate_sections_F_C05(void **state)
{
    struct kds_profiles *p =
        parse("[profile a]\nx=1\ny=1\n[profile b]\nx=9\n[profile a]\nx=2\n", NULL);
    (void)state;
    expect(p, "a", "x", "2");
    expect(p, "a", "y", "1");
    expect(p, "b", "x", "9");
    kds_profiles_free(p);
}

static void profile_reads_crlf_and_byte_order_mark_F_C05(void **state)
{
    struct kds_profiles *p = parse(
        "\xEF\xBB\xBF[default]\r\nregion = x\r\n\r\n# c\r\nb=2", "[default]\r\nk=v\r\n");
    (void)state;
    assert_null(kds_profiles_problem(p, KDS_FILE_CONFIG));
    expect(p, "default", "region", "x");
    expect(p, "default", "b", "2");
    expect(p, "default", "k", "v");
    kds_profiles_free(p);
}

static void profile_reads_nested_keys_and_continued_values(void **state)
{
    struct kds_profiles *p = parse("[services local]\n"
                                   "kinesis =\n"
                                   "  endpoint_url = http://127.0.0.1:4567\n"
                                   "  # not a key\n"
                                   "\n"
                                   "  other = 1\n"
                                   "sts =\n"
                                   "\tendpoint_url = http://127.0.0.1:1\n"
                                   "[profile p]\n"
                                   "  indented = first\n"
                                   "  second = value\n"
                                   "     goes on\n"
                                   "services = local\n",
                                   NULL);
    (void)state;
    assert_null(kds_profiles_problem(p, KDS_FILE_CONFIG));
    assert_string_equal(kds_profile_get_nested(p, KDS_SECTION_SERVICES, "local",
                                               "kinesis", "endpoint_url"),
                        "http://127.0.0.1:4567");
    assert_string_equal(
        kds_profile_get_nested(p, KDS_SECTION_SERVICES, "local", "kinesis", "other"),
        "1");
    assert_string_equal(
        kds_profile_get_nested(p, KDS_SECTION_SERVICES, "local", "sts", "endpoint_url"),
        "http://127.0.0.1:1");
    assert_null(kds_profile_get(p, KDS_SECTION_SERVICES, "local", "kinesis"));
    expect(p, "p", "indented", "first");
    expect(p, "p", "second", "value\ngoes on");
    expect(p, "p", "services", "local");
    kds_profiles_free(p);
}

static void profile_says_what_is_malformed_and_gives_nothing(void **state)
{
    static const struct {
        const char *text, *problem;
    } files[] = {
        {"[default]\nregion=x\n[broken\n", "line 3: the section's ']' is missing"},
        {"[default] x\n", "line 1: text follows the section's ']'"},
        {"a=b\n", "line 1: a key before the first section"},
        {"[default]\nregion\n", "line 2: no '=' after the key"},
        {"[default]\n = x\n", "line 2: no key before the '='"},
        {"[default]\ns =\n  nested\n", "line 3: no '=' after the key"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct kds_profiles *p = parse(files[i].text, "[default]\nk=v\n");
        assert_string_equal(kds_profiles_problem(p, KDS_FILE_CONFIG), files[i].problem);
        expect(p, "default", "region", NULL);
        expect(p, "default", "k", "v"); /* the other file is not touched by it */
        kds_profiles_free(p);
    }
    struct kds_profiles *p = NULL;
    static const char nul[] = "[default]\na=b\0c\n";
    assert_int_equal(
        kds_profiles_parse(kds_slice_of(nul, sizeof nul - 1), kds_slice(NULL), &p, NULL),
        KDS_OK);
    assert_string_equal(kds_profiles_problem(p, KDS_FILE_CONFIG), "line 2: a NUL byte");
    kds_profiles_free(p);
}

static char *repeated(const char *head, const char *unit, size_t count)
{
    size_t n = strlen(unit), h = strlen(head);
    char *text = malloc(h + n * count + 1);
    assert_non_null(text);
    memcpy(text, head, h + 1);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + h + i * n, unit, n + 1);
    }
    return text;
}

static void expect_problem(char *text, const char *problem)
{
    struct kds_profiles *p = parse(text, NULL);
    assert_string_equal(kds_profiles_problem(p, KDS_FILE_CONFIG), problem);
    kds_profiles_free(p);
    free(text);
}

static void profile_refuses_what_exceeds_a_limit_F_C05(void **state)
{
    static char sections[5000 * 24];
    char *at = sections;
    (void)state;
    expect_problem(repeated("[default]\nk=", "x", 1000000),
                   "line 2: longer than 16384 bytes");
    expect_problem(repeated("[default]\n", "k=v\n", 300000), "longer than 1048576 bytes");
    expect_problem(repeated("[default]\n", "k=v\n", 20000),
                   "line 16386: more than 16384 keys");
    expect_problem(repeated("", "[a]\n", 9000),
                   "line 8193: more than 8192 section headers");
    for (unsigned i = 0; i < 5000; i++) {
        at += sprintf(at, "[profile %u]\n", i);
    }
    expect_problem(repeated(sections, "", 0), "line 4097: more than 4096 sections");
}

static int parse_scenario(void *opaque)
{
    struct kds_profiles *p = NULL;
    (void)opaque;
    kds_err_t rc =
        kds_profiles_parse(kds_slice("[default]\na=b\n c\n[services s]\nx=\n y=z\n"),
                           kds_slice("[default]\nk=v\n"), &p, NULL);
    if (rc == KDS_OK) {
        kds_profiles_free(p);
    }
    return rc;
}

static void profile_survives_every_failed_allocation(void **state)
{
    (void)state;
    assert_true(fail_alloc_run(parse_scenario, NULL) >= 6);
}

/* ---- files -------------------------------------------------------------------------------- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/kds-test-profile-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    char path[128];
    (void)state;
    static const char *const names[] = {"config", "credentials", "other", "fifo"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static struct kds_profile_paths paths(void)
{
    struct kds_profile_paths p;
    memset(&p, 0, sizeof p);
    snprintf(p.config, sizeof p.config, "%s/config", folder);
    snprintf(p.credentials, sizeof p.credentials, "%s/credentials", folder);
    return p;
}

static struct kds_profiles *load(void)
{
    struct kds_profile_paths p = paths();
    struct kds_profiles *profiles = NULL;
    assert_int_equal(kds_profiles_load(&p, &profiles, NULL), KDS_OK);
    return profiles;
}

static void profile_file_takes_missing_files_as_empty(void **state)
{
    struct kds_profiles *p = load();
    (void)state;
    assert_null(kds_profiles_problem(p, KDS_FILE_CONFIG));
    assert_false(kds_profiles_has(p, KDS_SECTION_PROFILE, "default"));
    kds_profiles_free(p);
}

static void profile_file_reads_both_whatever_their_mode_F_C05(void **state)
{
    char path[128];
    (void)state;
    write_file("config", "[profile a]\nregion=r\n");
    write_file("credentials", "[a]\nk=v\n");
    snprintf(path, sizeof path, "%s/credentials", folder);
    assert_int_equal(chmod(path, 0666), 0);
    struct kds_profiles *p = load();
    expect(p, "a", "region", "r");
    expect(p, "a", "k", "v");
    assert_true(kds_profiles_exposed(p, KDS_FILE_CREDENTIALS));
    assert_false(kds_profiles_exposed(p, KDS_FILE_CONFIG));
    kds_profiles_free(p);
}

static void profile_file_follows_a_swapped_link_and_a_rename_F_C05(void **state)
{
    char link[128], other[128];
    struct kds_small_file f;
    (void)state;
    snprintf(link, sizeof link, "%s/credentials", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    unlink(link);
    write_file("other", "[a]\nk=1\n");
    assert_int_equal(symlink(other, link), 0);
    assert_int_equal(kds_small_file_read(link, 100, &f, NULL), KDS_OK);
    assert_true(kds_small_file_unchanged(link, &f));
    /* Replaced by a file of the same size within the same tick of the clock. */
    assert_int_equal(kds_small_file_replace(other, kds_slice("[a]\nk=2\n"), NULL),
                     KDS_OK);
    assert_false(kds_small_file_unchanged(link, &f));
    kds_small_file_clear(&f);
    struct kds_profiles *p = load();
    expect(p, "a", "k", "2");
    kds_profiles_free(p);
}

static void profile_file_that_cannot_be_read_is_a_problem_and_empty(void **state)
{
    char path[128];
    (void)state;
    snprintf(path, sizeof path, "%s/config", folder);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    struct kds_profiles *p = load();
    assert_non_null(strstr(kds_profiles_problem(p, KDS_FILE_CONFIG), "Is a directory"));
    kds_profiles_free(p);
    assert_int_equal(rmdir(path), 0);
}

static void small_file_refuses_what_is_too_long_and_does_not_hang_on_a_pipe(void **state)
{
    char path[128];
    struct kds_small_file f;
    kds_error_t *error = NULL;
    (void)state;
    write_file("other", "0123456789");
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(kds_small_file_read(path, 9, &f, &error), KDS_ERR_TOO_LARGE);
    assert_non_null(strstr(kds_error_message(error), "longer than 9 bytes"));
    kds_error_free(error);
    assert_int_equal(kds_small_file_read(path, 10, &f, NULL), KDS_OK);
    assert_string_equal((char *)f.p, "0123456789");
    kds_small_file_clear(&f);
    snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(kds_small_file_read(path, 10, &f, NULL), KDS_OK);
    assert_int_equal(f.n, 0);
    kds_small_file_clear(&f);
}

static void small_file_replaces_with_mode_0600(void **state)
{
    char path[128];
    struct stat st;
    (void)state;
    write_file("other", "old");
    snprintf(path, sizeof path, "%s/other", folder);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(kds_small_file_replace(path, kds_slice("new"), NULL), KDS_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(
        kds_small_file_replace("/nonexistent/folder/x", kds_slice("n"), NULL),
        KDS_ERR_SYSTEM);
}

static char *env_of_paths(const char *name)
{
    static char home[] = "/home/me", credentials[] = "~/keys", dev[] = "dev",
                empty[] = "";
    return strcmp(name, "HOME") == 0                          ? home
           : strcmp(name, "AWS_SHARED_CREDENTIALS_FILE") == 0 ? credentials
           : strcmp(name, "AWS_PROFILE") == 0                 ? dev
           : strcmp(name, "AWS_CONFIG_FILE") == 0             ? empty
                                                              : NULL;
}

static char *env_of_nothing(const char *name)
{
    (void)name;
    return NULL;
}

static void profile_file_finds_its_paths_and_its_name(void **state)
{
    struct kds_profile_paths p;
    (void)state;
    assert_int_equal(kds_profile_paths_find(env_of_paths, &p, NULL), KDS_OK);
    assert_string_equal(p.config, "/home/me/.aws/config");
    assert_string_equal(p.credentials, "/home/me/keys");
    assert_int_equal(kds_profile_paths_find(env_of_nothing, &p, NULL), KDS_OK);
    assert_string_equal(p.config, "");
    assert_string_equal(kds_profile_name("mine", env_of_paths), "mine");
    assert_string_equal(kds_profile_name("", env_of_paths), "dev");
    assert_string_equal(kds_profile_name(NULL, env_of_nothing), "default");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_reads_sections_and_keys),
        cmocka_unit_test(profile_lets_the_credentials_file_win),
        cmocka_unit_test(profile_merges_duplicate_sections_F_C05),
        cmocka_unit_test(profile_reads_crlf_and_byte_order_mark_F_C05),
        cmocka_unit_test(profile_reads_nested_keys_and_continued_values),
        cmocka_unit_test(profile_says_what_is_malformed_and_gives_nothing),
        cmocka_unit_test(profile_refuses_what_exceeds_a_limit_F_C05),
        cmocka_unit_test(profile_survives_every_failed_allocation),
        cmocka_unit_test(profile_file_takes_missing_files_as_empty),
        cmocka_unit_test(profile_file_reads_both_whatever_their_mode_F_C05),
        cmocka_unit_test(profile_file_follows_a_swapped_link_and_a_rename_F_C05),
        cmocka_unit_test(profile_file_that_cannot_be_read_is_a_problem_and_empty),
        cmocka_unit_test(small_file_refuses_what_is_too_long_and_does_not_hang_on_a_pipe),
        cmocka_unit_test(small_file_replaces_with_mode_0600),
        cmocka_unit_test(profile_file_finds_its_paths_and_its_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
