"""What the types of all services share."""
from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Union

Blob = Union[bytes, bytearray, memoryview, str]
"""Bytes to send; text is sent as UTF-8."""

Timestamp = Union[datetime, int, float]
"""An instant; a number is seconds since 1970. A datetime without a time zone is UTC."""


class ResponseMetadataDict(TypedDict):
    """What is known of an answer beside what it says."""
    RequestId: str
    """The service's request id, to quote in a support case."""
    HTTPStatusCode: int
    """Always 200."""
