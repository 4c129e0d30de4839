"""The in-process transport."""

from __future__ import annotations

import pytest

from conformance.client.asgi import AsgiTransport
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Request


class Application:
    def __init__(self, *, lifespan=True):
        self.lifespan = lifespan
        self.events = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            if not self.lifespan:
                raise RuntimeError("no lifespan")
            while True:
                event = await receive()
                self.events.append(event["type"])
                scope["state"]["ready"] = True
                await send({"type": event["type"] + ".complete"})
                if event["type"] == "lifespan.shutdown":
                    return
        self.events.append(scope)
        body = (await receive())["body"]
        if body == b"boom":
            raise ValueError("out of luck")
        await send({"type": "http.response.start", "status": 201, "headers": [(b"X-A", b"1"), (b"X-A", b"2")]})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"!"})


def test_a_request_reaches_the_application_as_written():
    application = Application()
    with AsgiTransport(application) as transport:
        exchange = transport.send(Request("POST", "http://h:8/a%20b?$x=%41", (("X-Q", "é"),), b"hi"))
        assert exchange.response.status == 201
        assert exchange.response.reason == "Created"
        assert exchange.response.headers == (("X-A", "1"), ("X-A", "2"))
        assert exchange.response.body == b"hi!"
    scope = application.events[1]
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"$x=%41")
    assert (b"host", b"h:8") in scope["headers"]
    assert (b"x-q", b"\xe9") in scope["headers"]
    assert scope["server"] == ("h", 8)
    assert scope["state"] == {"ready": True}
    assert application.events[0] == "lifespan.startup"
    assert application.events[-1] == "lifespan.shutdown"


def test_an_application_without_lifespan_is_served():
    with AsgiTransport(Application(lifespan=False)) as transport:
        assert transport.send(Request("GET", "http://h/")).response.body == b"!"


def test_an_exception_of_the_application_is_told():
    with AsgiTransport(Application()) as transport, pytest.raises(TransportFailed, match="ValueError: out of luck"):
        transport.send(Request("POST", "http://h/", (), b"boom"))
