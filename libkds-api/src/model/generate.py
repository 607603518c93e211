#!/usr/bin/env python3
"""Makes the C of the API from a text model: structs, tables and typed calls.

    generate.py MODEL LIBRARY_ROOT [--clang-format PROGRAM]

Of a model called NAME.model writes include/kds/NAME.h, src/model/NAME_operations.h,
src/model/NAME_tables.c and src/client/NAME_calls.c below LIBRARY_ROOT, and kds/types/NAME.py and
kds/_operations/NAME.py below bindings/python/src beside it. The grammar stands at the top of
kinesis.model.
"""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import generate_python

SCALARS = {"string": "kds_slice_t", "blob": "kds_slice_t", "int64": "int64_t",
           "double": "double", "bool": "bool", "timestamp": "int64_t"}
PATTERNS = {"name": "KDS_P_NAME", "hash_key": "KDS_P_HASH_KEY",
            "sequence": "KDS_P_SEQUENCE", "arn": "KDS_P_ARN"}
PLACES = {"query": "KDS_AT_QUERY", "header": "KDS_AT_HEADER"}
PLANES = {None: "KDS_PLANE_NONE", "data": "KDS_PLANE_DATA", "control": "KDS_PLANE_CONTROL"}
# Members by which a request is routed to a host of its own, the first that is given.
ROUTES = ("StreamARN", "ConsumerARN", "ResourceARN", "ChannelARN")
INITIALISMS = re.compile(r"ARN|KiB|MiB|SSE|TTL|S3")


class Service:
    """What the operations of one model share; its words are those of struct kds_service."""

    def __init__(self, name):
        self.name, self.title, self.prefix = name, name, name + "_"
        self.signing = self.host = self.environment = self.config = None
        self.target = self.json = self.cbor = self.query = None
        self.note = f"Generated from src/model/{name}.model by src/model/generate.py; do not edit."

    def set(self, word, value):
        setattr(self, word, "" if value == "-" else value)


service = None  # the one whose model is read


def snake(name):
    """StreamARN -> stream_arn, MaxRecordSizeInKiB -> max_record_size_in_kib."""
    name = INITIALISMS.sub(lambda m: m.group(0).capitalize(), name)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return name.lower()


def c_name(name):
    return "kds_" + service.prefix + snake(name)


class Member:
    def __init__(self, line):
        head, self.doc = (part.strip() for part in line.split("|", 1))
        name, rest = head.split(":", 1)
        self.wire, _, renamed = name.strip().partition(" as ")
        self.c = renamed or snake(self.wire)
        words = rest.split()
        kind = words.pop(0)
        nested = re.fullmatch(r"(list|map)<(\w+)>", kind)
        self.container = nested.group(1) if nested else None
        self.type = nested.group(2) if nested else kind
        self.required = "required" in words
        self.secret = "secret" in words
        self.place, self.placed_as = "KDS_AT_BODY", None
        for word in words:
            place, _, name_there = word.partition("=")
            if name_there:
                self.place, self.placed_as = PLACES[place], name_there
        self.pattern = next((PATTERNS[w] for w in words if w in PATTERNS), "KDS_P_ANY")
        self.min, self.max = 0, None
        if self.pattern in ("KDS_P_HASH_KEY", "KDS_P_SEQUENCE"):
            self.min, self.max = 1, 39 if self.pattern == "KDS_P_HASH_KEY" else 129
        elif self.type in ("int64", "double") and not self.container:
            self.min = None
        for word in words:
            bounds = re.fullmatch(r"(\d+)\.\.(\d*)", word)
            if bounds:
                self.min = int(bounds.group(1))
                self.max = int(bounds.group(2)) if bounds.group(2) else None
        if self.type == "timestamp":
            self.c += "_ms"

    @property
    def counted(self):
        return self.container is not None

    @property
    def has(self):
        return (not self.container and not self.required
                and self.type in ("int64", "double", "bool", "timestamp"))

    @property
    def nested(self):
        return self.type not in SCALARS


class Block:
    def __init__(self, name, words=()):
        self.name, self.doc, self.members, self.is_input = name, "", [], False
        self.bare, self.error = "bare" in words, "error" in words

    @property
    def c(self):
        return c_name(self.name)

    @property
    def table(self):
        return snake(self.name)


