"""GetServerTimeZones: the zones that the server knows ([MS-OXWSGTZ])."""

from __future__ import annotations

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.timezone import to_windows, windows_names
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import failure, response, success
from reference_impl.ews.tree import Element
from reference_impl.ews.zones import definition, year_of


def get_server_time_zones(request: Element, call: Call) -> str:
    """Answer a GetServerTimeZones; definitions are full unless ReturnFullTimeZoneData is false."""
    asked = request.find(m("Ids"))
    is_full = request.get("ReturnFullTimeZoneData", "true") in {"true", "1"}
    year = year_of(call.world.clock.now())
    try:
        names = (
            windows_names() if asked is None else [_known(element.text or "") for element in asked.iterfind(t("Id"))]
        )
    except ResponseError as error:
        return response("GetServerTimeZones", [failure("GetServerTimeZones", error)])
    content = "".join(definition(name, year, full=is_full) for name in names)
    payload = f"<m:TimeZoneDefinitions>{content}</m:TimeZoneDefinitions>"
    return response("GetServerTimeZones", [success("GetServerTimeZones", payload)])


def _known(name: str) -> str:
    try:
        return to_windows(name)
    except NoSuchTimeZone as error:
        raise ResponseError("ErrorTimeZone", str(error)) from None
