/*
 * outcomes: two pairs of buffers, rows and texts; one is filled, the other is shown.
 */
#include "kpl/packed.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/thread.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct pile {
    struct kds_buf rows, text;
};

struct kpl_outcomes {
    int fd;                   /* read-only */
    size_t max;               /* read-only; 0 = no limit */
    unsigned fork_generation; /* read-only */
    struct pile shown;        /* the reader's */

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    pthread_cond_t taken;
    struct pile waiting;
    uint64_t stored, lost;
    bool unbound;
};

static void pile_init(struct pile *pile)
{
    kds_buf_init(&pile->rows, SIZE_MAX);
    kds_buf_init(&pile->text, SIZE_MAX);
}

static void pile_clear(struct pile *pile)
{
    kds_buf_clear(&pile->rows);
    kds_buf_clear(&pile->text);
}

kpl_outcomes_t *kpl_outcomes_new(size_t max_bytes)
{
    struct kpl_outcomes *o = kds_alloc_zero(1, sizeof *o);
    if (o == NULL) {
        return NULL;
    }
    o->max = max_bytes;
    o->fork_generation = kds_fork_generation();
    pile_init(&o->shown);
    pile_init(&o->waiting);
    o->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool has_lock = o->fd >= 0 && kds_mutex_init(&o->lock) == KDS_OK;
    if (has_lock && kds_cond_init(&o->taken) == KDS_OK) {
        return o;
    }
    if (has_lock) {
        pthread_mutex_destroy(&o->lock);
    }
    if (o->fd >= 0) {
        close(o->fd);
    }
    kds_free(o);
    return NULL;
}

static uint32_t add_text(struct kds_buf *text, kds_slice_t value)
{
    kds_buf_add_slice(text, value);
    return (uint32_t)value.n;
}

/* A row and its texts, or nothing of them. */
static void add_locked(struct kpl_outcomes *o, const kpl_result_t *r)
{
    struct pile *pile = &o->waiting;
    size_t rows = pile->rows.n, text = pile->text.n;
    kpl_outcome_t row = {
        .tag = (uint64_t)(uintptr_t)r->tag,
        .text_at = text,
        .subsequence_number = r->subsequence_number,
        .latency_us = r->latency_us,
        .code = (int32_t)r->code,
        .persisted = (int32_t)r->persisted,
        .attempt_count = r->attempt_count,
    };
    row.shard_id_n = add_text(&pile->text, r->shard_id);
    row.sequence_number_n = add_text(&pile->text, r->sequence_number);
    if (r->code != KDS_OK) {
        row.stream_n = add_text(&pile->text, r->stream);
        row.key_n = add_text(&pile->text, r->partition_key);
        row.hash_key_n = add_text(&pile->text, r->explicit_hash_key);
        row.data_n = add_text(&pile->text, r->data);
        row.service_code_n = add_text(&pile->text, r->service_code);
        row.message_n = add_text(&pile->text, r->message);
    }
    kds_buf_add(&pile->rows, &row, sizeof row);
    if (pile->rows.err != KDS_OK || pile->text.err != KDS_OK) {
        pile->rows.n = rows;
        pile->text.n = text;
        pile->rows.err = pile->text.err = KDS_OK;
        o->lost++;
    }
}

static bool full_locked(const struct kpl_outcomes *o)
{
    return o->max > 0 && !o->unbound && o->waiting.rows.n + o->waiting.text.n >= o->max;
}

static void wake_reader(struct kpl_outcomes *o)
{
    uint64_t one = 1;
    ssize_t n = write(o->fd, &one, sizeof one);
    (void)n; /* it fails only if it is readable already */
}

void kpl_outcomes_add(const kpl_result_t *results, size_t count, void *opaque)
{
    struct kpl_outcomes *o = opaque;
    pthread_mutex_lock(&o->lock);
    for (size_t i = 0; i < count; i++) {
        const kpl_result_t *r = &results[i];
        if (r->tag == NULL && r->code == KDS_OK) {
            o->stored++;
            continue;
        }
        while (full_locked(o)) {
            kds_cond_wait(&o->taken, &o->lock, KDS_NEVER_US);
        }
        bool told = o->waiting.rows.n > 0 || o->lost > 0;
        add_locked(o, r);
        if (!told) {
            wake_reader(o);
        }
    }
    pthread_mutex_unlock(&o->lock);
}

int kpl_outcomes_fd(const kpl_outcomes_t *o)
{
    return o->fd;
}

void kpl_outcomes_take(kpl_outcomes_t *o, kpl_block_t *out)
{
    uint64_t count;
    kpl_block_t block = {.struct_size = sizeof block};
    kds_buf_reset(&o->shown.rows);
    kds_buf_reset(&o->shown.text);
    pthread_mutex_lock(&o->lock);
    struct pile taken = o->waiting;
    o->waiting = o->shown;
    o->shown = taken;
    block.stored = o->stored;
    block.lost = o->lost;
    o->stored = o->lost = 0;
    ssize_t n = read(o->fd, &count, sizeof count);
    (void)n; /* nothing to read is as good */
    pthread_cond_broadcast(&o->taken);
    pthread_mutex_unlock(&o->lock);
    block.rows = (const kpl_outcome_t *)(const void *)o->shown.rows.p;
    block.count = o->shown.rows.n / sizeof(kpl_outcome_t);
    block.text = kds_buf_slice(&o->shown.text);
    size_t size = out->struct_size < sizeof block ? out->struct_size : sizeof block;
    block.struct_size = out->struct_size;
    memcpy(out, &block, size);
}

void kpl_outcomes_unbound(kpl_outcomes_t *o)
{
    pthread_mutex_lock(&o->lock);
    o->unbound = true;
    pthread_cond_broadcast(&o->taken);
    pthread_mutex_unlock(&o->lock);
}

void kpl_outcomes_free(kpl_outcomes_t *o)
{
    if (o != NULL && o->fork_generation == kds_fork_generation()) {
        pthread_cond_destroy(&o->taken);
        pthread_mutex_destroy(&o->lock);
        pile_clear(&o->waiting);
        pile_clear(&o->shown);
        close(o->fd);
        kds_free(o);
    }
}
