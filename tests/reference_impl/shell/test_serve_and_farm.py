"""The server and the farm as processes."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from reference_impl.__main__ import main


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    command = [sys.executable, "-m", "reference_impl", *arguments, "--ready-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def refused(*arguments: str) -> str:
    command = [sys.executable, "-m", "reference_impl", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 64
    assert "Traceback" not in done.stderr
    return done.stderr


def post(url: str, body: object | None = None) -> httpx.Response:
    return httpx.post(url, json=body, trust_env=False)


def authorization(facts: dict, person: str) -> dict[str, str]:
    form = {"grant_type": "password", "username": f"{person}@example.com", "password": "meetproof"}
    token = httpx.post(facts["token"], data=form, trust_env=False).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


NOON = {"dateTime": "2026-02-02T12:00:00", "timeZone": "UTC"}


def write(facts: dict, subject: str) -> None:
    """Invite the attendee to a meeting."""
    attendees = [{"emailAddress": {"address": "attendee0@example.com"}}]
    event = {"subject": subject, "start": NOON, "end": NOON, "attendees": attendees}
    headers = authorization(facts, "organizer0")
    answer = httpx.post(facts["graph"] + "/me/events", json=event, headers=headers, trust_env=False)
    assert answer.status_code == 201


def received(facts: dict) -> list[str]:
    """The subjects in the attendee's inbox."""
    url = facts["graph"] + "/me/mailFolders/inbox/messages"
    answer = httpx.get(url, headers=authorization(facts, "attendee0"), trust_env=False)
    return [message["subject"] for message in answer.json()["value"]]


def test_a_server_tells_its_endpoints_and_mailboxes_when_it_answers():
    with started("serve", "--port", "0") as (_, facts):
        assert {"ews", "graph", "token", "authority", "mailboxes"} == set(facts)
        addresses = {mailbox["address"]: mailbox["kind"] for mailbox in facts["mailboxes"]}
        assert addresses["room0@example.com"] == "room"
        assert {"organizer0@example.com", "attendee9@example.com", "AlexW@contoso.com"} <= set(addresses)
        assert httpx.get(facts["graph"] + "/me", trust_env=False).status_code == 401


def test_a_server_prints_a_table_for_people():
    command = [sys.executable, "-u", "-m", "reference_impl", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        head = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert head[0].startswith("EWS    http://127.0.0.1:")
    assert [line.split("  ")[0] for line in head[4:]] == ["\n", "organizer0@example.com", "attendee0@example.com"]


def test_the_named_faults_are_listed():
    command = [sys.executable, "-m", "reference_impl", "serve", "--list-faults"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert "graph-no-etag: Graph entities carry no @odata.etag." in done.stdout.splitlines()


def test_limits_and_switches_are_listed_as_the_profile_has_them():
    command = [sys.executable, "-m", "reference_impl", "serve", "--list-settings", "--profile", "online"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert (
        "subscriptions=20: subscriptions of a mailbox at most; 20 in the Online profile (a whole number from 1 on)"
        in done.stdout.splitlines()
    )


def test_limits_and_switches_are_set_one_by_one():
    with started("serve", "--set", "attendees=1", "--set", "server_version=14.3.1.2") as (_, facts):
        people = [{"emailAddress": {"address": f"attendee{n}@example.com"}} for n in range(2)]
        event = {"subject": "Two", "start": NOON, "end": NOON, "attendees": people}
        headers = authorization(facts, "organizer0")
        answer = httpx.post(facts["graph"] + "/me/events", json=event, headers=headers, trust_env=False)
        assert answer.status_code == 400
        credentials = ("organizer0@example.com", "meetproof")
        told = httpx.post(
            facts["ews"], content="", auth=credentials, headers={"Content-Type": "text/xml"}, trust_env=False
        )
        assert 'MajorVersion="14" MinorVersion="3"' in told.text


def test_a_file_of_mailboxes_replaces_the_default_ones(tmp_path):
    file = tmp_path / "people.toml"
    file.write_text('[[mailbox]]\naddress = "zoe@example.org"\nname = "Zoe"\npassword = "s3cret"\n')
    with started("serve", "--mailboxes", str(file)) as (_, facts):
        assert facts["mailboxes"] == [{"address": "zoe@example.org", "name": "Zoe", "kind": "user"}]


def test_a_port_in_use_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        message = refused("serve", "--port", str(taken.getsockname()[1]))
    assert "in use" in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--fault", "no-such-fault"], "unknown fault no-such-fault"),
        (["serve", "--clock", "2026-01-01T00:00:00"], "needs a zone"),
        (["serve", "--mailboxes", "/no/such/file.toml"], "/no/such/file.toml"),
        (["serve", "--profile", "cloud"], "cloud"),
        (["serve", "--seed", "s", "--database", "sqlite:////tmp/never-made.db"], "in memory only"),
        (["serve", "--notify", "http://example.org/"], "no host name, address or network"),
        (["serve", "--delivery-delay", "-1"], "of which there are no -1"),
        (["serve", "--delivery-delay", "nan"], "of which there are no nan"),
        (["serve", "--set", "batch"], "expected NAME=VALUE, got 'batch'"),
        (["serve", "--set", "batch=0"], "the setting batch takes a whole number from 1 on; it cannot be '0'"),
        (
            ["serve", "--set", "newest_schema=Exchange3"],
            "no version of EWS is called 'Exchange3'; known: Exch",
        ),
        (["serve", "--middleware", "recorded"], "expected MODULE:NAME=ARGUMENT, got 'recorded'"),
        (["serve", "--middleware", "no.such:thing=x"], "cannot use no.such:thing: No module named 'no'"),
        (["serve", "--middleware", "json:thing"], "cannot use json:thing: module 'json' has no attribute 'thing'"),
        (["dance"], "dance"),
        ([], "say serve, farm or openapi"),
    ],
)
def test_a_users_mistake_is_told_without_a_traceback(capsys, arguments, words):
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(arguments))
    assert ended.value.code == 64
    assert words in capsys.readouterr().err


