/*
 * test_store: what was acknowledged is there again when the file is opened the next time.
 */
#include "base/rng.h"
#include "script.h"
#include "store.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct files {
    char folder[64];
    char path[96];
};

static int make_folder(void **state)
{
    static struct files f;
    snprintf(f.folder, sizeof f.folder, "/tmp/kds-test-store-XXXXXX");
    if (mkdtemp(f.folder) == NULL) {
        return -1;
    }
    snprintf(f.path, sizeof f.path, "%s/s.db", f.folder);
    *state = &f;
    return 0;
}

static int drop_folder(void **state)
{
    static const char *const ends[] = {"", "-wal", "-journal", "-shm"};
    struct files *f = *state;
    char path[128];
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", f->path, ends[i]);
        unlink(path);
    }
    return rmdir(f->folder);
}

static struct store *open_store(struct script *s, const char *path)
{
    char why[512] = "";
    struct store *store = store_open(path, s->service, why, sizeof why);
    if (store == NULL) {
        fail_msg("%s", why);
    }
    return store;
}

static void
reopen(struct script *s, struct store *store, const struct local_service_options *options)
{
    const struct local_service_options plain = {.seed = 1};
    /* The service first: it tells the store nothing any more. */
    local_service_free(s->service);
    store_close(store);
    s->service = local_service_new(options ? options : &plain);
    assert_non_null(s->service);
}

/* ---- everything comes back ------------------------------------------------------------------ */

/* clang-format off */
static void store_brings_everything_back(void **state)
{
    static const struct local_service_options slow = {.seed = 1, .control_plane_delay_ms = 1000};
    static const struct step before[] = {
        {0, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2,\"Tags\":{\"a\":\"\",\"b\":\"c\"}}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"o\",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"},\"RecordDistributionStrategy\":\"AUTO\"}", OK, NULL},
        {0, "CreateStream", "{\"StreamName\":\"gone\",\"ShardCount\":2}", OK, NULL},
        {0, "UpdateAccountSettings", "{\"MinimumThroughputBillingCommitment\":{\"Status\":\"ENABLED\"}}", OK, NULL},
        {1000, "PutRecord", "{\"StreamName\":\"gone\",\"Data\":\"\",\"PartitionKey\":\"k\"}", OK, NULL},
        {0, "DeleteStream", "{\"StreamName\":\"gone\"}", OK, NULL},
        {0, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"b25l\",\"PartitionKey\":\"\\u0000k\",\"ExplicitHashKey\":\"1\"}", OK, NULL},
        {0, "PutRecord", "{\"StreamName\":\"o\",\"Data\":\"\"}", OK, NULL},
        {0, "RegisterStreamConsumer", "{" STREAM_ARN("s") ",\"ConsumerName\":\"c\",\"Tags\":{\"x\":\"y\"}}", OK, NULL},
        {0, "PutResourcePolicy", "{\"ResourceARN\":\"" ARN_OF "stream/s\",\"Policy\":\"{}\"}", OK, NULL},
        {0, "StartStreamEncryption", "{\"StreamName\":\"s\",\"EncryptionType\":\"KMS\",\"KeyId\":\"key\"}", OK, NULL},
        {1000, "UpdateStreamWarmThroughput", "{\"StreamName\":\"o\",\"WarmThroughputMiBps\":6}", OK, NULL},
        {0, "PutRecords", "{\"StreamName\":\"s\",\"Records\":[{\"Data\":\"dHdv\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"1\"}]}", OK, NULL},
        {0, "SplitShard", "{\"StreamName\":\"s\",\"ShardToSplit\":\"shardId-000000000000\",\"NewStartingHashKey\":\"100\"}", OK, NULL},
    };
    static const struct step after[] = {
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"StreamStatus\":\"UPDATING\"", NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"EncryptionType\":\"KMS\",\"KeyId\":\"key\"", NULL},
        {0, "DescribeStream", "{\"StreamName\":\"gone\"}", REFUSED("ResourceNotFoundException"), NULL},
        {0, "ListTagsForStream", "{\"StreamName\":\"s\"}", 200, "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"b\",\"Value\":\"c\"}],\"HasMoreTags\":false}", NULL},
        {0, "GetResourcePolicy", "{\"ResourceARN\":\"" ARN_OF "stream/s\"}", 200, "{\"Policy\":\"{}\"}", NULL},
        {0, "ListTagsForResource", "{\"ResourceARN\":\"" ARN_OF "stream/s/consumer/c:1790000001\"}", 200, "\"Value\":\"y\"", NULL},
        {0, "DescribeAccountSettings", "{}", 200, "\"Status\":\"ENABLED\",\"StartedAt\":1790000000", NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"o\"}", 200, "\"RecordDistributionStrategy\":\"AUTO\"", NULL},
        {1000, "DescribeStreamSummary", "{\"StreamName\":\"s\"}", 200, "\"OpenShardCount\":3", NULL},
        {0, "DescribeStreamSummary", "{\"StreamName\":\"o\"}", 200, "\"OpenShardCount\":6", NULL},
        {0, "PutRecord", "{\"StreamName\":\"s\",\"Data\":\"dHdv\",\"PartitionKey\":\"k\",\"ExplicitHashKey\":\"1\"}", 200, "shardId-000000000002", NULL},
    };
    struct files *f = *state;
    struct script s;
    char token[512], body[1024];
    script_begin(&s, &slow);
    struct store *store = open_store(&s, f->path);
    PLAY(&s, before);
    uint64_t id = local_service_stream(s.service, "s")->id;
    reopen(&s, store, &slow);
    store = open_store(&s, f->path);
    assert_int_equal(local_service_stream(s.service, "s")->id, id);
    script_ask(&s, "GetShardIterator", "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\",\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}", script_member(&s, "ShardIterator", token, sizeof token));
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    assert_non_null(strstr(s.answer, "\"Data\":\"b25l\",\"PartitionKey\":\"\\u0000k\",\"EncryptionType\":\"NONE\""));
    assert_non_null(strstr(s.answer, "\"Data\":\"dHdv\",\"PartitionKey\":\"k\",\"EncryptionType\":\"KMS\""));
    PLAY(&s, after);
    script_ask(&s, "GetRecords", body);
    assert_non_null(strstr(s.answer, "\"ChildShards\":[{\"ShardId\":\"shardId-000000000002\""));
    script_expect_tiling(&s, "s");
    script_expect_tiling(&s, "o");
    script_end(&s);
    store_close(store);
}

