"""What is wrong with a content that is to become an item."""

from __future__ import annotations


class MimeInvalid(ValueError):
    """A text that is no message or no calendar."""


class MimeUnconvertible(ValueError):
    """A valid text that says something no item can keep."""
