"""Event streams between kds-local and other makers' clients, and their frames against our reader.

    check_events.py --kds-local FILE --examples FOLDER --modules FOLDER --read-frames FILE

Each client subscribes to a shard into which our producer has aggregated records, and to which more is
put while it reads; it must get every Kinesis record once and in order, and in the end be told what
became of the shard. What the records hold is taken apart by aws-kinesis-agg.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import clients
from check_agg import agg, b64, stored
from check_clients import CREDENTIALS, Server

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = [(f"key-{i % 7}", f"record {i} ".encode() * (i % 40 + 1)) for i in range(2000)]
SHARD = "shardId-000000000000"


class Subscription:
    """A client's process and the lines that it prints."""

    def __init__(self, command, ca_file):
        environment = dict(os.environ)
        if ca_file:
            environment["NODE_EXTRA_CA_CERTS"] = ca_file
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.records, self.events = [], []

    def read(self, until):
        """Events until one for which until(event) holds."""
        for line in self.process.stdout:
            event = json.loads(line)
            self.events.append(event)
            self.records += event.get("records", [])
            if until(event):
                return event
        raise SystemExit(f"interop: the subscription ended early: {self.events[-2:]}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def subscribe(client, server, modules, arn, shard):
    if client.startswith("boto3"):
        return Subscription(["/usr/bin/python3", os.path.join(HERE, "events.py"), server.url,
                             server.ca_file or "-", arn, shard], None)
    version = "h2" if "HTTP/2" in client else "h1"
    return Subscription(["node", os.path.join(HERE, "events.mjs"), server.url, version, modules,
                         arn, shard], server.ca_file)


def put_by_producer(given, server, stream):
    trust = ["--ca-file", server.ca_file] if server.ca_file else []
    text = "".join(f"{i}\t{k}\t{d.hex()}\n" for i, (k, d) in enumerate(RECORDS))
    done = subprocess.run(
        [os.path.join(given.examples, "producer"), "--stream", stream, "--endpoint", server.url,
         *trust, "--region", "us-east-1", "--format", "tsv"],
        input=text, text=True, capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"interop: producer ended with {done.returncode}: {done.stderr}")


def expect(name, found, wanted):
    if found != wanted:
        print(f"    {name}: {str(found)[:300]}, must be {str(wanted)[:300]}")
    return found == wanted


def check_client(client, number, given, server):
    """All that a subscription goes through, by one client."""
    options = ["--http1.1"]
    api = clients.Curl(server.url, clients.JsonForm, options, "1.1", server.ca_file)
    stream = f"events-{number}"
    api.call("CreateStream", {"StreamName": stream, "ShardCount": 1})
    put_by_producer(given, server, stream)
    arn = api.call("DescribeStreamSummary",
                   {"StreamName": stream})["StreamDescriptionSummary"]["StreamARN"]
    consumer = api.call("RegisterStreamConsumer",
                        {"StreamARN": arn, "ConsumerName": "c"})["Consumer"]["ConsumerARN"]
    right = True
    before = list(stored(api, stream))
    with contextlib.closing(subscribe(client, server, given.modules, consumer, SHARD)) as s:
        s.read(lambda e: len(s.records) >= len(before))
        began = time.monotonic()
        api.call("PutRecord", {"StreamName": stream, "PartitionKey": "live", "Data": b64(b"live")})
        s.read(lambda e: e.get("records"))
        took_ms = (time.monotonic() - began) * 1000
        api.call("SplitShard", {"StreamName": stream, "ShardToSplit": SHARD,
                                "NewStartingHashKey": str(2**127)})
        last = s.read(lambda e: e.get("children") or "error" in e)
        s.read(lambda e: e.get("end"))
        right &= expect("children", last.get("children"),
                        ["shardId-000000000001", "shardId-000000000002"])
        right &= expect("last continuation", last.get("continuation"), None)
        wanted = [(r["PartitionKey"], r["SequenceNumber"], r["Data"])
                  for r in list(stored(api, stream))]
        right &= expect("records", [(r["key"], r["sequence"], r["data"]) for r in s.records],
                        wanted)
        right &= expect("arrival", all(abs(r["at"] / 1000 - time.time()) < 600
                                       for r in s.records), True)
        users = agg(given.modules, "deaggregate",
                    [{"key": r["key"], "data": r["data"], "sequence": r["sequence"]}
                     for r in s.records])
        right &= expect("user records", sorted((u["key"], u["data"]) for u in users),
                        sorted([(k, b64(d.hex().encode())) for k, d in RECORDS]
                               + [("live", b64(b"live"))]))
    # Another one of the same consumer: refused at first, takes over after five seconds.
    child = "shardId-000000000001"
    with contextlib.closing(subscribe(client, server, given.modules, consumer, child)) as first:
        first.read(lambda e: "continuation" in e)
        with contextlib.closing(subscribe(client, server, given.modules, consumer, child)) as second:
            refused = second.read(lambda e: "error" in e or "records" in e)
            right &= expect("second subscription", refused, {"error": "ResourceInUseException"})
        time.sleep(5)
        with contextlib.closing(subscribe(client, server, given.modules, consumer, child)) as third:
            third.read(lambda e: "continuation" in e)
            superseded = first.read(lambda e: "error" in e or e.get("end"))
            right &= expect("superseded", superseded, {"error": "ResourceInUseException"})
    print(f"{client:36} {len(before):3} Kinesis records, {len(users)} user records; one put while "
          f"reading came after {took_ms:.0f} ms{'' if right else ': DIFFERENCES'}", flush=True)
    return right


def check_frames(given):
    """Their encoder, our reader, at several ways to cut the bytes."""
    right = True
    with tempfile.TemporaryDirectory() as folder:
        frames = os.path.join(folder, "frames")
        wanted = subprocess.run(["node", os.path.join(HERE, "frames.mjs"), given.modules, frames],
                                check=True, capture_output=True, text=True).stdout.splitlines()
        wanted = [json.loads(line) for line in wanted]
        for step in (0, 1, 7, 4096, 16384):
            done = subprocess.run([given.read_frames, frames, str(step)], capture_output=True,
                                  text=True, check=False)
            found = [json.loads(line) for line in done.stdout.splitlines()]
            if done.returncode != 0 or found != wanted:
                print(f"    pieces of {step} bytes: {done.stderr or 'messages differ'}")
                right = False
        size = os.path.getsize(frames)
        with open(frames, "r+b") as f:  # one bit, and it is noticed
            f.seek(size // 2)
            byte = f.read(1)[0]
            f.seek(size // 2)
            f.write(bytes([byte ^ 1]))
        done = subprocess.run([given.read_frames, frames, "4096"], capture_output=True, text=True,
                              check=False)
        right &= expect("one wrong bit", done.returncode, 1)
    print(f"frames of @smithy/core: {len(wanted)} messages, {size} bytes, cut in 5 ways"
          f"{'' if right else ': THEY DIFFER'}")
    return right


def main():
    parser = argparse.ArgumentParser()
    for name in ("--kds-local", "--examples", "--modules", "--read-frames"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1],
                      AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE=os.devnull,
                      AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
    right = check_frames(given)
    with tempfile.TemporaryDirectory() as folder, \
            contextlib.closing(Server(given.kds_local, False, folder)) as plain, \
            contextlib.closing(Server(given.kds_local, True, folder)) as encrypted:
        number = 0
        for server, word in ((plain, "cleartext"), (encrypted, "TLS")):
            for client in ("JavaScript SDK, HTTP/2", "JavaScript SDK, HTTP/1.1", "boto3, HTTP/1.1"):
                number += 1
                right &= check_client(f"{client}, {word}", number, given, server)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
