"""How our word was kept, through the API: figures, the promises behind each, and what customers are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from waada.core.keeping import RECORD_DAYS
from web_office import Office

pytestmark = pytest.mark.postgres

MINUTE = 60.0


async def begin(office: Office, channel: str = "mail", language: str = "en") -> str:
    body = {"channel": channel, "customer": {"name": "Aru", "language": language}, "text": "Hello?"}
    answer = await office.key.post("/conversations", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["conversation"]["id"])


async def answer(office: Office, conversation: str) -> None:
    path = f"/conversations/{conversation}/messages"
    assert (await office.key.post(path, {"author": "person", "text": "Here we are."})).status_code == 201


async def some_of_every_kind(office: Office) -> dict[str, str]:
    """Three kept, one missed in silence, one told in time, one released; the clock stands an hour later."""
    found = {
        "kept": await begin(office),
        "chat": await begin(office, "chat"),
        "arabic": await begin(office, language="ar"),
        "silent": await begin(office),
        "caught": await begin(office),
        "released": await begin(office),
    }
    new = (office.clock.now() + timedelta(hours=2)).isoformat()
    told = await office.lead.post(f"/conversations/{found['caught']}/renegotiate", {"due_at": new, "reason": "busy"})
    assert told.status_code == 200, told.text
    office.clock.advance(timedelta(minutes=5))
    for name in ("kept", "chat", "arabic"):
        await answer(office, found[name])
    gone = await office.key.post(f"/conversations/{found['released']}/customer-actions", {"action": "release"})
    assert gone.status_code == 200, gone.text
    office.clock.advance(timedelta(minutes=55))
    for name in ("silent", "caught"):
        await answer(office, found[name])
    return found


async def report(office: Office, **query: Any) -> dict[str, Any]:
    found = await office.lead.get("/promises/report", **query)
    assert found.status_code == 200, found.text
    return dict(found.json())


async def listed(office: Office, **query: Any) -> list[str]:
    found = await office.lead.get("/promises", **query)
    assert found.status_code == 200, found.text
    return [each["conversation_id"] for each in found.json()["items"]]


async def test_the_report_counts_what_fell_due(office: Office) -> None:
    await some_of_every_kind(office)
    await begin(office)  # not due yet
    found = await report(office)
    figures = found["report"]
    assert (figures["kept"]["count"], figures["kept"]["of"], figures["released"]) == (3, 5, 1)
    assert (round(figures["kept"]["low"], 3), round(figures["kept"]["high"], 3)) == (0.231, 0.882)
    assert {each["key"]: each["kept"]["of"] for each in figures["channels"]} == {"chat": 1, "mail": 4}
    assert {each["key"]: each["kept"]["of"] for each in figures["languages"]} == {"ar": 1, "en": 4}
    assert [each["key"] for each in figures["week_hours"]] == ["1-13"]  # a Tuesday, one in the afternoon in London
    assert (figures["renegotiations"]["caught"]["count"], figures["renegotiations"]["silent"]["count"]) == (1, 1)
    assert (found["zone"], found["channel"]) == ("Europe/London", None)


async def test_the_report_of_one_channel_or_language(office: Office) -> None:
    await some_of_every_kind(office)
    assert (await report(office, channel="chat"))["report"]["kept"]["of"] == 1
    assert (await report(office, language="ar"))["report"]["kept"]["of"] == 1
    assert (await report(office, channel="chat", language="ar"))["report"]["kept"]["of"] == 0


async def test_the_conversations_behind_every_figure_can_be_read(office: Office) -> None:
    found = await some_of_every_kind(office)
    assert await listed(office, status="caught") == [found["caught"]]
    assert await listed(office, status="silent") == [found["silent"]]
    assert await listed(office, status="released") == [found["released"]]
    assert set(await listed(office, status="missed")) == {found["caught"], found["silent"]}
    assert await listed(office, channel="chat") == [found["chat"]]
    assert await listed(office, language="ar", status="kept") == [found["arabic"]]
    assert len(await listed(office, hour=13, weekday=1, day="2026-06-02")) == 6
    for query in ({"hour": 12}, {"weekday": 2}, {"day": "2026-06-03"}, {"chance_from": 0.0}):
        assert await listed(office, **query) == [], query
    [shown] = (await office.lead.get("/promises", status="caught")).json()["items"]
    assert (shown["status"], shown["telling"], shown["revisions"]) == ("missed", "caught", 1)
    assert (shown["conversation"]["customer"], shown["conversation"]["id"]) == ("Aru", found["caught"])


async def test_a_long_list_is_read_in_stretches_latest_first(office: Office) -> None:
    begun = []
    for _ in range(7):
        begun.append(await begin(office))
        office.clock.advance(timedelta(hours=30))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        page = (await office.lead.get("/promises", **query)).json()
        seen += [each["conversation_id"] for each in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == begun[::-1]


async def test_a_period_that_cannot_be_meant_is_refused_in_words(office: Office) -> None:
    for path in ("/promises", "/promises/report"):
        for query in (
            {"from": "2026-06-02T00:00:00Z", "to": "2026-06-01T00:00:00Z"},
            {"from": "2026-07-02T00:00:00Z"},
            {"from": "2020-01-01T00:00:00Z"},
            {"to": "0001-01-01T00:00:00Z"},
            {"from": "yesterday"},
            {"channel": "no such"},
        ):
            assert (await office.lead.get(path, **query)).status_code == 422, (path, query)
    early = {"from": "0001-01-01T00:00:00Z", "to": "0001-01-01T12:00:00Z"}
    assert await listed(office, **early) == []
    assert await listed(office, **early, cursor="9999-12-31T23:59:59.999999+00:00_x") == []
    for wish in ({"cursor": "x"}, {"cursor": "2026-06-02T00:00:00_"}, {"hour": 24}, {"status": "good"}, {"day": "x"}):
        assert (await office.lead.get("/promises", **wish)).status_code == 422, wish


async def test_what_customers_are_shown_is_counted_once_a_minute_and_never_rounded_up(office: Office) -> None:
    for number in range(30):
        conversation = await begin(office)
        office.clock.advance(timedelta(seconds=1))
        if number:
            await answer(office, conversation)
    office.clock.advance(timedelta(minutes=20))
    found = (await office.agent.get("/promises/record")).json()
    assert found == {
        "days": RECORD_DAYS,
        "channels": [{"channel": "mail", "kept": 29, "scored": 30, "percent": 96}],  # 96.67 %
    }
    await begin(office)
    office.clock.advance(timedelta(seconds=59))
    assert (await office.agent.get("/promises/record")).json() == found
    office.clock.advance(timedelta(minutes=20))
    assert (await office.agent.get("/promises/record")).json()["channels"][0]["scored"] == 31
