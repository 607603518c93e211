#!/usr/bin/env python3
"""Makes the C of the API from a text model: structs, tables and typed calls.

    generate.py MODEL LIBRARY_ROOT [--clang-format PROGRAM]

Writes include/kds/kinesis.h, src/model/kinesis_operations.h, src/model/kinesis_tables.c and
src/client/kinesis_calls.c below LIBRARY_ROOT. The grammar stands at the top of the model.
"""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

NOTE = "Generated from src/model/kinesis.model by src/model/generate.py; do not edit."
SCALARS = {"string": "kds_slice_t", "blob": "kds_slice_t", "int64": "int64_t",
           "bool": "bool", "timestamp": "int64_t"}
PATTERNS = {"name": "KDS_P_NAME", "hash_key": "KDS_P_HASH_KEY",
            "sequence": "KDS_P_SEQUENCE", "arn": "KDS_P_ARN"}
PLANES = {"data": "KDS_PLANE_DATA", "control": "KDS_PLANE_CONTROL"}
# Members by which a request is routed to a host of its own, the first that is given.
ROUTES = ("StreamARN", "ConsumerARN", "ResourceARN", "ChannelARN")
INITIALISMS = re.compile(r"ARN|KiB|MiB")


def snake(name):
    """StreamARN -> stream_arn, MaxRecordSizeInKiB -> max_record_size_in_kib."""
    name = INITIALISMS.sub(lambda m: m.group(0).capitalize(), name)
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return name.lower()


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
        self.pattern = next((PATTERNS[w] for w in words if w in PATTERNS), "KDS_P_ANY")
        self.min, self.max = 0, None
        if self.pattern in ("KDS_P_HASH_KEY", "KDS_P_SEQUENCE"):
            self.min, self.max = 1, 39 if self.pattern == "KDS_P_HASH_KEY" else 129
        elif self.type == "int64" and not self.container:
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
                and self.type in ("int64", "bool", "timestamp"))

    @property
    def nested(self):
        return self.type not in SCALARS


class Block:
    def __init__(self, name, doc=""):
        self.name, self.doc, self.members, self.is_input = name, doc, [], False

    @property
    def c(self):
        return "kds_" + snake(self.name)

    @property
    def table(self):
        return snake(self.name)


class Operation:
    def __init__(self, name, words):
        self.name, self.doc = name, ""
        self.plane = next((w for w in words if w in PLANES), None)
        self.idempotent, self.streamed = "idempotent" in words, "stream" in words
        self.input = Block(name + "In")
        self.output = Block(name + ("Event" if self.streamed else "Out"))
        self.input.is_input = True
        self.c = snake(name)


def parse(path):
    structures, operations = [], []
    target = current = None
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        words = text.split()
        if words[0] == "structure":
            target = current = Block(words[1])
            structures.append(target)
        elif words[0] == "operation":
            current = Operation(words[1], words[2:])
            if current.plane is None:
                sys.exit(f"{path}:{number}: neither data nor control: {text}")
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
    element = "kds_" + snake(m.type) + "_t" if m.nested else SCALARS[m.type]
    if m.container == "map":
        element = "kds_tag_t"
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
    out = comment(block.doc) + f"typedef struct {block.c} {{\n"
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
    return out + f"}} {block.c}_t;\n\n"


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


def public_header(structures, operations):
    out = f"""/*
 * kinesis: the operations of Kinesis Data Streams, one typed function each, and their values.
 *
 * {NOTE}
 *
 * Text and data are slices (kds/types.h): a NULL `p` is an absent member. Optional numbers
 * have a `has_` flag beside them; optional structs are pointers, NULL when absent. Inputs
 * are borrowed during the call; outputs are the library's until kds_output_free().
 */
#ifndef KDS_KINESIS_H
#define KDS_KINESIS_H

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
    for block in structures:
        out += struct_c(block)
    for op in operations:
        out += struct_c(op.input)
        if op.streamed:
            continue
        out += struct_c(op.output)
        doc = "".join(f" * {l}\n" for l in textwrap.wrap(op.doc, 84))
        out += f"/**\n{doc} *\n{CALL_DOC} */\nKDS_API {signature(op)};\n\n"
    return out + "#ifdef __cplusplus\n}\n#endif\n\n#endif /* KDS_KINESIS_H */\n"


def operations_header(operations):
    ids = "".join(f"    KDS_OP_{op.c.upper()},\n" for op in operations)
    return f"""/* {NOTE} */
