"""A subscription by boto3, over HTTP/1.1: JSON lines of what it gives, as events.mjs has them.

    events.py ENDPOINT CA-FILE|- CONSUMER-ARN SHARD
"""

import base64
import json
import sys

import boto3
from botocore import exceptions

endpoint, ca_file, consumer, shard = sys.argv[1:]


def out(value):
    print(json.dumps(value), flush=True)


client = boto3.client("kinesis", endpoint_url=endpoint, region_name="us-east-1",
                      verify=None if ca_file == "-" else ca_file)
try:
    answer = client.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard,
                                       StartingPosition={"Type": "TRIM_HORIZON"})
    for event in answer["EventStream"]:
        e = event["SubscribeToShardEvent"]
        out({"records": [{"key": r["PartitionKey"], "sequence": r["SequenceNumber"],
                          "data": base64.b64encode(r["Data"]).decode(),
                          "at": round(r["ApproximateArrivalTimestamp"].timestamp() * 1000)}
                         for r in e["Records"]],
             "continuation": e.get("ContinuationSequenceNumber"),
             "behind": e["MillisBehindLatest"],
             "children": [c["ShardId"] for c in e.get("ChildShards", [])]})
except exceptions.EventStreamError as e:
    out({"error": e.response["Error"]["Code"]})
except exceptions.ClientError as e:
    out({"error": e.response["Error"]["Code"]})
out({"end": True})
