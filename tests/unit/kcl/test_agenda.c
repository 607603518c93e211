/*
 * test_agenda: shards by name, by number, and by what is due first, against a plain model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agenda.h"
#include "base/rng.h"
#include "support/fail_alloc.h"

#include <stdio.h>

#define ENTRIES 300

struct item {
    struct kcl_entry entry;
    char name[32];
    bool in;
};

static struct item items[ENTRIES];

static void prepare(void)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        snprintf(items[i].name, sizeof items[i].name, "shardId-%012zu", i);
        items[i].entry.name = items[i].name;
        items[i].in = false;
    }
}

static const struct item *earliest(void)
{
    const struct item *first = NULL;
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct kcl_entry *e = &items[i].entry;
        if (items[i].in &&
            (first == NULL || e->due_us < first->entry.due_us ||
             (e->due_us == first->entry.due_us && e->number < first->entry.number))) {
            first = &items[i];
        }
    }
    return first;
}

static void agenda_gives_the_earliest_whatever_comes_and_goes(void **state)
{
    struct kcl_agenda a = {0};
    struct kds_rng rng;
    (void)state;
    prepare();
    kds_rng_seed(&rng, 1);
    for (size_t step = 0; step < 20000; step++) {
        struct item *item = &items[kds_rng_below(&rng, ENTRIES)];
        uint64_t what = kds_rng_below(&rng, 4);
        if (!item->in) {
            assert_null(kcl_agenda_find(&a, item->name));
            assert_true(kcl_agenda_add(&a, &item->entry));
            item->in = true;
        } else if (what == 0) {
            kcl_agenda_remove(&a, &item->entry);
            item->in = false;
        } else {
            kcl_agenda_move(&a, &item->entry, (int64_t)kds_rng_below(&rng, 50));
        }
        if (item->in) {
            assert_ptr_equal(kcl_agenda_find(&a, item->name), &item->entry);
            assert_ptr_equal(kcl_agenda_numbered(&a, item->entry.number), &item->entry);
        }
        const struct item *first = earliest();
        assert_ptr_equal(kcl_agenda_first(&a), first ? &first->entry : NULL);
    }
    kcl_agenda_clear(&a);
}

static void agenda_walks_every_entry_once(void **state)
{
    struct kcl_agenda a = {0};
    size_t at = 0, seen = 0;
    (void)state;
    prepare();
    for (size_t i = 0; i < 40; i++) {
        assert_true(kcl_agenda_add(&a, &items[i].entry));
    }
    for (size_t i = 0; i < 40; i += 2) {
        kcl_agenda_remove(&a, &items[i].entry);
    }
    for (const struct kcl_entry *e; (e = kcl_agenda_each(&a, &at)) != NULL; seen++) {
        assert_int_equal((e->name[19] - '0') % 2, 1);
    }
    assert_int_equal(seen, 20);
    assert_null(kcl_agenda_numbered(&a, 0));
    assert_null(kcl_agenda_numbered(&a, 41));
    kcl_agenda_clear(&a);
}

static int fill(void *opaque)
{
    struct kcl_agenda a = {0};
    size_t refused = 0;
    (void)opaque;
    prepare();
    for (size_t i = 0; i < 17; i++) {
        items[i].in = kcl_agenda_add(&a, &items[i].entry);
        refused += !items[i].in;
    }
    for (size_t i = 0; i < 17; i++) {
        assert_int_equal(kcl_agenda_find(&a, items[i].name) != NULL, items[i].in);
    }
    kcl_agenda_clear(&a);
    return refused ? -1 : 0;
}

static void fault_R01_agenda_is_unharmed_when_it_cannot_grow(void **state)
{
    (void)state;
    assert_int_equal(fail_alloc_run(fill, NULL), 8); /* it grows twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agenda_gives_the_earliest_whatever_comes_and_goes),
        cmocka_unit_test(agenda_walks_every_entry_once),
        cmocka_unit_test(fault_R01_agenda_is_unharmed_when_it_cannot_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
