"""What a server remembers between the steps of a login: authorization codes, and devices that wait for their user."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

CODE_LIFETIME: Final = timedelta(minutes=10)
DEVICE_LIFETIME: Final = timedelta(minutes=15)
_MOST: Final = 10_000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Authorization:
    """Somebody has signed in for a client; ``challenge`` is that of RFC 7636, ``method`` how it was made."""

    user_id: str
    application_id: str
    scope: str
    resource: str = ""
    redirect: str = ""
    nonce: str = ""
    challenge: str = ""
    method: str = ""
    signed_in: int = 0


@dataclass(slots=True)
class Device:
    """A device that waits for its user to enter the code; the authorization comes when that is done."""

    user_code: str
    application_id: str
    scope: str
    resource: str = ""
    authorization: Authorization | None = None
    is_declined: bool = False


class Expiring(Generic[Value]):
    """Values by key, each until its time; the oldest go where there are too many."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[str, tuple[datetime, Value]] = {}

    def put(self, key: str, value: Value, until: datetime, now: datetime) -> None:
        """Keep a value; those whose time is over are forgotten."""
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][0] > now and len(self._kept) < self._most:
                break
            self._kept.pop(oldest, None)
        self._kept[key] = (until, value)

    def get(self, key: str) -> tuple[datetime, Value] | None:
        """A value and its time, be it over or not."""
        return self._kept.get(key)

    def pop(self, key: str) -> tuple[datetime, Value] | None:
        """The same, and forget it."""
        return self._kept.pop(key, None)


@dataclass(slots=True)
class Ledger:
    """The codes of one server."""

    codes: Expiring[Authorization] = field(default_factory=Expiring)
    redeemed: Expiring[None] = field(default_factory=Expiring)
    devices: Expiring[Device] = field(default_factory=Expiring)
    user_codes: Expiring[str] = field(default_factory=Expiring)
