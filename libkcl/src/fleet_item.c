/*
 * fleet_item: the rows of a fleet that are no leases, to items and back.
 */
#include "lease_item.h"

#include "base/slice.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define A_OWNER    "ownerName"
#define A_DURATION "leaseDuration"
#define A_VERSION  "recordVersionNumber"
#define A_RELEASED "isReleased"
#define A_MODE     "cv"
#define A_TABLES   "tm"
#define A_BY       "mb"
#define A_AT       "mts"
#define A_UPDATED  "lut"
#define A_SAMPLES  "sts"
#define A_LIMITS   "opr"
#define A_SUPPORT  "sup"
#define A_SINCE    "slu"

static const struct {
    enum kcl_fleet_kind kind;
    const char *key, *entity;
} kinds[] = {{KCL_FLEET_LEADER, "Leader", "LEADER"},
             {KCL_FLEET_MODE, "Migration3.0", "CLIENT_VERSION_MIGRATION"},
             {KCL_FLEET_TABLES, "TableMigration3.5", "TABLE_MIGRATION"},
             {KCL_FLEET_WORKER, NULL, "WORKER_METRIC_STATS"}};

#define KINDS (sizeof kinds / sizeof kinds[0])

const char *kcl_row_key(const struct kcl_fleet_row *row)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == row->kind && kinds[i].key != NULL) {
            return kinds[i].key;
        }
    }
    return row->owner;
}

/* ---- reading -------------------------------------------------------------------------------- */

static kds_slice_t
text_of(const kds_dynamodb_attribute_t *item, size_t count, const char *name)
{
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(item, count, name);
    return v ? v->s : kds_slice_of(NULL, 0);
}

static int64_t
number_of(const kds_dynamodb_attribute_t *item, size_t count, const char *name)
{
    int64_t out = 0;
    double real;
    const kds_dynamodb_attribute_value_t *v = kcl_item_find(item, count, name);
    if (v != NULL && !kds_parse_i64(v->n, &out) && kds_parse_double(v->n, &real) &&
        real > -1e15 && real < 1e15) {
        out = (int64_t)real;
    }
    return out;
}

static double first_number(const kds_dynamodb_attribute_value_t *list)
{
    double out = 0;
    return list != NULL && list->l_count > 0 && kds_parse_double(list->l[0].n, &out) ? out
                                                                                     : 0;
}

static void read_metric(const kds_dynamodb_attribute_t *from,
                        const kds_dynamodb_attribute_value_t *limits,
                        struct kcl_fleet_row *row)
{
    struct kcl_metric *m = &row->metrics[row->metric_count];
    memset(m, 0, sizeof *m);
    if (row->metric_count == KCL_METRICS_MAX ||
        !kcl_copy_text(m->code, sizeof m->code, from->key)) {
        return; /* a kind of measurement that is newer than this release */
    }
    size_t skip =
        from->value.l_count > KCL_SAMPLES_MAX ? from->value.l_count - KCL_SAMPLES_MAX : 0;
    for (size_t i = skip; i < from->value.l_count; i++) {
        row->invalid = !kds_parse_double(from->value.l[i].n, &m->samples[m->count++]) ||
                       row->invalid;
    }
    m->limit =
        limits ? first_number(kcl_item_find(limits->m, limits->m_count, m->code)) : 0;
    row->invalid = row->invalid || m->limit <= 0;
    row->metric_count++;
}

static bool
read_worker(const kds_dynamodb_attribute_t *item, size_t count, struct kcl_fleet_row *row)
{
    kds_slice_t id = text_of(item, count, "wid");
    const kds_dynamodb_attribute_value_t *samples = kcl_item_find(item, count, A_SAMPLES);
    const kds_dynamodb_attribute_value_t *limits = kcl_item_find(item, count, A_LIMITS);
    if (id.p == NULL) {
        id = text_of(item, count, KCL_A_KEY);
    }
    row->updated_s = number_of(item, count, A_UPDATED);
    row->support = number_of(item, count, A_SUPPORT);
    row->invalid = row->updated_s == 0;
    for (size_t i = 0; samples != NULL && i < samples->m_count; i++) {
        read_metric(&samples->m[i], limits, row);
    }
    return kcl_copy_text(row->owner, sizeof row->owner, id) && id.n > 0;
}

