"""Mail made to do harm, and mail that comes in the middle of a crash: nothing is lost, doubled, or stopped."""

import asyncio
import smtplib
import socket
import time

import pytest

from mail_scene import MailScene, plain
from waada.channels import mail_in, mail_route, mail_smtp
from waada.channels.mail_in import Arrival, MailIntake
from waada.core import events as e


async def test_what_is_larger_than_25_mb_is_refused_with_words(scene: MailScene) -> None:
    large = plain("x") + b"y" * 70 + b"\r\n" + (b"z" * 998 + b"\r\n") * 27_000
    with pytest.raises(smtplib.SMTPResponseException) as announced:
        await scene.deliver(large)
    assert announced.value.smtp_code == 552

    def unannounced() -> tuple[int, bytes]:
        with smtplib.SMTP("127.0.0.1", scene.port, timeout=60) as client:
            client.ehlo()
            client.mail("cora@home.test")
            client.rcpt("help@shop.test")
            return client.data(large)

    code, words = await asyncio.to_thread(unannounced)
    assert code == 552
    assert b"larger than 25 MB" in words
    await scene.deliver(plain("still here?"))
    await scene.mailed()


async def test_24_mb_are_taken_and_small_mail_behind_them_does_not_wait(scene: MailScene) -> None:
    large = plain("see below", subject="large") + (b"z" * 998 + b"\r\n") * 24_000
    sending = asyncio.create_task(scene.deliver(large))
    began = time.monotonic()
    await scene.deliver(plain("small", subject="small", From="dan@home.test"), sender="dan@home.test")
    await scene.mailed(1, 10)
    assert time.monotonic() - began < 10
    await sending
    await scene.mailed(2, 60)
    assert {each.subject for each in await scene.conversations()} == {"large", "small"}


async def test_mail_built_to_break_the_reader_becomes_letters_and_stops_nothing(scene: MailScene) -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(200)
    )
    evil = [
        b"".join(b"X-%d: x\r\n" % number for number in range(10_000)) + plain("ten thousand headers", subject="many"),
        b"X-Big: " + b"y" * 300_000 + b"\r\n" + plain("a header of 300 KB", subject="big"),
        b"From: eve@home.test\r\nSubject: deep\r\n" + nested,
        plain("nul: \x00 end", subject="nul"),
        b"From: eve@home.test\r\nSubject: =?utf-8?q?a=0D=0ABcc:_victim@x.test?=\r\n\r\ninjected?\r\n",
        b'From: "a\\r\\nBcc: victim@x.test" <eve2@home.test>\r\nSubject: name\r\n\r\ninjected name?\r\n',
        b"\x00\xff\xfe no header at all",
        b"\r\n\r\n",
        b"From: =?utf-8?b?" + b"/" * 5_000 + b"?= <eve3@home.test>\r\nSubject: b64\r\n\r\nwhat?\r\n",
        b"From: a@b.test\r\nContent-Type: text/plain; charset=none-such\r\nSubject: charset\r\n\r\n\xff\xfeodd\r\n",
    ]
    for number, raw in enumerate(evil):
        await scene.deliver(raw, sender=f"sender{number}@home.test")
    await scene.deliver(plain("after all of them", subject="last", From="dan@home.test"))
    await scene.quiet()
    [status] = await scene.room.status(scene.brand)
    assert status.conversations + status.letters == len(evil) + 1
    assert (status.waiting, status.failed) == (0, 0)
    assert "last" in {each.subject for each in await scene.conversations()}
    for mail in scene.sink.mails:
        assert mail["Bcc"] is None
        assert "victim@x.test" not in str(mail["To"])


async def test_an_address_that_is_not_ours_is_refused_unless_the_brand_takes_everything(scene: MailScene) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await scene.deliver(plain("x"), to="nobody@shop.test")
    assert refused.value.recipients["nobody@shop.test"][0] == 550
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await scene.deliver(plain("relay me"), to="victim@elsewhere.test")
    await scene.set_mail(settings=(("catch_all", "yes"),))
    await scene.deliver(plain("to anybody"), to="nobody@shop.test")
    await scene.mailed()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await scene.deliver(plain("relay me"), to="victim@elsewhere.test")


