/*
 * expression: one request's update and condition for DynamoDB, put together attribute by attribute.
 *
 * Every attribute is named by a placeholder, so that reserved words are no matter.
 */
#ifndef KCL_SRC_EXPRESSION_H
#define KCL_SRC_EXPRESSION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "kds/dynamodb.h"

#define KCL_EXPRESSION_MAX 48 /* names, and values */

struct kcl_expression {
    struct kds_arena *arena; /* (lent) of the texts */
    kds_dynamodb_name_t names[KCL_EXPRESSION_MAX];
    kds_dynamodb_attribute_t values[KCL_EXPRESSION_MAX];
    size_t name_count, value_count;
    struct kds_buf set, remove, add, condition, update;
    bool failed; /* out of memory, or too much */
};

void kcl_expression_init(struct kcl_expression *e, struct kds_arena *arena);
void kcl_expression_clear(struct kcl_expression *e);

/* Values; texts are (lent until the request is encoded). */
kds_dynamodb_attribute_value_t kcl_value_text(kds_slice_t text);
kds_dynamodb_attribute_value_t kcl_value_u64(struct kcl_expression *e, uint64_t number);
kds_dynamodb_attribute_value_t kcl_value_i64(struct kcl_expression *e, int64_t number);

/* What is changed. */
void kcl_set(struct kcl_expression *e,
             const char *name,
             kds_dynamodb_attribute_value_t value);
/** Only if it has no value yet. */
void kcl_set_first(struct kcl_expression *e,
                   const char *name,
                   kds_dynamodb_attribute_value_t value);
void kcl_remove(struct kcl_expression *e, const char *name);
void kcl_add(struct kcl_expression *e, const char *name, int64_t number);

/* What must hold; joined by AND. */
void kcl_if_equal(struct kcl_expression *e,
                  const char *name,
                  kds_dynamodb_attribute_value_t value);
void kcl_if_differs(struct kcl_expression *e,
                    const char *name,
                    kds_dynamodb_attribute_value_t value);
void kcl_if_exists(struct kcl_expression *e, const char *name, bool exists);
/** @p reader is named by @p first, or, where that is missing, by @p second. */
void kcl_if_either(struct kcl_expression *e,
                   const char *first,
                   const char *second,
                   kds_dynamodb_attribute_value_t value);

/** The whole update. Absent if nothing is changed. */
kds_slice_t kcl_expression_update(struct kcl_expression *e);

#endif /* KCL_SRC_EXPRESSION_H */
