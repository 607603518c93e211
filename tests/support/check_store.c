#include "check_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/slice.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kcl_store_result last;

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned done;
};

static void on_done(struct kcl_store_result *result, void *opaque)
{
    struct waiter *w = opaque;
    pthread_mutex_lock(&w->lock);
    w->done++;
    last = *result;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

const struct kcl_store_result *store_do(struct kcl_store *s,
                                        const struct kcl_store_op *op)
{
    if (s->ops->execute != NULL) {
        kcl_store_run(s, op, &last);
    } else {
        struct waiter w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
        s->ops->start(s, op, on_done, &w);
        pthread_mutex_lock(&w.lock);
        while (w.done == 0) {
            pthread_cond_wait(&w.changed, &w.lock);
        }
        pthread_mutex_unlock(&w.lock);
        assert_int_equal(w.done, 1);
    }
    if (last.error != NULL && getenv("CHECK_STORE_VERBOSE") != NULL) {
        fprintf(stderr, "%s\n", kds_error_message(last.error));
    }
    kds_error_free(last.error);
    last.error = NULL;
    return &last;
}

struct kcl_store_op *
op_of(enum kcl_store_kind kind, const char *shard, const char *owner, uint64_t counter)
{
    static struct kcl_store_op pool[8];
    static size_t next;
    struct kcl_store_op *op = &pool[next++ % 8];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->counter = counter;
    op->nonce = counter + 100;
    op->incarnation = 7;
    snprintf(op->shard_id, sizeof op->shard_id, "%s", shard);
    snprintf(op->owner, sizeof op->owner, "%s", owner);
    return op;
}

struct kcl_store_op *
checkpoint_of(const char *owner, uint64_t counter, const char *sequence, int64_t sub)
{
    struct kcl_store_op *op = op_of(KCL_STORE_CHECKPOINT, "shard-1", owner, counter);
    assert_true(kcl_position_parse(kds_slice(sequence), sub, &op->position));
    return op;
}

struct kcl_lease *lease_of(const char *shard)
{
    static struct kcl_lease pool[4];
    static size_t next;
    struct kcl_lease *lease = &pool[next++ % 4];
    memset(lease, 0, sizeof *lease);
    snprintf(lease->shard_id, sizeof lease->shard_id, "%s", shard);
    lease->has_range = true;
    lease->last = KDS_U128_MAX;
    return lease;
}

static void create_one(struct kcl_store *s, const struct kcl_lease *lease)
{
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    op->leases = lease;
    op->lease_count = 1;
    assert_int_equal(store_do(s, op)->err, KDS_OK);
}

void create_lease(struct kcl_store *s, const char *shard)
{
    create_one(s, lease_of(shard));
}

const struct kcl_lease *get_lease(struct kcl_store *s, const char *shard)
{
    const struct kcl_store_result *r = store_do(s, op_of(KCL_STORE_GET, shard, "", 0));
    assert_int_equal(r->err, KDS_OK);
    return r->lease.shard_id[0] ? &r->lease : NULL;
}

struct kcl_lease *list_leases(struct kcl_store *s, size_t *count, size_t *pages)
{
    struct kcl_store_op *op = op_of(KCL_STORE_LIST, "", "", 0);
    struct kcl_lease *all = kds_alloc(1);
    *count = *pages = 0;
    do {
        const struct kcl_store_result *r = store_do(s, op);
        assert_int_equal(r->err, KDS_OK);
        all = kds_realloc_array(all, *count + r->lease_count + 1, sizeof *all);
        assert_non_null(all);
        if (r->lease_count > 0) {
            memcpy(all + *count, r->leases, r->lease_count * sizeof *all);
        }
        *count += r->lease_count;
        memcpy(op->cursor, r->cursor, sizeof op->cursor);
        kds_free(r->leases);
        assert_true(++*pages < 1000);
    } while (op->cursor[0] != 0);
    return all;
}

/* ---- the rules ------------------------------------------------------------------------------ */

static void expect(struct kcl_store *s, const struct kcl_store_op *op, kds_err_t err)
{
    assert_int_equal(store_do(s, op)->err, err);
}

static void check_creation(struct kcl_store *s)
{
    size_t count, pages;
    create_lease(s, "shard-1");
    create_lease(s, "shard-1"); /* again: nothing changes */
    struct kcl_lease *all = list_leases(s, &count, &pages);
    assert_int_equal(count, 1);
    assert_string_equal(all[0].shard_id, "shard-1");
    assert_string_equal(all[0].owner, "");
    assert_int_equal(all[0].counter, 0);
    assert_int_equal(all[0].switches, 0);
    assert_int_equal(all[0].parent_count, 0);
    assert_true(all[0].has_range);
    assert_true(kds_u128_cmp(all[0].last, KDS_U128_MAX) == 0);
    kds_free(all);
    assert_null(get_lease(s, "nowhere"));
}

static void check_taking(struct kcl_store *s)
{
    struct kcl_store_op *op = op_of(KCL_STORE_TAKE, "shard-1", "me", 0);
    op->created_ms = 4321;
    expect(s, op, KDS_OK);
    const struct kcl_store_result *r =
        store_do(s, op_of(KCL_STORE_TAKE, "shard-1", "other", 0)); /* it has moved on */
    assert_int_equal(r->err, KDS_ERR_LEASE_LOST);
    assert_string_equal(r->lease.owner, "me");
    assert_int_equal(r->lease.counter, 1);
    assert_int_equal(r->lease.nonce, 100);
    assert_int_equal(r->lease.incarnation, 7);
    assert_int_equal(r->lease.created_ms, 4321);
    assert_int_equal(r->lease.switches, 0); /* nobody had it before */
    r = store_do(s, op_of(KCL_STORE_TAKE, "nowhere", "me", 0));
    assert_int_equal(r->err, KDS_ERR_LEASE_LOST);
    assert_string_equal(r->lease.shard_id, "");
}

static void check_keeping(struct kcl_store *s)
{
    expect(s, op_of(KCL_STORE_RENEW, "shard-1", "other", 1), KDS_ERR_LEASE_LOST);
    expect(s, op_of(KCL_STORE_RENEW, "shard-1", "me", 0), KDS_ERR_LEASE_LOST);
    expect(s, op_of(KCL_STORE_RENEW, "shard-1", "me", 1), KDS_OK);
    struct kcl_store_op *told = checkpoint_of("me", 2, "20", 3);
    told->throughput_kbps = 2.5; /* a store may keep it or not */
    expect(s, told, KDS_OK);
    assert_true(get_lease(s, "shard-1")->throughput_kbps == 0 ||
                get_lease(s, "shard-1")->throughput_kbps == 2.5);
    struct kcl_store_op *backwards = checkpoint_of("me", 3, "20", 2);
    assert_true(kcl_position_parse(kds_slice("20"), 3, &backwards->known));
    expect(s, backwards, KDS_ERR_LEASE_LOST);
    assert_true(kcl_position_parse(kds_slice("9"), 0, &backwards->position));
    expect(s, backwards, KDS_ERR_LEASE_LOST);
    expect(s, checkpoint_of("me", 2, "30", 0), KDS_ERR_LEASE_LOST); /* old counter */
    expect(s, checkpoint_of("other", 3, "30", 0), KDS_ERR_LEASE_LOST);
    const struct kcl_lease *lease = get_lease(s, "shard-1");
    assert_int_equal(lease->counter, 3);
    assert_string_equal(lease->checkpoint.sequence, "20");
    assert_int_equal(lease->checkpoint.number, 3);
}

static void check_pending(struct kcl_store *s)
{
    struct kcl_store_op *op = checkpoint_of("me", 3, "20", 3);
    op->has_pending = true;
    assert_true(kcl_position_parse(kds_slice("40"), 1, &op->pending));
    memcpy(op->pending_state, "a\0b", 3);
    op->pending_state_len = 3;
    expect(s, op, KDS_OK);
    const struct kcl_lease *lease = get_lease(s, "shard-1");
    assert_true(lease->has_pending);
    assert_string_equal(lease->pending.sequence, "40");
    assert_int_equal(lease->pending.number, 1);
    assert_int_equal(lease->pending_state_len, 3);
    assert_memory_equal(lease->pending_state, "a\0b", 3);
    expect(s, op_of(KCL_STORE_RENEW, "shard-1", "me", 4), KDS_OK); /* leaves it alone */
    assert_true(get_lease(s, "shard-1")->has_pending);
    expect(s, checkpoint_of("me", 5, "40", 1), KDS_OK);
    lease = get_lease(s, "shard-1");
    assert_false(lease->has_pending);
    assert_int_equal(lease->pending_state_len, 0);
    assert_int_equal(lease->counter, 6);
}

static void check_hand_over(struct kcl_store *s)
{
    struct kcl_store_op *op = op_of(KCL_STORE_HAND_OVER, "shard-1", "stranger", 0);
    snprintf(op->target, sizeof op->target, "next");
    expect(s, op, KDS_ERR_LEASE_LOST);
    snprintf(op->owner, sizeof op->owner, "me");
    expect(s, op, KDS_OK);
    expect(s, op, KDS_ERR_LEASE_LOST); /* one is under way */
    const struct kcl_store_result *r =
        store_do(s, op_of(KCL_STORE_RENEW, "shard-1", "me", 6)); /* not disturbed */
    assert_int_equal(r->err, KDS_OK);
    assert_string_equal(r->lease.owner, "next"); /* and told */
    assert_string_equal(r->lease.checkpoint_owner, "me");
    expect(s, op_of(KCL_STORE_RENEW, "shard-1", "next", 7), KDS_ERR_LEASE_LOST);
    expect(s, checkpoint_of("next", 7, "50", 0), KDS_ERR_LEASE_LOST);
    expect(s, checkpoint_of("me", 7, "50", 0), KDS_OK);
    r = store_do(s, op_of(KCL_STORE_RELEASE, "shard-1", "me", 8)); /* to the next */
    assert_int_equal(r->err, KDS_OK);
    assert_string_equal(r->lease.owner, "next");
    assert_string_equal(r->lease.checkpoint_owner, "");
    assert_int_equal(r->lease.counter, 9);
    assert_int_equal(r->lease.switches, 1);
    expect(s, checkpoint_of("me", 9, "60", 0), KDS_ERR_LEASE_LOST);
    r = store_do(s, op_of(KCL_STORE_RELEASE, "shard-1", "next", 9));
    assert_int_equal(r->err, KDS_OK);
    assert_string_equal(r->lease.owner, "");
    assert_string_equal(r->lease.checkpoint.sequence, "50");
}

static void check_assignment(struct kcl_store *s)
{
    struct kcl_store_op *op = op_of(KCL_STORE_ASSIGN, "shard-1", "somebody", 0);
    snprintf(op->target, sizeof op->target, "me");
    expect(s, op, KDS_ERR_LEASE_LOST); /* nobody has it */
    op->owner[0] = 0;
    expect(s, op, KDS_OK);
    const struct kcl_lease *lease = get_lease(s, "shard-1");
    assert_string_equal(lease->owner, "me");
    assert_int_equal(lease->counter, 11);
    snprintf(op->owner, sizeof op->owner, "me");
    snprintf(op->target, sizeof op->target, "you");
    op->counter = 10;
    expect(s, op, KDS_ERR_LEASE_LOST); /* it was renewed since it was looked at */
    op->counter = 11;
    expect(s, op, KDS_OK);
    lease = get_lease(s, "shard-1");
    assert_string_equal(lease->owner, "you");
    assert_int_equal(lease->switches, 2); /* since the checkpoint */
}

static void check_description(struct kcl_store *s)
{
    struct kcl_lease *news = lease_of("shard-1");
    struct kcl_store_op *op = op_of(KCL_STORE_DESCRIBE, "", "", 0);
    snprintf(news->children[0], KCL_NAME_BYTES, "shard-2");
    snprintf(news->children[1], KCL_NAME_BYTES, "shard-3");
    news->child_count = 2;
    news->last = (kds_u128_t){0, 77};
    op->leases = news;
    op->lease_count = 1;
    expect(s, op, KDS_OK);
    const struct kcl_lease *lease = get_lease(s, "shard-1");
    assert_int_equal(lease->child_count, 2);
    assert_int_equal(lease->last.lo, 77);
    assert_int_equal(lease->counter, 12); /* nobody is disturbed */
    assert_string_equal(lease->owner, "you");
    news = lease_of("shard-9");
    op->leases = news;
    expect(s, op, KDS_OK); /* of a lease that is gone: nothing comes to be */
    assert_null(get_lease(s, "shard-9"));
}

static void check_deletion(struct kcl_store *s)
{
    expect(s, op_of(KCL_STORE_DELETE, "shard-1", "", 3), KDS_ERR_LEASE_LOST);
    assert_non_null(get_lease(s, "shard-1"));
    expect(s, op_of(KCL_STORE_DELETE, "shard-1", "", 12), KDS_OK);
    assert_null(get_lease(s, "shard-1"));
    expect(s, op_of(KCL_STORE_DELETE, "shard-1", "", 12), KDS_OK); /* as it should be */
}

static void check_latest(struct kcl_store *s)
{
    struct kcl_lease *lease = lease_of("shard-2");
    lease->checkpoint.kind = KCL_AT_LATEST;
    lease->has_range = false;
    snprintf(lease->stream, sizeof lease->stream, "123456789012:orders:1700000000");
    snprintf(lease->parents[0], KCL_NAME_BYTES, "shard-0");
    snprintf(lease->parents[1], KCL_NAME_BYTES, "shard-1");
    lease->parent_count = 2;
    create_one(s, lease);
    assert_null(get_lease(s, "shard-2")); /* it is another stream's */
    struct kcl_store_op *op = op_of(KCL_STORE_TAKE, "shard-2", "me", 0);
    snprintf(op->stream, sizeof op->stream, "123456789012:orders:1700000000");
    op->pin_ms = 1234567;
    const struct kcl_store_result *r = store_do(s, op);
    assert_int_equal(r->err, KDS_OK);
    assert_int_equal(r->lease.checkpoint.kind, KCL_AT_LATEST);
    assert_int_equal(r->lease.checkpoint.number, 1234567);
    assert_string_equal(r->lease.stream, op->stream);
    assert_false(r->lease.has_range);
    op->counter = 1;
    op->pin_ms = 9999999;
    r = store_do(s, op); /* it stays pinned */
    assert_int_equal(r->lease.checkpoint.number, 1234567);
    assert_int_equal(r->lease.parent_count, 2);
}

void check_store(struct kcl_store *s)
{
    expect(s, op_of(KCL_STORE_OPEN, "", "", 0), KDS_OK);
    check_creation(s);
    check_taking(s);
    check_keeping(s);
    check_pending(s);
    check_hand_over(s);
    check_assignment(s);
    check_description(s);
    check_deletion(s);
    check_latest(s);
}

void check_store_pages(struct kcl_store *s)
{
    enum { COUNT = KCL_STORE_PAGE * 2 + 3 };
    struct kcl_lease *made = kds_alloc_zero(COUNT, sizeof *made), *all;
    struct kcl_store_op *op = op_of(KCL_STORE_CREATE, "", "", 0);
    size_t count, pages;
    assert_non_null(made);
    for (size_t i = 0; i < COUNT; i++) {
        made[i] = *lease_of("");
        snprintf(made[i].shard_id, sizeof made[i].shard_id, "page-%06zu", i);
    }
    op->leases = made;
    op->lease_count = COUNT;
    expect(s, op, KDS_OK);
    all = list_leases(s, &count, &pages);
    assert_int_equal(count, COUNT);
    assert_true(pages >= 3);
    for (size_t i = 0; i < count; i++) {
        unsigned number;
        assert_int_equal(sscanf(all[i].shard_id, "page-%u", &number), 1);
        assert_true(number < COUNT && made[number].counter == 0);
        made[number].counter = 1; /* seen */
    }
    kds_free(all);
    kds_free(made);
}

/* ---- rows of a fleet ------------------------------------------------------------------------ */

static struct kcl_store_op *row_op(enum kcl_store_kind kind,
                                   const struct kcl_fleet_row *row)
{
    struct kcl_store_op *op = op_of(kind, "", "", 0);
    op->row = row;
    return op;
}

static void check_leader(struct kcl_store *s)
{
    struct kcl_fleet_row row = {
        .kind = KCL_FLEET_LEADER, .expects = KCL_EXPECTS_NOTHING, .duration_ms = 120000};
    snprintf(row.owner, sizeof row.owner, "me");
    snprintf(row.version, sizeof row.version, "v-1");
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK);
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_ERR_LEASE_LOST);
    row.expects = KCL_EXPECTS_SAME;
    snprintf(row.expected, sizeof row.expected, "v-0");
    snprintf(row.version, sizeof row.version, "v-2");
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_ERR_LEASE_LOST);
    snprintf(row.expected, sizeof row.expected, "v-1");
    row.released = true;
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK);
}

