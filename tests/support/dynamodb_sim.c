#include "dynamodb_sim.h"

#include "base/error.h"
#include "base/slice.h"
#include "dynamodb_expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 4

struct row {
    struct kds_arena arena;
    struct dynamodb_item item;
};

struct table {
    char name[256], key_name[64];
    char index[64], index_status[16]; /* "" = it has none */
    int64_t read_capacity, write_capacity, index_capacity[2];
    bool recovery;
    struct row **rows; /* in order of the key */
    size_t count;
};

struct dynamodb_sim {
    struct table tables[TABLES_MAX];
    size_t table_count, page;
    bool tell_items;
    char status[32];
    dynamodb_fault_fn *faults;
    void *faults_opaque;
    unsigned calls[KCL_DYNAMO_CALLS];
    char created[512]; /* what the last CreateTable asked for */
};

/* ---- life ----------------------------------------------------------------------------------- */

static void *must(void *p)
{
    if (p == NULL) {
        abort();
    }
    return p;
}

struct dynamodb_sim *dynamodb_sim_new(void)
{
    struct dynamodb_sim *sim = must(calloc(1, sizeof *sim));
    sim->tell_items = true;
    sim->page = 1000;
    snprintf(sim->status, sizeof sim->status, "ACTIVE");
    return sim;
}

static void row_free(struct row *row)
{
    kds_arena_clear(&row->arena);
    free(row);
}

void dynamodb_sim_free(struct dynamodb_sim *sim)
{
    for (size_t t = 0; t < sim->table_count; t++) {
        for (size_t i = 0; i < sim->tables[t].count; i++) {
            row_free(sim->tables[t].rows[i]);
        }
        free(sim->tables[t].rows);
    }
    free(sim);
}

void dynamodb_sim_set_faults(struct dynamodb_sim *sim,
                             dynamodb_fault_fn *fn,
                             void *opaque)
{
    sim->faults = fn;
    sim->faults_opaque = opaque;
}

void dynamodb_sim_tell_items(struct dynamodb_sim *sim, bool yes)
{
    sim->tell_items = yes;
}

void dynamodb_sim_set_page(struct dynamodb_sim *sim, size_t items)
{
    sim->page = items;
}

void dynamodb_sim_set_status(struct dynamodb_sim *sim, const char *status)
{
    snprintf(sim->status, sizeof sim->status, "%s", status);
}

unsigned dynamodb_sim_calls(const struct dynamodb_sim *sim, enum kcl_dynamo_call which)
{
    return sim->calls[which];
}

/* ---- tables --------------------------------------------------------------------------------- */

static struct table *find_table(const struct dynamodb_sim *sim, kds_slice_t name)
{
    for (size_t i = 0; i < sim->table_count; i++) {
        if (kds_slice_is(name, sim->tables[i].name)) {
            return (struct table *)(uintptr_t)&sim->tables[i];
        }
    }
    return NULL;
}

void dynamodb_sim_add_table(struct dynamodb_sim *sim,
                            const char *table,
                            const char *key_name)
{
    if (sim->table_count == TABLES_MAX) {
        abort();
    }
    struct table *t = &sim->tables[sim->table_count++];
    snprintf(t->name, sizeof t->name, "%s", table);
    snprintf(t->key_name, sizeof t->key_name, "%s", key_name);
}

const char *dynamodb_sim_created(const struct dynamodb_sim *sim)
{
    return sim->created;
}

bool dynamodb_sim_recovery(const struct dynamodb_sim *sim, const char *table)
{
    return find_table(sim, kds_slice(table))->recovery;
}

const char *
dynamodb_sim_index(const struct dynamodb_sim *sim, const char *table, int64_t capacity[2])
{
    const struct table *t = find_table(sim, kds_slice(table));
    memcpy(capacity, t->index_capacity, sizeof t->index_capacity);
    return t->index;
}

void dynamodb_sim_set_index(struct dynamodb_sim *sim,
                            const char *table,
                            const char *status)
{
    struct table *t = find_table(sim, kds_slice(table));
    snprintf(t->index_status, sizeof t->index_status, "%s", status);
}

bool dynamodb_sim_has_table(const struct dynamodb_sim *sim, const char *table)
{
    return find_table(sim, kds_slice(table)) != NULL;
}

