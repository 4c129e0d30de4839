"""$expand: which related things are embedded, each with options of its own (OData 4.01 URL conventions, 5.1.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from reference_impl.graph.odata.options import Options
from reference_impl.graph.refusals import OptionInvalid

INNER: Final = frozenset({"$select", "$filter"})
"""The options that an expansion may have in its parentheses."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """One related thing asked for, by the name it has, and the options in its parentheses."""

    name: str
    options: Options = field(default_factory=Options)


def read_expand(options: Options, expandable: Collection[str]) -> Mapping[str, Expansion]:
    """The expansions of $expand by their names, which are matched without regard to case.

    Raises OptionInvalid for one that is not in ``expandable``, is named twice, or has options that are not understood.
    """
    found: dict[str, Expansion] = {}
    text = options.system.get("$expand")
    if text is None:
        return found
    known = {name.lower(): name for name in expandable}
    for part in _split(text, ","):
        path, inner = _parted(part.strip())
        name = known.get(path.lower())
        if name is None:
            raise OptionInvalid(reason=f"Cannot expand {path!r}; known: {', '.join(sorted(expandable))}.")
        if name in found:
            raise OptionInvalid(reason=f"{name} is expanded twice.")
        found[name] = Expansion(name, Options(inner))
    return found


def _parted(part: str) -> tuple[str, dict[str, str]]:
    """The name before the parentheses, and the options in them."""
    name, found, rest = part.partition("(")
    if not found:
        return part, {}
    if not rest.endswith(")"):
        raise OptionInvalid(reason=f"$expand: the parentheses of {part!r} are not closed.")
    inner: dict[str, str] = {}
    for option in _split(rest[:-1], ";"):
        key, equals, value = option.strip().partition("=")
        if key.lower() not in INNER or not equals or key.lower() in inner:
            raise OptionInvalid(reason=f"$expand: {option!r} is no option there; known: {', '.join(sorted(INNER))}.")
        inner[key.lower()] = value
    return name.strip(), inner


def _split(text: str, mark: str) -> Iterator[str]:
    """The parts between marks that stand neither in quotes nor in parentheses."""
    start, depth, quoted = 0, 0, False
    for place, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not quoted and depth == 0 and character == mark:
            yield text[start:place]
            start = place + 1
    yield text[start:]
