/*
 * version: which release was compiled against, and which one is loaded.
 */
#ifndef KDS_VERSION_H
#define KDS_VERSION_H

#include "kds/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KDS_VERSION_MAJOR 0
#define KDS_VERSION_MINOR 1
#define KDS_VERSION_PATCH 0

/** 0xMMmmpp of the headers, to compare with kds_version(). */
#define KDS_VERSION_HEX                                                                  \
    ((KDS_VERSION_MAJOR << 16) | (KDS_VERSION_MINOR << 8) | KDS_VERSION_PATCH)

/**
 * The release of the loaded library as 0xMMmmpp.
 *
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API unsigned kds_version(void);

/**
 * The release of the loaded library as text, for example "0.1.0".
 *
 * @return (lent for ever)
 * Any thread. Does not block. Cannot fail.
 * @since 0.1
 */
KDS_API const char *kds_version_text(void);

#ifdef __cplusplus
}
#endif

#endif /* KDS_VERSION_H */
