"""The house rules hold everywhere in the repository, and each check is seen to fail on a bad snippet."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import tidy_checks as tidy

root = Path(__file__).parents[1]
NOT_OURS = {".venv", "node_modules", ".git", ".make", "__pycache__", "dist"}


def files(*patterns: str) -> Iterator[tuple[str, str]]:
    """Path (from the root) and text of every file that matches and is ours."""
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            inside = path.relative_to(root)
            if path.is_file() and not NOT_OURS.intersection(inside.parts):
                yield inside.as_posix(), path.read_text("utf-8")


PYTHON = ("src/**/*.py", "tests/**/*.py", "bench/**/*.py")
SCREENS = ("desk/**/*.ts", "desk/**/*.tsx", "widget/**/*.ts", "widget/**/*.tsx", "web/*.mjs")
SQL = ("src/waada/**/*.sql",)
PROSE = ("*.md", "docs/**/*.md", "changelog.d/*")
HOUSE = ("Makefile", ".ci/*", "*.toml", "package.json", "tsconfig.json", ".npmrc")
LOCKS = ("requirements*.lock", "package-lock.json")

RULES: list[tuple[tidy.Check, tuple[str, ...]]] = [
    (tidy.layers, ("src/waada/**/*.py",)),
    (tidy.pure_core, ("src/waada/core/**/*.py",)),
    (tidy.real_clock, ("src/waada/**/*.py",)),
    (tidy.sizes, PYTHON + SCREENS),
    (tidy.says_what_it_is_for, PYTHON),
    (tidy.telling_names, ("src/**/*.py", "bench/**/*.py")),
    (tidy.finished, PYTHON + SCREENS + SQL + PROSE + HOUSE),
    (tidy.nothing_of_this_machine, PYTHON + SCREENS + SQL + PROSE + HOUSE + LOCKS),
    (tidy.host_free_lock, LOCKS),
    (tidy.dumb_sql, SQL),
    (tidy.view_sizes, ("desk/**/views/**/*.tsx",)),
    (tidy.few_targets, ("Makefile",)),
]


@pytest.mark.parametrize(("check", "patterns"), RULES, ids=[check.__name__ for check, _ in RULES])
def test_the_house_is_tidy(check: tidy.Check, patterns: tuple[str, ...]) -> None:
    faults = [fault for path, text in files(*patterns) for fault in check(path, text)]
    assert not faults, "\n" + "\n".join(faults)


def test_the_rules_look_at_something() -> None:
    assert len(list(files(*PYTHON))) > 10
    assert len(list(files(*LOCKS))) == 4
    assert len(list(files(*HOUSE))) > 5


def test_built_screens_are_ascii() -> None:
    folder = root / "src/waada/web/static"
    if not (folder / "manifest.json").exists():
        pytest.skip("the screens are not built here; `make setup` builds them")
    built = json.loads((folder / "manifest.json").read_text("utf-8")).values()
    assert not [fault for name in built for fault in tidy.ascii_only(name, (folder / name).read_text("latin-1"))]


CORE = "src/waada/core/x.py"
LATER = "TO" + "DO"
HOST = "https://files.python" + "hosted.org/x"
PLACE = "/wo" + "rk/main"

BAD: list[tuple[tidy.Check, str, str]] = [
    (tidy.layers, CORE, "from waada.science import waits"),
    (tidy.layers, CORE, "from waada import engine"),
    (tidy.layers, CORE, "from ..store import memory"),
    (tidy.layers, "src/waada/core/__init__.py", "from .. import engine"),
    (tidy.layers, "src/waada/store/x.py", "import waada.channels.mail_parse"),
    (tidy.layers, "src/waada/web/api.py", "def f():\n    from waada.store.postgres import Store"),
    (tidy.layers, "src/waada/sim/staff.py", "from waada.workers import timers"),
    (tidy.layers, "src/waada/engine.py", "from waada.store import memory"),
    (tidy.layers, "src/waada/misc/x.py", "import waada.core"),
    (tidy.pure_core, CORE, "import numpy"),
    (tidy.pure_core, CORE, "import random"),
    (tidy.pure_core, CORE, "from os import environ"),
    (tidy.pure_core, CORE, "async def f(): pass"),
    (tidy.pure_core, CORE, "def f(): open('x')"),
    (tidy.pure_core, CORE, "for x in {1, 2}: pass"),
    (tidy.pure_core, CORE, "xs = [x for x in set(y)]"),
    (tidy.pure_core, CORE, "@dataclass(slots=True)\nclass A: pass"),
    (tidy.pure_core, CORE, "@dataclass\nclass A: pass"),
    (tidy.real_clock, "src/waada/engine.py", "import datetime\nx = datetime.datetime.now(UTC)"),
    (tidy.real_clock, "src/waada/engine.py", "x = date.today()"),
    (tidy.real_clock, "src/waada/web/x.py", "made = field(default_factory=datetime.now)"),
    (tidy.real_clock, "src/waada/web/x.py", "import time\nx = time.time()"),
    (tidy.sizes, CORE, "def f():\n" + "    x = 1\n" * 60),
    (tidy.sizes, CORE, "class A:\n    async def f(self):\n" + "        x = 1\n" * 60),
    (tidy.sizes, CORE, "x = 1\n" * 401),
    (tidy.sizes, "desk/src/store.ts", "x\n" * 401),
    (tidy.view_sizes, "desk/src/views/queue.tsx", "x\n" * 151),
    (tidy.says_what_it_is_for, CORE, "import ast"),
    (tidy.telling_names, CORE, "class PromiseManager: pass"),
    (tidy.telling_names, CORE, "def f(data): pass"),
    (tidy.telling_names, CORE, "user_data = 1"),
    (tidy.telling_names, CORE, "def process_mail(): pass"),
    (tidy.telling_names, "src/waada/web/http_utils.py", ""),
    (tidy.finished, CORE, f"x = 1  # {LATER}: later"),
    (tidy.nothing_of_this_machine, "README.md", f"see {HOST}"),
    (tidy.nothing_of_this_machine, CORE, f"x = '{PLACE}/src'"),
    (tidy.host_free_lock, "requirements.lock", "--index-url https://example.org/simple"),
    (tidy.host_free_lock, "requirements.lock", "x @ https://example.org/x.whl"),
    (tidy.host_free_lock, "package-lock.json", '      "resolved": "https://example.org/x.tgz",'),
    (tidy.dumb_sql, "src/waada/store/queries.sql", "SELECT now()"),
    (tidy.dumb_sql, "src/waada/store/queries.sql", "CREATE TRIGGER x AFTER INSERT ON y"),
    (tidy.ascii_only, "chat.js", "é"),
    (tidy.few_targets, "Makefile", ".PHONY: a b c d e f g h i"),
]

GOOD: list[tuple[tidy.Check, str, str]] = [
    (tidy.layers, CORE, "from waada.core import hours\nfrom .hours import Hours"),
    (tidy.layers, "src/waada/web/app.py", "from waada.store import postgres"),
    (tidy.layers, "src/waada/store/postgres.py", "from waada.core.events import Event\nimport asyncpg"),
    (tidy.pure_core, CORE, "from zoneinfo import ZoneInfo\nfor x in sorted({1, 2}): pass"),
    (tidy.pure_core, CORE, "@dataclass(frozen=True, slots=True, kw_only=True)\nclass A: pass"),
    (tidy.real_clock, "src/waada/clock.py", "x = datetime.now(UTC)"),
    (tidy.real_clock, "src/waada/engine.py", "x = clock.now()\nnow = 1"),
    (tidy.sizes, CORE, '"""Longer than 400 lines because it is a table."""\n' + "x = 1\n" * 401),
    (tidy.says_what_it_is_for, "src/waada/x/__init__.py", ""),
    (tidy.telling_names, CORE, "metadata = processing = 1\ndef handle_data(self, data): pass\nclass Database: pass"),
    (tidy.dumb_sql, "src/waada/store/queries.sql", "SELECT $1 -- never now()"),
]


@pytest.mark.parametrize(("check", "path", "text"), BAD, ids=[f"{c.__name__}-{n}" for n, (c, _, _) in enumerate(BAD)])
def test_a_bad_snippet_is_found(check: tidy.Check, path: str, text: str) -> None:
    assert check(path, text)


@pytest.mark.parametrize(("check", "path", "text"), GOOD, ids=[f"{c.__name__}-{n}" for n, (c, _, _) in enumerate(GOOD)])
def test_a_good_snippet_is_left_alone(check: tidy.Check, path: str, text: str) -> None:
    assert check(path, text) == []


def test_every_rule_is_seen_to_fail() -> None:
    assert {check for check, _ in RULES} <= {check for check, _, _ in BAD}
