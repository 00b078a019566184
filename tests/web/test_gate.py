"""The gate: a promise that the team can't keep is refused with what is missing, and goes live once that is there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from waada.core.hours import Hours
from waada.core.people import Brand
from waada.core.policies import Policy
from waada.proving import Check, Question
from waada.science.outlook import LiveOutlook
from waada.sim.gate_keeper import GateKeeper
from waada.sim.gate_runs import simulate
from waada.sim.gate_scene import scene_of
from waada.sim.gate_verdict import interval
from web_office import Caller, Office

NINE_TO_FIVE = {day: [["09:00", "17:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
POLICY = {"first_answer_seconds": 30, "next_answer_seconds": 60, "clock": "always"}
CHAT = {
    "kind": "chat",
    "name": "Chat",
    "live": True,
    "policy": POLICY,
    "hours": {"zone": "Europe/London", "always_open": True},
}


@pytest.fixture
async def gate(office: Office) -> AsyncIterator[GateKeeper]:
    """The office, with a gate, nine to five."""
    keeper = GateKeeper(LiveOutlook(), office.clock)
    object.__setattr__(office.parts, "gate", keeper)
    hours = {"zone": "Europe/London", "week": NINE_TO_FIVE}
    assert (await office.owner.put("/brand/hours", hours)).status_code == 200
    yield keeper
    await keeper.close()


async def checked(who: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Ask, and read until it is done; how far it is never goes back."""
    begun = await who.post("/plan/gate", body)
    assert begun.status_code == 202, begun.text
    progress = 0.0
    while True:
        answer = await who.get(f"/plan/gate/{begun.json()['id']}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert told["progress"] >= progress
        progress = told["progress"]
        if told["done"]:
            return told
        await asyncio.sleep(0.05)


async def brand_of(office: Office) -> Brand:
    brand = await office.parts.store.brand(office.brand)
    assert brand is not None
    return brand


async def question_of(office: Office) -> Question:
    """The same question as the API asks about the chat."""
    brand = await brand_of(office)
    channel = brand.channel("chat")
    assert channel is not None
    policy = Policy(first_answer_seconds=30, next_answer_seconds=60, clock="always")
    hours = Hours.always("Europe/London")
    return Question(brand=brand, channel=replace(channel, policy=policy, hours=hours, live=True), a_day=20.0)


async def test_thirty_seconds_around_the_clock_with_a_nine_to_five_team_is_refused(
    office: Office, gate: GateKeeper
) -> None:
    refused = await office.lead.put("/channels/chat", {**CHAT, "demand": {"a_day": 20}})
    assert refused.status_code == 409
    problem = refused.json()
    found = problem["check"]
    assert problem["field"] == "policy"
    assert found["verdict"] == "fails"
    assert f"{found['keep_rate']:.0%}" in problem["detail"]
    assert len(found["by_hour"]) == 168
    # Sunday night is empty, Tuesday noon is not.
    assert found["by_hour"][6 * 24 + 20] == 0.0
    assert found["by_hour"][24 + 12] > 0.8
    assert any(5 in each["days"] and each["begins"] == "00:00" for each in found["breaking_hours"])

    # Another seed, so other customers, other absences, other handling: within three points.
    scene = scene_of(await question_of(office), LiveOutlook().learned(office.brand), office.clock.now().date())
    rate, _, _ = interval(simulate(scene, 4711, 52 * 7, lambda: None))
    assert abs(rate - found["keep_rate"]) < 0.03

    # Each change that it suggests, made, holds.
    changes = {each["change"]: each for each in found["suggestions"]}
    assert set(changes) == {"people", "longer", "opening"}
    for change in ("longer", "opening"):
        body = {"channel": "chat", "policy": changes[change]["policy"], "demand": {"a_day": 20}}
        hours = changes[change]["hours"]
        again = await checked(office.lead, {**body, "hours": hours})
        assert again["verdict"] == "holds", (change, again["keep_rate"], again["interval"])
    await hire(office, changes["people"]["seats"])
    made = await office.lead.put("/channels/chat", {**CHAT, "demand": {"a_day": 20}})
    assert made.status_code == 200, made.text
    assert made.json()["channel"]["policy"]["overridden"] is None


async def hire(office: Office, seats: list[dict[str, Any]]) -> None:
    """Everybody who is missing, with their rosters."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    number = 0
    for seat in seats:
        for _ in range(seat["people"]):
            number += 1
            person = {"name": f"New {number}", "email": f"new{number}@shop.test", "role": "agent"}
            made = await office.owner.post("/people", person)
            assert made.status_code in {200, 201}, made.text
            week = {days[day]: [[seat["begins"], seat["ends"]]] for day in seat["days"]}
            roster = {"roster": {"zone": "Europe/London", "week": week}, "chats_at_once": 1}
            path = f"/people/{made.json()['person']['id']}/roster"
            assert (await office.owner.put(path, roster)).status_code == 200


async def test_an_owner_may_publish_it_all_the_same_and_the_reason_stays_on_record(
    office: Office, gate: GateKeeper
) -> None:
    reason = "Three people start on Monday."
    assert (await office.lead.put("/channels/chat", {**CHAT, "override_reason": reason})).status_code == 403
    made = await office.owner.put("/channels/chat", {**CHAT, "override_reason": reason})
    assert made.status_code == 200, made.text
    facts = await office.parts.store.facts(office.brand, office.brand)
    assert [each.by for each in facts if reason in repr(each.event)] == [f"person:{office.owner.person_id}"]
    # What was overridden once need not be again to change a name.
    renamed = {**CHAT, "name": "Talk to us", "policy": {**POLICY, "overridden": reason}}
    assert (await office.lead.put("/channels/chat", renamed)).status_code == 200


async def test_what_was_tried_is_published_at_once(
    office: Office, gate: GateKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = {"first_answer_seconds": 8 * 3600, "next_answer_seconds": 8 * 3600, "clock": "opening"}
    body = {"channel": "mail", "policy": policy, "demand": {"a_day": 5}, "hours": None}
    found = await checked(office.lead, body)
    assert found["verdict"] == "holds"
    assert found["suggestions"] == []
    assert found["learned"] is False
    runs: list[str] = []
    monkeypatch.setattr(GateKeeper, "_run", lambda *_: runs.append("a second run"))
    before = (await brand_of(office)).channel("mail")
    assert before is not None
    mail = {"kind": "mail", "name": "Mail", "live": True, "address": before.address, "policy": policy}
    made = await office.lead.put("/channels/mail", {**mail, "demand": {"a_day": 5}})
    assert made.status_code == 200, made.text
    assert runs == []


async def test_a_check_is_for_leads_and_for_their_own_brand(office: Office, gate: GateKeeper) -> None:
    body = {
        "channel": "chat",
        "policy": {**POLICY, "first_answer_seconds": 5 * 86_400, "next_answer_seconds": 5 * 86_400},
    }
    assert (await office.agent.post("/plan/gate", body)).status_code == 403
    assert (await office.nobody.post("/plan/gate", body)).status_code == 401
    found = await checked(office.owner, body)
    assert (await office.agent.get(f"/plan/gate/{found['id']}")).status_code == 403
    assert gate.check(type(office.brand)("somebody else's"), found["id"]) is None
    assert (await office.lead.get("/plan/gate/00000000-0000-4000-8000-000000000000")).status_code == 404


async def test_a_promise_that_makes_no_sense_is_refused_before_it_is_tried(office: Office, gate: GateKeeper) -> None:
    body = {"channel": "chat", "policy": {**POLICY, "first_answer_seconds": 1}}
    answer = await office.lead.post("/plan/gate", body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "policy"
    assert (await office.lead.post("/plan/gate", {"channel": "new", "policy": POLICY})).json()["field"] == "kind"


async def test_a_check_that_dies_says_so_and_may_be_asked_again(
    office: Office, gate: GateKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waada.sim.gate_keeper.sys.executable", "/bin/false")
    question = await question_of(office)
    dead: Check = await gate.verdict(question)
    assert dead.done
    assert dead.trouble is not None
    assert (await office.lead.put("/channels/chat", {**CHAT, "demand": {"a_day": 20}})).status_code == 503
    assert gate.ask(question).trouble is None
