/*
 * md5_vectors: what the wide paths do alike, for vectors of any width.
 *
 * A path includes it once, behind its own definitions:
 *
 *   vector_t, LANES, INLINE, TARGET       a vector of LANES words; how functions are marked
 *   WORDS                                 16, of a block
 *   ADD, ROTL, F, G, H, I                 the operations of a step
 *   SPREAD32, LOAD, STORE                 a word in all lanes; words from and to aligned memory
 *   load_blocks(p, offset, w)             sixteen words of the block at each p[i] + offset
 *   load_short(jobs, w)                   those of the padded block of each short message
 *   store_digests(a, b, c, d, jobs)       the state of each lane to where its job wants it
 */
#ifndef KDS_KERNEL_MD5_VECTORS_H
#define KDS_KERNEL_MD5_VECTORS_H

#include "kernel/md5_paths.h"
#include "kernel/md5_steps.h"

/* The states of LANES messages. */
struct vectors {
    vector_t a, b, c, d;
};

#define STEP1(f, a, b, c, d, k, s, i)                                                    \
    a = ADD(a, ADD(w[k], SPREAD32(kds_md5_sines[i])));                                   \
    a = ADD(a, f(b, c, d));                                                              \
    a = ADD(ROTL(a, s), b);

#define STEP2(f, a, b, c, d, k, s, i)                                                    \
    a##0 = ADD(a##0, ADD(w[k], SPREAD32(kds_md5_sines[i])));                             \
    a##1 = ADD(a##1, ADD(w[WORDS + (k)], SPREAD32(kds_md5_sines[i])));                   \
    a##0 = ADD(a##0, f(b##0, c##0, d##0));                                               \
    a##1 = ADD(a##1, f(b##1, c##1, d##1));                                               \
    a##0 = ADD(ROTL(a##0, s), b##0);                                                     \
    a##1 = ADD(ROTL(a##1, s), b##1);

INLINE struct vectors add_vectors(struct vectors x, struct vectors y)
{
    return (struct vectors){ADD(x.a, y.a), ADD(x.b, y.b), ADD(x.c, y.c), ADD(x.d, y.d)};
}

/* A block of each lane. */
INLINE void mix1(struct vectors *v, const vector_t w[WORDS])
{
    vector_t a = v->a, b = v->b, c = v->c, d = v->d;
    KDS_MD5_STEPS(STEP1, F, G, H, I)
    *v = add_vectors(*v, (struct vectors){a, b, c, d});
}

/* Of two groups of lanes, interleaved: a step waits for the one before it. */
INLINE void mix2(struct vectors v[2], const vector_t w[2 * WORDS])
{
    vector_t a0 = v[0].a, b0 = v[0].b, c0 = v[0].c, d0 = v[0].d;
    vector_t a1 = v[1].a, b1 = v[1].b, c1 = v[1].c, d1 = v[1].d;
    KDS_MD5_STEPS(STEP2, F, G, H, I)
    v[0] = add_vectors(v[0], (struct vectors){a0, b0, c0, d0});
    v[1] = add_vectors(v[1], (struct vectors){a1, b1, c1, d1});
}

/* ---- blocks of long messages -------------------------------------------------------------- */

INLINE struct vectors load_state(const struct kds_md5_lanes_state *s, size_t at)
{
    return (struct vectors){LOAD(s->word[0] + at), LOAD(s->word[1] + at),
                            LOAD(s->word[2] + at), LOAD(s->word[3] + at)};
}

INLINE void store_state(struct kds_md5_lanes_state *s, size_t at, struct vectors v)
{
    STORE(s->word[0] + at, v.a);
    STORE(s->word[1] + at, v.b);
    STORE(s->word[2] + at, v.c);
    STORE(s->word[3] + at, v.d);
}

TARGET static void
mix_narrow(struct kds_md5_lanes_state *state, const uint8_t *const *p, size_t blocks)
{
    KDS_UNINITIALIZED vector_t w[WORDS];
    struct vectors v = load_state(state, 0);
    for (size_t i = 0; i < blocks; i++) {
        load_blocks(p, i * KDS_MD5_BLOCK_BYTES, w);
        mix1(&v, w);
    }
    store_state(state, 0, v);
}

/* ---- short messages ----------------------------------------------------------------------- */

INLINE struct vectors start_state(void)
{
    return (struct vectors){
        SPREAD32(kds_md5_start.word[0]), SPREAD32(kds_md5_start.word[1]),
        SPREAD32(kds_md5_start.word[2]), SPREAD32(kds_md5_start.word[3])};
}

TARGET static void hash_narrow(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED vector_t w[WORDS];
    struct vectors v = start_state();
    load_short(jobs, w);
    mix1(&v, w);
    store_digests(v.a, v.b, v.c, v.d, jobs);
}

TARGET static void hash_wide(const struct kds_md5_job *const *jobs)
{
    KDS_UNINITIALIZED vector_t w[2 * WORDS];
    struct vectors v[2] = {start_state(), start_state()};
    load_short(jobs, w);
    load_short(jobs + LANES, w + WORDS);
    mix2(v, w);
    store_digests(v[0].a, v[0].b, v[0].c, v[0].d, jobs);
    store_digests(v[1].a, v[1].b, v[1].c, v[1].d, jobs + LANES);
}

#endif /* KDS_KERNEL_MD5_VECTORS_H */