static void store_brings_channels_back(void **state)
{
    static const char create[] =
        "{\"ChannelName\":\"c\",\"ServiceExecutionRoleARN\":\"arn:r\",\"StreamConfigurationList\":[{"
        "\"StreamARN\":\"" ARN_OF "stream/o\",\"RecordConfiguration\":{\"RecordFormatType\":\"JSON\"}}],"
        "\"S3DestinationConfiguration\":{\"StorageConfiguration\":{\"BucketARN\":\"arn:aws:s3:::b\","
        "\"ExpectedBucketOwner\":\"123456789012\",\"CompressionType\":\"GZIP\"}}}";
    struct files *f = *state;
    struct script s;
    char arn[256], body[512], first[1024];
    script_begin(&s, NULL);
    struct store *store = open_store(&s, f->path);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"o\",\"StreamModeDetails\":{\"StreamMode\":\"ON_DEMAND\"}}");
    assert_int_equal(script_ask(&s, "CreateChannel", create), 200);
    snprintf(body, sizeof body, "{\"ChannelARN\":\"%s\"}", script_member(&s, "ChannelARN", arn, sizeof arn));
    assert_int_equal(script_ask(&s, "DescribeChannel", body), 200);
    snprintf(first, sizeof first, "%.1000s", s.answer);
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    assert_int_equal(script_ask(&s, "DescribeChannel", body), 200);
    assert_memory_equal(s.answer, first, strlen(first));
    assert_int_equal(script_ask(&s, "DeleteStream", "{\"StreamName\":\"o\"}"), 400);
    assert_int_equal(script_ask(&s, "DeleteChannel", body), 200);
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    assert_int_equal(script_ask(&s, "DescribeChannel", body), 400);
    assert_int_equal(script_ask(&s, "DeleteStream", "{\"StreamName\":\"o\"}"), 200);
    script_end(&s);
    store_close(store);
}
/* clang-format on */

