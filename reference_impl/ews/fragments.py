"""What was written of an item and holds for ever, kept for the next answer that shows the item."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Final

from reference_impl.domain.items import Item


class Fragments:
    """Finished parts of answers by item and way of writing.

    An item never changes: its next state is another one. Those that were written first go first when there are more
    than ``most``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, Hashable], tuple[Item, str]] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def find(self, item: Item, way: Hashable) -> str | None:
        """What was written of this very item in this way."""
        kept = self._kept.get((id(item), way))
        return None if kept is None else kept[1]

    def keep(self, item: Item, way: Hashable, written: str) -> None:
        """Keep what was written; the item is kept with it, so no other can take its place."""
        with self._lock:
            self._kept[id(item), way] = item, written
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]


FRAGMENTS: Final = Fragments(8192)
