/*
 * test_surroundings: what a process does to the libraries in it: it lacks descriptors, threads or random numbers, has no
 * standard streams, is stormed with signals, ends in the middle; and what a server does that comes back empty.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kcl/kcl.h"
#include "kpl/kpl.h"
#include "local_server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define RECORDS     20

/* ---- what the system can be made to refuse -------------------------------------------------- */

static atomic_int threads_left = INT32_MAX; /* that can be made */
static atomic_int random_fails;             /* 0 = no, EINTR = once, else always */

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
ssize_t __real_getrandom(void *, size_t, unsigned);
ssize_t __wrap_getrandom(void *, size_t, unsigned);

int __wrap_pthread_create(pthread_t *thread,
                          const pthread_attr_t *attr,
                          void *(*main_of)(void *),
                          void *opaque)
{
    if (atomic_fetch_sub(&threads_left, 1) <= 0) {
        return EAGAIN;
    }
    return __real_pthread_create(thread, attr, main_of, opaque);
}

ssize_t __wrap_getrandom(void *out, size_t n, unsigned flags)
{
    int how = atomic_load(&random_fails);
    if (how == 0) {
        return __real_getrandom(out, n, flags);
    }
    if (how == EINTR) {
        atomic_store(&random_fails, 0);
    }
    errno = how;
    return -1;
}

/* ---- a producer and a worker ----------------------------------------------------------------- */

struct fixture {
    struct local_server server;
    char store[128];
    kpl_producer_t *producer;
    kcl_worker_t *worker;
    atomic_int stored, failed, delivered;
    sem_t arrived; /* one for each record that is delivered */
    sem_t told;    /* one for each event of the worker */
    bool exits;    /* the callbacks end the process */
};

static char folder[] = "/tmp/test-surroundings-XXXXXX";
static unsigned serial;

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    sem_init(&f->arrived, 0, 0);
    sem_init(&f->told, 0, 0);
    snprintf(f->store, sizeof f->store, "sqlite:%s/%u.db", folder, serial++);
    assert_true(local_server_start(&f->server, KDS_LOCAL, "s:1"));
}

static void end(struct fixture *f)
{
    kpl_producer_free(f->producer);
    kcl_worker_free(f->worker);
    local_server_stop(&f->server);
    sem_destroy(&f->arrived);
    sem_destroy(&f->told);
}

static void count_results(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    for (size_t i = 0; i < n; i++) {
        atomic_fetch_add(results[i].code == KDS_OK ? &f->stored : &f->failed, 1);
    }
    if (f->exits) {
        exit(0);
    }
}

static kds_err_t make_producer(struct fixture *f)
{
    kpl_conf_t *conf = kpl_conf_new();
    kpl_conf_set(conf, "stream", "s", NULL);
    kpl_conf_set(conf, "endpoint.url", f->server.endpoint, NULL);
    kpl_conf_set(conf, "linger.ms", "1", NULL);
    kds_err_t rc = kpl_producer_new(conf, count_results, f, &f->producer, NULL);
    kpl_conf_free(conf);
    return rc;
}

static kds_err_t put(struct fixture *f, int count)
{
    kpl_record_t r = {.struct_size = sizeof r,
                      .partition_key = kds_slice("k"),
                      .data = kds_slice("data")};
    kds_err_t rc = KDS_OK;
    for (int i = 0; i < count && rc == KDS_OK; i++) {
        rc = kpl_put(f->producer, &r, PATIENCE_MS, NULL);
    }
    return rc;
}

static int
process(const kcl_batch_t *batch, kcl_checkpointer_t *checkpointer, void *opaque)
{
    struct fixture *f = opaque;
    (void)checkpointer;
    for (size_t i = 0; i < batch->count; i++) {
        atomic_fetch_add(&f->delivered, 1);
        sem_post(&f->arrived);
    }
    if (f->exits) {
        exit(0);
    }
    return KCL_DONE;
}

static void note(const kcl_event_t *event, void *opaque)
{
    struct fixture *f = opaque;
    (void)event;
    sem_post(&f->told);
}

/* Made and started. */
static kds_err_t make_worker(struct fixture *f)
{
    const kcl_processor_t processor = {
        .struct_size = sizeof processor, .process = process, .event = note};
    kcl_conf_t *conf = kcl_conf_new();
    kcl_conf_set(conf, "application", "a", NULL);
    kcl_conf_set(conf, "stream", "s", NULL);
    kcl_conf_set(conf, "store", f->store, NULL);
    kcl_conf_set(conf, "endpoint.url", f->server.endpoint, NULL);
    kcl_conf_set(conf, "idle.ms", "200", NULL);
    kds_err_t rc = kcl_worker_new(conf, &processor, f, &f->worker, NULL);
    kcl_conf_free(conf);
    return rc ? rc : kcl_worker_start(f->worker, NULL);
}

