"""Mail comes in by SMTP and goes out again: acknowledged with the promise, threaded, once, and never to a machine."""

import re
import time
from collections.abc import AsyncIterator

import pytest

from mail_scene import MailScene, plain
from waada.core import events as e


@pytest.fixture
async def scene(fresh_database: str) -> AsyncIterator[MailScene]:
    opened = await MailScene(fresh_database).open()
    yield opened
    await opened.close()


async def test_a_customer_is_told_the_promise_within_two_seconds_and_gets_the_answer_in_the_same_thread(
    scene: MailScene,
) -> None:
    began = time.monotonic()
    await scene.deliver(plain("My parcel did not come.", Message_ID="<one@home.test>"))
    [told] = await scene.mailed()
    assert time.monotonic() - began < 2
    state = await scene.conversation()
    assert state.promise is not None
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert state.promise.words in text
    assert re.search(r"http://desk\.test/p/[\w-]+", text)
    assert told["To"] == "cora@home.test"
    assert told["In-Reply-To"] == "<one@home.test>"
    assert told["Auto-Submitted"] == "auto-replied"
    await scene.reply(state.id)
    answer = (await scene.mailed(2))[1]
    assert answer["From"].addresses[0].display_name == "Ann (Shop)"
    assert answer["In-Reply-To"] == "<one@home.test>"
    assert answer["References"].split()[0] == "<one@home.test>"
    assert told["Message-ID"] in answer["References"]
    assert answer["Subject"] == "Re: Where is my parcel?"
    assert answer["Auto-Submitted"] is None
    await scene.quiet()
    statuses = [fact.status for fact in await scene.facts(state.id) if isinstance(fact, e.DeliveryChanged)]
    assert statuses == ["sent", "sent"]
