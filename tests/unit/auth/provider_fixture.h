/*
 * provider_fixture: everything that a provider is given, scripted: variables, files, answers, time.
 *
 * One fixture per test program; fixture_reset() before each test.
 */
#ifndef TESTS_AUTH_PROVIDER_FIXTURE_H
#define TESTS_AUTH_PROVIDER_FIXTURE_H

#include <stdbool.h>

#include "auth/chain.h"
#include "auth/refresher.h"

/* One answer. The last one of a script is repeated. */
struct fixture_step {
    kds_err_t err; /* KDS_OK: there is an answer */
    int status;
    const char *body;         /* NULL = none */
    const char *content_type; /* NULL = none */
    const char *error_type;   /* NULL = none */
    const char *date;         /* NULL = none */
};

#define FIXTURE_NOW_MS  INT64_C(1790000000000) /* 2026-09-21T14:13:20Z */
#define FIXTURE_NOW     "2026-09-21T14:13:20Z"
#define FIXTURE_LATER   "2026-09-21T20:13:20Z" /* six hours on */
#define FIXTURE_EARLIER "2026-09-21T13:13:20Z"

/** Forget everything; a folder of its own is HOME and empty. */
void fixture_reset(void);
void fixture_end(void);

/** @param value (lent until reset) NULL = unset */
void fixture_env(const char *name, const char *value);
char *fixture_getenv(const char *name);

/** Write HOME/@p path. */
void fixture_file(const char *path, const char *text);
/** Its path. (lent until the next call) */
const char *fixture_path(const char *path);

/** @param steps (lent until reset) */
void fixture_script(const struct fixture_step *steps, size_t count);
unsigned fixture_requests(void);
/** What was asked by request number @p i, from 0: "GET http://...\nheader: value\n\nbody". */
const char *fixture_request(unsigned i);

/** Time goes on by itself only in pauses. */
void fixture_advance_ms(int64_t ms);
const struct kds_clock *fixture_clock(void);
struct kds_fetch *fixture_fetch(void);
/** Pauses so far, in microseconds. */
int64_t fixture_paused_us(void);
/** From now on each look whether to stop takes ten seconds: what hangs is soon given up. */
void fixture_hurry(void);
/** From now on providers are told to stop. */
void fixture_stop(void);
kds_auth_endpoint_fn fixture_endpoint;

/** Log lines so far, all in one text. */
const char *fixture_log_text(void);
const struct kds_log *fixture_log(void);

/** Choose a provider by the chain and ask it. @param options (borrowed) NULL = nothing given
 *  @param error (given) NULL on success */
kds_err_t fixture_provide(const struct kds_auth_options *options,
                          struct kds_credentials *out,
                          kds_error_t **error);
/** The row that was chosen last. */
const char *fixture_chosen(void);

/** Provide, expecting success; then compare and clear. @param token NULL = none */
void fixture_expect(const char *row,
                    const char *id,
                    const char *secret,
                    const char *token);
/** Provide, expecting a failure whose message contains @p text and none of the usual secrets. */
void fixture_expect_failure(const char *row, const char *text);

#endif /* TESTS_AUTH_PROVIDER_FIXTURE_H */
