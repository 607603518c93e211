/*
 * dimensions: taking the setting apart.
 */
#include "dimensions.h"

#include "base/slice.h"

#define TEXT_MAX 255 /* of a name, as CloudWatch has it; and of a value */

/* What stands before the next @p mark, without blanks around it. */
static kds_slice_t take(kds_slice_t *rest, char mark)
{
    size_t n = kds_slice_find(*rest, (uint8_t)mark);
    kds_slice_t part = kds_slice_of(rest->p, n);
    n += n < rest->n;
    rest->p += n;
    rest->n -= n;
    return kds_slice_trim(part);
}

static bool scope_of(kds_slice_t word, enum kds_metric_scope *out)
{
    static const char *const words[] = {[KDS_SCOPE_ALL] = "global",
                                        [KDS_SCOPE_STREAM] = "stream",
                                        [KDS_SCOPE_SHARD] = "shard"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (kds_slice_eq_nocase(word, kds_slice(words[i]))) {
            *out = (enum kds_metric_scope)i;
            return true;
        }
    }
    return false;
}

struct dimension {
    kds_slice_t name, value;
    enum kds_metric_scope scope;
};

static bool read_one(kds_slice_t text, struct dimension *out)
{
    out->name = take(&text, '=');
    out->value = take(&text, ',');
    return scope_of(kds_slice_trim(text), &out->scope) && out->name.n > 0 &&
           out->name.n <= TEXT_MAX && out->value.n > 0 && out->value.n <= TEXT_MAX &&
           out->name.p[0] != ':';
}

bool kpl_are_dimensions(kds_slice_t text)
{
    size_t count = 0;
    text = kds_slice_trim(text);
    while (text.n > 0) {
        struct dimension d;
        if (!read_one(take(&text, ';'), &d) || ++count > KPL_DIMENSIONS_MAX) {
            return false;
        }
    }
    return true;
}

/* Within the text that it is a part of. */
static char *end_there(char *text, kds_slice_t part)
{
    char *begin = text + ((const char *)part.p - text);
    begin[part.n] = 0;
    return begin;
}

size_t kpl_dimensions_split(char *text,
                            struct kds_metric_dimension out[KPL_DIMENSIONS_MAX])
{
    kds_slice_t rest = kds_slice_trim(kds_slice(text));
    size_t count = 0;
    while (rest.n > 0 && count < KPL_DIMENSIONS_MAX) {
        struct dimension d;
        if (!read_one(take(&rest, ';'), &d)) {
            break;
        }
        out[count].name = end_there(text, d.name);
        out[count].value = end_there(text, d.value);
        out[count++].scope = d.scope;
    }
    return count;
}
