/*
 * producer: puts the lines of a file into a stream, aggregated, and tells what became of each.
 *
 * An example to copy: everything that it needs of the library is in kpl/kpl.h.
 */
#include "common.h"

#include <kpl/kpl.h>

#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "Usage: producer --stream S [options]\n"
    "\n"
    "  --endpoint URL        address of the service, for example http://127.0.0.1:4567\n"
    "  --region R            region (AWS_REGION)\n"
    "  --ca-file F           PEM file of trusted certificates\n"
    "  --input FILE|-        what to send; - is standard input (-)\n"
    "  --format lines|tsv    lines: each line is a record. tsv: id<TAB>key<TAB>data "
    "(lines)\n"
    "  --key-field N         lines: the key is the N-th field, from 1\n"
    "  --key-separator C     ... fields are separated by this character (blanks)\n"
    "  --key-pattern REGEX   lines: the key is the first group of this extended "
    "expression\n"
    "                        without either: a random key per line\n"
    "  --outcomes FILE|-     write a JSON line for each record when its outcome is "
    "known\n"
    "  --config FILE         settings from a properties file, ours or the KPL's\n"
    "  --set NAME=VALUE      one setting; may be repeated\n"
    "  --ordered             store the records of a key in the order of the input\n"
    "  --spool DIR           keep records in DIR until they are stored; what an earlier "
    "run\n"
    "                        left there is sent first, its outcomes have the id "
    "\"spool\"\n"
    "  --verbose             tell on standard error what the library does\n"
    "\n"
    "Exit status: 0 every record was stored, 1 some were not, 2 wrong usage.\n"
    "SIGTERM: read no more, send what was read, end.\n";

struct options {
    const char *stream, *endpoint, *region, *ca_file, *input, *outcomes;
    bool tsv, has_pattern, verbose;
    long key_field;
    char key_separator; /* 0 = blanks */
    regex_t pattern;
};

/* What goes with each record as its tag. */
struct note {
    char id[64];
};

/* Told by the callback, which runs on the library's thread. */
struct tally {
    FILE *outcomes;
    atomic_size_t succeeded, failed;
};

/* ---- outcomes ----------------------------------------------------------------------------- */

static const char *persisted_text(kds_persisted_t persisted)
{
    static const char *const words[] = {"no", "maybe", "yes"};
    return words[persisted];
}

/* The final line of a record that the library never took. */
static void write_refusal(struct tally *tally, const char *id, const char *why)
{
    atomic_fetch_add(&tally->failed, 1);
    if (tally->outcomes == NULL) {
        fprintf(stderr, "producer: %s: %s\n", id, why);
        return;
    }
    flockfile(tally->outcomes);
    fputs("{\"id\":", tally->outcomes);
    json_string(tally->outcomes, kds_slice(id));
    fputs(",\"status\":\"failed\",\"persisted\":\"no\",\"shard\":null,\"sequence\":null,"
          "\"subsequence\":null,\"attempts\":0",
          tally->outcomes);
    json_member(tally->outcomes, "error", kds_slice(why));
    fputs("}\n", tally->outcomes);
    funlockfile(tally->outcomes);
}

static void write_outcome(FILE *out, const struct note *note, const kpl_result_t *r)
{
    flockfile(out);
    fputs("{\"id\":", out);
    json_string(out, kds_slice(note->id));
    fprintf(out, ",\"status\":\"%s\",\"persisted\":\"%s\"",
            r->code == KDS_OK ? "success" : "failed", persisted_text(r->persisted));
    json_member(out, "shard", r->shard_id);
    json_member(out, "sequence", r->sequence_number);
    if (r->code == KDS_OK && r->subsequence_number >= 0) {
        fprintf(out, ",\"subsequence\":%lld", (long long)r->subsequence_number);
    } else {
        fputs(",\"subsequence\":null", out);
    }
    fprintf(out, ",\"attempts\":%u,\"latency_us\":%lld", r->attempt_count,
            (long long)r->latency_us);
    if (r->code == KDS_OK) {
        fputs(",\"error\":null}\n", out);
    } else {
        json_member(out, "error",
                    r->message.p ? r->message : kds_slice(kds_err_text(r->code)));
        fputs("}\n", out);
    }
    funlockfile(out);
}

