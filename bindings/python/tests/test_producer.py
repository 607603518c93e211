"""kds.Producer against kds-local: every record one outcome, whatever style it is put in."""
import array
import concurrent.futures
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
import warnings

import support
import kds

CLOSED_PORT = {"endpoint_url": "http://127.0.0.1:1", "region": "us-east-1", "access_key_id": "a", "secret_access_key": "b"}


class Case(support.ServerCase):
    streams = {"s": 2, "other": 1}

    def producer(self, stream="s", **options):
        producer = kds.Producer(stream, **{"linger_ms": 5, **self.options, **options})
        self.addCleanup(producer.close, 1)
        return producer

    def stored(self, stream="s"):
        """(key, data) of all user records of a stream."""
        client = kds.Client(**self.options)
        self.addCleanup(client.close)
        found = []
        for shard in client.list_shards(StreamName=stream)["Shards"]:
            iterator = client.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"],
                                                 ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            found += [(r["PartitionKey"], r["Data"]) for r in client.get_records(ShardIterator=iterator)["Records"]]
        return found


class Styles(Case):
    def test_put_and_close_deliver(self):
        with self.producer("other", aggregate=False) as producer:
            for i in range(100):
                producer.put(b"put %d" % i, "key-%d" % i)
            producer.put(bytearray(b"one"), key=b"bytes")
            producer.put(b"nul", key="a\0b")
            self.assertEqual(producer.flush(), 0)
            self.assertEqual(len(producer), 0)
            self.assertIn("other", producer.metrics()["streams"])
            self.assertIn('stream="other"', producer.prometheus())
            self.assertEqual(producer.stats()["user_records_succeeded"], 102)
        records = dict(self.stored("other"))
        self.assertEqual(records["key-7"], b"put 7")
        self.assertEqual(records["bytes"], b"one")
        self.assertEqual(records["a\0b"], b"nul")

    def test_a_delivery_is_a_future(self):
        producer = self.producer()
        delivery = producer.submit(b"data", "key")
        stored = delivery.result(support.PATIENCE_S)
        self.assertRegex(stored.shard_id, "^shardId-")
        self.assertTrue(stored.sequence_number.isdigit())
        self.assertEqual((stored.attempts, delivery.done(), delivery.exception()), (1, True, None))
        self.assertGreater(stored.latency_ms, 0)
        told = []
        delivery.add_done_callback(told.append)  # it is done: at once
        self.assertEqual(told, [delivery])
        self.assertIn("stored", repr(delivery))

    def test_callbacks_come_once_each(self):
        told = []
        producer = self.producer(on_delivery=lambda error, stored: told.append((error, stored.sequence_number)))
        producer.put(b"1", "a")
        producer.put_many([("b", b"2"), ("c", b"3")])
        own = []
        producer.produce(b"4", "d", on_delivery=lambda error, stored: own.append(stored))
        later = producer.submit(b"5", "e")
        later.add_done_callback(lambda d: own.append(d.result()))
        self.assertEqual(producer.flush(), 0)
        self.assertEqual((len(told), [error for error, _ in told]), (5, [None] * 5))
        self.assertEqual(len(own), 2)

    def test_many_at_once_in_order(self):
        producer = self.producer("other")
        producer.submit(b"first", "k").result(support.PATIENCE_S)
        self.assertEqual(producer.put_many(("k%d" % (i % 7), b"%d" % i) for i in range(5000)), 5000)
        deliveries = producer.submit_many([("k", b"x"), ("k", b"y"), ("schlüssel", b"z")])
        places = [d.result(support.PATIENCE_S) for d in deliveries]
        self.assertEqual(len({(p.sequence_number, p.subsequence_number) for p in places}), 3)
        self.assertEqual(producer.flush(), 0)
        self.assertEqual(producer.stats()["user_records_succeeded"], 5004)

    def test_any_buffer_is_taken(self):
        big = bytes(range(256)) * 256  # beyond the size that is simply copied
        kinds = [b"abcd", bytearray(b"abcd"), memoryview(b"xabcdx")[1:5], array.array("B", b"abcd"),
                 array.array("I", [0x64636261]), memoryview(array.array("I", [0x64636261])),
                 bytearray(big), memoryview(big), array.array("I", big)]
        expected = [b"abcd"] * 6 + [big] * 3
        producer = self.producer("other", aggregate=False)
        for i, data in enumerate(kinds):
            producer.submit(data, "one-%d" % i).result(support.PATIENCE_S)
        for delivery in producer.submit_many([("many-%d" % i, data) for i, data in enumerate(kinds)]):
            delivery.result(support.PATIENCE_S)
        records = dict(self.stored("other"))
        for i, data in enumerate(expected):
            self.assertEqual(records["one-%d" % i], data, kinds[i])
            self.assertEqual(records["many-%d" % i], data, kinds[i])

    def test_explicit_hash_keys_choose_the_shard(self):
        producer = self.producer()
        top = 2**128 - 1
        shards = [producer.submit(b"", "same", explicit_hash_key=h).result(support.PATIENCE_S).shard_id
                  for h in (0, "0", top, str(top))]
        self.assertEqual([shards[0] == s for s in shards], [True, True, False, False])
        many = producer.submit_many([("same", b"", 0), ("same", b"", str(top)), ("same", b"", None), ("same", b"")])
        self.assertEqual([d.result(support.PATIENCE_S).shard_id for d in many][:2], [shards[0], shards[2]])

    def test_a_record_may_name_its_stream(self):
        producer = self.producer(stream=None)
        producer.submit(b"x", "k", stream="other").result(support.PATIENCE_S)
        self.assertEqual(producer.put_many([("k", b"y")], stream="other"), 1)
        self.assertEqual(producer.flush(), 0)
        with self.assertRaisesRegex(kds.ConfigError, "stream"):
            producer.put(b"x", "k")

    def test_a_poller_serves_outcomes_itself(self):
        told = []
        producer = self.producer(dispatch="poll", on_delivery=lambda error, stored: told.append(stored))
        producer.put(b"x", "k")
        served = 0
        while served < 1:
            served += producer.poll(support.PATIENCE_S)
        self.assertEqual(len(told), 1)
        producer.put(b"x", "k")
        self.assertEqual(producer.flush(), 0)  # polls by itself
        self.assertEqual(len(told), 2)
        self.assertEqual(producer.submit(b"x", "k").result(support.PATIENCE_S).attempts, 1)
        self.assertGreater(producer.fileno(), 0)
        with self.assertRaisesRegex(kds.KdsError, "dispatch"):
            self.producer().poll()

    def test_several_threads_put(self):
        producer = self.producer()

        def put(name):
            producer.put_many(("%s-%d" % (name, i), b"x") for i in range(500))
            return [producer.submit(b"y", name) for _ in range(200)]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            deliveries = [d for many in pool.map(put, "abcd") for d in many]
        self.assertEqual({d.result(support.PATIENCE_S).attempts for d in deliveries}, {1})
        self.assertEqual(producer.flush(), 0)
        self.assertEqual(producer.stats()["user_records_succeeded"], 4 * 700)


