"""What a customer and an agent live through in one conversation, decided by the core and carried out by the engine."""

from datetime import timedelta

import pytest

from scene import OFFICE, Scene, kinds
from waada.core import commands as c
from waada.core import events as e
from waada.core.enquiry import OUTCOMES
from waada.core.ids import by_person
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.core.refusals import Refused

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_first_message_opens_one_enquiry_with_a_promise_a_person_and_a_word() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    assert state.enquiry is not None
    assert state.promise is not None
    assert state.promise.due_at == scene.clock.now() + 15 * MINUTE
    assert state.responsible in {scene.ann, scene.ben}
    facts = [fact.event for fact in await scene.store.facts(scene.brand, state.id)]
    assert kinds(facts)[-1] == "CustomerTold"
    assert facts[-1].text.startswith("acknowledged: first_answer by 10:15")  # type: ignore[union-attr]
    assert len(scene.store.armed(state.id)) == 1


async def test_a_nudge_while_waiting_makes_no_second_promise() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    done = await scene.write(state.id)
    assert kinds(done.events) == ["CustomerWrote"]
    assert done.conversation.promise == state.promise


async def test_an_answer_keeps_the_promise_and_ends_the_wait_on_both_clocks() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.pass_time(5 * MINUTE)
    done = await scene.reply(state.id)
    enquiry = done.conversation.enquiry
    assert enquiry is not None
    assert enquiry.promises[-1].status == "kept"
    assert enquiry.waits[-1].wall_seconds == enquiry.waits[-1].business_seconds == 300
    assert enquiry.status == "answered"
    assert done.conversation.assignee == scene.ann


async def test_the_weekend_counts_on_the_wall_but_not_in_business() -> None:
    scene = await Scene().open()
    scene.clock.set(scene.clock.now() + 4 * DAY + 6.5 * HOUR)  # Friday 16:30
    policy = Policy(first_answer_seconds=3 * 24 * 3600, next_answer_seconds=3600, clock="always")
    channel = Channel(key="chat", kind="chat", name="chat", live=True, policy=policy)
    await scene.tell_brand(c.SetChannel(channel=channel))
    state = await scene.write_first()
    scene.clock.set(scene.clock.now() + 64 * HOUR + 50 * MINUTE)  # Monday 09:20
    done = await scene.reply(state.id)
    assert done.conversation.enquiry is not None
    wait = done.conversation.enquiry.waits[-1]
    assert wait.business_seconds == 50 * 60
    assert wait.wall_seconds == (64 * 60 + 50) * 60


async def test_a_further_question_goes_on_with_a_new_promise_in_the_same_enquiry() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id)
    done = await scene.write(state.id)
    assert len(done.conversation.enquiries) == 1
    assert done.conversation.promise is not None
    assert done.conversation.promise.kind == "next_answer"
    assert done.conversation.promise.due_at == scene.clock.now() + 2 * HOUR


async def test_three_silent_days_settle_an_answered_enquiry() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id)
    happened = await scene.pass_time(4 * DAY)
    assert kinds(happened) == ["EnquiryEnded", "ConversationClosed"]
    assert (await scene.state(state.id)).status == "closed"


async def test_writing_after_the_end_opens_a_new_enquiry() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id, close="resolved")
    done = await scene.write(state.id, "Another thing")
    assert len(done.conversation.enquiries) == 2
    assert done.conversation.status == "open"
    assert done.conversation.promise is not None
    assert done.conversation.promise.kind == "first_answer"


async def test_an_unanswered_promise_climbs_the_ladder_and_is_renegotiated_before_it_breaks() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    due_at = state.promise.due_at  # type: ignore[union-attr]
    happened = await scene.pass_time(15 * MINUTE)
    assert kinds(happened)[:5] == ["Escalated"] * 5 or "ResponsibleSet" in kinds(happened)
    rungs = [fact.rung for fact in happened if isinstance(fact, e.Escalated)]
    assert rungs == ["team", "team", "on_duty", "lead", "owner"]
    ended = next(fact for fact in happened if isinstance(fact, e.PromiseEnded))
    told = next(fact for fact in happened if isinstance(fact, e.CustomerTold))
    assert ended.status == "renegotiated"
    assert told.at < due_at
    assert told.reason == "busy"
    assert (await scene.state(state.id)).responsible == scene.owner


