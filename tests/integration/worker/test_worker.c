/*
 * test_worker: what only a whole worker can show: pulling from a descriptor, calls inside callbacks, stopping, forking,
 * a callback that does not return.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kcl/kcl.h"
#include "kds/kinesis.h"
#include "support/forked_free.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static pid_t server;
static char endpoint[256], folder[] = "/tmp/test-worker-XXXXXX";
static unsigned serial;

static int start_server(void **state)
{
    static const char ready[] = "listening on ";
    char line[256];
    int out[2];
    (void)state;
    if (mkdtemp(folder) == NULL || pipe(out) != 0 || (server = fork()) < 0) {
        return -1;
    }
    if (server == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", "s:1", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        return -1;
    }
    line[strcspn(line, "\r\n")] = 0;
    snprintf(endpoint, sizeof endpoint, "%s", line + sizeof ready - 1);
    setenv("AWS_ACCESS_KEY_ID", "k", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    return 0;
}

static int stop_server(void **state)
{
    char command[64];
    (void)state;
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void put(const char *data)
{
    const kds_client_options_t options = {.struct_size = sizeof options,
                                          .endpoint = endpoint};
    kds_client_t *client;
    kds_put_record_in_t in = {.struct_size = sizeof in};
    const kds_put_record_out_t *out;
    assert_int_equal(kds_client_new(&options, &client, NULL), KDS_OK);
    in.stream_name = kds_slice("s");
    in.partition_key = kds_slice("k");
    in.data = kds_slice(data);
    assert_int_equal(kds_put_record(client, &in, NULL, &out, NULL), KDS_OK);
    kds_output_free(out);
    kds_client_free(client);
}

/* A new application, which begins with the oldest record. */
static kcl_worker_t *
start_logging(const kcl_processor_t *processor, void *opaque, kds_log_fn *log)
{
    kcl_worker_t *worker = NULL;
    kcl_conf_t *conf = kcl_conf_new();
    char text[128];
    kcl_conf_set(conf, "stream", "s", NULL);
    kcl_conf_set(conf, "endpoint.url", endpoint, NULL);
    snprintf(text, sizeof text, "a%u", ++serial);
    kcl_conf_set(conf, "application", text, NULL);
    snprintf(text, sizeof text, "sqlite:%s/%u", folder, serial);
    kcl_conf_set(conf, "store", text, NULL);
    kcl_conf_set(conf, "processor.stuck.ms", "100", NULL);
    kcl_conf_set_log(conf, log, opaque, KDS_LOG_DEBUG);
    assert_int_equal(kcl_worker_new(conf, processor, opaque, &worker, NULL), KDS_OK);
    assert_int_equal(kcl_worker_start(worker, NULL), KDS_OK);
    kcl_conf_free(conf);
    return worker;
}

static kcl_worker_t *start(const kcl_processor_t *processor, void *opaque)
{
    return start_logging(processor, opaque, NULL);
}

/* ---- pulling ------------------------------------------------------------------------------ */

static const kcl_task_t *next(kcl_worker_t *worker, kcl_task_kind_t kind)
{
    struct pollfd ready = {.fd = kcl_worker_fd(worker), .events = POLLIN};
    const kcl_task_t *task = NULL;
    kds_err_t rc;
    do { /* what waited may have been withdrawn: then it was readable in vain */
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        rc = kcl_worker_next(worker, 0, &task, NULL);
    } while (rc == KDS_ERR_TIMED_OUT);
    assert_int_equal(rc, KDS_OK);
    assert_int_equal(task->kind, kind);
    return task;
}

