/*
 * conf: the settings of a worker, by name.
 *
 * Every setting has a name of ours ("failover.ms") and, where the KCL has it, the KCL's
 * ("failoverTimeMillis"); both are taken everywhere. docs/configuration.md lists them all.
 * Durations take units (100ms, 5s), sizes too (64KiB, 5MiB); a bare number counts milliseconds
 * or bytes. A configuration belongs to one thread at a time.
 */
#ifndef KCL_CONF_H
#define KCL_CONF_H

#include <stddef.h>

#include "kcl/export.h"
#include "kds/error.h"
#include "kds/log.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Settings that a worker is made from. */
typedef struct kcl_conf kcl_conf_t;

/**
 * All settings at their defaults.
 *
 * @return (given; kcl_conf_free) NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API kcl_conf_t *kcl_conf_new(void);

/**
 * Release settings; workers made from them keep their own copy.
 *
 * @param conf  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API void kcl_conf_free(kcl_conf_t *conf);

/**
 * Set one setting.
 *
 * @param conf   The settings.
 * @param name   (borrowed) ours or the KCL's.
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
KCL_API kds_err_t kcl_conf_set(kcl_conf_t *conf,
                               const char *name,
                               const char *value,
                               kds_error_t **error);

/**
 * Apply a Java properties file, for example one written for the KCL.
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
KCL_API kds_err_t kcl_conf_load(kcl_conf_t *conf, const char *path, kds_error_t **error);

/**
 * The value of one setting as text; a secret shows as "***", an unset text as "".
 *
 * @param conf   (borrowed) The settings.
 * @param name   (borrowed) ours or the KCL's.
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
KCL_API kds_err_t kcl_conf_get(const kcl_conf_t *conf,
                               const char *name,
                               char *out,
                               size_t size,
                               kds_error_t **error);

/**
 * Who is told what happens. Without it a worker is silent.
 *
 * @param conf    The settings.
 * @param log     May be called from any thread; NULL = silent.
 * @param opaque  Given to @p log.
 * @param level   Lines above it are left out.
 *
 * One thread at a time. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API void
kcl_conf_set_log(kcl_conf_t *conf, kds_log_fn *log, void *opaque, kds_log_level_t level);

/**
 * The documentation of all settings as a Markdown table.
 *
 * @return (given; kcl_text_free) NUL-terminated; NULL when out of memory.
 * Any thread. Does not block.
 * @since 0.1
 */
KCL_API char *kcl_conf_document(void);

/**
 * Release a text that this library gave.
 *
 * @param text  (taken) NULL is allowed.
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KCL_API void kcl_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif /* KCL_CONF_H */