static void store_brings_closed_shards_back(void **state)
{
    struct files *f = *state;
    struct script s;
    char token[512], body[1024];
    script_begin(&s, NULL);
    struct store *store = open_store(&s, f->path);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}");
    assert_int_equal(script_ask(&s, "MergeShards",
                                "{\"StreamName\":\"s\",\"ShardToMerge\":"
                                "\"shardId-000000000001\",\"AdjacentShardToMerge\":"
                                "\"shardId-000000000000\"}"),
                     200);
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    script_ask(&s, "GetShardIterator",
               "{\"StreamName\":\"s\",\"ShardId\":\"shardId-000000000000\","
               "\"ShardIteratorType\":\"TRIM_HORIZON\"}");
    snprintf(body, sizeof body, "{\"ShardIterator\":\"%s\"}",
             script_member(&s, "ShardIterator", token, sizeof token));
    assert_int_equal(script_ask(&s, "GetRecords", body), 200);
    assert_non_null(strstr(s.answer, "\"ParentShards\":[\"shardId-000000000001\","
                                     "\"shardId-000000000000\"]"));
    script_end(&s);
    store_close(store);
}

static void store_forgets_what_is_too_old(void **state)
{
    struct files *f = *state;
    struct script s;
    script_begin(&s, NULL);
    struct store *store = open_store(&s, f->path);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}");
    static const char put[] =
        "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}";
    char first[128], second[128];
    script_ask(&s, "PutRecord", put);
    s.now_us += 25 * 3600 * KDS_US_PER_S;
    script_ask(&s, "PutRecord", put); /* the call before it swept */
    script_member(&s, "SequenceNumber", first, sizeof first);
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    struct local_log *log = &local_service_stream(s.service, "s")->shards[0]->log;
    assert_int_equal(log->first, 1);
    assert_int_equal(log->count, 2);
    s.now_us += 25 * 3600 * KDS_US_PER_S;
    local_service_advance(s.service, s.now_us); /* nothing is left but the position */
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    log = &local_service_stream(s.service, "s")->shards[0]->log;
    assert_int_equal(log->first, 2);
    assert_int_equal(log->count, 2);
    script_ask(&s, "PutRecord", put);
    script_member(&s, "SequenceNumber", second, sizeof second);
    assert_true(kds_sequence_cmp(kds_slice(second), kds_slice(first)) > 0);
    script_end(&s);
    store_close(store);
}

/* The clock goes back by days, and a shard is closed by the wrong time: its records outlive it. */
static void store_forgets_records_with_their_shard(void **state)
{
    struct files *f = *state;
    struct script s;
    script_begin(&s, NULL);
    struct store *store = open_store(&s, f->path);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}");
    script_ask(&s, "PutRecord",
               "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}");
    s.now_us -= 10 * 24 * 3600 * KDS_US_PER_S;
    assert_int_equal(script_ask(&s, "SplitShard",
                                "{\"StreamName\":\"s\",\"ShardToSplit\":"
                                "\"shardId-000000000000\",\"NewStartingHashKey\":\"9\"}"),
                     200);
    s.now_us += 2 * 24 * 3600 * KDS_US_PER_S;
    assert_int_equal(script_ask(&s, "ListShards", "{\"StreamName\":\"s\"}"), 200);
    assert_int_equal(local_service_stream(s.service, "s")->shard_count, 2);
    reopen(&s, store, NULL);
    store = open_store(&s, f->path);
    assert_int_equal(local_service_stream(s.service, "s")->shard_count, 2);
    script_end(&s);
    store_close(store);
}

/* ---- the process dies ------------------------------------------------------------------------ */

/* Put records until killed, telling each acknowledged one through the pipe. */
static void put_until_killed(const char *path, int fd, int64_t now_us)
{
    struct script s;
    char why[512];
    script_begin(&s, NULL);
    s.now_us = now_us;
    struct store *store = store_open(path, s.service, why, sizeof why);
    if (store == NULL) {
        _exit(3);
    }
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}");
    for (;;) {
        char sequence[LOCAL_SEQUENCE_BYTES] = "";
        if (script_ask(&s, "PutRecord",
                       "{\"StreamName\":\"s\",\"Data\":\"ZGF0YQ==\",\"PartitionKey\":"
                       "\"k\"}") != 200) {
            _exit(4);
        }
        script_member(&s, "SequenceNumber", sequence, sizeof sequence);
        if (write(fd, sequence, sizeof sequence) != sizeof sequence) {
            _exit(5);
        }
    }
}

