"""Bodies as an ItemShape asks for them: as text or HTML, whole or cut, and without what is unsafe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.items import Body, BodyType
from reference_impl.ews import markup, words, xml
from reference_impl.mime.bodies import as_html, as_text
from reference_impl.mime.markup import Change, changed

_PREVIEW: Final = 255
_KILOBYTE: Final = 1024
_UNFINISHED_TAG: Final = re.compile(r"<[^>]*\Z")


@dataclass(frozen=True, slots=True)
class Rendering:
    """How bodies are to look.

    The types are Best, HTML or Text; ``limit`` is in kilobytes. ``changes`` are made to every HTML body.
    """

    type: str = "Best"
    unique_type: str = "Best"
    normalized_type: str = "HTML"
    limit: int | None = None
    changes: tuple[Change, ...] = ()
    blocks_images: bool = False


PLAIN: Final = Rendering()
"""Bodies as they were written."""


def body_as(body: Body, asked: str) -> Body:
    """The body in the type asked for: Text, HTML, or Best, which is as it was written."""
    if asked == "Best" or words.BODY_TYPE[body.type] == asked:
        return body
    if asked == "Text":
        return Body(as_text(body), BodyType.TEXT)
    return Body(as_html(body), BodyType.HTML)


def fragment(body: Body) -> Body:
    """A body that fits into another: of HTML what stands inside the document."""
    return body if body.type is BodyType.TEXT else Body(markup.inside(body.content), BodyType.HTML)


def unique_part(body: Body) -> Body:
    """What the body adds to its conversation: all that stands above a quoted message."""
    if body.type is BodyType.HTML:
        return fragment(Body(changed(body.content, markup.without_quotation), BodyType.HTML))
    lines = body.content.splitlines(keepends=True)
    quoted = next((number for number, line in enumerate(lines) if markup.QUOTED.fullmatch(line)), len(lines))
    kept = "".join(lines[:quoted])
    return Body(kept.rstrip() if quoted < len(lines) else kept, BodyType.TEXT)


def write_body(name: str, body: Body, rendering: Rendering, *, tells_truncation: bool) -> str:
    """A body element with its type, changed and cut as asked; what is cut has told so since Exchange2013."""
    content = changed(body.content, *rendering.changes) if body.type is BodyType.HTML else body.content
    shown = _cut(content, rendering.limit)
    if len(shown) < len(content) and body.type is BodyType.HTML:
        shown = _UNFINISHED_TAG.sub("", shown)
    told = f' IsTruncated="{"true" if len(shown) < len(content) else "false"}"' if tells_truncation else ""
    return f'<t:{name} BodyType="{words.BODY_TYPE[body.type]}"{told}>{xml.text(shown)}</t:{name}>'


def _cut(content: str, limit: int | None) -> str:
    if limit is None or limit < 0 or len(content) * 4 <= limit * _KILOBYTE:
        return content
    return content.encode()[: limit * _KILOBYTE].decode(errors="ignore")


def preview(body: Body) -> str:
    """The beginning of a body's words."""
    return " ".join(as_text(body).split())[:_PREVIEW]
