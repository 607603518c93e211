"""The error of a checkpoint, as amazon_kclpy's programs expect it."""
from __future__ import annotations

__all__ = ["CheckpointError"]


class CheckpointError(Exception):
    """`value` is the name of an exception of the KCL: "ShutdownException" when another worker has the shard,
    "InvalidStateException" when the worker has stopped, "IllegalArgumentException" for a place that was not handed out."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value

    def __str__(self) -> str:
        return repr(self.value)