def test_what_graph_offers_is_printed(capsys):
    assert main(["openapi", "--version", "beta"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["openapi"], told["info"]["version"]) == ("3.1.0", "beta")
    assert "post" in told["paths"]["/me/events/{event}/accept"]


def test_a_farms_servers_are_separate_worlds():
    with started("farm") as (_, facts):
        control = facts["control"]
        first, second = (post(control + "/servers", {"seed": "x"}).json() for _ in range(2))
        assert first["ews"] != second["ews"]
        form = {"grant_type": "password", "username": "organizer0@example.com", "password": "meetproof"}
        token = httpx.post(first["token"], data=form, trust_env=False).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        event = {"subject": "Here", "start": {"dateTime": "2026-02-02T10:00:00", "timeZone": "UTC"}}
        event["end"] = event["start"]
        assert (
            httpx.post(first["graph"] + "/me/events", json=event, headers=headers, trust_env=False).status_code == 201
        )
        listed = [
            httpx.get(f["graph"] + "/me/events", headers=headers, trust_env=False).json() for f in (first, second)
        ]
        assert [len(page["value"]) for page in listed] == [1, 0]


def test_a_farms_server_can_be_set_up_stopped_and_moved_in_time():
    with started("farm") as (_, facts):
        control = facts["control"]
        mailboxes = [{"address": "zoe@example.org", "name": "Zoe"}]
        made = post(control + "/servers", {"clock": "2026-05-01T10:00:00Z", "mailboxes": mailboxes}).json()
        assert [mailbox["address"] for mailbox in made["mailboxes"]] == ["zoe@example.org"]
        url = f"{control}/servers/{made['id']}"
        assert post(url + "/clock", {"advance": 3600}).json() == {"now": "2026-05-01T11:00:00+00:00"}
        assert httpx.get(made["graph"], trust_env=False).headers["date"] == "Fri, 01 May 2026 11:00:01 GMT"
        assert post(url + "/faults", ["no-such-fault"]).status_code == 400
        assert httpx.delete(url, trust_env=False).status_code == 204
        assert httpx.delete(url, trust_env=False).status_code == 404


def test_a_farms_server_holds_its_deliveries():
    with started("farm") as (_, facts):
        control = facts["control"]
        made = post(control + "/servers", {"clock": "2026-05-01T10:00:00Z"}).json()
        url = f"{control}/servers/{made['id']}"
        assert post(url + "/deliveries", {"deliveries": "hold"}).json() == {"stepped": 0, "waiting": 0}
        write(made, "first")
        write(made, "second")
        assert received(made) == []
        assert post(url + "/deliveries", {"deliveries": 1}).json() == {"stepped": 1, "waiting": 1}
        assert received(made) == ["first"]
        assert post(url + "/deliveries", {"deliveries": "release"}).json() == {"stepped": 0, "waiting": 0}
        assert received(made) == ["second", "first"]
        for wrong in ({}, {"deliveries": "stop"}, {"deliveries": -1}):
            assert post(url + "/deliveries", wrong).status_code == 400


def test_a_farms_server_delivers_when_its_clock_says_so():
    with started("farm") as (_, facts):
        control = facts["control"]
        made = post(control + "/servers", {"clock": "2026-05-01T10:00:00Z", "delivery_delay": 600}).json()
        write(made, "Later")
        assert received(made) == []
        url = f"{control}/servers/{made['id']}"
        post(url + "/clock", {"advance": 600})
        assert post(url + "/deliveries", {"deliveries": 0}).json() == {"stepped": 0, "waiting": 0}
        assert received(made) == ["Later"]


def test_a_server_delivers_later_if_told_so():
    with started("serve", "--delivery-delay", "2") as (_, facts):
        write(facts, "Later")
        began = time.monotonic()
        assert received(facts) == []
        while not (subjects := received(facts)):
            assert time.monotonic() < began + 20
            time.sleep(0.1)
        assert subjects == ["Later"]
        assert time.monotonic() > began + 1.5


@pytest.mark.parametrize(
    "body",
    [{"profile": "cloud"}, {"faults": ["x"]}, {"clock": "soon"}, {"delivery_delay": "long"}, {"mailboxes": [{}]}],
)
def test_a_farm_refuses_what_it_cannot_set_up(body):
    with started("farm") as (_, facts):
        answer = post(facts["control"] + "/servers", body)
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("The request cannot be used: ")
