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

#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
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
    int64_t latency_us;
    kds_persisted_t persisted;
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
    struct fixture *f = opaque;
    count(results, n, opaque);
    sem_post(&f->event);
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
    while (sem_wait(&f.event) != 0) { /* it is in the callback */
    }
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

#define RECORD_COST 64 /* of the budget, at the least */

static void count_slowly(const kpl_result_t *results, size_t n, void *opaque)
{
    struct timespec pause = {0, 3000000};
    nanosleep(&pause, NULL);
    count(results, n, opaque);
}

/* Until so many were accepted, without end if what it tests is broken. */
static void *put_many(void *fixture)
{
    for (int i = 0; i < 20000; i++) {
        put(fixture, -1);
    }
    return NULL;
}

static void producer_that_is_polled_returns_though_more_comes(void **state)
{
    struct fixture f;
    pthread_t thread;
    size_t seen = 0;
    (void)state;
    begin(&f);
    kpl_conf_set(f.conf, "dispatch", "poll", NULL);
    kpl_conf_set(f.conf, "buffer.max.bytes", "64KiB", NULL);
    kpl_conf_set(f.conf, "rate.limit.percent", "1000000", NULL);
    start(&f, count_slowly);
    assert_int_equal(pthread_create(&thread, NULL, put_many, &f), 0);
    while (seen < 20000) {
        size_t n = kpl_poll(f.producer, 100);
        assert_true(n <= 65536 / RECORD_COST); /* what was there can have been no more */
        seen += n;
    }
    pthread_join(thread, NULL);
    end(&f);
}

static void producer_packed_puts_keep_their_time_out_together(void **state)
{
    enum { COUNT = 2000 };
    static uint32_t one[COUNT];
    static uint8_t bytes[COUNT];
    struct fixture f;
    size_t accepted;
    (void)state;
    begin(&f);
    kpl_conf_set(f.conf, "aggregation.enable", "false", NULL);
    kpl_conf_set(f.conf, "buffer.max.bytes", "64KiB", NULL);
    kpl_conf_set(f.conf, "rate.limit.percent", "5", NULL); /* 64 a second and shard */
    start(&f, count);
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < COUNT; i++) {
        one[i] = 1;
    }
    const kpl_columns_t columns = {.struct_size = sizeof columns,
                                   .count = COUNT,
                                   .keys = {{bytes, COUNT}, one},
                                   .data = {{bytes, COUNT}, one}};
    int64_t began_us = kpl_now_us();
    assert_int_equal(kpl_put_packed(f.producer, &columns, 1500, &accepted, NULL),
                     KDS_ERR_QUEUE_FULL);
    int64_t took_us = kpl_now_us() - began_us;
    assert_in_range(took_us, 1500 * KDS_US_PER_MS, 8000 * KDS_US_PER_MS);
    assert_in_range(accepted, 64, COUNT - 1);
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

/* ---- the disk of a spool ------------------------------------------------------------------ */

static char directory[64];

static void begin_spool(struct fixture *f)
{
    snprintf(directory, sizeof directory, "/tmp/test-producer-XXXXXX");
    assert_non_null(mkdtemp(directory));
    begin(f);
    kpl_conf_set(f->conf, "spool.directory", directory, NULL);
    kpl_conf_set(f->conf, "spool.segment.bytes", "1MiB", NULL);
}

static void end_spool(struct fixture *f)
{
    char command[128];
    end(f);
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

static void note_room(size_t bytes, void *opaque)
{
    (void)bytes;
    sem_post(&((struct fixture *)opaque)->event);
}

static void *put_and_wait(void *fixture)
{
    return put(fixture, -1) == KDS_OK ? fixture : NULL;
}

/* Nothing is under way whose end could wake anybody. */
static void producer_finds_room_on_a_disk_that_was_full(void **state)
{
    struct fixture f;
    struct rlimit limit, small;
    pthread_t thread;
    void *put_it = NULL;
    (void)state;
    begin_spool(&f);
    kpl_conf_set_low_water(f.conf, note_room, &f);
    start(&f, count);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 100000;
    setrlimit(RLIMIT_FSIZE, &small);
    kds_err_t refused = put(&f, 0);
    int failed = pthread_create(&thread, NULL, put_and_wait, &f);
    struct timespec pause = {0, 400 * 1000000};
    nanosleep(&pause, NULL);
    int early = sem_trywait(&f.event);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(refused, KDS_ERR_QUEUE_FULL);
    assert_int_equal(failed, 0);
    assert_int_equal(early, -1);
    pthread_join(thread, &put_it);
    assert_non_null(put_it);
    while (sem_wait(&f.event) != 0) {
    }
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.stored), 1);
    end_spool(&f);
}

static void
note_refusal(kds_log_level_t level, const char *tag, const char *line, void *opaque)
{
    if (level == KDS_LOG_WARNING && strcmp(tag, "spool") == 0 &&
        strstr(line, "records stay in the spool") != NULL &&
        strstr(line, "missing") != NULL) {
        sem_post(&((struct fixture *)opaque)->event);
    }
}

static void producer_says_that_its_spool_keeps_what_a_missing_stream_refuses(void **state)
{
    struct fixture f;
    size_t left = 0;
    kpl_stats_t stats = {.struct_size = sizeof stats};
    (void)state;
    begin_spool(&f);
    kpl_conf_set(f.conf, "stream", "missing", NULL);
    kpl_conf_set_log(f.conf, note_refusal, &f, KDS_LOG_WARNING);
    start(&f, count);
    assert_int_equal(put(&f, 0), KDS_OK);
    while (sem_wait(&f.event) != 0) {
    }
    assert_int_equal(kpl_flush(f.producer, 1000, &left), KDS_ERR_TIMED_OUT);
    assert_int_equal(left, 1);
    kpl_producer_stats(f.producer, &stats);
    assert_in_range(stats.spool_refusals, 3, 100);
    assert_int_equal(stats.spooled_records, 1);
    assert_int_equal(atomic_load(&f.failed), 0);
    assert_int_not_equal(sem_trywait(&f.event), 0); /* told once */
    end_spool(&f);
}