class Operation:
    def __init__(self, name, words):
        self.name, self.doc = name, ""
        self.plane = next((w for w in words if w in PLANES), None)
        self.idempotent, self.streamed = "idempotent" in words, "stream" in words
        self.unsigned = "unsigned" in words
        http = next((w for w in words if ":" in w), "POST:/")
        self.method, self.path = http.split(":", 1)
        self.input = Block(name + "In")
        self.output = Block(name + ("Event" if self.streamed else "Out"))
        self.input.is_input = True
        self.c = service.prefix + snake(name)


def parse(path):
    global service
    structures, operations = [], []
    target = current = None
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        words = text.split()
        if words[0] == "service":
            service = target = Service(words[1])
        elif isinstance(target, Service) and not line[0].isspace():
            target = None
        if words[0] == "service":
            continue
        if isinstance(target, Service):
            target.set(words[0], " ".join(words[1:]))
        elif words[0] == "structure":
            target = current = Block(words[1], words[2:])
            structures.append(target)
        elif words[0] == "operation":
            current = Operation(words[1], words[2:])
            operations.append(current)
            target = None
        elif text in ("in", "out"):
            target = current.input if text == "in" else current.output
        elif text.startswith("|"):
            current.doc = text[1:].strip()
        elif target is not None:
            target.members.append(Member(text))
        else:
            sys.exit(f"{path}:{number}: no operation or structure to add this to: {text}")
    for operation in operations:
        operation.input.doc = f"Input of {operation.name}."
        operation.output.doc = f"Output of {operation.name}."
    return structures, operations


def comment(text, indent=""):
    """A Doxygen comment of any length."""
    lines = textwrap.wrap(text, 84 - len(indent))
    if len(lines) == 1 and len(lines[0]) + len(indent) <= 80:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {l}\n" for l in lines) + f"{indent} */\n"


def member_c(m):
    element = c_name(m.type) + "_t" if m.nested else SCALARS[m.type]
    if m.container:
        return [f"const {element} *{m.c};", f"size_t {m.c}_count;"]
    if m.nested:
        return [f"{element} {m.c};" if m.required else f"const {element} *{m.c};"]
    return ([f"bool has_{m.c};"] if m.has else []) + [f"{element} {m.c};"]


def limits_text(m):
    unit = {"string": "characters", "blob": "bytes"}.get(m.type, "")
    unit = "entries" if m.container else unit
    if m.pattern == "KDS_P_HASH_KEY":
        return " Decimal, 0..2^128-1, no leading zero."
    if m.pattern == "KDS_P_SEQUENCE" or (m.min in (None, 0) and m.max is None):
        return ""
    low = m.min if m.min is not None else ""
    high = m.max if m.max is not None else ""
    return f" {low}..{high}{' ' + unit if unit else ''}."


def struct_c(block):
    out = comment(block.doc) + f"struct {block.c} {{\n"
    if block.is_input:
        out += "    /** sizeof of this struct; zero everything behind it, then fill in. */\n"
        out += "    size_t struct_size;\n"
    for m in block.members:
        state = "Required. " if m.required else ""
        count = f" {m.c}_count of them." if m.container else ""
        ms = " Milliseconds since 1970-01-01T00:00:00Z." if m.type == "timestamp" else ""
        out += comment(state + m.doc + count + ms + limits_text(m), "    ")
        for line in member_c(m):
            out += f"    {line}\n"
    if not block.members and not block.is_input:
        out += "    /** Nothing is answered; C has no empty struct. */\n    char nothing;\n"
    return out + "};\n\n"


CALL_DOC = """\
 * Errors, retries, threads and blocking are those of kds_client_call().
 *
 * @param client   The client.
 * @param in       (borrowed) What to ask for.
 * @param options  (borrowed) May be NULL.
 * @param out      Receives the answer (given; kds_output_free); its members are lent until
 *                 then. Written only on success.
 * @param error    Receives the reason of a failure (given; kds_error_free). May be NULL.
 *
 * @return KDS_OK or the error of kds_client_call().
 *
 * Any thread but the client's own. Blocks for at most the call timeout.
 * @since 0.1
"""


def signature(op):
    return (f"kds_err_t kds_{op.c}(kds_client_t *client, const {op.input.c}_t *in, "
            f"const kds_call_options_t *options, const {op.output.c}_t **out, "
            f"kds_error_t **error)")


