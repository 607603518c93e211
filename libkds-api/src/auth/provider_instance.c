/*
 * provider_instance: the role of an EC2 instance, from its metadata service, version 2 with version
 * 1 behind it.
 *
 * Written down in: docs/credentials.md; "Instance metadata and user data" of EC2.
 */
#include "auth/instance.h"
#include "auth/metadata_url.h"
#include "auth/reply.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define TRIES       3
#define PAUSE_US    (100 * KDS_US_PER_MS)
#define REQUEST_MS  1000 /* two requests a try fail in vain at the most: 2 s */
#define TOKEN_BYTES 1024
#define ROLE_BYTES  128
#define ROLE_PATH   "/latest/meta-data/iam/security-credentials/"
#define REGION_PATH "/latest/meta-data/placement/region"

static const char who[] = "the instance metadata service";

/* One conversation with the service. */
struct session {
    const struct kds_provider_context *ctx;
    char base[KDS_AUTH_URL_BYTES];
    bool v1_allowed;
    bool renewed;            /* a 401 was answered by a new token once */
    char token[TOKEN_BYTES]; /* "" = version 1 */
};

bool kds_instance_enabled(const struct kds_auth_settings *settings)
{
    return !kds_environment_true(&settings->environment, "AWS_EC2_METADATA_DISABLED");
}

/* A variable, else a key of the profile. */
static const char *
setting(const struct kds_provider_context *ctx, const char *variable, const char *key)
{
    const char *value = kds_provider_env(ctx, variable);
    return value ? value : kds_provider_key(ctx, key);
}

static kds_err_t find_base(struct session *s, kds_error_t **error)
{
    static const char name[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    const char *base = setting(s->ctx, name, "ec2_metadata_service_endpoint");
    const char *mode = setting(s->ctx, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                               "ec2_metadata_service_endpoint_mode");
    bool v6 = mode && kds_slice_eq_nocase(kds_slice(mode), kds_slice("ipv6"));
    if (mode && !v6 && !kds_slice_eq_nocase(kds_slice(mode), kds_slice("ipv4"))) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS,
                             "ec2_metadata_service_endpoint_mode: \"%.40s\" is neither "
                             "ipv4 nor ipv6",
                             mode);
    }
    if (base == NULL) {
        base = v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    }
    size_t n = strlen(base);
    while (n > 0 && base[n - 1] == '/') {
        n--;
    }
    if (n >= sizeof s->base - 128) {
        return kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: longer than %zu bytes",
                             name, sizeof s->base - 129);
    }
    memcpy(s->base, base, n);
    s->base[n] = 0;
    return kds_metadata_url_check(name, s->base, error);
}

static kds_err_t session_open(struct session *s,
                              const struct kds_provider_context *ctx,
                              kds_error_t **error)
{
    const char *off =
        setting(ctx, "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled");
    memset(s, 0, sizeof *s);
    s->ctx = ctx;
    s->v1_allowed =
        off == NULL || !kds_slice_eq_nocase(kds_slice(off), kds_slice("true"));
    return find_base(s, error);
}

static void session_close(struct session *s)
{
    kds_wipe(s->token, sizeof s->token);
}

static kds_err_t send(struct session *s,
                      enum kds_fetch_method method,
                      const char *path,
                      struct kds_fetch_answer *answer,
                      kds_error_t **error)
{
    char url[KDS_AUTH_URL_BYTES + ROLE_BYTES];
    struct kds_fetch_request request = {.method = method,
                                        .url = url,
                                        .connect_timeout_ms = REQUEST_MS,
                                        .timeout_ms = REQUEST_MS,
                                        .no_proxy = true};
    snprintf(url, sizeof url, "%s%s", s->base, path);
    if (method == KDS_FETCH_PUT) {
        request.headers[0].name = "x-aws-ec2-metadata-token-ttl-seconds";
        request.headers[0].value = "21600";
        request.header_count = 1;
    } else if (s->token[0] != 0) {
        request.headers[0].name = "x-aws-ec2-metadata-token";
        request.headers[0].value = s->token;
        request.header_count = 1;
    }
    memset(answer, 0, sizeof *answer);
    return s->ctx->fetch->run(s->ctx->fetch, &request, answer, error);
}

/* The first line of an answer. @return false if there is none of at most size - 1 bytes. */
static bool first_line(struct kds_fetch_answer *answer, char *out, size_t size)
{
    size_t n = answer->body.n;
    bool whole = n > 0 && memchr(answer->body.p, 0, n) == NULL;
    char *text = whole ? (char *)(uintptr_t)kds_buf_text(&answer->body) : NULL;
    char *line = text ? kds_provider_line(text) : NULL;
    return line != NULL && (size_t)snprintf(out, size, "%s", line) < size;
}

