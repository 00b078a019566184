"""Customers: they write, wait, nudge, leave, feel ignored, answer back, come back, or need it no longer.

Each acts on what a customer can see: the answers that reached them, never the state of the desk behind it.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING

from waada.core import commands as c
from waada.core import events as e
from waada.core.conversation import Conversation
from waada.core.ids import CUSTOMER, SYSTEM, MessageId, customer_id
from waada.engine import Done
from waada.sim.demand import arrivals, arrivals_on
from waada.sim.evening_texts import DOMAIN, TONGUES, Tongue, Topic
from waada.sim.scenario import DAY, HOUR, MINUTE, Way

if TYPE_CHECKING:
    from waada.ports import Commit
    from waada.sim.world import World

POOL = 400  # so many people write to a shop, some of them again and again
PATIENCE_SPREAD = 0.9
STIRS_MAX = 6  # nobody nudges for ever

# Mail that a person may want to see, though it is no enquiry: why, from whom, about what, and how it begins.
LETTERS = (
    ("auto_reply", f"priscilla@{DOMAIN}", "Out of office", "I am away until Monday and read no mail."),
    (
        "list",
        f"weekly@trailnews.{DOMAIN}",
        "Trail News: five huts for the winter",
        "This week: five huts that stay open.",
    ),
    ("bulk", f"offers@boxes.{DOMAIN}", "20 % off cardboard boxes", "Only this week: boxes in all sizes."),
    ("bounce", f"mailer-daemon@{DOMAIN}", "Undelivered mail", "The mailbox of the recipient is full."),
    ("unreadable", f"scanner@{DOMAIN}", None, "This mail could not be read as it was sent."),
)


class Customers:
    """Everybody who writes to the brand."""

    def __init__(self, world: World) -> None:
        """Nobody has written yet."""
        self._world = world
        self._dice = world.dice("customers")
        scenario = world.scenario
        self._ways = scenario.ways
        self._way_shares = list(accumulate(way.share for way in scenario.ways))
        self._languages = [language for language, _ in scenario.languages]
        self._language_shares = list(accumulate(share for _, share in scenario.languages))
        self._known: dict[tuple[str, int], e.Customer] = {}
        self._topics: dict[str, Topic] = {}
        self.arrived = 0

    def begin_day(self, day: int) -> None:
        """Plan who writes today."""
        world = self._world
        if any(way.week for way in self._ways):
            for hours, way in arrivals_on(world.scenario, day, self._dice):
                world.at(world.local(day, hours), self._arrive, way)
            return
        for hours in arrivals(world.scenario, day, self._dice):
            world.at(world.local(day, hours), self._arrive)

    def expect(self, number: int, seconds: float) -> None:
        """Let some more people write at random moments of the next stretch."""
        for _ in range(number):
            self._world.later(self._dice.random() * seconds, self._arrive)

    # --- writing ---

    def _arrive(self, chosen: Way | None = None) -> None:
        world, dice = self._world, self._dice
        way = chosen or self._ways[bisect(self._way_shares, dice.random() * self._way_shares[-1])]
        customer = self._somebody(way)
        topics = tongue_of(customer.language).topics
        topic = topics[int(dice.random() * len(topics))]
        self.arrived += 1
        if way.kind == "mail" and dice.random() < world.scenario.temper.letters:
            self._letter(way)
            return
        message = e.Message(id=MessageId(world.ids.fresh()), text=topic.first)
        start = c.StartConversation(
            channel=way.key, customer=customer, message=message, subject=topic.subject if way.kind == "mail" else None
        )
        stream = world.ids.fresh()
        self._topics[stream] = topic
        world.send(world.envelope(CUSTOMER, stream, start, message.id), self._started)

    def _started(self, done: Done) -> None:
        self._wait(done.conversation, 0)

    def _letter(self, way: Way) -> None:
        """Mail that opens no enquiry by itself."""
        world = self._world
        reason, sender, subject, preview = LETTERS[int(self._dice.random() * len(LETTERS))]
        command = c.ReceiveLetter(
            channel=way.key, reason=reason, raw=world.ids.fresh(), sender=sender, subject=subject, preview=preview
        )
        world.send(world.envelope(SYSTEM, world.ids.fresh(), command))

    def _somebody(self, way: Way) -> e.Customer:
        dice = self._dice
        number = int(dice.random() * POOL)
        known = self._known.get((way.kind, number))
        if known is not None:
            return known
        language = self._languages[bisect(self._language_shares, dice.random() * self._language_shares[-1])]
        tongue, scenario = tongue_of(language), self._world.scenario
        names = tongue.names
        name = f"{names[number % len(names)]} {scenario.name_mark}".strip()
        email = f"customer{number}@{DOMAIN}" if way.kind == "mail" or number % 3 == 0 else None
        visitor = f"visitor-{number}"
        brand = self._world.brand_id
        known = e.Customer(
            id=customer_id(brand, "email", email) if email else customer_id(brand, "visitor", visitor),
            name=name,
            email=email,
            language=language,
            zone=(tongue.zone if scenario.demo else scenario.zone) if number % 5 else None,
            visitor=visitor if way.kind == "chat" else None,
        )
        self._known[way.kind, number] = known
        return known

    def _write(self, state: Conversation, text: str) -> None:
        world = self._world
        message = e.Message(id=MessageId(world.ids.fresh()), text=text)
        world.send(world.envelope(CUSTOMER, state.id, c.Write(message=message), message.id), self._written)

    def _written(self, done: Done) -> None:
        self._wait(done.conversation, 1)

    # --- waiting ---

    def _wait(self, state: Conversation, stirs: int) -> None:
        temper = self._world.scenario.temper
        median = temper.chat_patience if state.channel_kind == "chat" else temper.mail_patience
        patience = self._dice.lognormvariate(log(median), PATIENCE_SPREAD) * 2**stirs
        self._world.later(patience, self._stir, state.id, stirs, state.messages)

    def _stir(self, stream: str, stirs: int, messages: int) -> None:
        """Patience is over: if nobody has written since, do something about it."""
        world, dice = self._world, self._dice
        state = world.store.states.get(stream)
        if not isinstance(state, Conversation) or state.promise is None or state.messages != messages:
            return
        roll = dice.random()
        if roll < 0.30:
            nudges = tongue_of(state.customer.language).nudges
            self._write(state, nudges[int(dice.random() * len(nudges))])
            return
        if roll < 0.45:
            command: c.Command = c.FeelIgnored()
        elif roll < 0.60:
            command = c.Leave() if state.channel_kind == "chat" else c.AskForPerson()
        elif roll < 0.70:
            command = c.AskForPerson()
        elif roll < 0.80:
            address = state.customer.email or f"later{messages}@{DOMAIN}"
            command = c.PreferContact(how="mail", address=address)
        elif roll < 0.90:
            command = c.Release()
        else:
            command = c.FeelIgnored()
        world.send(world.envelope(CUSTOMER, stream, command))
        if stirs < STIRS_MAX:
            self._wait(state, stirs + 1)

    # --- hearing ---

    def wrote(self, commit: Commit, state: Conversation) -> None:
        """An answer in the chat window is seen at once; one by mail when it arrives (`got_mail`)."""
        if state.channel_kind == "mail" or state.left or state.last_by == "customer":
            return
        for event in commit.events:
            if type(event) is e.PersonWrote:
                self._world.later(2.0 + self._dice.expovariate(1 / 20.0), self._react, state.id, event.message.id)

    def got_mail(self, stream: str) -> None:
        """A mail arrived; when it is an answer, the customer reads it sooner or later."""
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.last_by == "person" and state.last_message is not None:
            self._world.later(self._dice.expovariate(1 / (40 * MINUTE)), self._react, stream, state.last_message)

    def _react(self, stream: str, message: MessageId) -> None:
        world, dice = self._world, self._dice
        state = world.store.states.get(stream)
        if not isinstance(state, Conversation) or state.last_message != message:
            return
        if state.channel_kind == "chat" and dice.random() < 0.5:
            world.send(world.envelope(CUSTOMER, stream, c.See(message_id=message)))
        roll, temper = dice.random(), world.scenario.temper
        if roll < temper.writes_again:
            delay = MINUTE if state.channel_kind == "chat" else HOUR
            world.later(dice.expovariate(1 / delay), self._go_on, stream, message)
        elif roll < temper.writes_again + temper.comes_back:
            world.later(DAY * (1 + dice.expovariate(1 / 4)), self._go_on, stream, message)
        elif roll > 0.97 and state.channel_kind == "mail":
            reply = e.Message(id=MessageId(world.ids.fresh()), text="I am away until Monday.")
            command = c.RecordAutoReply(message=reply, reason="out_of_office")
            world.send(world.envelope(SYSTEM, stream, command, reply.id))
        elif roll > 0.9 and state.channel_kind == "chat":
            world.send(world.envelope(CUSTOMER, stream, c.Leave()))

    def _go_on(self, stream: str, message: MessageId) -> None:
        state = self._world.store.states.get(stream)
        if isinstance(state, Conversation) and state.last_message == message:
            if state.left:
                self._world.send(self._world.envelope(CUSTOMER, stream, c.Return()))
            thanks = tongue_of(state.customer.language).thanks
            topic = self._topics.get(stream)
            more = topic is not None and state.messages <= 3 and self._dice.random() < 0.7
            self._write(state, topic.further if topic and more else thanks[int(self._dice.random() * len(thanks))])

    def answer(self, state: Conversation) -> str:
        """Return what somebody at the desk says to it."""
        topic, tongue = self._topics.get(state.id), tongue_of(state.customer.language)
        if topic is None:
            return tongue.looking
        return topic.further_answer if state.messages > 2 else topic.answer


def tongue_of(language: str) -> Tongue:
    """Return what is said in a language; English for one that we don't speak."""
    return TONGUES.get(language) or TONGUES["en"]
