"""Two servers, or two protocols of one, told the same stories: the migration gate."""

from conformance.comparison.document import exit_code
from conformance.comparison.outcome import Comparison, Outcome, Side, Verdict
from conformance.comparison.running import compare_sides

__all__ = ["Comparison", "Outcome", "Side", "Verdict", "compare_sides", "exit_code"]