/* Each acknowledged record must be there: @p sequence, and those that wait in the pipe. */
static void check_survivors(const char *path, int fd, char sequence[LOCAL_SEQUENCE_BYTES])
{
    struct script s;
    script_begin(&s, NULL);
    struct store *store = open_store(&s, path);
    do {
        const struct local_shard *shard = local_service_stream(s.service, "s")->shards[0];
        assert_int_equal(local_shard_find(shard, kds_slice(sequence), true),
                         local_shard_find(shard, kds_slice(sequence), false) + 1);
    } while (read(fd, sequence, LOCAL_SEQUENCE_BYTES) == LOCAL_SEQUENCE_BYTES);
    script_end(&s);
    store_close(store);
}

static void store_keeps_what_was_acknowledged_when_killed(void **state)
{
    struct files *f = *state;
    for (int round = 0; round < 4; round++) {
        int fds[2];
        char sequence[LOCAL_SEQUENCE_BYTES];
        assert_int_equal(pipe(fds), 0);
        pid_t child = fork();
        if (child == 0) {
            close(fds[0]);
            put_until_killed(f->path, fds[1],
                             (SCRIPT_START_S + round * 100) * KDS_US_PER_S);
        }
        close(fds[1]);
        for (int i = 0; i < 20 + 7 * round; i++) { /* some have been acknowledged */
            assert_int_equal(read(fds[0], sequence, sizeof sequence), sizeof sequence);
        }
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        check_survivors(f->path, fds[0], sequence);
        close(fds[0]);
    }
}

/* ---- files that are not ours ------------------------------------------------------------------ */

static void expect_refused(const char *path, const char *part)
{
    struct script s;
    char why[512] = "";
    script_begin(&s, NULL);
    assert_null(store_open(path, s.service, why, sizeof why));
    if (strstr(why, part) == NULL || strstr(why, path) == NULL) {
        fail_msg("%s: no \"%s\"", why, part);
    }
    script_end(&s);
}

static void write_file(const char *path, const char *text, size_t n, long at)
{
    FILE *file = fopen(path, at < 0 ? "w" : "r+");
    assert_non_null(file);
    fseek(file, at < 0 ? 0 : at, SEEK_SET);
    assert_int_equal(fwrite(text, 1, n, file), n);
    fclose(file);
}

static void sql(const char *path, const char *text)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void fill(const char *path)
{
    struct script s;
    script_begin(&s, NULL);
    struct store *store = open_store(&s, path);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}");
    for (int i = 0; i < 200; i++) {
        script_ask(&s, "PutRecord",
                   "{\"StreamName\":\"s\",\"Data\":\"ZGF0YQ==\",\"PartitionKey\":\"k\"}");
    }
    script_end(&s);
    store_close(store);
}

static void store_refuses_files_of_others(void **state)
{
    struct files *f = *state;
    char text[4096];
    memset(text, 'x', sizeof text);
    write_file(f->path, text, sizeof text, -1);
    expect_refused(f->path, "is not an SQLite file");
    unlink(f->path);
    sql(f->path, "CREATE TABLE t(x)");
    expect_refused(f->path, "is an SQLite file of another program");
    expect_refused(f->folder, "");
    unlink(f->path);
    fill(f->path);
    sql(f->path, "PRAGMA user_version = 2");
    expect_refused(f->path, "has format version 2; this program knows version 1");
    expect_refused("/nonexistent/folder/s.db", "No such file");
}

