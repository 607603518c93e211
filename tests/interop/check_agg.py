"""Aggregated records between us and aws-kinesis-agg, both ways, through kds-local.

    check_agg.py --kds-local FILE --examples FOLDER --modules FOLDER

Its bug is stepped around: with an explicit hash key on some records of an aggregate and none on
others, it gives the others entry 0 of the table. So a batch has one on all records or on none.
"""

import argparse
import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import clients
from check_clients import CREDENTIALS, Server

HERE = os.path.dirname(os.path.abspath(__file__))
BATCHES = {  # name: (key, data, explicit hash key or None) of each record
    "300 small records": [(f"key {i % 7}", f"record {i}".encode(), None) for i in range(300)],
    "every byte, empty data, other letters":
        [("ключ", bytes(range(256)), None), ("leer", b"", None), ("日本", b"\0", None)],
    "records of 0..30 KiB": [(f"{i}", bytes([i]) * (i * 1024), None) for i in range(31)],
    "explicit hash keys on all": [("k", f"h{i}".encode(), str(i * 2**120)) for i in range(100)],
}


def run(command, text, **more):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False,
                          timeout=120, **more)
    if done.returncode != 0:
        raise SystemExit(f"interop: {command[:3]} ended with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def agg(modules, mode, lines):
    return run(["node", os.path.join(HERE, "agg.mjs"), modules, mode],
               "".join(json.dumps(line) + "\n" for line in lines))


def b64(data):
    return base64.b64encode(data).decode()


def stored(client, stream):
    """The Kinesis records of all shards of a stream."""
    for shard in client.call("ListShards", {"StreamName": stream})["Shards"]:
        at = client.call("GetShardIterator", {"StreamName": stream, "ShardId": shard["ShardId"],
                                              "ShardIteratorType": "TRIM_HORIZON"})
        yield from client.call("GetRecords", at)["Records"]


def theirs_to_us(given, url, client, stream, batch):
    """They aggregate, our consumer reads: compared by key and by hash of the data."""
    lines = [{"key": k, "data": b64(d), **({"hash": h} if h else {})} for k, d, h in batch]
    for record in agg(given.modules, "aggregate", lines):
        client.call("PutRecord", {
            "StreamName": stream, "PartitionKey": record["key"], "Data": record["data"],
            **({"ExplicitHashKey": record["hash"]} if record.get("hash") else {})})
    with tempfile.TemporaryDirectory() as folder:
        read = run([os.path.join(given.examples, "consumer"), "--application", "interop",
                    "--stream", stream, "--endpoint", url, "--region", "us-east-1",
                    "--store", f"sqlite:{folder}/leases.db", "--until-idle", "1500",
                    "--deliveries", "-"], "")
    found = [(r["key"], r["sha256"]) for r in read if r.get("event") == "record"]
    return sorted(found), sorted((k, hashlib.sha256(d).hexdigest()) for k, d, _h in batch)


def ours_to_them(given, url, client, stream, batch):
    """Our producer aggregates, they read. Its input is lines of text, so without hash keys."""
    text = "".join(f"{i}\tkey-{i % 7}\t{d.hex()}\n" for i, (_k, d, _h) in enumerate(batch))
    done = subprocess.run(
        [os.path.join(given.examples, "producer"), "--stream", stream, "--endpoint", url,
         "--region", "us-east-1", "--format", "tsv"],
        input=text, text=True, capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"interop: producer ended with {done.returncode}: {done.stderr}")
    records = [{"key": r["PartitionKey"], "data": r["Data"], "sequence": r["SequenceNumber"]}
               for r in stored(client, stream)]
    if len(records) >= len(batch) >= 100:
        raise SystemExit("interop: the producer did not aggregate")
    read = agg(given.modules, "deaggregate", records)
    return (sorted((r["key"], r["data"]) for r in read),
            sorted((f"key-{i % 7}", b64(d.hex().encode())) for i, (_k, d, _h) in enumerate(batch)))


def main():
    parser = argparse.ArgumentParser()
    for name in ("--kds-local", "--examples", "--modules"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1])
    right = True
    with tempfile.TemporaryDirectory() as folder, \
            contextlib.closing(Server(given.kds_local, False, folder)) as server:
        client = clients.Curl(server.url, clients.JsonForm, ["--http1.1"], "1.1")
        number = 0
        for way in (theirs_to_us, ours_to_them):
            for name, batch in BATCHES.items():
                number += 1
                client.call("CreateStream", {"StreamName": f"agg-{number}", "ShardCount": 2})
                found, wanted = way(given, server.url, client, f"agg-{number}", batch)
                same = found == wanted
                right &= same
                print(f"{way.__name__:13} {name:38} {len(found)} of {len(wanted)} records"
                      f"{'' if same else ': they differ'}", flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
