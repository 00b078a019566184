"""HTML to plain text that a person can read, with quotes marked as in plain mail.

What a mail program marked as a quote becomes lines with "> ", a marked signature is introduced by "-- ", so that one
folding of text (`mail_quotes`) serves both kinds of mail. The HTML
goes through the sanitiser first, which makes it well formed.
"""

import re
from dataclasses import dataclass, field
from html import unescape as words_of
from html.parser import HTMLParser

import nh3

from waada.channels.mail_charset import clean
from waada.channels.mail_html import too_intricate

_BLOCKS = frozenset(
    """
    address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905  a list of tags reads better as prose
)
# Elements with an empty line before and after, as browsers show them.
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table"))
_VOID = frozenset(("br", "hr", "img", "wbr", "col"))
_INLINE = frozenset(("a", "b", "i", "span", "font", "td", "th", "strong", "em", "u", "code", "q", "cite"))
_GONE_WITH_CONTENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "head"}
_KEPT = _BLOCKS | _VOID | _INLINE
_SEEN = {"class", "id", "type", "cite", "style", "name"}

# A quote ends where the element ends. Names are those that mail programs give to it.
_QUOTE_NAMES = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|yahooquoted|moz-cite-prefix|protonmail_quote|zmail_extra|tutanota_quote|"
    r"OLK_SRC_BODY_SECTION|x_?gmail_quote|ecxgmail_quote|skiptranslate_quote|freshdesk_quote|zd-comment-quote|"
    r"quoted-?(?:text|message|reply|content)|history_container|mailcontainer_quote|cite-prefix|airmail_ext|wrote_on|"
    r"front-blockquote|hs_reply|mcntmcntquote|gmx-quote|WM_quote|iwmquote|email-quote|reply-quote|lydie_quote",
    re.IGNORECASE,
)
# From here to the end everything is quoted, although no element says so.
_REST_NAMES = re.compile(
    r"divRplyFwdMsg|stopSpelling|zwchr|appendonsend|replySplit|_MailOriginal|mail-editor-reference-message|"
    r"ms-outlook-mobile-reference|oriMsgHtmlSeperator|reply-intro|isForwardContent|lotusnotes_quote|spnOriginalMessage|"
    r"mail-?header-?separator|SkyDrivePlaceholder",
    re.IGNORECASE,
)
# Outlook on Windows names nothing: its header block is a box with exactly this line above it.
_REST_STYLE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.IGNORECASE)
_SIGNATURE_NAMES = re.compile(
    r"gmail_signature|moz-signature|^signature$|ms-outlook-mobile-signature|AppleMailSignature|protonmail_signature|"
    r"yahoo-?signature|tutanota-?signature|zoho-?signature|x_?signature$|WM_signature|mail-?signature|email-?signature",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"[ \t\n\f\u200b]+")


@dataclass(slots=True)
class _Line:
    text: str = ""
    quote: int = 0
    space_pending: bool = False


@dataclass(slots=True)
class _Open:
    tag: str
    quote: bool
    signature: bool


@dataclass(slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    line: _Line = field(default_factory=_Line)
    blank_due: bool = False

    def end_line(self, *, always: bool = False) -> None:
        """A `<br>` ends even an empty line; the edge of a block only one that has something on it."""
        text = self.line.text.rstrip(" ")
        if text or always:
            self._put(text)
        self.line = _Line(quote=self.line.quote)

    def _put(self, text: str) -> None:
        marks = "> " * self.line.quote
        if self.blank_due and self.lines and self.lines[-1].strip("> "):
            self.lines.append(marks.rstrip())
        self.blank_due = False
        self.lines.append((marks + text).rstrip() if text != "-- " else marks + text)

    def add(self, text: str, *, preformatted: bool) -> None:
        if preformatted:
            first, *rest = text.split("\n")
            self.line.text += first
            for one in rest:
                self.end_line(always=True)
                self.line.text = one
            return
        words = _SPACES.sub(" ", text)
        if not self.line.text or self.line.text.endswith(" "):
            words = words.lstrip(" ")
        self.line.text += words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()
        self.open: list[_Open] = []
        self.preformatted = 0
        self.rest_is_quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if not self.rest_is_quoted and _starts_the_rest(tag, names):
            self.page.end_line()
            self.page.line.quote += 1
            self.rest_is_quoted = True
        if tag == "br":
            self.page.end_line(always=True)
        if tag in _VOID:
            if tag == "hr":
                self.page.end_line()
            return
        self._open(tag, names)

    def _open(self, tag: str, names: dict[str, str]) -> None:
        quote = _is_quote(tag, names) and not any(one.quote for one in self.open[-1:])
        signature = _named(names, _SIGNATURE_NAMES)
        self.open.append(_Open(tag, quote, signature))
        if tag in _BLOCKS or quote or signature:
            self.page.end_line()
        if tag in _PARAGRAPHS:
            self.page.blank_due = True
        if quote:
            self.page.line.quote += 1
        if signature and not self.page.line.quote and not (self.page.lines and self.page.lines[-1] in {"--", "-- "}):
            self.page.line.text = "-- "
            self.page.end_line(always=True)
            self.page.lines[-1] = "-- "
        if tag == "pre":
            self.preformatted += 1
        if tag == "li":
            self.page.line.text = "- "
        if tag in {"td", "th"} and self.page.line.text:
            self.page.line.text += " "

    def handle_endtag(self, tag: str) -> None:
        if not any(one.tag == tag for one in reversed(self.open)):
            return
        while self.open:
            closed = self.open.pop()
            self._close(closed)
            if closed.tag == tag:
                return

    def _close(self, closed: _Open) -> None:
        if closed.tag in _BLOCKS or closed.quote or closed.signature:
            self.page.end_line()
        if closed.tag in _PARAGRAPHS:
            self.page.blank_due = True
        if closed.quote:
            self.page.line.quote -= 1
        if closed.tag == "pre":
            self.preformatted -= 1

    def handle_data(self, data: str) -> None:
        self.page.add(data, preformatted=self.preformatted > 0)


def _named(names: dict[str, str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(one) for key in ("class", "id", "name") for one in names.get(key, "").split())


def _is_quote(tag: str, names: dict[str, str]) -> bool:
    cited = tag == "blockquote" and (names.get("type", "").lower() == "cite" or "cite" in names)
    return cited or _named(names, _QUOTE_NAMES)


def _starts_the_rest(tag: str, names: dict[str, str]) -> bool:
    return _named(names, _REST_NAMES) or (
        tag in {"div", "td", "p"} and bool(_REST_STYLE.search(names.get("style", "")))
    )


def text_of_html(html: str) -> str:
    """Readable text; quoted parts carry "> ". Never raises."""
    if too_intricate(html):
        return clean(words_of(_TAG.sub(" ", html)))  # crude, but the words are there
    well_formed = nh3.clean(
        clean(html),
        tags=set(_KEPT),
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes={"*": _SEEN},
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(well_formed)
    reader.close()
    reader.page.end_line()
    text = clean("\n".join(reader.page.lines)).replace("\u00a0", " ")
    return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")