class Failures(Case):
    def test_what_fails_is_kept_with_its_data_and_close_says_so(self):
        producer = kds.Producer("s", **CLOSED_PORT, linger_ms=1, record_ttl_ms=100)
        producer.put(b"lost", "key", explicit_hash_key=17)
        self.assertEqual(producer.flush(support.PATIENCE_S), 0)
        (error,) = producer.undelivered()
        self.assertIsInstance(error, kds.DeliveryError)
        self.assertEqual(error.record, kds.UndeliveredRecord("key", b"lost", "17", "s"))
        self.assertEqual((error.persisted, error.code), ("no", kds.ErrorCode.RECORD_EXPIRED))
        self.assertIsInstance(error, kds.RecordExpired)
        self.assertEqual(producer.undelivered(), [])
        self.assertEqual(producer.stats()["undelivered"], 1)
        self.assertEqual(producer.close(), 0)

    def test_leaving_with_raises_for_what_is_lost(self):
        with self.assertRaisesRegex(kds.DeliveryError, "3 records were not delivered; the first: ") as caught:
            with kds.Producer("s", **CLOSED_PORT, linger_ms=1, record_ttl_ms=100) as producer:
                producer.put_many([("a", b"1"), ("a", b"2"), ("a", b"3")])
        self.assertIn(caught.exception.record.data, (b"1", b"2", b"3"))
        self.assertEqual({e.record.data for e in producer.undelivered()}, {b"1", b"2", b"3"})
        with self.assertRaisesRegex(KeyError, "mine"):  # never hides another exception
            with kds.Producer("s", **CLOSED_PORT, linger_ms=1, record_ttl_ms=100) as producer:
                producer.put(b"x", "k")
                raise KeyError("mine")

    def test_a_future_gets_its_error(self):
        producer = kds.Producer("s", **CLOSED_PORT, linger_ms=1, record_ttl_ms=100)
        self.addCleanup(producer.close)
        delivery = producer.submit(b"x", "k")
        with self.assertRaises(kds.TimedOut):
            delivery.result(0)
        with self.assertRaises(kds.DeliveryError) as caught:
            delivery.result(support.PATIENCE_S)
        self.assertEqual(caught.exception.record.data, b"x")
        self.assertIs(delivery.exception(), caught.exception)
        self.assertEqual(producer.undelivered(), [])

    def test_close_is_bounded_and_gives_every_record_its_outcome(self):
        producer = kds.Producer("s", **CLOSED_PORT, linger_ms=1)
        delivery = producer.submit(b"x", "k")
        producer.put(b"y", "k")
        began = time.monotonic()
        self.assertEqual(producer.close(0.2), 1)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(producer.close(), 1)  # may be called again
        self.assertEqual(delivery.exception(0).code, kds.ErrorCode.CLOSED)
        self.assertEqual([e.record.data for e in producer.undelivered()], [b"y"])
        self.assertEqual(producer.close(), 0)

    def test_fault_U05_what_a_callback_raises_surfaces(self):
        def fail(error, stored):
            raise ZeroDivisionError("mine")

        producer = self.producer(on_delivery=fail)
        with self.assertLogs("kds.producer", logging.ERROR) as logs:
            delivery = producer.submit(b"x", "k")
            self.assertEqual(delivery.result(support.PATIENCE_S).attempts, 1)  # the outcome is what it is
            with self.assertRaisesRegex(ZeroDivisionError, "mine"):
                producer.flush()
        self.assertEqual(producer.stats()["callback_errors"], 1)
        self.assertIn("ZeroDivisionError", logs.output[0])
        self.assertEqual(producer.flush(), 0)  # it is told once
        polled = self.producer(on_delivery=fail, dispatch="poll")
        with self.assertLogs("kds.producer", logging.ERROR):
            polled.put(b"x", "k")
            with self.assertRaisesRegex(ZeroDivisionError, "mine"):
                while True:
                    polled.poll(support.PATIENCE_S)

    def test_fault_U02_a_callback_may_put_and_must_not_wait(self):
        seen = []
        producer = self.producer()

        def again(delivery):
            for call in (producer.flush, producer.close, producer.submit(b"y", "k").result):
                try:
                    call()
                except kds.KdsError as error:
                    seen.append(error.code)

        producer.submit(b"x", "k").add_done_callback(again)
        self.assertEqual(producer.flush(), 0)
        self.assertEqual(seen, [kds.ErrorCode.WOULD_DEADLOCK] * 3)
        self.assertEqual(producer.flush(), 0)
        self.assertEqual(producer.stats()["user_records_succeeded"], 2)

    def test_fault_U01_a_callback_that_does_not_return_holds_up_no_put_and_no_close(self):
        held, entered = threading.Event(), threading.Event()
        self.addCleanup(held.set)
        producer = self.producer()

        def block(delivery):
            entered.set()
            held.wait(support.PATIENCE_S)

        producer.submit(b"x", "k").add_done_callback(block)
        self.assertTrue(entered.wait(support.PATIENCE_S))
        self.assertEqual(producer.put_many([("k", b"y")] * 100), 100)
        support.eventually(lambda: len(producer) == 0)  # they are delivered all the same
        began = time.monotonic()
        with self.assertLogs("kds.producer", logging.ERROR) as logs:
            producer.close(0.2)
        self.assertLess(time.monotonic() - began, 5)
        self.assertIn("a delivery callback does not return", logs.output[0])
        self.assertTrue(producer.closed)
        held.set()

    def test_a_full_producer_does_what_it_is_told(self):
        full = {"buffer_max_bytes": 65536, "linger_ms": 1, **CLOSED_PORT}
        data = bytes(20000)
        producer = kds.Producer("s", on_full="raise", **full)
        with self.assertRaisesRegex(BufferError, "buffer_max_bytes") as caught:
            producer.put_many([("k", data)] * 10)
        self.assertIsInstance(caught.exception, kds.BufferFullError)
        self.assertEqual(caught.exception.accepted, 3)
        with self.assertRaises(kds.BufferFullError):
            producer.put(data, "k")
        self.assertEqual(producer.close(0), 3)
        producer = kds.Producer("s", on_full="drop", **full)
        self.assertEqual(producer.put_many([("k", data)] * 10), 10)
        producer.put(data, "k")
        dropped = producer.submit(data, "k")
        self.assertEqual(dropped.exception(0).code, kds.ErrorCode.QUEUE_FULL)
        self.assertEqual(producer.stats()["dropped"], 9)
        self.assertEqual(producer.close(0), 3)
        producer = kds.Producer("s", on_full="block", block_timeout_ms=60, **full)
        began = time.monotonic()
        with self.assertRaises(kds.BufferFullError):
            producer.put_many([("k", data)] * 10)
        self.assertGreater(time.monotonic() - began, 0.05)
        producer.close(0)

    def test_blocking_puts_go_on_when_there_is_room(self):
        for dispatch in ("thread", "poll"):
            producer = self.producer("other", buffer_max_bytes=65536, dispatch=dispatch)
            self.assertEqual(producer.put_many([("k", bytes(10000))] * 40), 40)
            self.assertEqual(producer.flush(), 0)
            self.assertEqual(producer.stats()["user_records_succeeded"], 40)