async def test_the_listener_speaks_as_mail_servers_expect(scene: MailScene) -> None:
    def talk() -> tuple[dict[str, str], bytes]:
        with smtplib.SMTP("127.0.0.1", scene.port, timeout=30) as client:
            client.ehlo()
            offered = dict(client.esmtp_features)
        with socket.create_connection(("127.0.0.1", scene.port), timeout=30) as line:
            stream = line.makefile("rb")
            stream.readline()
            body = plain("All at once: grüße", subject="pipelined")
            line.sendall(b"EHLO me\r\nMAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<help@shop.test>\r\nDATA\r\n")
            said = b""
            while not said.startswith(b"354"):
                said = stream.readline()
            line.sendall(body.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\nQUIT\r\n")
            return offered, stream.read()

    offered, said = await asyncio.to_thread(talk)
    assert offered["size"] == str(25 * 1024 * 1024)
    assert {"8bitmime", "smtputf8", "pipelining"} <= offered.keys()
    assert said.startswith(b"250 2.0.0")
    await scene.quiet()
    # The null sender is a machine's: kept as a letter, answered by nobody.
    assert [each.subject for each in await scene.store.letters(scene.brand)] == ["pipelined"]
    assert scene.sink.mails == []


async def test_lines_that_end_in_a_bare_lf_and_lines_of_a_megabyte_are_taken_as_they_are(scene: MailScene) -> None:
    raw = b"From: cora@home.test\nSubject: bare\n\n.hidden dot\n.\nnot the end\n" + b"x" * 2_000_000 + b"\n"
    await scene.deliver(raw)
    await scene.quiet()
    state = await scene.conversation()
    [wrote] = [fact.message for fact in await scene.facts(state.id) if isinstance(fact, e.CustomerWrote)]
    assert "not the end" in wrote.text
    kept = await scene.room.raw(scene.brand, wrote.raw or "")
    assert kept is not None
    assert len(kept) >= len(raw)


async def test_a_message_that_comes_byte_by_byte_is_whole_and_commands_behind_it_are_heard(scene: MailScene) -> None:
    def talk() -> bytes:
        with socket.create_connection(("127.0.0.1", scene.port), timeout=30) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(b"EHLO me\r\nMAIL FROM:<cora@home.test>\r\nRCPT TO:<help@shop.test>\r\nDATA\r\n")
            stream = line.makefile("rb")
            while not stream.readline().startswith(b"354"):
                pass
            for byte in b"From: cora@home.test\r\nSubject: slow\r\n\r\n..dots\r\n..\r\nend\r\n.\r\nNOOP\r\nQUIT\r\n":
                line.sendall(bytes([byte]))
            return stream.read()

    said = (await asyncio.to_thread(talk)).splitlines()
    assert [each[:3] for each in said] == [b"250", b"250", b"221"]
    await scene.quiet()
    state = await scene.conversation()
    assert state.preview == ".dots . end"


async def test_more_connections_than_one_peer_may_have_are_told_to_come_later(
    scene: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_smtp, "CONNECTIONS_PER_PEER", 2)

    def connect() -> tuple[socket.socket, bytes]:
        line = socket.create_connection(("127.0.0.1", scene.port), timeout=30)
        return line, line.recv(200)

    lines = [await asyncio.to_thread(connect) for _ in range(3)]
    assert [said[:3] for _, said in lines] == [b"220", b"220", b"421"]
    for line, _ in lines:
        line.close()

    async def gone() -> bool:
        assert scene.room.listener is not None
        return scene.room.listener.connections == 0

    await scene.until(gone)
    await scene.deliver(plain("now there is room"))


async def test_while_mail_cannot_be_stored_the_sender_is_told_to_try_again(
    scene: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from waada.trouble import Trouble

    async def away(*_: object) -> bool:
        raise Trouble("The database is away.")

    with monkeypatch.context() as patch:
        patch.setattr(scene.parts.bag, "keep_raw", away)
        with pytest.raises(smtplib.SMTPDataError) as told:
            await scene.deliver(plain("x"))
        assert told.value.smtp_code == 451
    await scene.deliver(plain("x"))
    await scene.mailed()


async def test_mail_that_was_stored_before_a_crash_is_carried_out_at_the_next_start(scene: MailScene) -> None:
    asleep = MailIntake(scene.parts, scene.room.book)  # never started: as if killed right after storing
    place = (await scene.room.book()).place_of("help@shop.test")
    assert place is not None
    await asleep.take(place, Arrival(raw=plain("Was I lost?"), how="smtp", envelope_from="cora@home.test"))
    assert await scene.conversations() == []
    await scene.stop_room()
    await scene.start_room()
    await scene.mailed()
    assert (await scene.conversation()).preview == "Was I lost?"


async def test_a_crash_between_the_command_and_its_mark_changes_nothing(
    scene: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a kill would end it."""

    async def killed(*_: object) -> None:
        raise Killed

    place = (await scene.room.book()).place_of("help@shop.test")
    assert place is not None
    intake = MailIntake(scene.parts, scene.room.book)
    raw = plain("Once, please.")
    record = await intake.take(place, Arrival(raw=raw, how="smtp", envelope_from="cora@home.test"))
    with monkeypatch.context() as patch:
        patch.setattr(scene.parts.bag, "settle_raw", killed)
        with pytest.raises(Killed):
            await intake.carry_out(record, raw)
    await scene.stop_room()
    await scene.start_room()
    await scene.quiet()
    state = await scene.conversation()
    assert [type(fact) for fact in await scene.facts(state.id)].count(e.CustomerWrote) == 1
    [status] = await scene.room.status(scene.brand)
    assert (status.conversations, status.duplicates) == (1, 0)
    assert len(scene.sink.mails) == 1


async def test_a_bug_that_one_mail_uncovers_ends_as_a_letter_and_stops_nothing(
    scene: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mail_route.read_aside

    async def odd(raw: bytes, *rest: object) -> object:
        if b"odd" in raw:
            message = "an odd mail"
            raise ValueError(message)
        return await real(raw, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(mail_in, "read_aside", odd)
    monkeypatch.setattr(mail_in, "LEASE", mail_in.LEASE * 0)
    await scene.deliver(plain("odd"))
    await scene.deliver(plain("even"))
    await scene.mailed()
    for _ in range(mail_in.ATTEMPTS_MAX):
        await scene.room.intake.sweep()
    [letter] = await scene.store.letters(scene.brand)
    assert "could not be carried out" in letter.reason
    assert (await scene.conversation()).preview == "even"
