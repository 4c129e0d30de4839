"""HTML of bodies: its inside, the images and links in it, and where an older message is quoted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from reference_impl.ews.tree import Element
from reference_impl.mime.bodies import parsed
from reference_impl.mime.markup import Change

_EXTERNAL: Final = re.compile(r"\s*(?:https?:|ftp:|//)", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\w-]+", re.IGNORECASE)
QUOTED: Final = re.compile(
    r"\s*(?:-{2,}\s*Original Message\s*-{2,}|_{10,}|On .{4,200} wrote:|From:\s.*)\s*", re.IGNORECASE
)
"""The line with which a quoted message begins."""


def inside(text: str) -> str:
    """What stands in the body of a document: a fragment that fits into another body."""
    document = parsed(text)
    body = None if document is None else document.find("body")
    if body is None:
        return ""
    parts = [html.escape(body.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in body]
    return "".join(parts).strip()


def _external_images(document: Element) -> Iterator[Element]:
    return (image for image in document.iter("img") if _EXTERNAL.match(image.get("src", "")))


def has_external_images(text: str) -> bool:
    """Whether the HTML shows images that lie elsewhere."""
    document = parsed(text)
    return document is not None and next(_external_images(document), None) is not None


def without_external_images(document: Element) -> None:
    """Images that lie elsewhere no longer named as images, but where they were is kept."""
    for image in list(_external_images(document)):
        image.set("blockedimagesrc", image.attrib.pop("src"))


def with_blank_targets(document: Element) -> None:
    """Links that open a window of their own."""
    for link in document.iter("a"):
        if link.get("href"):
            link.set("target", "_blank")


def inline_images_by(template: str) -> Change:
    """Inline images named by a template, in which ``{id}`` stands for the content id; without it that is appended."""

    def change(document: Element) -> None:
        for image in document.iter("img"):
            source = image.get("src", "")
            if source[:4].lower() == "cid:":
                content = source[4:]
                image.set("src", template.replace("{id}", content) if "{id}" in template else template + content)

    return change


def in_utf8(document: Element) -> None:
    """A document that says of itself that it is UTF-8."""
    for meta in document.iter("meta"):
        if meta.get("charset"):
            meta.set("charset", "utf-8")
        if meta.get("content"):
            meta.set("content", _CHARSET.sub("charset=utf-8", meta.get("content", "")))


def without_quotation(document: Element) -> None:
    """A document up to the place where an older message is quoted."""
    first = next((element for element in document.iter(etree.Element) if _begins_quotation(element)), None)
    if first is None or first.tag in {"html", "body"}:
        return
    before = first.getprevious()
    if before is not None and before.tag == "hr":
        first = before
    node: Element | None = first
    is_first = True
    while node is not None and node.tag not in {"html", "body"}:
        for later in list(node.itersiblings()):
            parent = later.getparent()
            if parent is not None:
                parent.remove(later)
        parent = node.getparent()
        if is_first and parent is not None:
            parent.remove(node)
        is_first = False
        node = parent


def _begins_quotation(element: Element) -> bool:
    if element.tag == "blockquote" or element.get("id") == "appendonsend":
        return True
    text = (element.text or "").strip()
    return bool(text) and QUOTED.fullmatch(text.splitlines()[0]) is not None
