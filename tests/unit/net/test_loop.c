/*
 * test_loop: timers in the order of their times, tasks of any thread, sockets; and where the pool
 * finds its host, with a look-up of the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/loop.h"
#include "net/resolve.h"

#include "base/rng.h"
#include "support/resolver.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define TIMERS 200

/* What happened on the loop, and a way to wait for it. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned done;
} seen = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

static void tell(void)
{
    pthread_mutex_lock(&seen.lock);
    seen.done++;
    pthread_cond_broadcast(&seen.changed);
    pthread_mutex_unlock(&seen.lock);
}

static void await(unsigned count)
{
    pthread_mutex_lock(&seen.lock);
    while (seen.done < count)
        pthread_cond_wait(&seen.changed, &seen.lock);
    pthread_mutex_unlock(&seen.lock);
}

static struct kds_loop *new_loop(void)
{
    struct kds_loop *loop = NULL;
    seen.done = 0;
    assert_int_equal(kds_loop_new("test-loop", kds_clock_system(), &loop), KDS_OK);
    return loop;
}

static void end_loop(struct kds_loop *loop)
{
    kds_loop_stop(loop);
    kds_loop_free(loop);
}

/* ---- timers -------------------------------------------------------------------------------- */

struct alarm {
    struct kds_loop *loop;
    struct kds_loop_timer timers[TIMERS];
    int64_t last_us;
    unsigned rang;
};

static struct alarm alarms;

static void ring(void *opaque)
{
    struct kds_loop_timer *timer = opaque;
    assert_true(timer->at_us >= alarms.last_us); /* in the order of their times */
    assert_int_equal(timer->slot, 0);
    alarms.last_us = timer->at_us;
    alarms.rang++;
}

/* Set all in any order, again, and some not at all. */
static void set_alarms(void *opaque)
{
    struct kds_rng rng;
    const int64_t now = kds_loop_now_us(alarms.loop);
    (void)opaque;
    kds_rng_seed(&rng, 1);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < TIMERS; i++) {
            struct kds_loop_timer *timer = &alarms.timers[i];
            timer->fn = ring;
            timer->opaque = timer;
            assert_int_equal(kds_loop_set(alarms.loop, timer,
                                          now + (int64_t)kds_rng_below(&rng, 20000)),
                             KDS_OK);
        }
    for (size_t i = 0; i < TIMERS; i += 4) {
        kds_loop_unset(alarms.loop, &alarms.timers[i]);
        kds_loop_unset(alarms.loop, &alarms.timers[i]);
    }
    tell();
}

static void last_alarm(void *opaque)
{
    (void)opaque;
    tell();
}

static void set_last(void *opaque)
{
    struct kds_loop_timer *timer = opaque;
    timer->fn = last_alarm;
    assert_int_equal(
        kds_loop_set(alarms.loop, timer, kds_loop_now_us(alarms.loop) + 20001), KDS_OK);
}

static void loop_runs_timers_in_the_order_of_their_times(void **state)
{
    struct kds_loop_task task = {.fn = set_alarms}, last = {.fn = set_last};
    struct kds_loop_timer end = {.at_us = 0};
    (void)state;
    memset(&alarms, 0, sizeof alarms);
    last.opaque = &end;
    alarms.loop = new_loop();
    kds_loop_post(alarms.loop, &task);
    kds_loop_post(alarms.loop, &last);
    await(2);
    end_loop(alarms.loop);
    assert_int_equal(alarms.rang, TIMERS - TIMERS / 4);
}

/* ---- tasks --------------------------------------------------------------------------------- */

static void count_task(void *opaque)
{
    atomic_fetch_add((atomic_uint *)opaque, 1);
    tell();
}

static void loop_runs_a_task_once_however_often_it_is_posted(void **state)
{
    atomic_uint runs = 0;
    struct kds_loop_task task = {.fn = count_task, .opaque = &runs};
    struct kds_loop *loop = new_loop();
    (void)state;
    assert_false(kds_loop_on_thread(loop));
    for (unsigned i = 1; i <= 50; i++) {
        kds_loop_post(loop, &task);
        await(i);
    }
    end_loop(loop);
    assert_int_equal(atomic_load(&runs), 50);
}

