#!/usr/bin/env python3
"""Three consumers on one SQLite store, killed, stopped and started again at random while records come in.

KDS_LOCAL is the server's path, EXAMPLES the folder of the programs, KILLS how many mishaps (200), SEED which.
"""
import hashlib
import os
import pathlib
import random
import signal
import statistics
import subprocess
import tempfile
import time
import unittest

import judge

SERVER = os.environ["KDS_LOCAL"]
EXAMPLES = pathlib.Path(os.environ["EXAMPLES"])
KILLS = int(os.environ.get("KILLS", 200))
SEED = int(os.environ.get("SEED", 1))
WORKERS = 3
FAILOVER_MS = 300
PATIENCE_S = 60


class World(unittest.TestCase):
    reading = ()  # options of the consumer
    place = ()  # what it is started by

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.env.update(AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s", AWS_REGION="eu-west-1")
        server = self.start([SERVER, "--port", "0", "--stream", "s:4"], stdout=subprocess.PIPE, text=True)
        self.endpoint = server.stdout.readline().split()[-1]
        self.lives, self.life_of, self.workers, self.outcomes = [], {}, {}, {}
        self.random = random.Random(SEED)

    def start(self, command, **options):
        process = subprocess.Popen(list(map(str, command)), env=self.env, **options)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()

    def start_worker(self, number):
        out = self.folder / ("life-%d" % len(self.lives))
        self.lives.append(out)
        self.life_of[number] = out
        self.workers[number] = self.start(
            [*self.place, EXAMPLES / "consumer", "--application", "a", "--stream", "s", "--endpoint", self.endpoint,
             "--store", "sqlite:%s" % (self.folder / "leases"), "--failover", FAILOVER_MS,
             "--worker", "w%d-%d" % (number, len(self.lives)), "--deliveries", out,
             "--checkpoint-every", self.random.choice((1, 7, 50)), "--set", "idle.ms=200", *self.reading],
            stderr=subprocess.DEVNULL)

    def produce(self, count):
        rows = []
        for _ in range(count):
            name = "r%d" % (len(self.outcomes) + len(rows))
            rows.append((name, "key-%d" % self.random.randrange(50), ("payload of %s" % name).encode()))
        text = b"".join(b"%s\t%s\t%s\n" % (n.encode(), k.encode(), d) for n, k, d in rows)
        out = self.folder / "outcomes"
        subprocess.run([EXAMPLES / "producer", "--stream", "s", "--endpoint", self.endpoint, "--format", "tsv",
                        "--outcomes", out], input=text, env=self.env, check=True, timeout=PATIENCE_S)
        told = {o["id"]: o for o in judge.json_lines(out)}
        for name, key, data in rows:
            self.outcomes[name] = (told[name], key, hashlib.sha256(data).hexdigest())

    def read_lives(self):
        return {life.name: judge.json_lines(life) for life in self.lives}

    def delivered(self):
        return {(l["shard"], l["sequence"], l["subsequence"])
                for life in self.read_lives().values() for l in life if l["event"] == "record"}

    def wait_for_all(self):
        expected = {(o["shard"], o["sequence"], o["subsequence"] or 0) for o, _, _ in self.outcomes.values()}
        deadline = time.monotonic() + PATIENCE_S
        while not expected <= self.delivered():
            self.assertLess(time.monotonic(), deadline,
                            "%d records were never delivered" % len(expected - self.delivered()))
            time.sleep(0.1)

    def stop_workers(self):
        for worker in self.workers.values():
            worker.send_signal(signal.SIGTERM)
        for number in self.workers:
            self.check_end(number)

    def check_end(self, number):
        """It ended well; or, if it had not begun to do anything, as one does that has no handler yet."""
        status = self.workers[number].wait(PATIENCE_S)
        begun = bool(judge.json_lines(self.life_of[number]))
        self.assertIn(status, (0,) if begun else (0, -signal.SIGTERM))


class Mishaps(World):
    kills = KILLS

    def mishap(self, stopped):
        number = self.random.randrange(WORKERS)
        worker = self.workers[number]
        what = self.random.random()
        if number in stopped:
            worker.send_signal(signal.SIGCONT)
            stopped.discard(number)
        elif what < 0.2 and len(stopped) < WORKERS - 1:
            worker.send_signal(signal.SIGSTOP)
            stopped.add(number)
        else:
            worker.send_signal(signal.SIGKILL if what < 0.9 else signal.SIGTERM)
            worker.wait(PATIENCE_S)
            self.start_worker(number)

    def live_through(self):
        stopped = set()
        for number in range(WORKERS):
            self.start_worker(number)
        for n in range(self.kills):
            if n % 5 == 0:
                self.produce(20)
            if n % 40 == 20:
                self.reshard()
            time.sleep(self.random.uniform(0.01, 0.25))
            self.mishap(stopped)
        for number in stopped:
            self.workers[number].send_signal(signal.SIGCONT)
        self.wait_for_all()
        self.stop_workers()
        judge.judge(self.outcomes, self.read_lives())

    def reshard(self):
        shown = subprocess.run([EXAMPLES / "reshard", "--endpoint", self.endpoint, "show", "s"], env=self.env,
                               capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout
        # Lines are: name, state, first..last hash key.
        opened = [line.split() for line in shown.splitlines() if line.split()[1] == "open"]
        if len(opened) > 12:
            return
        shard = self.random.choice(opened)
        first, last = (int(key) for key in shard[2].split(".."))
        subprocess.run([EXAMPLES / "reshard", "--endpoint", self.endpoint, "split", "s", shard[0],
                        str((first + last) // 2)], env=self.env, check=True, stdout=subprocess.DEVNULL,
                       timeout=PATIENCE_S)


class Kill(Mishaps):
    def test_nothing_is_lost_whatever_is_killed_F_P02_F_P03(self):
        self.live_through()


class KillFanOut(Kill):
    """A subscription is taken over 5 s after it began at the earliest, so that each mishap takes longer."""
    reading = ("--fan-out",)
    kills = KILLS // 10


class KillStarved(Mishaps):
    """The workers have one processor, and share it with fifty programs that never rest."""
    place = ("taskset", "--cpu-list", min(os.sched_getaffinity(0)))
    kills = KILLS // 20

    def setUp(self):
        super().setUp()
        for _ in range(50):
            self.start([*self.place, "sh", "-c", "while :; do :; done"])

    def test_nothing_is_lost_on_a_busy_machine_F_R07(self):
        self.live_through()


class TakeOver(World):
    """How long until a peer delivers the next record of a shard whose worker is gone."""

    def measure(self, how):
        self.start_worker(0)
        self.produce(200)
        self.wait_for_all()
        self.start_worker(1)
        time.sleep(0.5)  # the peer watches
        self.workers[0].send_signal(how)
        begin = time.monotonic()
        self.workers[0].wait(PATIENCE_S)
        self.produce(20)
        self.wait_for_all()
        took = time.monotonic() - begin
        self.stop_one(1)
        judge.judge(self.outcomes, self.read_lives())
        return took

    def stop_one(self, number):
        self.workers[number].send_signal(signal.SIGTERM)
        self.check_end(number)

    def test_after_kill_within_the_fail_over_time_and_two_seconds(self):
        took = self.measure(signal.SIGKILL)
        print("after SIGKILL: %.2f s with a fail-over time of %.1f s" % (took, FAILOVER_MS / 1000))
        self.assertLess(took, FAILOVER_MS / 1000 + 2)

    def test_after_a_clean_stop_within_a_second(self):
        took = self.measure(signal.SIGTERM)
        print("after SIGTERM: %.2f s" % took)
        self.assertLess(took, 1)


def line(event, **members):
    return {"event": event, "shard": "s0", "sequence": "10", "subsequence": 0, "key": "k", "sha256": "x",
            "at_ms": 0, **members}


class Judge(unittest.TestCase):
    """The judge finds each kind of broken promise."""

    outcome = {"r": ({"status": "success", "shard": "s0", "sequence": "10", "subsequence": 0}, "k", "x")}

    def assert_broken(self, promise, lives, outcomes=None):
        with self.assertRaisesRegex(judge.Broken, promise):
            judge.judge(outcomes or {}, {"life-%d" % i: life for i, life in enumerate(lives)})

    def test_a_good_run_is_good(self):
        judge.judge(self.outcome, {"life": [line("record"), line("checkpoint")]})

    def test_a_record_that_is_missing(self):
        self.assert_broken("C1", [[line("record", sequence="11")]], self.outcome)

    def test_a_record_that_is_altered(self):
        self.assert_broken("C1", [[line("record", sha256="y")]], self.outcome)

    def test_a_record_that_comes_twice(self):
        self.assert_broken("C2", [[line("record"), line("record")]])

    def test_a_record_that_is_skipped(self):
        self.assert_broken("C3", [[line("record"), line("record", sequence="12")], [line("record", sequence="11")]])

    def test_a_checkpoint_that_goes_back(self):
        self.assert_broken("C4", [[line("record", sequence="12"), line("checkpoint", sequence="12"),
                                   line("checkpoint", sequence="11", at_ms=5000)]])

    def test_a_checkpoint_ahead_of_the_records(self):
        self.assert_broken("C1", [[line("record"), line("checkpoint", sequence="11")]])


if __name__ == "__main__":
    unittest.main()
