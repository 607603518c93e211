/*
 * curl_fetch: an easy handle, driven by a multi handle so that it can be left at any time.
 */
#include "net/curl_fetch.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "net/tls_policy.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define LOOK_MS            50
#define HEADER_LINE_BYTES  8192
#define HEADER_BLOCK_BYTES (64 * 1024)
#define URL_BYTES_MAX      4096

struct curl_fetch {
    struct kds_fetch base;
    char *ca_file;
    struct kds_proxy proxy;
};

/* The exchange under way. */
struct exchange {
    struct curl_fetch *owner;
    const struct kds_fetch_request *request;
    struct kds_fetch_answer *answer;
    struct curl_slist *headers;
    size_t header_bytes;
    bool headers_ended;
    const char *refused; /* why a callback ended it; NULL = none did */
    char reason[CURL_ERROR_SIZE];
};

/* ---- what libcurl calls ------------------------------------------------------------------- */

static size_t on_body(char *data, size_t size, size_t count, void *opaque)
{
    struct exchange *x = opaque;
    struct kds_buf *body = &x->answer->body;
    kds_buf_add(body, data, size * count);
    if (body->err != KDS_OK) {
        x->refused = body->err == KDS_ERR_NO_MEMORY ? "no memory for the answer"
                                                    : "the answer is too long";
        return 0;
    }
    return size * count;
}

static void keep_header(kds_slice_t line, const char *name, char *out, size_t size)
{
    size_t colon = kds_slice_find(line, ':');
    if (colon == line.n ||
        !kds_slice_eq_nocase(kds_slice_of(line.p, colon), kds_slice(name))) {
        return;
    }
    kds_slice_t value =
        kds_slice_trim(kds_slice_of(line.p + colon + 1, line.n - colon - 1));
    size_t n = value.n < size ? value.n : size - 1;
    if (n > 0) {
        memcpy(out, value.p, n);
    }
    out[n] = 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *opaque)
{
    struct exchange *x = opaque;
    struct kds_fetch_answer *a = x->answer;
    kds_slice_t line = kds_slice_of(data, size * count);
    x->header_bytes += line.n;
    if (x->header_bytes > HEADER_BLOCK_BYTES) {
        x->refused = "the answer's headers are too long";
        return 0;
    }
    x->headers_ended = kds_slice_trim(line).n == 0;
    keep_header(line, "content-type", a->content_type, sizeof a->content_type);
    keep_header(line, "x-amzn-errortype", a->error_type, sizeof a->error_type);
    keep_header(line, "date", a->date, sizeof a->date);
    return line.n;
}

/* ---- one exchange ------------------------------------------------------------------------- */

static bool append(struct exchange *x, const char *line)
{
    struct curl_slist *longer = curl_slist_append(x->headers, line);
    x->headers = longer ? longer : x->headers;
    return longer != NULL;
}

static bool add_header(struct exchange *x, const struct kds_fetch_header *header)
{
    char line[HEADER_LINE_BYTES];
    int n = snprintf(line, sizeof line, "%s: %s", header->name, header->value);
    /* libcurl takes the line as it is: nothing in it may end it. */
    bool fits = n > 0 && (size_t)n < sizeof line && strpbrk(line, "\r\n") == NULL;
    bool added = fits && append(x, line);
    kds_wipe(line, sizeof line);
    return added;
}

static void headers_free(struct exchange *x)
{
    for (struct curl_slist *h = x->headers; h != NULL; h = h->next) {
        kds_wipe(h->data, strlen(h->data)); /* tokens */
    }
    curl_slist_free_all(x->headers);
    x->headers = NULL;
}

static bool add_headers(struct exchange *x)
{
    for (size_t i = 0; i < x->request->header_count; i++) {
        if (!add_header(x, &x->request->headers[i])) {
            return false;
        }
    }
    return append(x, "Expect:") && append(x, "User-Agent: kds");
}

static void set_method(CURL *easy, const struct kds_fetch_request *request)
{
    if (request->method == KDS_FETCH_GET) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.n ? request->body.p : NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
    if (request->method == KDS_FETCH_PUT) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    }
    if (request->body.n == 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    }
}

static void set_options(struct exchange *x, CURL *easy)
{
    const struct kds_fetch_request *request = x->request;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                     1L); /* does not wait for a resolver that hangs */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    set_method(easy, request);
    if (request->no_proxy) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    } else {
        kds_proxy_apply(&x->owner->proxy, easy);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->reason);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, kds_tls_restrict);
    if (x->owner->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, x->owner->ca_file);
    }
}