async def test_nobody_there_is_never_silent() -> None:
    scene = await Scene().open(on_duty=False)
    await scene.write_first()
    happened = await scene.pass_time(5 * DAY)
    ended = [fact for fact in happened if isinstance(fact, e.PromiseEnded)]
    told = [fact for fact in happened if isinstance(fact, e.CustomerTold)]
    assert len(ended) == len(told) > 3
    assert {fact.status for fact in ended} == {"renegotiated"}
    assert len(told) < 12, "the time asked for grows, so that the customer is not flooded"
    assert all(fact.people for fact in happened if isinstance(fact, e.Escalated))


async def test_after_an_outage_an_overdue_promise_is_owned_up_to_at_once() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    scene.clock.advance(3 * HOUR)  # the installation was down: no timer fired
    happened = await scene.fire()
    assert kinds(happened) == ["PromiseEnded", "PromiseMade", "CustomerTold"]
    assert happened[0].status == "broken"  # type: ignore[union-attr]
    assert happened[2].why == "overdue"  # type: ignore[union-attr]
    assert (await scene.state(state.id)).promise is not None


async def test_a_stale_timer_does_nothing_and_is_put_away() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    guard = scene.store.armed(state.id)[0].guard
    await scene.reply(state.id)
    done = await scene.order(c.TimerDue(slot="promise", guard=guard), state.id)
    assert done.events == ()


async def test_a_promise_moved_by_hand_tells_the_customer_and_keeps_the_old_one_on_record() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    until = scene.clock.now() + 2 * HOUR
    done = await scene.by(scene.ann, c.Renegotiate(due_at=until, reason="need_more_time"), state.id)
    assert kinds(done.events) == ["PromiseEnded", "PromiseMade", "CustomerTold"]
    promises = done.conversation.enquiry.promises  # type: ignore[union-attr]
    assert [promise.status for promise in promises] == ["renegotiated", "open"]
    assert promises[1].due_at == until
    assert promises[1].replaces == promises[0].id


async def test_changing_the_policy_changes_no_promise_already_made() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    policy = Policy(first_answer_seconds=60, next_answer_seconds=60)
    await scene.tell_brand(
        c.SetChannel(channel=Channel(key="chat", kind="chat", name="chat", live=True, policy=policy))
    )
    assert (await scene.state(state.id)).promise == state.promise


async def test_closing_while_a_word_is_owed_needs_an_honest_outcome() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    with pytest.raises(Refused, match="still owed a word"):
        await scene.by(scene.ann, c.Close(outcome="resolved"), state.id)
    done = await scene.by(scene.ann, c.Close(outcome="spam"), state.id)
    assert done.conversation.enquiry.outcome == "spam"  # type: ignore[union-attr]
    assert done.conversation.enquiry.promises[-1].status == "released"  # type: ignore[union-attr]
    assert not any(isinstance(fact, e.CustomerTold) for fact in done.events)


@pytest.mark.parametrize("action", ["reply", "close", "assign", "transfer", "snooze"])
async def test_an_action_can_be_taken_back_for_ten_seconds(action: str) -> None:
    scene = await Scene().open()
    state = await scene.write_first("mail")
    commands: dict[str, c.Command] = {
        "reply": c.Reply(author="Ann", person_id=scene.ann, message=scene.message("Oops"), close="resolved"),
        "close": c.Close(outcome="spam"),
        "assign": c.Assign(person_id=scene.ben),
        "transfer": c.Transfer(person_id=scene.ben, reason="knows parcels"),
        "snooze": c.Snooze(until=scene.clock.now() + DAY),
    }
    await scene.by(scene.ann, commands[action], state.id)
    scene.clock.advance(timedelta(seconds=9))
    done = await scene.by(scene.ann, c.Undo(), state.id)
    after = done.conversation
    assert (after.enquiries, after.assignee, after.status, after.snoozed_until) == (
        state.enquiries,
        state.assignee,
        state.status,
        state.snoozed_until,
    )
    assert [timer.guard for timer in scene.store.armed(state.id)] == [f"{state.promise.id}:0"]  # type: ignore[union-attr]


