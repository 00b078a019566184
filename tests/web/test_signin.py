"""Signing in and out, invitations, the first start, and going off duty."""

from datetime import timedelta

import pytest

from waada.web.presence import look_around
from web_office import PASSWORD, Office, Socket, caller, signed_in

pytestmark = pytest.mark.postgres

ANN = {"email": "ann@shop.test", "password": PASSWORD}


async def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(office: Office) -> None:
    answer = await office.nobody.post("/session", {"email": " Ann@Shop.test ", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 200
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    held = cookie.split("=", 1)[1].split(";")[0]
    assert len(held) >= 43
    assert held not in answer.text


async def test_a_wrong_password_and_an_unknown_address_look_the_same(office: Office) -> None:
    wrong = await office.nobody.post("/session", {**ANN, "password": "not the password"})
    unknown = await office.nobody.post("/session", {"email": "nobody@shop.test", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_after_ten_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(office: Office) -> None:
    for _ in range(10):
        await office.nobody.post("/session", {**ANN, "password": "not the password"})
        office.clock.advance(timedelta(seconds=10))
    locked = await office.nobody.post("/session", ANN)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 15 * 60
    other = await office.nobody.post("/session", {"email": "lena@shop.test", "password": PASSWORD})
    assert other.status_code == 200
    office.clock.advance(timedelta(minutes=15))
    assert (await office.nobody.post("/session", ANN)).status_code == 200


async def test_one_address_cannot_try_many_passwords(office: Office) -> None:
    statuses = [
        (await office.nobody.post("/session", {"email": f"p{n}@shop.test", "password": "guess guess"})).status_code
        for n in range(25)
    ]
    assert statuses[-1] == 429


async def test_a_session_lasts_while_it_is_used_and_ends_after_two_weeks_without(office: Office) -> None:
    for _ in range(3):
        office.clock.advance(timedelta(days=13))
        assert (await office.agent.get("/me")).status_code == 200
    office.clock.advance(timedelta(days=14, minutes=1))
    assert (await office.agent.get("/me")).status_code == 401


async def test_signing_out_ends_this_session_only(office: Office) -> None:
    elsewhere = await signed_in(office.app, ANN["email"])
    assert (await office.agent.delete("/session")).status_code == 204
    assert (await office.agent.get("/me")).status_code == 401
    assert (await elsewhere.get("/me")).status_code == 200


async def test_a_new_password_signs_out_everywhere_else(office: Office) -> None:
    elsewhere = await signed_in(office.app, ANN["email"])
    wrong = await office.agent.put("/me/password", {"old": "not the password", "new": "another password"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "old")
    changed = await office.agent.put("/me/password", {"old": PASSWORD, "new": "another password"})
    assert changed.status_code == 204
    assert (await office.agent.get("/me")).status_code == 200
    assert (await elsewhere.get("/me")).status_code == 401
    assert (await office.nobody.post("/session", ANN)).status_code == 401
    assert (await office.nobody.post("/session", {**ANN, "password": "another password"})).status_code == 200


async def test_passwords_and_sessions_are_kept_as_hashes_only(office: Office) -> None:
    credentials = await office.parts.signins.credentials(ANN["email"])
    assert credentials[0].password_hash.startswith("$argon2id$")
    facts, _ = await office.parts.store.feed("0.0", 1000)
    assert PASSWORD not in str(facts)
    held = office.agent.cookie.split("=", 1)[1]
    assert await office.parts.signins.session(held) is None


async def test_an_invitation_works_once_and_for_a_week(office: Office) -> None:
    asked = await office.lead.post("/people", {"name": "Bo", "email": "bo@shop.test", "role": "agent"})
    assert asked.json()["person"]["joined"] is False
    token = asked.json()["invitation_url"].rsplit("/", 1)[1]
    shown = await office.nobody.get(f"/invitations/{token}")
    assert shown.json() == {"person": {"name": "Bo", "email": "bo@shop.test"}, "brand": {"name": "shop"}}
    short = await office.nobody.post(f"/invitations/{token}", {"password": "short"})
    assert (short.status_code, short.json()["field"]) == (422, "password")

    bo = caller(office.app)
    joined = await bo.post(f"/invitations/{token}", {"password": PASSWORD, "name": "Bo Berg"})
    assert joined.status_code == 200
    assert joined.json()["person"]["name"] == "Bo Berg"
    assert (await bo.get("/me")).json()["person"]["joined"]
    again = await office.nobody.post(f"/invitations/{token}", {"password": PASSWORD})
    assert again.status_code == 404

    link = await office.lead.post(f"/people/{joined.json()['person']['id']}/invitation")
    late = link.json()["invitation_url"].rsplit("/", 1)[1]
    office.clock.advance(timedelta(days=7))
    assert (await office.nobody.get(f"/invitations/{late}")).status_code == 404


async def test_asking_twice_with_one_key_gives_the_same_link(office: Office) -> None:
    body = {"name": "Bo", "email": "bo@shop.test", "role": "agent"}
    once = await office.owner.post("/people", body, Idempotency_Key="bo")
    twice = await office.owner.post("/people", body, Idempotency_Key="bo")
    assert once.json() == twice.json()
    same = await office.owner.post("/people", body)
    assert same.status_code == 409


async def test_a_new_key_is_shown_once_and_again_only_to_the_same_request(office: Office) -> None:
    once = await office.owner.post("/keys", {"name": "till", "role": "agent"}, Idempotency_Key="k")
    twice = await office.owner.post("/keys", {"name": "till", "role": "agent"}, Idempotency_Key="k")
    other = await office.owner.post("/keys", {"name": "till", "role": "agent"}, Idempotency_Key="l")
    assert once.json() == twice.json() != other.json()
    assert once.json()["key"] not in (await office.owner.get("/brand")).text


async def test_leads_look_after_agents_only(office: Office) -> None:
    assert (await office.lead.post("/people", {"name": "X", "email": "x@x.test", "role": "lead"})).status_code == 403
    path = f"/people/{office.agent.person_id}"
    raised = await office.lead.put(path, {"name": "Ann", "email": "ann@shop.test", "role": "owner"})
    assert raised.status_code == 403
    owner = f"/people/{office.owner.person_id}"
    assert (await office.lead.post(f"{owner}/invitation")).status_code == 403
    renamed = await office.lead.put(path, {"name": "Anna", "email": "anna@shop.test", "role": "agent"})
    assert renamed.status_code == 200
    assert (await office.nobody.post("/session", ANN)).status_code == 401
    assert (await office.nobody.post("/session", {**ANN, "email": "anna@shop.test"})).status_code == 200


async def test_two_people_cannot_sign_in_with_one_address(office: Office) -> None:
    path = f"/people/{office.agent.person_id}"
    taken = await office.owner.put(path, {"name": "Ann", "email": "LENA@shop.test", "role": "agent"})
    assert taken.status_code == 409
    assert "on the team already" in taken.json()["detail"]


async def test_a_brand_keeps_its_last_owner(office: Office) -> None:
    path = f"/people/{office.owner.person_id}"
    assert (await office.owner.delete(path)).status_code == 409
    lower = await office.owner.put(path, {"name": "Ola", "email": "ola@shop.test", "role": "agent"})
    assert lower.status_code == 409


async def test_the_first_start_is_open_once(office: Office) -> None:
    assert (await office.nobody.get("/first-run")).json() == {"open": False}
    body = {
        "brand": {"name": "Жаңа дүкен", "zone": "Asia/Almaty"},
        "owner": {"name": "O", "email": "o@new.test", "password": PASSWORD},
    }
    assert (await office.nobody.post("/first-run", body)).status_code == 401
    assert (await office.agent.post("/first-run", body)).status_code == 403
    made = await office.owner.post("/first-run", body)
    assert made.status_code == 201
    assert made.json()["brand"]["slug"] == "brand"
    wrong = {**body, "brand": {"name": "X", "zone": "Mars/Olympus"}}
    ola = await signed_in(office.app, "ola@shop.test")
    answer = await ola.post("/first-run", wrong)
    assert (answer.status_code, answer.json()["field"]) == (422, "brand.zone")


async def test_one_address_may_belong_to_two_brands(office: Office, other: Office) -> None:
    asked = await other.owner.post("/people", {"name": "Ann", "email": ANN["email"], "role": "agent"})
    token = asked.json()["invitation_url"].rsplit("/", 1)[1]
    await caller(office.app).post(f"/invitations/{token}", {"password": "another password"})
    there = await caller(office.app).post("/session", {**ANN, "password": "another password"})
    here = await caller(office.app).post("/session", ANN)
    assert (here.json()["brand"]["slug"], there.json()["brand"]["slug"]) == ("shop", "rival")


async def test_somebody_whose_desk_is_gone_for_ten_minutes_is_off_duty(office: Office) -> None:
    await office.agent.put("/me/duty", {"on_duty": True})
    headers = {"cookie": office.agent.cookie, "origin": "http://desk.test"}

    async def on_duty() -> bool:
        await look_around(office.parts)
        brand = (await office.owner.get("/brand")).json()["brand"]
        return next(bool(each["on_duty"]) for each in brand["people"] if each["name"] == "Ann")

    async with Socket(office.app, "/feed", headers=headers) as socket:
        await socket.hear()
        office.clock.advance(timedelta(hours=3))
        assert await on_duty()
    office.clock.advance(timedelta(minutes=9, seconds=59))
    assert await on_duty()
    office.clock.advance(timedelta(seconds=1))
    assert not await on_duty()


async def test_a_session_that_ended_on_another_node_closes_its_desk(office: Office) -> None:
    headers = {"cookie": office.agent.cookie, "origin": "http://desk.test"}
    async with Socket(office.app, "/feed", headers=headers) as socket:
        await socket.hear()
        session = office.parts.connections.sessions()[0]
        await office.parts.signins.end_session(session)
        await look_around(office.parts)
        while socket.closed_with is None:
            await socket.hear()
        assert socket.closed_with == 4401
