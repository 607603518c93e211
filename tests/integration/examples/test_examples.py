#!/usr/bin/env python3
"""The example programs against kds-local, judged by the lines they write.

KDS_LOCAL is the server's path, EXAMPLES the folder of the programs, STACK_KIB the stack that each of their
threads gets, if it is not to be the system's. One test by name:
    test_examples.py Through.test_tsv_through_a_split
"""
import collections
import hashlib
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest

SERVER = os.environ["KDS_LOCAL"]
EXAMPLES = pathlib.Path(os.environ["EXAMPLES"])
STACK_BYTES = 1024 * int(os.environ.get("STACK_KIB", "0"))
PATIENCE_S = 30  # for anything that is waited for; a sanitizer build is slow

OUTCOME = {"id", "status", "persisted", "shard", "sequence", "subsequence", "attempts", "error"}
MIDDLE_OF_SHARD_0_OF_2 = str(2**126)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def command(program, arguments):
    small = ["prlimit", "--stack=%d:%d" % (STACK_BYTES, STACK_BYTES)] if STACK_BYTES else []
    return [*small, EXAMPLES / program, *map(str, arguments)]


def json_lines(path):
    # A program that still runs may have written half of its last line.
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def wait_for(condition):
    """The first true value of a condition that another process brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError("waited %d s in vain" % PATIENCE_S)


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Case(unittest.TestCase):
    streams = ["s:2"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        arguments = [word for stream in self.streams for word in ("--stream", stream)]
        server = subprocess.Popen([SERVER, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop, server)
        self.endpoint = server.stdout.readline().split()[-1]
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.env.update(AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", AWS_REGION="eu-west-1")

    def stop(self, process):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()

    def start(self, program, *arguments, **options):
        process = subprocess.Popen(command(program, arguments), env=self.env,
                                   stderr=subprocess.PIPE, **options)
        self.addCleanup(self.stop, process)
        return process

    def run_program(self, program, *arguments, text=b""):
        return subprocess.run(command(program, arguments), input=text, env=self.env,
                              capture_output=True, timeout=PATIENCE_S * 2, check=False)

    def produce(self, text, *arguments, stream="s", expect_repeats=False):
        """@return exit status and outcomes by id"""
        out = self.folder / "outcomes"
        done = self.run_program("producer", "--stream", stream, "--endpoint", self.endpoint,
                                "--outcomes", out, *arguments, text=text)
        outcomes = {o["id"]: o for o in json_lines(out)}
        if not expect_repeats:
            self.assertEqual(len(outcomes), len(json_lines(out)), "one outcome per record")
        return done.returncode, outcomes

    def consumer_arguments(self, *arguments):
        return ("--application", "a", "--stream", "s", "--endpoint", self.endpoint, "--set", "idle.ms=200",
                "--store", "sqlite:%s" % (self.folder / "leases"), *arguments)

    def consume(self, done, *arguments):
        """Read until @done says of the deliveries that they are enough. @return deliveries"""
        out = self.folder / "deliveries"
        out.unlink(missing_ok=True)
        consumer = self.start("consumer", *self.consumer_arguments("--deliveries", out, *arguments))
        wait_for(lambda: done(json_lines(out)))
        consumer.send_signal(signal.SIGTERM)
        self.assertEqual((consumer.wait(PATIENCE_S), consumer.stderr.read()), (0, b""))
        return json_lines(out)

    def consume_records(self, count, *arguments):
        return records(self.consume(lambda lines: len(records(lines)) >= count, *arguments))

    def reshard(self, *arguments):
        done = self.run_program("reshard", "--endpoint", self.endpoint, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()


def records(deliveries):
    return [d for d in deliveries if d["event"] == "record"]


class Through(Case):
    def check_delivered(self, rows, outcomes, deliveries):
        """Each record lies where its outcome says; what is there besides was put, too."""
        found = {(d["shard"], d["sequence"], d["subsequence"]): d for d in records(deliveries)}
        self.assertEqual(len(found), len(records(deliveries)), "no place is delivered twice")
        for name, (key, data) in rows.items():
            o = outcomes[name]
            self.assertEqual((o["status"], o["persisted"], o["error"]), ("success", "yes", None))
            d = found[(o["shard"], o["sequence"], o["subsequence"] or 0)]
            self.assertEqual((d["key"], d["sha256"]), (key, sha256(data)))
        put = {sha256(data) for _, data in rows.values()}
        self.assertEqual({d["sha256"] for d in records(deliveries)}, put)

    def test_tsv_through_a_split(self):
        rows = {"id-%d" % i: ("user-%d" % (i % 97), b"record %d \xff\x00\t tail" % i) for i in range(4000)}
        lines = [b"%s\t%s\t%s\n" % (n.encode(), k.encode(), d) for n, (k, d) in rows.items()]
        out = self.folder / "outcomes"
        producer = self.start("producer", "--stream", "s", "--endpoint", self.endpoint, "--format", "tsv",
                              "--outcomes", out, stdin=subprocess.PIPE)
        producer.stdin.write(b"".join(lines[:2000]))
        producer.stdin.flush()
        # Outcomes are written through a buffer, so some of them are enough to wait for.
        wait_for(lambda: len(json_lines(out)) > 100)
        self.reshard("split", "s", "shardId-000000000000", MIDDLE_OF_SHARD_0_OF_2)
        producer.stdin.write(b"".join(lines[2000:]))
        producer.stdin.close()
        self.assertEqual(producer.wait(PATIENCE_S), 0, producer.stderr.read())

        outcomes = {o["id"]: o for o in json_lines(out)}
        self.assertEqual(set(outcomes), set(rows))
        self.assertEqual(len(json_lines(out)), len(rows), "one outcome per record")
        put = {sha256(data) for _, data in rows.values()}
        deliveries = self.consume(lambda lines: put <= {d["sha256"] for d in records(lines)}, "--worker", "w1")
        self.check_delivered(rows, outcomes, deliveries)
        self.assertEqual({d["shard"] for d in records(deliveries)}, {"shardId-%012d" % i for i in range(4)})
        self.check_events(deliveries)

    def check_events(self, deliveries):
        """Order within a shard, a child after its parent's end, checkpoints only forward (C2, C4, C7)."""
        place = collections.defaultdict(lambda: (0, -1))
        mark = collections.defaultdict(lambda: (0, -1))
        ended = set()
        for d in deliveries:
            self.assertEqual(d["worker"], "w1")
            self.assertIsInstance(d["at_ms"], int)
            if d["event"] == "record":
                if d["shard"] in ("shardId-000000000002", "shardId-000000000003"):
                    self.assertIn("shardId-000000000000", ended, "a child before its parent's end")
                here = (int(d["sequence"]), d["subsequence"])
                self.assertGreater(here, place[d["shard"]])
                place[d["shard"]] = here
            elif d["event"] == "checkpoint" and d["sequence"] not in ("SHARD_END", "TRIM_HORIZON"):
                here = (int(d["sequence"]), d["subsequence"])
                self.assertGreaterEqual(here, mark[d["shard"]])
                self.assertLessEqual(here, place[d["shard"]], "a checkpoint beyond what was delivered")
                mark[d["shard"]] = here
            elif d["event"] == "lease":
                self.assertIn(d["action"], ("gained", "lost", "ended"))
                if d["action"] == "ended":
                    ended.add(d["shard"])
        self.assertEqual(ended, {"shardId-000000000000"})

    def test_outcomes_have_their_members(self):
        status, outcomes = self.produce(b"one\ntwo\n\nfour")
        self.assertEqual((status, sorted(outcomes)), (0, ["1", "2", "3", "4"]))
        for o in outcomes.values():
            self.assertLessEqual(OUTCOME, set(o))
            self.assertTrue(o["sequence"].isdigit())
            self.assertEqual(o["attempts"], 1)

    def test_a_kpl_properties_file_and_set_are_taken(self):
        config = self.folder / "kpl.properties"
        config.write_text("# as for the KPL\nAggregationEnabled = false\nCollectionMaxCount=7\nRecordTtl:20000\n")
        status, outcomes = self.produce(b"a\nb\nc\n", "--config", config, "--set", "RecordMaxBufferedTime=5")
        self.assertEqual((status, {o["subsequence"] for o in outcomes.values()}), (0, {None}))

    def test_a_killed_producer_leaves_its_records_in_the_spool(self):
        """fault P01: what a killed run had accepted and not delivered is sent by the next one, in order."""
        spool = self.folder / "spool"
        nowhere = "http://127.0.0.1:%d" % closed_port()
        lines = [b"key-%d line %d\n" % (i % 3, i) for i in range(500)]
        producer = self.start("producer", "--stream", "s", "--endpoint", nowhere, "--spool", spool,
                              "--key-field", "1", stdin=subprocess.PIPE)
        producer.stdin.write(b"".join(lines))
        producer.stdin.close()
        last = b"line 499"
        wait_for(lambda: any(last in f.read_bytes() for f in spool.glob("*.spool")))
        producer.kill()
        producer.wait()
        producer.stderr.close()
        status, outcomes = self.produce(b"key-0 line 500\n", "--spool", spool, "--key-field", "1", "--ordered",
                                        "--set", "aggregation.enable=false", "--set", "batch.max.records=50",
                                        expect_repeats=True)
        self.assertEqual((status, sorted(outcomes)), (0, ["1", "spool"]))
        self.assertEqual(list(spool.glob("*.spool")), [])
        delivered = records(self.consume(lambda found: len(records(found)) >= 501))
        put = {sha256(line.rstrip(b"\n")): i for i, line in enumerate([*lines, b"key-0 line 500"])}
        self.assertEqual(len(delivered), 501)
        order = collections.defaultdict(list)
        for d in delivered:
            order[d["key"]].append(put.pop(d["sha256"]))
        self.assertEqual(put, {})
        for numbers in order.values():
            self.assertEqual(numbers, sorted(numbers))

    def test_a_second_run_goes_on_where_the_first_ended(self):
        self.produce(b"a\nb\n")
        self.assertEqual(len(self.consume_records(2)), 2)
        self.produce(b"c\n")
        again = self.consume_records(1)
        self.assertEqual([d["sha256"] for d in again], [sha256(b"c")])

    def test_until_idle_ends_by_itself_and_latest_skips_what_was_there(self):
        self.produce(b"a\nb\n")
        stored_s = time.time()
        # `latest` reaches back a second, and another because an answer's Date has whole ones.
        wait_for(lambda: time.time() > stored_s + 2.5)
        done = self.run_program("consumer", *self.consumer_arguments("--start", "latest", "--until-idle", 800,
                                                                     "--deliveries", "-"))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(records(events), [])
        self.assertIn("gained", {e.get("action") for e in events})

    def test_keys_come_from_fields_and_patterns(self):
        for arguments, text, key in (
            (("--key-field", 2), b"a  bb c", "bb"),
            (("--key-field", 2, "--key-separator", ","), b"a,,c b", None),
            (("--key-field", 3, "--key-separator", ","), b"a,,c b", "c b"),
            (("--key-pattern", "user=([a-z]+)"), b"x user=ann y", "ann"),
        ):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.produce(text, *arguments)[0], 0)
                (found,) = self.consume_records(1)
                if key is None:  # an empty field: a random key
                    self.assertRegex(found["key"], "^[0-9a-f]{16}$")
                else:
                    self.assertEqual(found["key"], key)

    def test_a_line_too_long_fails_alone(self):
        status, outcomes = self.produce(b"short\n" + b"x" * 2000 + b"\nshort again\n",
                                        "--set", "record.max.bytes=1000")
        self.assertEqual(status, 1)
        self.assertEqual([outcomes[i]["status"] for i in "123"], ["success", "failed", "success"])
        self.assertEqual(outcomes["2"]["persisted"], "no")
        self.assertRegex(outcomes["2"]["error"], "20[0-9][0-9].*1000")
        self.assertEqual(len(self.consume_records(2)), 2)

    def test_a_bad_line_of_tsv_fails_alone(self):
        status, outcomes = self.produce(b"1\tk\tdata\nno tabs\n3\t\tno key\n4\tk\t\n", "--format", "tsv")
        self.assertEqual(status, 1)
        self.assertEqual({i: o["status"] for i, o in outcomes.items()},
                         {"1": "success", "2": "failed", "3": "failed", "4": "success"})

    def test_quickstart_stores_its_record(self):
        self.env["AWS_ENDPOINT_URL_KINESIS"] = self.endpoint
        self.reshard("create", "demo", 1)
        done = self.run_program("quickstart")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, b"1 stored"), done.stderr)


