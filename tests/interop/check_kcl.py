"""AWS's Java Kinesis Client Library and our consumer on one application and one lease table.

    check_kcl.py --kds-local FILE --examples FOLDER --modules FOLDER --moto FILE --logs FOLDER
                 --class-path VERSION:PATH... [--only SCENARIO...]

Each scenario has a stream, an application and a table of its own. What must hold is in fleet.py.
"""

import argparse
import base64
import contextlib
import json
import os
import sys
import tempfile
import time

import aggregates
import clients
from check_clients import CREDENTIALS, Server
from check_leases import dynamodb
from fleet import (Failed, Feed, Leases, all_delivered, checkpoints_obeyed, java, ours, parents_first,
                   position, wait_until)

SHARD = "shardId-00000000000%d"


class World:
    """A kds-local, a DynamoDB of another maker, one version of the library."""

    def __init__(self, given, server, endpoint, version, class_path, folder):
        self.url, self.ca_file = server.url, server.ca_file
        self.dynamodb, self.version, self.class_path = endpoint, version, class_path
        self.examples, self.logs, self.folder = given.examples, given.logs, folder
        self.failover_ms = 2000
        self.workers, self.feeds = [], []
        self.client = clients.Curl(self.url, clients.JsonForm, ["--http1.1"], "1.1", self.ca_file)

    def stream(self, name, shards):
        self.client.call("CreateStream", {"StreamName": name, "ShardCount": shards})
        return name

    def split(self, stream, shard):
        """@return the children"""
        listed = {s["ShardId"]: s for s in self.shards(stream)}
        keys = listed[shard]["HashKeyRange"]
        middle = (int(keys["StartingHashKey"]) + int(keys["EndingHashKey"])) // 2 + 1
        self.client.call("SplitShard", {"StreamName": stream, "ShardToSplit": shard,
                                        "NewStartingHashKey": str(middle)})
        return [s["ShardId"] for s in self.shards(stream) if s.get("ParentShardId") == shard]

    def shards(self, stream):
        return self.client.call("ListShards", {"StreamName": stream})["Shards"]

    def leases(self, application):
        return Leases(self.dynamodb, application)

    def end(self):
        for worker in self.workers:
            if worker.running():
                worker.kill()
        for feed in self.feeds:
            feed.abandon()
        self.workers, self.feeds = [], []


def seeded(world, application, stream):
    """Makes the leases, by a worker of ours that finds nothing to read. A Java worker that finds
    no leases waits for up to 30 s first."""
    worker = ours(world, application, stream, "seed", "--until-idle", "800")
    wait_until(lambda: not worker.running(), "the leases are made", 30)
    world.workers.remove(worker)


def shared_equally(world, application, names, each, seconds=60):
    leases = world.leases(application)
    wait_until(lambda: leases.shares() == {name: each for name in names},
               f"{' and '.join(names)} have {each} shards each", seconds, leases.shares)


# An index that points nowhere: Java delivers the user records before it and loses the others, ours
# hands out the whole Kinesis record raw.
DIFFERENT = ("key index beyond the table", "hash index beyond the table")


# ---- scenarios -----------------------------------------------------------------------------


def read_alike(world, name, **how):
    """Both read the same records, good aggregates and bad ones; every user record is compared."""
    stream = world.stream(name, 2)
    seeded(world, f"{name}-java", stream)
    names = aggregates.put_all(world.client, stream)
    feed = Feed(world, stream, 0.001)
    time.sleep(1)
    put = feed.stop()
    pair = [java(world, f"{name}-java", stream, "java", **how), ours(
        world, f"{name}-ours", stream, "ours", "--set", "foreign.records=drop")]

    def rows(worker):
        return {(r["shard"], *position(r)): (r["key"], r["sha256"]) for r in worker.lines("record")}
    last = aggregates.LAST_CASE
    for worker in pair:
        wait_until(lambda w=worker: set(put) <= set(rows(w).values())
                   and any(r["key"] == last for r in w.lines("record")),
                   f"{worker.name} reads everything", 60, lambda w=worker: len(rows(w)))
        worker.stop()
    theirs, mine = rows(pair[0]), rows(pair[1])
    differ = [f"{names.get(at[1], at[1])}, {at[2]}: Java has {theirs.get(at)}, ours {mine.get(at)}"
              for at in sorted(theirs.keys() | mine.keys())
              if theirs.get(at) != mine.get(at) and names.get(at[1]) not in DIFFERENT]
    for case in DIFFERENT:
        raw = [key for at, (key, _sha) in mine.items() if names.get(at[1]) == case]
        if raw != [case]:
            differ.append(f"{case}: ours has {raw}")
    if differ:
        raise Failed("; ".join(differ))
    return f"{len(mine)} user records alike"