static void store_refuses_damaged_files(void **state)
{
    static const char *const wounds[] = {
        "UPDATE object SET value = '{' WHERE kind = 1",
        "UPDATE object SET value = '{\"name\":\"\"}' WHERE kind = 1",
        "DELETE FROM object WHERE kind = 1",
        "DELETE FROM object WHERE kind = 2 AND name = 'shardId-000000000001'",
        "UPDATE object SET name = 'x', kind = 9 WHERE kind = 1",
        "UPDATE object SET kind = -1 WHERE kind = 1",
        "UPDATE object SET value = replace(value, '\"first\":\"0\"', '\"first\":\"5\"')",
        "UPDATE object SET value = replace(value, '\"index\":0', '\"index\":-4')",
        "UPDATE object SET value = replace(value, '\"parent\":-1', '\"parent\":7')",
        "UPDATE object SET value = replace(value, '\"status\":1', '\"status\":17')",
        "UPDATE object SET value = replace(value, '\"reshard\":0', '\"reshard\":1')",
        "UPDATE object SET value = replace(value, '\"reshard\":0', '\"reshard\":2')",
        "UPDATE record SET position = position + 1000 WHERE position > 50",
        "UPDATE record SET sequence = 'abc'",
        "UPDATE record SET sequence = sequence || '0123456789012345'",
        "UPDATE record SET shard = shard + 5",
    };
    struct files *f = *state;
    for (size_t i = 0; i < sizeof wounds / sizeof wounds[0]; i++) {
        fill(f->path);
        sql(f->path, wounds[i]);
        expect_refused(f->path, "is damaged");
        unlink(f->path);
    }
    /* Pages overwritten at random: refused, or what is read is still whole. */
    struct kds_rng rng;
    kds_rng_seed(&rng, 7);
    for (int round = 0; round < 40; round++) {
        char noise[64];
        struct script s;
        char why[512];
        struct stat about;
        fill(f->path);
        for (size_t i = 0; i < sizeof noise; i++) {
            noise[i] = (char)kds_rng_next(&rng);
        }
        stat(f->path, &about);
        write_file(f->path, noise, sizeof noise,
                   (long)kds_rng_below(&rng, (uint64_t)about.st_size - sizeof noise));
        script_begin(&s, NULL);
        struct store *store = store_open(f->path, s.service, why, sizeof why);
        if (store != NULL && local_service_stream(s.service, "s") != NULL) {
            script_expect_tiling(&s, "s");
        }
        script_end(&s);
        store_close(store);
        unlink(f->path);
    }
}

static void store_is_for_its_owner_and_one_process(void **state)
{
    struct files *f = *state;
    struct script s;
    struct stat about;
    mode_t mask = umask(0);
    script_begin(&s, NULL);
    struct store *store = open_store(&s, f->path);
    umask(mask);
    assert_int_equal(stat(f->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}");
    expect_refused(f->path, "is used by another process");
    script_end(&s);
    store_close(store);
}

/* ---- the disk is full -------------------------------------------------------------------------- */

static bool refuse_object(const struct local_object *object, void *opaque)
{
    (void)object;
    return *(bool *)opaque;
}

static bool refuse_record(uint64_t stream,
                          uint32_t shard,
                          uint64_t position,
                          const struct local_record *record,
                          void *opaque)
{
    (void)stream;
    (void)shard;
    (void)position;
    (void)record;
    return *(bool *)opaque;
}

static bool refuse_trimmed(uint64_t stream, uint32_t shard, uint64_t first, void *opaque)
{
    (void)stream;
    (void)shard;
    (void)first;
    return *(bool *)opaque;
}

static bool refuse_commit(void *opaque)
{
    return *(bool *)opaque;
}

static void store_that_fails_acknowledges_nothing_any_more(void **state)
{
    bool works = true;
    const struct local_observer observer = {refuse_object, refuse_record, refuse_trimmed,
                                            refuse_commit, &works};
    struct script s;
    (void)state;
    script_begin(&s, NULL);
    local_service_observe(s.service, &observer);
    static const char put[] =
        "{\"StreamName\":\"s\",\"Data\":\"\",\"PartitionKey\":\"k\"}";
    assert_int_equal(
        script_ask(&s, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}"), 200);
    assert_int_equal(script_ask(&s, "PutRecord", put), 200);
    works = false;
    assert_int_equal(script_ask(&s, "ListStreams", "{}"), 200); /* tells nothing */
    assert_int_equal(script_ask(&s, "PutRecord", put), 500);
    assert_non_null(strstr(s.answer, "InternalFailure"));
    works = true;
    assert_int_equal(script_ask(&s, "PutRecord", put), 500);
    assert_int_equal(script_ask(&s, "ListStreams", "{}"), 500);
    script_end(&s);
}

#define STORE_TEST(t) cmocka_unit_test_setup_teardown(t, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(store_brings_everything_back),
        STORE_TEST(store_brings_channels_back),
        STORE_TEST(store_brings_closed_shards_back),
        STORE_TEST(store_forgets_what_is_too_old),
        STORE_TEST(store_forgets_records_with_their_shard),
        STORE_TEST(store_keeps_what_was_acknowledged_when_killed),
        STORE_TEST(store_refuses_files_of_others),
        STORE_TEST(store_refuses_damaged_files),
        STORE_TEST(store_is_for_its_owner_and_one_process),
        cmocka_unit_test(store_that_fails_acknowledges_nothing_any_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
