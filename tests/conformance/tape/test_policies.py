"""Policies make people and texts unrecognizable, and leave recordings that mean the same."""

import base64
import email
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch
from conformance.tape.cassette import CassetteWriter, LeakRefused, read_cassette
from conformance.tape.diff import compare
from conformance.tape.masks import ADDRESS, Masks
from conformance.tape.policies import Masking, Policy, masking_of
from tests.recorded import REFERENCE

MASKS = Masks(b"key")
POLICIES = (Policy.PEOPLE, Policy.EVERYTHING)
STEMS = sorted(path.stem for path in REFERENCE.glob("*.yaml"))[::60]

LOCAL = st.from_regex(r"[a-z][a-z0-9._+'-]{0,12}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z]{2,6}){1,2}", fullmatch=True).filter(
    lambda text: not text.startswith("odata.")
)
ADDRESSES = st.builds("{}@{}".format, LOCAL, DOMAIN)


def masking(policy, key=b"key"):
    return Masking(policy, key)


def graph(body, answer=None, **headers):
    told = Response(200, "", (("Content-Type", "application/json"),), json.dumps(answer or {}).encode())
    return Exchange(Request("POST", "https://g.example/v1.0/me/events", tuple(headers.items()), body), told)


def event(**members):
    return json.dumps(members).encode()


# Pseudonyms


@given(ADDRESSES, ADDRESSES)
def test_pseudonyms_are_one_to_one_and_last(one, other):
    masked = MASKS.address(one)
    assert ADDRESS.fullmatch(masked)
    assert MASKS.address(masked) == masked
    assert (MASKS.address(other) == masked) is (one == other)
    same_domain = one.partition("@")[2] == other.partition("@")[2]
    assert (MASKS.address(other).partition("@")[2] == masked.partition("@")[2]) is same_domain


@given(ADDRESSES, st.sampled_from(["{}", '"{}"', "<{}>", "mailto:{}", "SMTP:{};", "({})", "/users/{}/events"]))
def test_an_address_is_replaced_wherever_it_stands(address, around):
    masked = MASKS.addresses_in(around.format(address))
    assert masked == around.format(MASKS.address(address))
    assert MASKS.addresses_in(masked) == masked


def test_the_same_person_is_the_same_however_the_address_is_spelled():
    assert MASKS.address("Ann@X.example") == MASKS.address("ann@x.example") == MASKS.address("ann%40x.example")
    assert MASKS.addresses_in("/users/Ann%40x.example") == f"/users/{MASKS.address('ann@x.example')}".replace(
        "@", "%40"
    )


def test_pseudonyms_depend_on_the_key():
    assert Masks(b"one").address("ann@x.example") != Masks(b"other").address("ann@x.example")
    assert Masking(Policy.PEOPLE).value("ann@x.example") != Masking(Policy.PEOPLE).value("ann@x.example")


@pytest.mark.parametrize("text", ["event@odata.context", "@odata.etag", "10 @ 9", "a@b", "@example.com", "x@"])
def test_what_is_no_address_stays(text):
    assert MASKS.addresses_in(text) == text


def test_a_name_in_an_exchange_directory_is_replaced():
    name = "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=4f2a-Ann"
    masked = MASKS.addresses_in(f"EX:{name}")
    assert "Contoso" not in masked
    assert "Ann" not in masked
    assert masked.startswith("EX:/o=")
    assert MASKS.addresses_in(masked) == masked


# Texts of the same shape


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_masked_text_has_the_same_shape_and_is_masked_once(text):
    masked = MASKS.text(text)
    assert len(masked) == len(text)
    assert [one.isspace() or one.isdigit() for one in masked] == [one.isspace() or one.isdigit() for one in text]
    assert MASKS.text(masked) == masked


def test_markup_and_what_servers_put_first_are_kept():
    assert re.fullmatch(
        r"Accepted: [jqvxz]{5} [jqvxz]{3} 7",
        MASKS.text("Accepted: Lunch mit 7").replace("J", "j").lower().replace("accepted", "Accepted"),
    )
    assert re.fullmatch(
        r"<p class=\"big\">[JQVXZ][jqvxz]{3}&nbsp;<b>[jqvxz]{3}</b></p>",
        MASKS.text('<p class="big">Come&nbsp;<b>all</b></p>'),
    )
    assert MASKS.text("Accepted: Lunch").endswith(MASKS.text("Lunch"))


