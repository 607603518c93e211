/*
 * test_page: Kinesis records in, user records out: aggregates whole, resumed, foreign and corrupt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/slice.h"
#include "codec/record_fault.h"
#include "kernel/md5.h"
#include "page.h"

#include <string.h>

struct fixture {
    struct kds_agg_decoder *decoder;
    struct kcl_page_counts counts;
    struct kcl_page_rules rules;
    struct kcl_position after;
    struct kds_buf aggregate;
    kds_record_t records[4];
    kds_get_records_out_t output;
    struct kcl_page *page;
    bool malformed;
};

/* Three user records with the hash keys 1, 2 and 900. */
static void add_aggregate(struct fixture *f)
{
    static const char *const hash_keys[] = {"1", "2", "900"};
    static const char *const data[] = {"one", "two", "three"};
    struct kds_agg_builder *b = kds_agg_builder_new(100000);
    assert_non_null(b);
    for (size_t i = 0; i < 3; i++) {
        const struct kds_agg_record r = {kds_slice("k"), kds_slice(hash_keys[i]),
                                         kds_slice(data[i]), 0};
        assert_int_equal(kds_agg_builder_add(b, &r), KDS_AGG_ADDED);
    }
    kds_buf_init(&f->aggregate, 100000);
    assert_int_equal(kds_agg_builder_seal(b, &f->aggregate), KDS_OK);
    uint8_t *messages[] = {f->aggregate.p};
    size_t sizes[] = {f->aggregate.n};
    kds_agg_finish(messages, sizes, 1);
    kds_agg_builder_free(b);
}

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->decoder = kds_agg_decoder_new();
    assert_non_null(f->decoder);
    f->rules.after = &f->after;
    f->rules.last = KDS_U128_MAX;
    add_aggregate(f);
    f->records[0].sequence_number = kds_slice("10");
    f->records[0].data = kds_slice("plain");
    f->records[0].partition_key = kds_slice("p");
    f->records[1].sequence_number = kds_slice("20");
    f->records[1].data = kds_buf_slice(&f->aggregate);
    f->records[2].sequence_number = kds_slice("30");
    f->records[2].data = kds_slice("");
    f->output.records = f->records;
    f->output.records_count = 3;
}

static void read_page(struct fixture *f)
{
    const struct kcl_arrival arrival = {.output = &f->output,
                                        .records = f->output.records,
                                        .count = f->output.records_count};
    f->page = kcl_page_new(&arrival, &f->rules, f->decoder, &f->counts, &f->malformed);
}

static void end(struct fixture *f)
{
    kcl_page_free(f->page);
    kds_buf_clear(&f->aggregate);
    kds_agg_decoder_free(f->decoder);
}

static void expect(const struct fixture *f,
                   size_t at,
                   const char *sequence,
                   int64_t sub,
                   const char *data)
{
    const kcl_record_t *r = &f->page->records[at];
    assert_true(kds_slice_is(r->sequence_number, sequence));
    assert_int_equal(r->subsequence_number, sub);
    assert_true(kds_slice_is(r->data, data));
}

static void page_unpacks_aggregates_in_order(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    read_page(&f);
    assert_int_equal(f.page->count, 5);
    expect(&f, 0, "10", 0, "plain");
    expect(&f, 1, "20", 0, "one");
    expect(&f, 2, "20", 1, "two");
    expect(&f, 3, "20", 2, "three");
    expect(&f, 4, "30", 0, "");
    assert_false(f.page->records[0].aggregated);
    assert_true(f.page->records[2].aggregated);
    assert_true(kds_slice_is(f.page->records[3].explicit_hash_key, "900"));
    end(&f);
}

static void fault_A07_page_goes_on_in_the_middle_of_an_aggregate(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    assert_true(kcl_position_parse(kds_slice("20"), 1, &f.after));
    read_page(&f);
    assert_int_equal(f.page->count, 2);
    expect(&f, 0, "20", 2, "three");
    expect(&f, 1, "30", 0, "");
    end(&f);
}

/* As the KCL writes it, and reads it: only the first record of the aggregate is done. */
static void
fault_A08_page_delivers_the_rest_behind_the_number_of_an_aggregate(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    assert_true(kcl_position_parse(kds_slice("20"), 0, &f.after));
    read_page(&f);
    assert_int_equal(f.page->count, 3);
    expect(&f, 0, "20", 1, "two");
    expect(&f, 1, "20", 2, "three");
    expect(&f, 2, "30", 0, "");
    end(&f);
}

static void fault_A10_page_delivers_foreign_records_and_counts_them(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.rules.last = (kds_u128_t){0, 500}; /* 900 belongs to a neighbour */
    read_page(&f);
    assert_int_equal(f.page->count, 5);
    assert_int_equal(f.counts.foreign_records, 3);
    end(&f);
}

