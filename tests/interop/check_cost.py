"""What PutRecords of 500 records of 100 B costs a client: boto3 beside ours.

    check_cost.py --kds-local FILE --put-cost FILE

Both put the same records into the same kds-local, one call after another over one connection, JSON
over HTTP/1.1, signed; they take turns in 5 rounds of 20 calls, after one that is not counted. Measured
is the CPU time of the client's process alone (user and system, all threads) from the first to
the last counted call, so without start, import and the server; the figure is the median of the rounds.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

import clients
from check_clients import CREDENTIALS, Server

ROUNDS, CALLS, RECORDS, BYTES = 5, 20, 500, 100


def boto3_ns(client, stream):
    records = [{"Data": bytes(BYTES), "PartitionKey": f"key-{i}"} for i in range(RECORDS)]
    client.put_records(StreamName=stream, Records=records)
    before = time.process_time_ns()
    for _ in range(CALLS):
        answer = client.put_records(StreamName=stream, Records=records)
        if answer["FailedRecordCount"] != 0:
            raise SystemExit("interop: records failed")
    return (time.process_time_ns() - before) / CALLS / RECORDS


def ours_ns(program, url, stream):
    done = subprocess.run([program, url, stream, str(CALLS)], capture_output=True, text=True,
                          check=False, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"interop: put_cost ended with {done.returncode}: {done.stderr}")
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kds-local", required=True)
    parser.add_argument("--put-cost", required=True)
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1],
                      AWS_EC2_METADATA_DISABLED="true")
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder, \
            contextlib.closing(Server(given.kds_local, False, folder)) as server, \
            contextlib.closing(clients.Boto3(server.url)) as boto3:
        for _ in range(ROUNDS):
            theirs.append(boto3_ns(boto3.client, "standing"))
            ours.append(ours_ns(given.put_cost, server.url, "standing"))
    a, b = statistics.median(theirs), statistics.median(ours)
    print(f"boto3 {a:.0f} ns a record, ours {b:.0f} ns: {a / b:.1f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