def java_first(world):
    """Java has all; ours joins and takes its share; both shards of each are split; ours stops;
    Java goes on; ours comes back, Java stops."""
    name = "java-first"
    stream = world.stream(name, 4)
    seeded(world, name, stream)
    feed = Feed(world, stream)
    first = java(world, name, stream, "java")
    shared_equally(world, name, ["java"], 4)
    second = ours(world, name, stream, "ours")
    shared_equally(world, name, ["java", "ours"], 2)
    owned = world.leases(name).owned()
    children = {}
    for who in ("java", "ours"):
        children[owned[who][0]] = world.split(stream, owned[who][0])
    shared_equally(world, name, ["java", "ours"], 3)
    second.stop()
    shared_equally(world, name, ["java"], 6)
    third = ours(world, name, stream, "ours-again")
    shared_equally(world, name, ["java", "ours-again"], 3)
    first.stop()
    shared_equally(world, name, ["ours-again"], 6)
    put = feed.stop()
    all_delivered([first, second, third], put)
    third.stop()
    for parent, young in children.items():
        parents_first([first, second, third], parent, young)
    return told(world, name, [first, second, third], put)


def ours_first(world):
    """Ours has all; Java joins and steals its share; Java is killed; ours goes on behind its checkpoints."""
    name = "ours-first"
    stream = world.stream(name, 4)
    feed = Feed(world, stream)
    first = ours(world, name, stream, "ours")
    shared_equally(world, name, ["ours"], 4)
    second = java(world, name, stream, "java", checkpoint=7)
    shared_equally(world, name, ["java", "ours"], 2)
    wait_until(lambda: second.lines("checkpoint"), "Java writes a checkpoint")
    second.kill()
    shared_equally(world, name, ["ours"], 4)
    third = java(world, name, stream, "java-again")
    shared_equally(world, name, ["java-again", "ours"], 2)
    first.kill()
    shared_equally(world, name, ["java-again"], 4)
    put = feed.stop()
    all_delivered([first, second, third], put)
    third.stop()
    return told(world, name, [first, second, third], put)


def told(world, name, workers, put):
    repeated, moves = checkpoints_obeyed(workers)
    check_rows(world.leases(name).leases())
    return f"{len(put)} records, all delivered, {repeated} more than once; shards moved {moves} times"


def check_rows(leases):
    """What both libraries need of a lease."""
    for key, item in leases.items():
        for member, kind in (("leaseCounter", "N"), ("ownerSwitchesSinceCheckpoint", "N"),
                             ("checkpoint", "S"), ("checkpointSubSequenceNumber", "N")):
            if kind not in item.get(member, {}):
                raise Failed(f"the lease {key} has no {member} of type {kind}")
        for member in ("parentShardId", "childShardIds"):
            if member in item and "SS" not in item[member]:
                raise Failed(f"{member} of the lease {key} is no set")


def within_an_aggregate(world):
    """One aggregate of 200 user records, a checkpoint in its middle: who is killed is followed by one
    that begins with the very next user record. Both ways."""
    ways = {
        "Java, then ours": (lambda app: java(world, app, app, "java", checkpoint=120),
                            lambda app: ours(world, app, app, "ours")),
        "ours, then Java": (lambda app: ours(world, app, app, "ours", "--checkpoint-every", "120",
                                             "--set", "batch.max.records=60"),
                            lambda app: java(world, app, app, "java")),
    }
    report = []
    for number, (way, (begin, follow)) in enumerate(ways.items()):
        name = world.stream(f"within-{number}", 1)
        seeded(world, name, name)
        world.client.call("PutRecord", {"StreamName": name, "PartitionKey": "k",
                                        "Data": base64.b64encode(aggregates.CASES["200 records"]).decode()})
        first = begin(name)
        wait_until(lambda w=first: len(w.lines("record")) >= 200 and w.lines("checkpoint"),
                   f"{first.name} reads the aggregate")
        first.kill()
        known = first.lines("checkpoint")[-1]["subsequence"]
        if known == 199:
            raise Failed(f"{way}: there is no checkpoint in the middle")
        second = follow(name)
        wait_until(lambda w=second: any(r["subsequence"] == 199 for r in w.lines("record")),
                   f"{second.name} goes on", 90)
        second.stop()
        got = [r["subsequence"] for r in second.lines("record")]
        if got != list(range(known + 1, 200)):
            raise Failed(f"{way}: after {known} came {got[:1]} to {got[-1:]}, {len(got)} records")
        report.append(f"{way}: {known}, {got[0]}")
    return "; ".join(report)


def row_of(world, application, key):
    return world.leases(application).rows().get(key, {})


def java_leads(world):
    """3.x: Java makes the table and leads; ours joins, is given its share by hand-offs, gives it
    back when it stops; shards are split."""
    name = "java-leads"
    stream = world.stream(name, 4)
    feed = Feed(world, stream)
    first = java(world, name, stream, "java")
    shared_equally(world, name, ["java"], 4, 90)
    second = ours(world, name, stream, "ours")
    wait_until(lambda: "lut" in row_of(world, name, "ours"), "ours writes its row")
    shared_equally(world, name, ["java", "ours"], 2, 90)
    if row_of(world, name, "Leader").get("ownerName", {}).get("S") != "java":
        raise Failed(f"the leader is {row_of(world, name, 'Leader')}")
    owned = world.leases(name).owned()
    children = {}
    for who in ("java", "ours"):
        children[owned[who][0]] = world.split(stream, owned[who][0])
    wait_until(lambda: sum(world.leases(name).shares().values()) == 6
               and set(world.leases(name).shares()) == {"java", "ours"}, "the children have readers", 90,
               world.leases(name).shares)
    second.stop()
    shared_equally(world, name, ["java"], 6, 90)
    put = feed.stop()
    all_delivered([first, second], put)
    first.stop()
    for parent, young in children.items():
        parents_first([first, second], parent, young)
    return told(world, name, [first, second], put)


