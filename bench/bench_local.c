/*
 * bench_local: what kds-local costs: PutRecords a second and core, its start, its memory, and what it
 * does when nobody asks for anything (T18, T20).
 *
 * A real server in a process of its own. Requests are made beforehand and sent over one connection, one
 * after the other; counted is the CPU time of the server's process alone. Each answer must say that
 * every record was stored, and reading back must give what was sent, or no figure is printed.
 */
#include "harness.h"
#include "kds/types.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RECORDS     500
#define DATA_BYTES  100
#define DATA_BASE64 136 /* characters */
#define ROUNDS      15
#define CALLS       200 /* a round */
#define SHARDS      16
#define IDLE_S      3
#define ANSWER_MAX  ((size_t)4 * 1024 * 1024)

/* ---- the server --------------------------------------------------------------------------- */

struct server {
    pid_t pid;
    int port;
    double start_ms; /* from fork() to its ready line */
};

static double now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void server_start(struct server *s)
{
    char line[256];
    int out[2];
    const double began = now_ms(CLOCK_MONOTONIC);
    if (pipe(out) != 0 || (s->pid = fork()) < 0) {
        bench_fail("kds-local cannot be started");
    }
    if (s->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        if (freopen("/dev/null", "w", stderr) == NULL) {
            _exit(127);
        }
        close(out[0]);
        close(out[1]);
        unsetenv("AWS_ACCESS_KEY_ID");
        execl(KDS_LOCAL, KDS_LOCAL, "--port", "0", "--stream", "bench:16", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    const char *colon = NULL;
    if (f == NULL || fgets(line, sizeof line, f) == NULL ||
        (colon = strrchr(line, ':')) == NULL) {
        bench_fail("kds-local does not say where it listens");
    }
    s->start_ms = now_ms(CLOCK_MONOTONIC) - began;
    s->port = atoi(colon + 1);
    fclose(f);
}

static void server_stop(struct server *s)
{
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
}

static double server_cpu_ms(const struct server *s)
{
    clockid_t clock;
    if (clock_getcpuclockid(s->pid, &clock) != 0) {
        bench_fail("the server's CPU time cannot be had");
    }
    return now_ms(clock);
}

/* A number of /proc/PID/status. */
static long server_status(const struct server *s, const char *name)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            value = strtol(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (f == NULL || fclose(f) != 0 || value < 0) {
        bench_fail("/proc does not tell what it must");
    }
    return value;
}

/* ---- a client ----------------------------------------------------------------------------- */

static int connect_to(const struct server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)s->port)};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)(void *)&address, sizeof address) != 0) {
        bench_fail("cannot connect");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static void send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            bench_fail("the connection broke");
        }
        p += sent;
        n -= (size_t)sent;
    }
}

/* One answer, head and all, ended by a NUL. */
static const char *receive(int fd)
{
    static char answer[ANSWER_MAX];
    size_t n = 0, whole = ANSWER_MAX;
    while (n < whole) {
        ssize_t got = recv(fd, answer + n, ANSWER_MAX - 1 - n, 0);
        if (got <= 0) {
            bench_fail("the connection broke");
        }
        n += (size_t)got;
        answer[n] = 0;
        const char *body = strstr(answer, "\r\n\r\n");
        const char *length = strstr(answer, "Content-Length: ");
        if (body != NULL && length != NULL) {
            whole = (size_t)(body + 4 - answer) + strtoul(length + 16, NULL, 10);
        }
    }
    return answer;
}

