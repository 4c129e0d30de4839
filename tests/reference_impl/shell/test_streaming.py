"""Answers that stay open: chunks over real sockets, and their end when the client or the server goes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from reference_impl import server
from reference_impl.domain.copying import replace
from reference_impl.http import HttpAnswer
from reference_impl.protocol import H11, http_protocol
from reference_impl.routes import Route
from reference_impl.server import bind, listen

HEADER = b'<t:ServerVersionInfo MajorVersion="15"/>'


@pytest.fixture(params=[http_protocol(), H11], ids=["httptools", "h11"], autouse=True)
def protocol(request, monkeypatch):
    monkeypatch.setattr(server, "http_protocol", lambda: request.param)


@dataclass
class Ticker:
    """Sends what is put into its queue until None comes; an exception is raised."""

    news: asyncio.Queue = field(default_factory=asyncio.Queue)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, request):
        return HttpAnswer(200, (("Content-Type", "text/xml; charset=utf-8"),), chunks=self.chunks())

    async def chunks(self):
        try:
            while (chunk := await self.news.get()) is not None:
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            self.closed.set()


@asynccontextmanager
async def opened(app, ticker):
    app._routes = (Route("/stream", ticker), *app._routes)
    listening = await listen(app, bind("127.0.0.1", 0))
    port = int(listening.origin.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /stream HTTP/1.1\r\nHost: server.test\r\n\r\n")
    try:
        yield listening, reader, writer
    finally:
        writer.close()
        if not listening.task.done():
            listening.stop()
            await listening.task


async def chunk_of(reader):
    size = int(await asyncio.wait_for(reader.readline(), 5), 16)
    chunk = await reader.readexactly(size)
    assert await reader.readline() == b"\r\n"
    return chunk


def test_each_chunk_arrives_while_the_answer_is_open(app):
    async def talk():
        ticker = Ticker()
        async with opened(app, ticker) as (_, reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"\r\ntransfer-encoding: chunked\r\n" in head.lower()
            assert b"content-length" not in head.lower()
            for envelope in (b"<one/>", b"<two/>"):
                ticker.news.put_nowait(envelope)
                assert await chunk_of(reader) == envelope
            ticker.news.put_nowait(None)
            assert await chunk_of(reader) == b""
            writer.write(b"GET /nothing HTTP/1.1\r\nHost: server.test\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 404")

    asyncio.run(talk())


def test_a_client_that_goes_away_ends_the_answer(app):
    async def talk():
        ticker = Ticker()
        async with opened(app, ticker) as (_, reader, writer):
            ticker.news.put_nowait(b"<one/>")
            await reader.readuntil(b"<one/>")
            assert not ticker.closed.is_set()
            writer.close()
            await asyncio.wait_for(ticker.closed.wait(), 5)

    asyncio.run(talk())


def test_a_server_that_stops_ends_the_answer(app):
    async def talk():
        ticker = Ticker()
        async with opened(app, ticker) as (listening, reader, _):
            await reader.readuntil(b"\r\n\r\n")
            listening.stop()
            assert await chunk_of(reader) == b""
            assert await asyncio.wait_for(reader.read(), 5) == b""
            await asyncio.wait_for(listening.task, 5)
            assert ticker.closed.is_set()

    asyncio.run(talk())


def test_an_answer_that_breaks_is_cut_off(app, capsys):
    async def talk():
        ticker = Ticker()
        async with opened(app, ticker) as (_, reader, _writer):
            await reader.readuntil(b"\r\n\r\n")
            ticker.news.put_nowait(ArithmeticError("broken"))
            assert await asyncio.wait_for(reader.read(), 5) == b""

    asyncio.run(talk())
    assert "ArithmeticError: broken" in capsys.readouterr().err


def test_a_wire_fault_edits_every_chunk(app):
    app.use(replace(app.world, faults=frozenset({"ews-no-version-header", "graph-no-etag"})))

    async def talk():
        ticker = Ticker()
        async with opened(app, ticker) as (_, reader, _writer):
            await reader.readuntil(b"\r\n\r\n")
            for body in (b"<one/>", b"<two/>"):
                ticker.news.put_nowait(b"<h>" + HEADER + b"</h>" + body)
                assert await chunk_of(reader) == b"<h></h>" + body
            ticker.news.put_nowait(None)
            assert await chunk_of(reader) == b""
            assert ticker.closed.is_set()

    asyncio.run(talk())
