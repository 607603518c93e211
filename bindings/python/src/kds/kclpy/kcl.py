"""KCLProcess, which runs a processor of any of the three versions, and what else programs import from amazon_kclpy.kcl."""
from __future__ import annotations

import copy
import os
from typing import Any, Optional

from kds import kclpy
from kds._errors import CheckpointRejected, ClosedError, ConfigError, LeaseLost, ProcessorError
from kds._records import Batch, Position
from kds.kclpy import messages
from kds.kclpy.checkpoint_error import CheckpointError
from kds.processor import Checkpointer as _Ours
from kds.processor import Processor, Runner, Shard

__all__ = ["CheckpointError", "Checkpointer", "KCLProcess", "RecordProcessorBase"]


class RecordProcessorBase:
    """Base class of processors of version 1. One object serves one shard."""

    version = 1

    def initialize(self, shard_id: str) -> None:
        raise NotImplementedError

    def process_records(self, records: list[messages.Record], checkpointer: Any) -> None:
        raise NotImplementedError

    def shutdown(self, checkpointer: Any, reason: str) -> None:
        raise NotImplementedError

    def shutdown_requested(self, checkpointer: Any) -> None:
        """The last chance to checkpoint; does nothing unless it is overridden."""


class Checkpointer:
    """Nothing is persisted but what is checkpointed here."""

    def __init__(self, checkpointer: Optional[_Ours], batch: Optional[Batch] = None) -> None:
        self._checkpointer, self._batch = checkpointer, batch
        self.at_end = False  # checkpoint() was called without a place

    def checkpoint(self, sequence_number: Any = None, sub_sequence_number: Optional[int] = None) -> None:
        """Up to and including a place; without one, all that was handed out."""
        if self._checkpointer is None:
            raise CheckpointError("ShutdownException")
        try:
            if sequence_number is None:
                self.at_end = True
                self._checkpointer.checkpoint()
            else:
                self._checkpointer.checkpoint_at(self._place(str(sequence_number), sub_sequence_number))
        except LeaseLost:
            raise CheckpointError("ShutdownException") from None
        except CheckpointRejected:
            raise CheckpointError("IllegalArgumentException") from None
        except ClosedError:
            raise CheckpointError("InvalidStateException") from None

    def _place(self, sequence: str, sub: Optional[int]) -> Position:
        if sub is not None:
            return Position(sequence, int(sub))
        places = [] if self._batch is None else [self._batch.position(i) for i in range(len(self._batch))]
        return Position(sequence, max((place.subsequence_number for place in places
                                       if place.sequence_number == sequence), default=0))


class _Adapter(Processor):
    """A processor of amazon_kclpy as one of ours."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self._version = getattr(processor, "version", 3)

    def start(self, shard: Shard) -> None:
        position = shard.position
        sequence = position.sequence_number if position.sequence_number.isdigit() else None
        if self._version == 1:
            self._processor.initialize(shard.shard_id)
        else:
            self._processor.initialize(messages.InitializeInput(
                shard.shard_id, sequence, position.subsequence_number if sequence else 0))

    def process(self, batch: Batch, checkpointer: _Ours) -> None:
        records = [messages.Record(record) for record in batch]
        ours = Checkpointer(checkpointer, batch)
        if self._version == 1:
            self._processor.process_records(records, ours)
        else:
            self._processor.process_records(messages.ProcessRecordsInput(records, batch.lag_ms, ours))

    def shard_ended(self, shard: Shard, checkpointer: _Ours) -> None:
        ours = Checkpointer(checkpointer)
        if self._version == 3:
            self._processor.shard_ended(messages.ShardEndedInput(ours))
        else:
            self._shutdown("TERMINATE", ours)
        if not ours.at_end:
            raise ProcessorError("the processor of %s did not checkpoint at its end, so its children cannot begin"
                                 % shard.shard_id, code=-75)

    def stopping(self, shard: Shard, checkpointer: _Ours) -> None:
        ours = Checkpointer(checkpointer)
        if self._version == 1:
            self._processor.shutdown_requested(ours)
        else:
            self._processor.shutdown_requested(messages.ShutdownRequestedInput(ours))

    def lease_lost(self, shard: Shard) -> None:
        if self._version == 3:
            self._processor.lease_lost(messages.LeaseLostInput())
        else:
            self._shutdown("ZOMBIE", Checkpointer(None))

    def _shutdown(self, reason: str, checkpointer: Checkpointer) -> None:
        if self._version == 1:
            self._processor.shutdown(checkpointer, reason)
        else:
            self._processor.shutdown(messages.ShutdownInput(reason, checkpointer))


class KCLProcess:
    """Runs a processor for each shard. The files, over which amazon_kclpy speaks with its daemon, are not used."""

    def __init__(self, record_processor: Any, input_file: Any = None, output_file: Any = None, error_file: Any = None) -> None:
        if getattr(record_processor, "version", 3) not in (1, 2, 3):
            raise ConfigError("record_processor.version is %r: must be 1, 2 or 3" % (record_processor.version,), code=-1)
        self._template = record_processor
        try:
            copy.deepcopy(record_processor)
        except Exception as error:
            raise ConfigError("a %s cannot be copied, and each shard needs one of its own (%s): open what it holds in "
                              "initialize()" % (type(record_processor).__name__, error), code=-1) from error

    def _make(self) -> Processor:
        return _Adapter(copy.deepcopy(self._template))

    def run(self) -> None:
        """Process until SIGTERM or SIGINT, or until a processor fails for good."""
        properties = kclpy.configuration["properties"] or os.environ.get("KDS_KCLPY_PROPERTIES")
        options = dict(kclpy.configuration["options"])
        if properties is None and not options:
            raise ConfigError("no properties file: call kds.kclpy.install(\"app.properties\"), or run the program by "
                              "python -m kds.kclpy app.properties app.py", code=-3)
        options.setdefault("store", "dynamodb")  # as the KCL does
        # Such programs were written for a process of their own, and may share what threads must not.
        workers = int(options.pop("workers", 1))
        Runner(self._make, config_file=properties, config={"checkpoint": "manual", **options}, workers=workers).run()
