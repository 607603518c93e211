#!/usr/bin/env python3
"""What Python costs: putting, consuming, aggregating, memory and import time, each beside a yardstick in the same run.

    KDS_LIBRARY_DIR=... KDS_LOCAL=... bench_python.py [put|consume|aggregate|memory|import]...

The libraries are those of an optimised build. boto3 and aws_kinesis_agg are measured where they can be imported. Variants take
turns; a figure is the median of the CPU time of the calling thread ("thread") or of the whole process ("process"), in
nanoseconds for each record. Before anything is timed, what comes out is compared with what went in.
"""
import base64
import ctypes
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bindings/python/src"))

import kds  # noqa: E402
from kds._library import quick  # noqa: E402
from kds.testing import LocalServer  # noqa: E402

try:
    import boto3
    import botocore.config
except ImportError:
    boto3 = None
try:
    from aws_kinesis_agg import aggregator as their_aggregator
    from aws_kinesis_agg import deaggregator as their_deaggregator
except ImportError:
    their_aggregator = None

ROUNDS = 7
DATA = b"x" * 64
KEYS = ["user-%06d" % i for i in range(1000)]
FAST = {"rate_limit_percent": 100000, "buffer_max_bytes": "1GiB"}


def measure(variants, count, clock=time.thread_time):
    """{name: (ns for each of `count`)}, the median of rounds in which the variants take turns."""
    taken = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, (run, rest) in variants.items():
            began = clock()
            run()
            taken[name].append((clock() - began) / count * 1e9)
            rest()
    return {name: statistics.median(times) for name, times in taken.items()}


def show(title, figures, yardstick=None, unit="ns"):
    print("\n" + title)
    for name, value in figures.items():
        ratio = "  %6.2f x %s" % (value / figures[yardstick], yardstick) if yardstick and name != yardstick else ""
        rate = "  %8.3f M/s" % (1e3 / value) if unit == "ns" else ""
        print("  %-44s %10.0f %s%s%s" % (name, value, unit, rate, ratio))


def nothing():
    pass


def their_client(server):
    return boto3.client("kinesis", region_name=server.region, endpoint_url=server.endpoint_url, aws_access_key_id="local",
                        aws_secret_access_key="local", config=botocore.config.Config(retries={"max_attempts": 0}))


def stored(client, stream):
    """All user records of a stream."""
    found = []
    for page in client.paginate("list_shards", StreamName=stream):
        for shard in page["Shards"]:
            iterator = client.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"],
                                                 ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while iterator:
                answer = client.get_records(ShardIterator=iterator)
                found += [(user.key, user.data) for user in kds.deaggregate(answer["Records"])]
                iterator = answer.get("NextShardIterator") if answer["Records"] else None
    return found


def check_put(server):
    records = [("key-%d" % i, b"%d" % i) for i in range(5000)]
    with kds.Client(**server.options) as client:
        client.create_stream(StreamName="check", ShardCount=4)
        with kds.Producer("check", **server.options, **FAST) as producer:
            producer.put_many(records[:2500])
            for key, data in records[2500:]:
                producer.put(data, key)
            producer.flush()
            while len(producer):
                time.sleep(0.01)
        assert sorted(stored(client, "check")) == sorted(records), "what is stored is not what was put"


def bench_put():
    count = 40000
    keys = list(itertools.islice(itertools.cycle(KEYS), count))
    records = [(key, DATA) for key in keys]
    with LocalServer({"s": 4}) as server:
        check_put(server)
        producer = kds.Producer("s", **server.options, **FAST)
        producer.submit(DATA, "first").result(30)

        def empty():
            call = quick.kds_version
            for _ in range(count):
                call()

        def put():
            one = producer.put
            for key in keys:
                one(DATA, key)

        def drain():
            producer.flush()
            while len(producer):
                time.sleep(0.001)

        variants = {"an empty ctypes call": (empty, nothing), "put": (put, drain),
                    "put_many": (lambda: producer.put_many(records), drain)}
        show("T17, putting 64 B: the caller's thread", measure(variants, count), "an empty ctypes call")
        producer.close()

        count = 5000
        few = records[:count]
        client = kds.Client(**server.options)

        def whole():
            with kds.Producer("s", **server.options, **FAST) as again:
                again.put_many(few)
                again.flush()

        def entries(key, data):
            return [{"PartitionKey": k, "Data": d} for k, d in few]

        def ours():
            made = entries(None, None)
            for i in range(0, count, 500):
                client.put_records(StreamName="s", Records=made[i:i + 500])

        variants = {"kds.Producer, from start to end": (whole, nothing), "kds.Client.put_records": (ours, nothing)}
        if boto3 is not None:
            theirs = their_client(server)

            def boto():
                made = entries(None, None)
                for i in range(0, count, 500):
                    theirs.put_records(StreamName="s", Records=made[i:i + 500])

            variants["boto3 put_records"] = (boto, nothing)
        show("Putting 64 B to a server, 500 a request: the process", measure(variants, count, time.process_time),
             "boto3 put_records" if boto3 else None)
        client.close()


