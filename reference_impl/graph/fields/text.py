"""Bodies as HTML and as text."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final

from reference_impl.domain.items import Body, BodyType
from reference_impl.graph.prefer import Preferences
from reference_impl.mime.markup import safe

PREVIEW_LENGTH: Final = 255

_SHELL_HEAD: Final = (
    "<html>\r\n<head>\r\n"
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n'
    '<meta content="text/html; charset=us-ascii">\r\n'
    "</head>\r\n<body>\r\n"
)
_SHELL_TAIL: Final = "\r\n</body>\r\n</html>\r\n"
_DOCUMENT: Final = re.compile(r"\s*(<!doctype[^>]*>\s*)?<html[\s>]", re.IGNORECASE)
_UNSEEN: Final = frozenset({"head", "script", "style", "title"})
_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})


def as_html(body: Body) -> str:
    """The body as an HTML document, as the service wraps what it is sent; nothing stays nothing."""
    if not body.content:
        return ""
    if body.type is BodyType.HTML and _DOCUMENT.match(body.content):
        return body.content
    inner = body.content if body.type is BodyType.HTML else _escaped(body.content)
    return f"{_SHELL_HEAD}{inner}{_SHELL_TAIL}"


def as_text(body: Body) -> str:
    """The body as text; of HTML, what a reader sees."""
    if body.type is BodyType.TEXT:
        return body.content
    reader = _Reader()
    reader.feed(body.content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().replace("\n", "\r\n")


@lru_cache(maxsize=2048)
def preview(body: Body) -> str:
    """The first 255 characters of the text."""
    return as_text(body).strip()[:PREVIEW_LENGTH]


def shown(body: Body, preferences: Preferences) -> dict[str, str]:
    """An itemBody in the format asked for; of HTML only what is safe to show, unless all of it is wanted."""
    if preferences.text_bodies:
        return {"contentType": "text", "content": as_text(body)}
    if body.type is BodyType.HTML and not preferences.unsafe_html:
        body = Body(safe(body.content), BodyType.HTML)
    return {"contentType": "html", "content": as_html(body)}


def _escaped(text: str) -> str:
    return html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")


class _Reader(HTMLParser):
    """Collects what is seen of an HTML document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the parser's signature
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag in _BREAKS and self.parts:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\r", " ").replace("\n", " "))
