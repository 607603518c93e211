/*
 * record_fault: a marked record's encryption type is one of these texts, by its address.
 */
#include "codec/record_fault.h"

static const struct {
    char text[12];
    const char *why;
} marks[] = {
    [KDS_RF_NONE] = {"", NULL},
    [KDS_RF_DATA] = {"UNREADABLE", "data is not base64"},
    [KDS_RF_TEXT] = {"UNREADABLE", "text is not UTF-8 or has a malformed escape"},
};

void kds_record_mark(kds_record_t *record, enum kds_record_fault fault)
{
    record->encryption_type = kds_slice(marks[fault].text);
}

const char *kds_record_fault(const kds_record_t *record)
{
    for (size_t i = 1; i < sizeof marks / sizeof marks[0]; i++) {
        if ((const char *)record->encryption_type.p == marks[i].text) {
            return marks[i].why;
        }
    }
    return NULL;
}
