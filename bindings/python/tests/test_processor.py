"""Processors against kds-local: called in order, never taken for success when they raise."""
import logging
import os
import signal
import tempfile
import threading
import time
import unittest
from pathlib import Path

import support
import kds
from kds.processor import Runner

QUICK = {"idle_ms": 200, "close_timeout_s": 10, "processor_backoff_ms": 1}


class Case(support.ServerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = "sqlite:" + str(Path(folder.name) / "leases.db")
        self.stream = self.id().rsplit(".", 1)[1][:128]
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)
        self.client.create_stream(StreamName=self.stream, ShardCount=2)
        self.calls = []
        logging.getLogger("kds.processor").setLevel(logging.CRITICAL + 1)

    def put(self, count, first=0):
        with kds.Producer(self.stream, linger_ms=5, **self.options) as producer:
            producer.put_many(("key-%d" % (i % 13), b"%d" % i) for i in range(first, first + count))
            support.eventually(lambda: len(producer) == 0)

    def runner(self, factory, **options):
        return Runner(factory, "app", self.stream, **{"state": self.state, **QUICK, **self.options, **options})

    def run_until(self, condition, factory, **options):
        """Run on a thread of its own until a condition holds. @return what run() raised"""
        runner = self.runner_of_last_run = self.runner(factory, **options)
        raised = []

        def run():
            try:
                runner.run(signals=False)
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            support.eventually(lambda: condition() or not thread.is_alive())
        finally:
            runner.stop()
            thread.join(support.PATIENCE_S)
        self.assertFalse(thread.is_alive())
        return raised[0] if raised else None

    def recorder(self, process=None, **methods):
        """A processor class that notes each call."""
        calls = self.calls

        class Recorder(kds.Processor):
            def start(self, shard):
                calls.append(("start", shard.shard_id, shard.position))

            def process(self, batch, checkpointer):
                if process is not None:
                    process(batch, checkpointer)
                calls.append(("process", batch.shard_id, [int(data) for data in batch.data()]))

            def shard_ended(self, shard, checkpointer):
                calls.append(("ended", shard.shard_id))

            def stopping(self, shard, checkpointer):
                calls.append(("stopping", shard.shard_id))

            def lease_lost(self, shard):
                calls.append(("lost", shard.shard_id))

        for name, method in methods.items():
            setattr(Recorder, name, method)
        return Recorder

    def processed(self):
        return sorted(i for call in self.calls if call[0] == "process" for i in call[2])


class Processing(Case):
    def test_one_object_for_each_shard_called_in_order(self):
        self.put(300)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000000",
                                NewStartingHashKey=str(2**126))
        self.put(100, first=300)
        made = []
        kind = self.recorder()

        def factory():
            made.append(kind())
            return made[-1]

        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 400, factory))
        self.assertEqual(self.processed(), list(range(400)))
        self.assertEqual(len(made), 4)
        for shard in ("shardId-%012d" % i for i in range(4)):
            kinds = [call[0] for call in self.calls if call[1] == shard]
            self.assertEqual(kinds[0], "start")
            ends = ["ended"] if shard == "shardId-000000000000" else ["stopping", "lost"]
            self.assertEqual(kinds[-len(ends):], ends)
        started = {call[1]: at for at, call in enumerate(self.calls) if call[0] == "start"}
        ended = self.calls.index(("ended", "shardId-000000000000"))
        self.assertGreater(min(started["shardId-000000000002"], started["shardId-000000000003"]), ended)

    def test_a_second_run_goes_on_behind_the_checkpoints(self):
        self.put(100)
        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 100, self.recorder()))
        self.put(50, first=100)
        self.calls.clear()
        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 50, self.recorder()))
        self.assertEqual(self.processed(), list(range(100, 150)))
        self.assertTrue(all(call[2].sequence_number.isdigit() for call in self.calls if call[0] == "start"))

    def test_manual_checkpoints_and_those_at_the_end(self):
        self.put(100)
        checkpointers = {}

        def process(batch, checkpointer):
            checkpointers[batch.shard_id] = checkpointer
            checkpointer.checkpoint(batch[len(batch) // 2])
            with self.assertRaises(kds.CheckpointRejected):
                checkpointer.checkpoint_at(kds.Position("9" * 60))

        kind = self.recorder(process, stopping=lambda self, shard, checkpointer: checkpointer.checkpoint())
        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 100, kind, checkpoint="manual"))
        self.calls.clear()
        self.put(1, first=100)
        self.assertIsNone(self.run_until(lambda: self.processed(), self.recorder()))
        self.assertEqual(self.processed(), [100])
        for checkpointer in checkpointers.values():
            with self.assertRaises(kds.ClosedError):
                checkpointer.checkpoint()

    def test_signals_end_it_cleanly(self):
        self.put(10)
        before = signal.getsignal(signal.SIGTERM)

        def process(batch, checkpointer):
            os.kill(os.getpid(), signal.SIGTERM)

        began = time.monotonic()
        self.runner(self.recorder(process)).run()
        self.assertLess(time.monotonic() - began, support.PATIENCE_S)
        self.assertIs(signal.getsignal(signal.SIGTERM), before)
        self.assertGreater(len(self.processed()), 0)


