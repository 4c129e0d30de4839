"""GetStreamingEvents over real sockets: what happens arrives while the connection is open, and its end is clean."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from contextlib import asynccontextmanager

import pytest
from lxml import etree

from reference_impl import server
from reference_impl.domain.copying import replace
from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m, t
from reference_impl.protocol import H11, http_protocol
from reference_impl.schemas import Direction, ews_schema
from reference_impl.server import bind, listen

CREDENTIALS = base64.b64encode(b"organizer0@example.com:meetproof").decode()


@pytest.fixture(params=[http_protocol(), H11], ids=["httptools", "h11"], autouse=True)
def protocol(request, monkeypatch):
    monkeypatch.setattr(server, "http_protocol", lambda: request.param)


@pytest.fixture
def served(app):
    """The application, its minutes shortened to two seconds."""
    app.use(replace(app.world, settings=replace(app.world.settings, minute=2.0)))
    return app


def posted(operation, port):
    body = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
        f'<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
    ).encode()
    head = (
        f"POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Basic {CREDENTIALS}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Talk:
    """One connection of a client."""

    def __init__(self, port, reader, writer):
        self.port, self.reader, self.writer = port, reader, writer

    async def head(self, operation):
        self.writer.write(posted(operation, self.port))
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)).lower()

    async def ask(self, operation):
        """The whole answer to one request."""
        head = await self.head(operation)
        size = int(re.search(rb"content-length: (\d+)", head)[1])
        return etree.fromstring(await self.reader.readexactly(size))

    async def envelope(self):
        """The next envelope of a stream, valid; None at its end."""
        size = int(await asyncio.wait_for(self.reader.readline(), 5), 16)
        chunk = await self.reader.readexactly(size)
        assert await self.reader.readline() == b"\r\n"
        if not chunk:
            return None
        root = etree.fromstring(chunk)
        assert ews_schema("Exchange2016", Direction.ANSWER).validate(root)
        return root


@asynccontextmanager
async def talking(listening):
    port = int(listening.origin.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Talk(port, reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def serving(app):
    listening = await listen(app, bind("127.0.0.1", 0))
    try:
        yield listening
    finally:
        listening.stop()
        await listening.task


async def subscribed(talk):
    root = await talk.ask(
        '<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="drafts"/></t:FolderIds>'
        "<t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest>"
        "</m:Subscribe>"
    )
    return root.findtext(f".//{m('SubscriptionId')}")


def stream_of(subscription):
    return (
        f"<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>{subscription}</t:SubscriptionId>"
        "</m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>"
    )


WRITE = (
    '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>Draft</t:Subject></t:Message>'
    "</m:Items></m:CreateItem>"
)


def status(root):
    return root.findtext(f".//{m('ConnectionStatus')}")


@pytest.mark.requirement("EWS-MTG-333")
def test_envelopes_arrive_while_the_connection_is_open(served):
    async def talk():
        async with serving(served) as listening, talking(listening) as watcher, talking(listening) as writer:
            subscription = await subscribed(watcher)
            head = await watcher.head(stream_of(subscription))
            assert head.startswith(b"http/1.1 200")
            assert b"transfer-encoding: chunked" in head
            assert b"content-type: text/xml; charset=utf-8" in head
            assert status(await watcher.envelope()) == "OK"
            await writer.ask(WRITE)
            told = await watcher.envelope()
            assert told.find(f".//{m('Notification')}/{t('CreatedEvent')}") is not None
            while status(heard := await watcher.envelope()) != "Closed":
                assert status(heard) == "OK"
            assert await watcher.envelope() is None
            assert await subscribed(watcher)  # the connection lives on
        assert served.world.store.listeners == []

    asyncio.run(talk())


def test_a_client_that_goes_away_ends_its_stream(served):
    async def talk():
        async with serving(served) as listening:
            async with talking(listening) as watcher:
                subscription = await subscribed(watcher)
                await watcher.head(stream_of(subscription))
                await watcher.envelope()
                assert len(served.world.subscriptions._streams) == 1
            deadline = time.monotonic() + 5
            while served.world.subscriptions._streams:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
            assert served.world.store.listeners == []
            async with talking(listening) as writer:
                await writer.ask(WRITE)
                await writer.head(stream_of(subscription))
                assert status(await writer.envelope()) == "OK"
                assert (await writer.envelope()).find(f".//{t('CreatedEvent')}") is not None

    asyncio.run(talk())


def test_a_server_that_stops_ends_its_streams(served):
    async def talk():
        listening = await listen(served, bind("127.0.0.1", 0))
        async with talking(listening) as watcher:
            await watcher.head(stream_of(await subscribed(watcher)))
            await watcher.envelope()
            listening.stop()
            assert await watcher.envelope() is None
            await asyncio.wait_for(listening.task, 5)
        assert served.world.store.listeners == []
        assert served.world.subscriptions._streams == set()

    asyncio.run(talk())
