"""Workers of both kinds on one application, what they tell, and the lease table they share.

A worker writes JSON lines (examples/consumer --deliveries has them too): record, checkpoint, lease.
"""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import threading
import time

import boto3


class Failed(Exception):
    """A rule that did not hold, or what did not happen in time."""


def wait_until(condition, what, seconds=60, told=lambda: ""):
    """The condition's value once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise Failed(f"not within {seconds} s: {what}; {told()}")


def position(line):
    """(sequence number, subsequence number) of a line, in the order of the shard."""
    number = line["sequence"]
    return (float("inf") if number == "SHARD_END" else int(number), line["subsequence"])


class Worker:
    """A process that delivers records; its lines are read while it runs."""

    def __init__(self, world, name, command, log_name):
        self.name = name
        self.path = os.path.join(world.logs, f"{log_name}.jsonl")
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)
        self.log = os.path.join(world.logs, f"{log_name}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command(self.path), stdout=log, stderr=log)
        world.workers.append(self)

    def lines(self, event=None):
        try:
            with open(self.path, encoding="utf-8") as f:
                text = f.read()
        except FileNotFoundError:
            return []
        whole = text[:text.rfind("\n") + 1]
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if event in (None, line["event"])]

    def gained(self):
        return [line for line in self.lines("lease") if line["action"] == "gained"]

    def running(self):
        return self.process.poll() is None

    def stop(self):
        """Asks it to finish and waits until it did."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"{self.name} does not end, see {self.log}") from None
        if status not in (0, 128 + signal.SIGTERM):
            raise Failed(f"{self.name} ended with {status}, see {self.log}")

    def kill(self):
        self.process.kill()
        self.process.wait()


def ours(world, application, stream, name, *more, dynamodb=None):
    """examples/consumer on the DynamoDB of this world."""
    return Worker(world, name, lambda path: [
        os.path.join(world.examples, "consumer"), "--application", application, "--stream", stream,
        "--endpoint", world.url, "--region", "us-east-1", "--store", "dynamodb",
        "--dynamodb-endpoint", dynamodb or world.dynamodb, "--worker", name,
        "--failover", str(world.failover_ms), "--set", "idle.ms=250", "--deliveries", path,
        "--verbose", *(["--ca-file", world.ca_file] if world.ca_file else []), *more],
        f"{application}-{name}")


def java(world, application, stream, name, **options):
    """KclWorker on the DynamoDB of this world. cbor=False turns CBOR off."""
    cbor = options.pop("cbor", True)
    named = {"application": application, "stream": stream, "endpoint": world.url,
             "dynamodb": world.dynamodb, "worker": name, "failover": world.failover_ms,
             **{key.replace("_", "."): value for key, value in options.items()}}
    return Worker(world, name, lambda path: [
        "java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        f"-Daws.cborEnabled={'true' if cbor else 'false'}", "-Daws.disableEc2Metadata=true",
        "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", world.class_path, "KclWorker",
        *(f"{key}={value}" for key, value in named.items()), f"deliveries={path}"],
        f"{application}-{name}")


class Leases:
    """The rows of a lease table, by shard; what is no lease by its key."""

    def __init__(self, endpoint, table):
        self.client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1")
        self.table = table

    def rows(self):
        try:
            pages = self.client.get_paginator("scan").paginate(TableName=self.table,
                                                               ConsistentRead=True)
            return {item["leaseKey"]["S"]: item for page in pages for item in page["Items"]}
        except self.client.exceptions.ResourceNotFoundException:
            return {}

    def leases(self):
        return {key: item for key, item in self.rows().items() if "checkpoint" in item}

    def owner(self, shard):
        """Who reads it: during a hand-off the one who still does."""
        item = self.leases().get(shard, {})
        return item.get("checkpointOwner", item.get("leaseOwner", {})).get("S", "")

    def owned(self):
        """Shards at work by reader: those at their ends are left out."""
        by_owner = {}
        for key, item in self.leases().items():
            if item["checkpoint"]["S"] != "SHARD_END":
                reader = item.get("checkpointOwner", item.get("leaseOwner", {})).get("S", "")
                by_owner.setdefault(reader, []).append(key)
        return by_owner

    def shares(self):
        return {owner: len(shards) for owner, shards in self.owned().items()}


