"""Records as a consumer hands them out: one block of bytes from C, taken apart when it is looked at."""
from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple, Optional, Union, overload

from kds import _abi
from kds._library import quick
from kds._native import check

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ROW = struct.Struct("=QQQQIIIIqqII")  # kcl_packed_record_t
_ABSENT = 0xffffffff
_new: Callable[..., Any] = tuple.__new__  # a record from its fields, without looking at each


class Position(NamedTuple):
    """A place in a shard."""

    sequence_number: str
    subsequence_number: int = 0


class Record(NamedTuple):
    """One user record.

    data                 the bytes that were put
    key                  its partition key; None if it was put without one
    explicit_hash_key    known only of a record in an aggregate
    sequence_number, subsequence_number
                         its place in the shard; the second is its place in the aggregate, 0 when it is alone
    shard_id, stream     where it came from; stream is "" when the consumer reads one
    arrival_ms, arrival  when the service took it, in milliseconds since 1970; 0 and None if it did not say
    lag_ms               how far behind the shard's newest record its batch was
    aggregated           it was part of an aggregate
    corrupt              looks like an aggregate and cannot be read: data is the raw bytes
    """

    data: bytes
    key: Optional[str]
    explicit_hash_key: Optional[str]
    sequence_number: str
    subsequence_number: int
    shard_id: str
    stream: str
    arrival_ms: int
    lag_ms: int
    aggregated: bool
    corrupt: bool

    @property
    def arrival(self) -> Optional[datetime]:
        return _EPOCH + timedelta(milliseconds=self.arrival_ms) if self.arrival_ms else None

    def as_dict(self) -> dict[str, Any]:
        """All of it by name, for example for pandas.DataFrame."""
        return {"data": self.data, "key": self.key, "explicit_hash_key": self.explicit_hash_key,
                "sequence_number": self.sequence_number, "subsequence_number": self.subsequence_number,
                "shard_id": self.shard_id, "arrival": self.arrival, "aggregated": self.aggregated}

    def __repr__(self) -> str:
        return "<kds.Record %s %s/%d: %d bytes>" % (self.shard_id, self.sequence_number, self.subsequence_number,
                                                    len(self.data))


class Batch(Sequence[Record]):
    """Records of one shard, in order. They stay valid as long as anything refers to them.

    attempt  1, and more when a batch that failed is handed out again
    """

    __slots__ = ("stream", "shard_id", "lag_ms", "attempt", "_block", "_rows", "_records")

    def __init__(self, block: bytes, count: int, *, shard_id: str, stream: str = "", lag_ms: int = 0,
                 attempt: int = 1) -> None:
        self.shard_id, self.stream, self.lag_ms, self.attempt = shard_id, stream, lag_ms, attempt
        self._block = block
        self._rows = list(_ROW.iter_unpack(memoryview(block)[:count * _ROW.size]))
        self._records: Optional[list[Record]] = None

    def data(self) -> list[bytes]:
        """The data of all records: cheaper than the records."""
        block = self._block
        return [block[row[0]:row[0] + row[4]] for row in self._rows]

    def views(self) -> list[memoryview]:
        """The data of all records without a copy: views into the one block that they came in."""
        view = memoryview(self._block)
        return [view[row[0]:row[0] + row[4]] for row in self._rows]

    def keys(self) -> list[Optional[str]]:
        """The partition keys of all records."""
        return [self._text(row[1], row[5]) for row in self._rows]

    def position(self, index: int) -> Position:
        """Where a record lies in its shard."""
        row = self._rows[index]
        return Position(self._block[row[3]:row[3] + row[7]].decode(), row[8])

    def _text(self, at: int, n: int) -> Optional[str]:
        return None if n == _ABSENT else self._block[at:at + n].decode("utf-8", "replace")

    @property
    def records(self) -> list[Record]:
        if self._records is None:
            self._records = self._make()
        return self._records

    def _make(self) -> list[Record]:
        block, shard_id, stream, lag_ms = self._block, self.shard_id, self.stream, self.lag_ms
        aggregated, corrupt = _abi.KCL_PACKED_AGGREGATED, _abi.KCL_PACKED_CORRUPT
        keys: dict[bytes, str] = {}
        made: list[Record] = []
        sequence_at, sequence = -1, ""
        for (data_at, key_at, hash_at, place_at, data_n, key_n, hash_n, place_n, sub, arrival_ms, flags,
             _) in self._rows:
            key: Optional[str] = None
            if key_n != _ABSENT:
                raw = block[key_at:key_at + key_n]
                key = keys.get(raw)
                if key is None:
                    key = keys[raw] = raw.decode("utf-8", "replace")
            if place_at != sequence_at:  # the records of an aggregate share one
                sequence_at, sequence = place_at, block[place_at:place_at + place_n].decode()
            made.append(_new(Record, (
                block[data_at:data_at + data_n], key,
                None if hash_n == _ABSENT else block[hash_at:hash_at + hash_n].decode(), sequence, sub, shard_id, stream,
                arrival_ms, lag_ms, flags & aggregated != 0, flags & corrupt != 0)))
        return made

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Record, Sequence[Record]]:
        return self.records[index]

    def __repr__(self) -> str:
        return "<kds.Batch %s: %d records>" % (self.shard_id, len(self))


def copy_batch(batch: Any) -> Batch:
    """A kcl_batch_t, which is only lent, as a Batch of our own."""
    size = quick.kcl_batch_packed_size(ctypes.byref(batch))
    words = (ctypes.c_uint64 * ((size + 7) // 8))()
    check(quick.kcl_batch_pack(ctypes.byref(batch), words, size))
    return Batch(ctypes.string_at(words, size), batch.count, shard_id=text(batch.shard_id), stream=text(batch.stream),
                 lag_ms=batch.millis_behind_latest, attempt=batch.attempt)


def text(value: Optional[bytes]) -> str:
    return (value or b"").decode("utf-8", "replace")
