"""GetServerTimeZones: the zones that the server knows ([MS-OXWSGTZ])."""

from __future__ import annotations

from collections.abc import Iterable

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.timezone import to_windows, windows_names
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import each
from reference_impl.ews.tree import Element
from reference_impl.ews.zones import server_zone, year_of


def get_server_time_zones(request: Element, call: Call) -> str:
    """Answer a GetServerTimeZones; definitions are full where ReturnFullTimeZoneData is true or absent (DOC)."""
    return each("GetServerTimeZones", [request], lambda asked: _definitions(asked, call))


def _definitions(request: Element, call: Call) -> str:
    asked = request.find(m("Ids"))
    said = request.get("ReturnFullTimeZoneData")
    is_full = call.world.settings.zones_are_full_by_default if said is None else said in {"true", "1"}
    year = year_of(call.world.clock.now())
    names = windows_names() if asked is None else _known([name.text or "" for name in asked.iterfind(t("Id"))], call)
    content = "".join(server_zone(name, year, full=is_full) for name in names)
    return f"<m:TimeZoneDefinitions>{content}</m:TimeZoneDefinitions>"


def _known(asked: Iterable[str], call: Call) -> Iterable[str]:
    for name in asked:
        try:
            yield to_windows(name)
        except NoSuchTimeZone as error:
            if not call.world.settings.unknown_zones_are_left_out:
                raise ResponseError("ErrorTimeZone", str(error)) from None
