"""What a mail system says about the fate of a message: who was not reached, why, and which message of ours it was.

Reads delivery status reports (RFC 3464), the prose of systems that write none, complaints and out-of-office notes.
The returned part is searched for our Message-ID and reply address, so that the person who wrote it can be told.
"""

import re
from dataclasses import dataclass

from waada.channels.mail_bounce_reasons import HARD, BounceReason, reason_by_words, reason_of
from waada.channels.mail_facts import ParsedMail
from waada.channels.mail_headers import address_of, message_ids
from waada.channels.mail_kind import Kind, OwnAddresses, kind_of
from waada.channels.mail_parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedRecipient:
    """The fate of one message for one recipient.

    `status` is an RFC 3463 code such as "5.1.1", `reply_code` one of SMTP such as "550", `action` one of RFC 3464
    (failed, delayed, delivered, relayed, expanded); `hard` says that writing there again is pointless.
    `words` is what the mail system wrote; the original_ fields come from the returned part.
    """

    recipient: str | None
    status: str | None
    reply_code: str | None
    reason: BounceReason
    hard: bool
    action: str
    words: str
    original_message_id: str | None
    original_reply_to: str | None
    original_subject: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    recipient: str | None
    words: str
    status: str | None = None
    action: str = ""
    diagnostic: str = ""


