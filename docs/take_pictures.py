"""Take the pictures of the README from a running demo: `python docs/take_pictures.py http://127.0.0.1:8080`.

A conversation is begun through the API's front door, the contact page, so that the pictures show what anybody sees.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def customer(page: Page, address: str) -> None:
    """Write on the contact page and photograph the promise."""
    page.goto(f"{address}/contact/demo")
    page.fill("[name=name]", "Cora (example)")
    page.fill("form textarea", "The zip of my tent is broken, and we leave on Saturday. Can you help?")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/p/**")
    page.wait_for_timeout(800)
    page.screenshot(path=IMAGES / "promise.png")


def agent(page: Page, address: str) -> None:
    """Open one of the first conversations of the queue."""
    page.goto(f"{address}/")
    page.fill("input[type=email]", "agent@demo.test")
    page.fill("input[type=password]", "waada-demo")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    page.goto(f"{address}/#/all")
    page.wait_for_timeout(800)
    for key in ("j", "j", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_timeout(1200)
    page.screenshot(path=IMAGES / "desk.png")


def main() -> None:
    """Take both."""
    IMAGES.mkdir(exist_ok=True)
    address = sys.argv[1].rstrip("/")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        customer(browser.new_page(viewport={"width": 1100, "height": 760}), address)
        agent(browser.new_page(viewport={"width": 1360, "height": 820}), address)
        browser.close()


if __name__ == "__main__":
    main()
