"""Standards over the API: bars that neglect follows, promises that are missing, periods judged by packs of rules."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from web_office import Office

pytestmark = pytest.mark.postgres

OURS = {"channel_kind": "mail", "seconds": 3600, "source": "Our own study", "year": 2026, "default": True}


async def answered_after(office: Office, seconds: float, channel: str = "mail", language: str = "en") -> None:
    body = {"channel": channel, "customer": {"language": language}, "text": "Hello?"}
    conversation = (await office.key.post("/conversations", body)).json()["conversation"]["id"]
    office.clock.advance(timedelta(seconds=seconds))
    answer = await office.agent.post(f"/conversations/{conversation}/messages", {"author": "person", "text": "Yes."})
    assert answer.status_code == 201, answer.text


async def verdicts_of(office: Office, pack: str, **query: str) -> dict[str, dict[str, Any]]:
    answer = await office.lead.get(f"/rules/{pack}", **query)
    assert answer.status_code == 200, answer.text
    return {each["rule"]["id"]: each for each in answer.json()["verdicts"]}


async def test_neglect_follows_the_bar_that_a_brand_sets_and_goes_back_with_it(office: Office) -> None:
    await answered_after(office, 1800)
    assert (await office.lead.get("/neglect")).json()["total"]["neglected"] == 1
    assert (await office.lead.put("/bars/our-mail", OURS)).status_code == 200
    found = (await office.lead.get("/neglect")).json()
    assert (found["total"]["neglected"], found["bars"]) == (0, {"chat": 30.0, "mail": 3600.0, "api": 900.0})
    assert (await office.lead.delete("/bars/our-mail")).status_code == 204
    assert (await office.lead.get("/neglect")).json()["total"]["neglected"] == 1


async def test_the_list_says_which_bars_are_ones_own_and_which_the_house_brings(office: Office) -> None:
    await office.lead.put("/bars/leaders-chat", {"channel_kind": "chat", "seconds": 60, "source": "We"})
    items = (await office.lead.get("/bars")).json()["items"]
    shown = {each["bar"]["key"]: (each["own"], each["library"], each["bar"]["seconds"]) for each in items}
    assert shown["leaders-chat"] == (True, True, 60)
    assert shown["leaders-mail"] == (False, True, 900)
    assert all(each["bar"]["source"] for each in items)


async def test_a_bar_that_cannot_be_meant_is_refused_in_words(office: Office) -> None:
    for wrong in ({"seconds": 0}, {"source": ""}, {"channel_kind": "fax"}, {"percent": 101}):
        assert (await office.lead.put("/bars/our-mail", {**OURS, **wrong})).status_code == 422, wrong
    gone = await office.lead.delete("/bars/leaders-mail")
    assert (gone.status_code, "bar of your own" in gone.json()["detail"]) == (404, True)


async def test_the_hours_of_neglect_come_up_with_the_thing_to_do(office: Office) -> None:
    office.clock.set(office.clock.now().replace(hour=21))
    await answered_after(office, 7200)
    found = (await office.lead.get("/promises/missing")).json()
    first = found["items"][0]
    # 21:00 UTC in June is 22:00 in London, on a Tuesday.
    hour = next(each for each in first["hours"] if each["enquiries"])
    assert (first["channel"], first["next"], first["late"]) == ("mail", "open_hours", 1)
    assert (hour["weekday"], hour["hour"], hour["gap"], hour["late"]) == (1, 22, "slower", 1)
    assert hour["beyond_seconds"] == first["beyond_seconds"] == 7200 - 900
    assert [each["channel"] for each in found["items"]] == ["mail", "chat"]


async def test_nineteen_of_twenty_in_under_a_quarter_of_an_hour_pass_and_eighteen_fail(office: Office) -> None:
    for seconds in [899.9] * 18 + [900.0]:
        await answered_after(office, seconds)
    found = (await verdicts_of(office, "market_leader"))["mail-15-minutes"]
    assert (found["pass"], found["why"], found["numerator"], found["denominator"]) == (None, "too_few", 18, 19)
    await answered_after(office, 899.9)
    found = (await verdicts_of(office, "market_leader"))["mail-15-minutes"]
    assert (found["pass"], found["share"], found["denominator"]) == (True, 0.95, 20)
    low, high = found["interval"]
    assert low < 0.95 < high
    assert found["definition"].startswith("Of all enquiries by e-mail")
    await answered_after(office, 900.0)
    assert (await verdicts_of(office, "market_leader"))["mail-15-minutes"]["pass"] is False


async def test_a_slow_welsh_queue_is_flagged_and_who_does_not_speak_welsh_shows(office: Office) -> None:
    for number in range(24):
        await answered_after(office, 60 + number)
        await answered_after(office, 120 + 2 * number, language="cy")
    found = await verdicts_of(office, "welsh_parity")
    assert (found["mail-no-delay"]["pass"], found["mail-no-delay"]["ratio"]) == (False, 2.0)
    assert found["live-no-delay"]["why"] == "nothing_to_measure"
    # Ann, who answers, speaks English only.
    assert (found["answered-in-welsh"]["pass"], found["answered-in-welsh"]["numerator"]) == (False, 0)


async def test_who_asks_for_a_person_is_followed_until_one_writes(office: Office) -> None:
    body = {"channel": "chat", "customer": {"language": "es"}, "text": "Hola"}
    conversation = (await office.key.post("/conversations", body)).json()["conversation"]["id"]
    await office.key.post(f"/conversations/{conversation}/customer-actions", {"action": "person"})
    office.clock.advance(timedelta(seconds=60))
    found = (await verdicts_of(office, "spain"))["person-on-request"]
    assert (found["undecided"], found["denominator"], found["why"]) == (1, 0, "too_few")
    await office.agent.post(f"/conversations/{conversation}/messages", {"author": "person", "text": "Hola"})
    found = (await verdicts_of(office, "spain"))["person-on-request"]
    assert (found["undecided"], found["numerator"], found["denominator"]) == (0, 1, 1)
    calls = (await verdicts_of(office, "spain"))["calls-3-minutes"]
    assert (calls["stand_in"], calls["measured_on"]) == (True, ["chat"])


async def test_a_pack_of_ones_own_counts_at_once_and_a_broken_one_is_named(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    ours = (Path(__file__).parents[2] / "src/waada/rules/market_leader.toml").read_text("utf-8")
    (folder / "ours.toml").write_text(ours.replace('id = "market_leader"', 'id = "ours"'), "utf-8")
    (folder / "broken.toml").write_text("title = ", "utf-8")
    found = (await office.lead.get("/rules")).json()
    assert {each["id"]: each["own"] for each in found["items"]}["ours"] is True
    assert [each["file"] for each in found["refused"]] == ["broken.toml"]
    assert set(await verdicts_of(office, "ours")) == {"mail-15-minutes", "chat-30-seconds"}
    assert (await office.lead.get("/rules/broken")).status_code == 404


async def test_only_the_period_asked_for_is_judged(office: Office) -> None:
    await answered_after(office, 60)
    until = office.clock.now() - timedelta(days=1)
    found = await verdicts_of(office, "market_leader", to=until.isoformat())
    assert found["mail-15-minutes"]["why"] == "nothing_to_measure"
    for query in ({"from": "2026-07-01T00:00:00Z"}, {"from": "2020-01-01T00:00:00Z"}, {"to": "0001-01-01T00:00:00Z"}):
        assert (await office.lead.get("/rules/spain", **query)).status_code == 422, query
        assert (await office.lead.get("/promises/missing", **query)).status_code == 422, query


async def test_another_brand_sees_nothing_of_it(office: Office, other: Office) -> None:
    await office.lead.put("/bars/our-mail", OURS)
    await answered_after(office, 7200)
    assert all(not each["own"] for each in (await other.lead.get("/bars")).json()["items"])
    assert (await other.lead.delete("/bars/our-mail")).status_code == 404
    missing = (await other.lead.get("/promises/missing")).json()["items"]
    assert sum(each["enquiries"] for each in missing) == 0
    assert (await verdicts_of(other, "market_leader"))["mail-15-minutes"]["why"] == "nothing_to_measure"


async def test_agents_are_not_shown_how_the_brand_stands(office: Office) -> None:
    for path in ("/bars", "/promises/missing", "/rules", "/rules/spain"):
        assert (await office.agent.get(path)).status_code == 403, path
