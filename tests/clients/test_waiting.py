"""A client that is told to wait does so, and then has its answer."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from tests.clients.graph_clients import bearer, signed_in

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

A_MINUTE = 30


def used_up(server) -> int:
    """How long the server says that one should wait after too many requests."""
    headers = {"Authorization": f"Bearer {bearer(server, 'AlexW@contoso.com')}"}
    with httpx.Client(trust_env=False, headers=headers) as client:
        answers = [client.get(f"{server.graph_url}/me/calendar") for _ in range(A_MINUTE + 1)]
    return int(answers[-1].headers["Retry-After"])


async def calendar_name(server) -> str:
    async with signed_in(server, "AlexW@contoso.com") as alex:
        return (await alex.me.calendar.get()).name


@pytest.mark.requirement("GRAPH-WIRE-024", "GRAPH-WIRE-026")
@pytest.mark.meetproof(settings={"graph_requests_per_minute": A_MINUTE})
def test_the_kit_waits_as_long_as_it_is_told_to(meetproof_server):
    assert used_up(meetproof_server) == 2
    began = time.monotonic()
    assert asyncio.run(calendar_name(meetproof_server)) == "Calendar"
    assert time.monotonic() - began >= 1
