/*
 * reply: a table of member names for the JSON forms, the model's tables for XML.
 */
#include "auth/reply.h"

#include "auth/json_pick.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"
#include "codec/service_error.h"
#include "codec/xml.h"
#include "kds/sts.h"
#include "model/operations.h"
#include "model/sts_operations.h"

#include <stdio.h>
#include <string.h>

#define REPLY_MEMORY_BYTES                                                               \
    ((size_t)512 * 1024) /* of what one reply is taken apart into */

/* Places in the list of wanted members. */
enum { ID, SECRET, TOKEN, ACCOUNT, EXPIRATION, EXTRA, MEMBERS };

struct form {
    const char *who;
    const char *inside;
    const char *names[MEMBERS]; /* EXTRA: the integer or text that must be right */
    bool epoch_ms;              /* the expiration is a number, not a text */
    bool extra_is_integer;
    bool must_expire;
};

static const struct form forms[] = {
    [KDS_REPLY_CONTAINER] = {"the container endpoint",
                             NULL,
                             {"AccessKeyId", "SecretAccessKey", "Token", "AccountId",
                              "Expiration", "Code"},
                             false,
                             false,
                             false},
    [KDS_REPLY_IMDS] = {"the instance metadata service",
                        NULL,
                        {"AccessKeyId", "SecretAccessKey", "Token", "AccountId",
                         "Expiration", "Code"},
                        false,
                        false,
                        true},
    [KDS_REPLY_PROCESS] = {"the credential process",
                           NULL,
                           {"AccessKeyId", "SecretAccessKey", "SessionToken", "AccountId",
                            "Expiration", "Version"},
                           false,
                           true,
                           false},
    [KDS_REPLY_SSO] = {"SSO",
                       "roleCredentials",
                       {"accessKeyId", "secretAccessKey", "sessionToken", "accountId",
                        "expiration", "-"},
                       true,
                       false,
                       true},
};

static kds_err_t wrong(kds_error_t **error, const char *who, const char *why)
{
    return kds_error_set(error, KDS_ERR_CREDENTIALS, "the answer of %s: %s", who, why);
}

static const char *text_of(const struct kds_json_want *want)
{
    return want->found ? (const char *)want->text.p : NULL;
}

/* Why the reply is not one of credentials, or NULL. */
static const char *objection(enum kds_reply_kind kind, const struct kds_json_want *wants)
{
    const struct kds_json_want *extra = &wants[EXTRA];
    if (kind == KDS_REPLY_PROCESS && (!extra->found || extra->integer != 1)) {
        return extra->found ? "Version is not 1" : "there is no Version";
    }
    if (kind == KDS_REPLY_IMDS && extra->found && !kds_slice_is(extra->text, "Success")) {
        return "Code is not Success";
    }
    if (!wants[ID].found || !wants[SECRET].found) {
        return "a part of the key is missing";
    }
    if (forms[kind].must_expire && !wants[EXPIRATION].found) {
        return "there is no expiration";
    }
    return NULL;
}

static kds_err_t take_json(enum kds_reply_kind kind,
                           const struct kds_json_want *wants,
                           struct kds_credentials *out,
                           kds_error_t **error)
{
    const struct kds_json_want *expiration = &wants[EXPIRATION];
    struct kds_credential_parts parts = {
        .access_key_id = text_of(&wants[ID]),
        .secret_access_key = text_of(&wants[SECRET]),
        .session_token = text_of(&wants[TOKEN]),
        .account_id = text_of(&wants[ACCOUNT]),
        .expires_at_ms = KDS_CREDENTIALS_FOREVER_MS,
    };
    const char *why = objection(kind, wants);
    if (why != NULL) {
        return wrong(error, forms[kind].who, why);
    }
    if (expiration->found && forms[kind].epoch_ms) {
        parts.expires_at_ms = expiration->integer;
    } else if (expiration->found &&
               !kds_parse_rfc3339_ms(expiration->text, &parts.expires_at_ms)) {
        return wrong(error, forms[kind].who, "the expiration is not an ISO 8601 time");
    }
    return kds_credentials_make(out, &parts, error);
}

static kds_err_t read_json(enum kds_reply_kind kind,
                           kds_slice_t bytes,
                           struct kds_arena *arena,
                           struct kds_credentials *out,
                           kds_error_t **error)
{
    const struct form *form = &forms[kind];
    struct kds_json_want wants[MEMBERS];
    memset(wants, 0, sizeof wants);
    for (size_t i = 0; i < MEMBERS; i++) {
        wants[i].name = form->names[i];
    }
    wants[EXPIRATION].is_integer = form->epoch_ms;
    wants[EXTRA].is_integer = form->extra_is_integer;
    const char *why = kds_json_pick(bytes, form->inside, wants, MEMBERS, arena);
    if (arena->err == KDS_ERR_NO_MEMORY) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return why != NULL ? wrong(error, form->who, why)
                       : take_json(kind, wants, out, error);
}

/* ---- STS ---------------------------------------------------------------------------------- */

