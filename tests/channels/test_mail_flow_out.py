"""Mail that leaves: tried again after trouble under one Message-ID, failures shown to who wrote it, alerts to people,
the local outbox where no server is set up, and no end of mail between two desks."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mail_scene import MailScene, mail_of, plain
from waada.channels.mail_out import MailOut
from waada.channels.mail_wire import MailServerAway
from waada.clock import VirtualClock
from waada.core import commands as c
from waada.core import events as e
from waada.core.effects import Alert, Send
from waada.core.ids import BrandId, MessageId, PersonId, customer_id
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.mailbag import MailDesk
from waada.ports import OutboxClaim


async def deliveries(scene: MailScene, stream: str) -> list[tuple[str, str | None]]:
    facts = await scene.facts(stream)
    return [(fact.status, fact.detail) for fact in facts if isinstance(fact, e.DeliveryChanged)]


async def test_trouble_is_tried_again_with_the_same_message_id(scene: MailScene) -> None:
    scene.sink.answers = ["451 4.3.0 try later", "451 4.3.0 try later"]
    await scene.deliver(plain("My parcel did not come."))
    [told] = await scene.mailed(1, 15)
    await scene.quiet()
    state = await scene.conversation()
    assert await deliveries(scene, state.id) == [("sent", None)]
    assert state.id in told["Message-ID"]


async def test_what_the_other_side_will_never_take_is_told_to_the_writer(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come."))
    await scene.mailed()
    state = await scene.conversation()
    scene.sink.answers = ["550 5.1.1 No such user here"]
    await scene.reply(state.id)
    await scene.quiet()
    assert (await deliveries(scene, state.id))[1:] == [("failed", "550 5.1.1 No such user here")]
    assert len(scene.sink.mails) == 1


async def test_a_kill_between_sending_and_recording_sends_the_same_mail_again(
    scene: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        """As a kill would end it."""

    happened = asyncio.Event()

    async def killed(*_: object) -> None:
        happened.set()
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(MailOut, "_record", killed)
        await scene.deliver(plain("My parcel did not come."))
        await happened.wait()
    first, second, *_ = await scene.mailed(2, 15)
    await scene.quiet()
    assert first["Message-ID"] == second["Message-ID"]
    state = await scene.conversation()
    assert await deliveries(scene, state.id) == [("sent", None)]


async def test_what_was_taken_back_within_ten_seconds_never_leaves(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come."))
    await scene.mailed()
    state = await scene.conversation()
    done = await scene.reply_as_person(state.id, "Oh no, wrong text")
    await scene.order(c.Undo(), state.id, f"person:{scene.ann}")
    [wrote] = [event for event in done.events if isinstance(event, e.PersonWrote)]
    # Even a worker that had the effect in hand already finds that it was taken back.
    claim = OutboxClaim(
        key="x",
        brand_id=scene.brand,
        stream=state.id,
        effect=Send(message_id=wrote.message.id, via="mail"),
        attempts=1,
        due_at=scene.clock.now(),
    )
    await scene.room.send(claim)
    assert len(scene.sink.mails) == 1


async def test_files_of_an_answer_go_along(scene: MailScene) -> None:
    await scene.deliver(plain("Please send the invoice."))
    await scene.mailed()
    state = await scene.conversation()
    await scene.store.put_blob(scene.brand, "invoice-1", "application/pdf", b"%PDF-1.7 not really")
    file = e.Attachment(blob="invoice-1", name="Rechnung März.pdf", media_type="application/pdf", size=19)
    await scene.reply(state.id, "Here it is.", attachments=(file,))
    answer = (await scene.mailed(2))[1]
    [part] = list(answer.iter_attachments())
    assert (part.get_filename(), part.get_content()) == ("Rechnung März.pdf", b"%PDF-1.7 not really")


async def test_names_and_subjects_can_not_become_headers(scene: MailScene) -> None:
    raw = plain("Hello?").replace(
        b"Cora Home <cora@home.test>", b"=?utf-8?q?Cora=0D=0ABcc=3A_victim=40x=2Etest?= <cora@home.test>"
    )
    await scene.deliver(raw.replace(b"Where is my parcel?", b"=?utf-8?q?a=0D=0AX-Evil=3A_1?="))
    [told] = await scene.mailed()
    assert told["Bcc"] is None
    assert told["X-Evil"] is None
    state = await scene.conversation()
    order = c.Reply(
        author="Ann\r\nBcc: victim@x.test",
        message=scene_message(scene, "Hi"),
        person_id=scene.ann,
        anyway=True,
    )
    await scene.order(order, state.id, "key:test")
    answer = (await scene.mailed(2))[1]
    assert answer["Bcc"] is None


def scene_message(scene: MailScene, text: str) -> e.Message:
    return e.Message(id=MessageId(scene.ids.fresh()), text=text)


async def test_a_chat_that_was_left_is_answered_by_mail_and_the_answer_comes_back_into_it(scene: MailScene) -> None:
    policy = Policy(first_answer_seconds=30, next_answer_seconds=60, clock="always")
    await scene.order(
        c.SetChannel(channel=Channel(key="chat", kind="chat", name="Chat", live=True, policy=policy)), scene.brand
    )
    customer = e.Customer(id=customer_id(scene.brand, "visitor", "v"), email="cora@home.test")
    start = c.StartConversation(channel="chat", customer=customer, message=scene_message(scene, "Anybody there?"))
    state = (await scene.order(start, scene.ids.fresh(), "customer")).conversation
    await scene.order(c.Leave(), state.id, "customer")
    await scene.reply(state.id, "Yes, I am.")
    [answer] = await scene.mailed()
    body = answer.get_body(("plain",))
    assert body is not None
    assert "You left the chat" in body.get_content()
    await scene.deliver(plain("Thank you!"), to=answer["Reply-To"].addresses[0].addr_spec)
    await scene.quiet()
    wrote = [fact.message.text for fact in await scene.facts(state.id) if isinstance(fact, e.CustomerWrote)]
    assert wrote == ["Anybody there?", "Thank you!"]


async def test_people_who_may_not_look_are_warned_at_their_own_address(scene: MailScene) -> None:
    await scene.deliver(plain("My parcel did not come.", From="Cora Home <cora@home.test>"))
    await scene.mailed()
    state = await scene.conversation()
    assert state.promise is not None
    claim = OutboxClaim(
        key="alert",
        brand_id=scene.brand,
        stream=state.id,
        effect=Alert(alert_id=f"{state.promise.id}:5", people=(scene.owner, PersonId("nobody")), rung="owner"),
        attempts=1,
        due_at=scene.clock.now(),
    )
    await scene.room.alert(claim)
    alert = (await scene.mailed(2))[1]
    assert alert["To"] == "olive@staff.test"
    assert "Cora Home" in alert["Subject"]
    assert "within 15 minutes" in alert["Subject"]
    body = alert.get_body(("plain",))
    assert body is not None
    assert f"http://desk.test/#/c/{state.id}" in body.get_content()
    assert alert["Auto-Submitted"] == "auto-generated"


async def test_without_a_mail_server_mails_lie_in_the_local_outbox_once(fresh_database: str) -> None:
    scene = await MailScene(fresh_database).open(outside=False)
    try:
        await scene.deliver(plain("My parcel did not come."))

        async def posted() -> object:
            return await scene.room.posted(scene.brand)

        await scene.until(posted)
        await scene.quiet()
        state = await scene.conversation()
        await scene.reply(state.id)
        await scene.quiet()
        desk: MailDesk = scene.room
        answer, told = await desk.posted(scene.brand)
        assert told.recipients == ("cora@home.test",)
        assert [mail.id for mail in await desk.posted(scene.brand, before=answer.id)] == [told.id]
        whole = await desk.posted_mail(scene.brand, told.id)
        assert whole is not None
        assert state.promise is not None
        assert state.promise.words in str(mail_of(whole.raw))
        assert await deliveries(scene, state.id) == [("sent", None), ("sent", None)]
    finally:
        await scene.close()


async def test_two_desks_that_mail_each_other_stop(scene: MailScene) -> None:
    """A desk like ours writes to ours, and what each sends is carried to the other until neither answers."""
    first, other = scene.brand, BrandId(scene.ids.fresh())
    scene.brand = other
    await scene.found(slug="other", address="desk@other.test")
    scene.brand = first
    await scene.deliver(plain("Hello desk", From="desk@other.test"), sender="desk@other.test")
    await scene.mailed()
    carried = 0
    while carried < len(scene.sink.mails):
        assert carried < 10, "they go on for ever"
        mail, sender = scene.sink.mails[carried], scene.sink.senders[carried]
        carried += 1
        await scene.deliver(bytes(mail), to=str(mail["To"]), sender=sender)
        for brand in (first, other):
            scene.brand = brand
            await scene.quiet()
    assert carried == 1
    scene.brand = other
    [letter] = await scene.store.letters(other)
    assert letter.subject == "Re: Where is my parcel?"
    assert await scene.conversations() == []


async def test_a_dumb_responder_is_answered_a_few_times_at_most(scene: MailScene) -> None:
    """It marks nothing as automatic, makes a new subject each time, and never gives up."""
    await scene.deliver(plain("Ticket 0 was opened", subject="Ticket 0", From="bot@other.test"))
    answered = 0
    for number in range(1, 30):
        await scene.quiet()
        fresh = scene.sink.mails[answered:]
        if not fresh:
            break
        for mail in fresh:
            answered += 1
            assert mail["To"] == "bot@other.test"
            again = plain(f"Ticket {number} was opened", subject=f"Ticket {number}", From="bot@other.test")
            await scene.deliver(again, sender="bot@other.test")
    assert answered <= 6
    for row in await scene.conversations():
        assert row.promise is not None  # still an enquiry each: nobody is ignored


async def test_mail_that_can_not_leave_for_two_days_is_given_up_and_told(fresh_database: str) -> None:
    clock = VirtualClock(datetime(2026, 11, 16, 10, 0, tzinfo=UTC))
    scene = await MailScene(fresh_database, clock).open()
    try:
        await scene.deliver(plain("My parcel did not come."))
        await scene.mailed()
        state = await scene.conversation()
        scene.sink.answers = ["451 never"] * 100
        done = await scene.reply(state.id)
        [wrote] = [event for event in done.events if isinstance(event, e.PersonWrote)]
        effect = Send(message_id=wrote.message.id, via="mail")
        claim = OutboxClaim(
            key="x", brand_id=scene.brand, stream=state.id, effect=effect, attempts=1, due_at=clock.now()
        )
        with pytest.raises(MailServerAway):
            await scene.room.send(claim)
        clock.advance(timedelta(days=2))
        await scene.room.send(claim)
        [(status, detail)] = (await deliveries(scene, state.id))[1:]
        assert status == "failed"
        assert "451 never" in (detail or "")
    finally:
        await scene.close()
