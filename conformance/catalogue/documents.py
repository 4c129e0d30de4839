"""The documents that requirements cite, and the address of each section as far as it is known to last."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.model.requirement import Source


@dataclass(frozen=True, slots=True)
class Document:
    """A document by the name under which it is cited; ``pages`` gives single sections an address of their own."""

    name: str
    title: str
    anchor: str = ""
    page: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)

    def address(self, section: str) -> str:
        """Where a section can be read: its own page, else the document's; empty where neither has a lasting address."""
        pattern = self.pages.get(section, self.page if section else "")
        repository, _, number = section.partition("#")
        found = pattern.format(section=section, repository=repository, number=number)
        return found or ("" if section in self.pages else self.anchor)


@functools.cache
def documents() -> Mapping[str, Document]:
    """Every known document by its name."""
    rows = tomllib.loads(Path(__file__).with_name("documents.toml").read_text(encoding="utf-8"))["document"]
    return MappingProxyType({row["name"]: _document(row) for row in rows})


def anchor(source: Source) -> str:
    """The address of a source; empty where none is known to last."""
    document = documents().get(source.document)
    return source.anchor or (document.address(source.section) if document else "")


def _document(row: Mapping[str, Any]) -> Document:
    pages = {section: pattern for pattern, sections in row.get("pages", {}).items() for section in sections}
    return Document(row["name"], row["title"], row.get("anchor", ""), row.get("page", ""), MappingProxyType(pages))
