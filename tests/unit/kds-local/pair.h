/*
 * pair: a connection of the local server and its client, over a real TCP socket, in one thread and on
 * the test's clock.
 */
#ifndef TESTS_UNIT_KDS_LOCAL_PAIR_H
#define TESTS_UNIT_KDS_LOCAL_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connection.h"

#define PAIR_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define PAIR_START_S   INT64_C(1790000000)

enum pair_end { PAIR_OPEN, PAIR_FIN, PAIR_RESET };

struct pair {
    struct site *site;
    struct connection *connection; /* NULL: the server has dropped it */
    int fd;                        /* the client's; -1 = none */
    uint8_t *got;                  /* what the client received */
    size_t got_n;
    enum pair_end end; /* what the client saw of the connection's end */
};

/** A server with the stream `s` of two shards. @param plan  JSON; NULL = none */
void pair_begin(struct pair *p, const char *plan);
/** The same, of these options. */
void pair_begin_with(struct pair *p,
                     const char *plan,
                     const struct local_service_options *options);
void pair_finish(struct pair *p);

/** A new connection; what was received is forgotten. */
void pair_connect(struct pair *p);

/** The client sends; then both sides do what they can do now. */
void pair_send(struct pair *p, const void *bytes, size_t n);
void pair_send_text(struct pair *p, const char *text);
void pair_settle(struct pair *p);

/** Both sides, after so much time; the client sends nothing. */
void pair_pass(struct pair *p, int64_t ms);

/** What was received, as text, since the last pair_forget(). */
const char *pair_text(struct pair *p);
void pair_forget(struct pair *p);

/** Perform an operation from aside. @return the HTTP status */
int pair_call(struct pair *p, const char *operation, const char *body);

/** Records in the stream `s`. */
size_t pair_stored(struct pair *p);

/** A request of HTTP/1.1 for an operation. @param out  (borrowed) receives it */
const char *pair_request(const char *operation, const char *body, char *out, size_t size);

#endif /* TESTS_UNIT_KDS_LOCAL_PAIR_H */
