"""The house rules as checks: each takes a file's path and text and returns the faults it finds, in words.

They read the syntax tree, so that a word in a docstring is no fault. `test_tidy.py` runs them on the repository, and on
bad snippets to see that they can fail.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400
VIEW_LINES_MAX = 150
# A file may be longer if it says why, in a line like this near its top.
REASON_TO_BE_LONG = re.compile(r"longer than 400 lines because \w+", re.IGNORECASE)

# Who may import what of ours; a layer always may import itself. An unknown layer is a fault: give it a line here.
BELOW = frozenset(
    [
        "core",
        "science",
        "engine",
        "ports",
        "trouble",
        "words",
        "calendars",
        "clock",
        "codec",
        "mailbag",
        "proving",
        "rulebooks",
        "sealing",
        "signins",
        "tokens",
    ],
)
MAY_IMPORT: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "trouble": frozenset(),
    "ports": frozenset({"core", "trouble"}),
    "clock": frozenset({"core", "ports"}),
    "codec": frozenset({"core"}),
    "tokens": frozenset({"core"}),
    "signins": frozenset({"core"}),
    "sealing": frozenset({"trouble"}),
    "mailbag": frozenset({"core"}),
    "words": frozenset({"core"}),
    "calendars": frozenset({"core", "trouble"}),
    "rulebooks": frozenset({"core"}),
    "proving": frozenset({"core"}),
    "science": frozenset({"core"}),
    "engine": frozenset({"core", "science", "ports"}),
    "settings": frozenset({"trouble"}),
    "store": BELOW,
    "channels": BELOW,
    "web": BELOW | {"settings", "answers"},
    "workers": BELOW,
    "sim": BELOW,
    "answers": BELOW,
    "audit": BELOW,
}
# These put the parts together and may import everything.
COMPOSITION_ROOTS = frozenset({"web/app.py", "sim/world.py", "cli.py", "node.py", "demo.py", "__main__.py"})
# May look at the real clock: the Clock port's one implementation that does.
CLOCK_FILES = frozenset({"ports.py", "clock.py"})

# Parts of the standard library that touch the world, or differ from run to run.
IMPURE_NAMES = """
asyncio concurrent ctypes fcntl glob http io logging mmap multiprocessing os pathlib pickle random
sched secrets select shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys
tempfile threading time urllib
"""
IMPURE = frozenset(IMPURE_NAMES.split())
VAGUE_WORDS = frozenset(
    ["manager", "managers", "service", "services", "helper", "helpers", "util", "utils", "data", "process"],
)
# Names that a library asks for.
FOREIGN_NAMES = frozenset({"handle_DATA", "smtp_DATA", "data_received", "mimetype_data", "visit_data", "handle_data"})

REAL_CLOCK = re.compile(r"(\w+\.)?(datetime|date|dt)\.(now|utcnow|today)|time\.time|uuid\.uuid[14]")

Check = Callable[[str, str], list[str]]


def layer_of(path: str) -> str:
    """`src/waada/core/hours.py` is in `core`; `src/waada/engine.py` is a layer of its own."""
    first = path.removeprefix("src/waada/").split("/")[0]
    return first.removesuffix(".py")


def imported_modules(path: str, text: str) -> Iterator[tuple[int, str]]:
    package = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").split("/")
    if not path.endswith("/__init__.py"):
        package = package[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "waada" or not node.module:
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def layers(path: str, text: str) -> list[str]:
    """Each layer imports only what lies below it."""
    if path.removeprefix("src/waada/") in COMPOSITION_ROOTS or path == "src/waada/__init__.py":
        return []
    layer = layer_of(path)
    if layer not in MAY_IMPORT:
        return [f"{path}: the layer {layer!r} is not in tests/tidy_checks.py; say there what it may import"]
    allowed = MAY_IMPORT[layer] | {layer}
    return [
        f"{path}:{line}: {layer} may not import {module}"
        for line, module in imported_modules(path, text)
        if module.startswith("waada.") and module.split(".")[1] not in allowed
    ]


def pure_core(path: str, text: str) -> list[str]:
    """The core is the standard library only, without clock, chance, I/O, async, or an order that changes."""
    if layer_of(path) != "core":
        return []
    faults = [
        f"{path}:{line}: the core may not import {module}"
        for line, module in imported_modules(path, text)
        if (root := module.split(".")[0]) != "waada" and (root not in sys.stdlib_module_names or root in IMPURE)
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            faults.append(f"{path}:{node.lineno}: nothing waits in the core")
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "print", "input"}
        ):
            faults.append(f"{path}:{node.lineno}: the core touches nothing, but calls {node.func.id}()")
        elif isinstance(node, ast.For | ast.comprehension) and is_set(node.iter):
            faults.append(f"{path}:{node.iter.lineno}: a set has no order; sort it first")
        elif isinstance(node, ast.ClassDef):
            faults += [f"{path}:{node.lineno}: {node.name} is not {want}" for want in missing_in_dataclass(node)]
    return faults


def called_name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and called_name(node) in {"set", "frozenset"}


def missing_in_dataclass(node: ast.ClassDef) -> list[str]:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(call, ast.Name) and call.id == "dataclass":
            said = {word.arg for word in decorator.keywords} if isinstance(decorator, ast.Call) else set()
            return [want for want in ("frozen", "slots") if want not in said]
    return []


def real_clock(path: str, text: str) -> list[str]:
    """Time comes in as an argument or from the Clock port."""
    if path.removeprefix("src/waada/") in CLOCK_FILES:
        return []
    faults = []
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)):
            continue
        spoken = ast.unparse(node)
        if re.fullmatch(r"(\w+\.)?(datetime|date|dt)\.(now|utcnow|today)", spoken) or spoken in {
            "time.time",
            "uuid.uuid4",
        }:
            faults.append(f"{path}:{node.lineno}: {spoken}: ask the Clock or the Ids port")
    return faults


def sizes(path: str, text: str) -> list[str]:
    """Functions up to 60 lines, files up to 400 (or with a reason)."""
    lines = text.splitlines()
    faults = too_long(path, lines, FILE_LINES_MAX)
    if path.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    faults.append(
                        f"{path}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES_MAX}"
                    )
    return faults


def too_long(path: str, lines: list[str], lines_max: int) -> list[str]:
    if len(lines) <= lines_max or REASON_TO_BE_LONG.search("\n".join(lines[:30])):
        return []
    return [f"{path}: {len(lines)} lines, more than {lines_max}, and no reason given"]


def view_sizes(path: str, text: str) -> list[str]:
    return too_long(path, text.splitlines(), VIEW_LINES_MAX)


def says_what_it_is_for(path: str, text: str) -> list[str]:
    """Every module opens with a docstring (an empty `__init__` needs none)."""
    if not text.strip() or ast.get_docstring(ast.parse(text)):
        return []
    return [f"{path}: has no docstring that says what it is for"]


def words_of(name: str) -> set[str]:
    return {word.lower() for part in name.split("_") for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", part)}


def telling_names(path: str, text: str) -> list[str]:
    """Names say the customer-care word: no vague ones for modules, classes, functions, parameters, variables."""
    named: list[tuple[int, str]] = [(1, path.rsplit("/", maxsplit=1)[-1].split(".", maxsplit=1)[0])]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            named.append((node.lineno, node.name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in FOREIGN_NAMES:
            named += [(each.lineno, each.arg) for each in ast.walk(node.args) if isinstance(each, ast.arg)]
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            named.append((node.lineno, node.id))
    return [
        f"{path}:{line}: {name!r} says nothing: {word!r}"
        for line, name in named
        if name not in FOREIGN_NAMES
        for word in sorted(words_of(name) & VAGUE_WORDS)
    ]


def finished(path: str, text: str) -> list[str]:
    """Nothing is left for later."""
    return [
        f"{path}:{number}: {found.group()} is left for later"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := re.search(r"\b(TO" r"DO|FIX" r"ME|X{3}|HA" r"CK)\b", line))
    ]


def nothing_of_this_machine(path: str, text: str) -> list[str]:
    """No address of a package registry, no folder of the machine that it was written on."""
    registries = r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.(?:org|com)|registry\.yarnpkg|deb\.debian\.org"
    folders = r"(?<![\w./-])/(?:work|root|tmp)/[\w.-]+"
    pattern = re.compile(f"{registries}|{folders}")
    return [
        f"{path}:{number}: {found.group()} belongs to one machine"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


def host_free_lock(path: str, text: str) -> list[str]:
    """A lock names packages and hashes; where they come from is the machine's business."""
    pattern = re.compile(
        r"^\s*(?:-i|--\S*(?:index|find-links)\S*|-f)\b|@ (?:https?|file):|\"resolved\"|https?://\S*regist"
    )
    return [
        f"{path}:{number}: names a place: {line.strip()[:60]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def dumb_sql(path: str, text: str) -> list[str]:
    """Time is a parameter, and nothing happens behind the engine's back."""
    pattern = re.compile(
        r"\bnow\s*\(|\bcurrent_(?:timestamp|date|time)\b|\b(?:clock|statement|transaction)_timestamp\b"
        r"|\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:trigger|rule)\b",
        re.IGNORECASE,
    )
    return [
        f"{path}:{number}: {found.group()!r} in SQL: time is a parameter, and there are no triggers or rules"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line.split("--", maxsplit=1)[0]))
    ]


def ascii_only(path: str, text: str) -> list[str]:
    return [] if text.isascii() else [f"{path}: is not ASCII"]


def few_targets(path: str, text: str) -> list[str]:
    targets = re.search(r"^\.PHONY:(.*)$", text, re.MULTILINE)
    count = len(targets.group(1).split()) if targets else 0
    return [] if 1 <= count <= 8 else [f"{path}: {count} targets; at most eight"]