#ifndef KDS_MODEL_KINESIS_OPERATIONS_H
#define KDS_MODEL_KINESIS_OPERATIONS_H

/** The operations of Kinesis, in the order of their table. */
enum kds_operation_id {{
{ids}    KDS_OP_COUNT
}};

#endif /* KDS_MODEL_KINESIS_OPERATIONS_H */
"""


KINDS = {"string": "STRING", "blob": "BLOB", "int64": "INT64", "bool": "BOOL",
         "timestamp": "TIMESTAMP"}


def field_row(block, m):
    st = f"struct {block.c}"
    kind = {"list": "LIST", "map": "MAP"}.get(m.container) or KINDS.get(m.type, "STRUCT")
    element = KINDS.get(m.type, "STRUCT") if m.container == "list" else "STRING"
    routes = block.is_input and m.wire in ROUTES
    flags = " | ".join(f for f, on in (("KDS_F_REQUIRED", m.required),
                                       ("KDS_F_SECRET", m.secret),
                                       ("KDS_F_ROUTE", routes)) if on) or "0"
    has = "KDS_NO_OFFSET"
    if m.counted:
        has = f"offsetof({st}, {m.c}_count)"
    elif m.has:
        has = f"offsetof({st}, has_{m.c})"
    shape = f"&{snake(m.type)}_shape" if m.nested else "NULL"
    if m.container == "map":
        shape = "&tag_shape"
    low = "INT64_MIN" if m.min is None else str(m.min)
    high = "INT64_MAX" if m.max is None else str(m.max)
    return (f"    {{KDS_SLICE_LIT(\"{m.wire}\"), KDS_K_{kind}, KDS_K_{element}, {m.pattern}, "
            f"{flags},\n     offsetof({st}, {m.c}), {has}, {shape}, {low}, {high}}},\n")


def shape_c(block):
    name, fields, count = block.table, "NULL", 0
    out = ""
    if block.members:
        rows = "".join(field_row(block, m) for m in block.members)
        out += f"static const struct kds_field {name}_fields[] = {{\n{rows}}};\n"
        fields, count = f"{name}_fields", len(block.members)
    sized = "true" if block.is_input else "false"
    return out + (f"static const struct kds_shape {name}_shape = {{\n"
                  f"    \"{block.name}\", sizeof(struct {block.c}), {count}, {sized}, "
                  f"{fields}}};\n\n")


def tables(structures, operations):
    out = f"""/*
 * kinesis_tables: the API as data. {NOTE}
 */
#include "model/operations.h"

#include "kds/kinesis.h"

#include <stddef.h>

/* clang-format off */
"""
    for block in structures:
        out += shape_c(block)
    for op in operations:
        out += shape_c(op.input) + ("" if op.streamed else shape_c(op.output))
    out += "const struct kds_operation kds_kinesis_operations[KDS_OP_COUNT] = {\n"
    for op in operations:
        out += (f"    {{\"{op.name}\", &{op.input.table}_shape, &{op.output.table}_shape, "
                f"{PLANES[op.plane]}, {'true' if op.idempotent else 'false'}, "
                f"{'true' if op.streamed else 'false'}}},\n")
    return out + "};\n/* clang-format on */\n"


def calls(operations):
    out = f"""/*
 * kinesis_calls: the typed functions of kds/kinesis.h. {NOTE}
 */
#include "kds/kinesis.h"

#include "model/operations.h"

static kds_err_t call(kds_client_t *client, enum kds_operation_id id, const void *in,
                      const kds_call_options_t *options, const void **out,
                      kds_error_t **error)
{{
    return kds_client_call(client, kds_operation_at(id), in, options, out, error);
}}
"""
    for op in (o for o in operations if not o.streamed):
        out += f"""
{signature(op)}
{{
    const void *answer;
    kds_err_t rc = call(client, KDS_OP_{op.c.upper()}, in, options, &answer, error);
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
    for path, text in (("include/kds/kinesis.h", public_header(structures, operations)),
                       ("src/model/kinesis_operations.h", operations_header(operations)),
                       ("src/model/kinesis_tables.c", tables(structures, operations)),
                       ("src/client/kinesis_calls.c", calls(operations))):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([formatter, f"--style=file:{style}", f"--assume-filename={path}"],
                              input=text, capture_output=True, text=True, check=True)
        target.write_text(done.stdout)


if __name__ == "__main__":
    main()
