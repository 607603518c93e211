"""Base class of processors of version 2."""
from __future__ import annotations

from kds.kclpy import messages

__all__ = ["RecordProcessorBase"]


class RecordProcessorBase:
    """One object serves one shard."""

    version = 2

    def initialize(self, initialize_input: messages.InitializeInput) -> None:
        raise NotImplementedError

    def process_records(self, process_records_input: messages.ProcessRecordsInput) -> None:
        raise NotImplementedError

    def shutdown(self, shutdown_input: messages.ShutdownInput) -> None:
        raise NotImplementedError

    def shutdown_requested(self, shutdown_requested_input: messages.ShutdownRequestedInput) -> None:
        """The last chance to checkpoint; does nothing unless it is overridden."""
