"""Finding, checking and calling the C libraries."""
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401  (finds the package)
from kds import _abi, _library, _native
import kds

ROOT = Path(__file__).resolve().parents[3]
SOURCES = str(Path(__file__).resolve().parents[1] / "src")


def run(code, **variables):
    """A new interpreter. @return its exit status and what it wrote"""
    env = {**os.environ, "PYTHONPATH": SOURCES, **variables}
    env = {name: value for name, value in env.items() if value is not None}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, capture_output=True, text=True,
                          timeout=support.PATIENCE_S)
    return done.returncode, done.stdout + done.stderr


class Loading(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_the_version_is_that_of_the_library(self):
        text, number = kds.libversion()
        self.assertEqual(text, "%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255))
        self.assertEqual(kds.__version__.split(".")[:2], text.split(".")[:2])

    def test_a_missing_library_is_named(self):
        status, text = run("import kds", KDS_LIBRARY_DIR=str(self.folder))
        self.assertEqual(status, 1)
        self.assertIn("ImportError: kds: cannot load libkds-api.so.0", text)
        self.assertIn("KDS_LIBRARY_DIR", text)

    def test_a_relative_folder_is_refused_and_the_current_one_is_never_looked_into(self):
        for library in _abi.FUNCTIONS:
            shutil.copy(os.path.join(os.environ["KDS_LIBRARY_DIR"], "lib%s.so.0" % library), self.folder)
        for value, text in ((".", "must be an absolute path"), ("", "must be an absolute path"),
                            (None, "cannot load libkds-api.so.0")):
            done = subprocess.run(
                [sys.executable, "-c", "import kds"], cwd=self.folder, capture_output=True, text=True,
                env={"PYTHONPATH": SOURCES, **({} if value is None else {"KDS_LIBRARY_DIR": value})})
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(text, done.stderr)

    def compile(self, name, text):
        source = self.folder / "source.c"
        source.write_text(text)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.folder / name, source], check=True)

    def test_a_library_of_another_release_or_another_make_is_refused(self):
        self.compile("libkds-api.so.0", "unsigned kds_version(void) { return 0x090801; }")
        status, text = run("import kds", KDS_LIBRARY_DIR=str(self.folder))
        self.assertEqual(status, 1)
        self.assertIn("is release 9.8.1, this package needs 0.1.x", text)
        self.compile("libkds-api.so.0", "int other(void) { return 1; }")
        self.assertIn("is not libkds-api: it has no kds_version", run("import kds", KDS_LIBRARY_DIR=str(self.folder))[1])
        self.compile("libkds-api.so.0", "unsigned kds_version(void) { return 0x000100; }")
        status, text = run("import kds", KDS_LIBRARY_DIR=str(self.folder))
        self.assertIn("has no function kds_", text)
        self.assertIn("of another release", text)
        (self.folder / "libkds-api.so.0").write_bytes(b"not a library")
        self.assertIn("cannot load", run("import kds", KDS_LIBRARY_DIR=str(self.folder))[1])


