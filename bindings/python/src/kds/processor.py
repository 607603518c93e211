"""Processors: one object for each shard, called on a few threads. For those who come from the KCL."""
from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Callable, Optional, Union

from kds import _abi
from kds._errors import ClosedError, ConfigError, KdsError, ProcessorError
from kds._native import Deadline
from kds._records import Batch, Position, Record
from kds._worker import Task, Worker

__all__ = ["Checkpointer", "Processor", "Runner", "Shard", "run"]

_logger = logging.getLogger("kds.processor")
_ON_ERROR = ("stop", "skip")


class Shard:
    """A shard, as its processor is told of it."""

    __slots__ = ("shard_id", "stream", "position")

    def __init__(self, task: Task) -> None:
        self.shard_id, self.stream, self.position = task.shard_id, task.stream, task.position

    def __repr__(self) -> str:
        return "<kds.Shard %s from %s>" % (self.shard_id, self.position.sequence_number)


class Checkpointer:
    """Says how far a shard was processed. What is confirmed is persisted soon."""

    def __init__(self, worker: Worker, stream: str, shard_id: str) -> None:
        self._worker, self._stream, self._shard_id = worker, stream, shard_id
        self._newest: Optional[Position] = None

    def checkpoint(self, record: Optional[Record] = None) -> None:
        """All up to and including this record is processed; None: all that was handed out.

        Raises LeaseLost if another worker has the shard, CheckpointRejected if it is not of this shard's records or before
        what was confirmed.
        """
        if record is not None:
            self.checkpoint_at(Position(record.sequence_number, record.subsequence_number))
        elif self._newest is not None:
            self.checkpoint_at(self._newest)

    def checkpoint_at(self, position: Position) -> None:
        self._worker.checkpoint_at(self._stream, self._shard_id, position)


class Processor:
    """What an application does with one shard. Calls for one shard come one at a time, in this order; any may be left out
    but process(). What a method raises counts as a failure, and never as success."""

    def start(self, shard: Shard) -> None:
        """The shard begins, or goes on, behind `shard.position`."""

    def process(self, batch: Batch, checkpointer: Checkpointer) -> None:
        """Process records. Unless checkpoint="manual" is set, the batch is confirmed when this returns."""
        raise NotImplementedError

    def shard_ended(self, shard: Shard, checkpointer: Checkpointer) -> None:
        """All records are processed. When this has returned and the last of them is confirmed, the end is persisted, and
        the children begin. With checkpoint="manual" call checkpointer.checkpoint() here, or later from any thread."""

    def stopping(self, shard: Shard, checkpointer: Checkpointer) -> None:
        """No more records will come. The last chance to checkpoint."""

    def lease_lost(self, shard: Shard) -> None:
        """The shard is this worker's no more; nothing of it can be checkpointed. The last call for it."""


class _Held:
    __slots__ = ("processor", "shard", "checkpointer")

    def __init__(self, processor: Processor, shard: Shard, checkpointer: Checkpointer) -> None:
        self.processor, self.shard, self.checkpointer = processor, shard, checkpointer


