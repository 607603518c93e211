"""Programs written for amazon_kclpy, unchanged, in process."""
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import support
import kds
from kds.kclpy import kcl, messages
from kds.kclpy.v2 import processor as v2
from kds.kclpy.v3 import processor as v3

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "kclpy_app.py"


class Case(support.ServerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.stream = self.id().rsplit(".", 1)[1]
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)
        self.client.create_stream(StreamName=self.stream, ShardCount=2)
        self.properties = self.folder / "app.properties"
        self.properties.write_text("""# as for the MultiLangDaemon
executableName = %s
streamName = %s
applicationName = PythonKCLSample
AwsCredentialsProvider = DefaultCredentialsProvider
processingLanguage = python/3.8
initialPositionInStream = TRIM_HORIZON
regionName = us-east-1
kinesisEndpoint = %s
idleTimeBetweenReadsInMillis = 200
""" % (EXAMPLE, self.stream, self.server.endpoint_url))
        self.env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "AWS_ACCESS_KEY_ID": "a",
                    "AWS_SECRET_ACCESS_KEY": "b"}

    def put(self, count, first=0):
        with kds.Producer(self.stream, linger_ms=5, **self.options) as producer:
            producer.put_many(("key-%d" % (i % 13), b"%d" % i) for i in range(first, first + count))
            support.eventually(lambda: len(producer) == 0)

    def start(self, *arguments):
        process = subprocess.Popen([sys.executable, "-W", "error", *arguments], env=self.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def store(self):
        return "store=sqlite:" + str(self.folder / "leases.db")


class Unchanged(Case):
    def records(self, process, count):
        lines = []
        while len(lines) < count:
            line = process.stdout.readline()
            self.assertTrue(line, process.stderr.read() if not line else "")
            if line.endswith("'\n"):
                lines.append(line.split(" ", 3))
        return sorted(int(line[3].strip()[2:-1]) for line in lines)

    def test_a_program_runs_by_its_properties_and_goes_on_where_it_was(self):
        self.put(100)
        program = self.start("-m", "kds.kclpy", "--set", self.store(), str(self.properties))
        self.assertEqual(self.records(program, 100), list(range(100)))
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=support.PATIENCE_S)
        self.assertEqual((program.returncode, err), (0, ""))
        self.put(50, first=100)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000000",
                                NewStartingHashKey=str(2**126))
        self.put(50, first=150)
        program = self.start("-m", "kds.kclpy", "--set", self.store(), str(self.properties), str(EXAMPLE))
        self.assertEqual(self.records(program, 100), list(range(100, 200)))
        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(support.PATIENCE_S), 0)

    def test_one_line_before_its_imports_does_it_too(self):
        self.put(5)
        text = "import kds.kclpy; kds.kclpy.install(%r, store=%r)\n" % (str(self.properties), self.store()[6:])
        program = self.folder / "app.py"
        program.write_text(text + EXAMPLE.read_text())
        process = self.start(str(program))
        self.assertEqual(self.records(process, 5), [0, 1, 2, 3, 4])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.PATIENCE_S), 0)

    def test_bad_arguments(self):
        empty = self.folder / "empty.properties"
        empty.write_text("")
        for arguments, status, text in (
            ((), 2, "python -m kds.kclpy"),
            (("/no/such",), 2, "/no/such: No such file"),
            ((str(empty),), 2, "names no executableName, and no program is given"),
            (("--set", "no.such=1", str(self.properties)), 1, "no.such"),
            (("--set", "store=mysql:x", str(self.properties)), 1, "mysql"),
        ):
            process = self.start("-m", "kds.kclpy", *arguments)
            _, err = process.communicate(timeout=support.PATIENCE_S)
            with self.subTest(arguments=arguments):
                self.assertEqual(process.returncode, status, err)
                self.assertIn(text, err)


