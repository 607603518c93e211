#include "manners.h"

#include "base/clock.h"

#include <string.h>

/* After it was throttled; and with more to read, for the rest of its process may hold it up. */
#define WAIT_LEAST_US (100 * KDS_US_PER_MS)
#define WAIT_MOST_US  (45 * KDS_US_PER_S)

void manners_init(struct manners *m, struct history *h, unsigned worker)
{
    memset(m, 0, sizeof *m);
    m->history = h;
    m->worker = worker;
}

void manners_forget(struct manners *m)
{
    memset(m->shards, 0, sizeof m->shards);
}

void manners_forget_shard(struct manners *m, uint32_t shard)
{
    memset(&m->shards[shard], 0, sizeof m->shards[shard]);
}

void manners_starved(struct manners *m, int64_t for_us)
{
    for (size_t i = 0; i < HISTORY_SHARDS_MAX; i++) {
        m->shards[i].behind_us += m->shards[i].behind_us != 0 ? for_us : 0;
    }
}

void manners_reads(struct manners *m, int64_t now_us, uint32_t shard)
{
    int64_t throttled_us = m->shards[shard].throttled_us;
    int64_t behind_us = m->shards[shard].behind_us;
    if (throttled_us != 0 && now_us - throttled_us < WAIT_LEAST_US) {
        history_broken(m->history,
                       "manners: worker %u read shard %u %lld ms after it was throttled",
                       m->worker, shard, (long long)(now_us - throttled_us) / 1000);
    }
    if (behind_us != 0 && now_us - behind_us > WAIT_MOST_US) {
        history_broken(m->history,
                       "C6: worker %u waited %lld ms although there was more in shard %u",
                       m->worker, (long long)(now_us - behind_us) / 1000, shard);
    }
    manners_forget_shard(m, shard);
}

void manners_answered(
    struct manners *m, int64_t now_us, uint32_t shard, bool throttled, bool behind)
{
    m->shards[shard].throttled_us = throttled ? now_us : 0;
    m->shards[shard].behind_us = behind ? now_us : 0;
}
