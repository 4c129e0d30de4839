"""Two sides of one thing in a sentence, the same wherever two servers or two recordings are compared."""

from __future__ import annotations

ABSENT, PRESENT = "absent", "present"


def contrast(about: str, left: str, right: str) -> str:
    """A sentence such as ``the location is "A" on the left, "B" on the right``.

    ``ABSENT`` and ``PRESENT`` are states and no values: ``the meeting is only on the left``.
    """
    if {left, right} == {ABSENT, PRESENT}:
        return f"{about} is only on the {'left' if left == PRESENT else 'right'}"
    return f"{about} is {_quoted(left)} on the left, {_quoted(right)} on the right"


def _quoted(value: str) -> str:
    return value if value in {ABSENT, PRESENT} else f'"{value}"'
