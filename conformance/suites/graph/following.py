"""How Graph cases follow what happens: rounds of delta queries, each page read to the link that ends the round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.actor.graph_client import GraphAnswer, GraphClient
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene
from conformance.suites.steps import moment

Entry = Mapping[str, Any]
NEXT, DELTA, REMOVED = "@odata.nextLink", "@odata.deltaLink", "@removed"
_PAGES = 500


def view_of_the_day(scene: Scene, days: int = 1) -> str:
    """The first address of a delta of the calendar view over the case's day."""
    start, end = (f"{moment(scene, 0, days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (0, days))
    return f"me/calendarView/delta?startDateTime={start}&endDateTime={end}"


@dataclass
class Rounds:
    """What somebody follows by delta queries; ``link`` is where the next round begins."""

    client: GraphClient
    link: str
    headers: Mapping[str, str] = field(default_factory=dict)
    pages: list[GraphAnswer] = field(default_factory=list)

    def follow(self) -> list[Entry]:
        """The entries of one round; the case stops where a page is refused or leads nowhere."""
        self.pages = []
        told: list[Entry] = []
        for _ in range(_PAGES):
            answer = self.client.get(self.link, self.headers)
            links = [answer.members[name] for name in (NEXT, DELTA) if name in answer.members]
            if answer.status != 200 or not links:
                raise CaseStopped(f"a page of a delta: expected 200 and a link, got {answer.status} {answer.code}")
            self.pages.append(answer)
            told += answer.value
            self.link = str(links[0])
            if NEXT not in answer.members:
                return told
        raise CaseStopped(f"a delta: expected the end of the round, got none in {_PAGES} pages")


def of(told: Iterable[Entry], identity: object) -> list[Entry]:
    """What a round tells of one id."""
    return [one for one in told if one.get("id") == identity]


def named(told: Iterable[Entry], word: str) -> list[Entry]:
    """What a round tells of things whose subjects hold a word."""
    return [one for one in told if word in str(one.get("subject"))]


def is_removed(entry: Entry) -> bool:
    """Whether an entry only tells that something is gone."""
    return REMOVED in entry


def hearing(scene: Scene, rounds: Rounds, wanted: Callable[[Entry], object], about: str) -> list[Entry]:
    """What rounds tell until they tell an entry that is wanted, all of them together."""
    heard: list[Entry] = []

    def look() -> list[Entry]:
        heard.extend(rounds.follow())
        return [one for one in heard if wanted(one)]

    scene.eventually(look, about)
    return heard
