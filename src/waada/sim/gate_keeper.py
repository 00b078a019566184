"""The gate of a running node: it starts checks in processes of their own, one at a time, and remembers the answers.

The same question (channel, promises, rosters, hours) is answered once an hour at most, so that publishing after a
preview takes no time; a check's id is made from its question.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from uuid import UUID

import structlog

from waada import codec
from waada.core.ids import BrandId
from waada.ports import Clock
from waada.proving import Check, Question
from waada.science.outlook import LiveOutlook
from waada.sim.gate import Job, Told
from waada.sim.gate_scene import scene_of

log = structlog.get_logger(__name__)

REMEMBERED_FOR = timedelta(hours=1)
CHECKS_MAX = 200
LINE_BYTES_MAX = 1_000_000
# Whoever publishes what does not hold waits so long for suggestions; later ones are read from the check.
SUGGESTIONS_SECONDS = 10.0
TROUBLE = "The check could not be finished; the log says why. Try again."


@dataclass(slots=True)
class _Kept:
    brand_id: BrandId
    asked_at: datetime
    check: Check
    judged: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


class GateKeeper:
    """The checks of this node. Nothing is kept when it ends; a question can always be asked again."""

    def __init__(self, outlook: LiveOutlook, clock: Clock) -> None:
        """Know nothing yet."""
        self._outlook, self._clock = outlook, clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Semaphore(1)

    def ask(self, question: Question) -> Check:
        """Begin to work it out, or return how far it is."""
        return self._ask(question).check

    def check(self, brand_id: BrandId, check_id: str) -> Check | None:
        """Return how far a check of that brand is."""
        kept = self._kept.get(check_id)
        return kept.check if kept is not None and kept.brand_id == brand_id else None

    async def verdict(self, question: Question) -> Check:
        """Ask, and wait for the verdict, and a moment longer for suggestions where it fails."""
        kept = self._ask(question)
        await kept.judged.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(kept.done.wait(), SUGGESTIONS_SECONDS)
        return kept.check

    async def close(self) -> None:
        """End what still runs."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask(self, question: Question) -> _Kept:
        check_id, now = id_of(question), self._clock.now()
        kept = self._kept.get(check_id)
        fresh = kept is not None and now - kept.asked_at < REMEMBERED_FOR and kept.check.trouble is None
        if kept is not None and fresh:
            return kept
        kept = self._kept[check_id] = _Kept(question.brand.id, now, Check(id=check_id))
        self._kept.move_to_end(check_id)
        while len(self._kept) > CHECKS_MAX:
            self._kept.popitem(last=False)
        task = asyncio.create_task(self._work(kept, question, now.date()), name="gate")
        self._tasks[check_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(check_id, None))
        return kept

    async def _work(self, kept: _Kept, question: Question, today: date) -> None:
        policy = question.channel.policy
        assert policy is not None, "a question is about a promise"
        try:
            async with self._one:
                scene = scene_of(question, self._outlook.learned(question.brand.id), today)
                await self._run(kept, codec.encode(Job(scene=scene, policy=policy)))
        except Exception:
            log.exception("a check of a promise failed", brand=question.brand.id, channel=question.channel.key)
        finally:
            if not kept.check.done:
                kept.check = replace(kept.check, done=True, trouble=TROUBLE)
            kept.judged.set()
            kept.done.set()

    async def _run(self, kept: _Kept, job: bytes) -> None:
        began = perf_counter()
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "waada.sim.gate"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        assert running.stdin is not None, "it was asked for"
        assert running.stdout is not None, "it was asked for"
        try:
            running.stdin.write(job + b"\n")
            await running.stdin.drain()
            async for line in running.stdout:
                _take_in(kept, codec.decode(line, Told), perf_counter() - began)
            await running.wait()
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()


def _take_in(kept: _Kept, told: Told, seconds: float) -> None:
    check = kept.check
    if told.picture is not None:
        check = replace(check, picture=told.picture, took_seconds=seconds)
    if told.suggestion is not None:
        check = replace(check, suggestions=(*check.suggestions, told.suggestion))
    kept.check = replace(check, progress=max(check.progress, told.progress), done=told.done)
    if check.picture is not None:
        kept.judged.set()


def id_of(question: Question) -> str:
    """Return the id of a question: the same as long as nothing changed that the answer depends on."""
    brand, asked = question.brand, question.channel
    policy = asked.policy
    assert policy is not None, "a question is about a promise"
    others = [
        (each.key, each.kind, each.policy, each.hours, each.team)
        for each in brand.channels
        if each.live and each.key != asked.key
    ]
    team = [(each.id, each.role, each.roster, each.chats_at_once) for each in brand.present()]
    counted = (policy.first_answer_seconds, policy.next_answer_seconds, policy.clock, policy.chance)
    text = codec.encode(
        (
            *(brand.id, brand.zone, brand.hours, team, others, question.a_day),
            *(asked.key, asked.kind, policy.computed, counted, asked.hours, asked.team),
        )
    )
    return str(UUID(bytes=hashlib.blake2b(text, digest_size=16).digest()))
