"""kds.Client against kds-local: boto3's methods, arguments, answers and errors."""
import datetime
import threading
import time
import unittest

import support
import kds
from kds import exceptions


class Calls(support.ServerCase):
    def setUp(self):
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)

    def read(self, shard, **more):
        iterator = self.client.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        return self.client.get_records(ShardIterator=iterator["ShardIterator"], **more)

    def test_records_come_back_as_they_were_put(self):
        data = bytes(range(256)) * 300
        put = self.client.put_record(StreamName="s", Data=data, PartitionKey="schlüssel")
        self.assertRegex(put["ShardId"], "^shardId-")
        self.assertTrue(put["SequenceNumber"].isdigit())
        self.assertEqual(put["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertTrue(put["ResponseMetadata"]["RequestId"])
        found = [r for r in self.read(put["ShardId"])["Records"] if r["SequenceNumber"] == put["SequenceNumber"]]
        self.assertEqual(len(found), 1)
        self.assertEqual((found[0]["Data"], found[0]["PartitionKey"]), (data, "schlüssel"))
        arrived = found[0]["ApproximateArrivalTimestamp"]
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertLess(abs((now - arrived).total_seconds()), 60)

    def test_a_blob_may_be_any_buffer(self):
        import array
        for i, data in enumerate((b"abc", bytearray(b"abc"), memoryview(b"xabcx")[1:4], "abc", array.array("b", b"abc"))):
            with self.subTest(kind=type(data)):
                put = self.client.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "b%d" % i}])
                self.assertEqual(put["FailedRecordCount"], 0)
                shard = put["Records"][0]["ShardId"]
                records = {r["PartitionKey"]: r["Data"] for r in self.read(shard)["Records"]}
                self.assertEqual(records["b%d" % i], b"abc")

    def test_times_numbers_flags_maps_and_lists_travel(self):
        with kds.Client(**self.options, protocol="cbor") as cbor:
            for client, name in ((self.client, "life-json"), (cbor, "life-cbor")):
                client.create_stream(StreamName=name, ShardCount=1, Tags={"a": "1", "b": ""})
                tags = client.list_tags_for_stream(StreamName=name)
                self.assertEqual({t["Key"]: t.get("Value", "") for t in tags["Tags"]}, {"a": "1", "b": ""})
                self.assertIs(tags["HasMoreTags"], False)
                made = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
                self.assertIsInstance(made["StreamCreationTimestamp"], datetime.datetime)
                self.assertEqual(made["OpenShardCount"], 1)
                later = made["StreamCreationTimestamp"] + datetime.timedelta(days=1)
                for instant in (later, later.timestamp(), later.replace(tzinfo=None)):
                    shards = client.list_shards(StreamName=name, ShardFilter={"Type": "AT_TIMESTAMP", "Timestamp": 1})
                    self.assertIsInstance(shards["Shards"], list)
                    with self.assertRaises(exceptions.InvalidArgumentException):
                        client.get_records(ShardIterator=client.get_shard_iterator(
                            StreamName=name, ShardId="shardId-000000000000", ShardIteratorType="AT_TIMESTAMP",
                            Timestamp=instant)["ShardIterator"])
                client.delete_stream(StreamName=name)

    def test_pages_follow_each_other(self):
        names = ["page-%02d" % i for i in range(7)]
        for name in names:
            self.client.create_stream(StreamName=name, ShardCount=1)
        pages = list(self.client.paginate("list_streams", Limit=3))
        self.assertGreater(len(pages), 2)
        listed = [name for page in pages for name in page["StreamNames"]]
        self.assertEqual(listed, sorted(set(listed)))
        self.assertLessEqual(set(names), set(listed))
        shards = [s["ShardId"] for page in self.client.paginate("list_shards", StreamName="s", MaxResults=1)
                  for s in page["Shards"]]
        self.assertEqual(shards, ["shardId-000000000000", "shardId-000000000001"])
        self.assertTrue(self.client.can_paginate("list_shards"))
        self.assertFalse(self.client.can_paginate("put_record"))
        with self.assertRaisesRegex(kds.ConfigError, "list_shard: has no pages; did you mean 'list_shards'"):
            self.client.paginate("list_shard")

    def test_errors_are_called_and_look_as_in_boto3(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException) as caught:
            self.client.describe_stream(StreamName="none")
        error = caught.exception
        self.assertIs(type(error), exceptions.ResourceNotFoundException)
        self.assertIsInstance(error, kds.ServiceError)
        self.assertEqual(error.code, kds.ErrorCode.NOT_FOUND)
        self.assertEqual(error.response["Error"]["Code"], "ResourceNotFoundException")
        self.assertIn("none", error.response["Error"]["Message"])
        self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertEqual((error.operation_name, error.persisted, error.attempts), ("DescribeStream", "no", 1))
        self.assertTrue(error.request_id)

    def test_several_threads_use_one_client(self):
        failures = []

        def put(name):
            try:
                for i in range(50):
                    self.client.put_record(StreamName="s", Data=b"t", PartitionKey="%s-%d" % (name, i))
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=put, args=("t%d" % i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class Subscriptions(support.ServerCase):
    streams = {"s": 1}

    def setUp(self):
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)
        arn = self.client.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        name = self.id().rsplit(".", 1)[1]
        self.arn = self.client.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]
        support.eventually(lambda: self.client.describe_stream_consumer(ConsumerARN=self.arn)[
            "ConsumerDescription"]["ConsumerStatus"] == "ACTIVE")

    def subscribe(self, **start):
        return self.client.subscribe_to_shard(ConsumerARN=self.arn, ShardId="shardId-000000000000",
                                              StartingPosition=start)

    def test_events_come_until_the_shard_ends(self):
        put = self.client.put_record(StreamName="s", Data=b"\x00\xff", PartitionKey="k")
        with self.subscribe(Type="AT_SEQUENCE_NUMBER", SequenceNumber=put["SequenceNumber"]) as subscription:
            self.assertGreater(subscription.fileno(), 0)
            records = []
            while not records:
                records = next(subscription)["Records"]
            self.assertEqual([(r["Data"], r["PartitionKey"]) for r in records], [(b"\x00\xff", "k")])
            self.client.split_shard(StreamName="s", ShardToSplit="shardId-000000000000",
                                    NewStartingHashKey=str(2**127))
            events = list(subscription)
            self.assertNotIn("ContinuationSequenceNumber", events[-1])
            self.assertEqual({c["ShardId"] for c in events[-1]["ChildShards"]},
                             {"shardId-000000000001", "shardId-000000000002"})
            with self.assertRaises(kds.ClosedError):
                subscription.poll()
        subscription.close()

    def test_what_is_wrong_is_raised(self):
        with self.assertRaisesRegex(kds.ConfigError, "SubscribeToShard.StartingPosition.Type: must be str, not int"):
            self.subscribe(Type=5)
        with self.assertRaises(kds.ConfigError):
            self.subscribe()
        subscription = self.client.subscribe_to_shard(ConsumerARN=self.arn, ShardId="shardId-000000000077",
                                                      StartingPosition={"Type": "LATEST"})
        with self.assertRaises(exceptions.ResourceNotFoundException):
            next(subscription)

    def test_closing_the_client_ends_its_subscriptions(self):
        subscription = self.subscribe(Type="LATEST")
        subscription.poll(0)
        self.client.close()
        self.assertEqual(list(subscription), [])
        with self.assertRaises(kds.ClosedError):
            self.subscribe(Type="LATEST")


