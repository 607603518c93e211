/*
 * curl_transport: one thread around curl_multi_poll().
 */
#include "net/curl_transport.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/thread.h"
#include "net/tls_policy.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define HEADER_BLOCK_BYTES  (64 * 1024)
#define UPLOAD_BUFFER_BYTES (128L * 1024) /* TLS uploads slow down beyond 256 KiB */

/* One exchange, waiting or under way. The transport's thread only. */
struct exchange {
    struct exchange *next; /* in `waiting` or `active` */
    struct curl_transport *owner;
    CURL *easy; /* NULL while waiting */
    struct curl_slist *headers;
    struct kds_http_request request;
    struct kds_http_response response;
    unsigned
        times_sent; /* libcurl repeats what dies on a connection that it used again */
    size_t header_bytes;
    bool headers_ended;       /* the empty line came; what follows are trailers */
    bool has_length, chunked; /* how the answer says that its body ends */
    kds_err_t
        refused; /* why on_body or on_header ended the exchange; KDS_OK: they did not */
    kds_http_done_fn *done;
    void *opaque;
    char reason[CURL_ERROR_SIZE];
};

struct task {
    struct task *next;
    int64_t at_us;
    kds_task_fn *fn;
    void *opaque;
};

struct curl_transport {
    struct kds_transport base;
    unsigned max_connections;
    int64_t connect_timeout_ms;
    size_t max_response_bytes;
    bool http2;
    bool opens_apart; /* HTTP/2 without TLS: see must_open() */
    char *ca_file;
    struct kds_proxy proxy;
    CURLM *multi;
    pthread_t thread;
    bool thread_runs;

    /* The transport's thread only. */
    struct {
        struct exchange *waiting, **waiting_end; /* in order of arrival */
        struct exchange *active;
        unsigned active_count;
        struct task *timed; /* earliest first */
        CURL **idle;        /* handles to use again */
        unsigned idle_count;
        bool
            resolve_afresh; /* the last exchange did not get through: look its host up again */
        struct exchange
            *opener;  /* it opens the connection of HTTP/2 that others wait for */
        bool is_open; /* there is one, as far as the last exchange tells */
    } io;

    /* Any thread, with `lock` held. */
    struct {
        pthread_mutex_t lock;
        struct task *inbox, **inbox_end; /* tasks that the thread has not seen */
        bool stop;
    } shared;
};

static int64_t now_us(void)
{
    return kds_clock_boottime_us(kds_clock_system());
}

/* ---- what libcurl calls ------------------------------------------------------------------- */