class Ends(Case):
    def test_sigterm_drains_the_producer(self):
        out = self.folder / "outcomes"
        producer = self.start("producer", "--stream", "s", "--endpoint", self.endpoint, "--outcomes", out,
                              "--set", "linger.ms=1", stdin=subprocess.PIPE)
        producer.stdin.write(b"a line\n" * 500)
        producer.stdin.flush()
        wait_for(lambda: len(json_lines(out)) > 10)
        producer.send_signal(signal.SIGTERM)
        self.assertEqual(producer.wait(PATIENCE_S), 0)
        self.assertEqual({o["status"] for o in json_lines(out)}, {"success"})

    def test_sigterm_lets_another_worker_go_on_at_once(self):
        self.produce(b"a\nb\nc\n")
        self.consume_records(3, "--failover", 60000, "--worker", "w1")
        self.produce(b"d\n")
        # Were the leases not released, the second worker would wait for a minute.
        second = self.consume_records(1, "--failover", 60000, "--worker", "w2")
        self.assertEqual([d["sha256"] for d in second], [sha256(b"d")])


class Refusals(Case):
    def refuse(self, program, arguments, *fragments):
        with self.subTest(program=program, arguments=arguments):
            done = self.run_program(program, *arguments)
            text = done.stderr.decode()
            self.assertEqual(done.returncode, 2, text)
            for fragment in fragments:
                self.assertIn(fragment, text)

    def test_bad_arguments_of_the_producer(self):
        ok = ("--stream", "s", "--endpoint", self.endpoint)
        for arguments, *fragments in (
            ((), "--stream"),
            ((*ok, "--no-such"), "--no-such"),
            ((*ok, "word"), "word"),
            ((*ok, "--spool", "/proc/none"), "/proc/none"),
            ((*ok, "--format", "xml"), "xml", "tsv"),
            ((*ok, "--key-field", "0"), "0"),
            ((*ok, "--key-field", "2x"), "2x"),
            ((*ok, "--key-separator", "ab"), "ab"),
            ((*ok, "--key-pattern", "("), "("),
            ((*ok, "--key-pattern", "a"), "group"),
            ((*ok, "--input", "/no/such"), "/no/such"),
            ((*ok, "--outcomes", "/no/such/file"), "/no/such/file"),
            ((*ok, "--config", "/no/such"), "/no/such"),
            ((*ok, "--set", "linger"), "linger"),
            ((*ok, "--set", "linger.msx=1"), "linger.msx", "linger.ms"),
            ((*ok, "--set", "record.ttl.ms=1"), "record.ttl.ms", "100"),
            ((*ok, "--set", "AggregationMaxCount=ten"), "ten"),
            (("--stream", "s", "--endpoint", "ftp://x"), "ftp://x", "http://"),
            (("--stream", "s", "--endpoint", "http://x:99999"), "65535"),
            (("--stream", "s", "--ca-file", "/no/such"), "/no/such"),
        ):
            self.refuse("producer", arguments, *fragments)

    def test_bad_arguments_of_the_consumer(self):
        ok = ("--application", "a", "--stream", "s", "--endpoint", self.endpoint,
              "--store", "sqlite:%s" % (self.folder / "x"))
        for arguments, *fragments in (
            (ok[2:], "application"),
            ((*ok[:2], *ok[4:]), "stream"),
            (ok[:6], "store"),
            ((*ok, "--store", "redis:x"), "redis:x"),
            ((*ok, "--start", "yesterday"), "yesterday"),
            ((*ok, "--failover", "1"), "100"),
            ((*ok, "--checkpoint-every", "x"), "x"),
            ((*ok, "--until-idle", "soon"), "soon"),
            ((*ok, "--set", "failover.mss=1"), "failover.ms"),
            ((*ok, "--deliveries", "/no/such/file"), "/no/such/file"),
        ):
            self.refuse("consumer", arguments, *fragments)

    def test_no_region_or_credentials(self):
        del self.env["AWS_REGION"]
        self.refuse("producer", ("--stream", "s"), "AWS_REGION")
        self.env["AWS_REGION"] = "eu-west-1"
        del self.env["AWS_SECRET_ACCESS_KEY"]
        self.refuse("producer", ("--stream", "s"), "AWS_SECRET_ACCESS_KEY")