static void check_workers(struct kcl_store *s)
{
    struct kcl_fleet_row row = {
        .kind = KCL_FLEET_WORKER, .updated_s = 1000, .support = 1};
    snprintf(row.owner, sizeof row.owner, "idle");
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK);
    snprintf(row.owner, sizeof row.owner, "busy");
    row.metric_count = 1;
    row.metrics[0] = (struct kcl_metric){
        .code = "C", .samples = {10, 62.5, -1}, .count = 3, .limit = 80};
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK);
    row.updated_s = 1030;
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK); /* anew */
    row.expects = KCL_EXPECTS_SAME;
    row.expected_s = 1000;
    expect(s, row_op(KCL_STORE_ROW_DELETE, &row), KDS_ERR_LEASE_LOST);
}

void check_store_fleet(struct kcl_store *s)
{
    size_t count, pages, idle = 0, busy = 0, leader = 0, mode = 0;
    struct kcl_fleet_row row = {.kind = KCL_FLEET_MODE, .expects = KCL_EXPECTS_NOTHING};
    snprintf(row.mode, sizeof row.mode, "CLIENT_VERSION_3X");
    check_leader(s);
    check_workers(s);
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_OK);
    expect(s, row_op(KCL_STORE_ROW_PUT, &row), KDS_ERR_LEASE_LOST);
    const struct kcl_store_result *r = store_do(s, op_of(KCL_STORE_FLEET, "", "", 0));
    assert_int_equal(r->err, KDS_OK);
    for (size_t i = 0; i < r->row_count; i++) {
        const struct kcl_fleet_row *at = &r->rows[i];
        if (at->kind == KCL_FLEET_LEADER) {
            leader += at->released && strcmp(at->version, "v-2") == 0 &&
                      strcmp(at->owner, "me") == 0 && at->duration_ms == 120000;
        } else if (at->kind == KCL_FLEET_MODE) {
            mode += strcmp(at->mode, "CLIENT_VERSION_3X") == 0;
        } else if (at->kind == KCL_FLEET_WORKER && strcmp(at->owner, "idle") == 0) {
            idle += !at->invalid && at->metric_count == 0 && at->updated_s == 1000;
        } else if (at->kind == KCL_FLEET_WORKER) {
            const struct kcl_metric *m = &at->metrics[0];
            busy += at->updated_s == 1030 && at->metric_count == 1 && !at->invalid &&
                    strcmp(m->code, "C") == 0 && m->count == 3 && m->samples[1] > 62.4 &&
                    m->samples[1] < 62.6 && m->samples[2] < 0 && m->limit > 79 &&
                    m->limit < 81 && at->support == 1;
        }
    }
    kds_free(r->rows);
    assert_int_equal(leader, 1);
    assert_int_equal(mode, 1);
    assert_int_equal(idle, 1);
    assert_int_equal(busy, 1);
    row = (struct kcl_fleet_row){.kind = KCL_FLEET_WORKER};
    snprintf(row.owner, sizeof row.owner, "idle");
    r = store_do(s, row_op(KCL_STORE_FLEET, &row)); /* one of them alone */
    assert_int_equal(r->row_count, 1);
    assert_string_equal(r->rows[0].owner, "idle");
    kds_free(r->rows);
    snprintf(row.owner, sizeof row.owner, "nobody");
    r = store_do(s, row_op(KCL_STORE_FLEET, &row));
    assert_int_equal(r->err, KDS_OK);
    assert_int_equal(r->row_count, 0);
    kds_free(r->rows);
    kds_free(list_leases(s, &count, &pages)); /* and none of them is taken for a lease */
    assert_int_equal(count, 0);
}