_WORDS_MAX = 1000
_RECIPIENTS_MAX = 200
# Mail systems are brief; what is longer is the returned message.
_PROSE_MAX = 20_000
# Not part of an IP address or a version: nothing numeric or dotted on either side.
_STATUS = re.compile(r"(?<![\d.\-/])([245]\.\d{1,2}\.\d{1,3})(?![\d.]*\d|\.\d)")
_REPLY = re.compile(
    r"(?<![\d.:\-/+#\[])([245][0-5]\d)(?=[ \-:]*#?(?:[245]\.\d{1,2}\.\d{1,3}|[A-Za-z<\[({*\"'])|[ \-]+\S)(?![.:/]\d)"
)
_ADDRESS_LINE = re.compile(
    r"^[ \t*\-]*(?:[245]\d\d[ \-]+)?(?:(?:to|for|recipient|address|rcpt to|failed recipient|addressee|e-?mail|"
    r"could not be delivered to|user)[ \t]*:[ \t]*)?"
    r"[\"'(\[]*<?[ \t]*(?P<address>[^\s<>()\[\]\",;:]{1,128}@[^\s<>()\[\]\",;:]{1,255})[ \t]*>?[\"')\]]*(?P<rest>.*)$",
    re.IGNORECASE | re.MULTILINE,
)
# The address that we wrote to tells the person more than the one it was forwarded to.
_RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
_RETURNED_MARK = re.compile(
    r"^[ \t>]*(?:[-=*_]{2,}.{0,60}(?:copy of (?:the|your)|original message|header of the original|"
    r"returned message|unsent message|"
    r"undelivered message|below this line|message (?:header|text|body)|your message|message follows).{0,80}|"
    r"(?:original|returned|undelivered|the) message (?:follows|headers?|text|is attached).{0,60}|"
    r".{0,60}(?:header|text|copy) of (?:the |your )?(?:original )?message.{0,60}(?:follows|below|:)[^\w\n]*|"
    r"\**[ \t]*the original message (?:was|is) (?:included|attached).{0,40})$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_BLOCK = re.compile(r"^(?:(?:[A-Za-z][A-Za-z0-9-]{1,40}):[^\n]*\n(?:[ \t][^\n]*\n)*){3,}", re.MULTILINE)
_TELLING_HEADER = re.compile(
    r"^(?:received|message-id|mime-version|return-path|from|dkim-signature|date):", re.IGNORECASE | re.MULTILINE
)


def read_bounce(mail: ParsedMail | bytes) -> tuple[BouncedRecipient, ...]:
    """Every recipient that a report speaks of; empty if the mail is no report and names nobody that was not reached."""
    parsed = parse(mail) if isinstance(mail, bytes) else mail
    prose, returned = _split_prose(parsed)
    original = _Original.found_in(parsed, returned)
    if any(report.media_type == "message/feedback-report" for report in parsed.reports):
        return (_complaint(parsed, original),)
    findings = _from_reports(parsed, prose) or _from_prose(parsed, prose)
    return tuple(_recipient(finding, original) for finding in findings[:_RECIPIENTS_MAX])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Original:
    """What the returned part says about the message that was not delivered."""

    message_id: str | None
    reply_to: str | None
    subject: str | None

    @staticmethod
    def found_in(mail: ParsedMail, returned: str) -> "_Original":
        texts = [report.text for report in mail.reports if _holds_original(report.media_type)] + [returned]
        held = "\n".join(texts)
        written = [*_header_values(held, "message-id")[:1], *_header_values(held, "x-original-message-id")]
        ids = message_ids(written) or mail.in_reply_to or mail.references[-1:]
        reply_to = next((address_of(value) for value in _header_values(held, "reply-to")), None)
        subject = next(iter(_header_values(held, "subject")), None)
        return _Original(message_id=ids[0] if ids else None, reply_to=reply_to, subject=subject)


def _holds_original(media_type: str) -> bool:
    return media_type not in {"message/delivery-status", "message/global-delivery-status", "message/feedback-report"}


def _header_values(text: str, name: str) -> list[str]:
    found = re.findall(rf"^[ \t>]{{0,4}}{name}:[ \t]*([^\n]*(?:\n[ \t]+[^\n]+)*)", text, re.IGNORECASE | re.MULTILINE)
    return [" ".join(value.split()) for value in found]


def _split_prose(mail: ParsedMail) -> tuple[str, str]:
    """What the mail system wrote, and the returned message if it was pasted below."""
    text = mail.text[:_PROSE_MAX]
    mark = _RETURNED_MARK.search(text, 40)
    cut = mark.start() if mark else len(text)
    for block in _HEADER_BLOCK.finditer(text, 40):
        telling = {name.lower() for name in _TELLING_HEADER.findall(block.group())}
        if len(telling) >= 2:
            cut = min(cut, block.start())
            break
    return text[:cut], text[cut:]


def _from_reports(mail: ParsedMail, prose: str) -> list[_Finding]:
    """Findings of the machine-readable part, also where a broken mail has it in the middle of the text."""
    sections = {finding.recipient: finding.words for finding in _sections(mail, prose)}
    texts = [report.text for report in mail.reports if "delivery-status" in report.media_type] or [
        mail.text[:_PROSE_MAX]
    ]
    findings: dict[str | None, _Finding] = {}
    for text in texts:
        for block in re.split(r"\n[ \t]*\n", text):
            finding = _from_block(block, sections, prose)
            if finding:
                findings.setdefault(finding.recipient, finding)
    return list(findings.values())


def _from_block(block: str, sections: dict[str | None, str], prose: str) -> _Finding | None:
    named = [value for name in _RECIPIENT_FIELDS for value in _header_values(block, name)]
    if not named:
        return None
    found = (address_of(value.partition(";")[2] or value) for value in named)
    addresses = [address for address in found if address]
    about = next((sections[one] for one in addresses if one in sections), "" if len(sections) > 1 else prose)
    codes = (_STATUS.search(value) for value in _header_values(block, "status"))
    diagnostics = (value.partition(";")[2].strip() or value for value in _header_values(block, "diagnostic-code"))
    return _Finding(
        recipient=addresses[0] if addresses else None,
        words=about,
        diagnostic=" ".join(diagnostics),
        status=next((code.group(1) for code in codes if code), None),
        action=next((value.split()[0].lower() for value in _header_values(block, "action") if value), ""),
    )


def _from_prose(mail: ParsedMail, prose: str) -> list[_Finding]:
    if mail.from_address and kind_of(mail, OwnAddresses()).kind is Kind.AUTO_REPLY and not _STATUS.search(prose):
        return [_Finding(recipient=mail.from_address, words=prose, action="replied")]
    sections = _sections(mail, prose)
    if sections:
        return sections
    address = address_of(mail.header("x-failed-recipients") or "") or _any_foreign_address(mail, prose)
    return [_Finding(recipient=address, words=prose)] if prose.strip() else []


def _any_foreign_address(mail: ParsedMail, prose: str) -> str | None:
    ours = {*mail.to, *mail.cc, *mail.delivered_to, mail.from_address}
    found = (address_of(word) for word in re.findall(r"\S{1,128}@\S{1,255}", prose))
    return next((address for address in found if address and address not in ours), None)


def _sections(mail: ParsedMail, prose: str) -> list[_Finding]:
    """Lines that start with an address, each with what follows up to the next one."""
    ours = {*mail.to, *mail.delivered_to, mail.from_address}
    starts = [(found, address_of(found["address"])) for found in _ADDRESS_LINE.finditer(prose)]
    starts = [(found, address) for found, address in starts if address and (address not in ours or len(starts) == 1)]
    findings: dict[str, _Finding] = {}
    for number, (found, address) in enumerate(starts):
        end = starts[number + 1][0].start() if number + 1 < len(starts) else len(prose)
        words = f"{found['rest']}{prose[found.end() : end]}"
        known = findings.get(address or "")
        findings[address or ""] = _Finding(recipient=address, words=f"{known.words}\n{words}" if known else words)
    if len(findings) == 1:
        return [_Finding(recipient=one.recipient, words=prose) for one in findings.values()]
    return list(findings.values())


def _recipient(finding: _Finding, original: _Original) -> BouncedRecipient:
    status = _status(finding)
    reply_code = _reply_code(finding.diagnostic) or _reply_code(finding.words)
    reason = _reason(finding, status, reply_code)
    return BouncedRecipient(
        recipient=finding.recipient,
        status=status,
        reply_code=reply_code,
        reason=reason,
        hard=reason in HARD and not (status or "5").startswith("4"),
        action=finding.action or ("delivered" if reason is BounceReason.DELIVERED else "failed"),
        words=" ".join((finding.diagnostic or finding.words).split())[:_WORDS_MAX],
        original_message_id=original.message_id,
        original_reply_to=original.reply_to,
        original_subject=original.subject,
    )


def _status(finding: _Finding) -> str | None:
    """What the receiving host answered is more precise than the summary of the host that reports it."""
    answered = _STATUS.search(finding.diagnostic)
    if answered:
        return answered.group(1)
    if finding.status and not finding.status.endswith(".0.0"):
        return finding.status
    in_words = [found.group(1) for found in _STATUS.finditer(finding.words)]
    telling = (code for code in in_words if not code.endswith(".0.0") and not code.startswith("2"))
    return next(telling, finding.status or next(iter(in_words), None))


def _reply_code(words: str) -> str | None:
    found = _REPLY.search(words)
    return found.group(1) if found else None


def _reason(finding: _Finding, status: str | None, reply_code: str | None) -> BounceReason:
    """The answer of the receiving host is asked first, then all that was written about the recipient."""
    if finding.action in {"delivered", "relayed", "expanded"}:
        return BounceReason.DELIVERED
    if finding.action == "replied":
        return BounceReason.VACATION
    answers = [_answer_in(finding.diagnostic), finding.diagnostic, _answer_in(finding.words)]
    telling = next((words for words in answers if words and reason_by_words(words)), finding.words)
    return reason_of(telling, status, reply_code)


def _answer_in(words: str) -> str:
    """From the reply code on: before it stands how the reporting host got there."""
    found = _REPLY.search(words)
    return words[found.start() : found.start() + 600] if found else ""


def _complaint(mail: ParsedMail, original: _Original) -> BouncedRecipient:
    text = "\n".join(report.text for report in mail.reports if report.media_type == "message/feedback-report")
    named = [*_header_values(text, "original-rcpt-to"), *_header_values(text, "removal-recipient")]
    return BouncedRecipient(
        recipient=next((address for address in map(address_of, named) if address), None),
        status=None,
        reply_code=None,
        reason=BounceReason.FEEDBACK,
        hard=False,
        action=next(iter(_header_values(text, "feedback-type")), "complaint"),
        words=" ".join(mail.text.split())[:_WORDS_MAX],
        original_message_id=original.message_id,
        original_reply_to=original.reply_to,
        original_subject=original.subject,
    )
