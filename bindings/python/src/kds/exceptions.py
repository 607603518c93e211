"""Errors of the services by their names, as `client.exceptions` of boto3 has them.

Those of Kinesis are written down; any other is made when it is first asked for or first comes, so that
`except kds.exceptions.ConditionalCheckFailedException` works as well.
"""
from __future__ import annotations

from kds._errors import ServiceError, register, service_class


class AccessDeniedException(ServiceError):
    """The caller may not do this."""


class ExpiredIteratorException(ServiceError):
    """A shard iterator lives five minutes."""


class ExpiredNextTokenException(ServiceError):
    """A page's token lives five minutes."""


class InternalFailureException(ServiceError):
    """The service failed."""


class InvalidArgumentException(ServiceError):
    """An argument is outside what is allowed."""


class KMSAccessDeniedException(ServiceError):
    """The caller may not use the key."""


class KMSDisabledException(ServiceError):
    """The key is disabled."""


class KMSInvalidStateException(ServiceError):
    """The key is not in a state in which it can be used."""


class KMSNotFoundException(ServiceError):
    """There is no such key."""


class KMSOptInRequired(ServiceError):
    """The account has not opted in to KMS."""


class KMSThrottlingException(ServiceError):
    """KMS throttled."""


class LimitExceededException(ServiceError):
    """A limit of the account or of calls per second."""


class ProvisionedThroughputExceededException(ServiceError):
    """A shard takes or gives no more for now."""


class ResourceInUseException(ServiceError):
    """The resource is not in a state for this."""


class ResourceNotFoundException(ServiceError):
    """There is no such resource."""


class ValidationException(ServiceError):
    """The request is malformed."""


register(*[value for value in list(globals().values())
           if isinstance(value, type) and issubclass(value, ServiceError) and value is not ServiceError])

ClientError = ServiceError
"""botocore's name for all of them."""


def __getattr__(name: str) -> type[ServiceError]:
    if name.startswith("_"):
        raise AttributeError(name)
    return service_class(name)
