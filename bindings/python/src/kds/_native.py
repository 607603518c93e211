"""Between Python's values and C's: errors, slices, buffers, handles, waiting."""
from __future__ import annotations

import ctypes
import os
import select
import threading
import time
import weakref
from typing import Any, Callable, NoReturn, Optional

from kds import _abi
from kds._errors import PERSISTED, ClosedError, ConfigError, ForkedError, KdsError, class_of, make
from kds._library import lib, quick

# ---- errors -------------------------------------------------------------------------------------


class Failure:
    """Where C puts the reason of a failure."""

    __slots__ = ("pointer",)

    def __init__(self) -> None:
        self.pointer = ctypes.c_void_p()

    def ref(self) -> Any:
        return ctypes.byref(self.pointer)

    def exception(self, code: int, operation: str = "") -> KdsError:
        error, self.pointer = self.pointer, ctypes.c_void_p()
        if not error:
            return make(code, quick.kds_err_text(code).decode(), operation=operation)
        try:
            message = quick.kds_error_message(error).decode("utf-8", "replace")
            return make(code, message, operation=operation,
                        persisted=PERSISTED[quick.kds_error_persisted(error)],
                        retryable=bool(quick.kds_error_retryable(error)),
                        service_code=quick.kds_error_service_code(error).decode("utf-8", "replace"),
                        request_id=quick.kds_error_request_id(error).decode("utf-8", "replace"),
                        http_status=quick.kds_error_http_status(error),
                        attempts=quick.kds_error_attempts(error))
        finally:
            quick.kds_error_free(error)


def check(code: int, failure: Optional[Failure] = None, operation: str = "") -> None:
    """Raise unless a call succeeded."""
    if code != 0:
        raise (failure or Failure()).exception(code, operation)


# ---- bytes --------------------------------------------------------------------------------------


def text_argument(name: str, value: object) -> Optional[bytes]:
    """A text for C; None stays None."""
    if value is None:
        return None
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        value = value.encode()
    if not isinstance(value, bytes):
        raise TypeError("%s must be str, not %s" % (name, type(value).__name__))
    if b"\0" in value:
        raise ConfigError("%s: must not hold a NUL character" % name, code=-1)
    return value


def slice_bytes(value: Any) -> Optional[bytes]:
    """A copy of what a kds_slice_t shows; None if it is absent."""
    return ctypes.string_at(value.p, value.n) if value.p else None


def slice_text(value: Any) -> str:
    return ctypes.string_at(value.p, value.n).decode("utf-8", "replace") if value.p else ""


def given_text(pointer: Any, free: str) -> str:
    """A text that C gave, which is released."""
    if not pointer:
        raise MemoryError("kds: no memory for a text")
    try:
        return ctypes.string_at(pointer).decode("utf-8", "replace")
    finally:
        getattr(quick, free)(pointer)


class _PyBuffer(ctypes.Structure):
    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.py_object), ("len", ctypes.c_ssize_t),
                ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
                ("format", ctypes.c_char_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
                ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p)]


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [ctypes.POINTER(_PyBuffer)]
_release_buffer.restype = None

COPY_BELOW = 16384  # to ask for the address of a buffer costs as much as to copy so many bytes


class Borrowed:
    """The address of any C-contiguous buffer, read-only ones too, while this is open."""

    __slots__ = ("view",)

    def __init__(self, value: object) -> None:
        self.view = _PyBuffer()
        _get_buffer(value, ctypes.byref(self.view), 0)

    @property
    def address(self) -> int:
        return self.view.buf or 0

    @property
    def length(self) -> int:
        return int(self.view.len)

    def __enter__(self) -> Borrowed:
        return self

    def __exit__(self, *_: object) -> None:
        _release_buffer(ctypes.byref(self.view))


# ---- handles ------------------------------------------------------------------------------------


class Pointer(ctypes.c_void_p):
    """A handle of C. It is freed when the last call on it has returned, on whatever thread that is."""

    free: Optional[Callable[..., Any]] = None

    def __del__(self) -> None:
        free = type(self).free
        if self.value and free is not None:
            value, self.value = self.value, None
            free(value)


def pointer_class(free: str) -> type[Pointer]:
    return type(free, (Pointer,), {"free": staticmethod(getattr(lib, free))})


class Handle:
    """What all objects with a C handle share: closed once, useless in a forked child."""

    _name = "handle"

    def __init__(self) -> None:
        self._pointer: Any = None
        self._created_in = os.getpid()
        self._lock = threading.RLock()

    def _adopt(self, pointer: Pointer) -> None:
        self._pointer = pointer
        with _open_lock:
            _open.add(self)

    def _use(self) -> Any:
        """The C handle, for one call."""
        pointer = self._pointer
        if pointer is None:
            raise self._refusal()
        return pointer

    def _refusal(self) -> KdsError:
        if os.getpid() != self._created_in:
            return ForkedError("the %s was created in process %d; create it after the fork"
                               % (self._name, self._created_in), code=-5)
        return ClosedError("the %s is closed" % self._name, code=-4)

    def _forget_parents(self) -> None:
        """In a forked child: never touch C again. What the parent allocated stays where it is."""
        self._lock = threading.RLock()
        if self._pointer is not None:
            self._pointer.value = None
            self._pointer = None

    def close_at_exit(self) -> None:
        raise NotImplementedError

    @property
    def closed(self) -> bool:
        return self._pointer is None


_open: weakref.WeakSet[Handle] = weakref.WeakSet()
_open_lock = threading.Lock()
_after_fork: list[Callable[[], None]] = []


def after_fork_in_child(function: Callable[[], None]) -> None:
    _after_fork.append(function)


def _in_child() -> None:
    global _open_lock
    _open_lock = threading.Lock()
    for handle in list(_open):
        handle._forget_parents()
    for function in _after_fork:
        function()


os.register_at_fork(after_in_child=_in_child)


def close_all() -> None:
    """At exit, before the interpreter stops threads: whatever is still open gets a short time."""
    for handle in list(_open):
        if not handle.closed:
            try:
                handle.close_at_exit()
            except Exception:  # nobody is left to be told; `logging` was, where it matters
                pass


# ---- waiting ------------------------------------------------------------------------------------


class Readable:
    """Waits until a descriptor is readable. A signal's handler runs at once, Ctrl-C ends the wait."""

    __slots__ = ("_poll",)

    def __init__(self, *descriptors: int) -> None:
        self._poll = select.poll()
        for descriptor in descriptors:
            self._poll.register(descriptor, select.POLLIN)

    def wait(self, timeout_s: Optional[float] = None) -> bool:
        milliseconds = None if timeout_s is None else max(0, int(timeout_s * 1000 + 0.999))
        return bool(self._poll.poll(milliseconds))


class Deadline:
    """A time-out for several waits together; None is never."""

    __slots__ = ("_until",)

    def __init__(self, timeout_s: Optional[float]) -> None:
        self._until = None if timeout_s is None else time.monotonic() + timeout_s

    def left(self) -> Optional[float]:
        return None if self._until is None else max(0.0, self._until - time.monotonic())

    @property
    def passed(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until


def refuse(message: str, code: int = -1) -> NoReturn:
    """Raise the exception for a code that Python itself found."""
    raise class_of(code)(message, code=code)


__all__ = ["_abi"]
