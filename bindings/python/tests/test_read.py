"""kds.read: all shards between two instants."""
import datetime
import time
import unittest

import support
import kds


class Reading(support.ServerCase):
    def setUp(self):
        self.client = kds.Client(**self.options)
        self.addCleanup(self.client.close)
        self.stream = self.id().rsplit(".", 1)[1]
        self.client.create_stream(StreamName=self.stream, ShardCount=2)

    def put(self, count, first=0, **options):
        with kds.Producer(self.stream, linger_ms=5, **self.options, **options) as producer:
            producer.put_many(("key-%d" % (i % 13), b"%d" % i) for i in range(first, first + count))
            support.eventually(lambda: len(producer) == 0)

    def instant(self):
        """A moment that is certainly before what follows and behind what was before."""
        time_of = lambda: datetime.datetime.now(datetime.timezone.utc)  # noqa: E731
        begin = time_of()
        support.eventually(lambda: time_of() - begin > datetime.timedelta(milliseconds=20))
        middle = time_of()
        support.eventually(lambda: time_of() - middle > datetime.timedelta(milliseconds=20))
        return middle

    def read(self, *arguments, **options):
        return list(kds.read(self.stream, *arguments, **options, **self.options))

    def test_all_that_is_there(self):
        self.put(1000)
        records = self.read()
        self.assertEqual(sorted(int(r.data) for r in records), list(range(1000)))
        for record in records:
            self.assertEqual(record.key, "key-%d" % (int(record.data) % 13))
        whole = self.read(deaggregate=False)
        self.assertEqual(sum(len(list(kds.deaggregate(r.data))) for r in whole), 1000)
        self.assertEqual({r.aggregated for r in whole}, {False})

    def test_between_two_instants_through_a_split(self):
        self.put(50)
        since = self.instant()
        self.put(50, first=50)
        self.client.split_shard(StreamName=self.stream, ShardToSplit="shardId-000000000001",
                                NewStartingHashKey=str(3 * 2**126))
        self.put(50, first=100)
        until = self.instant()
        self.put(50, first=150)
        records = self.read(since, until)
        self.assertEqual(sorted(int(r.data) for r in records), list(range(50, 150)))
        places = [r.shard_id for r in records]
        for child in ("shardId-000000000002", "shardId-000000000003"):
            if child in places:
                self.assertNotIn("shardId-000000000001", places[places.index(child):])
        for form in (since.isoformat(), since.timestamp(), since.replace(tzinfo=None)):
            self.assertEqual(len(self.read(form, until)), 100)
        self.assertEqual(len(self.read("1h", "now")), 200)

    def test_without_end_it_waits_and_follows(self):
        self.put(10)
        reading = kds.read(self.stream, until=None, client=self.client)
        self.assertEqual(len([next(reading) for _ in range(10)]), 10)
        self.put(5, first=10)
        self.assertEqual(sorted(int(next(reading).data) for _ in range(5)), [10, 11, 12, 13, 14])
        reading.close()
        self.client.list_streams()  # the client is its owner's

    def test_an_end_in_the_future_is_waited_for(self):
        self.put(3)
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        began = time.monotonic()
        self.assertEqual(len(self.read(until=until)), 3)
        self.assertGreater(time.monotonic() - began, 0.5)

    def test_bad_input(self):
        for arguments, error, text in (
            (("yesterday",), kds.ConfigError, "since is 'yesterday': must be now, a time ago"),
            ((None, "5x"), kds.ConfigError, "until is '5x'"),
            (("now", "1h"), kds.ConfigError, "which is behind until"),
            (([],), TypeError, "since must be str, datetime or seconds since 1970, not list"),
        ):
            with self.subTest(arguments=arguments), self.assertRaisesRegex(error, text):
                kds.read(self.stream, *arguments, **self.options)  # at once, not with the first record
        with self.assertRaises(kds.exceptions.ResourceNotFoundException):
            list(kds.read("no-such", **self.options))


if __name__ == "__main__":
    unittest.main()
