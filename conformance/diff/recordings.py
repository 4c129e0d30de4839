"""Two recordings of one meeting, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.diff.across import are_across, compare_across
from conformance.diff.bare import without_secrets
from conformance.diff.outcome import Compared, Recording
from conformance.proxy.moving import moved, origin_of
from conformance.tape.diff import study


def compare_recordings(name: str, left: Recording, right: Recording) -> Compared:
    """What differs between two recordings; where their servers stood is no difference, and secrets are not told."""
    left, right = without_secrets(left, right)
    one, other = left.exchanges, right.exchanges
    if are_across(one, other):
        return compare_across(name, left, right)
    damage = "; ".join(told for told in (left.damage, right.damage) if told)
    if not one and not other:
        return Compared(name, problem=damage or "there is no exchange on either side")
    if one and (home := origin_of(one[0].request.url)) is not None:
        one, other = moved(one, home), moved(other, home)
    found = study(one, other, _drawn(left.head, right.head))
    return Compared(name, found.differences, damage, found.pairs, found.volatile, found.repeats, one, other)


def _drawn(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The variables that two recordings drew, those that both know: what one alone names stands in both as it is."""
    ours, theirs = (head.get("variables") or {} for head in (left, right))
    shared = ours.keys() & theirs.keys()
    return {name: ours[name] for name in shared}, {name: theirs[name] for name in shared}
