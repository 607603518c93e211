/*
 * test_producer: the threads of a producer against a real kds-local: waiting, callbacks, forks, ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kpl/kpl.h"
#include "producer_internal.h"
#include "support/forked_free.h"

#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_MS 30000

struct fixture {
    pid_t server;
    char endpoint[256];
    kpl_conf_t *conf;
    kpl_producer_t *producer;
    atomic_size_t stored, failed;
    atomic_int code; /* of the last failure */
    sem_t event;
    kds_err_t inside[4]; /* what calls inside the callback returned */
};

static void begin(struct fixture *f)
{
    int out[2];
    char line[1024] = "";
    memset(f, 0, sizeof *f);
    sem_init(&f->event, 0, 0);
    assert_int_equal(pipe(out), 0);
    f->server = fork();
    if (f->server == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", "s:2", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    assert_non_null(fgets(line, sizeof line, said));
    assert_int_equal(sscanf(line, "listening on %255s", f->endpoint), 1);
    fclose(said);
    f->conf = kpl_conf_new();
    kpl_conf_set(f->conf, "stream", "s", NULL);
    kpl_conf_set(f->conf, "region", "us-east-1", NULL);
    kpl_conf_set(f->conf, "endpoint.url", f->endpoint, NULL);
    kpl_conf_set(f->conf, "access.key.id", "a", NULL);
    kpl_conf_set(f->conf, "secret.access.key", "b", NULL);
    kpl_conf_set(f->conf, "linger.ms", "1", NULL);
}

static void start(struct fixture *f, kpl_results_fn *results)
{
    kds_error_t *error = NULL;
    if (kpl_producer_new(f->conf, results, f, &f->producer, &error) != KDS_OK) {
        fail_msg("%s", kds_error_message(error));
    }
}

static void end(struct fixture *f)
{
    kpl_producer_free(f->producer);
    kpl_conf_free(f->conf);
    kill(f->server, SIGCONT);
    kill(f->server, SIGTERM);
    waitpid(f->server, NULL, 0);
    sem_destroy(&f->event);
}

static void count(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    for (size_t i = 0; i < n; i++) {
        atomic_fetch_add(results[i].code == KDS_OK ? &f->stored : &f->failed, 1);
        if (results[i].code != KDS_OK) {
            atomic_store(&f->code, results[i].code);
        }
    }
}

static kpl_record_t record(const char *data)
{
    kpl_record_t r = {.struct_size = sizeof r,
                      .partition_key = kds_slice("k"),
                      .data = kds_slice(data)};
    return r;
}

static kds_err_t put(struct fixture *f, int64_t timeout_ms)
{
    kpl_record_t r = record("data");
    return kpl_put(f->producer, &r, timeout_ms, NULL);
}

static void fault_U08_a_producer_can_be_closed_twice_and_takes_nothing_more(void **state)
{
    struct fixture f;
    size_t left = 9;
    (void)state;
    begin(&f);
    start(&f, count);
    assert_int_equal(put(&f, 0), KDS_OK);
    assert_int_equal(kpl_close(f.producer, LONG_MS, &left), KDS_OK);
    assert_int_equal(left, 0);
    assert_int_equal(put(&f, 0), KDS_ERR_CLOSED);
    assert_int_equal(kpl_close(f.producer, LONG_MS, &left), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 1);
    kpl_producer_free(NULL);
    end(&f);
}

/* ---- callbacks ---------------------------------------------------------------------------- */

static void call_everything(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    if (atomic_load(&f->stored) == 0) {
        f->inside[0] = put(f, -1);
        f->inside[1] = put(f, 0);
        f->inside[2] = kpl_flush(f->producer, -1, NULL);
        f->inside[3] = kpl_flush(f->producer, 0, NULL);
        kpl_producer_free(f->producer); /* only logs */
    }
    count(results, n, opaque);
}

static void fault_U02_calls_inside_a_callback_end_at_once(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    start(&f, call_everything);
    assert_int_equal(put(&f, 0), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(f.inside[0], KDS_ERR_WOULD_DEADLOCK);
    assert_int_equal(f.inside[1], KDS_OK);
    assert_int_equal(f.inside[2], KDS_ERR_WOULD_DEADLOCK);
    assert_int_equal(f.inside[3], KDS_ERR_TIMED_OUT);
    assert_int_equal(atomic_load(&f.stored), 2);
    end(&f);
}

static void block(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    while (sem_wait(&f->event) != 0) {
    }
    sem_post(&f->event); /* the next one passes */
    count(results, n, opaque);
}

static void fault_U01_a_callback_that_blocks_holds_up_neither_puts_nor_close(void **state)
{
    struct fixture f;
    size_t left = 0;
    (void)state;
    begin(&f);
    start(&f, block);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(put(&f, 0), KDS_OK);
    }
    assert_int_equal(kpl_close(f.producer, 200, &left), KDS_ERR_TIMED_OUT);
    assert_in_range(left, 1, 10);
    sem_post(&f.event);
    assert_int_equal(kpl_close(f.producer, LONG_MS, &left), KDS_OK);
    assert_int_equal(left, 0);
    assert_int_equal(atomic_load(&f.stored), 10);
    end(&f);
}

static sem_t stuck, warned;

static void hang(const kpl_result_t *results, size_t n, void *opaque)
{
    count(results, n, opaque);
    sem_wait(&stuck);
}

static void
note_warning(kds_log_level_t level, const char *tag, const char *line, void *opaque)
{
    (void)tag;
    (void)opaque;
    if (level == KDS_LOG_WARNING &&
        strstr(line, "kpl_producer_free() has waited for 1 ms: the result callback has "
                     "not returned") != NULL) {
        sem_post(&warned);
    }
}

static void *free_producer(void *producer)
{
    kpl_producer_free(producer);
    return NULL;
}

static void fault_U01_free_names_the_callback_that_it_waits_for(void **state)
{
    struct fixture f;
    pthread_t thread;
    (void)state;
    begin(&f);
    sem_init(&stuck, 0, 0);
    sem_init(&warned, 0, 0);
    kpl_conf_set_log(f.conf, note_warning, NULL, KDS_LOG_WARNING);
    start(&f, hang);
    f.producer->patience_us = KDS_US_PER_MS;
    assert_int_equal(put(&f, 0), KDS_OK);
    assert_int_equal(pthread_create(&thread, NULL, free_producer, f.producer), 0);
    sem_wait(&warned);
    sem_post(&stuck);
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&f.stored) + atomic_load(&f.failed), 1);
    f.producer = NULL;
    sem_destroy(&stuck);
    sem_destroy(&warned);
    end(&f);
}

