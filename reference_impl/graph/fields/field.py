"""What a field table is made of: a member's name and how it is shown, filtered and sorted by."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec
import orjson

from reference_impl.domain.fragments import Fragments
from reference_impl.domain.queries import Order
from reference_impl.graph.odata.filtering import Filterable, Type
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.prefer import Preferences

Subject = TypeVar("Subject")


class Absent(Enum):
    """A member that an answer leaves out, as opposed to one that is null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
V1: Final = "v1.0"
BETA: Final = "beta"
BOTH: Final = frozenset({V1, BETA})
QUALIFIER: Final = "microsoft.graph."


def _untyped(_subject: Any) -> str | None:
    return None


class View(msgspec.Struct, frozen=True, gc=False):
    """How an answer is to look: which version, and what the client prefers."""

    version: str
    preferences: Preferences

    @property
    def lasting_ids(self) -> bool:
        """Whether ids are wanted that stay the same when items are moved."""
        return self.preferences.immutable_ids


@dataclass(frozen=True, slots=True)
class Field(Generic[Subject]):
    """One member of a resource.

    ``types`` are the derived types that have it (None: all), ``always`` members withstand $select, ``on_request`` ones
    are shown only where $select names them, ``filters`` are the paths below or at this member that can be filtered,
    ``orders`` those that can be sorted by.
    """

    name: str
    show: Callable[[Subject, View], Any]
    versions: frozenset[str] = BOTH
    types: frozenset[str] | None = None
    always: bool = False
    on_request: bool = False
    filters: tuple[tuple[str, Type, Callable[[Subject], Any]], ...] = ()
    orders: tuple[tuple[str, Order], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table(Generic[Subject]):
    """A resource's members in the order they are written.

    ``are_items`` tells that subjects are stored items, of which what was shown is kept: fields look at nothing but
    the item and the view. ``type_of`` names a subject's derived type, ``casts`` the types that each name of a cast
    admits, ``collections`` are those whose elements can be filtered by.
    """

    fields: tuple[Field[Subject], ...]
    type_of: Callable[[Subject], str | None] = _untyped
    are_items: bool = False
    casts: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    collections: Mapping[str, Filterable] = dataclasses.field(default_factory=dict)

    def show(self, subject: Subject, view: View, selection: Selection) -> dict[str, Any]:
        """The members of one subject that its type, the version and the selection leave; nobody changes them."""
        return self.way(view, selection)(subject)

    def way(self, view: View, selection: Selection) -> Way[Subject]:
        """How to show many subjects alike."""
        return _way(self, view, selection)

    def selectable(self, version: str, within: str | None = None) -> Mapping[str, str]:
        """What $select may name, in lower case, and the member it means.

        Derived members need a cast, unless everything is of the type ``within`` that has them.
        """
        return _selectable(self, version, within)

    def filterable(self, version: str, within: str | None = None) -> Mapping[str, Filterable]:
        """What $filter may name, in lower case; casts are needed as in $select."""
        return _filterable(self, version, within)

    def sortable(self) -> Mapping[str, Order]:
        """What $orderby may name, in lower case."""
        return _sortable(self)


class Shown(dict[str, Any]):
    """The members of one item, which nobody changes."""

    @cached_property
    def json(self) -> orjson.Fragment:
        """The members as they are written, for every answer that shows them."""
        return orjson.Fragment(orjson.dumps(self))


class Way(Generic[Subject]):
    """One way of showing subjects: a table in a view, as far as a selection leaves it."""

    def __init__(self, table: Table[Subject], view: View, selection: Selection) -> None:
        self._table = table
        self._view = view
        self._selection = selection

    def __call__(self, subject: Subject) -> dict[str, Any]:
        """The members of one subject; nobody changes them."""
        if not self._table.are_items:
            return self._made(subject)
        item: Any = subject
        shown = _SHOWN.find(item, self)
        if shown is None:
            shown = Shown(self._made(subject))
            _SHOWN.keep(item, self, shown)
        return shown

    def all(self, subjects: Iterable[Subject]) -> list[dict[str, Any]]:
        """The members of one subject after the other."""
        known = _SHOWN.made(self)
        return [kept[1] if (kept := known.get(id(subject))) else self(subject) for subject in subjects]

    def _made(self, subject: Subject) -> dict[str, Any]:
        table, view = self._table, self._view
        shown: dict[str, Any] = {}
        for field in _shown(table, view.version, table.type_of(subject), self._selection):
            value = field.show(subject, view)
            if value is not ABSENT:
                shown[field.name] = value
        return shown


_SHOWN: Final = Fragments[Shown](8192)


@lru_cache(maxsize=256)
def _way(table: Table[Any], view: View, selection: Selection) -> Way[Any]:
    return Way(table, view, selection)


@lru_cache(maxsize=1024)
def _shown(table: Table[Any], version: str, type_name: str | None, selection: Selection) -> tuple[Field[Any], ...]:
    """The members that subjects of a type have in a version and a selection leaves."""
    return tuple(
        field
        for field in table.fields
        if version in field.versions
        and (field.types is None or type_name in field.types)
        and (field.always or selection.keeps(field.name, by_name=field.on_request))
    )


@cache
def _selectable(table: Table[Any], version: str, within: str | None) -> Mapping[str, str]:
    return {
        f"{cast}{field.name}".lower(): field.name
        for field in table.fields
        if version in field.versions and "@" not in field.name
        for cast in _casts(table, field.types, within)
    }


@cache
def _filterable(table: Table[Any], version: str, within: str | None) -> Mapping[str, Filterable]:
    own = {
        f"{cast}{name}".lower(): Filterable(kind, read if cast == "" else _cast(table, cast, read))
        for field in table.fields
        if version in field.versions
        for name, kind, read in field.filters
        for cast in _casts(table, field.types, within)
    }
    return {**own, **{name.lower(): each for name, each in table.collections.items()}}


@cache
def _sortable(table: Table[Any]) -> Mapping[str, Order]:
    return {path.lower(): order for field in table.fields for path, order in field.orders}


def _cast(table: Table[Any], cast: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The property through a cast: null of subjects that are not of that type."""
    admitted = table.casts[cast.removeprefix(QUALIFIER).removesuffix("/")]
    return lambda subject: read(subject) if table.type_of(subject) in admitted else None


def _casts(table: Table[Any], types: frozenset[str] | None, within: str | None) -> Iterable[str]:
    """What may stand before a member's name in a query."""
    if types is None:
        return ("",)
    needless = ("",) if within is not None and table.casts[within] <= types else ()
    return (*needless, *(f"{QUALIFIER}{each}/" for each in sorted(types)))
