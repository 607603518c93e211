#!/usr/bin/env python3
"""Writes src/kds/_abi.py: every public function, struct and constant of the C headers, for ctypes.

    generate_abi.py            write the file
    generate_abi.py --check    only say whether it is what the headers say; exit status 1 if not

The typed functions and structs of the single operations (kds/kinesis.h and its like) are left out: Python
calls operations packed.
"""
import math
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(__file__).resolve().parents[1] / "src/kds/_abi.py"
LIBRARIES = {"kds-api": ("libkds-api", "KDS_API"), "kpl": ("libkpl", "KPL_API"), "kcl": ("libkcl", "KCL_API")}
OPERATIONS = {"kinesis.h", "dynamodb.h", "cloudwatch.h", "sts.h", "sso.h", "sso_oidc.h"}

SCALARS = {"int": "c_int", "unsigned": "c_uint", "size_t": "c_size_t", "bool": "c_bool", "double": "c_double",
           "int64_t": "c_int64", "uint64_t": "c_uint64", "int32_t": "c_int32", "uint32_t": "c_uint32",
           "uint16_t": "c_uint16", "uint8_t": "c_uint8", "int16_t": "c_int16", "char": "c_char", "long": "c_long"}


def plain(text):
    """A header without comments, directives and the bodies of inline functions."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.M)
    text = re.sub(r'extern "C" \{', "", text)
    return re.sub(r"\s+", " ", text)


class Headers:
    def __init__(self):
        self.enums, self.structs, self.functions, self.constants = {}, {}, {}, {}
        self.errors = []

    def read(self, library, folder, mark):
        self.functions[library] = {}
        for path in sorted((ROOT / folder / "include").rglob("*.h")):
            if path.name in OPERATIONS:
                continue
            raw = path.read_text()
            self.errors += [(name, int(number)) for name, number in
                            re.findall(r"^ +X\((\w+), +(-\d+),", raw, re.M)]
            for name, value in re.findall(r"^#define (K\w+) +\(?(-?\d+(?: \* \d+)*)\)?\s", raw, re.M):
                self.constants[name] = math.prod(int(factor) for factor in value.split(" * "))
            self.declarations(plain(raw), library, mark)

    def declarations(self, text, library, mark):
        for body, name in re.findall(r"\benum(?: \w+)? \{([^{}]*)\} ?(\w*);", text):
            if name:
                self.enums[name] = True
            value = -1
            for member in filter(None, (part.strip() for part in body.split(","))):
                if not re.fullmatch(r"\w+( = -?(0x[0-9a-fA-F]+|\d+))?", member):
                    continue  # made by a macro: the errors, which are read from their table
                label, _, given = member.partition(" = ")
                value = int(given, 0) if given else value + 1
                self.constants[label] = value
        for body, name in re.findall(r"typedef struct \w+ \{((?:[^{}])*)\} (\w+);", text):
            self.structs[name] = [part.strip() for part in body.split(";") if part.strip()]
        for declaration in re.findall(r"\b%s\b ([^;{]*);" % mark, text):
            found = re.fullmatch(r"(.*?)(\w+)\((.*)\)", declaration.strip())
            returned, name, arguments = found.groups()
            self.functions[library][name] = (returned.strip(), arguments)

    def ctype(self, text):
        """The ctypes name of a C type, which may be followed by the name of what has it."""
        if "(" in text:  # a pointer to a function
            return "c_void_p"
        words = re.sub(r"\bconst\b", " ", text).replace("*", " * ").split()
        if "*" in words:
            if words[0] == "char" and words.count("*") == 1 and "const" in text:
                return "c_char_p"
            return "c_void_p"
        if words[0] in SCALARS:
            return SCALARS[words[0]]
        if words[0] in self.enums:
            return "c_int"
        if words[0] in self.structs:
            return words[0]
        if words == ["void"]:
            return "None"
        sys.exit("generate_abi: what is `%s`?" % text)

    def fields(self, name):
        for field in self.structs[name]:
            array = re.search(r"\[(\w+)\]$", field)
            if "(" in field:
                label = re.search(r"\(\*(\w+)\)", field).group(1)
            else:
                label = re.search(r"(\w+) ?(?:\[\w+\])?$", field).group(1)
            if "," in re.sub(r"\(.*\)", "", field) or field.count("[") > 1:
                sys.exit("generate_abi: %s: `%s` declares more than one thing" % (name, field))
            ctype = self.ctype(re.sub(r"\w+ ?(\[\w+\])?$", "", field) if "(" not in field else field)
            if array:
                length = array.group(1)
                ctype = "%s * %d" % (ctype, self.constants[length] if length in self.constants else int(length))
            yield label, ctype

    def by_value_first(self):
        done = []

        def visit(name):
            if name in done:
                return
            for _, ctype in self.fields(name):
                if ctype.split(" ")[0] in self.structs:
                    visit(ctype.split(" ")[0])
            done.append(name)

        for name in self.structs:
            visit(name)
        return done


def render(headers):
    out = ['"""The C interface, for ctypes. Written by tools/generate_abi.py from the public headers; do not edit."""',
           "from __future__ import annotations", "",
           "from ctypes import (Structure, c_bool, c_char, c_char_p, c_double, c_int, c_int16, c_int32, c_int64,",
           "                    c_long, c_size_t, c_uint, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p)",
           "from typing import Any", "",
           "__all__ = (\"c_char\", \"c_uint8\", \"c_uint16\", \"c_int16\", \"c_int32\", \"c_long\")", ""]
    for name, value in sorted(headers.constants.items()):
        out.append("%s = %d" % (name, value))
    out += ["", "ERRORS = {"] + ["    %d: \"%s\"," % (number, name) for name, number in headers.errors] + ["}", ""]
    for name in headers.by_value_first():
        out += ["", "class %s(Structure):" % name]
        fields = list(headers.fields(name))
        out += ["    %s: Any" % label for label, _ in fields]
        out += ["    _fields_ = ["] + ["        (\"%s\", %s)," % pair for pair in fields] + ["    ]", ""]
    out += ["", "STRUCTS = (" + "".join("\n    %s," % name for name in headers.by_value_first()) + "\n)", "",
            "FUNCTIONS: dict[str, dict[str, tuple[Any, tuple[Any, ...]]]] = {"]
    for library, functions in headers.functions.items():
        out.append("    \"%s\": {" % library)
        for name, (returned, arguments) in sorted(functions.items()):
            types = [] if arguments.strip() in ("", "void") else [headers.ctype(a) for a in arguments.split(",")]
            listed = "(%s%s)" % (", ".join(types), "," if len(types) == 1 else "")
            out.append("        \"%s\": (%s, %s)," % (name, headers.ctype(returned), listed))
        out.append("    },")
    return "\n".join(out + ["}"]) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    headers = Headers()
    for library, (folder, mark) in LIBRARIES.items():
        headers.read(library, folder, mark)
    text = render(headers)
    if not arguments:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        sys.exit("%s differs from the headers: run %s" % (TARGET, Path(__file__).relative_to(ROOT)))


if __name__ == "__main__":
    main(sys.argv[1:])