static kds_slice_t key_of(const struct table *t, const struct dynamodb_item *item)
{
    const kds_dynamodb_attribute_value_t *v = dynamodb_find(item, kds_slice(t->key_name));
    return v ? v->s : kds_slice_of(NULL, 0);
}

/* Where the key is or belongs. */
static size_t place_of(const struct table *t, kds_slice_t key, bool *found)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = kds_slice_cmp(key_of(t, &t->rows[middle]->item), key);
        if (order == 0) {
            *found = true;
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    *found = false;
    return low;
}

static struct row *row_of(const struct dynamodb_item *item)
{
    struct row *row = must(calloc(1, sizeof *row));
    kds_arena_init(&row->arena, 1 << 20);
    for (size_t i = 0; i < item->count; i++) {
        row->item.attributes[i].key =
            kds_arena_copy(&row->arena, item->attributes[i].key);
        row->item.attributes[i].value =
            dynamodb_copy_value(&row->arena, &item->attributes[i].value);
    }
    row->item.count = item->count;
    return row;
}

static void store(struct table *t, const struct dynamodb_item *item)
{
    bool found;
    size_t at = place_of(t, key_of(t, item), &found);
    struct row *row = row_of(item);
    if (found) {
        row_free(t->rows[at]);
    } else {
        t->rows = must(realloc(t->rows, (t->count + 1) * sizeof(struct row *)));
        memmove(t->rows + at + 1, t->rows + at, (t->count++ - at) * sizeof(struct row *));
    }
    t->rows[at] = row;
}

static void erase(struct table *t, kds_slice_t key)
{
    bool found;
    size_t at = place_of(t, key, &found);
    if (found) {
        row_free(t->rows[at]);
        memmove(t->rows + at, t->rows + at + 1, (--t->count - at) * sizeof(struct row *));
    }
}

static const struct dynamodb_item *find_item(const struct table *t, kds_slice_t key)
{
    static const struct dynamodb_item nothing;
    bool found;
    size_t at = place_of(t, key, &found);
    return found ? &t->rows[at]->item : &nothing;
}

void dynamodb_sim_put(struct dynamodb_sim *sim,
                      const char *table,
                      const kds_dynamodb_attribute_t *item,
                      size_t count)
{
    static struct dynamodb_item whole;
    memcpy(whole.attributes, item, count * sizeof *item);
    whole.count = count;
    store(must(find_table(sim, kds_slice(table))), &whole);
}

