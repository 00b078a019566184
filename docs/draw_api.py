# ruff: noqa: E501 - a row of a Markdown table is one line
"""Draws `reference/api.md` from the table of endpoints: `python docs/draw_api.py`. A test compares the two."""

from pathlib import Path

from waada.web import api
from waada.web.endpoints import Endpoint

PAGE = Path(__file__).parent / "reference" / "api.md"

ABOVE = """# The API

Drawn from the table of endpoints by `python docs/draw_api.py`; do not edit by hand. Types of every field are in the
OpenAPI 3.1 document that each installation serves at `/api/v1/openapi.json`, made from the same table.

- **Who asks.** `Authorization: Bearer <key>` (`waada key BRAND`, or the settings of the desk), or the session cookie of a
  person; then every change also carries `X-Waada-CSRF` with the token from `GET /me`. See [access](access.md).
- **Once is once.** Send an `Idempotency-Key` (1 to 200 printable characters) with any POST. The same key with the same
  request changes nothing and gives the same answer; with another request it is refused with 422. Keys belong to their
  caller. A new API key and an invitation link are shown again to the same request, and to no other.
- **JSON**, snake_case, instants as RFC 3339 in UTC. Unknown fields in a request are ignored; answers may gain fields.
- **Lists** come in stretches: send the `cursor` of the answer to get the next; null at the end. A cursor is a place in
  the order, so nothing is shown twice or skipped because something else moved.
- **Problems** are RFC 9457 documents (`application/problem+json`): `type`, `title`, `status`, `detail` (a sentence that says
  what to do) and, where one can be named, `field`. 409 means: it was right a moment ago, look again. 429 and 503 carry
  `Retry-After`.
- **Limits**: two million bytes of JSON, 25 million of a file, 50 files on a message. Whoever is neither signed in nor has
  a key is limited by address.

Paths are below `/api/v1`. "Who" is the least role: owner > lead > agent.

| | Path | What | Who | Answers |
|---|---|---|---|---|
"""

BELOW = """
## The feed: `WS /feed?after=<position>`

For desks and programs: the cookie of a page of ours (the Origin is checked), or the header `Authorization: Bearer`.

| frame | when |
|---|---|
| `{"kind":"snapshot","position","me","brand","rows","letters"}` | first, unless `after` names a position that is known and near |
| `{"kind":"fact","position","stream","stream_kind","version","at","by","command_id","event_kind","event","row"}` | every fact of the brand, once, in the order of the log; `row` on a command's last fact, `brand` or `letter` on theirs |
| `{"kind":"signal","what":"typing" or "viewing","stream","who","on"}` | somebody types or looks; never stored, only on this node |
| `{"kind":"pong"}` | after `{"kind":"ping"}` |

Replace what you show by what is newer (`version`): snapshot + facts = the next snapshot. Keep the last `position` and come
back with it: nothing is missing, nothing comes twice. Closed with 1013 means you fell behind (come back with your
position), 4401 that you are no longer let in. A desk may say `{"kind":"viewing","conversation":id or null}` and
`{"kind":"typing","conversation":id,"on":bool}`.

## Neglect

`GET /neglect?from=&to=&by=channel|hour|language|cause` measures on the wall clock. An enquiry counts as neglected when one
of its waits reached the bar of its channel (chat 30 s, mail and API 15 min; strictly under is in time);
`neglect_seconds` adds up those whole waits; a wait that goes on is counted up to now. Enquiries whose waits began from
`from` and before `to` are counted, at most 366 days. `hour` is the brand's local hour in which the first wait began. The
cause is what was the matter when the bar passed: `closed`, `nobody_on_duty`, else `busy`.
"""


def page() -> str:
    """The whole page."""
    return ABOVE + "\n".join(map(_line, api.endpoints())) + "\n" + BELOW


def _line(door: Endpoint) -> str:
    path = door.path.removeprefix("/api/v1")
    who = door.who if door.kind is None else f"{door.who} ({door.kind}s only)".replace("persons", "people")
    statuses = ", ".join(str(each) for each in door.all_statuses() if each not in {500, 503})
    return f"| {door.method} | `{path}` | {door.summary} | {who} | {statuses} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
