#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roster_world.h"

#include "base/error.h"
#include "base/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world;

#define NOW(w) (world.now_us + (w)->clock_us)

/* ---- what the service says ------------------------------------------------------------------ */

static void release(const void *output, void *opaque)
{
    (void)opaque;
    free((void *)(uintptr_t)output);
}

static const void *described(const kds_describe_stream_summary_in_t *in)
{
    kds_describe_stream_summary_out_t *out = calloc(1, sizeof *out + 256);
    assert_non_null(out);
    char *text = (char *)(out + 1);
    kds_slice_t name = in->stream_name;
    if (name.n == 0) { /* the part behind the last slash */
        name = in->stream_arn;
        for (size_t i = 0; i < in->stream_arn.n; i++) {
            if (in->stream_arn.p[i] == '/') {
                name = kds_slice_of(in->stream_arn.p + i + 1, in->stream_arn.n - i - 1);
            }
        }
    }
    bool known = in->stream_arn.n > 0; /* perhaps of another account */
    int n = known ? sprintf(text, "%.*s", (int)in->stream_arn.n,
                            (const char *)in->stream_arn.p)
                  : sprintf(text, "arn:aws:kinesis:eu-west-1:123456789012:stream/%.*s",
                            (int)name.n, (const char *)name.p);
    out->stream_description_summary.stream_arn = kds_slice_of(text, (size_t)n);
    out->stream_description_summary.stream_name = kds_slice_of(text + n - name.n, name.n);
    out->stream_description_summary.stream_creation_timestamp_ms = world.created_ms;
    return out;
}

static const void *listed(void)
{
    kds_list_shards_out_t *out =
        calloc(1, sizeof *out + world.shards * (sizeof(kds_shard_t) + 120));
    assert_non_null(out);
    kds_shard_t *shards = (kds_shard_t *)(out + 1);
    char *text = (char *)(shards + world.shards);
    kds_u128_t step = kds_u128_div64(KDS_U128_MAX, world.shards), first = {0, 0};
    world.listings++;
    for (unsigned i = 0; i < world.shards; i++, text += 120) {
        kds_u128_t next = kds_u128_add(first, step);
        kds_u128_t last =
            i + 1 < world.shards ? kds_u128_sub(next, (kds_u128_t){0, 1}) : KDS_U128_MAX;
        shards[i].shard_id = kds_slice_of(text, (size_t)sprintf(text, "shard-%u", i));
        shards[i].hash_key_range.starting_hash_key =
            kds_slice_of(text + 40, kds_u128_format(first, text + 40));
        shards[i].hash_key_range.ending_hash_key =
            kds_slice_of(text + 80, kds_u128_format(last, text + 80));
        shards[i].sequence_number_range.starting_sequence_number = kds_slice("1");
        first = next;
    }
    out->shards = shards;
    out->shards_count = world.shards;
    return out;
}

static void wait_in_silence(struct worker *w, uint64_t id)
{
    for (size_t i = 0; i < 8; i++) {
        if (w->silent[i].id == 0) {
            w->silent[i] = (struct pending){id, NOW(w) + SILENCE};
            return;
        }
    }
}

static void run_store(struct worker *w, const struct kcl_action *action)
{
    static struct kcl_store_result result;
    bool silent = false;
    w->ops[action->u.store->kind]++;
    memset(&result, 0, sizeof result);
    if (world.instead != NULL && world.instead(action->u.store, &result, &silent)) {
        if (silent) {
            return;
        }
    } else if (world.store_fails ||
               (world.no_index && action->u.store->kind == KCL_STORE_INDEX)) {
        result.err = world.store_fails ? KDS_ERR_STORE : KDS_ERR_ACCESS_DENIED;
    } else {
        kcl_store_run(world.store, action->u.store, &result);
    }
    kcl_core_done_store(w->core, NOW(w), action->id, &result);
}

static void run_action(struct worker *w, const struct kcl_action *action)
{
    size_t n = strlen(w->told);
    switch ((int)action->kind) {
    case KCL_ACTION_STORE:
        run_store(w, action);
        break;
    case KCL_ACTION_DESCRIBE:
        kcl_core_done_call(w->core, NOW(w), action->id, described(&action->u.describe),
                           NULL);
        break;
    case KCL_ACTION_LIST_SHARDS:
        kcl_copy_text(world.filter, sizeof world.filter,
                      action->u.list_shards.shard_filter != NULL
                          ? action->u.list_shards.shard_filter->type
                          : kds_slice(""));
        kcl_core_done_call(w->core, NOW(w), action->id, listed(), NULL);
        break;
    case KCL_ACTION_EVENT:
        snprintf(w->told + n, sizeof w->told - n, "%s\n", action->u.event.message);
        break;
    default:
        wait_in_silence(w, action->id);
        break;
    }
}

