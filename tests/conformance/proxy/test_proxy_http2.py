"""HTTP/2 through a recording proxy: over TLS on both sides, with the proxy's own certificate for the upstream."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

import h2.config
import h2.connection
import h2.events
import httpx
import pytest

from conformance.tape.cassette import read_cassette


class Secure:
    """An upstream that speaks HTTP/2 only, asks for a certificate, and answers with what it saw."""

    def __init__(self, context):
        self.context = context
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.seen = []
        self.shown = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            plain, _ = self.listening.accept()
            with self.context.wrap_socket(plain, server_side=True) as secured:
                self.shown = secured.getpeercert()
                self.talk(secured)

    def talk(self, secured):
        protocol = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        protocol.initiate_connection()
        secured.sendall(protocol.data_to_send())
        while data := secured.recv(65536):
            for event in protocol.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self.seen.append(dict(event.headers))
                if isinstance(event, h2.events.StreamEnded):
                    link = f"https://localhost:{self.port}/next".encode()
                    told = [(":status", "200"), ("content-type", "text/plain"), ("set-cookie", "session=very-secret-1")]
                    protocol.send_headers(event.stream_id, [*told, ("set-cookie", "other=very-secret-2")])
                    protocol.send_data(event.stream_id, link, end_stream=True)
            secured.sendall(protocol.data_to_send())

    def close(self):
        self.listening.close()
        self.thread.join(20)


@pytest.fixture
def secure(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority("localhost"))
    context.load_verify_locations(authority.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    upstream = Secure(context)
    yield upstream
    upstream.close()


def test_http2_is_recorded_with_tls_on_both_sides_and_a_certificate_for_the_upstream(secure, proxy, authority):
    recording = proxy(
        f"https://localhost:{secure.port}",
        *("--upstream-ca", authority.ca, "--certificate", authority("localhost")),
        *("--client-certificate", authority("recorder.test")),
    )
    url = recording.url.replace("http://127.0.0.1", "https://localhost")
    trusted = ssl.create_default_context(cafile=authority.ca)
    with httpx.Client(http2=True, verify=trusted, trust_env=False, timeout=20) as client:
        answer = client.post(f"{url}/EWS/Exchange.asmx?access_token=very-secret-0", content=b"<a/>")
    assert (answer.http_version, answer.text) == ("HTTP/2", f"{url}/next"), "links lead to the proxy"
    assert secure.seen[0][":authority"] == f"localhost:{secure.port}"
    assert ("commonName", "recorder.test") in {pair for names in secure.shown["subject"] for pair in names}
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.request.http_version == exchange.response.http_version == "HTTP/2.0"
    assert exchange.request.url == f"https://localhost:{secure.port}/EWS/Exchange.asmx?access_token=REDACTED"
    assert exchange.request.body == b"<a/>"
    assert [value for name, value in exchange.response.headers if name == "set-cookie"] == [
        "session=REDACTED",
        "other=REDACTED",
    ]
