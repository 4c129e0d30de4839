"""What a difference weighs: whether it breaks a requirement, is allowed, was accepted by people, or is unknown.

Rules are learned from recordings of one server, reviewed by people, and applied once these have accepted them.
"""

from conformance.noise.classes import Class, Weight, weigh
from conformance.noise.rules import NO_RULES, Rule, Rules, RulesInvalid, State, read_rules

__all__ = ["NO_RULES", "Class", "Rule", "Rules", "RulesInvalid", "State", "Weight", "read_rules", "weigh"]