class BadInput(support.ServerCase):
    def setUp(self):
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)

    def refuse(self, text, call, *arguments, error=kds.ConfigError, **keywords):
        with self.subTest(text=text), self.assertRaisesRegex(error, text):
            call(*arguments, **keywords)

    def test_bad_values_name_the_member(self):
        put = self.client.put_records
        good = {"Data": b"", "PartitionKey": "k"}
        self.refuse(r"PutRecords\.Records\[1\]\.PartitionKey: must be str, not int", put,
                    StreamName="s", Records=[good, {"Data": b"", "PartitionKey": 1}])
        self.refuse(r"PutRecords\.Records\[0\]: has no member 'Partitionkey'; did you mean 'PartitionKey'", put,
                    StreamName="s", Records=[{"Data": b"", "Partitionkey": "k"}])
        self.refuse(r"PutRecords\.Records\[0\]\.Data: must be bytes or another buffer, not int", put,
                    StreamName="s", Records=[{"Data": 5, "PartitionKey": "k"}])
        self.refuse(r"PutRecords\.Records\[0\]\.Data: must be a contiguous buffer", put,
                    StreamName="s", Records=[{"Data": memoryview(b"abcd")[::2], "PartitionKey": "k"}])
        self.refuse(r"PutRecords\.Records: must be a list, not str", put, StreamName="s", Records="abc")
        self.refuse(r"PutRecords\.Records\[0\]: must be a dict, not str", put, StreamName="s", Records=["abc"])
        self.refuse(r"PutRecords\.StreamName: .*s/t", put, StreamName="s/t", Records=[good])
        self.refuse(r"PutRecords\.Records: 0 .*1\.\.500", put, StreamName="s", Records=[])
        self.refuse(r"PutRecords\.StreamName: cannot be written as UTF-8", put, StreamName="\ud800", Records=[good])
        self.refuse(r"CreateStream\.ShardCount: must be int, not bool", self.client.create_stream, StreamName="x",
                    ShardCount=True)
        self.refuse(r"CreateStream\.ShardCount: 9223372036854775808 is outside", self.client.create_stream,
                    StreamName="x", ShardCount=1 << 63)
        self.refuse(r"CreateStream\.Tags: must be a dict, not list", self.client.create_stream, StreamName="x", Tags=[])
        self.refuse(r"CreateStream\.Tags\['a'\]: must be str, not int", self.client.create_stream, StreamName="x",
                    Tags={"a": 1})
        self.refuse(r"Timestamp: must be datetime or seconds since 1970, not str", self.client.get_shard_iterator,
                    StreamName="s", ShardId="x", ShardIteratorType="AT_TIMESTAMP", Timestamp="today")
        self.refuse(r"Timestamp: .* no time in seconds", self.client.get_shard_iterator,
                    StreamName="s", ShardId="x", ShardIteratorType="AT_TIMESTAMP", Timestamp=1e300)
        self.refuse("EnforceConsumerDeletion: must be bool, not int", self.client.delete_stream,
                    StreamName="x", EnforceConsumerDeletion=1)
        self.refuse("unexpected keyword", put, error=TypeError, Stream="s")

    def test_unknown_options_get_the_nearest_name(self):
        self.refuse("unknown option 'endpoint'; did you mean 'endpoint_url'", kds.Client, endpoint="http://x")
        self.refuse("unknown option 'zzz'$", kds.Client, zzz=1)

    def test_bad_options(self):
        self.refuse("ftp://x", kds.Client, region="r", endpoint_url="ftp://x")
        self.refuse("protocol is 'xml': must be one of json, cbor", kds.Client, region="r", protocol="xml")
        self.refuse("max_attempts is 101: must be 0..100", kds.Client, region="r", max_attempts=101)
        self.refuse("region must be str, not int", kds.Client, error=TypeError, region=1)
        self.refuse("region: must not hold a NUL", kds.Client, region="a\0b")
        self.refuse("max_attempts must be int, not str", kds.Client, error=TypeError, max_attempts="3")
        with support.environment(AWS_REGION=None, AWS_DEFAULT_REGION=None, AWS_CONFIG_FILE="/none"):
            self.refuse("region", kds.Client)

    def test_a_closed_client_says_so(self):
        self.client.close()
        self.client.close()
        self.assertTrue(self.client.closed)
        self.refuse("the client is closed", self.client.list_streams, error=kds.ClosedError)
        with self.assertRaises(RuntimeError):  # for code that does not know this package
            self.client.list_streams()
        with self.assertRaises(kds.ClosedError):
            with self.client:
                pass

    def test_a_server_that_is_not_there(self):
        with kds.Client(region="r", endpoint_url="http://127.0.0.1:1", access_key_id="a", secret_access_key="b",
                        max_attempts=1) as client:
            with self.assertRaises(ConnectionError) as caught:
                client.list_streams()
            self.assertEqual((caught.exception.code, caught.exception.http_status), (kds.ErrorCode.TRANSPORT, 0))
            self.assertTrue(caught.exception.retryable)


class Ends(unittest.TestCase):
    def test_close_ends_a_call_under_way(self):
        import socket
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            client = kds.Client(region="r", endpoint_url="http://127.0.0.1:%d" % silent.getsockname()[1],
                                access_key_id="a", secret_access_key="b")
            ended = []

            def call():
                try:
                    client.list_streams()
                except kds.KdsError as error:
                    ended.append(error)

            thread = threading.Thread(target=call)
            thread.start()
            peer, _ = silent.accept()
            self.addCleanup(peer.close)
            peer.recv(10)  # it is under way
            began = time.monotonic()
            client.close()
            thread.join(support.PATIENCE_S)
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual([type(error) for error in ended], [kds.Cancelled])


if __name__ == "__main__":
    unittest.main()
