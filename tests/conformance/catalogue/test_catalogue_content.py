"""The catalogue's own entries: what every requirement and every ruling must have."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from pathlib import Path

import pytest

import conformance.catalogue
import conformance.suites
from conformance.catalogue import EWS_VERSIONS, anchor, documents, standard_catalogue
from conformance.model.requirement import Kind, Level, Tier
from conformance.suites.documents import document, slugs
from conformance.targets.features import FEATURES

CATALOGUE = Path(conformance.catalogue.__file__).parent
SUITES = Path(conformance.suites.__file__).parent
REQUIREMENTS = tuple(standard_catalogue().requirements.values())
RULINGS = sorted((CATALOGUE / "rulings").glob("*.md"))
SECTIONS = ("Sources", "Question", "Ruling", "Cases")

rulings = pytest.mark.parametrize("path", RULINGS, ids=lambda path: path.stem)


def front_matter(path: Path) -> dict[str, str]:
    matter = path.read_text(encoding="utf-8").split("---\n")[1]
    return {key: value.strip('"') for key, value in (line.split(": ", 1) for line in matter.splitlines())}


def section(path: Path, name: str) -> str:
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


@functools.cache
def declared_needs() -> dict[str, set[str]]:
    """The features that every ``@case("...")`` names, by the case's id, read without importing them."""
    found: dict[str, set[str]] = {}
    for path in SUITES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="case"), args=[ast.Constant(value=str(name)), *_], keywords=told):
                    found[name] = {each for one in told if one.arg == "needs" for each in ast.literal_eval(one.value)}
    return found


@functools.cache
def declared_cases() -> dict[str, tuple[str, ...]]:
    """The ids in every ``@case("...")`` below the suites and what each verifies, read without importing them."""
    found: dict[str, tuple[str, ...]] = {}
    for path in SUITES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="case"), args=[ast.Constant(value=str(name)), *_], keywords=told):
                    [verifies] = [one.value for one in told if one.arg == "verifies"]
                    found[name] = tuple(ast.literal_eval(verifies))
    return found


def test_the_catalogue_is_large_enough_to_be_of_use() -> None:
    assert len(REQUIREMENTS) >= 120
    assert {requirement.id.split("-")[0] for requirement in REQUIREMENTS} == {
        "EWS",
        "GRAPH",
        "CROSS",
        "MEETING",
        "WIRE",
    }


def test_a_requirement_is_one_sentence() -> None:
    for requirement in REQUIREMENTS:
        sentence = requirement.sentence
        assert re.fullmatch(r"[A-Z$].*[^.\s]\.", sentence), requirement.id
        assert not re.search(r"[.!?;] +[A-Z]|\n| {2}", sentence), requirement.id
        assert len(sentence) <= 180, f"{requirement.id}: {len(sentence)} characters"


def test_no_two_requirements_say_the_same() -> None:
    said = Counter(re.sub(r"\W+", " ", requirement.sentence).casefold() for requirement in REQUIREMENTS)
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_a_requirement_names_document_and_section() -> None:
    for requirement in REQUIREMENTS:
        assert requirement.sources, requirement.id
        for source in requirement.sources:
            assert source.document.strip(), requirement.id
            assert source.section.strip(), requirement.id


def test_microsofts_ids_come_with_their_section() -> None:
    with_ids = [requirement for requirement in REQUIREMENTS if requirement.microsoft]
    assert with_ids
    for requirement in with_ids:
        assert all(re.fullmatch(r"(MS-OXWSCDATA_)?R[0-9]+", one) for one in requirement.microsoft), requirement.id
        sections = [
            source.section
            for source in requirement.sources
            if source.document in {"MS-OXWSMTGS", "MS-OXWSCDATA"} and source.section[:1].isdigit()
        ]
        assert sections, requirement.id
        assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)*", name) for name in sections), requirement.id


def test_every_document_that_is_cited_is_known() -> None:
    cited = {source.document for requirement in REQUIREMENTS for source in requirement.sources}
    assert cited - set(documents()) == set(), "documents.toml knows every document, with its address where it has one"


def test_most_sources_lead_to_where_they_can_be_read() -> None:
    addresses = [anchor(source) for requirement in REQUIREMENTS for source in requirement.sources]
    assert len([one for one in addresses if one]) >= len(addresses) * 3 / 4
    assert [one for one in addresses if one and not re.fullmatch(r"https://\S+", one)] == []


def test_what_was_only_observed_is_a_product() -> None:
    assert [one.id for one in REQUIREMENTS if one.tier is Tier.OBSERVED and one.kind is not Kind.PRODUCT] == []


