/*
 * shard: one shard whose lease this worker holds or takes, made of three parts that go on side by side: its
 * lease (hold.c; ends.c at its end), reading (poll.c, fanout.c, and reader.c beneath them), processing (process.c).
 */
#include "core_internal.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <string.h>

struct kcl_shard *kcl_shard_new(struct kcl_core *core, const struct kcl_lease *lease)
{
    struct kcl_shard *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->lease = *lease;
    kcl_lease_key(lease->stream, lease->shard_id, s->key);
    memcpy(s->stream, lease->stream, sizeof s->stream);
    memcpy(s->shard_id, lease->shard_id, sizeof s->shard_id);
    s->entry.name = s->key;
    s->behind_ms = -1;
    kcl_hold_begin(core, s);
    return s;
}

void kcl_shard_release(struct kcl_core *core, const void *output, bool pushed)
{
    if (pushed) {
        core->options.release_event(output, core->options.opaque);
    } else {
        core->options.release(output, core->options.opaque);
    }
}

void kcl_shard_drop_page(struct kcl_core *core,
                         struct kcl_shard *s,
                         struct kcl_page **page)
{
    struct kcl_page *p = *page;
    if (p != NULL) {
        *page = p->next;
        core->buffered_bytes -= p->bytes;
        s->held_bytes -= p->bytes;
        kcl_read_settle(core, s);
        kcl_shard_release(core, p->output, p->pushed);
        kcl_page_free(p);
    }
}

void kcl_shard_drop_ready(struct kcl_core *core, struct kcl_shard *s)
{
    while (s->ready != NULL) {
        kcl_shard_drop_page(core, s, &s->ready);
    }
}

void kcl_shard_add_ready(struct kcl_core *core,
                         struct kcl_shard *s,
                         struct kcl_page *page)
{
    core->buffered_bytes += page->bytes;
    s->held_bytes += page->bytes;
    kcl_read_settle(core, s);
    if (s->ready == NULL) {
        s->ready = page;
    } else {
        s->ready_last->next = page;
    }
    s->ready_last = page;
}

void kcl_shard_next_page(struct kcl_shard *s)
{
    s->current = s->ready;
    s->ready = s->ready->next;
    s->current->next = NULL;
}

void kcl_shard_free(struct kcl_core *core, struct kcl_shard *s)
{
    kcl_shard_drop_page(core, s, &s->current);
    kcl_shard_drop_ready(core, s);
    core->lent_bytes -= s->lent_bytes;
    kcl_read_unreserve(core, s);
    kcl_poll_clear(s);
    kds_free(s->long_state);
    kds_free(s->ends);
    kcl_line_leave(&core->hungry, &s->hungry);
    kcl_line_leave(&core->unserved, &s->unserved);
    kds_free(s);
}

bool kcl_shard_over(const struct kcl_core *core, const struct kcl_shard *s)
{
    return s->lost && s->store_id == 0 && !kcl_ends_busy(s) && s->call_id == 0 &&
           kcl_process_over(core, s);
}

static bool write_next(struct kcl_core *core,
                       int64_t now_us,
                       struct kcl_shard *s,
                       struct kcl_action *action)
{
    return !s->lost && (kcl_ends_next(core, now_us, s, action) ||
                        kcl_hold_next(core, now_us, s, action));
}

static bool read_next(struct kcl_core *core,
                      int64_t now_us,
                      struct kcl_shard *s,
                      struct kcl_action *action)
{
    if (kcl_fanout_serves(core, s) || kcl_fanout_subscribed(s)) {
        return kcl_fanout_next(core, now_us, s, action);
    }
    return kcl_fanout_again(core, now_us, s, action) ||
           kcl_poll_next(core, now_us, s, action);
}

bool kcl_shard_next(struct kcl_core *core,
                    int64_t now_us,
                    struct kcl_shard *s,
                    struct kcl_action *action)
{
    if (!s->lost && now_us >= s->valid_until_us) {
        kcl_hold_lose(core, s, "it could not be renewed in time");
    }
    if (write_next(core, now_us, s, action)) {
        return true;
    }
    bool told = s->end_told;
    if (read_next(core, now_us, s, action) || kcl_process_next(core, now_us, s, action)) {
        return true;
    }
    /* An end that nobody wants to be told of is persisted at once. */
    return !told && s->end_told && write_next(core, now_us, s, action);
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
    int64_t read_us = kcl_fanout_serves(core, s) ? kcl_fanout_wake_at_us(core, s)
                                                 : kcl_poll_wake_at_us(core, s);
    return earlier(earlier(kcl_hold_wake_at_us(core, s), kcl_ends_wake_at_us(s)),
                   earlier(read_us, kcl_process_wake_at_us(core, s)));
}
