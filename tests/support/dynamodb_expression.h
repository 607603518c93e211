/*
 * dynamodb_expression: conditions and updates of DynamoDB, evaluated on one item. For dynamodb_sim.
 */
#ifndef TESTS_SUPPORT_DYNAMODB_EXPRESSION_H
#define TESTS_SUPPORT_DYNAMODB_EXPRESSION_H

#include "base/arena.h"
#include "kds/dynamodb.h"

#include <stdbool.h>

#define DYNAMODB_ITEM_MAX 64

struct dynamodb_item {
    kds_dynamodb_attribute_t attributes[DYNAMODB_ITEM_MAX];
    size_t count; /* 0 = there is none */
};

struct dynamodb_words {
    const kds_dynamodb_name_t *names;
    size_t name_count;
    const kds_dynamodb_attribute_t *values;
    size_t value_count;
    /* Every name and value must be used: the service refuses what is left over. */
    bool name_used[64], value_used[64];
};

/** @param malformed  set if it cannot be read */
bool dynamodb_holds(struct dynamodb_words *words,
                    kds_slice_t condition,
                    const struct dynamodb_item *item,
                    bool *malformed);

/** Change @p item; new values point to the words' and to @p arena. @return false: malformed */
bool dynamodb_update(struct dynamodb_words *words,
                     kds_slice_t update,
                     struct dynamodb_item *item,
                     struct kds_arena *arena);

bool dynamodb_all_used(const struct dynamodb_words *words);

const kds_dynamodb_attribute_value_t *dynamodb_find(const struct dynamodb_item *item,
                                                    kds_slice_t name);

/** A deep copy. */
kds_dynamodb_attribute_value_t
dynamodb_copy_value(struct kds_arena *arena, const kds_dynamodb_attribute_value_t *from);

#endif /* TESTS_SUPPORT_DYNAMODB_EXPRESSION_H */
