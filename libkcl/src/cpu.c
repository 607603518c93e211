/*
 * cpu: reads the kernel's counters; what they mean is a table by source.
 */
#include "cpu.h"

#include "base/slice.h"
#include "base/text.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GROUPS "/sys/fs/cgroup/"

/* ---- files ---------------------------------------------------------------------------------- */

static bool exists(const struct kcl_cpu *c, const char *path)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s%s", c->root, path);
    return access(whole, F_OK) == 0;
}

/* The first line. @return its length, 0 if there is none */
static size_t first_line(const struct kcl_cpu *c, const char *path, char line[512])
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s%s", c->root, path);
    int fd = open(whole, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, 511) : 0;
    if (fd >= 0) {
        close(fd);
    }
    line[n > 0 ? n : 0] = 0;
    line[strcspn(line, "\n")] = 0;
    return strlen(line);
}

/* The number behind the first @p skip words of the first line. */
static bool
number_in(const struct kcl_cpu *c, const char *path, unsigned skip, double *out)
{
    char line[512];
    const char *at = line;
    if (first_line(c, path, line) == 0) {
        return false;
    }
    while (skip-- > 0) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return kds_parse_double(kds_slice_of(at, strcspn(at, " ")), out);
}

/* ---- what may be used ----------------------------------------------------------------------- */

/* 0-3,8 are five. @return 0 if it cannot be read */
static double count_set(const struct kcl_cpu *c, const char *path)
{
    char line[512];
    unsigned from, to, count = 0;
    int used;
    first_line(c, path, line);
    for (const char *at = line; sscanf(at, "%u%n", &from, &used) == 1;) {
        at += used;
        to = from;
        if (sscanf(at, "-%u%n", &to, &used) == 1) {
            at += used;
        }
        count += to >= from ? to - from + 1 : 0;
        at += *at == ',';
    }
    return count;
}

static double online(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static double quota(const struct kcl_cpu *c, bool second)
{
    double most = 0, period = 0;
    bool limited = second ? number_in(c, GROUPS "cpu.max", 0, &most) &&
                                number_in(c, GROUPS "cpu.max", 1, &period)
                          : number_in(c, GROUPS "cpu/cpu.cfs_quota_us", 0, &most) &&
                                number_in(c, GROUPS "cpu/cpu.cfs_period_us", 0, &period);
    return limited && most > 0 && period > 0 ? most / period : 0;
}

static double cores_of(const struct kcl_cpu *c)
{
    bool second = exists(c, GROUPS "cgroup.controllers");
    double cores = quota(c, second);
    if (cores <= 0 && c->source != KCL_CPU_PROCESS) {
        cores = count_set(c, second ? GROUPS "cpuset.cpus.effective"
                                    : GROUPS "cpuset/cpuset.effective_cpus");
    }
    return cores > 0 ? cores : online();
}

/* ---- what was used -------------------------------------------------------------------------- */

/* In ticks; of user, nice, system, idle, iowait, irq, softirq, steal. */
static bool read_machine(struct kcl_cpu *c, double *busy, double *all)
{
    double ticks[8];
    *busy = *all = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (!number_in(c, "/proc/stat", i + 1, &ticks[i])) {
            return false;
        }
        *all += ticks[i];
        *busy += i == 3 ? 0 : ticks[i];
    }
    return true;
}

static bool read_process(double *busy)
{
    struct timespec t;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) {
        return false;
    }
    *busy = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    return true;
}

static bool look(struct kcl_cpu *c, int64_t now_us, double *busy, double *all)
{
    *all = (double)now_us / 1e6 * c->cores;
    switch (c->source) {
    case KCL_CPU_MACHINE:
        return read_machine(c, busy, all);
    case KCL_CPU_GROUP_1:
        if (!number_in(c, GROUPS "cpu/cpuacct.usage", 0, busy)) {
            return false;
        }
        *busy /= 1e9;
        return true;
    case KCL_CPU_GROUP_2: /* usage_usec NUMBER */
        if (!number_in(c, GROUPS "cpu.stat", 1, busy)) {
            return false;
        }
        *busy /= 1e6;
        return true;
    case KCL_CPU_PROCESS:
        return read_process(busy);
    case KCL_CPU_NONE:
        break;
    }
    return false;
}

double kcl_cpu_percent(struct kcl_cpu *c, int64_t now_us)
{
    double busy, all;
    if (!look(c, now_us, &busy, &all)) {
        return -1;
    }
    double percent = all > c->all_s ? 100 * (busy - c->busy_s) / (all - c->all_s) : 0;
    c->busy_s = busy;
    c->all_s = all;
    return percent < 0 ? 0 : percent > 100 ? 100 : percent;
}

/* ---- where ---------------------------------------------------------------------------------- */

static bool is_ec2(const struct kcl_cpu *c)
{
    char line[512];
    first_line(c, "/sys/devices/virtual/dmi/id/sys_vendor", line);
    if (strcmp(line, "Amazon EC2") == 0) {
        return true;
    }
    first_line(c, "/sys/hypervisor/uuid", line); /* of the older, Xen kind */
    return strncmp(line, "ec2", 3) == 0;
}

static enum kcl_cpu_source find_source(const struct kcl_cpu *c, const char *ecs)
{
    if ((ecs != NULL && ecs[0] != 0) ||
        exists(c, "/var/run/secrets/kubernetes.io/serviceaccount/token")) {
        return exists(c, GROUPS "cgroup.controllers") ? KCL_CPU_GROUP_2 : KCL_CPU_GROUP_1;
    }
    return is_ec2(c) ? KCL_CPU_MACHINE : KCL_CPU_NONE;
}

void kcl_cpu_open(struct kcl_cpu *c,
                  const char *root,
                  const char *ecs,
                  enum kcl_cpu_wish wish,
                  int64_t now_us)
{
    *c = (struct kcl_cpu){.root = root};
    c->source = wish == KCL_CPU_AUTO  ? find_source(c, ecs)
                : wish == KCL_CPU_OWN ? KCL_CPU_PROCESS
                                      : KCL_CPU_NONE;
    c->cores = cores_of(c);
    if (c->source != KCL_CPU_NONE && !look(c, now_us, &c->busy_s, &c->all_s)) {
        c->source = KCL_CPU_NONE; /* rather no word than one of failure for ever */
    }
}
