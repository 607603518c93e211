"""Enhanced fan-out by hand: the events of one shard, pushed by the service over HTTP/2."""
from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from typing import Any, Optional

from kds import _abi
from kds._errors import ClosedError
from kds._library import lib, quick
from kds._native import Deadline, Failure, Handle, Pointer, Readable, check, pointer_class, text_argument
from kds._packed import BadValue, Packers, unpack

_TIMED_OUT, _CLOSED = -13, -4
_SubscriptionPointer = pointer_class("kds_packed_subscription_free")


class FanoutPointer(Pointer):
    """A fan-out of C. It is freed before the client that it uses."""

    client: Optional[Pointer] = None
    free = staticmethod(lib.kds_fanout_free)


def new_fanout(client: Pointer) -> FanoutPointer:
    pointer, failure = FanoutPointer(), Failure()
    check(lib.kds_fanout_new(client, None, ctypes.byref(pointer), failure.ref()), failure)
    pointer.client = client
    return pointer


class Subscription(Handle):
    """The events of a shard, without end until the shard has one: `for event in subscription`.

    Each is a dict as boto3's SubscribeToShardEvent: Records, MillisBehindLatest, ContinuationSequenceNumber, ChildShards. The
    service ends a subscription every five minutes; it is renewed behind the last event that was given. Events are read no
    faster than they are asked for.
    """

    _name = "subscription"

    def __init__(self, fanout: FanoutPointer, packers: Packers, consumer_arn: str, shard_id: str,
                 start: Mapping[str, Any]) -> None:
        super().__init__()
        out: list[bytes] = []
        try:
            packers.of("StartingPosition")(start, out)
        except BadValue as bad:
            raise bad.within("StartingPosition").error("SubscribeToShard") from None
        packed = b"".join(out)
        given = _abi.kds_slice_t(ctypes.cast(ctypes.c_char_p(packed), ctypes.c_void_p), len(packed))
        pointer, failure = _SubscriptionPointer(), Failure()
        check(lib.kds_packed_subscribe(fanout, text_argument("ConsumerARN", consumer_arn),
                                       text_argument("ShardId", shard_id), given, ctypes.byref(pointer), failure.ref()),
              failure, "SubscribeToShard")
        pointer.fanout = fanout  # type: ignore[attr-defined]  # it must outlive this one
        self._readable = Readable(quick.kds_packed_subscription_fd(pointer))
        self._adopt(pointer)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        try:
            event = self.poll(None)
        except ClosedError:
            raise StopIteration from None
        assert event is not None
        return event

    def poll(self, timeout: Optional[float] = 0) -> Optional[dict[str, Any]]:
        """The next event; None: there is none within `timeout` seconds. Raises ClosedError behind the last one."""
        deadline = Deadline(timeout)
        event = _abi.kds_slice_t()
        while True:
            failure = Failure()
            code = lib.kds_packed_subscription_next(self._use(), ctypes.byref(event), failure.ref())
            if code == 0:
                value: dict[str, Any] = unpack(ctypes.string_at(event.p, event.n))
                return value
            error = failure.exception(code, "SubscribeToShard")
            if code != _TIMED_OUT:
                raise error
            if deadline.passed:
                return None
            self._readable.wait(deadline.left())

    def fileno(self) -> int:
        """A descriptor that is readable while an event waits for poll()."""
        return int(quick.kds_packed_subscription_fd(self._use()))

    def close(self) -> None:
        """End it. May be called again."""
        self._pointer = None

    def close_at_exit(self) -> None:
        self.close()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
