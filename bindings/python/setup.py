"""Builds the C libraries by cmake and puts them, with kds-local, beside the package; the rest is in pyproject.toml.

KDS_USE_SYSTEM=1  build no library: those of the system are used, found by its loader or by KDS_LIBRARY_DIR
KDS_PREBUILT=DIR  build no library: pack those of this folder, and its kds-local
KDS_CMAKE_ARGS    more arguments for cmake, for example -DCMAKE_C_COMPILER=clang
"""
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

try:
    from wheel.bdist_wheel import bdist_wheel
except ImportError:  # newer setuptools have it themselves
    from setuptools.command.bdist_wheel import bdist_wheel

HERE = Path(__file__).resolve().parent
CLONE = HERE.parent.parent
# What the libraries are built from, in a clone and in a source distribution.
SOURCES = ("CMakeLists.txt", "LICENSE", "cmake", "libkds-api", "libkpl", "libkcl", "tools/kds-local")
TARGETS = {"kds-api": "libkds-api/libkds-api.so.0", "kpl": "libkpl/libkpl.so.0", "kcl": "libkcl/libkcl.so.0",
           "kds-local": "tools/kds-local/kds-local"}
NEEDS = ("cmake, a C compiler, pkg-config and the development files of libcurl, OpenSSL, SQLite, nghttp2 and jansson; on "
         "Debian: apt install build-essential cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev "
         "libsqlite3-dev libnghttp2-dev libjansson-dev")


def source_root():
    packed = HERE / "csrc"
    return packed if packed.is_dir() else CLONE


def build_libraries(build_dir, target):
    """cmake, into build_dir; the products go to target."""
    configure = ["cmake", "-S", str(source_root()), "-B", str(build_dir), "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                 "-DKDS_TESTS=OFF", "-DKDS_EXAMPLES=OFF", "-DKDS_INSTALL=OFF", "-DKDS_WERROR=OFF",
                 "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON", "-DCMAKE_INSTALL_RPATH=$ORIGIN"]
    if shutil.which("ninja"):
        configure += ["-G", "Ninja"]
    configure += shlex.split(os.environ.get("KDS_CMAKE_ARGS", ""))
    build = ["cmake", "--build", str(build_dir), "--parallel", "--target", *TARGETS]
    try:
        for command in (configure, build):
            print(" ".join(command), flush=True)
            subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit("kds: the C libraries cannot be built (%s). Needed are %s. KDS_USE_SYSTEM=1 takes libraries that are "
                 "installed." % (error, NEEDS))
    pack([build_dir / product for product in TARGETS.values()], target)


def pack(products, target):
    target.mkdir(parents=True, exist_ok=True)
    for product in products:
        shutil.copy(product, target / product.name)  # follows links: a wheel has none
        if shutil.which("strip"):
            subprocess.run(["strip", "--strip-unneeded", target / product.name], check=True)


class BuildWithLibraries(build_py):
    def run(self):
        super().run()
        if os.environ.get("KDS_USE_SYSTEM") == "1":
            return
        package = HERE / "src/kds" if getattr(self, "editable_mode", False) else Path(self.build_lib) / "kds"
        prebuilt = os.environ.get("KDS_PREBUILT")
        if prebuilt:
            pack([Path(prebuilt) / Path(product).name for product in TARGETS.values()], package / "_lib")
            return
        build_libraries(Path(self.get_finalized_command("build").build_temp).resolve() / "cmake", package / "_lib")


class SourceWithLibraries(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in SOURCES:
            source, target = source_root() / name, Path(base_dir) / "csrc" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)


class PlatformWheel(bdist_wheel):
    """One wheel for all Pythons of a platform: the libraries are loaded by ctypes, which has no ABI of Python's."""

    def get_tag(self):
        _, _, platform = super().get_tag()
        return "py3", "none", platform


class PlatformDistribution(Distribution):
    def has_ext_modules(self):
        return os.environ.get("KDS_USE_SYSTEM") != "1"


setup(distclass=PlatformDistribution,
      cmdclass={"build_py": BuildWithLibraries, "sdist": SourceWithLibraries, "bdist_wheel": PlatformWheel})
