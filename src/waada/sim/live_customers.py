"""Simulated customers of a played evening: when they come, what they want, how long they wait, how they take an answer.

They know only what reaches them through their own line, as customers do. Patience is counted in story time, but never
so short in real time that a person at the desk could not have answered.
"""

from __future__ import annotations

import asyncio
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from math import log
from random import Random
from typing import TypeVar

from waada.sim.evening_texts import DOMAIN, MARK, TONGUES, Topic
from waada.sim.live_doors import Act, Door, Heard, Line, Tally, Visitor, Way
from waada.sim.live_pace import Pace

T = TypeVar("T")

MINUTE = 60.0
BEGINS_HOUR = 17
EVENING_SECONDS = 6 * 3600.0  # 17:00 to 23:00
# Enquiries by half-hour: after work a hill, at 20:30 the peak, before midnight it ebbs away.
DEMAND = (6, 6, 7, 8, 10, 13, 17, 22, 15, 9, 5, 2)
ENQUIRIES_MEAN, ENQUIRIES_SPREAD, ENQUIRIES_MIN, ENQUIRIES_MAX = 75, 6, 60, 90
FIRST_AT = 5.0
WAYS: tuple[tuple[Way, float], ...] = (("chat", 0.5), ("mail", 0.33), ("form", 0.17))
SPOKEN = (("en", 0.34), ("kk", 0.26), ("hi", 0.14), ("ar", 0.14), ("cy", 0.12))

