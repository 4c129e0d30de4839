from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.targets import (
    Account,
    Delivery,
    Endpoint,
    MissingAccount,
    MissingPassword,
    Notify,
    Proxy,
    Target,
    TargetInvalid,
    TargetKind,
    read_target,
    write_target,
)
from conformance.targets.features import FEATURES

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "target.schema.json").read_text())

LIVE = """
[target]
name = "Our server"
features = ["rooms"]
deadline = 5

[ews]
url = "https://mail.example.com/EWS/Exchange.asmx"
version = "Exchange2016"

[graph]
url = "https://mail.example.com/v1.0/"
token_url = "https://mail.example.com/token"

[[accounts]]
address = "ann@example.com"
name = "Ann"
password_env = "ANN_PASSWORD"

[[accounts]]
address = "bob@example.com"
password_env = "BOB_PASSWORD"

[[accounts]]
address = "cid@example.com"

[[accounts]]
address = "big@example.com"
role = "room"
"""


def read(tmp_path, text):
    file = tmp_path / "target.toml"
    file.write_text(text, encoding="utf-8")
    return read_target(file)


def schema_accepts(text):
    return not list(Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(text)))


def test_a_live_target_is_read_whole(tmp_path):
    target = read(tmp_path, LIVE)
    assert (target.name, target.kind, target.deadline) == ("Our server", TargetKind.LIVE, 5.0)
    assert target.delivery is Delivery.ASYNCHRONOUS
    assert target.ews == Endpoint("ews", "https://mail.example.com/EWS/Exchange.asmx", "basic")
    assert target.graph == Endpoint("graph", "https://mail.example.com/v1.0", "oauth", "https://mail.example.com/token")
    assert target.version == "Exchange2016"
    assert target.features == {"rooms"}
    assert [account.role for account in target.accounts] == ["organizer", "attendee", "attendee", "room"]
    assert schema_accepts(LIVE)


def test_an_embedded_target_needs_no_accounts_and_delivers_at_once(tmp_path):
    text = '[target]\nname = "x"\nkind = "embedded"\n[embedded]\ncontrol = "http://127.0.0.1:1"\nfaults = ["a"]\n'
    target = read(tmp_path, text)
    assert (target.kind, target.control, target.faults) == (TargetKind.EMBEDDED, "http://127.0.0.1:1", {"a"})
    assert target.delivery is Delivery.SYNCHRONOUS
    assert schema_accepts(text)


def test_each_worker_has_a_farm_of_its_own_where_there_are_several(tmp_path):
    text = (
        '[target]\nname = "x"\nkind = "embedded"\n[embedded]\ncontrol = ["http://127.0.0.1:1", "http://127.0.0.1:2"]\n'
    )
    target = read(tmp_path, text)
    assert [target.for_worker(number).control[-1] for number in range(3)] == ["1", "2", "1"]
    assert schema_accepts(text)
    write_target(target, tmp_path / "again.toml")
    assert read_target(tmp_path / "again.toml") == target


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "Our server"', "", "target.name is missing"),
        ('name = "Our server"', "name = 7", "target.name must be a string, got 7"),
        ("deadline = 5", "deadline = 0", "target.deadline must be a number of seconds above 0, got 0"),
        ("deadline = 5", 'kind = "dead"', "target.kind must be one of live, embedded, got 'dead'"),
        ("deadline = 5", 'kind = "embedded"', "embedded.control is missing"),
        ("deadline = 5", 'delivery = "soon"', "target.delivery must be one of synchronous, asynchronous"),
        ('["rooms"]', '["saunas"]', "target.features must be among attachments, .*; got 'saunas'"),
        ('["rooms"]', '"rooms"', "target.features must be a list of strings"),
        ('url = "https://mail.example.com/EWS', 'url = "mail.example.com/EWS', "ews.url must be an http"),
        ('token_url = "https://mail.example.com/token"', "", "graph.token_url is missing"),
        ('version = "Exchange2016"', 'auth = "oauth"', "ews.token_url is missing"),
        ('version = "Exchange2016"', 'auth = "magic"', "ews.auth must be one of basic, ntlm, negotiate, oauth"),
        ('version = "Exchange2016"', 'color = "red"', "ews.color is unknown; expected one of"),
        ("[graph]", "[grapf]", "grapf is not a table of a target file"),
        ('address = "ann@example.com"', 'address = "ann"', r"accounts\[0\].address must be an SMTP address, got 'ann'"),
        ('role = "room"', 'role = "sauna"', r"accounts\[3\].role must be one of"),
        ("[target]", "[target", "is not TOML"),
    ],
)
def test_a_broken_file_is_refused_in_words(tmp_path, before, after, told):
    assert before in LIVE
    text = LIVE.replace(before, after, 1)
    with pytest.raises(TargetInvalid, match=told) as refusal:
        read(tmp_path, text)
    assert str(refusal.value).startswith(str(tmp_path))
    if "not TOML" not in told:
        assert not schema_accepts(text)


def test_a_live_target_needs_an_endpoint_and_two_accounts(tmp_path):
    with pytest.raises(TargetInvalid, match="neither an"):
        read(tmp_path, '[target]\nname = "x"\n')
    alone = LIVE[: LIVE.index("[[accounts]]")] + '[[accounts]]\naddress = "a@example.com"\n'
    with pytest.raises(TargetInvalid, match="at least two entries"):
        read(tmp_path, alone)
    assert not schema_accepts(alone)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(TargetInvalid, match="there is no such file"):
        read_target(tmp_path / "absent.toml")


