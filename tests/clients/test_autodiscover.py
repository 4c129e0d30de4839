"""exchangelib, unmodified, finds its server by an address alone: only its documented attributes say where DNS is."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit, urlunsplit

import dns.message
import dns.rrset
import httpx
import pytest
import requests
from exchangelib import BASIC, DELEGATE, NTLM, Account, Credentials
from exchangelib.autodiscover import Autodiscovery, clear_cache
from exchangelib.autodiscover.protocol import AutodiscoverProtocol
from exchangelib.configuration import Configuration
from exchangelib.protocol import BaseProtocol

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

USER = "organizer0@example.com"
NAMES = ["example.com", "autodiscover.example.com", "contoso.com"]


@pytest.fixture
def resolver(monkeypatch):
    """A name server on loopback that knows the server's names, as exchangelib's resolver."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                text, client = server.recvfrom(4096)
                if text == b"stop":
                    return
                answer = dns.message.make_response(dns.message.from_wire(text))
                name = answer.question[0].name
                if str(name).rstrip(".") in NAMES and answer.question[0].rdtype == dns.rdatatype.A:
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "127.0.0.1"))
                server.sendto(answer.to_wire(), client)

        thread = threading.Thread(target=serve)
        thread.start()
        here = {"nameservers": ["127.0.0.1"], "port": server.getsockname()[1]}
        monkeypatch.setattr(Autodiscovery, "DNS_RESOLVER_KWARGS", {"configure": False})
        monkeypatch.setattr(Autodiscovery, "DNS_RESOLVER_ATTRS", here)
        yield
        server.sendto(b"stop", server.getsockname())
        thread.join(10)


@pytest.fixture
def on_loopback(meetproof_server, monkeypatch):
    """An HTTP adapter for exchangelib that reaches every host at the server's port, and checks its certificate."""
    port = httpx.URL(meetproof_server.ews_url).port

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request, **options):
            parts = urlsplit(request.url)
            host = request.headers.setdefault("Host", parts.netloc)  # a login sends a request twice
            request.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{port}"))
            self.poolmanager.connection_pool_kw |= {"assert_hostname": host, "server_hostname": host}
            return super().send(request, **options | {"verify": str(meetproof_server.ca_file)})

    monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", Adapter)
    clear_cache()
    yield
    clear_cache()


@pytest.mark.meetproof(tls=NAMES)
def test_an_address_and_a_password_are_enough(meetproof_server, resolver, on_loopback):
    credentials = Credentials(USER, meetproof_server.password)
    account = Account(USER, credentials=credentials, autodiscover=True, access_type=DELEGATE)
    assert account.protocol.service_endpoint == "https://example.com/EWS/Exchange.asmx"
    assert account.primary_smtp_address == USER
    assert account.protocol.auth_type == NTLM
    assert account.calendar.all().count() == 0
    account.protocol.close()


@pytest.mark.meetproof(
    tls=NAMES,
    auth=["basic"],
    mailboxes=[
        {"address": USER, "name": "Moved", "redirect": "ann@contoso.com"},
        {"address": "ann@contoso.com", "name": "Ann"},
    ],
)
def test_a_redirection_is_followed(meetproof_server, resolver, on_loopback):
    credentials = Credentials("ann@contoso.com", meetproof_server.password)
    account = Account(USER, credentials=credentials, autodiscover=True, access_type=DELEGATE)
    assert account.primary_smtp_address == "ann@contoso.com"
    assert account.protocol.service_endpoint == "https://contoso.com/EWS/Exchange.asmx"
    assert account.calendar.all().count() == 0
    account.protocol.close()


def test_settings_are_told_to_whoever_knows_the_place(meetproof_server):
    url = meetproof_server.ews_url.replace("/EWS/Exchange.asmx", "/autodiscover/autodiscover.svc")
    credentials = Credentials(USER, meetproof_server.password)
    protocol = AutodiscoverProtocol(Configuration(service_endpoint=url, credentials=credentials, auth_type=BASIC))
    told = protocol.get_user_settings("AlexW@contoso.com")
    assert told.error_code is None
    assert told.ews_url == meetproof_server.ews_url
    assert told.autodiscover_smtp_address == "AlexW@contoso.com"
    assert told.version.api_version == "Exchange2016"
    assert protocol.get_user_settings("nobody@example.com").error_code == "InvalidUser"
    protocol.close()
