/*
 * error: the table of codes, and error objects.
 */
#include "base/error.h"

#include "base/alloc.h"
#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 1024
#define WORD_BYTES    128 /* of a service code or a request id */

struct kds_error {
    kds_err_t code;
    int http_status;
    unsigned attempts;
    bool retryable;
    bool is_static;
    kds_persisted_t persisted;
    const void *body; /* NULL = none */
    void (*free_body)(const void *body);
    char service_code[WORD_BYTES];
    char request_id[WORD_BYTES];
    char request_id_2[2 * WORD_BYTES];
    char message[MESSAGE_BYTES];
};

/* Reporting that memory is short needs none; by what the call may have done. */
static kds_error_t out_of_memory[] = {
    [KDS_PERSISTED_NO] = {.code = KDS_ERR_NO_MEMORY,
                          .is_static = true,
                          .persisted = KDS_PERSISTED_NO,
                          .message = "out of memory"},
    [KDS_PERSISTED_MAYBE] = {.code = KDS_ERR_NO_MEMORY,
                             .is_static = true,
                             .persisted = KDS_PERSISTED_MAYBE,
                             .message = "out of memory"},
    [KDS_PERSISTED_YES] = {.code = KDS_ERR_NO_MEMORY,
                           .is_static = true,
                           .persisted = KDS_PERSISTED_YES,
                           .message = "out of memory"},
};

static const kds_err_row_t rows[] = {{"KDS_OK", 0, "success"},
#define KDS_ERR_X(name, number, text) {"KDS_ERR_" #name, (number), (text)},
                                     KDS_ERR_MAP(KDS_ERR_X)
#undef KDS_ERR_X
};

const kds_err_row_t *kds_err_table(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

static const kds_err_row_t *row_of(kds_err_t code)
{
    static const kds_err_row_t unknown = {"KDS_ERR_UNKNOWN", 0, "unknown error"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == (int)code) {
            return &rows[i];
        }
    }
    return &unknown;
}

const char *kds_err_name(kds_err_t code)
{
    return row_of(code)->name;
}

const char *kds_err_text(kds_err_t code)
{
    return row_of(code)->text;
}

static void copy_word(char *out, size_t size, kds_slice_t word)
{
    char raw[2 * WORD_BYTES];
    size_t n = word.n < size ? word.n : size - 1;
    if (n > 0) {
        memcpy(raw, word.p, n);
    }
    raw[n] = 0;
    kds_escape(raw, out, size);
}

static void set(kds_error_t **error,
                kds_err_t code,
                const struct kds_error_detail *detail,
                const char *format,
                va_list args) KDS_PRINTF(4, 0);

static void set(kds_error_t **error,
                kds_err_t code,
                const struct kds_error_detail *detail,
                const char *format,
                va_list args)
{
    char raw[MESSAGE_BYTES];
    kds_error_t *e;

    if (error == NULL) {
        return;
    }
    /* Formatted first: the arguments may point into the error that is replaced. */
    vsnprintf(raw, sizeof raw, format, args);
    e = code == KDS_ERR_NO_MEMORY ? NULL : kds_alloc_zero(1, sizeof *e);
    if (e == NULL) {
        kds_error_free(*error);
        *error = &out_of_memory[detail->persisted];
        return;
    }
    e->code = code;
    e->http_status = detail->http_status;
    e->attempts = detail->attempts;
    e->retryable = detail->retryable;
    e->persisted = detail->persisted;
    copy_word(e->service_code, sizeof e->service_code, detail->service_code);
    copy_word(e->request_id, sizeof e->request_id, detail->request_id);
    copy_word(e->request_id_2, sizeof e->request_id_2, detail->request_id_2);
    kds_escape(raw, e->message, sizeof e->message);
    kds_error_free(*error);
    *error = e;
}

/* Codes that may pass by themselves. */
static bool passes(kds_err_t code)
{
    static const kds_err_t passing[] = {KDS_ERR_QUEUE_FULL, KDS_ERR_TIMED_OUT,
                                        KDS_ERR_TRANSPORT, KDS_ERR_THROTTLED,
                                        KDS_ERR_STORE_BUSY};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (passing[i] == code) {
            return true;
        }
    }
    return false;
}

kds_err_t kds_error_set(kds_error_t **error, kds_err_t code, const char *format, ...)
{
    const struct kds_error_detail nothing = {.retryable = passes(code)};
    va_list args;
    va_start(args, format);
    set(error, code, &nothing, format, args);
    va_end(args);
    return code;
}

kds_err_t kds_error_set_detail(kds_error_t **error,
                               kds_err_t code,
                               const struct kds_error_detail *detail,
                               const char *format,
                               ...)
{
    va_list args;
    va_start(args, format);
    set(error, code, detail, format, args);
    va_end(args);
    return code;
}

kds_error_t *kds_error_copy(const kds_error_t *source)
{
    if (source == NULL || source->is_static) {
        return source == NULL ? NULL : &out_of_memory[source->persisted];
    }
    kds_error_t *copy = kds_alloc(sizeof *copy);
    if (copy == NULL) {
        return &out_of_memory[source->persisted];
    }
    *copy = *source;
    copy->body = NULL; /* it has one owner */
    return copy;
}

kds_err_t kds_error_code(const kds_error_t *error)
{
    return error->code;
}

const char *kds_error_message(const kds_error_t *error)
{
    return error->message;
}

const char *kds_error_service_code(const kds_error_t *error)
{
    return error->service_code;
}

const char *kds_error_request_id(const kds_error_t *error)
{
    return error->request_id;
}

const char *kds_error_request_id_2(const kds_error_t *error)
{
    return error->request_id_2;
}

int kds_error_http_status(const kds_error_t *error)
{
    return error->http_status;
}

unsigned kds_error_attempts(const kds_error_t *error)
{
    return error->attempts;
}

bool kds_error_retryable(const kds_error_t *error)
{
    return error->retryable;
}

kds_persisted_t kds_error_persisted(const kds_error_t *error)
{
    return error->persisted;
}

const void *kds_error_body(const kds_error_t *error)
{
    return error->body;
}

void kds_error_attach(kds_error_t *error,
                      const void *body,
                      void (*free_body)(const void *body))
{
    if (error == NULL || error->is_static) {
        free_body(body);
        return;
    }
    if (error->body != NULL) {
        error->free_body(error->body);
    }
    error->body = body;
    error->free_body = free_body;
}

void kds_error_free(kds_error_t *error)
{
    if (error != NULL && !error->is_static) {
        if (error->body != NULL) {
            error->free_body(error->body);
        }
        kds_free(error);
    }
}
