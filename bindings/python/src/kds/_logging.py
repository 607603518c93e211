"""The libraries' log lines to `logging`: the loggers `kds.http`, `kds.lease`, ...; silent by default.

Lines are kept in C and read by one thread of this package, so that no thread of C runs Python.
"""
from __future__ import annotations

import logging
import os
import threading
from typing import Optional

from kds import _abi
from kds._library import address, lib, quick
from kds._native import Readable, after_fork_in_child

logger = logging.getLogger("kds")
logger.addHandler(logging.NullHandler())

_QUEUE_BYTES = 1 << 20
_LEVELS = {_abi.KDS_LOG_ERROR: logging.ERROR, _abi.KDS_LOG_WARNING: logging.WARNING,
           _abi.KDS_LOG_NOTICE: logging.INFO, _abi.KDS_LOG_INFO: logging.INFO, _abi.KDS_LOG_DEBUG: logging.DEBUG}


class _Pump:
    """One queue for all handles of this process, and the thread that empties it."""

    def __init__(self) -> None:
        self.queue = lib.kds_log_queue_new(_QUEUE_BYTES)
        if not self.queue:
            raise MemoryError("kds: no queue for log lines")
        self._stop_read, self._stop_write = os.pipe()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="kds-log", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        lines = Readable(quick.kds_log_queue_fd(self.queue), self._stop_read)
        stopped = Readable(self._stop_read)
        while not stopped.wait(0):
            lines.wait()
            self.forward()

    def forward(self) -> None:
        """Hand on what waits."""
        with self._lock:
            block = quick.kds_log_queue_take(self.queue)
            text = bytes((_abi.c_uint8 * block.n).from_address(block.p)).decode("utf-8", "replace") if block.n else ""
        for line in text.splitlines():
            level, _, rest = line.partition(" ")
            tag, _, message = rest.partition(" ")
            logging.getLogger("kds." + tag).log(_LEVELS.get(int(level), logging.INFO), "%s", message)

    def stop(self) -> None:
        os.write(self._stop_write, b"x")
        self._thread.join(1)


_pump: Optional[_Pump] = None
_pump_lock = threading.Lock()


def level() -> int:
    """What the libraries shall tell, so that what nobody wants costs nothing."""
    wanted = logger.getEffectiveLevel()
    return next((number for number in sorted(_LEVELS, reverse=True) if _LEVELS[number] >= wanted),
                _abi.KDS_LOG_ERROR)


def target() -> tuple[int, int]:
    """Function and pointer for a kds_log_fn."""
    global _pump
    with _pump_lock:
        if _pump is None:
            _pump = _Pump()
        return address("kds_log_queue_add"), _pump.queue


def flush() -> None:
    """Hand on what the libraries have told so far."""
    if _pump is not None:
        _pump.forward()


def stop() -> None:
    if _pump is not None:
        _pump.stop()
        _pump.forward()


def _in_child() -> None:
    global _pump, _pump_lock
    _pump, _pump_lock = None, threading.Lock()


after_fork_in_child(_in_child)
