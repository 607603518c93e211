"""The Python of the API from a text model: types, tables for packing, and a method for each operation.

generate.py calls this; it writes kds/types/NAME.py and kds/_operations/NAME.py of bindings/python.
"""

import textwrap

PYTHON = {"string": "str", "blob": "Blob", "int64": "int", "double": "float", "bool": "bool",
          "timestamp": "Timestamp"}
ANSWERED = {**PYTHON, "blob": "bytes", "timestamp": "datetime"}


class Model:
    def __init__(self, service, structures, operations, snake):
        self.service, self.structures, self.operations, self.snake = service, structures, operations, snake
        self.known = {block.name: block for block in structures}

    def packed(self, m):
        """The type of a member as kds/_packed.py reads it: a scalar, a structure, list<..> or map<..>."""
        inner = m.type
        block = self.known.get(m.type)
        if m.container == "map":
            inner = self.packed(block.members[1])
        elif block is not None and block.bare:
            inner = self.packed(block.members[0])
        return "%s<%s>" % (m.container, inner) if m.container else inner

    def annotation(self, m, scalars):
        """The same as a Python type."""
        def of(text):
            for container, name in (("list", "Sequence[%s]"), ("map", "Mapping[str, %s]")):
                if text.startswith(container + "<"):
                    if scalars is ANSWERED:
                        name = {"list": "list[%s]", "map": "dict[str, %s]"}[container]
                    return name % of(text[len(container) + 1:-1])
            return scalars.get(text) or ("types." if scalars is PYTHON else "") + text + "Dict"
        return of(self.packed(m))


def typed_dict(model, block, answer):
    out = "\n\nclass %sDict(TypedDict):\n    \"\"\"%s\"\"\"\n" % (block.name, block.doc)
    for m in block.members:
        kind = model.annotation(m, ANSWERED)
        out += "    %s: %s\n" % (m.wire, kind if m.required else "NotRequired[%s]" % kind)
        out += textwrap.indent(docstring(m.doc), "    ")
    if answer:
        out += "    ResponseMetadata: ResponseMetadataDict\n"
    elif not block.members:
        out += "    pass\n"
    return out


def docstring(text):
    text = text.replace("\\", "\\\\").replace('"', "'")
    lines = textwrap.wrap('"""%s"""' % text, 108)
    return "\n".join(lines) + "\n"


def types_module(model):
    service = model.service
    inner = [block for block in model.structures if not block.bare and not is_pair(model, block)]
    answers = [op.output for op in model.operations if not op.streamed]
    events = [op.output for op in model.operations if op.streamed and op.output.members]
    out = '''"""What the operations of %s take and answer, as typed dicts.

%s
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired
''' % (service.title, service.note)
    out += "".join(typed_dict(model, block, False) for block in inner + events)
    out += "".join(typed_dict(model, block, True) for block in answers)
    names = [block.name + "Dict" for block in inner + events + answers]
    return out + "\n\n__all__ = (\n" + "".join('    "%s",\n' % name for name in names) + ")\n"


def is_pair(model, block):
    """A structure that only serves as key and value of maps."""
    users = [m for b in model.structures for m in b.members]
    users += [m for op in model.operations for b in (op.input, op.output) for m in b.members]
    mine = [m for m in users if m.type == block.name]
    return bool(mine) and all(m.container == "map" for m in mine)


def method(model, op):
    required = [m for m in op.input.members if m.required]
    optional = [m for m in op.input.members if not m.required]
    out = "\n    def %s(\n            self,\n" % model.snake(op.name)
    if op.input.members:
        out += "            *,\n"
    for m in required:
        out += "            %s: %s,\n" % (m.wire, model.annotation(m, PYTHON))
    for m in optional:
        out += "            %s: %s | None = None,\n" % (m.wire, model.annotation(m, PYTHON))
    out += "    ) -> types.%sDict:\n" % op.output.name
    text = op.doc
    for m in required + optional:
        text += "\n\n:param %s: %s" % (m.wire, m.doc)
    wrapped = "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") if line.startswith(":") else
                        textwrap.fill(line, 100) for line in text.split("\n") if line or True)
    wrapped = wrapped.replace("\n\n:param", "\n:param").replace("\n:param", "\n\n:param", 1)
    out += textwrap.indent('"""%s\n"""\n' % wrapped.replace("\\", "\\\\"), "        ")
    given = textwrap.wrap(", ".join('"%s": %s' % (m.wire, m.wire) for m in required + optional), 96)
    call = "answer: types.%sDict = self._call(\"%s\", {" % (op.output.name, op.name)
    call += "".join("\n    " + line for line in given) + ("\n" if given else "") + "})\nreturn answer\n"
    return out + textwrap.indent(call, "        ")


def operations_module(model):
    service = model.service
    name = service.name
    out = '''"""The operations of %s, as methods of its client.

%s
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import %s as types
    from kds.types.common import Blob, Timestamp

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
''' % (service.title, service.note, name)
    blocks = [b for b in model.structures if not b.bare] + [op.input for op in model.operations]
    for block in blocks:
        out += '    "%s": {\n' % block.name
        out += "".join('        "%s": "%s",\n' % (m.wire, model.packed(m)) for m in block.members) + "    },\n"
    out += "}\n\nMETHODS = {\n"
    out += "".join('    "%s": "%s",\n' % (model.snake(op.name), op.name) for op in model.operations
                   if not op.streamed) + "}\n\n\n"
    out += 'class Operations:\n    """The operations of %s."""\n\n' % service.title
    out += "    def _call(self, operation: str, members: dict[str, Any]) -> Any:\n"
    out += "        raise NotImplementedError\n"
    out += "".join(method(model, op) for op in model.operations if not op.streamed)
    used = {word for word in ("Mapping", "Sequence") if word + "[" in out.split("class Operations")[1]}
    if used != {"Mapping", "Sequence"}:
        line = "from collections.abc import %s\n" % ", ".join(sorted(used)) if used else ""
        out = out.replace("from collections.abc import Mapping, Sequence\n", line)
    used = [word for word in ("Blob", "Timestamp") if word in out.split("class Operations")[1]]
    line = "    from kds.types.common import %s\n" % ", ".join(used) if used else ""
    return out.replace("    from kds.types.common import Blob, Timestamp\n", line)


def modules(service, structures, operations, snake):
    """(path below the package kds, text) of each file."""
    model = Model(service, structures, operations, snake)
    return ((f"types/{service.name}.py", types_module(model)),
            (f"_operations/{service.name}.py", operations_module(model)))
