/*
 * fuzz_profile: shared files of any bytes. The first byte cuts the rest into the two files.
 */
#include "auth/profile.h"
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *value)
{
    if (value != NULL && (value[0] == 0 || strlen(value) > KDS_PROFILE_FILE_BYTES_MAX)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kds_profiles *p;
    size_t cut = size > 0 ? (size - 1) * data[0] / 255 : 0;
    const uint8_t *text = size > 0 ? data + 1 : data;
    size_t n = size > 0 ? size - 1 : 0;
    if (kds_profiles_parse(kds_slice_of(text, cut), kds_slice_of(text + cut, n - cut), &p,
                           NULL) != KDS_OK) {
        return 0;
    }
    check(kds_profile_get(p, KDS_SECTION_PROFILE, "default", "region"));
    check(kds_profile_get(p, KDS_SECTION_PROFILE, "a", "role_arn"));
    check(kds_profile_get(p, KDS_SECTION_SSO_SESSION, "a", "sso_region"));
    check(
        kds_profile_get_nested(p, KDS_SECTION_SERVICES, "a", "kinesis", "endpoint_url"));
    for (int file = 0; file < 2; file++) {
        check(kds_profiles_problem(p, (enum kds_profile_file)file));
        check(kds_profile_get_from(p, (enum kds_profile_file)file, "default", "region"));
    }
    kds_profiles_free(p);
    return 0;
}