/* ---- sockets ------------------------------------------------------------------------------- */

struct reader {
    struct kds_loop *loop;
    struct kds_loop_watch watch;
    char got[8];
};

static void on_readable(void *opaque, unsigned events)
{
    struct reader *r = opaque;
    assert_true((events & EPOLLIN) != 0);
    assert_int_equal(read(r->watch.fd, r->got, sizeof r->got), 3);
    kds_loop_unwatch(r->loop, &r->watch);
    tell();
}

static void watch_it(void *opaque)
{
    struct reader *r = opaque;
    assert_int_equal(kds_loop_watch(r->loop, &r->watch, EPOLLIN), KDS_OK);
}

static void loop_tells_when_a_descriptor_is_readable(void **state)
{
    struct reader r = {.loop = new_loop()};
    struct kds_loop_task task = {.fn = watch_it, .opaque = &r};
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    r.watch = (struct kds_loop_watch){.fd = ends[0], .ready = on_readable, .opaque = &r};
    kds_loop_post(r.loop, &task);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    await(1);
    end_loop(r.loop);
    assert_memory_equal(r.got, "abc", 3);
    close(ends[0]);
    close(ends[1]);
}

/* ---- names --------------------------------------------------------------------------------- */

struct question {
    struct kds_loop *loop;
    const char *host;
    struct kds_resolve *resolve;
    struct kds_addresses found;
};

static void on_found(void *opaque, const struct kds_addresses *found)
{
    struct question *q = opaque;
    q->found = *found;
    tell();
}

static void ask(void *opaque)
{
    struct question *q = opaque;
    assert_int_equal(kds_resolve_start(q->loop, q->host, 4567, on_found, q, &q->resolve),
                     KDS_OK);
}

static struct question ask_for(const char *host)
{
    struct question q = {.loop = new_loop(), .host = host};
    struct kds_loop_task task = {.fn = ask, .opaque = &q};
    kds_loop_post(q.loop, &task);
    await(1);
    end_loop(q.loop);
    return q;
}

static void resolve_gives_all_addresses_in_order(void **state)
{
    static const struct resolver_name name = {
        "a.stream.test", {"127.0.0.9", "127.0.0.8"}, 0, 0};
    (void)state;
    resolver_script(&name, 1);
    const struct question q = ask_for("a.stream.test");
    assert_int_equal(q.found.count, 2);
    const struct sockaddr_in *first =
        (const struct sockaddr_in *)(const void *)&q.found.list[0].socket;
    assert_int_equal(ntohl(first->sin_addr.s_addr), 0x7f000009);
    assert_int_equal(ntohs(first->sin_port), 4567);
}

static void resolve_says_why_a_name_is_not_found(void **state)
{
    (void)state;
    resolver_script(NULL, 0);
    const struct question q = ask_for("no.stream.test");
    assert_int_equal(q.found.count, 0);
    assert_non_null(strstr(q.found.why, "not found"));
}

static void drop_it(void *opaque)
{
    struct question *q = opaque;
    ask(q);
    kds_resolve_drop(q->resolve);
    tell();
}

/* Given up while the system still looks: nobody waits for it, and nothing is touched later. */
static void resolve_that_is_given_up_is_left_to_itself(void **state)
{
    static const struct resolver_name name = {"slow.stream.test", {"127.0.0.1"}, 0, 1};
    struct question q = {.loop = new_loop(), .host = "slow.stream.test"};
    struct kds_loop_task task = {.fn = drop_it, .opaque = &q};
    (void)state;
    resolver_script(&name, 1);
    kds_loop_post(q.loop, &task);
    await(1);
    end_loop(q.loop);
    resolver_release();
    assert_int_equal(q.found.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loop_runs_timers_in_the_order_of_their_times),
        cmocka_unit_test(loop_runs_a_task_once_however_often_it_is_posted),
        cmocka_unit_test(loop_tells_when_a_descriptor_is_readable),
        cmocka_unit_test(resolve_gives_all_addresses_in_order),
        cmocka_unit_test(resolve_says_why_a_name_is_not_found),
        cmocka_unit_test(resolve_that_is_given_up_is_left_to_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
