#include "unpack.h"

#include "aggregated_record.pb-c.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
    if (p == NULL) {
        fputs("test: out of memory\n", stderr);
        exit(2);
    }
    return p;
}

static void md5(const void *p, size_t n, uint8_t out[16])
{
    if (EVP_Digest(p, n, out, NULL, EVP_md5(), NULL) != 1) {
        fputs("test: OpenSSL has no MD5\n", stderr);
        exit(2);
    }
}

static AggregatedRecord *parse(kds_slice_t data)
{
    uint8_t digest[16];
    if (data.n <= 20 || memcmp(data.p, "\xF3\x89\x9A\xC2", 4) != 0) {
        return NULL;
    }
    md5(data.p + 4, data.n - 20, digest);
    if (memcmp(digest, data.p + data.n - 16, 16) != 0) {
        return NULL;
    }
    return aggregated_record__unpack(NULL, data.n - 20, data.p + 4);
}

struct unpacked *
unpack(kds_slice_t partition_key, kds_slice_t explicit_hash_key, kds_slice_t data)
{
    struct unpacked *u = must(calloc(1, sizeof *u));
    AggregatedRecord *message = parse(data);

    u->message = message;
    u->aggregated = message != NULL;
    u->count = message ? message->n_records : 1;
    u->records = must(calloc(u->count ? u->count : 1, sizeof *u->records));
    if (message == NULL) {
        u->records[0] = (struct unpacked_record){partition_key, explicit_hash_key, data};
        return u;
    }
    for (size_t i = 0; i < u->count; i++) {
        const Record *r = message->records[i];
        u->records[i].partition_key =
            kds_slice(message->partition_key_table[r->partition_key_index]);
        if (r->has_explicit_hash_key_index) {
            u->records[i].explicit_hash_key =
                kds_slice(message->explicit_hash_key_table[r->explicit_hash_key_index]);
        }
        u->records[i].data.p = r->data.len ? r->data.data : (const uint8_t *)"";
        u->records[i].data.n = r->data.len;
    }
    return u;
}

void unpacked_free(struct unpacked *u)
{
    if (u->message != NULL) {
        aggregated_record__free_unpacked(u->message, NULL);
    }
    free(u->records);
    free(u);
}

static kds_u128_t place(const struct unpacked_record *r)
{
    kds_u128_t v = {0, 0};
    uint8_t digest[16];
    if (r->explicit_hash_key.p != NULL && kds_u128_parse(r->explicit_hash_key, &v)) {
        return v;
    }
    md5(r->partition_key.p, r->partition_key.n, digest);
    for (size_t i = 0; i < 8; i++) {
        v.hi = v.hi << 8 | digest[i];
        v.lo = v.lo << 8 | digest[i + 8];
    }
    return v;
}

bool unpacked_within(const struct unpacked *u, kds_u128_t first, kds_u128_t last)
{
    for (size_t i = 0; u->aggregated && i < u->count; i++) {
        kds_u128_t at = place(&u->records[i]);
        if (kds_u128_cmp(at, first) < 0 || kds_u128_cmp(at, last) > 0) {
            return false;
        }
    }
    return true;
}
