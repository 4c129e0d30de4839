"""The README shows what ``make run`` really prints.

``python -m tests.golden.readme FILE`` puts the summary of a run's output into the README.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(<!-- output: run -->\n```text\n)(.*?)(```\n)", re.DOTALL)


def shown() -> str:
    """The summary in the README."""
    found = BLOCK.search(README.read_text(encoding="utf-8"))
    assert found, "the README has lost its block of output"
    return found[2]


def summary(output: str) -> str:
    """The summary table and the lines that say how the profiles and requirements fared."""
    lines = output.splitlines()
    start = next(number for number, line in enumerate(lines) if "cases by scenario" in line)
    end = next(number for number, line in enumerate(lines) if re.match(r"\d+ requirements: ", line))
    return "\n".join(line.rstrip() for line in lines[start : end + 1]) + "\n"


def main(file: str) -> int:
    """Put the summary of a run's output into the README."""
    told = summary(Path(file).read_text(encoding="utf-8"))
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda found: found[1] + told + found[3], text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
