/*
 * program: calls each of the three libraries as an application would; compiled as C11 and C++17.
 */
#include <kcl/kcl.h>
#include <kds/kds.h>
#include <kpl/kpl.h>

#include <stdio.h>

int main(void)
{
    kpl_conf_t *producing = kpl_conf_new();
    kcl_conf_t *consuming = kcl_conf_new();
    kds_error_t *error = NULL;
    int status = 1;

    if (kds_version() == KDS_VERSION_HEX && producing != NULL && consuming != NULL &&
        kpl_conf_set(producing, "RecordMaxBufferedTime", "50ms", NULL) == KDS_OK &&
        kcl_conf_set(consuming, "no.such.setting", "1", &error) == KDS_ERR_CONFIG) {
        printf("%s: %s\n", kds_version_text(), kds_error_message(error));
        status = 0;
    }
    kds_error_free(error);
    kcl_conf_free(consuming);
    kpl_conf_free(producing);
    return status;
}
