"""Fixtures for pytest: a real Kinesis server, and a stream of its own for each test."""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from kds import testing


@pytest.fixture(scope="session")
def kds_server() -> Iterator[testing.LocalServer]:
    """One kds-local for all tests. `kds_server.options` are the keywords for kds.Client, Producer and Consumer."""
    with testing.LocalServer() as server:
        yield server


@pytest.fixture
def kds_stream(request: Any, kds_server: testing.LocalServer) -> Iterator[str]:
    """The name of a stream with two shards; @pytest.mark.parametrize("kds_stream", [5], indirect=True) for more."""
    import kds
    name = re.sub(r"[^a-zA-Z0-9_.-]", "-", request.node.name)[:100]
    with kds.Client(**kds_server.options) as client:
        client.create_stream(StreamName=name, ShardCount=getattr(request, "param", 2))
        yield name
        client.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