void pump(struct worker *w)
{
    struct kcl_action action;
    for (size_t i = 0; i < 8; i++) {
        if (w->silent[i].id != 0 && NOW(w) >= w->silent[i].until_us) {
            kds_error_t *error = NULL;
            kds_error_set(&error, KDS_ERR_TIMED_OUT, "no answer in time");
            kcl_core_done_call(w->core, NOW(w), w->silent[i].id, NULL, error);
            kds_error_free(error);
            w->silent[i].id = 0;
        }
    }
    while (w->core != NULL && kcl_core_next(w->core, NOW(w), &action)) {
        run_action(w, &action);
    }
}

void run_for(int64_t us)
{
    int64_t until_us = world.now_us + us;
    for (; world.now_us < until_us; world.now_us += STEP_US) {
        for (size_t i = 0; i < 3; i++) {
            if (world.workers[i].core != NULL) {
                pump(&world.workers[i]);
            }
        }
    }
}

void start_with(size_t number,
                const char *name,
                const char *const settings[][2],
                size_t count)
{
    struct worker *w = &world.workers[number];
    w->conf = kcl_conf_new();
    assert_int_equal(kcl_conf_set(w->conf, "application", "app", NULL), KDS_OK);
    assert_int_equal(kcl_conf_set(w->conf, "stream", "orders", NULL), KDS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(kcl_conf_set(w->conf, settings[i][0], settings[i][1], NULL),
                         KDS_OK);
    }
    const struct kcl_core_options options = {.conf = w->conf,
                                             .worker_id = name,
                                             .seed = number + 1,
                                             .store_is_local = !world.fleet,
                                             .store_has_fleet = world.fleet,
                                             .release = release};
    w->core = kcl_core_new(&options);
    assert_non_null(w->core);
    kcl_core_set_wall(w->core, WALL_US - w->clock_us, 0);
}

void start(size_t number, const char *name, const char *setting, const char *value)
{
    const char *const settings[][2] = {{setting, value}};
    start_with(number, name, settings, setting != NULL);
}

void end(size_t number)
{
    struct worker *w = &world.workers[number];
    if (w->core != NULL) {
        kcl_core_free(w->core);
        kcl_conf_free(w->conf);
    }
    memset(w, 0, sizeof *w);
}

void put_row(const struct kcl_fleet_row *row)
{
    struct kcl_store_op *op = op_of(KCL_STORE_ROW_PUT, "", "", 0);
    op->row = row;
    assert_int_equal(store_do(world.store, op)->err, KDS_OK);
}

void put_mode(const char *word)
{
    struct kcl_fleet_row row;
    memset(&row, 0, sizeof row);
    row.kind = KCL_FLEET_MODE;
    snprintf(row.mode, sizeof row.mode, "%s", word);
    put_row(&row);
}

struct kcl_fleet_row row_of(enum kcl_fleet_kind kind, const char *owner)
{
    struct kcl_fleet_row row;
    struct kcl_store_op *op = op_of(KCL_STORE_FLEET, "", "", 0);
    struct kcl_store_result result;
    memset(&row, 0, sizeof row);
    row.kind = kind;
    snprintf(row.owner, sizeof row.owner, "%s", owner);
    op->row = &row;
    kcl_store_run(world.store, op, &result);
    memset(&row, 0, sizeof row);
    if (result.row_count > 0) {
        row = result.rows[0];
    }
    kcl_store_result_clear(&result);
    return row;
}

int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    world.created_ms = 1700000000123;
    world.shards = 4;
    world.now_us = 5 * S;
    world.store = kcl_store_memory_new();
    return world.store == NULL;
}

int finish(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        end(i);
    }
    world.store->ops->free(world.store);
    return 0;
}

size_t held(size_t number)
{
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_core_stats(world.workers[number].core,
                   world.now_us + world.workers[number].clock_us, &stats);
    return (size_t)stats.leases_held;
}