/* However often a signal comes in between. */
static void wait_for(sem_t *sem)
{
    while (sem_wait(sem) != 0) {
        assert_int_equal(errno, EINTR);
    }
}

static void await_deliveries(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        wait_for(&f->arrived);
    }
}

static size_t entries_of(const char *path)
{
    DIR *d = opendir(path);
    size_t n = 0;
    assert_non_null(d);
    while (readdir(d) != NULL) {
        n++;
    }
    closedir(d);
    return n;
}

/* A thread that was joined may still stand there for a moment. */
static void expect_threads(size_t expected)
{
    for (int i = 0; i < 100000 && entries_of("/proc/self/task") != expected; i++) {
        sched_yield();
    }
    assert_int_equal(entries_of("/proc/self/task"), expected);
}

/* ---- what is lacking ------------------------------------------------------------------------ */

/* Makes one without the nth thread, for every n. */
static void make_without_threads(struct fixture *f, kds_err_t (*make)(struct fixture *))
{
    kds_err_t rc = KDS_ERR_SYSTEM;
    size_t threads = entries_of("/proc/self/task"), files = entries_of("/proc/self/fd");
    for (int n = 0; rc == KDS_ERR_SYSTEM; n++) {
        assert_in_range(n, 0, 20);
        atomic_store(&threads_left, n);
        rc = make(f);
        atomic_store(&threads_left, INT32_MAX);
        if (rc != KDS_OK) {
            assert_int_equal(rc, KDS_ERR_SYSTEM);
            kcl_worker_free(f->worker); /* what did not start is freed all the same */
            f->worker = NULL;
            assert_null(f->producer);
            expect_threads(threads);
            assert_int_equal(entries_of("/proc/self/fd"), files);
        }
    }
    assert_int_equal(rc, KDS_OK);
}

static void fault_R03_without_a_thread_nothing_is_made_and_nothing_is_left(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    assert_int_equal(make_producer(&f),
                     KDS_OK); /* whatever is opened once for all is open */
    kpl_producer_free(f.producer);
    f.producer = NULL;
    make_without_threads(&f, make_producer);
    assert_int_equal(put(&f, 1), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, PATIENCE_MS, NULL), KDS_OK);
    kpl_producer_free(f.producer);
    f.producer = NULL;
    make_without_threads(&f, make_worker);
    await_deliveries(&f, 1);
    end(&f);
}

static void fault_R05_without_random_numbers_nothing_is_made(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    atomic_store(&random_fails, ENOSYS);
    assert_int_equal(make_producer(&f), KDS_ERR_SYSTEM);
    assert_int_equal(make_worker(&f), KDS_ERR_SYSTEM);
    atomic_store(&random_fails, EINTR); /* is asked again */
    assert_int_equal(make_producer(&f), KDS_OK);
    atomic_store(&random_fails, EINTR);
    assert_int_equal(make_worker(&f), KDS_OK);
    end(&f);
}

/* As many descriptors as are open now, and no more. */
static struct rlimit forbid_descriptors(void)
{
    struct rlimit before, none;
    int next = dup(0);
    assert_true(next > 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return before;
}

static void
fault_R02_without_descriptors_it_waits_and_goes_on_when_there_are_some(void **state)
{
    struct fixture f;
    kpl_stats_t stats = {.struct_size = sizeof stats};
    (void)state;
    begin(&f);
    assert_int_equal(make_producer(&f), KDS_OK);
    struct rlimit before = forbid_descriptors();
    assert_int_equal(put(&f, RECORDS), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, 2000, NULL), KDS_ERR_TIMED_OUT);
    kpl_producer_stats(f.producer, &stats);
    assert_in_range(stats.requests, 1, 200); /* it does not try all the time */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(kpl_flush(f.producer, PATIENCE_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), RECORDS);
    end(&f);
}

/* ---- processes of their own ----------------------------------------------------------------- */

