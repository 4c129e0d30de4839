"""HTTP to listeners, and to nobody else: the address that is connected to has been checked."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Sequence
from typing import Final

import httpx

from reference_impl.http import Heard
from reference_impl.service.callbacks import Callbacks, address_of

_SECONDS: Final = 10.0
_LONGEST_ANSWER: Final = 64 * 1024  # bytes


log = logging.getLogger("meetproof.server")


class Unreachable(httpx.ConnectError):
    """A host that may not be reached."""


class _Guarded(httpx.AsyncHTTPTransport):
    """Looks up the host itself and connects to the address that it has checked."""

    def __init__(self, callbacks: Callbacks) -> None:
        super().__init__(verify=ssl.create_default_context(), trust_env=False)
        self._callbacks = callbacks

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the checked address; the name stays in the Host header and in TLS."""
        name = request.url.host
        address = await self._address(name, request.url.port or 0)
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": name}
        return await super().handle_async_request(request)

    async def _address(self, name: str, port: int) -> str:
        is_named = self._callbacks.is_named(name)
        if address_of(name) is None and not self._callbacks.knows_name(name):
            raise Unreachable(f"{name} may not be notified")
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            address = address_of(str(place[0]))
            if address is not None and (is_named or self._callbacks.reaches(address)):
                return str(address)
        raise Unreachable(f"{name} has no address that may be notified")


class Listeners:
    """An HTTP client that reaches listeners only; it follows no redirection and uses no proxy."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._client = httpx.AsyncClient(
            transport=_Guarded(callbacks), timeout=_SECONDS, follow_redirects=False, trust_env=False
        )

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Heard | None:
        """A listener's answer; None where none came in time, or one beyond all measure."""
        try:
            async with (
                asyncio.timeout(_SECONDS),
                self._client.stream("POST", url, headers=list(headers), content=body) as answer,
            ):
                received = b""
                async for chunk in answer.aiter_bytes():
                    received += chunk
                    if len(received) > _LONGEST_ANSWER:
                        return None
                media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Heard(answer.status_code, media_type, received)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:  # a time-out is an OSError
            log.info("%s could not be notified: %s", url, error)
            return None

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()