static void producer_is_polled_when_its_descriptor_says_so(void **state)
{
    struct fixture f;
    size_t seen = 0;
    (void)state;
    begin(&f);
    kpl_conf_set(f.conf, "dispatch", "poll", NULL);
    start(&f, count);
    struct pollfd fd = {.fd = kpl_fd(f.producer), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 0), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(put(&f, 0), KDS_OK);
    }
    while (seen < 5) {
        assert_int_equal(poll(&fd, 1, LONG_MS), 1);
        seen += kpl_poll(f.producer, 0);
    }
    assert_int_equal(poll(&fd, 1, 0), 0);
    assert_int_equal(atomic_load(&f.stored), 5);
    assert_int_equal(kpl_flush(f.producer, 0, NULL), KDS_OK);
    end(&f);
}

/* ---- room --------------------------------------------------------------------------------- */

static void note_low_water(size_t bytes, void *opaque)
{
    struct fixture *f = opaque;
    assert_true(bytes <= 65536 / 2);
    sem_post(&f->event);
}

static void producer_tells_a_refused_caller_when_there_is_room(void **state)
{
    struct fixture f;
    char data[4001];
    (void)state;
    begin(&f);
    kpl_conf_set(f.conf, "buffer.max.bytes", "64KiB", NULL);
    kpl_conf_set_low_water(f.conf, note_low_water, &f);
    start(&f, count);
    memset(data, 'x', sizeof data - 1);
    data[sizeof data - 1] = 0;
    kill(f.server, SIGSTOP); /* nothing is stored meanwhile */
    kpl_record_t r = record(data);
    kds_err_t rc = KDS_OK;
    for (int i = 0; i < 100 && rc == KDS_OK; i++) {
        rc = kpl_put(f.producer, &r, 0, NULL);
    }
    assert_int_equal(rc, KDS_ERR_QUEUE_FULL);
    assert_int_equal(kpl_put(f.producer, &r, 50, NULL), KDS_ERR_QUEUE_FULL);
    kill(f.server, SIGCONT);
    while (sem_wait(&f.event) != 0) {
    }
    assert_int_equal(kpl_put(f.producer, &r, 0, NULL), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.failed), 0);
    end(&f);
}