const kds_dynamodb_attribute_t *dynamodb_sim_get(const struct dynamodb_sim *sim,
                                                 const char *table,
                                                 const char *key,
                                                 size_t *count)
{
    const struct dynamodb_item *item =
        find_item(must(find_table(sim, kds_slice(table))), kds_slice(key));
    *count = item->count;
    return item->count ? item->attributes : NULL;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* An output in front, and everything that it points to. */
struct answer {
    union {
        kds_dynamodb_describe_table_out_t describe;
        kds_dynamodb_create_table_out_t create;
        kds_dynamodb_get_item_out_t get;
        kds_dynamodb_put_item_out_t put;
        kds_dynamodb_update_item_out_t update;
        kds_dynamodb_delete_item_out_t delete;
        kds_dynamodb_scan_out_t scan;
        kds_dynamodb_query_out_t query;
        kds_dynamodb_conditional_check_failed_exception_t failed;
    } u;
    struct kds_arena arena;
    kds_dynamodb_table_description_t table;
    kds_dynamodb_key_schema_element_t key;
    kds_dynamodb_global_secondary_index_description_t index;
    kds_dynamodb_provisioned_throughput_description_t capacity;
};

static struct answer *answer_new(void)
{
    struct answer *a = must(calloc(1, sizeof *a));
    kds_arena_init(&a->arena, 64 << 20);
    return a;
}

static void answer_free(const void *output)
{
    struct answer *a = (struct answer *)(uintptr_t)output;
    kds_arena_clear(&a->arena);
    free(a);
}

static const kds_dynamodb_attribute_t *copy_item(struct answer *a,
                                                 const struct dynamodb_item *item)
{
    kds_dynamodb_attribute_t *copy =
        must(kds_arena_zero(&a->arena, item->count + 1, sizeof *copy));
    for (size_t i = 0; i < item->count; i++) {
        copy[i].key = kds_arena_copy(&a->arena, item->attributes[i].key);
        copy[i].value = dynamodb_copy_value(&a->arena, &item->attributes[i].value);
    }
    return copy;
}

static kds_error_t *error_of(const char *code)
{
    kds_error_t *error = NULL;
    const struct kds_error_detail detail = {
        .service_code = kds_slice(code), .http_status = 400, .attempts = 1};
    kds_err_t err = strcmp(code, "ResourceNotFoundException") == 0 ? KDS_ERR_NOT_FOUND
                    : strcmp(code, "AccessDeniedException") == 0   ? KDS_ERR_ACCESS_DENIED
                    : strcmp(code, "ResourceInUseException") == 0  ? KDS_ERR_IN_USE
                    : strcmp(code, "ProvisionedThroughputExceededException") == 0
                        ? KDS_ERR_THROTTLED
                        : KDS_ERR_SERVICE;
    kds_error_set_detail(&error, err, &detail, "%s", code);
    return error;
}

static kds_error_t *failed_condition(struct dynamodb_sim *sim,
                                     const struct dynamodb_item *item)
{
    kds_error_t *error = error_of("ConditionalCheckFailedException");
    if (sim->tell_items && item->count > 0) {
        struct answer *a = answer_new();
        a->u.failed.item = copy_item(a, item);
        a->u.failed.item_count = item->count;
        kds_error_attach(error, a, answer_free);
    }
    return error;
}

/* ---- calls ---------------------------------------------------------------------------------- */

struct request {
    struct dynamodb_sim *sim;
    struct table *table;
    kds_slice_t key, table_name;
    const void *input;
    struct answer *answer;
    kds_error_t *error;
};

static void describe(struct request *r)
{
    r->answer->table.table_name = kds_slice(r->table->name);
    r->answer->table.table_status = kds_slice(r->sim->status);
    r->answer->key.attribute_name = kds_slice(r->table->key_name);
    r->answer->key.key_type = kds_slice("HASH");
    r->answer->table.key_schema = &r->answer->key;
    r->answer->table.key_schema_count = 1;
    r->answer->capacity.read_capacity_units = r->table->read_capacity;
    r->answer->capacity.write_capacity_units = r->table->write_capacity;
    r->answer->table.provisioned_throughput = &r->answer->capacity;
    if (r->table->index[0] != 0) {
        r->answer->index.index_name = kds_slice(r->table->index);
        r->answer->index.index_status = kds_slice(r->table->index_status);
        r->answer->table.global_secondary_indexes = &r->answer->index;
        r->answer->table.global_secondary_indexes_count = 1;
    }
    r->answer->u.describe.table = &r->answer->table;
}

static bool
key_is(const kds_dynamodb_key_schema_element_t *key, const char *name, const char *type)
{
    return kds_slice_is(key->attribute_name, name) && kds_slice_is(key->key_type, type);
}

/* Only what leases have: an index by owner. */
static void update_table(struct request *r)
{
    const kds_dynamodb_update_table_in_t *in = r->input;
    const kds_dynamodb_create_global_secondary_index_action_t *create =
        in->global_secondary_index_updates_count == 1
            ? in->global_secondary_index_updates[0].create
            : NULL;
    const kds_dynamodb_provisioned_throughput_t *c =
        create ? create->provisioned_throughput : NULL;
    if (create == NULL || in->attribute_definitions_count != 2 ||
        create->key_schema_count != 2 ||
        !key_is(&create->key_schema[0], "leaseOwner", "HASH") ||
        !key_is(&create->key_schema[1], r->table->key_name, "RANGE") ||
        !kds_slice_is(create->projection.projection_type, "KEYS_ONLY") ||
        (c != NULL) != (r->table->read_capacity > 0)) {
        r->error = error_of("ValidationException");
        return;
    }
    if (r->table->index[0] != 0) {
        r->error = error_of("ResourceInUseException");
        return;
    }
    snprintf(r->table->index, sizeof r->table->index, "%.*s", (int)create->index_name.n,
             (const char *)create->index_name.p);
    snprintf(r->table->index_status, sizeof r->table->index_status, "CREATING");
    r->table->index_capacity[0] = c ? c->read_capacity_units : 0;
    r->table->index_capacity[1] = c ? c->write_capacity_units : 0;
}

static void update_backups(struct request *r)
{
    const kds_dynamodb_update_continuous_backups_in_t *in = r->input;
    r->table->recovery =
        in->point_in_time_recovery_specification.point_in_time_recovery_enabled;
}

static void create(struct request *r)
{
    const kds_dynamodb_create_table_in_t *in = r->input;
    char name[256], key[64];
    if (r->table != NULL) {
        r->error = error_of("ResourceInUseException");
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)in->table_name.n,
             (const char *)in->table_name.p);
    snprintf(key, sizeof key, "%.*s", (int)in->key_schema[0].attribute_name.n,
             (const char *)in->key_schema[0].attribute_name.p);
    dynamodb_sim_add_table(r->sim, name, key);
    struct table *t = &r->sim->tables[r->sim->table_count - 1];
    if (in->provisioned_throughput != NULL) {
        t->read_capacity = in->provisioned_throughput->read_capacity_units;
        t->write_capacity = in->provisioned_throughput->write_capacity_units;
    }
    snprintf(r->sim->created, sizeof r->sim->created, "%.*s protected=%d",
             (int)in->billing_mode.n, (const char *)in->billing_mode.p,
             in->has_deletion_protection_enabled && in->deletion_protection_enabled);
    for (size_t i = 0; i < in->tags_count; i++) {
        size_t n = strlen(r->sim->created);
        snprintf(r->sim->created + n, sizeof r->sim->created - n, " %.*s=%.*s",
                 (int)in->tags[i].key.n, (const char *)in->tags[i].key.p,
                 (int)in->tags[i].value.n,
                 in->tags[i].value.n ? (const char *)in->tags[i].value.p : "");
    }
}

