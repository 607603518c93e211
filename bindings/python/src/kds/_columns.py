"""Records of Python in columns of C."""
from __future__ import annotations

import ctypes
from array import array
from typing import Any, Optional

from kds import _abi
from kds._errors import ConfigError


def as_bytes(name: str, value: object) -> Optional[bytes]:
    if value is None or type(value) is bytes:
        return value
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError as error:
            raise ConfigError("%s cannot be written as UTF-8: %s" % (name, error.reason), code=-1) from None
    raise TypeError("%s must be str, not %s" % (name, type(value).__name__))


def as_slice(value: Optional[bytes]) -> Any:
    """A kds_slice_t into bytes that the caller keeps."""
    if value is None:
        return _abi.kds_slice_t()
    return _abi.kds_slice_t(ctypes.cast(ctypes.c_char_p(value), ctypes.c_void_p), len(value))


def memory_size(data: Any) -> int:
    try:
        view = memoryview(data)
    except TypeError:
        raise TypeError("data must be bytes or another buffer, not %s" % type(data).__name__) from None
    if not view.c_contiguous:
        raise TypeError("data must be a contiguous buffer")
    return view.nbytes


class Columns:
    """Records as kpl_columns_t wants them: the values of a column in one run, and their lengths."""

    __slots__ = ("count", "_columns")

    def __init__(self, records: list[tuple[Any, ...]]) -> None:
        self.count = len(records)
        hash_keys: Optional[list[Any]] = None
        try:
            keys = [key for key, _ in records]
            data = [record[1] for record in records]
        except (TypeError, ValueError):
            three = [self._three(record) for record in records]
            keys, data, hash_keys = (list(column) for column in zip(*three))
        self._columns = [self._of_texts("key", keys), self._of_buffers(data),
                         None if hash_keys is None else self._of_texts("explicit_hash_key", hash_keys)]

    @staticmethod
    def _three(record: tuple[Any, ...]) -> tuple[Any, ...]:
        if not isinstance(record, (tuple, list)) or len(record) not in (2, 3):
            raise TypeError("a record must be (key, data) or (key, data, explicit_hash_key)")
        if len(record) == 2 or record[2] is None:
            return record[0], record[1], ""
        return record[0], record[1], str(record[2]) if isinstance(record[2], int) else record[2]

    @staticmethod
    def _of_texts(name: str, texts: list[Any]) -> tuple[bytes, array[int]]:
        try:
            joined = "".join(texts)
            if joined.isascii():
                return joined.encode(), array("I", map(len, texts))
        except TypeError:
            pass  # some are bytes, or none at all
        encoded = [as_bytes(name, text) for text in texts]
        if None in encoded:
            raise TypeError("%s must be str, not NoneType" % name)
        return b"".join(encoded), array("I", map(len, encoded))  # type: ignore[arg-type]

    @staticmethod
    def _of_buffers(data: list[Any]) -> tuple[bytes, array[int]]:
        try:
            joined = b"".join(data)
            lengths = array("I", map(len, data))
            if sum(lengths) == len(joined):
                return joined, lengths
        except (TypeError, BufferError):
            pass  # said with more words below
        for one in data:
            if isinstance(one, str):
                raise TypeError("data must be bytes or another buffer, not str: encode it")
        sizes = array("I", map(memory_size, data))  # len() of a view counts elements
        return b"".join(data), sizes

    def packed(self, start: int) -> Any:
        """A kpl_columns_t of the records from `start` on; this object must outlive it."""
        columns = _abi.kpl_columns_t(struct_size=ctypes.sizeof(_abi.kpl_columns_t), count=self.count - start)
        for name, column in zip(("keys", "data", "explicit_hash_keys"), self._columns):
            if column is not None:
                joined, lengths = column
                skipped = sum(lengths[:start]) if start else 0
                values = getattr(columns, name)
                values.bytes.p = (ctypes.cast(ctypes.c_char_p(joined), ctypes.c_void_p).value or 0) + skipped
                values.bytes.n = len(joined) - skipped
                values.lengths = lengths.buffer_info()[0] + start * lengths.itemsize
        return columns
