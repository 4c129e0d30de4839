"""Cases played before a server in this process, whatever it is made of: what it answered, and what was found unmet."""

from __future__ import annotations

import functools
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from conformance.model.exchange import Exchange
from conformance.model.verdict import Outcome, Verdict
from conformance.suites.scene import Scene
from tests.meta.playing import live_stage, performed, playables

SECONDS = 6.0  # of work for one case, of which most take a thirtieth of a second
_AT_MOST = 120.0  # with all waiting


class TooLong(BaseException):
    """A case is not over in time: the altered server turns in circles."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was said in a case, and what it tells of requirements: of those unmet, and of those left undecided.

    Nothing is told where the case could not be ended in time.
    """

    said: tuple[tuple[str, int, bytes], ...]
    told: tuple[tuple[str, str], ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    is_over: bool = True

    @property
    def reds(self) -> frozenset[str]:
        """The requirements found unmet."""
        return frozenset(requirement for requirement, _ in self.told)


@functools.cache
def truth(stem: str) -> Played:
    """A case before the server as it is loaded now, for comparison; ask for it outside of altered servers."""
    return played(stem)


def played(stem: str) -> Played:
    """A case before a fresh server, with what it checks itself."""
    return _played(stem, _own_outcomes)


def watched(stem: str) -> Played:
    """The same with the checks that every exchange of every case is put to."""
    return _played(stem, lambda scene, ending: scene.conclude(ending)[0])


def _own_outcomes(scene: Scene, ending: BaseException | None) -> tuple[Outcome, ...]:
    return scene.ledger.outcomes(Verdict.INCONCLUSIVE, "" if ending is None else f"stopped: {ending}")


def _played(stem: str, judge: Callable[[Scene, BaseException | None], tuple[Outcome, ...]]) -> Played:
    playable = playables()[stem]
    try:
        with in_time(), live_stage(playable) as stage:
            scene, ending = performed(playable, stage, sleep=_at_once)
            scene.locate_failures()
            outcomes = judge(scene, ending)
            said = tuple(_said(one.exchange) for one in scene.exchanges)
            return Played(said, _told(outcomes, Verdict.FAIL), _told(outcomes, Verdict.INCONCLUSIVE))
    except TooLong:
        return Played((), is_over=False)


def _told(outcomes: tuple[Outcome, ...], verdict: Verdict) -> tuple[tuple[str, str], ...]:
    return tuple((one.requirement, one.message) for one in outcomes if one.verdict is verdict)


_FOR_PEOPLE = re.compile(
    rb"<m:MessageText>[^<]*</m:MessageText>|<faultstring[^>]*>[^<]*</faultstring>|<e:Message[^>]*>[^<]*</e:Message>"
    rb'|"message":"(?:[^"\\]|\\.)*"'
)


def behaviour(body: bytes) -> bytes:
    """An answer without the words that explain a refusal to people: no protocol says what they are."""
    return _FOR_PEOPLE.sub(b"", body)


def _said(exchange: Exchange) -> tuple[str, int, bytes]:
    return exchange.request.url, exchange.response.status, behaviour(exchange.response.body)


def _at_once(_seconds: float) -> None:
    """Wait for nothing."""


@contextmanager
def in_time() -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, _AT_MOST)
    try:
        yield
    finally:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
        for kind, handler in before.items():
            signal.signal(kind, handler)
