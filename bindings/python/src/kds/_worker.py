"""A worker of libkcl that is asked for its tasks: what the iterator, the processors and asyncio have in common."""
from __future__ import annotations

import ctypes
import json
import os
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Optional, Union

from kds import _abi
from kds._conf import Settings
from kds._errors import KdsError
from kds._library import lib, quick
from kds._native import Deadline, Failure, Handle, check, given_text, pointer_class
from kds._records import Batch, Position, copy_batch, text

_WorkerPointer = pointer_class("kcl_worker_free")
_ALIASES = {"app": "application", "state": "store", "endpoint_url": "endpoint.url", "ca_file": "tls.ca.file",
            "access_key_id": "access.key.id", "secret_access_key": "secret.access.key"}
_SLICE_MS = 50  # of a wait in C: Ctrl-C answers within it
_TIMED_OUT, _CLOSED = -13, -4

Start = Union[str, datetime]


class Task:
    """What is asked about one shard: kcl/task.h. It must be finished, once."""

    __slots__ = ("_address", "kind", "shard_id", "stream", "position", "attempt", "_batch")

    def __init__(self, address: int) -> None:
        task = _abi.kcl_task_t.from_address(address)
        self._address = address
        self.kind: int = task.kind
        self.shard_id, self.stream = text(task.shard_id), text(task.stream)
        self._batch = task.batch
        self.attempt: int = task.batch.attempt
        self.position = Position(text(task.sequence_number), task.subsequence_number)

    def batch(self) -> Batch:
        return copy_batch(self._batch)


