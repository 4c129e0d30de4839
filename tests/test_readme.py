"""What the README promises: its files can be read, its example runs, its commands exist."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import run_command
from conformance.known.reading import expectations_of
from conformance.model.exchange import Exchange, Request, Response
from conformance.noise.rules import rules_of
from conformance.tape.cassette import write_cassette
from conformance.targets import read_target
from conformance.targets.features import FEATURES
from reference_impl.directory.population import read_tenant
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.graph.routes import ROUTES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
MEETPROOF = str(Path(sys.executable).with_name("meetproof"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_described_target_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("ANN_PASSWORD", "a")
    monkeypatch.setenv("BOB_PASSWORD", "b")
    [text] = [block for block in blocks("toml") if "[target]" in block]
    file = tmp_path / "target.toml"
    file.write_text(text, encoding="utf-8")
    target = read_target(file)
    assert [account.address for account in target.accounts] == ["ann@example.org", "bob@example.org"]


def test_the_described_known_failures_can_be_read():
    [text] = [block for block in blocks("toml") if "[[expected]]" in block]
    [entry] = expectations_of(text, "README.md").entries
    assert entry.name == "EWS-MTG-110 in handling-meetings.accept[ews-ews]"


def test_the_described_rule_can_be_read():
    [text] = [block for block in blocks("toml") if "[[rule]]" in block]
    [rule] = rules_of(text, "README.md").rules
    assert rule.state == "accepted"


def test_every_feature_is_named():
    [sentence] = re.findall(r"offers beside plain meetings: (.*?)\.", README, re.DOTALL)
    assert re.split(r",\s+", sentence) == list(FEATURES)


def test_the_described_mailboxes_can_be_served(tmp_path):
    [text] = [block for block in blocks("toml") if "[[mailbox]]" in block]
    file = tmp_path / "people.toml"
    file.write_text(text, encoding="utf-8")
    command = [MEETPROOF, "serve", "--ready-json", "--mailboxes", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        facts = json.loads(server.stdout.readline())
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
    assert [mailbox["address"] for mailbox in facts["mailboxes"]] == ["zoe@example.org"]


def test_the_described_application_can_be_registered(tmp_path):
    file = tmp_path / "people.toml"
    file.write_text("".join(text for text in blocks("toml") if "[target]" not in text), encoding="utf-8")
    [robot] = read_tenant(file).applications
    assert not robot.is_public
    assert robot.reaches("zoe@example.org")


def test_the_operations_of_ews_are_those_of_the_server():
    rows = re.findall(
        r"^\| (?:items|attachments|folders|changes|time|people|the service) \| (.*) \|$", README, re.MULTILINE
    )
    told = re.findall(r"[A-Z]\w+", " ".join(rows))
    assert sorted(told) == sorted(name.removesuffix("Request") for name in OPERATIONS)


def test_the_operations_of_graph_are_those_of_the_server():
    [table] = re.findall(r"^\| resource \| operations \|\n.*\n((?:\|.*\n)+)", README, re.MULTILINE)
    told = [
        f"{resource}.{name}"
        for resource, names in re.findall(r"\| (\w+) \| (.*) \|", table)
        for name in names.split(", ")
    ]
    assert sorted(told) == sorted({route.name for route in ROUTES})


def test_the_examples_of_client_tests_pass(tmp_path):
    (tmp_path / "test_example.py").write_text("\n\n".join(blocks("python")), encoding="utf-8")
    looks = Request("GET", "https://mail.example.org/v1.0/me/events", (), b"")
    answer = Response(200, "OK", (("Content-Type", "application/json"),), b'{"value": []}')
    write_cassette(tmp_path / "tapes" / "calendar.yaml", {}, [Exchange(looks, answer)])
    command = [sys.executable, "-m", "pytest", "-q", *("-p", "no:cacheprovider", "-p", "no:schemathesis"), "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"\$ meetproof ((?:cassette|requirements) \w+|\w+)", README)))
)
def test_a_named_command_exists(command, capfd):
    assert run_command([*command.split(), "--help"]) == 0
    told = capfd.readouterr().out
    options = re.findall(rf"meetproof {command}\b[^\n`]*", README)
    for option in re.findall(r"--[a-z-]+", " ".join(options)):
        assert option in told, f"{command} has no {option}"


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\$ make (\w+)", README))))
def test_a_named_make_target_exists(target):
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("folder", re.findall(r"^\| `([\w/]+)/` \|", README, re.MULTILINE))
def test_a_named_folder_exists(folder):
    assert (Path(__file__).parents[1] / folder).is_dir()