def by_value_first(structures):
    """In order of the model, but what is embedded stands before what embeds it."""
    known = {block.name: block for block in structures}
    done = {}

    def visit(block):
        if block.name not in done:
            for m in block.members:
                if m.nested and m.required and not m.container:
                    visit(known[m.type])
            done[block.name] = block

    for block in structures:
        visit(block)
    return list(done.values())


def public_header(structures, operations):
    guard = f"KDS_{service.name.upper()}_H"
    out = f"""/*
 * {service.name}: the operations of {service.title}, one typed function each, and their values.
 *
 * {service.note}
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef {guard}
#define {guard}

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kds/client.h"
#include "kds/error.h"
#include "kds/export.h"
#include "kds/types.h"

#ifdef __cplusplus
extern "C" {{
#endif

"""
    blocks = structures + [b for op in operations for b in (op.input, op.output)]
    for name in dict.fromkeys(block.c for block in blocks):
        out += f"typedef struct {name} {name}_t;\n"
    out += "\n"
    for block in by_value_first(structures):
        out += struct_c(block)
    for op in operations:
        out += struct_c(op.input)
        if op.streamed:
            continue
        out += struct_c(op.output)
        doc = "".join(f" * {l}\n" for l in textwrap.wrap(op.doc, 84))
        out += f"/**\n{doc} *\n{CALL_DOC} */\nKDS_API {signature(op)};\n\n"
    return out + f"#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n"


def operations_header(operations):
    ids = "".join(f"    {op_id(op)},\n" for op in operations)
    guard = f"KDS_MODEL_{service.name.upper()}_OPERATIONS_H"
    return f"""/* {service.note} */
#ifndef {guard}
#define {guard}

/** The operations of {service.title}, in the order of their table. */
enum kds_{service.prefix}operation_id {{
{ids}    KDS_{service.prefix.upper()}OP_COUNT
}};

#endif /* {guard} */
"""


def op_id(op):
    return f"KDS_{service.prefix.upper()}OP_{snake(op.name).upper()}"


# Lists that codec/records.h reads or writes.
BY_HAND = {"Record": "KDS_F_RECORDS", "PutRecordsRequestEntry": "KDS_F_ENTRIES"}

KINDS = {"string": "STRING", "blob": "BLOB", "int64": "INT64", "double": "DOUBLE",
         "bool": "BOOL", "timestamp": "TIMESTAMP"}


def field_row(block, m):
    st = f"struct {block.c}"
    kind = {"list": "LIST", "map": "MAP"}.get(m.container) or KINDS.get(m.type, "STRUCT")
    element = KINDS.get(m.type, "STRUCT") if m.container == "list" else "STRING"
    routes = block.is_input and m.wire in ROUTES
    by_hand = BY_HAND.get(m.type) if m.container == "list" and service.prefix == "" else None
    flags = " | ".join(f for f, on in (("KDS_F_REQUIRED", m.required),
                                       ("KDS_F_SECRET", m.secret),
                                       ("KDS_F_ROUTE", routes),
                                       (by_hand, by_hand)) if on) or "0"
    has = "KDS_NO_OFFSET"
    if m.counted:
        has = f"offsetof({st}, {m.c}_count)"
    elif m.has:
        has = f"offsetof({st}, has_{m.c})"
    shape = f"&{snake(m.type)}_shape" if m.nested else "NULL"
    low = "INT64_MIN" if m.min is None else str(m.min)
    high = "INT64_MAX" if m.max is None else str(m.max)
    return (f"    {{KDS_SLICE_LIT(\"{m.placed_as or m.wire}\"), KDS_K_{kind}, "
            f"KDS_K_{element}, {m.pattern}, {flags}, {m.place},\n     offsetof({st}, {m.c}), {has}, {shape}, {low}, {high}}},\n")


def shape_c(block):
    name, fields, count = block.table, "NULL", 0
    out = ""
    if block.members:
        rows = "".join(field_row(block, m) for m in block.members)
        out += f"static const struct kds_field {name}_fields[] = {{\n{rows}}};\n"
        fields, count = f"{name}_fields", len(block.members)
    sized = "true" if block.is_input else "false"
    bare = "true" if block.bare else "false"
    return out + (f"static const struct kds_shape {name}_shape = {{\n"
                  f"    \"{block.name}\", sizeof(struct {block.c}), {count}, {sized}, {bare}, "
                  f"{fields}}};\n\n")


def text_c(text):
    return "NULL" if text is None else f'"{text}"'


