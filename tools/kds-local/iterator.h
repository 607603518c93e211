/*
 * iterator: shard iterators and page tokens: opaque text that only this process can have made.
 */
#ifndef KDS_LOCAL_ITERATOR_H
#define KDS_LOCAL_ITERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "kds/types.h"

#define LOCAL_TOKEN_BYTES   256 /* text and NUL */
#define LOCAL_TOKEN_NAME    128 /* bytes of a name in it */
#define LOCAL_TOKEN_LIFE_MS INT64_C(300000)

/** What a token holds. Only its maker gives the numbers a meaning. */
struct local_token {
    uint8_t kind; /* enum local_token_kind */
    uint64_t stream;
    uint64_t shard;
    uint64_t position;
    uint64_t serial; /* makes each one differ */
    int64_t issued_ms;
    kds_slice_t name; /* absent or empty = none; LOCAL_TOKEN_NAME bytes at most */
};

enum local_token_kind {
    LOCAL_TOKEN_ITERATOR = 1,
    LOCAL_TOKEN_SHARDS = 2,
    LOCAL_TOKEN_STREAMS = 3,
    LOCAL_TOKEN_CONSUMERS = 4,
    LOCAL_TOKEN_CHANNELS = 5
};

/** @param secret of the process; part of the check. */
void local_token_write(const struct local_token *token,
                       uint64_t secret,
                       char out[LOCAL_TOKEN_BYTES]);

/**
 * @param name  (borrowed) room for the name that out->name points to
 * @return false if the text was not written by local_token_write() with this secret
 */
bool local_token_read(kds_slice_t text,
                      uint64_t secret,
                      struct local_token *out,
                      uint8_t name[LOCAL_TOKEN_NAME]);

#endif /* KDS_LOCAL_ITERATOR_H */
