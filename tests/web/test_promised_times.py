"""Whoever is about to promise a time at which nobody works is told so in the preview, and may send it all the same."""

from typing import Any

import pytest

from web_office import Office

pytestmark = pytest.mark.postgres

EVENING = "2026-06-02T20:00:00Z"  # Tuesday, nine in London
MORNING = "2026-06-03T08:00:00Z"
HALF_PAST = "2026-06-03T08:30:00Z"


async def preview(office: Office, what: str, conversation: str, at: str) -> dict[str, Any]:
    asked = {"due_at": at, "reason": "busy"} if what == "renegotiate" else {"until": at}
    answer = await office.agent.post(f"/conversations/{conversation}/{what}/preview", asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("what", ["renegotiate", "snooze"])
async def test_a_time_after_closing_is_warned_about_with_one_that_can_be_kept(office: Office, what: str) -> None:
    conversation = (await office.write())["conversation"]["id"]
    shown = await preview(office, what, conversation, EVENING)
    assert shown["nobody"] == {"opens": True, "again_at": MORNING, "take_at": HALF_PAST}
    assert (shown["due_at"], shown["chance"]) == (EVENING, None)
    taken = await preview(office, what, conversation, HALF_PAST)
    assert (taken["nobody"], taken["due_at"]) == (None, HALF_PAST)


async def test_it_is_a_warning_and_nothing_is_forbidden(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    moved = await office.agent.post(f"/conversations/{conversation}/renegotiate", {"due_at": EVENING, "reason": "busy"})
    assert moved.status_code == 200
    assert moved.json()["promise"]["due_at"] == EVENING


async def test_the_rosters_of_the_people_of_the_channel_decide(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    late = {"zone": "Europe/London", "week": {"tuesday": [["18:00", "22:00"]]}}
    body = {"roster": late, "chats_at_once": 1}
    assert (await office.lead.put(f"/people/{office.agent.person_id}/roster", body)).status_code == 200
    assert (await preview(office, "renegotiate", conversation, EVENING))["nobody"] is None
    for each in (office.owner, office.lead):
        assert (await office.lead.put(f"/people/{each.person_id}/roster", body)).status_code == 200
    shown = await preview(office, "renegotiate", conversation, "2026-06-03T10:00:00Z")
    assert shown["nobody"] == {"opens": False, "again_at": "2026-06-09T17:00:00Z", "take_at": "2026-06-09T17:30:00Z"}
