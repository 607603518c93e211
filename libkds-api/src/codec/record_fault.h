/*
 * record_fault: the marks of kds/record.h.
 */
#ifndef KDS_CODEC_RECORD_FAULT_H
#define KDS_CODEC_RECORD_FAULT_H

#include "kds/record.h"

enum kds_record_fault { KDS_RF_NONE, KDS_RF_DATA, KDS_RF_TEXT };

/** Mark a record. */
void kds_record_mark(kds_record_t *record, enum kds_record_fault fault);

#endif /* KDS_CODEC_RECORD_FAULT_H */