static int
on_request(void *opaque, char *peer_ip, char *local_ip, int peer_port, int local_port)
{
    (void)peer_ip;
    (void)local_ip;
    (void)peer_port;
    (void)local_port;
    ((struct exchange *)opaque)->times_sent++;
    return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *opaque)
{
    struct exchange *x = opaque;
    kds_buf_add(&x->response.body, data, size * count);
    if (x->response.body.err == KDS_ERR_NO_MEMORY) {
        x->refused = KDS_ERR_NO_MEMORY;
        snprintf(x->reason, sizeof x->reason, "no memory for the answer");
        return 0; /* ends the exchange */
    }
    if (x->response.body.err != KDS_OK) {
        x->refused = KDS_ERR_PROTOCOL;
        snprintf(x->reason, sizeof x->reason, "the answer exceeds %zu bytes",
                 x->response.body.max);
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

/* Whatever a proxy or an interim answer said before does not belong to this one. */
static void begin_headers(struct exchange *x)
{
    struct kds_http_response *r = &x->response;
    x->headers_ended = x->has_length = x->chunked = false;
    r->content_type[0] = r->error_type[0] = r->request_id[0] = 0;
    r->request_id_2[0] = 0;
    r->date[0] = r->retry_after[0] = r->crc32[0] = 0;
}

static bool starts_with(kds_slice_t line, const char *text)
{
    size_t n = strlen(text);
    return line.n >= n && kds_slice_eq_nocase(kds_slice_of(line.p, n), kds_slice(text));
}

/* Two statements on where the body ends are two answers to somebody. RFC 9112, 6.3. */
static bool framed_twice(struct exchange *x, kds_slice_t line)
{
    bool length = starts_with(line, "content-length:");
    bool chunked = starts_with(line, "transfer-encoding:");
    bool twice =
        (length && (x->has_length || x->chunked || kds_slice_find(line, ',') < line.n)) ||
        (chunked && x->has_length);
    x->has_length |= length;
    x->chunked |= chunked;
    return twice;
}

static size_t on_header(char *data, size_t size, size_t count, void *opaque)
{
    struct exchange *x = opaque;
    struct kds_http_response *r = &x->response;
    kds_slice_t line = kds_slice_of(data, size * count);
    x->header_bytes += line.n;
    if (x->header_bytes > HEADER_BLOCK_BYTES) {
        x->refused = KDS_ERR_PROTOCOL;
        snprintf(x->reason, sizeof x->reason, "the answer's headers exceed %d bytes",
                 HEADER_BLOCK_BYTES);
        return 0;
    }
    if (starts_with(line, "HTTP/")) {
        begin_headers(x);
    } else if (x->headers_ended) {
        return line.n; /* a trailer: nothing that we need may stand there */
    } else if (framed_twice(x, line)) {
        x->refused = KDS_ERR_PROTOCOL;
        snprintf(x->reason, sizeof x->reason,
                 "the answer says twice where its body ends");
        return 0;
    }
    x->headers_ended = kds_slice_trim(line).n == 0;
    keep_header(line, "content-type", r->content_type, sizeof r->content_type);
    keep_header(line, "x-amzn-errortype", r->error_type, sizeof r->error_type);
    keep_header(line, "x-amzn-requestid", r->request_id, sizeof r->request_id);
    keep_header(line, "x-amz-id-2", r->request_id_2, sizeof r->request_id_2);
    keep_header(line, "date", r->date, sizeof r->date);
    keep_header(line, "x-amz-retry-after", r->retry_after, sizeof r->retry_after);
    keep_header(line, "x-amz-crc32", r->crc32, sizeof r->crc32);
    return line.n;
}

/* ---- one exchange ------------------------------------------------------------------------- */

static void exchange_free(struct exchange *x)
{
    curl_slist_free_all(x->headers);
    kds_buf_clear(&x->response.body);
    kds_free(x);
}

static bool add_header(struct exchange *x, const char *name, const char *value)
{
    struct curl_slist *longer;
    char line[8192];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    /* curl takes the line as it is: nothing in it may end it. */
    if (n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n") != NULL) {
        return false;
    }
    longer = curl_slist_append(x->headers, line);
    if (longer == NULL) {
        return false;
    }
    x->headers = longer;
    return true;
}

static bool add_headers(struct exchange *x)
{
    for (size_t i = 0; i < x->request.header_count; i++) {
        if (!add_header(x, x->request.headers[i].name, x->request.headers[i].value)) {
            return false;
        }
    }
    /* An empty Expect: suppresses curl's own, which costs a round trip. */
    struct curl_slist *longer = curl_slist_append(x->headers, "Expect:");
    x->headers = longer ? longer : x->headers;
    return longer != NULL;
}

/*
 * libcurl before 8.0 cannot use a cleartext connection of HTTP/2 again for a request that asks for it
 * by prior knowledge (curl issue 10634), but does so for one that would upgrade only under TLS. So
 * one exchange opens the connection, while the others wait, and those after it find it.
 */
static bool must_open(const struct exchange *x)
{
    const struct curl_transport *t = x->owner;
    return t->opens_apart && !t->io.is_open && strncmp(x->request.url, "http:", 5) == 0;
}

static void set_version(struct exchange *x, CURL *easy)
{
    struct curl_transport *t = x->owner;
    long version = CURL_HTTP_VERSION_1_1;
    if (t->http2) {
        const bool tls = strncmp(x->request.url, "https:", 6) == 0;
        version = tls || t->opens_apart ? CURL_HTTP_VERSION_2TLS
                                        : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
        /* Rather share a connection that is being made than make one more. */
        curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    }
    if (must_open(x)) {
        version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        t->io.opener = x;
    }
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
}

static void set_options(struct exchange *x, CURL *easy)
{
    const struct curl_transport *t = x->owner;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
    curl_easy_setopt(easy, CURLOPT_URL, x->request.url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set_version(x, easy);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A resolver that hangs would hold this thread up when the exchange ends. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (strcmp(x->request.method, "GET") == 0) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, x->request.body.p);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)x->request.body.n);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->reason);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)x->request.timeout_ms);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER_BYTES);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (t->io.resolve_afresh) {
        curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    }
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, kds_tls_restrict);
    if (t->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file);
    }
    kds_proxy_apply(&t->proxy, easy);
}

