"""Kinesis Data Streams: producer, consumer and API over the C libraries libkpl, libkcl and libkds-api."""
from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

from kds import _library, _logging, _native, exceptions
from kds._errors import (BufferFullError, Cancelled, CheckpointRejected, ClosedError, ConfigError, CorruptError,
                         CredentialsError, DeliveryError, ErrorCode, ForkedError, KdsError, LeaseError, LeaseLost,
                         ProcessorError, RecordExpired, RecordThrottled, RecordTooLarge, ServiceError, TimedOut,
                         TransportError)

if TYPE_CHECKING:
    from kds.clients import Client

__version__ = "0.1.0"

__all__ = [
    "BufferFullError", "Cancelled", "CheckpointRejected", "Client", "ClosedError", "ConfigError", "CorruptError",
    "CredentialsError", "DeliveryError", "ErrorCode", "ForkedError", "KdsError", "LeaseError", "LeaseLost",
    "ProcessorError", "RecordExpired", "RecordThrottled", "RecordTooLarge", "ServiceError", "TimedOut",
    "TransportError", "exceptions", "libversion",
]

# Read when they are first asked for, so that `import kds` stays quick.
_LAZY = {"Client": "kds.clients", "Producer": "kds.producer", "Delivery": "kds.producer", "Record": "kds.producer",
         "Stored": "kds.producer"}


def libversion() -> tuple[str, int]:
    """The release of the loaded C library: as text, and as 0xMMmmpp."""
    return _library.version()


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError("module 'kds' has no attribute %r" % name)
    import importlib
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def _at_exit() -> None:
    _native.close_all()
    _logging.stop()


atexit.register(_at_exit)
