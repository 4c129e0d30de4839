"""The ASGI 3 interface: requests read whole, answers written whole or chunk by chunk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from functools import lru_cache
from typing import Any

from reference_impl.http import HttpAnswer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_body(receive: Receive, limit: int | None = None) -> bytes | None:
    """The whole request body, or nothing when it has more bytes than ``limit``. Raises Disconnected."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if limit is not None and size > limit:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if len(chunks) > 1 else chunk


async def write_answer(send: Send, answer: HttpAnswer, *more: tuple[str, str]) -> None:
    """Send an answer with its headers in their order, then more of them, and its Content-Length last."""
    start = _start(answer, *more)
    start["headers"].append((b"content-length", b"%d" % len(answer.body)))
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})


async def stream_answer(
    receive: Receive,
    send: Send,
    answer: HttpAnswer,
    chunks: AsyncGenerator[bytes, None],
    ending: asyncio.Event,
    *more: tuple[str, str],
) -> None:
    """Send an answer's chunks as they come, until there are no more, the client is gone, or ``ending`` is set.

    In each case the generator is closed. Without Content-Length HTTP/1.1 chunks the answer (RFC 9112 section 7.1).
    """
    await send(_start(answer, *more))
    sending = asyncio.create_task(_send_chunks(send, chunks))
    tasks = (sending, asyncio.create_task(_disconnected(receive)), asyncio.create_task(ending.wait()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if not sending.cancelled():
        sending.result()
    await send({"type": "http.response.body", "body": b""})


async def _send_chunks(send: Send, chunks: AsyncGenerator[bytes, None]) -> None:
    async with aclosing(chunks):
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(answer: HttpAnswer, *more: tuple[str, str]) -> MutableMapping[str, Any]:
    headers = list(map(_encoded, answer.headers + more))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


@lru_cache(maxsize=1024)
def _encoded(header: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = header
    return name.lower().encode("latin-1"), value.encode("latin-1")
