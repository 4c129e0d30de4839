"""What ``meetproof probe`` finds of the reference server, and what it keeps to itself."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
from dns.name import Name
from dns.name import from_text as name_from_text
from dns.resolver import NXDOMAIN

from conformance.cli import run_command
from conformance.model.exchange import Exchange, Request, Response
from conformance.probe.asking import Asker, Unreachable, is_private
from conformance.probe.autodiscover import Guides, find_ews, other_roots
from conformance.probe.records import Target, autodiscover_targets
from conformance.targets import Account, read_target
from tests.conformance.conftest import one_line
from tests.conformance.live.others import Person

ANN, BOB = "organizer0@example.com", "attendee0@example.com"
PEOPLE = ("--account", BOB, "--account", "room=room0@example.com", "--account", "list=list0@example.com")


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("MEETPROOF_PASSWORD_ORGANIZER0_EXAMPLE_COM", "meetproof")


def probe(*arguments):
    return run_command(["probe", ANN, *arguments])


def origin_of(server):
    return server.ews_url.removesuffix("/EWS/Exchange.asmx")


def test_a_server_is_found_whole_and_nothing_is_left_in_its_mailboxes(meetproof_server, tmp_path):
    people = [Person(meetproof_server.ews_url, address) for address in (ANN, BOB)]
    before = [person.everything() for person in people]
    file = tmp_path / "target.toml"
    assert probe("--url", origin_of(meetproof_server), "--out", str(file), *PEOPLE) == 0
    assert [person.everything() for person in people] == before
    for person in people:
        person.close()
    target = read_target(file)
    assert (target.ews.url, target.ews.auth) == (meetproof_server.ews_url, "basic")
    assert target.graph.url == meetproof_server.graph_url
    assert target.graph.token_url == f"{origin_of(meetproof_server)}/common/oauth2/v2.0/token"
    assert target.version == "Exchange2016"
    assert target.features >= {
        "availability",
        "beta",
        "delegates",
        "distribution-lists",
        "event-pulling",
        "event-streaming",
        "exchange2016",
        "impersonation",
        "propose-new-time",
        "rooms",
        "sharing",
        "synchronisation",
    }
    assert not target.features & {"online", "quiet-mailboxes", "notifications"}
    assert [account.role for account in target.accounts] == ["organizer", "attendee", "room", "list"]


def test_each_line_says_how_it_was_found(meetproof_server, capsys):
    assert probe("--url", origin_of(meetproof_server), *PEOPLE) == 0
    lines = capsys.readouterr().out.splitlines()
    said = {line.partition(" = ")[0]: before for before, line in itertools.pairwise(lines)}
    assert said["auth"] == f"# the first that let {ANN} in; offered are basic, ntlm, negotiate, bearer"
    assert "Autodiscover (plain XML)" in said["url"] or "answers 401 and asks for one" in said["url"]
    text = "\n".join(lines)
    assert f"Autodiscover (plain XML) at {origin_of(meetproof_server)} names it for {ANN}" in text
    assert "the newest taken in RequestServerVersion, of Exchange2007, " in text
    assert "# not online: ServerVersionInfo answered 15." in text
    assert "meetproof\n" not in text.replace("meetproof probe", "")


@pytest.mark.meetproof(settings={"ews_is_offered": False})
def test_a_server_that_only_speaks_graph_is_found(meetproof_server, tmp_path):
    file = tmp_path / "target.toml"
    assert probe("--url", meetproof_server.graph_url, "--account", BOB, "--out", str(file)) == 0
    target = read_target(file)
    assert target.ews is None
    assert target.graph.url == meetproof_server.graph_url
    assert {"availability", "beta"} <= target.features
    assert "exchange2016" not in target.features


@pytest.mark.meetproof(auth=["ntlm", "bearer"], tls=True)
def test_ntlm_is_found_and_an_authority_is_trusted(meetproof_server, tmp_path):
    file = tmp_path / "target.toml"
    arguments = ("--url", meetproof_server.ews_url, "--account", BOB, "--out", str(file))
    assert probe(*arguments) == 2
    assert not file.exists()
    assert probe(*arguments, "--ca", str(meetproof_server.ca_file)) == 0
    target = read_target(file)
    assert (target.ews.auth, target.tls_ca) == ("ntlm", str(meetproof_server.ca_file))


def test_a_wrong_password_finds_nothing_and_is_told(meetproof_server, capsys, monkeypatch):
    monkeypatch.setenv("MEETPROOF_PASSWORD_ORGANIZER0_EXAMPLE_COM", "wrong")
    assert probe("--url", origin_of(meetproof_server)) == 2
    told = capsys.readouterr().err
    assert f"the server answered 401 to {ANN}" in told
    assert "wrong" not in told.replace("is wrong", "")


def test_no_password_at_all_is_told(meetproof_server, capsys, monkeypatch):
    monkeypatch.delenv("MEETPROOF_PASSWORD_ORGANIZER0_EXAMPLE_COM")
    assert probe("--url", origin_of(meetproof_server)) == 64
    assert "MEETPROOF_PASSWORD_ORGANIZER0_EXAMPLE_COM, which is not set" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--url", "mail.example.org"), "an http:// or https:// address is expected"),
        (("--account", "sauna=a@example.org"), "the role is one of organizer, attendee, room"),
        (("--account", "nobody"), "an SMTP address is expected"),
        (("--ca", "/nowhere.pem"), "is no file of certificates in PEM"),
        (("--out", "/dev/null"), "/dev/null is there already"),
    ],
)
def test_mistakes_on_the_command_line_are_told(capsys, arguments, told):
    assert probe(*arguments) == 64
    assert told in one_line(capsys.readouterr().err)


class Scripted:
    """Answers by URL, everything else by 404, and keeps what was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        return Exchange(request, self.answers.get(request.url, Response(404)))


