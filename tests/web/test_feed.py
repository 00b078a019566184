"""The feed as a desk hears it: a snapshot, then every fact once, also after a cut; nothing of another brand."""

import asyncio
from typing import Any

import pytest

from waada.web import feed
from web_office import URL, Caller, Office, Socket

pytestmark = pytest.mark.postgres


def desk(office: Office, who: Caller, after: str = "") -> Socket:
    headers = {**who.headers, "origin": URL}
    if who.cookie:
        headers["cookie"] = who.cookie
    return Socket(office.app, "/feed", query=f"after={after}", headers=headers)


def rows_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {row["id"]: row for row in snapshot["rows"]}


def folded(rows: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    """What a screen shows after these facts: it only ever replaces a row by a newer one."""
    rows = dict(rows)
    for frame in frames:
        row = frame.get("row")
        if row and row["version"] > rows.get(row["id"], {"version": 0})["version"]:
            rows[row["id"]] = row
    return {key: row for key, row in rows.items() if row["status"] != "closed"}


async def test_a_new_desk_gets_everything_then_every_change(office: Office) -> None:
    first = await office.write("first")
    await office.settled()
    async with desk(office, office.agent) as socket:
        snapshot = await socket.hear()
        assert snapshot["kind"] == "snapshot"
        assert [row["preview"] for row in snapshot["rows"]] == ["first"]
        assert snapshot["me"]["name"] == "Ann"
        assert snapshot["brand"]["slug"] == "shop"
        assert [key["hash"] for key in snapshot["brand"]["keys"]] == [""]
        assert snapshot["letters"] == []

        await office.write("second")
        frames = [await socket.hear()]
        while frames[-1]["row"] is None:
            frames.append(await socket.hear())
        assert [frame["event_kind"] for frame in frames][:2] == ["conversation_opened", "customer_wrote"]
        assert frames[-1]["row"]["preview"] == "second"
        assert first["conversation"]["id"] != frames[-1]["stream"]


async def test_snapshot_and_facts_are_the_next_snapshot(office: Office) -> None:
    conversation = (await office.write("one"))["conversation"]["id"]
    async with desk(office, office.agent) as socket:
        rows = rows_of(await socket.hear())
        other = (await office.write("two"))["conversation"]["id"]
        await office.agent.post(f"/conversations/{conversation}/messages", {"author": "person", "text": "Here."})
        await office.agent.post(f"/conversations/{other}/assign", {"person_id": office.agent.person_id})
        await office.agent.post(f"/conversations/{other}/notes", {"text": "odd"})
        await office.agent.post(f"/conversations/{conversation}/close", {"outcome": "resolved"})
        await office.settled()
        await asyncio.sleep(0.05)
        frames = socket.heard()
    async with desk(office, office.agent) as again:
        assert rows_of(await again.hear()) == folded(rows, frames)


async def test_after_a_cut_nothing_is_missing_and_nothing_comes_twice(office: Office) -> None:
    async with desk(office, office.agent) as socket:
        position = (await socket.hear())["position"]
        await office.write("while connected")
        await office.settled()
        await asyncio.sleep(0.05)
        heard = socket.heard()
    for number in range(3):
        await office.write(f"while away {number}")
    await office.settled()
    async with desk(office, office.agent, after=heard[1]["position"]) as again:
        await office.write("back again")
        await office.settled()
        await asyncio.sleep(0.05)
        missed = again.heard()
    positions = [frame["position"] for frame in heard[:2] + missed]
    assert len(positions) == len(set(positions))
    whole, _ = await office.parts.store.feed(position, 10_000)
    assert positions == [fact.cursor for fact in whole]


@pytest.mark.parametrize("after", ["nonsense", "99999999999.1", "1.2.3", "", "0", "-1.5", "7"])
async def test_a_position_nobody_knows_begins_with_a_snapshot(office: Office, after: str) -> None:
    async with desk(office, office.agent, after=after) as socket:
        assert (await socket.hear())["kind"] == "snapshot"


async def test_another_brand_hears_nothing(office: Office, other: Office) -> None:
    async with desk(other, other.agent) as socket:
        snapshot = await socket.hear()
        assert snapshot["brand"]["slug"] == "rival"
        conversation = (await office.write())["conversation"]["id"]
        async with desk(office, office.agent) as own:
            await own.hear()
            own.say(kind="typing", conversation=conversation, on=True)
            own.say(kind="ping")
            await own.hear_kind("pong")
        await office.settled()
        await asyncio.sleep(0.05)
        assert socket.heard() == []


async def test_a_key_hears_the_feed_too(office: Office) -> None:
    async with desk(office, office.key) as socket:
        snapshot = await socket.hear()
        assert snapshot["me"]["role"] == "agent"


async def test_only_our_own_pages_may_listen_with_a_cookie(office: Office) -> None:
    cookie = office.agent.cookie
    for origin in ("http://evil.test", "null"):
        headers = {"cookie": cookie, "origin": origin}
        async with Socket(office.app, "/feed", headers=headers) as socket:
            assert not socket.accepted
    async with Socket(office.app, "/feed", headers={"authorization": "Bearer waada_nonsense"}) as socket:
        assert not socket.accepted
    async with Socket(office.app, "/feed") as socket:
        assert not socket.accepted


async def test_colleagues_see_who_looks_and_who_types(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    async with desk(office, office.agent) as ann, desk(office, office.lead) as lena:
        await ann.hear()
        await lena.hear()
        ann.say(kind="viewing", conversation=conversation)
        seen = await lena.hear_kind("signal")
        assert seen == {
            "kind": "signal",
            "what": "viewing",
            "stream": conversation,
            "who": {"id": office.agent.person_id, "name": "Ann"},
            "on": True,
        }
        ann.say(kind="typing", conversation=conversation, on=True)
        assert (await lena.hear_kind("signal"))["what"] == "typing"
        async with desk(office, office.owner) as ola:
            await ola.hear()
            assert (await ola.hear())["who"]["name"] == "Ann"
        ann.say(kind="viewing", conversation=None)
        assert not (await lena.hear_kind("signal"))["on"]
        assert [frame for frame in ann.heard() if frame["kind"] == "signal"] == []


async def test_somebody_who_left_the_team_is_cut_off(office: Office) -> None:
    async with desk(office, office.agent) as socket:
        await socket.hear()
        assert (await office.owner.delete(f"/people/{office.agent.person_id}")).status_code == 204
        while socket.closed_with is None:
            await socket.hear()
        assert socket.closed_with == 4401
    assert (await office.agent.get("/me")).status_code == 401


async def test_signing_out_closes_the_desk(office: Office) -> None:
    async with desk(office, office.agent) as socket:
        await socket.hear()
        await office.agent.delete("/session")
        while socket.closed_with is None:
            await socket.hear()
        assert socket.closed_with == 4401


async def test_a_revoked_key_hears_no_more(office: Office) -> None:
    brand = (await office.owner.get("/brand")).json()["brand"]
    async with desk(office, office.key) as socket:
        await socket.hear()
        await office.owner.delete(f"/keys/{brand['keys'][0]['id']}")
        while socket.closed_with is None:
            await socket.hear()
    assert (await office.key.get("/brand")).status_code == 401


async def test_a_desk_that_does_not_keep_up_is_cut_off(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "QUEUE_MAX", 10)
    subscription = office.parts.hub.subscribe(office.brand)
    for _ in range(3):
        await office.write()
    await office.settled()
    assert subscription.cut
    with pytest.raises(StopAsyncIteration):
        await anext(subscription)


async def test_a_window_hears_only_its_own_conversation(office: Office) -> None:
    mine = (await office.write("mine"))["conversation"]["id"]
    await office.settled()
    subscription = office.parts.hub.subscribe(office.brand, stream=mine)
    await office.write("another")
    await office.agent.post(f"/conversations/{mine}/messages", {"author": "person", "text": "Hello"})
    office.parts.hub.signal(office.brand, mine, "typing", {"on": True})
    await office.settled()
    heard = [await anext(subscription)]
    heard += subscription.take()
    assert {each.stream for each in heard} == {mine}
    subscription.close()


async def test_changes_to_the_brand_ride_with_the_brand(office: Office) -> None:
    async with desk(office, office.agent) as socket:
        await socket.hear()
        await office.agent.put("/me/duty", {"on_duty": True})
        frame = await socket.hear_kind("fact")
        assert frame["event_kind"] == "duty_set"
        ann = next(each for each in frame["brand"]["people"] if each["name"] == "Ann")
        assert ann["on_duty"]
        await office.owner.post("/keys", {"name": "till", "role": "agent"}, Idempotency_Key="k")
        frame = await socket.hear_kind("fact")
        assert frame["event"]["key"]["hash"] == ""
        assert frame["command_id"] == "k"