class Failures(Case):
    def test_fault_U05_a_batch_whose_processor_raises_comes_again(self):
        self.put(20)
        failed = []

        def process(batch, checkpointer):
            if len(failed) < 3:
                failed.append(batch.attempt)
                raise ValueError("not yet")

        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 20, self.recorder(process)))
        self.assertEqual(self.processed(), list(range(20)))
        self.assertEqual(self.runner_of_last_run.failures, 3)

    def test_fault_U05_when_it_fails_for_good_run_raises_and_nothing_is_skipped(self):
        self.put(20)

        def process(batch, checkpointer):
            raise ValueError("poison")

        error = self.run_until(lambda: False, self.recorder(process), processor_retries=2)
        self.assertIsInstance(error, kds.ProcessorError)
        self.assertRegex(str(error), "the processor of shardId-.* failed 3 times, the last time with ValueError: poison")
        self.assertIsInstance(error.__cause__, ValueError)
        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 20, self.recorder()))
        self.assertEqual(self.processed(), list(range(20)))

    def test_fault_U05_an_exit_in_a_processor_is_one_of_run(self):
        for kind in (SystemExit, KeyboardInterrupt):
            self.put(1)

            def process(batch, checkpointer):
                raise kind("mine")

            self.assertIsInstance(self.run_until(lambda: False, self.recorder(process)), kind)
        self.assertIsNone(self.run_until(lambda: len(self.processed()) >= 2, self.recorder()))

    def test_skipping_is_asked_for_and_counted(self):
        self.put(20)

        def process(batch, checkpointer):
            if b"7" in batch.data():
                raise ValueError("poison")

        self.assertIsNone(self.run_until(lambda: self.runner_of_last_run.skipped and self.processed(),
                                         self.recorder(process), processor_retries=1, on_error="skip"))
        self.assertNotIn(7, self.processed())
        self.assertEqual(self.runner_of_last_run.skipped, 1)

    def test_dead_letters_are_kept_one_by_one(self):
        self.put(20)
        kept = []

        def process(batch, checkpointer):
            if b"7" in batch.data():
                raise ValueError("poison")

        self.assertIsNone(self.run_until(
            lambda: len(self.processed()) >= 19, self.recorder(process), processor_retries=1,
            dead_letter=lambda record, error: kept.append((record.data, str(error)))))
        self.assertEqual(kept, [(b"7", "poison")])
        self.assertEqual(self.processed(), [i for i in range(20) if i != 7])

    def test_a_factory_that_raises_is_a_failure(self):
        self.put(1)
        tries = []
        kind = self.recorder()

        def factory():
            tries.append(1)
            if len(tries) < 3:
                raise OSError("no database yet")
            return kind()

        self.assertIsNone(self.run_until(lambda: self.processed(), factory))

    def test_what_makes_the_worker_give_up_is_raised(self):
        runner = Runner(self.recorder(), "app", "no-such-stream", state=self.state, **QUICK, **self.options)
        with self.assertRaises(kds.ServiceError):
            runner.run(signals=False)

    def test_bad_options(self):
        for options, text in (({"on_error": "ignore"}, "on_error is 'ignore': must be one of stop, skip"),
                              ({"workers": 0}, "workers is 0"), ({"failover": 1}, "failover_ms")):
            with self.assertRaisesRegex(kds.ConfigError, text):
                self.runner(self.recorder(), **options)
        self.runner(self.recorder()).close()  # one that never ran


if __name__ == "__main__":
    unittest.main()
