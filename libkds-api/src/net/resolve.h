/*
 * resolve: a host's addresses, looked up aside.
 *
 * The system's look-up blocks, so each runs on a thread of its own that ends with it. One that is
 * given up goes on until the system lets it go, and touches nothing of its caller's.
 */
#ifndef KDS_NET_RESOLVE_H
#define KDS_NET_RESOLVE_H

#include <sys/socket.h>

#include "net/loop.h"

#define KDS_ADDRESSES_MAX 16

struct kds_address {
    struct sockaddr_storage socket;
    socklen_t n;
};

struct kds_addresses {
    struct kds_address list[KDS_ADDRESSES_MAX];
    size_t count;
    char why[160]; /* when there is none */
};

struct kds_resolve;

/** @param host  (copied) a name, an address, or an IPv6 address in brackets
 *  @param done  runs once on the loop's thread, unless it is given up: not inside this call
 *  @param resolve  (given until done() or kds_resolve_drop()) */
KDS_INTERNAL kds_err_t kds_resolve_start(struct kds_loop *loop,
                                         const char *host,
                                         uint16_t port,
                                         void (*done)(void *opaque,
                                                      const struct kds_addresses *found),
                                         void *opaque,
                                         struct kds_resolve **resolve) KDS_UNUSED_RESULT;

/** done() will not run. Also once the loop is stopped. NULL is allowed. */
KDS_INTERNAL void kds_resolve_drop(struct kds_resolve *resolve);

#endif /* KDS_NET_RESOLVE_H */