/* The account in "arn:aws:sts::123456789012:assumed-role/..."; "" if there is none. */
static void account_of_arn(kds_slice_t arn, char out[KDS_ACCOUNT_ID_BYTES_MAX + 1])
{
    out[0] = 0;
    for (int colons = 0; colons < 4; colons++) {
        size_t at = kds_slice_find(arn, ':');
        if (at == arn.n) {
            return;
        }
        arn = kds_slice_of(arn.p + at + 1, arn.n - at - 1);
    }
    size_t n = kds_slice_find(arn, ':');
    if (n > 0 && n < arn.n && n <= KDS_ACCOUNT_ID_BYTES_MAX) {
        memcpy(out, arn.p, n);
        out[n] = 0;
    }
}

/* Indented answers have line breaks around the texts. */
static const char *trimmed(struct kds_arena *arena, kds_slice_t text)
{
    kds_slice_t copy = kds_arena_copy(arena, kds_slice_trim(text));
    bool whole = copy.p != NULL && memchr(copy.p, 0, copy.n) == NULL;
    return whole ? (const char *)copy.p : NULL;
}

static kds_err_t take_sts(const kds_sts_credentials_t *c,
                          const kds_sts_assumed_role_user_t *user,
                          struct kds_arena *arena,
                          struct kds_credentials *out,
                          kds_error_t **error)
{
    char account[KDS_ACCOUNT_ID_BYTES_MAX + 1] = "";
    if (c == NULL || c->expiration_ms == 0) {
        return wrong(error, "STS",
                     c == NULL ? "there are no credentials" : "there is no expiration");
    }
    if (user != NULL) {
        account_of_arn(kds_slice_trim(user->arn), account);
    }
    const struct kds_credential_parts parts = {
        .access_key_id = trimmed(arena, c->access_key_id),
        .secret_access_key = trimmed(arena, c->secret_access_key),
        .session_token = trimmed(arena, c->session_token),
        .account_id = account,
        .expires_at_ms = c->expiration_ms,
    };
    if (arena->err != KDS_OK) {
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    return kds_credentials_make(out, &parts, error);
}

/* An answer that is pretty-printed may have blanks within the texts that matter; they are cut. */
static kds_err_t read_sts(enum kds_reply_kind kind,
                          kds_slice_t bytes,
                          struct kds_arena *arena,
                          struct kds_credentials *out,
                          kds_error_t **error)
{
    const bool web = kind == KDS_REPLY_STS_WEB_IDENTITY;
    const struct kds_operation *op =
        &kds_sts_service.operations[web ? KDS_STS_OP_ASSUME_ROLE_WITH_WEB_IDENTITY
                                        : KDS_STS_OP_ASSUME_ROLE];
    union {
        kds_sts_assume_role_out_t role;
        kds_sts_assume_role_with_web_identity_out_t web;
    } value;
    kds_slice_t root;
    kds_error_t *why = NULL;
    if (!kds_xml_root(bytes, &root)) {
        return wrong(error, "STS", "not XML");
    }
    kds_err_t rc =
        kds_shape_decode(KDS_FORMAT_QUERY, op->output, bytes, &value, arena, &why);
    kds_error_free(why); /* it might quote what it did not understand */
    if (rc == KDS_ERR_NO_MEMORY) {
        return kds_error_set(error, rc, "out of memory");
    }
    if (rc != KDS_OK) {
        return wrong(error, "STS", "not the XML of credentials");
    }
    return web ? take_sts(value.web.credentials, value.web.assumed_role_user, arena, out,
                          error)
               : take_sts(value.role.credentials, value.role.assumed_role_user, arena,
                          out, error);
}

kds_err_t kds_reply_read(enum kds_reply_kind kind,
                         kds_slice_t bytes,
                         struct kds_credentials *out,
                         kds_error_t **error)
{
    struct kds_arena arena;
    kds_arena_init(&arena, REPLY_MEMORY_BYTES);
    kds_err_t rc = kind >= KDS_REPLY_STS_ASSUME_ROLE
                       ? read_sts(kind, bytes, &arena, out, error)
                       : read_json(kind, bytes, &arena, out, error);
    kds_arena_wipe(&arena);
    return rc;
}

void kds_reply_describe_refusal(int status,
                                const char *content_type,
                                const char *error_type,
                                kds_slice_t body,
                                char code[KDS_REPLY_CODE_BYTES],
                                char *out,
                                size_t size)
{
    struct kds_arena arena;
    kds_arena_init(&arena, REPLY_MEMORY_BYTES);
    struct kds_service_error e = kds_service_error_read(
        kds_slice(content_type[0] ? content_type : NULL),
        kds_slice(error_type[0] ? error_type : NULL), body, &arena);
    snprintf(code, KDS_REPLY_CODE_BYTES, "%.*s", (int)e.code.n,
             e.code.n ? (const char *)e.code.p : "");
    if (e.code.n == 0) {
        snprintf(out, size, "HTTP %d", status);
    } else {
        snprintf(out, size, "%s (HTTP %d)%s%.*s", code, status, e.message.n ? ": " : "",
                 e.message.n < 400 ? (int)e.message.n : 400,
                 e.message.n ? (const char *)e.message.p : "");
    }
    kds_arena_wipe(&arena);
}