/* What stands for a record that an earlier run left in the spool. */
static struct note of_an_earlier_run = {.id = "spool"};

static void on_results(const kpl_result_t *results, size_t count, void *opaque)
{
    struct tally *tally = opaque;
    for (size_t i = 0; i < count; i++) {
        struct note *note = results[i].tag != NULL ? results[i].tag : &of_an_earlier_run;
        if (tally->outcomes != NULL) {
            write_outcome(tally->outcomes, note, &results[i]);
        } else if (results[i].code != KDS_OK) {
            fprintf(stderr, "producer: %s: %.*s\n", note->id, (int)results[i].message.n,
                    (const char *)results[i].message.p);
        }
        atomic_fetch_add(results[i].code == KDS_OK ? &tally->succeeded : &tally->failed,
                         1);
        free(results[i].tag);
    }
}

/* ---- lines to records --------------------------------------------------------------------- */

static kds_slice_t part(const char *p, size_t n)
{
    kds_slice_t s = {(const uint8_t *)p, n};
    return s;
}

static bool is_separator(const struct options *o, char c)
{
    return o->key_separator ? c == o->key_separator : c == ' ' || c == '\t';
}

static kds_slice_t field_of(const struct options *o, kds_slice_t line)
{
    const char *p = (const char *)line.p, *end = p + line.n;
    for (long field = 1; p < end; field++) {
        while (!o->key_separator && p < end && is_separator(o, *p)) {
            p++;
        }
        const char *start = p;
        while (p < end && !is_separator(o, *p)) {
            p++;
        }
        if (field == o->key_field) {
            return part(start, (size_t)(p - start));
        }
        p += p < end;
    }
    return part("", 0);
}

/* A key for a line; falls back to a random one where the rule finds none. */
static kds_slice_t key_of(const struct options *o, kds_slice_t line, char random_key[24])
{
    static uint64_t state;
    regmatch_t groups[2];
    kds_slice_t key = part("", 0);
    if (o->key_field > 0) {
        key = field_of(o, line);
    } else if (o->has_pattern &&
               regexec(&o->pattern, (const char *)line.p, 2, groups, 0) == 0 &&
               groups[1].rm_so >= 0) {
        key = part((const char *)line.p + groups[1].rm_so,
                   (size_t)(groups[1].rm_eo - groups[1].rm_so));
    }
    if (key.n == 0) {
        state += 0x9E3779B97F4A7C15u;
        uint64_t z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
        z ^= (uint64_t)getpid() << 32;
        key = part(random_key, (size_t)snprintf(random_key, 24, "%016llx",
                                                (unsigned long long)(z ^ (z >> 27))));
    }
    return key;
}

/* Take a line apart into id, key and data. @return NULL or what is wrong with it */
static const char *parse_line(const struct options *o,
                              kds_slice_t line,
                              size_t number,
                              char random_key[24],
                              char id[64],
                              kpl_record_t *record)
{
    snprintf(id, 64, "%zu", number);
    if (!o->tsv) {
        record->partition_key = key_of(o, line, random_key);
        record->data = line;
        return NULL;
    }
    const char *text = (const char *)line.p;
    const char *first = memchr(text, '\t', line.n);
    const char *second =
        first ? memchr(first + 1, '\t', line.n - (size_t)(first + 1 - text)) : NULL;
    if (second == NULL) {
        return "a line of tsv is id<TAB>key<TAB>data";
    }
    if (first - text >= 64) {
        return "the id is longer than 63 bytes";
    }
    snprintf(id, 64, "%.*s", (int)(first - text), text);
    record->partition_key = part(first + 1, (size_t)(second - first - 1));
    record->data = part(second + 1, line.n - (size_t)(second + 1 - text));
    return NULL;
}

static void put_line(kpl_producer_t *producer,
                     const struct options *o,
                     kds_slice_t line,
                     size_t number,
                     struct tally *tally)
{
    char random_key[24];
    kds_error_t *error = NULL;
    struct note *note = calloc(1, sizeof *note);
    if (note == NULL) {
        write_refusal(tally, "?", "out of memory");
        return;
    }
    kpl_record_t record = {.struct_size = sizeof record, .tag = note};
    const char *wrong = parse_line(o, line, number, random_key, note->id, &record);
    if (wrong == NULL && kpl_put(producer, &record, -1, &error) != KDS_OK) {
        wrong = kds_error_message(error);
    }
    if (wrong != NULL) {
        write_refusal(tally, note->id, wrong);
        free(note);
    }
    kds_error_free(error);
}

