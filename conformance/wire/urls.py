"""Absolute URLs taken apart, both halves as they were written."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The ports of schemes that URLs need not name."""


def split_url(url: str) -> tuple[str, str]:
    """An absolute URL as its origin and its target (path and query, never empty, no fragment), both as written."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in {"http", "https"} or not rest:
        raise ValueError(f"expected an absolute http or https URL, got {url!r}")
    rest = rest.partition("#")[0]
    ends = [place for place in (rest.find("/"), rest.find("?")) if place >= 0]
    end = min(ends, default=len(rest))
    target = rest[end:]
    return f"{scheme}://{rest[:end]}", target if target.startswith("/") else f"/{target}"


def target_of(url: str) -> str:
    """Path and query of a URL, absolute or not, as written."""
    return split_url(url)[1] if "://" in url.partition("?")[0] else url


def parts_of(url: str) -> SplitResult:
    """The parts of a URL, all empty where it cannot be taken apart."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
