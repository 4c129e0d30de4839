"""How MAPI properties are addressed: by a tag, or by a set and a number or name within it ([MS-OXPROPS] 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain.extended import ExtendedAddress

MEETING: Final = "6ed8da90-450b-101b-98da-00aa003f1305"
APPOINTMENT: Final = "00062002-0000-0000-c000-000000000046"
COMMON: Final = "00062008-0000-0000-c000-000000000046"
PUBLIC_STRINGS: Final = "00020329-0000-0000-c000-000000000046"
INTERNET_HEADERS: Final = "00020386-0000-0000-c000-000000000046"

SETS: Final[Mapping[str, str]] = {
    "Meeting": MEETING,
    "Appointment": APPOINTMENT,
    "Common": COMMON,
    "PublicStrings": PUBLIC_STRINGS,
    "Address": "00062004-0000-0000-c000-000000000046",
    "InternetHeaders": INTERNET_HEADERS,
    "CalendarAssistant": "11000e07-b51b-40d6-af21-caa85edab1d0",
    "UnifiedMessaging": "4442858e-a9e3-4e80-b900-317a210cc15b",
    "Task": "00062003-0000-0000-c000-000000000046",
    "Sharing": "00062040-0000-0000-c000-000000000046",
}
"""The distinguished property sets ([MS-OXPROPS] 1.3.2)."""

FIRST_NAMED: Final = 0x8000
"""From here on tags name something else in every mailbox."""
LAST_TAG: Final = 0xFFFF


def tag(number: int, type_: str) -> ExtendedAddress:
    """The address of a property with a tag."""
    return ExtendedAddress("", "tag", str(number), type_)


def numbered(property_set: str, number: int, type_: str) -> ExtendedAddress:
    """The address of a property with a number within a set."""
    return ExtendedAddress(property_set, "id", str(number), type_)


def named(property_set: str, name: str, type_: str) -> ExtendedAddress:
    """The address of a property with a name within a set; names of headers ignore case."""
    return ExtendedAddress(property_set, "name", name.lower() if property_set == INTERNET_HEADERS else name, type_)