/* The service is of version 1, or a hop too far for the token's packet. */
static bool means_v1(kds_err_t rc, int status)
{
    return rc == KDS_OK ? status == 403 || status == 404 || status == 405
                        : rc == KDS_ERR_TIMED_OUT || rc == KDS_ERR_TRANSPORT;
}

static kds_err_t get_token(struct session *s, kds_error_t **error)
{
    struct kds_fetch_answer answer;
    kds_err_t rc = send(s, KDS_FETCH_PUT, "/latest/api/token", &answer, error);
    bool v1 = means_v1(rc, answer.status);
    kds_wipe(s->token, sizeof s->token);
    if (v1 && s->v1_allowed) {
        rc = KDS_OK;
    } else if (rc == KDS_OK && answer.status != 200) {
        rc = kds_provider_refused(who, &answer, error);
    } else if (rc == KDS_OK && !first_line(&answer, s->token, sizeof s->token)) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: its token is not one line",
                           who);
    }
    kds_fetch_answer_clear(&answer);
    return rc;
}

/* An answer of status 200, whose owner clears it. */
static kds_err_t get(struct session *s,
                     const char *path,
                     struct kds_fetch_answer *answer,
                     kds_error_t **error)
{
    kds_err_t rc = send(s, KDS_FETCH_GET, path, answer, error);
    if (rc == KDS_OK && answer->status == 401 && !s->renewed) {
        s->renewed = true;
        kds_fetch_answer_clear(answer);
        rc = get_token(s, error);
        rc = rc == KDS_OK ? send(s, KDS_FETCH_GET, path, answer, error) : rc;
    }
    if (rc == KDS_OK && answer->status != 200) {
        rc = kds_provider_refused(who, answer, error);
    }
    if (rc != KDS_OK) {
        kds_fetch_answer_clear(answer);
    }
    return rc;
}

static bool role_name(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789_+=,.@-");
    return n > 0 && text[n] == 0;
}

static kds_err_t
get_line(struct session *s, const char *path, char *out, size_t size, kds_error_t **error)
{
    struct kds_fetch_answer answer;
    kds_err_t rc = get(s, path, &answer, error);
    if (rc != KDS_OK) {
        return rc;
    }
    if (!first_line(&answer, out, size) || !role_name(out)) {
        rc = kds_error_set(error, KDS_ERR_CREDENTIALS, "%s: %s is no name", who, path);
    }
    kds_fetch_answer_clear(&answer);
    return rc;
}

static kds_err_t
get_role(struct session *s, struct kds_credentials *out, kds_error_t **error)
{
    char role[ROLE_BYTES], path[sizeof ROLE_PATH + ROLE_BYTES];
    struct kds_fetch_answer answer;
    kds_err_t rc = get_line(s, ROLE_PATH, role, sizeof role, error);
    if (rc != KDS_OK) {
        return rc;
    }
    snprintf(path, sizeof path, ROLE_PATH "%s", role);
    rc = get(s, path, &answer, error);
    if (rc == KDS_OK) {
        rc = kds_reply_read(KDS_REPLY_IMDS, kds_buf_slice(&answer.body), out, error);
        kds_fetch_answer_clear(&answer);
    }
    return rc;
}

static bool again(const struct session *s, kds_err_t rc, unsigned tries)
{
    return rc != KDS_OK && rc != KDS_ERR_CANCELLED && rc != KDS_ERR_NO_MEMORY &&
           tries < TRIES && s->ctx->pause(s->ctx->pause_opaque, PAUSE_US);
}

kds_err_t kds_provide_instance(const struct kds_provider_context *ctx,
                               struct kds_credentials *out,
                               kds_error_t **error)
{
    struct session s;
    kds_err_t rc = session_open(&s, ctx, error);
    if (rc != KDS_OK) {
        return rc;
    }
    unsigned tries = 0;
    do {
        tries++;
        s.renewed = false;
        rc = get_token(&s, error);
        rc = rc == KDS_OK ? get_role(&s, out, error) : rc;
    } while (again(&s, rc, tries));
    session_close(&s);
    return rc;
}

kds_err_t kds_instance_region(const struct kds_provider_context *ctx,
                              char region[KDS_AUTH_REGION_BYTES],
                              kds_error_t **error)
{
    struct session s;
    kds_err_t rc = session_open(&s, ctx, error);
    if (rc != KDS_OK) {
        return rc;
    }
    unsigned tries = 0;
    do {
        tries++;
        s.renewed = false;
        rc = get_token(&s, error);
        rc = rc == KDS_OK
                 ? get_line(&s, REGION_PATH, region, KDS_AUTH_REGION_BYTES, error)
                 : rc;
    } while (again(&s, rc, tries));
    session_close(&s);
    return rc;
}
