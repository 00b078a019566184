"""Rosters, the team's week, a channel's promise and the chance of one, as people see them in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from desk_scene import Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS = {"zone": "Europe/London", "week": {each: [["09:00", "17:00"]] for each in DAYS}}
NOT_PLANNED = {"zone": "Europe/London", "week": {}}


@pytest.fixture(autouse=True)
def begun(scene: Scene) -> Iterator[None]:
    """Nine to five, and nobody planned but as a test says; put back for whoever comes next."""
    before = scene.owner("GET", "/brand")["brand"]["hours"]
    scene.owner("PUT", "/brand/hours", HOURS)
    for person in scene.people.values():
        plan(scene, person, NOT_PLANNED)
    yield
    scene.owner("PUT", "/brand/hours", before)
    for person in scene.people.values():
        plan(scene, person, None)


def plan(scene: Scene, person: str, roster: object) -> None:
    scene.owner("PUT", f"/people/{person}/roster", {"roster": roster, "chats_at_once": 1})


def roster(scene: Scene, who: str) -> dict[str, Any]:
    people = scene.owner("GET", "/brand")["brand"]["people"]
    return dict(next(each for each in people if each["id"] == scene.people[who]))


def policy(scene: Scene, key: str) -> dict[str, Any]:
    channels = scene.owner("GET", "/brand")["brand"]["channels"]
    return dict(next(each for each in channels if each["key"] == key))


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


def edited(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Change the roster of {name}").click()
    return page.get_by_role("form", name=f"Roster of {name}")


def test_a_lead_gives_somebody_a_week_with_a_break_and_the_gap_closes(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/rosters")
        week = page.get_by_role("region", name="The team's week")
        expect(week.get_by_role("status")).to_contain_text("09:00–17:00")
        form = edited(page, "Amir Agent")
        form.get_by_role("button", name="Their own week").click()
        form.get_by_role("button", name="Monday: put in a break").click()
        expect(form).to_contain_text("7.5 h")
        form.get_by_role("button", name="Monday to Friday alike").click()
        form.get_by_label("Chats at once").fill("3")
        assert complaints(page) == []
        form.get_by_role("button", name="Save").click()
        expect(form).to_be_hidden()
        expect(page.get_by_text("37.5 h a week · chats at once: 3")).to_be_visible()
        gaps = week.get_by_role("status").get_by_role("listitem")
        expect(gaps).to_have_count(5)
        expect(gaps.first).to_contain_text("12:00–12:30")
        saved = roster(scene, "amir")
        assert saved["roster"]["week"] == {each: [["09:00", "12:00"], ["12:30", "17:00"]] for each in DAYS}
        assert saved["chats_at_once"] == 3
        # Somebody else covers lunch, set on another machine: the picture follows by itself.
        plan(scene, scene.people["olga"], {**HOURS, "week": {each: [["11:00", "13:00"]] for each in DAYS}})
        expect(week).to_contain_text("Whenever it is open, somebody is planned")
        week.locator("summary").first.click()
        expect(week).to_contain_text(re.compile("11:00–12:00.*(You, Amir Agent|Amir Agent, You)"))


def test_days_off_of_somebody_who_follows_the_brand_make_a_week_of_their_own(scene: Scene) -> None:
    plan(scene, scene.people["amir"], None)
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/rosters")
        form = edited(page, "Amir Agent")
        expect(form.get_by_role("button", name="As the brand is open")).to_have_attribute("aria-pressed", "true")
        form.get_by_label("From", exact=True).fill("2030-07-01")
        form.get_by_label("to and including").fill("2030-07-05")
        form.get_by_role("button", name="Add days off").click()
        expect(form.get_by_role("button", name="Their own week")).to_have_attribute("aria-pressed", "true")
        expect(form).to_contain_text("1 Jul 2030 – 5 Jul 2030")
        form.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Off: 1 Jul 2030 – 5 Jul 2030")).to_be_visible()
        saved = roster(scene, "amir")["roster"]
        assert saved["week"] == HOURS["week"]
        assert saved["special_days"] == {f"2030-07-0{day}": [] for day in range(1, 6)}


def test_a_night_shift_is_told_as_one_and_a_wrong_roster_is_refused_at_its_field(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/rosters")
        form = edited(page, "Amir Agent")
        form.get_by_role("button", name="Their own week").click()
        form.get_by_label("Friday: opens").fill("22:00")
        form.get_by_label("Friday: closes").fill("02:00")
        expect(form.get_by_role("row", name=re.compile("^Friday"))).to_contain_text("next day")
        form.get_by_role("button", name="Monday: add hours").click()
        form.get_by_label("Monday: opens").nth(1).fill("16:00")
        form.get_by_label("Monday: closes").nth(1).fill("18:00")
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("Intervals on monday overlap")
        form.get_by_role("button", name="Monday: remove").nth(1).click()
        form.get_by_role("button", name="Save").click()
        expect(form).to_be_hidden()
        assert roster(scene, "amir")["roster"]["week"]["friday"] == [["22:00", "02:00+1"]]


def test_the_roster_goes_by_keyboard_and_reads_from_right_to_left(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/rosters")
        page.get_by_role("button", name="Change the roster of Amir Agent").focus()
        page.keyboard.press("Enter")
        form = page.get_by_role("form", name="Roster of Amir Agent")
        form.get_by_role("button", name="As the brand is open").focus()
        page.keyboard.press("Space")
        form.get_by_role("button", name="Save").focus()
        page.keyboard.press("Enter")
        expect(form).to_be_hidden()
        assert roster(scene, "amir")["roster"] is None
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("details[open]")).to_have_count(1)
        page.evaluate("localStorage.setItem('waada.preferences', JSON.stringify({language: 'ar'}))")
        page.reload()
        expect(page.get_by_role("heading", name="أسبوع الفريق")).to_be_visible()
        bar, date = page.locator(".cover-bar").first.bounding_box(), page.locator(".cover-date").first.bounding_box()
        assert bar is not None
        assert date is not None
        assert date["x"] > bar["x"]
        assert complaints(page) == []


@pytest.mark.parametrize("address", ["#/settings/rosters", "#/settings/channels", "#/settings/hours"])
def test_a_phone_is_wide_enough(scene: Scene, address: str) -> None:
    with scene.window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as phone:
        page = scene.sign_in(phone, "olga", address)
        if address.endswith("rosters"):
            edited(page, "Amir Agent").get_by_role("button", name="Their own week").click()
        expect(page.locator("form").first).to_be_visible()
        page.wait_for_timeout(400)
        assert page.evaluate("document.querySelector('.page').scrollWidth <= innerWidth + 1")
        assert complaints(page) == []


def test_an_agent_reads_their_own_roster_and_sets_none(scene: Scene) -> None:
    plan(scene, scene.people["amir"], {**HOURS, "week": {"monday": [["09:00", "12:30"]]}})
    with scene.window() as amir:
        page = scene.sign_in(amir, "amir", "#/settings/me")
        expect(page.get_by_text("09:00–12:30")).to_be_visible()
        expect(page.get_by_role("link", name="Rosters")).to_be_hidden()


def test_the_channel_form_says_how_sure_and_what_a_customer_would_read(scene: Scene) -> None:
    before = policy(scene, "mail")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/channels")
        form = page.locator("form").filter(has_text="Our mail")
        expect(form.locator("blockquote")).to_contain_text("London time")
        form.get_by_label("How sure").select_option("kept 90 times in 100")
        form.get_by_role("switch", name="Offer another way").click()
        form.get_by_label("Too long is more than").fill("5")
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("can't be shorter than what you want promised")
        form.get_by_label("Too long is more than").fill("300")
        form.get_by_role("button", name="A call back").click()
        form.get_by_role("button", name="as a length of time").click()
        form.get_by_role("button", name="Hours of its own").click()
        form.get_by_role("switch", name="Open around the clock").click()
        form.get_by_role("button", name="Save").click()
        # Two people can't keep that around the clock; an owner says why it is published all the same.
        form.get_by_label("Publish it all the same, because").fill("A test of the form.", timeout=90_000)
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        assert complaints(page) == []
    saved = policy(scene, "mail")
    asked = {"chance": 0.9, "instead": "phone", "wording": "within", "computed": True}
    assert {name: saved["policy"][name] for name in asked} == asked
    assert saved["policy"]["ceiling_seconds"] == 300 * 60
    assert saved["hours"] == {"zone": "Europe/London", "always_open": True}
    body = {each: before[each] for each in ("kind", "name", "live", "address", "policy", "hours")}
    body["override_reason"] = "As it was."
    scene.owner("PUT", "/channels/mail", body)


def test_special_days_of_the_brand_are_set_where_its_hours_are(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", "#/settings/hours")
        page.get_by_label("Day with other hours").fill("2030-12-24")
        page.get_by_role("button", name="Add other hours for this day").click()
        page.get_by_label(re.compile("24 Dec.*closes")).fill("12:00")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved")).to_be_visible()
        hours = scene.owner("GET", "/brand")["brand"]["hours"]
        assert hours["special_days"] == {"2030-12-24": [["09:00", "12:00"]]}


def test_a_promise_that_may_break_says_so_and_who_was_warned(scene: Scene) -> None:
    conversation = scene.writes("Will it come today?", name="Rosa")

    # As the server answers once the judge has warned somebody; it would take an hour of waiting to get there.
    def warned(route: Route) -> None:
        detail = route.fetch().json()
        row = detail["conversation"]
        row |= {"version": row["version"] + 1, "at_risk": True, "chance": 0.91, "instead": "phone"}
        event = {"enquiry_id": "", "promise_id": row["promise_id"], "chance": 0.62, "rung": "team"}
        event["people"] = [scene.people["amir"]]
        fact = {"version": row["version"], "at": row["last_at"], "by": "system", "kind": "at_risk", "event": event}
        detail["events"].append(fact)
        detail["chance_now"] = 0.58
        route.fulfill(body=json.dumps(detail), content_type="application/json")

    with scene.window() as olga:
        page = scene.sign_in(olga)
        page.route(f"**/conversations/{conversation}", warned)
        page.get_by_role("option").filter(has_text="Rosa").click()
        promise = page.get_by_role("region", name="Promise")
        expect(promise).to_contain_text("May break. Chance of keeping it: 58%")
        expect(promise).to_contain_text("A call back was offered instead")
        expect(page.get_by_role("log")).to_contain_text("The promise may break: chance 62%. Warned: Amir Agent")
        expect(page.get_by_role("option").filter(has_text="Rosa")).to_contain_text("The promise may break")
        assert complaints(page) == []
