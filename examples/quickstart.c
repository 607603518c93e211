#include <kpl/kpl.h>
#include <stdio.h>

int main(void)
{
    kpl_record_t record = {.struct_size = sizeof record, .stream = kds_slice("demo")};
    kpl_stats_t stats = {.struct_size = sizeof stats};
    kpl_conf_t *conf = kpl_conf_new();
    kpl_producer_t *producer = NULL;
    kds_error_t *error = NULL;

    if (kpl_producer_new(conf, NULL, NULL, &producer, &error) == KDS_OK) {
        record.partition_key = kds_slice("user-17");
        record.data = kds_slice("hello, stream");
        kpl_put(producer, &record, -1, &error);
        kpl_close(producer, -1, NULL); /* waits until each record has its outcome */
        kpl_producer_stats(producer, &stats);
        kpl_producer_free(producer);
    }
    printf("%d stored %s\n", (int)stats.user_records_succeeded,
           error ? kds_error_message(error) : "");
    kds_error_free(error);
    kpl_conf_free(conf);
    return stats.user_records_succeeded == 1 ? 0 : 1;
}