/* ---- ends --------------------------------------------------------------------------------- */

static void producer_that_is_freed_early_reports_what_is_left(void **state)
{
    struct fixture f;
    size_t left = 0;
    (void)state;
    begin(&f);
    start(&f, count);
    kill(f.server, SIGSTOP);
    assert_int_equal(put(&f, 0), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, 100, &left), KDS_ERR_TIMED_OUT);
    assert_int_equal(left, 1);
    kpl_producer_free(f.producer);
    f.producer = NULL;
    assert_int_equal(atomic_load(&f.failed), 1);
    assert_int_equal(atomic_load(&f.code), KDS_ERR_CLOSED);
    end(&f);
}

static int child_of(struct fixture *f)
{
    kpl_stats_t stats = {.struct_size = sizeof stats};
    bool good = put(f, 0) == KDS_ERR_FORKED &&
                kpl_flush(f->producer, -1, NULL) == KDS_ERR_FORKED &&
                kpl_close(f->producer, -1, NULL) == KDS_ERR_FORKED &&
                kpl_poll(f->producer, -1) == 0;
    kpl_producer_stats(f->producer, &stats);
    kpl_producer_free(f->producer);
    return good && atomic_load(&f->failed) == 0 ? 0 : 1;
}

static void fault_P08_a_forked_child_can_only_free(void **state)
{
    struct fixture f;
    int status = -1;
    (void)state;
    begin(&f);
    start(&f, count);
    assert_int_equal(put(&f, 0), KDS_OK);
    pid_t child = fork();
    if (child == 0) {
        _exit(child_of(&f));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(put(&f, 0), KDS_OK); /* the parent goes on */
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 2);
    end(&f);
}

static void *put_on(void *fixture)
{
    struct fixture *f = fixture;
    while (atomic_load(&f->code) == 0) {
        put(f, 100);
    }
    return NULL;
}

static void free_in_child(void *producer)
{
    kpl_producer_free(producer);
}

/* Whatever the parent's threads were in the middle of. */
static void fault_P08_a_forked_child_leaves_a_busy_producer_alone(void **state)
{
    struct fixture f;
    pthread_t threads[2];
    (void)state;
    begin(&f);
    kpl_conf_set(f.conf, "rate.limit.percent", "1000000", NULL);
    start(&f, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, put_on, &f), 0);
    }
    for (int i = 0; i < 50; i++) {
        assert_true(forked_free_touches_nothing(free_in_child, f.producer));
    }
    atomic_store(&f.code, 1);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_U08_a_producer_can_be_closed_twice_and_takes_nothing_more),
        cmocka_unit_test(fault_U02_calls_inside_a_callback_end_at_once),
        cmocka_unit_test(
            fault_U01_a_callback_that_blocks_holds_up_neither_puts_nor_close),
        cmocka_unit_test(fault_U01_free_names_the_callback_that_it_waits_for),
        cmocka_unit_test(producer_is_polled_when_its_descriptor_says_so),
        cmocka_unit_test(producer_tells_a_refused_caller_when_there_is_room),
        cmocka_unit_test(producer_that_is_freed_early_reports_what_is_left),
        cmocka_unit_test(fault_P08_a_forked_child_can_only_free),
        cmocka_unit_test(fault_P08_a_forked_child_leaves_a_busy_producer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
