"""Events pushed over real sockets to real listeners."""

from __future__ import annotations

import asyncio
import queue
import socket
import ssl
import time
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import pytest
import trustme
from lxml import etree

from reference_impl.domain.copying import replace
from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m, t
from reference_impl.notify.reaching import Listeners, Unreachable
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.callbacks import Callbacks
from tests.reference_impl.shell.listeners import opened

MINUTE = 0.6
PATH = "/hear?me=1"
EARLY = 0.02  # seconds by which clocks may differ; a loaded machine may be late


def result(status):
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><m:SendNotificationResult xmlns:m="{MESSAGES}"><m:SubscriptionStatus>'
        f"{status}</m:SubscriptionStatus></m:SendNotificationResult></s:Body></s:Envelope>"
    ).encode()


@dataclass
class Listener:
    """A web service that hears letters and answers them in turn, the last answer for ever."""

    answers: list = field(default_factory=lambda: [(200, result("OK"), {})])
    heard: queue.Queue = field(default_factory=queue.Queue)
    url: str = ""

    def respond(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.heard.put((time.monotonic(), dict(handler.headers), body))
        status, answer, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(answer)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(answer)

    def next(self):
        """The events of the next letter, which is valid: name and content."""
        return self.letter()[1]

    def letter(self):
        moment, headers, body = self.heard.get(timeout=20)
        root = etree.fromstring(body)
        schema = ews_schema("Exchange2016", Direction.PUSH)
        assert schema.validate(root), schema.error_log
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        (notification,) = root.iter(m("Notification"))
        events = [
            (event.tag.removeprefix(f"{{{TYPES}}}"), event.findtext(t("Watermark")))
            for event in notification
            if event.tag.endswith("Event")
        ]
        return moment, events, notification.findtext(t("PreviousWatermark")), notification.findtext(t("MoreEvents"))

    def is_quiet(self, seconds):
        try:
            self.heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def listener():
    with opened(Listener(), PATH) as listener:
        yield listener


@dataclass
class Client:
    """Speaks EWS to a server as organizer0."""

    origin: str

    def __call__(self, operation, who="organizer0"):
        envelope = (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
            f'<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        )
        answer = httpx.post(
            f"{self.origin}/EWS/Exchange.asmx",
            content=envelope,
            headers={"Content-Type": "text/xml"},
            auth=(f"{who}@example.com", "meetproof"),
            trust_env=False,
        )
        root = etree.fromstring(answer.content)
        assert root.findtext(f".//{m('ResponseCode')}") == "NoError", answer.text
        return root

    def subscribe(self, url, *, minutes=1, events=("CreatedEvent",), folder="drafts"):
        kinds = "".join(f"<t:EventType>{event}</t:EventType>" for event in events)
        root = self(
            f'<m:Subscribe><m:PushSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="{folder}"/>'
            f"</t:FolderIds><t:EventTypes>{kinds}</t:EventTypes><t:StatusFrequency>{minutes}</t:StatusFrequency>"
            f"<t:URL>{url}</t:URL></m:PushSubscriptionRequest></m:Subscribe>"
        )
        return root.findtext(f".//{m('Watermark')}")

    def write(self, times=1):
        message = "<t:Message><t:Subject>Draft</t:Subject></t:Message>"
        self(f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items>{message * times}</m:Items></m:CreateItem>')


@pytest.fixture
def server(app, listening):
    """A client of a server whose minutes are short; ``app`` is what it serves."""
    app.use(replace(app.world, settings=replace(app.world.settings, minute=MINUTE)))
    with listening(app) as origin:
        yield Client(origin)


def known(app):
    return list(app.world.subscriptions._known.values())


def eventually(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_listener_is_told_at_once_and_then_of_every_event(server, listener):
    watermark = server.subscribe(listener.url, minutes=30)
    _, events, previous, more = listener.letter()
    assert [name for name, _ in events] == ["StatusEvent"]
    assert (previous, more) == (watermark, "false")
    for _ in range(3):
        last = events[-1][1]
        server.write()
        _, events, previous, more = listener.letter()
        assert [name for name, _ in events] == ["CreatedEvent"]
        assert (previous, more) == (last, "false")


def test_what_else_happens_in_the_mailbox_is_not_pushed(server, listener):
    server.subscribe(listener.url, minutes=30, folder="inbox")
    listener.next()
    server.write()
    assert listener.is_quiet(0.3)


def test_many_events_are_pushed_in_several_letters(server, listener):
    server.subscribe(listener.url, minutes=30)
    listener.next()
    server.write(120)
    letters = [listener.letter() for _ in range(3)]
    assert [len(events) for _, events, _, _ in letters] == [50, 50, 20]
    assert [more for *_, more in letters] == ["true", "true", "false"]
    marks = [mark for _, events, _, _ in letters for _, mark in events]
    assert len(set(marks)) == 120


def test_a_quiet_subscription_gives_signs_of_life(server, listener):
    server.subscribe(listener.url, minutes=1)
    letters = [listener.letter() for _ in range(3)]
    assert [[name for name, _ in events] for _, events, _, _ in letters] == [["StatusEvent"]] * 3
    moments = [moment for moment, *_ in letters]
    assert all(later - moment > MINUTE - EARLY for moment, later in pairwise(moments))


def test_a_listener_that_wants_no_more_is_told_nothing_more(app, server, listener):
    listener.answers = [(200, result("OK"), {}), (200, result("Unsubscribe"), {})]
    server.subscribe(listener.url, minutes=30)
    listener.next()
    assert len(known(app)) == 1
    server.write()
    assert listener.next()
    eventually(lambda: known(app) == [])
    server.write()
    assert listener.is_quiet(0.3)
    assert app.world.store.listeners == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"", {}),
        (200, b"no XML", {}),
        (200, b"x" * 70_000, {}),
        (200, result("Maybe"), {}),
    ],
    ids=["status", "text", "size", "word"],
)
def test_a_letter_is_sent_again_until_it_is_taken(app, server, listener, answer):
    listener.answers = [answer, answer, (200, result("OK"), {})]
    began = time.monotonic()
    server.subscribe(listener.url, minutes=2)
    letters = [listener.letter() for _ in range(3)]
    assert len({str(letter[1:]) for letter in letters}) == 1
    for (moment, *_), minutes in zip(letters, (0, 0.5, 1), strict=True):
        assert moment - began > minutes * MINUTE - EARLY
    server.write()
    assert [name for name, _ in listener.next()] == ["CreatedEvent"]
    assert len(known(app)) == 1


def test_a_listener_that_fails_for_too_long_is_told_nothing_more(app, server, listener):
    listener.answers = [(503, b"", {})]
    began = time.monotonic()
    server.subscribe(listener.url, minutes=2)
    for minutes in (0, 0.5, 1, 2):
        assert listener.letter()[0] - began > minutes * MINUTE - EARLY
    eventually(lambda: known(app) == [])
    server.write()
    assert listener.is_quiet(0.3)


def test_nobody_at_the_address_is_a_failing_listener(app, server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server.subscribe(f"http://127.0.0.1:{port}/", minutes=1)
    assert len(known(app)) == 1
    eventually(lambda: known(app) == [])


def test_a_redirection_is_not_followed(app, server, listener):
    with opened(Listener(), PATH) as elsewhere:
        listener.answers = [(307, b"", {"Location": elsewhere.url})]
        server.subscribe(listener.url, minutes=1)
        listener.next()
        eventually(lambda: known(app) == [])
        assert elsewhere.heard.empty()


def test_events_that_come_while_a_listener_fails_are_not_lost(server, listener):
    listener.answers = [(200, result("OK"), {}), (500, b"", {}), (200, result("OK"), {})]
    server.subscribe(listener.url, minutes=30)
    listener.next()
    server.write()
    failed = listener.next()
    server.write()
    server.write()
    assert listener.next() == failed
    later: list[tuple[str, str]] = []
    while len(later) < 2:
        later.extend(listener.next())
    assert [name for name, _ in later] == ["CreatedEvent", "CreatedEvent"]
    assert not {mark for _, mark in later} & {mark for _, mark in failed}


def test_listeners_over_tls_are_known_by_their_names(server, tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for name, is_heard in (("localhost", True), ("elsewhere.example.org", False)):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        with opened(Listener(), PATH, context) as listener:
            server.subscribe(listener.url, minutes=30)
            assert listener.is_quiet(1) is not is_heard


def test_subscriptions_that_are_there_are_pushed_when_a_server_starts(app, listening, listener):
    app.use(replace(app.world, settings=replace(app.world.settings, minute=MINUTE)))
    with listening(app) as origin:
        Client(origin).subscribe(listener.url, minutes=30)
        listener.next()
    assert app.world.store.listeners == []
    assert len(known(app)) == 1
    with listening(app) as origin:
        assert [name for name, _ in listener.next()] == ["StatusEvent"]
        Client(origin).write()
        assert [name for name, _ in listener.next()] == ["CreatedEvent"]


def test_an_application_pushes_for_its_lifespan(app, listener):
    app.use(replace(app.world, settings=replace(app.world.settings, minute=MINUTE)))

    async def live():
        said, told = asyncio.Queue(), asyncio.Queue()
        life = asyncio.create_task(app({"type": "lifespan"}, said.get, told.put))
        said.put_nowait({"type": "lifespan.startup"})
        assert (await told.get())["type"] == "lifespan.startup.complete"
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
            envelope = (
                f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Body><m:Subscribe>'
                '<m:PushSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="inbox"/></t:FolderIds>'
                "<t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes><t:StatusFrequency>30"
                f"</t:StatusFrequency><t:URL>{listener.url}</t:URL></m:PushSubscriptionRequest></m:Subscribe></s:Body>"
                "</s:Envelope>"
            )
            headers = {"Content-Type": "text/xml"}
            auth = ("organizer0@example.com", "meetproof")
            answer = await client.post("/EWS/Exchange.asmx", content=envelope, headers=headers, auth=auth)
            assert b"NoError" in answer.content
        assert await asyncio.to_thread(listener.next)
        said.put_nowait({"type": "lifespan.shutdown"})
        assert (await told.get())["type"] == "lifespan.shutdown.complete"
        await life
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(live())
    assert app.world.store.listeners == []


def test_a_name_is_looked_up_and_its_address_checked(listener, monkeypatch):
    """A name that turns out to be elsewhere is not connected to, unless it was named."""

    async def talk():
        loop = asyncio.get_running_loop()
        port = int(listener.url.rpartition(":")[2].partition("/")[0])
        places = {"here.localhost": "127.0.0.1", "there.localhost": "192.0.2.1", "named.example.org": "127.0.0.1"}

        async def getaddrinfo(host, port, **_):
            address = places.get(host, host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo, raising=False)
        listeners = Listeners(Callbacks(["named.example.org"]))
        try:
            for name, is_reached in [
                ("here.localhost", True),
                ("there.localhost", False),
                ("named.example.org", True),
                ("example.org", False),
                ("127.0.0.1", True),
                ("192.0.2.1", False),
                ("[::ffff:192.0.2.1]", False),
            ]:
                url = f"http://{name}:{port}/"
                answer = await listeners.post(url, (("Content-Type", "text/xml"),), b"<a/>")
                assert (answer is not None) == is_reached, name
                if is_reached:
                    _, headers, body = listener.heard.get(timeout=20)
                    assert (headers["Host"], body) == (f"{name}:{port}", b"<a/>")
                else:
                    with pytest.raises(Unreachable):
                        await listeners._client.post(url)
        finally:
            await listeners.close()

    asyncio.run(talk())
    assert listener.heard.empty()


def test_a_server_that_stops_leaves_nothing_behind(app, listening, listener):
    listener.answers = [(500, b"", {})]
    began = time.monotonic()
    with listening(app) as origin:
        client = Client(origin)
        for _ in range(3):
            client.subscribe(listener.url, minutes=30)
            listener.next()
    assert time.monotonic() - began < 5
    assert app.world.store.listeners == []
    assert app._deliveries._tasks == set()
