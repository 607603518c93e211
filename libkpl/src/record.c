/*
 * record: looking at a record before it is accepted. Needs no state; any thread.
 */
#include "core.h"

#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "kernel/md5.h"

#include <inttypes.h>
#include <string.h>

#define STREAM_NAME_MAX    2048
#define KEY_CHARACTERS_MAX 256

kds_err_t kpl_hash_of(const kpl_record_t *record, kds_u128_t *out, kds_error_t **error)
{
    uint8_t digest[KDS_MD5_BYTES];
    if (record->explicit_hash_key.p != NULL) {
        kds_slice_t text = record->explicit_hash_key;
        return kds_u128_parse(kpl_canonical(text), out)
                   ? KDS_OK
                   : kds_error_set(
                         error, KDS_ERR_INVALID_ARG,
                         "explicit hash key: \"%.*s\" must be a decimal number of "
                         "0..2^128-1",
                         (int)(text.n < 60 ? text.n : 60), (const char *)text.p);
    }
    kds_md5(record->partition_key.p, record->partition_key.n, digest);
    *out = kds_u128_from_be(digest);
    return KDS_OK;
}

kds_slice_t kpl_stream_of(const struct kpl_conf *conf, const kpl_record_t *record)
{
    return kds_slice_trim(record->stream.p != NULL ? record->stream
                                                   : kds_slice(conf->stream));
}

static kds_err_t check_stream(kds_slice_t stream, kds_err_t code, kds_error_t **error)
{
    if (stream.n == 0) {
        return kds_error_set(error, code,
                             "stream: neither the record nor the setting names one");
    }
    if (stream.n > STREAM_NAME_MAX) {
        return kds_error_set(error, code, "stream: %zu characters, must be 1..%d",
                             stream.n, STREAM_NAME_MAX);
    }
    for (size_t i = 0; i < stream.n; i++) {
        if (stream.p[i] <= ' ' || stream.p[i] >= 0x7F) {
            return kds_error_set(error, code,
                                 "stream: byte 0x%02x is not part of a name or an ARN",
                                 stream.p[i]);
        }
    }
    return KDS_OK;
}

static kds_err_t
check_key(const struct kpl_conf *conf, const kpl_record_t *record, kds_error_t **error)
{
    kds_slice_t key = record->partition_key;
    size_t characters;
    if (key.p == NULL && key.n == 0 && conf->distribution != KPL_DISTRIBUTION_KEYS &&
        record->explicit_hash_key.p == NULL) {
        return KDS_OK; /* the stream decides whether it needs one */
    }
    if (key.p == NULL || !kds_utf8_valid(key, &characters)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "partition key: %s",
                             key.p ? "must be UTF-8" : "is missing");
    }
    if (characters < 1 || characters > KEY_CHARACTERS_MAX) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "partition key: %zu characters, must be 1..%d", characters,
                             KEY_CHARACTERS_MAX);
    }
    return KDS_OK;
}

static kds_err_t
check_record(const struct kpl_conf *conf, const kpl_record_t *record, kds_error_t **error)
{
    size_t key_n = record->partition_key.n;
    if (record->struct_size != sizeof *record) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "struct_size: %zu, must be %zu",
                             record->struct_size, sizeof *record);
    }
    kds_err_t rc =
        record->stream.p != NULL || conf->stream == NULL
            ? check_stream(kpl_stream_of(conf, record), KDS_ERR_INVALID_ARG, error)
            : KDS_OK; /* the setting was looked at when the producer was made */
    rc = rc ? rc : check_key(conf, record, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (record->data.p == NULL && record->data.n > 0) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "data: NULL with %zu bytes",
                             record->data.n);
    }
    if (key_n > (size_t)conf->record_max_bytes ||
        record->data.n > (size_t)conf->record_max_bytes - key_n) {
        return kds_error_set(
            error, KDS_ERR_TOO_LARGE,
            "record: %zu bytes of data and %zu of key exceed record.max.bytes, "
            "%" PRId64,
            record->data.n, key_n, conf->record_max_bytes);
    }
    return KDS_OK;
}

