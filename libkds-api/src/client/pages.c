/*
 * pages: which member of an answer asks for the next one, as a table.
 */
#include "kds/pages.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "codec/shape_member.h"
#include "codec/shape_path.h"
#include "model/operations.h"

#include <string.h>

struct rule {
    const struct kds_service *service;
    const char *operation;
    const char *into; /* the input's member that asks for the next page */
    const char *from; /* where the answer has it; absent: it was the last page */
    const char *more; /* a flag in the answer: false: it was the last; NULL = none */
    const char
        *drops; /* members that must not stand beside it, with a blank behind each */
};

static const struct rule rules[] = {
    {&kds_kinesis_service, "DescribeStream", "ExclusiveStartShardId",
     "StreamDescription.Shards.ShardId", "StreamDescription.HasMoreShards", ""},
    {&kds_kinesis_service, "ListChannels", "NextToken", "NextToken", NULL, ""},
    {&kds_kinesis_service, "ListShards", "NextToken", "NextToken", NULL,
     "StreamName StreamARN StreamCreationTimestamp ExclusiveStartShardId ShardFilter "},
    {&kds_kinesis_service, "ListStreamConsumers", "NextToken", "NextToken", NULL,
     "StreamCreationTimestamp "},
    {&kds_kinesis_service, "ListStreams", "ExclusiveStartStreamName", "StreamNames",
     "HasMoreStreams", "NextToken "},
    {&kds_kinesis_service, "ListTagsForStream", "ExclusiveStartTagKey", "Tags.Key",
     "HasMoreTags", ""},
    {&kds_dynamodb_service, "ListTables", "ExclusiveStartTableName",
     "LastEvaluatedTableName", NULL, ""},
    {&kds_dynamodb_service, "ListTagsOfResource", "NextToken", "NextToken", NULL, ""},
    {&kds_dynamodb_service, "Query", "ExclusiveStartKey", "LastEvaluatedKey", NULL, ""},
    {&kds_dynamodb_service, "Scan", "ExclusiveStartKey", "LastEvaluatedKey", NULL, ""},
};

struct kds_pages {
    kds_client_t *client;
    const struct kds_operation *operation;
    const struct rule *rule;
    kds_call_options_t options;
    bool has_options;
    bool ended;
    const void *page; /* the last one given; `input` points into it */
    max_align_t input[];
};

static const struct rule *rule_of(const struct kds_operation *operation)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].service == operation->service &&
            strcmp(rules[i].operation, operation->name) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

kds_err_t kds_pages_new(kds_client_t *client,
                        const kds_operation_t *operation,
                        const void *input,
                        const kds_call_options_t *options,
                        kds_pages_t **out,
                        kds_error_t **error)
{
    const struct rule *rule = rule_of(operation);
    size_t size;
    if (rule == NULL) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG, "%s: has no pages",
                             operation->name);
    }
    memcpy(&size, input, sizeof size);
    if (size != operation->input->size) {
        return kds_error_set(error, KDS_ERR_INVALID_ARG,
                             "%s: struct_size is %zu, must be %zu", operation->name, size,
                             (size_t)operation->input->size);
    }
    struct kds_pages *pages = kds_alloc_zero(1, sizeof *pages + size);
    if (pages == NULL) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    pages->client = client;
    pages->operation = operation;
    pages->rule = rule;
    pages->has_options = options != NULL;
    if (options != NULL) {
        pages->options = *options;
    }
    memcpy(pages->input, input, size);
    *out = pages;
    return KDS_OK;
}

/* Make a member of the input absent. */
static void drop(struct kds_pages *pages, const struct kds_field *field)
{
    bool no = false;
    void *member = kds_member_mutable(pages->input, field);
    if (field->kind == KDS_K_STRING) {
        memset(member, 0, sizeof(kds_slice_t));
    } else if (field->kind == KDS_K_STRUCT) {
        memset(member, 0, sizeof(void *));
    } else if (field->has_offset != KDS_NO_OFFSET) {
        memcpy((char *)pages->input + field->has_offset, &no, sizeof no);
    }
}

static void drop_all(struct kds_pages *pages)
{
    const char *at = pages->rule->drops;
    while (*at != 0) {
        size_t n = strcspn(at, " ");
        const struct kds_field *field =
            kds_shape_field(pages->operation->input, kds_slice_of(at, n));
        if (field != NULL) {
            drop(pages, field);
        }
        at += n + 1;
    }
}

/* The text that asks for the next page: a text, or the last one of a list. */
static kds_slice_t text_of(const void *holder, const struct kds_field *field)
{
    kds_slice_t text = {NULL, 0};
    if (field->kind == KDS_K_STRING) {
        text = *(const kds_slice_t *)kds_member(holder, field);
    } else if (kds_member_count(holder, field) > 0) {
        const kds_slice_t *all = kds_member_pointer(holder, field);
        text = all[kds_member_count(holder, field) - 1];
    }
    return text;
}

static bool more_follow(const struct kds_pages *pages, const void *page)
{
    const struct kds_field *field;
    if (pages->rule->more == NULL) {
        return true;
    }
    const void *holder =
        kds_shape_at(pages->operation->output, page, pages->rule->more, &field);
    return holder != NULL && *(const bool *)kds_member(holder, field);
}

/* Let the input ask for what follows @p page. @return false if nothing does, or for ever. */
static bool advance(struct kds_pages *pages, const void *page, bool *repeats)
{
    const struct kds_field *from;
    const struct kds_field *into =
        kds_shape_field(pages->operation->input, kds_slice(pages->rule->into));
    const void *holder =
        more_follow(pages, page)
            ? kds_shape_at(pages->operation->output, page, pages->rule->from, &from)
            : NULL;
    *repeats = false;
    if (holder == NULL || into == NULL) {
        return false;
    }
    if (into->kind == KDS_K_MAP) { /* a key of DynamoDB */
        const void *pairs = kds_member_pointer(holder, from);
        size_t count = kds_member_count(holder, from);
        memcpy(kds_member_mutable(pages->input, into), &pairs, sizeof pairs);
        memcpy((char *)pages->input + into->has_offset, &count, sizeof count);
        return count > 0;
    }
    kds_slice_t *asks = kds_member_mutable(pages->input, into);
    kds_slice_t next = text_of(holder, from);
    *repeats = next.p != NULL && asks->p != NULL && kds_slice_eq(next, *asks);
    drop_all(pages);
    *asks = next;
    return next.p != NULL && next.n > 0;
}

kds_err_t kds_pages_next(kds_pages_t *pages, const void **output, kds_error_t **error)
{
    const void *page;
    bool repeats;
    if (pages->ended) {
        kds_output_free(pages->page);
        pages->page = NULL;
        *output = NULL;
        return KDS_OK;
    }
    kds_err_t rc =
        kds_client_call(pages->client, pages->operation, pages->input,
                        pages->has_options ? &pages->options : NULL, &page, error);
    if (rc != KDS_OK) {
        return rc;
    }
    bool more = advance(pages, page, &repeats); /* still looks at the page before */
    kds_output_free(pages->page);
    pages->page = page;
    pages->ended = !more;
    if (more && repeats) {
        pages->ended = true;
        return kds_error_set(error, KDS_ERR_PROTOCOL,
                             "%s: the service gave the same %s twice",
                             pages->operation->name, pages->rule->into);
    }
    *output = page;
    return KDS_OK;
}

void kds_pages_free(kds_pages_t *pages)
{
    if (pages != NULL) {
        kds_output_free(pages->page);
        kds_free(pages);
    }
}
