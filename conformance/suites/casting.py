"""A scene's people as the cast of a story that is told wholly in one protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.actor.ews import EwsActor
from conformance.actor.graph import GraphActor
from conformance.equivalence import Cast, Here
from conformance.equivalence.ews import PROPOSALS_SINCE, EwsSpeaker
from conformance.equivalence.graph import GraphSpeaker
from conformance.equivalence.speaker import Speaker
from conformance.expect import CannotTell
from conformance.suites.scene import Scene

_MARKS = {"ews": "e", "graph": "g"}


def cast_of(scene: Scene, protocol: str, days: int = 0) -> Cast:
    """The cast of one play, so many days after the scene's. The mark of its items tells the protocol."""

    def speaker(role: str) -> Speaker:
        actor = scene.actor(role, protocol)
        if isinstance(actor, EwsActor):
            reads = PROPOSALS_SINCE if scene.speaks(PROPOSALS_SINCE) else scene.version
            return EwsSpeaker(actor, reads)
        assert isinstance(actor, GraphActor)
        return GraphSpeaker(actor)

    def eventually(look: Callable[[], Any], what: str) -> Any:
        """Nothing, where it has not come by the deadline: the story tells what it misses."""
        try:
            return scene.eventually(look, what)
        except CannotTell:
            return None

    def here() -> Here:
        seen = scene.exchanges
        return Here(seen[-1].number, seen[-1].operation) if seen else Here()

    return Cast(
        protocol=protocol,
        token=scene.token + _MARKS[protocol],
        day=scene.date + timedelta(days=days),
        speaker=speaker,
        address=lambda role: scene.account(role).address,
        eventually=eventually,
        here=here,
        waits=scene.waits,
    )
