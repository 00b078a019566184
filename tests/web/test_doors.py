"""Every door as every kind of caller, and as another brand: the table of endpoints against the real answers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from waada.web import api
from waada.web.access import Actor, may
from waada.web.endpoints import Endpoint
from web_office import PASSWORD, Caller, Office

pytestmark = pytest.mark.postgres

# What would be a good request for each door that wants a body, so that a refusal is about who asks and nothing else.
BODIES: dict[str, Any] = {
    "POST /conversations": {"channel": "mail", "customer": {"email": "a@example.test"}, "text": "Hi"},
    "POST /conversations/{conversation}/messages": {"author": "person", "text": "Hello"},
    "POST /conversations/{conversation}/notes": {"text": "note"},
    "POST /conversations/{conversation}/assign": {"person_id": None},
    "POST /conversations/{conversation}/transfer": {"person_id": "{person}", "reason": "holiday"},
    "POST /conversations/{conversation}/renegotiate": {"due_at": "2026-06-02T15:00:00Z", "reason": "busy"},
    "POST /conversations/{conversation}/renegotiate/preview": {"due_at": "2026-06-02T15:00:00Z", "reason": "busy"},
    "POST /conversations/{conversation}/snooze": {"until": "2026-06-03T10:00:00Z"},
    "POST /conversations/{conversation}/snooze/preview": {"until": "2026-06-03T10:00:00Z"},
    "POST /conversations/{conversation}/close": {"outcome": "spam"},
    "POST /conversations/{conversation}/undo": {},
    "POST /conversations/{conversation}/customer-actions": {"action": "person"},
    "PUT /conversations/{conversation}/draft": {"text": "Dear"},
    "POST /letters/{letter}/open": {},
    "POST /letters/{letter}/dismiss": {},
    "PUT /brand": {"name": "Shop", "zone": "Europe/London", "languages": ["en"], "colour": "#0f766e"},
    "PUT /brand/hours": {"zone": "Europe/London", "week": {"monday": [["09:00", "17:00"]]}},
    "PUT /channels/{channel}": {"kind": "api", "name": "Till", "live": False},
    "POST /channels/{channel}/preview": {
        "kind": "chat",
        "name": "Till",
        "live": False,
        "policy": {"first_answer_seconds": 60, "next_answer_seconds": 60},
    },
    "POST /plan/gate": {"channel": "api", "policy": {"first_answer_seconds": 60, "next_answer_seconds": 60}},
    "PUT /canned/{canned}": {"title": "Hello", "text": "Hello there"},
    "PUT /bars/{bar}": {"channel_kind": "mail", "seconds": 600, "source": "Our own"},
    "POST /people": {"name": "New", "email": "new@example.test", "role": "agent"},
    "PUT /people/{person}": {"name": "Ann", "email": "ann@shop.test", "role": "agent"},
    "PUT /people/{person}/roster": {"roster": None, "chats_at_once": 2},
    "POST /people/{person}/invitation": {},
    "POST /keys": {"name": "till", "role": "agent"},
    "POST /mailboxes/{channel}/reconcile": {},
    "POST /unsent/try": {},
    "POST /demo/play": {"speed": 5},
    "POST /session": {"email": "ann@shop.test", "password": "wrong password"},
    "PUT /me": {"name": "Ann", "languages": ["en"]},
    "PUT /me/duty": {"on_duty": False},
    "PUT /me/password": {"old": PASSWORD, "new": PASSWORD},
    "POST /invitations/{token}": {"password": PASSWORD},
    "POST /first-run": {
        "brand": {"name": "Third", "zone": "Asia/Almaty"},
        "owner": {"name": "Third", "email": "third@example.test", "password": PASSWORD},
    },
}
QUERIES = {"GET /holidays": "country=GB&year=2026"}
DOORS = [each for each in api.endpoints() if each.path.startswith("/api/")]
# What a role may not do stands here a second time, on purpose: the table of endpoints must not decide alone.
LEADS = {
    "GET /wall",
    "GET /neglect",
    "GET /promises",
    "GET /promises/report",
    "PUT /brand/hours",
    "PUT /channels/{channel}",
    "POST /channels/{channel}/preview",
    "POST /plan/gate",
    "GET /plan/gate/{check}",
    "PUT /canned/{canned}",
    "DELETE /canned/{canned}",
    "GET /bars",
    "PUT /bars/{bar}",
    "DELETE /bars/{bar}",
    "GET /promises/missing",
    "GET /rules",
    "GET /rules/{pack}",
    "POST /holidays/ical",
    "POST /people",
    "PUT /people/{person}",
    "PUT /people/{person}/roster",
    "DELETE /people/{person}",
    "POST /people/{person}/invitation",
    "GET /mailboxes",
    "POST /mailboxes/{channel}/reconcile",
    "POST /unsent/try",
}
OWNERS = {"PUT /brand", "POST /keys", "DELETE /keys/{api_key}"}
ANYBODY = {
    "POST /session",
    "DELETE /session",
    "GET /invitations/{token}",
    "POST /invitations/{token}",
    "GET /first-run",
    "POST /first-run",
    "GET /openapi.json",
}


def name_of(door: Endpoint) -> str:
    return f"{door.method} {door.path.removeprefix('/api/v1')}"


def filled(text: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        text = text.replace("{" + name + "}", value)
    return text


async def ids_of(office: Office) -> dict[str, str]:
    """Real things of a brand, for the names in paths."""
    begun = await office.write()
    brand = (await office.owner.get("/brand")).json()["brand"]
    upload = await office.key.http.post("/api/v1/attachments", content=b"x", headers=office.key.headers)
    return {
        "conversation": begun["conversation"]["id"],
        "promise": begun["promise"]["id"],
        "letter": "019e8834-7600-7000-8000-000000000000",
        "blob": upload.json()["blob"],
        "person": office.agent.person_id,
        "api_key": brand["keys"][0]["id"],
        "channel": "mail",
        "check": "00000000-0000-4000-8000-000000000000",
        "canned": "hello",
        "bar": "our-mail",
        "pack": "spain",
        "token": "no-such-token-at-all",
        "mail": "nobody@example.test",
    }


async def knock(door: Endpoint, who: Caller, ids: dict[str, str], **more: str) -> httpx.Response:
    name = name_of(door)
    headers = {**who.headers, **more}
    if door.raw:
        headers["content-type"] = door.raw.replace("*/*", "text/plain")
        return await who.http.request(door.method, filled(door.path, ids), content=b"BEGIN", headers=headers)
    body = BODIES.get(name)
    if body is not None and "{person}" in str(body):
        body = {**body, "person_id": ids["person"]}
    path = filled(door.path, ids) + (f"?{QUERIES[name]}" if name in QUERIES else "")
    return await who.http.request(door.method, path, json=body, headers=headers)


def test_the_rules_are_written_down_twice_and_agree() -> None:
    names = {name_of(each): each.who for each in DOORS}
    assert {name for name, who in names.items() if who == "lead"} == LEADS
    assert {name for name, who in names.items() if who == "owner"} == OWNERS
    assert {name for name, who in names.items() if who == "anyone"} == ANYBODY


def test_every_door_with_a_body_is_tried() -> None:
    assert set(BODIES) == {name_of(each) for each in DOORS if each.body is not None}


@pytest.mark.parametrize("role", ["nobody", "agent", "lead", "owner", "key"])
async def test_every_door_lets_in_whom_it_should(office: Office, role: str) -> None:
    who = office.callers[role]
    for door in sorted(DOORS, key=lambda each: each.path == "/api/v1/session"):
        if name_of(door) in {"DELETE /people/{person}", "DELETE /keys/{api_key}", "PUT /me/password"}:
            continue  # these would end the caller; below
        cookies = dict(who.http.cookies)
        answer = await knock(door, who, await _fresh(office, door))
        if name_of(door) == "POST /first-run":  # whoever begins a brand is signed in there
            who.http.cookies = httpx.Cookies(cookies)
        allowed = may(_actor(office, role), door.who, kind=door.kind)
        refused = answer.status_code in {401, 403}
        told = f"{role} at {name_of(door)}: {answer.status_code} {answer.text[:200]}"
        if name_of(door) in {"POST /session", "POST /first-run"}:
            assert answer.status_code == {"POST /session": 401}.get(name_of(door), _first_run(role)), told
            continue
        assert refused is not allowed, told
        if refused:
            assert answer.status_code == (401 if role == "nobody" else 403), told
        assert answer.status_code in door.all_statuses(), told
        assert answer.status_code < 500, told


def _first_run(role: str) -> int:
    return {"nobody": 401, "owner": 201}.get(role, 403)


async def _fresh(office: Office, door: Endpoint) -> dict[str, str]:
    return await ids_of(office) if door.names else {}


def _actor(office: Office, role: str) -> Actor | None:
    if role == "nobody":
        return None
    person = None if role == "key" else office.callers[role].person_id
    return Actor(
        brand_id=office.brand,
        by=role,
        role="agent" if role == "key" else role,  # type: ignore[arg-type]  # the names of the callers are roles
        name=role,
        person_id=person,  # type: ignore[arg-type]  # a plain text is enough here
    )


async def test_the_doors_that_end_a_caller_are_closed_to_others(office: Office) -> None:
    brand = (await office.owner.get("/brand")).json()["brand"]
    key, ann = brand["keys"][0]["id"], office.agent.person_id
    assert (await office.lead.delete(f"/keys/{key}")).status_code == 403
    assert (await office.agent.delete(f"/people/{ann}")).status_code == 403
    assert (await office.nobody.delete(f"/people/{ann}")).status_code == 401
    assert (await office.lead.delete(f"/people/{office.owner.person_id}")).status_code == 403
    assert (await office.key.put("/me/password", {"old": PASSWORD, "new": PASSWORD})).status_code == 403
    assert (await office.lead.delete(f"/people/{ann}")).status_code == 204
    assert (await office.owner.delete(f"/keys/{key}")).status_code == 204


@pytest.mark.parametrize("role", ["agent", "lead", "owner", "key"])
async def test_nothing_of_another_brand_can_be_seen_or_changed(office: Office, other: Office, role: str) -> None:
    theirs = await ids_of(office)
    before = (await office.owner.get(f"/conversations/{theirs['conversation']}")).json()
    brand_before = (await office.owner.get("/brand")).json()
    who = other.callers[role]
    for door in DOORS:
        # A channel and a canned reply have names, which every brand has its own of.
        if not door.names or set(door.names) <= {"channel", "canned", "token", "bar", "pack"}:
            continue
        answer = await knock(door, who, theirs)
        assert answer.status_code in {403, 404}, f"{role} at {name_of(door)}: {answer.status_code} {answer.text[:200]}"
        assert "aru@example.test" not in answer.text
    assert (await office.owner.get(f"/conversations/{theirs['conversation']}")).json() == before
    assert (await office.owner.get("/brand")).json() == brand_before


async def test_lists_show_only_the_callers_brand(office: Office, other: Office) -> None:
    await office.write("a secret of the shop")
    for path in ("/conversations", "/conversations?view=all", "/search?q=secret", "/letters"):
        answer = await other.owner.http.get(f"/api/v1{path}", headers=other.owner.headers)
        assert answer.json()["items"] == []
    assert (await other.owner.get("/wall")).json()["open"] == 0
    assert (await other.owner.get("/neglect")).json()["total"]["enquiries"] == 0
    office.clock.advance(timedelta(hours=1))
    assert (await office.owner.get("/promises/report")).json()["report"]["kept"]["of"] == 1
    assert (await other.owner.get("/promises/report")).json()["report"]["kept"]["of"] == 0
    assert (await other.owner.get("/promises")).json()["items"] == []
    assert (await other.owner.get("/promises/record")).json()["channels"] == []


# What a page of ours changes by cookie; keys are never sent by a browser on its own.
CHANGES = [each for each in DOORS if each.method != "GET" and each.who != "anyone" and each.kind != "key"]


async def test_another_site_cannot_change_anything_in_my_name(office: Office) -> None:
    ids = await ids_of(office)
    without = Caller(http=office.owner.http)
    wrong = Caller(http=office.owner.http, headers={"X-Waada-CSRF": office.agent.headers["X-Waada-CSRF"]})
    for door in CHANGES:
        for who in (without, wrong):
            answer = await knock(door, who, ids)
            assert answer.status_code == 403, name_of(door)
            assert "X-Waada-CSRF" in answer.json()["detail"]


async def test_another_site_cannot_sign_somebody_in(office: Office) -> None:
    body = {"email": "ann@shop.test", "password": PASSWORD}
    answer = await office.nobody.post("/session", body, origin="http://evil.test")
    assert answer.status_code == 403
    assert (await office.nobody.post("/session", body, origin="http://desk.test")).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer waada_", "Basic abc", "Bearer waada_" + "0" * 32 + "_x", "Bearer \xff", "x" * 5000],
)
async def test_a_key_that_opens_nothing_is_told_so(office: Office, authorization: str) -> None:
    answer = await office.nobody.http.get("/api/v1/me", headers=[(b"authorization", authorization.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_guessing_keys_is_slowed_down(office: Office) -> None:
    seen = set()
    for _ in range(30):
        answer = await office.nobody.http.get("/api/v1/me", headers={"authorization": "Bearer waada_x"})
        seen.add(answer.status_code)
    assert seen == {401, 429}
    assert int(answer.headers["retry-after"]) >= 1
    assert (await office.key.get("/brand")).status_code == 200
