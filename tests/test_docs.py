"""The documentation says what the code does, where that can be compared."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


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