static bool
read_leader(const kds_dynamodb_attribute_t *item, size_t count, struct kcl_fleet_row *row)
{
    row->released = kds_slice_is(text_of(item, count, A_RELEASED), "1");
    return kcl_copy_text(row->owner, sizeof row->owner, text_of(item, count, A_OWNER)) &&
           kcl_copy_text(row->version, sizeof row->version,
                         text_of(item, count, A_VERSION)) &&
           kds_parse_i64(text_of(item, count, A_DURATION), &row->duration_ms);
}

static bool read_mode(const kds_dynamodb_attribute_t *item,
                      size_t count,
                      const char *name,
                      struct kcl_fleet_row *row)
{
    row->changed_ms = number_of(item, count, A_AT);
    return kcl_copy_text(row->mode, sizeof row->mode, text_of(item, count, name)) &&
           kcl_copy_text(row->owner, sizeof row->owner, text_of(item, count, A_BY));
}

/* By its type, or where that is older than types, by its key. 0 = none of these. */
static enum kcl_fleet_kind
kind_of(kds_slice_t entity, const kds_dynamodb_attribute_t *item, size_t count)
{
    kds_slice_t key = text_of(item, count, KCL_A_KEY);
    if (key.p == NULL) {
        key = text_of(item, count, "key");
    }
    for (size_t i = 0; i < KINDS; i++) {
        if (entity.p != NULL ? kds_slice_is(entity, kinds[i].entity)
                             : kinds[i].key != NULL && kds_slice_is(key, kinds[i].key)) {
            return kinds[i].kind;
        }
    }
    return entity.p == NULL && text_of(item, count, "wid").p != NULL
               ? KCL_FLEET_WORKER
               : (enum kcl_fleet_kind)0;
}

enum kcl_item_kind kcl_row_read(kds_slice_t entity,
                                const kds_dynamodb_attribute_t *item,
                                size_t count,
                                struct kcl_fleet_row *row)
{
    bool good = false;
    if (row == NULL) {
        return KCL_ITEM_FOREIGN;
    }
    memset(row, 0, sizeof *row);
    row->kind = kind_of(entity, item, count);
    switch ((int)row->kind) {
    case KCL_FLEET_LEADER:
        good = read_leader(item, count, row);
        break;
    case KCL_FLEET_MODE:
        good = read_mode(item, count, A_MODE, row);
        break;
    case KCL_FLEET_TABLES:
        good = read_mode(item, count, A_TABLES, row);
        break;
    case KCL_FLEET_WORKER:
        good = read_worker(item, count, row);
        break;
    default:
        break;
    }
    return good ? KCL_ITEM_ROW : KCL_ITEM_FOREIGN;
}

/* ---- writing -------------------------------------------------------------------------------- */

static kds_dynamodb_attribute_value_t
number_text(struct kcl_expression *e, double v, int digits)
{
    char text[32];
    kds_dynamodb_attribute_value_t value;
    memset(&value, 0, sizeof value);
    snprintf(text, sizeof text, "%.*f", digits, v);
    value.n = kds_arena_copy(e->arena, kds_slice(text));
    e->failed = e->failed || value.n.p == NULL;
    return value;
}

static kds_dynamodb_attribute_value_t
list_of(struct kcl_expression *e, const double *numbers, size_t count, int digits)
{
    kds_dynamodb_attribute_value_t list;
    memset(&list, 0, sizeof list);
    kds_dynamodb_attribute_value_t *l =
        kds_arena_zero(e->arena, count ? count : 1, sizeof *l);
    if (l == NULL) {
        e->failed = true;
        return list;
    }
    for (size_t i = 0; i < count; i++) {
        l[i] = number_text(e, numbers[i], digits);
    }
    list.l = l;
    list.l_count = count;
    return list;
}