static void show_progress(kpl_producer_t *producer, size_t lines, bool last)
{
    static int64_t shown_ms;
    kpl_stats_t stats = {.struct_size = sizeof stats};
    int64_t now_ms = boottime_ms();
    if (!isatty(STDERR_FILENO) || (!last && now_ms - shown_ms < 200)) {
        return;
    }
    shown_ms = now_ms;
    kpl_producer_stats(producer, &stats);
    fprintf(stderr, "\r%zu lines, %llu stored, %llu failed, %llu under way ", lines,
            (unsigned long long)stats.user_records_succeeded,
            (unsigned long long)stats.user_records_failed,
            (unsigned long long)stats.user_records_outstanding);
    if (last) {
        putc('\n', stderr);
    }
}

static size_t
put_file(kpl_producer_t *producer, const struct options *o, FILE *in, struct tally *tally)
{
    char *line = NULL;
    size_t capacity = 0, count = 0;
    ssize_t n;
    while (!end_requested && (n = getline(&line, &capacity, in)) >= 0) {
        size_t length = (size_t)n;
        if (length > 0 && line[length - 1] == '\n') {
            line[--length] = 0;
        }
        put_line(producer, o, part(line, length), ++count, tally);
        if (count % 256 == 0) {
            show_progress(producer, count, false);
        }
    }
    free(line);
    return count;
}

/* ---- options ------------------------------------------------------------------------------ */

enum option_id {
    OPT_STREAM = 1,
    OPT_ENDPOINT,
    OPT_REGION,
    OPT_CA_FILE,
    OPT_INPUT,
    OPT_FORMAT,
    OPT_KEY_FIELD,
    OPT_KEY_SEPARATOR,
    OPT_KEY_PATTERN,
    OPT_OUTCOMES,
    OPT_CONFIG,
    OPT_SET,
    OPT_ORDERED,
    OPT_SPOOL,
    OPT_VERBOSE,
    OPT_HELP
};

static const struct option long_options[] = {
    {"stream", required_argument, NULL, OPT_STREAM},
    {"endpoint", required_argument, NULL, OPT_ENDPOINT},
    {"region", required_argument, NULL, OPT_REGION},
    {"ca-file", required_argument, NULL, OPT_CA_FILE},
    {"input", required_argument, NULL, OPT_INPUT},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"key-field", required_argument, NULL, OPT_KEY_FIELD},
    {"key-separator", required_argument, NULL, OPT_KEY_SEPARATOR},
    {"key-pattern", required_argument, NULL, OPT_KEY_PATTERN},
    {"outcomes", required_argument, NULL, OPT_OUTCOMES},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"ordered", no_argument, NULL, OPT_ORDERED},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static void set(kpl_conf_t *conf, const char *name, const char *value)
{
    kds_error_t *error = NULL;
    if (value != NULL && kpl_conf_set(conf, name, value, &error) != KDS_OK) {
        usage_error("producer", "%s", kds_error_message(error));
    }
}

static void set_pair(kpl_conf_t *conf, char *pair)
{
    char *equals = strchr(pair, '=');
    if (equals == NULL) {
        usage_error("producer", "--set %s: must be NAME=VALUE", pair);
    }
    *equals = 0;
    set(conf, pair, equals + 1);
}

static void load(kpl_conf_t *conf, const char *path)
{
    kds_error_t *error = NULL;
    if (kpl_conf_load(conf, path, &error) != KDS_OK) {
        usage_error("producer", "%s", kds_error_message(error));
    }
}

static void take_format(struct options *o, const char *value)
{
    o->tsv = strcmp(value, "tsv") == 0;
    if (!o->tsv && strcmp(value, "lines") != 0) {
        usage_error("producer", "--format %s: must be lines or tsv", value);
    }
}