/* In place of the system's. */
static atomic_uint syncs;
static sem_t *sync_begins, *sync_may_end; /* NULL: it is not waited for */

int msync(void *from, size_t bytes, int flags)
{
    atomic_fetch_add(&syncs, 1);
    if (sync_begins != NULL) {
        sem_post(sync_begins);
        while (sem_wait(sync_may_end) != 0) {
        }
    }
    return (int)syscall(SYS_msync, from, bytes, flags);
}

static void producer_syncs_what_a_put_accepted_before_it_was_refused(void **state)
{
    static uint8_t data[100000];
    static kpl_record_t records[64];
    struct fixture f;
    size_t accepted = 0;
    (void)state;
    begin_spool(&f);
    kpl_conf_set(f.conf, "spool.sync", "put", NULL);
    kpl_conf_set(f.conf, "spool.max.bytes", "2MiB", NULL);
    start(&f, count);
    kill(f.server, SIGSTOP);
    for (size_t i = 0; i < 64; i++) {
        records[i] = record("");
        records[i].data = (kds_slice_t){data, sizeof data};
    }
    unsigned before = atomic_load(&syncs);
    assert_int_equal(kpl_put_many(f.producer, records, 64, 0, &accepted, NULL),
                     KDS_ERR_QUEUE_FULL);
    assert_in_range(accepted, 10, 63);
    assert_int_equal(atomic_load(&syncs) - before, 2); /* both segments */
    kill(f.server, SIGCONT);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    end_spool(&f);
}

static void producer_goes_on_while_a_put_waits_for_the_disk(void **state)
{
    struct fixture f;
    pthread_t thread;
    sem_t begins, may_end;
    void *put_it = NULL;
    kpl_stats_t stats = {.struct_size = sizeof stats};
    (void)state;
    sem_init(&begins, 0, 0);
    sem_init(&may_end, 0, 0);
    begin_spool(&f);
    kpl_conf_set(f.conf, "spool.sync", "put", NULL);
    start(&f, count);
    sync_begins = &begins;
    sync_may_end = &may_end;
    assert_int_equal(pthread_create(&thread, NULL, put_and_wait, &f), 0);
    while (sem_wait(&begins) != 0) {
    }
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL),
                     KDS_OK); /* sent, stored, told */
    kpl_producer_stats(f.producer, &stats);
    assert_int_equal(stats.user_records_succeeded, 1);
    sync_begins = NULL;
    sem_post(&may_end);
    pthread_join(thread, &put_it);
    assert_non_null(put_it);
    end_spool(&f);
    sem_destroy(&begins);
    sem_destroy(&may_end);
}

/* ---- time --------------------------------------------------------------------------------- */

static void note_latency(const kpl_result_t *results, size_t n, void *opaque)
{
    struct fixture *f = opaque;
    count(results, n, opaque);
    f->latency_us = results[0].latency_us;
    f->persisted = results[0].persisted;
}

/* It takes the connection, and says nothing. */
static int listen_in_silence(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
    snprintf(url, 64, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    return fd;
}

static void producer_keeps_its_time_while_credentials_do_not_come(void **state)
{
    struct fixture f;
    char url[64];
    (void)state;
    begin(&f);
    int silent = listen_in_silence(url);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    kpl_conf_t *conf = kpl_conf_new();
    kpl_conf_set(conf, "stream", "s", NULL);
    kpl_conf_set(conf, "region", "us-east-1", NULL);
    kpl_conf_set(conf, "endpoint.url", f.endpoint, NULL);
    kpl_conf_set(conf, "record.ttl.ms", "500", NULL);
    kpl_conf_set(conf, "request.timeout.ms", "500", NULL);
    kpl_conf_free(f.conf);
    f.conf = conf;
    start(&f, note_latency);
    assert_int_equal(put(&f, 0), KDS_OK);
    assert_int_equal(kpl_flush(f.producer, LONG_MS, NULL), KDS_OK);
    assert_int_equal(atomic_load(&f.code), KDS_ERR_RECORD_EXPIRED);
    assert_int_equal(f.persisted, KDS_PERSISTED_NO);
    /* 1.5 s, and what a busy machine takes; connecting has 6 s by default. */
    assert_in_range(f.latency_us, 500 * KDS_US_PER_MS, 4500 * KDS_US_PER_MS);
    end(&f);
    unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    close(silent);
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
        cmocka_unit_test(producer_that_is_polled_returns_though_more_comes),
        cmocka_unit_test(producer_packed_puts_keep_their_time_out_together),
        cmocka_unit_test(producer_tells_a_refused_caller_when_there_is_room),
        cmocka_unit_test(producer_finds_room_on_a_disk_that_was_full),
        cmocka_unit_test(
            producer_says_that_its_spool_keeps_what_a_missing_stream_refuses),
        cmocka_unit_test(producer_keeps_its_time_while_credentials_do_not_come),
        cmocka_unit_test(producer_syncs_what_a_put_accepted_before_it_was_refused),
        cmocka_unit_test(producer_goes_on_while_a_put_waits_for_the_disk),
        cmocka_unit_test(producer_that_is_freed_early_reports_what_is_left),
        cmocka_unit_test(fault_P08_a_forked_child_can_only_free),
        cmocka_unit_test(fault_P08_a_forked_child_leaves_a_busy_producer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
