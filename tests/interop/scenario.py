"""Plays the rows of operations.py with one client and tells every difference.

Knows neither how a client is made nor which server answers.
"""

import time

from clients import Refused, Unknown
from operations import ROWS, SETTLED


def looked_up(answer, path):
    """The value at "a.0.b"; None when something on the way is absent."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdigit():
            answer = answer[int(step)] if int(step) < len(answer) else None
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return answer


def filled(value, saved):
    """The value with every "$name" replaced by what was saved under it."""
    if isinstance(value, dict):
        return {k: filled(v, saved) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, saved) for v in value]
    if isinstance(value, str) and value.startswith("$"):
        return saved[value[1:]]
    if isinstance(value, str) and "%s" in value:
        return value % saved["arn"]
    return value


def shown(value):
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."


def settled(client, given):
    """The summary of a stream that has become ACTIVE."""
    for _ in range(100):
        answer = client.call("DescribeStreamSummary", given)["StreamDescriptionSummary"]
        if answer["StreamStatus"] == "ACTIVE":
            return answer
        time.sleep(0.05)
    raise Refused("never ACTIVE")


class Result:
    """What one client came to: operations with a right answer, with a right error, unknown ones."""

    def __init__(self):
        self.answered, self.refused, self.unknown = set(), set(), set()
        self.differences = []


def differs(row, answer, saved):
    for path, wanted in row.checks.items():
        found = looked_up(answer, path)
        wanted = filled(wanted, saved)
        right = wanted(found) if callable(wanted) else found == wanted
        if not right:
            name = getattr(wanted, "__name__", None) or shown(wanted)
            yield f"{row.op}: {path} is {shown(found)}, not {name}"


def play_row(client, row, saved, result):
    given = filled(row.given, saved)
    try:
        answer = settled(client, given) if row.op == SETTLED else client.call(row.op, given)
    except Refused as e:
        if e.name in row.errors:
            result.refused.add(row.op)
        else:
            result.differences.append(f"{row.op} {shown(given)}: {e}, not {' or '.join(row.errors) or 'an answer'}")
        return
    if row.errors:
        result.differences.append(f"{row.op} {shown(given)}: an answer, not {' or '.join(row.errors)}")
        return
    problems = list(differs(row, answer, saved))
    result.differences += problems
    saved.update({name: looked_up(answer, path) for name, path in row.save.items()})
    if not problems:
        result.answered.add(row.op)


def play(client, stream, rows=None):
    """Plays all rows on a stream of this name, which must not exist yet."""
    saved, result = {"stream": stream}, Result()
    for row in ROWS if rows is None else rows:
        try:
            play_row(client, row, saved, result)
        except Unknown:
            # A member that an older client lacks is no missing operation.
            if not row.newer:
                result.unknown.add(row.op)
        except KeyError as e:
            if not result.unknown:
                result.differences.append(f"{row.op}: {e} was not saved by the rows before")
    for group in (result.answered, result.refused, result.unknown):
        group.discard(SETTLED)
    return result
