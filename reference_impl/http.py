"""HTTP requests and answers as the adapters see them; sockets stay in the shell."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from reference_impl.domain.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One authenticated (or anonymous) request.

    ``path`` is percent-encoded as received, ``headers`` have lower-case names, ``origin`` is scheme://host:port as
    the client addressed this server, for absolute links.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""
    actor: Mailbox | None = None
    scopes: frozenset[str] = frozenset()  # granted permissions; holds "*" where all are granted
    application: bool = False  # the token is an application's own: nobody is signed in, ``actor`` is its registration


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, header pairs and body; the shell adds Date and Content-Length.

    ``chunks`` in place of a body are sent as they come, each at once, while the answer stays open.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunks: AsyncGenerator[bytes, None] | None = None
