"""What a run found, for programs (JSON, JUnit) and for people (HTML, a table)."""

from conformance.report.run import Run, RunTarget, exit_code, requirement_rows, verdict_counts
from conformance.report.write import write_report

__all__ = ["Run", "RunTarget", "exit_code", "requirement_rows", "verdict_counts", "write_report"]
