"""Why a message was not delivered, from what mail systems write.

The words of the receiving system say more than its code: many systems answer 550 5.7.1 for everything. So words are
asked first, in an order from the precise to the vague, then the enhanced status code (RFC 3463), then the reply code.
"""

import re
from enum import StrEnum
from importlib import resources


class BounceReason(StrEnum):
    USER_UNKNOWN = "userunknown"
    HOST_UNKNOWN = "hostunknown"
    HAS_MOVED = "hasmoved"
    NOT_ACCEPT = "notaccept"  # that host takes no mail at all
    MAILBOX_FULL = "mailboxfull"
    SUSPEND = "suspend"  # the mailbox is disabled or unpaid
    EXCEED_LIMIT = "exceedlimit"  # larger than this recipient may receive
    MESSAGE_TOO_BIG = "mesgtoobig"
    BLOCKED = "blocked"  # the sending address or network is refused
    BAD_REPUTATION = "badreputation"
    REQUIRE_PTR = "requireptr"  # the sending host has no proper reverse name
    AUTH_FAILURE = "authfailure"  # SPF, DKIM or DMARC
    POLICY = "policyviolation"
    SPAM = "spamdetected"
    VIRUS = "virusdetected"
    FILTERED = "filtered"  # the recipient's own settings refuse it
    REJECTED = "rejected"  # the sender address is refused
    SPEEDING = "speeding"  # too much mail in too short a time
    NOT_COMPLIANT = "notcompliantrfc"
    CONTENT = "contenterror"
    SYNTAX = "syntaxerror"
    SECURITY = "securityerror"
    NO_RELAY = "norelaying"
    SYSTEM_FULL = "systemfull"
    SYSTEM_ERROR = "systemerror"
    MAILER_ERROR = "mailererror"
    NETWORK_ERROR = "networkerror"
    EXPIRED = "expired"  # tried for a long time, in vain
    ON_HOLD = "onhold"  # the other side gave no reason
    DELIVERED = "delivered"
    FEEDBACK = "feedback"
    VACATION = "vacation"
    UNDEFINED = "undefined"


# Only these say that the address itself is wrong for good; writing to it again is pointless.
HARD = frozenset(
    (BounceReason.USER_UNKNOWN, BounceReason.HOST_UNKNOWN, BounceReason.HAS_MOVED, BounceReason.NOT_ACCEPT)
)

_R = BounceReason


def _read_words() -> tuple[tuple[BounceReason, re.Pattern[str]], ...]:
    """The patterns of `mail_bounce_reasons.txt`, in their order; a reason may come twice, precise and vague."""
    text = resources.files(__package__).joinpath("mail_bounce_reasons.txt").read_text("utf-8")
    sections: list[tuple[BounceReason, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            sections.append((BounceReason(line[1:-1]), []))
        elif line and not line.startswith("#"):
            sections[-1][1].append(line)
    return tuple((reason, re.compile("|".join(patterns), re.IGNORECASE)) for reason, patterns in sections)


_WORDS = _read_words()

# RFC 3463 and the registry of enhanced codes; class (4 or 5) matters only where it changes the meaning.
_BY_CODE: dict[str, BounceReason] = {
    "1.0": _R.USER_UNKNOWN,
    "1.1": _R.USER_UNKNOWN,
    "1.2": _R.HOST_UNKNOWN,
    "1.3": _R.USER_UNKNOWN,
    "1.4": _R.USER_UNKNOWN,
    "1.6": _R.HAS_MOVED,
    "1.7": _R.REJECTED,
    "1.8": _R.REJECTED,
    "1.9": _R.SYSTEM_ERROR,
    "1.10": _R.NOT_ACCEPT,
    "2.0": _R.FILTERED,
    "2.1": _R.SUSPEND,
    "2.2": _R.MAILBOX_FULL,
    "2.3": _R.EXCEED_LIMIT,
    "2.4": _R.FILTERED,
    "3.0": _R.SYSTEM_ERROR,
    "3.1": _R.SYSTEM_FULL,
    "3.2": _R.NOT_ACCEPT,
    "3.3": _R.SYSTEM_ERROR,
    "3.4": _R.MESSAGE_TOO_BIG,
    "3.5": _R.SYSTEM_ERROR,
    "4.0": _R.EXPIRED,
    "4.1": _R.EXPIRED,
    "4.2": _R.EXPIRED,
    "4.3": _R.SYSTEM_ERROR,
    "4.4": _R.HOST_UNKNOWN,
    "4.5": _R.SPEEDING,
    "4.6": _R.NETWORK_ERROR,
    "4.7": _R.EXPIRED,
    "4.14": _R.NETWORK_ERROR,
    "4.316": _R.EXPIRED,
    "5.0": _R.SYNTAX,
    "5.1": _R.SYNTAX,
    "5.2": _R.SYNTAX,
    "5.3": _R.SPEEDING,
    "5.4": _R.SYNTAX,
    "6.0": _R.CONTENT,
    "6.1": _R.CONTENT,
    "6.3": _R.CONTENT,
    "7.0": _R.BLOCKED,
    "7.1": _R.REJECTED,
    "7.2": _R.FILTERED,
    "7.3": _R.SECURITY,
    "7.8": _R.AUTH_FAILURE,
    "7.9": _R.POLICY,
    "7.13": _R.SUSPEND,
    "7.20": _R.AUTH_FAILURE,
    "7.21": _R.AUTH_FAILURE,
    "7.22": _R.AUTH_FAILURE,
    "7.23": _R.AUTH_FAILURE,
    "7.25": _R.REQUIRE_PTR,
    "7.26": _R.AUTH_FAILURE,
    "7.27": _R.NOT_ACCEPT,
    "7.28": _R.SPEEDING,
}
_BY_REPLY: dict[str, BounceReason] = {
    "421": _R.BLOCKED,
    "450": _R.SYSTEM_ERROR,
    "451": _R.SYSTEM_ERROR,
    "452": _R.MAILBOX_FULL,
    "501": _R.SYNTAX,
    "503": _R.SYNTAX,
    "521": _R.NOT_ACCEPT,
    "525": _R.SUSPEND,
    "550": _R.USER_UNKNOWN,
    "551": _R.HAS_MOVED,
    "552": _R.MAILBOX_FULL,
    "553": _R.USER_UNKNOWN,
    "556": _R.NOT_ACCEPT,
}
# Codes so precise that the words beside them add nothing.
_PRECISE = frozenset(("1.2", "1.6", "2.2", "2.3", "7.13", "7.25", "7.20", "7.21", "7.22", "7.23", "7.26", "4.316"))


def reason_of(words: str, status: str | None, reply_code: str | None) -> BounceReason:
    """The reason for one recipient, from what was written about them."""
    code = (status or "").partition(".")[2]
    if (status or "").startswith("2."):
        return _R.DELIVERED
    if code in _PRECISE:
        return _BY_CODE[code]
    return reason_by_words(words) or _BY_CODE.get(code) or _BY_REPLY.get(reply_code or "") or _R.UNDEFINED


def reason_by_words(words: str) -> BounceReason | None:
    flat = " ".join(words.split())[:4000]
    return next((reason for reason, pattern in _WORDS if pattern.search(flat)), None)
