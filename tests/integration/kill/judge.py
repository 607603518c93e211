"""Judges what consumers of one store did, by their delivery lines and the producer's outcomes alone."""
import collections
import json


def json_lines(path):
    # A program that was killed may have written half of its last line.
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


class Broken(Exception):
    """A promise that was not kept."""


def position(line):
    """Of a record or checkpoint; SHARD_END is behind everything."""
    if line["sequence"] == "SHARD_END":
        return (1, 0, 0)
    return (0, int(line["sequence"]), line["subsequence"])


def check_order(lives):
    """C2: within one hold of a shard, each record is behind the one before."""
    for name, lines in lives.items():
        last = {}
        for line in lines:
            shard = line["shard"]
            if line["event"] == "lease":
                last.pop(shard, None)
            elif line["event"] == "record":
                at = position(line)
                if shard in last and at <= last[shard]:
                    raise Broken("C2: %s was given %s of %s after %s" % (name, at, shard, last[shard]))
                last[shard] = at


def check_checkpoints(lives):
    """C4 and C1: no checkpoint goes back, and none passes what its worker was given."""
    lines = [line for life in lives.values() for line in life if line["event"] == "checkpoint"]
    newest = {}
    for line in sorted(lines, key=lambda l: l["at_ms"]):
        shard, at = line["shard"], position(line)
        # Lines of two workers within a moment may be told in either order.
        if shard in newest and at < newest[shard][0] and line["at_ms"] > newest[shard][1] + 1000:
            raise Broken("C4: the checkpoint of %s went back from %s to %s" % (shard, newest[shard][0], at))
        if shard not in newest or at > newest[shard][0]:
            newest[shard] = (at, line["at_ms"])
    for name, life in lives.items():
        given = {}
        for line in life:
            shard = line["shard"]
            if line["event"] == "record":
                given[shard] = position(line)
            elif line["event"] == "checkpoint" and line["sequence"] != "SHARD_END":
                if shard in given and position(line) > given[shard]:
                    raise Broken("C1: %s persisted %s of %s, was given %s"
                                 % (name, position(line), shard, given[shard]))


def check_restarts(lives):
    """C3: whoever takes a shard begins at or before the first record that no checkpoint covers."""
    places = collections.defaultdict(list)
    for life in lives.values():
        for line in life:
            if line["event"] == "record":
                places[line["shard"]].append(position(line))
    order = {shard: {at: i for i, at in enumerate(sorted(set(found)))} for shard, found in places.items()}
    for name, life in lives.items():
        last = {}
        for line in life:
            shard = line["shard"]
            if line["event"] == "lease":
                last.pop(shard, None)
            elif line["event"] == "record":
                at = order[shard][position(line)]
                if shard in last and at != last[shard] + 1:
                    raise Broken("C3: %s was given %s of %s, others were given %d records before it"
                                 % (name, position(line), shard, at - last[shard] - 1))
                last[shard] = at


def check_complete(outcomes, lives):
    """C1: everything that the producer was told is stored was delivered, with its very bytes."""
    found = collections.defaultdict(set)
    for life in lives.values():
        for line in life:
            if line["event"] == "record":
                found[(line["shard"], line["sequence"], line["subsequence"])].add((line["key"], line["sha256"]))
    for name, (outcome, key, digest) in outcomes.items():
        if outcome["status"] != "success":
            raise Broken("the producer could not put %s" % name)
        place = (outcome["shard"], outcome["sequence"], outcome["subsequence"] or 0)
        if found.get(place) != {(key, digest)}:
            raise Broken("C1: %s at %s was delivered as %s" % (name, place, found.get(place)))


def judge(outcomes, lives):
    """@outcomes: id -> (outcome line, key, sha256). @lives: name -> lines of one process."""
    check_order(lives)
    check_checkpoints(lives)
    check_restarts(lives)
    check_complete(outcomes, lives)
