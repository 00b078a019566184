"""Commands to one stream take turns, in the order in which they came, whoever gives up meanwhile."""

import asyncio
from collections.abc import Callable

import pytest

from scene import Scene
from waada.core import commands as c
from waada.core.ids import BrandId
from waada.engine import Engine
from waada.ports import State, StreamKind
from waada.store.memory import MemoryStore


class SlowStore(MemoryStore):
    """Reads only as often as it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = asyncio.Semaphore(0)
        self.slow = False

    async def load(self, kind: StreamKind, brand_id: BrandId, stream: str) -> State | None:
        if self.slow:
            await self.reads.acquire()
        return await super().load(kind, brand_id, stream)


@pytest.fixture
async def scene() -> Scene:
    scene = Scene()
    scene.store = SlowStore()
    scene.engine = Engine(store=scene.store, clock=scene.clock, ids=scene.ids, phrase=scene.engine.phrase)
    return await scene.open()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def in_line(
    scene: Scene, count: int, done: Callable[[int], object] = lambda _: None
) -> tuple[str, list[asyncio.Task[None]]]:
    """Begin a conversation, then give it so many messages at once, none of which can go on."""
    stream = (await scene.write_first()).id
    assert isinstance(scene.store, SlowStore)
    scene.store.slow = True

    async def write(number: int) -> None:
        await scene.order(c.Write(message=scene.message(f"number {number}")), stream, "customer")
        done(number)

    tasks: list[asyncio.Task[None]] = []
    for number in range(count):
        tasks.append(asyncio.create_task(write(number)))
        await settled()
    return stream, tasks


def written(scene: Scene, stream: str) -> list[str]:
    found = [getattr(fact.event, "message", None) for fact in scene.store.recorded(stream)]
    return [each.text for each in found if each is not None][1:]


async def let_go(scene: Scene, count: int) -> None:
    assert isinstance(scene.store, SlowStore)
    for _ in range(count):
        scene.store.reads.release()
        await settled()


async def test_they_are_carried_out_in_the_order_in_which_they_came(scene: Scene) -> None:
    stream, tasks = await in_line(scene, 4)
    await let_go(scene, 4)
    await asyncio.gather(*tasks)
    assert written(scene, stream) == ["number 0", "number 1", "number 2", "number 3"]


@pytest.mark.parametrize("gone", [0, 1, 3])
async def test_whoever_gives_up_holds_up_nobody(scene: Scene, gone: int) -> None:
    stream, tasks = await in_line(scene, 4)
    tasks[gone].cancel()
    await settled()
    await let_go(scene, 4)
    results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert [isinstance(each, asyncio.CancelledError) for each in results] == [n == gone for n in range(4)]
    assert written(scene, stream) == [f"number {n}" for n in range(4) if n != gone]


async def test_giving_up_when_the_turn_has_just_come_passes_it_on(scene: Scene) -> None:
    # The first one's last step, before the second has heard that it may go on.
    stream, tasks = await in_line(scene, 3, lambda number: number or tasks[1].cancel())
    await let_go(scene, 3)
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert written(scene, stream) == ["number 0", "number 2"]


async def test_a_stream_whose_turn_is_over_is_forgotten(scene: Scene) -> None:
    _, tasks = await in_line(scene, 3)
    await let_go(scene, 3)
    await asyncio.gather(*tasks)
    assert not scene.engine._turns
