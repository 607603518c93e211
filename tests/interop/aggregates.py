"""Aggregated records made by hand, good ones and bad ones, to see what readers make of them.

Written from the format alone: magic, protobuf, MD5. Nothing of ours or of AWS's is used.
"""

import base64
import hashlib

MAGIC = bytes.fromhex("f3899ac2")


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def body(keys, records, hashes=(), more=b""):
    """keys and hashes are tables of text; a record is (key's index, data[, hash key's index])."""
    out = b"".join(field(1, k.encode()) for k in keys) + b"".join(field(2, h.encode()) for h in hashes)
    for key, data, *hash_key in records:
        inner = field(1, key) if key is not None else b""
        inner += b"".join(field(2, i) for i in hash_key) + field(3, data)
        out += field(3, inner)
    return out + more


def sealed(protobuf, digest=None):
    return MAGIC + protobuf + (digest or hashlib.md5(protobuf).digest())


FIRST, LAST = "0", str(2**128 - 1)  # explicit hash keys of the first and the last shard

# name: data of the Kinesis record. The key "a" belongs to the first of two shards.
CASES = {
    "plain": b"not an aggregate",
    "empty": b"",
    "one, hash key by its key": sealed(body(["a"], [(0, b"x")])),
    "three, hash keys on all": sealed(body(["a", "b"], [(0, b"1", 0), (1, b"22", 0), (0, b"333", 1)],
                                           [FIRST, "1"])),
    "hash key of another shard on one": sealed(body(["a"], [(0, b"1", 0), (0, b"2", 1)], [FIRST, LAST])),
    "empty data within": sealed(body(["a"], [(0, b"", 0), (0, b"", 0)], [FIRST])),
    "keys of other letters": sealed(body(["ключ", "日本"], [(0, b"1", 0), (1, b"2", 0)], [FIRST])),
    "unknown fields": sealed(body(["a"], [(0, b"1", 0)], [FIRST], field(9, b"later") + field(10, 5))),
    "tables without records": sealed(body(["a"], [])),
    "nothing within": sealed(b""),
    "digest wrong": sealed(body(["a"], [(0, b"1", 0)], [FIRST]), b"\0" * 16),
    "cut protobuf": sealed(body(["a"], [(0, b"1", 0)], [FIRST])[:-1]),
    "not protobuf": sealed(b"\xff\xff\xff"),
    "no key index": sealed(body(["a"], [(None, b"1", 0)], [FIRST])),
    "key index beyond the table": sealed(body(["a"], [(0, b"1", 0), (7, b"2", 0), (0, b"3", 0)], [FIRST])),
    "hash index beyond the table": sealed(body(["a"], [(0, b"1", 0), (0, b"2", 7), (0, b"3", 0)], [FIRST])),
    "the magic number alone": MAGIC,
    "shorter than a digest": MAGIC + b"1234",
    "200 records": sealed(body(["a", "b", "c"], [(i % 3, f"r{i}".encode(), 0) for i in range(200)], [FIRST])),
    "with magic number within": sealed(body(["a"], [(0, sealed(body(["b"], [(0, b"deep", 0)], [FIRST])), 0)],
                                            [FIRST])),
}


LAST_CASE = "plain, the last"
CASES[LAST_CASE] = b"the end"


def put_all(client, stream):
    """Each case into the shard of hash key 0, under its own name as key. @return names by sequence number"""
    names = {}
    for name, data in CASES.items():
        answer = client.call("PutRecord", {
            "StreamName": stream, "PartitionKey": name, "ExplicitHashKey": FIRST,
            "Data": base64.b64encode(data).decode()})
        names[int(answer["SequenceNumber"])] = name
    return names
