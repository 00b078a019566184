"""Draw what may follow what, from the tables in the core, into docs/reference/states.md: `python docs/draw_states.py`.

A test draws it again and compares, so that the picture can't say anything else than the code.
"""

from pathlib import Path

from waada.core.conversation import CONVERSATION_TRANSITIONS
from waada.core.enquiry import ENQUIRY_TRANSITIONS
from waada.core.promises import PROMISE_TRANSITIONS

PAGE = Path(__file__).parent / "reference" / "states.md"

HEAD = """# What may follow what

Drawn from the transition tables in `src/waada/core/` by `python docs/draw_states.py`; a test compares.

A **conversation** holds enquiries, one after the other. An **enquiry** that is open has exactly one open **promise**,
one armed timer and one responsible person. *Undo* takes back a person's last action within ten seconds.
"""


def diagram(table: dict[str, dict[str, str]], start: str) -> str:
    """Return one table as a Mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {start}"]
    for state, edges in table.items():
        lines += [f"    {state} --> {follower}: {why}" for why, follower in edges.items()]
    lines += [f"    {state} --> [*]" for state, edges in table.items() if all(why == "undo" for why in edges)]
    return "\n".join([*lines, "```"])


def page() -> str:
    """Return the whole page."""
    tables = (
        ("Conversation", CONVERSATION_TRANSITIONS),
        ("Enquiry", ENQUIRY_TRANSITIONS),
        ("Promise", PROMISE_TRANSITIONS),
    )
    parts = [f"## {name}\n\n{diagram(dict(table), 'open')}" for name, table in tables]  # type: ignore[arg-type]
    return "\n".join([HEAD, "\n\n".join(parts), ""])


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