static void get(struct request *r)
{
    const struct dynamodb_item *item = find_item(r->table, r->key);
    if (item->count > 0) {
        r->answer->u.get.item = copy_item(r->answer, item);
        r->answer->u.get.item_count = item->count;
    }
}

/* @return whether the condition of a write holds; otherwise the error is set */
static bool permitted(struct request *r,
                      struct dynamodb_words *words,
                      kds_slice_t condition,
                      const struct dynamodb_item *item)
{
    bool malformed = false;
    if (!dynamodb_holds(words, condition, item, &malformed) && !malformed) {
        r->error = failed_condition(r->sim, item);
        return false;
    }
    if (malformed) {
        r->error = error_of("ValidationException");
    }
    return !malformed;
}

static void put(struct request *r)
{
    static struct dynamodb_item whole;
    const kds_dynamodb_put_item_in_t *in = r->input;
    struct dynamodb_words words = {in->expression_attribute_names,
                                   in->expression_attribute_names_count,
                                   in->expression_attribute_values,
                                   in->expression_attribute_values_count,
                                   {false},
                                   {false}};
    memcpy(whole.attributes, in->item, in->item_count * sizeof *in->item);
    whole.count = in->item_count;
    if (permitted(r, &words, in->condition_expression,
                  find_item(r->table, key_of(r->table, &whole)))) {
        store(r->table, &whole);
    }
}

static void update(struct request *r)
{
    static struct dynamodb_item whole;
    const kds_dynamodb_update_item_in_t *in = r->input;
    struct dynamodb_words words = {in->expression_attribute_names,
                                   in->expression_attribute_names_count,
                                   in->expression_attribute_values,
                                   in->expression_attribute_values_count,
                                   {false},
                                   {false}};
    whole = *find_item(r->table, r->key);
    if (!permitted(r, &words, in->condition_expression, &whole)) {
        return;
    }
    if (whole.count == 0) {
        whole.attributes[0] = in->key[0];
        whole.count = 1;
    }
    if (!dynamodb_update(&words, in->update_expression, &whole, &r->answer->arena) ||
        !dynamodb_all_used(&words)) {
        r->error = error_of("ValidationException");
        return;
    }
    if (kds_slice_is(in->return_values, "ALL_NEW")) {
        r->answer->u.update.attributes = copy_item(r->answer, &whole);
        r->answer->u.update.attributes_count = whole.count;
    }
    store(r->table, &whole);
}

