"""Where the secrets of a target come from, and that none is in its file."""

from __future__ import annotations

import os

import pytest

from conformance.targets import MissingPassword, TargetInvalid, obtain_secrets, read_target, write_target
from conformance.targets.credentials import needed_secrets

PEOPLE = """
[[accounts]]
address = "ann@example.com"
{ann}
[[accounts]]
address = "bob@example.com"
{bob}
[[accounts]]
address = "cid@example.com"
{cid}
"""
EWS = '[target]\nname = "x"\n[ews]\nurl = "https://h/EWS/Exchange.asmx"\n'
GRAPH = '[target]\nname = "x"\n[graph]\nurl = "https://graph.example/v1.0"\n'
APPLICATION = 'grant = "client_credentials"\nclient_id = "app"\nclient_secret_env = "APP_SECRET"\n'


def read(tmp_path, head, ann="", bob="", cid=""):
    file = tmp_path / "target.toml"
    file.write_text(head + PEOPLE.format(ann=ann, bob=bob, cid=cid), encoding="utf-8")
    return read_target(file)


def variables(target):
    return [secret.variable for secret in needed_secrets(target)]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.setattr(os, "environ", {})


@pytest.mark.parametrize(
    ("head", "ann", "instead"),
    [
        (EWS, 'password = "hush"', "password_env"),
        (EWS, 'token = "hush"', "graph_token_env or ews_token_env"),
        (EWS + 'client_secret = "hush"\n', "", "client_secret_env"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path, head, ann, instead):
    with pytest.raises(
        TargetInvalid, match=f"is a secret, which no file holds: name an environment variable by {instead}"
    ) as told:
        read(tmp_path, head, ann)
    assert "hush" not in str(told.value)


def test_the_first_organizer_and_attendee_must_be_able_to_sign_in_and_who_is_said_to(tmp_path):
    target = read(tmp_path, EWS, 'password_env = "ANN"')
    assert variables(target) == ["ANN", "MEETPROOF_PASSWORD_BOB_EXAMPLE_COM"]
    target = read(tmp_path, EWS, cid="password_prompt = true")
    assert variables(target)[-1] == "MEETPROOF_PASSWORD_CID_EXAMPLE_COM"


def test_tokens_and_applications_need_no_passwords(tmp_path):
    with_tokens = [f'graph_token_env = "{name}"' for name in ("ANN", "BOB", "CID")]
    assert variables(read(tmp_path, GRAPH, *with_tokens)) == ["ANN", "BOB", "CID"]
    assert variables(read(tmp_path, GRAPH + 'tenant = "contoso.com"\n' + APPLICATION)) == ["APP_SECRET"]


def test_what_is_missing_is_asked_for_where_somebody_is_there_to_ask(tmp_path):
    asked = []

    def ask(question):
        asked.append(question)
        return f"typed {len(asked)}"

    target = read(tmp_path, EWS, 'password_env = "ANN"')
    os.environ["ANN"] = "from outside"
    obtain_secrets(target, ask)
    assert asked == ["The password of bob@example.com: "]
    assert [account.password for account in target.accounts[:2]] == ["from outside", "typed 1"]


def test_a_token_is_not_asked_for_and_an_empty_answer_is_none(tmp_path):
    target = read(tmp_path, GRAPH, *[f'graph_token_env = "{name}"' for name in ("ANN", "BOB", "CID")])
    with pytest.raises(MissingPassword, match=r"The token of ann@example\.com for graph is expected in .* ANN"):
        obtain_secrets(target, lambda _: "typed")
    with pytest.raises(MissingPassword, match=r"The password of ann@example\.com is expected in"):
        obtain_secrets(read(tmp_path, EWS), lambda _: "")


def test_a_tenant_stands_for_an_address_and_a_scope(tmp_path):
    target = read(tmp_path, GRAPH + 'tenant = "contoso.com"\n' + APPLICATION)
    assert target.graph.token_url == "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
    assert target.graph.scope == "https://graph.example/.default"
    assert target.graph.is_for_applications
    written = tmp_path / "written.toml"
    write_target(target, written)
    assert read_target(written) == target


def test_an_application_names_itself_and_where_its_secret_is(tmp_path):
    head = GRAPH + 'tenant = "contoso.com"\ngrant = "client_credentials"\n'
    with pytest.raises(TargetInvalid, match=r"graph\.client_id is missing"):
        read(tmp_path, head)
    with pytest.raises(TargetInvalid, match=r"graph\.client_secret_env is missing"):
        read(tmp_path, head + 'client_id = "app"\n')


def test_a_file_of_authorities_is_looked_at(tmp_path):
    head = EWS.replace('name = "x"', 'name = "x"\ntls_ca = "ca.pem"')
    with pytest.raises(TargetInvalid, match=r"target\.tls_ca must be the path of a file of certificates in PEM"):
        read(tmp_path, head)
    (tmp_path / "ca.pem").write_text("not one")
    with pytest.raises(TargetInvalid, match=r"target\.tls_ca must be"):
        read(tmp_path, head)
