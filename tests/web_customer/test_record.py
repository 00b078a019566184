"""What customers see before they write: how our word was kept, what is quickest, and what else there is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from waada.core import commands as c
from waada.core.outlook import Asked, Sight
from waada.core.people import Brand, Channel
from waada.core.policies import Policy
from waada.words import LANGUAGES
from web_customer.shop import Shop, text_of

LONG = timedelta(hours=3, minutes=5)


class Queue:
    """The chat is three hours long and quieter tomorrow; mail is as ever."""

    basis = "waits1 test"

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def chance_at(self, due_at: datetime) -> float:
        return 0.99 if due_at >= self.asked.now + LONG else 0.1

    def due_at(self, chance: float) -> datetime | None:
        return self.asked.now + LONG if chance < 0.99 else None


class LongChat:
    def sight(self, asked: Asked) -> Sight | None:
        return Queue(asked) if asked.channel is not None and asked.channel.key == "chat" else None

    def quiet_hour(self, brand: Brand, channel: Channel, now: datetime) -> datetime | None:
        return brand.hours_of(channel).next_opening(now)


async def answered(shop: Shop, times: int, *, late: int = 0, channel: str = "chat") -> None:
    """So many promises fell due; the first `late` of them were answered too late."""
    begun = [(await shop.write_first(channel=channel)).id for _ in range(times)]
    for conversations, minutes in ((begun[late:], 1), (begun[:late], 29)):
        shop.later(minutes=minutes)
        for each in conversations:
            await shop.answer("Here we are.", each)


async def page(shop: Shop, path: str = "/contact/shop") -> str:
    async with shop.browser() as browser:
        return (await browser.get(path)).text


async def offer(shop: Shop, channel: str, **policy: object) -> None:
    wanted = Policy(first_answer_seconds=900, next_answer_seconds=7200, ceiling_seconds=9000, **policy)  # type: ignore[arg-type]  # the test's own
    set_up = Channel(key=channel, kind=channel, name=channel, live=True, policy=wanted, address="help@shop.test")  # type: ignore[arg-type]  # keys of the scene are kinds
    await shop.tell_brand(c.SetChannel(channel=set_up))


async def test_a_channel_with_few_promises_says_that_it_is_new(shop: Shop) -> None:
    await answered(shop, 19)
    assert text_of(await page(shop)).count("New here: too few promises yet to say how many we keep") == 2


async def test_every_channel_shows_how_many_promises_it_kept(shop: Shop) -> None:
    await answered(shop, 30, late=1)
    shown = text_of(await page(shop))
    assert "96% of 30 promises kept in the last 30 days" in shown  # 96.67 %, never rounded up
    assert shown.count("New here") == 1
    assert "96% of 30 promises kept" in text_of(await page(shop, "/chat/shop/chat"))


async def test_what_is_long_past_is_no_record_any_more(shop: Shop) -> None:
    await answered(shop, 25)
    shop.later(days=29)
    assert "100% of 25 promises kept" in text_of(await page(shop))
    shop.later(days=1)
    assert text_of(await page(shop)).count("New here") == 2


async def test_the_record_is_told_in_every_language(shop: Shop) -> None:
    await answered(shop, 30, late=1)
    await shop.tell_brand(c.ChangeBrand(name="Shop", zone="Europe/London", languages=LANGUAGES, colour="#0f766e"))
    for language, shown in (
        ("kk", "Соңғы 30 күндегі 30 уәденің 96% бөлігі орындалды"),
        ("cy", "Cadwyd 96% o 30 addewid yn ystod y 30 diwrnod diwethaf"),
        ("hi", "पिछले 30 दिनों के 30 वादों में से 96% निभाए गए"),
        ("ar", "وفينا بنسبة ٩٦٪ من ٣٠ وعدًا خلال آخر ٣٠ يومًا"),
    ):
        assert shown in text_of(await page(shop, f"/contact/shop?lang={language}"))


async def test_the_quickest_channel_comes_first_and_says_so(shop: Shop) -> None:
    shop.engine.outlook = LongChat()
    html = await page(shop)
    headings = re.findall(r"<h2>(.*?)</h2>", html, re.DOTALL)
    assert [text_of(each) for each in headings[:2]] == ["E-mail Quickest now", "Chat"]


async def test_nothing_is_quickest_where_all_take_as_long(shop: Shop) -> None:
    assert "Quickest now" not in await page(shop)


async def test_a_long_chat_offers_an_answer_by_mail_by_the_same_time(shop: Shop) -> None:
    shop.engine.outlook = LongChat()
    await offer(shop, "chat")
    chat = text_of(await page(shop, "/chat/shop/chat"))
    assert "Write now, and a person will answer you by 13:05 London time." in chat
    assert "leave your e-mail address, and you may go. The answer comes by mail, by the same time." in chat
    assert "Usually quieter tomorrow, Tuesday, at 09:00 London time" in chat


async def test_a_long_chat_offers_a_call_where_the_brand_wants_it_so(shop: Shop) -> None:
    shop.engine.outlook = LongChat()
    await offer(shop, "chat", instead="phone")
    assert "write us your phone number, and we call you by then." in text_of(await page(shop))


async def test_nothing_else_is_offered_while_it_is_short(shop: Shop) -> None:
    await offer(shop, "chat")
    shown = text_of(await page(shop))
    assert "That is long to wait" not in shown
    assert "Usually quieter" not in shown


@pytest.mark.parametrize("number", range(1, 4))
async def test_records_are_counted_once_a_minute(shop: Shop, number: int) -> None:
    counted = 0
    count = shop.store.kept_record

    async def counting(*period: object) -> object:
        nonlocal counted
        counted += 1
        return await count(*period)  # type: ignore[arg-type]  # passed on as it came

    shop.store.kept_record = counting  # type: ignore[assignment,method-assign]  # seen from outside
    for _ in range(number):
        await page(shop)
        await page(shop, "/chat/shop/chat")
        shop.later(seconds=61)
    assert counted == number