/* A whole request. @return (given; free) */
static char *request_of(const char *operation, const char *body, size_t *n)
{
    size_t room = strlen(body) + 1024;
    char *out = malloc(room);
    if (out == NULL) {
        bench_fail("out of memory");
    }
    *n = (size_t)snprintf(
        out, room,
        "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: Kinesis_20131202.%s\r\n"
        "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Date: 20261121T000000Z\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/kinesis/"
        "aws4_request, SignedHeaders=host;x-amz-date, Signature="
        "0000000000000000000000000000000000000000000000000000000000000000\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        operation, strlen(body), body);
    return out;
}

/* Record @p i as base64 shows it: every one is another. */
static void data_of(unsigned i, char out[DATA_BASE64 + 1])
{
    memset(out, 'A', DATA_BASE64);
    for (unsigned k = 0, v = i; k < 8; k++, v /= 26) {
        out[k] = (char)('A' + v % 26);
    }
    memcpy(out + DATA_BASE64 - 2, "==", 3);
}

static char *put_request(size_t *n)
{
    char *body = malloc(RECORDS * 256);
    size_t at = 0;
    if (body == NULL) {
        bench_fail("out of memory");
    }
    at += (size_t)snprintf(body, 64, "{\"StreamName\":\"bench\",\"Records\":[");
    for (unsigned i = 0; i < RECORDS; i++) {
        char data[DATA_BASE64 + 1];
        data_of(i, data);
        at += (size_t)snprintf(
            body + at, 256,
            "%s{\"Data\":\"%s\",\"PartitionKey\":\"0a1b2c3d-0000-4000-8000-%012u\"}",
            i ? "," : "", data, i);
    }
    snprintf(body + at, 8, "]}");
    char *request = request_of("PutRecords", body, n);
    free(body);
    return request;
}

/* ---- T18 ---------------------------------------------------------------------------------- */

static void put_once(int fd, const char *request, size_t n)
{
    send_all(fd, request, n);
    if (strstr(receive(fd), "\"FailedRecordCount\":0,") == NULL) {
        bench_fail("a record was not stored");
    }
}

/* What was put once is in the shards, each record once. */
static void check_stored(int fd)
{
    bool seen[RECORDS] = {false};
    size_t found = 0, n;
    for (int shard = 0; shard < SHARDS; shard++) {
        char body[1024], data[DATA_BASE64 + 1];
        snprintf(body, sizeof body,
                 "{\"StreamName\":\"bench\",\"ShardId\":\"shardId-%012d\","
                 "\"ShardIteratorType\":\"TRIM_HORIZON\"}",
                 shard);
        char *request = request_of("GetShardIterator", body, &n);
        send_all(fd, request, n);
        free(request);
        const char *iterator = strstr(receive(fd), "\"ShardIterator\":");
        if (iterator == NULL) {
            bench_fail("no iterator");
        }
        snprintf(body, sizeof body, "{%.*s}", (int)strcspn(iterator, "}"), iterator);
        request = request_of("GetRecords", body, &n);
        send_all(fd, request, n);
        free(request);
        for (const char *at = receive(fd); (at = strstr(at, "\"Data\":\"")) != NULL;
             at++) {
            unsigned i = 0;
            for (unsigned k = 3; k-- > 0;) {
                i = i * 26 + (unsigned)(at[8 + k] - 'A');
            }
            data_of(i, data);
            if (i >= RECORDS || seen[i] || strncmp(at + 8, data, DATA_BASE64) != 0) {
                bench_fail("what was read is not what was put");
            }
            seen[i] = true;
            found++;
        }
    }
    if (found != RECORDS) {
        bench_fail("not every record can be read");
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n / 2];
}

static void measure_puts(const struct server *s)
{
    const struct bench_target target = {
        "T18", "PutRecords of 500 x 100 B, records per CPU-second of the server",
        BENCH_AT_LEAST, 300000, 1000000};
    double rates[ROUNDS];
    size_t n;
    char *request = put_request(&n);
    int fd = connect_to(s);
    put_once(fd, request, n);
    check_stored(fd);
    printf("  checked: %d records read back, each once and as it was put\n", RECORDS);
    for (int round = 0; round < ROUNDS; round++) {
        double before = server_cpu_ms(s);
        for (int i = 0; i < CALLS; i++) {
            put_once(fd, request, n);
        }
        rates[round] = RECORDS * CALLS / (server_cpu_ms(s) - before) * 1e3;
    }
    bench_print_target(&target, median(rates, ROUNDS));
    close(fd);
    free(request);
}

static void measure_start(void)
{
    const struct bench_target start = {"T18", "start to the ready line, ms",
                                       BENCH_AT_MOST, 50, 20};
    const struct bench_target memory = {"T18", "resident memory when empty, MiB",
                                        BENCH_AT_MOST, 20, 8};
    double ms[ROUNDS], mib[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        struct server s;
        server_start(&s);
        ms[i] = s.start_ms;
        mib[i] = (double)server_status(&s, "VmRSS") / 1024;
        server_stop(&s);
    }
    bench_print_target(&start, median(ms, ROUNDS));
    bench_print_target(&memory, median(mib, ROUNDS));
}

/* ---- T20 ---------------------------------------------------------------------------------- */

static void measure_idle(const struct server *s)
{
    const struct bench_target cpu = {
        "T20", "idle kds-local with an open connection, % of a core", BENCH_AT_MOST, 0.1,
        0};
    const struct bench_target wakes = {"T20", "its wake-ups a second", BENCH_AT_MOST, 1,
                                       0};
    size_t n;
    char *request = put_request(&n);
    int fd = connect_to(s);
    put_once(fd, request, n);
    sleep(1); /* until it waits */
    double before = server_cpu_ms(s);
    long switches = server_status(s, "voluntary_ctxt_switches");
    sleep(IDLE_S);
    double used = server_cpu_ms(s) - before;
    switches = server_status(s, "voluntary_ctxt_switches") - switches;
    bench_print_target(&cpu, used / (IDLE_S * 1e3) * 100);
    bench_print_target(&wakes, (double)switches / IDLE_S);
    close(fd);
    free(request);
}

int main(void)
{
    struct server s;
    bench_print_machine();
    printf("\n== T18, T20: kds-local, in memory, JSON over HTTP/1.1\n");
    measure_start();
    server_start(&s);
    measure_puts(&s);
    measure_idle(&s);
    server_stop(&s);
    return 0;
}
