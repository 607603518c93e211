/*
 * expression: #name is the placeholder of an attribute, :set_name, :if_name and :add_name of values.
 */
#include "expression.h"

#include "base/slice.h"
#include "base/text.h"

#include <string.h>

#define TEXT_MAX 4096 /* of an expression: DynamoDB's own limit */

void kcl_expression_init(struct kcl_expression *e, struct kds_arena *arena)
{
    memset(e, 0, sizeof *e);
    e->arena = arena;
    kds_buf_init(&e->set, TEXT_MAX);
    kds_buf_init(&e->remove, TEXT_MAX);
    kds_buf_init(&e->add, TEXT_MAX);
    kds_buf_init(&e->condition, TEXT_MAX);
    kds_buf_init(&e->update, TEXT_MAX);
}

void kcl_expression_clear(struct kcl_expression *e)
{
    kds_buf_clear(&e->set);
    kds_buf_clear(&e->remove);
    kds_buf_clear(&e->add);
    kds_buf_clear(&e->condition);
    kds_buf_clear(&e->update);
}

kds_dynamodb_attribute_value_t kcl_value_text(kds_slice_t text)
{
    kds_dynamodb_attribute_value_t value;
    memset(&value, 0, sizeof value);
    value.s = text;
    return value;
}

static kds_dynamodb_attribute_value_t number(struct kcl_expression *e,
                                             struct kds_buf *text)
{
    kds_dynamodb_attribute_value_t value;
    memset(&value, 0, sizeof value);
    value.n = kds_arena_copy(e->arena, kds_buf_slice(text));
    e->failed = e->failed || value.n.p == NULL || text->err != KDS_OK;
    kds_buf_clear(text);
    return value;
}

kds_dynamodb_attribute_value_t kcl_value_u64(struct kcl_expression *e, uint64_t v)
{
    struct kds_buf text;
    kds_buf_init(&text, 32);
    kds_buf_add_u64(&text, v);
    return number(e, &text);
}

kds_dynamodb_attribute_value_t kcl_value_i64(struct kcl_expression *e, int64_t v)
{
    struct kds_buf text;
    kds_buf_init(&text, 32);
    kds_buf_add_i64(&text, v);
    return number(e, &text);
}

/* ---- placeholders --------------------------------------------------------------------------- */

static kds_slice_t joined(struct kcl_expression *e, const char *prefix, const char *name)
{
    struct kds_buf text;
    kds_buf_init(&text, 256);
    kds_buf_add_text(&text, prefix);
    kds_buf_add_text(&text, name);
    kds_slice_t copy = kds_arena_copy(e->arena, kds_buf_slice(&text));
    e->failed = e->failed || copy.p == NULL || text.err != KDS_OK;
    kds_buf_clear(&text);
    return copy;
}

static kds_slice_t name_of(struct kcl_expression *e, const char *name)
{
    for (size_t i = 0; i < e->name_count; i++) {
        if (kds_slice_is(e->names[i].value, name)) {
            return e->names[i].key;
        }
    }
    kds_slice_t placeholder = joined(e, "#", name);
    if (e->name_count == KCL_EXPRESSION_MAX) {
        e->failed = true;
        return placeholder;
    }
    e->names[e->name_count].key = placeholder;
    e->names[e->name_count++].value = kds_slice(name);
    return placeholder;
}

static kds_slice_t value_of(struct kcl_expression *e,
                            const char *prefix,
                            const char *name,
                            kds_dynamodb_attribute_value_t value)
{
    kds_slice_t placeholder = joined(e, prefix, name);
    if (e->value_count == KCL_EXPRESSION_MAX) {
        e->failed = true;
        return placeholder;
    }
    e->values[e->value_count].key = placeholder;
    e->values[e->value_count++].value = value;
    return placeholder;
}

static void separate(struct kds_buf *b, const char *separator)
{
    if (b->n > 0) {
        kds_buf_add_text(b, separator);
    }
}

/* ---- changes -------------------------------------------------------------------------------- */

void kcl_set(struct kcl_expression *e,
             const char *name,
             kds_dynamodb_attribute_value_t value)
{
    separate(&e->set, ", ");
    kds_buf_add_slice(&e->set, name_of(e, name));
    kds_buf_add_text(&e->set, " = ");
    kds_buf_add_slice(&e->set, value_of(e, ":set_", name, value));
}

