"""The desk as people use it, in a real browser on a real server."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from desk_scene import PASSWORD, Scene, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser()]


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("option").filter(has_text=name)


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Answer")


def thread(page: Page) -> Locator:
    return page.get_by_role("log")


def test_a_chat_appears_by_itself_and_is_answered(scene: Scene) -> None:
    with scene.window() as olga, scene.window() as visitor:
        page = scene.sign_in(olga)
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        chat = visitor.new_page()
        chat.goto(f"{scene.base}/chat/chat-less")  # an address that does not exist must not disturb the desk
        chat.goto(f"{scene.base}/chat/harbour-tea/chat")
        box = chat.get_by_role("textbox").first
        box.fill("Is the Assam back?")
        box.press("Enter")
        waiting = row(page, "Is the Assam back?")
        expect(waiting).to_be_visible()
        waiting.click()
        expect(thread(page)).to_contain_text("Is the Assam back?")
        expect(page.get_by_role("region", name="Promise")).to_contain_text("within 10 minutes")
        composer(page).fill("Since this morning.")
        composer(page).press("Control+Enter")
        expect(thread(page)).to_contain_text("Since this morning.")
        expect(composer(page)).to_have_value("")
        expect(page.get_by_role("region", name="Promise")).to_contain_text("Answered")
        expect(chat.get_by_text("Since this morning.")).to_be_visible()


def test_everything_goes_by_keyboard(scene: Scene) -> None:
    first = scene.writes("The first question", name="Ada")
    second = scene.writes("The second question", name="Ben")
    with scene.window() as olga:
        page = olga.new_page()
        page.goto(f"{scene.base}/#/all")
        expect(page.get_by_label("E-mail address")).to_be_focused()
        page.keyboard.type("olga@desk.test")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(row(page, "Ada")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(row(page, "Ben")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Ben")).to_be_visible()
        page.keyboard.press("a")
        expect(page.get_by_role("toolbar")).to_contain_text("You")
        page.keyboard.press("r")
        expect(composer(page)).to_be_focused()
        page.keyboard.type("Hello Ben")
        page.keyboard.press("Control+Alt+Enter")
        expect(page.get_by_role("heading", name="Ada")).to_be_visible()
        assert "person_wrote" in scene.kinds(second)
        page.keyboard.press("e")
        expect(page.get_by_role("dialog")).to_contain_text("still owed a word")
        page.keyboard.press("Enter")
        expect(page.locator(".toast-undo")).to_contain_text("Closed")
        assert scene.detail(first)["conversation"]["outcome"] == "no_answer_needed"
        page.keyboard.press("z")
        expect(page.get_by_role("region", name="Promise")).to_contain_text("within 10 minutes")
        assert scene.detail(first)["conversation"]["status"] == "open"
        page.keyboard.press("u")
        expect(page.get_by_role("heading", name="Ada")).to_be_hidden()
        page.keyboard.press("g")
        page.keyboard.press("w")
        expect(page.get_by_role("heading", name="Wall")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Promise a new time")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type("ada")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Ada")).to_be_visible()


def test_two_answers_do_not_cross_unnoticed(scene: Scene) -> None:
    conversation = scene.writes("Who answers me?", name="Cleo")
    with scene.window() as one, scene.window() as two:
        olga = scene.sign_in(one, "olga", f"#/all/{conversation}")
        amir = scene.sign_in(two, "amir", f"#/all/{conversation}")
        expect(olga.get_by_text("Amir Agent is looking at this, too")).to_be_visible()
        composer(olga).fill("Olga does")
        composer(amir).press_sequentially("Amir does")
        expect(olga.get_by_text("Amir Agent is typing")).to_be_visible()
        # Olga's desk still shows what it showed when she began: the answer is held back at the door.
        one.set_offline(True)
        composer(amir).press("Control+Enter")
        expect(thread(amir)).to_contain_text("Amir does")
        one.set_offline(False)
        expect(thread(olga)).to_contain_text("Amir does")
        assert scene.kinds(conversation).count("person_wrote") == 1
        composer(olga).press("Control+Enter")
        expect(composer(olga)).to_have_value("")
        assert scene.kinds(conversation).count("person_wrote") == 2


def test_an_answer_that_crossed_is_kept_and_sent_with_one_click(scene: Scene) -> None:
    conversation = scene.writes("Will you be quick?", name="Dora")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        composer(page).fill("Quick enough")

        # The request is held until the customer has written again, as on a slow line.
        def held(route: Route) -> None:
            scene.adds(conversation, "Too late")
            route.continue_()

        page.route("**/messages", held, times=1)
        composer(page).press("Control+Enter")
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("Too late")
        expect(composer(page)).to_have_value("Quick enough")
        notice.get_by_role("button", name="Send anyway").click()
        expect(notice).to_be_hidden()
        expect(composer(page)).to_have_value("")
        assert scene.kinds(conversation).count("person_wrote") == 1


def test_a_cut_line_loses_nothing_written_or_received(scene: Scene) -> None:
    conversation = scene.writes("Before the cut", name="Eve")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        expect(thread(page)).to_contain_text("Before the cut")
        olga.set_offline(True)
        expect(page.get_by_text("You are offline.")).to_be_visible()
        scene.adds(conversation, "During the cut")
        scene.writes("Somebody new", name="Finn")
        composer(page).fill("Written in the dark")
        composer(page).press("Control+Enter")
        expect(page.get_by_text("Your draft is kept.")).to_be_visible()
        expect(composer(page)).to_have_value("Written in the dark")
        olga.set_offline(False)
        expect(page.get_by_text("You are offline.")).to_be_hidden()
        expect(thread(page)).to_contain_text("During the cut")
        expect(row(page, "Finn")).to_be_visible()
        assert page.get_by_text("During the cut").count() <= 2  # once in the thread, once in the queue
        composer(page).press("Control+Enter")
        expect(composer(page)).to_have_value("")
        assert scene.kinds(conversation).count("person_wrote") == 1


def test_a_draft_survives_reload_and_comes_along_to_another_machine(scene: Scene) -> None:
    conversation = scene.writes("Long question", name="Gita")
    with scene.window() as olga, scene.window() as elsewhere:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        with page.expect_request(lambda request: request.method == "PUT" and request.url.endswith("/draft")):
            composer(page).fill("Half an ans")
        page.reload()
        expect(composer(page)).to_have_value("Half an ans")
        other = scene.sign_in(elsewhere, "olga", f"#/all/{conversation}")
        expect(composer(other)).to_have_value("Half an ans")


def test_the_customer_reads_exactly_what_the_preview_showed(scene: Scene) -> None:
    conversation = scene.writes("When?", name="Hugo", language="ar")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        page.get_by_role("button", name="Promise a new time").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Tomorrow at 10:00").click()
        dialog.get_by_role("button", name="Colleague is away").click()
        quote = dialog.locator("blockquote")
        expect(quote).to_have_attribute("dir", "rtl")
        expect(quote).to_contain_text("١٠:٠٠")
        expect(quote).to_have_attribute("aria-busy", "false")
        expect(dialog.get_by_role("button", name="Tell the customer")).to_be_enabled()
        preview = quote.inner_text()
        dialog.get_by_role("button", name="Tell the customer").click()
        expect(dialog).to_be_hidden()
        told = [each["event"] for each in scene.detail(conversation)["events"] if each["kind"] == "customer_told"]
        assert told[-1]["why"] == "renegotiated"
        assert told[-1]["text"].split() == preview.split()
        page.get_by_text("History: 2 promises").click()
        expect(page.get_by_role("region", name="Promise")).to_contain_text("New time told")


def test_canned_replies_notes_and_mentions(scene: Scene) -> None:
    conversation = scene.writes("Tea?", name="Iris")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        composer(page).press_sequentially(";back")
        expect(page.get_by_role("listbox", name="Canned replies")).to_contain_text("We will be back")
        composer(page).press("Enter")
        expect(composer(page)).to_have_value(
            re.compile(r"^Hello Iris, Harbour Tea will be back within 10 minutes.*Olga Owner$")
        )
        page.get_by_role("tab", name="Note").click()
        note = page.get_by_role("textbox", name="Note")
        note.press_sequentially("@Am")
        note.press("Tab")
        note.press_sequentially("please look")
        note.press("Control+Enter")
        expect(thread(page)).to_contain_text("@Amir Agent please look")
        written = [each["event"] for each in scene.detail(conversation)["events"] if each["kind"] == "note_written"]
        assert written[0]["mentions"] == [scene.people["amir"]]
        expect(composer(page)).to_have_value(re.compile("^Hello Iris"))


def test_files_travel_with_an_answer(scene: Scene) -> None:
    conversation = scene.writes("The invoice, please", name="Jun")
    with scene.window() as olga:
        page = scene.sign_in(olga, "olga", f"#/all/{conversation}")
        page.locator("#composer input[type=file]").set_input_files(
            {"name": "invoice \u0441\u0447\u0451\u0442.txt", "mimeType": "text/plain", "buffer": b"twelve pounds"}
        )
        expect(page.locator(".file-ready")).to_be_visible()
        composer(page).fill("Here it is")
        composer(page).press("Control+Enter")
        expect(thread(page).get_by_role("link", name=re.compile("invoice"))).to_be_visible()


def test_somebody_who_feels_ignored_is_seen_in_the_queue(scene: Scene) -> None:
    conversation = scene.writes("Hello?", name="Kim")
    with scene.window() as olga:
        page = scene.sign_in(olga)
        scene.customer("POST", f"/conversations/{conversation}/customer-actions", {"action": "ignored"})
        expect(row(page, "Kim")).to_contain_text("The customer felt ignored")


def test_search_finds_people_and_closed_conversations(scene: Scene) -> None:
    conversation = scene.writes("About the teapot with the blue lid", name="Lena")
    scene.owner("POST", f"/conversations/{conversation}/close", {"outcome": "duplicate"})
    scene.writes("Something else", name="Mo")
    with scene.window() as olga:
        page = scene.sign_in(olga)
        page.keyboard.press("/")
        page.keyboard.type("teapot")
        expect(row(page, "Lena")).to_be_visible()
        expect(row(page, "Mo")).to_be_hidden()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Lena")).to_be_visible()


def mail(scene: Scene, subject: str, html: str) -> None:
    message = EmailMessage()
    message["From"] = "Olaf Post <olaf@example.test>"
    message["To"] = "help@desk.test"
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@example.test>"
    message.set_content("The plain words")
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", scene.smtp_port) as line:
        line.send_message(message)


def test_a_mail_is_shown_in_its_own_layout_and_fetches_nothing_until_asked(scene: Scene) -> None:
    with scene.window() as olga:
        page = scene.sign_in(olga)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        picture = '<img src="https://tracker.example.test/open.gif" alt="us">'
        mail(scene, "With a picture", f"<p>Dear <b>desk</b></p>{picture}<script>parent.document.title='taken'</script>")
        row(page, "With a picture").click()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Dear desk")).to_be_visible()
        assert not [url for url in asked if "tracker" in url]
        assert "taken" not in page.title()
        page.get_by_role("button", name="Show plain text").click()
        expect(thread(page)).to_contain_text("The plain words")
        page.get_by_role("button", name="Show as it was written").click()
        with page.expect_request("https://tracker.example.test/open.gif"):
            page.get_by_role("button", name="Show pictures from the sender").click()


def test_whoever_is_signed_out_elsewhere_signs_in_again_and_finds_their_draft(scene: Scene) -> None:
    conversation = scene.writes("Still there?", name="Pia")
    with scene.window() as amir:
        page = scene.sign_in(amir, "amir", f"#/all/{conversation}")
        composer(page).fill("Half a word")
        amir.clear_cookies()
        composer(page).press("Control+Enter")
        expect(page.get_by_label("Password")).to_be_visible()
        page.get_by_label("E-mail address").fill("amir@desk.test")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(composer(page)).to_have_value("Half a word")
        scene.adds(conversation, "I am")
        expect(thread(page)).to_contain_text("I am")
