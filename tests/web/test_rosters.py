"""Rosters and policies as people set them through the API: who may, what is kept, what is refused in which words."""

from typing import Any

import pytest

from web_office import Caller, Office, Socket

pytestmark = pytest.mark.postgres

WEEK = {"monday": [["09:00", "12:30"], ["13:00", "17:00"]], "friday": [["22:00", "02:00+1"]]}
ROSTER = {"zone": "Asia/Almaty", "week": WEEK, "holidays": [], "special_days": {"2026-06-08": []}}
POLICY = {
    "first_answer_seconds": 900,
    "next_answer_seconds": 7200,
    "clock": "always",
    "chance": 0.9,
    "ceiling_seconds": 14_400,
    "instead": "phone",
    "wording": "within",
    "computed": True,
}


async def set_roster(by: Caller, person: str, roster: object, chats: object = 1) -> Any:
    return await by.put(f"/people/{person}/roster", {"roster": roster, "chats_at_once": chats})


async def person_of(office: Office, person: str) -> dict[str, Any]:
    people = (await office.agent.get("/brand")).json()["brand"]["people"]
    return next(dict(each) for each in people if each["id"] == person)


async def publish(by: Caller, **more: object) -> Any:
    return await by.put("/channels/till", {"kind": "api", "name": "Till", "live": True, "policy": POLICY, **more})


async def test_a_lead_sets_when_somebody_works_and_everybody_on_the_team_sees_it(office: Office) -> None:
    ann = office.agent.person_id
    assert (await person_of(office, ann))["roster"] is None
    answer = await set_roster(office.lead, ann, ROSTER, 3)
    assert answer.status_code == 200, answer.text
    assert answer.json()["person"]["roster"] == ROSTER
    assert (await person_of(office, ann))["chats_at_once"] == 3
    assert (await office.agent.get("/me")).json()["person"]["roster"] == ROSTER
    # An owner's, too: whoever plans the cover plans everybody.
    assert (await set_roster(office.lead, office.owner.person_id, ROSTER)).status_code == 200
    assert (await set_roster(office.lead, ann, None)).json()["person"]["roster"] is None


async def test_somebody_with_a_roster_opens_the_desk_and_sees_it_change(office: Office) -> None:
    ann = office.agent.person_id
    assert (await set_roster(office.lead, ann, ROSTER)).status_code == 200
    await office.settled()
    headers = {"cookie": office.agent.cookie, "origin": "http://desk.test"}
    async with Socket(office.app, "/feed", headers=headers) as socket:
        snapshot = await socket.hear_kind("snapshot")
        assert snapshot["me"]["roster"] == ROSTER
        assert (await set_roster(office.lead, ann, None, 2)).status_code == 200
        frame = await socket.hear_kind("fact")
        assert (frame["event_kind"], frame["event"]["chats_at_once"]) == ("roster_set", 2)
        assert next(each for each in frame["brand"]["people"] if each["id"] == ann)["roster"] is None


async def test_hours_that_never_open_mean_not_planned(office: Office) -> None:
    answer = await set_roster(office.lead, office.agent.person_id, {"zone": "Europe/London", "week": {}})
    assert answer.status_code == 200
    assert answer.json()["person"]["roster"]["week"] == {}


async def test_an_agent_sets_no_roster_not_even_their_own(office: Office) -> None:
    for who in (office.agent, office.key):
        assert (await set_roster(who, office.agent.person_id, ROSTER)).status_code == 403
    assert (await person_of(office, office.agent.person_id))["roster"] is None


async def test_nobody_who_left_gets_a_roster(office: Office) -> None:
    ann = office.agent.person_id
    assert (await office.lead.delete(f"/people/{ann}")).status_code == 204
    assert (await set_roster(office.lead, ann, ROSTER)).status_code == 404


