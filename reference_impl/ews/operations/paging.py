"""The paged views of FindItem and FindFolder (DOC indexedpageitemview, fractionalpageitemview)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from typing import Final

from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.tree import Element, Parts
from reference_impl.ews.versions import Version
from reference_impl.service.settings import Settings


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a listing: where it starts, how many entries it has, and how many there are in all."""

    start: int
    count: int
    total: int

    @property
    def end(self) -> int:
        """Where the next part starts."""
        return self.start + self.count


class Way(Enum):
    """From where a view counts."""

    ALL = auto()
    INDEX = auto()
    FRACTION = auto()
    CONDITION = auto()


@dataclass(frozen=True, slots=True)
class Paging:
    """One view: at most ``limit`` entries after others, after a fraction of them, or from where something holds.

    ``backwards`` counts from the last entry; the part is in the order of the listing nevertheless.
    """

    way: Way = Way.ALL
    offset: int | Fraction = 0
    limit: int | None = None
    backwards: bool = False

    def slice_of(self, total: int) -> Slice:
        """The part of a listing of ``total`` entries that the view shows, where no condition decides."""
        before = int(total * self.offset) if isinstance(self.offset, Fraction) else self.offset
        rest = max(total - before, 0)
        count = rest if self.limit is None else min(self.limit, rest)
        return Slice(rest - count if self.backwards else before, count, total)

    def attributes(self, part: Slice) -> str:
        """The attributes of a RootFolder, each with a space before it."""
        is_last = part.start <= 0 if self.backwards else part.end >= part.total
        common = f' TotalItemsInView="{part.total}" IncludesLastItemInRange="{"true" if is_last else "false"}"'
        if self.way is Way.FRACTION:
            return f' NumeratorOffset="{part.end}" AbsoluteDenominator="{part.total}"{common}'
        if self.way is Way.ALL:
            return common
        return f' IndexedPagingOffset="{part.total - part.start if self.backwards else part.end}"{common}'


def paging_of(parts: Parts) -> Paging:
    """The view of a request that has none or one of pages.

    Raises ErrorInvalidPagingMaxRows, ErrorInvalidIndexedPagingParameters, ErrorInvalidFractionalPagingParameters.
    """
    for tag, read in _VIEWS.items():
        if tag in parts:
            return read(parts[tag])
    return Paging()


def most_rows(view: Element) -> int | None:
    """The MaxEntriesReturned of a view. Raises ErrorInvalidPagingMaxRows."""
    text = view.get("MaxEntriesReturned")
    if text is not None and int(text) <= 0:
        raise ResponseError("ErrorInvalidPagingMaxRows", "MaxEntriesReturned must be greater than 0.")
    return None if text is None else int(text)


def _indexed(view: Element) -> Paging:
    limit, offset = most_rows(view), int(view.get("Offset", "0"))
    if offset < 0:
        raise ResponseError("ErrorInvalidIndexedPagingParameters", "Offset must not be negative.")
    return Paging(Way.INDEX, offset, limit, view.get("BasePoint") == "End")


def _fractional(view: Element) -> Paging:
    limit, numerator, denominator = most_rows(view), int(view.get("Numerator", "0")), int(view.get("Denominator", "1"))
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ResponseError(
            "ErrorInvalidFractionalPagingParameters",
            f"The fraction must lie between 0 and 1; got {numerator}/{denominator}.",
        )
    return Paging(Way.FRACTION, Fraction(numerator, denominator), limit)


def _seeking(view: Element) -> Paging:
    return Paging(Way.CONDITION, 0, most_rows(view), view.get("BasePoint") == "End")


_VIEWS: Final = {
    m(f"{name}Page{suffix}"): read
    for name, read in (("Indexed", _indexed), ("Fractional", _fractional), ("SeekToCondition", _seeking))
    for suffix in ("ItemView", "FolderView")
}


class Allowance:
    """How much the rest of one request may be answered with (EWSFindCountLimit, DOC ews-throttling-in-exchange)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most

    def limit(self, asked: int | None) -> int:
        """How much to look for where so much is asked for."""
        return self._left if asked is None else min(asked, self._left)

    def take(self, asked: int | None, rest: int, found: int, version: Version, *, is_paged: bool) -> None:
        """Note that so much is answered of the ``rest`` that there is from the start of a view on.

        Paged views may be answered with less than is asked for, since Exchange2010_SP1. Raises
        ErrorExceededFindCountLimit for other ones, and where nothing is left; ErrorServerBusy in versions before.
        """
        wanted = rest if asked is None else min(asked, rest)
        if found < wanted and not version.has("Exchange2010_SP1"):
            raise ResponseError("ErrorServerBusy", "The server cannot answer with so much. Try again later.")
        if found < wanted and not (is_paged and found):
            raise ResponseError(
                "ErrorExceededFindCountLimit",
                "More was found than an answer may hold; ask for it in pages.",
                (f'<t:Value Name="PolicyLimit">{self._most}</t:Value>',),
            )
        self._left -= found


_SEARCHES: Final = (m("Restriction"), m("QueryString"))


def allowance_of(parts: Parts, settings: Settings) -> Allowance:
    """How much a request may be answered with: less where it searches."""
    is_search = any(tag in parts for tag in _SEARCHES)
    return Allowance(settings.searched_items if is_search else settings.found_items)