static void fault_A10_page_drops_the_aggregate_as_the_kcl_does_when_asked(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.rules.last = (kds_u128_t){0, 500};
    f.rules.drop_foreign = true;
    read_page(&f);
    assert_int_equal(f.page->count, 2);
    expect(&f, 0, "10", 0, "plain");
    expect(&f, 1, "30", 0, "");
    assert_int_equal(f.counts.foreign_records, 3);
    end(&f);
}

/* Magic and MD5 fit, but the index of a record points outside its table. */
static void fault_A03_page_delivers_a_corrupt_aggregate_raw_with_a_mark(void **state)
{
    static uint8_t bad[] = {0xf3, 0x89, 0x9a, 0xc2, 0x0a, 0x01, 'a', 0x1a, 0x05, 0x08,
                            0x09, 0x1a, 0x01, 'x',  0,    0,    0,   0,    0,    0,
                            0,    0,    0,    0,    0,    0,    0,   0,    0,    0};
    struct fixture f;
    (void)state;
    begin(&f);
    kds_md5(bad + 4, sizeof bad - 20, bad + sizeof bad - 16);
    f.records[1].data = kds_slice_of(bad, sizeof bad);
    read_page(&f);
    assert_int_equal(f.page->count, 3); /* its neighbours are unharmed */
    assert_true(f.page->records[1].corrupt);
    assert_int_equal(f.page->records[1].data.n, sizeof bad);
    assert_int_equal(f.counts.corrupt_records, 1);
    end(&f);
}

static void fault_A01_page_takes_a_wrong_digest_for_plain_data(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.aggregate.p[f.aggregate.n - 1] ^= 1;
    read_page(&f);
    assert_int_equal(f.page->count, 3);
    assert_false(f.page->records[1].corrupt);
    assert_int_equal(f.page->records[1].data.n, f.aggregate.n);
    end(&f);
}

static void fault_S15_page_drops_what_was_delivered_and_compares_by_value(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.records[0].sequence_number =
        kds_slice("009"); /* nine, behind which everything else is */
    assert_true(kcl_position_parse(kds_slice("10"), 0, &f.after));
    read_page(&f);
    assert_int_equal(f.page->count, 4);
    expect(&f, 0, "20", 0, "one");
    end(&f);
}

static void fault_S15_page_refuses_an_answer_without_sequence_numbers(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.records[2].sequence_number = kds_slice("12x");
    read_page(&f);
    assert_null(f.page);
    assert_true(f.malformed);
    end(&f);
}

static void fault_J06_page_delivers_an_unreadable_record_raw_with_a_mark(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    f.records[1].data = kds_slice("aGk"); /* as it stood in the answer */
    kds_record_mark(&f.records[1], KDS_RF_DATA);
    read_page(&f);
    assert_int_equal(f.page->count, 3);
    expect(&f, 0, "10", 0, "plain");
    expect(&f, 1, "20", 0, "aGk");
    expect(&f, 2, "30", 0, "");
    assert_false(f.page->records[0].corrupt || f.page->records[2].corrupt);
    assert_true(f.page->records[1].corrupt);
    assert_int_equal(f.counts.corrupt_records, 1);
    end(&f);
}

static void fault_J06_page_does_not_take_a_marked_record_apart(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    kds_record_mark(&f.records[1],
                    KDS_RF_TEXT); /* an aggregate, under a key that is no text */
    read_page(&f);
    assert_int_equal(f.page->count, 3);
    assert_true(f.page->records[1].corrupt && !f.page->records[1].aggregated);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_unpacks_aggregates_in_order),
        cmocka_unit_test(fault_A07_page_goes_on_in_the_middle_of_an_aggregate),
        cmocka_unit_test(
            fault_A08_page_delivers_the_rest_behind_the_number_of_an_aggregate),
        cmocka_unit_test(fault_A10_page_delivers_foreign_records_and_counts_them),
        cmocka_unit_test(fault_A10_page_drops_the_aggregate_as_the_kcl_does_when_asked),
        cmocka_unit_test(fault_A03_page_delivers_a_corrupt_aggregate_raw_with_a_mark),
        cmocka_unit_test(fault_A01_page_takes_a_wrong_digest_for_plain_data),
        cmocka_unit_test(fault_S15_page_drops_what_was_delivered_and_compares_by_value),
        cmocka_unit_test(fault_J06_page_delivers_an_unreadable_record_raw_with_a_mark),
        cmocka_unit_test(fault_J06_page_does_not_take_a_marked_record_apart),
        cmocka_unit_test(fault_S15_page_refuses_an_answer_without_sequence_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
