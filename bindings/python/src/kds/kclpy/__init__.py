"""Record processors that were written for amazon_kclpy, in this process: no JVM, no daemon, no pipes.

Nothing in the processor's program changes:

    python -m kds.kclpy app.properties app.py

or one line before its imports does it:

    import kds.kclpy; kds.kclpy.install("app.properties")

The properties file is that of the MultiLangDaemon. Any setting may be given besides, by its name in docs/configuration.md:
install("app.properties", store="sqlite:app.db"). One object of the program's class serves each shard, a copy of the one
that it gave to KCLProcess. One at a time is called, unless install(workers=N) says that the program can do with N threads.

Different from amazon_kclpy on purpose: records whose processing raised come again, instead of being taken for processed.
"""
from __future__ import annotations

import importlib
import sys
from typing import Any

from kds._errors import ConfigError

_MODULES = ("kcl", "messages", "checkpoint_error", "v2", "v2.processor", "v3", "v3.processor")

configuration: dict[str, Any] = {"properties": None, "options": {}}


def install(properties: Any = None, **options: Any) -> None:
    """Let `import amazon_kclpy` find this package, and say what KCLProcess.run() runs with."""
    there = sys.modules.get("amazon_kclpy")
    if there is not None and there is not sys.modules[__name__]:
        raise ConfigError("amazon_kclpy is imported already: call kds.kclpy.install() before", code=-7)
    configuration["properties"], configuration["options"] = properties, options
    sys.modules["amazon_kclpy"] = sys.modules[__name__]
    for name in _MODULES:
        sys.modules["amazon_kclpy." + name] = importlib.import_module(__name__ + "." + name)
