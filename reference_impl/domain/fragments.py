"""What was made of an item and holds for ever, kept for the next answer that shows the item."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from reference_impl.domain.items import CalendarItem, Item

Made = TypeVar("Made")


class Fragments(Generic[Made]):
    """Finished parts of answers by way of showing and item.

    An item never changes: its next state is another one. Those that were made first go first when there are more than
    ``most``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[Hashable, dict[int, tuple[Item, Made]]] = {}
        self._order: dict[tuple[Hashable, int], None] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._order)

    def find(self, item: Item, way: Hashable) -> Made | None:
        """What was made of this very item in this way."""
        kept = self.made(way).get(id(item))
        return None if kept is None else kept[1]

    def made(self, way: Hashable) -> Mapping[int, tuple[Item, Made]]:
        """All that was made in this way, each with its item, by the ``id`` of that: for who looks for many."""
        return self._kept.get(way, {})

    def keep(self, item: Item, way: Hashable, made: Made) -> None:
        """Keep what was made, and the item with it, so that no other can take its place.

        Of an occurrence nothing is kept: it was made of its series for one answer alone.
        """
        if isinstance(item, CalendarItem) and item.series_id is not None:
            return
        with self._lock:
            self._kept.setdefault(way, {})[id(item)] = item, made
            self._order[way, id(item)] = None
            if len(self._order) > self._most:
                self._forget(*next(iter(self._order)))

    def _forget(self, way: Hashable, item: int) -> None:
        del self._order[way, item]
        del self._kept[way][item]
        if not self._kept[way]:
            del self._kept[way]