class Worker(Handle):
    """The C worker, as an object of Python."""

    _name = "consumer"

    def __init__(self, app: Optional[str], stream: Optional[str], *, config: Optional[Mapping[str, Any]],
                 config_file: Any, start: Optional[Start], fan_out: Union[bool, str], options: Mapping[str, Any],
                 close_timeout_s: float) -> None:
        super().__init__()
        settings = Settings("kcl", _ALIASES)
        if config_file is not None:
            settings.load(config_file)
        where = {"stream.arn" if stream is not None and stream.startswith("arn:") else "stream": stream}
        settings.fill(config, {**options, "application": app, "start": start})
        settings.fill({**where, **fan_out_settings(fan_out)}, {})
        self.close_timeout_s = close_timeout_s
        pointer, failure = _WorkerPointer(), Failure()
        check(lib.kcl_worker_new(settings.pointer, None, None, ctypes.byref(pointer), failure.ref()), failure)
        check(lib.kcl_worker_start(pointer, failure.ref()), failure)
        self.fd: int = quick.kcl_worker_fd(pointer)
        self._adopt(pointer)

    def next(self, timeout_ms: int = 0) -> Optional[Task]:
        """The next task; None: there is none within the time.

        Raises ClosedError when there will be none, or what made the worker give up.
        """
        address, failure = ctypes.c_void_p(), Failure()
        pointer = self._use()
        code = (lib if timeout_ms else quick).kcl_worker_next(pointer, timeout_ms, ctypes.byref(address),
                                                              failure.ref())
        if code == 0:
            return Task(address.value or 0)
        error = failure.exception(code)
        if code == _TIMED_OUT:
            return None
        if code == _CLOSED:
            self.raise_failure()
        raise error

    def raise_failure(self) -> None:
        """Why the worker gave up by itself, if it did."""
        failure = Failure()
        code = quick.kcl_worker_failure(self._use(), failure.ref())
        if code != 0:
            raise failure.exception(code)

    def finish(self, task: Task, done: bool) -> None:
        """Say what a task came to. That the lease was lost meanwhile is told by a task of its own."""
        address, task._address = task._address, 0
        if address and self._pointer is not None:
            quick.kcl_worker_finish(self._pointer, address, _abi.KCL_DONE if done else _abi.KCL_FAILED)

    def checkpoint_at(self, stream: str, shard_id: str, position: Position) -> None:
        """Confirm the records of a shard up to and including a position."""
        check(quick.kcl_worker_checkpoint(self._use(), stream.encode() or None, shard_id.encode(),
                                          _sequence(position.sequence_number), position.subsequence_number))

    def resume(self, shard_id: str, stream: str = "") -> None:
        """Let a shard go on that stopped (`doing` of shards() is "stopped"): its records come again from the first that was
        not processed. Raises StateError if it did not stop, LeaseLost if another worker has it."""
        check(quick.kcl_worker_resume(self._use(), stream.encode() or None, shard_id.encode()))

    def stats(self) -> dict[str, int]:
        stats = _abi.kcl_stats_t(struct_size=ctypes.sizeof(_abi.kcl_stats_t))
        quick.kcl_worker_stats(self._use(), ctypes.byref(stats))
        names = [field[0] for field in stats._fields_ if field[0] != "struct_size"]
        return {name: int(getattr(stats, name)) for name in names}

    def metrics(self) -> dict[str, Any]:
        """All metrics, by stream and shard; docs/statistics.md."""
        metrics: dict[str, Any] = json.loads(given_text(quick.kcl_worker_metrics_json(self._use()), "kcl_text_free"))
        return metrics

    def prometheus(self, by_shard: bool = False) -> str:
        """All metrics in Prometheus' text format, to be served as text/plain; version=0.0.4."""
        return given_text(quick.kcl_worker_metrics_prometheus(self._use(), by_shard), "kcl_text_free")

    def shards(self) -> list[dict[str, Any]]:
        """What this worker knows of each shard that it holds: kcl_shard_status_t."""
        size, room = ctypes.sizeof(_abi.kcl_shard_status_t), 64
        while True:
            rows = (_abi.kcl_shard_status_t * room)()
            count = quick.kcl_worker_shards(self._use(), size, rows, room)
            if count <= room:
                break
            room = count + 16
        shards = []
        for row in rows[:count]:
            shard = {field[0]: getattr(row, field[0]) for field in row._fields_}
            shards.append({name: text(value) if isinstance(value, bytes) else value for name, value in shard.items()})
            shards[-1]["doing"] = text(quick.kcl_doing_name(row.doing))
        return shards

    def begin_stop(self) -> None:
        """Let the worker stop; whoever waits for tasks gets those that are left, then the end."""
        lib.kcl_worker_stop(self._use(), 0, None)

    def stop(self, timeout_s: Optional[float] = None) -> bool:
        """Stop cleanly and release the worker. @return False: it did not end in time, and was given up"""
        deadline = Deadline(self.close_timeout_s if timeout_s is None else timeout_s)
        with self._lock:
            if self._pointer is None:
                return True
            while True:
                code = lib.kcl_worker_stop(self._pointer, _SLICE_MS, None)
                if code != _TIMED_OUT or deadline.passed:
                    break
                self._let_go_of_tasks()
            self._pointer = None
            return bool(code == 0)

    def _let_go_of_tasks(self) -> None:
        """Tasks that nobody will ask for any more: records come again elsewhere."""
        try:
            while True:
                task = self.next()
                if task is None:
                    return
                self.finish(task, task.kind not in (_abi.KCL_TASK_PROCESS, _abi.KCL_TASK_DEAD_LETTER,
                                                    _abi.KCL_TASK_SHARD_ENDED))
        except KdsError:
            return  # the end: stop() says how it came

    def close_at_exit(self) -> None:
        self.stop(min(self.close_timeout_s, 5.0))

    def __del__(self) -> None:
        if getattr(self, "_pointer", None) is not None and os.getpid() == self._created_in:
            warnings.warn("unclosed %s" % self._name, ResourceWarning, source=self)


def _sequence(number: str) -> Any:
    raw = number.encode()
    holder = ctypes.c_char_p(raw)
    value = _abi.kds_slice_t(ctypes.cast(holder, ctypes.c_void_p), len(raw))
    value._keep = holder
    return value


def fan_out_settings(fan_out: Union[bool, str]) -> dict[str, Any]:
    """The settings for True, the name or the ARN of a fan-out consumer."""
    if fan_out is False:
        return {}
    if fan_out is True:
        return {"fan.out": True}
    if not isinstance(fan_out, str):
        raise TypeError("fan_out must be bool or str, not %s" % type(fan_out).__name__)
    return {"fan.out": True, "consumer.arn" if fan_out.startswith("arn:") else "consumer.name": fan_out}
