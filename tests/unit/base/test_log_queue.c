/*
 * test_log_queue: lines in order, a bound, a descriptor that says when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kds/log_queue.h"
#include "support/forked_free.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>

static int readable(const kds_log_queue_t *q)
{
    struct pollfd p = {.fd = kds_log_queue_fd(q), .events = POLLIN};
    return poll(&p, 1, 0);
}

static void expect_lines(kds_log_queue_t *q, const char *text)
{
    kds_slice_t lines = kds_log_queue_take(q);
    assert_int_equal(lines.n, strlen(text));
    assert_memory_equal(lines.p, text, lines.n);
    assert_int_equal(readable(q), 0);
}

static void log_queue_gives_lines_in_order_and_is_readable_while_some_wait(void **state)
{
    (void)state;
    kds_log_queue_t *q = kds_log_queue_new(1024);
    assert_non_null(q);
    assert_int_equal(readable(q), 0);
    expect_lines(q, "");
    kds_log_queue_add(KDS_LOG_INFO, "http", "first line", q);
    kds_log_queue_add(KDS_LOG_ERROR, "lease", "", q);
    assert_int_equal(readable(q), 1);
    expect_lines(q, "6 http first line\n3 lease \n");
    kds_log_queue_add(KDS_LOG_DEBUG, "a", "b", q);
    assert_int_equal(readable(q), 1);
    expect_lines(q, "7 a b\n");
    kds_log_queue_free(q);
    kds_log_queue_free(NULL);
}

static void log_queue_counts_what_it_drops_when_full(void **state)
{
    (void)state;
    kds_log_queue_t *q = kds_log_queue_new(20);
    kds_log_queue_add(KDS_LOG_INFO, "a", "0123456789", q); /* 15 bytes */
    kds_log_queue_add(KDS_LOG_INFO, "a", "0123456789", q);
    kds_log_queue_add(KDS_LOG_INFO, "a", "x", q); /* 6: does not fit either */
    expect_lines(q, "6 a 0123456789\n4 log 2 lines were dropped\n");
    /* A line that is alone too long is still told. */
    kds_log_queue_add(KDS_LOG_INFO, "a", "01234567890123456789", q);
    assert_int_equal(readable(q), 1);
    expect_lines(q, "4 log 1 lines were dropped\n");
    kds_log_queue_add(KDS_LOG_INFO, "a", "b", q);
    expect_lines(q, "6 a b\n");
    kds_log_queue_free(q);
}

#define LINES 2000

static void *add_many(void *opaque)
{
    for (int i = 0; i < LINES; i++) {
        kds_log_queue_add(KDS_LOG_INFO, "t", "x", opaque);
    }
    return NULL;
}

static void log_queue_takes_lines_from_several_threads(void **state)
{
    (void)state;
    pthread_t threads[3];
    size_t bytes = 0;
    kds_log_queue_t *q = kds_log_queue_new(3 * LINES * 6);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, q), 0);
    }
    for (int i = 0; i < 100; i++) {
        bytes += kds_log_queue_take(q).n;
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    bytes += kds_log_queue_take(q).n;
    assert_int_equal(bytes, 3 * LINES * strlen("6 t x\n"));
    kds_log_queue_free(q);
}

static void free_queue(void *queue)
{
    kds_log_queue_free(queue);
}

static void fault_P08_log_queue_is_left_alone_by_a_forked_child(void **state)
{
    (void)state;
    kds_log_queue_t *q = kds_log_queue_new(100);
    kds_log_queue_add(KDS_LOG_INFO, "t", "x", q);
    assert_true(forked_free_touches_nothing(free_queue, q));
    expect_lines(q, "6 t x\n");
    kds_log_queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_queue_gives_lines_in_order_and_is_readable_while_some_wait),
        cmocka_unit_test(log_queue_counts_what_it_drops_when_full),
        cmocka_unit_test(log_queue_takes_lines_from_several_threads),
        cmocka_unit_test(fault_P08_log_queue_is_left_alone_by_a_forked_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
