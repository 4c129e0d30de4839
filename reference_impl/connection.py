"""What belongs to one connection of a client, from its opening to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from reference_impl.auth.login import Login

STATE: Final = "meetproof.connection"
"""Where the ASGI scope's ``state`` has the connection of a request."""


@dataclass(slots=True, eq=False)
class Connection:
    """One connection: who is logged in on it; ``ending`` is set when it is lost or the server stops.

    ``is_whole`` tells that all has arrived of the request that came last.
    """

    login: Login = field(default_factory=Login)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    is_whole: bool = False
