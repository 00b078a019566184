"""The documentation says what the code does, where that can be compared."""

import importlib.util
import re
from pathlib import Path
from urllib.parse import unquote

import typer

from waada import cli
from waada.core.laws import LAWS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("**/*.md")), *sorted(ROOT.glob("changelog.d/*.md")))


def anchors(page: Path) -> set[str]:
    """What a link may jump to in a page, as the usual viewers name it."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [each for each in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", each)]


def leads_nowhere(page: Path, link: str) -> bool:
    place, _, anchor = unquote(link).partition("#")
    target = page.parent / place if place else page
    return not target.exists() or (bool(anchor) and anchor not in anchors(target))


def test_every_link_leads_somewhere() -> None:
    dead = [f"{page.relative_to(ROOT)}: {link}" for page in PAGES for link in links(page) if leads_nowhere(page, link)]
    assert dead == []
    assert sum(len(links(page)) for page in PAGES) > 50


def test_a_dead_link_is_found() -> None:
    page = DOCS / "README.md"
    assert leads_nowhere(page, "no-such-page.md")
    assert leads_nowhere(page, "style.md#no-such-part")
    assert not leads_nowhere(page, "style.md#habits")


def test_every_page_stands_in_the_index() -> None:
    listed = {(DOCS / link).resolve() for link in links(DOCS / "README.md")}
    missing = [page.name for page in DOCS.glob("**/*.md") if page not in listed | {DOCS / "README.md"}]
    assert missing == [], "give each a line in docs/README.md"


def first_cells(page: Path) -> set[str]:
    """The names in the first column of a page's tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", page.read_text("utf-8"), re.MULTILINE))


def test_every_setting_is_described() -> None:
    source = (ROOT / "src/waada/settings.py").read_text("utf-8")
    read = set(re.findall(r'env(?:\.get\(|\[|, )"([A-Z_]+)"', source)) - {"XDG_DATA_HOME"}
    assert len(read) > 10
    assert first_cells(DOCS / "reference" / "settings.md") == read


def test_every_command_and_option_is_described() -> None:
    text = (DOCS / "reference" / "command-line.md").read_text("utf-8")
    group = typer.main.get_command(cli.app)
    commands = group.commands  # type: ignore[attr-defined]  # a group, since there are several
    assert set(commands) == set(re.findall(r"^\| `waada (\w+)", text, re.MULTILINE))
    options = {option for each in commands.values() for one in each.params for option in one.opts if option[:2] == "--"}
    described = {name for name in first_cells(DOCS / "reference" / "command-line.md") if name.startswith("--")}
    assert described == options - {"--help"}


def test_every_law_is_described_in_its_own_words() -> None:
    text = (DOCS / "reference" / "laws.md").read_text("utf-8")
    assert [law for law, words in LAWS.items() if f"| `{law}` | {words} |" not in text] == []


def test_the_state_diagrams_are_drawn_from_the_tables() -> None:
    spec = importlib.util.spec_from_file_location("draw_states", DOCS / "draw_states.py")
    assert spec is not None
    assert spec.loader is not None
    draw_states = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw_states)
    assert draw_states.PAGE.read_text(encoding="utf-8") == draw_states.page(), "run: python docs/draw_states.py"


def test_states_change_only_as_the_tables_say() -> None:
    from waada.core.enquiry import ENQUIRY_TRANSITIONS
    from waada.core.promises import PROMISE_TRANSITIONS

    for table in (ENQUIRY_TRANSITIONS, PROMISE_TRANSITIONS):
        assert {follower for edges in table.values() for follower in edges.values()} <= set(table)