class Runner:
    """A worker that calls processors. run() is all that most programs need.

    factory      makes a Processor for each shard: a class, or a function without arguments
    workers      how many shards are processed at the same time
    on_error     when process() failed, the batch is handed out again, processor_retries times, with pauses. After that:
                 "stop": the runner stops, and run() raises ProcessorError; "skip": the batch is given up, which is logged
                 and counted
    dead_letter  dead_letter(record, error) takes records that fail one by one in place of both; keep them elsewhere

    The rest is as of Consumer.
    """

    def __init__(self, factory: Callable[[], Processor], app: Optional[str] = None, stream: Optional[str] = None, *,
                 state: Optional[str] = None, start: Union[None, str, datetime] = None,
                 fan_out: Union[bool, str] = False, workers: int = 4, on_error: str = "stop",
                 dead_letter: Optional[Callable[[Record, Optional[BaseException]], Any]] = None,
                 processor_retries: int = 5, config: Optional[Mapping[str, Any]] = None, config_file: Any = None,
                 close_timeout_s: float = 30.0, **options: Any) -> None:
        if on_error not in _ON_ERROR:
            raise ConfigError("on_error is %r: must be one of %s" % (on_error, ", ".join(_ON_ERROR)), code=-3)
        if workers < 1:
            raise ConfigError("workers is %d: must be at least 1" % workers, code=-3)
        self._factory, self._on_error, self._dead_letter = factory, on_error, dead_letter
        self._retries = processor_retries
        self._held: dict[tuple[str, str], _Held] = {}
        self._errors: dict[tuple[str, str], BaseException] = {}  # of each shard, what was raised last
        self._failure: Optional[BaseException] = None
        self._over = threading.Event()
        self._stopping = False
        self.failures = self.skipped = 0
        self._worker = Worker(app, stream, config=config, config_file=config_file, start=start, fan_out=fan_out,
                              close_timeout_s=close_timeout_s,
                              options={**options, "store": state, "processor_retries": processor_retries,
                                       "dead_letters": dead_letter is not None})
        self._threads = [threading.Thread(target=self._serve, name="kds-processor-%d" % i, daemon=True)
                         for i in range(workers)]

    # ---- the application's thread ---------------------------------------------------------------

    def run(self, signals: bool = True) -> None:
        """Process until stop(), until SIGTERM or SIGINT if `signals`, or until a processor failed for good, which raises
        ProcessorError. Then stop cleanly."""
        before = self._catch_signals() if signals else {}
        try:
            for thread in self._threads:
                thread.start()
            while not self._over.wait(0.2):  # a handler of a signal runs between two waits at the latest
                pass
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Let run() come to its end. From any thread, also from a processor."""
        self._over.set()

    def stats(self) -> dict[str, int]:
        return self._worker.stats()

    def shards(self) -> list[dict[str, Any]]:
        return self._worker.shards()

    def _catch_signals(self) -> dict[int, Any]:
        return {number: signal.signal(number, lambda *_: self.stop()) for number in (signal.SIGTERM, signal.SIGINT)}

    def _end(self) -> None:
        """The threads go on with what the stopping worker asks, then end with it."""
        self._over.set()
        self._stopping = True
        deadline = Deadline(self._worker.close_timeout_s)
        if not self._worker.closed:
            self._worker.begin_stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(deadline.left())
        self._worker.stop(deadline.left())

    def close(self) -> None:
        """Release a runner that was never run."""
        self._end()

    # ---- the processors' threads ----------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while True:
                task = self._worker.next(_NO_LIMIT)
                if task is not None:
                    self._worker.finish(task, self._do(task))
        except ClosedError:
            pass  # the end
        except BaseException as error:  # the worker gave up
            self._give_up(error)
        finally:
            self._over.set()

    def _do(self, task: Task) -> bool:
        """Call the processor. @return whether it did what it was asked"""
        key = (task.stream, task.shard_id)
        try:
            self._call(task, key)
        except BaseException as error:
            self.failures += 1
            self._errors[key] = error
            _logger.error("the processor of %s raised", task.shard_id, exc_info=True)
            return self._after_failure(task, error)
        self._errors.pop(key, None)
        return True

    def _call(self, task: Task, key: tuple[str, str]) -> None:
        kind = task.kind
        if kind == _abi.KCL_TASK_INITIALIZE or key not in self._held:
            held = _Held(self._factory(), Shard(task), Checkpointer(self._worker, *key))
            held.processor.start(held.shard)
            self._held[key] = held
            if kind == _abi.KCL_TASK_INITIALIZE:
                return
        held = self._held[key]
        if kind == _abi.KCL_TASK_PROCESS:
            batch = task.batch()
            held.checkpointer._newest = batch.position(len(batch) - 1)
            held.processor.process(batch, held.checkpointer)
        elif kind == _abi.KCL_TASK_DEAD_LETTER:
            assert self._dead_letter is not None
            for record in task.batch():
                self._dead_letter(record, self._errors.get(key))
        elif kind == _abi.KCL_TASK_SHARD_ENDED:
            held.processor.shard_ended(held.shard, held.checkpointer)
            del self._held[key]
        elif kind == _abi.KCL_TASK_SHUTDOWN_REQUESTED:
            held.processor.stopping(held.shard, held.checkpointer)
        elif kind == _abi.KCL_TASK_LEASE_LOST:
            self._held.pop(key)
            held.processor.lease_lost(held.shard)

    def _after_failure(self, task: Task, error: BaseException) -> bool:
        if not isinstance(error, Exception):  # KeyboardInterrupt, SystemExit: not for us to judge
            self._give_up(error)
            return False
        if task.kind == _abi.KCL_TASK_PROCESS and self._dead_letter is None:
            if task.attempt > self._retries:
                if self._on_error == "skip":
                    self.skipped += 1
                    _logger.error("a batch of %s is given up after %d attempts", task.shard_id, task.attempt)
                    return True
                self._fail(task, error)
        return False

    def _fail(self, task: Task, error: BaseException) -> None:
        failure = ProcessorError("the processor of %s failed %d times, the last time with %s: %s"
                                 % (task.shard_id, task.attempt, type(error).__name__, error), code=-75)
        failure.__cause__ = error
        self._give_up(failure)

    def _give_up(self, error: BaseException) -> None:
        if self._failure is None and not (self._stopping and isinstance(error, KdsError)):
            self._failure = error
        self._over.set()


_NO_LIMIT = -1


def run(factory: Callable[[], Processor], app: Optional[str] = None, stream: Optional[str] = None, *,
        signals: bool = True, **options: Any) -> None:
    """Process a stream until SIGTERM, SIGINT or a failure: Runner(factory, app, stream, **options).run(signals)."""
    Runner(factory, app, stream, **options).run(signals)
