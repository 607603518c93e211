"""The producer: records into streams, aggregated, batched and retried by libkpl, each with exactly one outcome."""
from __future__ import annotations

import collections
import ctypes
import itertools
import json
import logging
import os
import threading
import warnings
import weakref
from collections.abc import Iterable, Mapping
from typing import Any, Callable, Optional, Union

from kds import _abi
from kds._columns import Columns, as_bytes, as_slice, memory_size
from kds._conf import Settings
from kds._delivery import Delivery, Stored, UndeliveredRecord, outcomes
from kds._errors import BufferFullError, ConfigError, DeliveryError, KdsError, TimedOut
from kds._library import address, lib, quick
from kds._native import COPY_BELOW, Borrowed, Deadline, Failure, Handle, Pointer, Readable, check, given_text

__all__ = ["Delivery", "Producer", "Stored", "UndeliveredRecord"]

Key = Union[str, bytes]
Callback = Callable[[Optional[DeliveryError], Optional[Stored]], Any]

_SLICE_S = 0.05  # of a wait in C: Ctrl-C answers within it
_OUTCOME_BYTES_MAX = 64 << 20  # of outcomes that wait for Python
_CHUNK = 1024
_ALIASES = {"endpoint_url": "endpoint.url", "aggregate": "aggregation.enable", "ca_file": "tls.ca.file",
            "access_key_id": "access.key.id", "secret_access_key": "secret.access.key"}
_ON_FULL = ("block", "raise", "drop")

_put_bytes = quick.kpl_put_bytes
_logger = logging.getLogger("kds.producer")


class _Pointers(Pointer):
    """The producer of C and its queue of outcomes; freed in this order when the last call has returned."""

    made_in: int = 0
    outcomes: int = 0
    last: Any = None  # takes the last outcomes out of the queue

    def __del__(self) -> None:
        value, self.value = self.value, None
        if os.getpid() != self.made_in:
            return
        if value:
            lib.kpl_outcomes_unbound(self.outcomes)
            lib.kpl_producer_free(value)
        queue, self.outcomes = self.outcomes, 0
        if value and self.last is not None:
            self.last(queue)
        if queue:
            lib.kpl_outcomes_free(queue)


