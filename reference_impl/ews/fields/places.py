"""EnhancedLocation: the place of a meeting with its address ([MS-OXWSCDATA] EnhancedLocationType)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, MeetingFacts
from reference_impl.domain.places import Place, PlaceSource, PostalAddress
from reference_impl.ews import xml
from reference_impl.ews.fields.model import Field, Writing
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View

_TEXTS: Final = {
    "Street": "street",
    "City": "city",
    "State": "state",
    "Country": "country",
    "PostalCode": "postal_code",
    "PostOfficeBox": "post_office_box",
    "Type": "type",
    "FormattedAddress": "formatted",
    "LocationUri": "uri",
}
_NUMBERS: Final = {
    "Latitude": "latitude",
    "Longitude": "longitude",
    "Accuracy": "accuracy",
    "Altitude": "altitude",
    "AltitudeAccuracy": "altitude_accuracy",
}
_ORDER: Final = (
    "Street",
    "City",
    "State",
    "Country",
    "PostalCode",
    "PostOfficeBox",
    "Type",
    *_NUMBERS,
    "FormattedAddress",
    "LocationUri",
)
_SOURCES: Final = {
    PlaceSource.NONE: "None",
    PlaceSource.LOCATION_SERVICES: "LocationServices",
    PlaceSource.PHONEBOOK_SERVICES: "PhonebookServices",
    PlaceSource.DEVICE: "Device",
    PlaceSource.CONTACT: "Contact",
    PlaceSource.RESOURCE: "Resource",
}
_SOURCE_OF: Final = {word: source for source, word in _SOURCES.items()}


def place_field(told: Callable[[View], CalendarItem | MeetingFacts], *, is_settable: bool = False) -> Field:
    """The one property of this subject, read from a calendar item or from what a message tells of one."""

    def read(view: View) -> str | None:
        meeting = told(view)
        return _written(meeting.location, meeting.place)

    setter = _set_place if is_settable else None
    return Field(
        uri="calendar:EnhancedLocation",
        element="EnhancedLocation",
        read=read,
        since="Exchange2013",
        found=False,
        create=setter,
        update=setter,
        delete=(lambda _target: {"location": "", "place": None}) if is_settable else None,
    )


def _written(location: str, place: Place | None) -> str | None:
    if not location and place is None:
        return None
    parts = [xml.leaf("DisplayName", location)]
    if place is not None and place.annotation:
        parts.append(xml.leaf("Annotation", place.annotation))
    if place is not None and place.address is not None:
        parts.append(_address(place.address))
    return xml.node("EnhancedLocation", "".join(parts))


def _address(address: PostalAddress) -> str:
    parts: list[str] = []
    for name in _ORDER:
        value = getattr(address, _TEXTS.get(name) or _NUMBERS[name])
        if value not in {None, ""}:
            parts.append(xml.leaf(name, value if isinstance(value, str) else repr(value)))
    if address.source is not None:
        parts.append(xml.leaf("LocationSource", _SOURCES[address.source]))
    return xml.node("PostalAddress", "".join(parts))


def _set_place(_target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """The place, whose name is the location too."""
    annotation, address = element.findtext(t("Annotation")) or "", element.find(t("PostalAddress"))
    is_more = bool(annotation) or address is not None
    return {
        "location": element.findtext(t("DisplayName")) or "",
        "place": Place(annotation, None if address is None else _read_address(address)) if is_more else None,
    }


def _read_address(element: Element) -> PostalAddress:
    texts = {attribute: element.findtext(t(name)) or "" for name, attribute in _TEXTS.items()}
    numbers = {
        attribute: number
        for name, attribute in _NUMBERS.items()
        if math.isfinite(number := float(element.findtext(t(name)) or math.nan))  # INF and NaN are no place on earth
    }
    source = element.findtext(t("LocationSource"))
    members: dict[str, Any] = {**texts, **numbers, "source": None if source is None else _SOURCE_OF[source.strip()]}
    return PostalAddress(**members)