class Versions(Case):
    def run_processor(self, template, until):
        """KCLProcess(template).run() on a thread of its own, until a condition holds. @return what it raised"""
        from kds import kclpy
        from kds.processor import Runner
        kclpy.configuration.update(properties=str(self.properties), options={"store": self.store()[6:],
                                   "access.key.id": "a", "secret.access.key": "b", "processor.backoff.ms": 1,
                                   "processor.retries": 2})
        process, raised, runners = kcl.KCLProcess(template), [], []
        run = Runner.run

        def without_signals(runner, signals=True):
            runners.append(runner)
            run(runner, signals=False)

        def target():
            try:
                process.run()
            except BaseException as error:
                raised.append(error)

        Runner.run = without_signals
        try:
            thread = threading.Thread(target=target)
            thread.start()
            support.eventually(lambda: until() or not thread.is_alive())
            for runner in runners:
                runner.stop()
            thread.join(support.PATIENCE_S)
            self.assertFalse(thread.is_alive())
        finally:
            Runner.run = run
        return raised[0] if raised else None

    def test_version_1(self):
        calls = []

        class Processor(kcl.RecordProcessorBase):
            def initialize(self, shard_id):
                calls.append(("initialize", shard_id))

            def process_records(self, records, checkpointer):
                calls.append(("process", [int(r.binary_data) for r in records]))
                first = records[0]
                if first.get("data") != first.data or int(first.get("sequenceNumber")) < 1:
                    calls.append(("bad", first))
                checkpointer.checkpoint(records[-1].sequence_number)

            def shutdown(self, checkpointer, reason):
                calls.append(("shutdown", reason))
                checkpointer.checkpoint()

            def shutdown_requested(self, checkpointer):
                calls.append(("requested",))

        self.put(50)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000000",
                                NewStartingHashKey=str(2**126))
        processed = lambda: sorted(i for c in calls if c[0] == "process" for i in c[1])  # noqa: E731
        self.assertIsNone(self.run_processor(Processor(), lambda: len(processed()) >= 50 and sum(
            c[0] == "initialize" for c in calls) >= 4))
        self.assertEqual(processed(), list(range(50)))
        self.assertIn(("shutdown", "TERMINATE"), calls)
        self.assertNotIn("bad", [c[0] for c in calls])

    def test_version_2_and_errors_of_checkpoints(self):
        values = []

        class Processor(v2.RecordProcessorBase):
            def initialize(self, initialize_input):
                values.append(("from", initialize_input.sequence_number, initialize_input.sub_sequence_number))

            def process_records(self, process_records_input):
                try:
                    process_records_input.checkpointer.checkpoint("9" * 60)
                except kcl.CheckpointError as error:
                    values.append(error.value)
                self.checkpointer = process_records_input.checkpointer

            def shutdown(self, shutdown_input):
                try:
                    shutdown_input.checkpointer.checkpoint()
                except kcl.CheckpointError as error:
                    values.append((shutdown_input.reason, error.value))

        self.put(2)
        self.assertIsNone(self.run_processor(Processor(), lambda: "IllegalArgumentException" in values))
        self.assertIn(("from", None, 0), values)
        # Nothing was checkpointed: all of it comes again.
        values.clear()
        self.assertIsNone(self.run_processor(Processor(), lambda: "IllegalArgumentException" in values))
        with self.assertRaises(kcl.CheckpointError) as caught:
            kcl.Checkpointer(None).checkpoint()
        self.assertEqual(caught.exception.value, "ShutdownException")

    def test_fault_U05_a_processor_that_raises_is_never_success(self):
        class Processor(v3.RecordProcessorBase):
            def initialize(self, initialize_input):
                pass

            def process_records(self, process_records_input):
                raise ValueError("poison")

            def lease_lost(self, lease_lost_input):
                pass

            def shutdown_requested(self, shutdown_requested_input):
                pass

        self.put(1)
        with self.assertLogs("kds.processor"):
            error = self.run_processor(Processor(), lambda: False)
        self.assertIsInstance(error, kds.ProcessorError)
        self.assertIsInstance(error.__cause__, ValueError)

    def test_bad_processors(self):
        class Version9:
            version = 9

        class Locked:
            version = 3

            def __init__(self):
                self.lock = threading.Lock()

        with self.assertRaisesRegex(kds.ConfigError, "version is 9: must be 1, 2 or 3"):
            kcl.KCLProcess(Version9())
        with self.assertRaisesRegex(kds.ConfigError, "a Locked cannot be copied"):
            kcl.KCLProcess(Locked())
        from kds import kclpy
        kclpy.configuration.update(properties=None, options={})
        with self.assertRaisesRegex(kds.ConfigError, "no properties file"):
            kcl.KCLProcess(Version9.__new__(type("V3", (), {"version": 3}))).run()
        self.assertEqual(messages.ShutdownInput("ZOMBIE", None).reason, "ZOMBIE")


if __name__ == "__main__":
    unittest.main()
