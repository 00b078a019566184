"""Each law is seen to fail: a true story is tampered with in one place, and that law says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from scene import Scene
from waada.core import events as e
from waada.core import laws
from waada.core.conversation import Conversation
from waada.core.enquiry import Enquiry
from waada.core.laws import Broken
from waada.core.people import Brand
from waada.ports import Commit, Recorded

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A mail that is warned about, answered, written to again, and closed; `commits` and `log` are what was written."""

    commits: tuple[Commit, ...]
    log: tuple[Recorded, ...]
    state: Conversation
    brand: Brand

    @property
    def first(self) -> Commit:
        return self.commits[0]

    def with_fact(self, kind: type) -> Commit:
        """The first command that wrote such a fact."""
        return next(each for each in self.commits if any(isinstance(event, kind) for event in each.events))


async def tell_story() -> Story:
    scene = await Scene().open()
    commits: list[Commit] = []
    scene.engine.watchers.append(commits.append)
    mail = await scene.write_first("mail")
    await scene.pass_time(timedelta(minutes=12))
    await scene.reply(mail.id)
    await scene.pass_time(timedelta(minutes=1))
    await scene.write(mail.id)
    await scene.reply(mail.id, close="resolved")
    await scene.pass_time(timedelta(minutes=1))
    brand = await scene.store.brand(scene.brand)
    assert brand is not None
    return Story(
        commits=tuple(commits),
        log=await scene.store.facts(scene.brand, mail.id),
        state=await scene.state(mail.id),
        brand=brand,
    )


def state_of(commit: Commit) -> Conversation:
    assert isinstance(commit.state, Conversation)
    return commit.state


def with_state(commit: Commit, **changes: object) -> list[Broken]:
    return laws.check_commit(replace(commit, state=replace(state_of(commit), **changes)))  # type: ignore[arg-type]


def with_enquiry(commit: Commit, change: Callable[[Enquiry], Enquiry]) -> list[Broken]:
    return with_state(commit, enquiries=tuple(change(each) for each in state_of(commit).enquiries))


def without(commit: Commit, kind: type) -> list[Broken]:
    kept = tuple(each for each in commit.events if not isinstance(each, kind))
    return laws.check_commit(replace(commit, events=kept))


def kept_too_late(enquiry: Enquiry) -> Enquiry:
    late = [replace(each, due_at=each.made_at + SECOND, status="kept") for each in enquiry.promises]
    return replace(enquiry, promises=tuple(late))


def with_nobody(story: Story) -> list[Broken]:
    commit = story.with_fact(e.Escalated)
    nobody = [replace(each, people=()) if isinstance(each, e.Escalated) else each for each in commit.events]
    return laws.check_commit(replace(commit, events=tuple(nobody)))


def owed_nothing(story: Story) -> list[Broken]:
    written, answered = story.first, story.with_fact(e.EnquiryAnswered)
    return laws.check_commit(replace(written, state=answered.state, timers=answered.timers))


def somebody_elsewhere(story: Story) -> list[Broken]:
    gone = replace(story.brand, people=tuple(replace(each, removed=True) for each in story.brand.people))
    return laws.check_commit(story.first, gone)


def stream(story: Story, *log: Recorded) -> list[Broken]:
    return laws.check_stream(story.state.id, log, story.state)


def said_twice(story: Story) -> list[Broken]:
    *most, last = story.log
    return stream(story, *most, replace(last, command_id=story.log[0].command_id))


def backwards(story: Story) -> list[Broken]:
    *most, last = story.log
    return stream(story, *most, replace(last, at=story.log[0].at - SECOND))


def with_a_gap(story: Story) -> list[Broken]:
    *most, last = story.log
    return stream(story, *most, replace(last, version=last.version + 1))


TAMPERED: list[tuple[str, Callable[[Story], list[Broken]]]] = [
    ("one_promise", lambda story: with_enquiry(story.first, lambda each: replace(each, promises=()))),
    ("one_promise", lambda story: with_enquiry(story.first, lambda each: replace(each, waits=()))),
    ("one_timer", lambda story: laws.check_commit(replace(story.first, timers=()))),
    ("one_timer", lambda story: laws.check_commit(replace(story.first, timers=story.first.timers * 2))),
    ("one_timer", lambda story: laws.check_stream(story.state.id, story.log, story.state, story.first.timers)),
    ("one_person", lambda story: with_state(story.first, responsible=None)),
    ("one_person", somebody_elsewhere),
    ("told", lambda story: without(story.first, e.CustomerTold)),
    ("told_in_time", lambda story: with_enquiry(story.with_fact(e.EnquiryAnswered), kept_too_late)),
    ("nobody_warned", with_nobody),
    ("answer_opens", owed_nothing),
    ("one_outcome", lambda story: with_enquiry(story.commits[-1], lambda each: replace(each, outcome=None))),
    ("one_outcome", lambda story: with_enquiry(story.first, lambda each: replace(each, outcome="resolved"))),
    ("closed_is_ended", lambda story: with_state(story.first, status="closed")),
    ("no_future", lambda story: laws.check_commit(replace(story.first, at=story.first.at - SECOND))),
    ("versions", lambda story: laws.check_commit(replace(story.first, version_before=1))),
    ("versions", with_a_gap),
    ("sent", lambda story: laws.check_commit(replace(story.first, effects=()))),
    ("fold", lambda story: laws.check_stream(story.state.id, story.log, replace(story.state, preview="else"))),
    ("once", said_twice),
    ("monotone", backwards),
    ("adds_up", lambda story: laws.check_totals([story.state], opened=2, ended=1)),
    ("adds_up", lambda story: laws.check_totals([story.state], opened=1, ended=0)),
]


async def test_a_true_story_breaks_no_law() -> None:
    story = await tell_story()
    assert len(story.commits) > 4
    assert [broken for commit in story.commits for broken in laws.check_commit(commit, story.brand)] == []
    assert laws.check_stream(story.state.id, story.log, story.state, ()) == []
    assert laws.check_totals([story.state], opened=1, ended=1) == []


@pytest.mark.parametrize(("law", "tamper"), TAMPERED, ids=[f"{law}-{n}" for n, (law, _) in enumerate(TAMPERED)])
async def test_a_story_that_was_tampered_with_breaks_the_law(law: str, tamper: Callable[[Story], list[Broken]]) -> None:
    assert law in {broken.law for broken in tamper(await tell_story())}


def test_every_law_is_seen_to_fail() -> None:
    assert {law for law, _ in TAMPERED} == set(laws.LAWS)
