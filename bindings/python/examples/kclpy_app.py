#!/usr/bin/env python3
"""A processor as one writes it for amazon_kclpy; nothing in it knows of this package.

Run it in one process, without a JVM:

    python -m kds.kclpy app.properties kclpy_app.py
"""
import sys

from amazon_kclpy import kcl
from amazon_kclpy.v3 import processor


class RecordProcessor(processor.RecordProcessorBase):
    def initialize(self, initialize_input):
        self._shard_id = initialize_input.shard_id
        self._count = 0

    def process_records(self, process_records_input):
        for record in process_records_input.records:
            self._count += 1
            print(self._shard_id, record.partition_key, record.sequence_number, record.binary_data)
        sys.stdout.flush()
        self._checkpoint(process_records_input.checkpointer)

    def lease_lost(self, lease_lost_input):
        print(self._shard_id, "lost")

    def shard_ended(self, shard_ended_input):
        print(self._shard_id, "ended after", self._count)
        shard_ended_input.checkpointer.checkpoint()

    def shutdown_requested(self, shutdown_requested_input):
        self._checkpoint(shutdown_requested_input.checkpointer)

    def _checkpoint(self, checkpointer):
        try:
            checkpointer.checkpoint()
        except kcl.CheckpointError as error:
            if error.value != "ShutdownException":  # another worker has the shard: it will do
                raise


if __name__ == "__main__":
    kcl.KCLProcess(RecordProcessor()).run()
