/*
 * md5_paths: the ways to hash many messages that kernel/md5.c chooses from.
 */
#ifndef KDS_KERNEL_MD5_PATHS_H
#define KDS_KERNEL_MD5_PATHS_H

#include "kernel/cpu.h"
#include "kernel/md5.h"

#define KDS_MD5_BLOCK_BYTES 64

/** What a message's last bytes may be, so that padding and length fit behind them in one block. */
#define KDS_MD5_TAIL_MAX (KDS_MD5_BLOCK_BYTES - 9)

/* ---- one message -------------------------------------------------------------------------- */

/** The state of one digest: A, B, C, D of RFC 1321 section 3.3. */
struct kds_md5_state {
    uint32_t word[4];
};

extern const struct kds_md5_state kds_md5_start;

/** T[1 .. 64] of RFC 1321 section 3.4. */
extern const uint32_t kds_md5_sines[64];

/** Mix @p count whole blocks at @p p into the state. */
void kds_md5_state_blocks(struct kds_md5_state *state, const uint8_t *p, size_t count);

/**
 * The last @p n < KDS_MD5_BLOCK_BYTES bytes of a message of @p total bytes, and its padding.
 * @return how many blocks of @p out they fill: one or two.
 */
size_t kds_md5_pad(const uint8_t *tail,
                   size_t n,
                   uint64_t total,
                   uint8_t out[2 * KDS_MD5_BLOCK_BYTES]);

/** The word in which a message of @p n bytes ends: its last n % 4 bytes, and 0x80. */
static inline uint32_t kds_md5_last_word(const uint8_t *p, size_t n)
{
    size_t rest = n % 4;
    uint32_t word = 0;
    if (n >= 4) {
        p += n - 4;
        uint64_t end = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                       (uint32_t)p[3] << 24;
        word = (uint32_t)(end >> (32 - 8 * rest));
    } else {
        for (size_t i = 0; i < rest; i++) {
            word |= (uint32_t)p[i] << (8 * i);
        }
    }
    return word | UINT32_C(0x80) << (8 * rest);
}

void kds_md5_state_digest(const struct kds_md5_state *state,
                          uint8_t digest[KDS_MD5_BYTES]);

/* ---- many --------------------------------------------------------------------------------- */

/** Plain C: one after the other. */
void kds_md5_many_plain(const struct kds_md5_job *jobs, size_t count);

#define KDS_MD5_LANES_MAX 32

/** States of up to KDS_MD5_LANES_MAX messages, transposed: word w of lane i is word[w][i]. */
struct kds_md5_lanes_state {
    _Alignas(64) uint32_t word[4][KDS_MD5_LANES_MAX];
};

/** What an instruction set gives: the same work for `lanes` messages at once. */
struct kds_md5_width {
    size_t lanes;

    /** Mix @p blocks whole blocks at each p[0 .. lanes - 1] into the lanes' states. NULL in a wide
     *  one: it would not be faster. */
    void (*mix)(struct kds_md5_lanes_state *state,
                const uint8_t *const *p,
                size_t blocks);

    /** Digest messages of at most KDS_MD5_TAIL_MAX bytes, one of each of `lanes` jobs. */
    void (*hash_short)(const struct kds_md5_job *const *jobs);
};

/** Two widths: the wide one hides the latency of the narrow one by doing it twice, interleaved. */
struct kds_md5_engine {
    struct kds_md5_width narrow, wide;
};

/** Any jobs, through the lanes of @p engine. */
void kds_md5_many_lanes(const struct kds_md5_engine *engine,
                        const struct kds_md5_job *jobs,
                        size_t count);

#if KDS_CPU_X86
extern const struct kds_md5_engine kds_md5_avx2;   /* 8 lanes and 16 */
extern const struct kds_md5_engine kds_md5_avx512; /* 16 lanes, short ones 32 */
#endif

#endif /* KDS_KERNEL_MD5_PATHS_H */