class Producer(Handle):
    """Puts records into streams. Any thread may use it; one per process is enough.

    stream              where records go that name none: a name or an ARN
    config              settings by the names of C, for example {"linger.ms": 50}; docs/configuration.md
    config_file         a properties file, for example one written for the KPL
    dispatch            "thread": a thread of this object serves outcomes; "poll": poll() does
    on_delivery         called as on_delivery(error, stored) for each record, by whoever serves outcomes
    on_full             while buffer_max_bytes are outstanding a put does "block", "raise" or "drop" (counted)
    block_timeout_ms    how long it blocks before it raises; None: without limit
    close_timeout_s     of close(), where it is not given another
    keep_undelivered    how many records that failed, and that nobody waited for, are kept for undelivered()

    All other keywords are settings: `_` for `.`, for example linger_ms=50, region="eu-west-1".
    """

    _name = "producer"

    def __init__(self, stream: Optional[str] = None, *, config: Optional[Mapping[str, Any]] = None,
                 config_file: Any = None, dispatch: str = "thread", on_delivery: Optional[Callback] = None,
                 on_full: str = "block", block_timeout_ms: Optional[int] = None, close_timeout_s: float = 30.0,
                 keep_undelivered: int = 10000, **options: Any) -> None:
        super().__init__()
        if on_full not in _ON_FULL:
            raise ConfigError("on_full is %r: must be one of %s" % (on_full, ", ".join(_ON_FULL)), code=-3)
        settings = Settings("kpl", _ALIASES)
        if config_file is not None:
            settings.load(config_file)
        settings.fill(config, {**options, "stream": stream, "dispatch": dispatch})
        self._on_delivery, self._on_full = on_delivery, on_full
        self._block_s = None if block_timeout_ms is None else block_timeout_ms / 1000
        self._close_timeout_s = close_timeout_s
        self._polled = dispatch == "poll"
        self._tags = itertools.count(1)
        self._waiting: dict[int, Delivery] = {}
        self._undelivered: collections.deque[DeliveryError] = collections.deque(maxlen=keep_undelivered)
        self._failed = self._callback_errors = self._dropped = 0
        self._raised: Optional[BaseException] = None
        self._serving: Optional[int] = None  # the thread that is inside _serve()
        self._serve_lock = threading.Lock()
        self._changed = threading.Condition(threading.Lock())
        self._create(settings)
        self._thread: Optional[threading.Thread] = None
        if not self._polled:
            self._start_thread()

    def _create(self, settings: Settings) -> None:
        pointer, failure = _Pointers(), Failure()
        pointer.made_in = os.getpid()
        pointer.outcomes = lib.kpl_outcomes_new(0 if self._polled else _OUTCOME_BYTES_MAX)
        if not pointer.outcomes:
            raise MemoryError("kds: no queue for outcomes")
        check(lib.kpl_producer_new(settings.pointer, address("kpl_outcomes_add"), pointer.outcomes,
                                   ctypes.byref(pointer), failure.ref()), failure)
        last = weakref.WeakMethod(self._take)
        pointer.last = lambda queue: (last() or _take_nothing)(queue)
        self._adopt(pointer)

    # ---- putting --------------------------------------------------------------------------------

    def put(self, data: Any, key: Optional[Key] = None, explicit_hash_key: Union[None, str, int] = None, *,
            stream: Optional[str] = None) -> None:
        """Queue one record, and forget it: if it fails, undelivered() has it, and close() raises.

        data may be any contiguous buffer; it is copied before this returns.
        """
        if type(key) is str:
            try:
                key = key.encode()
            except UnicodeEncodeError:
                pass  # said with more words below
        if type(data) is bytes and type(key) is bytes and explicit_hash_key is None and stream is None:
            if self._on_delivery is None and 0 not in key:
                pointer = self._pointer
                if pointer is not None and _put_bytes(pointer, key, data, len(data)) == 0:
                    return
        self._put_slowly(data, key, explicit_hash_key, stream, None)

    def submit(self, data: Any, key: Optional[Key] = None, explicit_hash_key: Union[None, str, int] = None, *,
               stream: Optional[str] = None) -> Delivery:
        """Queue one record. Its outcome comes to the Delivery, a future."""
        delivery = Delivery(self)
        self._put_slowly(data, key, explicit_hash_key, stream, delivery)
        return delivery

    def produce(self, value: Any, key: Optional[Key] = None, on_delivery: Optional[Callback] = None) -> None:
        """Queue one record, in the manner of Kafka's clients: on_delivery(error, stored) tells its outcome."""
        delivery = Delivery(self)
        if on_delivery is not None:
            tell: Callback = on_delivery
            delivery._callbacks.append(lambda d: tell(d._error, d._stored))
        self._put_slowly(value, key, None, None, delivery)

    def _put_slowly(self, data: Any, key: Optional[Key], explicit_hash_key: Union[None, str, int],
                    stream: Optional[str], delivery: Optional[Delivery]) -> None:
        if self._on_delivery is not None and delivery is None:
            delivery = Delivery(self)
        tag = 0
        if delivery is not None:
            tag = next(self._tags)
            self._waiting[tag] = delivery
        try:
            accepted = self._put_record(data, key, explicit_hash_key, stream, tag)
        except BaseException:
            self._waiting.pop(tag, None)
            raise
        if not accepted:
            self._drop(tag)

    def _put_record(self, data: Any, key: Optional[Key], explicit_hash_key: Union[None, str, int],
                    stream: Optional[str], tag: int) -> bool:
        """@return False: there was no room, and it is to be dropped"""
        key_bytes = as_bytes("key", key)
        hash_bytes = as_bytes("explicit_hash_key", str(explicit_hash_key) if isinstance(explicit_hash_key, int)
                              else explicit_hash_key)
        stream_bytes = as_bytes("stream", stream)
        if isinstance(data, str):
            raise TypeError("data must be bytes or another buffer, not str: encode it")
        record = _abi.kpl_record_t(struct_size=ctypes.sizeof(_abi.kpl_record_t), stream=as_slice(stream_bytes),
                                   partition_key=as_slice(key_bytes), explicit_hash_key=as_slice(hash_bytes), tag=tag)

        def put(ms: int, failure: Failure) -> int:
            return int(lib.kpl_put(self._use(), ctypes.byref(record), ms, failure.ref()))

        if type(data) is bytes or memory_size(data) < COPY_BELOW:
            copy = bytes(data)
            record.data = as_slice(copy)
            return self._until_accepted(put)
        with Borrowed(data) as view:
            record.data = _abi.kds_slice_t(view.address, view.length)
            return self._until_accepted(put)

    def _until_accepted(self, put: Callable[[int, Failure], int]) -> bool:
        """Put, and while there is no room do what `on_full` says."""
        deadline = Deadline(self._block_s)
        full = -12
        while True:
            failure = Failure()
            waits = self._on_full == "block" and self._serving != threading.get_ident()
            left = deadline.left() if waits else 0
            code = put(int(min(_SLICE_S, left if left is not None else _SLICE_S) * 1000), failure)
            if code == 0:
                return True
            if code != full:
                check(code, failure)
            failure.exception(code)
            if self._on_full == "drop":
                return False
            if not waits or deadline.passed:
                raise BufferFullError("the producer holds all of buffer_max_bytes", code=full, retryable=True)
            if self._polled:
                self._serve()

    def _drop(self, tag: int) -> None:
        self._dropped += 1
        delivery = self._waiting.pop(tag, None)
        if delivery is not None:
            error = DeliveryError("dropped: the producer holds all of buffer_max_bytes", code=-12, retryable=True)
            self._tell(delivery, None, error)

    def put_many(self, records: Iterable[tuple[Any, ...]], *, stream: Optional[str] = None,
                 chunk: int = _CHUNK) -> int:
        """Queue many records, cheaper than one by one: (key, data) or (key, data, explicit_hash_key) each.

        @return how many were queued. Where one is refused, the error says which, in `accepted`: those before it were
        queued. Outcomes are as of put().
        """
        stream_bytes = as_bytes("stream", stream)
        total = 0
        source = iter(records)
        while True:
            block = list(itertools.islice(source, chunk))
            if not block:
                return total
            try:
                total += self._put_block(Columns(block), stream_bytes)
            except (KdsError, TypeError) as error:
                error.accepted = total + getattr(error, "accepted", 0)  # type: ignore[union-attr]
                raise

    def submit_many(self, records: Iterable[tuple[Any, ...]], *, stream: Optional[str] = None) -> list[Delivery]:
        """As put_many(), with a future for each record."""
        stream_bytes = as_bytes("stream", stream)
        deliveries: list[Delivery] = []
        source = iter(records)
        while True:
            block = list(itertools.islice(source, _CHUNK))
            if not block:
                return deliveries
            new = [Delivery(self) for _ in block]
            self._put_block(Columns(block), stream_bytes, new)
            deliveries += new

    def _put_block(self, columns: Columns, stream: Optional[bytes],
                   deliveries: Optional[list[Delivery]] = None) -> int:
        if deliveries is None and self._on_delivery is not None:
            deliveries = [Delivery(self) for _ in range(columns.count)]
        first = 0
        if deliveries:
            with self._lock:  # the tags of a block follow each other
                first = next(self._tags)
                self._tags = itertools.count(first + len(deliveries))
            self._waiting.update(zip(range(first, first + len(deliveries)), deliveries))
        done = 0
        try:
            while done < columns.count:
                done += self._put_columns(columns, done, stream, first)
            return done
        except BaseException as error:
            done += getattr(error, "accepted", 0)
            error.accepted = done  # type: ignore[attr-defined]
            for tag in range(first + done, first + len(deliveries or ())):
                self._waiting.pop(tag, None)
            raise

    def _put_columns(self, columns: Columns, start: int, stream: Optional[bytes], first: int) -> int:
        accepted = ctypes.c_size_t()
        packed = columns.packed(start)
        packed.stream = as_slice(stream)
        packed.first_tag = first + start if first else 0
        done = 0

        def put(ms: int, failure: Failure) -> int:
            code: int = lib.kpl_put_packed(self._use(), ctypes.byref(packed), ms, ctypes.byref(accepted),
                                           failure.ref())
            return 0 if code == -12 and accepted.value else code

        try:
            if not self._until_accepted(put):
                self._drop(packed.first_tag)
                return 1
            done = accepted.value
        except KdsError as error:
            error.accepted = accepted.value  # type: ignore[attr-defined]
            raise
        return done

    # ---- outcomes -------------------------------------------------------------------------------

    def poll(self, timeout: Optional[float] = 0) -> int:
        """With dispatch="poll": serve the outcomes that wait, and wait `timeout` seconds for the first.

        What a callback raises comes out here. @return how many outcomes were served
        """
        if not self._polled:
            raise KdsError("poll() is for dispatch=\"poll\": a thread serves the outcomes of this producer", code=-7)
        pointer = self._use()
        Readable(quick.kpl_fd(pointer)).wait(timeout)
        served = self._serve()
        self._raise_kept()
        return served

    def fileno(self) -> int:
        """With dispatch="poll": a descriptor that is readable while outcomes wait for poll()."""
        return int(quick.kpl_fd(self._use()))

    def _start_thread(self) -> None:
        stop, self._stop_thread = os.pipe()
        self._thread = threading.Thread(target=_dispatch, name="kds-producer", daemon=True,
                                        args=(weakref.ref(self), self._pointer.outcomes, stop))
        weakref.finalize(self, os.close, self._stop_thread).atexit = False
        self._thread.start()

    def _serve(self, deadline: Optional[Deadline] = None) -> int:
        """Take what waits and tell whom it concerns. While another thread does that, wait for it until the deadline."""
        pointer = self._pointer
        if pointer is None or self._serving == threading.get_ident():
            return 0
        if self._polled:
            lib.kpl_poll(pointer, 0)
        return self._take(pointer.outcomes, deadline)

    def _take(self, queue: int, deadline: Optional[Deadline] = None) -> int:
        left = None if deadline is None else deadline.left()
        if not self._serve_lock.acquire(timeout=-1 if left is None else max(left, _SLICE_S)):
            _logger.error("a delivery callback does not return")
            return 0
        try:
            self._serving = threading.get_ident()
            try:
                block = _abi.kpl_block_t(struct_size=ctypes.sizeof(_abi.kpl_block_t))
                quick.kpl_outcomes_take(queue, ctypes.byref(block))
                size = block.count * ctypes.sizeof(_abi.kpl_outcome_t)
                rows = ctypes.string_at(block.rows, size) if size else b""
                text = ctypes.string_at(block.text.p, block.text.n) if block.text.n else b""
                if block.lost:
                    self._keep(MemoryError("kds: %d outcomes were lost for want of memory" % block.lost))
                for tag, stored, error in outcomes(rows, text):
                    self._tell(self._waiting.pop(tag, None), stored, error)
            finally:
                self._serving = None
        finally:
            self._serve_lock.release()
        with self._changed:
            self._changed.notify_all()
        return int(block.count + block.stored)

    def _tell(self, delivery: Optional[Delivery], stored: Optional[Stored], error: Optional[DeliveryError]) -> None:
        if delivery is None:
            if error is not None:
                self._failed += 1
                self._undelivered.append(error)
            return
        with self._changed:
            callbacks = delivery._end(stored, error)
        if self._on_delivery is not None:
            self._run(self._on_delivery, error, stored)
        for callback in callbacks:
            self._run(callback, delivery)

    def _run(self, callback: Callable[..., Any], *arguments: Any) -> None:
        """What a callback raises is logged, counted, and raised again by the next flush(), close() or poll()."""
        try:
            callback(*arguments)
        except BaseException as error:
            self._callback_errors += 1
            _logger.error("a delivery callback raised", exc_info=True)
            self._keep(error)

    def _keep(self, error: BaseException) -> None:
        if self._raised is None:
            self._raised = error

    def _raise_kept(self) -> None:
        error, self._raised = self._raised, None
        if error is not None:
            raise error

    def _add_callback(self, delivery: Delivery, function: Callable[[Delivery], Any]) -> bool:
        with self._changed:
            if delivery.done():
                return False
            delivery._callbacks.append(function)
            return True

    def _wait_for(self, condition: Callable[[], bool], timeout: Optional[float]) -> None:
        """Until a condition that outcomes bring about."""
        if self._serving == threading.get_ident():
            raise KdsError("a callback cannot wait for an outcome: it is the one who serves them", code=-6)
        deadline = Deadline(timeout)
        while not condition():
            if deadline.passed:
                raise TimedOut("no outcome within %s s" % timeout, code=-13)
            left = deadline.left()
            if self._polled and self._pointer is not None:
                Readable(quick.kpl_fd(self._pointer)).wait(left)
                self._serve()
                continue
            with self._changed:
                if not condition():
                    self._changed.wait(left)

    def undelivered(self) -> list[DeliveryError]:
        """Records that failed and that nobody waited for, and why; each is given once. `record` has its data.

        At most `keep_undelivered` are kept, the newest; stats()["undelivered"] counts all.
        """
        self._serve()
        errors = []
        while self._undelivered:
            errors.append(self._undelivered.popleft())
        return errors

    def __len__(self) -> int:
        """Records that have no outcome yet."""
        return int(self.stats()["user_records_outstanding"])

    def __bool__(self) -> bool:
        return True

    def stats(self) -> dict[str, int]:
        """Counters since the start, kpl_stats_t, and what this object counts itself."""
        stats = _abi.kpl_stats_t(struct_size=ctypes.sizeof(_abi.kpl_stats_t))
        quick.kpl_producer_stats(self._use(), ctypes.byref(stats))
        names = [field[0] for field in stats._fields_ if field[0] != "struct_size"]
        counters = {name: int(getattr(stats, name)) for name in names}
        return {**counters, "undelivered": self._failed, "dropped": self._dropped,
                "callback_errors": self._callback_errors}

    def metrics(self) -> dict[str, Any]:
        """All metrics, by stream and shard; docs/statistics.md."""
        metrics: dict[str, Any] = json.loads(given_text(quick.kpl_producer_metrics_json(self._use()), "kpl_text_free"))
        return metrics

    def prometheus(self, by_shard: bool = False) -> str:
        """All metrics in Prometheus' text format, to be served as text/plain; version=0.0.4."""
        return given_text(quick.kpl_producer_metrics_prometheus(self._use(), by_shard), "kpl_text_free")

    # ---- ends -----------------------------------------------------------------------------------

    def flush(self, timeout: Optional[float] = None) -> int:
        """Send what was accepted without delay, and wait until each record has its outcome.

        @return how many have none after `timeout` seconds; 0: all have. Raises what a callback raised.
        """
        if self._serving == threading.get_ident():
            raise KdsError("a delivery callback cannot flush: it would wait for itself", code=-6)
        deadline = Deadline(timeout)
        left = self._flush(lib.kpl_flush, deadline)
        self._serve(deadline)
        self._raise_kept()
        return left

    def _flush(self, flush: Callable[..., int], deadline: Deadline) -> int:
        left = ctypes.c_size_t()
        while True:
            wait = deadline.left()
            # With dispatch="poll" nothing ends inside of C's wait.
            slice_s = 0.0 if self._polled else min(_SLICE_S, wait if wait is not None else _SLICE_S)
            code = flush(self._use(), int(slice_s * 1000), ctypes.byref(left))
            if code not in (0, -13):
                check(code)
            if code == 0 or deadline.passed:
                return left.value if code else 0
            if self._polled:
                Readable(quick.kpl_fd(self._use())).wait(min(_SLICE_S, wait if wait is not None else _SLICE_S))
                self._serve()

    def close(self, timeout: Optional[float] = None) -> int:
        """Accept nothing more, wait until each record has its outcome, and stop. May be called again.

        @return how many records are lost and were not yet given by undelivered(): those that failed, and those without
        an outcome after `timeout` seconds (None: close_timeout_s). Raises what a callback raised.
        """
        if self._serving == threading.get_ident():
            raise KdsError("a delivery callback cannot close the producer: it would wait for itself", code=-6)
        with self._lock:
            if self._pointer is None:
                if os.getpid() != self._created_in:
                    return 0
                return len(self._undelivered)
            deadline = Deadline(self._close_timeout_s if timeout is None else timeout)
            self._flush(lib.kpl_close, deadline)
            self._stop(deadline)
        self._raise_kept()
        return len(self._undelivered)

    def _stop(self, deadline: Deadline) -> None:
        self._serve(deadline)
        if self._thread is not None:
            os.write(self._stop_thread, b"x")
            left = deadline.left()
            self._thread.join(None if left is None else max(left, _SLICE_S))
        # Freed here, unless another thread is inside a call; then by that one. What has no outcome gets one.
        self._pointer = None

    def close_at_exit(self) -> None:
        """At the end of the interpreter: a short time for what is still under way."""
        left = self.close(min(self._close_timeout_s, 5.0))
        if left:
            _logger.error("%d records were lost at exit: close the producer before", left)

    def __enter__(self) -> Producer:
        self._use()
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        lost = self.close()
        if lost and kind is None:
            first = self._undelivered[0]
            error = type(first)("%d records were not delivered; the first: %s" % (lost, first.message), code=first.code,
                                persisted=first.persisted, attempts=first.attempts, service_code=first.service_code)
            error.record = first.record
            raise error

    def __del__(self) -> None:
        if getattr(self, "_pointer", None) is not None:
            warnings.warn("unclosed %r" % self, ResourceWarning, source=self)

    def __repr__(self) -> str:
        return "<kds.Producer%s>" % (" closed" if self.closed else "")


def _take_nothing(queue: int) -> int:
    return 0


def _dispatch(producer: weakref.ref[Producer], queue: int, stop: int) -> None:
    """The thread of dispatch="thread": serves outcomes until the producer is closed or gone."""
    stopped = Readable(stop)
    waiting = Readable(lib.kpl_outcomes_fd(queue), stop)
    try:
        while not stopped.wait(0):
            waiting.wait()
            alive = producer()
            if alive is None:
                return
            alive._serve()
            del alive
    finally:
        os.close(stop)
