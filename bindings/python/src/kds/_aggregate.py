"""The aggregated record alone: no thread, no network. For those who send and receive by themselves.

    for entry in kds.aggregate([("key", b"data"), ...], shards=client.list_shards(...)["Shards"]):
        ...                                       # an entry for PutRecords
    for user in kds.deaggregate(answer["Records"]):
        ...                                       # records of GetRecords or of a Lambda event

A reader that follows the KCL drops an aggregate as a whole if one of its records belongs to another shard. So an aggregator is
told the shards, and makes aggregates for each; without them it is for streams of one shard.
"""
from __future__ import annotations

import base64
import ctypes
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Optional, TypedDict, Union

from kds import _abi
from kds._columns import as_bytes, memory_size
from kds._errors import KdsError
from kds._library import lib, quick
from kds._native import Failure, Handle, check, pointer_class

__all__ = ["AggregateEntry", "Aggregator", "UserRecord", "aggregate", "deaggregate", "shard_for"]

_AggregatorPointer = pointer_class("kds_aggregator_free")
_DeaggregatorPointer = pointer_class("kds_deaggregator_free")

_ROWS = 1024
_FULL = -12
Key = Union[str, bytes]


class AggregateEntry(TypedDict):
    """An entry for PutRecords."""

    Data: bytes
    PartitionKey: str
    ExplicitHashKey: str


class UserRecord(NamedTuple):
    """A user record out of a Kinesis record.

    kind   "user": it was part of an aggregate; "plain": the Kinesis record is none; "broken": looks like an aggregate and
           cannot be read; "outside": an aggregate with a record of another shard, which the KCL drops. The last two are
           the Kinesis record as it is.
    record_index  which Kinesis record it came with
    """

    data: bytes
    key: Optional[str]
    explicit_hash_key: Optional[str]
    sequence_number: str
    subsequence_number: int
    kind: str
    record_index: int


_KINDS = {_abi.KDS_DEAGGREGATED_USER: "user", _abi.KDS_DEAGGREGATED_PLAIN: "plain",
          _abi.KDS_DEAGGREGATED_BROKEN: "broken", _abi.KDS_DEAGGREGATED_OUTSIDE: "outside"}


class _Ranges:
    """kds_shard_range_t of shards as ListShards gives them, and the texts that these point to."""

    def __init__(self, shards: Sequence[Any]) -> None:
        self._texts: list[bytes] = []
        self.count = len(shards)
        self.array = (_abi.kds_shard_range_t * max(1, self.count))()
        for i, shard in enumerate(shards):
            given = shard.get("HashKeyRange", shard)
            try:
                first, last = given["StartingHashKey"], given["EndingHashKey"]
            except (KeyError, TypeError):
                raise TypeError("a shard must be as list_shards gives it, with a HashKeyRange") from None
            self.array[i].first, self.array[i].last = self._slice(first), self._slice(last)

    def _slice(self, text: str) -> Any:
        raw = text.encode()
        self._texts.append(raw)
        return _abi.kds_slice_t(ctypes.cast(ctypes.c_char_p(raw), ctypes.c_void_p), len(raw))


def open_shards(shards: Iterable[Any]) -> list[Any]:
    """Of what list_shards gives, the shards that take records."""
    return [shard for shard in shards
            if shard.get("SequenceNumberRange", {}).get("EndingSequenceNumber") is None]