async def test_a_withdrawn_mail_never_leaves() -> None:
    scene = await Scene().open()
    state = await scene.write_first("mail")
    await scene.reply(state.id)
    await scene.by(scene.ann, c.Undo(), state.id)
    assert await scene.sending() == [
        fact.event.message_id
        for fact in await scene.store.facts(scene.brand, state.id)
        if isinstance(fact.event, e.CustomerTold)
    ]


async def test_nobody_takes_back_what_somebody_else_did_or_too_late() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id)
    with pytest.raises(Refused, match="nothing of yours"):
        await scene.by(scene.ben, c.Undo(), state.id)
    scene.clock.advance(timedelta(seconds=10))
    with pytest.raises(Refused, match="ten seconds"):
        await scene.by(scene.ann, c.Undo(), state.id)


async def test_an_answer_that_was_seen_can_still_be_taken_back() -> None:
    scene = await Scene().open()
    stream = (await scene.write_first()).id
    await scene.reply(stream)
    message = (await scene.state(stream)).last_message
    assert message is not None
    await scene.order(c.See(message_id=message), stream, "customer")
    await scene.by(scene.ann, c.Undo(), stream)
    state = await scene.state(stream)
    assert state.promise is not None
    assert state.version == len(await scene.store.facts(scene.brand, stream))


async def test_what_the_customer_wrote_since_is_not_taken_back() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id)
    await scene.write(state.id, "Thanks!")
    with pytest.raises(Refused):
        await scene.by(scene.ann, c.Undo(), state.id)


async def test_two_answers_do_not_cross_unnoticed() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    seen = state.last_message
    await scene.reply(state.id, scene.ann, seen_message=seen)
    with pytest.raises(Refused, match="Somebody else has answered"):
        await scene.reply(state.id, scene.ben, seen_message=seen)
    done = await scene.reply(state.id, scene.ben, seen_message=seen, anyway=True)
    assert done.conversation.messages == 3


async def test_a_follow_up_is_a_promise_that_the_customer_hears() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id)
    done = await scene.by(scene.ann, c.Snooze(until=scene.clock.now() + DAY), state.id)
    assert done.conversation.promise is not None
    assert done.conversation.promise.kind == "follow_up"
    assert any(isinstance(fact, e.CustomerTold) for fact in done.events)
    assert done.conversation.snoozed_until == scene.clock.now() + DAY


async def test_when_the_responsible_person_leaves_another_takes_over() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.by(scene.ann, c.Assign(person_id=scene.ann), state.id)
    await scene.duty(scene.ann, on=False)
    review = await scene.order(c.ReviewResponsible(), state.id)
    assert review.conversation.responsible == scene.ben
    assert review.conversation.assignee == scene.ann, "it is still hers when she comes back"
    await scene.duty(scene.ben, on=False)
    assert (await scene.order(c.ReviewResponsible(), state.id)).conversation.responsible == scene.lead
    await scene.duty(scene.ann, on=True)
    assert (await scene.order(c.ReviewResponsible(), state.id)).conversation.responsible == scene.ann


async def test_a_person_who_was_removed_lets_go_of_everything() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.by(scene.ann, c.Assign(person_id=scene.ann), state.id)
    await scene.tell_brand(c.RemovePerson(person_id=scene.ann))
    done = await scene.order(c.ReviewResponsible(), state.id)
    assert done.conversation.assignee is None
    assert done.conversation.responsible == scene.ben


