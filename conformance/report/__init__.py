"""What a run found: one JSON report, and what is made of it for programs (JUnit), CI (Markdown) and people (HTML)."""

from conformance.report.reading import ReportUnreadable, read_report
from conformance.report.run import Expectations, Run, RunTarget, exit_code, requirement_rows, verdict_counts
from conformance.report.write import made_of, write_pieces, write_report

__all__ = [
    "Expectations",
    "ReportUnreadable",
    "Run",
    "RunTarget",
    "exit_code",
    "made_of",
    "read_report",
    "requirement_rows",
    "verdict_counts",
    "write_pieces",
    "write_report",
]
