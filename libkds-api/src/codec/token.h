/*
 * token: one way to read and to write values, whatever the format.
 *
 * A reader walks over bytes and gives one value after the other; a writer takes one after the
 * other. JSON and CBOR each fill in a table of functions (json.h, cbor.h), so that whoever walks a
 * value is written once. Errors are sticky: read on, look at `err` at the end; every read after an
 * error gives nothing. Not thread-safe; no memory of its own but the arena's.
 */
#ifndef KDS_CODEC_TOKEN_H
#define KDS_CODEC_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/internal.h"
#include "codec/shape.h"
#include "kds/error.h"
#include "kds/types.h"

/* ---- reading ------------------------------------------------------------------------------ */

enum kds_token {
    KDS_T_NONE, /* nothing can be read here */
    KDS_T_NULL,
    KDS_T_BOOL,
    KDS_T_NUMBER,
    KDS_T_TEXT,
    KDS_T_BYTES, /* CBOR only; blobs are TEXT in JSON */
    KDS_T_LIST,
    KDS_T_MAP
};

struct kds_level {
    bool is_map;
    bool started;       /* JSON: an element was read, so a comma or the end must follow */
    bool indefinite;    /* CBOR: ends with a break */
    uint64_t remaining; /* CBOR, definite: elements or pairs still to come */
};

struct kds_reader;

struct kds_reader_ops {
    enum kds_token (*peek)(struct kds_reader *r);
    void (*null)(struct kds_reader *r);
    bool (*boolean)(struct kds_reader *r);
    /* Whether this is what comes. XML does not tell, and takes the reader's word for it. */
    bool (*is)(struct kds_reader *r, enum kds_token wanted);
    int64_t (*integer)(struct kds_reader *r);      /* exactly int64 */
    double (*real)(struct kds_reader *r);          /* finite */
    int64_t (*timestamp_ms)(struct kds_reader *r); /* since 1970 */
    kds_slice_t (*text)(struct kds_reader *r); /* UTF-8, in the arena, NUL behind it */
    kds_slice_t (*blob)(struct kds_reader *r);
    /* The text or blob that comes, as it stands, whatever it holds. NULL in XML. */
    kds_slice_t (*raw)(struct kds_reader *r, bool blob);
    void (*enter)(struct kds_reader *r); /* the list or map that peek() sees */
    bool (*next)(
        struct kds_reader *r); /* another element or key follows; false: left again */
    kds_slice_t (*key)(struct kds_reader *r);
    void (*skip_scalar)(struct kds_reader *r); /* anything but a list or map, checked */
};

struct kds_reader {
    const struct kds_reader_ops *ops;
    const uint8_t *start, *p, *end;
    struct kds_arena *arena;
    kds_err_t err;   /* sticky */
    const char *why; /* what was wrong, for a message; NULL while err is KDS_OK */
    bool wants_map;  /* XML: what `is` was asked last */
    unsigned depth;
    struct kds_level levels[KDS_DEPTH_MAX];
};

/** The `is` of formats that tell what comes. */
KDS_INTERNAL bool kds_reader_is(struct kds_reader *r, enum kds_token wanted);

/** @param bytes (lent while reading) @param arena (borrowed) may be NULL for kds_reader_skip(). */
KDS_INTERNAL void kds_reader_init(struct kds_reader *r,
                                  enum kds_format format,
                                  kds_slice_t bytes,
                                  struct kds_arena *arena);

/** Note the first error and stop. @param why (lent for ever) */
KDS_INTERNAL void kds_reader_fail(struct kds_reader *r, const char *why);

/** Go one level down. Fails beyond KDS_DEPTH_MAX. */
KDS_INTERNAL struct kds_level *kds_reader_push(struct kds_reader *r, bool is_map);

/** Skip one value of any kind, checking its syntax. Iterative. */
KDS_INTERNAL void kds_reader_skip(struct kds_reader *r);

/** @p text must be UTF-8; copied into the arena with a NUL behind it. */
KDS_INTERNAL kds_slice_t kds_reader_keep_text(struct kds_reader *r, kds_slice_t text);

/* ---- writing ------------------------------------------------------------------------------ */

struct kds_writer;

struct kds_writer_ops {
    void (*map)(struct kds_writer *w, size_t pairs);
    void (*key)(struct kds_writer *w, kds_slice_t key); /* plain ASCII, needs no escape */
    void (*map_end)(struct kds_writer *w);
    void (*list)(struct kds_writer *w, size_t elements);
    void (*list_end)(struct kds_writer *w);
    void (*text)(struct kds_writer *w, kds_slice_t text);
    void (*blob)(struct kds_writer *w, kds_slice_t bytes);
    void (*integer)(struct kds_writer *w, int64_t v);
    void (*real)(struct kds_writer *w, double v); /* finite */
    void (*boolean)(struct kds_writer *w, bool v);
    void (*timestamp_ms)(struct kds_writer *w, int64_t ms);
};

/* Query: a level of the value, and the name that its members begin with. */
struct kds_prefix {
    bool is_list;
    uint16_t length;  /* of the name */
    uint32_t element; /* of a list, the last one; counts from 1 */
};

#define KDS_QUERY_NAME_MAX 512

struct kds_writer {
    const struct kds_writer_ops *ops;
    struct kds_buf *out; /* carries the error */
    bool comma;          /* JSON, query: a value stands before the next one */

    /* Query only. */
    unsigned depth;
    struct kds_prefix levels[KDS_DEPTH_MAX];
    char name[KDS_QUERY_NAME_MAX]; /* of the value that comes next */
};

/** @param out (borrowed) appended to. */
KDS_INTERNAL void
kds_writer_init(struct kds_writer *w, enum kds_format format, struct kds_buf *out);

#endif /* KDS_CODEC_TOKEN_H */
