/*
 * put_cost: what PutRecords of 500 records of 100 B costs our client, as check_cost.py asks.
 *
 *   put_cost ENDPOINT STREAM CALLS
 *
 * Prints the CPU time of this process, user and system, all threads, in ns per record, from
 * before the first to after the last of CALLS calls; one call before them is not counted.
 */
#include <kds/kds.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECORDS 500
#define BYTES   100

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint8_t data[BYTES];
static char keys[RECORDS][16];
static kds_put_records_request_entry_t entries[RECORDS];

static bool put(kds_client_t *client, kds_slice_t stream)
{
    for (size_t i = 0; i < RECORDS; i++) {
        snprintf(keys[i], sizeof keys[i], "key-%zu", i);
        entries[i] = (kds_put_records_request_entry_t){
            .data = {data, sizeof data}, .partition_key = kds_slice(keys[i])};
    }
    kds_put_records_in_t in = {.struct_size = sizeof in,
                               .stream_name = stream,
                               .records = entries,
                               .records_count = RECORDS};
    const kds_put_records_out_t *out;
    kds_error_t *error = NULL;
    if (kds_put_records(client, &in, NULL, &out, &error) != KDS_OK) {
        fprintf(stderr, "put_cost: %s\n", kds_error_message(error));
        kds_error_free(error);
        return false;
    }
    bool right = out->records_count == RECORDS && out->failed_record_count == 0;
    kds_output_free(out);
    return right;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("Usage: put_cost ENDPOINT STREAM CALLS\n", stderr);
        return 2;
    }
    kds_client_options_t options = {
        .struct_size = sizeof options, .endpoint = argv[1], .region = "us-east-1"};
    kds_client_t *client;
    kds_error_t *error = NULL;
    if (kds_client_new(&options, &client, &error) != KDS_OK) {
        fprintf(stderr, "put_cost: %s\n", kds_error_message(error));
        kds_error_free(error);
        return 1;
    }
    long calls = strtol(argv[3], NULL, 10);
    bool right = put(client, kds_slice(argv[2]));
    int64_t before = cpu_ns();
    for (long i = 0; right && i < calls; i++) {
        right = put(client, kds_slice(argv[2]));
    }
    if (right && calls > 0) {
        printf("%.1f\n", (double)(cpu_ns() - before) / (double)calls / RECORDS);
    }
    kds_client_free(client);
    return right ? 0 : 1;
}