static void take_key_rule(struct options *o, int id, const char *value)
{
    char *end;
    if (id == OPT_KEY_FIELD) {
        o->key_field = strtol(value, &end, 10);
        if (*end != 0 || o->key_field < 1) {
            usage_error("producer", "--key-field %s: must be a number from 1 on", value);
        }
    } else if (id == OPT_KEY_SEPARATOR) {
        if (strlen(value) != 1) {
            usage_error("producer", "--key-separator %s: must be one character", value);
        }
        o->key_separator = value[0];
    } else {
        if (regcomp(&o->pattern, value, REG_EXTENDED) != 0 || o->pattern.re_nsub < 1) {
            usage_error("producer",
                        "--key-pattern %s: must be an expression with a group", value);
        }
        o->has_pattern = true;
    }
}

static void take_option(struct options *o, kpl_conf_t *conf, int id, char *value)
{
    switch (id) {
    case OPT_STREAM:
        o->stream = value;
        break;
    case OPT_ENDPOINT:
        o->endpoint = value;
        break;
    case OPT_REGION:
        o->region = value;
        break;
    case OPT_CA_FILE:
        o->ca_file = value;
        break;
    case OPT_INPUT:
        o->input = value;
        break;
    case OPT_OUTCOMES:
        o->outcomes = value;
        break;
    case OPT_VERBOSE:
        o->verbose = true;
        break;
    case OPT_FORMAT:
        take_format(o, value);
        break;
    case OPT_KEY_FIELD:
    case OPT_KEY_SEPARATOR:
    case OPT_KEY_PATTERN:
        take_key_rule(o, id, value);
        break;
    case OPT_CONFIG:
        load(conf, value);
        break;
    case OPT_SET:
        set_pair(conf, value);
        break;
    case OPT_ORDERED:
        set(conf, "ordered", "true");
        break;
    case OPT_SPOOL:
        set(conf, "spool.directory", value);
        break;
    case OPT_HELP:
        fputs(help, stdout);
        exit(0);
    default:
        fputs("producer: try --help\n", stderr);
        exit(2);
    }
}

static void parse(int argc, char **argv, struct options *o, kpl_conf_t *conf)
{
    int id;
    while ((id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(o, conf, id, optarg);
    }
    if (optind < argc) {
        usage_error("producer", "%s: unexpected argument", argv[optind]);
    }
    if (o->stream == NULL) {
        usage_error("producer", "--stream is required");
    }
    set(conf, "stream", o->stream);
    set(conf, "endpoint.url", o->endpoint);
    set(conf, "region", o->region);
    set(conf, "tls.ca.file", o->ca_file);
    if (o->verbose) {
        kpl_conf_set_log(conf, log_to_stderr, NULL, KDS_LOG_DEBUG);
    }
}

static FILE *open_input(const char *path)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (in == NULL) {
        usage_error("producer", "--input %s: %s", path, strerror(errno));
    }
    return in;
}

int main(int argc, char **argv)
{
    struct options o = {.input = "-"};
    struct tally tally = {.outcomes = NULL};
    kpl_producer_t *producer;
    kds_error_t *error = NULL;
    kpl_conf_t *conf = kpl_conf_new();
    if (conf == NULL) {
        fputs("producer: out of memory\n", stderr);
        return 1;
    }
    parse(argc, argv, &o, conf);
    FILE *in = open_input(o.input);
    tally.outcomes = o.outcomes ? open_output(o.outcomes) : NULL;
    catch_end();
    if (kpl_producer_new(conf, on_results, &tally, &producer, &error) != KDS_OK) {
        usage_error("producer", "%s", kds_error_message(error));
    }
    kpl_conf_free(conf);

    size_t lines = put_file(producer, &o, in, &tally);
    /* Each record is stored or given up by itself: its time to live bounds the wait. */
    kpl_close(producer, -1, NULL);
    show_progress(producer, lines, true);
    kpl_producer_free(producer);

    if (tally.outcomes != NULL && fclose(tally.outcomes) != 0) {
        perror("producer: --outcomes");
        return 1;
    }
    if (in != stdin) {
        fclose(in);
    }
    if (o.has_pattern) {
        regfree(&o.pattern);
    }
    return atomic_load(&tally.failed) == 0 ? 0 : 1;
}
