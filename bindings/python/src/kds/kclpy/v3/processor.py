"""Base class of processors of version 3."""
from __future__ import annotations

from kds.kclpy import messages

__all__ = ["RecordProcessorBase"]


class RecordProcessorBase:
    """One object serves one shard."""

    version = 3

    def initialize(self, initialize_input: messages.InitializeInput) -> None:
        raise NotImplementedError

    def process_records(self, process_records_input: messages.ProcessRecordsInput) -> None:
        raise NotImplementedError

    def lease_lost(self, lease_lost_input: messages.LeaseLostInput) -> None:
        raise NotImplementedError

    def shard_ended(self, shard_ended_input: messages.ShardEndedInput) -> None:
        raise NotImplementedError

    def shutdown_requested(self, shutdown_requested_input: messages.ShutdownRequestedInput) -> None:
        raise NotImplementedError
