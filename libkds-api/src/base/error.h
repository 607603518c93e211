/*
 * error: how the library fills a kds_error_t. The codes are in kds/error.h.
 */
#ifndef KDS_BASE_ERROR_H
#define KDS_BASE_ERROR_H

#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

/** Everything an error can say beside its message. Zero what is unknown. */
struct kds_error_detail {
    kds_slice_t service_code;
    kds_slice_t request_id;
    kds_slice_t request_id_2;
    int http_status;
    unsigned attempts;
    bool retryable;
    kds_persisted_t persisted;
};

/**
 * Set *error, releasing what it held; does nothing but return @p code if @p error is NULL.
 * The message is cut at 1 KiB and its control characters are escaped. When memory is short
 * *error becomes a static out-of-memory object, and the return value is still @p code.
 *
 * @return @p code, so that `return kds_error_set(error, KDS_ERR_X, "...")` reads well.
 */
KDS_INTERNAL kds_err_t kds_error_set(kds_error_t **error,
                                     kds_err_t code,
                                     const char *format,
                                     ...) KDS_PRINTF(3, 4);

/** As kds_error_set() with everything else an error can say. @p detail (copied). */
KDS_INTERNAL kds_err_t kds_error_set_detail(kds_error_t **error,
                                            kds_err_t code,
                                            const struct kds_error_detail *detail,
                                            const char *format,
                                            ...) KDS_PRINTF(4, 5);

/** Copy @p source (borrowed, may be NULL) into a new object; NULL stays NULL. The copy has no body. */
KDS_INTERNAL kds_error_t *kds_error_copy(const kds_error_t *source);

/** Give the error a body of its own. (taken) Released at once if @p error cannot hold it. */
KDS_INTERNAL void kds_error_attach(kds_error_t *error,
                                   const void *body,
                                   void (*free_body)(const void *body));

#endif /* KDS_BASE_ERROR_H */
