#include "vacancy.h"

#include <string.h>

void vacancy_init(struct vacancy *v, struct history *h)
{
    memset(v, 0, sizeof *v);
    v->history = h;
}

void vacancy_judge(struct vacancy *v, int64_t most_us, bool peers)
{
    v->most_us = most_us;
    v->peers = peers;
}

static void judge(struct vacancy *v, int64_t now_us, uint32_t shard)
{
    if (v->shards[shard].until_us != 0 && now_us > v->shards[shard].until_us) {
        history_broken(v->history, "C6: shard %u was without a reader for %lld ms", shard,
                       (long long)(now_us - v->shards[shard].since_us) / 1000);
    }
}

static void vacate(struct vacancy *v, int64_t now_us, uint32_t shard)
{
    v->shards[shard].read = false;
    if (v->most_us > 0) {
        v->shards[shard].since_us = now_us;
        v->shards[shard].until_us = now_us + v->most_us;
    }
}

void vacancy_taken(struct vacancy *v, int64_t now_us, uint32_t shard, unsigned worker)
{
    judge(v, now_us, shard);
    v->begun = true;
    v->shards[shard].until_us = 0;
    v->shards[shard].read = true;
    v->shards[shard].reader = worker;
}

void vacancy_released(struct vacancy *v, int64_t now_us, uint32_t shard)
{
    v->shards[shard].read = false;
    if (v->peers) {
        vacate(v, now_us, shard);
    }
}

void vacancy_lost(struct vacancy *v, uint32_t shard, unsigned worker)
{
    v->shards[shard].read &= v->shards[shard].reader != worker;
}

void vacancy_made(struct vacancy *v, uint32_t shard, const int parents[2])
{
    v->shards[shard].made = true;
    memcpy(v->shards[shard].parents, parents, sizeof v->shards[shard].parents);
}

/* Its last parent was read to its end. */
static bool is_free_after(const struct vacancy *v, uint32_t shard, uint32_t ended)
{
    bool child = false;
    for (int i = 0; v->shards[shard].made && i < 2; i++) {
        int parent = v->shards[shard].parents[i];
        child |= parent == (int)ended;
        if (parent >= 0 && !v->shards[parent].ended) {
            return false;
        }
    }
    return child && !v->shards[shard].ended && !v->shards[shard].read;
}

void vacancy_ended(struct vacancy *v, int64_t now_us, uint32_t shard)
{
    v->shards[shard].read = false;
    v->shards[shard].ended = true;
    v->shards[shard].until_us = 0;
    for (uint32_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        if (is_free_after(v, i, shard)) {
            vacate(v, now_us, i);
        }
    }
}

void vacancy_stopped(struct vacancy *v, unsigned worker)
{
    for (uint32_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        if (v->shards[i].read && v->shards[i].reader == worker) {
            history_broken(v->history, "C6: worker %u stopped and kept shard %u", worker,
                           i);
        }
    }
}

void vacancy_judge_begun(struct vacancy *v)
{
    if (!v->begun) {
        history_broken(v->history, "C6: nobody reads, although all is well");
    }
}

void vacancy_died(struct vacancy *v, int64_t now_us, unsigned worker)
{
    for (uint32_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        if (v->shards[i].read && v->shards[i].reader == worker) {
            vacate(v, now_us, i);
        }
    }
}

void vacancy_end(struct vacancy *v, int64_t now_us)
{
    for (uint32_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        judge(v, now_us, i);
    }
}

int64_t vacancy_until_us(const struct vacancy *v)
{
    int64_t last_us = 0;
    for (uint32_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        last_us = v->shards[i].until_us > last_us ? v->shards[i].until_us : last_us;
    }
    return last_us;
}
