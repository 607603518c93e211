"""python -m kds.kclpy [--set NAME=VALUE]... PROPERTIES [PROGRAM [ARGUMENT...]]

Runs a program that was written for amazon_kclpy, in this process. PROPERTIES is the file of the MultiLangDaemon; the program is
its executableName, where none is given. NAME is a setting of docs/configuration.md.
"""
from __future__ import annotations

import logging
import re
import runpy
import sys
from typing import Optional

from kds import kclpy
from kds._errors import KdsError


def _executable(properties: str) -> Optional[str]:
    with open(properties, encoding="latin-1") as file:
        found = re.search(r"^\s*executableName\s*[=:\s]\s*(\S.*?)\s*$", file.read(), re.M)
    return found.group(1) if found else None


def main(arguments: list[str]) -> int:
    options: dict[str, str] = {}
    while arguments[:1] == ["--set"] and len(arguments) > 1 and "=" in arguments[1]:
        name, _, value = arguments[1].partition("=")
        options[name] = value
        arguments = arguments[2:]
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    properties, rest = arguments[0], arguments[1:]
    try:
        program = rest[0] if rest else _executable(properties)
    except OSError as error:
        print("kds.kclpy: %s: %s" % (properties, error.strerror), file=sys.stderr)
        return 2
    if program is None:
        print("kds.kclpy: %s names no executableName, and no program is given" % properties, file=sys.stderr)
        return 2
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    kclpy.install(properties, **options)
    sys.argv = [program, *rest[1:]]
    try:
        runpy.run_path(program, run_name="__main__")
    except KdsError as error:
        print("kds.kclpy: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
