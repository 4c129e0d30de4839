"""What was found, each with how it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from conformance.targets import Account

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value, and in words how it was found."""

    value: Value
    how: str


@dataclass(slots=True)
class Discovery:
    """Everything found of one server. Features are found to be there, or not; ``notes`` tells what came to nothing."""

    accounts: tuple[Account, ...]
    tls_ca: str = ""
    ews: Found[str] | None = None
    ews_auth: Found[str] | None = None
    version: Found[str] | None = None
    graph: Found[str] | None = None
    token_url: Found[str] | None = None
    client_id: str = ""
    features: dict[str, Found[bool]] = field(default_factory=dict)
    rooms: Found[tuple[str, ...]] | None = None
    notes: list[str] = field(default_factory=list)