static bool readable(kcl_worker_t *worker)
{
    struct pollfd ready = {.fd = kcl_worker_fd(worker), .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

static void pulling_goes_from_the_first_task_to_the_end(void **state)
{
    const kcl_task_t *task;
    uint64_t buffer[64];
    int mine;
    (void)state;
    put("one");
    kcl_worker_t *worker = start(NULL, NULL);
    task = next(worker, KCL_TASK_INITIALIZE);
    kcl_worker_attach(worker, task, &mine);
    assert_false(readable(worker)); /* of one shard there is one task at a time */
    assert_int_equal(kcl_worker_next(worker, 0, &task, NULL), KDS_ERR_TIMED_OUT);
    assert_int_equal(kcl_worker_finish(worker, task, KCL_DONE), KDS_OK);
    task = next(worker, KCL_TASK_PROCESS);
    assert_ptr_equal(task->state, &mine);
    assert_int_equal(task->batch.count, 1);
    assert_true(kcl_batch_packed_size(&task->batch) <= sizeof buffer);
    assert_int_equal(kcl_batch_pack(&task->batch, buffer, sizeof buffer), KDS_OK);
    const kcl_packed_record_t *packed = (const kcl_packed_record_t *)buffer;
    assert_memory_equal((const char *)buffer + packed->data_at, "one", packed->data_len);
    assert_int_equal(kcl_worker_checkpoint(worker, NULL, task->shard_id,
                                           task->batch.records[0].sequence_number, 1),
                     KDS_ERR_CHECKPOINT_RANGE);
    assert_int_equal(kcl_worker_checkpoint(worker, NULL, task->shard_id,
                                           task->batch.records[0].sequence_number, 0),
                     KDS_OK);
    assert_int_equal(kcl_worker_finish(worker, task, KCL_DONE), KDS_OK);
    assert_int_equal(kcl_worker_stop(worker, 0, NULL),
                     KDS_ERR_TIMED_OUT); /* it begins to */
    task = next(worker, KCL_TASK_SHUTDOWN_REQUESTED);
    kcl_worker_finish(worker, task, KCL_DONE);
    task = next(worker, KCL_TASK_LEASE_LOST);
    kcl_worker_finish(worker, task, KCL_DONE);
    assert_int_equal(kcl_worker_next(worker, -1, &task, NULL), KDS_ERR_CLOSED);
    assert_true(readable(worker));
    kcl_worker_free(worker);
}

static void a_stop_that_waits_needs_nobody_to_pull(void **state)
{
    const kcl_task_t *task;
    (void)state;
    kcl_worker_t *worker = start(NULL, NULL);
    task = next(worker, KCL_TASK_INITIALIZE);
    assert_int_equal(kcl_worker_stop(worker, 50, NULL),
                     KDS_ERR_TIMED_OUT); /* it is open */
    kcl_worker_finish(worker, task, KCL_DONE);
    assert_int_equal(kcl_worker_stop(worker, PATIENCE_MS, NULL), KDS_OK);
    assert_int_equal(kcl_worker_stop(worker, PATIENCE_MS, NULL), KDS_OK); /* again */
    kcl_worker_free(worker);
}

/* ---- callbacks ---------------------------------------------------------------------------- */

struct calls {
    kcl_worker_t *worker;
    atomic_int known; /* `worker` is */
    atomic_int processed, stuck, release, wrong;
};

static void wait_for(atomic_int *what)
{
    for (int ms = 0; atomic_load(what) == 0 && ms < PATIENCE_MS; ms++) {
        poll(NULL, 0, 1);
    }
    assert_int_not_equal(atomic_load(what), 0);
}

static int
on_batch(const kcl_batch_t *batch, kcl_checkpointer_t *checkpointer, void *opaque)
{
    struct calls *c = opaque;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    kcl_shard_status_t status;
    while (atomic_load(&c->known) == 0) {
        poll(NULL, 0, 1);
    }
    c->wrong += kcl_checkpoint(checkpointer, &batch->records[0]) != KDS_OK;
    kcl_worker_stats(c->worker, &stats);
    c->wrong += stats.leases_held != 1;
    c->wrong += kcl_worker_shards(c->worker, sizeof status, &status, 1) != 1 ||
                status.doing != KCL_DOING_PROCESSING;
    c->wrong += kcl_worker_stop(c->worker, 1000, NULL) != KDS_ERR_WOULD_DEADLOCK;
    kcl_worker_free(c->worker); /* does nothing here */
    atomic_fetch_add(&c->processed, 1);
    while (atomic_load(&c->release) == 0) {
        poll(NULL, 0, 1);
    }
    return KCL_DONE;
}

static void on_event(const kcl_event_t *event, void *opaque)
{
    struct calls *c = opaque;
    atomic_fetch_add(&c->stuck, event->kind == KCL_EVENT_STUCK);
}

static void fault_U02_everything_may_be_called_inside_a_callback(void **state)
{
    const kcl_processor_t processor = {
        .struct_size = sizeof processor, .process = on_batch, .event = on_event};
    struct calls c = {.release = 1};
    (void)state;
    put("one");
    c.worker = start(&processor, &c);
    atomic_store(&c.known, 1);
    wait_for(&c.processed);
    assert_int_equal(c.wrong, 0);
    assert_int_equal(kcl_worker_stop(c.worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(c.worker);
}

static void fault_U01_a_stop_does_not_wait_for_ever_for_a_callback(void **state)
{
    const kcl_processor_t processor = {
        .struct_size = sizeof processor, .process = on_batch, .event = on_event};
    struct calls c = {.release = 0};
    kds_error_t *error = NULL;
    (void)state;
    put("one");
    c.worker = start(&processor, &c);
    atomic_store(&c.known, 1);
    wait_for(&c.stuck);
    assert_int_equal(kcl_worker_stop(c.worker, 50, &error), KDS_ERR_TIMED_OUT);
    assert_non_null(strstr(kds_error_message(error), "50 ms"));
    assert_non_null(strstr(kds_error_message(error),
                           "shardId-000000000000: PROCESS has been with the processor "
                           "for "));
    kds_error_free(error);
    atomic_store(&c.release, 1);
    assert_int_equal(kcl_worker_stop(c.worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(c.worker);
}

/* The callback returns once the log has said that it is waited for. */
static void
on_wait(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct calls *c = opaque;
    (void)tag;
    if (level == KDS_LOG_WARNING && strstr(message, "kcl_worker_free() waits") != NULL &&
        strstr(message, "shardId-000000000000: PROCESS") != NULL) {
        atomic_store(&c->release, 1);
    }
}

static void fault_U01_a_free_that_waits_for_a_callback_says_so(void **state)
{
    const kcl_processor_t processor = {
        .struct_size = sizeof processor, .process = on_batch, .event = on_event};
    struct calls c = {.release = 0};
    (void)state;
    put("one");
    c.worker = start_logging(&processor, &c, on_wait);
    atomic_store(&c.known, 1);
    wait_for(&c.processed);
    kcl_worker_free(c.worker);
    assert_int_equal(c.release, 1);
}

/* A log callback must not call the library; one that does waits for nothing. */
static void
on_line(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct calls *c = opaque;
    kcl_stats_t stats = {.struct_size = sizeof stats};
    (void)level;
    (void)tag;
    if (atomic_load(&c->known) == 0 || strstr(message, "does nothing") != NULL) {
        return;
    }
    kcl_worker_stats(c->worker, &stats);
    c->wrong += kcl_worker_stop(c->worker, 1000, NULL) != KDS_ERR_WOULD_DEADLOCK;
    kcl_worker_free(c->worker);
    atomic_fetch_add(&c->stuck, 1);
}

static void fault_U12_a_log_callback_that_calls_back_waits_for_nothing(void **state)
{
    const kcl_processor_t processor = {.struct_size = sizeof processor,
                                       .process = on_batch};
    struct calls c = {.release = 0};
    (void)state;
    put("one");
    c.worker = start_logging(&processor, &c, on_line);
    atomic_store(&c.known, 1);
    wait_for(&c.stuck); /* the stuck task, if nothing else, is logged */
    atomic_store(&c.release, 1);
    assert_int_equal(c.wrong, 0);
    assert_int_equal(kcl_worker_stop(c.worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(c.worker);
}

/* A line at which the log callback stands still for as long as it likes. */
static void
on_blocked(kds_log_level_t level, const char *tag, const char *message, void *opaque)
{
    struct calls *c = opaque;
    (void)tag;
    if (level == KDS_LOG_WARNING && strstr(message, "processor.stuck.ms") != NULL) {
        atomic_store(&c->stuck, 1);
        while (atomic_load(&c->release) == 0) {
            poll(NULL, 0, 1);
        }
    }
}

static void fault_U12_a_log_callback_that_blocks_holds_no_lock(void **state)
{
    const kcl_processor_t processor = {.struct_size = sizeof processor,
                                       .process = on_batch};
    struct calls c = {.release = 0};
    kcl_shard_status_t status;
    (void)state;
    put("one");
    c.worker = start_logging(&processor, &c, on_blocked);
    atomic_store(&c.known, 1);
    wait_for(&c.stuck);
    assert_int_equal(kcl_worker_shards(c.worker, sizeof status, &status, 1), 1);
    assert_int_equal(kcl_worker_stop(c.worker, 0, NULL), KDS_ERR_TIMED_OUT);
    atomic_store(&c.release, 1);
    assert_int_equal(kcl_worker_stop(c.worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(c.worker);
}

static void free_worker(void *worker)
{
    kcl_worker_free(worker);
}

static void fault_P08_a_forked_child_may_only_free(void **state)
{
    const kcl_task_t *task;
    int status;
    (void)state;
    put("one");
    kcl_worker_t *worker = start(NULL, NULL);
    task = next(worker, KCL_TASK_INITIALIZE);
    pid_t child = fork();
    if (child == 0) {
        bool refused = kcl_worker_next(worker, 0, &task, NULL) == KDS_ERR_FORKED &&
                       kcl_worker_finish(worker, task, KCL_DONE) == KDS_ERR_FORKED &&
                       kcl_worker_stop(worker, 0, NULL) == KDS_ERR_FORKED;
        kcl_worker_free(worker);
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(forked_free_touches_nothing(free_worker, worker));
    assert_int_equal(kcl_worker_finish(worker, task, KCL_DONE), KDS_OK);
    task = next(worker, KCL_TASK_PROCESS); /* the parent goes on */
    kcl_worker_finish(worker, task, KCL_DONE);
    assert_int_equal(kcl_worker_stop(worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(worker);
}

/* The child has the parent's database open, and lets it alone whatever it calls. */
static void fault_Q12_a_store_that_a_child_inherits_stays_whole(void **state)
{
    const kcl_task_t *task;
    (void)state;
    put("one");
    kcl_worker_t *worker = start(NULL, NULL);
    kcl_worker_finish(worker, next(worker, KCL_TASK_INITIALIZE), KCL_DONE);
    task = next(worker, KCL_TASK_PROCESS);
    size_t count = task->batch.count;
    for (int i = 0; i < 8; i++) { /* while leases are looked at and renewed */
        pid_t child = fork();
        int status;
        if (child == 0) {
            kcl_worker_stop(worker, 0, NULL);
            kcl_worker_resume(worker, NULL, "shardId-000000000000");
            kcl_worker_free(worker);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    assert_int_equal(kcl_worker_finish(worker, task, KCL_DONE), KDS_OK);
    assert_int_equal(kcl_worker_stop(worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(worker);
    put("two");
    serial--; /* the same application and store, which is checked when it is opened */
    worker = start(NULL, NULL);
    kcl_worker_finish(worker, next(worker, KCL_TASK_INITIALIZE), KCL_DONE);
    task = next(worker, KCL_TASK_PROCESS);
    assert_int_equal(task->batch.count, 1); /* behind the checkpoint */
    assert_true(count >= 1);
    assert_memory_equal(task->batch.records[0].data.p, "two", 3);
    kcl_worker_finish(worker, task, KCL_DONE);
    assert_int_equal(kcl_worker_stop(worker, PATIENCE_MS, NULL), KDS_OK);
    kcl_worker_free(worker);
}

static void fault_U10_settings_that_cannot_be_are_refused_by_name(void **state)
{
    static const char *const wrong[][2] = {
        {"failover.ms", "0"},        {"failover.ms", "-1"},
        {"processor.threads", "0"},  {"batch.max.records", "0"},
        {"prefetch.max.bytes", "1"}, {"checkpoint", "sometimes"},
        {"gap.records", "skip"},     {"processor.stuck.ms", "nan"},
        {"max.records", "10001"},    {"fan.outt", "true"},
    };
    kcl_conf_t *conf = kcl_conf_new();
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kds_error_t *error = NULL;
        assert_int_equal(kcl_conf_set(conf, wrong[i][0], wrong[i][1], &error),
                         KDS_ERR_CONFIG);
        assert_non_null(strstr(kds_error_message(error), wrong[i][0]));
        kds_error_free(error);
    }
    kcl_conf_free(conf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pulling_goes_from_the_first_task_to_the_end),
        cmocka_unit_test(a_stop_that_waits_needs_nobody_to_pull),
        cmocka_unit_test(fault_U02_everything_may_be_called_inside_a_callback),
        cmocka_unit_test(fault_U01_a_stop_does_not_wait_for_ever_for_a_callback),
        cmocka_unit_test(fault_U01_a_free_that_waits_for_a_callback_says_so),
        cmocka_unit_test(fault_U12_a_log_callback_that_calls_back_waits_for_nothing),
        cmocka_unit_test(fault_U12_a_log_callback_that_blocks_holds_no_lock),
        cmocka_unit_test(fault_P08_a_forked_child_may_only_free),
        cmocka_unit_test(fault_Q12_a_store_that_a_child_inherits_stays_whole),
        cmocka_unit_test(fault_U10_settings_that_cannot_be_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
