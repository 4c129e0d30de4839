"""A table of a population file being read, member by member, so that what is left at the end is unknown."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class PopulationError(ValueError):
    """A population file that cannot be used; the text says where and what to do."""


class Table:
    """One table; ``kind`` is its name in the file."""

    def __init__(self, where: str, table: object, kind: str) -> None:
        if not isinstance(table, dict):
            raise PopulationError(f"{where}: expected a table, got {table!r}. Write [[{kind}]] above its members.")
        self._where = where
        self._left: dict[str, Any] = dict(table)

    def _take(self, name: str, kind: type[Any], default: Any) -> Any:
        value = self._left.pop(name, default)
        if not isinstance(value, kind):
            raise self._wrong(name, {str: "a text", bool: "true or false"}.get(kind, kind.__name__), value)
        return value

    def _wrong(self, name: str, expected: str, got: object) -> PopulationError:
        return PopulationError(f"{self._where}: {name} must be {expected}, got {got!r}.")

    def _choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        return self._chosen(name, kind, self._left.pop(name, str(default)))

    def _chosen(self, name: str, kind: type[Choice], value: Any) -> Choice:
        try:
            return kind(value)
        except ValueError:
            raise self._wrong(name, "one of " + ", ".join(kind), value) from None

    def _texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        return self._listed(name, self._left.pop(name, list(default)))

    def _listed(self, name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self._wrong(name, "a list of texts", value)
        return tuple(value)

    def _finish(self) -> None:
        if self._left:
            raise PopulationError(
                f"{self._where}: unknown {', '.join(sorted(self._left))}. Remove it or correct its name."
            )
