/*
 * test_cpu: what is read of the kernel's counters, from a folder that looks like its file systems.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpu.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define S INT64_C(1000000)

static char root[] = "/tmp/test-cpu-XXXXXX";

/* With the folders on the way to it. */
static void write_file(const char *path, const char *text)
{
    char whole[512];
    int n = snprintf(whole, sizeof whole, "%s%s", root, path);
    for (int i = (int)strlen(root) + 1; i < n; i++) {
        if (whole[i] == '/') {
            whole[i] = 0;
            mkdir(whole, 0700);
            whole[i] = '/';
        }
    }
    FILE *f = fopen(whole, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *ftw)
{
    (void)s;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int begin(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/test-cpu-XXXXXX");
    return mkdtemp(root) == NULL;
}

static int finish(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct kcl_cpu open_at(int64_t now_us, const char *ecs)
{
    struct kcl_cpu c;
    kcl_cpu_open(&c, root, ecs, KCL_CPU_AUTO, now_us);
    return c;
}

static void assert_percent(double percent, double expected)
{
    assert_true(fabs(percent - expected) < 1e-6);
}

#define TOKEN "/var/run/secrets/kubernetes.io/serviceaccount/token"

static void nothing_is_measured_where_the_kcl_does_not_either(void **state)
{
    (void)state;
    write_file("/proc/stat", "cpu 1 2 3 4 5 6 7 8 9 10\n");
    struct kcl_cpu c = open_at(0, "");
    assert_int_equal(c.source, KCL_CPU_NONE);
    assert_percent(kcl_cpu_percent(&c, S), -1);
}

static void on_a_machine_of_ec2_the_whole_machine_counts(void **state)
{
    (void)state;
    write_file("/sys/devices/virtual/dmi/id/sys_vendor", "Amazon EC2\n");
    write_file("/proc/stat", "cpu  100 0 50 800 20 5 5 20 99 99\ncpu0 1 2 3 4\n");
    struct kcl_cpu c = open_at(0, NULL);
    assert_int_equal(c.source, KCL_CPU_MACHINE);
    write_file("/proc/stat", "cpu  120 0 55 870 25 5 5 20 99 99\n");
    assert_percent(kcl_cpu_percent(&c, S), 30); /* 30 of 100 ticks */
    assert_percent(kcl_cpu_percent(&c, 2 * S), 0);
    write_file("/proc/stat", "nothing\n");
    assert_percent(kcl_cpu_percent(&c, 3 * S), -1);
}

static void in_a_container_its_limit_is_the_whole(void **state)
{
    (void)state;
    write_file(TOKEN, "t");
    write_file("/sys/fs/cgroup/cgroup.controllers", "cpu\n");
    write_file("/sys/fs/cgroup/cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
    write_file("/sys/fs/cgroup/cpu.max", "50000 100000\n");
    struct kcl_cpu c = open_at(10 * S, NULL);
    assert_int_equal(c.source, KCL_CPU_GROUP_2);
    write_file("/sys/fs/cgroup/cpu.stat", "usage_usec 2000000\n");
    assert_percent(kcl_cpu_percent(&c, 18 * S), 25); /* a second of half a core's eight */
    write_file("/sys/fs/cgroup/cpu.stat", "usage_usec 9000000\n");
    assert_percent(kcl_cpu_percent(&c, 20 * S), 100); /* a burst beyond it */
}

static void without_a_limit_the_processors_of_its_set_are_the_whole(void **state)
{
    (void)state;
    write_file(TOKEN, "t");
    write_file("/sys/fs/cgroup/cgroup.controllers", "cpu\n");
    write_file("/sys/fs/cgroup/cpu.stat", "usage_usec 0\n");
    write_file("/sys/fs/cgroup/cpu.max", "max 100000\n");
    write_file("/sys/fs/cgroup/cpuset.cpus.effective", "0-2,7\n");
    struct kcl_cpu c = open_at(0, NULL);
    write_file("/sys/fs/cgroup/cpu.stat", "usage_usec 1000000\n");
    assert_percent(kcl_cpu_percent(&c, S), 25);
}

static void the_older_control_groups_are_read_as_well(void **state)
{
    (void)state;
    write_file("/sys/fs/cgroup/cpu/cpuacct.usage", "0\n");
    write_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
    write_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    struct kcl_cpu c = open_at(0, "http://169.254.170.2/v4/x");
    assert_int_equal(c.source, KCL_CPU_GROUP_1);
    write_file("/sys/fs/cgroup/cpu/cpuacct.usage", "500000000\n");
    assert_percent(kcl_cpu_percent(&c, S), 25);
    write_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    write_file("/sys/fs/cgroup/cpuset/cpuset.effective_cpus", "1\n");
    c = open_at(S, "http://169.254.170.2/v4/x");
    write_file("/sys/fs/cgroup/cpu/cpuacct.usage", "1000000000\n");
    assert_percent(kcl_cpu_percent(&c, 2 * S), 50);
}

static void a_process_alone_can_be_measured_anywhere(void **state)
{
    struct kcl_cpu c;
    volatile unsigned work = 0;
    (void)state;
    kcl_cpu_open(&c, "", NULL, KCL_CPU_OWN, 0);
    assert_int_equal(c.source, KCL_CPU_PROCESS);
    while (work < 20000000) {
        work++;
    }
    double percent =
        kcl_cpu_percent(&c, S / 1000); /* more than a millisecond of work in one */
    assert_true(percent > 0 && percent <= 100);
    kcl_cpu_open(&c, "", NULL, KCL_CPU_NOT, 0);
    assert_int_equal(c.source, KCL_CPU_NONE);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, finish)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(nothing_is_measured_where_the_kcl_does_not_either),
        IN_A_FOLDER(on_a_machine_of_ec2_the_whole_machine_counts),
        IN_A_FOLDER(in_a_container_its_limit_is_the_whole),
        IN_A_FOLDER(without_a_limit_the_processors_of_its_set_are_the_whole),
        IN_A_FOLDER(the_older_control_groups_are_read_as_well),
        cmocka_unit_test(a_process_alone_can_be_measured_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
