"""h2load against kds-local: many calls at once over several connections, each gets its answer.

    check_load.py --kds-local FILE

A smoke test of connections and streams, not a measurement. HTTP/2 only where kds-local offers it.
h2load cannot sign: where signatures are verified, the right answer to each call is a refusal.
"""

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile

from check_clients import Server, offers


def load(server, options):
    """Responses by status and failures, of 2000 calls of ListStreams over 8 connections."""
    with tempfile.NamedTemporaryFile() as body:
        body.write(b"{}")
        body.flush()
        done = subprocess.run(
            ["h2load", "-n", "2000", "-c", "8", "-d", body.name, *options,
             "-H", "content-type: application/x-amz-json-1.1",
             "-H", "x-amz-target: Kinesis_20131202.ListStreams", server.url + "/"],
            capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"interop: h2load ended with {done.returncode}: {done.stderr}")
    failed = int(re.search(r"(\d+) failed", done.stdout).group(1))
    errored = int(re.search(r"(\d+) errored", done.stdout).group(1))
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout)
    return [int(n) for n in codes.groups()], failed, errored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kds-local", required=True)
    given = parser.parse_args()
    right = True
    with tempfile.TemporaryDirectory() as folder, \
            contextlib.closing(Server(given.kds_local, False, folder)) as server:
        ways = {"HTTP/1.1": ["--h1"]}
        if offers(server.help, "HTTP/2 cleartext"):
            ways["HTTP/2 cleartext, 10 streams"] = ["-m", "10"]
        else:
            print("NOT CHECKED, this kds-local has none: HTTP/2 cleartext")
        for name, options in ways.items():
            codes, failed, errored = load(server, options)
            verified = "--credentials" in server.help
            same = codes == ([0, 0, 2000, 0] if verified else [2000, 0, 0, 0]) and errored == 0
            right &= same
            print(f"{name:30} 2000 calls {'refused unsigned' if verified else 'answered'}"
                  f"{'' if same else f': WRONG, {codes}, {failed} failed, {errored} broken'}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