static void erase_item(struct request *r)
{
    const kds_dynamodb_delete_item_in_t *in = r->input;
    struct dynamodb_words words = {in->expression_attribute_names,
                                   in->expression_attribute_names_count,
                                   in->expression_attribute_values,
                                   in->expression_attribute_values_count,
                                   {false},
                                   {false}};
    if (permitted(r, &words, in->condition_expression, find_item(r->table, r->key))) {
        erase(r->table, r->key);
    }
}

static void scan(struct request *r)
{
    const kds_dynamodb_scan_in_t *in = r->input;
    kds_dynamodb_scan_out_t *out = &r->answer->u.scan;
    struct dynamodb_words words = {in->expression_attribute_names,
                                   in->expression_attribute_names_count,
                                   in->expression_attribute_values,
                                   in->expression_attribute_values_count,
                                   {false},
                                   {false}};
    bool found = false, malformed = false;
    size_t at = in->exclusive_start_key_count
                    ? place_of(r->table, in->exclusive_start_key[0].value.s, &found)
                    : 0;
    at += found;
    size_t most = in->has_limit && (size_t)in->limit < r->sim->page ? (size_t)in->limit
                                                                    : r->sim->page;
    kds_dynamodb_item_t *items =
        must(kds_arena_zero(&r->answer->arena, most + 1, sizeof *items));
    out->items = items;
    for (size_t seen = 0; at < r->table->count && seen < most; at++, seen++) {
        const struct dynamodb_item *item = &r->table->rows[at]->item;
        if (dynamodb_holds(&words, in->filter_expression, item, &malformed)) {
            items[out->items_count].attributes = copy_item(r->answer, item);
            items[out->items_count++].attributes_count = item->count;
        }
    }
    if (malformed) {
        r->error = error_of("ValidationException");
    } else if (at < r->table->count) {
        kds_dynamodb_attribute_t *last =
            must(kds_arena_zero(&r->answer->arena, 1, sizeof *last));
        last->key = kds_slice(r->table->key_name);
        last->value.s = kds_arena_copy(&r->answer->arena,
                                       key_of(r->table, &r->table->rows[at - 1]->item));
        out->last_evaluated_key = last;
        out->last_evaluated_key_count = 1;
    }
}

/* The index has what the table has; an owner's leases in order of the key. */
static void query(struct request *r)
{
    const kds_dynamodb_query_in_t *in = r->input;
    kds_dynamodb_query_out_t *out = &r->answer->u.query;
    struct dynamodb_words words = {in->expression_attribute_names,
                                   in->expression_attribute_names_count,
                                   in->expression_attribute_values,
                                   in->expression_attribute_values_count,
                                   {false},
                                   {false}};
    bool found = false, malformed = false;
    if (!kds_slice_is(in->index_name, r->table->index) ||
        strcmp(r->table->index_status, "ACTIVE") != 0 || in->has_consistent_read ||
        (in->exclusive_start_key_count != 0 && in->exclusive_start_key_count != 2)) {
        r->error = error_of("ValidationException");
        return;
    }
    size_t at = in->exclusive_start_key_count
                    ? place_of(r->table, in->exclusive_start_key[1].value.s, &found)
                    : 0;
    at += found;
    size_t most = in->has_limit && (size_t)in->limit < r->sim->page ? (size_t)in->limit
                                                                    : r->sim->page;
    kds_dynamodb_item_t *items =
        must(kds_arena_zero(&r->answer->arena, most + 1, sizeof *items));
    out->items = items;
    for (; at < r->table->count && out->items_count < most; at++) {
        const struct dynamodb_item *item = &r->table->rows[at]->item;
        if (dynamodb_holds(&words, in->key_condition_expression, item, &malformed)) {
            items[out->items_count].attributes = copy_item(r->answer, item);
            items[out->items_count++].attributes_count = item->count;
        }
    }
    if (malformed) {
        r->error = error_of("ValidationException");
    } else if (at < r->table->count && out->items_count > 0) {
        kds_dynamodb_attribute_t *last =
            must(kds_arena_zero(&r->answer->arena, 2, sizeof *last));
        last[0].key = kds_slice("leaseOwner");
        last[0].value.s = in->expression_attribute_values[0].value.s;
        last[1].key = kds_slice(r->table->key_name);
        last[1].value.s = kds_arena_copy(&r->answer->arena,
                                         key_of(r->table, &r->table->rows[at - 1]->item));
        out->last_evaluated_key = last;
        out->last_evaluated_key_count = 2;
    }
}

