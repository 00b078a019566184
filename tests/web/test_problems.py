"""What goes wrong is told as RFC 9457 says, with the field named and a sentence that says what to do."""

from typing import Any

import httpx
import pytest

from web_office import Office

pytestmark = pytest.mark.postgres


def told(answer: httpx.Response, status: int, field: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem.get("field") == field, problem
    return str(problem["detail"])


async def test_an_address_that_leads_nowhere(office: Office) -> None:
    assert "openapi.json" in told(await office.nobody.get("/nothing-here"), 404)


async def test_a_method_that_is_not_there_names_those_that_are(office: Office) -> None:
    answer = await office.owner.put("/conversations", {})
    told(answer, 405)
    assert answer.headers["allow"] == "GET, POST"
    assert (await office.owner.http.request("PATCH", "/api/v1/brand", headers=office.owner.headers)).status_code == 405


async def test_something_that_is_no_json(office: Office) -> None:
    headers = {**office.key.headers, "content-type": "application/json"}
    for content in (b"{", b"\xff", b'{"channel": "\\ud800"}', b""):
        answer = await office.key.http.post("/api/v1/conversations", content=content, headers=headers)
        told(answer, 400)


async def test_json_that_is_nested_without_end(office: Office) -> None:
    headers = {**office.owner.headers, "content-type": "application/json"}
    deep = b'{"zone": "Europe/London", "week": ' + b'{"a":' * 100_000
    told(await office.owner.http.put("/api/v1/brand/hours", content=deep, headers=headers), 400)


async def test_another_media_type(office: Office) -> None:
    headers = {**office.key.headers, "content-type": "text/plain"}
    told(await office.key.http.post("/api/v1/conversations", content=b"{}", headers=headers), 415)


async def test_more_than_is_read(office: Office) -> None:
    headers = {**office.key.headers, "content-type": "application/json"}
    told(await office.key.http.post("/api/v1/conversations", content=b" " * 2_000_001, headers=headers), 413)

    async def dripping() -> Any:
        for _ in range(300):
            yield b" " * 10_000

    told(await office.key.http.post("/api/v1/conversations", content=dripping(), headers=headers), 413)
    big = {**office.key.headers, "content-type": "image/png", "content-length": "25000001"}
    told(await office.key.http.post("/api/v1/attachments", content=b"", headers=big), 413)


GOOD = {"channel": "mail", "customer": {"email": "a@example.test"}, "text": "Hi"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": 5}, "text"),
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1_000_001}, "text"),
        ({"channel": "no-such-channel"}, "channel"),
        ({"channel": "NOT A SLUG"}, "channel"),
        ({"customer": {"email": "no address"}}, "customer.email"),
        ({"customer": {"email": "a@b.c", "zone": "Mars/Olympus"}}, "customer.zone"),
        ({"customer": {"email": "a@b.c\n"}}, "customer.email"),
        ({"customer": {"email": "a,evil@b.c"}}, "customer.email"),
        ({"customer": {"email": "a\u202e@b.c"}}, "customer.email"),
        ({"customer": {"email": "a@b.c", "language": "en\n"}}, "customer.language"),
        ({"text": "\u200b \u2060"}, "text"),
        ({"customer": {"name": "n" * 201}}, "customer.name"),
        ({"customer": {"language": "???"}}, "customer.language"),
        ({"attachments": [{"blob": "../etc/passwd"}]}, "attachments[0].blob"),
    ],
)
async def test_a_field_that_cannot_be_right_is_named(office: Office, change: dict[str, Any], field: str) -> None:
    told(await office.key.post("/conversations", {**GOOD, **change}), 422, field)


async def test_a_field_that_is_missing_is_named(office: Office) -> None:
    assert "missing" in told(await office.key.post("/conversations", {"channel": "mail", "text": "x"}), 422, "customer")


