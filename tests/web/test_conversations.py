"""Conversations through the API: what a shop's own software sees and does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from waada.science.outlook import LiveOutlook
from web_office import Office

pytestmark = pytest.mark.postgres


async def test_a_customer_writes_and_is_promised_a_time(office: Office) -> None:
    found = await office.write("Where is my parcel?", email="aru@example.test", language="ar", zone="Asia/Almaty")

    assert found["conversation"]["status"] == "open"
    assert found["conversation"]["language"] == "ar"
    assert found["enquiry"]["status"] == "open"
    promise = found["promise"]
    assert (promise["status"], promise["kind"], promise["language"]) == ("open", "first_answer", "ar")
    assert promise["due_at"] == "2026-06-02T12:15:00Z"
    assert promise["chance"] is None
    assert promise["words"]
    assert found["status_url"].startswith("http://desk.test/p/")


async def test_the_same_request_twice_makes_one_conversation(office: Office) -> None:
    body = {"channel": "mail", "customer": {"email": "aru@example.test"}, "text": "Hello?"}
    once = await office.key.post("/conversations", body, Idempotency_Key="order-17")
    twice = await office.key.post("/conversations", body, Idempotency_Key="order-17")

    assert once.status_code == twice.status_code == 201
    assert once.json() == twice.json()
    queue = await office.agent.get("/conversations")
    assert len(queue.json()["items"]) == 1


async def test_another_request_under_the_same_key_is_refused(office: Office) -> None:
    body = {"channel": "mail", "customer": {"email": "aru@example.test"}, "text": "Hello?"}
    await office.key.post("/conversations", body, Idempotency_Key="order-17")
    other = await office.key.post("/conversations", {**body, "text": "Bye!"}, Idempotency_Key="order-17")
    assert other.status_code == 422
    assert "idempotency key" in other.json()["detail"]


async def test_two_callers_may_use_the_same_key(office: Office) -> None:
    body = {"channel": "mail", "customer": {"email": "aru@example.test"}, "text": "Hello?"}
    one = await office.key.post("/conversations", body, Idempotency_Key="1")
    other = await office.agent.post("/conversations", body, Idempotency_Key="1")
    assert one.json()["conversation"]["id"] != other.json()["conversation"]["id"]


async def test_an_answer_keeps_the_promise_and_can_be_taken_back(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    office.clock.advance(timedelta(minutes=3))
    answered = await office.agent.post(
        f"/conversations/{conversation}/messages", {"author": "person", "text": "It is on its way."}
    )
    assert answered.status_code == 201, answered.text
    assert answered.json()["conversation"]["status"] == "answered"
    assert answered.json()["promise"] is None
    assert answered.json()["undo"]["what"] == "reply"

    undone = await office.agent.post(f"/conversations/{conversation}/undo", {})
    assert undone.json()["promise"]["status"] == "open"

    late = await office.agent.post(f"/conversations/{conversation}/undo", {})
    assert late.status_code == 409


async def test_a_repeated_answer_names_the_message_it_wrote_first(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    body = {"author": "person", "text": "It is on its way."}
    path = f"/conversations/{conversation}/messages"
    once = await office.agent.post(path, body, Idempotency_Key="a")
    twice = await office.agent.post(path, body, Idempotency_Key="a")
    assert once.json()["message"] == twice.json()["message"]


async def test_two_answers_cannot_cross_unnoticed(office: Office) -> None:
    found = await office.write()
    conversation = found["conversation"]["id"]
    events = (await office.agent.get(f"/conversations/{conversation}")).json()["events"]
    seen = next(each["event"]["message"]["id"] for each in events if each["kind"] == "customer_wrote")
    path = f"/conversations/{conversation}/messages"
    await office.lead.post(path, {"author": "person", "text": "On its way.", "seen_message": seen})
    crossed = await office.agent.post(path, {"author": "person", "text": "Which parcel?", "seen_message": seen})
    assert crossed.status_code == 409
    anyway = await office.agent.post(
        path, {"author": "person", "text": "Which parcel?", "seen_message": seen, "anyway": True}
    )
    assert anyway.status_code == 201


async def test_the_whole_story_of_a_conversation_is_there(office: Office) -> None:
    await office.write("An earlier question", email="aru@example.test")
    conversation = (await office.write("Where is my parcel?", email="aru@example.test"))["conversation"]["id"]
    office.clock.advance(timedelta(minutes=10))
    found = (await office.agent.get(f"/conversations/{conversation}")).json()

    assert [each["kind"] for each in found["events"]][:2] == ["conversation_opened", "customer_wrote"]
    assert [each["preview"] for each in found["earlier"]] == ["An earlier question"]
    assert found["customer"]["email"] == "aru@example.test"
    assert found["clocks"]["running"]
    assert found["clocks"]["wall_seconds"] == 600
    assert found["clocks"]["business_seconds"] == 600
    assert found["enquiries"][0]["promises"][0]["id"] == found["promise"]["id"]
    promise = await office.agent.get(f"/promises/{found['promise']['id']}")
    assert promise.json() == {"promise": found["promise"], "conversation_id": conversation}


async def test_both_clocks_run_over_a_weekend(office: Office) -> None:
    friday_half_past_four = office.clock.now().replace(day=5, hour=15, minute=30)
    office.clock.set(friday_half_past_four)
    conversation = (await office.write())["conversation"]["id"]
    office.clock.set(friday_half_past_four.replace(day=8, hour=8, minute=20))
    clocks = (await office.agent.get(f"/conversations/{conversation}")).json()["clocks"]
    assert clocks["business_seconds"] == 50 * 60
    assert clocks["wall_seconds"] == (64 * 60 + 50) * 60


async def test_a_preview_is_what_the_customer_then_reads(office: Office) -> None:
    conversation = (await office.write(email="a@example.test", language="ar"))["conversation"]["id"]
    body = {"due_at": "2026-06-02T13:30:00Z", "reason": "busy"}
    preview = (await office.agent.post(f"/conversations/{conversation}/renegotiate/preview", body)).json()
    assert preview["direction"] == "rtl"
    moved = await office.agent.post(f"/conversations/{conversation}/renegotiate", body)
    assert moved.json()["promise"]["words"] == preview["words"]
    events = (await office.agent.get(f"/conversations/{conversation}")).json()["events"]
    told = [each["event"]["text"] for each in events if each["kind"] == "customer_told"]
    assert told[-1] == preview["text"]


async def test_a_preview_changes_nothing(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    body = {"until": "2026-06-03T10:00:00+01:00", "reason": "need_more_time"}
    await office.agent.post(f"/conversations/{conversation}/snooze/preview", body)
    found = (await office.agent.get(f"/conversations/{conversation}")).json()
    assert found["conversation"]["version"] == len(found["events"])
    assert found["conversation"]["snoozed_until"] is None


async def test_the_queue_is_read_in_stretches(office: Office) -> None:
    for number in range(5):
        await office.write(f"Question {number}", email=f"c{number}@example.test")
        office.clock.advance(timedelta(seconds=1))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await office.agent.get("/conversations", **query)).json()
        seen += [each["preview"] for each in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == [f"Question {number}" for number in range(5)]
    wrong = await office.agent.get("/conversations", cursor="nonsense")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "cursor")


async def test_drafts_are_kept_per_person(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    path = f"/conversations/{conversation}/draft"
    assert (await office.agent.get(path)).json() is None
    assert (await office.agent.put(path, {"text": "Dear Aru"})).status_code == 200
    assert (await office.agent.get(path)).json()["text"] == "Dear Aru"
    assert (await office.lead.get(path)).json() is None
    assert (await office.agent.get(f"/conversations/{conversation}")).json()["draft"]["text"] == "Dear Aru"
    await office.agent.post(f"/conversations/{conversation}/messages", {"author": "person", "text": "Dear Aru!"})
    assert (await office.agent.get(path)).json() is None


async def test_a_customers_taps_come_through_the_shops_own_app(office: Office) -> None:
    conversation = (await office.write())["conversation"]["id"]
    path = f"/conversations/{conversation}/customer-actions"
    ignored = await office.key.post(path, {"action": "ignored"})
    assert ignored.json()["conversation"]["ignored"] == 1
    assert (await office.key.post(path, {"action": "ignored"})).status_code == 409
    person = await office.key.post(path, {"action": "person"})
    assert person.json()["conversation"]["wants_person"]
    wrong = await office.key.post(path, {"action": "contact"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "how")
    released = await office.key.post(path, {"action": "release"})
    assert released.json()["conversation"]["status"] == "closed"
    assert (await office.agent.post(path, {"action": "person"})).status_code == 403


async def test_files_travel_with_messages_and_can_do_no_harm(office: Office) -> None:
    content = b"<script>alert(1)</script>"
    headers = {**office.key.headers, "content-type": "text/html", "x-file-name": "%D0%B0%2Fevil%E2%80%AE.html"}
    answer = await office.key.http.post("/api/v1/attachments", content=content, headers=headers)
    assert answer.status_code == 201
    file = answer.json()
    assert file == {"blob": file["blob"], "name": "evil.html", "media_type": "text/html", "size": len(content)}
    body = {"channel": "mail", "customer": {"email": "a@example.test"}, "text": "", "attachments": [file]}
    assert (await office.key.post("/conversations", body)).status_code == 201
    found = await office.agent.get(f"/attachments/{file['blob']}", name='we"ird\r\n.html')
    assert found.content == content
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in found.headers["content-security-policy"]
    missing = {**body, "attachments": ["no-such-file"]}
    assert (await office.key.post("/conversations", missing)).json()["field"] == "attachments"


async def test_a_retried_upload_is_one_file(office: Office) -> None:
    headers = {**office.key.headers, "content-type": "image/png", "idempotency-key": "u1"}
    once = await office.key.http.post("/api/v1/attachments", content=b"png", headers=headers)
    twice = await office.key.http.post("/api/v1/attachments", content=b"png", headers=headers)
    other = await office.key.http.post("/api/v1/attachments", content=b"gif", headers=headers)
    assert once.json() == twice.json()
    assert other.status_code == 422


async def test_search_finds_people_and_words(office: Office) -> None:
    await office.write("Where is my parcel?", email="aru@example.test", name="Aru Bekova")
    await office.write("The invoice is wrong", email="emyr@example.test", name="Emyr Pugh")
    found = await office.agent.get("/search", q="bekova")
    assert [each["customer"] for each in found.json()["items"]] == ["Aru Bekova"]
    found = await office.agent.get("/search", q="invoi")
    assert [each["customer"] for each in found.json()["items"]] == ["Emyr Pugh"]


async def test_what_can_be_no_conversation_is_not_found(office: Office) -> None:
    for wrong in (str(uuid4()), "nonsense", "00000000-0000-0000-0000-00000000000g"):
        answer = await office.agent.get(f"/conversations/{wrong}")
        assert answer.status_code == 404, wrong
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_chance_of_keeping_a_promise_is_told_as_it_stands_now(office: Office) -> None:
    outlook = LiveOutlook()
    office.parts.engine.outlook = outlook
    office.parts.engine.watchers.append(outlook.saw)
    await office.agent.put("/me/duty", {"on_duty": True})
    first = (await office.write())["conversation"]["id"]
    seen = (await office.agent.get(f"/conversations/{first}")).json()
    assert seen["promise"]["chance"] is not None
    assert 0 <= seen["chance_now"] <= 1

    office.clock.advance(timedelta(minutes=14, seconds=40))
    later = (await office.agent.get(f"/conversations/{first}")).json()
    assert later["chance_now"] < seen["chance_now"]
    assert later["promise"]["chance"] == seen["promise"]["chance"]

    await office.agent.post(f"/conversations/{first}/messages", {"author": "person", "text": "It is on its way."})
    assert (await office.agent.get(f"/conversations/{first}")).json()["chance_now"] is None