/* @return what a child said with its exit status; asserts that it was not killed */
static int status_of(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        fail_msg("ended by signal %d", WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

static int put_and_end(struct fixture *f)
{
    bool good = make_producer(f) == KDS_OK && put(f, RECORDS) == KDS_OK &&
                kpl_close(f->producer, PATIENCE_MS, NULL) == KDS_OK;
    kpl_producer_free(f->producer);
    return good && atomic_load(&f->stored) == RECORDS ? 0 : 1;
}

static void fault_R04_standard_streams_may_be_closed_or_full(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    for (int full = 0; full < 2; full++) {
        pid_t child = fork();
        if (child == 0) {
            for (int fd = 0; fd < 3; fd++) {
                close(fd);
                if (full) {
                    (void)!open("/dev/full", O_RDWR);
                }
            }
            _exit(put_and_end(&f));
        }
        assert_int_equal(status_of(child), 0);
    }
    assert_int_equal(make_worker(&f),
                     KDS_OK); /* the sockets 0, 1 and 2 carried only that */
    await_deliveries(&f, 2 * RECORDS);
    end(&f);
}

static kpl_producer_t *left_for_later;

static void free_at_exit(void)
{
    kpl_producer_free(left_for_later);
}

/* Ends the process in the middle of something; does not return. */
static void exit_while(struct fixture *f, int what)
{
    enum { MADE, PUTTING, FREED_AT_EXIT, IN_RESULTS, READING, IN_PROCESS, BOTH };
    alarm(60);
    f->exits = what == IN_RESULTS || what == IN_PROCESS;
    if (make_producer(f) != KDS_OK || (what >= READING && make_worker(f) != KDS_OK)) {
        _exit(1);
    }
    if (what != MADE && put(f, RECORDS) != KDS_OK) {
        _exit(2);
    }
    if (what == FREED_AT_EXIT) {
        left_for_later = f->producer;
        atexit(free_at_exit);
    }
    if (what == READING || what == BOTH) {
        await_deliveries(f, what == READING ? RECORDS : 1);
    }
    while (f->exits) {
        pause();
    }
    exit(0);
}

static void fault_P09_a_process_may_end_in_the_middle_of_everything(void **state)
{
    (void)state;
    for (int what = 0; what < 7; what++) {
        struct fixture f;
        begin(&f);
        pid_t child = fork();
        if (child == 0) {
            exit_while(&f, what);
        }
        assert_int_equal(status_of(child), 0);
        end(&f);
    }
}

/* ---- signals -------------------------------------------------------------------------------- */

static atomic_int caught_elsewhere;
static pthread_t main_thread;

static void catch (int signal)
{
    (void)signal;
    atomic_fetch_add(&caught_elsewhere, !pthread_equal(pthread_self(), main_thread));
}

static void storm(long period_us)
{
    const struct itimerval timer = {{0, period_us}, {0, period_us}};
    struct sigaction action;
    memset(&action, 0, sizeof action); /* calls are interrupted, not restarted */
    action.sa_handler = catch;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void fault_P10_a_storm_of_signals_disturbs_nothing(void **state)
{
    struct fixture f;
    (void)state;
    begin(&f);
    main_thread = pthread_self();
    storm(500);
    assert_int_equal(make_producer(&f), KDS_OK);
    assert_int_equal(make_worker(&f), KDS_OK);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(put(&f, RECORDS), KDS_OK);
        assert_int_equal(kpl_flush(f.producer, PATIENCE_MS, NULL), KDS_OK);
        await_deliveries(&f, RECORDS);
    }
    assert_int_equal(kcl_worker_stop(f.worker, PATIENCE_MS, NULL), KDS_OK);
    assert_int_equal(kpl_close(f.producer, PATIENCE_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 10 * RECORDS);
    assert_int_equal(atomic_load(&caught_elsewhere), 0); /* our threads block them all */
    storm(0);
    end(&f);
}

/* ---- a server that comes back empty ---------------------------------------------------------- */

/* The producer goes on. The worker, whose checkpoints mean nothing there, ends and says why. */
static void fault_P13_a_server_that_comes_back_empty_is_noticed(void **state)
{
    struct fixture f;
    kds_error_t *error = NULL;
    (void)state;
    begin(&f);
    assert_int_equal(make_producer(&f), KDS_OK);
    assert_int_equal(make_worker(&f), KDS_OK);
    for (int round = 1; round <= 3; round++) {
        assert_int_equal(put(&f, RECORDS), KDS_OK);
        assert_int_equal(kpl_flush(f.producer, PATIENCE_MS, NULL), KDS_OK);
        assert_int_equal(atomic_load(&f.stored), round * RECORDS);
        if (round == 1) {
            await_deliveries(&f, RECORDS);
        }
        if (round < 3) {
            assert_true(local_server_restart(&f.server, KDS_LOCAL, "s:1"));
        }
    }
    assert_int_equal(atomic_load(&f.failed), 0);
    while (kcl_worker_failure(f.worker, NULL) == KDS_OK) {
        wait_for(&f.told);
    }
    assert_int_equal(kcl_worker_failure(f.worker, &error), KDS_ERR_STATE);
    assert_non_null(strstr(kds_error_message(error), "was deleted and made anew"));
    assert_int_equal(atomic_load(&f.delivered), RECORDS);
    kds_error_free(error);
    end(&f);
}

static int set_up(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "k", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int clean_up(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_R03_without_a_thread_nothing_is_made_and_nothing_is_left),
        cmocka_unit_test(fault_R05_without_random_numbers_nothing_is_made),
        cmocka_unit_test(
            fault_R02_without_descriptors_it_waits_and_goes_on_when_there_are_some),
        cmocka_unit_test(fault_R04_standard_streams_may_be_closed_or_full),
        cmocka_unit_test(fault_P09_a_process_may_end_in_the_middle_of_everything),
        cmocka_unit_test(fault_P10_a_storm_of_signals_disturbs_nothing),
        cmocka_unit_test(fault_P13_a_server_that_comes_back_empty_is_noticed),
    };
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
