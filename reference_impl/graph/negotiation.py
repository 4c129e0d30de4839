"""Which form of an answer a request takes: media type and amount of annotations (RFC 9110, 12.5.1; OData JSON, 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from reference_impl.graph.refusals import NotAcceptable

JSON: Final = "application/json"
TEXT: Final = "text/plain"
XML: Final = "application/xml"
BYTES: Final = "application/octet-stream"
ANYTHING: Final = "*/*"

_FORMATS: Final = {"json": JSON, "xml": XML, "atom": "application/atom+xml"}
_KEPT_WITHOUT_METADATA: Final = ("nextLink", "deltaLink", "count")


class Metadata(StrEnum):
    """How many annotations go with the members."""

    NONE = "none"
    MINIMAL = "minimal"
    FULL = "full"


MEDIA_TYPES: Final = {
    each: f"{JSON};odata.metadata={each};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    for each in Metadata
}
"""The type of an answer with so many."""


class _Range(NamedTuple):
    """One media range of an Accept header."""

    media: str
    parameters: dict[str, str]
    quality: float


@lru_cache(maxsize=256)
def metadata_asked(accept: str, form: str | None, produced: str = JSON) -> Metadata:
    """How many annotations are asked for, by $format or else by Accept; NotAcceptable where another type is wanted.

    ``produced`` is the type that there is, ``*/*`` where the content decides.
    """
    text = accept if form is None else _FORMATS.get(form.strip().lower(), form)
    ranges = sorted(_ranges(text), key=lambda each: -each.quality)
    if not ranges or produced == ANYTHING:
        return Metadata.MINIMAL
    wanted = {ANYTHING, "*", produced, f"{produced.partition('/')[0]}/*"}
    found = next((each for each in ranges if each.media in wanted and each.quality), None)
    if found is None:
        raise NotAcceptable(produced=produced, accept=text)
    level = found.parameters.get("odata.metadata", found.parameters.get("metadata", Metadata.MINIMAL))
    if level not in list(Metadata):
        raise NotAcceptable(produced=produced, accept=text)
    return Metadata(level)


def _ranges(text: str) -> Iterator[_Range]:
    for part in text.split(","):
        media, *given = (piece.strip().lower() for piece in part.split(";"))
        if not media:
            continue
        parameters = {name: value.strip('"') for name, _, value in (each.partition("=") for each in given)}
        try:
            quality = float(parameters.get("q", "1"))
        except ValueError:
            quality = 0.0
        yield _Range(media, parameters, quality)


def without_metadata(value: Any) -> Any:
    """The members alone, and of the annotations those that a client cannot do without (OData JSON, 3.1.3)."""
    if isinstance(value, dict):
        return {name: without_metadata(each) for name, each in value.items() if _is_kept(name)}
    return [without_metadata(each) for each in value] if isinstance(value, list) else value


def _is_kept(name: str) -> bool:
    return "@odata." not in name or name.rpartition("@odata.")[2] in _KEPT_WITHOUT_METADATA
