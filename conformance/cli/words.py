"""How commands word what they found."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """So many of a thing: ``no findings``, ``1 finding``, ``2 findings``."""
    return f"{number or 'no'} {thing}{'s' * (number != 1)}"
