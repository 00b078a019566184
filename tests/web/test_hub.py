"""The hub by itself: it outlives a database that is away, and a desk on a bad line hurts nobody else."""

import asyncio
from datetime import UTC, datetime

import pytest

from waada.clock import RandomIds
from waada.core import events as e
from waada.core.ids import BrandId, CommandId
from waada.ports import Recorded
from waada.web import feed
from waada.web.feed import FeedHub
from waada.web.feed_socket import place_of
from web_office import URL, Office, Socket

NOW = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
BRAND = BrandId(RandomIds().fresh())


def fact(number: int, brand: BrandId = BRAND) -> Recorded:
    return Recorded(
        cursor=str(number),
        brand_id=brand,
        stream=f"stream {number}",
        stream_kind="conversation",
        version=1,
        at=NOW,
        by="customer",
        command_id=CommandId(str(number)),
        event=e.FeltIgnored(at=NOW),
    )


class FakeLog:
    """A log in a list, which can be away."""

    def __init__(self) -> None:
        self.facts: list[Recorded] = []
        self.away = 0
        self.asked_for_its_end = asyncio.Event()

    async def feed(self, after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        if self.away:
            self.away -= 1
            raise ConnectionError("the database is away")
        if after is None:
            self.asked_for_its_end.set()
        start = len(self.facts) if after is None else int(after)
        found = tuple(self.facts[start : start + limit])
        return found, str(start + len(found))


async def test_it_goes_on_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAUSE_SECONDS", 0.001)
    log = FakeLog()
    hub = FeedHub(log)
    await hub.open()
    subscription = hub.subscribe(BRAND)
    log.away = 3
    log.facts.append(fact(1))
    hub.wake()
    assert await asyncio.wait_for(anext(subscription), 5) == log.facts[0]
    await hub.close()
    with pytest.raises(StopAsyncIteration):
        await anext(subscription)


async def test_a_wake_that_got_lost_costs_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAUSE_SECONDS", 0.01)
    log = FakeLog()
    hub = FeedHub(log)
    await hub.open()
    subscription = hub.subscribe(BRAND)
    log.facts.append(fact(1))
    assert (await asyncio.wait_for(anext(subscription), 5)).stream == "stream 1"
    await hub.close()


async def test_more_than_a_page_is_handed_out_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAGE", 3)
    log = FakeLog()
    log.facts.append(fact(1))
    hub = FeedHub(log)
    await hub.open()
    subscription = hub.subscribe(BRAND)
    log.facts += [fact(number) for number in range(2, 12)]
    hub.wake()
    heard = [await asyncio.wait_for(anext(subscription), 5) for _ in range(10)]
    assert [each.stream for each in heard] == [f"stream {number}" for number in range(2, 12)]
    assert hub.changes(BRAND) == 10
    await hub.close()


async def test_what_nobody_listened_to_is_passed_over_and_the_next_reader_misses_nothing() -> None:
    log = FakeLog()
    hub = FeedHub(log)
    await hub.open()
    log.asked_for_its_end.clear()
    log.facts += [fact(1), fact(2)]
    hub.wake()
    await asyncio.wait_for(log.asked_for_its_end.wait(), 5)
    assert hub.cursor == "2"
    assert hub.changes(BRAND) == 1  # a snapshot from before is old
    log.facts.append(fact(3))
    subscription = hub.subscribe(BRAND)
    assert await asyncio.wait_for(anext(subscription), 5) == log.facts[2]
    await hub.close()


async def test_somebody_who_comes_while_the_end_is_looked_for_misses_nothing() -> None:
    log = FakeLog()
    hub = FeedHub(log)
    await hub.open()
    log.facts += [fact(1), fact(2)]
    ask = log.feed
    came: asyncio.Queue[feed.Subscription] = asyncio.Queue()

    async def slow(after: str | None, limit: int) -> tuple[tuple[Recorded, ...], str]:
        answer = await ask(after, limit)
        if after is None:
            came.put_nowait(hub.subscribe(BRAND))
        return answer

    log.feed = slow  # type: ignore[method-assign]  # somebody comes between the question and its answer
    hub.wake()
    async with asyncio.timeout(20):
        subscription = await came.get()
        assert [await anext(subscription), await anext(subscription)] == log.facts
    await hub.close()


@pytest.mark.postgres
async def test_a_desk_on_a_bad_line_is_closed_and_the_others_hear_everything(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "QUEUE_MAX", 8)
    headers = {"cookie": office.agent.cookie, "origin": URL}
    stuck, good = Socket(office.app, "/feed", headers=headers), Socket(office.app, "/feed", headers=headers)
    async with stuck, good:
        await stuck.hear()
        await good.hear()
        line = asyncio.Event()
        desk = next(iter(office.parts.connections._open.values()))  # the first that was opened
        send = desk._send  # type: ignore[attr-defined]  # the line to the browser

        async def slow(message: dict[str, object]) -> None:
            await line.wait()
            await send(message)

        monkeypatch.setattr(desk, "_send", slow)
        for number in range(4):
            await office.write(f"message {number}")
            await office.settled()
            while (await good.hear()).get("row") is None:
                pass
        line.set()
        while stuck.closed_with is None:
            await stuck.hear()
        assert stuck.closed_with == 1013
        assert good.closed_with is None


def test_positions_are_numbers_and_nothing_else() -> None:
    assert place_of("17") == (17,)
    assert place_of("17.4") == (17, 4)
    for wrong in ("", ".", "1.", "a.b", "1.2.3", "-1.2", "1" * 30, "١.٢"):
        assert place_of(wrong) is None, wrong
