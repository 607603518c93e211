"""Exceptions: one tree, with the code of the C library, and the service's own words where it spoke."""
from __future__ import annotations

import threading
from enum import IntEnum
from typing import Any

from kds import _abi

ErrorCode = IntEnum("ErrorCode", {"OK": 0, **{name: code for code, name in _abi.ERRORS.items()}})  # type: ignore[misc]
"""The codes of the C library (KDS_ERR_...)."""

PERSISTED = {_abi.KDS_PERSISTED_NO: "no", _abi.KDS_PERSISTED_MAYBE: "maybe", _abi.KDS_PERSISTED_YES: "yes"}


class KdsError(Exception):
    """Base of all errors of this package.

    code         an ErrorCode, or a plain int that this release does not know
    message      one line for a person
    persisted    "no", "maybe" or "yes": whether the failed call may have had an effect
    retryable    whether the same call may succeed later without a change
    operation    the operation of the service, if one was called
    request_id   the service's request id, "" if there was none
    http_status  of the last attempt, 0 if no answer came
    attempts     how many were made
    """

    def __init__(self, message: str, *, code: int = 0, persisted: str = "no", retryable: bool = False,
                 operation: str = "", service_code: str = "", request_id: str = "", http_status: int = 0,
                 attempts: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = known_code(code)
        self.persisted = persisted
        self.retryable = retryable
        self.operation = operation
        self.service_code = service_code
        self.request_id = request_id
        self.http_status = http_status
        self.attempts = attempts

    def __reduce__(self) -> Any:
        return _revive, (type(self), self.message, self.__dict__)


def _revive(kind: type[KdsError], message: str, state: dict[str, Any]) -> KdsError:
    error = kind.__new__(kind)
    error.args = (message,)
    error.__dict__.update(state)
    return error


class ConfigError(KdsError, ValueError):
    """A setting or argument is unknown, malformed, missing or out of range."""


class ClosedError(KdsError, RuntimeError):
    """The handle is closed."""


class ForkedError(KdsError, RuntimeError):
    """The handle was created by a parent of this process; create it after the fork."""


class BufferFullError(KdsError, BufferError):
    """The producer holds as much as it may."""


class TimedOut(KdsError, TimeoutError):
    """It did not end in time."""


class Cancelled(KdsError):
    """It was given up because its handle was closed."""


class TransportError(KdsError, ConnectionError):
    """No usable answer came: the connection, TLS or what came over it failed."""


class CredentialsError(KdsError):
    """No usable credentials."""


class CorruptError(KdsError, ValueError):
    """The data is corrupt."""


class DeliveryError(KdsError):
    """A record is not in the stream, or may not be; `persisted` says which.

    record  the kds.UndeliveredRecord: key, data, explicit hash key and stream, to put it elsewhere
    """

    record: Any = None


class RecordTooLarge(DeliveryError, ValueError):
    """The record is larger than it may be."""


class RecordExpired(DeliveryError, TimeoutError):
    """The record's time to live ran out."""


class RecordThrottled(DeliveryError):
    """The stream took no more."""


class LeaseError(KdsError):
    """The lease store, or a lease in it."""


class LeaseLost(LeaseError):
    """The lease is held by another worker; nothing was persisted."""


class CheckpointRejected(LeaseError, ValueError):
    """The checkpoint is outside what was delivered, or before one that was made."""


class ProcessorError(KdsError):
    """A record processor raised; its exception is the cause."""


class ServiceError(KdsError):
    """The service refused. `response` is as botocore's: ["Error"]["Code"], ["Error"]["Message"]."""

    @property
    def response(self) -> dict[str, Any]:
        return {"Error": {"Code": self.service_code, "Message": self.message},
                "ResponseMetadata": {"RequestId": self.request_id, "HTTPStatusCode": self.http_status,
                                     "RetryAttempts": max(0, self.attempts - 1)}}

    @property
    def operation_name(self) -> str:
        return self.operation


_CLASSES: dict[str, type[KdsError]] = {
    "INVALID_ARG": ConfigError, "TOO_LARGE": ConfigError, "CONFIG": ConfigError, "CLOSED": ClosedError,
    "FORKED": ForkedError, "WOULD_DEADLOCK": KdsError, "STATE": KdsError, "NO_MEMORY": KdsError,
    "SYSTEM": KdsError, "QUEUE_FULL": BufferFullError, "TIMED_OUT": TimedOut, "CANCELLED": Cancelled,
    "TRANSPORT": TransportError, "TLS": TransportError, "PROTOCOL": TransportError,
    "CREDENTIALS": CredentialsError, "SERVICE": ServiceError, "THROTTLED": ServiceError,
    "NOT_FOUND": ServiceError, "ACCESS_DENIED": ServiceError, "REJECTED": ServiceError,
    "IN_USE": ServiceError, "EXPIRED_ITERATOR": ServiceError, "DRY_RUN": ServiceError,
    "CORRUPT": CorruptError, "RECORD_EXPIRED": RecordExpired, "WRONG_SHARD": DeliveryError,
    "LEASE_LOST": LeaseLost, "CHECKPOINT_RANGE": CheckpointRejected, "STORE": LeaseError,
    "STORE_BUSY": LeaseError, "STORE_CORRUPT": LeaseError, "PROCESSOR": ProcessorError,
}

# Of an outcome the same codes mean that a record failed.
_DELIVERY_CLASSES: dict[str, type[DeliveryError]] = {
    "TOO_LARGE": RecordTooLarge, "RECORD_EXPIRED": RecordExpired, "THROTTLED": RecordThrottled,
}

_SERVICE_CLASSES_MAX = 256  # a name that a server makes up costs memory for good
_service_classes: dict[str, type[ServiceError]] = {}
_service_lock = threading.Lock()


def known_code(code: int) -> int:
    """As an ErrorCode, where this release knows it."""
    try:
        return ErrorCode(code)
    except ValueError:
        return code


def class_of(code: int, delivery: bool = False) -> type[KdsError]:
    """The class for a code of the C library; one that is not known is a KdsError."""
    name = _abi.ERRORS.get(code, "")
    if delivery:
        return _DELIVERY_CLASSES.get(name, DeliveryError)
    return _CLASSES.get(name, KdsError)


def service_class(name: str) -> type[ServiceError]:
    """The class for a service's error, called as botocore calls it."""
    known = _service_classes.get(name)
    if known is not None:
        return known
    with _service_lock:
        if name not in _service_classes and name.isidentifier():
            if len(_service_classes) >= _SERVICE_CLASSES_MAX:
                return ServiceError
            _service_classes[name] = type(name, (ServiceError,), {"__module__": "kds.exceptions",
                                                                  "__doc__": "The service's error of this name."})
        return _service_classes.get(name, ServiceError)


def register(*classes: type[ServiceError]) -> None:
    """Classes that are written down, for the errors of their names."""
    for kind in classes:
        _service_classes[kind.__name__] = kind


def make(code: int, message: str, **details: Any) -> KdsError:
    """The exception for a code."""
    kind = class_of(code)
    if kind is ServiceError and details.get("service_code"):
        kind = service_class(details["service_code"])
    return kind(message, code=code, **details)