def test_a_requirement_is_gated_by_features_that_every_case_of_it_needs() -> None:
    for requirement in REQUIREMENTS:
        assert set(requirement.needs) <= set(FEATURES), requirement.id
    for name, verifies in declared_cases().items():
        for identifier in verifies:
            gates = set(standard_catalogue().requirements[identifier].needs)
            assert gates <= declared_needs()[name], f"{name} is played by servers that {identifier} does not concern"


def test_a_requirement_of_ours_cites_a_ruling() -> None:
    ours = [requirement for requirement in REQUIREMENTS if requirement.tier is Tier.RULED]
    assert ours
    assert [requirement.id for requirement in ours if not requirement.rulings] == []


def test_only_ews_has_schema_versions_and_they_are_in_order() -> None:
    for requirement in REQUIREMENTS:
        if requirement.id.startswith("EWS-MTG-"):
            assert requirement.since, f"{requirement.id}: an EWS requirement says from which version it holds"
        if requirement.id.startswith("GRAPH-"):
            assert not requirement.since, requirement.id
        if requirement.until:
            assert EWS_VERSIONS.index(requirement.since) <= EWS_VERSIONS.index(requirement.until), requirement.id


def test_what_rests_on_open_practice_is_never_a_must() -> None:
    wrong = [one.id for one in REQUIREMENTS if {"0302", "0303"} & set(one.rulings) and one.tier is Tier.RULED]
    assert wrong
    assert [one for one in wrong if standard_catalogue().requirements[one].level is Level.MUST] == []


@rulings
def test_a_rulings_front_matter_agrees_with_its_file(path: Path) -> None:
    matter = front_matter(path)
    assert list(matter) == ["number", "title", "status"]
    assert path.stem.startswith(matter["number"] + "-")
    assert matter["status"] in {"settled", "open"}
    assert f"\n# {matter['title']}\n" in path.read_text(encoding="utf-8")
    assert standard_catalogue().rulings[matter["number"]].title == matter["title"]


@rulings
def test_a_ruling_has_every_section_filled(path: Path) -> None:
    assert re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE) == list(SECTIONS)
    for name in SECTIONS:
        assert section(path, name), f"{path.name}: {name} is empty"
    for line in section(path, "Sources").splitlines():
        assert re.fullmatch(r"- [^:]+: .+", line), f"{path.name}: a source is '- document: section', got {line!r}"
    assert "?" in section(path, "Question") or section(path, "Question").endswith(".")
    assert len(section(path, "Ruling").split()) >= 8, f"{path.name}: the ruling says too little"


@rulings
def test_a_ruling_names_only_cases_that_exist(path: Path) -> None:
    told = section(path, "Cases")
    named = re.findall(r"^- `(.+)`$", told, re.MULTILINE)
    assert named or told in {"None yet.", "Every case."}, f"{path.name}: cases are '- `case.id`' lines, got {told!r}"
    assert len(named) == len(set(named)) == len([line for line in told.splitlines() if line.startswith("- ")])
    assert set(named) <= set(declared_cases())


@rulings
def test_a_ruling_names_every_case_that_checks_what_rests_on_it(path: Path) -> None:
    number, told = path.name[:4], section(path, "Cases")
    resting = {one.id for one in REQUIREMENTS if number in one.rulings}
    checking = {name for name, verifies in declared_cases().items() if resting & set(verifies)}
    if told != "Every case.":
        assert checking <= set(re.findall(r"^- `(.+)`$", told, re.MULTILINE))


def test_every_erratum_of_the_founding_documents_is_ruled_on() -> None:
    numbers = set(standard_catalogue().rulings)
    assert {f"{number:04}" for number in range(1, 67)} <= numbers
    assert {f"{number:04}" for number in range(101, 125)} <= numbers


def test_rulings_within_texts_exist() -> None:
    for path in RULINGS:
        for number in re.findall(r"[Rr]uling (\d{4})", path.read_text(encoding="utf-8")):
            assert number in standard_catalogue().rulings, path.name


def test_rulings_that_documents_cite_exist() -> None:
    for slug in slugs():
        for message in document(slug).messages.values():
            assert set(message.rulings) <= set(standard_catalogue().rulings), f"{slug}: {message.name}"


def test_the_readme_lists_every_ruling() -> None:
    rows = ["| Number | Ruling | First source |", "|---|---|---|"]
    for path in RULINGS:
        matter = front_matter(path)
        first = section(path, "Sources").splitlines()[0].removeprefix("- ").split(":")[0]
        rows.append(f"| [{matter['number']}](rulings/{path.name}) | {matter['title']} | {first} |")
    shown = [line for line in (CATALOGUE / "README.md").read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    assert shown == rows, "The table of README.md must read:\n" + "\n".join(rows)