class Feed:
    """Our producer, given a line every few milliseconds until it is stopped."""

    def __init__(self, world, stream, pause=0.01):
        self.put = []
        self.ending = False
        self.pause = pause
        self.stream = stream
        self.log = os.path.join(world.logs, f"{stream}-producer.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self._command(world, stream), stdin=subprocess.PIPE, text=True,
                                            stdout=log, stderr=log)
        world.feeds.append(self)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    @staticmethod
    def _command(world, stream):
        return [os.path.join(world.examples, "producer"), "--stream", stream, "--endpoint", world.url,
                "--region", "us-east-1", "--format", "tsv",
                *(["--ca-file", world.ca_file] if world.ca_file else [])]

    def _run(self):
        while not self.ending:
            number = len(self.put)
            key, data = f"key {number % 50}", f"record {number} of {self.stream}"
            self.process.stdin.write(f"{number}\t{key}\t{data}\n")
            self.process.stdin.flush()
            self.put.append((key, hashlib.sha256(data.encode()).hexdigest()))
            time.sleep(self.pause)

    def stop(self):
        """Ends it, with everything stored. @return (key, SHA-256) of all that was put"""
        self.ending = True
        self.thread.join()
        self.process.stdin.close()
        if self.process.wait(timeout=60) != 0:
            raise Failed(f"the producer could not store everything, see {self.log}")
        return self.put

    def abandon(self):
        self.ending = True
        self.thread.join()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


# ---- what must hold of the lines of all workers of an application --------------------------


def delivered(workers):
    return {(line["key"], line["sha256"]) for w in workers for line in w.lines("record")}


def all_delivered(workers, put, seconds=60):
    wanted = set(put)
    wait_until(lambda: wanted <= delivered(workers), "every record is delivered", seconds,
               lambda: f"{len(wanted - delivered(workers))} of {len(wanted)} are missing")
    strange = delivered(workers) - wanted
    if strange:
        raise Failed(f"{len(strange)} records were delivered that nobody put")


def checkpoints_obeyed(workers):
    """Who gains a shard begins behind every checkpoint that another wrote before. @return how many
    deliveries were repeated, and how many times a shard went from one worker to another"""
    checkpoints = [line for w in workers for line in w.lines("checkpoint") if "sequence" in line]
    seen, repeated, moves = {}, 0, 0
    for worker in workers:
        begun = {}
        for line in worker.lines():
            if line["event"] == "lease" and line["action"] == "gained":
                begun[line["shard"]] = line["at_ms"]
            elif line["event"] == "record" and line["shard"] in begun:
                gained_ms = begun.pop(line["shard"])
                before = [position(c) for c in checkpoints if c["shard"] == line["shard"]
                          and c["at_ms"] < gained_ms and c["worker"] != worker.name]
                moves += bool(before)
                if before and position(line) <= max(before):
                    raise Failed(f"{worker.name} began {line['shard']} at {position(line)}, "
                                 f"behind the checkpoint {max(before)}")
    for worker in workers:
        for line in worker.lines("record"):
            at = (line["shard"], position(line))
            repeated += at in seen
            seen[at] = True
    return repeated, moves


def parents_first(workers, parent, children):
    """No record of a child before the parent's end was told."""
    ended = [line["at_ms"] for w in workers for line in w.lines("lease")
             if line["shard"] == parent and line["action"] == "ended"]
    if not ended:
        raise Failed(f"nobody ended {parent}")
    early = [line for w in workers for line in w.lines("record")
             if line["shard"] in children and line["at_ms"] < min(ended)]
    if early:
        raise Failed(f"{len(early)} records of {early[0]['shard']} came before the end of {parent}")
