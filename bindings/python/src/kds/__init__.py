"""Kinesis Data Streams: producer, consumer and API over the C libraries libkpl, libkcl and libkds-api."""
from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

from kds import _library, _logging, _native, exceptions
from kds._errors import (BufferFullError, Cancelled, CheckpointRejected, ClosedError, ConfigError, CorruptError,
                         CredentialsError, DeliveryError, ErrorCode, ForkedError, KdsError, LeaseError, LeaseLost,
                         ProcessorError, RecordExpired, RecordThrottled, RecordTooLarge, ServiceError, TimedOut,
                         TransportError)
from kds._version import VERSION

if TYPE_CHECKING:
    from kds._read import read
    from kds._records import Batch, Position, Record
    from kds._aggregate import AggregateEntry, Aggregator, UserRecord, aggregate, deaggregate, shard_for
    from kds.clients import Client
    from kds.consumer import Consumer, ShardEvent
    from kds.processor import Checkpointer, Processor, Runner, Shard, run
    from kds.producer import Delivery, Producer, Stored, UndeliveredRecord

__version__ = VERSION

# Read when they are first asked for, so that `import kds` stays quick.
_LAZY = {
    "kds._read": ("read",),
    "kds._records": ("Batch", "Position", "Record"),
    "kds._aggregate": ("AggregateEntry", "Aggregator", "UserRecord", "aggregate", "deaggregate", "shard_for"),
    "kds.clients": ("Client",),
    "kds.consumer": ("Consumer", "ShardEvent"),
    "kds.processor": ("Checkpointer", "Processor", "Runner", "Shard", "run"),
    "kds.producer": ("Delivery", "Producer", "Stored", "UndeliveredRecord"),
}
_MODULES = ("aio", "clients", "kclpy", "testing", "types")

__all__ = [
    "AggregateEntry", "Aggregator", "Batch", "BufferFullError", "Cancelled", "CheckpointRejected", "Checkpointer",
    "Client", "ClosedError", "ConfigError", "Consumer", "CorruptError", "CredentialsError", "Delivery",
    "DeliveryError", "ErrorCode", "ForkedError", "KdsError", "LeaseError", "LeaseLost", "Position", "Processor",
    "ProcessorError", "Producer", "Record", "RecordExpired", "RecordThrottled", "RecordTooLarge", "Runner",
    "ServiceError", "Shard", "ShardEvent", "Stored", "TimedOut", "TransportError", "UndeliveredRecord",
    "UserRecord", "aggregate", "deaggregate", "exceptions", "libversion", "read", "run", "shard_for",
]


def libversion() -> tuple[str, int]:
    """The release of the loaded C library: as text, and as 0xMMmmpp."""
    return _library.version()


def __getattr__(name: str) -> Any:
    import importlib
    if name in _MODULES:
        return importlib.import_module("kds." + name)
    for module, names in _LAZY.items():
        if name in names:
            value = globals()[name] = getattr(importlib.import_module(module), name)
            return value
    raise AttributeError("module 'kds' has no attribute %r" % name)


def _at_exit() -> None:
    _native.close_all()
    _logging.stop()


atexit.register(_at_exit)
