"""One story in two protocols: what is done, what mailboxes show of it afterwards, and what differs.

``SCENARIOS`` are the stories, ``play(scenario, cast)`` acts one out and looks at every mailbox, and
``compare(left, right)`` tells what differs in the words of meetings. What one protocol cannot do or tell is a gap, by
the equivalence map of ``conformance.actor.equivalence``.
"""

from conformance.equivalence.cast import Cast
from conformance.equivalence.comparing import Compared, Difference, Gap, compare, gap_of
from conformance.equivalence.facts import Deed, Fact, Here, Played, Thing
from conformance.equivalence.playing import play
from conformance.equivalence.scenarios import AREAS, SCENARIOS, Scenario

__all__ = [
    "AREAS",
    "SCENARIOS",
    "Cast",
    "Compared",
    "Deed",
    "Difference",
    "Fact",
    "Gap",
    "Here",
    "Played",
    "Scenario",
    "Thing",
    "compare",
    "gap_of",
    "play",
]
