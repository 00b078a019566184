"""HTML of strangers, made safe to show: no script, no form, no style that hides, no remote image until asked.

The address of a remote image is kept in `data-src`, so that the desk can put it back when a person asks for images.
"""

import re

import nh3

from waada.channels.mail_charset import clean
from waada.channels.mail_facts import HTML_CHARACTERS_MAX, HTML_TAGS_MAX

_TAGS = frozenset(
    """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn
    div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q
    rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul
    var wbr
    """.split()  # noqa: SIM905  a list of tags reads better as prose
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "style"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "width", "valign"},
    "th": {"colspan", "rowspan", "width", "valign"},
    "table": {"width", "cellpadding", "cellspacing", "border"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
}
# No size, position, display or background: those hide text from the person or cover the desk around the mail.
_STYLES = {
    "color",
    "font-weight",
    "font-style",
    "font-family",
    "text-align",
    "text-decoration",
    "direction",
    "unicode-bidi",
    "white-space",
    "border-left",
    "padding-left",
    "padding-right",
}
_GONE_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "select",
    "textarea",
}
_EMBEDDED_IMAGE = re.compile(r"data:image/(?:png|gif|jpe?g|webp);base64,", re.IGNORECASE)
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
# Attribute values in the sanitised text never hold a quote, so this cannot start or end inside of one by accident.
_IMAGE_SOURCE = re.compile(r'(<img\b(?:\s+[\w-]+="[^"]*")*?\s+)src="(\s*(?:https?:)?//[^"]*)"', re.IGNORECASE)
_DECLARED_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{1,40})", re.IGNORECASE)


def too_intricate(html: str) -> bool:
    return len(html) > HTML_CHARACTERS_MAX or html.count("<") > HTML_TAGS_MAX


def sanitised(html: str) -> tuple[str | None, tuple[str, ...]]:
    """The safe HTML, and the addresses of the images that were held back; None if it is too large to be made safe."""
    if too_intricate(html):
        return None, ()
    remote: list[str] = []

    def judge(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src" and _REMOTE.match(value):
            remote.append(clean(value.strip()))
            return value
        if value.lstrip().lower().startswith("data:"):
            return value if attribute == "src" and _EMBEDDED_IMAGE.match(value.strip()) else None
        if attribute == "src" and not value.lstrip().lower().startswith("cid:"):
            return None  # a relative address has nothing to be relative to
        return value

    safe = nh3.clean(
        clean(html),
        tags=set(_TAGS),
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=judge,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_STYLES,
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _IMAGE_SOURCE.sub(r'\1data-src="\2"', safe), tuple(dict.fromkeys(remote))


def declared_charset(raw: bytes) -> str | None:
    """The charset an HTML part claims in its own head, for parts whose header says nothing."""
    found = _DECLARED_CHARSET.search(raw[:4096])
    return found.group(1).decode("ascii") if found else None