# Exchanges


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("stem", STEMS)
def test_a_masked_recording_means_the_same_to_every_check_and_holds_nobody(stem, policy):
    exchanges = read_cassette(REFERENCE / f"{stem}.yaml").exchanges
    one = masking(policy)
    masked = [one.exchange(exchange) for exchange in exchanges]
    again = masking(policy)
    assert [again.exchange(exchange) for exchange in masked] == masked
    assert failed(masked) == failed(exchanges)
    for exchange in masked:
        for text in (exchange.request.url, exchange.request.body.decode(), exchange.response.body.decode()):
            assert not re.search(r"[\w.]+(@|%40)(example|contoso)\.com", text)
            assert policy is Policy.PEOPLE or "Quarterly plan" not in text


def failed(exchanges):
    watch = Watch()
    return {
        (number, finding.requirement)
        for number, exchange in enumerate(exchanges, start=1)
        for finding in watch.see(Seen(exchange, number))
        if finding.verdict is Verdict.FAIL
    }


def test_recordings_masked_by_one_key_do_not_differ_and_those_of_two_do():
    exchanges = read_cassette(REFERENCE / "cross-protocol.cancel--graph-ews.yaml").exchanges
    one, same, other = (
        [masking(Policy.PEOPLE, key).exchange(each) for each in exchanges] for key in (b"1", b"1", b"2")
    )
    assert compare(one, same) == ()
    assert compare(one, other) != ()


def test_a_name_is_its_owners_everywhere_once_it_is_known():
    answer = {
        "attendees": [{"emailAddress": {"name": "Ann Miller", "address": "ann@x.example"}}],
        "subject": "With Ann Miller",
    }
    one = masking(Policy.PEOPLE)
    masked = json.loads(one.exchange(graph(b"", answer)).response.body)
    name = masked["attendees"][0]["emailAddress"]["name"]
    assert re.fullmatch(r"Person [0-9A-F]{6}", name)
    assert masked["subject"] == f"With {name}"
    later = one.exchange(graph(event(subject="Call Ann Miller")))
    assert json.loads(later.request.body) == {"subject": f"Call {name}"}
    assert name == masking(Policy.PEOPLE).value({"name": "Miller, A.", "address": "ann@x.example"})["name"]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("addressed", ["userPrincipalName", "mail"])
def test_a_name_of_one_word_is_replaced_at_a_place_for_names(policy, addressed):
    answer = {"value": [{"displayName": "Ann", addressed: "ann@x.example", "jobTitle": "Ann"}]}
    (told,) = json.loads(masking(policy).exchange(graph(b"", answer)).response.body)["value"]
    assert re.fullmatch(r"Person [0-9A-F]{6}", told["displayName"])
    assert told["jobTitle"] == "Ann", "elsewhere one word may be any"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_name_of_any_letters_is_replaced_within_mail(policy):
    content = base64.b64encode("X-From: Jürgen Müller\r\n\r\n".encode()).decode()
    body = (
        f"<t:Message xmlns:t='urn:t'><t:MimeContent>{content}</t:MimeContent><t:Mailbox><t:Name>Jürgen Müller</t:Name>"
        "<t:EmailAddress>jm@x.example</t:EmailAddress></t:Mailbox></t:Message>"
    )
    exchange = Exchange(Request("POST", "https://m.example/EWS/Exchange.asmx"), Response(200, "", (), body.encode()))
    masked = masking(policy).exchange(exchange).response.body.decode()
    told = base64.b64decode(re.search("<t:MimeContent>(.*?)<", masked)[1]).decode()
    assert re.fullmatch(r"X-From: Person [0-9A-F]{6}\r\n\r\n", told)