static void tell(struct exchange *x, kds_err_t err, bool sent)
{
    struct kds_http_result result = {.err = err,
                                     .sent = sent,
                                     .sent_again = x->times_sent > 1,
                                     .reason = x->reason,
                                     .response = &x->response};
    x->done(&result, x->opaque);
    exchange_free(x);
}

/* Give a waiting exchange a handle and start it. */
static void start(struct curl_transport *t, struct exchange *x)
{
    CURL *easy = t->io.idle_count ? t->io.idle[--t->io.idle_count] : curl_easy_init();
    if (easy == NULL || !add_headers(x)) {
        snprintf(x->reason, sizeof x->reason, "no memory for a request");
        curl_easy_cleanup(easy);
        tell(x, KDS_ERR_NO_MEMORY, false);
        return;
    }
    set_options(x, easy);
    if (curl_multi_add_handle(t->multi, easy) !=
        CURLM_OK) { /* nothing but memory can lack */
        snprintf(x->reason, sizeof x->reason, "no memory for a connection");
        curl_easy_cleanup(easy);
        t->io.opener = t->io.opener == x ? NULL : t->io.opener;
        tell(x, KDS_ERR_NO_MEMORY, false);
        return;
    }
    x->easy = easy;
    x->next = t->io.active;
    t->io.active = x;
    t->io.active_count++;
}

static bool can_start(const struct curl_transport *t)
{
    return t->io.waiting != NULL && t->io.active_count < t->max_connections &&
           t->io.opener == NULL;
}

static void start_waiting(struct curl_transport *t)
{
    while (can_start(t)) {
        struct exchange *x = t->io.waiting;
        t->io.waiting = x->next;
        if (t->io.waiting == NULL) {
            t->io.waiting_end = &t->io.waiting;
        }
        start(t, x);
    }
}

static kds_err_t error_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return KDS_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return KDS_ERR_TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return KDS_ERR_TLS;
    case CURLE_OUT_OF_MEMORY:
        return KDS_ERR_NO_MEMORY;
    case CURLE_WEIRD_SERVER_REPLY:
        return KDS_ERR_PROTOCOL;
    default:
        return KDS_ERR_TRANSPORT;
    }
}

static void take_off(struct curl_transport *t, struct exchange *x)
{
    struct exchange **at = &t->io.active;
    while (*at != x) {
        at = &(*at)->next;
    }
    *at = x->next;
    t->io.active_count--;
    curl_multi_remove_handle(t->multi, x->easy);
}

static bool was_sent(const struct exchange *x)
{
    long request_bytes = 0;
    curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    /* libcurl counts what it says to a proxy as well: only behind on_request() is it ours. */
    return request_bytes > 0 && x->times_sent > 0;
}

/* Then nothing tells a whole answer from one that was cut; below TLS libcurl hides even that. */
static bool ends_by_closing(const struct exchange *x)
{
    long version = CURL_HTTP_VERSION_NONE;
    curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version);
    return version < CURL_HTTP_VERSION_2_0 && !x->has_length && !x->chunked &&
           x->response.body.n > 0;
}

static void keep_handle(struct curl_transport *t, CURL *easy)
{
    curl_easy_reset(easy); /* keeps connections and TLS sessions */
    if (t->io.idle_count < t->max_connections) {
        t->io.idle[t->io.idle_count++] = easy;
    } else {
        curl_easy_cleanup(easy);
    }
}

/* What the end of an exchange tells about the connection that others are to share. */
static void
note_connection(struct curl_transport *t, const struct exchange *x, bool whole)
{
    long version = CURL_HTTP_VERSION_NONE;
    curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version);
    t->io.is_open = whole && version == CURL_HTTP_VERSION_2_0;
    if (t->io.opener == x) {
        t->io.opener = NULL;
    }
}