def service_c(structures):
    s = service
    errors = [block for block in structures if block.error]
    out = ""
    if errors:
        rows = ", ".join(f"&{block.table}_shape" for block in errors)
        out = f"static const struct kds_shape *const errors[] = {{{rows}}};\n\n"
    return out + (f"const struct kds_service kds_{s.name}_service = {{\n"
            f"    .name = \"{s.name}\",\n    .signing_name = \"{s.signing}\",\n"
            f"    .host_prefix = {text_c(s.host)},\n    .environment = {text_c(s.environment)},\n"
            f"    .config_key = {text_c(s.config)},\n    .target_prefix = {text_c(s.target)},\n"
            f"    .json_type = {text_c(s.json)},\n    .cbor_type = {text_c(s.cbor)},\n"
            f"    .query_version = {text_c(s.query)},\n"
            f"    .operations = kds_{s.name}_operations,\n"
            f"    .operation_count = KDS_{s.prefix.upper()}OP_COUNT,\n"
            f"    .errors = {'errors' if errors else 'NULL'},\n"
            f"    .error_count = {len(errors)},\n}};\n")


def operation_c(op):
    yes = {True: "true", False: "false"}
    return (f"    {{&kds_{service.name}_service, \"{op.name}\", &{op.input.table}_shape, "
            f"&{op.output.table}_shape,\n     {PLANES[op.plane]}, \"{op.method}\", \"{op.path}\", "
            f"{yes[op.idempotent]}, {yes[op.streamed]}, {yes[op.unsigned]}}},\n")


def tables(structures, operations):
    name = service.name
    out = f"""/*
 * {name}_tables: the API as data. {service.note}
 */
#include "kds/{name}.h"
#include "model/{name}_operations.h"
#include "model/operations.h"

#include <stddef.h>

/* clang-format off */
"""
    blocks = structures + [b for op in operations
                           for b in ((op.input,) if op.streamed else (op.input, op.output))]
    done = set()
    for block in blocks: # what is nested in itself or in what comes later is declared first
        done.add(block.name)
        for m in block.members:
            if m.nested and (m.type not in done or m.type == block.name):
                out += f"static const struct kds_shape {snake(m.type)}_shape;\n"
                done.add(m.type)
    for block in blocks:
        out += shape_c(block)
    count = f"KDS_{service.prefix.upper()}OP_COUNT"
    out += f"static const struct kds_operation kds_{name}_operations[{count}] = {{\n"
    out += "".join(operation_c(op) for op in operations)
    return out + "};\n\n" + service_c(structures) + "/* clang-format on */\n"


def calls(operations):
    name, prefix = service.name, service.prefix
    out = f"""/*
 * {name}_calls: the typed functions of kds/{name}.h. {service.note}
 */
#include "kds/{name}.h"

#include "model/{name}_operations.h"
#include "model/operations.h"

static kds_err_t call(kds_client_t *client, enum kds_{prefix}operation_id id, const void *in,
                      const kds_call_options_t *options, const void **out,
                      kds_error_t **error)
{{
    return kds_client_call(client, &kds_{name}_service.operations[id], in, options, out, error);
}}
"""
    for op in (o for o in operations if not o.streamed):
        out += f"""
{signature(op)}
{{
    const void *answer;
    kds_err_t rc = call(client, {op_id(op)}, in, options, &answer, error);
    if (rc == KDS_OK) {{
        *out = answer;
    }}
    return rc;
}}
"""
    return out


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    structures, operations = parse(sys.argv[1])
    root = Path(sys.argv[2])
    formatter = sys.argv[4] if sys.argv[3:4] == ["--clang-format"] else "clang-format"
    style = Path(__file__).resolve().parents[3] / ".clang-format"
    name = service.name
    for path, text in ((f"include/kds/{name}.h", public_header(structures, operations)),
                       (f"src/model/{name}_operations.h", operations_header(operations)),
                       (f"src/model/{name}_tables.c", tables(structures, operations)),
                       (f"src/client/{name}_calls.c", calls(operations))):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([formatter, f"--style=file:{style}", f"--assume-filename={path}"],
                              input=text, capture_output=True, text=True, check=True)
        target.write_text(done.stdout)
    for path, text in generate_python.modules(service, structures, operations, snake):
        target = root.parent / "bindings/python/src/kds" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


if __name__ == "__main__":
    main()
