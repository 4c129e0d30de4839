"""What an item offers its viewer to answer with."""

from __future__ import annotations

from functools import cache
from typing import Final

from reference_impl.ews import xml
from reference_impl.ews.fields.model import Field, Table
from reference_impl.ews.view import View

_RESPONSE_OBJECTS: Final = (
    ("accept", "AcceptItem"),
    ("tentative", "TentativelyAcceptItem"),
    ("decline", "DeclineItem"),
    ("propose", "ProposeNewTime"),
    ("reply", "ReplyToItem"),
    ("reply_all", "ReplyAllToItem"),
    ("forward", "ForwardItem"),
    ("cancel", "CancelCalendarItem"),
    ("remove", "RemoveItem"),
    ("suppress", "SuppressReadReceipt"),
)


def _response_objects(view: View) -> str | None:
    offers_proposals = view.call.version.has("Exchange2013_SP1") or (
        view.call.version.has("Exchange2013") and view.call.world.settings.propose_before_2013_sp1
    )
    return _written(view.offered, offers_proposals=offers_proposals)


@cache
def _written(offered: frozenset[str], *, offers_proposals: bool) -> str | None:
    told = offered if offers_proposals else offered - {"propose"}
    content = "".join(f"<t:{element}/>" for word, element in _RESPONSE_OBJECTS if word in told)
    return xml.node("ResponseObjects", content) if content else None


OFFERS: Final[Table] = (
    Field(uri="item:ResponseObjects", element="ResponseObjects", read=_response_objects, found=False),
)
"""The properties of this subject."""
