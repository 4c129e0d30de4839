"""How the templates of pages are read: what they show is escaped, and what is not given to them is a mistake."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGE = Path(__file__).parent / "page"
"""The folder of what pages have in common: ``style.css``, ``page.js`` and ``parts.html.j2``."""


def templates(*folders: Path) -> Environment:
    """The templates of folders, of two of one name that of the first."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
