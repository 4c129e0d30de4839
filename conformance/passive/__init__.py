"""What holds of every exchange, whatever it is about: checks that are told one exchange after another.

A check needs no mailbox and no case. It is a function from what it sees to findings, made anew for each recording; the
table ``CHECKS`` names them all.
"""

from conformance.passive.check import PassiveCheck, Watching, stateless
from conformance.passive.checks import CHECKS, passive_requirements
from conformance.passive.finding import Finding, judged
from conformance.passive.seen import Seen
from conformance.passive.watch import Watch

__all__ = [
    "CHECKS",
    "Finding",
    "PassiveCheck",
    "Seen",
    "Watch",
    "Watching",
    "judged",
    "passive_requirements",
    "stateless",
]
