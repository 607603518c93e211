"""Records between two instants, of all shards: for scripts and notebooks, without an application and its state."""
from __future__ import annotations

import re
import select
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Union

from kds import exceptions
from kds._aggregate import deaggregate as taken_apart
from kds._client import PackedCall
from kds._errors import ConfigError, KdsError
from kds._records import Record
from kds.clients import Client

Instant = Union[None, str, int, float, datetime]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CALLS_MAX = 32  # at the same time
_PACE_S = 0.2  # a shard takes five calls a second
_QUIET_S = 1.0


def instant(name: str, value: Instant) -> Optional[datetime]:
    """A datetime; None for "trim_horizon" and None."""
    if value is None or value == "trim_horizon":
        return None
    now = datetime.now(timezone.utc)
    if isinstance(value, str):
        if value == "now":
            return now
        ago = re.fullmatch(r"(\d+)([smhd])", value)
        if ago:
            return now - timedelta(seconds=int(ago.group(1)) * _UNITS[ago.group(2)])
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise ConfigError("%s is %r: must be now, a time ago as in 90s, 15m, 2h or 7d, or an ISO 8601 instant"
                              % (name, value), code=-1) from None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, timezone.utc)
    if not isinstance(value, datetime):
        raise TypeError("%s must be str, datetime or seconds since 1970, not %s" % (name, type(value).__name__))
    return value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)


class _Shard:
    """One shard while it is read: either a call is under way, or the next one waits for its time."""

    def __init__(self, shard: dict[str, Any]) -> None:
        self.shard = shard
        self.iterator: Optional[str] = None
        self.sequence: Optional[str] = None  # of the last record that was read
        self.call: Optional[PackedCall] = None
        self.due = 0.0

    @property
    def shard_id(self) -> str:
        return str(self.shard["ShardId"])


