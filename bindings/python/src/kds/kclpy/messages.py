"""What processors are given, by the names that amazon_kclpy's programs use."""
from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, NamedTuple, Optional

from kds import _records

__all__ = ["InitializeInput", "LeaseLostInput", "ProcessRecordsInput", "Record", "ShardEndedInput", "ShutdownInput",
           "ShutdownRequestedInput"]


class Record:
    """One record."""

    __slots__ = ("_record",)

    def __init__(self, record: _records.Record) -> None:
        self._record = record

    @property
    def binary_data(self) -> bytes:
        return self._record.data

    @property
    def data(self) -> str:
        """In base64."""
        return base64.b64encode(self._record.data).decode()

    @property
    def partition_key(self) -> Optional[str]:
        return self._record.key

    @property
    def sequence_number(self) -> str:
        return self._record.sequence_number

    @property
    def sub_sequence_number(self) -> int:
        return self._record.subsequence_number

    @property
    def timestamp_millis(self) -> int:
        return self._record.arrival_ms

    @property
    def approximate_arrival_timestamp(self) -> datetime:
        return datetime.fromtimestamp(self._record.arrival_ms / 1000)

    def get(self, field: str) -> Any:
        """By the names in the daemon's messages."""
        names = {"data": "data", "partitionKey": "partition_key", "sequenceNumber": "sequence_number",
                 "subSequenceNumber": "sub_sequence_number", "approximateArrivalTimestamp": "timestamp_millis"}
        return getattr(self, names[field])


class InitializeInput(NamedTuple):
    shard_id: str
    sequence_number: Optional[str]
    sub_sequence_number: int
    action: str = "initialize"


class ProcessRecordsInput(NamedTuple):
    records: list[Record]
    millis_behind_latest: int
    checkpointer: Any
    action: str = "processRecords"


class LeaseLostInput(NamedTuple):
    action: str = "leaseLost"


class ShardEndedInput(NamedTuple):
    checkpointer: Any
    action: str = "shardEnded"


class ShutdownRequestedInput(NamedTuple):
    checkpointer: Any
    action: str = "shutdownRequested"


class ShutdownInput(NamedTuple):
    """reason: "TERMINATE" at the end of a shard, "ZOMBIE" when another worker has it."""

    reason: str
    checkpointer: Any
    action: str = "shutdown"
