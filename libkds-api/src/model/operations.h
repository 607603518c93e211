/*
 * operations: the services and their operations as tables: name, input shape, output shape.
 *
 * Generated tables (NAME_tables.c) behind a written door. The client encodes inputs and decodes
 * outputs with them, the local server the other way round.
 */
#ifndef KDS_MODEL_OPERATIONS_H
#define KDS_MODEL_OPERATIONS_H

#include "base/internal.h"
#include "codec/shape.h"
#include "model/kinesis_operations.h"

/** Which of an account's hosts serves an operation (endpoint rules). */
enum kds_plane { KDS_PLANE_NONE, KDS_PLANE_DATA, KDS_PLANE_CONTROL };

struct kds_operation {
    const struct kds_service *service;
    const char *name;               /* "PutRecords" */
    const struct kds_shape *input;  /* members that decide the host carry KDS_F_ROUTE */
    const struct kds_shape *output; /* may have no member; of a stream: one event */
    enum kds_plane plane;
    const char *method, *path; /* "POST", "/" */
    bool idempotent;           /* a repeat after an unknown end changes nothing more */
    bool streamed;             /* answered by an event stream */
    bool unsigned_;            /* sent without a signature */
};

/** A service: what its operations share. Texts are NULL where they do not apply. */
struct kds_service {
    const char *name;         /* "kinesis", of our own */
    const char *signing_name; /* in the scope of a signature */
    const char *host_prefix;  /* "kinesis": the first label of the host */
    const char *environment;  /* "KINESIS": AWS_ENDPOINT_URL_KINESIS */
    const char *config_key;   /* in a profile's [services] section */
    const char
        *target_prefix;    /* "Kinesis_20131202.": X-Amz-Target is this and the name */
    const char *json_type; /* content type of JSON */
    const char *cbor_type; /* content type of CBOR */
    const char *query_version; /* it takes forms, of this version */
    const struct kds_operation *operations;
    size_t operation_count;
    const struct kds_shape *const *errors; /* those that say more than a message */
    size_t error_count;
};

/* Generated: NAME_tables.c. */
extern const struct kds_service kds_kinesis_service;
extern const struct kds_service kds_dynamodb_service;
extern const struct kds_service kds_cloudwatch_service;
extern const struct kds_service kds_sts_service;
extern const struct kds_service kds_sso_service;
extern const struct kds_service kds_sso_oidc_service;

/** By its number in kds/client.h. (lent for ever) NULL if there is none. */
KDS_INTERNAL const struct kds_service *kds_service_at(int id);

/** By its name on the wire. (lent for ever) NULL if there is none. */
KDS_INTERNAL const struct kds_operation *
kds_service_operation(const struct kds_service *service, kds_slice_t name);

/** One of Kinesis. (lent for ever) */
KDS_INTERNAL const struct kds_operation *kds_operation_at(enum kds_operation_id id);
/** One of Kinesis by its name on the wire. (lent for ever) NULL if there is none. */
KDS_INTERNAL const struct kds_operation *kds_operation_by_name(kds_slice_t name);

#endif /* KDS_MODEL_OPERATIONS_H */
