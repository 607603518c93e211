/*
 * service_code: the table of the codes that have one of ours.
 */
#include "client/service_code.h"

#include "base/slice.h"

kds_err_t kds_err_of_service(int http_status, kds_slice_t code, enum kds_failure failure)
{
    static const struct {
        const char *code;
        kds_err_t err;
    } known[] = {
        {"DryRunOperationException", KDS_ERR_DRY_RUN},
        {"KMSThrottlingException", KDS_ERR_THROTTLED},
        {"KMSAccessDeniedException", KDS_ERR_ACCESS_DENIED},
        {"InvalidClientTokenId", KDS_ERR_ACCESS_DENIED},
        {"ExpiredToken", KDS_ERR_ACCESS_DENIED},
        {"SignatureDoesNotMatch", KDS_ERR_ACCESS_DENIED},
        {"RequestExpired", KDS_ERR_ACCESS_DENIED},
        {"RequestInTheFuture", KDS_ERR_ACCESS_DENIED},
        {"RequestTimeTooSkewed", KDS_ERR_ACCESS_DENIED},
        {"AuthFailure", KDS_ERR_ACCESS_DENIED},
        {"ResourceNotFoundException", KDS_ERR_NOT_FOUND},
        {"ResourceInUseException", KDS_ERR_IN_USE},
        {"ExpiredIteratorException", KDS_ERR_EXPIRED_ITERATOR},
        {"AccessDeniedException", KDS_ERR_ACCESS_DENIED},
        {"UnrecognizedClientException", KDS_ERR_ACCESS_DENIED},
        {"InvalidSignatureException", KDS_ERR_ACCESS_DENIED},
        {"MissingAuthenticationTokenException", KDS_ERR_ACCESS_DENIED},
        {"IncompleteSignatureException", KDS_ERR_ACCESS_DENIED},
        {"ExpiredTokenException", KDS_ERR_ACCESS_DENIED},
        {"InvalidArgumentException", KDS_ERR_REJECTED},
        {"ValidationException", KDS_ERR_REJECTED},
        {"SerializationException", KDS_ERR_REJECTED},
        {"ExpiredNextTokenException", KDS_ERR_REJECTED},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (kds_slice_is(code, known[i].code)) {
            return known[i].err;
        }
    }
    return failure == KDS_FAILURE_THROTTLING || http_status == 429 ? KDS_ERR_THROTTLED
                                                                   : KDS_ERR_SERVICE;
}
