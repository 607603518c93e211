"""What the tests share: a server for each class, and waiting for a condition."""
import contextlib
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from kds.testing import LocalServer  # noqa: E402

PATIENCE_S = 30  # for anything that is waited for; a sanitizer build is slow


def eventually(condition, what="it"):
    """The first true value of a condition that another thread or process brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("waited %d s in vain for %s" % (PATIENCE_S, what))


class ServerCase(unittest.TestCase):
    """A kds-local with the streams of `streams`."""

    streams = {"s": 2}
    arguments = []
    fault_plan = None

    @classmethod
    def setUpClass(cls):
        cls.server = LocalServer(cls.streams, arguments=cls.arguments, fault_plan=cls.fault_plan)
        cls.addClassCleanup(cls.server.close)
        cls.options = cls.server.options


@contextlib.contextmanager
def environment(**values):
    """Variables for a while; None removes one."""
    before = {name: os.environ.get(name) for name in values}
    try:
        for name, value in values.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
