/*
 * bench_client: what a call costs beside libcurl alone, and what a client does when nobody calls (T20).
 *
 * Both put records of 200 bytes into the same kds-local, 16 at a time. libcurl sends the same body
 * and headers of the same size, prepared beforehand: what is left is signing, encoding, decoding,
 * retries, and the hand-over between threads. Counted is the CPU time of this process.
 */
#include "base/thread.h"
#include "harness.h"
#include "kds/client.h"
#include "kds/kinesis.h"
#include "local_server.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define AT_ONCE    16
#define CALLS      3000
#define ROUNDS     7 /* odd: the median is one of them */
#define DATA_BYTES 200
#define IDLE_S     5

static const char *endpoint;
static uint8_t data[DATA_BYTES];

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- our client --------------------------------------------------------------------------- */

struct caller {
    kds_client_t *client;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t to_start, under_way; /* with lock */
};

static void on_end(const void *output, kds_error_t *error, void *opaque);

static void start_one(struct caller *c)
{
    const kds_put_record_in_t in = {.struct_size = sizeof in,
                                    .stream_name = KDS_SLICE_LIT("bench"),
                                    .data = {data, sizeof data},
                                    .partition_key = KDS_SLICE_LIT("key")};
    if (kds_client_start(c->client, kds_operation_find("PutRecord"), &in, NULL, on_end, c,
                         NULL) != KDS_OK) {
        bench_fail("a call cannot be started");
    }
}

static void on_end(const void *output, kds_error_t *error, void *opaque)
{
    struct caller *c = opaque;
    if (error != NULL) {
        bench_fail(kds_error_message(error));
    }
    kds_output_free(output);
    pthread_mutex_lock(&c->lock);
    const bool more = c->to_start > 0;
    c->to_start -= more;
    c->under_way -= !more;
    if (c->under_way == 0) {
        pthread_cond_signal(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    if (more) {
        start_one(c);
    }
}

static void call_many(struct caller *c)
{
    pthread_mutex_lock(&c->lock);
    c->to_start = CALLS - AT_ONCE;
    c->under_way = AT_ONCE;
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < AT_ONCE; i++) {
        start_one(c);
    }
    pthread_mutex_lock(&c->lock);
    while (c->under_way > 0) {
        pthread_cond_wait(&c->changed, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

static void open_caller(struct caller *c, kds_http_version_t version)
{
    const kds_client_options_t options = {
        .struct_size = sizeof options,
        .region = "us-east-1",
        .endpoint = endpoint,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "secret",
        .http_version = version,
    };
    kds_error_t *error = NULL;
    if (kds_client_new(&options, &c->client, &error) != KDS_OK) {
        bench_fail(kds_error_message(error));
    }
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    c->to_start = c->under_way = 0;
}

static void close_caller(struct caller *c)
{
    kds_client_free(c->client);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
}

/* ---- libcurl alone ------------------------------------------------------------------------ */

struct raw {
    CURLM *multi;
    CURL *easy[AT_ONCE];
    struct curl_slist *headers;
    char body[1024];
};

static size_t drop(char *p, size_t size, size_t count, void *opaque)
{
    (void)p;
    (void)opaque;
    return size * count;
}

/* A signature of the right form: the server without credentials of its own asks for no more. */
static void add_headers(struct raw *r)
{
    static const char *const lines[] = {
        "Content-Type: application/x-amz-json-1.1",
        "X-Amz-Target: Kinesis_20131202.PutRecord",
        "X-Amz-Date: 20261121T080000Z",
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20261121/us-east-1/kinesis/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
        "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "User-Agent: kds",
        "amz-sdk-request: attempt=1; max=3",
        "amz-sdk-invocation-id: 00000000-0000-4000-8000-000000000000",
        "Expect:"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        r->headers = curl_slist_append(r->headers, lines[i]);
    }
}

static void open_raw(struct raw *r)
{
    char text[400] = "";
    memset(text, 'A', (DATA_BYTES + 2) / 3 * 4);
    text[(DATA_BYTES + 2) / 3 * 4 - 1] = '=';
    memset(r, 0, sizeof *r);
    snprintf(r->body, sizeof r->body,
             "{\"Data\":\"%s\",\"PartitionKey\":\"key\",\"StreamName\":\"bench\"}", text);
    add_headers(r);
    r->multi = curl_multi_init();
    for (size_t i = 0; i < AT_ONCE; i++) {
        r->easy[i] = curl_easy_init();
        curl_easy_setopt(r->easy[i], CURLOPT_URL, endpoint);
        curl_easy_setopt(r->easy[i], CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(r->easy[i], CURLOPT_POSTFIELDS, r->body);
        curl_easy_setopt(r->easy[i], CURLOPT_HTTPHEADER, r->headers);
        curl_easy_setopt(r->easy[i], CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(r->easy[i], CURLOPT_NOSIGNAL, 1L);
    }
}

static void close_raw(struct raw *r)
{
    for (size_t i = 0; i < AT_ONCE; i++) {
        curl_easy_cleanup(r->easy[i]);
    }
    curl_multi_cleanup(r->multi);
    curl_slist_free_all(r->headers);
}

static void expect_success(const CURLMsg *message)
{
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK || status != 200) {
        bench_fail("libcurl's request fails");
    }
}

static void call_many_raw(struct raw *r)
{
    size_t to_start = CALLS, under_way = 0;
    int running, left;
    for (; under_way < AT_ONCE; under_way++, to_start--) {
        curl_multi_add_handle(r->multi, r->easy[under_way]);
    }
    while (under_way > 0) {
        CURLMsg *message;
        curl_multi_perform(r->multi, &running);
        while ((message = curl_multi_info_read(r->multi, &left)) != NULL) {
            CURL *easy = message->easy_handle;
            expect_success(message);
            curl_multi_remove_handle(r->multi, easy);
            under_way--;
            if (to_start > 0) {
                curl_multi_add_handle(r->multi, easy);
                to_start--;
                under_way++;
            }
        }
        if (under_way > 0) {
            curl_multi_poll(r->multi, NULL, 0, 1000, NULL);
        }
    }
}

/* ---- side by side ------------------------------------------------------------------------- */

struct figures {
    double cpu_us[ROUNDS], wall_us[ROUNDS]; /* a call */
};

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, by_value);
    return values[ROUNDS / 2];
}

static double print_figures(const char *name, struct figures *f)
{
    const double cpu = median(f->cpu_us), wall = median(f->wall_us);
    printf("  %-44s %8.1f us CPU  %8.0f calls/s\n", name, cpu, 1e6 / wall);
    return cpu;
}

#define MEASURE(figures, round, what)                                                    \
    do {                                                                                 \
        const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);                            \
        const double wall = seconds(CLOCK_MONOTONIC);                                    \
        what;                                                                            \
        (figures).cpu_us[round] =                                                        \
            (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / CALLS;                     \
        (figures).wall_us[round] = (seconds(CLOCK_MONOTONIC) - wall) * 1e6 / CALLS;      \
    } while (0)

static double bench_calls(void)
{
    static struct figures ours, ours_2, theirs;
    struct caller one, two;
    struct raw raw;
    open_caller(&one, KDS_HTTP_1_1);
    open_caller(&two, KDS_HTTP_2);
    open_raw(&raw);
    call_many(&one); /* connections, caches */
    call_many(&two);
    call_many_raw(&raw);
    for (size_t i = 0; i < ROUNDS; i++) {
        MEASURE(ours, i, call_many(&one));
        MEASURE(theirs, i, call_many_raw(&raw));
        MEASURE(ours_2, i, call_many(&two));
    }
    close_raw(&raw);
    close_caller(&two);
    close_caller(&one);
    printf("\nPutRecord of %d bytes, %d at once, a call\n", DATA_BYTES, AT_ONCE);
    const double cpu = print_figures("libkds-api, HTTP/1.1", &ours);
    print_figures("libkds-api, HTTP/2", &ours_2);
    return cpu / print_figures("libcurl alone, HTTP/1.1", &theirs);
}

/* ---- at rest ------------------------------------------------------------------------------ */

/* CPU seconds and times that it slept, of another process. */
static void look_at_server(double *cpu, long *sleeps)
{
    char path[64], line[512];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)local_server_pid());
    FILE *f = fopen(path, "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL || strrchr(line, ')') == NULL ||
        sscanf(strrchr(line, ')') + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &kernel) != 2) {
        bench_fail("the server cannot be looked at");
    }
    fclose(f);
    *cpu = (double)(user + kernel) / 100;
    *sleeps = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)local_server_pid());
    f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        sscanf(line, "voluntary_ctxt_switches: %ld", sleeps);
    }
    if (f != NULL) {
        fclose(f);
    }
}

