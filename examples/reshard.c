/*
 * reshard: creates, shows, splits and merges: the API itself, one typed function an operation.
 */
#include <kds/kds.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: reshard [--endpoint URL] [--region R] COMMAND\n"
    "\n"
    "  create STREAM SHARDS          create a stream\n"
    "  show STREAM                   list its shards\n"
    "  split STREAM SHARD HASH_KEY   split a shard there\n"
    "  merge STREAM SHARD SHARD      merge two neighbours\n"
    "  delete STREAM                 delete it with all its records\n";

static int failed(kds_error_t *error)
{
    fprintf(stderr, "reshard: %s\n", kds_error_message(error));
    kds_error_free(error);
    return 1;
}

static int create(kds_client_t *client, char **argument)
{
    kds_create_stream_in_t in = {.struct_size = sizeof in,
                                 .stream_name = kds_slice(argument[0]),
                                 .has_shard_count = true,
                                 .shard_count = strtol(argument[1], NULL, 10)};
    const kds_create_stream_out_t *out;
    kds_error_t *error = NULL;
    if (kds_create_stream(client, &in, NULL, &out, &error) != KDS_OK) {
        return failed(error);
    }
    kds_output_free(out);
    return 0;
}

static int show(kds_client_t *client, char **argument)
{
    kds_list_shards_in_t in = {.struct_size = sizeof in,
                               .stream_name = kds_slice(argument[0])};
    const kds_list_shards_out_t *out;
    kds_error_t *error = NULL;
    if (kds_list_shards(client, &in, NULL, &out, &error) != KDS_OK) {
        return failed(error);
    }
    for (size_t i = 0; i < out->shards_count; i++) {
        const kds_shard_t *shard = &out->shards[i];
        bool open = shard->sequence_number_range.ending_sequence_number.p == NULL;
        printf("%s %s %s..%s\n", (const char *)shard->shard_id.p,
               open ? "open  " : "closed",
               (const char *)shard->hash_key_range.starting_hash_key.p,
               (const char *)shard->hash_key_range.ending_hash_key.p);
    }
    kds_output_free(out);
    return 0;
}

static int split(kds_client_t *client, char **argument)
{
    kds_split_shard_in_t in = {.struct_size = sizeof in,
                               .stream_name = kds_slice(argument[0]),
                               .shard_to_split = kds_slice(argument[1]),
                               .new_starting_hash_key = kds_slice(argument[2])};
    const kds_split_shard_out_t *out;
    kds_error_t *error = NULL;
    if (kds_split_shard(client, &in, NULL, &out, &error) != KDS_OK) {
        return failed(error);
    }
    kds_output_free(out);
    return 0;
}

static int merge(kds_client_t *client, char **argument)
{
    kds_merge_shards_in_t in = {.struct_size = sizeof in,
                                .stream_name = kds_slice(argument[0]),
                                .shard_to_merge = kds_slice(argument[1]),
                                .adjacent_shard_to_merge = kds_slice(argument[2])};
    const kds_merge_shards_out_t *out;
    kds_error_t *error = NULL;
    if (kds_merge_shards(client, &in, NULL, &out, &error) != KDS_OK) {
        return failed(error);
    }
    kds_output_free(out);
    return 0;
}

static int delete_stream(kds_client_t *client, char **argument)
{
    kds_delete_stream_in_t in = {.struct_size = sizeof in,
                                 .stream_name = kds_slice(argument[0])};
    const kds_delete_stream_out_t *out;
    kds_error_t *error = NULL;
    if (kds_delete_stream(client, &in, NULL, &out, &error) != KDS_OK) {
        return failed(error);
    }
    kds_output_free(out);
    return 0;
}

static const struct {
    const char *name;
    int arguments;
    int (*run)(kds_client_t *client, char **argument);
} commands[] = {
    {"create", 2, create},        {"show", 1, show},
    {"split", 3, split},          {"merge", 3, merge},
    {"delete", 1, delete_stream},
};

static int run(kds_client_t *client, int count, char **words)
{
    for (size_t i = 0; count > 0 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) == 0 &&
            count - 1 == commands[i].arguments) {
            return commands[i].run(client, words + 1);
        }
    }
    fputs(help, stderr);
    return 2;
}

int main(int argc, char **argv)
{
    kds_client_options_t options = {.struct_size = sizeof options};
    kds_client_t *client;
    kds_error_t *error = NULL;
    int at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        if (strcmp(argv[at], "--endpoint") == 0) {
            options.endpoint = argv[at + 1];
        } else if (strcmp(argv[at], "--region") == 0) {
            options.region = argv[at + 1];
        }
    }
    if (kds_client_new(&options, &client, &error) != KDS_OK) {
        return failed(error);
    }
    int status = run(client, argc - at, argv + at);
    kds_client_free(client);
    return status;
}