class _Reader:
    def __init__(self, client: Client, stream: str, since: Optional[datetime], until: Optional[datetime],
                 aggregated: bool) -> None:
        self._client, self._since, self._until, self._deaggregate = client, since, until, aggregated
        self._stream: dict[str, Any] = {"StreamARN" if stream.startswith("arn:") else "StreamName": stream}
        self._waiting: dict[str, dict[str, Any]] = {}  # shards whose parents are not done
        self._active: dict[str, _Shard] = {}

    def records(self) -> Iterator[Record]:
        self._list()
        while self._active:
            self._start_calls()
            for state in self._ended_calls():
                yield from self._take(state)

    # ---- which shards ---------------------------------------------------------------------------

    def _list(self) -> None:
        for page in self._client.paginate("list_shards", **self._stream):
            for shard in page["Shards"]:
                self._waiting[shard["ShardId"]] = shard
        self._begin()

    def _begin(self) -> None:
        """Shards none of whose parents is still to be read."""
        open_ones = set(self._waiting) | set(self._active)
        for shard_id, shard in list(self._waiting.items()):
            parents = {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")}
            if not parents & open_ones:
                self._active[shard_id] = _Shard(self._waiting.pop(shard_id))

    def _end(self, state: _Shard, children: list[dict[str, Any]]) -> None:
        del self._active[state.shard_id]
        for child in children:
            parents = dict(zip(("ParentShardId", "AdjacentParentShardId"), child.get("ParentShards", [])))
            if child["ShardId"] not in self._active:
                self._waiting.setdefault(child["ShardId"], {**child, **parents})
        self._begin()

    # ---- calls ----------------------------------------------------------------------------------

    def _start_calls(self) -> None:
        now = time.monotonic()
        free = _CALLS_MAX - sum(state.call is not None for state in self._active.values())
        for state in self._active.values():
            if free <= 0:
                return
            if state.call is None and state.due <= now:
                state.call = self._client.start(*self._next_call(state))
                free -= 1

    def _next_call(self, state: _Shard) -> tuple[str, dict[str, Any]]:
        if state.iterator is not None:
            return "GetRecords", {"ShardIterator": state.iterator, **_only_arn(self._stream)}
        where: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if state.sequence is not None:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": state.sequence}
        elif self._since is not None:
            where = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self._since}
        return "GetShardIterator", {**self._stream, "ShardId": state.shard_id, **where}

    def _ended_calls(self) -> list[_Shard]:
        """Wait until a call ends or another is due."""
        poll = select.poll()
        under_way = {state.call.fd: state for state in self._active.values() if state.call is not None}
        for fd in under_way:
            poll.register(fd, select.POLLIN)
        dues = [state.due for state in self._active.values() if state.call is None]
        wait_ms = None
        if dues and len(under_way) < _CALLS_MAX:
            wait_ms = max(0, int((min(dues) - time.monotonic()) * 1000) + 1)
        return [under_way[fd] for fd, _ in poll.poll(wait_ms)]

    def _take(self, state: _Shard) -> Iterator[Record]:
        call, state.call = state.call, None
        assert call is not None
        try:
            answer = call.end()
        except exceptions.ExpiredIteratorException:
            state.iterator = None
            return
        except KdsError as error:
            if not error.retryable:
                raise
            state.due = time.monotonic() + _QUIET_S
            return
        if state.iterator is None:
            state.iterator = answer["ShardIterator"]
            return
        yield from self._records_of(state, answer)

    # ---- what came ------------------------------------------------------------------------------

    def _records_of(self, state: _Shard, answer: dict[str, Any]) -> Iterator[Record]:
        records, passed = answer["Records"], False
        if self._until is not None:
            inside = [r for r in records if r.get("ApproximateArrivalTimestamp", self._until) < self._until]
            passed, records = len(inside) < len(records), inside
        if records:
            state.sequence = records[-1]["SequenceNumber"]
            yield from self._user_records(state, records, answer.get("MillisBehindLatest", 0))
        behind = answer.get("MillisBehindLatest", 0)
        caught_up = behind == 0 and self._until is not None and datetime.now(timezone.utc) >= self._until
        if passed or (caught_up and not answer["Records"]):
            self._end(state, [])
            self._forget_children(state)
            return
        state.iterator = answer.get("NextShardIterator")
        if state.iterator is None:
            self._end(state, answer.get("ChildShards", []))
        state.due = time.monotonic() + (_QUIET_S if behind == 0 and not caught_up and not answer["Records"] else _PACE_S)

    def _forget_children(self, state: _Shard) -> None:
        """Of a shard that was read to the instant: what its children have came later."""
        gone = {state.shard_id}
        for shard_id, shard in list(self._waiting.items()) + [(s, a.shard) for s, a in self._active.items()]:
            if {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")} & gone:
                self._waiting.pop(shard_id, None)
                if shard_id in self._active and self._active[shard_id].sequence is None:
                    del self._active[shard_id]
                gone.add(shard_id)

    def _user_records(self, state: _Shard, records: list[dict[str, Any]], lag_ms: int) -> Iterator[Record]:
        if not self._deaggregate:
            for outer in records:
                yield _record(state.shard_id, outer, outer["Data"], outer.get("PartitionKey"), None, 0, "plain", lag_ms)
            return
        for user in taken_apart(records):
            yield _record(state.shard_id, records[user.record_index], user.data, user.key, user.explicit_hash_key,
                          user.subsequence_number, user.kind, lag_ms)


def _record(shard_id: str, outer: dict[str, Any], data: bytes, key: Optional[str], hash_key: Optional[str], sub: int,
            kind: str, lag_ms: int) -> Record:
    arrival: Optional[datetime] = outer.get("ApproximateArrivalTimestamp")
    arrival_ms = 0 if arrival is None else round(arrival.timestamp() * 1000)
    return Record(data, key, hash_key, outer["SequenceNumber"], sub, shard_id, "", arrival_ms, lag_ms, kind == "user",
                  kind == "broken")


def _only_arn(stream: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stream.items() if name == "StreamARN"}


def read(stream: str, since: Instant = None, until: Instant = "now", *, deaggregate: bool = True,
         client: Optional[Client] = None, **options: Any) -> Iterator[Record]:
    """The records of all shards that came between two instants: those of a shard in order, and its children's behind.

    since, until  an ISO 8601 text, a datetime, seconds since 1970, "now", or a time ago: "90s", "15m", "2h", "7d".
                  since=None: from the oldest record. until=None: without end
    deaggregate   False: the Kinesis records as they are
    client        a kds.Client to use; else one is made of the keywords, which are those of kds.Client
    """
    start, end = instant("since", since), instant("until", until)
    if start is not None and end is not None and start > end:
        raise ConfigError("since is %s, which is behind until, %s" % (start.isoformat(), end.isoformat()), code=-1)
    return _read(stream, start, end, deaggregate, client, options)


def _read(stream: str, since: Optional[datetime], until: Optional[datetime], aggregated: bool, client: Optional[Client],
          options: dict[str, Any]) -> Iterator[Record]:
    if client is not None:
        yield from _Reader(client, stream, since, until, aggregated).records()
        return
    with Client(**options) as own:
        yield from _Reader(own, stream, since, until, aggregated).records()
