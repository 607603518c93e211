"""kds.aggregate and kds.deaggregate: alone, and against what kds-local and the consumer make of it."""
import base64
import tempfile
import unittest

import support
import kds

SHARDS = [{"ShardId": "shardId-0", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(2**127 - 1)}},
          {"ShardId": "shardId-1", "HashKeyRange": {"StartingHashKey": str(2**127), "EndingHashKey": str(2**128 - 1)}}]
CLOSED = {"ShardId": "old", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(2**128 - 1)},
          "SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": "2"}}


def records(count):
    return [("key-%d" % i, b"data %d" % i) for i in range(count)]


class Alone(unittest.TestCase):
    def test_records_come_back(self):
        entries = list(kds.aggregate(records(2000), max_bytes=5000))
        self.assertGreater(len(entries), 5)
        self.assertTrue(all(len(entry["Data"]) <= 5000 for entry in entries))
        found = [u for entry in entries for u in kds.deaggregate(entry["Data"])]
        self.assertEqual([(u.key, u.data) for u in found], records(2000))
        self.assertEqual({u.kind for u in found}, {"user"})
        self.assertEqual(found[1].subsequence_number, 1)
        together = list(kds.deaggregate(entries))
        self.assertEqual([(u.key, u.data) for u in together], records(2000))
        self.assertEqual({u.record_index for u in together}, set(range(len(entries))))

    def test_an_aggregate_holds_records_of_one_shard_only(self):
        entries = list(kds.aggregate(records(500), shards=[CLOSED, *SHARDS]))
        self.assertEqual(len(entries), 2)
        found = []
        for entry in entries:
            first = kds.shard_for(next(kds.deaggregate(entry["Data"])).key, [CLOSED, *SHARDS])
            for user in kds.deaggregate(entry["Data"], shard=first):
                self.assertEqual((user.kind, kds.shard_for(user.key, SHARDS)), ("user", first))
                found.append(user)
            other = SHARDS[1 - SHARDS.index(first)]
            (whole,) = kds.deaggregate(entry["Data"], shard=other)  # what the KCL would drop
            self.assertEqual((whole.kind, whole.data), ("outside", entry["Data"]))
        self.assertEqual(sorted(u.data for u in found), sorted(data for _, data in records(500)))

    def test_an_aggregator_gives_what_is_full_and_the_rest_when_asked(self):
        with kds.Aggregator(max_records=3) as aggregator:
            self.assertEqual(aggregator.add(b"1", "a"), [])
            self.assertEqual(aggregator.add(bytearray(b"2"), b"b", 17), [])
            self.assertEqual(len(aggregator), 2)
            full = aggregator.add_many([("c", memoryview(b"3")), ("d", b"4", "0"), ("e", b"", None)])
            rest = aggregator.flush()
            self.assertEqual(len(aggregator), 0)
        users = list(kds.deaggregate(full + rest))
        self.assertEqual([(u.key, u.data, u.explicit_hash_key) for u in users],
                         [("a", b"1", None), ("b", b"2", "17"), ("c", b"3", None), ("d", b"4", "0"), ("e", b"", None)])
        with self.assertRaises(kds.ClosedError):
            aggregator.add(b"x", "k")

    def test_more_than_may_wait_is_taken_on_the_way(self):
        entries = list(kds.aggregate(records(3000), max_records=1))
        self.assertEqual(len(entries), 3000)
        with kds.Aggregator(max_records=1) as aggregator:
            full = aggregator.add_many(records(2000)) + aggregator.flush()
        self.assertEqual([u.data for u in kds.deaggregate(full)], [data for _, data in records(2000)])

    def test_plain_and_broken_records_pass_through(self):
        (entry,) = kds.aggregate(records(5))
        broken = bytearray(entry["Data"])
        broken[10] ^= 1  # the check sum is wrong: it is no aggregate
        given = [{"Data": b"plain", "PartitionKey": "k", "SequenceNumber": "5"}, bytes(broken), b"", entry["Data"]]
        found = list(kds.deaggregate(given))
        self.assertEqual(found[0], kds.UserRecord(b"plain", "k", None, "5", 0, "plain", 0))
        self.assertEqual((found[1].data, found[1].kind, found[2].data), (bytes(broken), "plain", b""))
        self.assertEqual(len(found), 8)
        self.assertEqual(list(kds.deaggregate([])), [])

    def test_lambda_events_are_taken(self):
        (entry,) = kds.aggregate(records(3))
        event = {"Records": [{"kinesis": {"data": base64.b64encode(entry["Data"]).decode(), "partitionKey": "a",
                                          "sequenceNumber": "9"}, "eventSource": "aws:kinesis"}]}
        self.assertEqual([(u.key, u.data, u.sequence_number) for u in kds.deaggregate(event["Records"])],
                         [(key, data, "9") for key, data in records(3)])

    def test_bad_input(self):
        for call, error, text in (
            (lambda: list(kds.aggregate([("", b"x")])), kds.ConfigError, "key"),
            (lambda: list(kds.aggregate([(None, b"x")])), TypeError, "key must be str"),
            (lambda: list(kds.aggregate([("k", "text")])), TypeError, "encode it"),
            (lambda: list(kds.aggregate([("k", 5)])), TypeError, "buffer"),
            (lambda: list(kds.aggregate([("k", b"", "x")])), kds.ConfigError, "hash key"),
            (lambda: list(kds.aggregate([("k", b"", str(2**128 - 1))], shards=SHARDS[:1])), kds.KdsError, "shard"),
            (lambda: kds.Aggregator(max_bytes=1 << 40), kds.ConfigError, "max_bytes"),
            (lambda: kds.Aggregator([{}]), TypeError, "HashKeyRange"),
            (lambda: kds.Aggregator([SHARDS[0], SHARDS[0]]), kds.ConfigError, "overlap|range"),
            (lambda: list(kds.deaggregate([5])), TypeError, "not int"),
            (lambda: list(kds.deaggregate([{"kinesis": {"data": "no base64!"}}])), ValueError, "base64"),
            (lambda: kds.shard_for("k", [CLOSED]), kds.KdsError, "none of the shards"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(error, text):
                call()


class WithServer(support.ServerCase):
    def test_what_is_aggregated_here_is_taken_apart_by_the_consumer(self):
        with kds.Client(**self.options) as client, tempfile.TemporaryDirectory() as folder:
            shards = client.list_shards(StreamName="s")["Shards"]
            answer = client.put_records(StreamName="s", Records=list(kds.aggregate(records(300), shards)))
            self.assertEqual(answer["FailedRecordCount"], 0)
            found = []
            with kds.Consumer("app", "s", state="sqlite:%s/leases" % folder, idle_ms=200, foreign_records="drop",
                              **self.options) as consumer:
                while len(found) < 300:
                    found.append(next(consumer))
            self.assertEqual(sorted(r.data for r in found), sorted(data for _, data in records(300)))
            for record in found:
                self.assertEqual(kds.shard_for(record.key, shards)["ShardId"], record.shard_id)


if __name__ == "__main__":
    unittest.main()
