"""The same for asyncio: one await each, an event descriptor, no thread pool.

    async with kds.aio.Producer("orders") as producer:
        stored = await producer.put(b"...", "key")

    async with kds.aio.Consumer("app", "orders", state="sqlite:app.db") as consumer:
        async for record in consumer: ...
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, Callable, Optional, Union

from kds import _abi, clients, consumer, producer
from kds._client import BaseClient
from kds._delivery import Delivery, Stored
from kds._errors import BufferFullError, ClosedError, ConfigError, DeliveryError
from kds._library import lib
from kds._native import Deadline
from kds._records import Batch, Record

__all__ = ["Client", "Consumer", "Producer"]

Key = Union[str, bytes]


_waiting: dict[tuple[int, int], set[asyncio.Future[None]]] = {}  # by event loop and descriptor


async def readable(fd: int, timeout: Optional[float] = None) -> bool:
    """Wait until a descriptor is readable. Several may wait for the same. @return False after `timeout` seconds"""
    loop = asyncio.get_running_loop()
    key = (id(loop), fd)
    ready: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        loop.remove_reader(fd)
        for future in _waiting.pop(key, ()):
            if not future.done():
                future.set_result(None)

    if key not in _waiting:
        _waiting[key] = set()
        loop.add_reader(fd, tell)
    _waiting[key].add(ready)
    try:
        await asyncio.wait_for(ready, timeout)
        return True
    except asyncio.TimeoutError:
        return False
    finally:
        others = _waiting.get(key)
        if others is not None and ready in others:
            others.discard(ready)
            if not others:
                del _waiting[key]
                loop.remove_reader(fd)


class Client:
    """A client whose calls are awaited: await client.call("put_records", StreamName=..., Records=[...]).

    Keywords are those of kds.Client; `service` is one of the classes of kds.clients. Any number of calls may be under way.
    """

    def __init__(self, service: type[BaseClient] = clients.Client, **options: Any) -> None:
        self._client = service(**options)

    async def call(self, method: str, **members: Any) -> Any:
        """A method of the client by its name; answers and errors are the same."""
        operation = self._client._methods.get(method)
        if operation is None:
            from kds._client import nearest
            raise ConfigError("there is no method %r%s" % (method, nearest(method, self._client._methods)), code=-1)
        call = self._client.start(operation, members)
        await readable(call.fd)
        return call.end()

    async def paginate(self, method: str, **members: Any) -> AsyncIterator[dict[str, Any]]:
        """The answers of a method that gives them page by page."""
        rule = self._client._page_rule(method)
        while True:
            page = await self.call(method, **members)
            yield page
            following = rule.following(method, members, page)
            if following is None:
                return
            members = following

    async def close(self) -> None:
        self._client.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Producer:
    """A producer whose puts are awaited: each await gives the record's outcome. To have many under way, use put_many()
    or asyncio.gather(). Keywords are those of kds.Producer."""

    def __init__(self, stream: Optional[str] = None, **options: Any) -> None:
        for name in ("dispatch", "on_delivery", "on_full"):
            if name in options:
                raise ConfigError("%s: has no meaning here: await the put" % name, code=-3)
        self._close_timeout_s: float = options.get("close_timeout_s", 30.0)
        self._producer = producer.Producer(stream, dispatch="poll", on_full="raise", **options)
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._pending = 0
        self._changed: Optional[asyncio.Future[None]] = None

    def _attach(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
            loop.add_reader(self._producer.fileno(), self._serve)
        elif self._loop is not loop:
            raise ConfigError("the producer belongs to another event loop", code=-7)
        return loop

    def _serve(self) -> None:
        self._producer._serve()
        changed, self._changed = self._changed, None
        if changed is not None and not changed.done():
            changed.set_result(None)

    async def _wait(self, timeout: Optional[float] = None) -> bool:
        """Until some records have their outcome. @return False after `timeout` seconds"""
        loop = self._attach()
        if self._changed is None:
            self._changed = loop.create_future()
        done, _ = await asyncio.wait([self._changed], timeout=timeout)
        return bool(done)

    def _watch(self, delivery: Delivery, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Delivery]:
        future: asyncio.Future[Delivery] = loop.create_future()
        self._pending += 1

        def end(delivery: Delivery) -> None:
            self._pending -= 1
            if not future.done():  # whoever awaited it may have been cancelled
                future.set_result(delivery)

        delivery.add_done_callback(end)
        return future

    async def put(self, data: Any, key: Optional[Key] = None, explicit_hash_key: Union[None, str, int] = None, *,
                  stream: Optional[str] = None) -> Stored:
        """Put one record, and wait until it is stored. While the producer is full, waits for room first.

        Cancelled, it does not wait any more; a record that was accepted is sent all the same.
        """
        loop = self._attach()
        while True:
            try:
                delivery = self._producer.submit(data, key, explicit_hash_key, stream=stream)
                break
            except BufferFullError:
                await self._wait()
        delivery = await self._watch(delivery, loop)
        return delivery.result(0)

    async def put_many(self, records: Iterable[tuple[Any, ...]], *, stream: Optional[str] = None
                       ) -> list[Union[Stored, DeliveryError]]:
        """Put (key, data) or (key, data, explicit_hash_key), and wait for all outcomes: where each lies, or why not."""
        loop = self._attach()
        futures: list[asyncio.Future[Delivery]] = []
        for record in records:
            key, data = record[0], record[1]
            while True:
                try:
                    delivery = self._producer.submit(data, key, *record[2:], stream=stream)
                    break
                except BufferFullError:
                    await self._wait()
            futures.append(self._watch(delivery, loop))
        ended = [await future for future in futures]
        return [delivery._error or delivery.result(0) for delivery in ended]

    async def flush(self, timeout: Optional[float] = None) -> int:
        """Send what was accepted without delay. @return how many records have no outcome after `timeout` seconds"""
        deadline = Deadline(timeout)
        self._attach()
        lib.kpl_flush(self._producer._use(), 0, None)
        while self._pending and not deadline.passed:
            await self._wait(deadline.left())
        return self._pending

    def stats(self) -> dict[str, int]:
        return self._producer.stats()

    async def close(self, timeout: Optional[float] = None) -> int:
        """Wait for all outcomes, and stop. May be called again. @return how many records had none in time"""
        if self._producer.closed:
            return 0
        left = 0
        try:
            left = await self.flush(self._close_timeout_s if timeout is None else timeout)
        finally:
            if self._loop is not None:
                self._loop.remove_reader(self._producer.fileno())
            self._producer.close(0)
        return left

    async def __aenter__(self) -> Producer:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Consumer:
    """Records and batches in `async for`. Keywords are those of kds.Consumer, and so is what counts as done."""

    def __init__(self, app: Optional[str] = None, stream: Optional[str] = None, **options: Any) -> None:
        self._idle_timeout: Optional[float] = options.pop("idle_timeout", None)
        self._consumer = consumer.Consumer(app, stream, **options)

    def on_shard(self, listener: Callable[[consumer.ShardEvent], Any]) -> None:
        self._consumer.on_shard(listener)

    def checkpoint(self, record: Optional[Record] = None) -> None:
        self._consumer.checkpoint(record)

    def stats(self) -> dict[str, int]:
        return self._consumer.stats()

    def shards(self) -> list[dict[str, Any]]:
        return self._consumer.shards()

    def __aiter__(self) -> AsyncIterator[Record]:
        return self._records()

    async def _records(self) -> AsyncIterator[Record]:
        while True:
            record = self._consumer.poll(0)
            while record is not None:
                yield record
                record = self._consumer.poll(0)
            if not await self._more():
                return

    async def batches(self) -> AsyncIterator[Batch]:
        """The records as they come, all of a batch at once."""
        while True:
            batch = self._consumer.poll_batch(0)
            if batch is not None:
                yield batch
            elif not await self._more():
                return

    async def _more(self) -> bool:
        if self._consumer.over:
            return False
        return await readable(self._consumer.fd, self._idle_timeout)

    async def close(self, timeout: Optional[float] = None) -> bool:
        """Persist what is done, release the leases, and stop, as Consumer.close(), without holding up the event loop."""
        worker = self._consumer
        if worker.closed:
            return True
        deadline = Deadline(worker.close_timeout_s if timeout is None else timeout)
        worker._finish(False)
        worker.begin_stop()
        while not deadline.passed:
            try:
                task = worker.next()
            except ClosedError:
                break
            if task is None:
                await readable(worker.fd, deadline.left())
            else:
                worker.finish(task, task.kind in (_abi.KCL_TASK_INITIALIZE, _abi.KCL_TASK_LEASE_LOST,
                                                  _abi.KCL_TASK_SHUTDOWN_REQUESTED))
        return worker.close(0)

    async def __aenter__(self) -> Consumer:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
