"""Other makers' clients against kds-local: every operation, over every transport it offers.

    check_clients.py --kds-local FILE --modules FOLDER CLIENT...     (awscli boto3 js curl)

Ends with status 1 when anything differs. What this kds-local does not offer is told at the end.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile

import clients
from scenario import play

TRANSPORTS = {  # name: (needs TLS, curl's options, curl's word for the version)
    "HTTP/1.1": (False, ["--http1.1"], "1.1"),
    "HTTP/2 cleartext": (False, ["--http2-prior-knowledge"], "2"),
    "HTTP/1.1 TLS": (True, ["--http1.1"], "1.1"),
    "HTTP/2 TLS": (True, ["--http2"], "2"),
}
NAMES = {"awscli": ["awscli"], "boto3": ["boto3"], "js": ["JavaScript SDK"],
         "curl": ["curl, JSON", "curl, CBOR"]}
CREDENTIALS = ("AKIDINTEROP", "not/really+secret")


def make(name, transport, endpoint, ca_file, modules):
    """A client of this name, or None when it does not speak this transport."""
    _tls, options, version = TRANSPORTS[transport]
    if name in ("awscli", "boto3"):
        maker = {"awscli": clients.AwsCli, "boto3": clients.Boto3}[name]
        return maker(endpoint, ca_file) if version == "1.1" else None
    if name == "JavaScript SDK":
        return clients.JavaScript(endpoint, "h1" if version == "1.1" else "h2", modules, ca_file)
    form = clients.CborForm if name.endswith("CBOR") else clients.JsonForm
    return clients.Curl(endpoint, form, options, version, ca_file)


class Server:
    """A kds-local of its own on a free port, with one stream."""

    def __init__(self, program, tls, folder):
        self.help = subprocess.run([program, "--help"], capture_output=True, text=True,
                                   check=True).stdout
        command = [program, "--port", "0", "--stream", "standing:1"]
        self.ca_file = os.path.join(folder, "ca.pem") if tls else None
        if tls:
            command += ["--tls", "--ca-out", self.ca_file]
        if "--credentials" in self.help:
            command += ["--credentials", ":".join(CREDENTIALS)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = None
        for line in self.process.stdout:
            ready = re.search(r"listening on (\S+)", line)
            if ready:
                self.url = ready.group(1)
                break
        if self.url is None:
            raise SystemExit("interop: kds-local did not become ready")

    def close(self):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        return status


def offers(help_text, transport):
    tls = TRANSPORTS[transport][0]
    http2 = TRANSPORTS[transport][2] == "2"
    return (not tls or "--tls" in help_text) and (not http2 or "HTTP/2" in help_text)


def run_one(name, transport, server, modules, number):
    client = make(name, transport, server.url, server.ca_file, modules)
    if client is None:
        return True
    with contextlib.closing(client):
        result = play(client, f"interop-{number}")
    right = result.answered & (result.refused | {"DescribeLimits", "DescribeAccountSettings"})
    print(f"{name:15} {transport:17} {len(result.answered):2} operations answered, "
          f"{len(result.refused):2} refused as they must be, {len(right):2} both; "
          f"{len(result.unknown):2} unknown to this client; "
          f"{len(result.differences)} differences", flush=True)
    for difference in result.differences:
        print(f"    {difference}")
    return not result.differences


def wrong_key_is_refused(server, modules):
    """A signature with another secret must get the service's own error."""
    os.environ["AWS_SECRET_ACCESS_KEY"] = "another"
    try:
        clients.Curl(server.url, clients.JsonForm, ["--http1.1"], "1.1", server.ca_file).call(
            "ListStreams", {})
        got = "an answer"
    except clients.Refused as e:
        got = e.name
    finally:
        os.environ["AWS_SECRET_ACCESS_KEY"] = CREDENTIALS[1]
    right = got == "InvalidSignatureException"
    print(f"{'wrong secret':15} {'HTTP/1.1':17} {got}{'' if right else ': must be refused'}")
    return right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kds-local", required=True)
    parser.add_argument("--modules", required=True)
    parser.add_argument("client", nargs="+", choices=sorted(NAMES))
    given = parser.parse_args()
    os.environ.update(AWS_ACCESS_KEY_ID=CREDENTIALS[0], AWS_SECRET_ACCESS_KEY=CREDENTIALS[1],
                      AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE=os.devnull,
                      AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
    right, number, not_offered = True, 0, []
    with tempfile.TemporaryDirectory() as folder:
        plain = Server(given.kds_local, False, folder)
        encrypted = Server(given.kds_local, True, folder) if "--tls" in plain.help else None
        for transport, (tls, _options, _version) in TRANSPORTS.items():
            if not offers(plain.help, transport):
                not_offered.append(transport)
                continue
            for name in (n for key in given.client for n in NAMES[key]):
                number += 1
                right &= run_one(name, transport, encrypted if tls else plain, given.modules, number)
        if "--credentials" in plain.help:
            right &= wrong_key_is_refused(plain, given.modules)
        else:
            not_offered.append("verified signatures")
        for server in filter(None, (plain, encrypted)):
            if server.close() != 0:
                print("kds-local ended badly")
                right = False
    if not_offered:
        print(f"NOT CHECKED, this kds-local has none: {', '.join(not_offered)}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
