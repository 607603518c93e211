"""Our DynamoDB lease store against servers that others wrote: dynalite and moto.

    check_leases.py --lease-store FILE --modules FOLDER --moto FILE --logs FOLDER
"""

import argparse
import contextlib
import os
import subprocess
import sys

from check_stand_ins import end, free_port, wait_for_port


@contextlib.contextmanager
def dynamodb(given, server):
    """Starts one of them. @return its address"""
    port = free_port()
    command = {
        "dynalite": ["node", os.path.realpath(f"{given.modules}/.bin/dynalite"), "--createTableMs", "300",
                     "--port", str(port)],
        "moto": [given.moto, "-H", "127.0.0.1", "-p", str(port)],
    }[server]
    with open(os.path.join(given.logs, f"{server}-dynamodb.log"), "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            if not wait_for_port(process, port):
                raise SystemExit(f"interop: {server} did not start, see {log.name}")
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def run(given, server):
    with dynamodb(given, server) as endpoint:
        done = subprocess.run([given.lease_store, endpoint], capture_output=True, text=True, timeout=120,
                              check=False)
    good = done.returncode == 0
    print(f"{server}: {'all rules kept' if good else done.stdout + done.stderr}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    for name in ("--lease-store", "--modules", "--moto", "--logs"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    good = [run(given, server) for server in ("dynalite", "moto")]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
