"""Bodies as text and as HTML: what ItemShape's BodyType asks for."""

from __future__ import annotations

import html
import re
from typing import Final

from lxml import etree
from lxml import html as lxml_html

from reference_impl.domain.items import Body, BodyType
from reference_impl.ews import words, xml
from reference_impl.ews.tree import Element

_BREAKING: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_PREVIEW: Final = 255


def as_text(body: Body) -> str:
    """The words of a body; markup becomes line breaks."""
    if body.type is BodyType.TEXT:
        return body.content
    if not body.content.strip():
        return ""
    try:
        document = lxml_html.document_fromstring(body.content.encode(), parser=_HTML_PARSER)
    except (etree.ParserError, ValueError):
        return ""
    parts: list[str] = []
    _collect(document, parts)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(parts).splitlines())
    return "\r\n".join(line for line in lines if line)


_HTML_PARSER: Final = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


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


def as_html(body: Body) -> str:
    """The body as an HTML document."""
    if body.type is BodyType.HTML:
        return body.content
    words_ = html.escape(body.content, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
    return f'<html><body><div class="PlainText">{words_}</div></body></html>'


def body_as(body: Body, asked: str) -> Body:
    """The body in the type asked for: Text, HTML, or Best, which is as it was written."""
    if asked == "Best" or words.BODY_TYPE[body.type] == asked:
        return body
    if asked == "Text":
        return Body(as_text(body), BodyType.TEXT)
    return Body(as_html(body), BodyType.HTML)


def write_body(name: str, body: Body) -> str:
    """A body element with its type."""
    return f'<t:{name} BodyType="{words.BODY_TYPE[body.type]}">{xml.text(body.content)}</t:{name}>'


def preview(body: Body) -> str:
    """The beginning of a body's words."""
    return " ".join(as_text(body).split())[:_PREVIEW]


def with_reply(original: Body, answer: Body | None, heading: str) -> Body:
    """An answer above the original text, in the answer's type."""
    if answer is None:
        return original
    if answer.type is BodyType.TEXT:
        return Body(f"{answer.content}\r\n\r\n{heading}\r\n{as_text(original)}", BodyType.TEXT)
    quoted = as_html(original)
    return Body(f"{answer.content}<hr><div>{html.escape(heading)}</div>{quoted}", BodyType.HTML)