class Trouble(Case):
    def consumer(self, *arguments):
        return self.run_program("consumer", "--application", "a", *arguments)

    def test_the_producer_gives_up_at_an_unreachable_endpoint(self):
        self.endpoint = "http://127.0.0.1:%d" % closed_port()
        status, outcomes = self.produce(b"a\nb\n", "--set", "record.ttl.ms=400")
        self.assertEqual(status, 1)
        for o in outcomes.values():
            self.assertEqual((o["status"], o["persisted"], o["sequence"]), ("failed", "no", None))
            self.assertTrue(o["error"])

    def test_the_producer_names_a_missing_stream(self):
        status, outcomes = self.produce(b"a\n", "--set", "record.ttl.ms=2000", stream="nowhere")
        self.assertEqual((status, outcomes["1"]["persisted"]), (1, "no"))
        self.assertIn("nowhere", outcomes["1"]["error"])

    def test_the_consumer_says_that_the_endpoint_is_unreachable(self):
        port = closed_port()
        done = self.consumer("--stream", "s", "--endpoint", "http://127.0.0.1:%d" % port,
                             "--store", "sqlite:%s" % (self.folder / "x"), "--until-idle", 800)
        self.assertIn(str(port), done.stderr.decode())

    def test_the_consumer_gives_up_a_missing_stream(self):
        done = self.consumer("--stream", "nowhere", "--endpoint", self.endpoint,
                             "--store", "sqlite:%s" % (self.folder / "x"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere", done.stderr.decode())

    def test_a_store_that_is_none_is_named(self):
        path = self.folder / "notes.txt"
        path.write_text("not a database, " * 100)
        done = self.consumer("--stream", "s", "--endpoint", self.endpoint, "--store", "sqlite:%s" % path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(path), done.stderr.decode())
        self.assertIn("not a database", path.read_text())

    def test_a_locked_store_is_named(self):
        path = self.folder / "locked"
        lock = sqlite3.connect(path, isolation_level=None)
        self.addCleanup(lock.close)
        lock.execute("CREATE TABLE t (x)")
        lock.execute("BEGIN EXCLUSIVE")
        done = self.consumer("--stream", "s", "--endpoint", self.endpoint, "--store", "sqlite:%s" % path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(path), done.stderr.decode())


class Aggregating(unittest.TestCase):
    def run_program(self, argument, given):
        return subprocess.run([EXAMPLES / "aggregate", argument], input=given, capture_output=True,
                              timeout=PATIENCE_S, check=False)

    def test_lines_come_back_from_aggregates(self):
        lines = b"".join(b"key %d\tdata %d %s\n" % (i % 700, i, b"x" * (i % 90)) for i in range(5000))
        written = self.run_program("write", lines)
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertEqual(written.stdout[4:8], bytes.fromhex("f3899ac2"))
        done = self.run_program("read", written.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, lines)

    def test_what_is_open_leaves_in_time(self):
        writer = subprocess.Popen([EXAMPLES / "aggregate", "write"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(writer.stdout.close)
        self.addCleanup(writer.wait)
        self.addCleanup(writer.stdin.close)
        writer.stdin.write(b"a\t1\nb\t2\n")
        writer.stdin.flush()
        length = int.from_bytes(writer.stdout.read(4), "big")  # the input is still open
        done = self.run_program("read", length.to_bytes(4, "big") + writer.stdout.read(length))
        self.assertEqual(done.stdout, b"a\t1\nb\t2\n")

    def test_bad_input_is_told(self):
        self.assertIn(b"characters", self.run_program("write", b"\tno key\n").stderr)
        self.assertIn(b"cut off", self.run_program("read", b"\0\0\0\x09x").stderr)
        self.assertEqual(self.run_program("mix", b"").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
