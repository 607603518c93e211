"""kds.aio against kds-local: one await each, and the loop goes on meanwhile."""
import asyncio
import tempfile
import threading
import time
import unittest
from pathlib import Path

import support
import kds
import kds.aio

CLOSED_PORT = {"endpoint_url": "http://127.0.0.1:1", "region": "us-east-1", "access_key_id": "a", "secret_access_key": "b"}


class Aio(support.ServerCase, unittest.IsolatedAsyncioTestCase):
    streams = {"s": 2, "quiet": 2}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = "sqlite:" + str(Path(folder.name) / "leases.db")

    def consumer(self, stream="s", **options):
        return kds.aio.Consumer("app", stream, **{"state": self.state, "idle_ms": 200, **self.options, **options})

    async def test_client_calls_run_together(self):
        async with kds.aio.Client(**self.options) as client:
            puts = [client.call("put_record", StreamName="s", Data=b"x", PartitionKey=str(i)) for i in range(20)]
            answers = await asyncio.gather(*puts)
            self.assertEqual(len({a["SequenceNumber"] for a in answers}), 20)
            with self.assertRaises(kds.exceptions.ResourceNotFoundException):
                await client.call("describe_stream", StreamName="none")
            with self.assertRaisesRegex(kds.ConfigError, "did you mean 'put_record"):
                await client.call("put_recordz")
            pages = [page async for page in client.paginate("list_shards", StreamName="s", MaxResults=1)]
            self.assertEqual(len(pages), 2)

    async def test_producer_and_consumer(self):
        before = threading.active_count()
        async with kds.aio.Producer("s", linger_ms=5, **self.options) as producer:
            stored = await producer.put(b"one", "key")
            self.assertTrue(stored.sequence_number.isdigit())
            together = await asyncio.gather(*[producer.put(b"%d" % i, "k%d" % i) for i in range(50)])
            self.assertEqual(len({(s.sequence_number, s.subsequence_number) for s in together}), 50)
            many = await producer.put_many([("k", b"many"), ("k", b"many", 0)])
            self.assertTrue(all(isinstance(s, kds.Stored) for s in many))
            self.assertEqual(await producer.flush(), 0)
        self.assertLessEqual(threading.active_count(), before + 1)  # no pool: only that of log lines
        found = []
        async with self.consumer() as consumer:
            ticks = []

            async def tick():
                while True:
                    ticks.append(1)
                    await asyncio.sleep(0.001)

            ticking = asyncio.ensure_future(tick())
            async for record in consumer:
                found.append(record.data)
                if b"many" in found and len([d for d in found if d == b"many"]) == 2 and b"one" in found:
                    break
            consumer.checkpoint()
            ticking.cancel()
            self.assertTrue(ticks)

    async def test_the_consumer_waits_ends_when_asked_and_hands_over(self):
        consumer = self.consumer("quiet", idle_timeout=0.5)
        self.assertEqual([record async for record in consumer], [])
        began = time.monotonic()
        self.assertTrue(await consumer.close())
        self.assertTrue(await consumer.close())
        self.assertLess(time.monotonic() - began, 5)
        async with self.consumer("quiet", failover_ms=60000) as second:
            reading = asyncio.ensure_future(second.batches().__anext__())
            while second.stats()["leases_held"] < 2:
                await asyncio.sleep(0.005)
            reading.cancel()

    async def test_a_put_that_fails_raises_its_error(self):
        producer = kds.aio.Producer("s", linger_ms=1, record_ttl_ms=100, **CLOSED_PORT)
        with self.assertRaises(kds.RecordExpired) as caught:
            await producer.put(b"x", "k")
        self.assertEqual(caught.exception.record.data, b"x")
        (error,) = await producer.put_many([("k", b"y")])
        self.assertIsInstance(error, kds.DeliveryError)
        await producer.close()
        with self.assertRaises(kds.ClosedError):
            await producer.put(b"x", "k")

    async def test_a_full_producer_lets_puts_wait(self):
        async with kds.aio.Producer("s", linger_ms=1, buffer_max_bytes=65536, **self.options) as producer:
            stored = await asyncio.gather(*[producer.put(bytes(20000), "k") for _ in range(20)])
            self.assertEqual(len(stored), 20)
            self.assertEqual(len(await producer.put_many([("k", bytes(20000))] * 20)), 20)

    async def test_close_is_bounded_and_a_cancelled_put_is_sent_all_the_same(self):
        producer = kds.aio.Producer("s", linger_ms=1, **CLOSED_PORT)
        put = asyncio.ensure_future(producer.put(b"x", "k"))
        await asyncio.sleep(0)
        put.cancel()
        began = time.monotonic()
        self.assertEqual(await producer.close(0.1), 1)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(await producer.close(), 0)
        async with kds.aio.Producer("s", linger_ms=5, **self.options) as producer:
            put = asyncio.ensure_future(producer.put(b"x", "k"))
            await asyncio.sleep(0)
            put.cancel()
            await producer.flush()
            self.assertEqual(producer.stats()["user_records_succeeded"], 1)

    async def test_bad_options(self):
        with self.assertRaisesRegex(kds.ConfigError, "on_delivery: has no meaning here"):
            kds.aio.Producer("s", on_delivery=print)
        with self.assertRaisesRegex(kds.ConfigError, "did you mean 'linger_ms'"):
            kds.aio.Producer("s", linger_m=1, **self.options)


if __name__ == "__main__":
    unittest.main()
