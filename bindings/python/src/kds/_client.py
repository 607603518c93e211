"""Clients of the services: boto3's methods, arguments and answers over the C client."""
from __future__ import annotations

import ctypes
import difflib
import weakref
from collections.abc import Iterator
from typing import Any, ClassVar, Optional

from kds import _abi, _logging, exceptions
from kds._errors import ConfigError, TransportError
from kds._library import lib, quick
from kds._native import Failure, Handle, Pointer, Readable, check, pointer_class, text_argument
from kds._packed import Packers, unpack

_ClientPointer = pointer_class("kds_client_free")
_CallPointer = pointer_class("kds_packed_free")

_PROTOCOLS = {"json": _abi.KDS_PROTOCOL_JSON, "cbor": _abi.KDS_PROTOCOL_CBOR, "query": _abi.KDS_PROTOCOL_QUERY}
_RETRY_MODES = {"standard": _abi.KDS_RETRY_STANDARD, "adaptive": _abi.KDS_RETRY_ADAPTIVE,
                "legacy": _abi.KDS_RETRY_LEGACY}


def nearest(name: str, names: Any) -> str:
    """A hint for whoever mistyped a name."""
    near = difflib.get_close_matches(name, list(names), 1)
    return "; did you mean %r?" % near[0] if near else ""


def choice(option: str, value: str, choices: dict[str, int]) -> int:
    if value not in choices:
        raise ConfigError("%s is %r: must be one of %s" % (option, value, ", ".join(choices)), code=-3)
    return choices[value]


