"""Differences that documents allow, as the catalogue's table of variations has them."""

from __future__ import annotations

import functools
import html
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from conformance import catalogue
from conformance.catalogue import CatalogueInvalid, standard_catalogue
from conformance.model.requirement import Kind, Level
from conformance.noise.rules import matches
from conformance.tape.diff import Difference
from conformance.tape.shapes import kind_of

_FRACTION: Final = re.compile(r"(\d\d:\d\d:\d\d)\.\d+")
_MARKUP: Final = re.compile(r"<(?:head|style)\b.*?</(?:head|style)\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_PREFIX: Final = re.compile(r"[^:]{1,30}: ")


@dataclass(frozen=True, slots=True)
class Variation:
    """What may differ, by operation and general path with ``*``, in which way, and who allows it.

    ``citation`` is a requirement that MAY be met or that rests on a product, or the number of a ruling.
    """

    operation: str
    path: str
    way: str
    citation: str

    def fits(self, found: Difference) -> bool:
        """Whether a difference is such a one."""
        operation, path = kind_of(found)
        return matches(self.operation, operation) and matches(self.path, path) and _WAYS[self.way](found)


def _is_text(found: Difference) -> tuple[str, str] | None:
    return (found.left, found.right) if isinstance(found.left, str) and isinstance(found.right, str) else None


def _same(plain: Callable[[str], object]) -> Callable[[Difference], bool]:
    """Whether both sides have texts that are the same in a plain form."""

    def is_same(found: Difference) -> bool:
        texts = _is_text(found)
        return texts is not None and plain(texts[0]) == plain(texts[1])

    return is_same


def _instant(text: str) -> object:
    try:
        return datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    except ValueError:
        return text


def _words(text: str) -> str:
    return " ".join(html.unescape(_MARKUP.sub(" ", text)).split())


def _without_prefix(text: str) -> str:
    return _PREFIX.sub("", text, count=1)


_WAYS: Final[Mapping[str, Callable[[Difference], bool]]] = {
    "any": lambda _: True,
    "presence": lambda found: None in (found.left, found.right),
    "instant": _same(_instant),
    "words": _same(_words),
    "prefix": _same(_without_prefix),
}


def documented(found: Difference) -> Variation | None:
    """The variation that a difference is."""
    return next((one for one in standard_variations() if one.fits(found)), None)


@functools.cache
def standard_variations() -> tuple[Variation, ...]:
    """The catalogue's table, ``variations.toml``; CatalogueInvalid when an entry breaks a rule."""
    text = Path(catalogue.__file__).with_name("variations.toml").read_text(encoding="utf-8")
    found = []
    for number, row in enumerate(tomllib.loads(text)["variation"], start=1):
        at = f"variations.toml: variation {number}"
        if row.keys() != {"operation", "path", "way", "citation"} or row["way"] not in _WAYS:
            raise CatalogueInvalid(f"{at}: expected operation, path, citation and a way of {', '.join(_WAYS)}.")
        if problem := _uncited(row["citation"]):
            raise CatalogueInvalid(f"{at}: {problem}")
        found.append(Variation(**row))
    return tuple(found)


def _uncited(citation: str) -> str:
    """Why a citation allows nothing; empty where it does."""
    standard = standard_catalogue()
    if citation in standard.rulings:
        return ""
    requirement = standard.requirements.get(citation)
    if requirement is None:
        return f"{citation!r} is neither a requirement nor a ruling."
    if requirement.level is not Level.MAY and requirement.kind is not Kind.PRODUCT:
        return f"{citation} binds every server: a MAY or a product's own is expected."
    return ""
