"""Settings by name: keywords of Python to the names of kpl_conf_set() and kcl_conf_set().

A keyword is the name of a setting with `_` for `.`: linger_ms is linger.ms. The KPL's and the KCL's own names are taken
as well. All go to C as they are, so that a setting of a newer library needs no newer package.
"""
from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from kds import _logging
from kds._client import nearest
from kds._errors import ConfigError
from kds._library import lib
from kds._native import Failure, check, pointer_class


class Settings:
    """A kpl_conf_t or kcl_conf_t while it is filled in."""

    def __init__(self, library: str, aliases: Mapping[str, str]) -> None:
        self._library, self._aliases = library, aliases
        self._free = pointer_class(library + "_conf_free")
        self.pointer = self._free(self._call("new"))
        if not self.pointer:
            raise MemoryError("kds: no settings")
        self._call("set_log", self.pointer, *_logging.target(), _logging.level())

    def _call(self, function: str, *arguments: Any) -> Any:
        return getattr(lib, "%s_conf_%s" % (self._library, function))(*arguments)

    def names(self) -> list[str]:
        """All settings, as keywords, and the names of the KPL and the KCL."""
        text = self._call("document")
        document = ctypes.string_at(text).decode()
        getattr(lib, self._library + "_text_free")(text)
        ours = re.findall(r"^\| `([a-z.]+)` \|", document, re.M)
        theirs = re.findall(r"^\| `[a-z.]+` \| `(\w+)` \|", document, re.M)
        return [name.replace(".", "_") for name in ours if not name.startswith("ignored.")] + theirs

    def load(self, path: Any) -> None:
        """A properties file, for example one written for the KPL or the KCL."""
        failure = Failure()
        check(self._call("load", self.pointer, os.fsencode(path), failure.ref()), failure)

    def set(self, name: str, value: Any) -> None:
        """One setting, by the name that C knows; None leaves the default."""
        if value is None:
            return
        failure = Failure()
        text = as_text(name, value).encode()
        check(self._call("set", self.pointer, name.encode(), text, failure.ref()), failure)

    def set_keyword(self, keyword: str, value: Any) -> None:
        name = self._aliases.get(keyword) or (keyword.replace("_", ".") if keyword.islower() else keyword)
        try:
            self.set(name, value)
        except ConfigError:
            if keyword not in self._aliases and keyword not in self.names() and "." not in keyword:
                hint = nearest(keyword, self.names() + list(self._aliases))
                raise ConfigError("unknown option %r%s" % (keyword, hint), code=-3) from None
            raise

    def fill(self, config: Optional[Mapping[str, Any]], keywords: Mapping[str, Any]) -> None:
        """A mapping by the names of C first, keywords then: these win."""
        for name, value in (config or {}).items():
            if not isinstance(name, str):
                raise TypeError("names of settings must be str, not %s" % type(name).__name__)
            self.set(name, value)
        for keyword, value in keywords.items():
            self.set_keyword(keyword, value)


def as_text(name: str, value: Any) -> str:
    """A value as the settings of C take it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return "%dms" % (value // timedelta(milliseconds=1))
    if isinstance(value, datetime):
        zoned = value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)
        return zoned.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, (str, int)):
        text = str(value)
        if "\0" in text:
            raise ConfigError("%s: must not hold a NUL character" % name, code=-3)
        return text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    raise TypeError("%s must be str, int, bool, datetime or timedelta, not %s" % (name, type(value).__name__))
