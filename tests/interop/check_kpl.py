"""AWS's Java Kinesis Producer Library, with its native process, against kds-local and our consumer.

    check_kpl.py --kds-local FILE --examples FOLDER --class-path PATH --logs FOLDER

What it says of each record, shard and sequence number, is what our consumer must find, with key and data.
"""

import argparse
import base64
import collections
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import clients
from check_agg import BATCHES
from check_clients import CREDENTIALS, Server


def start(given, server, stream, folder):
    at = urllib.parse.urlparse(server.url)
    log = open(os.path.join(given.logs, f"kpl-{stream}.log"), "wb")  # closed with the process
    return subprocess.Popen(
        ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Daws.disableEc2Metadata=true",
         "-cp", given.class_path, "KplProducer", stream, at.hostname, str(at.port), folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)


def put(given, server, stream, folder, batch, pause=0, meanwhile=lambda: None):
    """@return what the library says of each record, in the order of the batch"""
    process = start(given, server, stream, folder)

    def feed():
        for number, (key, data, hash_key) in enumerate(batch):
            process.stdin.write(f"{key}\t{hash_key or ''}\t{base64.b64encode(data).decode()}\n")
            if pause and number % 100 == 0:
                process.stdin.flush()
                time.sleep(pause)
        process.stdin.close()
    feeder = threading.Thread(target=feed)
    feeder.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if len(lines) == len(batch) // 4:
            meanwhile()
    feeder.join()
    if process.wait(timeout=60) != 0:
        raise SystemExit(f"interop: KplProducer ended with {process.returncode}, see {given.logs}/kpl-{stream}.log")
    said = {line["number"]: line for line in map(json.loads, lines)}
    return [said[number] for number in range(len(batch))]


def read(given, server, stream, folder, foreign):
    done = subprocess.run(
        [os.path.join(given.examples, "consumer"), "--application", f"{stream}-{foreign}", "--stream", stream,
         "--endpoint", server.url, "--region", "us-east-1", "--ca-file", server.ca_file,
         "--store", f"sqlite:{folder}/{foreign}.db", "--until-idle", "2000", "--deliveries", "-",
         "--set", f"foreign.records={foreign}"], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise SystemExit(f"interop: consumer ended with {done.returncode}: {done.stderr}")
    return [line for line in map(json.loads, done.stdout.splitlines()) if line["event"] == "record"]


def compare(batch, said, records):
    """@return (how many are missing, how many Kinesis records, how many deliveries are repeated)"""
    wanted = collections.Counter(
        (s["shard"], s["sequence"], key, hashlib.sha256(data).hexdigest())
        for s, (key, data, _h) in zip(said, batch))
    found = collections.Counter((r["shard"], r["sequence"], r["key"], r["sha256"]) for r in records)
    missing = wanted - found
    return sum(missing.values()), len({key[:2] for key in found}), sum((found - wanted).values())


def run(given, server, client, number, name, batch, **how):
    """Nothing may be lost with foreign.records=deliver, nothing come twice while no shard changes."""
    stream = f"kpl-{number}"
    client.call("CreateStream", {"StreamName": stream, "ShardCount": 2})
    resharded = "meanwhile" in how
    if resharded:
        change = how["meanwhile"]
        how["meanwhile"] = lambda: change(client, stream)
    right = True
    with tempfile.TemporaryDirectory() as folder:
        said = put(given, server, stream, folder, batch, **how)
        print(f"{name}: {len(batch)} user records, {sum(s['attempts'] > 1 for s in said)} sent again")
        for foreign in ("deliver", "drop"):
            missing, kinesis_records, repeated = compare(batch, said, read(given, server, stream, folder, foreign))
            right &= kinesis_records <= len(batch) and (resharded or repeated == 0)
            right &= missing == 0 or (resharded and foreign == "drop")
            print(f"    {foreign:7} {kinesis_records} Kinesis records, {missing} not where the library says, "
                  f"{repeated} twice{'' if right else ': WRONG'}", flush=True)
    return right


def split_and_merge(client, stream):
    """Reshards while records come: what was meant for a shard that is gone lands on its children."""
    client.call("SplitShard", {"StreamName": stream, "ShardToSplit": "shardId-000000000000",
                               "NewStartingHashKey": str(2**126)})
    client.call("MergeShards", {"StreamName": stream, "ShardToMerge": "shardId-000000000003",
                                "AdjacentShardToMerge": "shardId-000000000001"})


def main():
    parser = argparse.ArgumentParser()
    for name in ("--kds-local", "--examples", "--class-path", "--logs"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1],
                      AWS_EC2_METADATA_DISABLED="true")
    many = [(f"key {i % 1000}", f"record {i}".encode() * 5, None) for i in range(20000)]
    right = True
    with tempfile.TemporaryDirectory() as folder, \
            contextlib.closing(Server(given.kds_local, True, folder)) as server:
        client = clients.Curl(server.url, clients.JsonForm, ["--http1.1"], "1.1", server.ca_file)
        for number, (name, batch) in enumerate(BATCHES.items()):
            batch = [record for record in batch if record[1]]  # the library takes no empty data
            right &= run(given, server, client, number, name, batch)
        right &= run(given, server, client, 10, "20000 records", many)
        right &= run(given, server, client, 11, "20000 records, a split, a merge", many, pause=0.05,
                     meanwhile=split_and_merge)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