void kcl_set_first(struct kcl_expression *e,
                   const char *name,
                   kds_dynamodb_attribute_value_t value)
{
    kds_slice_t place = name_of(e, name);
    separate(&e->set, ", ");
    kds_buf_add_slice(&e->set, place);
    kds_buf_add_text(&e->set, " = if_not_exists(");
    kds_buf_add_slice(&e->set, place);
    kds_buf_add_text(&e->set, ", ");
    kds_buf_add_slice(&e->set, value_of(e, ":set_", name, value));
    kds_buf_add_byte(&e->set, ')');
}

void kcl_remove(struct kcl_expression *e, const char *name)
{
    separate(&e->remove, ", ");
    kds_buf_add_slice(&e->remove, name_of(e, name));
}

void kcl_add(struct kcl_expression *e, const char *name, int64_t v)
{
    separate(&e->add, ", ");
    kds_buf_add_slice(&e->add, name_of(e, name));
    kds_buf_add_byte(&e->add, ' ');
    kds_buf_add_slice(&e->add, value_of(e, ":add_", name, kcl_value_i64(e, v)));
}

kds_slice_t kcl_expression_update(struct kcl_expression *e)
{
    static const char *const verbs[] = {"SET ", "REMOVE ", "ADD "};
    const struct kds_buf *parts[] = {&e->set, &e->remove, &e->add};
    for (size_t i = 0; i < 3; i++) {
        if (parts[i]->n > 0) {
            separate(&e->update, " ");
            kds_buf_add_text(&e->update, verbs[i]);
            kds_buf_add(&e->update, parts[i]->p, parts[i]->n);
        }
        e->failed = e->failed || parts[i]->err != KDS_OK;
    }
    e->failed = e->failed || e->update.err != KDS_OK || e->condition.err != KDS_OK;
    return e->update.n > 0 ? kds_buf_slice(&e->update) : kds_slice_of(NULL, 0);
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void compare(struct kcl_expression *e,
                    const char *name,
                    const char *how,
                    kds_dynamodb_attribute_value_t value)
{
    separate(&e->condition, " AND ");
    kds_buf_add_slice(&e->condition, name_of(e, name));
    kds_buf_add_text(&e->condition, how);
    kds_buf_add_slice(&e->condition, value_of(e, ":if_", name, value));
}

void kcl_if_equal(struct kcl_expression *e,
                  const char *name,
                  kds_dynamodb_attribute_value_t value)
{
    compare(e, name, " = ", value);
}

void kcl_if_differs(struct kcl_expression *e,
                    const char *name,
                    kds_dynamodb_attribute_value_t value)
{
    compare(e, name, " <> ", value);
}

static void add_existence(struct kcl_expression *e, const char *name, bool exists)
{
    kds_buf_add_text(&e->condition,
                     exists ? "attribute_exists(" : "attribute_not_exists(");
    kds_buf_add_slice(&e->condition, name_of(e, name));
    kds_buf_add_byte(&e->condition, ')');
}

void kcl_if_exists(struct kcl_expression *e, const char *name, bool exists)
{
    separate(&e->condition, " AND ");
    add_existence(e, name, exists);
}

void kcl_if_either(struct kcl_expression *e,
                   const char *first,
                   const char *second,
                   kds_dynamodb_attribute_value_t value)
{
    kds_slice_t me = value_of(e, ":if_", first, value);
    separate(&e->condition, " AND ");
    kds_buf_add_byte(&e->condition, '(');
    kds_buf_add_slice(&e->condition, name_of(e, first));
    kds_buf_add_text(&e->condition, " = ");
    kds_buf_add_slice(&e->condition, me);
    kds_buf_add_text(&e->condition, " OR (");
    add_existence(e, first, false);
    kds_buf_add_text(&e->condition, " AND ");
    kds_buf_add_slice(&e->condition, name_of(e, second));
    kds_buf_add_text(&e->condition, " = ");
    kds_buf_add_slice(&e->condition, me);
    kds_buf_add_text(&e->condition, "))");
}
