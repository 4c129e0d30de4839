"""Recordings played back: what answers, what misses, and what a miss says."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.client.auth import AuthenticatedTransport, Basic, Bearer, password_grant
from conformance.client.misses import difference, name_of
from conformance.client.playback import KeyedPlayback, TapeMiss, TapeTransport
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import Cassette, CassetteWriter, read_cassette

JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
ORIGIN = "https://meetproof.example"


def exchange(method, target, body=b"", answer=b"", headers=JSON):
    return Exchange(Request(method, ORIGIN + target, headers, body), Response(200, "OK", (), answer))


def soap(operation, content=""):
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
        f"<soap:Body><m:{operation}>{content}</m:{operation}></soap:Body></soap:Envelope>"
    ).encode()


GET_A = exchange("GET", "/v1.0/me/events?%24top=1", answer=b"a")
POST_B = exchange("POST", "/v1.0/me/events", b'{"subject": "one", "isAllDay": false}', b"b")
POST_C = exchange("POST", "/v1.0/me/events", b'{"subject": "two", "isAllDay": false}', b"c")


def tape(*exchanges):
    return TapeTransport(Cassette(Path("t.yaml"), {}, exchanges))


def test_a_tape_plays_in_order_to_any_origin_and_headers():
    transport = tape(GET_A, POST_B)
    asked = replace(GET_A.request, url="http://127.0.0.1:8025/v1.0/me/events?%24top=1", headers=(("X", "y"),))
    played = transport.send(asked)
    assert (played.request, played.response) == (asked, GET_A.response)
    assert transport.unplayed() == (POST_B,)
    assert transport.send(POST_B.request).response.body == b"b"
    assert transport.unplayed() == ()


def test_a_request_out_of_order_misses_and_is_told_where_it_was_recorded():
    transport = tape(GET_A, POST_B, POST_C)
    with pytest.raises(TapeMiss) as caught:
        transport.send(POST_C.request)
    told = str(caught.value)
    assert "POST /v1.0/me/events is not the next recorded request, which is exchange 1 of 3: GET /v1.0/me" in told
    assert "method: recorded GET, now POST" in told
    assert "exchange 3 has this request: it was recorded later" in told
    assert transport.send(GET_A.request).response.body == b"a", "a miss does not move the tape"


def test_a_miss_shows_the_nearest_exchange_and_the_difference():
    transport = tape(GET_A, POST_B, POST_C)
    changed = replace(POST_C.request, body=b'{"subject": "two", "isAllDay": true}')
    with pytest.raises(TapeMiss) as caught:
        transport.send(changed)
    told = str(caught.value)
    assert "nearest is exchange 3" in told
    assert '- "isAllDay": false' in told.replace("  ", " ")
    assert '+ "isAllDay": true' in told.replace("  ", " ")
    assert '"subject": "one"' not in told


def test_the_end_of_a_tape_is_told():
    transport = tape(GET_A)
    transport.send(GET_A.request)
    with pytest.raises(TapeMiss, match=r"at its end, all 1 exchanges have been played"):
        transport.send(GET_A.request)


def test_a_miss_is_a_failure_of_the_transport():
    with pytest.raises(TransportFailed):
        tape().send(GET_A.request)


@pytest.mark.parametrize(
    "changed",
    [
        replace(POST_B.request, method="PATCH"),
        replace(POST_B.request, url=ORIGIN + "/v1.0/me/calendar/events"),
        replace(POST_B.request, url=ORIGIN + "/v1.0/me/events?$top=1"),
        replace(POST_B.request, body=b'{"subject": "one", "isAllDay": true}'),
        replace(POST_B.request, body=b'{"subject": "one"}'),
        replace(POST_B.request, body=b""),
    ],
)
def test_a_request_that_differs_where_it_matters_misses(changed):
    with pytest.raises(TapeMiss):
        tape(POST_B).send(changed)


def test_another_operation_at_the_same_url_misses():
    recorded = exchange("POST", "/EWS/Exchange.asmx", soap("DeleteItem"), headers=(("Content-Type", "text/xml"),))
    with pytest.raises(TapeMiss, match=r"\+<m:GetItem>"):
        tape(recorded).send(replace(recorded.request, body=soap("GetItem")))


def test_a_mere_change_of_prefix_is_the_same_request():
    recorded = exchange("POST", "/EWS/Exchange.asmx", soap("GetItem"), b"x", (("Content-Type", "text/xml"),))
    other = recorded.request.body.replace(b"m:", b"q:").replace(b":m=", b":q=")
    assert tape(recorded).send(replace(recorded.request, body=other)).response.body == b"x"


def test_redacted_secrets_do_not_stop_authentication_from_a_tape(tmp_path):
    class Live:
        def __init__(self, writer):
            self.writer = writer

        def send(self, request):
            answer = (
                b'{"access_token": "a-very-secret-token", "token_type": "Bearer"}' if "token" in request.url else b"ok"
            )
            done = Exchange(request, Response(200, "OK", JSON, answer))
            self.writer.append(done)
            return done

    def play(transport):
        bearer = Bearer(password_grant(f"{ORIGIN}/token", "a@example.com", "hunter2hunter2"))
        AuthenticatedTransport(transport, bearer).send(Request("GET", ORIGIN + "/me"))
        AuthenticatedTransport(transport, Basic("a@example.com", "hunter2hunter2")).send(
            Request("GET", ORIGIN + "/ews")
        )

    with CassetteWriter(tmp_path / "t.yaml", {}) as writer:
        play(Live(writer))
    assert b"hunter2" not in (tmp_path / "t.yaml").read_bytes()
    transport = TapeTransport(read_cassette(tmp_path / "t.yaml"))
    play(transport)
    assert transport.unplayed() == ()


def test_equal_requests_get_their_answers_in_recorded_order_and_no_more():
    again = replace(GET_A, response=Response(200, "OK", (), b"later"))
    playback = KeyedPlayback([GET_A, POST_B, again])
    assert playback.answer(POST_B.request).response.body == b"b"
    assert playback.unplayed() == (GET_A, again)
    assert [playback.answer(GET_A.request).response.body for _ in range(2)] == [b"a", b"later"]
    assert playback.unplayed() == ()
    with pytest.raises(TapeMiss, match="every recorded answer to this request has been played"):
        playback.answer(GET_A.request)


def get_item(name):
    body = soap("GetItem", f'<m:ItemIds><m:ItemId Id="{name}"/></m:ItemIds>')
    return exchange("POST", "/EWS/Exchange.asmx", body, name.encode(), (("Content-Type", "text/xml"),))


def test_an_id_that_was_recorded_gets_its_own_answer_only():
    one, two = get_item("AAMkAGI2TG93AAA1"), get_item("AAMkAGI2TG93AAA2")
    playback = KeyedPlayback([one, two])
    assert playback.answer(two.request).response.body == b"AAMkAGI2TG93AAA2"
    with pytest.raises(TapeMiss, match="has been played"):
        playback.answer(two.request)
    assert playback.answer(one.request).response.body == b"AAMkAGI2TG93AAA1"
    with pytest.raises(TapeMiss):
        tape(one).send(two.request)


def test_a_client_with_ids_of_its_own_gets_the_answers_in_order_with_its_ids():
    playback = KeyedPlayback([get_item("AAMkAGI2TG93AAA1"), get_item("AAMkAGI2TG93AAA2")])
    fresh, other = (get_item(name).request for name in ("AAMkAGI2TG93AAA8", "AAMkAGI2TG93AAA9"))
    assert playback.answer(fresh).response.body == b"AAMkAGI2TG93AAA8"
    with pytest.raises(TapeMiss, match="has been played"):
        playback.answer(fresh)
    assert playback.answer(other).response.body == b"AAMkAGI2TG93AAA9"


def test_an_id_that_the_server_gave_is_no_other():
    listed = exchange("GET", "/v1.0/me/events", answer=b'{"value": [{"id": "AAMkAGI2TG93AAA1"}]}')
    got = exchange("GET", "/v1.0/me/events/AAMkAGI2TG93AAA1", answer=b"one")
    playback = KeyedPlayback([listed, got])
    with pytest.raises(TapeMiss, match="recorded of other things"):
        playback.answer(replace(got.request, url=f"{ORIGIN}/v1.0/me/events/AAMkAGI2TG93AAA2"))
    assert playback.answer(got.request).response.body == b"one"


def test_ids_in_another_order_are_another_request():
    def two(one, other):
        body = soap("GetItem", f'<m:ItemIds><m:ItemId Id="{one}"/><m:ItemId Id="{other}"/></m:ItemIds>')
        answer = f'<a Id="{one}"/><a Id="{other}"/>'.encode()
        return exchange("POST", "/EWS/Exchange.asmx", body, answer, (("Content-Type", "text/xml"),))

    known = exchange("GET", "/v1.0/me/events", answer=b'["AAMkAGI2TG93AAA1", "AAMkAGI2TG93AAA2"]')
    recorded, swapped = two("AAMkAGI2TG93AAA1", "AAMkAGI2TG93AAA2"), two("AAMkAGI2TG93AAA2", "AAMkAGI2TG93AAA1")
    with pytest.raises(TapeMiss):
        KeyedPlayback([known, recorded]).answer(swapped.request)
    with pytest.raises(TapeMiss):
        tape(recorded).send(swapped.request)


def test_one_id_does_not_stand_for_two():
    recorded = exchange("POST", "/v1.0/me/events", b'{"transactionId": "own-1", "uid": "own-2"}', b"made own-1 own-2")
    wanted = replace(recorded.request, body=b'{"transactionId": "mine-1", "uid": "mine-1"}')
    with pytest.raises(TapeMiss):
        KeyedPlayback([recorded]).answer(wanted)
    wanted = replace(recorded.request, body=b'{"transactionId": "mine-1", "uid": "mine-2"}')
    assert KeyedPlayback([recorded]).answer(wanted).response.body == b"made mine-1 mine-2"


def test_what_a_client_called_otherwise_keeps_that_name():
    made = exchange("POST", "/v1.0/me/events", b'{"transactionId": "own-1"}', b"made own-1")
    asked = exchange("GET", "/v1.0/me/events?$filter=transactionId%20eq%20'own-1'", answer=b'["own-1"]')
    playback = KeyedPlayback([made, asked])
    assert playback.answer(replace(made.request, body=b'{"transactionId": "mine-7"}')).response.body == b"made mine-7"
    wanted = replace(asked.request, url=f"{ORIGIN}/v1.0/me/events?$filter=transactionId%20eq%20'mine-7'")
    assert playback.answer(wanted).response.body == b'["mine-7"]'
    assert playback.unplayed() == ()


def test_steps_of_a_login_are_not_played():
    challenge = Response(401, "Unauthorized", (("WWW-Authenticate", "NTLM"),))
    body = soap("GetItem", "<m:ItemIds/>")
    done = exchange("POST", "/EWS/Exchange.asmx", body, b"done", (("Content-Type", "text/xml"),))
    steps = [
        Exchange(done.request, challenge, {"connection": 1}),
        Exchange(replace(done.request, body=b""), challenge, {"connection": 1}),
        replace(done, meta={"connection": 1}),
    ]
    playback = KeyedPlayback(steps)
    assert len(playback) == 1
    assert playback.answer(done.request).response.body == b"done"
    assert playback.unplayed() == ()
    assert len(KeyedPlayback(steps[:2])) == 2, "a refusal that no login followed is the answer"
    assert len(KeyedPlayback([steps[0], replace(done, meta={"connection": 2})])) == 2
    assert len(KeyedPlayback([replace(steps[0], meta={"actor": "a"}), replace(done, meta={"actor": "b"})])) == 2


def test_an_answer_to_one_account_is_not_given_to_another():
    def basic(user):
        return ("Authorization", "Basic " + base64.b64encode(f"{user}:pw".encode()).decode())

    adele, alex = (
        replace(GET_A, response=Response(200, "OK", (), name), meta={"actor": name.decode()})
        for name in (b"adele@example.com", b"alex@example.com")
    )
    playback = KeyedPlayback([adele, alex])
    asked = replace(GET_A.request, headers=(basic("Alex@Example.com"),))
    assert playback.answer(asked).response.body == b"alex@example.com"
    with pytest.raises(TapeMiss, match=r"request of alex@example\.com has been played"):
        playback.answer(asked)
    assert playback.answer(GET_A.request).response.body == b"adele@example.com", "who asks is not known"


def test_a_body_that_nests_without_an_end_is_a_miss_like_any_other():
    with pytest.raises(TapeMiss, match="no recorded request matches"):
        KeyedPlayback([POST_B]).answer(replace(POST_B.request, body=b'{"a":' * 3000))


def test_a_keyed_miss_shows_the_nearest_exchange():
    playback = KeyedPlayback([GET_A, POST_B, POST_C])
    with pytest.raises(TapeMiss) as caught:
        playback.answer(replace(POST_B.request, body=b'{"subject": "three", "isAllDay": false}'))
    assert "no recorded request matches" in str(caught.value)
    assert "nearest is exchange" in str(caught.value)
    with pytest.raises(TapeMiss, match="the recording is empty"):
        KeyedPlayback([]).answer(GET_A.request)


def test_a_long_difference_is_cut():
    left = Request("POST", ORIGIN, (), b"\n".join(b"%d" % number for number in range(100)))
    told = difference(left, replace(left, body=b""))
    assert len(told.splitlines()) < 20
    assert "lines more" in told


def test_a_query_right_after_the_host_tells_requests_apart():
    recorded = replace(GET_A, request=replace(GET_A.request, url=f"{ORIGIN}?a=1"))
    with pytest.raises(TapeMiss):
        tape(recorded).send(replace(recorded.request, url=f"{ORIGIN}?a=2"))
    assert tape(recorded).send(recorded.request).response == GET_A.response


def test_a_miss_tells_no_secrets_of_recordings_that_were_not_redacted():
    left = Request("POST", "https://g.example/token?access_token=opaque-token-1234", (), b'{"password": "hunter-2"}')
    right = Request("POST", "https://g.example/other", (), b"{}")
    told = f"{name_of(left)}\n{difference(left, right)}"
    assert "access_token=REDACTED" in told
    assert "opaque-token" not in told
    assert "hunter-2" not in told