def _whole(option: str, value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("%s must be int, not %s" % (option, type(value).__name__))
    if not 0 <= value <= most:
        raise ConfigError("%s is %d: must be 0..%d" % (option, value, most), code=-3)
    return value


class PackedCall:
    """One call under way. Whoever waits for it does so with its descriptor."""

    __slots__ = ("_pointer", "_operation", "fd")

    def __init__(self, pointer: Pointer, operation: str) -> None:
        self._pointer, self._operation = pointer, operation
        self.fd: int = quick.kds_packed_fd(pointer)

    def end(self) -> dict[str, Any]:
        """The answer, or the error raised."""
        answer, request_id, failure = _abi.kds_slice_t(), ctypes.c_char_p(), Failure()
        code = lib.kds_packed_end(self._pointer, ctypes.byref(answer), ctypes.byref(request_id), failure.ref())
        check(code, failure, self._operation)
        result: dict[str, Any] = unpack(ctypes.string_at(answer.p, answer.n))
        result["ResponseMetadata"] = {"RequestId": (request_id.value or b"").decode("utf-8", "replace"),
                                      "HTTPStatusCode": 200}
        return result


class BaseClient(Handle):
    """What the clients of all services share. Any thread may use a client; one per process is enough.

    region, endpoint_url     None: AWS_REGION and the like, as every SDK looks for them
    access_key_id, secret_access_key, session_token
                             None: environment, shared files, container, instance
    profile                  of the shared files
    ca_file                  PEM file of trusted certificates; None: the system's
    protocol                 how bodies travel: "json", or "cbor" where the service speaks it
    max_attempts, retry_mode, connect_timeout_ms, request_timeout_ms, call_timeout_ms, max_connections
                             0 or None: the library's, kds/client.h
    """

    _name = "client"
    _service: ClassVar[int]
    _shapes: ClassVar[dict[str, dict[str, str]]]
    _methods: ClassVar[dict[str, str]]
    _packers: ClassVar[Packers]

    exceptions = exceptions

    def __init__(self, *, region: Optional[str] = None, endpoint_url: Optional[str] = None,
                 access_key_id: Optional[str] = None, secret_access_key: Optional[str] = None,
                 session_token: Optional[str] = None, profile: Optional[str] = None,
                 ca_file: Optional[str] = None, protocol: Optional[str] = None, max_attempts: int = 0,
                 retry_mode: Optional[str] = None, connect_timeout_ms: int = 0, request_timeout_ms: int = 0,
                 call_timeout_ms: int = 0, max_connections: int = 0, **unknown: object) -> None:
        super().__init__()
        self._fanout: Any = None  # made by the first subscription
        self._subscriptions: weakref.WeakSet[Any] = weakref.WeakSet()
        for name in unknown:
            raise ConfigError("unknown option %r%s" % (name, nearest(name, _OPTIONS)), code=-3)
        options = _abi.kds_client_options_t(struct_size=ctypes.sizeof(_abi.kds_client_options_t))
        options.service = self._service
        options.region = text_argument("region", region)
        options.endpoint = text_argument("endpoint_url", endpoint_url)
        options.access_key_id = text_argument("access_key_id", access_key_id)
        options.secret_access_key = text_argument("secret_access_key", secret_access_key)
        options.session_token = text_argument("session_token", session_token)
        options.profile = text_argument("profile", profile)
        options.ca_file = text_argument("ca_file", ca_file)
        if protocol is not None:
            options.protocol = choice("protocol", protocol, _PROTOCOLS)
        if retry_mode is not None:
            options.retry_mode = choice("retry_mode", retry_mode, _RETRY_MODES)
        options.max_attempts = _whole("max_attempts", max_attempts, 100)
        options.max_connections = _whole("max_connections", max_connections, 65535)
        options.connect_timeout_ms = _whole("connect_timeout_ms", connect_timeout_ms, 86400000)
        options.request_timeout_ms = _whole("request_timeout_ms", request_timeout_ms, 86400000)
        options.call_timeout_ms = _whole("call_timeout_ms", call_timeout_ms, 86400000)
        options.log, options.log_opaque = _logging.target()
        options.log_level = _logging.level()
        pointer, failure = _ClientPointer(), Failure()
        check(lib.kds_client_new(ctypes.byref(options), ctypes.byref(pointer), failure.ref()), failure)
        self._adopt(pointer)

    def start(self, operation: str, members: dict[str, Any]) -> PackedCall:
        """Start an operation by its name on the wire. For those who wait by themselves."""
        pointer = self._use()
        packed = self._packers.pack(operation, members)
        found = quick.kds_operation_find_in(self._service, operation.encode())
        data = ctypes.c_char_p(packed)
        given = _abi.kds_slice_t(ctypes.cast(data, ctypes.c_void_p), len(packed))
        call, failure = _CallPointer(), Failure()
        check(lib.kds_packed_start(pointer, found, given, None, ctypes.byref(call), failure.ref()), failure, operation)
        return PackedCall(call, operation)

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        call = self.start(operation, members)
        Readable(call.fd).wait()
        return call.end()

    def paginate(self, method: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The answers of a method that gives them page by page, for example paginate("list_shards", ...)."""
        return self._pages(method, self._page_rule(method), arguments)

    def _page_rule(self, method: str) -> _Pages:
        rule = _PAGES.get((self._service, self._methods.get(method, "")))
        if rule is None:
            raise ConfigError("%s: has no pages%s" % (method, nearest(method, self._paged())), code=-1)
        return rule

    def can_paginate(self, method: str) -> bool:
        return method in self._paged()

    def _paged(self) -> list[str]:
        return [method for method, operation in self._methods.items() if (self._service, operation) in _PAGES]

    def _pages(self, method: str, rule: _Pages, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
        following: Optional[dict[str, Any]] = arguments
        while following is not None:
            page = getattr(self, method)(**following)
            yield page
            following = rule.following(method, following, page)

    def close(self) -> None:
        """Stop. Calls under way end with an error, subscriptions end. May be called again."""
        for handle in list(self._subscriptions):
            handle.close()
        self._fanout = None
        self._pointer = None

    def _forget_parents(self) -> None:
        if self._fanout is not None:
            self._fanout.value = None
        super()._forget_parents()

    def close_at_exit(self) -> None:
        self.close()

    def __enter__(self) -> Any:
        self._use()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<%s.%s%s>" % (type(self).__module__, type(self).__name__, ", closed" if self.closed else "")


_OPTIONS = [name for name in BaseClient.__init__.__annotations__ if name not in ("unknown", "return")]


class _Pages:
    """Which member of an answer asks for the next page; as in libkds-api/src/client/pages.c."""

    def __init__(self, into: str, source: str, more: str = "", drops: tuple[str, ...] = ()) -> None:
        self.into, self._source, self._more, self.drops = into, source, more, drops

    def token(self, page: dict[str, Any]) -> Any:
        """What asks for the page behind this one; something false if there is none."""
        if self._more and not _at(page, self._more):
            return None
        return _at(page, self._source)

    def following(self, method: str, arguments: dict[str, Any], page: dict[str, Any]) -> Optional[dict[str, Any]]:
        """What asks for the page behind this one; None if there is none."""
        token = self.token(page)
        if not token:
            return None
        if token == arguments.get(self.into):
            raise TransportError("%s: the service gave the same %s twice" % (method, self.into), code=-22)
        kept = {name: value for name, value in arguments.items() if name not in self.drops}
        return {**kept, self.into: token}


def _at(value: Any, path: str) -> Any:
    """The value at a path; of a list, in its last element."""
    for step in path.split("."):
        if isinstance(value, list):
            value = value[-1] if value else {}
        value = value.get(step)
        if value is None:
            return None
    return value[-1] if isinstance(value, list) and value else value


_BY_TOKEN = _Pages("NextToken", "NextToken")
_PAGES: dict[tuple[int, str], _Pages] = {
    (_abi.KDS_SERVICE_KINESIS, "DescribeStream"): _Pages(
        "ExclusiveStartShardId", "StreamDescription.Shards.ShardId", "StreamDescription.HasMoreShards"),
    (_abi.KDS_SERVICE_KINESIS, "ListChannels"): _BY_TOKEN,
    (_abi.KDS_SERVICE_KINESIS, "ListShards"): _Pages(
        "NextToken", "NextToken", drops=("StreamName", "StreamARN", "StreamCreationTimestamp",
                                         "ExclusiveStartShardId", "ShardFilter")),
    (_abi.KDS_SERVICE_KINESIS, "ListStreamConsumers"): _Pages(
        "NextToken", "NextToken", drops=("StreamCreationTimestamp",)),
    (_abi.KDS_SERVICE_KINESIS, "ListStreams"): _Pages(
        "ExclusiveStartStreamName", "StreamNames", "HasMoreStreams", ("NextToken",)),
    (_abi.KDS_SERVICE_KINESIS, "ListTagsForStream"): _Pages("ExclusiveStartTagKey", "Tags.Key", "HasMoreTags"),
    (_abi.KDS_SERVICE_DYNAMODB, "ListTables"): _Pages("ExclusiveStartTableName", "LastEvaluatedTableName"),
    (_abi.KDS_SERVICE_DYNAMODB, "ListTagsOfResource"): _BY_TOKEN,
    (_abi.KDS_SERVICE_DYNAMODB, "Query"): _Pages("ExclusiveStartKey", "LastEvaluatedKey"),
    (_abi.KDS_SERVICE_DYNAMODB, "Scan"): _Pages("ExclusiveStartKey", "LastEvaluatedKey"),
}
