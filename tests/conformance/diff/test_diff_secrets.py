"""Recordings of others may hold secrets: nothing that is told or written of a comparison holds any."""

from __future__ import annotations

import base64
import json

import pytest

from conformance.cli import run_command
from conformance.diff import Recording, compare_recordings
from conformance.diff.bare import without_secrets
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.actors import actor_of
from conformance.tape.codec import encode

JSON = (("Content-Type", "application/json"),)


def recorded(password, subject="Lunch"):
    basic = base64.b64encode(f"ann@x.example:{password}".encode()).decode()
    nested = base64.b64encode(f"of {password} and more".encode()).decode()
    event = {
        "subject": f"{subject} {password}",
        "password": password,
        "note": base64.b64encode(nested.encode()).decode(),
    }
    odd = f"<p>{''.join(f'%26%23{ord(letter)};' for letter in password)} of {subject}</p>"
    return (
        Exchange(
            Request("GET", f"https://g/v1.0/me/events?access_token={password}", (("Authorization", f"Basic {basic}"),)),
            Response(200, "OK", (*JSON, ("Set-Cookie", f"sid={password}")), json.dumps({"value": [event]}).encode()),
        ),
        Exchange(
            Request("GET", "https://g/v1.0/me"),
            Response(401, "", (("Content-Type", "text/html"),), odd.encode()),
        ),
    )


LEFT, RIGHT = recorded("Hunter2-of-the-left"), recorded("Hunter2-of-the-right")


def written(folder, name, exchanges):
    path = folder / name
    path.write_bytes(b"version: 1\ninteractions:\n" + b"".join(encode(each) for each in exchanges))
    return str(path)


def spellings(word):
    return word, *(base64.b64encode(b" " * shift + word.encode()).decode()[4:20] for shift in range(3))


def test_what_is_a_secret_on_both_sides_is_no_difference():
    assert compare_recordings("x", Recording(LEFT[:1]), Recording(RIGHT[:1])).differences == ()


def test_a_text_that_hides_a_secret_in_odd_encodings_is_told_apart_by_its_digest():
    [found] = compare_recordings("x", Recording(LEFT), Recording(RIGHT)).differences
    assert (found.path, len({found.left, found.right})) == ("response.body", 2)
    assert compare_recordings("x", Recording(LEFT), Recording(LEFT)).differences == ()


@pytest.mark.parametrize(
    "command",
    [
        ["diff", "{a}", "{b}", "--json", "{out}.json", "--html", "{out}.html"],
        ["noise", "{a}", "{b}", "--rules", "{out}.toml"],
        ["drift", "{a}", "--against", "{b}", "--json", "{out}.json"],
    ],
    ids=lambda command: command[0],
)
def test_no_secret_is_told_or_written(tmp_path, capsys, command):
    a = written(tmp_path, "a.yaml", LEFT)
    b = written(tmp_path, "b.yaml", recorded("Hunter2-of-the-right", "Dinner"))
    run_command([each.format(a=a, b=b, out=tmp_path / "out") for each in command])
    told = [capsys.readouterr().out, *(path.read_text() for path in tmp_path.glob("out.*"))]
    assert any("subject" in text for text in told)
    for password in ("Hunter2-of-the-left", "Hunter2-of-the-right"):
        assert not any(spelt in text for text in told for spelt in spellings(password))


def test_who_spoke_is_still_known():
    bare, _ = without_secrets(Recording(LEFT), Recording(()))
    assert actor_of(bare.exchanges[0]) == "ann@x.example"


def test_what_was_redacted_when_it_was_recorded_stays_itself():
    once, _ = without_secrets(Recording(LEFT[1:]), Recording(()))
    again, _ = without_secrets(once, once)
    assert again.exchanges[0] is once.exchanges[0]


@pytest.mark.parametrize(("other", "differences"), [(b"\x8b\x01", 0), (b"\x8b\x02", 1)])
def test_bodies_that_cannot_be_searched_are_told_apart_by_their_digests(other, differences):
    def one(body):
        return Recording(
            (Exchange(Request("GET", "https://g/v1.0/me"), Response(200, "", (("Content-Encoding", "br"),), body)),)
        )

    found = compare_recordings("x", one(b"\x8b\x01"), one(other))
    assert len(found.differences) == differences
    assert not any("8b02" in str(each.right) for each in found.differences)
