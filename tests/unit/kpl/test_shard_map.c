/*
 * shard_map: the shard of a hash key, in maps of every shape.
 */
#include "core_fixture.h"

#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARDS_MAX 3000

static kds_u128_t starts[SHARDS_MAX];
static kds_shard_t shards[SHARDS_MAX];
static char ids[SHARDS_MAX][32], firsts[SHARDS_MAX][40], lasts[SHARDS_MAX][40];

static int by_value(const void *a, const void *b)
{
    return kds_u128_cmp(*(const kds_u128_t *)a, *(const kds_u128_t *)b);
}

/* Makes starts[1..] different from each other and from 0, in order. @return how many are left */
static size_t sort_starts(size_t count)
{
    size_t n = 1;
    starts[0] = (kds_u128_t){0, 0};
    qsort(starts, count, sizeof *starts, by_value);
    for (size_t i = 1; i < count; i++) {
        if (kds_u128_cmp(starts[i], starts[n - 1]) != 0) {
            starts[n++] = starts[i];
        }
    }
    return n;
}

static void make_map_of(struct kpl_shard_map *m, const size_t *numbers, size_t count)
{
    const kds_u128_t one = {0, 1};
    struct kds_rng rng;
    kds_rng_seed(&rng, 1);
    memset(shards, 0, sizeof shards);
    for (size_t i = 0; i < count; i++) {
        kds_u128_t last = i + 1 < count ? kds_u128_sub(starts[i + 1], one) : KDS_U128_MAX;
        snprintf(ids[i], sizeof ids[i], "shardId-%012zu", numbers ? numbers[i] : i);
        firsts[i][kds_u128_format(starts[i], firsts[i])] = 0;
        lasts[i][kds_u128_format(last, lasts[i])] = 0;
        shards[i].shard_id = kds_slice(ids[i]);
        shards[i].hash_key_range.starting_hash_key = kds_slice(firsts[i]);
        shards[i].hash_key_range.ending_hash_key = kds_slice(lasts[i]);
    }
    const kds_list_shards_out_t page = {.shards = shards, .shards_count = count};
    kpl_shard_map_want(m, 0);
    kpl_shard_map_asked(m, 0);
    assert_int_equal(kpl_shard_map_page(m, &page, 100, 0, &rng), KPL_PAGE_MAP);
}

static void assert_found(const struct kpl_shard_map *m, size_t count, kds_u128_t hash)
{
    size_t i = count - 1;
    while (kds_u128_cmp(starts[i], hash) > 0) {
        i--;
    }
    assert_string_equal(kpl_shard_map_find(m, hash)->id, ids[i]);
}

static void assert_finds_all(size_t count, struct kds_rng *rng)
{
    const kds_u128_t one = {0, 1};
    struct kpl_shard_map m;
    kpl_shard_map_init(&m);
    make_map_of(&m, NULL, count);
    for (size_t i = 0; i < count; i++) {
        assert_found(&m, count, starts[i]);
        assert_found(&m, count, kds_u128_sub(starts[i], one)); /* of 0: the last of all */
        assert_found(&m, count, kds_u128_add(starts[i], one));
    }
    for (size_t i = 0; i < 2000; i++) {
        assert_found(&m, count, (kds_u128_t){kds_rng_next(rng), kds_rng_next(rng)});
    }
    kpl_shard_map_clear(&m);
}

static void shard_map_finds_the_shard_when_shards_are_even(void **state)
{
    (void)state;
    struct kds_rng rng;
    kds_rng_seed(&rng, 2);
    for (size_t count = 1; count <= 64; count++) {
        for (size_t i = 0; i < count; i++) {
            kds_u128_t width = kds_u128_div64(KDS_U128_MAX, count);
            starts[i] = kds_u128_mul64(width, i);
        }
        assert_finds_all(sort_starts(count), &rng);
    }
}

static void shard_map_finds_the_shard_when_shards_are_of_any_size(void **state)
{
    (void)state;
    struct kds_rng rng;
    kds_rng_seed(&rng, 3);
    for (size_t round = 0; round < 40; round++) {
        size_t count = 1 + (size_t)kds_rng_below(&rng, round < 36 ? 60 : SHARDS_MAX);
        for (size_t i = 0; i < count; i++) {
            /* Some far apart, some next to each other, some at the very ends. */
            unsigned bits = (unsigned)kds_rng_below(&rng, 64);
            uint64_t near = kds_rng_next(&rng) >> bits;
            starts[i] = (kds_u128_t){kds_rng_below(&rng, 2) ? near : ~near,
                                     kds_rng_below(&rng, 2) ? kds_rng_next(&rng) : i};
        }
        assert_finds_all(sort_starts(count), &rng);
    }
}

/* ---- from map to map -------------------------------------------------------------------------- */

/* Shards of these numbers, which divide the hash keys evenly. */
static void list_numbers(struct kpl_shard_map *m, const size_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        starts[i] = kds_u128_mul64(kds_u128_div64(KDS_U128_MAX, count), i);
    }
    make_map_of(m, numbers, count);
}

static struct kpl_shard *by_number(struct kpl_shard_map *m, size_t number)
{
    char id[32];
    snprintf(id, sizeof id, "shardId-%012zu", number);
    return kpl_shard_map_by_id(m, kds_slice(id), 100, 0);
}

/* Children are younger than their parents: a list that goes back to older shards is another stream's, and what
 * was known of the younger ones is true of none of its. */
static void fault_S09_a_list_of_older_shards_is_of_another_stream(void **state)
{
    static const size_t two[] = {0, 1}, merged[] = {2}, split[] = {3, 4};
    static const size_t ten[] = {9, 10};
    struct kpl_shard_map m;
    (void)state;
    kpl_shard_map_init(&m);
    list_numbers(&m, two, 2);
    list_numbers(&m, merged, 1);
    list_numbers(&m, split, 2);
    list_numbers(&m, ten, 2); /* numbers, not texts */
    assert_true(by_number(&m, 0)->known);
    assert_true(by_number(&m, 2)->known);
    list_numbers(&m, merged, 1);
    assert_false(by_number(&m, 3)->known);
    assert_false(by_number(&m, 10)->known);
    kpl_shard_map_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shard_map_finds_the_shard_when_shards_are_even),
        cmocka_unit_test(shard_map_finds_the_shard_when_shards_are_of_any_size),
        cmocka_unit_test(fault_S09_a_list_of_older_shards_is_of_another_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
