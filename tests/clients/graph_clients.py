"""Clients of Graph for Python, opened for somebody on the reference server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone

GRAPH = "https://graph.microsoft.com"


class StaticCredential:
    """A token obtained beforehand."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_token(self, *scopes: str, **options: object) -> AccessToken:
        return AccessToken(self.token, int(time.time()) + 3600)


def bearer(server, address: str) -> str:
    """Somebody's token for everything."""
    form = {"grant_type": "password", "username": address, "password": server.password, "client_id": "tests"}
    verify = str(server.ca_file) if server.ca_file else True
    answer = httpx.post(server.token_url, data=form, verify=verify, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def transport_beneath(adapter: GraphRequestAdapter) -> httpx.AsyncBaseTransport:
    """The transport that holds the connections: the SDK's own, wrapped around it, does not pass closing on."""
    transport = adapter._http_client._transport
    while hasattr(transport, "transport"):
        transport = transport.transport
    return transport


@asynccontextmanager
async def opened(server, credential) -> AsyncIterator[GraphServiceClient]:
    """msgraph-sdk with a credential."""
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[f"{GRAPH}/.default"], allowed_hosts=["127.0.0.1"]
    )
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = server.graph_url
    yield GraphServiceClient(request_adapter=adapter)
    await transport_beneath(adapter).aclose()


@asynccontextmanager
async def signed_in(server, address: str) -> AsyncIterator[GraphServiceClient]:
    """msgraph-sdk for somebody."""
    async with opened(server, StaticCredential(bearer(server, address))) as client:
        yield client


def moment(text: str, zone: str = "UTC") -> DateTimeTimeZone:
    """A time as the SDK sends it."""
    return DateTimeTimeZone(date_time=text, time_zone=zone)


def instant(value: DateTimeTimeZone) -> datetime:
    """A time that the SDK was answered with."""
    assert value.time_zone == "UTC"
    return datetime.fromisoformat(value.date_time[:19]).replace(tzinfo=UTC)