/* A client with an open connection, and its server, while nobody calls. */
static void bench_rest(double reached[3])
{
    const struct timespec rest = {.tv_sec = IDLE_S}, calm = {.tv_nsec = 200000000};
    struct caller c;
    struct rusage before, after;
    double server_before, server_after;
    long sleeps_before, sleeps_after;
    open_caller(&c, KDS_HTTP_1_1);
    call_many(&c);
    nanosleep(&calm, NULL); /* the threads come to rest */
    look_at_server(&server_before, &sleeps_before);
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    getrusage(RUSAGE_SELF, &before);
    nanosleep(&rest, NULL);
    getrusage(RUSAGE_SELF, &after);
    reached[0] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / IDLE_S * 100;
    reached[1] =
        (double)(after.ru_nvcsw - before.ru_nvcsw - 1); /* one is our own sleep */
    look_at_server(&server_after, &sleeps_after);
    reached[2] = (server_after - server_before) / IDLE_S * 100;
    printf("\nat rest for %d s with %d open connections\n", IDLE_S, AT_ONCE);
    printf("  client: %.4f %% of a core, %.0f wake-ups\n", reached[0], reached[1]);
    printf("  kds-local: %.4f %% of a core, %ld wake-ups\n", reached[2],
           sleeps_after - sleeps_before);
    close_caller(&c);
}

int main(void)
{
    static const struct bench_target targets[] = {
        {"", "a call's CPU time, times that of libcurl alone", BENCH_AT_MOST, 0, 0},
        {"T20", "a client at rest, % of a core", BENCH_AT_MOST, 0.1, 0},
        {"T20", "wake-ups of a client at rest in 5 s", BENCH_AT_MOST, 0.5, 0.5},
        {"T20", "kds-local at rest, % of a core", BENCH_AT_MOST, 0.1, 0},
    };
    double reached[4];
    bench_print_machine();
    endpoint = local_server_start("bench:16");
    reached[0] = bench_calls();
    bench_rest(reached + 1);
    printf("\n");
    for (size_t i = 0; i < 4; i++) {
        bench_print_target(&targets[i], reached[i]);
    }
    return 0;
}