@pytest.mark.parametrize(
    ("roster", "chats", "field", "words"),
    [
        ({**ROSTER, "zone": "Mars/Base"}, 1, "roster.zone", "time zone"),
        ({"week": WEEK}, 1, "roster.zone", "time zone"),
        ({**ROSTER, "week": {"monday": [["17:00", "09:00"]]}}, 1, "roster", "after it opens"),
        ({**ROSTER, "week": {"monday": [["09:00", "13:00"], ["12:00", "17:00"]]}}, 1, "roster", "overlap"),
        ({**ROSTER, "week": {"moonday": [["09:00", "13:00"]]}}, 1, "roster", "day of the week"),
        ({**ROSTER, "week": {"monday": [["9", "five"]]}}, 1, "roster", "time of day"),
        ({**ROSTER, "week": [1]}, 1, "roster", "map days"),
        ({**ROSTER, "special_days": {"2026-02-30": []}}, 1, "roster", "date"),
        ({**ROSTER, "special_days": {"2026-06-08": [["09:00"]]}}, 1, "roster", "pair of times"),
        ({**ROSTER, "holidays": "every day"}, 1, "roster", "list of dates"),
        ({**ROSTER, "salary": 12}, 1, "roster", "have no 'salary'"),
        ({**ROSTER, "special_days": {f"{y}-01-{d:02}": [] for y in range(2000, 2040) for d in range(1, 29)}}, 1,
         "roster", "Keep it to 1,000"),
        ({**ROSTER, "week": {"monday": [[f"00:{m:02}", f"00:{m + 1:02}"] for m in range(30)]}}, 1, "roster", "24"),
        (ROSTER, 0, "chats_at_once", "one at least"),
        (ROSTER, 9, "chats_at_once", "8 chats"),
        (ROSTER, 1.5, "chats_at_once", "int"),
        ("nine to five", 1, "roster", "object"),
    ],
)  # fmt: skip
async def test_a_roster_that_cannot_be_meant_is_refused_at_its_field(
    office: Office, roster: object, chats: object, field: str, words: str
) -> None:
    answer = await set_roster(office.lead, office.agent.person_id, roster, chats)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert words in answer.json()["detail"]
    assert (await person_of(office, office.agent.person_id))["roster"] is None


async def test_a_policy_is_kept_as_it_was_asked_for(office: Office) -> None:
    answer = await publish(office.lead)
    assert answer.status_code == 200, answer.text
    assert answer.json()["channel"]["policy"] == {**POLICY, "overridden": None}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"chance": 0.4}, "between 50% and 99%"),
        ({"chance": 1}, "between 50% and 99%"),
        ({"chance": "high"}, "float"),
        ({"ceiling_seconds": 60}, "can't be shorter"),
        ({"ceiling_seconds": 10**12}, "can't be shorter"),
        ({"instead": "pigeon"}, "pigeon"),
        ({"wording": "soon"}, "soon"),
        ({"first_answer_seconds": -1}, "between 10 seconds and 30 days"),
    ],
)
async def test_a_policy_that_cannot_be_meant_is_refused_in_words(
    office: Office, wrong: dict[str, object], words: str
) -> None:
    answer = await publish(office.lead, policy={**POLICY, **wrong})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"].startswith("policy")
    assert words in answer.json()["detail"]


async def test_only_an_owner_overrides_and_says_why(office: Office) -> None:
    refused = await publish(office.lead, override_reason="The new team starts on Monday")
    assert refused.status_code == 403
    assert "owner" in refused.json()["detail"]
    blank = await publish(office.owner, override_reason=" \n ")
    assert (blank.status_code, blank.json()["field"]) == (422, "override_reason")
    nothing = await publish(office.owner, policy=None, live=False, override_reason="Why not")
    assert (nothing.status_code, nothing.json()["field"]) == (422, "override_reason")
    done = await publish(office.owner, override_reason=" The new team starts on Monday ")
    assert done.json()["channel"]["policy"]["overridden"] == "The new team starts on Monday"


async def test_a_reason_lasts_until_the_policy_changes_and_nobody_slips_one_in(office: Office) -> None:
    sneaked = await publish(office.lead, policy={**POLICY, "overridden": "Because"})
    assert sneaked.json()["channel"]["policy"]["overridden"] is None
    await publish(office.owner, override_reason="The new team starts on Monday")
    same = await publish(office.lead, name="Front till")
    assert same.json()["channel"]["policy"]["overridden"] == "The new team starts on Monday"
    other = await publish(office.lead, policy={**POLICY, "first_answer_seconds": 600})
    assert other.json()["channel"]["policy"]["overridden"] is None


async def test_a_form_shows_what_a_customer_would_read_and_changes_nothing(office: Office) -> None:
    body = {"kind": "api", "name": "", "live": True, "policy": POLICY}
    answer = await office.lead.post("/channels/till/preview", body)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["due_at"], shown["language"], shown["direction"]) == ("2026-06-02T12:15:00Z", "en", "ltr")
    assert shown["words"] == "within 15 minutes, by 13:15 London time"
    assert (await office.agent.get("/brand")).json()["brand"]["channels"][-1]["key"] == "mail"
    wrong = await office.lead.post("/channels/till/preview", {**body, "policy": {**POLICY, "chance": 0.1}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "policy")
    none = await office.lead.post("/channels/till/preview", {**body, "policy": None})
    assert none.status_code == 422
    assert (await office.agent.post("/channels/till/preview", body)).status_code == 403