class BadInput(Case):
    def test_options(self):
        for options, error, text in (
            ({"linger": 5}, kds.ConfigError, "unknown option 'linger'; did you mean 'linger_ms'"),
            ({"RecordMaxBuffered": 5}, kds.ConfigError, "unknown option"),
            ({"linger_ms": "soon"}, kds.ConfigError, "soon"),
            ({"linger_ms": -1}, kds.ConfigError, "-1"),
            ({"linger_ms": [1]}, TypeError, "linger.ms must be str, int, bool, datetime or timedelta, not list"),
            ({"config": {"linger.msx": 1}}, kds.ConfigError, "linger.ms"),
            ({"config": {1: 1}}, TypeError, "names of settings"),
            ({"config_file": "/no/such"}, kds.ConfigError, "/no/such"),
            ({"dispatch": "other"}, kds.ConfigError, "other"),
            ({"on_full": "wait"}, kds.ConfigError, "on_full is 'wait': must be one of block, raise, drop"),
            ({"stream": "a\0b"}, kds.ConfigError, "NUL"),
            ({"endpoint_url": "ftp://x"}, kds.ConfigError, "ftp://x"),
        ):
            with self.subTest(options=options), self.assertRaisesRegex(error, text):
                kds.Producer(**{**self.options, **options})

    def test_settings_are_taken_by_all_their_names(self):
        import datetime
        producer = self.producer(config={"linger.ms": 1, "AggregationEnabled": False}, RecordTtl=5000,
                                 request_timeout_ms=datetime.timedelta(seconds=2))
        self.assertIsNone(producer.submit(b"x", "k").result(support.PATIENCE_S).subsequence_number)

    def test_records(self):
        producer = self.producer(record_max_bytes=1000)
        for arguments, error, text in (
            ((b"x", ""), kds.ConfigError, "key"),
            ((b"x", 5), TypeError, "key must be str, not int"),
            ((b"x", "k" * 257), kds.ConfigError, "256"),
            ((b"x", b"\xff"), kds.ConfigError, "UTF-8"),
            ((b"x", "\ud800"), kds.ConfigError, "UTF-8"),
            (("text", "k"), TypeError, "data must be bytes or another buffer, not str: encode it"),
            ((5, "k"), TypeError, "data must be bytes or another buffer, not int"),
            ((memoryview(b"abcd")[::2], "k"), TypeError, "contiguous"),
            ((bytes(1001), "k"), ValueError, "1000"),
            ((b"x", "k", "no number"), kds.ConfigError, "no number"),
            ((b"x", "k", 1 << 128), kds.ConfigError, "34028236692093846346337460743176821145[56]"),
            ((b"x", "k", 1.5), TypeError, "explicit_hash_key must be str, not float"),
        ):
            with self.subTest(arguments=arguments), self.assertRaisesRegex(error, text):
                producer.put(*arguments)
            record = (arguments[1], arguments[0], *arguments[2:])
            with self.subTest(record=record):
                with self.assertRaisesRegex(error, text) as caught:
                    producer.put_many([("k", b"good"), record])
                self.assertEqual(caught.exception.accepted, 0 if error is TypeError or "\ud800" in arguments else 1)
        with self.assertRaisesRegex(kds.ConfigError, "key"):
            self.producer(record_distribution="USER_PARTITION_KEY").put(b"x")
        with self.assertRaisesRegex(kds.DeliveryError, "partition key: is missing"):
            producer.submit(b"x").result(support.PATIENCE_S)  # as the stream turned out to need one
        with self.assertRaisesRegex(TypeError, "key must be str, not NoneType"):
            producer.put_many([(None, b"x")])
        with self.assertRaisesRegex(TypeError, "a record must be"):
            producer.put_many([("k",)])
        with self.assertRaises(TypeError):
            producer.put_many(5)
        self.assertEqual(producer.put_many([]), 0)
        self.assertEqual(producer.flush(), 0)

    def test_a_closed_producer_says_so(self):
        producer = self.producer()
        producer.close()
        for call in (lambda: producer.put(b"x", "k"), lambda: producer.submit(b"x", "k"),
                     lambda: producer.put_many([("k", b"x")]), producer.flush, producer.stats):
            with self.assertRaisesRegex(kds.ClosedError, "the producer is closed"):
                call()