/* Of eight bytes and more, which keys mostly are. */
static inline bool is_ascii(const uint8_t *p, size_t n)
{
    uint64_t eight, all = 0;
    for (size_t i = 0; i < n - sizeof eight; i += sizeof eight) {
        memcpy(&eight, p + i, sizeof eight);
        all |= eight;
    }
    memcpy(&eight, p + n - sizeof eight, sizeof eight);
    return ((all | eight) & UINT64_C(0x8080808080808080)) == 0;
}

/* Good without a doubt: what most records are. All others are looked at one by one. */
static inline bool is_plain(const kpl_record_t *r, bool has_stream, size_t max)
{
    size_t key_n = r->partition_key.n, data_n = r->data.n;
    return r->struct_size == sizeof *r && has_stream && r->stream.p == NULL &&
           r->explicit_hash_key.p == NULL && r->partition_key.p != NULL &&
           key_n >= sizeof(uint64_t) && key_n <= KEY_CHARACTERS_MAX && key_n <= max &&
           data_n <= max - key_n && (r->data.p != NULL || data_n == 0) &&
           is_ascii(r->partition_key.p, key_n);
}

kds_err_t kpl_record_check(const struct kpl_conf *conf,
                           const kpl_record_t *record,
                           kds_error_t **error)
{
    return KDS_LIKELY(
               is_plain(record, conf->stream != NULL, (size_t)conf->record_max_bytes))
               ? KDS_OK
               : check_record(conf, record, error);
}

size_t kpl_prepare(const struct kpl_conf *conf,
                   const kpl_record_t *records,
                   size_t count,
                   kds_u128_t *hashes,
                   kds_err_t *rc,
                   kds_error_t **error)
{
    KDS_UNINITIALIZED struct kds_md5_job jobs[KPL_PREPARED_MAX];
    const bool has_stream = conf->stream != NULL;
    const size_t max = (size_t)conf->record_max_bytes;
    size_t n = 0, job_n = 0;
    *rc = KDS_OK;
    for (; n < count && n < KPL_PREPARED_MAX; n++) {
        const kpl_record_t *r = &records[n];
        if (KDS_UNLIKELY(!is_plain(r, has_stream, max))) {
            *rc = check_record(conf, r, error);
            if (*rc == KDS_OK && r->explicit_hash_key.p != NULL) {
                *rc = kpl_hash_of(r, &hashes[n], error);
            }
            if (*rc != KDS_OK) {
                break;
            }
            if (r->explicit_hash_key.p != NULL) {
                continue;
            }
        }
        jobs[job_n].message = r->partition_key;
        jobs[job_n++].digest = (uint8_t *)&hashes[n];
    }
    if (job_n > 0) {
        kds_md5_many(jobs, job_n);
    }
    for (size_t i = 0; i < job_n; i++) {
        kds_u128_t *hash = (void *)jobs[i].digest;
        *hash = kds_u128_from_be(jobs[i].digest);
    }
    return n;
}

kds_err_t kpl_conf_check(const struct kpl_conf *conf, kds_error_t **error)
{
    if (conf->spool_segment_bytes > conf->spool_max_bytes / 2) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "spool.segment.bytes: %" PRId64
                             ", must be at most half of spool.max.bytes, %" PRId64,
                             conf->spool_segment_bytes, conf->spool_max_bytes);
    }
    if (!conf->tls_verify) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "tls.verify: false, must be true: certificates are always "
                             "verified; name the authority of a test server in "
                             "tls.ca.file");
    }
    return conf->stream != NULL ? check_stream(kds_slice_trim(kds_slice(conf->stream)),
                                               KDS_ERR_CONFIG, error)
                                : KDS_OK;
}
