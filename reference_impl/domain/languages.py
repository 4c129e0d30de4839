"""The languages an owner can choose, by their tags."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

DEFAULT: Final = "en-US"


@cache
def languages() -> Mapping[str, str]:
    """Tag -> English name, in the order of the tags."""
    text = resources.files("reference_impl.domain").joinpath("languages.txt").read_text(encoding="utf-8")
    rows = (line.partition(" | ") for line in text.splitlines() if line and not line.startswith("#"))
    return {tag: name for tag, _, name in rows}


def spelt(tag: str) -> str | None:
    """A tag as it is written here, given in any case; None where there is no such language."""
    return _spelling().get(tag.strip().casefold())


@cache
def _spelling() -> Mapping[str, str]:
    return {tag.casefold(): tag for tag in languages()}
