/*
 * iterator: numbers, a name and a check sum, in base64.
 */
#include "iterator.h"

#include "base/slice.h"
#include "kernel/base64.h"
#include "kernel/md5.h"

#include <string.h>

#define FIELDS_BYTES 41 /* the kind and five numbers of 8 bytes */
#define RAW_BYTES    (FIELDS_BYTES + LOCAL_TOKEN_NAME + KDS_MD5_BYTES)

static void put64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) {
        v |= (uint64_t)p[i] << 8 * i;
    }
    return v;
}

/* @p fields has room for the secret behind its @p n bytes. */
static void
check_sum(uint8_t *fields, size_t n, uint64_t secret, uint8_t digest[KDS_MD5_BYTES])
{
    put64(fields + n, secret);
    kds_md5(fields, n + 8, digest);
}

void local_token_write(const struct local_token *token,
                       uint64_t secret,
                       char out[LOCAL_TOKEN_BYTES])
{
    uint8_t raw[RAW_BYTES], digest[KDS_MD5_BYTES];
    size_t n = FIELDS_BYTES + token->name.n;
    raw[0] = token->kind;
    put64(raw + 1, token->stream);
    put64(raw + 9, token->shard);
    put64(raw + 17, token->position);
    put64(raw + 25, token->serial);
    put64(raw + 33, (uint64_t)token->issued_ms);
    if (token->name.n > 0) {
        memcpy(raw + FIELDS_BYTES, token->name.p, token->name.n);
    }
    check_sum(raw, n, secret, digest);
    memcpy(raw + n, digest, sizeof digest);
    n += sizeof digest;
    kds_base64_encode(raw, n, out);
    out[kds_base64_encoded_size(n)] = 0;
}

bool local_token_read(kds_slice_t text,
                      uint64_t secret,
                      struct local_token *out,
                      uint8_t name[LOCAL_TOKEN_NAME])
{
    uint8_t raw[RAW_BYTES + 3], given[KDS_MD5_BYTES], digest[KDS_MD5_BYTES];
    size_t n = 0;
    if (text.n > kds_base64_encoded_size(RAW_BYTES) ||
        !kds_base64_decode((const char *)text.p, text.n, raw, &n) ||
        n < FIELDS_BYTES + KDS_MD5_BYTES || n > RAW_BYTES) {
        return false;
    }
    n -= KDS_MD5_BYTES;
    memcpy(given, raw + n, sizeof given);
    check_sum(raw, n, secret, digest);
    if (memcmp(digest, given, sizeof digest) != 0) {
        return false;
    }
    out->kind = raw[0];
    out->stream = get64(raw + 1);
    out->shard = get64(raw + 9);
    out->position = get64(raw + 17);
    out->serial = get64(raw + 25);
    out->issued_ms = (int64_t)get64(raw + 33);
    memcpy(name, raw + FIELDS_BYTES, n - FIELDS_BYTES);
    out->name = kds_slice_of(name, n - FIELDS_BYTES);
    return true;
}
