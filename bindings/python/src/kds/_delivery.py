"""What becomes of records that were put: outcomes, and futures for those who want to wait for one."""
from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

from kds._errors import PERSISTED, DeliveryError, class_of

if TYPE_CHECKING:
    from kds.producer import Producer

# kpl_outcome_t
_ROW = struct.Struct("=QQqqii10I")


class Stored(NamedTuple):
    """Where a record lies."""

    shard_id: str
    sequence_number: str
    subsequence_number: Optional[int]
    """Its place in the aggregate; None: it is alone in its Kinesis record."""
    attempts: int
    """How often it was sent."""
    latency_ms: float
    """From the put until it was stored."""


class UndeliveredRecord(NamedTuple):
    """A record that was put and is not in the stream, or may not be."""

    key: Optional[str]
    data: bytes
    explicit_hash_key: Optional[str]
    stream: str


class Delivery:
    """The future of one record, by the protocol of concurrent.futures.Future."""

    __slots__ = ("_producer", "_stored", "_error", "_callbacks")

    def __init__(self, producer: Producer) -> None:
        self._producer: Optional[Producer] = producer
        self._stored: Optional[Stored] = None
        self._error: Optional[DeliveryError] = None
        self._callbacks: list[Callable[[Delivery], Any]] = []

    def done(self) -> bool:
        return self._producer is None

    def running(self) -> bool:
        return self._producer is not None

    def cancelled(self) -> bool:
        return False

    def cancel(self) -> bool:
        """A record that was accepted cannot be called back."""
        return False

    def result(self, timeout: Optional[float] = None) -> Stored:
        """Wait for the outcome. Raises its DeliveryError, or TimedOut after `timeout` seconds."""
        error = self.exception(timeout)
        if error is not None:
            raise error
        assert self._stored is not None
        return self._stored

    def exception(self, timeout: Optional[float] = None) -> Optional[DeliveryError]:
        """As result(), but gives the error."""
        producer = self._producer
        if producer is not None:
            producer._wait_for(self.done, timeout)
        return self._error

    def add_done_callback(self, function: Callable[[Delivery], Any]) -> None:
        """Call function(delivery) at the end, at once if it has come; on the thread that serves outcomes."""
        producer = self._producer
        if producer is not None and producer._add_callback(self, function):
            return
        function(self)

    def _end(self, stored: Optional[Stored], error: Optional[DeliveryError]) -> list[Callable[[Delivery], Any]]:
        self._stored, self._error = stored, error
        self._producer = None
        return self._callbacks

    def __repr__(self) -> str:
        state = "pending" if self._producer is not None else "failed" if self._error else "stored"
        return "<kds.Delivery %s>" % state


def outcomes(rows: bytes, text: bytes) -> Iterator[tuple[int, Optional[Stored], Optional[DeliveryError]]]:
    """(tag, where it lies, why it does not) of each row of a block."""
    for (tag, at, sub, latency, code, persisted, attempts, shard_n, sequence_n, stream_n, key_n, hash_n, data_n,
         service_n, message_n, _) in _ROW.iter_unpack(rows):
        if code == 0:
            middle = at + shard_n
            yield tag, Stored(text[at:middle].decode(), text[middle:middle + sequence_n].decode(),
                              sub if sub >= 0 else None, attempts, latency / 1000), None
            continue
        parts = []
        at += shard_n + sequence_n
        for n in (stream_n, key_n, hash_n, data_n, service_n, message_n):
            parts.append(text[at:at + n])
            at += n
        stream, key, hash_key, data, service_code, message = parts
        error = failure(code, message.decode("utf-8", "replace"), PERSISTED.get(persisted, "maybe"), attempts,
                        service_code.decode("utf-8", "replace"))
        error.record = UndeliveredRecord(key.decode("utf-8", "replace") if key_n else None, data,
                              hash_key.decode() if hash_n else None, stream.decode("utf-8", "replace"))
        yield tag, None, error


def failure(code: int, message: str, persisted: str, attempts: int, service_code: str) -> DeliveryError:
    kind = class_of(code, delivery=True)
    error = kind(message or "the record was not stored", code=code, persisted=persisted, attempts=attempts,
                 service_code=service_code, operation="PutRecords")
    assert isinstance(error, DeliveryError)
    return error
