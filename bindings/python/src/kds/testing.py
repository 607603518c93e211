"""A real Kinesis server for tests: kds-local, started on a free port, gone at the end.

    with kds.testing.LocalServer(streams={"orders": 2}) as server:
        client = kds.Client(**server.options)

With pytest the fixtures `kds_server` (one for all tests) and `kds_stream` (a stream of its own for each test) are
there without an import, once the package is installed.
"""
from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from kds._errors import ConfigError

__all__ = ["LocalServer", "find_server"]

_START_S = 20.0


def find_server() -> str:
    """The program: that of KDS_LOCAL, else the one beside the libraries, else the one on PATH."""
    named = os.environ.get("KDS_LOCAL")
    if named:
        if not os.access(named, os.X_OK):
            raise ConfigError("KDS_LOCAL is %r: not a program" % named, code=-3)
        return named
    beside = Path(__file__).resolve().parent / "_lib" / "kds-local"
    if os.access(beside, os.X_OK):
        return str(beside)
    found = shutil.which("kds-local")
    if found is None:
        raise ConfigError("kds-local is not beside the package and not on PATH; set KDS_LOCAL to it", code=-3)
    return found


class LocalServer:
    """kds-local as a child process.

    streams     names and numbers of shards to begin with
    fault_plan  what goes wrong when; docs/fault-plan.md of kds-local
    arguments   any other of its options, for example ["--limits"]
    """

    region = "us-east-1"

    def __init__(self, streams: Optional[Mapping[str, int]] = None, *, fault_plan: Optional[str] = None,
                 arguments: Optional[list[str]] = None) -> None:
        command = [find_server(), "--port", "0"]
        for name, shards in (streams or {}).items():
            command += ["--stream", "%s:%d" % (name, shards)]
        self._folder = tempfile.TemporaryDirectory(prefix="kds-local-")
        if fault_plan is not None:
            plan = Path(self._folder.name) / "plan"
            plan.write_text(fault_plan)
            command += ["--fault-plan", str(plan)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._process = subprocess.Popen(command + list(arguments or []), stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True, env=environment)
        self.endpoint_url = self._first_line().split()[-1]

    def _first_line(self) -> str:
        assert self._process.stdout is not None and self._process.stderr is not None
        select.select([self._process.stdout], [], [], _START_S)
        line = self._process.stdout.readline() if self._process.poll() is None else ""
        if not line.startswith("listening on "):
            self._process.kill()
            _, why = self._process.communicate()
            self._folder.cleanup()
            raise ConfigError("kds-local did not start: %s" % (why.strip() or line.strip()), code=-11)
        return line

    @property
    def options(self) -> dict[str, Any]:
        """Keywords for kds.Client, kds.Producer and kds.Consumer."""
        return {"region": self.region, "endpoint_url": self.endpoint_url, "access_key_id": "local",
                "secret_access_key": "local"}

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        """End the server. May be called again."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._folder.cleanup()

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

