"""HTML changed where it stands, and what of it is unsafe to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, cast

from lxml import etree
from lxml import html as lxml_html

from reference_impl.mime.bodies import Element, parsed

_UNSAFE: Final = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "base", "link", "meta"}
)
_URLS: Final = frozenset({"href", "src", "action", "background", "formaction", "xlink:href"})
_UNSAFE_URL: Final = re.compile(r"(?:javascript:|vbscript:|data:(?!image/))", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[\x00-\x20]+")
_SUSPECT: Final = re.compile(
    r"<\s*(?:script|iframe|frame|frameset|object|embed|applet|form|base)\b"
    r"|[\s/\"']on\w+\s*=|script:|data:|&#|&colon|&tab|&newline",
    re.IGNORECASE,
)
"""What HTML holds that may be unsafe; without any of it nothing is to be taken away."""

Change = Callable[[Element], None]
"""A change of a parsed document, in place."""


def changed(text: str, *changes: Change) -> str:
    """A text of HTML after changes; as it is where there are none, or nothing to change."""
    document = parsed(text) if changes else None
    if document is None:
        return text
    for change in changes:
        change(document)
    return etree.tostring(document, encoding="unicode", method="html")


def without_unsafe(document: Element) -> None:
    """Scripts, frames, forms and whatever else a reader could be harmed by, taken away."""
    for element in list(document.iter(*_UNSAFE)):
        if element.getparent() is not None:
            cast("lxml_html.HtmlElement", element).drop_tree()
    for element in document.iter(etree.Element):
        for name, value in list(element.attrib.items()):
            is_url = str(name).lower() in _URLS
            if str(name).lower().startswith("on") or (is_url and _UNSAFE_URL.match(_BLANKS.sub("", str(value)))):
                del element.attrib[name]


def safe(text: str) -> str:
    """A text of HTML without what is unsafe; as it is where there is nothing of the sort."""
    if not _SUSPECT.search(text):
        return text
    whole, cleaned = changed(text, _nothing), changed(text, without_unsafe)
    return text if whole == cleaned else cleaned


def _nothing(_document: Element) -> None:
    """No change."""
