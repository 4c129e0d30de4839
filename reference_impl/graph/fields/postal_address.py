"""The members of addresses and coordinates, which events' locations and rooms have alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ADDRESS: Final[Mapping[str, str]] = {
    "street": "street",
    "city": "city",
    "state": "state",
    "countryOrRegion": "country",
    "postalCode": "postal_code",
}
"""Member of a physicalAddress -> attribute."""
COORDINATES: Final[Mapping[str, str]] = {
    "altitude": "altitude",
    "latitude": "latitude",
    "longitude": "longitude",
    "accuracy": "accuracy",
    "altitudeAccuracy": "altitude_accuracy",
}
"""Member of outlookGeoCoordinates -> attribute."""
