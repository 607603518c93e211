"""Our DynamoDB lease store against servers that others wrote: dynalite and moto.

    check_leases.py --lease-store FILE --modules FOLDER --moto FILE --logs FOLDER
"""

import argparse
import os
import subprocess
import sys

from check_stand_ins import end, free_port, wait_for_port


def run(given, server, command):
    port = free_port()
    with open(os.path.join(given.logs, f"{server}-dynamodb.log"), "wb") as log:
        process = subprocess.Popen([*command, str(port)], stdout=log, stderr=log)
        try:
            if not wait_for_port(process, port):
                print(f"{server}: did not start, see {log.name}")
                return False
            done = subprocess.run([given.lease_store, f"http://127.0.0.1:{port}"],
                                  capture_output=True, text=True, timeout=120)
        finally:
            end(process)
    good = done.returncode == 0
    print(f"{server}: {'all rules kept' if good else done.stdout + done.stderr}")
    return good


def main():
    parser = argparse.ArgumentParser()
    for name in ("--lease-store", "--modules", "--moto", "--logs"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    dynalite = os.path.realpath(f"{given.modules}/.bin/dynalite")
    good = [run(given, "dynalite", ["node", dynalite, "--createTableMs", "300", "--port"]),
            run(given, "moto", [given.moto, "-H", "127.0.0.1", "-p"])]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
