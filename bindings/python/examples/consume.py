#!/usr/bin/env python3
"""Read and checkpoint all shards of a stream from one process that runs for long; resharding is followed.

    consume.py STREAM [STATE]         STATE: sqlite:FILE, or dynamodb:TABLE for workers on several machines
"""
import signal
import sys

import kds


def main():
    stream, state = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite:consume.db"
    with kds.Consumer("example", stream, state=state) as consumer:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # leaves the loop; the consumer is closed
        consumer.on_shard(lambda event: print(event.kind, event.shard_id, file=sys.stderr))
        for record in consumer:
            print(record.shard_id, record.sequence_number, record.key, record.data, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
