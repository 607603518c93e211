/*
 * http: finding headers, and writing those of an answer.
 */
#include "http.h"

#include "base/clock.h"
#include "base/slice.h"

#include <stdio.h>
#include <time.h>

kds_slice_t http_field(const struct http_request *request, const char *name)
{
    kds_slice_t none = {NULL, 0};
    for (size_t i = 0; i < request->field_count; i++) {
        if (kds_slice_eq_nocase(request->fields[i].name, kds_slice(name))) {
            return request->fields[i].value;
        }
    }
    return none;
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {{200, "OK"},
                 {301, "Moved Permanently"},
                 {302, "Found"},
                 {307, "Temporary Redirect"},
                 {400, "Bad Request"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {413, "Content Too Large"},
                 {431, "Header Too Large"},
                 {429, "Too Many Requests"},
                 {500, "Internal Server Error"},
                 {502, "Bad Gateway"},
                 {503, "Service Unavailable"},
                 {504, "Gateway Timeout"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) {
            return known[i].reason;
        }
    }
    return "Error";
}

/* "Tue, 24 Nov 2026 14:55:00 GMT", in no locale's language. */
static void write_date(int64_t now_us, char out[40])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(now_us / KDS_US_PER_S);
    struct tm t;
    out[0] = 0;
    if (gmtime_r(&seconds, &t) != NULL) {
        snprintf(out, 40, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday],
                 t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
                 t.tm_sec);
    }
}

void http_add_field(struct http_answer_head *head, const char *name, const char *value)
{
    if (value != NULL && head->count < HTTP_ANSWER_FIELDS_MAX) {
        head->fields[head->count].name = name;
        head->fields[head->count++].value = value;
    }
}

void http_answer_head(struct http_answer_head *head,
                      int status,
                      const char *content_type,
                      const char *error_code,
                      size_t body_bytes,
                      int64_t now_us,
                      struct kds_rng *ids)
{
    uint64_t a = kds_rng_next(ids), b = kds_rng_next(ids);
    head->status = status;
    head->count = 0;
    snprintf(head->request_id, sizeof head->request_id, "%08x-%04x-4%03x-a%03x-%012llx",
             (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
             (unsigned)(b >> 52), (unsigned long long)(b & 0xFFFFFFFFFFFF));
    snprintf(head->id_2, sizeof head->id_2, "%016llx%016llx", (unsigned long long)b,
             (unsigned long long)a);
    snprintf(head->length, sizeof head->length, "%zu", body_bytes);
    write_date(now_us, head->date);
    http_add_field(head, "x-amzn-RequestId", head->request_id);
    http_add_field(head, "x-amz-id-2", head->id_2);
    http_add_field(head, "Content-Type", content_type);
    http_add_field(head, "x-amzn-ErrorType", error_code);
    http_add_field(head, "Date", head->date);
    http_add_field(head, "Content-Length", body_bytes == SIZE_MAX ? NULL : head->length);
}
