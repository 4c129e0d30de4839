"""Strings of free/busy digits, one for each slot of a window, as both protocols write them."""

from __future__ import annotations

from datetime import datetime, timedelta


def count(start: datetime, end: datetime, interval: timedelta) -> int:
    """How many slots a window has, the last perhaps cut short."""
    return -((start - end) // interval)


def touched(digits: str, begin: datetime, interval: timedelta, start: datetime, end: datetime) -> str:
    """The digits of the slots that a time lies in; the first slot begins at ``begin``."""
    first = max((start - begin) // interval, 0)
    last = min(max(count(begin, end, interval), 0), len(digits))
    return digits[first:last]
