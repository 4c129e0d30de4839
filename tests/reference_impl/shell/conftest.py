"""An application in this process and a caller that speaks HTTP to it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from reference_impl.server import Options, application


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
