"""Query options taken from the address: the system options ($...) and the parameters of functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_plus

import msgspec

from reference_impl.graph.refusals import OptionInvalid

SYSTEM: Final = frozenset(
    {
        "$select",
        "$filter",
        "$orderby",
        "$top",
        "$skip",
        "$count",
        "$expand",
        "$search",
        "$format",
        "$skiptoken",
        "$deltatoken",
    }
)
LISTING: Final = frozenset({"$select", "$filter", "$orderby", "$top", "$skip", "$count"})
ENTITY: Final = frozenset({"$select"})
NOTHING: Final[frozenset[str]] = frozenset()
LARGEST_TOP: Final = 1000
DEFAULT_TOP: Final = 10

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_KEPT: Final = "$&=+'()/:,;@!*%-._~"


class Options(msgspec.Struct, frozen=True, gc=False):
    """The options of one request, names in lower case, values decoded."""

    system: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}
    raw: str = ""

    @property
    def top(self) -> int | None:
        """The page size asked for, 1 to 1000."""
        return _number("$top", self.system.get("$top"), 1, LARGEST_TOP)

    @property
    def skip(self) -> int:
        """How many matches to pass over."""
        return _number("$skip", self.system.get("$skip"), 0, 10**9) or 0

    @property
    def count(self) -> bool:
        """Whether the number of all matches is asked for."""
        return _boolean("$count", self.system.get("$count"))

    def flag(self, name: str) -> bool:
        """Whether a parameter that takes true or false is true."""
        return _boolean(name, self.parameters.get(name.lower()))


def read_options(query: str, offered: frozenset[str]) -> Options:
    """The options of a query string; OptionInvalid for one that is unknown, repeated or not offered."""
    system: dict[str, str] = {}
    parameters: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        raw_name, _, raw_value = pair.partition("=")
        name, value = _name(raw_name), unquote_plus(raw_value)
        if not name.startswith("$"):
            parameters.setdefault(name, value)
            continue
        if name not in SYSTEM:
            raise OptionInvalid(reason=f"The query option {name!r} is not known.")
        if name not in offered:
            options = ", ".join(sorted(offered)) or "none"
            raise OptionInvalid(reason=f"The query option {name!r} is not offered here; offered: {options}.")
        if name in system:
            raise OptionInvalid(reason=f"The query option {name!r} is given more than once.")
        system[name] = value
    return Options(system, parameters, query)


def next_query(options: Options, skip: int) -> str:
    """The query string of the next page: everything as it was sent, and another $skip (OData 4.01 part 1, 11.2.6.7)."""
    kept = [pair for pair in options.raw.split("&") if pair and _name(pair.partition("=")[0]) != "$skip"]
    return quote("&".join([*kept, f"$skip={skip}"]), safe=_KEPT)


@lru_cache(maxsize=256)
def _name(raw: str) -> str:
    return unquote_plus(raw).strip().lower()


def _number(name: str, text: str | None, least: int, most: int) -> int | None:
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise OptionInvalid(reason=f"{name} takes a whole number from {least} to {most}, got {text!r}.")
    return int(text)


def _boolean(name: str, text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() not in {"true", "false"}:
        raise OptionInvalid(reason=f"{name} takes true or false, got {text!r}.")
    return text.lower() == "true"
