/*
 * version: the release that the library was built as.
 */
#include "kds/version.h"

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

unsigned kds_version(void)
{
    return KDS_VERSION_HEX;
}

const char *kds_version_text(void)
{
    return TEXT(KDS_VERSION_MAJOR) "." TEXT(KDS_VERSION_MINOR) "." TEXT(
        KDS_VERSION_PATCH);
}
