#include "core_fixture.h"

#include <stdio.h>
#include <string.h>

const char *const one_id[1] = {"shardId-000000000000"};
const char *const one_start[1] = {"0"};
const char *const two_ids[2] = {"shardId-000000000001", "shardId-000000000002"};
const char *const two_starts[2] = {"0", "50"};

void fx_set(struct fixture *f, const char *name, const char *value)
{
    assert_int_equal(kpl_conf_set(f->conf, name, value, NULL), KDS_OK);
}

void fx_open(struct fixture *f)
{
    f->core = kpl_core_new(f->conf, 7);
    assert_non_null(f->core);
    assert_true(kpl_showcase_init(&f->showcase));
}

void fx_begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->now_us = 1000000;
    f->conf = kpl_conf_new();
    assert_non_null(f->conf);
    fx_set(f, "stream", "s");
    /* What is not asked need not be answered; test_stream.c has the asking. */
    fx_set(f, "record.distribution", "USER_PARTITION_KEY");
    fx_set(f, "describe.interval.ms", "0");
}

void fx_end(struct fixture *f)
{
    kpl_core_free(f->core);
    kpl_showcase_clear(&f->showcase);
    kpl_conf_free(f->conf);
}

kpl_record_t
fx_record(const char *key, const char *hash_key, const char *data, size_t tag)
{
    kpl_record_t r = {.struct_size = sizeof r,
                      .partition_key = kds_slice(key),
                      .explicit_hash_key = kds_slice(hash_key),
                      .data = kds_slice(data),
                      .tag = (void *)tag};
    return r;
}

kds_err_t fx_put(struct fixture *f,
                 const char *key,
                 const char *hash_key,
                 const char *data,
                 size_t tag)
{
    kpl_record_t r = fx_record(key, hash_key, data, tag);
    kds_err_t rc = kpl_record_check(f->conf, &r, NULL);
    return rc ? rc : kpl_core_put(f->core, f->now_us, &r, NULL);
}

void fx_on_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct fixture *f = opaque;
    for (size_t i = 0; i < count; i++) {
        size_t tag = (size_t)results[i].tag;
        assert_true(tag < TAGS_MAX);
        f->outcomes[tag]++;
        f->codes[tag] = results[i].code;
        f->persisted[tag] = results[i].persisted;
        f->subs[tag] = (int32_t)results[i].subsequence_number;
        f->kept[tag] = (uint8_t)results[i].attempts_kept;
        f->sent[tag] = (uint8_t)results[i].attempt_count;
        if (results[i].attempts_kept > 0) {
            f->delays_ms[tag] = (int32_t)(results[i].attempts[0].delay_us / MS);
            f->last_attempt = results[i].attempts[results[i].attempts_kept - 1];
            snprintf(f->last_code, sizeof f->last_code, "%.*s",
                     (int)f->last_attempt.service_code.n,
                     f->last_attempt.service_code.n
                         ? (const char *)f->last_attempt.service_code.p
                         : "");
        }
        snprintf(f->data, sizeof f->data, "%.*s", (int)results[i].data.n,
                 (const char *)results[i].data.p);
        if (results[i].code != KDS_OK) {
            snprintf(f->message, sizeof f->message, "%.*s", (int)results[i].message.n,
                     results[i].message.n ? (const char *)results[i].message.p : "");
            snprintf(f->service_code, sizeof f->service_code, "%.*s",
                     (int)results[i].service_code.n,
                     results[i].service_code.n ? (const char *)results[i].service_code.p
                                               : "");
        }
        f->total++;
    }
}

void fx_take_results(struct fixture *f)
{
    struct kpl_queue units;
    while (kpl_core_take(f->core, KPL_SHOWCASE_RECORDS, &units)) {
        kpl_showcase_deliver(&f->showcase, &units, fx_on_results, f);
        kpl_core_release(f->core, &units);
    }
}

bool fx_next(struct fixture *f, struct kpl_action *action)
{
    return kpl_core_next(f->core, f->now_us, action);
}

/* Shards that divide the hash keys at the given places. */
void fx_answer_shards(struct fixture *f,
                      uint64_t id,
                      const char *const *ids,
                      const char *const *starts,
                      size_t count)
{
    kds_shard_t shards[8];
    char ends[8][KDS_U128_DIGITS_MAX + 1];
    memset(shards, 0, sizeof shards);
    for (size_t i = 0; i < count; i++) {
        kds_u128_t next_start = {0, 0};
        const kds_u128_t one = {0, 1};
        if (i + 1 < count) {
            assert_true(kds_u128_parse(kds_slice(starts[i + 1]), &next_start));
        }
        ends[i][kds_u128_format(kds_u128_sub(next_start, one), ends[i])] = 0;
        shards[i].shard_id = kds_slice(ids[i]);
        shards[i].hash_key_range.starting_hash_key = kds_slice(starts[i]);
        shards[i].hash_key_range.ending_hash_key = kds_slice(ends[i]);
    }
    const kds_list_shards_out_t out = {.shards = shards, .shards_count = count};
    kpl_core_done(f->core, f->now_us, id, &out, NULL);
}

/* The first put asks for the map; give it one shard. */
void fx_give_map(struct fixture *f)
{
    struct kpl_action action;
    assert_true(fx_next(f, &action));
    assert_int_equal(action.kind, KPL_ACTION_LIST_SHARDS);
    fx_answer_shards(f, action.id, one_id, one_start, 1);
}

void fx_answer_all(struct fixture *f, const struct kpl_action *action, const char *shard)
{
    static kds_put_records_result_entry_t entries[500];
    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < action->put_records.records_count; i++) {
        entries[i].shard_id = kds_slice(shard);
        entries[i].sequence_number = kds_slice("49");
    }
    const kds_put_records_out_t out = {
        .records = entries, .records_count = action->put_records.records_count};
    kpl_core_done(f->core, f->now_us, action->id, &out, NULL);
    fx_take_results(f);
}

void fx_expect_put(struct fixture *f, struct kpl_action *action)
{
    assert_true(fx_next(f, action));
    assert_int_equal(action->kind, KPL_ACTION_PUT_RECORDS);
}
