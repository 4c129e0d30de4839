"""The mark for follow-up on messages ([MS-OXWSCORE] FlagType)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.items import Flag, FlagStatus, Item, Message
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Field, Table, Writing
from reference_impl.ews.namespaces import t
from reference_impl.ews.times import read_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View

_STATUSES: Final = {
    FlagStatus.NOT_FLAGGED: "NotFlagged",
    FlagStatus.FLAGGED: "Flagged",
    FlagStatus.COMPLETE: "Complete",
}
_STATUS_OF: Final = {word: status for status, word in _STATUSES.items()}
_DATES: Final = (("StartDate", "start"), ("DueDate", "due"), ("CompleteDate", "completed"))
_ALLOWED: Final[Mapping[FlagStatus, frozenset[frozenset[str]]]] = {
    FlagStatus.NOT_FLAGGED: frozenset({frozenset[str]()}),
    FlagStatus.FLAGGED: frozenset({frozenset[str](), frozenset({"start", "due"})}),
    FlagStatus.COMPLETE: frozenset({frozenset[str](), frozenset({"completed"})}),
}
"""Which dates a status may have (R2002, R2005, R2008)."""


def _flag(item: Item) -> Flag:
    return item.flag if isinstance(item, Message) else Flag()


def _read(view: View) -> str:
    flag = _flag(view.item)
    parts = [xml.leaf("FlagStatus", _STATUSES[flag.status])]
    for element, attribute in _DATES:
        moment: datetime | None = getattr(flag, attribute)
        if moment is not None:
            parts.append(xml.leaf(element, view.call.time(moment)))
    return xml.node("Flag", "".join(parts))


def _set(_target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    status = _STATUS_OF[(element.findtext(t("FlagStatus")) or "").strip()]
    dates = {
        attribute: read_time(text, writing.call.input_zone)
        for name, attribute in _DATES
        if (text := element.findtext(t(name))) is not None
    }
    if frozenset(dates) not in _ALLOWED[status]:
        names = ", ".join(name for name, attribute in _DATES if attribute in dates)
        raise ResponseError("ErrorInvalidArgument", f"A flag that is {_STATUSES[status]} cannot have {names} alone.")
    return {"flag": Flag(status, **dates)}


def follow_up_fields(*, settable: bool) -> Table:
    """The properties of this subject."""
    setter = _set if settable else None
    return (
        Field(
            uri="item:Flag",
            element="Flag",
            read=_read,
            since="Exchange2013",
            value=lambda item: _STATUSES[_flag(item).status],
            create=setter,
            update=setter,
            delete=(lambda _target: {"flag": Flag()}) if settable else None,
        ),
    )
