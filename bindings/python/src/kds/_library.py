"""The three C libraries: where they are, whether they fit, and their functions with their types.

Looked for, in this order, and never in the current directory:

1. the folder that KDS_LIBRARY_DIR names, an absolute path;
2. the folder `_lib` of this package, which a wheel brings along;
3. by the loader of the system, under their SONAME.
"""
from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any, Callable

from kds import _abi

_SONAME = "lib%s.so.0"
_VERSION = (_abi.KDS_VERSION_MAJOR, _abi.KDS_VERSION_MINOR)


class Functions:
    """Functions of a library by name. Those that may block let other threads run meanwhile."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError("libkds has no function %s" % name)


def _places() -> list[tuple[str, str]]:
    """(prefix of the file, what to call the place) in the order in which they are tried."""
    named = os.environ.get("KDS_LIBRARY_DIR")
    if named is not None:
        if not os.path.isabs(named):
            raise ImportError("KDS_LIBRARY_DIR is %r: must be an absolute path" % named)
        return [(os.path.join(named, ""), "KDS_LIBRARY_DIR")]
    packaged = Path(__file__).resolve().parent / "_lib"
    if packaged.is_dir():
        return [(os.path.join(str(packaged), ""), "the package")]
    return [("", "the system's loader")]


def _open(library: str, kind: type[ctypes.CDLL]) -> ctypes.CDLL:
    failures = []
    for prefix, place in _places():
        file = prefix + _SONAME % library
        try:
            return kind(file, mode=os.RTLD_NOW | os.RTLD_LOCAL)
        except OSError as error:
            failures.append("%s: %s" % (place, error))
    raise ImportError("kds: cannot load %s (%s); set KDS_LIBRARY_DIR to the folder that holds it"
                      % (_SONAME % library, "; ".join(failures)))


def _check_version(handle: ctypes.CDLL) -> None:
    try:
        handle.kds_version.restype = ctypes.c_uint
        found = handle.kds_version()
    except AttributeError:
        raise ImportError("kds: %s is not libkds-api: it has no kds_version" % handle._name) from None
    if (found >> 16, found >> 8 & 0xff) != _VERSION:
        raise ImportError("kds: %s is release %d.%d.%d, this package needs %d.%d.x"
                          % (handle._name, found >> 16, found >> 8 & 0xff, found & 0xff, *_VERSION))


def _bind(handle: ctypes.CDLL, library: str, into: Functions) -> None:
    for name, (returned, arguments) in _abi.FUNCTIONS[library].items():
        try:
            function = getattr(handle, name)
        except AttributeError:
            raise ImportError("kds: %s has no function %s: it is of another release than this package"
                              % (handle._name, name)) from None
        function.restype = returned
        function.argtypes = arguments
        setattr(into, name, function)


def _load() -> tuple[Functions, Functions, str]:
    blocking, quick = Functions(), Functions()
    opened = {}
    for library in _abi.FUNCTIONS:
        opened[library] = _open(library, ctypes.CDLL)
        if library == "kds-api":
            _check_version(opened[library])
        _bind(opened[library], library, blocking)
        # The same file once more, for calls that never block: they keep the interpreter's lock.
        _bind(_open(library, ctypes.PyDLL), library, quick)
    return blocking, quick, str(opened["kds-api"]._name)


lib, quick, FILE = _load()


def version() -> tuple[str, int]:
    """The release of the loaded library: as text, and as 0xMMmmpp."""
    return quick.kds_version_text().decode(), int(quick.kds_version())


def address(function: str) -> int:
    """Where a function of C is, for C to call."""
    return ctypes.cast(getattr(lib, function), ctypes.c_void_p).value or 0
