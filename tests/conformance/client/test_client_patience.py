"""What a server asks its clients to wait is waited, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.client.patience import Patience, PatientTransport, asked_pause
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Exchange, Request, Response

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ASKED = Request("GET", "https://h/me")
BUSY = b'<t:Value Name="BackOffMilliseconds">2500</t:Value>'


def answering(*responses):
    left = list(responses)

    class Server:
        def send(self, request):
            return Exchange(request, left.pop(0))

    return Server()


def throttled(value):
    return Response(429, "Too Many Requests", (("Retry-After", value),))


@pytest.mark.parametrize(
    ("response", "pause"),
    [
        (Response(200), None),
        (Response(200, headers=(("Retry-After", "3"),)), None),
        (throttled("3"), 3.0),
        (throttled("Mon, 02 Mar 2026 08:00:20 GMT"), 20.0),
        (throttled("Mon, 02 Mar 2026 07:00:00 GMT"), 0.0),
        (throttled("soon"), 1.0),
        (throttled("-3"), 1.0),
        (Response(429), 1.0),
        (Response(503), None),
        (Response(503, headers=(("Retry-After", "1"),)), 1.0),
        (Response(500, body=BUSY), 2.5),
        (Response(500, body=b'Name="BackOffMilliseconds"'), None),
    ],
)
def test_the_pause_is_the_one_asked_for(response, pause):
    assert asked_pause(response, NOW) == pause


def test_a_request_is_sent_again_after_the_pause():
    pauses = []
    server = answering(throttled("3"), Response(429), Response(200))
    assert PatientTransport(server, Patience(pauses.append)).send(ASKED).response.status == 200
    assert pauses == [3.0, 2.0]


def test_a_server_that_asks_for_too_much_is_not_waited_for():
    pauses = []
    with pytest.raises(TransportFailed, match="answers 429 and asks to wait 3600 s; more than 60 s are not waited"):
        PatientTransport(answering(throttled("3600")), Patience(pauses.append)).send(ASKED)
    assert pauses == []


def test_a_server_that_asks_for_ever_is_given_up():
    pauses = []
    with pytest.raises(TransportFailed, match="asked to wait 5 times in a row"):
        PatientTransport(answering(*[throttled("9")] * 5), Patience(pauses.append)).send(ASKED)
    assert pauses == [9.0] * 5


def test_what_is_waited_in_one_case_has_an_end():
    pauses = []
    patience = Patience(pauses.append, total=20)
    for _ in range(2):
        PatientTransport(answering(throttled("9"), Response(200)), patience).send(ASKED)
    with pytest.raises(TransportFailed, match="answers 429 and asks to wait another 9 s; enough has been waited"):
        PatientTransport(answering(throttled("9")), patience).send(ASKED)
    assert pauses == [9.0, 9.0]
