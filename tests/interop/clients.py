"""Other makers' clients behind one face: call(operation, input) gives the answer or Refused.

They know nothing of what is tested. Blobs are base64 text in members named Data, time stamps are
seconds since 1970, in both directions. Credentials come from the environment.
"""

import base64
import datetime
import json
import os
import re
import subprocess
import tempfile

TARGET = "Kinesis_20131202."


class Refused(Exception):
    """The service's error, or what the client made of it."""

    def __init__(self, name, message=""):
        super().__init__(f"{name}: {message}")
        self.name = name


class Unknown(Exception):
    """This client does not have the operation, or not the member."""


def changed(value, change, name=None):
    """The value with every leaf replaced by change(leaf, name of its member)."""
    if isinstance(value, dict):
        return {k: changed(v, change, k) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [changed(v, change, name) for v in value]
    return change(value, name)


def plain(value, _name):
    """As text and numbers what a client gives as bytes and dates."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return value


class Boto3:
    """Debian's boto3: HTTP/1.1, JSON."""

    def __init__(self, endpoint, ca_file=None):
        import boto3
        from botocore.config import Config
        self.client = boto3.client(
            "kinesis", endpoint_url=endpoint, verify=ca_file, region_name="us-east-1",
            config=Config(retries={"max_attempts": 0}))

    @staticmethod
    def _inward(value, name):
        if name == "Data":
            return base64.b64decode(value)
        if name == "Timestamp":
            return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        return value

    def call(self, op, given):
        from botocore import exceptions, xform_name
        method = getattr(self.client, xform_name(op), None)
        if method is None:
            raise Unknown
        try:
            return changed(method(**changed(given, self._inward)), plain)
        except exceptions.ClientError as e:
            raise Refused(e.response["Error"]["Code"], e.response["Error"].get("Message")) from e
        except exceptions.ParamValidationError as e:
            if "Unknown parameter" in str(e) or "Missing required parameter" in str(e):
                raise Unknown from e
            raise

    def close(self):
        self.client.close()


class AwsCli:
    """Debian's awscli, a process for each call: HTTP/1.1, JSON."""

    def __init__(self, endpoint, ca_file=None):
        self.command = ["/usr/bin/aws", "--endpoint-url", endpoint, "--output", "json",
                        "--region", "us-east-1", "--no-cli-pager", "--cli-binary-format", "base64"]
        if ca_file:
            self.command += ["--ca-bundle", ca_file]
        self.environment = {**os.environ, "AWS_MAX_ATTEMPTS": "1"}

    @staticmethod
    def _plain(value, name):
        if isinstance(value, str) and name and name.endswith("Timestamp"):
            return datetime.datetime.fromisoformat(value).timestamp()
        return value

    def call(self, op, given):
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", op).lower()
        # --no-paginate: the client would walk over the pages and hide them.
        done = subprocess.run(
            self.command + ["--no-paginate", "kinesis", name, "--cli-input-json",
                            json.dumps(given)],
            capture_output=True, text=True, check=False, timeout=60, env=self.environment)
        if done.returncode == 0:
            return changed(json.loads(done.stdout or "{}"), self._plain)
        error = re.search(r"An error occurred \((\w+)\)[^:]*: ?(.*)", done.stderr)
        if error:
            raise Refused(error.group(1), error.group(2))
        if re.search("Invalid choice|Unknown parameter|arguments are required|Missing required",
                     done.stderr):
            raise Unknown
        raise Refused(f"status {done.returncode}", done.stderr.strip())

    def close(self):
        pass


class JavaScript:
    """The AWS SDK for JavaScript v3 in a node process: HTTP/2, or HTTP/1.1 when asked."""

    def __init__(self, endpoint, version, modules, ca_file=None):
        environment = dict(os.environ)
        if ca_file:
            environment["NODE_EXTRA_CA_CERTS"] = ca_file
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sdk_client.mjs")
        self.process = subprocess.Popen(
            ["node", script, endpoint, version, modules], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=environment)

    def call(self, op, given):
        self.process.stdin.write(json.dumps({"op": op, "input": given}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Refused("the node process ended")
        answer = json.loads(answer)
        if answer.get("unknown"):
            raise Unknown
        if "error" in answer:
            raise Refused(answer["error"], answer["message"])
        return answer["output"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class JsonForm:
    """JSON 1.1 by Python's own module."""

    content_type = "application/x-amz-json-1.1"

    @staticmethod
    def write(value):
        return json.dumps(value).encode()

    @staticmethod
    def read(body):
        return json.loads(body) if body else {}


class CborForm:
    """CBOR by python3-cbor2: byte strings for blobs, tag 1 and milliseconds for time stamps."""

    content_type = "application/x-amz-cbor-1.1"

    @staticmethod
    def write(value):
        import cbor2

        def leaf(v, name):
            if name == "Data":
                return base64.b64decode(v)
            if name == "Timestamp":
                return cbor2.CBORTag(1, round(v * 1000))
            return v
        return cbor2.dumps(changed(value, leaf))

    @staticmethod
    def read(body):
        # The module's own reading of tag 1 is seconds, as the standard says; Kinesis sends ms.
        from cbor2 import decoder
        decoder.semantic_decoders[1] = lambda self: self._decode() / 1000

        def leaf(v, name):
            if name == "Data" and not isinstance(v, bytes):
                raise Refused("Data is not a byte string")
            return plain(v, name)
        return changed(decoder.loads(body), leaf) if body else {}


class Curl:
    """curl --aws-sigv4, a process for each call, over any transport and in either form."""

    def __init__(self, endpoint, form, options, version, ca_file=None):
        self.endpoint, self.form, self.version = endpoint, form, version
        self.options = list(options) + (["--cacert", ca_file] if ca_file else [])

    def call(self, op, given):
        key = f"{os.environ['AWS_ACCESS_KEY_ID']}:{os.environ['AWS_SECRET_ACCESS_KEY']}"
        with tempfile.NamedTemporaryFile() as body, tempfile.NamedTemporaryFile() as answer:
            body.write(self.form.write(given))
            body.flush()
            done = subprocess.run(
                ["curl", "-sS", "--max-time", "30", *self.options,
                 "--aws-sigv4", "aws:amz:us-east-1:kinesis", "--config", "-",
                 "-H", f"Content-Type: {self.form.content_type}",
                 "-H", f"X-Amz-Target: {TARGET}{op}", "--data-binary", f"@{body.name}",
                 "-o", answer.name, "-w", "%{http_code} %{http_version} %{content_type}",
                 self.endpoint],
                input=f'user = "{key}"\n', capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Refused(f"curl ended with {done.returncode}", done.stderr.strip())
            status, version, content_type = (done.stdout + "  ").split(" ")[:3]
            data = answer.read()
        if version != self.version:
            raise Refused("wrong transport", f"HTTP/{version} where {self.version} was asked for")
        if content_type != self.form.content_type:
            raise Refused("wrong content type", content_type)
        value = self.form.read(data)
        if status != "200":
            raise Refused(value.get("__type", "").split("#")[-1], str(value.get("message")))
        return value

    def close(self):
        pass
