#!/usr/bin/env python3
"""The package as it is installed: a source distribution, a wheel out of it, a new environment, an example in that.

    wheel.py            packs the libraries of KDS_LIBRARY_DIR
    wheel.py --build    builds them by cmake from the source distribution
"""
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit("%s\n%s%s" % (" ".join(map(str, command)), done.stdout, done.stderr))
    return done.stdout


def source_distribution(folder):
    """Made in a copy, so that nothing is left behind in the tree."""
    run(sys.executable, "setup.py", "-q", "sdist", "--dist-dir", folder, "egg_info", "--egg-base", folder, cwd=PACKAGE)
    (archive,) = folder.glob("kds-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        tar.extractall(folder)
    for needed in ("csrc/CMakeLists.txt", "csrc/libkds-api/include/kds/kds.h", "csrc/libkpl/src/core.c",
                   "csrc/tools/kds-local/main.c", "src/kds/py.typed", "README.md", "setup.py"):
        assert any(name.endswith("/" + needed) for name in names), needed
    return folder / archive.name[:-len(".tar.gz")]


def wheel(folder, source, build):
    env = dict(os.environ)
    if not build:
        prebuilt = folder / "prebuilt"
        prebuilt.mkdir()
        for file in Path(os.environ["KDS_LIBRARY_DIR"]).glob("lib*.so.0"):
            shutil.copy(file, prebuilt)
        shutil.copy(os.environ["KDS_LOCAL"], prebuilt)
        env["KDS_PREBUILT"] = str(prebuilt)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
        "--disable-pip-version-check", "-w", folder, source, env=env)
    (made,) = folder.glob("*.whl")
    assert "-py3-none-linux_" in made.name, made.name
    with zipfile.ZipFile(made) as zipped:
        names = set(zipped.namelist())
    for needed in ("kds/__init__.py", "kds/py.typed", "kds/kclpy/kcl.py", "kds/_lib/libkds-api.so.0",
                   "kds/_lib/libkpl.so.0", "kds/_lib/libkcl.so.0", "kds/_lib/kds-local"):
        assert needed in names, (needed, sorted(names))
    return made


USE = """
import kds, os, sys, tempfile
from kds.testing import LocalServer, find_server
assert os.path.dirname(kds._library.FILE) == os.path.join(os.path.dirname(kds.__file__), "_lib"), kds._library.FILE
assert find_server().startswith(os.path.dirname(kds.__file__))
with LocalServer({"s": 2}) as server, tempfile.TemporaryDirectory() as folder:
    with kds.Producer("s", **server.options) as producer:
        producer.put_many(("key-%d" % i, b"%d" % i) for i in range(100))
        producer.flush()
    with kds.Consumer("app", "s", state="sqlite:%s/leases" % folder, **server.options) as consumer:
        assert sorted(int(next(consumer).data) for _ in range(100)) == list(range(100))
    print(*kds.libversion(), kds.__version__)
"""

PYTEST = """
import kds
def test_fixtures(kds_server, kds_stream):
    with kds.Client(**kds_server.options) as client:
        put = client.put_record(StreamName=kds_stream, Data=b"x", PartitionKey="k")
        assert put["ShardId"].startswith("shardId-")
        assert len(client.list_shards(StreamName=kds_stream)["Shards"]) == 2
def test_each_has_a_stream_of_its_own(kds_server, kds_stream):
    assert kds_stream == "test_each_has_a_stream_of_its_own"
    assert list(kds.read(kds_stream, **kds_server.options)) == []
"""


def main():
    build = sys.argv[1:] == ["--build"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = wheel(folder, source_distribution(folder), build)
        run(sys.executable, "-m", "venv", "--system-site-packages", folder / "env")
        python = folder / "env/bin/python"
        env = {k: v for k, v in os.environ.items() if k not in ("KDS_LIBRARY_DIR", "KDS_LOCAL", "PYTHONPATH")}
        run(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", made,
            env=env)
        print(run(python, "-W", "error", "-X", "dev", "-c", USE, env=env, cwd=folder).strip())
        (folder / "test_plugin.py").write_text(PYTEST)
        if shutil.which("pytest") or run(python, "-c", "import importlib.util as u; print(u.find_spec('pytest'))") != "None\n":
            print(run(python, "-m", "pytest", "-q", "test_plugin.py", env=env, cwd=folder).strip().splitlines()[-1])


if __name__ == "__main__":
    main()
