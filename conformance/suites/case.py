"""How a test function becomes a case: its id, its scenario, what it verifies, whom it pairs and what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pytest

from conformance.targets.features import FEATURES

# Pairings are named organizer-attendee, each by the protocol that side speaks.
EWS: Final = ("ews-ews",)
GRAPH: Final = ("graph-graph",)
MIXED: Final = ("ews-graph", "graph-ews")
ALL: Final = ("ews-ews", "ews-graph", "graph-ews", "graph-graph")

SCENARIOS: Final = (
    "handling-meetings",
    "ews-propose-new-time",
    "graph-propose-new-time",
    "availability",
    "cross-protocol",
    "series",
    "time-zones",
    "reminders",
    "attachments",
    "wire",
    "properties",
    "operations",
    "synchronisation",
    "notifications",
    "delegates",
    "sharing",
    "rooms",
    "distribution-lists",
    "http",
    "bad-input",
    "version-gates",
    "suggestions",
    "answers",
    "relations",
    "forwarding",
    "deleting",
)
MARK: Final = "meetproof_case"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
_Test = TypeVar("_Test", bound=Callable[..., None])


class CaseInvalid(ValueError):
    """A case is declared wrongly; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a case declares of itself. ``verifies`` are catalogue ids, ``needs`` features of the target.

    Its meetings are held within so many ``weeks``, which before a server that others use too are the case's own.
    """

    id: str
    scenario: str
    verifies: tuple[str, ...]
    pairings: tuple[str, ...]
    needs: frozenset[str]
    weeks: int = 1

    def variant(self, name: str) -> Case:
        """The same case for one set of further parameters."""
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        return Case(f"{self.id}.{slug}", self.scenario, self.verifies, self.pairings, self.needs, self.weeks)


def case(
    identifier: str,
    *,
    scenario: str,
    verifies: Collection[str],
    pairings: Collection[str] = ALL,
    needs: Collection[str] = (),
    weeks: int = 1,
) -> Callable[[_Test], _Test]:
    """Make a test function a case that runs once for each pairing, with a ``scene`` of its own.

    ``identifier`` is dotted words such as ``handling-meetings.accept``; ``verifies`` names every requirement the case
    speaks of. Further ``pytest.mark.parametrize`` values extend the id. CaseInvalid for a name that does not exist.
    """
    if _ID.fullmatch(identifier) is None:
        raise CaseInvalid(
            f'A case id looks like "handling-meetings.accept": lower-case words and dots, got {identifier!r}.'
        )
    _check(identifier, "scenario", [scenario], SCENARIOS)
    _check(identifier, "pairings", pairings, ALL)
    _check(identifier, "needs", needs, tuple(FEATURES))
    if not verifies or isinstance(verifies, str):
        raise CaseInvalid(f"{identifier}: verifies must name the requirements that the case checks, got {verifies!r}.")
    declared = Case(identifier, scenario, tuple(dict.fromkeys(verifies)), tuple(pairings), frozenset(needs), weeks)

    def declare(test: _Test) -> _Test:
        marked: Any = pytest.mark.parametrize("scene", declared.pairings, indirect=True, ids=declared.pairings)(test)
        return getattr(pytest.mark, MARK)(declared)(marked)  # type: ignore[no-any-return]  # pytest decorators are untyped

    return declare


def _check(identifier: str, what: str, names: Collection[str], known: Collection[str]) -> None:
    if isinstance(names, str):
        raise CaseInvalid(f"{identifier}: {what} must be a collection of names, got the text {names!r}.")
    for name in names:
        if name not in known:
            raise CaseInvalid(f"{identifier}: {what} must be among {', '.join(sorted(known))}; got {name!r}.")
