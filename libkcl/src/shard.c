/*
 * shard: one shard whose lease this worker holds or takes, made of three parts that go on side by side: its
 * lease (hold.c), reading (poll.c), processing (process.c).
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

struct kcl_shard *kcl_shard_new(struct kcl_core *core, const struct kcl_lease *lease)
{
    struct kcl_shard *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->lease = *lease;
    kcl_lease_key(lease->stream, lease->shard_id, s->key);
    s->entry.name = s->key;
    s->behind_ms = -1;
    kcl_hold_begin(core, s);
    return s;
}

void kcl_shard_drop_page(struct kcl_core *core, struct kcl_page **page)
{
    if (*page != NULL) {
        core->buffered_bytes -= (*page)->bytes;
        core->options.release((*page)->output, core->options.opaque);
        kcl_page_free(*page);
        *page = NULL;
    }
}

void kcl_shard_free(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_shard_drop_page(core, &s->current);
    kcl_shard_drop_page(core, &s->ready);
    core->lent_bytes -= s->lent_bytes;
    kcl_read_unreserve(core, s);
    kcl_poll_clear(s);
    kcl_line_leave(&core->hungry, &s->hungry);
    kcl_line_leave(&core->unserved, &s->unserved);
    kds_free(s);
}

bool kcl_shard_over(const struct kcl_core *core, const struct kcl_shard *s)
{
    return s->lost && s->store_id == 0 && s->call_id == 0 && kcl_process_over(core, s);
}

bool kcl_shard_next(struct kcl_core *core,
                    int64_t now_us,
                    struct kcl_shard *s,
                    struct kcl_action *action)
{
    if (!s->lost && now_us >= s->valid_until_us) {
        kcl_hold_lose(core, s, "it could not be renewed in time");
    }
    if (s->lost) {
        return kcl_process_next(core, now_us, s, action);
    }
    return kcl_hold_next(core, now_us, s, action) ||
           kcl_poll_next(core, now_us, s, action) ||
           kcl_process_next(core, now_us, s, action);
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

int64_t kcl_shard_wake_at_us(const struct kcl_core *core, const struct kcl_shard *s)
{
    if (s->lost) {
        return kcl_process_wake_at_us(core, s);
    }
    return earlier(
        kcl_hold_wake_at_us(core, s),
        earlier(kcl_poll_wake_at_us(core, s), kcl_process_wake_at_us(core, s)));
}
