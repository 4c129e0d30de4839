"""Bodies as text and as HTML, whatever they were written in."""

from __future__ import annotations

import html
import re
from typing import Final, TypeAlias

from lxml import etree
from lxml import html as lxml_html

from reference_impl.domain.items import Body, BodyType

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for its elements

_BREAKING: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_PARSER: Final = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def as_text(body: Body) -> str:
    """The words of a body; markup becomes line breaks."""
    return body.content if body.type is BodyType.TEXT else words_of(body.content)


def as_html(body: Body) -> str:
    """The body as an HTML document."""
    return body.content if body.type is BodyType.HTML else document_of(body.content)


def parsed(text: str) -> Element | None:
    """The document that a text of HTML is; None where it holds nothing."""
    if not text.strip():
        return None
    try:
        return lxml_html.document_fromstring(text.encode(), parser=_PARSER)
    except (etree.ParserError, ValueError):
        return None


def words_of(text: str) -> str:
    """The words of HTML; markup becomes line breaks."""
    document = parsed(text)
    if document is None:
        return ""
    parts: list[str] = []
    _collect(document, parts)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(parts).splitlines())
    return "\r\n".join(line for line in lines if line)


def _collect(element: Element, parts: list[str]) -> None:
    if element.tag in _SILENT:
        return
    breaks = element.tag in _BREAKING
    parts.append("\n" if breaks else "")
    parts.append(re.sub(r"\s+", " ", element.text or ""))
    for child in element:
        _collect(child, parts)
        parts.append(re.sub(r"\s+", " ", child.tail or ""))
    parts.append("\n" if breaks and element.tag != "br" else "")


def document_of(text: str) -> str:
    """Plain text as an HTML document."""
    lines = html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
    return f'<html><body><div class="PlainText">{lines}</div></body></html>'
