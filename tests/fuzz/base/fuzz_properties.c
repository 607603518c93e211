/*
 * fuzz_properties: property files, against a table with a setting of every type. What was accepted
 * shows as text that is accepted again.
 */
#include "base/conf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct settings {
    bool flag;
    int64_t number, duration, bytes;
    char *text, *secret;
    int choice;
};

#define AT(member) offsetof(struct settings, member)

/* clang-format off */
static const struct kds_conf_prop props[] = {
    {"flag", "flagOn", KDS_CONF_BOOL, AT(flag), 1, 0, 0, NULL, NULL, false, "A flag."},
    {"number", "theNumber", KDS_CONF_INT, AT(number), 5, -3, 70000, NULL, NULL, false, "A number."},
    {"time.ms", "timeMillis", KDS_CONF_DURATION, AT(duration), 100, 0, INT64_MAX, NULL, NULL, false, "A time."},
    {"size.bytes", NULL, KDS_CONF_SIZE, AT(bytes), 100, 0, INT64_MAX, NULL, NULL, false, "A size."},
    {"text", "text", KDS_CONF_STRING, AT(text), 0, 0, 0, "abc", NULL, false, "A text."},
    {"secret", NULL, KDS_CONF_SECRET, AT(secret), 0, 0, 0, NULL, NULL, false, "A secret."},
    {"choice", "choice", KDS_CONF_ENUM, AT(choice), 0, 0, 0, NULL, "one|two", false, "A choice."},
};
/* clang-format on */

static const struct kds_conf_table table = {"fuzz", props, sizeof props / sizeof props[0],
                                            NULL, 0};

static void check_shown(struct settings *s, const struct kds_conf_prop *prop)
{
    kds_slice_t name = {(const uint8_t *)prop->name, strlen(prop->name)};
    struct kds_buf shown;
    kds_buf_init(&shown, 4 * 1024 * 1024);
    if (kds_conf_get(&table, s, name, &shown, NULL) != KDS_OK) {
        abort();
    }
    if (prop->type != KDS_CONF_SECRET && prop->type != KDS_CONF_STRING &&
        kds_conf_set(&table, s, name, kds_buf_slice(&shown), NULL) != KDS_OK) {
        abort();
    }
    kds_buf_clear(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings s;
    kds_slice_t text = {data, size};
    memset(&s, 0, sizeof s);
    if (kds_conf_defaults(&table, &s) != KDS_OK) {
        abort();
    }
    kds_error_t *error = NULL;
    if (kds_conf_apply_properties(&table, &s, "fuzz.properties", text, &error) !=
        KDS_OK) {
        if (error == NULL || kds_error_message(error)[0] == 0) {
            abort();
        }
        kds_error_free(error);
    }
    for (size_t i = 0; i < table.count; i++) {
        check_shown(&s, &props[i]);
    }
    kds_conf_clear(&table, &s);
    return 0;
}