static void finish(struct curl_transport *t, struct exchange *x, CURLcode code)
{
    long status = 0;
    bool sent = was_sent(x);
    kds_err_t err = x->refused != KDS_OK ? x->refused : error_of(code);
    if (code != CURLE_OK && x->reason[0] == 0) {
        snprintf(x->reason, sizeof x->reason, "%s", curl_easy_strerror(code));
    }
    if (err == KDS_OK && !x->headers_ended) {
        /* libcurl takes a connection that closes within the headers for a whole answer. */
        err = KDS_ERR_TRANSPORT;
        snprintf(x->reason, sizeof x->reason, "the answer ends within its headers");
    }
    t->io.resolve_afresh = err != KDS_OK && !sent;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    if (err == KDS_OK && status < 300 && ends_by_closing(x)) {
        err = KDS_ERR_TRANSPORT;
        snprintf(x->reason, sizeof x->reason, "the answer does not say where it ends");
    }
    x->response.status = err == KDS_OK ? (int)status : 0;
    note_connection(t, x, err == KDS_OK);
    take_off(t, x);
    keep_handle(t, x->easy);
    x->easy = NULL;
    tell(x, err, sent);
}

/* ---- the thread --------------------------------------------------------------------------- */

static void insert_timed(struct curl_transport *t, struct task *task)
{
    struct task **at = &t->io.timed;
    while (*at != NULL && (*at)->at_us <= task->at_us) {
        at = &(*at)->next;
    }
    task->next = *at;
    *at = task;
}

/* @return false when it is time to stop. */
static bool collect_inbox(struct curl_transport *t)
{
    pthread_mutex_lock(&t->shared.lock);
    struct task *task = t->shared.inbox;
    bool stop = t->shared.stop;
    t->shared.inbox = NULL;
    t->shared.inbox_end = &t->shared.inbox;
    pthread_mutex_unlock(&t->shared.lock);
    while (task != NULL) {
        struct task *next = task->next;
        insert_timed(t, task);
        task = next;
    }
    return !stop;
}

static void run_timed(struct curl_transport *t, int64_t until_us)
{
    while (t->io.timed != NULL && t->io.timed->at_us <= until_us) {
        struct task *task = t->io.timed;
        t->io.timed = task->next;
        task->fn(task->opaque);
        kds_free(task);
    }
}

static int wait_ms(const struct curl_transport *t)
{
    if (t->io.timed == NULL) {
        return INT_MAX; /* curl shortens it to its own timers */
    }
    int64_t ms = (t->io.timed->at_us - now_us() + 999) / 1000;
    return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static void drive(struct curl_transport *t)
{
    int running, left;
    CURLMsg *message;
    start_waiting(t);
    curl_multi_perform(t->multi, &running);
    while ((message = curl_multi_info_read(t->multi, &left)) != NULL) {
        struct exchange *x = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        finish(t, x, message->data.result);
    }
}

/* Everything still under way ends; what that starts ends too. */
static void cancel_all(struct curl_transport *t)
{
    while (t->io.active != NULL || t->io.waiting != NULL || t->io.timed != NULL) {
        struct exchange *x = t->io.active;
        if (x != NULL) {
            bool sent = was_sent(x);
            take_off(t, x);
            curl_easy_cleanup(x->easy);
            snprintf(x->reason, sizeof x->reason, "the client was freed");
            tell(x, KDS_ERR_CANCELLED, sent);
        } else if ((x = t->io.waiting) != NULL) {
            t->io.waiting = x->next;
            tell(x, KDS_ERR_CANCELLED, false);
        }
        t->io.waiting_end = t->io.waiting ? t->io.waiting_end : &t->io.waiting;
        run_timed(t, KDS_NEVER_US);
        collect_inbox(t);
    }
}

static void *thread_main(void *opaque)
{
    struct curl_transport *t = opaque;
    while (collect_inbox(t)) {
        run_timed(t, now_us());
        drive(t);
        /* Tasks may have been posted or become due by what just ended. */
        if (!can_start(t)) {
            curl_multi_poll(t->multi, NULL, 0, wait_ms(t), NULL);
        }
    }
    cancel_all(t);
    return NULL;
}

/* ---- the transport's functions ------------------------------------------------------------ */

static struct curl_transport *self(struct kds_transport *t)
{
    return (struct curl_transport *)(void *)t;
}

static kds_err_t transport_send(struct kds_transport *base,
                                const struct kds_http_request *request,
                                kds_http_done_fn *done,
                                void *opaque)
{
    struct curl_transport *t = self(base);
    struct exchange *x = kds_alloc_zero(1, sizeof *x);
    if (x == NULL) {
        return KDS_ERR_NO_MEMORY;
    }
    x->owner = t;
    x->request = *request;
    x->done = done;
    x->opaque = opaque;
    kds_buf_init(&x->response.body, t->max_response_bytes);
    *t->io.waiting_end = x;
    t->io.waiting_end = &x->next;
    return KDS_OK;
}

static kds_err_t
transport_run(struct kds_transport *base, int64_t delay_us, kds_task_fn *fn, void *opaque)
{
    struct curl_transport *t = self(base);
    struct task *task = kds_alloc_zero(1, sizeof *task);
    if (task == NULL) {
        return KDS_ERR_NO_MEMORY;
    }
    task->at_us = delay_us > 0 ? kds_us_add(now_us(), delay_us) : 0;
    task->fn = fn;
    task->opaque = opaque;
    if (base->ops->on_thread(base)) { /* it looks at its tasks before it waits */
        insert_timed(t, task);
        return KDS_OK;
    }
    pthread_mutex_lock(&t->shared.lock);
    bool first = t->shared.inbox == NULL;
    *t->shared.inbox_end = task;
    t->shared.inbox_end = &task->next;
    pthread_mutex_unlock(&t->shared.lock);
    if (first) {
        curl_multi_wakeup(t->multi);
    }
    return KDS_OK;
}

static bool transport_on_thread(struct kds_transport *base)
{
    return pthread_equal(pthread_self(), self(base)->thread) != 0;
}

static void transport_free(struct kds_transport *base)
{
    struct curl_transport *t = self(base);
    if (t->thread_runs) {
        pthread_mutex_lock(&t->shared.lock);
        t->shared.stop = true;
        pthread_mutex_unlock(&t->shared.lock);
        curl_multi_wakeup(t->multi);
        pthread_join(t->thread, NULL);
    }
    while (t->io.idle_count > 0) {
        curl_easy_cleanup(t->io.idle[--t->io.idle_count]);
    }
    curl_multi_cleanup(t->multi);
    pthread_mutex_destroy(&t->shared.lock);
    kds_proxy_clear(&t->proxy);
    kds_free(t->io.idle);
    kds_free(t->ca_file);
    kds_free(t);
}

static const struct kds_transport_ops ops = {transport_send, transport_run,
                                             transport_on_thread, transport_free};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(
        CURL_GLOBAL_DEFAULT); /* never undone: the application may use curl too */
}