def test_no_password_is_sent_in_the_clear():
    refusing = Response(401, headers=(("WWW-Authenticate", "Basic"),))
    moved = Response(302, headers=(("Location", "http://mail.example.org/x"),))
    server = Scripted({"https://a.example/x": moved, "http://mail.example.org/x": refusing})
    with pytest.raises(Unreachable, match="no password is sent over a line that is not encrypted"):
        Asker(server, Account(ANN)).ask(Request("GET", "https://a.example/x"))
    assert [request.header("Authorization") for request in server.asked] == [None, None]


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://mail.example.org/x", True),
        ("http://mail.example.org/x", False),
        ("http://127.0.0.1:8/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://localhost.example.org/x", False),
    ],
)
def test_a_line_is_private_over_tls_or_within_this_machine(url, private):
    assert is_private(url) is private


def test_redirections_end():
    server = Scripted({"https://a.example/x": Response(302, headers=(("Location", "/x"),))})
    with pytest.raises(Unreachable, match="more than 5 redirections"):
        Asker(server, Account(ANN)).ask(Request("GET", "https://a.example/x"))


def test_autodiscover_that_only_knows_json_is_enough_and_the_rest_is_noted():
    url = f"https://a.example/autodiscover/autodiscover.json?Email={ANN}&Protocol=Ews&RedirectCount=1"
    server = Scripted({url: Response(200, body=b'{"Protocol": "Ews", "Url": "https://m.example/EWS/Exchange.asmx"}')})
    notes = []
    found = find_ews(Asker(server, Account(ANN)), ("https://a.example",), notes)
    assert found.value == "https://m.example/EWS/Exchange.asmx"
    assert found.how == f"Autodiscover (JSON) at https://a.example names it for {ANN}"
    assert [note.partition(")")[0] for note in notes] == ["Autodiscover (plain XML", "Autodiscover (SOAP"]


POX = "/autodiscover/autodiscover.xml"
EWS = "https://mail.example.net/EWS/Exchange.asmx"


def pox(tag, text):
    return Response(200, body=f'<A xmlns="x"><{tag}>{text}</{tag}></A>'.encode())


def sought(answers, **guides):
    """What is found for ann of example.com, and what was asked and noted."""
    server, notes = Scripted(answers), []
    asking = Asker(server, Account("ann@example.com", secret="pw"))
    root = next(other_roots(asking, "example.com", Guides(**{"targets": lambda _: ()} | guides), notes), None)
    found = find_ews(asking, (root,), notes) if root else None
    return found and found.value, server.asked, notes


