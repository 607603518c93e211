/*
 * fault_plan_args: the arguments of an action, each checked and each with its default.
 */
#include "base/slice.h"
#include "fault_loader.h"
#include "fault_rule.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define RECORDS_MAX ((size_t)1000)
#define MASK_BITS   63 /* JSON has no larger integers */
#define MS_MAX      INT64_C(86400000)

#define B(name) FAULT_BIT(FAULT_DO_##name)

/* Which arguments an action takes. */
static const struct {
    const char *name;
    uint32_t actions;
} arguments[] = {
    {"ms", B(DELAY) | B(TRICKLE)},
    {"bytes", B(TRICKLE) | B(TRUNCATE)},
    {"byte", B(CORRUPT)},
    {"mask", B(CORRUPT) | B(PARTIAL)},
    {"status", B(STATUS) | B(ERROR)},
    {"code", B(ERROR)},
    {"message", B(ERROR)},
    {"content_type", B(STATUS)},
    {"text", B(STATUS) | B(RAW)},
    {"hex", B(STATUS) | B(RAW)},
    {"headers", B(STATUS) | B(ERROR)},
    {"end", B(RAW)},
    {"records", B(PARTIAL)},
    {"fail", B(PARTIAL)},
    {"scope", B(HANG)},
    {"error_code", B(GOAWAY) | B(RST_STREAM)},
    {"last_stream_id", B(GOAWAY)},
    {"max_concurrent_streams", B(SETTINGS)},
    {"initial_window_size", B(SETTINGS)},
    {"kind", B(RESHARD)},
    {"stream", B(RESHARD)},
    {"shard", B(RESHARD)},
    {"adjacent", B(RESHARD)},
    {"hash_key", B(RESHARD)},
    {"target", B(RESHARD)},
};

static void check_arguments(struct loader *l, json_t *args, enum fault_action action)
{
    const char *key;
    json_t *value;
    json_object_foreach(args, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
            known |= strcmp(arguments[i].name, key) == 0 &&
                     (arguments[i].actions & FAULT_BIT(action)) != 0;
        }
        if (!known) {
            loader_wrong(l, "", "\"%.60s\" is no argument of %s", key,
                         fault_action_name(action));
            return;
        }
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static kds_slice_t keep_hex(struct loader *l, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t n = json_string_length(value) / 2;
    uint8_t *bytes = loader_take(l, n + 1, 1);
    for (size_t i = 0; bytes != NULL && i < n; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            loader_wrong(l, "hex", "not a hexadecimal digit at %zu",
                         2 * i + (high < 0 ? 0 : 1));
            break;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    if (json_string_length(value) % 2 != 0) {
        loader_wrong(l, "hex", "an odd number of digits");
    }
    return kds_slice_of(bytes, n);
}

static void read_body(struct loader *l, json_t *args, struct fault_args *out)
{
    json_t *text = loader_get(l, args, "text", JSON_STRING, "text");
    json_t *hex = loader_get(l, args, "hex", JSON_STRING, "text");
    if (text != NULL && hex != NULL) {
        loader_wrong(l, "hex", "either text or hex");
    } else if (text != NULL) {
        out->body = kds_slice_of(loader_keep_text(l, text), json_string_length(text));
    } else if (hex != NULL) {
        out->body = keep_hex(l, hex);
    }
}

static bool header_name(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789-_");
    return n > 0 && name[n] == 0;
}

static void read_headers(struct loader *l, json_t *args, struct fault_args *out)
{
    json_t *headers = loader_get(l, args, "headers", JSON_OBJECT, "an object");
    const char *key;
    json_t *value;
    size_t back = loader_enter(l, "headers");
    if (json_object_size(headers) > FAULT_HEADERS_MAX) {
        loader_wrong(l, "", "at most %d", FAULT_HEADERS_MAX);
    }
    json_object_foreach(headers, key, value)
    {
        const char *text = json_string_value(value);
        if (l->rc != KDS_OK || !header_name(key) || text == NULL ||
            strpbrk(text, "\r\n") != NULL) {
            loader_wrong(l, "", "\"%.60s\" is no header, or its value no line of text",
                         key);
            break;
        }
        json_t *name = json_string(key);
        struct fault_header *h = &out->headers[out->header_count++];
        h->name = name ? loader_keep_text(l, name) : NULL;
        h->value = loader_keep_text(l, value);
        json_decref(name);
        if (h->name == NULL) {
            loader_no_memory(l);
        }
    }
    loader_leave(l, back);
}

static const char *const record_names[] = {"ok",      "throttle", "internal",
                                           "missing", "extra",    "swap"};

static void read_record_list(struct loader *l, json_t *list, struct fault_args *out)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > RECORDS_MAX) {
        loader_wrong(l, "records", "%zu entries, must be 1..%zu", count, RECORDS_MAX);
        return;
    }
    uint8_t *records = loader_take(l, count, 1);
    for (size_t i = 0; records != NULL && i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        char at[40];
        snprintf(at, sizeof at, "records[%zu]", i);
        records[i] = (uint8_t)loader_choose(l, at, text ? text : "", record_names,
                                            sizeof record_names / sizeof record_names[0]);
    }
    out->records = records;
    out->record_count = count;
}