def busy_java_leads(world):
    """3.x, with processor load: Java says 60 %, ours measures its own. The leader moves leases to ours;
    when ours leads, it moves none to the busy one."""
    name = "busy-java-leads"
    stream = world.stream(name, 4)
    feed = Feed(world, stream)
    first = java(world, name, stream, "java", load=60)
    shared_equally(world, name, ["java"], 4, 90)
    second = ours(world, name, stream, "ours", "--set", "worker.metrics=process")
    wait_until(lambda: row_of(world, name, "ours").get("sts", {}).get("M"), "ours says its load")
    wait_until(lambda: world.leases(name).owned().get("ours"), "the leader gives ours a lease", 120,
               world.leases(name).shares)
    samples = row_of(world, name, "ours")["sts"]["M"]
    if list(samples) != ["C"] or not 0 <= float(samples["C"]["L"][-1]["N"]) < 60:
        raise Failed(f"ours measures {samples}")
    first.stop()
    shared_equally(world, name, ["ours"], 4, 90)
    third = java(world, name, stream, "java-again", load=60)
    wait_until(lambda: "lut" in row_of(world, name, "java-again"), "Java writes its row")
    second.stop()
    shared_equally(world, name, ["java-again"], 4, 90)
    put = feed.stop()
    all_delivered([first, second, third], put)
    third.stop()
    return told(world, name, [first, second, third], put)


def ours_leads(world):
    """3.x: Java makes the table and ends; ours leads; Java comes again and obeys."""
    name = "ours-leads"
    stream = world.stream(name, 4)
    feed = Feed(world, stream)
    first = java(world, name, stream, "java")
    shared_equally(world, name, ["java"], 4, 90)
    second = ours(world, name, stream, "ours")
    wait_until(lambda: "lut" in row_of(world, name, "ours"), "ours writes its row")
    first.stop()
    shared_equally(world, name, ["ours"], 4, 90)
    if row_of(world, name, "Leader").get("ownerName", {}).get("S") != "ours":
        raise Failed(f"the leader is {row_of(world, name, 'Leader')}")
    third = java(world, name, stream, "java-again")
    wait_until(lambda: len(world.leases(name).owned().get("java-again", [])) >= 1,
               "ours gives Java a share", 120, world.leases(name).shares)
    put = feed.stop()
    all_delivered([first, second, third], put)
    second.stop()
    shared_equally(world, name, ["java-again"], 4, 90)
    third.stop()
    return told(world, name, [first, second, third], put)


SCENARIOS = {  # name: (major versions of the library, function)
    "alike-poll": ("23", lambda w: read_alike(w, "alike-poll")),
    "alike-json-http1": ("23", lambda w: read_alike(w, "alike-json-http1", cbor=False, http=1)),
    "alike-fan-out": ("23", lambda w: read_alike(w, "alike-fan-out", read="fan-out")),
    "within-an-aggregate": ("23", within_an_aggregate),
    "java-first": ("2", java_first),
    "ours-first": ("2", ours_first),
    "java-leads": ("3", java_leads),
    "busy-java-leads": ("3", busy_java_leads),
    "ours-leads": ("3", ours_leads),
}


def run(world, name, scenario):
    began = time.monotonic()
    try:
        result, good = scenario(world), True
    except (Failed, clients.Refused) as e:
        result, good = f"FAILED: {e}", False
        with open(os.path.join(world.logs, f"{name}-table.json"), "w", encoding="utf-8") as f:
            json.dump(world.leases(name).rows(), f, indent=1, default=str)
    finally:
        world.end()
    print(f"KCL {world.version}, {name}: {result} ({time.monotonic() - began:.0f} s)", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    for option in ("--kds-local", "--examples", "--modules", "--moto", "--logs"):
        parser.add_argument(option, required=True)
    parser.add_argument("--class-path", action="append", required=True)
    parser.add_argument("--only", action="append", choices=SCENARIOS)
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1],
                      AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE=os.devnull,
                      AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
    right = True
    for version, class_path in (pair.split(":", 1) for pair in given.class_path):
        # dynalite cannot add an index to a table, which 3.x does.
        native = version.startswith("3")
        with tempfile.TemporaryDirectory() as folder, \
                contextlib.closing(Server(given.kds_local, native, folder)) as server, \
                dynamodb(given, "moto" if native else "dynalite") as endpoint:
            world = World(given, server, endpoint, version, class_path, folder)
            for name, (majors, scenario) in SCENARIOS.items():
                if version[0] in majors and name in (given.only or SCENARIOS):
                    right &= run(world, name, scenario)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
