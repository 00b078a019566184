"""What could not be sent yet is seen by everybody it concerns, and tried again when a lead says so."""

from datetime import timedelta

import pytest

from waada.channels.mail_wire import MailServerAway
from waada.core.effects import Alert, ReviewPeople, Send
from waada.ports import OutboxClaim
from waada.workers.outbox import Handler, OutboxWorker
from waada.workers.timers import timer_order
from web_office import Office

pytestmark = pytest.mark.postgres

LEASE = timedelta(seconds=30)


class MailServer:
    """One that is away for so many mails, then takes them."""

    def __init__(self, away: int) -> None:
        self.away = away
        self.taken: list[OutboxClaim] = []

    async def take(self, claim: OutboxClaim) -> None:
        if self.away:
            self.away -= 1
            raise MailServerAway("mail.shop.test: 535 5.7.8 Authentication failed", "login")
        self.taken.append(claim)


def worker(office: Office, server: MailServer) -> OutboxWorker:
    async def nothing(_: OutboxClaim) -> None:
        """Who is on duty is looked at elsewhere."""

    handlers: dict[type, Handler] = {Send: server.take, Alert: server.take, ReviewPeople: nothing}
    return OutboxWorker(store=office.parts.store, clock=office.clock, handlers=handlers, chance=lambda: 0.5)


async def test_while_everything_leaves_there_is_nothing_to_see(office: Office) -> None:
    await office.write()
    await worker(office, MailServer(0)).turn()
    assert (await office.lead.get("/unsent")).json() == {"count": 0, "causes": [], "items": []}
    assert (await office.lead.post("/unsent/try", {})).json() == {"tried": 0}


async def test_a_message_that_could_not_leave_is_shown_with_why_and_when_it_is_tried_next(office: Office) -> None:
    wrote_at = office.clock.now()
    begun = await office.write(name="Aru", email="aru@example.test")
    await worker(office, MailServer(1)).turn()
    shown = (await office.agent.get("/unsent")).json()
    [item] = shown["items"]
    detail = (await office.agent.get(f"/conversations/{begun['conversation']['id']}")).json()
    told = [each["event"]["message_id"] for each in detail["events"] if each["kind"] == "customer_told"]
    assert [item["message_id"]] == told
    assert (item["conversation_id"], item["conversation"]["customer"]) == (begun["conversation"]["id"], "Aru")
    assert (item["cause"], item["words"]) == ("login", "mail.shop.test: 535 5.7.8 Authentication failed")
    assert (item["attempts"], item["people"]) == (1, [])
    assert item["since"] == wrote_at.isoformat().replace("+00:00", "Z")
    assert item["next_at"] == (wrote_at + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    [why] = shown["causes"]
    assert (shown["count"], why["cause"], why["count"], why["words"]) == (1, "login", 1, item["words"])


async def test_try_now_sends_at_once_what_would_have_waited(office: Office) -> None:
    await office.write()
    server = MailServer(12)
    outbox = worker(office, server)
    while server.away:
        office.clock.advance(timedelta(minutes=15))
        await outbox.turn()
    assert await outbox.turn() == 0
    assert (await office.lead.post("/unsent/try", {})).json() == {"tried": 1}
    assert await outbox.turn() == 1
    assert len(server.taken) == 1
    assert (await office.lead.get("/unsent")).json()["count"] == 0


async def test_what_waits_for_a_conversation_comes_first_however_much_waits(office: Office) -> None:
    for _ in range(3):
        last = await office.write()
        office.clock.advance(timedelta(seconds=1))
    await worker(office, MailServer(3)).turn()
    wanted = last["conversation"]["id"]
    items = (await office.agent.get("/unsent")).json()["items"]
    assert [each["conversation_id"] == wanted for each in items] == [False, False, True]
    items = (await office.agent.get("/unsent", conversation=wanted)).json()["items"]
    assert [each["conversation_id"] == wanted for each in items] == [True, False, False]


async def test_an_alert_that_could_not_leave_names_whom_it_is_for(office: Office) -> None:
    begun = await office.write()
    await worker(office, MailServer(0)).turn()
    office.clock.advance(timedelta(minutes=14))
    store = office.parts.store
    while claims := await store.claim_timers(office.clock.now(), 10, LEASE):
        for claim in claims:
            await office.parts.engine.handle(timer_order(claim))
    server = MailServer(100)
    await worker(office, server).turn()
    alerts = [each for each in (await office.lead.get("/unsent")).json()["items"] if each["message_id"] is None]
    assert alerts
    assert alerts[0]["conversation_id"] == begun["conversation"]["id"]
    assert set(alerts[0]["people"]) <= {"Ola", "Lena"}


async def test_another_brand_sees_and_hurries_nothing_of_it(office: Office, other: Office) -> None:
    await office.write()
    await worker(office, MailServer(1)).turn()
    assert (await other.owner.get("/unsent")).json()["count"] == 0
    assert (await other.owner.post("/unsent/try", {})).json() == {"tried": 0}
    assert (await office.owner.post("/unsent/try", {})).json() == {"tried": 1}


async def test_an_agent_sees_it_but_a_lead_decides(office: Office) -> None:
    assert (await office.agent.get("/unsent")).status_code == 200
    assert (await office.agent.post("/unsent/try", {})).status_code == 403
    assert (await office.nobody.get("/unsent")).status_code == 401
    assert (await office.agent.get("/unsent", conversation="x")).status_code == 422
