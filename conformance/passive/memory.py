"""What a check remembers from one exchange to the next: the latest things only, so that memory does not grow."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
LIMIT = 4096


class Recent(Generic[_Key, _Value]):
    """The values of the ``limit`` keys that were written last."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __setitem__(self, key: _Key, value: _Value) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def get(self, key: _Key) -> _Value | None:
        """The value of a key, or None when it was never written or is forgotten."""
        return self._kept.get(key)
