/*
 * provider_sso: a role's credentials for whoever logged in with `aws sso login`.
 *
 * Written down in: docs/credentials.md; "SSO credential provider" of the AWS SDKs.
 */
#include "auth/json_pick.h"
#include "auth/provider.h"
#include "auth/reply.h"
#include "auth/secret.h"
#include "auth/sso_cache.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"
#include "codec/json.h"
#include "codec/query.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_FILE_BYTES_MAX ((size_t)64 * 1024)
#define MEMORY_BYTES         ((size_t)512 * 1024)
#define REFRESH_AHEAD_MS     (15 * 60 * INT64_C(1000))
#define REFRESH_GAP_MS       (60 * INT64_C(1000)) /* between two refreshes of one token */
#define ATTEMPTS             3
#define PAUSE_US             (200 * KDS_US_PER_MS)
#define CONNECT_MS           3000
#define ATTEMPT_MS           10000
#define URL_BYTES            (KDS_AUTH_URL_BYTES + 1024)

/* What a profile says, and what comes of it. */
struct login {
    const struct kds_provider_context *ctx;
    const char *profile, *account, *role;
    const char *start_url, *region;
    const char
        *session; /* NULL: a profile of the older kind, whose token cannot be refreshed */
    char path[KDS_PATH_BYTES + 128];
    struct kds_small_file file;
    struct kds_arena arena; /* of `token` */
    struct kds_sso_token token;
};

static const char *key_of(const struct login *l, const char *key)
{
    return kds_profile_get(l->ctx->profiles, KDS_SECTION_PROFILE, l->profile, key);
}

static int64_t now_ms(const struct login *l)
{
    return kds_clock_realtime_us(l->ctx->clock) / KDS_US_PER_MS;
}

static kds_err_t lacks(const struct login *l, const char *key, kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "SSO: profile \"%.100s\" has no %s",
                         l->profile, key);
}

/* It becomes a part of a host's name. */
static bool region_valid(const char *region)
{
    size_t n = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && region[n] == 0 && n < KDS_AUTH_REGION_BYTES;
}

/* A key of the session's section, which the profile may repeat but not contradict. */
static kds_err_t
from_session(struct login *l, const char *key, const char **value, kds_error_t **error)
{
    const char *theirs =
        kds_profile_get(l->ctx->profiles, KDS_SECTION_SSO_SESSION, l->session, key);
    const char *ours = key_of(l, key);
    *value = theirs;
    if (theirs == NULL) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "SSO: session \"%.100s\" has no %s", l->session, key);
    }
    if (ours != NULL && strcmp(ours, theirs) != 0) {
        return kds_error_set(
            error, KDS_ERR_CREDENTIALS,
            "SSO: %s of profile \"%.100s\" is not that of session \"%.100s\"", key,
            l->profile, l->session);
    }
    return KDS_OK;
}

static kds_err_t read_profile(struct login *l, kds_error_t **error)
{
    kds_err_t rc = KDS_OK;
    l->account = key_of(l, "sso_account_id");
    l->role = key_of(l, "sso_role_name");
    l->session = key_of(l, "sso_session");
    if (l->account == NULL || l->role == NULL) {
        return lacks(l, l->account ? "sso_role_name" : "sso_account_id", error);
    }
    if (l->session != NULL) {
        rc = from_session(l, "sso_start_url", &l->start_url, error);
        rc = rc == KDS_OK ? from_session(l, "sso_region", &l->region, error) : rc;
    } else {
        l->start_url = key_of(l, "sso_start_url");
        l->region = key_of(l, "sso_region");
        if (l->start_url == NULL || l->region == NULL) {
            rc = lacks(l, l->start_url ? "sso_region" : "sso_start_url", error);
        }
    }
    if (rc == KDS_OK && !region_valid(l->region)) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS,
                           "SSO: sso_region \"%.60s\" must be letters, digits and '-'",
                           l->region);
    }
    return rc;
}

static kds_err_t log_in_again(const struct login *l, const char *why, kds_error_t **error)
{
    return kds_error_set(error, KDS_ERR_CREDENTIALS,
                         "SSO: %s; run: aws sso login --profile %.100s", why, l->profile);
}

static kds_err_t read_cache(struct login *l, kds_error_t **error)
{
    kds_error_t *why = NULL;
    const char *key = l->session ? l->session : l->start_url;
    if (!kds_sso_cache_path(l->ctx->settings->paths.home, key, l->path, sizeof l->path)) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "SSO: HOME is not set or too long");
    }
    kds_err_t rc = kds_small_file_read(l->path, TOKEN_FILE_BYTES_MAX, &l->file, &why);
    if (rc != KDS_OK) {
        rc = kds_error_set(error, rc == KDS_ERR_NO_MEMORY ? rc : KDS_ERR_CREDENTIALS,
                           "SSO: %s", why ? kds_error_message(why) : "not read");
        kds_error_free(why);
        return rc;
    }
    if (l->file.p == NULL) {
        return log_in_again(l, "nobody is logged in", error);
    }
    const char *bad =
        kds_sso_token_parse(kds_slice_of(l->file.p, l->file.n), &l->token, &l->arena);
    if (l->arena.err == KDS_ERR_NO_MEMORY) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return bad != NULL ? kds_error_set(error, KDS_ERR_CREDENTIALS, "SSO: %.300s: %s",
                                       l->path, bad)
                       : KDS_OK;
}

