"""Where the recordings of this project lie."""

from __future__ import annotations

from pathlib import Path

CASSETTES = Path(__file__).parents[1] / "cassettes"
REFERENCE = CASSETTES / "reference"
"""Those of the reference server: a cassette for each case in each pairing."""
