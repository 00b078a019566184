"""How well and how fast mail is read: one table over the shared mails, bounces and replies.

    python bench/mail_reading.py [FOLDER]

FOLDER holds `plain/`, `bounces/` with `expected.json`, `reply_cases.json` and `auto_reply_cases.json`; by default it is
`data/mail` in the shared folder beside the repository, or in the one that WAADA_SHARED names.
"""

import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mailparser_reply import EmailReplyParser
from rich.console import Console
from rich.table import Table

from waada.channels.mail_bounce import BouncedRecipient, read_bounce
from waada.channels.mail_html_text import text_of_html
from waada.channels.mail_kind import Kind, OwnAddresses, kind_of
from waada.channels.mail_parse import parse
from waada.channels.mail_quotes import fold

Row = tuple[str, str]
NOBODY = OwnAddresses(domains=("SYSTEM_FQDN",))
PEER_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "ja"]


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.1f} %)"


def bounce_rows(folder: Path) -> Iterable[Row]:
    wanted = json.loads((folder / "expected.json").read_text("utf-8"))
    kinds = [kind_of(parse((folder / case["file"]).read_bytes()), NOBODY) for case in wanted]
    yield "bounces that open no enquiry", share(sum(not kind.opens_enquiry for kind in kinds), len(kinds))
    yield "bounces that get no automatic answer", share(sum(not kind.may_answer for kind in kinds), len(kinds))
    pairs = [
        pair for case in wanted for pair in paired(case["expected"], read_bounce((folder / case["file"]).read_bytes()))
    ]
    real = [(wish, one) for wish, one in pairs if wish["dsn"] and not wish["dsn"].startswith(("5.0.9", "4.0.9"))]
    yield (
        "status codes equal (where the mail has one)",
        share(sum(one.status == w["dsn"] for w, one in real if one), len(real)),
    )
    yield (
        "reply codes equal",
        share(sum((one.reply_code or "") == w["replycode"] for w, one in pairs if one), len(pairs)),
    )
    yield "hard or not equal", share(sum(one.hard == w["hardbounce"] for w, one in pairs if one), len(pairs))
    yield "reasons equal", share(sum(one.reason == w["reason"] for w, one in pairs if one), len(pairs))


def paired(
    wanted: list[dict[str, Any]], found: tuple[BouncedRecipient, ...]
) -> Iterable[tuple[dict[str, Any], BouncedRecipient | None]]:
    """The expectations name no recipient, so each is compared with the finding most like it."""
    left = list(found)
    for wish in wanted:
        best = max(left, key=lambda one: (one.reason == wish["reason"], one.status == wish["dsn"]), default=None)
        if best:
            left.remove(best)
        yield wish, best


def reply_rows(path: Path) -> Iterable[Row]:
    ours = peer = 0
    cases = json.loads(path.read_text("utf-8"))
    for case in cases:
        mail = parse(case["input"].encode()) if case["format"] == "eml" else None
        typed = text_of_html(case["input"]) if case["format"] == "html" else case["input"].replace("\r\n", "\n")
        fresh = mail.fresh_text if mail else fold(typed).fresh
        other = EmailReplyParser(languages=PEER_LANGUAGES).parse_reply(mail.text if mail else typed) or ""
        ours += fresh.strip() == case["expected_reply"].strip()
        peer += other.strip() == case["expected_reply"].strip()
    yield "replies folded exactly", share(ours, len(cases))
    yield "the same by mail-parser-reply", share(peer, len(cases))


def automatic_rows(path: Path) -> Iterable[Row]:
    cases = json.loads(path.read_text("utf-8"))
    equal = sum(kind_of(parse(one["raw"].encode()), NOBODY).may_answer == one["send_auto_response"] for one in cases)
    yield "automatic answers judged right", share(equal, len(cases))


def plain_rows(paths: list[Path]) -> Iterable[Row]:
    raws = [path.read_bytes() for path in paths]
    mails = [parse(raw) for raw in raws]
    kinds = [kind_of(mail, NOBODY) for mail in mails]
    yield "messages read", share(sum(mail.unreadable is None for mail in mails), len(mails))
    yield "shown as letters (no enquiry)", share(sum(not kind.opens_enquiry for kind in kinds), len(kinds))
    yield "of these unreadable or from nobody", str(sum(kind.kind is Kind.LETTER for kind in kinds))
    times = sorted(seconds_to_parse(raw) for raw in raws for _ in range(3))
    yield "messages parsed in a second of one core", f"{len(times) / sum(times):.0f}"
    yield (
        "time for one: median, 99 %, most",
        ", ".join(f"{1000 * times[int(at * (len(times) - 1))]:.1f} ms" for at in (0.5, 0.99, 1)),
    )
    yield "megabytes parsed in a second of one core", f"{3 * sum(map(len, raws)) / sum(times) / 1e6:.1f}"


def seconds_to_parse(raw: bytes) -> float:
    """Of one core, whatever else the machine does."""
    started = time.process_time()
    parse(raw)
    return time.process_time() - started


def main() -> int:
    shared = os.environ.get("WAADA_SHARED") or Path(__file__).parents[1].parent / "shared"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(shared) / "data" / "mail"
    if not (folder / "bounces").is_dir():
        print(f"There are no mails in {folder}. Name the folder that holds plain/ and bounces/.", file=sys.stderr)
        return 1
    table = Table("mail", "result", title="Reading mail")
    for rows in (
        bounce_rows(folder / "bounces"),
        automatic_rows(folder / "auto_reply_cases.json"),
        reply_rows(folder / "reply_cases.json"),
        plain_rows(sorted((folder / "plain").iterdir())),
    ):
        for row in rows:
            table.add_row(*row)
    Console(width=100).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
