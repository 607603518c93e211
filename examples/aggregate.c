/*
 * aggregate: aggregated records without the producer: a program with an event loop of its own.
 *
 *     aggregate write < LINES | aggregate read
 *
 * `write` takes lines "KEY<tab>DATA" and writes Kinesis records, each behind its length, four bytes,
 * most significant first. This is where a program would hand them to whatever it sends with. `read`
 * takes those and writes the lines again.
 */
#include <kds/agg.h>

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINGER_MS  100   /* how long the first record of an aggregate waits for others */
#define LINE_MAX   65536 /* bytes; a longer one ends the program */
#define RECORD_MAX KDS_AGGREGATE_BYTES_MAX

static int failed(kds_error_t *error)
{
    fprintf(stderr, "aggregate: %s\n", kds_error_message(error));
    kds_error_free(error);
    return 1;
}

static int failed_with(const char *what)
{
    fprintf(stderr, "aggregate: %s\n", what);
    return 1;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- write -------------------------------------------------------------------------------- */

/* A real program would send these, at most 500 at a time, with PutRecords. */
static void send_ready(kds_aggregator_t *aggregator)
{
    kds_aggregate_t out = {.struct_size = sizeof out};
    while (kds_aggregator_take(aggregator, &out)) {
        const unsigned char length[4] = {
            (unsigned char)(out.data.n >> 24), (unsigned char)(out.data.n >> 16),
            (unsigned char)(out.data.n >> 8), (unsigned char)out.data.n};
        fwrite(length, 1, sizeof length, stdout);
        fwrite(out.data.p, 1, out.data.n, stdout);
        fprintf(stderr, "aggregate: %zu user records in %zu bytes\n", out.user_records,
                out.data.n);
    }
    fflush(stdout);
}

static kds_err_t
add_line(kds_aggregator_t *aggregator, const char *line, size_t n, kds_error_t **error)
{
    const char *tab = memchr(line, '\t', n);
    size_t key_n = tab ? (size_t)(tab - line) : n;
    kds_user_record_t record = {.struct_size = sizeof record};
    record.partition_key = (kds_slice_t){(const uint8_t *)line, key_n};
    if (tab) {
        record.data = (kds_slice_t){(const uint8_t *)tab + 1, n - key_n - 1};
    }
    kds_err_t rc = kds_aggregator_add(aggregator, &record, error);
    if (rc == KDS_ERR_QUEUE_FULL) { /* make room, and once more */
        send_ready(aggregator);
        rc = kds_aggregator_add(aggregator, &record, error);
    }
    return rc;
}

/* Add the whole lines of the input, and move what is left to its front. */
static kds_err_t
add_lines(kds_aggregator_t *aggregator, char *input, size_t *n, kds_error_t **error)
{
    const char *at = input, *end = input + *n, *newline;
    kds_err_t rc = KDS_OK;
    while (rc == KDS_OK && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        rc = add_line(aggregator, at, (size_t)(newline - at), error);
        at = newline + 1;
    }
    *n = (size_t)(end - at);
    memmove(input, at, *n);
    return rc;
}

/* The loop: waits for input, or until what is open is due. */
static int write_records(kds_aggregator_t *aggregator)
{
    static char input[LINE_MAX];
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t due_ms = 0; /* of what is open; nothing is open at first */
    kds_error_t *error = NULL;
    size_t n = 0;
    for (;;) {
        bool open = kds_aggregator_open_records(aggregator) > 0;
        int64_t left_ms = open ? due_ms - now_ms() : -1;
        int ready = poll(&in, 1, open && left_ms < 0 ? 0 : (int)left_ms);
        if (ready > 0) {
            ssize_t got = read(STDIN_FILENO, input + n, sizeof input - n);
            if (got <= 0) {
                return n == 0 ? 0 : failed_with("a line is too long, or has no end");
            }
            n += (size_t)got;
            if (add_lines(aggregator, input, &n, &error) != KDS_OK) {
                return failed(error);
            }
            due_ms = open ? due_ms : now_ms() + LINGER_MS;
        }
        if (open && now_ms() >= due_ms && kds_aggregator_flush(aggregator, &error)) {
            return failed(error);
        }
        send_ready(aggregator);
    }
}

static int run_write(void)
{
    kds_aggregator_t *aggregator;
    kds_error_t *error = NULL;
    /* One stream of one shard. With more, the ranges of ListShards go into the options. */
    if (kds_aggregator_new(NULL, &aggregator, &error) != KDS_OK) {
        return failed(error);
    }
    int status = write_records(aggregator);
    if (kds_aggregator_flush(aggregator, &error) != KDS_OK) {
        status = failed(error);
    }
    send_ready(aggregator);
    kds_aggregator_free(aggregator);
    return status;
}

/* ---- read --------------------------------------------------------------------------------- */

static void print_found(const kds_deaggregated_t *found)
{
    if (found->kind == KDS_DEAGGREGATED_BROKEN) {
        fprintf(stderr, "aggregate: a record of %zu bytes is broken\n", found->data.n);
        return;
    }
    if (found->partition_key.p != NULL) {
        fwrite(found->partition_key.p, 1, found->partition_key.n, stdout);
    }
    putchar(
        '\t'); /* a record that travelled alone has its key beside it, which is not here */
    fwrite(found->data.p, 1, found->data.n, stdout);
    putchar('\n');
}

static int print_records(kds_deaggregator_t *deaggregator, kds_slice_t data)
{
    kds_deaggregated_t found = {.struct_size = sizeof found};
    kds_error_t *error = NULL;
    if (kds_deaggregator_open(deaggregator, &data, 1, NULL, &error) != KDS_OK) {
        return failed(error);
    }
    for (;;) {
        if (kds_deaggregator_next(deaggregator, &found) != KDS_OK) {
            return failed_with("out of memory");
        }
        if (found.kind == KDS_DEAGGREGATED_END) {
            return 0;
        }
        print_found(&found);
    }
}

static int read_records(kds_deaggregator_t *deaggregator, uint8_t *data)
{
    uint8_t length[4];
    while (fread(length, 1, sizeof length, stdin) == sizeof length) {
        size_t n = (size_t)length[0] << 24 | (size_t)length[1] << 16 |
                   (size_t)length[2] << 8 | length[3];
        if (n > RECORD_MAX || fread(data, 1, n, stdin) != n) {
            return failed_with("a record is too long, or cut off");
        }
        if (print_records(deaggregator, (kds_slice_t){data, n}) != 0) {
            return 1;
        }
    }
    return 0;
}

static int run_read(void)
{
    kds_deaggregator_t *deaggregator = kds_deaggregator_new();
    uint8_t *data = malloc(RECORD_MAX);
    int status = deaggregator != NULL && data != NULL ? read_records(deaggregator, data)
                                                      : failed_with("out of memory");
    free(data);
    kds_deaggregator_free(deaggregator);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "write") == 0) {
        return run_write();
    }
    if (argc == 2 && strcmp(argv[1], "read") == 0) {
        return run_read();
    }
    fputs("Usage: aggregate write < LINES, or aggregate read < RECORDS\n", stderr);
    return 2;
}
