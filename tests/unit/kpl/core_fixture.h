/*
 * core_fixture: the producer's core driven by hand: time and answers are written out.
 */
#ifndef UNIT_KPL_CORE_FIXTURE_H
#define UNIT_KPL_CORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "conf.h"
#include "core.h"
#include "results.h"

#define MS KDS_US_PER_MS

#define TAGS_MAX 600

struct fixture {
    struct kpl_conf *conf;
    struct kpl_core *core;
    struct kpl_showcase showcase;
    int64_t now_us;
    uint32_t outcomes[TAGS_MAX]; /* how many each record got, by tag */
    kds_err_t codes[TAGS_MAX];
    kds_persisted_t persisted[TAGS_MAX];
    int32_t subs[TAGS_MAX];
    int32_t delays_ms[TAGS_MAX]; /* of the first attempt that is kept */
    uint8_t kept[TAGS_MAX], sent[TAGS_MAX];
    kpl_attempt_t last_attempt; /* of the last outcome; its texts: */
    char last_code[64];
    char message[256]; /* of the last failure */
    char service_code[64];
    char data[256]; /* of the last outcome */
    size_t total;
};

/* Names and first hash keys of a stream's shards: one; and two that part at 50. */
extern const char *const one_id[1], *const one_start[1];
extern const char *const two_ids[2], *const two_starts[2];

void fx_set(struct fixture *f, const char *name, const char *value);
void fx_open(struct fixture *f);
/** Settings with a stream, of which nothing is asked but its shards. fx_open() goes on. */
void fx_begin(struct fixture *f);
void fx_end(struct fixture *f);
kpl_record_t
fx_record(const char *key, const char *hash_key, const char *data, size_t tag);
kds_err_t fx_put(struct fixture *f,
                 const char *key,
                 const char *hash_key,
                 const char *data,
                 size_t tag);
void fx_on_results(const kpl_result_t *results, size_t count, void *opaque);
void fx_take_results(struct fixture *f);
bool fx_next(struct fixture *f, struct kpl_action *action);
void fx_answer_shards(struct fixture *f,
                      uint64_t id,
                      const char *const *ids,
                      const char *const *starts,
                      size_t count);
void fx_give_map(struct fixture *f);
void fx_answer_all(struct fixture *f, const struct kpl_action *action, const char *shard);
void fx_expect_put(struct fixture *f, struct kpl_action *action);

#endif /* UNIT_KPL_CORE_FIXTURE_H */