# Median patience by way in, story seconds; and the real seconds that it never goes below.
PATIENCE = {"chat": 4 * MINUTE, "form": 25 * MINUTE, "mail": 45 * MINUTE}
PATIENCE_SPREAD = 0.5
PATIENCE_SECONDS_MIN = {"chat": 45.0, "form": 60.0, "mail": 75.0}
STIRS_MAX = 3
FURTHER_MAX = 1
PHOTOS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody comes in, at a second of the story."""

    at: float
    way: Way
    visitor: Visitor
    topic: Topic


def plan(dice: Random, languages: tuple[str, ...], ways: frozenset[Way]) -> tuple[Arrival, ...]:
    """Return who comes this evening, in order. `ways` are those that the brand has open."""
    number = min(max(round(dice.gauss(ENQUIRIES_MEAN, ENQUIRIES_SPREAD)), ENQUIRIES_MIN), ENQUIRIES_MAX)
    spoken = [each for each in SPOKEN if each[0] in languages] or [SPOKEN[0]]
    open_ways = [each for each in WAYS if each[0] in ways]
    shares = list(accumulate(DEMAND))
    width = EVENING_SECONDS / len(DEMAND)
    # The last ones come early enough to be answered before the evening is over.
    times = sorted(
        min((bisect(shares, dice.random() * shares[-1]) + dice.random()) * width, EVENING_SECONDS - 20 * MINUTE)
        for _ in range(number)
    )
    times[0] = FIRST_AT  # whoever presses the button wants to see somebody come in
    found = []
    away_left = 1
    for index, at in enumerate(times):
        way, language = _draw(dice, open_ways), _draw(dice, spoken)
        tongue = TONGUES[language]
        topic = tongue.topics[int(dice.random() * len(tongue.topics))]
        is_away = way == "mail" and away_left > 0 and index > 3
        away_left -= is_away
        visitor = Visitor(
            name=f"{tongue.names[int(dice.random() * len(tongue.names))]} {MARK}",
            email=f"evening-{int(dice.random() * 16**8):08x}@{DOMAIN}",
            language=language,
            zone=tongue.zone,
            subject=topic.subject,
            away=is_away,
            photo=dice.random() < PHOTOS,
        )
        found.append(Arrival(at=at, way=way, visitor=visitor, topic=topic))
    return tuple(found)


def _draw(dice: Random, choices: list[tuple[T, float]]) -> T:
    shares = list(accumulate(share for _, share in choices))
    return choices[min(bisect(shares, dice.random() * shares[-1]), len(choices) - 1)][0]


class Customer:
    """One of them, from coming in to being gone."""

    def __init__(self, arrival: Arrival, pace: Pace, tally: Tally, dice: Random) -> None:
        self._way, self._visitor, self._topic = arrival.way, arrival.visitor, arrival.topic
        self._tongue = TONGUES[arrival.visitor.language]
        self._pace, self._tally, self._dice = pace, tally, dice
        self._waits = False
        self._told = 0
        self._furthers = 0

    async def live(self, door: Door) -> None:
        """Come in, ask, wait, react, leave. Raises `DoorClosed` when there is no getting through."""
        self._tally.arrived += 1
        line = await door.open(self._visitor)
        try:
            await self._pace.pause(self._between(3, 15))
            await self._write(line, self._first_words())
            await self._stay(line)
        finally:
            self._wait_over()
            await line.leave()

    def _first_words(self) -> str:
        # In a chat there is no name but the one they give themselves.
        return f"{self._topic.first} - {self._visitor.name}" if self._way == "chat" else self._topic.first

    async def _write(self, line: Line, text: str) -> None:
        if self._way == "chat":
            await line.typing(on=True)
            await self._pace.pause(self._between(4, 14), at_least=1.0)
        await line.write(text)
        self._tally.written += 1

    # --- waiting ---

    async def _stay(self, line: Line) -> None:
        """Wait, and go on waiting or give up, until there is nothing left to wait for."""
        stirs = 0
        while True:
            heard = await self._wait(line, stirs)
            if heard is None:
                stirs += 1
                if not await self._stir(line, stirs):
                    return
                continue
            if heard.what == "closed":
                return
            self._wait_over()
            self._tally.answered += 1
            stirs = 0
            await self._pace.pause(self._between(8, 40), at_least=2.0)
            await line.see(heard)
            if not await self._react(line):
                return

    async def _wait(self, line: Line, stirs: int) -> Heard | None:
        """Return an answer or the end, or None when patience is over first."""
        if not self._waits:
            self._waits = True
            self._tally.waiting += 1
        patience = self._patience(stirs)
        try:
            while True:
                heard = await self._hear(line, patience)
                if heard is None or heard.what != "told":
                    return heard
                self._told += 1
                if self._told == 2:
                    # The first word is the acknowledgement; whoever is told a new time as well waits a little longer.
                    patience.cancel()
                    patience = self._patience(stirs)
        finally:
            patience.cancel()

    def _patience(self, stirs: int) -> asyncio.Task[None]:
        seconds = self._dice.lognormvariate(log(PATIENCE[self._way]), PATIENCE_SPREAD) * 1.4**stirs
        return asyncio.create_task(self._pace.pause(seconds, at_least=PATIENCE_SECONDS_MIN[self._way]))

    async def _hear(self, line: Line, patience: asyncio.Task[None]) -> Heard | None:
        hearing = asyncio.ensure_future(line.hear())
        try:
            await asyncio.wait({hearing, patience}, return_when=asyncio.FIRST_COMPLETED)
            return hearing.result() if hearing.done() else None
        finally:
            if not hearing.done():
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)

    def _wait_over(self) -> None:
        if self._waits:
            self._waits, self._told = False, 0
            self._tally.waiting -= 1

    async def _stir(self, line: Line, stirs: int) -> bool:
        """Patience is over: nudge, complain, ask for a person, or give up. Return whether to go on waiting."""
        roll = self._dice.random()
        if stirs > STIRS_MAX or (stirs > 1 and roll > 0.7):
            self._tally.gave_up += 1
            if roll > 0.85:
                await self._press(line, "release", self._tongue.withdrawn)
            return False
        if roll < 0.4 or (stirs == 1 and self._way == "mail"):
            await self._write(line, self._one_of(self._tongue.nudges))
        elif roll < 0.55:
            await self._press(line, "person", self._one_of(self._tongue.nudges))
        elif roll < 0.62:
            await self._press(line, "mail", self._one_of(self._tongue.nudges))
        else:
            self._tally.felt_ignored += 1
            await self._press(line, "ignored", self._tongue.ignored)
        return True

    async def _press(self, line: Line, act: Act, words: str) -> None:
        """Press a button, or say it where there is none."""
        if not await line.act(act):
            await self._write(line, words)

    # --- reacting ---

    async def _react(self, line: Line) -> bool:
        """Take the answer; return whether there is something more to wait for."""
        roll = self._dice.random()
        if roll < 0.3 and self._furthers < FURTHER_MAX:
            self._furthers += 1
            await self._write(line, self._topic.further)
            return True
        if roll < 0.6:
            self._tally.thanked += 1
            await self._write(line, self._one_of(self._tongue.thanks))
        await self._pace.pause(self._between(5, 60))
        return False

    def _between(self, least: float, most: float) -> float:
        return least + self._dice.random() * (most - least)

    def _one_of(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._dice.random() * len(texts))]