async def test_feeling_ignored_counts_once_an_hour() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.order(c.FeelIgnored(), state.id, "customer")
    with pytest.raises(Refused, match="in an hour"):
        await scene.order(c.FeelIgnored(), state.id, "customer")
    scene.clock.advance(HOUR)
    assert (await scene.order(c.FeelIgnored(), state.id, "customer")).conversation.ignored_times == 2


async def test_a_customer_who_no_longer_needs_it_is_released_with_thanks() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    done = await scene.order(c.Release(), state.id, "customer")
    assert done.conversation.enquiry.outcome == "withdrawn"  # type: ignore[union-attr]
    assert done.conversation.enquiry.promises[-1].status == "released"  # type: ignore[union-attr]
    assert done.conversation.status == "closed"


async def test_leaving_the_chat_unanswered_is_recorded_and_turns_into_mail() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    done = await scene.order(c.Leave(), state.id, "customer")
    assert done.events == (e.CustomerLeft(at=scene.clock.now(), unanswered=True, became="mail"),)
    await scene.reply(state.id)
    assert len(await scene.sending()) == 1


async def test_an_out_of_office_reply_reopens_nothing() -> None:
    scene = await Scene().open()
    state = await scene.write_first("mail")
    await scene.reply(state.id, close="resolved")
    done = await scene.order(c.RecordAutoReply(message=scene.message("I am away"), reason="auto-submitted"), state.id)
    assert done.conversation.status == "closed"
    assert done.conversation.promise is None


async def test_the_same_command_counts_once_whatever_came_between() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    first = await scene.order(c.Release(), state.id, "customer", key="tap")
    again = await scene.order(c.Release(), state.id, "customer", key="tap")
    assert again.repeated
    assert again.conversation == first.conversation


async def test_a_key_used_for_something_else_is_refused() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    await scene.order(c.Write(message=scene.message("One")), state.id, "customer", key="k")
    with pytest.raises(Refused, match="idempotency key") as refused:
        await scene.order(c.Write(message=scene.message("Two")), state.id, "customer", key="k")
    assert refused.value.refusal.status == 422


async def test_empty_words_are_refused_and_say_what_to_do() -> None:
    scene = await Scene().open()
    state = await scene.write_first()
    with pytest.raises(Refused, match="write something"):
        await scene.write(state.id, "  \n ")


async def test_a_channel_cannot_go_live_without_a_promise() -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match="without a promise"):
        await scene.tell_brand(c.SetChannel(channel=Channel(key="new", kind="chat", name="New", live=True)))


async def test_a_brand_keeps_an_owner() -> None:
    scene = await Scene().open()
    with pytest.raises(Refused, match="at least one owner"):
        await scene.tell_brand(c.RemovePerson(person_id=scene.owner))


async def test_the_customers_language_is_used_when_the_brand_has_it() -> None:
    scene = await Scene().open()
    arabic = await scene.write_first(language="ar", zone="Asia/Riyadh")
    assert arabic.promise is not None
    assert arabic.promise.words.endswith("(ar, Asia/Riyadh, in 900 s)")
    french = await scene.write_first(language="fr")
    assert french.promise is not None
    assert french.promise.language == "en"


async def test_states_are_the_fold_of_their_facts() -> None:
    from waada.core.conversation import evolve

    scene = await Scene().open()
    state = await scene.write_first()
    await scene.reply(state.id, close="resolved")
    await scene.by(scene.ann, c.Undo(), state.id)
    await scene.pass_time(2 * DAY)
    folded = None
    for fact in await scene.store.facts(scene.brand, state.id):
        folded = evolve(folded, fact.event, state.id)  # type: ignore[arg-type]
    assert folded == await scene.state(state.id)


def test_outcomes_are_known_words() -> None:
    assert "answered" in OUTCOMES
    assert by_person("p") == "person:p"  # type: ignore[arg-type]
    assert OFFICE.zone == "Europe/London"
