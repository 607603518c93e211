/*
 * pair: see the header.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "pair.h"

#include <cmocka.h>

#include "api.h"
#include "base/clock.h"
#include "base/slice.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void pair_begin(struct pair *p, const char *plan)
{
    const struct local_service_options plain = {.seed = 1};
    pair_begin_with(p, plan, &plain);
}

void pair_begin_with(struct pair *p,
                     const char *plan,
                     const struct local_service_options *options)
{
    kds_error_t *error = NULL;
    memset(p, 0, sizeof *p);
    p->fd = -1;
    p->got = malloc(PAIR_BYTES_MAX + 1);
    p->site = calloc(1, sizeof *p->site);
    p->site->service = local_service_new(options);
    p->site->verifier = verifier_new(NULL, 0, NULL);
    p->site->max_streams = 128;
    p->site->now_us = p->site->began_us = PAIR_START_S * KDS_US_PER_S;
    kds_arena_init(&p->site->arena, LOCAL_REQUEST_MEMORY_MAX);
    if (plan != NULL &&
        fault_plan_parse(kds_slice(plan), NULL, &p->site->plan, &error) != KDS_OK) {
        fail_msg("%s: %s", plan, kds_error_message(error));
    }
    assert_int_equal(
        pair_call(p, "CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":2}"), 200);
}

static void drop(struct pair *p)
{
    if (p->connection != NULL) {
        connection_free(p->connection);
        p->connection = NULL;
    }
}

void pair_finish(struct pair *p)
{
    drop(p);
    if (p->fd >= 0) {
        close(p->fd);
    }
    fault_plan_free(p->site->plan);
    verifier_free(p->site->verifier);
    local_service_free(p->site->service);
    kds_arena_clear(&p->site->arena);
    free(p->site);
    free(p->got);
}

/* ---- sockets ------------------------------------------------------------------------------ */

static void open_sockets(int *client, int *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)(void *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    getsockname(listener, (struct sockaddr *)(void *)&address, &size);
    *client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(*client, (struct sockaddr *)(void *)&address, size), 0);
    *server = accept(listener, NULL, NULL);
    assert_true(*server >= 0);
    /* What is sent is at the other end at once. */
    int yes = 1;
    setsockopt(*client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(*server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(*server, F_SETFL, O_NONBLOCK);
    fcntl(*client, F_SETFL, O_NONBLOCK);
    close(listener);
}

void pair_connect(struct pair *p)
{
    int server;
    drop(p);
    if (p->fd >= 0) {
        close(p->fd);
    }
    open_sockets(&p->fd, &server);
    p->end = PAIR_OPEN;
    p->got_n = 0;
    p->connection = connection_new(p->site, server, NULL);
    assert_non_null(p->connection);
    if (!connection_begin(p->connection)) {
        drop(p);
    }
    pair_settle(p);
}

/* @return whether anything came */
static bool receive(struct pair *p)
{
    if (p->end != PAIR_OPEN) {
        return false;
    }
    ssize_t n = recv(p->fd, p->got + p->got_n, PAIR_BYTES_MAX - p->got_n, 0);
    if (n > 0) {
        p->got_n += (size_t)n;
        return true;
    }
    if (n == 0) {
        p->end = PAIR_FIN;
        return true;
    }
    if (errno == ECONNRESET) {
        p->end = PAIR_RESET;
        return true;
    }
    return false;
}

/* One round of the server, as its loop has them. @return whether there was anything to do */
static bool serve(struct pair *p)
{
    struct connection *c = p->connection;
    if (c == NULL) {
        return false;
    }
    if (connection_take_awake(p->site) == c) {
        if (!connection_advance(c)) {
            drop(p);
        }
        return true;
    }
    bool reads = connection_wants_read(c), writes = connection_wants_write(c);
    struct pollfd poller = {.fd = connection_fd(c),
                            .events =
                                (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))};
    if (poll(&poller, 1, 0) != 1) {
        return false;
    }
    bool broken = poller.revents & (POLLHUP | POLLERR);
    if ((broken && !reads && !writes) ||
        !connection_ready(c, (poller.revents & POLLIN) || broken,
                          poller.revents & POLLOUT)) {
        drop(p);
    }
    return true;
}

