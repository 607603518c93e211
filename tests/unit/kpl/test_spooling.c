/*
 * test_spooling: what a producer says of records that an earlier process put.
 */
#include "core_fixture.h"

#include "spooling.h"
#include "support/fail_alloc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static struct kpl_spooling spooling;

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/kpl-spooling-XXXXXX");
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_directory(void **state)
{
    char path[400];
    DIR *d = opendir(directory);
    (void)state;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        unlink(path);
    }
    closedir(d);
    return rmdir(directory);
}

/* A process begins with what is in the directory. */
static void begin_process(struct fixture *f)
{
    fx_begin(f);
    fx_set(f, "spool.directory", directory);
    fx_set(f, "aggregation.enable", "false");
    fx_open(f);
    memset(&spooling, 0, sizeof spooling);
    assert_int_equal(kpl_spooling_open(&spooling, f->conf, f->core, NULL, NULL), KDS_OK);
}

static void kill_process(struct fixture *f)
{
    kpl_spooling_forget(&spooling);
    fx_end(f);
}

static void put(struct fixture *f, const char *data, size_t tag)
{
    kds_err_t rc;
    const kpl_record_t r = fx_record("k", "1", data, tag);
    const kds_u128_t hash = {0, 1};
    assert_int_equal(
        kpl_spooling_put(&spooling, f->conf, f->now_us, &r, &hash, 1, &rc, NULL), 1);
}

/* What is sent next, as soon as it is. */
static void wait_for_put(struct fixture *f, struct kpl_action *action)
{
    for (int i = 0; i < 1000; i++, f->now_us += 10 * MS) {
        kpl_spooling_feed(&spooling, f->now_us);
        while (fx_next(f, action)) {
            if (action->kind == KPL_ACTION_PUT_RECORDS) {
                return;
            }
            fx_answer_shards(f, action->id, one_id, one_start, 1);
        }
    }
    fail();
}

static void refuse_request(struct fixture *f, const struct kpl_action *action)
{
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {.service_code =
                                                KDS_SLICE_LIT("ValidationException"),
                                            .persisted = KDS_PERSISTED_NO};
    kds_error_set_detail(&error, KDS_ERR_REJECTED, &detail, "not like this");
    kpl_core_done(f->core, f->now_us, action->id, NULL, error);
    kds_error_free(error);
}

static void refuse(struct fixture *f, const struct kpl_action *action)
{
    struct kpl_queue units;
    refuse_request(f, action);
    assert_true(kpl_core_take(f->core, KPL_SHOWCASE_RECORDS, &units));
    kpl_spooling_report(&spooling, &units);
    kpl_showcase_deliver(&f->showcase, &units, fx_on_results, f);
    kpl_spooling_reported(&spooling);
    kpl_core_release(f->core, &units);
}

static void spooling_says_maybe_of_what_an_earlier_process_may_have_sent(void **state)
{
    struct fixture f;
    struct kpl_action action;
    (void)state;
    begin_process(&f);
    put(&f, "one", 1);
    wait_for_put(&f, &action); /* and is stored, who knows */
    kill_process(&f);
    begin_process(&f);
    wait_for_put(&f, &action);
    refuse(&f, &action);
    assert_int_equal(f.codes[0], KDS_ERR_REJECTED);
    assert_int_equal(f.persisted[0], KDS_PERSISTED_MAYBE);
    put(&f, "two", 2);
    wait_for_put(&f, &action);
    refuse(&f, &action);
    assert_int_equal(f.persisted[2], KDS_PERSISTED_NO);
    kpl_spooling_close(&spooling);
    fx_end(&f);
}

static void answer_stored(struct fixture *f, const struct kpl_action *action)
{
    kds_put_records_result_entry_t entries[8];
    for (size_t i = 0; i < action->put_records.records_count; i++) {
        entries[i] = (kds_put_records_result_entry_t){.shard_id = kds_slice(one_id[0]),
                                                      .sequence_number = kds_slice("7")};
    }
    const kds_put_records_out_t out = {
        .records = entries, .records_count = action->put_records.records_count};
    kpl_core_done(f->core, f->now_us, action->id, &out, NULL);
}

/* With what an operator can mend. @return PutRecords that were tried */
static unsigned fail_for_minutes(struct fixture *f, kds_err_t code, const char *word)
{
    unsigned tries = 0;
    struct kpl_action action;
    for (int i = 0; i < 10 * 60 * 100; i++, f->now_us += 10 * MS) {
        kpl_spooling_feed(&spooling, f->now_us);
        while (fx_next(f, &action)) {
            kds_error_t *error = NULL;
            const struct kds_error_detail detail = {.service_code = kds_slice(word),
                                                    .retryable =
                                                        code == KDS_ERR_CREDENTIALS};
            kds_error_set_detail(&error, code, &detail, "not now");
            tries += action.kind == KPL_ACTION_PUT_RECORDS;
            assert_true(kpl_stays_in_spool(f->conf, error));
            kpl_core_done(f->core, f->now_us, action.id, NULL, error);
            kds_error_free(error);
        }
        assert_false(kpl_core_has_results(f->core));
    }
    return tries;
}