/* ---- refreshing the token ----------------------------------------------------------------- */

static bool refresh_due(const struct login *l)
{
    const struct kds_sso_token *t = &l->token;
    int64_t now = now_ms(l);
    bool possible =
        l->session != NULL && t->refresh_token.n > 0 && t->client_id.n > 0 &&
        t->client_secret.n > 0 &&
        (t->registration_expires_at_ms == 0 || t->registration_expires_at_ms > now);
    bool valid = t->expires_at_ms > now;
    /* Whoever wrote the file just now, perhaps another process, refreshed it. */
    bool fresh = now - l->file.stamp.mtime_ns / 1000000 < REFRESH_GAP_MS;
    return possible && t->expires_at_ms - now < REFRESH_AHEAD_MS && !(valid && fresh);
}

static void add_pair(struct kds_buf *b, const char *name, kds_slice_t value)
{
    kds_buf_add_byte(b, b->n > 0 ? ',' : '{');
    kds_json_add_string(b, kds_slice(name));
    kds_buf_add_byte(b, ':');
    kds_json_add_string(b, value);
}

static kds_err_t ask_oidc(struct login *l,
                          const struct kds_buf *body,
                          struct kds_fetch_answer *answer,
                          kds_error_t **error)
{
    char base[KDS_AUTH_URL_BYTES], url[URL_BYTES];
    kds_err_t rc =
        l->ctx->endpoint("sso-oidc", l->region, base, l->ctx->endpoint_opaque, error);
    if (rc != KDS_OK) {
        return rc;
    }
    snprintf(url, sizeof url, "%s/token", base);
    const struct kds_fetch_request request = {
        .method = KDS_FETCH_POST,
        .url = url,
        .headers = {{"Content-Type", "application/json"}},
        .header_count = 1,
        .body = kds_buf_slice(body),
        .connect_timeout_ms = CONNECT_MS,
        .timeout_ms = ATTEMPT_MS,
    };
    return kds_provider_fetch(l->ctx, &request, ATTEMPTS, PAUSE_US, answer, error);
}

/* The new token into l->token. @return NULL or what is wrong with the answer. */
static const char *take_token(struct login *l, const struct kds_fetch_answer *answer)
{
    struct kds_json_want wants[] = {{.name = "accessToken"},
                                    {.name = "refreshToken"},
                                    {.name = "expiresIn", .is_integer = true}};
    const char *why =
        kds_json_pick(kds_buf_slice(&answer->body), NULL, wants, 3, &l->arena);
    if (why != NULL) {
        return why;
    }
    if (!wants[0].found || !wants[2].found || wants[2].integer <= 0 ||
        wants[2].integer > INT32_MAX) {
        return "it has no accessToken or no expiresIn";
    }
    l->token.access_token = wants[0].text;
    l->token.expires_at_ms = now_ms(l) + wants[2].integer * 1000;
    if (wants[1].found) {
        l->token.refresh_token = wants[1].text;
    }
    return NULL;
}

static kds_err_t refresh(struct login *l, kds_error_t **error)
{
    struct kds_fetch_answer answer = {.status = 0};
    struct kds_buf body;
    kds_buf_init(&body, TOKEN_FILE_BYTES_MAX);
    kds_buf_reserve(&body, TOKEN_FILE_BYTES_MAX);
    add_pair(&body, "clientId", l->token.client_id);
    add_pair(&body, "clientSecret", l->token.client_secret);
    add_pair(&body, "grantType", kds_slice("refresh_token"));
    add_pair(&body, "refreshToken", l->token.refresh_token);
    kds_buf_add_byte(&body, '}');
    kds_err_t rc = body.err == KDS_OK
                       ? ask_oidc(l, &body, &answer, error)
                       : kds_error_set(error, body.err, "%s", kds_err_text(body.err));
    if (rc == KDS_OK && answer.status != 200) {
        rc = kds_provider_refused("SSO: CreateToken", &answer, error);
    } else if (rc == KDS_OK) {
        const char *why = take_token(l, &answer);
        rc = why ? kds_error_set(error, KDS_ERR_CREDENTIALS, "SSO: CreateToken: %s", why)
                 : KDS_OK;
    }
    kds_fetch_answer_clear(&answer);
    if (body.p != NULL) {
        kds_wipe(body.p, body.cap);
    }
    kds_buf_clear(&body);
    return rc;
}

