"""The paged views of FindItem and FindFolder (DOC indexedpageitemview, fractionalpageitemview)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.tree import Element


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a listing: where it starts, how many entries it has, and how many there are in all."""

    start: int
    count: int
    total: int


class _Way(Enum):
    ALL = auto()
    FROM_BEGINNING = auto()
    FROM_END = auto()
    FRACTION = auto()


@dataclass(frozen=True, slots=True)
class Paging:
    """One view: entries from an offset or a fraction, at most ``limit``."""

    way: _Way = _Way.ALL
    offset: int = 0
    limit: int | None = None
    denominator: int = 1

    @property
    def is_forward(self) -> bool:
        """Whether offset and limit alone tell the slice, before the total is known."""
        return self.way in {_Way.ALL, _Way.FROM_BEGINNING}

    def slice_of(self, total: int) -> Slice:
        """The part of a listing of ``total`` entries that the view shows."""
        if self.way is _Way.FROM_END:
            end = max(total - self.offset, 0)
            count = end if self.limit is None else min(self.limit, end)
            return Slice(end - count, count, total)
        start = total * self.offset // self.denominator if self.way is _Way.FRACTION else self.offset
        rest = max(total - start, 0)
        return Slice(start, rest if self.limit is None else min(self.limit, rest), total)

    def attributes(self, part: Slice) -> str:
        """The attributes of a RootFolder, each with a space before it."""
        after = part.start + part.count
        is_last = part.start <= 0 if self.way is _Way.FROM_END else after >= part.total
        common = f' TotalItemsInView="{part.total}" IncludesLastItemInRange="{"true" if is_last else "false"}"'
        if self.way is _Way.FRACTION:
            return f' NumeratorOffset="{after}" AbsoluteDenominator="{part.total}"{common}'
        if self.way is _Way.ALL:
            return common
        reached = self.offset + part.count if self.way is _Way.FROM_END else after
        return f' IndexedPagingOffset="{reached}"{common}'


def paging_of(request: Element, suffix: str) -> Paging:
    """The view of a request; ``suffix`` is ItemView or FolderView.

    Raises ErrorInvalidPagingMaxRows, ErrorInvalidIndexedPagingParameters, ErrorInvalidFractionalPagingParameters.
    """
    indexed, fractional = request.find(m(f"IndexedPage{suffix}")), request.find(m(f"FractionalPage{suffix}"))
    view = indexed if indexed is not None else fractional
    if view is None:
        return Paging()
    text = view.get("MaxEntriesReturned")
    limit = None if text is None else int(text)
    if limit is not None and limit <= 0:
        raise ResponseError("ErrorInvalidPagingMaxRows", "MaxEntriesReturned must be greater than 0.")
    if indexed is not None:
        offset = int(view.get("Offset", "0"))
        if offset < 0:
            raise ResponseError("ErrorInvalidIndexedPagingParameters", "Offset must not be negative.")
        way = _Way.FROM_END if view.get("BasePoint") == "End" else _Way.FROM_BEGINNING
        return Paging(way, offset, limit)
    numerator, denominator = int(view.get("Numerator", "0")), int(view.get("Denominator", "1"))
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ResponseError(
            "ErrorInvalidFractionalPagingParameters",
            f"The fraction must lie between 0 and 1; got {numerator}/{denominator}.",
        )
    return Paging(_Way.FRACTION, numerator, limit, denominator)
