"""meetproof diff in this process: verdicts, exit codes, lines, and JSON that meets its schema."""

from __future__ import annotations

import json

import pytest

from conformance.cli import run_command
from conformance.diff import Compared, Recording, Verdict, compare_paths, compare_recordings, exit_code
from conformance.diff.document import document, lines, summary
from conformance.tape.cassette import write_cassette
from conformance.tape.diff import Difference, Place
from conformance.wire.documents import DocumentInvalid
from tests.conformance.conftest import one_line
from tests.conformance.tape.test_compare_meetings import ews_answer, found, item

LUNCH, DINNER = found(item("Lunch", Location="A")), found(item("Lunch", Location="B"))
DIFFERENT = compare_recordings("lunch.yaml", Recording(LUNCH), Recording(DINNER))


def test_a_difference_is_told_in_words_then_by_its_places():
    told = list(lines(DIFFERENT))
    assert told[0] == 'lunch.yaml: meeting "Lunch": the location is "A" on the left, "B" on the right'
    assert told[1].startswith("    exchange 1 (FindItem): response/m:FindItemResponse/")
    assert len(told) == 2
    moved = compare_recordings("x", Recording((ews_answer("", "GetItem"), *LUNCH)), Recording(DINNER))
    assert list(lines(moved))[-2].startswith("    left:  exchange 2 (FindItem): response/")
    assert list(lines(moved))[-1].startswith("    right: exchange 1 (FindItem): response/")


def test_the_document_holds_values_and_places_of_both_sides():
    told = document("old", "new", [DIFFERENT])
    (recording,) = told["recordings"]
    assert (told["exit_code"], recording["verdict"], recording["exchanges"]) == (1, "different", 1)
    (difference,) = recording["differences"]
    path = difference["path"]
    assert path.endswith("/t:CalendarItem/t:Location")
    assert difference["left"] == {"value": "A", "exchange": 1, "path": path}
    assert difference["right"] == {"value": "B", "exchange": 1, "path": path}
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    "wrong",
    [
        Compared("x"),
        Compared("x", (Difference("", None, None, "", "", None, None),)),
        Compared("x", (Difference("", [], None, "words", "", Place(-1), None),)),
    ],
)
def test_a_document_that_contradicts_its_schema_is_a_mistake(wrong):
    with pytest.raises(DocumentInvalid):
        document("old", "new", [wrong])


def test_exit_codes_follow_the_verdicts():
    same = compare_recordings("s", Recording(LUNCH), Recording(LUNCH))
    broken = Compared("b", problem="broken")
    nothing = compare_recordings("n", Recording(()), Recording(()))
    assert (nothing.verdict, nothing.problem) == (Verdict.UNKNOWN, "there is no exchange on either side")
    assert [exit_code(each) for each in ([same], [same, DIFFERENT, broken], [same, broken], [], [nothing])] == [
        0,
        1,
        2,
        2,
        2,
    ]
    assert summary([same, DIFFERENT]).startswith("2 recordings, 2 exchanges compared, 1 difference, ")


@pytest.fixture
def folders(tmp_path):
    for side, files in {"old": {"a": LUNCH, "in/b": LUNCH, "c": LUNCH}, "new": {"a": DINNER, "in/b": LUNCH}}.items():
        for name, exchanges in files.items():
            (tmp_path / side / name).parent.mkdir(parents=True, exist_ok=True)
            write_cassette(tmp_path / side / f"{name}.yaml", {}, exchanges)
    (tmp_path / "new" / "in" / "d.yaml").write_text("no cassette")
    return tmp_path / "old", tmp_path / "new"


def test_folders_are_paired_by_name_and_what_has_no_partner_is_told(folders):
    old, new = folders
    results = {result.name: result for result in compare_paths(old, new)}
    assert {name: result.verdict.value for name, result in results.items()} == {
        "a.yaml": "different",
        "c.yaml": "different",
        "in/b.yaml": "same",
        "in/d.yaml": "different",
    }
    assert list(lines(results["c.yaml"])) == [f"c.yaml: only in {old}"]
    assert list(lines(results["in/d.yaml"])) == [f"in/d.yaml: only in {new}"]


def test_the_command_writes_json_and_page(folders, capsys, tmp_path):
    old, new = map(str, folders)
    files = tmp_path / "d.json", tmp_path / "d.html"
    assert run_command(["diff", old, new, "--json", str(files[0]), "--html", str(files[1])]) == 1
    told = json.loads(files[0].read_text(encoding="utf-8"))
    assert [len(each["differences"]) for each in told["recordings"]] == [1, 1, 0, 1]
    assert "<h1>3 differences</h1>" in files[1].read_text(encoding="utf-8")
    assert "3 differences" in capsys.readouterr().out
    assert run_command(["diff", old, new, "--json", "-"]) == 1
    assert json.loads(capsys.readouterr().out) == told
    assert run_command(["diff", old, new, "--html", str(tmp_path / "absent" / "d.html")]) == 64
    assert "cannot be written" in one_line(capsys.readouterr().err)
