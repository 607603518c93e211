/*
 * resolve: getaddrinfo() on a thread that is left to itself. Caller and thread each hold the look-up
 * until they are done with it.
 */
#include "net/resolve.h"

#include "base/alloc.h"
#include "base/thread.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

struct kds_resolve {
    struct kds_loop *loop;
    struct kds_loop_task task;
    void (*done)(void *opaque, const struct kds_addresses *found);
    void *opaque;
    char host[256], port[8];
    struct kds_addresses found;

    /* Any thread, with `lock` held. */
    pthread_mutex_t lock;
    bool dropped;  /* the caller is gone */
    bool answered; /* the thread is */
};

static void release(struct kds_resolve *r)
{
    pthread_mutex_destroy(&r->lock);
    kds_free(r);
}

static void look_up(struct kds_resolve *r)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    const int failed = getaddrinfo(r->host, r->port, &hints, &list);
    for (const struct addrinfo *a = list; a != NULL && r->found.count < KDS_ADDRESSES_MAX;
         a = a->ai_next) {
        struct kds_address *out = &r->found.list[r->found.count++];
        memcpy(&out->socket, a->ai_addr, a->ai_addrlen);
        out->n = a->ai_addrlen;
    }
    if (list != NULL)
        freeaddrinfo(list);
    if (r->found.count == 0)
        snprintf(r->found.why, sizeof r->found.why, "the name was not found: %s",
                 failed != 0 ? gai_strerror(failed) : "it has no address");
}

static void *resolve_main(void *opaque)
{
    struct kds_resolve *r = opaque;
    look_up(r);
    pthread_mutex_lock(&r->lock);
    r->answered = true;
    const bool alone = r->dropped;
    if (!alone)
        kds_loop_post(r->loop, &r->task);
    pthread_mutex_unlock(&r->lock);
    if (alone)
        release(r);
    return NULL;
}

static void on_answer(void *opaque)
{
    struct kds_resolve *r = opaque;
    /* The thread posted this with the lock held, and does nothing more once it is free. */
    pthread_mutex_lock(&r->lock);
    const bool wanted = !r->dropped;
    pthread_mutex_unlock(&r->lock);
    if (wanted)
        r->done(r->opaque, &r->found);
    release(r);
}

kds_err_t kds_resolve_start(struct kds_loop *loop,
                            const char *host,
                            uint16_t port,
                            void (*done)(void *opaque, const struct kds_addresses *found),
                            void *opaque,
                            struct kds_resolve **resolve)
{
    pthread_t thread;
    struct kds_resolve *r = kds_alloc_zero(1, sizeof *r);
    if (r == NULL)
        return KDS_ERR_NO_MEMORY;
    const size_t brackets = host[0] == '[' ? 1 : 0;
    snprintf(r->host, sizeof r->host, "%.*s", (int)(strlen(host) - 2 * brackets),
             host + brackets);
    snprintf(r->port, sizeof r->port, "%u", port);
    r->loop = loop;
    r->done = done;
    r->opaque = opaque;
    r->task.fn = on_answer;
    r->task.opaque = r;
    kds_err_t rc = kds_mutex_init(&r->lock);
    if (rc != KDS_OK) {
        kds_free(r);
        return rc;
    }
    rc = kds_thread_start(&thread, "kds-resolve", resolve_main, r);
    if (rc != KDS_OK) {
        release(r);
        return rc;
    }
    pthread_detach(thread);
    *resolve = r;
    return KDS_OK;
}

void kds_resolve_drop(struct kds_resolve *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    r->dropped = true;
    /* Once it is posted the loop has it, unless that will never run again. */
    const bool ours = r->answered && kds_loop_is_stopped(r->loop);
    pthread_mutex_unlock(&r->lock);
    if (ours)
        release(r);
}
