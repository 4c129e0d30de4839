"""Rules are proposed from two recordings of one server, accepted by people, and applied to others."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cli import run_command
from conformance.noise.learning import HEAD, proposals, with_proposals
from conformance.noise.rules import NO_RULES, RulesInvalid, matches, rules_of
from conformance.tape.cassette import write_cassette
from conformance.tape.diff import Difference, Place, compare
from conformance.tape.shapes import SHAPES, shape_of
from tests.conformance.tape.test_compare_meetings import found, item

RULE = """
[[rule]]
operation = "{operation}"
path = "{path}"
shapes = [{shapes}]
state = "{state}"
reason = "{reason}"
"""


def rule(operation="FindItem", path="*/t:CalendarItem/t:Size", shapes='"number"', state="accepted", reason="grows"):
    return RULE.format(operation=operation, path=path, shapes=shapes, state=state, reason=reason)


def sizes(left, right):
    return compare(found(item("Lunch", Size=left)), found(item("Lunch", Size=right)))


def test_a_proposed_rule_is_applied_once_it_is_accepted():
    text = with_proposals("", proposals(sizes(10, 20), NO_RULES))
    assert text.startswith(HEAD)
    assert '# meeting "Lunch": the Size is "10" on the left, "20" on the right\n[[rule]]' in text
    (known,) = rules_of(text, "rules.toml").rules
    assert (known.operation, known.shapes, known.state, known.reason) == ("FindItem", {"number"}, "proposed", "")
    assert known.path.endswith("/t:Items/t:CalendarItem/t:Size")
    (difference,) = sizes(7, 8)
    assert rules_of(text, "rules.toml").accepted(difference) is None
    accepted = text.replace('"proposed"', '"accepted"').replace('reason = ""', 'reason = "Sizes grow."')
    assert rules_of(accepted, "rules.toml").accepted(difference) == rules_of(accepted, "rules.toml").rules[0]


def test_what_is_known_is_not_proposed_again_and_what_people_wrote_stays():
    mine = "# ours\n" + rule(state="rejected", reason="")
    assert proposals(sizes(10, 20), rules_of(mine, "x")) == ()
    more = proposals(sizes(10, "large"), rules_of(mine, "x"))
    text = with_proposals(mine, more)
    assert text.startswith(mine)
    assert [each.state for each in rules_of(text, "x").rules] == ["rejected", "proposed"]
    assert more[0].shapes == ("number", "text")


def test_one_rule_is_proposed_for_all_entries_of_a_list():
    left, right = (found(*(item(f"Meeting {n}", n, Size=n * size) for n in range(1, 9))) for size in (3, 5))
    (proposal,) = proposals(compare(left, right), NO_RULES)
    assert "(8 times)" in proposal.toml()


def test_an_exchange_that_one_side_lacks_is_no_noise():
    assert proposals(compare(found(item("Lunch")), ()), NO_RULES) == ()


@pytest.mark.parametrize(
    "other",
    [
        {"operation": "GetItem"},
        {"path": "*/t:CalendarItem/t:Siz"},
        {"shapes": '"text"'},
        {"state": "proposed"},
        {"state": "rejected"},
    ],
)
def test_a_rule_is_applied_to_nothing_else(other):
    assert rules_of(rule(), "x").accepted(sizes(10, 20)[0]) is not None
    assert rules_of(rule(**other), "x").accepted(sizes(10, 20)[0]) is None


def test_a_rule_that_nothing_fell_under_is_stale():
    known = rules_of(rule() + rule(operation="GetItem") + rule(operation="*Folder", state="proposed"), "x")
    known.accepted(sizes(10, 20)[0])
    assert [each.operation for each in known.stale] == ["GetItem"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rule = 1", r"write \[\[rule\]\]"),
        ("x = 1", "'x' is unknown"),
        ("[[", "is not TOML"),
        (rule(state="perhaps"), "state must be one of proposed, accepted, rejected"),
        (rule(reason=" "), "reason must say why"),
        (rule(shapes='"nothing"'), "shapes must be a list of some of absent"),
        (rule(shapes=""), "shapes must be a list"),
        (rule(shapes='["number"]'), "shapes must be a list"),
        (rule(path=""), "an exchange that one side lacks is no noise"),
        (rule() + 'more = "x"\n', "'more' is unknown"),
        ('[[rule]]\noperation = "x"\n', "rule 1: path must be a string"),
    ],
)
def test_a_wrong_rule_file_is_explained(text, words):
    with pytest.raises(RulesInvalid, match=words):
        rules_of(text, "rules.toml")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, "absent"),
        ("", "empty"),
        (True, "boolean"),
        ("False", "boolean"),
        (3, "number"),
        ("-4.5", "number"),
        ("2026-01-05", "date"),
        ("2026-01-05T08:00:00Z", "moment"),
        ("Mon, 05 Jan 2026 08:00:01 GMT", "moment"),
        ("4501-01-01T00:00:00Z", "text"),
        ("6f1d3f4e-5f0e-4a53-9a2e-d1b2c3a4e5f6", "GUID"),
        ("https://a.example/x?y", "URL"),
        ("ann@a.example", "address"),
        ("AAMkAGI2TG93AAA=", "id"),
        ("Quarterly plan", "text"),
    ],
)
def test_a_value_has_a_shape(value, shape):
    assert shape_of(value) == shape


@given(st.text() | st.none() | st.booleans() | st.floats() | st.integers())
def test_every_value_has_one_of_the_shapes(value):
    assert shape_of(value) in SHAPES


@given(st.lists(st.tuples(st.text(), st.text(min_size=1), st.text() | st.none(), st.text()), max_size=4))
def test_what_is_proposed_can_be_read_and_knows_what_it_was_learned_from(told):
    differences = [Difference(path, left, "x", words, op, Place(1), Place(1)) for op, path, left, words in told]
    text = with_proposals("", proposals(differences, NO_RULES))
    known = rules_of(text, "rules.toml")
    assert all(known.knows(each) or "*" in each.path + each.operation for each in differences)
    assert proposals(differences, known) == ()


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_a_star_stands_for_any_text(pattern, text):
    assert matches(pattern, pattern)
    assert matches("*", text)
    assert matches(text, text)
    assert matches(text, f"{text}a") is False
    assert matches(f"{text}*", f"{text}{pattern}")


@pytest.fixture
def recordings(tmp_path):
    """Two recordings of one server, and one of another."""
    for name, size, place in (("a", 10, "A"), ("b", 20, "A"), ("other", 30, "B")):
        write_cassette(tmp_path / f"{name}.yaml", {}, found(item("Lunch", Size=size, Location=place)))
    return tmp_path


def test_noise_is_learned_reviewed_and_passed_over(recordings, capsys, tmp_path):
    a, b, other, rules = (str(recordings / name) for name in ("a.yaml", "b.yaml", "other.yaml", "rules.toml"))
    assert run_command(["noise", a, b, "--rules", rules]) == 0
    assert "1 rule proposed" in capsys.readouterr().out
    assert run_command(["diff", a, b, "--rules", rules]) == 1, "nobody has accepted it"
    text = (recordings / "rules.toml").read_text().replace('"proposed"', '"accepted"')
    (recordings / "rules.toml").write_text(text.replace('reason = ""', 'reason = "Sizes grow."'))
    capsys.readouterr()
    assert run_command(["diff", a, b, "--rules", rules]) == 0
    assert "1 difference (1 server-specific)" in capsys.readouterr().out
    assert run_command(["diff", a, other, "--rules", rules, "--json", str(tmp_path / "diff.json")]) == 1
    told = capsys.readouterr().out
    assert 'unknown: meeting "Lunch": the location is "A" on the left, "B" on the right' in told
    assert "Size" not in told
    (recording,) = json.loads((tmp_path / "diff.json").read_text())["recordings"]
    assert [(each["class"], each["because"]) for each in recording["differences"]] == [
        ("server-specific", "Sizes grow."),
        ("unknown", ""),
    ]
    assert run_command(["noise", a, b, "--rules", rules]) == 0
    assert "no rules proposed" in capsys.readouterr().out
    assert run_command(["diff", a, a, "--rules", rules]) == 0
    assert "stale rule, no difference fell under it: FindItem: response/" in capsys.readouterr().out


def test_a_gate_fails_on_new_kinds_of_difference_only(recordings, capsys):
    a, b, other = (str(recordings / name) for name in ("a.yaml", "b.yaml", "other.yaml"))
    for name, right in (("known", b), ("new", other), ("none", a)):
        run_command(["diff", a, right, "--json", str(recordings / f"{name}.json")])
    capsys.readouterr()

    def gate(old, new):
        code = run_command(["gate", "--baseline", str(recordings / f"{old}.json"), str(recordings / f"{new}.json")])
        return code, capsys.readouterr().out.splitlines()

    code, told = gate("known", "new")
    assert (code, told[-1]) == (1, "kinds of difference: 1 new, none gone, 1 known")
    assert told[0] == 'new: meeting "Lunch": the location is "A" on the left, "B" on the right'
    assert gate("new", "known")[0] == gate("known", "known")[0] == 0
    code, told = gate("known", "none")
    assert (code, told[-1]) == (0, "kinds of difference: none new, 1 gone, none known")
    (recordings / "broken.yaml").write_text("no cassette")
    run_command(["diff", a, str(recordings / "broken.yaml"), "--json", str(recordings / "untold.json")])
    capsys.readouterr()
    assert gate("known", "untold")[0] == 2


@pytest.mark.parametrize(
    "arguments", [["diff", "A", "A", "--rules", "none.toml"], ["noise", "A", "none", "--rules", "x"]]
)
def test_what_cannot_be_used_is_a_mistake_on_the_command_line(recordings, capsys, monkeypatch, arguments):
    monkeypatch.chdir(recordings)
    assert run_command([each.replace("A", "a.yaml") for each in arguments]) == 64
    assert "none" in capsys.readouterr().err
