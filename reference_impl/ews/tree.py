"""lxml's element as a type, and what its type information forgets."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for its elements


def line_of(element: Element) -> int:
    """The line of the document on which an element begins."""
    line: Any = element.sourceline
    return int(line or 1)
