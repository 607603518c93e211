"""Our client against servers that others wrote: kinesis-local, kinesalite, moto; and kds-local.

    check_stand_ins.py --our-client FILE --kds-local FILE --modules FOLDER --moto FILE

What a server cannot do is a word in the table below, with its reason in docs/interop.md.
"""

import argparse
import os
import socket
import subprocess
import sys
import time

RUNS = [  # server, protocol, what our_client leaves out
    ("kds-local", "json", None),
    ("kds-local", "cbor", None),
    ("kinesalite", "json", None),
    ("kinesis-local", "json", None),
    ("kinesis-local", "cbor", "unread"),
    ("moto", "json", "lax-end"),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def commands(given, server, port):
    """The command and the environment that start a server on this port."""
    modules = given.modules

    def node(package, *arguments):
        # The program itself, not npx: that would leave it behind when it is ended.
        return ["node", os.path.realpath(f"{modules}/.bin/{package}"), *arguments]
    return {
        "kds-local": ([given.kds_local, "--port", str(port)], {}),
        "kinesalite": (node("kinesalite", "--port", str(port), "--shardLimit", "500",
                            "--createStreamMs", "50", "--deleteStreamMs", "50",
                            "--updateStreamMs", "50"), {}),
        "kinesis-local": (node("kinesis-local"), {
            "KINESIS_MOCK_CERT_PATH": f"{modules}/kinesis-local/server.json",
            "KINESIS_MOCK_PLAIN_PORT": str(port), "KINESIS_MOCK_TLS_PORT": str(free_port()),
            "SHARD_LIMIT": "500", "LOG_LEVEL": "ERROR"}),
        "moto": ([given.moto, "-H", "127.0.0.1", "-p", str(port)], {}),
    }[server]


def wait_for_port(process, port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def end(process):
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(given, server, protocol, left_out):
    port = free_port()
    command, more = commands(given, server, port)
    with open(os.path.join(given.logs, f"{server}.log"), "wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **more}, stdout=log, stderr=log)
        try:
            if not wait_for_port(process, port):
                print(f"{server}: did not start, see {log.name}")
                return False
            done = subprocess.run(
                [given.our_client, f"http://127.0.0.1:{port}", f"interop-{protocol}", protocol,
                 *([left_out] if left_out else [])],
                capture_output=True, text=True, check=False, timeout=100)
        finally:
            end(process)
    steps = done.stdout.count(" right\n")
    print(f"{server:14} {protocol} {steps:2} steps right{', ' + left_out if left_out else ''}"
          f"{'' if done.returncode == 0 else ': WRONG'}", flush=True)
    for line in (done.stdout + done.stderr).splitlines():
        if line.startswith("    ") or (done.returncode and "WRONG" in line):
            print("    " + line.strip())
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("--our-client", "--kds-local", "--modules", "--moto", "--logs"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    results = [run(given, *row) for row in RUNS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
