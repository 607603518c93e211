/*
 * faulty_call: see the header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/faulty_call.h"

#include "base/clock.h"
#include "base/slice.h"
#include "kds/kinesis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

kds_client_t *faulty_client(const struct scripted_peer *peer,
                            const struct faulty_options *options)
{
    char endpoint[160];
    kds_client_t *client = NULL;
    kds_client_options_t o = {
        .struct_size = sizeof o,
        .region = "us-east-1",
        .endpoint = endpoint,
        .access_key_id = "AKID",
        .secret_access_key = "very-secret",
        .ca_file = options->ca_file,
        .proxy = options->proxy,
        .proxy_user = options->proxy_user,
        .proxy_password = options->proxy_password,
        .connect_timeout_ms = options->connect_timeout_ms,
        .request_timeout_ms = options->request_timeout_ms,
        .call_timeout_ms = options->call_timeout_ms,
        .max_attempts = options->max_attempts ? options->max_attempts : 1,
        .log = options->log,
        .log_opaque = options->log_opaque,
        .log_level = KDS_LOG_INFO,
    };
    snprintf(endpoint, sizeof endpoint, "%s://%s:%u",
             options->scheme ? options->scheme : "http",
             options->host ? options->host : "127.0.0.1",
             options->port ? options->port : scripted_peer_port(peer));
    assert_int_equal(kds_client_new(&o, &client, NULL), KDS_OK);
    return client;
}

struct faulty faulty_open(const struct peer_script *scripts,
                          size_t count,
                          const struct faulty_options *options)
{
    struct faulty f = {NULL, NULL};
    if (count > 0) {
        f.peer = scripted_peer_start(scripts, count);
        assert_non_null(f.peer);
    }
    f.client = faulty_client(f.peer, options);
    return f;
}

void faulty_close(struct faulty *f)
{
    kds_client_free(f->client);
    if (f->peer != NULL) {
        scripted_peer_stop(f->peer);
    }
}

static void note_error(struct faulty_outcome *o, const kds_error_t *error)
{
    o->persisted = kds_error_persisted(error);
    o->attempts = kds_error_attempts(error);
    o->status = kds_error_http_status(error);
    o->retryable = kds_error_retryable(error);
    snprintf(o->code, sizeof o->code, "%s", kds_error_service_code(error));
    snprintf(o->message, sizeof o->message, "%s", kds_error_message(error));
    snprintf(o->request_id, sizeof o->request_id, "%s", kds_error_request_id(error));
    /* G5: whatever the peer sent, a line of a log stays a line, and no secret is in it. */
    for (const char *p = o->message; *p != 0; p++) {
        assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
    }
    assert_null(strstr(o->message, "very-secret"));
}

static struct faulty_outcome put(kds_client_t *client, kds_slice_t data)
{
    const kds_put_record_in_t input = {.struct_size = sizeof input,
                                       .stream_name = KDS_SLICE_LIT("s"),
                                       .data = data,
                                       .partition_key = KDS_SLICE_LIT("k")};
    const kds_put_record_out_t *out = NULL;
    struct faulty_outcome o = {.err = KDS_OK};
    kds_error_t *error = NULL;
    int64_t from_us = kds_clock_boottime_us(kds_clock_system());
    o.err = kds_put_record(client, &input, NULL, &out, &error);
    o.took_ms = (kds_clock_boottime_us(kds_clock_system()) - from_us) / 1000;
    if (o.err == KDS_OK) {
        assert_null(error);
        snprintf(o.sequence, sizeof o.sequence, "%.*s", (int)out->sequence_number.n,
                 out->sequence_number.n ? (const char *)out->sequence_number.p : "");
        snprintf(o.request_id, sizeof o.request_id, "%s", kds_output_request_id(out));
    } else {
        note_error(&o, error);
    }
    kds_output_free(out);
    kds_error_free(error);
    return o;
}

struct faulty_outcome faulty_put(kds_client_t *client)
{
    return put(client, kds_slice("hello"));
}

struct faulty_outcome faulty_put_bytes(kds_client_t *client, size_t bytes)
{
    char *data = malloc(bytes);
    assert_non_null(data);
    memset(data, 'd', bytes);
    struct faulty_outcome o = put(client, kds_slice_of(data, bytes));
    free(data);
    return o;
}

void faulty_expect(const struct faulty_outcome *o,
                   kds_err_t err,
                   kds_persisted_t persisted,
                   unsigned attempts)
{
    if (o->err != err || o->persisted != persisted || o->attempts != attempts) {
        print_message("%s\n", o->message);
    }
    assert_string_equal(kds_err_name(o->err), kds_err_name(err));
    assert_int_equal(o->persisted, persisted);
    assert_int_equal(o->attempts, attempts);
}

void faulty_expect_success(const struct faulty_outcome *o)
{
    if (o->err != KDS_OK) {
        print_message("%s\n", o->message);
    }
    assert_int_equal(o->err, KDS_OK);
    assert_string_equal(o->sequence, "49");
}
