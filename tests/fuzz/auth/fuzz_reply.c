/*
 * fuzz_reply: what endpoints, processes, services and caches answer. The first byte chooses the form.
 *
 * Whatever is taken can stand in a header.
 */
#include "auth/reply.h"
#include "auth/sso_cache.h"
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    for (; text != NULL && *text != 0; text++) {
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7F) {
            abort();
        }
    }
}

static void check_credentials(struct kds_credentials *c)
{
    if (c->access_key_id[0] == 0 || c->secret_access_key[0] == 0) {
        abort();
    }
    check_text(c->access_key_id);
    check_text(c->secret_access_key);
    check_text(c->session_token);
    check_text(c->account_id);
    kds_credentials_clear(c);
}

static void check_token(kds_slice_t bytes)
{
    struct kds_sso_token token;
    struct kds_arena arena;
    kds_arena_init(&arena, 512 * 1024);
    if (kds_sso_token_parse(bytes, &token, &arena) == NULL &&
        (token.access_token.n == 0 ||
         memchr(token.access_token.p, 0, token.access_token.n) != NULL)) {
        abort();
    }
    kds_arena_wipe(&arena);
}

static void check_refusal(kds_slice_t bytes)
{
    static const char *const types[] = {"", "application/json", "text/xml"};
    char code[KDS_REPLY_CODE_BYTES], line[512];
    for (size_t i = 0; i < 3; i++) {
        kds_reply_describe_refusal(400, types[i], "", bytes, code, line, sizeof line);
        if (strlen(code) >= sizeof code || line[0] == 0) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned kinds = KDS_REPLY_STS_WEB_IDENTITY + 1;
    struct kds_credentials c;
    if (size == 0) {
        return 0;
    }
    kds_slice_t bytes = kds_slice_of(data + 1, size - 1);
    unsigned form = data[0] % (kinds + 2);
    if (form == kinds) {
        check_token(bytes);
    } else if (form == kinds + 1) {
        check_refusal(bytes);
    } else if (kds_reply_read((enum kds_reply_kind)form, bytes, &c, NULL) == KDS_OK) {
        check_credentials(&c);
    }
    return 0;
}
