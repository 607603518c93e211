/*
 * scripted_server: a peer on loopback that plays a script: what to answer to the first request, to
 * the second, and so on. It knows HTTP just well enough to see where a request ends.
 *
 * One thread of its own; the accessors may be called from any thread.
 */
#ifndef SUPPORT_SCRIPTED_SERVER_H
#define SUPPORT_SCRIPTED_SERVER_H

#include <stddef.h>

enum scripted_end {
    SCRIPTED_KEEP,  /* leave the connection open */
    SCRIPTED_CLOSE, /* close it in order */
    SCRIPTED_RESET  /* tear it down with RST */
};

/* What happens to one request. */
struct scripted_step {
    const char *bytes; /* (lent until stop) sent as they are; NULL = none */
    size_t n;          /* 0 = strlen(bytes) */
    enum scripted_end end;
};

struct scripted_server;

/** @param steps  (lent until stop) the last one is repeated for ever. @return NULL: no socket */
struct scripted_server *scripted_server_start(const struct scripted_step *steps,
                                              size_t count);
void scripted_server_stop(struct scripted_server *s);

unsigned scripted_server_port(const struct scripted_server *s);

/** Whole requests that came so far. */
unsigned scripted_server_requests(struct scripted_server *s);

/** Block until @p count whole requests came. */
void scripted_server_await(struct scripted_server *s, unsigned count);

/** The last whole request, NUL-terminated; cut to @p size. */
void scripted_server_last(struct scripted_server *s, char *out, size_t size);

#endif /* SUPPORT_SCRIPTED_SERVER_H */