async def test_text_without_the_character_that_no_database_keeps(office: Office) -> None:
    assert "NUL" in told(await office.key.post("/conversations", {**GOOD, "text": "a\x00b"}), 422)
    fine = await office.key.post("/conversations", {**GOOD, "text": "a\\u0000b"})
    assert fine.status_code == 201
    told(await office.key.http.get("/api/v1/search?q=%00", headers=office.key.headers), 422, "q")


async def test_an_idempotency_key_that_cannot_be_one(office: Office) -> None:
    told(await office.key.post("/conversations", GOOD, Idempotency_Key="x" * 201), 422, "Idempotency-Key")


async def test_instants_need_a_zone_and_must_be_within_reach(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    path = f"/conversations/{conversation}/renegotiate"
    for due_at in ("2026-06-02T15:00:00", "tomorrow", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        told(await office.agent.post(path, {"due_at": due_at, "reason": "busy"}), 422, "due_at")
    past = await office.agent.post(path, {"due_at": "2026-06-02T11:00:00Z", "reason": "busy"})
    assert "future" in told(past, 422, "due_at")


async def test_hours_that_cannot_be_meant(office: Office) -> None:
    days: tuple[dict[str, Any], ...] = ({"monday": [["25:00", "26:00"]]}, {"someday": []}, {"monday": "all day"})
    for week in (*days, {"monday": [["09:00"]]}):
        told(await office.owner.put("/brand/hours", {"zone": "Europe/London", "week": week}), 422, "hours")
    told(await office.owner.put("/brand/hours", {"zone": "Nowhere", "week": {}}), 422, "hours.zone")
    told(await office.owner.put("/brand/hours", {}), 422, "hours.zone")


async def test_a_channel_cannot_go_live_without_a_promise(office: Office) -> None:
    answer = await office.owner.put("/channels/new", {"kind": "api", "name": "New", "live": True})
    assert "promise" in told(answer, 422, "policy")


async def test_everything_answered_says_how_it_may_be_used(office: Office) -> None:
    for path in ("/brand", "/nothing", "/openapi.json"):
        headers = (await office.agent.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
    page = await office.nobody.http.get("/")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in page.text


async def test_a_head_request_gets_the_headers_alone(office: Office) -> None:
    answer = await office.nobody.http.head("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.content == b""


async def test_health_and_figures_are_there_for_machines(office: Office) -> None:
    await office.write()
    assert (await office.nobody.http.get("/healthz")).json() == {"status": "ok"}
    assert (await office.nobody.http.get("/readyz")).json() == {"status": "ok"}
    text = (await office.nobody.http.get("/metrics")).text
    assert 'waada_commits_total{kind="conversation"} 1.0' in text
    assert "waada_laws_checked_total" in text
    assert 'waada_request_seconds_count{path="/api/v1/conversations",status="201"} 1.0' in text


async def test_built_files_are_kept_for_ever_only_under_a_name_with_a_hash(office: Office) -> None:
    missing = await office.nobody.http.get("/static/../app.py")
    assert missing.status_code == 404
    assert (await office.nobody.http.get("/static/%2e%2e%2fapp.py")).status_code == 404
    assert (await office.nobody.http.get("/static/nothing-0123456789.js")).status_code == 404


async def test_a_colour_is_nothing_but_a_colour(office: Office) -> None:
    brand = (await office.owner.get("/brand")).json()["brand"]
    asked = {name: brand[name] for name in ("name", "zone", "languages")}
    for colour in ("#000000\n", "#000000;}", "red", "#00000"):
        told(await office.owner.put("/brand", {**asked, "colour": colour}), 422, "colour")


async def test_mail_to_an_address_goes_to_one_brand(office: Office, other: Office) -> None:
    channel = {"kind": "mail", "name": "Mail", "live": False, "address": "shared@shop.test"}
    assert (await office.owner.put("/channels/shared", channel)).status_code == 200
    assert (await office.owner.put("/channels/shared", channel)).status_code == 200
    theirs = await other.owner.put("/channels/mine", {**channel, "address": "Shared@shop.test"})
    assert "another brand" in told(theirs, 409, "address")
    assert "already" in told(await office.owner.put("/channels/second", channel), 409)
