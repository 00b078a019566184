"""The named statements of `*.sql` beside this file: the only SQL there is.

A statement begins with `-- name: its_name`, then one or more comment lines that say what it is for.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
FOLDER = Path(__file__).parent


@cache
def statements(folder: Path = FOLDER) -> dict[str, str]:
    """Return every statement in the folder by its name. Two of one name are a bug."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _NAME.split(path.read_text("utf-8"))[1:]
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            assert name not in found, f"two statements are named {name}"
            lines = text.strip().splitlines()
            assert lines[0].startswith("-- "), f"the statement {name} does not say what it is for"
            found[name] = "\n".join(line for line in lines if not line.startswith("-- ")).rstrip(";\n ")
    return found