@pytest.mark.parametrize("policy", POLICIES)
def test_people_within_mail_and_calendars_are_replaced(policy):
    mime = (
        "From: =?utf-8?B?QW5uIE1pbGxlcg==?= <ann@x.example>\r\nSubject: Lunch plan\r\n"
        "Content-Type: text/calendar; method=REQUEST\r\n\r\n"
        "BEGIN:VCALENDAR\r\nORGANIZER;CN=Ann Miller:mailto:ann@x.example\r\nSUMMARY:Lunch plan\r\nEND:VCALENDAR\r\n"
    )
    content = base64.b64encode(mime.encode()).decode()
    body = (
        f"<t:Message xmlns:t='urn:t'><t:MimeContent>{content}</t:MimeContent>"
        "<t:From><t:Mailbox><t:Name>Ann Miller</t:Name>"
        "<t:EmailAddress>ann@x.example</t:EmailAddress></t:Mailbox></t:From></t:Message>"
    )
    exchange = Exchange(Request("POST", "https://m.example/EWS/Exchange.asmx"), Response(200, "", (), body.encode()))
    masked = masking(policy).exchange(exchange).response.body.decode()
    told = base64.b64decode(re.search("<t:MimeContent>(.*?)<", masked)[1]).decode()
    assert "x.example" not in told
    assert "Miller" not in told
    assert email.message_from_string(told)["From"].endswith(f"<{MASKS.address('ann@x.example')}>")
    assert "BEGIN:VCALENDAR\r\nORGANIZER" in told
    assert ("Lunch" in told) is (policy is Policy.PEOPLE)


def test_everything_that_people_write_is_replaced_by_the_same_shape():
    body = event(
        subject="Lunch",
        body={"contentType": "html", "content": "<p>Secret plan</p>"},
        location={"displayName": "Room 7"},
        attachments=[{"name": "plan.txt", "contentBytes": base64.b64encode(b"Secret plan").decode()}],
        showAs="busy",
    )
    masked = json.loads(masking(Policy.EVERYTHING).exchange(graph(body)).request.body)
    assert re.fullmatch("[jqvxzJQVXZ]{5}", masked["subject"])
    assert re.fullmatch("<p>[jqvxzJQVXZ]{6} [jqvxz]{4}</p>", masked["body"]["content"])
    assert re.fullmatch("[jqvxzJQVXZ]{4} 7", masked["location"]["displayName"])
    assert len(base64.b64decode(masked["attachments"][0]["contentBytes"])) == len(b"Secret plan")
    assert b"Secret" not in base64.b64decode(masked["attachments"][0]["contentBytes"])
    assert (masked["showAs"], masked["body"]["contentType"]) == ("busy", "html")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b'{"subject": "Secret', "application/json"), (b"Secret plan", "text/plain"), (b"\x1f\x8b", "text/plain")],
)
def test_a_body_that_cannot_be_understood_does_not_get_through_everything(body, kind):
    exchange = graph(body, **{"Content-Type": kind})
    if body.startswith(b"\x1f"):
        exchange = replace(exchange, request=replace(exchange.request, headers=(("Content-Encoding", "gzip"),)))
    assert b"Secret" not in masking(Policy.EVERYTHING).exchange(exchange).request.body


def test_nothing_but_secrets_is_the_policy_unless_asked():
    exchange = graph(event(subject="With ann@x.example"))
    assert masking(Policy.SECRETS).exchange(exchange) is exchange
    assert masking_of("secrets", {}).request(exchange.request) is exchange.request
    with pytest.raises(ValueError, match="expected one of secrets, people, everything, got 'some'"):
        masking_of("some", {})


def test_the_key_is_that_of_the_environment():
    told = [masking_of("people", {"MEETPROOF_KEY": "k"}).value("ann@x.example") for _ in range(2)]
    assert told[0] == told[1] == Masking(Policy.PEOPLE, b"k").value("ann@x.example")


# Cassettes


def test_a_cassette_of_a_policy_holds_nobody(tmp_path):
    head = {"target": {"accounts": [{"address": "ann@x.example", "name": "Ann Miller", "role": "organizer"}]}}
    path = tmp_path / "tape.yaml"
    with CassetteWriter(path, head, masking=masking(Policy.PEOPLE)) as writer:
        writer.append(replace(graph(event(subject="With Ann Miller, ann@x.example")), meta={"actor": "ann@x.example"}))
    written = path.read_text()
    assert "x.example" not in written
    assert "Miller" not in written
    (exchange,) = read_cassette(path).exchanges
    assert exchange.meta["actor"] == MASKS.address("ann@x.example")


def test_a_write_is_refused_where_somebody_is_left(tmp_path, monkeypatch):
    one = masking(Policy.PEOPLE)
    monkeypatch.setattr(one, "_body", lambda message: message.body)
    with (
        CassetteWriter(tmp_path / "tape.yaml", {}, masking=one) as writer,
        pytest.raises(LeakRefused, match="request body"),
    ):
        writer.append(graph(event(subject="With ann@x.example")))
    assert "x.example" not in (tmp_path / "tape.yaml").read_text()