class Aggregator(Handle):
    """Packs user records into Kinesis records. Any thread may use it, one at a time.

    shards       as list_shards gives them; those that are closed are left out. None: one shard
    max_bytes    size of an aggregate; 0: 51200, the KPL's
    max_records  user records in an aggregate; 0: no limit
    """

    _name = "aggregator"

    def __init__(self, shards: Optional[Iterable[Any]] = None, *, max_bytes: int = 0, max_records: int = 0) -> None:
        super().__init__()
        # ctypes would take the low bits of what exceeds a size, and there may be 32 of them.
        options = _abi.kds_aggregator_options_t(struct_size=ctypes.sizeof(_abi.kds_aggregator_options_t),
                                                max_bytes=min(max_bytes, sys.maxsize),
                                                max_records=min(max_records, sys.maxsize))
        ranges = None if shards is None else _Ranges(open_shards(shards))
        if ranges is not None:
            options.shards, options.shard_count = ctypes.addressof(ranges.array), ranges.count
        pointer, failure = _AggregatorPointer(), Failure()
        check(lib.kds_aggregator_new(ctypes.byref(options), ctypes.byref(pointer), failure.ref()), failure)
        self._adopt(pointer)

    def add(self, data: Any, key: Key, explicit_hash_key: Union[None, str, int] = None) -> list[AggregateEntry]:
        """Add one record. @return the Kinesis records that became full by it"""
        return self.add_many([(key, data, explicit_hash_key)])

    def add_many(self, records: Iterable[tuple[Any, ...]]) -> list[AggregateEntry]:
        """Add records: (key, data) or (key, data, explicit_hash_key). @return the Kinesis records that became full"""
        parts: list[Any] = []
        lengths = array("I")
        for record in records:
            key, data = record[0], record[1]
            hash_key = record[2] if len(record) > 2 else None
            key = as_bytes("key", key)
            if key is None:
                raise TypeError("key must be str, not NoneType")
            if isinstance(data, str):
                raise TypeError("data must be bytes or another buffer, not str: encode it")
            packed_hash = as_bytes("explicit_hash_key", str(hash_key) if isinstance(hash_key, int) else hash_key) or b""
            parts += (key, packed_hash, data)
            lengths.extend((len(key), len(packed_hash), len(data) if type(data) is bytes else memory_size(data)))
        return self._add(b"".join(parts), lengths)

    def _add(self, packed: bytes, lengths: array[int]) -> list[AggregateEntry]:
        pointer = self._use()
        full: list[AggregateEntry] = []
        count, start, at = len(lengths) // 3, 0, 0
        base = ctypes.cast(ctypes.c_char_p(packed), ctypes.c_void_p).value or 0
        while start < count:
            added, failure = ctypes.c_size_t(), Failure()
            code = lib.kds_aggregator_add_packed(
                pointer, _abi.kds_slice_t(base + at, len(packed) - at),
                lengths.buffer_info()[0] + start * 3 * lengths.itemsize, count - start, ctypes.byref(added), failure.ref())
            at += sum(lengths[start * 3:(start + added.value) * 3])
            start += added.value
            full += self._taken()
            if code == _FULL:
                failure.exception(code)  # what was full is taken now
            elif code != 0:
                error = failure.exception(code)
                error.accepted, error.full = start, full  # type: ignore[attr-defined]
                raise error
        return full + self._taken()

    def flush(self) -> list[AggregateEntry]:
        """Seal what is open. @return all Kinesis records that are ready"""
        failure = Failure()
        check(lib.kds_aggregator_flush(self._use(), failure.ref()), failure)
        return self._taken()

    def _taken(self) -> list[AggregateEntry]:
        entries: list[AggregateEntry] = []
        out = _abi.kds_aggregate_t(struct_size=ctypes.sizeof(_abi.kds_aggregate_t))
        while quick.kds_aggregator_take(self._use(), ctypes.byref(out)):
            entries.append({
                "Data": ctypes.string_at(out.data.p, out.data.n),
                "PartitionKey": ctypes.string_at(out.partition_key.p, out.partition_key.n).decode(),
                "ExplicitHashKey": ctypes.string_at(out.explicit_hash_key.p, out.explicit_hash_key.n).decode()})
        return entries

    def __len__(self) -> int:
        """User records in aggregates that are open."""
        return int(quick.kds_aggregator_open_records(self._use()))

    def __bool__(self) -> bool:
        return True

    def close(self) -> None:
        """Forget what was not taken. May be called again."""
        self._pointer = None

    def close_at_exit(self) -> None:
        self.close()

    def __enter__(self) -> Aggregator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def aggregate(records: Iterable[tuple[Any, ...]], shards: Optional[Iterable[Any]] = None, *, max_bytes: int = 0,
              max_records: int = 0) -> Iterator[AggregateEntry]:
    """Pack (key, data) or (key, data, explicit_hash_key) into entries for PutRecords; as Aggregator."""
    with Aggregator(shards, max_bytes=max_bytes, max_records=max_records) as aggregator:
        block: list[tuple[Any, ...]] = []
        for record in records:
            block.append(record)
            if len(block) == 512:
                yield from aggregator.add_many(block)
                block.clear()
        yield from aggregator.add_many(block)
        yield from aggregator.flush()