@pytest.mark.parametrize(
    ("tag", "text", "leads_to"),
    [
        ("RedirectAddr", "b@example.org", f"https://autodiscover.example.org{POX}"),
        ("RedirectUrl", f"https://other.example{POX}", f"https://other.example{POX}"),
    ],
)
def test_autodiscover_that_sends_on_is_followed(tag, text, leads_to):
    server = Scripted({f"https://a.example{POX}": pox(tag, text), leads_to: pox("EwsUrl", EWS)})
    notes = []
    assert find_ews(Asker(server, Account(ANN)), ("https://a.example",), notes).value == EWS
    assert notes[0] == f"Autodiscover (plain XML) at https://a.example{POX} sends on to {text}"
    asked = next(request.body for request in server.asked if request.url == leads_to)
    assert (b"b@example.org" in asked) is (tag == "RedirectAddr")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"http://other.example{POX}", "over a line that is not encrypted"),
        (f"https://a.example{POX}", "more than 10 redirections"),
    ],
)
def test_autodiscover_that_sends_on_to_nowhere_good_is_told(text, told):
    server = Scripted({f"https://a.example{POX}": pox("RedirectUrl", text)})
    notes = []
    assert find_ews(Asker(server, Account(ANN)), ("https://a.example",), notes) is None
    assert any(told in note for note in notes)
    assert all(request.url.startswith("https://a.example") for request in server.asked)


PLAIN = f"http://autodiscover.example.com{POX}"


def test_a_plain_redirection_is_asked_for_without_a_password_and_followed_to_the_domain():
    moved = Response(302, headers=(("Location", f"https://mail.example.com{POX}"),))
    found, asked, _ = sought({PLAIN: moved, f"https://mail.example.com{POX}": pox("EwsUrl", EWS)})
    assert found == EWS
    assert (asked[0].method, asked[0].url, asked[0].header("Authorization")) == ("GET", PLAIN, None)
    assert all(request.url.startswith("https://") for request in asked[1:])


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (f"http://mail.example.com{POX}", "a line that is not encrypted"),
        (f"https://mail.example.net{POX}", "outside of example.com; probe it with --url https://mail.example.net"),
        (f"https://evilexample.com{POX}", "outside of example.com"),
    ],
)
def test_a_plain_redirection_elsewhere_is_told_and_nobody_is_asked_there(place, told):
    found, asked, notes = sought({PLAIN: Response(302, headers=(("Location", place),))})
    assert (found, len(asked)) == (None, 1)
    assert told in notes[0]


def test_a_host_elsewhere_is_asked_where_a_person_agrees():
    heard = []
    moved = Response(302, headers=(("Location", f"https://mail.example.net{POX}"),))
    answers = {PLAIN: moved, f"https://mail.example.net{POX}": pox("EwsUrl", EWS)}
    assert sought(answers, agrees=lambda words: not heard.append(words))[0] == EWS
    assert heard == [f"the redirection of {PLAIN} leads to https://mail.example.net"]


def test_srv_records_lead_to_hosts_and_ports():
    answers = {f"https://mail.example.com:8443{POX}": pox("EwsUrl", EWS)}
    found, _, _ = sought(answers, targets=lambda domain: (Target(f"mail.{domain}", 8443),))
    assert found == EWS


class Record(NamedTuple):
    priority: int
    weight: int
    port: int
    target: Name


def record(priority, weight, port, host):
    return Record(priority, weight, port, name_from_text(host))


def test_srv_records_are_taken_by_priority_and_weight_and_a_dot_is_nobody(monkeypatch):
    records = [
        record(20, 0, 443, "Second.example.com."),
        record(10, 1, 443, "light.example.com."),
        record(10, 9, 444, "heavy.example.com."),
        record(0, 0, 0, "."),
    ]
    asked = []
    monkeypatch.setattr("dns.resolver.resolve", lambda name, kind, **_: asked.append((name, kind)) or records)
    assert autodiscover_targets("example.com") == (
        ("heavy.example.com", 444),
        ("light.example.com", 443),
        ("second.example.com", 443),
    )
    assert asked == [("_autodiscover._tcp.example.com", "SRV")]


def test_a_domain_without_srv_records_leads_nowhere(monkeypatch):
    def resolve(*_, **__):
        raise NXDOMAIN

    monkeypatch.setattr("dns.resolver.resolve", resolve)
    assert autodiscover_targets("example.com") == ()
