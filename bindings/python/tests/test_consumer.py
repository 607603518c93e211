"""kds.Consumer against kds-local: every record at least once, in order, through resharding, stops and failures."""
import collections
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import support
import kds

QUICK = {"idle_ms": 200, "close_timeout_s": 10}


class Case(support.ServerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = "sqlite:" + str(Path(folder.name) / "leases.db")
        self.stream = self.id().rsplit(".", 1)[1][:128]
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)
        self.client.create_stream(StreamName=self.stream, ShardCount=2)

    def put(self, count, first=0):
        with kds.Producer(self.stream, linger_ms=5, **self.options) as producer:
            producer.put_many(("key-%d" % (i % 13), b"%d" % i) for i in range(first, first + count))
            support.eventually(lambda: len(producer) == 0)

    def consumer(self, **options):
        consumer = kds.Consumer(options.pop("app", "app"), self.stream,
                                **{"state": self.state, **QUICK, **self.options, **options})
        self.addCleanup(consumer.close, 1)
        return consumer

    def read(self, count, **options):
        """The next records, with a consumer of its own."""
        with self.consumer(**options) as consumer:
            records = []
            for record in consumer:
                records.append(record)
                if len(records) == count:
                    consumer.checkpoint()
                    return records


def numbers(records):
    return sorted(int(record.data) for record in records)