def test_the_schema_knows_the_same_features():
    assert SCHEMA["properties"]["target"]["properties"]["features"]["items"]["enum"] == list(FEATURES)


def test_a_password_comes_from_the_environment(tmp_path, monkeypatch):
    ann, bob, cid, _ = read(tmp_path, LIVE).accounts
    monkeypatch.setenv("ANN_PASSWORD", "from outside")
    monkeypatch.setenv("BOB_PASSWORD", "secret")
    assert (ann.password, bob.password) == ("from outside", "secret")
    with pytest.raises(MissingPassword, match=r"cid@example\.com is expected in .* MEETPROOF_PASSWORD_CID_EXAMPLE_COM"):
        _ = cid.password
    monkeypatch.setenv("MEETPROOF_PASSWORD_CID_EXAMPLE_COM", "by default")
    assert cid.password == "by default"
    monkeypatch.delenv("ANN_PASSWORD")
    with pytest.raises(MissingPassword, match="environment variable ANN_PASSWORD, which is not set"):
        _ = ann.password


def test_a_password_is_not_in_the_representation(tmp_path):
    account = Account("ann@example.com", secret="hush")
    assert "hush" not in repr(account)
    assert "hush" not in repr(Endpoint("ews", "https://h/", "oauth", secret="hush"))


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("ANN@EXAMPLE.COM", "ann@example.com"),
        ("bob", "bob@example.com"),
        ("organizer0", "ann@example.com"),
        ("attendee0", "bob@example.com"),
        ("attendee1", "cid@example.com"),
        ("room0", "big@example.com"),
        ("AlexW", "ann@example.com"),
        ("AdeleV", "bob@example.com"),
    ],
)
def test_an_account_is_found_by_address_local_part_or_role(tmp_path, name, address):
    assert read(tmp_path, LIVE).account(name).address == address


@pytest.mark.parametrize("name", ["attendee2", "list0", "zoe@example.com", "room"])
def test_an_account_the_target_lacks_is_told(tmp_path, name):
    with pytest.raises(MissingAccount, match=r"it offers: ann@example\.com"):
        read(tmp_path, LIVE).account(name)


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
PLACES = st.sampled_from(["https://a.example/EWS/Exchange.asmx", "http://127.0.0.1:8000/v1.0"])
ENDPOINTS = st.one_of(
    st.builds(lambda url: ("basic", url, ""), PLACES),
    st.builds(lambda url, token: ("oauth", url, token), PLACES, PLACES),
)


@given(
    name=NAMES,
    people=st.lists(
        st.builds(
            Account,
            NAMES.map(lambda text: f"{text}@example.com"),
            name=NAMES,
            role=st.sampled_from(["organizer", "attendee", "room", "roomlist", "list", "outsider"]),
            password_env=NAMES,
            password_prompt=st.booleans(),
            user=NAMES,
            graph_token_env=NAMES,
        ),
        min_size=2,
        max_size=4,
    ),
    ews=ENDPOINTS,
    graph=ENDPOINTS,
    features=st.sets(st.sampled_from(sorted(FEATURES))),
    proxy=st.none() | st.builds(Proxy, PLACES, PLACES),
    notify=st.none() | st.builds(Notify, PLACES, st.sampled_from(["127.0.0.1:8091", "0.0.0.0:443"])),
    delivery=st.sampled_from(Delivery),
    is_open=st.booleans(),
)
def test_a_target_written_is_read_as_the_same(
    tmp_path_factory, name, people, ews, graph, features, proxy, notify, delivery, is_open
):
    target = Target(
        name=name,
        kind=TargetKind.LIVE,
        accounts=tuple(people),
        ews=Endpoint("ews", ews[1], ews[0], ews[2]),
        graph=Endpoint("graph", graph[1], graph[0], graph[2], is_open),
        delivery=delivery,
        deadline=2.5,
        features=frozenset(features),
        proxy=proxy,
        notify=notify,
    )
    file = tmp_path_factory.mktemp("written") / "target.toml"
    write_target(target, file)
    assert read_target(file) == target
    assert schema_accepts(file.read_text(encoding="utf-8"))


def test_answers_of_graph_may_have_more_than_is_declared_where_the_file_says_so(tmp_path):
    assert read(tmp_path, LIVE).graph.is_open is False
    text = LIVE.replace("[graph]\n", '[graph]\nmembers = "any"\n')
    assert read(tmp_path, text).graph.is_open is True
    assert schema_accepts(text)
    assert read(tmp_path, text.replace("any", "declared")).graph.is_open is False
    with pytest.raises(TargetInvalid, match=r"graph\.members must be one of declared, any"):
        read(tmp_path, text.replace('"any"', '"some"'))


def test_a_target_says_where_its_server_reaches_the_listener(tmp_path):
    text = LIVE + '\n[notify]\nurl = "https://tunnel.example/hear/"\n'
    target = read(tmp_path, text)
    assert (target.notify.url, target.notify.place) == ("https://tunnel.example/hear", ("127.0.0.1", 8091))
    assert schema_accepts(text)
    assert read(tmp_path, text + 'listen = "0.0.0.0:443"\n').notify.place == ("0.0.0.0", 443)
    assert read(tmp_path, LIVE).notify is None
    with pytest.raises(TargetInvalid, match=r"notify\.listen must be a host and a port"):
        read(tmp_path, text + 'listen = "somewhere"\n')
    with pytest.raises(TargetInvalid, match=r"notify\.url is missing"):
        read(tmp_path, LIVE + '\n[notify]\nlisten = "0.0.0.0:443"\n')