/* Bit i of the mask: record i is not what it should be. */
static void read_record_mask(struct loader *l, json_t *args, struct fault_args *out)
{
    uint64_t mask = (uint64_t)loader_get_integer(l, args, "mask", 1, INT64_MAX, 0);
    const char *fail = loader_get_text(l, args, "fail", "throttle");
    int what = loader_choose(l, "fail", fail ? fail : "", record_names,
                             sizeof record_names / sizeof record_names[0]);
    uint8_t *records = loader_take(l, MASK_BITS, 1);
    for (size_t i = 0; records != NULL && i < MASK_BITS; i++) {
        records[i] = (uint8_t)(mask >> i & 1 ? what : FAULT_RECORD_OK);
    }
    out->records = records;
    out->record_count = MASK_BITS;
}

static void read_records(struct loader *l, json_t *args, struct fault_args *out)
{
    json_t *list = loader_get(l, args, "records", JSON_ARRAY, "a list");
    bool masked = json_object_get(args, "mask") != NULL;
    if ((list != NULL) == masked) {
        loader_wrong(l, "records", "either records or mask");
    } else if (masked) {
        read_record_mask(l, args, out);
    } else {
        read_record_list(l, list, out);
    }
}

/* Which one is not what its kind needs; NULL: none. */
static const char *misfit_of(const struct fault_reshard *r)
{
    const struct {
        const char *name;
        bool given, wanted;
    } members[] = {
        {"stream", r->stream != NULL, true},
        {"shard", r->shard != NULL, r->kind != FAULT_SCALE},
        {"adjacent", r->adjacent != NULL, r->kind == FAULT_MERGE},
        {"hash_key", r->hash_key != NULL, r->kind == FAULT_SPLIT},
        {"target", r->target != 0, r->kind == FAULT_SCALE},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (members[i].given != members[i].wanted) {
            return members[i].name;
        }
    }
    return NULL;
}

static void read_reshard(struct loader *l, json_t *args, struct fault_reshard *out)
{
    static const char *const kinds[] = {"split", "merge", "scale"};
    const char *kind = loader_get_text(l, args, "kind", "");
    out->kind =
        (enum fault_reshard_kind)loader_choose(l, "kind", kind ? kind : "", kinds, 3);
    out->stream = loader_get_text(l, args, "stream", NULL);
    out->shard = loader_get_text(l, args, "shard", NULL);
    out->adjacent = loader_get_text(l, args, "adjacent", NULL);
    out->hash_key = loader_get_text(l, args, "hash_key", NULL);
    out->target = loader_get_integer(l, args, "target", 1, 10000, 0);
    const char *misfit = misfit_of(out);
    if (misfit != NULL) {
        loader_wrong(l, misfit,
                     "a split takes stream, shard, hash_key; a merge stream, "
                     "shard, adjacent; a scale stream, target");
    }
}

static void read_http2(struct loader *l, json_t *args, struct fault_args *out)
{
    static const char *const scopes[] = {"stream", "connection"};
    const char *scope = loader_get_text(l, args, "scope", "stream");
    out->whole_connection = loader_choose(l, "scope", scope ? scope : "", scopes, 2) == 1;
    out->h2_error = (uint32_t)loader_get_integer(l, args, "error_code", 0, UINT32_MAX, 2);
    out->last_stream = loader_get_integer(l, args, "last_stream_id", 0, INT32_MAX, -1);
    out->max_streams =
        loader_get_integer(l, args, "max_concurrent_streams", 0, UINT32_MAX, -1);
    out->initial_window =
        loader_get_integer(l, args, "initial_window_size", 0, INT32_MAX, -1);
}

/* The masks of PARTIAL choose records; those of CORRUPT bits. */
static void read_bytes(struct loader *l, json_t *args, struct fault_rule *rule)
{
    struct fault_args *out = &rule->args;
    const bool piece = rule->action == FAULT_DO_TRICKLE;
    out->ms = loader_get_integer(l, args, "ms", 0, MS_MAX, 100);
    out->bytes = loader_get_integer(l, args, "bytes", piece, INT64_C(1) << 30, piece);
    out->byte = loader_get_integer(l, args, "byte", 0, INT64_C(1) << 30, -1);
    out->mask = rule->action == FAULT_DO_PARTIAL
                    ? 0
                    : (uint8_t)loader_get_integer(l, args, "mask", 1, 255, 255);
    if (out->byte >= 0 && rule->at != FAULT_AT_EVENT) {
        loader_wrong(l, "byte", "only of an event; elsewhere the point says which one");
    }
}

void fault_read_args(struct loader *l, json_t *from, struct fault_rule *rule)
{
    static const char *const ends[] = {"fin", "reset", "keep"};
    struct fault_args *out = &rule->args;
    json_t *args = loader_get(l, from, "args", JSON_OBJECT, "an object");
    size_t back = loader_enter(l, "args");
    check_arguments(l, args, rule->action);
    read_bytes(l, args, rule);
    out->status = (int)loader_get_integer(l, args, "status", 200, 599,
                                          rule->action == FAULT_DO_ERROR ? 400 : 500);
    out->code = loader_get_text(l, args, "code", "InternalFailure");
    out->message = loader_get_text(l, args, "message", "by the fault plan");
    out->content_type = loader_get_text(l, args, "content_type", "text/plain");
    const char *end = loader_get_text(l, args, "end", "fin");
    out->end = (enum fault_end)loader_choose(l, "end", end ? end : "", ends, 3);
    read_http2(l, args, out);
    read_body(l, args, out);
    read_headers(l, args, out);
    if (rule->action == FAULT_DO_PARTIAL) {
        read_records(l, args, out);
    } else if (rule->action == FAULT_DO_RESHARD) {
        read_reshard(l, args, &out->reshard);
    }
    loader_leave(l, back);
}