void pair_settle(struct pair *p)
{
    bool some;
    do {
        some = serve(p);
        some |= receive(p);
    } while (some);
}

void pair_send(struct pair *p, const void *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t now = send(p->fd, (const char *)bytes + sent, n - sent, MSG_NOSIGNAL);
        if (now > 0) {
            sent += (size_t)now;
        } else if (errno != EAGAIN) {
            break; /* the server wants no more */
        }
        size_t before = sent;
        pair_settle(p);
        if (now <= 0 && sent == before && p->connection != NULL &&
            !connection_wants_read(p->connection)) {
            break;
        }
    }
    pair_settle(p);
}

void pair_send_text(struct pair *p, const char *text)
{
    pair_send(p, text, strlen(text));
}

void pair_pass(struct pair *p, int64_t ms)
{
    const int64_t until_us = p->site->now_us + ms * KDS_US_PER_MS;
    while (p->connection != NULL && connection_due_us(p->connection) <= until_us) {
        int64_t due_us = connection_due_us(p->connection);
        p->site->max_streams = 128;
        p->site->now_us = due_us > p->site->now_us ? due_us : p->site->now_us;
        if (!connection_advance(p->connection)) {
            drop(p);
        }
        pair_settle(p);
    }
    p->site->max_streams = 128;
    p->site->now_us = until_us;
    local_service_advance(p->site->service, until_us);
    pair_settle(p);
}

const char *pair_text(struct pair *p)
{
    p->got[p->got_n] = 0;
    return (const char *)p->got;
}

void pair_forget(struct pair *p)
{
    p->got_n = 0;
}

/* ---- from aside --------------------------------------------------------------------------- */

int pair_call(struct pair *p, const char *operation, const char *body)
{
    char target[128];
    struct local_answer answer;
    struct kds_arena arena;
    snprintf(target, sizeof target, "Kinesis_20131202.%s", operation);
    const struct local_request request = {.method = kds_slice("POST"),
                                          .path = kds_slice("/"),
                                          .target = kds_slice(target),
                                          .content_type =
                                              kds_slice("application/x-amz-json-1.1"),
                                          .body = kds_slice(body)};
    memset(&answer, 0, sizeof answer);
    kds_buf_init(&answer.body, 1 << 24);
    kds_arena_init(&arena, LOCAL_REQUEST_MEMORY_MAX);
    local_api_answer(p->site->service, p->site->now_us, &request, &arena, &answer);
    if (answer.status != 200) {
        print_message("%s: %s\n", operation, kds_buf_text(&answer.body));
    }
    kds_arena_clear(&arena);
    kds_buf_clear(&answer.body);
    return answer.status;
}

size_t pair_stored(struct pair *p)
{
    const struct local_stream *stream = local_service_stream(p->site->service, "s");
    size_t n = 0;
    for (size_t i = 0; i < stream->shard_count; i++) {
        n += stream->shards[i]->log.count;
    }
    return n;
}

const char *pair_request(const char *operation, const char *body, char *out, size_t size)
{
    snprintf(out, size,
             "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: Kinesis_20131202.%s\r\n"
             "Content-Type: application/x-amz-json-1.1\r\n"
             "X-Amz-Date: 20260921T141320Z\r\nAuthorization: AWS4-HMAC-SHA256 "
             "Credential=A/20260921/us-east-1/kinesis/aws4_request, "
             "SignedHeaders=host;x-amz-date, Signature="
             "0000000000000000000000000000000000000000000000000000000000000000\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             operation, strlen(body), body);
    return out;
}