/* Until it has ended or somebody wants it to. */
static CURLcode drive(struct exchange *x, CURLM *multi)
{
    const struct kds_fetch *owner = &x->owner->base;
    int running = 1, left;
    while (running > 0) {
        if (owner->go_on != NULL && !owner->go_on(owner->go_on_opaque)) {
            return CURLE_ABORTED_BY_CALLBACK;
        }
        curl_multi_perform(multi, &running);
        if (running > 0) {
            curl_multi_poll(multi, NULL, 0, LOOK_MS, NULL);
        }
    }
    CURLMsg *message = curl_multi_info_read(multi, &left);
    return message != NULL ? message->data.result : CURLE_OUT_OF_MEMORY;
}

static kds_err_t error_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OPERATION_TIMEDOUT:
        return KDS_ERR_TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return KDS_ERR_TLS;
    case CURLE_OUT_OF_MEMORY:
        return KDS_ERR_NO_MEMORY;
    case CURLE_ABORTED_BY_CALLBACK:
        return KDS_ERR_CANCELLED;
    case CURLE_WEIRD_SERVER_REPLY:
        return KDS_ERR_PROTOCOL;
    default:
        return KDS_ERR_TRANSPORT;
    }
}

static kds_err_t
conclude(struct exchange *x, CURL *easy, CURLcode code, kds_error_t **error)
{
    long status = 0;
    if (x->refused != NULL) {
        return kds_error_set(error,
                             x->answer->body.err == KDS_ERR_NO_MEMORY ? KDS_ERR_NO_MEMORY
                                                                      : KDS_ERR_PROTOCOL,
                             "%s", x->refused);
    }
    if (code != CURLE_OK) {
        return kds_error_set(error, error_of(code), "%.*s: %s",
                             kds_fetch_shown(x->request->url), x->request->url,
                             x->reason[0] ? x->reason : curl_easy_strerror(code));
    }
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (!x->headers_ended || status < 100) {
        return kds_error_set(error, KDS_ERR_TRANSPORT, "%.*s: the answer ends too early",
                             kds_fetch_shown(x->request->url), x->request->url);
    }
    x->answer->status = (int)status;
    return KDS_OK;
}

static kds_err_t run(struct kds_fetch *self,
                     const struct kds_fetch_request *request,
                     struct kds_fetch_answer *answer,
                     kds_error_t **error)
{
    struct exchange x = {
        .owner = (struct curl_fetch *)(void *)self, .request = request, .answer = answer};
    kds_err_t rc = KDS_ERR_NO_MEMORY;
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    kds_buf_init(&answer->body, KDS_FETCH_ANSWER_BYTES_MAX);
    /* All at once: a buffer that grows leaves copies of secrets behind. */
    uint8_t *room = kds_buf_reserve(&answer->body, KDS_FETCH_ANSWER_BYTES_MAX);
    if (strlen(request->url) > URL_BYTES_MAX) {
        rc = kds_error_set(error, KDS_ERR_TOO_LARGE,
                           "the address is longer than %d bytes", URL_BYTES_MAX);
    } else if (multi == NULL || easy == NULL || room == NULL) {
        kds_error_set(error, rc, "out of memory");
    } else if (!add_headers(&x)) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS,
                           "%.*s: a header is too long or holds a line break",
                           kds_fetch_shown(request->url), request->url);
    } else {
        set_options(&x, easy);
        CURLcode code = curl_multi_add_handle(multi, easy) == CURLM_OK
                            ? drive(&x, multi)
                            : CURLE_OUT_OF_MEMORY;
        rc = conclude(&x, easy, code, error);
        curl_multi_remove_handle(multi, easy);
    }
    headers_free(&x);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    if (rc != KDS_OK) {
        kds_fetch_answer_clear(answer);
    }
    return rc;
}

/* ---- life --------------------------------------------------------------------------------- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl, never undone */
}

kds_err_t kds_curl_fetch_new(const char *ca_file,
                             const struct kds_proxy_options *wanted,
                             struct kds_fetch **fetch,
                             kds_error_t **error)
{
    pthread_once(&curl_once, init_curl);
    struct kds_proxy proxy;
    kds_err_t rc = kds_proxy_init(&proxy, wanted, error);
    if (rc != KDS_OK) {
        return rc;
    }
    struct curl_fetch *f = kds_alloc_zero(1, sizeof *f);
    size_t n = ca_file ? strlen(ca_file) + 1 : 0;
    if (f != NULL && n > 0) {
        f->ca_file = kds_alloc(n);
    }
    if (f == NULL || (n > 0 && f->ca_file == NULL)) {
        kds_proxy_clear(&proxy);
        kds_free(f);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    if (n > 0) {
        memcpy(f->ca_file, ca_file, n);
    }
    f->proxy = proxy;
    f->base.run = run;
    *fetch = &f->base;
    return KDS_OK;
}

void kds_curl_fetch_free(struct kds_fetch *fetch)
{
    struct curl_fetch *f = (struct curl_fetch *)(void *)fetch;
    if (f != NULL) {
        kds_proxy_clear(&f->proxy);
        kds_free(f->ca_file);
        kds_free(f);
    }
}