def bench_consume():
    count = 20000
    records = [("key-%d" % (i % 500), b"%064d" % i) for i in range(count)]
    with LocalServer({"s": 1}) as server, tempfile.TemporaryDirectory() as folder:
        with kds.Producer("s", **server.options, **FAST) as producer:
            producer.submit(b"first", "k").result(30)
            producer.put_many(records)
            while len(producer):
                time.sleep(0.001)
        numbers = itertools.count()
        result = {}

        def consume(name, read):
            with kds.Consumer("app-%d" % next(numbers), "s", state="sqlite:%s/%d" % (folder, next(numbers)),
                              **server.options) as consumer:
                result[name] = read(consumer)

        def one_by_one(consumer):
            found = []
            for record in consumer:
                found.append(record.data)
                if len(found) > count:
                    return found

        def in_batches(consumer):
            found = []
            for batch in consumer.batches():
                found += batch.data()
                if len(found) > count:
                    return found

        variants = {"for record in consumer": (lambda: consume("iterator", one_by_one), nothing),
                    "for batch in consumer.batches()": (lambda: consume("batches", in_batches), nothing)}
        if boto3 is not None and their_aggregator is not None:
            theirs = their_client(server)

            def boto():
                found = []
                iterator = theirs.get_shard_iterator(StreamName="s", ShardId="shardId-000000000000",
                                                     ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
                while len(found) <= count:
                    answer = theirs.get_records(ShardIterator=iterator)
                    iterator = answer["NextShardIterator"]
                    # It wants records in the form of Lambda's events.
                    events = [{"kinesis": {"data": base64.b64encode(r["Data"]).decode(), "partitionKey": r["PartitionKey"],
                                           "sequenceNumber": r["SequenceNumber"], "kinesisSchemaVersion": "1.0",
                                           "approximateArrivalTimestamp": 0}, "eventVersion": "1.0", "eventID": "",
                               "eventSource": "", "eventName": "", "invokeIdentityArn": "", "awsRegion": "",
                               "eventSourceARN": ""} for r in answer["Records"]]
                    for user in their_deaggregator.deaggregate_records(events):
                        found.append(base64.b64decode(user["kinesis"]["data"]))
                result["boto3"] = found

            variants["boto3 get_records and aws_kinesis_agg"] = (boto, nothing)

        # As a child of the MultiLangDaemon reads: a list of objects in JSON on a line, the data in base64.
        lines = [json.dumps({"action": "processRecords", "millisBehindLatest": 0, "records": [
            {"data": base64.b64encode(data).decode(), "partitionKey": key, "sequenceNumber": "4" * 56,
             "subSequenceNumber": 0, "approximateArrivalTimestamp": 1700000000000} for key, data in records[i:i + 1000]]})
            for i in range(0, count, 1000)]
        one_each = Path(folder) / "lines"
        one_each.write_text("\n".join(lines))

        def child():
            with one_each.open() as file:
                result["child"] = [base64.b64decode(record["data"]) for line in file
                                   for record in json.loads(line)["records"]]

        variants["JSON lines with base64, without their sender"] = (child, nothing)
        figures = measure(variants, count, time.process_time)
        expected = sorted(data for _, data in records)
        for name, found in result.items():
            assert sorted(d for d in found if d != b"first") == expected, name
        show("Consuming 64 B, aggregated: the process", figures, "JSON lines with base64, without their sender")


def bench_aggregate():
    count = 5000
    for size in (64, 1024):
        records = [(KEYS[i % 1000], b"%0*d" % (size, i)) for i in range(count)]
        blobs = [entry["Data"] for entry in kds.aggregate(records)]
        assert [(u.key, u.data) for u in kds.deaggregate(blobs)] == records

        variants = {"kds.aggregate": (lambda: list(kds.aggregate(records)), nothing),
                    "kds.deaggregate": (lambda: list(kds.deaggregate(blobs)), nothing)}
        yardstick = None
        if their_aggregator is not None:
            yardstick = "aws_kinesis_agg aggregate"
            events = [{"kinesis": {"data": base64.b64encode(blob).decode(), "partitionKey": "a", "sequenceNumber": "1",
                                   "kinesisSchemaVersion": "1.0", "approximateArrivalTimestamp": 0}, "eventVersion": "",
                       "eventID": "", "eventSource": "", "eventName": "", "invokeIdentityArn": "", "awsRegion": "",
                       "eventSourceARN": ""} for blob in blobs]
            users = their_deaggregator.deaggregate_records(events)
            assert [base64.b64decode(u["kinesis"]["data"]) for u in users] == [data for _, data in records]

            def theirs():
                made = their_aggregator.RecordAggregator(51200)
                for key, data in records:
                    made.add_user_record(key, data)

            variants[yardstick] = (theirs, nothing)
            variants["aws_kinesis_agg deaggregate"] = (lambda: their_deaggregator.deaggregate_records(events), nothing)
        show("Aggregating alone, %d B: the thread" % size, measure(variants, count), yardstick)


def run_python(code):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout


RSS = "int(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1])"


def bench_memory():
    figures = {"an empty interpreter": int(run_python("print(%s)" % RSS)),
               "import kds": int(run_python("import kds; print(%s)" % RSS))}
    if boto3 is not None:
        figures["import boto3; boto3.client('kinesis')"] = int(run_python(
            "import boto3; boto3.client('kinesis', region_name='r'); print(%s)" % RSS))
    with LocalServer({"s": 4}) as server:
        code = """
import kds, time
p = kds.Producer("s", **%r, rate_limit_percent=100000)
p.submit(b"x", "k").result(30)
rss = lambda: %s
first = None
for turn in range(20):
    p.put_many(("key-%%d" %% (i %% 1000), bytes(64)) for i in range(50000))
    p.flush()
    while len(p): time.sleep(0.001)
    first = first or rss()
print(first, rss())
p.close()
""" % (server.options, RSS)
        figures["a producer after 50,000 records"], figures["... and after 1,000,000"] = map(int, run_python(code).split())
    show("Memory, KiB", figures, unit="KiB")


def bench_import():
    def cpu(code):
        """Milliseconds of CPU of an interpreter that runs this and ends."""
        times = []
        for _ in range(ROUNDS):
            before = os.times()
            subprocess.run([sys.executable, "-c", code], check=True,
                           env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
            after = os.times()
            times.append((after.children_user + after.children_system - before.children_user - before.children_system))
        return statistics.median(times) * 1e3

    figures = {"an empty interpreter": cpu("pass"), "import kds": cpu("import kds"),
               "import kds; kds.Client, Producer, Consumer": cpu("import kds; kds.Client, kds.Producer, kds.Consumer")}
    if boto3 is not None:
        figures["import boto3; boto3.client('kinesis')"] = cpu("import boto3; boto3.client('kinesis', region_name='r')")
    show("From start to end, ms of CPU", figures, unit="ms")


PARTS = {"put": bench_put, "consume": bench_consume, "aggregate": bench_aggregate, "memory": bench_memory,
         "import": bench_import}


def main(names):
    for name in names or PARTS:
        if name not in PARTS:
            sys.exit(__doc__)
    print("Python %s, libkds-api %s, boto3 %s" % (sys.version.split()[0], kds.libversion()[0],
                                                  boto3.__version__ if boto3 else "not there"))
    for name in names or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    assert ctypes.sizeof(ctypes.c_void_p) == 8
    main(sys.argv[1:])