class Ends(Case):
    def test_fault_P08_a_forked_child_gets_a_clear_error_and_the_parent_goes_on(self):
        producer = self.producer()
        producer.put(b"before", "k")
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            text = []
            for call in (lambda: producer.put(b"x", "k"), lambda: producer.put_many([("k", b"x")]), producer.flush):
                try:
                    call()
                except kds.ForkedError as error:
                    text.append("create it after the fork" in str(error))
            text.append(producer.close())
            os.write(write, repr(text).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.assertEqual(pipe.read(), "[True, True, True, 0]")
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        producer.put(b"after", "k")
        self.assertEqual(producer.flush(), 0)
        self.assertEqual(producer.stats()["user_records_succeeded"], 2)

    def test_fault_U06_collected_open_it_warns_and_is_freed(self):
        producer = kds.Producer("s", **CLOSED_PORT)
        delivery = producer.submit(b"x", "k")
        before = threading.active_count()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            delivery._producer = None
            producer._waiting.clear()
            del producer
            gc.collect()
        self.assertEqual([w.category for w in caught], [ResourceWarning])
        caught.clear()  # a warning holds what it is about
        gc.collect()
        support.eventually(lambda: threading.active_count() < before, "the thread's end")

    def run_program(self, text, interrupt=False):
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        program = subprocess.Popen([sys.executable, "-W", "error", "-c", "import kds, sys, time\n" + text], env=env,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.kill)
        if interrupt:
            self.assertEqual(program.stdout.readline(), "ready\n")
            began = time.monotonic()
            program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=support.PATIENCE_S)
        return program.returncode, out, err, time.monotonic() - began if interrupt else None

    def test_fault_U06_at_exit_what_is_open_is_delivered(self):
        status, out, err, _ = self.run_program(
            "p = kds.Producer('other', aggregate=False, linger_ms=50000, **%r)\np.put(b'at exit', 'exit-key')"
            % self.options)
        self.assertEqual((status, out, err), (0, "", ""))
        self.assertIn(("exit-key", b"at exit"), self.stored("other"))

    def test_ctrl_c_answers_at_once_in_each_blocking_call(self):
        for call in ("p.flush()", "p.close()", "p.put_many([('k', bytes(20000))] * 10)", "d.result()",
                     "[p.put(bytes(20000), 'k') for _ in range(10)]"):
            status, out, err, seconds = self.run_program("""
p = kds.Producer("s", buffer_max_bytes=65536, **%r)
d = p.submit(b"x", "k")
try:
    print("ready", flush=True)
    %s
except KeyboardInterrupt:
    print("interrupted")
p.close(0)
""" % (CLOSED_PORT, call), interrupt=True)
            with self.subTest(call=call):
                self.assertEqual((status, out, err), (0, "interrupted\n", ""))
                self.assertLess(seconds, 2)  # the interpreter's own end included


if __name__ == "__main__":
    unittest.main()