/* Samples, or limits, by code. A limit is a whole number: the KCL cannot read a row with any other. */
static kds_dynamodb_attribute_value_t
map_of(struct kcl_expression *e, const struct kcl_fleet_row *row, bool limits)
{
    kds_dynamodb_attribute_value_t map;
    memset(&map, 0, sizeof map);
    kds_dynamodb_attribute_t *m =
        kds_arena_zero(e->arena, row->metric_count ? row->metric_count : 1, sizeof *m);
    if (m == NULL) {
        e->failed = true;
        return map;
    }
    for (size_t i = 0; i < row->metric_count; i++) {
        const struct kcl_metric *metric = &row->metrics[i];
        m[i].key = kds_slice(metric->code);
        m[i].value = limits ? list_of(e, &metric->limit, 1, 0)
                            : list_of(e, metric->samples, metric->count, 6);
    }
    map.m = m;
    map.m_count = row->metric_count;
    return map;
}

static void set_text(struct kcl_expression *e, const char *name, const char *text)
{
    if (text[0] != 0) {
        kcl_set(e, name, kcl_value_text(kds_slice(text)));
    }
}

static void set_leader(struct kcl_expression *e, const struct kcl_fleet_row *row)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)row->duration_ms);
    kds_slice_t duration = kds_arena_copy(e->arena, kds_slice(text));
    e->failed = e->failed || duration.p == NULL;
    set_text(e, A_OWNER, row->owner);
    set_text(e, A_VERSION, row->version);
    kcl_set(e, A_DURATION, kcl_value_text(duration));
    if (row->released) {
        set_text(e, A_RELEASED, "1");
    } else {
        kcl_remove(e, A_RELEASED);
    }
}

void kcl_row_set(struct kcl_expression *e, const struct kcl_fleet_row *row)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == row->kind) {
            set_text(e, KCL_A_ENTITY, kinds[i].entity);
        }
    }
    switch (row->kind) {
    case KCL_FLEET_LEADER:
        set_leader(e, row);
        break;
    case KCL_FLEET_MODE:
    case KCL_FLEET_TABLES:
        set_text(e, row->kind == KCL_FLEET_MODE ? A_MODE : A_TABLES, row->mode);
        set_text(e, A_BY, row->owner);
        kcl_set(e, A_AT, kcl_value_i64(e, row->changed_ms));
        break;
    case KCL_FLEET_WORKER:
        kcl_set(e, A_UPDATED, kcl_value_i64(e, row->updated_s));
        kcl_set(e, A_SAMPLES, map_of(e, row, false));
        kcl_set(e, A_LIMITS, map_of(e, row, true));
        kcl_set(e, A_SUPPORT, kcl_value_i64(e, row->support));
        kcl_set(e, A_SINCE, kcl_value_i64(e, row->updated_s));
        break;
    }
}

void kcl_row_expect(struct kcl_expression *e,
                    const char *key_name,
                    const struct kcl_fleet_row *row)
{
    if (row->expects == KCL_EXPECTS_NOTHING) {
        kcl_if_exists(e, key_name, false);
    } else if (row->expects == KCL_EXPECTS_SAME && row->kind == KCL_FLEET_WORKER) {
        kcl_if_equal(e, A_UPDATED, kcl_value_i64(e, row->expected_s));
    } else if (row->expects == KCL_EXPECTS_SAME) {
        const char *name = row->kind == KCL_FLEET_LEADER ? A_VERSION
                           : row->kind == KCL_FLEET_MODE ? A_MODE
                                                         : A_TABLES;
        kcl_if_equal(e, name, kcl_value_text(kds_slice(row->expected)));
    }
}
