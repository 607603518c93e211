/*
 * our_client: libkds-api against a server that others wrote: create, describe, list, put, get,
 * split, merge, delete, and what their errors and odd answers come to.
 *
 *   our_client ENDPOINT STREAM json|cbor [lax-end|unread]
 *
 * Prints a line for each step and ends with 1 at the first one that is wrong. lax-end does not ask
 * for the end of a shard from a server that never tells it; unread leaves out reading the records.
 */
#include <kds/kds.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 20
#define READS_MAX                                                                        \
    40 /* answers without records on the way, of a server that is slow to store */

struct test {
    kds_client_t *client;
    kds_slice_t stream;
    bool strict_end, unread;
    kds_error_t *error;
    char first_shard[130], second_shard[130];
};

/* The record of a number: each byte value comes up, none is text. */
static void record_data(size_t number, uint8_t out[64])
{
    for (size_t i = 0; i < 64; i++) {
        out[i] = (uint8_t)(number * 13 + i * 5);
    }
}

static bool fails(const struct test *t, const char *what)
{
    fprintf(stderr, "    %s: %s\n", what,
            t->error ? kds_error_message(t->error) : "the answer is wrong");
    return false;
}

static bool same(kds_slice_t a, kds_slice_t b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void keep(char out[130], kds_slice_t text)
{
    snprintf(out, 130, "%.*s", (int)text.n, (const char *)text.p);
}

static bool wait_active(struct test *t)
{
    kds_describe_stream_summary_in_t in = {.struct_size = sizeof in,
                                           .stream_name = t->stream};
    return kds_wait(t->client, KDS_WAIT_STREAM_ACTIVE, &in, NULL, &t->error) == KDS_OK ||
           fails(t, "waiting until ACTIVE");
}

/* ---- streams and shards ------------------------------------------------------------------- */

static bool create(struct test *t)
{
    kds_create_stream_in_t in = {.struct_size = sizeof in,
                                 .stream_name = t->stream,
                                 .has_shard_count = true,
                                 .shard_count = 2};
    const kds_create_stream_out_t *out;
    if (kds_create_stream(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "CreateStream");
    }
    kds_output_free(out);
    return wait_active(t);
}

static bool refuses_unknown_stream(struct test *t)
{
    kds_describe_stream_in_t in = {.struct_size = sizeof in,
                                   .stream_name = kds_slice("no-such-stream")};
    const kds_describe_stream_out_t *out;
    kds_err_t rc = kds_describe_stream(t->client, &in, NULL, &out, &t->error);
    const char *code = rc == KDS_OK ? NULL : kds_error_service_code(t->error);
    bool right = code != NULL && strcmp(code, "ResourceNotFoundException") == 0;
    if (rc == KDS_OK) {
        kds_output_free(out);
    }
    if (!right) {
        return fails(t, "DescribeStream of a stream that is not there");
    }
    kds_error_free(t->error);
    t->error = NULL;
    return true;
}

static bool describe(struct test *t)
{
    kds_describe_stream_in_t in = {.struct_size = sizeof in, .stream_name = t->stream};
    const kds_describe_stream_out_t *out;
    if (kds_describe_stream(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "DescribeStream");
    }
    const kds_stream_description_t *d = &out->stream_description;
    /* Anything that is far from now would be seconds taken for milliseconds. */
    bool right = same(d->stream_name, t->stream) && d->shards_count == 2 &&
                 d->shards[0].sequence_number_range.ending_sequence_number.p == NULL &&
                 d->stream_creation_timestamp_ms > INT64_C(1700000000000) &&
                 d->stream_creation_timestamp_ms < INT64_C(4000000000000);
    kds_output_free(out);
    return right || fails(t, "DescribeStream");
}

static bool list(struct test *t, size_t expected)
{
    kds_list_shards_in_t in = {.struct_size = sizeof in, .stream_name = t->stream};
    const kds_list_shards_out_t *out;
    if (kds_list_shards(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "ListShards");
    }
    bool right = out->shards_count == expected;
    if (right) {
        keep(t->first_shard, out->shards[expected > 2 ? expected - 2 : 0].shard_id);
        keep(t->second_shard, out->shards[expected > 2 ? expected - 1 : 1].shard_id);
    }
    kds_output_free(out);
    return right || fails(t, "ListShards");
}

static bool list_two(struct test *t)
{
    return list(t, 2);
}

/* ---- records ------------------------------------------------------------------------------ */

static bool put(struct test *t)
{
    kds_put_records_request_entry_t entries[RECORDS];
    uint8_t data[RECORDS][64];
    for (size_t i = 0; i < RECORDS; i++) {
        record_data(i, data[i]);
        entries[i] = (kds_put_records_request_entry_t){
            .data = {data[i], 64},
            .partition_key = kds_slice("k"),
            .explicit_hash_key = kds_slice("1")}; /* all into the first shard */
    }
    kds_put_records_in_t in = {.struct_size = sizeof in,
                               .stream_name = t->stream,
                               .records = entries,
                               .records_count = RECORDS};
    const kds_put_records_out_t *out;
    if (kds_put_records(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "PutRecords");
    }
    /* A null in a good entry is no error code. */
    bool right = out->records_count == RECORDS && out->failed_record_count == 0;
    for (size_t i = 0; right && i < RECORDS; i++) {
        right =
            out->records[i].sequence_number.n > 0 && out->records[i].error_code.p == NULL;
    }
    kds_output_free(out);
    return right || fails(t, "PutRecords");
}

static bool start(struct test *t, char **iterator)
{
    kds_get_shard_iterator_in_t in = {.struct_size = sizeof in,
                                      .stream_name = t->stream,
                                      .shard_id = kds_slice(t->first_shard),
                                      .shard_iterator_type = kds_slice("TRIM_HORIZON")};
    const kds_get_shard_iterator_out_t *out;
    if (kds_get_shard_iterator(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "GetShardIterator");
    }
    *iterator = strndup((const char *)out->shard_iterator.p, out->shard_iterator.n);
    kds_output_free(out);
    return *iterator != NULL;
}

static bool right_records(const kds_get_records_out_t *out, size_t seen)
{
    uint8_t data[64];
    for (size_t i = 0; i < out->records_count; i++) {
        const kds_record_t *r = &out->records[i];
        record_data(seen + i, data);
        if (seen + i >= RECORDS || r->data.n != 64 || memcmp(r->data.p, data, 64) != 0 ||
            !same(r->partition_key, kds_slice("k"))) {
            return false;
        }
    }
    return true;
}

/* Reads until there are all records and, where asked for, the end of the shard. */
static bool read_shard(struct test *t, bool to_end)
{
    char *iterator = NULL;
    size_t seen = 0;
    if (t->unread) {
        return true;
    }
    bool right = start(t, &iterator);
    for (int i = 0; right && iterator && (to_end || seen < RECORDS) && i < READS_MAX;
         i++) {
        kds_get_records_in_t in = {.struct_size = sizeof in,
                                   .shard_iterator = kds_slice(iterator),
                                   .has_limit = true,
                                   .limit = 7};
        const kds_get_records_out_t *out;
        if (kds_get_records(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
            free(iterator);
            return fails(t, "GetRecords");
        }
        right = right_records(out, seen);
        seen += out->records_count;
        free(iterator);
        iterator = out->next_shard_iterator.p
                       ? strndup((const char *)out->next_shard_iterator.p,
                                 out->next_shard_iterator.n)
                       : NULL;
        kds_output_free(out);
    }
    right = right && seen == RECORDS && (!to_end || iterator == NULL);
    free(iterator);
    return right || fails(t, "GetRecords");
}

static bool get(struct test *t)
{
    return read_shard(t, false);
}

/* ---- resharding --------------------------------------------------------------------------- */

static bool merge(struct test *t)
{
    kds_merge_shards_in_t in = {.struct_size = sizeof in,
                                .stream_name = t->stream,
                                .shard_to_merge = kds_slice(t->first_shard),
                                .adjacent_shard_to_merge = kds_slice(t->second_shard)};
    const kds_merge_shards_out_t *out;
    if (kds_merge_shards(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "MergeShards");
    }
    kds_output_free(out);
    return wait_active(t);
}

/* The shard that was merged away still gives its records, and then says that it is over. */
static bool read_to_end(struct test *t)
{
    return read_shard(t, t->strict_end);
}

static bool split(struct test *t)
{
    char third[130];
    if (!list(t, 3)) {
        return false;
    }
    memcpy(third, t->second_shard, sizeof third);
    kds_split_shard_in_t in = {.struct_size = sizeof in,
                               .stream_name = t->stream,
                               .shard_to_split = kds_slice(third),
                               .new_starting_hash_key =
                                   kds_slice("170141183460469231731687303715884105728")};
    const kds_split_shard_out_t *out;
    if (kds_split_shard(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "SplitShard");
    }
    kds_output_free(out);
    return wait_active(t) && list(t, 5);
}

static bool delete_stream(struct test *t)
{
    kds_delete_stream_in_t in = {.struct_size = sizeof in, .stream_name = t->stream};
    const kds_delete_stream_out_t *out;
    if (kds_delete_stream(t->client, &in, NULL, &out, &t->error) != KDS_OK) {
        return fails(t, "DeleteStream");
    }
    kds_output_free(out);
    return true;
}

/* An iterator that is none: whatever the server says to it, HTML and 500 included, is an error. */
static bool refuses_garbage(struct test *t)
{
    kds_get_records_in_t in = {.struct_size = sizeof in,
                               .shard_iterator = kds_slice("garbage")};
    kds_call_options_t once = {.struct_size = sizeof once, .max_attempts = 1};
    const kds_get_records_out_t *out;
    if (kds_get_records(t->client, &in, &once, &out, &t->error) == KDS_OK) {
        kds_output_free(out);
        return fails(t, "GetRecords with garbage");
    }
    printf("    garbage as iterator: %s\n", kds_error_message(t->error));
    kds_error_free(t->error);
    t->error = NULL;
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct test *t);
} steps[] = {
    {"create", create},
    {"unknown stream", refuses_unknown_stream},
    {"describe", describe},
    {"list", list_two},
    {"put", put},
    {"get", get},
    {"garbage", refuses_garbage},
    {"merge", merge},
    {"read to the end", read_to_end},
    {"split", split},
    {"delete", delete_stream},
};

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("Usage: our_client ENDPOINT STREAM json|cbor [lax-end|unread]\n", stderr);
        return 2;
    }
    kds_client_options_t options = {
        .struct_size = sizeof options,
        .endpoint = argv[1],
        .region = "us-east-1",
        .access_key_id = "AKIDINTEROP",
        .secret_access_key = "secret",
        .protocol = strcmp(argv[3], "cbor") == 0 ? KDS_PROTOCOL_CBOR : KDS_PROTOCOL_JSON};
    struct test t = {.stream = kds_slice(argv[2]),
                     .strict_end =
                         argc<5, .unread = argc> 4 && strcmp(argv[4], "unread") == 0};
    bool right = kds_client_new(&options, &t.client, &t.error) == KDS_OK ||
                 fails(&t, "kds_client_new");
    for (size_t i = 0; right && i < sizeof steps / sizeof steps[0]; i++) {
        right = steps[i].run(&t);
        printf("  %-16s %s\n", steps[i].name, right ? "right" : "WRONG");
    }
    kds_error_free(t.error);
    kds_client_free(t.client);
    return right ? 0 : 1;
}
