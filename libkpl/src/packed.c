/*
 * packed: columns taken apart into records, a turn of them at a time.
 */
#include "kpl/packed.h"

#include "base/error.h"
#include "producer_internal.h"

#include <inttypes.h>
#include <string.h>

#define RECORDS_AT_ONCE 64

/* The lengths of a column must be those of its bytes: a binding that is wrong here reads elsewhere. */
static kds_err_t check_column(const char *name,
                              const kpl_column_t *column,
                              size_t count,
                              kds_error_t **error)
{
    uint64_t sum = 0;
    for (size_t i = 0; column->lengths != NULL && i < count; i++) {
        sum += column->lengths[i];
    }
    if (sum != column->bytes.n) {
        return kds_error_set(
            error, KDS_ERR_INVALID_ARG,
            "%s: the lengths are %llu bytes together, the column has %zu", name,
            (unsigned long long)sum, column->bytes.n);
    }
    return KDS_OK;
}

static kds_err_t check(const kpl_columns_t *c, kds_error_t **error)
{
    if (c->struct_size != sizeof *c) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "kpl_columns_t: struct_size is %zu, must be %zu",
                             c->struct_size, sizeof *c);
    }
    if (c->first_tag > 0 &&
        (c->first_tag > UINTPTR_MAX || c->count > UINTPTR_MAX - c->first_tag + 1)) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "first_tag: %" PRIu64 " and the %zu behind it exceed the "
                             "largest tag, %" PRIuPTR,
                             c->first_tag, c->count, UINTPTR_MAX);
    }
    kds_err_t rc = check_column("keys", &c->keys, c->count, error);
    rc = rc ? rc : check_column("data", &c->data, c->count, error);
    return rc ? rc
              : check_column("explicit_hash_keys", &c->explicit_hash_keys, c->count,
                             error);
}

/* The next value of a column, which starts at *at. An empty one is not absent; all of a column
 * without lengths are. */
static kds_slice_t next_value(const kpl_column_t *column, size_t index, size_t *at)
{
    static const uint8_t nothing[1];
    kds_slice_t absent = {NULL, 0};
    if (column->lengths == NULL) {
        return absent;
    }
    size_t n = column->lengths[index];
    kds_slice_t value = {n > 0 ? column->bytes.p + *at : nothing, n};
    *at += n;
    return value;
}

kds_err_t kpl_put_packed(kpl_producer_t *producer,
                         const kpl_columns_t *c,
                         int64_t timeout_ms,
                         size_t *accepted,
                         kds_error_t **error)
{
    kpl_record_t records[RECORDS_AT_ONCE];
    size_t key_at = 0, data_at = 0, hash_at = 0, taken = 0;
    *accepted = 0;
    kds_err_t rc = check(c, error);
    int64_t until_us = kpl_deadline_us(timeout_ms); /* of all turns together */
    memset(records, 0, sizeof records);
    while (rc == KDS_OK && *accepted < c->count) {
        size_t n = 0, went = 0;
        for (; n < RECORDS_AT_ONCE && taken < c->count; n++, taken++) {
            records[n].struct_size = sizeof records[n];
            records[n].stream = c->stream;
            records[n].partition_key = next_value(&c->keys, taken, &key_at);
            records[n].data = next_value(&c->data, taken, &data_at);
            kds_slice_t hash = next_value(&c->explicit_hash_keys, taken, &hash_at);
            records[n].explicit_hash_key.p = hash.n > 0 ? hash.p : NULL;
            records[n].explicit_hash_key.n = hash.n;
            uint64_t tag = c->first_tag > 0 ? c->first_tag + taken : 0;
            records[n].tag = (void *)(uintptr_t)tag;
        }
        rc = kpl_put_until(producer, records, n, timeout_ms, until_us, &went, error);
        *accepted += went;
    }
    return rc;
}

kds_err_t
kpl_put_bytes(kpl_producer_t *producer, const char *key, const void *data, size_t data_n)
{
    const kpl_record_t record = {
        .struct_size = sizeof record,
        .partition_key = kds_slice(key),
        .data = {data_n > 0 ? data : "", data_n},
    };
    return kpl_put(producer, &record, 0, NULL);
}