def deaggregate(records: Union[bytes, bytearray, memoryview, Iterable[Any]], *,
                shard: Optional[Mapping[str, Any]] = None) -> Iterator[UserRecord]:
    """The user records in Kinesis records.

    records  the data of one; or any of: records of GetRecords, of a Lambda event (their data in base64), or bytes
    shard    the shard that they come from, as list_shards gives it: aggregates that the KCL would drop are left whole
    """
    if isinstance(records, (bytes, bytearray, memoryview)):
        records = [records]
    taken = [_taken_apart(record) for record in records]
    packed = b"".join(data for data, _, _ in taken)
    if not taken:
        return
    lengths = array("I", [len(data) for data, _, _ in taken])
    pointer, failure = _DeaggregatorPointer(lib.kds_deaggregator_new()), Failure()
    if not pointer:
        raise MemoryError("kds: no de-aggregator")
    limits = None if shard is None else _Ranges([shard])
    base = _abi.kds_slice_t(ctypes.cast(ctypes.c_char_p(packed), ctypes.c_void_p), len(packed))
    check(lib.kds_deaggregator_open_packed(pointer, base, lengths.buffer_info()[0], len(lengths),
                                           None if limits is None else limits.array, failure.ref()), failure)
    yield from _rows(pointer, packed, taken)


def _rows(pointer: Any, packed: bytes, taken: list[tuple[bytes, Optional[str], str]]) -> Iterator[UserRecord]:
    columns = _abi.KDS_DEAGGREGATED_COLUMNS
    numbers = array("q", bytes(8 * columns * _ROWS))
    count = ctypes.c_size_t(_ROWS)
    while count.value == _ROWS:
        check(lib.kds_deaggregator_read_packed(pointer, numbers.buffer_info()[0], _ROWS, ctypes.byref(count)))
        values = iter(numbers[:count.value * columns])
        for kind, index, sub, key_at, key_end, hash_at, hash_end, data_at, data_end in zip(*[values] * columns):
            _, outer_key, sequence = taken[index]
            if kind == _abi.KDS_DEAGGREGATED_USER:
                key: Optional[str] = packed[key_at:key_end].decode("utf-8", "replace") if key_at >= 0 else None
            else:
                key = outer_key
            yield UserRecord(packed[data_at:data_end], key,
                             packed[hash_at:hash_end].decode() if hash_at >= 0 else None, sequence, sub,
                             _KINDS.get(kind, "plain"), index)


def _taken_apart(record: Any) -> tuple[bytes, Optional[str], str]:
    """(data, partition key, sequence number) of a record in any of the forms that people have it in."""
    if isinstance(record, (bytes, bytearray, memoryview)):
        return bytes(record), None, ""
    if isinstance(record, Mapping):
        if "Data" in record:
            return bytes(record["Data"]), record.get("PartitionKey"), record.get("SequenceNumber", "")
        inner = record.get("kinesis", record)
        if "data" in inner:
            return base64.b64decode(inner["data"], validate=True), inner.get("partitionKey"), inner.get(
                "sequenceNumber", "")
    raise TypeError("a record must be bytes, or a dict with Data, or a Lambda record; not %s" % type(record).__name__)


def shard_for(key: Key, shards: Iterable[Any]) -> Any:
    """Of the open shards that list_shards gave, the one that a partition key belongs to."""
    import hashlib
    raw = as_bytes("key", key)
    if raw is None:
        raise TypeError("key must be str, not NoneType")
    place = int.from_bytes(hashlib.md5(raw, usedforsecurity=False).digest(), "big")
    for shard in open_shards(shards):
        limits = shard["HashKeyRange"]
        if int(limits["StartingHashKey"]) <= place <= int(limits["EndingHashKey"]):
            return shard
    raise KdsError("none of the shards takes the key", code=-42)
