#include "dynamodb_expression.h"

#include "base/slice.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const kds_dynamodb_attribute_value_t *dynamodb_find(const struct dynamodb_item *item,
                                                    kds_slice_t name)
{
    for (size_t i = 0; i < item->count; i++) {
        if (kds_slice_eq(item->attributes[i].key, name)) {
            return &item->attributes[i].value;
        }
    }
    return NULL;
}

kds_dynamodb_attribute_value_t
dynamodb_copy_value(struct kds_arena *arena, const kds_dynamodb_attribute_value_t *from)
{
    kds_dynamodb_attribute_value_t to = *from;
    to.s = kds_arena_copy(arena, from->s);
    to.n = kds_arena_copy(arena, from->n);
    to.b = kds_arena_copy(arena, from->b);
    if (from->ss != NULL) {
        kds_slice_t *ss = kds_arena_zero(arena, from->ss_count + 1, sizeof *ss);
        for (size_t i = 0; i < from->ss_count; i++) {
            ss[i] = kds_arena_copy(arena, from->ss[i]);
        }
        to.ss = ss;
    }
    if (from->l != NULL) {
        kds_dynamodb_attribute_value_t *l =
            kds_arena_zero(arena, from->l_count + 1, sizeof *l);
        for (size_t i = 0; i < from->l_count; i++) {
            l[i] = dynamodb_copy_value(arena, &from->l[i]);
        }
        to.l = l;
    }
    if (from->m != NULL) {
        kds_dynamodb_attribute_t *m = kds_arena_zero(arena, from->m_count + 1, sizeof *m);
        for (size_t i = 0; i < from->m_count; i++) {
            m[i].key = kds_arena_copy(arena, from->m[i].key);
            m[i].value = dynamodb_copy_value(arena, &from->m[i].value);
        }
        to.m = m;
    }
    return to;
}

/* ---- words ---------------------------------------------------------------------------------- */

struct parser {
    struct dynamodb_words *words;
    const struct dynamodb_item *item;
    const char *at, *end;
    bool malformed;
};

static void skip(struct parser *p)
{
    while (p->at < p->end && *p->at == ' ') {
        p->at++;
    }
}

static kds_slice_t word(struct parser *p)
{
    skip(p);
    const char *from = p->at;
    if (p->at < p->end && (*p->at == '#' || *p->at == ':')) {
        p->at++;
    }
    while (p->at < p->end && (isalnum((unsigned char)*p->at) || *p->at == '_')) {
        p->at++;
    }
    return kds_slice_of(from, (size_t)(p->at - from));
}

static bool take(struct parser *p, const char *text)
{
    size_t n = strlen(text);
    skip(p);
    if ((size_t)(p->end - p->at) < n || memcmp(p->at, text, n) != 0) {
        return false;
    }
    p->at += n;
    return true;
}

static void expect(struct parser *p, const char *text)
{
    p->malformed = !take(p, text) || p->malformed;
}

static kds_slice_t name(struct parser *p)
{
    kds_slice_t w = word(p);
    for (size_t i = 0; i < p->words->name_count && i < 64; i++) {
        if (kds_slice_eq(p->words->names[i].key, w)) {
            p->words->name_used[i] = true;
            return p->words->names[i].value;
        }
    }
    p->malformed = true;
    return w;
}

static const kds_dynamodb_attribute_value_t *value(struct parser *p)
{
    static const kds_dynamodb_attribute_value_t nothing;
    kds_slice_t w = word(p);
    for (size_t i = 0; i < p->words->value_count && i < 64; i++) {
        if (kds_slice_eq(p->words->values[i].key, w)) {
            p->words->value_used[i] = true;
            return &p->words->values[i].value;
        }
    }
    p->malformed = true;
    return &nothing;
}

