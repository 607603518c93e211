/*
 * shape: what a value of the service's model looks like, as a table, and the one walker that
 * encodes, decodes and validates any of them, in JSON and in CBOR, in both directions.
 *
 * Pure: bytes in, values out. Knows no operation, no HTTP, no clock. The tables are generated from
 * src/model/ (see model/operations.h).
 * Wire formats: docs/wire/api.md
 */
#ifndef KDS_CODEC_SHAPE_H
#define KDS_CODEC_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/internal.h"
#include "kds/error.h"
#include "kds/types.h"

enum kds_format {
    KDS_FORMAT_JSON,
    KDS_FORMAT_CBOR,
    KDS_FORMAT_QUERY /* a form out, XML in */
};

#define KDS_DEPTH_MAX 32 /* nesting of anything that is read */

/* How a C member holds its value. */
enum kds_kind {
    KDS_K_STRING, /* kds_slice_t; absent = NULL p */
    KDS_K_BLOB,   /* kds_slice_t; base64 in JSON, bytes in CBOR */
    KDS_K_INT64,  /* int64_t, and a bool has_<member> unless required */
    KDS_K_DOUBLE, /* double, and has_<member> unless required */
    KDS_K_BOOL,   /* bool, and has_<member> unless required */
    KDS_K_TIMESTAMP, /* int64_t in ms since 1970, and has_<member> unless required; JSON: seconds
                        with up to 3 decimals; CBOR: tag 1 and integer ms */
    KDS_K_STRUCT, /* required: embedded struct; optional: pointer, NULL = absent */
    KDS_K_LIST, /* pointer to the first element and size_t <member>_count; an absent list has
                        a NULL pointer, an empty one does not */
    KDS_K_MAP /* as LIST, of structs of two members: the key, a string, and the value */
};

enum {
    KDS_F_REQUIRED = 1 << 0,
    KDS_F_SECRET = 1 << 1, /* never shown in errors */
    KDS_F_ROUTE = 1 << 2,  /* an ARN by which the request finds its host */
    /* Lists that codec/records.h knows. Without the mark they are walked as all others are. */
    KDS_F_RECORDS = 1 << 3, /* of kds_record_t: read by hand */
    KDS_F_ENTRIES = 1 << 4  /* of kds_put_records_request_entry_t: written by hand */
};

/* Character rules that the model writes as a regular expression. */
enum kds_pattern {
    KDS_P_ANY,
    KDS_P_NAME,     /* [a-zA-Z0-9_.-]+ */
    KDS_P_HASH_KEY, /* 0|[1-9][0-9]{0,38}, and at most 2^128-1 */
    KDS_P_SEQUENCE, /* 0|[1-9][0-9]{0,128} */
    KDS_P_ARN       /* starts with "arn:", no control character or blank */
};

#define KDS_NO_OFFSET UINT16_MAX

struct kds_shape;

struct kds_field {
    kds_slice_t wire;     /* member name on the wire */
    uint8_t kind;         /* enum kds_kind */
    uint8_t element_kind; /* of a LIST: STRING, BLOB, DOUBLE or STRUCT */
    uint8_t pattern;      /* enum kds_pattern, of a STRING or of the elements */
    uint8_t flags;        /* KDS_F_* */
    uint8_t place;        /* enum kds_place */
    uint16_t offset;      /* of the C member */
    uint16_t has_offset;  /* of has_<member> or <member>_count; KDS_NO_OFFSET = none */
    const struct kds_shape *shape; /* of a STRUCT, of a LIST's or MAP's elements */
    int64_t min,
        max; /* STRING: code points; BLOB: bytes; LIST, MAP: count; INT64: value */
};

/* Where a member of an input travels. */
enum kds_place { KDS_AT_BODY, KDS_AT_QUERY, KDS_AT_HEADER };

struct kds_shape {
    const char *name;
    uint32_t size; /* of the C struct */
    uint16_t field_count;
    bool sized; /* an operation's input: its first member is size_t struct_size */
    bool bare;  /* on the wire it is its only member, a LIST or MAP */
    const struct kds_field *fields; /* in the order in which they are written */
};

/**
 * Check what we are about to send: required members, lengths, ranges, patterns.
 * @retval KDS_ERR_INVALID_ARG, KDS_ERR_TOO_LARGE  the message names member, value and limit, as
 *         in `PutRecords.Records[3].PartitionKey: 0 characters, must be 1..256`. One message.
 */
KDS_INTERNAL kds_err_t kds_shape_validate(const struct kds_shape *shape,
                                          const void *value,
                                          kds_error_t **error);

/**
 * Append @p value to @p out. Absent members are left out. CBOR maps and lists are definite.
 * @return out->err.
 */
KDS_INTERNAL kds_err_t kds_shape_encode(enum kds_format format,
                                        const struct kds_shape *shape,
                                        const void *value,
                                        struct kds_buf *out);

struct kds_writer;

/** Write @p value as one value of a larger one. */
KDS_INTERNAL void
kds_shape_write(struct kds_writer *w, const struct kds_shape *shape, const void *value);

/**
 * Read one value and nothing behind it (white space aside).
 *
 * Any order of members; unknown ones are skipped, null is absent, the constraints of the model
 * are not applied. Empty input is `{}`. A member that stands twice, a wrong type, invalid UTF-8,
 * bad base64, nesting beyond KDS_DEPTH_MAX or an integer beyond int64 is an error.
 *
 * @param bytes  (lent until @p arena is cleared) Blobs in CBOR point into it; text is copied, so
 *               that it ends in NUL.
 * @param value  (borrowed) shape->size bytes, zeroed first; undefined after an error.
 * @param arena  Takes lists, structs, text and decoded base64.
 * @retval KDS_ERR_PROTOCOL, KDS_ERR_NO_MEMORY, KDS_ERR_TOO_LARGE
 */
KDS_INTERNAL kds_err_t kds_shape_decode(enum kds_format format,
                                        const struct kds_shape *shape,
                                        kds_slice_t bytes,
                                        void *value,
                                        struct kds_arena *arena,
                                        kds_error_t **error);

#endif /* KDS_CODEC_SHAPE_H */
