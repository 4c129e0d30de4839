"""What was made of an item and holds for ever, kept for the next answer that shows the item."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

from reference_impl.domain.items import CalendarItem, Item

Made = TypeVar("Made")


class Fragments(Generic[Made]):
    """Finished parts of answers by item and way of showing it.

    An item never changes: its next state is another one. Those that were made first go first when there are more than
    ``most``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, Hashable], tuple[Item, Made]] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def find(self, item: Item, way: Hashable) -> Made | None:
        """What was made of this very item in this way."""
        kept = self._kept.get((id(item), way))
        return None if kept is None else kept[1]

    def keep(self, item: Item, way: Hashable, made: Made) -> None:
        """Keep what was made, and the item with it, so that no other can take its place.

        Of an occurrence nothing is kept: it was made of its series for one answer alone.
        """
        if isinstance(item, CalendarItem) and item.series_id is not None:
            return
        with self._lock:
            self._kept[id(item), way] = item, made
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