bool dynamodb_all_used(const struct dynamodb_words *words)
{
    for (size_t i = 0; i < words->name_count; i++) {
        if (!words->name_used[i]) {
            return false;
        }
    }
    for (size_t i = 0; i < words->value_count; i++) {
        if (!words->value_used[i]) {
            return false;
        }
    }
    return true;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static bool same(const kds_dynamodb_attribute_value_t *a,
                 const kds_dynamodb_attribute_value_t *b)
{
    double x, y;
    if (a->n.p != NULL && b->n.p != NULL) {
        return kds_parse_double(a->n, &x) && kds_parse_double(b->n, &y) && x >= y &&
               x <= y;
    }
    return a->s.p != NULL && b->s.p != NULL && kds_slice_eq(a->s, b->s);
}

static bool any_of(struct parser *p);

static bool term(struct parser *p)
{
    bool exists = false;
    if (take(p, "(")) {
        bool holds = any_of(p);
        expect(p, ")");
        return holds;
    }
    if ((exists = take(p, "attribute_exists")) || take(p, "attribute_not_exists")) {
        expect(p, "(");
        const kds_dynamodb_attribute_value_t *v = dynamodb_find(p->item, name(p));
        expect(p, ")");
        return (v != NULL) == exists;
    }
    const kds_dynamodb_attribute_value_t *v = dynamodb_find(p->item, name(p));
    bool differs = take(p, "<>");
    if (!differs) {
        expect(p, "=");
    }
    bool equal =
        same(v ? v : &(kds_dynamodb_attribute_value_t){.s = {NULL, 0}}, value(p));
    return differs ? !equal : equal;
}

static bool all_of(struct parser *p)
{
    bool holds = term(p);
    while (!p->malformed && take(p, "AND ")) {
        holds = term(p) && holds;
    }
    return holds;
}

static bool any_of(struct parser *p)
{
    bool holds = all_of(p);
    while (!p->malformed && take(p, "OR ")) {
        holds = all_of(p) || holds;
    }
    return holds;
}

bool dynamodb_holds(struct dynamodb_words *words,
                    kds_slice_t condition,
                    const struct dynamodb_item *item,
                    bool *malformed)
{
    if (condition.n == 0) {
        return true;
    }
    struct parser p = {.words = words,
                       .item = item,
                       .at = (const char *)condition.p,
                       .end = (const char *)condition.p + condition.n};
    bool holds = any_of(&p);
    skip(&p);
    *malformed = *malformed || p.malformed || p.at != p.end;
    return holds;
}

/* ---- updates -------------------------------------------------------------------------------- */

static void remove_from(struct dynamodb_item *item, kds_slice_t attribute)
{
    for (size_t i = 0; i < item->count; i++) {
        if (kds_slice_eq(item->attributes[i].key, attribute)) {
            item->attributes[i] = item->attributes[--item->count];
            return;
        }
    }
}

static void set_in(struct dynamodb_item *item,
                   kds_slice_t attribute,
                   const kds_dynamodb_attribute_value_t *v)
{
    remove_from(item, attribute);
    if (item->count < DYNAMODB_ITEM_MAX) {
        item->attributes[item->count].key = attribute;
        item->attributes[item->count++].value = *v;
    }
}

static void set_one(struct parser *p, struct dynamodb_item *item)
{
    kds_slice_t attribute = name(p);
    expect(p, "=");
    if (!take(p, "if_not_exists")) {
        set_in(item, attribute, value(p));
        return;
    }
    expect(p, "(");
    const kds_dynamodb_attribute_value_t *old = dynamodb_find(p->item, name(p));
    expect(p, ",");
    const kds_dynamodb_attribute_value_t *other = value(p);
    expect(p, ")");
    const kds_dynamodb_attribute_value_t chosen = old ? *old : *other;
    set_in(item, attribute, &chosen);
}

static void add_one(struct parser *p, struct dynamodb_item *item, struct kds_arena *arena)
{
    char text[32];
    int64_t old = 0, more = 0;
    kds_slice_t attribute = name(p);
    const kds_dynamodb_attribute_value_t *was = dynamodb_find(p->item, attribute);
    p->malformed = !kds_parse_i64(value(p)->n, &more) ||
                   (was != NULL && !kds_parse_i64(was->n, &old)) || p->malformed;
    snprintf(text, sizeof text, "%lld", (long long)(old + more));
    const kds_dynamodb_attribute_value_t sum = {
        .n = kds_arena_copy(arena, kds_slice(text))};
    set_in(item, attribute, &sum);
}

bool dynamodb_update(struct dynamodb_words *words,
                     kds_slice_t update,
                     struct dynamodb_item *item,
                     struct kds_arena *arena)
{
    const struct dynamodb_item before = *item;
    struct parser p = {.words = words,
                       .item = &before,
                       .at = (const char *)update.p,
                       .end = (const char *)update.p + update.n};
    bool seen[3] = {false};
    for (skip(&p); p.at < p.end && !p.malformed; skip(&p)) {
        int verb = take(&p, "SET ")      ? 0
                   : take(&p, "REMOVE ") ? 1
                   : take(&p, "ADD ")    ? 2
                                         : 3;
        if (verb == 3 || seen[verb]) {
            return false;
        }
        seen[verb] = true;
        do {
            if (verb == 0) {
                set_one(&p, item);
            } else if (verb == 1) {
                remove_from(item, name(&p));
            } else {
                add_one(&p, item, arena);
            }
        } while (!p.malformed && take(&p, ","));
    }
    return !p.malformed;
}
