"""What the operations of CloudWatch, as far as metrics are sent to it take and answer, as typed dicts.

Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class DimensionDict(TypedDict):
    """A name and value that tell one metric from others of its name."""
    Name: str
    """Its name."""
    Value: str
    """Its value."""


class StatisticSetDict(TypedDict):
    """Many values in four figures."""
    SampleCount: float
    """How many."""
    Sum: float
    """Their sum."""
    Minimum: float
    """The smallest."""
    Maximum: float
    """The largest."""


class MetricDatumDict(TypedDict):
    """What was measured: Value, or StatisticValues, or Values with their Counts."""
    MetricName: str
    """Name of the metric."""
    Dimensions: NotRequired[list[DimensionDict]]
    """Which of its name."""
    Timestamp: NotRequired[datetime]
    """When; absent: now. From two weeks ago to two hours ahead."""
    Value: NotRequired[float]
    """One value."""
    StatisticValues: NotRequired[StatisticSetDict]
    """Many values in four figures."""
    Values: NotRequired[list[float]]
    """Distinct values."""
    Counts: NotRequired[list[float]]
    """How often each of them came; absent: once."""
    Unit: NotRequired[str]
    """Seconds, Milliseconds, Bytes, Count, Percent, Bytes/Second, None and others."""
    StorageResolution: NotRequired[int]
    """Seconds: 1 or 60; absent: 60."""


class EntityDict(TypedDict):
    """What metrics belong to."""
    KeyAttributes: NotRequired[dict[str, str]]
    """What identifies it."""
    Attributes: NotRequired[dict[str, str]]
    """More about it."""


class EntityMetricDataDict(TypedDict):
    """Metrics of one entity."""
    Entity: NotRequired[EntityDict]
    """The entity."""
    MetricData: NotRequired[list[MetricDatumDict]]
    """What was measured."""


class PutMetricDataOutDict(TypedDict):
    """Output of PutMetricData."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "DimensionDict",
    "StatisticSetDict",
    "MetricDatumDict",
    "EntityDict",
    "EntityMetricDataDict",
    "PutMetricDataOutDict",
)