static void fault_S18_spooling_keeps_what_is_refused_until_that_is_mended(void **state)
{
    static const struct {
        kds_err_t code;
        const char *word;
    } refusals[] = {{KDS_ERR_ACCESS_DENIED, "AccessDeniedException"},
                    {KDS_ERR_ACCESS_DENIED, "ExpiredTokenException"},
                    {KDS_ERR_CREDENTIALS, ""},
                    {KDS_ERR_NOT_FOUND, "ResourceNotFoundException"},
                    {KDS_ERR_SERVICE, "KMSDisabledException"}};
    struct fixture f;
    struct kpl_action action;
    struct kpl_queue units;
    struct kpl_spool_stats stats;
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        begin_process(&f);
        for (size_t tag = 1; tag <= 3; tag++) {
            put(&f, "data", tag);
        }
        unsigned tries = fail_for_minutes(&f, refusals[i].code, refusals[i].word);
        assert_in_range(tries, 100, 300); /* every five seconds in the end */
        kpl_spooling_stats(&spooling, &stats);
        assert_int_equal(stats.records, 3);
        for (unsigned n = 0; n < 3; f.now_us += 10 * MS) {
            while (fx_next(&f, &action)) {
                if (action.kind == KPL_ACTION_PUT_RECORDS) {
                    n += (unsigned)action.put_records.records_count;
                    answer_stored(&f, &action);
                } else {
                    fx_answer_shards(&f, action.id, one_id, one_start, 1);
                }
            }
        }
        assert_true(kpl_core_take(f.core, KPL_SHOWCASE_RECORDS, &units));
        kpl_spooling_report(&spooling, &units);
        kpl_showcase_deliver(&f.showcase, &units, fx_on_results, &f);
        kpl_spooling_reported(&spooling);
        kpl_core_release(f.core, &units);
        for (size_t tag = 1; tag <= 3; tag++) {
            assert_int_equal(f.outcomes[tag], 1);
            assert_int_equal(f.codes[tag], KDS_OK);
        }
        kpl_spooling_stats(&spooling, &stats);
        assert_int_equal(stats.records, 0);
        kpl_spooling_close(&spooling);
        fx_end(&f);
    }
}

/* Or it would come up again at the next start. */
static void
spooling_gives_a_refused_record_up_though_there_is_no_memory_to_remember_it(void **state)
{
    struct fixture f;
    struct kpl_action action;
    struct kpl_queue units;
    struct kpl_spool_stats stats;
    struct fail_alloc none = {.left = 0};
    const struct kds_allocator allocator = {fail_alloc_alloc, fail_alloc_resize,
                                            fail_alloc_release, &none};
    (void)state;
    begin_process(&f);
    put(&f, "one", 1);
    wait_for_put(&f, &action);
    refuse_request(&f, &action);
    assert_true(kpl_core_take(f.core, KPL_SHOWCASE_RECORDS, &units));
    kds_allocator_set(&allocator);
    kpl_spooling_report(&spooling, &units);
    kds_allocator_set(NULL);
    kpl_showcase_deliver(&f.showcase, &units, fx_on_results, &f);
    kpl_spooling_reported(&spooling);
    kpl_core_release(f.core, &units);
    assert_int_equal(f.outcomes[1], 1);
    kpl_spooling_stats(&spooling, &stats);
    assert_int_equal(stats.records, 0);
    kpl_spooling_close(&spooling);
    fx_end(&f);
}

static void spooling_takes_a_limit_beyond_all_memory_for_none_F_R09(void **state)
{
    struct fixture f;
    (void)state;
    fx_begin(&f);
    fx_set(&f, "spool.directory", directory);
    fx_set(&f, "spool.max.bytes", "1024GiB"); /* 0 in the low 32 bits */
    fx_open(&f);
    memset(&spooling, 0, sizeof spooling);
    assert_int_equal(kpl_spooling_open(&spooling, f.conf, f.core, NULL, NULL), KDS_OK);
    put(&f, "data", 1);
    kill_process(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            spooling_says_maybe_of_what_an_earlier_process_may_have_sent, make_directory,
            remove_directory),
        cmocka_unit_test_setup_teardown(
            fault_S18_spooling_keeps_what_is_refused_until_that_is_mended, make_directory,
            remove_directory),
        cmocka_unit_test_setup_teardown(
            spooling_gives_a_refused_record_up_though_there_is_no_memory_to_remember_it,
            make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(
            spooling_takes_a_limit_beyond_all_memory_for_none_F_R09, make_directory,
            remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