class Reading(Case):
    def test_all_shards_in_order_with_everything_about_a_record(self):
        self.put(3000)
        records = self.read(3000)
        self.assertEqual(numbers(records), list(range(3000)))
        places = collections.defaultdict(list)
        for record in records:
            self.assertEqual(record.key, "key-%d" % (int(record.data) % 13))
            self.assertEqual((record.stream, record.corrupt, record.explicit_hash_key), ("", False, None))
            self.assertLess(abs(record.arrival.timestamp() - time.time()), 60)
            self.assertEqual(record.as_dict()["data"], record.data)
            places[record.shard_id].append((int(record.sequence_number), record.subsequence_number))
        self.assertEqual(len(places), 2)
        self.assertTrue(any(record.aggregated for record in records))
        for shard in places.values():
            self.assertEqual(shard, sorted(set(shard)))

    def test_a_second_consumer_goes_on_where_the_first_stopped(self):
        self.put(500)
        first = self.read(200)
        second = self.read(300)
        self.assertEqual(numbers(first + second), list(range(500)))

    def test_what_was_not_done_comes_again(self):
        self.put(100)
        seen = []
        with self.assertRaises(ZeroDivisionError):
            with self.consumer() as consumer:
                for record in consumer:
                    seen.append(record)
                    if len(seen) == 50:
                        1 / 0
        # The 50th was handed out and not done; those before it were.
        rest = self.read(51)
        self.assertEqual(numbers(seen[:49] + rest), list(range(100)))
        self.assertIn(seen[49].data, [record.data for record in rest])

    def test_a_shard_that_stopped_is_resumed(self):
        self.put(10)
        consumer = self.consumer(processor_retries=0)
        stopped = {}

        def step(done):
            task = consumer.next(100)
            if task is not None:
                consumer.finish(task, done or bool(task.position.sequence_number))  # INITIALIZE has one
            stopped.update((s["shard_id"], s) for s in consumer.shards() if s["doing"] == "stopped")
            return len(stopped)

        support.eventually(lambda: step(False) == 2)
        with self.assertRaises(kds.KdsError):
            consumer.resume("shardId-000000000077")
        for shard_id in stopped:
            consumer.resume(shard_id)
        with self.assertRaises(kds.KdsError):
            consumer.resume(shard_id)
        support.eventually(lambda: (step(True), consumer.stats()["user_records"] == 10)[1])

    def test_quiet_streams_do_not_end_the_loop_and_idle_timeout_does(self):
        got = []
        consumer = self.consumer()
        reader = threading.Thread(target=lambda: got.extend(consumer))
        reader.start()
        support.eventually(lambda: consumer.stats()["get_records_calls"] > 4)  # has read in vain
        self.assertTrue(reader.is_alive())
        self.put(3)
        support.eventually(lambda: len(got) == 3)
        self.assertTrue(consumer.close())  # from another thread: the loop ends
        reader.join(support.PATIENCE_S)
        self.assertFalse(reader.is_alive())
        self.put(2, first=3)
        with self.consumer(idle_timeout=1) as consumer:
            # The third was given and not followed by another request when close() came.
            self.assertEqual(numbers(consumer)[-2:], [3, 4])

    def test_children_come_after_their_parents(self):
        self.put(200)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000000",
                                NewStartingHashKey=str(2**126))
        self.put(200, first=200)
        events = []
        with self.consumer() as consumer:
            consumer.on_shard(events.append)
            records = []
            for record in consumer:
                records.append(record)
                if record.shard_id in ("shardId-000000000002", "shardId-000000000003"):
                    self.assertIn(("ended", "shardId-000000000000"), [e[:2] for e in events])
                if len(records) == 400:
                    break
        self.assertEqual(numbers(records), list(range(400)))
        self.assertEqual({e.shard_id for e in events if e.kind == "assigned"},
                         {"shardId-%012d" % i for i in range(4)})

    def test_children_wait_until_the_end_of_their_parent_is_acknowledged(self):
        self.put(200)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000000",
                                NewStartingHashKey=str(2**126))
        self.put(200, first=200)
        events = []
        with self.consumer(ack="manual", idle_timeout=1.5) as consumer:
            consumer.on_shard(events.append)
            parents = list(consumer)
            self.assertIn(("ended", "shardId-000000000000"), [e[:2] for e in events])
            self.assertEqual({r.shard_id for r in parents}, {"shardId-000000000000", "shardId-000000000001"})
            consumer.checkpoint()
            children = list(consumer)
        self.assertEqual({r.shard_id for r in children}, {"shardId-000000000002", "shardId-000000000003"})
        self.assertEqual(numbers(parents + children), list(range(400)))

    def test_batches_are_the_same_records(self):
        self.put(1000)
        seen, views, keys = [], [], []
        with self.consumer() as consumer:
            for batch in consumer.batches():
                seen += batch.data()
                views += [bytes(view) for view in batch.views()]
                keys += batch.keys()
                self.assertEqual([r.data for r in batch], batch.data())
                self.assertEqual((len(batch), batch.attempt), (len(batch.records), 1))
                self.assertEqual(batch[0].data, batch.data()[0])
                if len(seen) == 1000:
                    break
        self.assertEqual(seen, views)
        self.assertEqual(keys, ["key-%d" % (int(data) % 13) for data in seen])
        self.assertEqual(sorted(map(int, seen)), list(range(1000)))

    def test_fan_out_and_its_metrics(self):
        self.put(500)
        for fan_out in (True, "by-name"):
            with self.consumer(app="app-%s" % fan_out, fan_out=fan_out) as consumer:
                records = [next(consumer) for _ in range(500)]
                stats = consumer.stats()
                self.assertEqual(numbers(records), list(range(500)))
                self.assertEqual((stats["get_records_calls"], stats["subscriptions"]), (0, 2))
                self.assertEqual({shard["shard_id"] for shard in consumer.shards()},
                                 {"shardId-000000000000", "shardId-000000000001"})
                self.assertIsInstance(consumer.metrics(), dict)
                self.assertIn("# TYPE kds_consumer_", consumer.prometheus())
        arn = self.client.describe_stream_summary(StreamName=self.stream)["StreamDescriptionSummary"]["StreamARN"]
        names = {c["ConsumerName"] for c in self.client.list_stream_consumers(StreamARN=arn)["Consumers"]}
        self.assertEqual(names, {"app-True", "by-name"})
        with self.assertRaisesRegex(TypeError, "fan_out must be bool or str, not int"):
            self.consumer(fan_out=5)

    def test_the_ways_to_read_may_be_mixed(self):
        self.put(60)
        with self.consumer() as consumer:
            found = [next(consumer)]
            for record in consumer:
                found.append(record)
                if len(found) % 3 == 0:
                    found.append(consumer.poll(support.PATIENCE_S))
                if len(found) >= 30:
                    break
            loop = iter(consumer)
            while len(found) < 60:
                found.append(next(loop))
            self.assertEqual(numbers(found), list(range(60)))

    def test_poll_is_for_loops_that_do_more(self):
        with self.consumer() as consumer:
            self.assertIsNone(consumer.poll(0))
            self.put(1)
            self.assertEqual(consumer.poll(support.PATIENCE_S).data, b"0")

    def test_manual_acknowledgement_is_only_what_checkpoint_says(self):
        self.put(50)
        with self.consumer(ack="manual") as consumer:
            records = [next(consumer) for _ in range(50)]
            by_shard = collections.defaultdict(list)
            for record in records:
                by_shard[record.shard_id].append(record)
            for shard in by_shard.values():
                consumer.checkpoint(shard[len(shard) // 2])
            with self.assertRaises(kds.CheckpointRejected):
                consumer.checkpoint(next(iter(by_shard.values()))[0])  # never backwards
        rest = [r for shard in by_shard.values() for r in shard[len(shard) // 2 + 1:]]
        self.assertEqual(numbers(self.read(len(rest), ack="manual")), numbers(rest))  # and confirms all
        with self.consumer(idle_timeout=0.7) as consumer:
            self.assertEqual(list(consumer), [])

    def test_start_latest_and_instants(self):
        import datetime
        self.put(5)
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        support.eventually(lambda: datetime.datetime.now(datetime.timezone.utc) > later)
        self.put(5, first=5)
        self.assertEqual(numbers(self.read(5, app="b", start=later)), [5, 6, 7, 8, 9])
        with self.consumer(app="c", start="latest", idle_timeout=1) as consumer:
            consumer.poll(0.5)
            self.put(1, first=10)
            self.assertIn(10, numbers(consumer))

    def test_a_worker_that_stops_hands_its_shards_over_at_once(self):
        self.put(100)
        first = self.consumer(worker_id="w1", failover_ms=60000)
        got = [next(first) for _ in range(100)]
        first.checkpoint()
        second = self.consumer(worker_id="w2", failover_ms=60000)
        self.assertIsNone(second.poll(0.3))  # all leases are held
        first.close()
        self.put(100, first=100)
        got += [next(second) for _ in range(100)]
        self.assertEqual(numbers(got), list(range(200)))


class Ends(Case):
    def test_close_is_bounded_and_can_be_called_twice(self):
        consumer = self.consumer()
        consumer.poll(0)
        self.assertTrue(consumer.close())
        self.assertTrue(consumer.close())
        self.assertEqual(list(consumer), [])
        for call in (consumer.stats, consumer.shards):
            with self.assertRaisesRegex(kds.ClosedError, "the consumer is closed"):
                call()

    def test_what_makes_the_worker_give_up_is_raised(self):
        with kds.Consumer("app", "no-such-stream", state=self.state, **QUICK, **self.options) as consumer:
            with self.assertRaises(kds.ServiceError) as caught:
                next(consumer)
            self.assertEqual(caught.exception.code, kds.ErrorCode.NOT_FOUND)

    def test_a_listener_that_raises_is_never_success(self):
        self.put(1)

        def fail(event):
            raise ZeroDivisionError("mine")

        with self.consumer() as consumer:
            consumer.on_shard(fail)
            with self.assertRaisesRegex(ZeroDivisionError, "mine"):
                next(consumer)
        self.assertEqual(len(self.read(1)), 1)

    def test_fault_P08_a_forked_child_gets_a_clear_error_and_the_parent_goes_on(self):
        self.put(20)
        consumer = self.consumer()
        first = next(consumer)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            text = []
            for call in (lambda: [next(consumer) for _ in range(100)], consumer.stats, lambda: consumer.checkpoint(first)):
                try:
                    call()
                except kds.ForkedError as error:
                    text.append("create it after the fork" in str(error))
            text.append(consumer.close())
            os.write(write, repr(text).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.assertEqual(pipe.read(), "[True, True, True, True]")
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        self.assertEqual(numbers([first] + [next(consumer) for _ in range(19)]), list(range(20)))

    def test_ctrl_c_answers_at_once_and_the_next_run_goes_on(self):
        self.put(10)
        program = """
import kds, sys
with kds.Consumer("app", %r, state=%r, idle_ms=200, **%r) as consumer:
    for record in consumer:
        print(record.data.decode(), flush=True)
""" % (self.stream, self.state, self.options)
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            self.addCleanup(process.kill)
            seen = [int(process.stdout.readline()) for _ in range(10)]
            began = time.monotonic()
            process.send_signal(signal.SIGINT)  # it waits for more
            _, err = process.communicate(timeout=support.PATIENCE_S)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual((process.returncode, err.strip().splitlines()[-1]), (-signal.SIGINT, "KeyboardInterrupt"))
        self.put(1, first=10)
        again = set()
        with self.consumer() as consumer:
            while 10 not in again:
                again.add(int(next(consumer).data))
        # At most the last one of the first run comes again.
        self.assertLessEqual(again, {seen[-1], 10})


class Example(Case):
    def test_consume_reads_until_it_is_told_to_end_and_goes_on_where_it_was(self):
        example = Path(__file__).resolve().parents[1] / "examples" / "consume.py"
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "AWS_REGION": self.options["region"],
               "AWS_ENDPOINT_URL_KINESIS": self.options["endpoint_url"], "AWS_ACCESS_KEY_ID": "a",
               "AWS_SECRET_ACCESS_KEY": "b"}
        for first in (0, 20):
            self.put(20, first=first)
            seen = set()
            with subprocess.Popen([sys.executable, "-W", "error", example, self.stream, self.state], env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                self.addCleanup(process.kill)
                while not seen >= set(range(first, first + 20)):
                    line = process.stdout.readline()
                    self.assertTrue(line, "it ended")
                    seen.add(int(line.split("b'")[1].rstrip("'\n")))
                process.send_signal(signal.SIGTERM)
                _, err = process.communicate(timeout=support.PATIENCE_S)
            self.assertEqual(process.returncode, 0, err)
            self.assertIn("assigned shardId-000000000000", err)
            self.assertLessEqual(len(seen), 22)  # of each shard at most the last one comes again


class BadInput(Case):
    def test_options(self):
        for options, error, text in (
            ({"failover": 5}, kds.ConfigError, "unknown option 'failover'; did you mean 'failover_ms'"),
            ({"state": "mysql:x"}, kds.ConfigError, "mysql:x"),
            ({"state": None}, kds.ConfigError, "store"),
            ({"app": None}, kds.ConfigError, "application"),
            ({"start": "yesterday"}, kds.ConfigError, "yesterday"),
            ({"ack": "never"}, kds.ConfigError, "never"),
            ({"max_records": 0}, kds.ConfigError, "1..10000"),
            ({"state": "sqlite:/no/such/folder/file"}, kds.LeaseError, "/no/such/folder/file"),
        ):
            with self.subTest(options=options), self.assertRaisesRegex(error, text):
                self.consumer(**options)
        not_ours = Path(self.state[7:])
        not_ours.write_bytes(b"not a database" * 100)
        with self.assertRaises(kds.LeaseError) as caught:
            self.consumer()
        self.assertEqual(caught.exception.code, kds.ErrorCode.STORE_CORRUPT)

    def test_checkpoints_of_what_was_not_handed_out(self):
        self.put(1)
        consumer = self.consumer()
        record = next(consumer)
        with self.assertRaises(kds.CheckpointRejected):
            consumer.checkpoint(record._replace(sequence_number="9" * 60))
        with self.assertRaises(kds.LeaseLost):
            consumer.checkpoint(record._replace(shard_id="shardId-000000000099"))


if __name__ == "__main__":
    unittest.main()
