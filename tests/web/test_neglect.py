"""Neglect as the customer lives through it, and the same to the bit when it is worked out from the log alone."""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from waada import codec
from waada.core.neglect import percentile
from web_office import Office

pytestmark = pytest.mark.postgres


async def answer_after(office: Office, seconds: float, channel: str = "mail", language: str = "en") -> str:
    body = {"channel": channel, "customer": {"language": language}, "text": "Hello?"}
    conversation = str((await office.key.post("/conversations", body)).json()["conversation"]["id"])
    office.clock.advance(timedelta(seconds=seconds))
    path = f"/conversations/{conversation}/messages"
    assert (await office.key.post(path, {"author": "person", "text": "Here we are."})).status_code == 201
    return conversation


async def figures(office: Office, by: str = "channel") -> dict[str, dict[str, Any]]:
    found = (await office.lead.get("/neglect", by=by)).json()
    return {each["key"]: each for each in found["groups"]} | {"all": found["total"]}


async def test_strictly_under_the_bar_is_in_time(office: Office) -> None:
    await answer_after(office, 899.9)
    assert (await figures(office))["mail"]["neglected"] == 0
    await answer_after(office, 900)
    found = (await figures(office))["mail"]
    assert (found["enquiries"], found["neglected"], found["neglect_rate"]) == (2, 1, 0.5)
    assert found["neglect_seconds"] == 900
    await answer_after(office, 29.9, "chat")
    await answer_after(office, 30, "chat")
    assert (await figures(office))["chat"]["neglected"] == 1


async def test_who_still_waits_is_counted_up_to_now(office: Office) -> None:
    await office.write()
    office.clock.advance(timedelta(minutes=20))
    found = (await figures(office))["all"]
    assert (found["neglected"], found["neglect_seconds"], found["median_wait_seconds"]) == (1, 1200, 1200)


async def test_a_bots_hello_does_not_stop_the_clock(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    await office.key.post(f"/conversations/{conversation}/messages", {"author": "bot", "text": "Hello!"})
    office.clock.advance(timedelta(minutes=15))
    assert (await figures(office))["all"]["neglected"] == 1


async def test_the_cause_is_what_was_the_matter_when_the_bar_passed(office: Office) -> None:
    await answer_after(office, 900)
    office.clock.advance(timedelta(seconds=1))
    await office.agent.put("/me/duty", {"on_duty": True})
    await answer_after(office, 900)
    office.clock.set(office.clock.now().replace(hour=15, minute=55))
    await answer_after(office, 900)
    await answer_after(office, 60)
    by_cause = await figures(office, "cause")
    assert {key: each["enquiries"] for key, each in by_cause.items()} == {
        "nobody_on_duty": 1,
        "busy": 1,
        "closed": 1,
        "in_time": 1,
        "all": 4,
    }


async def test_hours_are_those_of_the_brands_clock(office: Office) -> None:
    await answer_after(office, 60)
    assert set(await figures(office, "hour")) == {"13", "all"}


async def test_a_stretch_of_time_that_cannot_be_meant(office: Office) -> None:
    for query in (
        {"from": "2026-06-02T00:00:00Z", "to": "2026-06-01T00:00:00Z"},
        {"from": "2020-01-01T00:00:00Z"},
        {"to": "0001-01-01T00:00:00Z"},
        {"from": "yesterday"},
    ):
        assert (await office.lead.get("/neglect", **query)).status_code == 422, query


async def recomputed(office: Office, now: datetime) -> dict[str, tuple[int, int, float, float | None]]:
    """By channel from the facts alone, without the core: enquiries, neglected, seconds of neglect, the 90 % wait."""
    facts, _ = await office.parts.store.feed("0.0", 100_000)
    channel_of: dict[str, str] = {}
    enquiries: dict[str, str] = {}
    waits: dict[str, list[float]] = defaultdict(list)
    running: dict[str, datetime] = {}
    for fact in facts:
        event = json.loads(codec.encode(fact.event))
        kind = codec.event_kind(fact.event)
        enquiry = event.get("enquiry_id", "")
        if kind == "conversation_opened":
            channel_of[fact.stream] = event["channel"]
        elif kind == "enquiry_opened":
            enquiries[enquiry] = channel_of[fact.stream]
        elif kind == "promise_made":
            running.setdefault(enquiry, fact.at)
        elif kind == "wait_ended":
            waits[enquiry].append((fact.at - running.pop(enquiry)).total_seconds())
    for enquiry, since in running.items():
        waits[enquiry].append((now - since).total_seconds())
    found: dict[str, tuple[int, int, float, float | None]] = {}
    for channel in set(enquiries.values()):
        bar = 30 if channel == "chat" else 900
        mine = [waits[each] for each in enquiries if enquiries[each] == channel]
        late = [each for some in mine for each in some if each >= bar]
        neglected = sum(any(each >= bar for each in some) for some in mine)
        ordered = sorted(each for some in mine for each in some)
        rank = -(-len(ordered) * 9 // 10)
        found[channel] = (len(mine), neglected, sum(sorted(late)), ordered[rank - 1] if ordered else None)
    return found


async def test_the_figures_equal_a_recomputation_from_the_log(office: Office) -> None:
    for number, seconds in enumerate((10, 899, 901, 29, 31, 4000, 60, 1800, 5)):
        conversation = await answer_after(office, seconds, ("mail", "chat")[number % 2], ("en", "ar")[number % 2])
        if number % 3 == 0:  # the same need goes on: a second wait of one enquiry
            await office.key.post(f"/conversations/{conversation}/messages", {"author": "customer", "text": "And?"})
            office.clock.advance(timedelta(seconds=seconds * 2))
    found = await figures(office)
    found.pop("all")
    mine = {
        key: (each["enquiries"], each["neglected"], each["neglect_seconds"], each["p90_wait_seconds"])
        for key, each in found.items()
    }
    assert mine == await recomputed(office, office.clock.now())


def test_the_nearest_rank_is_a_wait_that_somebody_had() -> None:
    assert percentile([], 0.5) is None
    assert percentile([7.0], 0.9) == 7.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert percentile([float(each) for each in range(1, 11)], 0.9) == 9.0


async def test_the_wall_counts_today(office: Office) -> None:
    await answer_after(office, 60)
    await office.write()
    found = (await office.lead.get("/wall")).json()
    assert (found["kept_today"], found["made_today"], found["open"]) == (1, 2, 1)
    assert found["open_by_slack"] == {"overdue": 0, "under_5_min": 0, "under_1_h": 1, "under_1_day": 0, "later": 0}
    assert [each["preview"] for each in found["waiting_longest"]] == ["Where is my parcel?"]
