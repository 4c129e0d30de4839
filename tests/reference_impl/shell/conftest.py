"""An application in this process and a caller that speaks HTTP to it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from reference_impl.server import Options, application, bind, listen


@contextmanager
def listens(app):
    """The origin of an application that a thread of its own serves on loopback."""
    told = {}
    answers = threading.Event()

    async def serve() -> None:
        told["loop"], told["server"] = asyncio.get_running_loop(), await listen(app, bind("127.0.0.1", 0))
        answers.set()
        await told["server"].task

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert answers.wait(30)
        yield told["server"].origin
    finally:
        told["loop"].call_soon_threadsafe(told["server"].stop)
        thread.join(30)


@pytest.fixture
def listening():
    """The above, for tests, which cannot import a conftest."""
    return listens


@pytest.fixture
def serve():
    """Start servers with these options; the origin of each."""
    with ExitStack() as stack:

        def start(**options) -> str:
            app = application(Options(**options))
            stack.callback(app.world.store.close)
            return stack.enter_context(listens(app))

        yield start


@pytest.fixture
def app():
    application_ = application(Options(seed="shell"))
    yield application_
    application_.world.store.close()


@pytest.fixture
def call(app):
    def send(method: str, path: str, **options) -> httpx.Response:
        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
                return await client.request(method, path, **options)

        return asyncio.run(talk())

    return send
