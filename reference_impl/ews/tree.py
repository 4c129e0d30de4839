"""lxml's element as a type, and what its type information forgets."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for its elements


def child(element: Element, tag: str) -> Element | None:
    """The first child with this tag: what ``find`` finds, in a quarter of its time."""
    return next(element.iterchildren(tag), None)


def text_in(element: Element, tag: str) -> str | None:
    """The text of the first child with this tag: what ``findtext`` finds, but None where it is empty."""
    found = child(element, tag)
    return None if found is None else found.text


def line_of(element: Element) -> int:
    """The line of the document on which an element begins."""
    line: Any = element.sourceline
    return int(line or 1)
