"""HTTP requests and answers as the adapters see them; sockets stay in the shell."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from reference_impl.domain.mailbox import Mailbox


class HttpRequest(msgspec.Struct, frozen=True):
    """One authenticated (or anonymous) request.

    ``path`` is percent-encoded as received, ``headers`` have lower-case names, ``origin`` is scheme://host:port as
    the client addressed this server, for absolute links.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    origin: str = ""
    actor: Mailbox | None = None
    scopes: frozenset[str] = frozenset()  # granted permissions; holds "*" where all are granted
    application: bool = False  # the token is an application's own: nobody is signed in, ``actor`` is its registration
    client_id: str = ""  # of the application that holds the token


class Question(NamedTuple):
    """A POST to a listener, before whose answer a request is not answered."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Heard(NamedTuple):
    """What a listener answered."""

    status: int
    media_type: str  # in lower case, without parameters
    body: bytes


class Pending(msgspec.Struct, frozen=True):
    """Questions to listeners, one after the other, and what makes an answer of what they said (None for nothing)."""

    questions: tuple[Question, ...]
    answer: Callable[[Sequence[Heard | None]], HttpAnswer]


class HttpAnswer(msgspec.Struct, frozen=True):
    """Status, header pairs and body; the shell adds Date and Content-Length.

    ``chunks`` in place of a body are sent as they come, each at once, while the answer stays open. With ``pending``
    this is no answer yet: the shell asks first.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunks: AsyncGenerator[bytes, None] | None = None
    pending: Pending | None = None
