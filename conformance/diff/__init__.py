"""Recordings side by side: which belong together, what differs, and how that is told."""

from conformance.diff.files import compare_paths
from conformance.diff.outcome import Compared, Recording, Verdict, exit_code
from conformance.diff.recordings import compare_recordings

__all__ = ["Compared", "Recording", "Verdict", "compare_paths", "compare_recordings", "exit_code"]
