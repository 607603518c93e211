"""The consumer: all records of a stream in a loop, with leases, checkpoints and resharding done by libkcl."""
from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Callable, NamedTuple, Optional, Union

from kds import _abi
from kds._errors import ClosedError, KdsError
from kds._native import Deadline, Readable
from kds._records import Batch, Position, Record
from kds._worker import Task, Worker

__all__ = ["Batch", "Consumer", "Position", "Record", "ShardEvent"]

_EVENTS = {_abi.KCL_TASK_INITIALIZE: "assigned", _abi.KCL_TASK_SHARD_ENDED: "ended",
           _abi.KCL_TASK_SHUTDOWN_REQUESTED: "stopping", _abi.KCL_TASK_LEASE_LOST: "lost"}


class ShardEvent(NamedTuple):
    """What happened to a shard: "assigned", "ended", "stopping" (it goes elsewhere soon) or "lost"."""

    kind: str
    shard_id: str
    stream: str
    position: Position
    """Of "assigned": where reading goes on; a sequence number, TRIM_HORIZON, LATEST or AT_TIMESTAMP."""


class Consumer(Worker):
    """Reads all shards of a stream, shares them with the other workers of its application, and remembers how far it got.

    for record in consumer: gives the user records, those of a shard in order, and those of a shard's children when all
    of the shard are done. The loop does not end because a stream is quiet. A record is done when the next one is asked
    for: after a crash, or an exception in the loop, what was not done comes again.

    app            the name that the workers of one application share
    stream         a name or an ARN
    state          where leases and checkpoints are: "sqlite:FILE" for one machine, "dynamodb:TABLE" for a fleet
    start          where an application begins that has no checkpoints: "trim_horizon", "latest" or a datetime
    fan_out        True: a fan-out consumer called like the application; or its name or ARN
    ack            "auto": as above; "manual": only checkpoint() says what is done
    idle_timeout   seconds without a record after which the loop ends; None: never
    config, config_file
                   settings by the names of C, and a properties file, for example one written for the KCL

    All other keywords are settings: `_` for `.`, for example failover_ms=10000, region="eu-west-1"; docs/configuration.md.
    One thread reads; close() may be called from any.
    """

    def __init__(self, app: Optional[str] = None, stream: Optional[str] = None, *, state: Optional[str] = None,
                 start: Union[None, str, datetime] = None, fan_out: Union[bool, str] = False, ack: str = "auto",
                 idle_timeout: Optional[float] = None, config: Optional[Mapping[str, Any]] = None,
                 config_file: Any = None, close_timeout_s: float = 30.0, **options: Any) -> None:
        self._idle_timeout = idle_timeout
        self._listeners: list[Callable[[ShardEvent], Any]] = []
        self._task: Optional[Task] = None  # the open one
        self._batch: Optional[Batch] = None  # its records
        self._at = 0  # how many of them were given
        self._whole = False  # all of them at once
        self._last: dict[tuple[str, str], Position] = {}  # with ack="manual": given and not open any more
        self._auto = ack == "auto"
        self._ended = threading.Event()
        self.over = False  # closed, and no record will come
        super().__init__(app, stream, config=config, config_file=config_file, start=start, fan_out=fan_out,
                         options={**options, "store": state, "checkpoint": ack}, close_timeout_s=close_timeout_s)

    def on_shard(self, listener: Callable[[ShardEvent], Any]) -> None:
        """Call listener(event) for what happens to shards, on the thread that reads. What it raises comes out there."""
        self._listeners.append(listener)

    # ---- records --------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Record]:
        while True:
            batch, at = self._batch, self._at
            if batch is None or at >= len(batch):
                batch, at = self._next_batch(self._idle_timeout), 0
            if batch is None:
                return
            records = batch.records
            for at in range(at, len(records)):
                self._at = at + 1
                yield records[at]
                if self._at != at + 1 or self._batch is not batch:
                    break  # close() or another call on this consumer has gone on

    def __next__(self) -> Record:
        batch, at = self._batch, self._at
        if batch is not None and at < len(batch):
            self._at = at + 1
            return batch.records[at]
        record = self.poll(self._idle_timeout)
        if record is None:
            raise StopIteration
        return record

    def poll(self, timeout: Optional[float] = 0) -> Optional[Record]:
        """The next record; None: there is none within `timeout` seconds. For loops that do other things as well."""
        batch = self._batch
        if batch is None or self._at >= len(batch):
            batch = self._next_batch(timeout)
        if batch is None:
            return None
        self._at += 1
        return batch.records[self._at - 1]

    def poll_batch(self, timeout: Optional[float] = 0) -> Optional[Batch]:
        """The next batch; None: there is none within `timeout` seconds."""
        batch = self._batch
        if batch is None or self._at >= len(batch):  # else a loop over records left it
            batch = self._next_batch(timeout)
        if batch is not None:
            self._at, self._whole = len(batch), True
        return batch

    def batches(self) -> Iterator[Batch]:
        """The records as they come, all of a batch at once: faster than one by one. A batch is done when the next one is
        asked for."""
        while True:
            batch = self.poll_batch(self._idle_timeout)
            if batch is None:
                return
            yield batch

    def _next_batch(self, timeout: Optional[float]) -> Optional[Batch]:
        """Finish the open batch and wait for another. None: the time passed, or the consumer was closed."""
        self._finish(True)
        deadline = Deadline(timeout)
        while True:
            if self._pointer is None:
                if self._ended.is_set():
                    self.over = True
                    return None
                raise self._refusal()
            try:
                task = self.next()
            except ClosedError:
                self.over = True
                return None
            if task is None:
                if deadline.passed:
                    return None
                Readable(self.fd).wait(deadline.left())
                continue
            self._task = task
            if task.kind == _abi.KCL_TASK_PROCESS:
                self._batch, self._at, self._whole = task.batch(), 0, False
                return self._batch
            self._tell(task)
            self._finish(True)

    def _tell(self, task: Task) -> None:
        kind = _EVENTS.get(task.kind)
        if task.kind == _abi.KCL_TASK_LEASE_LOST:  # what was read before a shard's end is still to be confirmed
            self._last.pop((task.stream, task.shard_id), None)
        if kind is not None:
            event = ShardEvent(kind, task.shard_id, task.stream, task.position)
            try:
                for listener in self._listeners:
                    listener(event)
            except BaseException:
                self._finish(False)
                raise

    def _finish(self, done: bool) -> None:
        """End the open task. Of a batch that is not done, what was done before its last record is confirmed."""
        with self._lock:
            task, batch, at = self._task, self._batch, self._at
            self._task = self._batch = None
            if task is None:
                return
            if batch is not None and at:
                if done and not self._auto:
                    self._last[task.stream, task.shard_id] = batch.position(at - 1)
                elif not done and self._auto and at > 1 and not self._whole:
                    self._confirm(task, batch.position(at - 2))
            self.finish(task, done)

    def _confirm(self, task: Task, position: Position) -> None:
        try:
            self.checkpoint_at(task.stream, task.shard_id, position)
        except KdsError:
            pass  # the lease is lost: the records come again, here or elsewhere

    def checkpoint(self, record: Optional[Record] = None) -> None:
        """The records of a shard up to and including this one are done; None: all that were given, of all shards.

        It is persisted soon, and at once by close(). Raises LeaseLost if another worker has the shard meanwhile.
        """
        if record is not None:
            self.checkpoint_at(record.stream, record.shard_id,
                               Position(record.sequence_number, record.subsequence_number))
            return
        with self._lock:
            last, self._last = self._last, {}
            if self._batch is not None and self._task is not None and self._at:
                last[self._task.stream, self._task.shard_id] = self._batch.position(self._at - 1)
        failure: Optional[KdsError] = None
        for (stream, shard_id), position in last.items():
            try:
                self.checkpoint_at(stream, shard_id, position)
            except KdsError as error:  # the other shards are to be confirmed all the same
                failure = failure or error
        if failure is not None:
            raise failure

    # ---- ends -----------------------------------------------------------------------------------

    def close(self, timeout: Optional[float] = None) -> bool:
        """Persist what is done, release the leases so that another worker goes on at once, and stop. May be called again,
        and from another thread than the one that reads, whose loop then ends.

        @return False: it did not end within `timeout` seconds (None: close_timeout_s) and was given up
        """
        self._ended.set()
        if self._pointer is not None:
            self._finish(False)
        return self.stop(timeout)

    def close_at_exit(self) -> None:
        self.close(min(self.close_timeout_s, 5.0))

    def __enter__(self) -> Consumer:
        self._use()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<kds.Consumer%s>" % (" closed" if self.closed else "")

