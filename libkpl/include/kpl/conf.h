/*
 * conf: the settings of a producer, by name.
 *
 * Every setting has a name of ours ("linger.ms") and, where the KPL has it, the KPL's
 * ("RecordMaxBufferedTime"); both are taken everywhere. docs/configuration.md lists them all.
 * Durations take units (100ms, 5s), sizes too (64KiB, 5MiB); a bare number counts milliseconds
 * or bytes. A configuration belongs to one thread at a time.
 */
#ifndef KPL_CONF_H
#define KPL_CONF_H

#include <stddef.h>

#include "kds/error.h"
#include "kds/log.h"
#include "kpl/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Settings that a producer is made from. */
typedef struct kpl_conf kpl_conf_t;

/**
 * All settings at their defaults.
 *
 * @return (given; kpl_conf_free) NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API kpl_conf_t *kpl_conf_new(void);

/**
 * Release settings; producers made from them keep their own copy.
 *
 * @param conf  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_conf_free(kpl_conf_t *conf);

/**
 * Set one setting.
 *
 * @param conf   The settings.
 * @param name   (borrowed) ours or the KPL's.
 * @param value  (copied) "" unsets a text.
 * @param error  Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG     Unknown name (the message has the nearest one), malformed value or
 *                            out of range (it has value and range). Nothing was changed.
 * @retval KDS_ERR_NO_MEMORY  Nothing was changed.
 *
 * One thread at a time. Does not block.
 * @since 0.1
 */
KPL_API kds_err_t kpl_conf_set(kpl_conf_t *conf,
                               const char *name,
                               const char *value,
                               kds_error_t **error);

/**
 * Apply a Java properties file, for example one written for the KPL.
 *
 * @param conf   The settings.
 * @param path   (borrowed) At most 1 MiB, lines at most 64 KiB.
 * @param error  Receives the reason (given; kds_error_free): file, line and what is wrong.
 *
 * @retval KDS_ERR_CONFIG  Unreadable, or a bad line; the lines before it were applied.
 * @retval KDS_ERR_NO_MEMORY
 *
 * One thread at a time. Reads a file.
 * @since 0.1
 */
KPL_API kds_err_t kpl_conf_load(kpl_conf_t *conf, const char *path, kds_error_t **error);

/**
 * The value of one setting as text; a secret shows as "***", an unset text as "".
 *
 * @param conf   (borrowed) The settings.
 * @param name   (borrowed) ours or the KPL's.
 * @param out    (borrowed) Receives the text and a NUL, cut to @p size.
 * @param size   Bytes at @p out; at least 1.
 * @param error  Receives the reason (given; kds_error_free). May be NULL.
 *
 * @retval KDS_ERR_CONFIG  Unknown name.
 * @retval KDS_ERR_NO_MEMORY
 *
 * One thread at a time. Does not block.
 * @since 0.1
 */
KPL_API kds_err_t kpl_conf_get(const kpl_conf_t *conf,
                               const char *name,
                               char *out,
                               size_t size,
                               kds_error_t **error);

/**
 * Who is told what happens. Without it a producer is silent.
 *
 * @param conf    The settings.
 * @param log     May be called from any thread; NULL = silent.
 * @param opaque  Given to @p log.
 * @param level   Lines above it are left out, unless `log.level` says otherwise.
 *
 * One thread at a time. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void
kpl_conf_set_log(kpl_conf_t *conf, kds_log_fn *log, void *opaque, kds_log_level_t level);

/**
 * Told that a producer has room again, after a put was refused or given up waiting because
 * `buffer.max.bytes` were outstanding: what is left has fallen to `buffer.low.percent` of it. With a spool also
 * after that or its disk was full: it has taken room for a record of the same size.
 *
 * Called where outcomes are: on the producer's dispatch thread or inside kpl_poll(), without a lock
 * held, once for all refusals before it. May do what a result callback may.
 *
 * @param bytes   Of the budget, in use now.
 * @param opaque  The pointer given to kpl_conf_set_low_water().
 */
typedef void(kpl_low_water_fn)(size_t bytes, void *opaque);

/**
 * Who is told that there is room again.
 *
 * @param conf       The settings.
 * @param low_water  NULL = nobody.
 * @param opaque     Given to @p low_water.
 *
 * One thread at a time. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void
kpl_conf_set_low_water(kpl_conf_t *conf, kpl_low_water_fn *low_water, void *opaque);

/**
 * The documentation of all settings as a Markdown table.
 *
 * @return (given; kpl_text_free) NUL-terminated; NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KPL_API char *kpl_conf_document(void);

/**
 * Release a text that this library gave.
 *
 * @param text  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KPL_API void kpl_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif /* KPL_CONF_H */
