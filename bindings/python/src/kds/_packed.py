"""Values of the API as packed bytes and back: CBOR, by the tables of the operations. docs/wire/api.md"""
from __future__ import annotations

import difflib
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

from kds._errors import ConfigError

Out = list[bytes]
Packer = Callable[[Any, Out], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_INT_MIN, _INT_MAX = -(1 << 63), (1 << 63) - 1


class BadValue(Exception):
    """A value that cannot be packed: where it stands, and why not."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.path: list[str] = []

    def within(self, step: str) -> BadValue:
        self.path.insert(0, step)
        return self

    def error(self, operation: str) -> ConfigError:
        path = "".join(step if step.startswith("[") else "." + step for step in self.path)
        return ConfigError("%s%s: %s" % (operation, path, self.args[0]), code=-1, operation=operation)


def head(major: int, n: int) -> bytes:
    """The first bytes of a value: its kind and its length or number, in the shortest form."""
    if n < 24:
        return bytes((major << 5 | n,))
    if n < 0x100:
        return bytes((major << 5 | 24, n))
    if n < 0x10000:
        return struct.pack(">BH", major << 5 | 25, n)
    if n < 0x100000000:
        return struct.pack(">BI", major << 5 | 26, n)
    return struct.pack(">BQ", major << 5 | 27, n)


_HEADS = [[head(major, n) for n in range(256)] for major in range(8)]
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP = range(6)


def _kind(value: object) -> str:
    return type(value).__name__


def _text(value: Any, out: Out) -> None:
    if not isinstance(value, str):
        raise BadValue("must be str, not %s" % _kind(value))
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise BadValue("cannot be written as UTF-8: %s" % error.reason) from None
    n = len(encoded)
    out.append(_HEADS[_TEXT][n] if n < 256 else head(_TEXT, n))
    out.append(encoded)


def _blob(value: Any, out: Out) -> None:
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, (bytes, bytearray)):
        n = len(value)
    else:
        try:
            view = memoryview(value)
        except TypeError:
            raise BadValue("must be bytes or another buffer, not %s" % _kind(value)) from None
        if not view.c_contiguous:
            raise BadValue("must be a contiguous buffer")
        value, n = view, view.nbytes
    out.append(_HEADS[_BYTES][n] if n < 256 else head(_BYTES, n))
    out.append(value)


def _integer(value: Any, out: Out) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise BadValue("must be int, not %s" % _kind(value))
    value = value.__index__()
    if not _INT_MIN <= value <= _INT_MAX:
        raise BadValue("%d is outside -2^63..2^63-1" % value)
    out.append(head(_UNSIGNED, value) if value >= 0 else head(_NEGATIVE, -1 - value))


def _real(value: Any, out: Out) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValue("must be float, not %s" % _kind(value))
    number = float(value)
    if number - number != 0:
        raise BadValue("must be finite, not %r" % number)
    out.append(b"\xfb" + struct.pack(">d", number))


def _boolean(value: Any, out: Out) -> None:
    if not isinstance(value, bool):
        raise BadValue("must be bool, not %s" % _kind(value))
    out.append(b"\xf5" if value else b"\xf4")


def milliseconds(value: Any) -> int:
    """An instant, in milliseconds since 1970."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=timezone.utc)
        return int((value - _EPOCH) // timedelta(milliseconds=1))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not abs(value) < 1e15:
            raise BadValue("%r is no time in seconds since 1970" % value)
        return round(value * 1000)
    raise BadValue("must be datetime or seconds since 1970, not %s" % _kind(value))


def _instant(value: Any, out: Out) -> None:
    out.append(b"\xc1")
    _integer(milliseconds(value), out)


_SCALARS: dict[str, Packer] = {"string": _text, "blob": _blob, "int64": _integer, "double": _real,
                               "bool": _boolean, "timestamp": _instant}


class Packers:
    """How to pack each structure of a service; made when it is first needed."""

    def __init__(self, shapes: dict[str, dict[str, str]]) -> None:
        self._shapes = shapes
        self._made: dict[str, Packer] = {}

    def of(self, kind: str) -> Packer:
        packer = self._made.get(kind)
        if packer is None:
            packer = self._make(kind)
            self._made[kind] = packer
        return packer

    def pack(self, operation: str, members: Mapping[str, Any]) -> bytes:
        """The input of an operation. Members that are None are left out."""
        out: Out = []
        try:
            self.of(operation + "In")(members, out)
        except BadValue as bad:
            raise bad.error(operation) from None
        return b"".join(out)

    def _make(self, kind: str) -> Packer:
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind.startswith("list<"):
            return self._list(kind[5:-1])
        if kind.startswith("map<"):
            return self._map(kind[4:-1])
        return self._structure(kind)

    def _list(self, element: str) -> Packer:
        def pack(value: Any, out: Out) -> None:
            if isinstance(value, (str, bytes, bytearray, Mapping)) or not hasattr(value, "__iter__"):
                raise BadValue("must be a list, not %s" % _kind(value))
            values = list(value)
            pack_one = self.of(element)
            out.append(head(_LIST, len(values)))
            for i, one in enumerate(values):
                try:
                    pack_one(one, out)
                except BadValue as bad:
                    raise bad.within("[%d]" % i)
        return pack

    def _map(self, element: str) -> Packer:
        def pack(value: Any, out: Out) -> None:
            if not isinstance(value, Mapping):
                raise BadValue("must be a dict, not %s" % _kind(value))
            pack_one = self.of(element)
            out.append(head(_MAP, len(value)))
            for key, one in value.items():
                try:
                    _text(key, out)
                    pack_one(one, out)
                except BadValue as bad:
                    raise bad.within("[%r]" % (key,))
        return pack

    def _structure(self, name: str) -> Packer:
        kinds = self._shapes[name]
        keys = {wire: head(_TEXT, len(wire)) + wire.encode() for wire in kinds}
        members: dict[str, tuple[bytes, Packer]] = {}

        def find(wire: object) -> tuple[bytes, Packer]:
            if wire not in kinds:
                near = difflib.get_close_matches(str(wire), kinds, 1)
                raise BadValue("has no member %r%s" % (wire, "; did you mean %r?" % near[0] if near else ""))
            assert isinstance(wire, str)
            members[wire] = keys[wire], self.of(kinds[wire])
            return members[wire]

        def pack(value: Any, out: Out) -> None:
            if not isinstance(value, Mapping):
                raise BadValue("must be a dict, not %s" % _kind(value))
            at = len(out)
            out.append(b"")
            count = 0
            for wire, one in value.items():
                key, pack_one = members.get(wire) or find(wire)
                if one is None:
                    continue
                out.append(key)
                try:
                    pack_one(one, out)
                except BadValue as bad:
                    raise bad.within(wire)
                count += 1
            out[at] = _HEADS[_MAP][count]
        return pack


# ---- back ---------------------------------------------------------------------------------------


class _Reader:
    """Reads what the library packed; it is well-formed, with definite lengths."""

    __slots__ = ("data", "at", "keys")

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.keys: dict[bytes, str] = {}

    def length(self, info: int) -> int:
        at = self.at
        if info < 24:
            return info
        if info == 24:
            self.at = at + 1
            return self.data[at]
        if info == 25:
            self.at = at + 2
            return self.data[at] << 8 | self.data[at + 1]
        size = 4 if info == 26 else 8
        self.at = at + size
        return int.from_bytes(self.data[at:at + size], "big")

    def value(self) -> Any:
        first = self.data[self.at]
        self.at += 1
        major, info = first >> 5, first & 31
        n = info
        if info >= 24 and major < 7:
            n = self.length(info)
        if major == _TEXT or major == _BYTES:
            at = self.at
            self.at = at + n
            return self.data[at:at + n].decode() if major == _TEXT else self.data[at:at + n]
        if major == _MAP:
            return {self.key(): self.value() for _ in range(n)}
        if major == _UNSIGNED:
            return n
        if major == _LIST:
            value = self.value
            return [value() for _ in range(n)]
        if major == _NEGATIVE:
            return -1 - n
        if major == 6:
            return _EPOCH + timedelta(milliseconds=self.value())
        return self.simple(info)

    def key(self) -> str:
        """A member's name. It comes again with each element of a list, so it is made once."""
        n = self.length(self.take() & 31)
        at = self.at
        self.at = at + n
        raw = self.data[at:at + n]
        known = self.keys.get(raw)
        if known is None:
            known = self.keys[raw] = raw.decode()
        return known

    def take(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def simple(self, info: int) -> Any:
        if info == 27:
            self.at += 8
            return struct.unpack_from(">d", self.data, self.at - 8)[0]
        if info == 26:
            self.at += 4
            return struct.unpack_from(">f", self.data, self.at - 4)[0]
        return {20: False, 21: True}.get(info)


def unpack(data: bytes) -> Any:
    """The value that the library packed."""
    return _Reader(data).value()