static void find_target(struct request *r, enum kcl_dynamo_call which)
{
    const kds_dynamodb_attribute_t *key = NULL;
    const size_t table_at[KCL_DYNAMO_CALLS] = {
        offsetof(kds_dynamodb_describe_table_in_t, table_name),
        offsetof(kds_dynamodb_create_table_in_t, table_name),
        offsetof(kds_dynamodb_get_item_in_t, table_name),
        offsetof(kds_dynamodb_put_item_in_t, table_name),
        offsetof(kds_dynamodb_update_item_in_t, table_name),
        offsetof(kds_dynamodb_delete_item_in_t, table_name),
        offsetof(kds_dynamodb_scan_in_t, table_name),
        offsetof(kds_dynamodb_query_in_t, table_name),
        offsetof(kds_dynamodb_update_table_in_t, table_name),
        offsetof(kds_dynamodb_update_continuous_backups_in_t, table_name)};
    memcpy(&r->table_name, (const char *)r->input + table_at[which],
           sizeof r->table_name);
    r->table = find_table(r->sim, r->table_name);
    if (which == KCL_DYNAMO_GET_ITEM) {
        key = ((const kds_dynamodb_get_item_in_t *)r->input)->key;
    } else if (which == KCL_DYNAMO_UPDATE_ITEM) {
        key = ((const kds_dynamodb_update_item_in_t *)r->input)->key;
    } else if (which == KCL_DYNAMO_DELETE_ITEM) {
        key = ((const kds_dynamodb_delete_item_in_t *)r->input)->key;
    } else if (which == KCL_DYNAMO_PUT_ITEM) {
        key = ((const kds_dynamodb_put_item_in_t *)r->input)->item;
    }
    r->key = key ? key->value.s : kds_slice_of(NULL, 0);
}

static const struct dynamodb_fault *fault_of(const struct request *r,
                                             enum kcl_dynamo_call which)
{
    char table[256], key[512];
    if (r->sim->faults == NULL) {
        return NULL;
    }
    snprintf(table, sizeof table, "%.*s", (int)r->table_name.n,
             (const char *)r->table_name.p);
    snprintf(key, sizeof key, "%.*s", (int)r->key.n,
             r->key.n ? (const char *)r->key.p : "");
    return r->sim->faults(which, table, key, r->sim->faults_opaque);
}

static void call(void *io,
                 enum kcl_dynamo_call which,
                 const void *input,
                 kds_completion_fn *done,
                 void *opaque)
{
    static void (*const calls[KCL_DYNAMO_CALLS])(struct request *) = {
        describe,   create, get,   put,          update,
        erase_item, scan,   query, update_table, update_backups};
    struct request r = {.sim = io, .input = input, .answer = answer_new()};
    find_target(&r, which);
    const struct dynamodb_fault *fault = fault_of(&r, which);
    r.sim->calls[which]++;
    if (fault == NULL || fault->after) {
        if (r.table == NULL && which != KCL_DYNAMO_CREATE_TABLE) {
            r.error = error_of("ResourceNotFoundException");
        } else {
            calls[which](&r);
        }
    }
    if (fault != NULL) {
        kds_error_free(r.error);
        r.error = NULL;
        if (fault->code != NULL) {
            r.error = error_of(fault->code);
        } else {
            kds_error_set(&r.error, KDS_ERR_TRANSPORT, "the connection broke");
        }
    }
    if (r.error != NULL) {
        answer_free(r.answer);
        r.answer = NULL;
    }
    done(r.answer, r.error, opaque);
}

static void release(void *io, const void *output)
{
    (void)io;
    answer_free(output);
}

struct kcl_dynamo_io dynamodb_sim_io(struct dynamodb_sim *sim)
{
    return (struct kcl_dynamo_io){call, release, NULL, sim};
}
