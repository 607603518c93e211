"""The operations of CloudWatch, as far as metrics are sent to it, as methods of its client.

Generated from src/model/cloudwatch.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import cloudwatch as types

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "Dimension": {
        "Name": "string",
        "Value": "string",
    },
    "StatisticSet": {
        "SampleCount": "double",
        "Sum": "double",
        "Minimum": "double",
        "Maximum": "double",
    },
    "MetricDatum": {
        "MetricName": "string",
        "Dimensions": "list<Dimension>",
        "Timestamp": "timestamp",
        "Value": "double",
        "StatisticValues": "StatisticSet",
        "Values": "list<double>",
        "Counts": "list<double>",
        "Unit": "string",
        "StorageResolution": "int64",
    },
    "EntityAttribute": {
        "Key": "string",
        "Value": "string",
    },
    "Entity": {
        "KeyAttributes": "map<string>",
        "Attributes": "map<string>",
    },
    "EntityMetricData": {
        "Entity": "Entity",
        "MetricData": "list<MetricDatum>",
    },
    "PutMetricDataIn": {
        "Namespace": "string",
        "MetricData": "list<MetricDatum>",
        "EntityMetricData": "list<EntityMetricData>",
        "StrictEntityValidation": "bool",
    },
}

METHODS = {
    "put_metric_data": "PutMetricData",
}


class Operations:
    """The operations of CloudWatch, as far as metrics are sent to it."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def put_metric_data(
            self,
            *,
            Namespace: str,
            MetricData: Sequence[types.MetricDatumDict] | None = None,
            EntityMetricData: Sequence[types.EntityMetricDataDict] | None = None,
            StrictEntityValidation: bool | None = None,
    ) -> types.PutMetricDataOutDict:
        """Send up to 1000 data, 1 MB at most in all.

        :param Namespace: Namespace of the metrics; does not begin with ':'.
        :param MetricData: What was measured.
        :param EntityMetricData: The same, by entity.
        :param StrictEntityValidation: Refuse all if an entity is malformed.
        """
        answer: types.PutMetricDataOutDict = self._call("PutMetricData", {
            "Namespace": Namespace, "MetricData": MetricData, "EntityMetricData": EntityMetricData,
            "StrictEntityValidation": StrictEntityValidation
        })
        return answer
