"""Words that several ways to tell something share."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """So many of a thing: ``no findings``, ``1 finding``, ``2,000 findings``."""
    return f"{number:,} {thing}{'s' * (number != 1)}" if number else f"no {thing}s"
