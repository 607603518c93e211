/*
 * conf: configuration as a table. One row is one setting: its setter by string, its range, its
 * name in the KPL's or the KCL's property files, its default, its documentation.
 *
 * Owned by whoever owns the table and the struct behind it; no state of its own.
 */
#ifndef KDS_BASE_CONF_H
#define KDS_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

enum kds_conf_type {
    KDS_CONF_BOOL, /* bool member; true|false, or the anchor's `values`: the first means true */
    KDS_CONF_INT, /* int64_t member */
    KDS_CONF_DECIMAL, /* int64_t member in thousandths; takes 0.5, 12, 1e300, which is the largest */
    KDS_CONF_DURATION, /* int64_t member in milliseconds; takes 100ms, 5s, PT5S; bare = milliseconds */
    KDS_CONF_SIZE,   /* int64_t member in bytes; takes 5MiB; bare = bytes */
    KDS_CONF_STRING, /* char * member, owned, NULL = unset */
    KDS_CONF_SECRET, /* as STRING; wiped on release, never shown */
    KDS_CONF_ENUM    /* int member: index into `values` */
};

struct kds_conf_prop {
    const char *name; /* ours: dotted, unit last, e.g. "record.ttl.ms" */
    const char
        *anchor; /* the KPL's or KCL's properties in lowerCamel, | between them, NULL if
                           there is none; the first letter may also be upper case, as in
                           the KPL's files */
    enum kds_conf_type type;
    size_t offset;         /* of the member in the configuration struct */
    int64_t dflt;          /* default of a number, bool or enum */
    int64_t min, max;      /* of a number, inclusive */
    const char *dflt_text; /* default of a string, NULL = unset */
    const char *values;    /* ENUM: "thread|poll"; BOOL: NULL or further words */
    bool ignored;          /* known from the anchor and accepted, has no meaning here */
    const char *doc;       /* one or two sentences */
};

/** What the text of a setting must be like. */
struct kds_conf_rule {
    const char *name; /* ours */
    bool (*fits)(kds_slice_t value);
    const char *words; /* "a region such as us-east-1": for messages and documentation */
};

struct kds_conf_table {
    const char *title; /* "libkpl" */
    const struct kds_conf_prop *props;
    size_t count;
    const struct kds_conf_rule *rules; /* of some texts */
    size_t rule_count;
};

/** Every member to its default. @p conf must be zeroed or cleared. NO_MEMORY: conf is cleared. */
KDS_INTERNAL kds_err_t kds_conf_defaults(const struct kds_conf_table *table, void *conf);

/** Release strings (secrets wiped first). */
KDS_INTERNAL void kds_conf_clear(const struct kds_conf_table *table, void *conf);

/** Deep copy into zeroed @p to. */
KDS_INTERNAL kds_err_t kds_conf_copy(const struct kds_conf_table *table,
                                     void *to,
                                     const void *from);

/**
 * Set one by our name or the anchor's. Strict: the whole value, inside the range. An empty text unsets, an
 * empty choice is the default one.
 * @retval KDS_ERR_CONFIG unknown name (the message has the nearest one) or bad value (it has
 *         the value and the range; never the value of a secret). Nothing was changed.
 */
KDS_INTERNAL kds_err_t kds_conf_set(const struct kds_conf_table *table,
                                    void *conf,
                                    kds_slice_t name,
                                    kds_slice_t value,
                                    kds_error_t **error);

/** The value of one as text into @p out; a secret shows as "***". */
KDS_INTERNAL kds_err_t kds_conf_get(const struct kds_conf_table *table,
                                    const void *conf,
                                    kds_slice_t name,
                                    struct kds_buf *out,
                                    kds_error_t **error);

/**
 * Apply the text of a Java properties file: `=`, `:` or blank separates, # and ! comment, \ at
 * the end continues, \uXXXX and \: \= escapes; values are trimmed; one trailing `;` after a
 * number is tolerated. At most 1 MiB, lines at most 64 KiB. Stops at the first bad line; the
 * message names @p file and the line.
 */
KDS_INTERNAL kds_err_t kds_conf_apply_properties(const struct kds_conf_table *table,
                                                 void *conf,
                                                 const char *file,
                                                 kds_slice_t text,
                                                 kds_error_t **error);

/** Read the file at @p path and apply it. */
KDS_INTERNAL kds_err_t kds_conf_load(const struct kds_conf_table *table,
                                     void *conf,
                                     const char *path,
                                     kds_error_t **error);

/** The table as Markdown, for docs/configuration.md. */
KDS_INTERNAL void kds_conf_document(const struct kds_conf_table *table,
                                    struct kds_buf *out);

#endif /* KDS_BASE_CONF_H */
