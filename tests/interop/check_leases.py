"""Our DynamoDB lease store against servers that others wrote: dynalite, moto, and any that already runs.

    check_leases.py --lease-store FILE --modules FOLDER --moto FILE --logs FOLDER [--running URL]
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


def run(given, server, endpoint, *left_out):
    done = subprocess.run([given.lease_store, endpoint, *left_out], capture_output=True, text=True,
                          timeout=120, check=False)
    good = done.returncode == 0
    told = ", ".join(["all rules kept", *left_out]) if good else done.stdout + done.stderr
    print(f"{server}: {told}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    for name in ("--lease-store", "--modules", "--moto", "--logs"):
        parser.add_argument(name, required=True)
    parser.add_argument("--running")
    given = parser.parse_args()
    right = True
    with dynamodb(given, "dynalite") as endpoint:
        right &= run(given, "dynalite", endpoint, "no-index")
    with dynamodb(given, "moto") as endpoint:
        right &= run(given, "moto", endpoint)
    if given.running:
        right &= run(given, given.running, given.running)
    else:
        print("NOT CHECKED: DynamoDB Local, which its maker's own terms keep from being installed here; "
              "with one that runs, set KDS_DYNAMODB to its address")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