class Interface(unittest.TestCase):
    def test_every_function_has_its_types(self):
        for library, functions in _abi.FUNCTIONS.items():
            self.assertTrue(functions)
            for name, (returned, arguments) in functions.items():
                for functions_of in (_library.lib, _library.quick):
                    bound = getattr(functions_of, name)
                    self.assertEqual((bound.restype, tuple(bound.argtypes)), (returned, tuple(arguments)), name)

    def test_structs_lie_in_memory_as_in_c(self):
        lines = ["#include <stdio.h>", "#include <stddef.h>", "#include <kds/kds.h>", "#include <kpl/kpl.h>",
                 "#include <kcl/kcl.h>", "int main(void) {"]
        for struct in _abi.STRUCTS:
            name = struct.__name__
            lines.append('printf("%s %%zu\\n", sizeof(%s));' % (name, name))
            lines += ['printf("%s.%s %%zu\\n", offsetof(%s, %s));' % (name, field[0], name, field[0])
                      for field in struct._fields_]
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "layout.c"
            source.write_text("\n".join(lines + ["return 0; }"]))
            includes = ["-I%s/%s/include" % (ROOT, lib) for lib in ("libkds-api", "libkpl", "libkcl")]
            subprocess.run(["cc", "-o", folder + "/layout", source, *includes], check=True)
            printed = subprocess.run([folder + "/layout"], capture_output=True, text=True, check=True).stdout
        expected = dict(line.split() for line in printed.splitlines())
        found = {}
        for struct in _abi.STRUCTS:
            found[struct.__name__] = str(ctypes.sizeof(struct))
            found.update({"%s.%s" % (struct.__name__, field[0]): str(getattr(struct, field[0]).offset)
                          for field in struct._fields_})
        self.assertEqual(found, expected)

    def test_every_code_of_the_library_has_an_exception(self):
        count = ctypes.c_size_t()
        rows = _library.lib.kds_err_table(ctypes.byref(count))
        rows = (_abi.kds_err_row_t * count.value).from_address(rows)
        table = {row.code: row.name.decode() for row in rows}
        self.assertEqual({code: "KDS_ERR_" + name for code, name in _abi.ERRORS.items()},
                         {code: name for code, name in table.items() if code})
        from kds import _errors
        self.assertEqual(set(_errors._CLASSES), set(_abi.ERRORS.values()))
        for code in _abi.ERRORS:
            error = _errors.make(code, "x")
            self.assertEqual(error.code, code)
            self.assertIsInstance(error, kds.KdsError)
        unknown = _errors.make(-9999, "from a later release")
        self.assertEqual((type(unknown), unknown.code), (kds.KdsError, -9999))

    def test_names_of_errors_that_a_server_makes_up_are_bounded(self):
        from kds import _errors, exceptions
        before = dict(_errors._service_classes)
        try:
            kinds = {_errors.service_class("Made%dException" % i) for i in range(1000)}
            self.assertLessEqual(len(_errors._service_classes), 256)
            self.assertIn(kds.ServiceError, kinds)
            self.assertIs(_errors.service_class("not a name"), kds.ServiceError)
            self.assertIs(_errors.service_class("ValidationException"), exceptions.ValidationException)
        finally:
            _errors._service_classes.clear()
            _errors._service_classes.update(before)

    def test_errors_survive_pickling(self):
        import pickle
        error = _library and _native.make(-42, "no such", service_code="ResourceNotFoundException", attempts=3)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), str(again), again.__dict__), (type(error), str(error), error.__dict__))


class Logging(support.ServerCase):
    def test_lines_go_to_logging_and_a_level_costs_nothing_below_it(self):
        import logging
        from kds import _logging
        logger = logging.getLogger("kds")
        for level, expected in ((logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.ERROR, 3),
                                (logging.CRITICAL, 3)):
            logger.setLevel(level)
            self.assertEqual(_logging.level(), expected)
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.setLevel, logging.NOTSET)
        function, queue = _logging.target()
        add = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)(function)
        with self.assertLogs("kds", logging.DEBUG) as caught:
            add(4, b"lease", b"100% of it", queue)
            add(7, b"http", "grün".encode(), queue)
            support.eventually(lambda: len(caught.records) >= 2)
        self.assertEqual([(r.name, r.levelno, r.getMessage()) for r in caught.records],
                         [("kds.lease", logging.WARNING, "100% of it"), ("kds.http", logging.DEBUG, "grün")])


class Forks(support.ServerCase):
    def test_fault_P08_a_forked_child_gets_a_clear_error_and_the_parent_goes_on(self):
        client = kds.Client(**self.options)
        self.addCleanup(client.close)
        client.list_streams()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            text = b"nothing raised"
            try:
                client.list_streams()
            except kds.ForkedError as error:
                text = str(error).encode()
            client.close()
            try:
                with kds.Client(**self.options) as own:  # one of its own works
                    own.list_streams()
            except BaseException as error:
                text = repr(error).encode()
            os.write(write, text)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            text = pipe.read().decode()
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        self.assertEqual(text, "the client was created in process %d; create it after the fork" % os.getpid())
        self.assertIn("s", client.list_streams()["StreamNames"])


class Interrupts(unittest.TestCase):
    def test_ctrl_c_answers_at_once(self):
        code = """
import signal, socket, threading, time, os, kds
silent = socket.socket(); silent.bind(("127.0.0.1", 0)); silent.listen()
client = kds.Client(region="r", endpoint_url="http://127.0.0.1:%d" % silent.getsockname()[1], access_key_id="a",
                    secret_access_key="b")
sent = []
def interrupt():
    peer, _ = silent.accept(); sent.append(peer); peer.recv(10)
    sent.append(time.monotonic()); os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    client.list_streams()
except KeyboardInterrupt:
    print("interrupted after %.3f s" % (time.monotonic() - sent[1]))
client.close()
for s in (sent[0], silent): s.close()
"""
        status, text = run(code)
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"^interrupted after 0\.[0-2]")


if __name__ == "__main__":
    unittest.main()
