"""The Prefer header (RFC 7240) and what of it was applied."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final

import msgspec

from reference_impl.domain.timezone import zone

_PREFERENCE: Final = re.compile(r"""\s*([^\s=,;"]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?[^,]*""")
_PAGE: Final = re.compile(r"[1-9][0-9]{0,3}")
_LARGEST_PAGE: Final = 1000
_RETURNS: Final = frozenset({"minimal", "representation"})


class Preferences(msgspec.Struct, frozen=True, eq=False):
    """How a client wants to be answered: the zone of times, the format of bodies, the size of pages, the kind of ids.

    ``returns`` is ``minimal`` or ``representation`` of what a request wrote, or empty; ``tracks_changes`` says that a
    round of changes is wanted, which it is by its address.
    """

    zone_name: str = "UTC"
    zone: tzinfo = UTC
    text_bodies: bool = False
    unsafe_html: bool = False
    page_size: int | None = None
    immutable_ids: bool = False
    returns: str = ""
    tracks_changes: bool = False
    applied: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def read_prefer(header: str) -> Preferences:
    """The preferences of one or several header lines joined by commas; unknown ones are ignored (RFC 7240 section 2).

    Equal headers give the same object. Raises NoSuchTimeZone for an unknown zone.
    """
    given: dict[str, str] = {}
    for match in _PREFERENCE.finditer(header):
        name, quoted, bare = match.groups()
        given.setdefault(name.lower(), quoted if quoted is not None else bare or "")
    applied: list[str] = []
    zone_name, text_bodies, page_size = "UTC", False, None
    moment_zone: tzinfo = UTC
    if asked := given.get("outlook.timezone"):
        zone_name, moment_zone = asked, zone(asked)
        applied.append(f'outlook.timezone="{asked}"')
    if (asked := given.get("outlook.body-content-type", "").lower()) in {"text", "html"}:
        text_bodies = asked == "text"
        applied.append(f'outlook.body-content-type="{asked}"')
    unsafe_html = "outlook.allow-unsafe-html" in given
    if unsafe_html:
        applied.append("outlook.allow-unsafe-html")
    asked = given.get("odata.maxpagesize", "")
    if _PAGE.fullmatch(asked) and int(asked) <= _LARGEST_PAGE:
        page_size = int(asked)
        applied.append(f"odata.maxpagesize={asked}")
    immutable_ids = given.get("idtype", "").lower() == "immutableid"
    if immutable_ids:
        applied.append('IdType="ImmutableId"')
    returns = given.get("return", "").lower()
    return Preferences(
        zone_name,
        moment_zone,
        text_bodies,
        unsafe_html,
        page_size,
        immutable_ids,
        returns if returns in _RETURNS else "",
        "odata.track-changes" in given,
        tuple(applied),
    )