/* A token that cannot be renewed is used as long as it holds. */
static kds_err_t renew(struct login *l, kds_error_t **error)
{
    kds_error_t *why = NULL;
    bool tried = refresh_due(l);
    kds_err_t rc = tried ? refresh(l, &why) : KDS_OK;
    if (tried && rc == KDS_OK &&
        kds_sso_token_store(l->path, &l->token, &why) != KDS_OK) {
        kds_log(l->ctx->log, KDS_LOG_WARNING, "credentials",
                "SSO: the new token is not kept: %s",
                why ? kds_error_message(why) : "no reason given");
    } else if (rc != KDS_OK) {
        kds_log(l->ctx->log, KDS_LOG_WARNING, "credentials",
                "the SSO token is not renewed: %s",
                why ? kds_error_message(why) : kds_err_text(rc));
    }
    kds_error_free(why);
    if (rc == KDS_ERR_CANCELLED || rc == KDS_ERR_NO_MEMORY) {
        return kds_error_set(error, rc, "%s", kds_err_text(rc));
    }
    if (l->token.expires_at_ms <= now_ms(l)) {
        return log_in_again(l, "the log-in has expired", error);
    }
    return KDS_OK;
}

/* ---- the credentials ---------------------------------------------------------------------- */

static kds_err_t
build_url(const struct login *l, struct kds_buf *url, kds_error_t **error)
{
    char base[KDS_AUTH_URL_BYTES];
    kds_err_t rc =
        l->ctx->endpoint("sso", l->region, base, l->ctx->endpoint_opaque, error);
    if (rc != KDS_OK) {
        return rc;
    }
    kds_buf_printf(url, "%s/federation/credentials?role_name=", base);
    kds_query_add_encoded(url, kds_slice(l->role));
    kds_buf_add_text(url, "&account_id=");
    kds_query_add_encoded(url, kds_slice(l->account));
    return kds_buf_text(url) != NULL
               ? KDS_OK
               : kds_error_set(error, url->err, "SSO: the role is %s",
                               kds_err_text(url->err));
}

static kds_err_t take_credentials(const struct login *l,
                                  const struct kds_fetch_answer *answer,
                                  struct kds_credentials *out,
                                  kds_error_t **error)
{
    if (answer->status == 401) {
        return log_in_again(l, "the log-in is no longer accepted", error);
    }
    if (answer->status != 200) {
        return kds_provider_refused("SSO: GetRoleCredentials", answer, error);
    }
    kds_err_t rc =
        kds_reply_read(KDS_REPLY_SSO, kds_buf_slice(&answer->body), out, error);
    if (rc == KDS_OK && out->account_id == NULL) {
        out->account_id = kds_secret_copy(l->account); /* nice to know, no need */
    }
    return rc;
}

static kds_err_t
get_credentials(struct login *l, struct kds_credentials *out, kds_error_t **error)
{
    struct kds_fetch_answer answer;
    struct kds_buf url;
    kds_buf_init(&url, URL_BYTES);
    kds_err_t rc = build_url(l, &url, error);
    if (rc == KDS_OK) {
        const struct kds_fetch_request request = {
            .method = KDS_FETCH_GET,
            .url = (const char *)url.p,
            .headers = {{"x-amz-sso_bearer_token",
                         (const char *)l->token.access_token.p}},
            .header_count = 1,
            .connect_timeout_ms = CONNECT_MS,
            .timeout_ms = ATTEMPT_MS,
        };
        rc = kds_provider_fetch(l->ctx, &request, ATTEMPTS, PAUSE_US, &answer, error);
        if (rc == KDS_OK) {
            rc = take_credentials(l, &answer, out, error);
            kds_fetch_answer_clear(&answer);
        }
    }
    kds_buf_clear(&url);
    return rc;
}

kds_err_t kds_provide_sso_of(const struct kds_provider_context *ctx,
                             const char *profile,
                             struct kds_credentials *out,
                             kds_error_t **error)
{
    struct login l = {.ctx = ctx, .profile = profile};
    kds_arena_init(&l.arena, MEMORY_BYTES);
    kds_err_t rc = read_profile(&l, error);
    if (rc == KDS_OK) {
        rc = read_cache(&l, error);
    }
    if (rc == KDS_OK) {
        rc = renew(&l, error);
    }
    if (rc == KDS_OK) {
        rc = get_credentials(&l, out, error);
    }
    kds_arena_wipe(&l.arena);
    kds_small_file_clear(&l.file);
    return rc;
}

kds_err_t kds_provide_sso(const struct kds_provider_context *ctx,
                          struct kds_credentials *out,
                          kds_error_t **error)
{
    return kds_provide_sso_of(ctx, ctx->settings->profile, out, error);
}
