"""The doors of forms and chats: what customers of an evening send over HTTP and the socket; how they take trouble."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from live_stage import no_time_pace, visitor
from waada.clock import RandomIds, SystemClock
from waada.core.ids import BrandId
from waada.sim.evening_texts import MARK, TONGUES, answer_to, understood
from waada.sim.live_chat import ChatDoor
from waada.sim.live_doors import DoorClosed, Tally
from waada.sim.live_form import Api, FormDoor
from waada.sim.live_pace import Pace

BRAND = BrandId("00000000-0000-7000-8000-000000000000")


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_a_colleague_finds_the_answer_to_every_question_in_its_language(language: str) -> None:
    tongue = TONGUES[language]
    for topic in tongue.topics:
        first = f"{topic.first} - {tongue.names[0]} {MARK}"
        assert answer_to((first,), 1, language, "") == topic.answer
        assert answer_to((first, tongue.nudges[0]), 2, language, "") == topic.answer
        assert answer_to((first, topic.further), 1, language, "") == topic.further_answer
        assert answer_to((first, tongue.thanks[0]), 1, language, "") is None
        assert answer_to((first, tongue.ignored), 1, "en", "") == topic.answer
    everything = [text for topic in tongue.topics for text in (topic.first, topic.further)]
    assert len(set(everything)) == 2 * len(tongue.topics)


def test_words_wrapped_by_a_mail_program_are_still_understood() -> None:
    topic = TONGUES["en"].topics[0]
    assert understood(topic.first.replace(" ", "\n", 3))[2] == topic


def test_what_nobody_foresaw_gets_a_friendly_word() -> None:
    assert answer_to(("Do you sell kites?",), 1, "en", "Sam") == f"Hello Sam, {TONGUES['en'].looking}"


# --- pace -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("speed", "seconds"), [(1, 60.0), (5, 12.0), (20, 3.0), (60, 1.0)])
async def test_speed_changes_how_long_a_pause_takes_and_nothing_else(speed: float, seconds: float) -> None:
    slept: list[float] = []

    async def sleep(nap: float) -> None:
        slept.append(nap)

    made = Pace(SystemClock(), sleep)
    made.begin(speed)
    await made.pause(60.0)
    assert sum(slept) == pytest.approx(seconds)


async def test_a_pause_can_have_a_real_minimum_and_notices_a_new_speed() -> None:
    slept: list[float] = []

    async def sleep(nap: float) -> None:
        slept.append(nap)
        made.change(60)

    made = Pace(SystemClock(), sleep)
    made.begin(1)
    await made.pause(122.0)
    assert sum(slept) == pytest.approx(2 + 2)
    slept.clear()
    await made.pause(60.0, at_least=5.0)
    assert sum(slept) == pytest.approx(5)


# --- the form ---------------------------------------------------------------------------------------------------------


class ShopServer(BaseHTTPRequestHandler):
    """Answers like the API; the first of each kind of answer to give is taken from `plan`."""

    plan: list[int] = []  # noqa: RUF012 - one list for one test
    seen: list[tuple[str, str, dict[str, str], Any]] = []  # noqa: RUF012 - as above

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(("POST", self.path, dict(self.headers), json.loads(body)))
        self._answer({"conversation": {"id": "c1"}})

    def do_GET(self) -> None:
        self.seen.append(("GET", self.path, dict(self.headers), None))
        told = {"version": 2, "kind": "customer_told", "event": {"message_id": "m1", "text": "by 20:40"}}
        wrote = {"version": 3, "kind": "person_wrote", "event": {"message": {"id": "m2", "text": "It comes."}}}
        note = {"version": 4, "kind": "note_written", "event": {}}
        closed = {"version": 5, "kind": "conversation_closed", "event": {}}
        self._answer({"events": [told, wrote, note, closed]})

    def _answer(self, body: Any) -> None:
        status = self.plan.pop(0) if self.plan else 200
        raw = json.dumps(body if status == 200 else {"detail": "Too many."}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[tuple[str, type[ShopServer]]]:
    ShopServer.plan, ShopServer.seen = [], []
    server = HTTPServer(("127.0.0.1", 0), ShopServer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", ShopServer
    server.shutdown()
    thread.join()
    server.server_close()


def form(base_url: str, tally: Tally) -> FormDoor:
    return FormDoor(api=Api(base_url, "waada_key"), channel="mail", ids=RandomIds(), pace=no_time_pace(), tally=tally)


async def test_a_form_writes_with_the_key_and_hears_the_promise_the_answer_and_the_end(
    shop: tuple[str, type[ShopServer]],
) -> None:
    url, server = shop
    tally = Tally()
    line = await form(url, tally).open(visitor("kk"))
    await line.write("Қайда?")
    await line.write("Әлі жоқ.")
    assert await line.act("ignored")
    assert await line.act("mail")
    heard = [await line.hear() for _ in range(3)]
    assert [(each.what, each.message) for each in heard] == [("told", "m1"), ("answer", "m2"), ("closed", "")]
    paths = [path for method, path, _, _ in server.seen if method == "POST"]
    base = "/api/v1/conversations"
    assert paths == [base, f"{base}/c1/messages", f"{base}/c1/customer-actions", f"{base}/c1/customer-actions"]
    _, _, headers, asked = server.seen[0]
    assert headers["Authorization"] == "Bearer waada_key"
    assert asked["customer"]["language"] == "kk"
    assert MARK in asked["customer"]["name"]
    assert server.seen[3][3] == {"action": "contact", "how": "mail", "address": "a@customers.demo.test"}
    assert tally.troubles == {}


async def test_a_form_that_is_slowed_down_knocks_again_under_the_same_key(shop: tuple[str, type[ShopServer]]) -> None:
    url, server = shop
    server.plan[:] = [429, 503]
    tally = Tally()
    await (await form(url, tally).open(visitor())).write("Where is it?")
    assert tally.troubles == {"limited": 1, "broken": 1}
    assert tally.last_trouble is not None
    assert tally.last_trouble.endswith("was answered with 503. Too many.")
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in server.seen}) == 1
    assert len(server.seen) == 3


async def test_a_button_pressed_twice_is_no_trouble(shop: tuple[str, type[ShopServer]]) -> None:
    url, server = shop
    tally = Tally()
    line = await form(url, tally).open(visitor())
    await line.write("Where is it?")
    server.plan[:] = [409]
    assert await line.act("ignored")
    assert tally.troubles == {}
    assert len(server.seen) == 2


async def test_a_form_that_is_refused_does_not_knock_again(shop: tuple[str, type[ShopServer]]) -> None:
    url, server = shop
    server.plan[:] = [422]
    with pytest.raises(DoorClosed) as closed:
        await (await form(url, Tally()).open(visitor())).write("Where is it?")
    assert closed.value.why == "refused"
    assert len(server.seen) == 1


async def test_a_server_that_is_not_there_is_counted_and_given_up_after_some_knocks() -> None:
    tally = Tally()
    with pytest.raises(DoorClosed) as closed:
        await (await form("http://127.0.0.1:9", tally).open(visitor())).write("Where is it?")
    assert closed.value.why == "away"
    assert tally.troubles == {"away": 4}


# --- chat -------------------------------------------------------------------------------------------------------------


class ChatServer:
    """Speaks as our chat socket does; `cut_at` closes the line instead of accepting that message."""

    def __init__(self, cut_at: str = "", code: int = 1011) -> None:
        self.cut_at, self.code = cut_at, code
        self.heard: list[dict[str, Any]] = []
        self.queries: list[str] = []
        self.keys: dict[str, int] = {}

    async def __call__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.queries.append(socket.request.path)
        async for text in socket:
            frame = json.loads(text)
            self.heard.append(frame)
            if frame["kind"] == "hello":
                conversation = "c1" if self.keys else None
                await self.say(socket, kind="welcome", visitor="token", conversation=conversation, facts=self.facts())
            elif frame["kind"] == "write":
                first = not self.keys
                self.keys.setdefault(frame["key"], 2 * len(self.keys) + 1)
                if frame["text"] == self.cut_at:
                    self.cut_at = ""
                    await socket.close(self.code)
                    return
                if first:
                    await self.say(socket, kind="welcome", visitor="token", conversation="c1", facts=self.facts())
                await self.say(socket, kind="accepted", key=frame["key"], version=1)

    def facts(self) -> list[dict[str, Any]]:
        told = {"kind": "fact", "what": "told", "message": {"id": "t", "text": "by 20:40"}}
        return [{"kind": "fact", "what": "customer", "version": 1}, {**told, "version": 2}] if self.keys else []

    async def say(self, socket: ServerConnection, **frame: Any) -> None:
        await socket.send(json.dumps(frame))


async def test_a_chat_that_is_cut_comes_back_and_says_it_again_under_the_same_key() -> None:
    server, tally = ChatServer(cut_at="Hello?"), Tally()
    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        line = await chat(port, tally).open(visitor("cy"))
        await line.typing(on=True)
        await line.write("Ble mae hi?")
        assert (await asyncio.wait_for(line.hear(), 5)).what == "told"
        await line.write("Hello?")
        await line.act("mail")
        await line.act("ignored")
        await line.leave()
    assert tally.troubles == {"cut": 1}
    writes = [frame for frame in server.heard if frame["kind"] == "write"]
    assert [frame["text"] for frame in writes] == ["Ble mae hi?", "Hello?", "Hello?"]
    assert writes[1]["key"] == writes[2]["key"]
    assert "visitor=token&after=2&conversation=c1" in server.queries[1]
    assert server.heard[0] == {"kind": "hello", "language": "cy", "zone": "Asia/Almaty", "page": "http://127.0.0.1"}
    assert [frame["kind"] for frame in server.heard][-2:] == ["address", "act"]


async def test_a_chat_that_knocks_too_often_is_counted_and_gives_up_after_some_knocks() -> None:
    async def too_often(socket: ServerConnection) -> None:
        await socket.close(4429)

    tally = Tally()
    async with serve(too_often, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        with pytest.raises(DoorClosed):
            await chat(port, tally).open(visitor())
    assert tally.troubles == {"limited": 4}


async def test_a_chat_that_is_not_there_is_counted() -> None:
    tally = Tally()
    with pytest.raises(DoorClosed):
        await chat(9, tally).open(visitor())
    assert tally.troubles == {"away": 4}


async def test_a_signed_in_customer_brings_a_token_that_expires() -> None:
    server = ChatServer()
    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        line = await chat(port, Tally(), identity_secret="a secret of the shop's, long enough").open(visitor())
        await line.leave()
    assert server.heard[0]["identity"].count(".") == 2


def chat(port: int, tally: Tally, identity_secret: str | None = None) -> ChatDoor:
    return ChatDoor(
        address=f"ws://127.0.0.1:{port}/chat/demo/chat/socket",
        origin="http://127.0.0.1",
        key="waada_key",
        clock=SystemClock(),
        ids=RandomIds(),
        pace=no_time_pace(),
        tally=tally,
        identity_secret=identity_secret,
    )
