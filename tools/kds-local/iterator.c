/*
 * iterator: numbers with a check sum, in base64.
 */
#include "iterator.h"

#include "kernel/base64.h"
#include "kernel/md5.h"

#include <string.h>

#define FIELDS_BYTES 41 /* the kind and five numbers of 8 bytes */
#define RAW_BYTES    (FIELDS_BYTES + KDS_MD5_BYTES)

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

static void check_sum(const uint8_t fields[FIELDS_BYTES],
                      uint64_t secret,
                      uint8_t digest[KDS_MD5_BYTES])
{
    uint8_t text[FIELDS_BYTES + 8];
    memcpy(text, fields, FIELDS_BYTES);
    put64(text + FIELDS_BYTES, secret);
    kds_md5(text, sizeof text, digest);
}

void local_token_write(const struct local_token *token,
                       uint64_t secret,
                       char out[LOCAL_TOKEN_BYTES])
{
    uint8_t raw[RAW_BYTES];
    raw[0] = token->kind;
    put64(raw + 1, token->stream);
    put64(raw + 9, token->shard);
    put64(raw + 17, token->position);
    put64(raw + 25, token->serial);
    put64(raw + 33, (uint64_t)token->issued_ms);
    check_sum(raw, secret, raw + FIELDS_BYTES);
    kds_base64_encode(raw, sizeof raw, out);
    out[kds_base64_encoded_size(sizeof raw)] = 0;
}

bool local_token_read(kds_slice_t text, uint64_t secret, struct local_token *out)
{
    uint8_t raw[RAW_BYTES + 3], digest[KDS_MD5_BYTES];
    size_t n;
    if (text.n != kds_base64_encoded_size(RAW_BYTES) ||
        !kds_base64_decode((const char *)text.p, text.n, raw, &n) || n != RAW_BYTES) {
        return false;
    }
    check_sum(raw, secret, digest);
    if (memcmp(digest, raw + FIELDS_BYTES, sizeof digest) != 0) {
        return false;
    }
    out->kind = raw[0];
    out->stream = get64(raw + 1);
    out->shard = get64(raw + 9);
    out->position = get64(raw + 17);
    out->serial = get64(raw + 25);
    out->issued_ms = (int64_t)get64(raw + 33);
    return true;
}