static bool fill_in(struct curl_transport *t, const struct kds_curl_options *options)
{
    t->base.ops = &ops;
    t->max_connections = options->max_connections;
    t->connect_timeout_ms = options->connect_timeout_ms;
    t->max_response_bytes = options->max_response_bytes;
    t->http2 = options->http2;
    t->opens_apart =
        options->http2 && curl_version_info(CURLVERSION_NOW)->version_num < 0x080000;
    t->io.waiting_end = &t->io.waiting;
    t->shared.inbox_end = &t->shared.inbox;
    t->io.idle = kds_alloc_zero(options->max_connections, sizeof(CURL *));
    if (options->ca_file != NULL) {
        size_t n = strlen(options->ca_file) + 1;
        t->ca_file = kds_alloc(n);
        if (t->ca_file == NULL) {
            return false;
        }
        memcpy(t->ca_file, options->ca_file, n);
    }
    t->multi = curl_multi_init();
    if (t->io.idle == NULL || t->multi == NULL) {
        return false;
    }
    curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)options->max_connections);
    return kds_mutex_init(&t->shared.lock) == KDS_OK;
}

kds_err_t kds_curl_transport_new(const struct kds_curl_options *options,
                                 struct kds_transport **transport,
                                 kds_error_t **error)
{
    pthread_once(&curl_once, init_curl);
    struct kds_proxy proxy;
    kds_err_t rc = kds_proxy_init(&proxy, &options->proxy, error);
    if (rc != KDS_OK) {
        return rc;
    }
    struct curl_transport *t = kds_alloc_zero(1, sizeof *t);
    if (t == NULL || !fill_in(t, options)) {
        kds_proxy_clear(&proxy);
        if (t != NULL) {
            curl_multi_cleanup(t->multi);
            kds_free(t->io.idle);
            kds_free(t->ca_file);
            kds_free(t);
        }
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    t->proxy = proxy;
    if (kds_thread_start(&t->thread, "kds:io", thread_main, t) != KDS_OK) {
        transport_free(&t->base);
        return kds_error_set(error, KDS_ERR_SYSTEM, "no thread could be started");
    }
    t->thread_runs = true;
    *transport = &t->base;
    return KDS_OK;
}
