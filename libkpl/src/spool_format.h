/*
 * spool_format: how records lie in a segment of the spool; docs/spool.md has the picture.
 *
 * A segment is one file of fixed size: a head, then records one behind the other, each aligned to
 * 8 bytes, then zeros. Numbers are in the machine's byte order: a spool belongs to one machine. Pure:
 * bytes in, values out. What is read is untrusted: it may be torn, cut or foreign.
 */
#ifndef KPL_SRC_SPOOL_FORMAT_H
#define KPL_SRC_SPOOL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/types.h"
#include "kpl/producer.h"

#define KPL_SPOOL_VERSION    1
#define KPL_SPOOL_HEAD_BYTES 64
#define KPL_SPOOL_ALIGN      8

enum kpl_spool_state {
    KPL_SPOOL_NOTHING = 0, /* behind the last record */
    KPL_SPOOL_LIVE = 1,    /* not acknowledged yet */
    KPL_SPOOL_DONE = 2     /* acknowledged */
};

/* The head of a record. What lies before `number` changes in place and is in no check sum. */
struct kpl_spool_entry {
    uint32_t state;  /* enum kpl_spool_state; written last */
    uint32_t crc;    /* CRC-32 from `number` to the end of the data */
    uint64_t tag;    /* of the process that put the record; means nothing to another */
    uint64_t number; /* counts all records of a spool */
    uint32_t bytes;  /* from one record to the next: head, texts, data, padding */
    uint32_t offset; /* of this head in its segment */
    uint32_t data_bytes;
    uint16_t stream_bytes; /* 0 = absent */
    uint16_t key_bytes;
    uint16_t hash_key_bytes; /* 0 = absent */
    uint16_t unused[3];
};

/** Bytes that a record takes in a segment; 0 if it cannot lie in any. */
size_t kpl_spool_entry_bytes(const kpl_record_t *record);

/** Write the head of a segment of @p bytes bytes. */
void kpl_spool_write_head(uint8_t *segment, size_t bytes, uint64_t number);

/** @return NULL if the head is good, else what is wrong with it */
const char *kpl_spool_check_head(const uint8_t *segment, size_t bytes, uint64_t *number);

/**
 * Write a record at @p offset, which has room for it. A reader that comes at any moment, after a
 * crash of this process as well, sees either all of it or nothing.
 */
void kpl_spool_write(uint8_t *segment,
                     size_t offset,
                     uint64_t number,
                     const kpl_record_t *record);

/** What lies at an offset. */
enum kpl_spool_found {
    KPL_SPOOL_FOUND,   /* a record */
    KPL_SPOOL_THE_END, /* zeros: nothing was written here */
    KPL_SPOOL_TORN     /* something that is no whole record */
};

/**
 * Look at what lies at @p offset.
 *
 * @param entry   Receives a copy of the head.
 * @param record  Receives the record, lent from the segment; its tag is as it was written.
 */
enum kpl_spool_found kpl_spool_read(const uint8_t *segment,
                                    size_t bytes,
                                    size_t offset,
                                    struct kpl_spool_entry *entry,
                                    kpl_record_t *record);

#endif /* KPL_SRC_SPOOL_FORMAT_H */
