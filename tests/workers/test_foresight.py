"""A node's outlook: what it writes and what others write, judging by the minute, and what a restart still knows."""

from __future__ import annotations

from datetime import timedelta

from contracts.shop import Shop, open_shop
from waada.core import commands as c
from waada.core.events import AtRisk, CustomerTold, PromiseMade
from waada.core.ids import BrandId
from waada.core.people import Brand
from waada.engine import Engine
from waada.ports import Knowledge
from waada.science.outlook import LiveOutlook
from waada.science.standing import Owed
from waada.store.memory import MemoryStore
from waada.words.phrase import CataloguePhrase
from waada.workers.foresight import Foresight


class Drawer:
    """A shelf in memory."""

    def __init__(self) -> None:
        self.kept: dict[BrandId, Knowledge] = {}

    async def all(self) -> tuple[Knowledge, ...]:
        return tuple(self.kept.values())

    async def keep(self, knowledge: Knowledge) -> None:
        self.kept[knowledge.brand_id] = knowledge


def node(shop: Shop, drawer: Drawer, *, judge: bool = True) -> tuple[Foresight, LiveOutlook, Engine]:
    """A node on the shop's store: its own outlook and engine."""
    outlook = LiveOutlook()
    engine = Engine(store=shop.store, clock=shop.clock, ids=shop.ids, phrase=CataloguePhrase(), outlook=outlook)
    assert isinstance(shop.store, MemoryStore)
    foresight = Foresight(
        outlook=outlook, engine=engine, store=shop.store, clock=shop.clock, shelf=drawer, judge=judge, beginning="0"
    )
    engine.watchers.append(foresight.saw)
    return foresight, outlook, engine


def waiting(outlook: LiveOutlook, shop: Shop) -> dict[str, Owed]:
    lines = outlook.standing(shop.brand_id).lines.values()
    return {stream: owed for line in lines for stream, owed in line.owed.items()}


async def brand(shop: Shop) -> Brand:
    known = await shop.store.brand(shop.brand_id)
    assert known is not None
    return known


async def test_a_node_learns_from_the_whole_log_what_the_node_that_wrote_it_knows() -> None:
    shop = await open_shop(MemoryStore())
    writer, known, shop.engine = node(shop, Drawer())
    await writer.begin()
    for number in range(12):
        stream = (await shop.write()).conversation.id
        shop.pass_time(minutes=3)
        if number % 3:
            await shop.reply(stream, close=True)
    reader, heard, _ = node(shop, Drawer(), judge=False)
    await reader.begin()
    await reader.turn()
    here, there = known.learned(shop.brand_id), heard.learned(shop.brand_id)
    assert here.plain() == there.plain()
    assert waiting(known, shop) == waiting(heard, shop)
    assert len(waiting(known, shop)) == 4


async def test_what_was_kept_is_read_again_and_only_what_came_later_is_added() -> None:
    shop = await open_shop(MemoryStore())
    drawer = Drawer()
    first, known, shop.engine = node(shop, drawer)
    await first.begin()
    for _ in range(5):
        await shop.reply((await shop.write()).conversation.id, close=True)
        shop.pass_time(minutes=5)
    await first.turn()
    kept = drawer.kept[shop.brand_id]
    assert kept.version == known.learned(shop.brand_id).version
    later = (await shop.write()).conversation.id
    shop.pass_time(minutes=5)
    await shop.reply(later, close=True)
    again, heard, _ = node(shop, drawer, judge=False)
    await again.begin()
    await again.turn()
    assert heard.learned(shop.brand_id).plain() == known.learned(shop.brand_id).plain()


async def test_another_nodes_facts_are_heard_once_and_ones_own_are_not_heard_twice() -> None:
    shop = await open_shop(MemoryStore())
    one, known, engine_one = node(shop, Drawer())
    two, other, engine_two = node(shop, Drawer(), judge=False)
    for each in (one, two):
        await each.begin()
        await each.turn()
    for engine in (engine_one, engine_two, engine_one):
        shop.engine = engine
        await shop.reply((await shop.write()).conversation.id, close=True)
        shop.pass_time(minutes=4)
    for each in (one, two, one, two):
        each.woken(own=False)
        await each.turn()
    assert known.learned(shop.brand_id).version == other.learned(shop.brand_id).version
    assert known.learned(shop.brand_id).demand.plain() == other.learned(shop.brand_id).demand.plain()


async def test_when_everybody_goes_home_customers_are_told_before_their_time_is_up() -> None:
    shop = await open_shop(MemoryStore())
    foresight, _, shop.engine = node(shop, Drawer())
    await foresight.begin()
    stream = (await shop.write()).conversation.id
    await foresight.turn()
    before = (await brand(shop)).people
    assert any(each.on_duty for each in before)
    for person in (shop.owner, shop.agent):
        await shop.give(shop.brand_id, c.SetDuty(person_id=person, on_duty=False))
    await foresight.turn()
    facts = [each.event for each in await shop.store.facts(shop.brand_id, stream)]
    told = [each for each in facts if isinstance(each, CustomerTold)]
    made = [each.promise for each in facts if isinstance(each, PromiseMade)]
    warned = [each for each in facts if isinstance(each, AtRisk)]
    assert warned or len(made) == 2
    if len(made) == 2:
        assert told[-1].at < made[0].due_at < made[1].due_at
        assert made[1].replaces == made[0].id


async def test_judging_twice_in_a_minute_says_nothing_twice() -> None:
    shop = await open_shop(MemoryStore())
    foresight, _, shop.engine = node(shop, Drawer())
    await foresight.begin()
    streams = [(await shop.write()).conversation.id for _ in range(30)]
    shop.pass_time(minutes=13)
    await foresight.turn()
    counts = [len(await shop.store.facts(shop.brand_id, stream)) for stream in streams]
    await foresight.turn()
    assert [len(await shop.store.facts(shop.brand_id, stream)) for stream in streams] == counts
    shop.clock.advance(timedelta(seconds=70))
    await foresight.turn()
    revisions = [
        sum(isinstance(each.event, PromiseMade) for each in await shop.store.facts(shop.brand_id, stream))
        for stream in streams
    ]
    assert max(revisions) <= 2
