from __future__ import annotations

import pytest

from conformance.catalogue import (
    EWS_VERSIONS,
    CatalogueInvalid,
    UnknownRequirement,
    anchor,
    applies_to,
    cite,
    load_catalogue,
    standard_catalogue,
)
from conformance.model.requirement import Kind, Level, Role, Source, Tier

GOOD = """
area = "ews-meetings"

[[requirement]]
id = "EWS-MTG-001"
sentence = "The server answers."
level = "MUST"
tier = "documented"
sources = [{ document = "MS-OXWSMTGS", section = "3.1" }, { document = "Exchange docs" }]
since = "Exchange2010"
until = "Exchange2013"
rulings = ["0007"]
microsoft = ["R1342"]
"""


@pytest.fixture
def folders(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "rulings").mkdir()
    (tmp_path / "rulings" / "0007-some-case.md").write_text("# What holds in some case\n\nBecause.\n")
    return tmp_path / "requirements", tmp_path / "rulings"


def load(folders, **files):
    for name, text in files.items():
        (folders[0] / f"{name}.toml").write_text(text)
    return load_catalogue(*folders)


def test_a_requirement_is_read_with_all_its_fields(folders):
    found = load(folders, a=GOOD).requirement("EWS-MTG-001")
    assert found.sentence == "The server answers."
    assert (found.level, found.tier, found.area) == (Level.MUST, Tier.DOCUMENTED, "ews-meetings")
    assert found.sources == (Source("MS-OXWSMTGS", "3.1"), Source("Exchange docs", ""))
    assert (found.since, found.until) == ("Exchange2010", "Exchange2013")
    assert (found.rulings, found.microsoft) == (("0007",), ("R1342",))


def test_kind_role_and_gates_are_stated_for_a_file_and_overruled_by_an_entry(folders):
    plain = load(folders, a=GOOD).requirement("EWS-MTG-001")
    assert (plain.kind, plain.role, plain.needs) == (Kind.PROTOCOL, Role.ANY, ())
    shared = GOOD.replace('area = "ews-meetings"', 'area = "ews-meetings"\nrole = "attendee"\nneeds = ["rooms"]')
    shared += '\n[[requirement]]\nid = "EWS-MTG-002"\nsentence = "It answers."\nlevel = "MUST"\ntier = "observed"\n'
    shared += (
        'kind = "product"\nrole = "organizer"\nneeds = []\nsources = [{ document = "SOAP 1.1", anchor = "urn:x" }]\n'
    )
    found = load(folders, a=shared)
    first, second = found.requirement("EWS-MTG-001"), found.requirement("EWS-MTG-002")
    assert (first.kind, first.role, first.needs) == (Kind.PROTOCOL, Role.ATTENDEE, ("rooms",))
    assert (second.kind, second.role, second.needs) == (Kind.PRODUCT, Role.ORGANIZER, ())
    assert second.sources == (Source("SOAP 1.1", "", "urn:x"),)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (Source("RFC 9110", "6.6.1"), "https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1"),
        (Source("RFC 9110"), "https://www.rfc-editor.org/rfc/rfc9110"),
        (Source("Microsoft Graph documentation", "event"), "https://learn.microsoft.com/graph/api/resources/event"),
        (Source("Microsoft Graph documentation", "samples of several pages"), ""),
        (Source("GitHub issue", "ann/tool#12"), "https://github.com/ann/tool/issues/12"),
        (Source("Exchange Web Services schema", "CalendarItemType"), ""),
        (Source("a document nobody knows", "1"), ""),
        (Source("RFC 9110", "6.6.1", "https://example.org/#here"), "https://example.org/#here"),
    ],
)
def test_a_source_is_read_at_its_own_address_else_at_its_sections_else_at_its_documents(source, address):
    assert anchor(source) == address


def test_a_ruling_is_indexed_by_its_number(folders):
    ruling = load(folders, a=GOOD).rulings["0007"]
    assert (ruling.title, ruling.file) == ("What holds in some case", "0007-some-case.md")


def test_a_citation_names_documents_sections_and_rulings(folders):
    catalogue = load(folders, a=GOOD)
    cited = cite(catalogue.requirement("EWS-MTG-001"), catalogue.rulings)
    assert cited == "MS-OXWSMTGS 3.1; Exchange docs; Microsoft's R1342; ruling 0007, What holds in some case"


def test_an_id_stated_twice_is_refused_with_both_files(folders):
    with pytest.raises(CatalogueInvalid, match=r"b\.toml: EWS-MTG-001 is stated twice; the first is in a\.toml"):
        load(folders, a=GOOD, b=GOOD)


def test_an_unknown_id_is_told_with_its_nearest(folders):
    with pytest.raises(UnknownRequirement, match="no requirement 'EWS-MTG-01'; did you mean EWS-MTG-001"):
        load(folders, a=GOOD).requirement("EWS-MTG-01")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('id = "EWS-MTG-001"', 'id = "lower-1"', "requirement 1: id must look like EWS-MTG-001, got 'lower-1'"),
        ('level = "MUST"', 'level = "OUGHT"', "EWS-MTG-001: level must be one of MUST, SHOULD, MAY, got 'OUGHT'"),
        ('level = "MUST"', "", "EWS-MTG-001: level must be one of MUST, SHOULD, MAY, got None"),
        ('tier = "documented"', 'tier = "heard"', "tier must be one of documented, observed, ruled, got 'heard'"),
        ('sentence = "The server answers."', 'sentence = " "', "sentence must state the requirement"),
        ('since = "Exchange2010"', 'since = "2010"', "since must be one of Exchange2007"),
        ('rulings = ["0007"]', 'rulings = ["0008"]', "cites ruling '0008', but no file 0008-"),
        ('rulings = ["0007"]', 'rulings = "0007"', "rulings must be a list of strings, got '0007'"),
        ('microsoft = ["R1342"]', "microsoft = [1342]", "microsoft must be a list of strings"),
        ('{ document = "Exchange docs" }', '{ section = "1" }', "a source needs a document"),
        ('{ document = "Exchange docs" }', '{ document = "x", page = "1" }', "'page' is unknown"),
        ('microsoft = ["R1342"]', 'waiver = " "', "waiver must say why nothing looks at it"),
        ('microsoft = ["R1342"]', 'extra = "x"', "'extra' is unknown; expected one of id, "),
        ('area = "ews-meetings"', "", "area must be a word"),
        ('area = "ews-meetings"', 'area = "ews-meetings"\nowner = "x"', "'owner' is unknown"),
        ("[[requirement]]", "[requirement]", r"write \[\[requirement\]\]"),
        ("[[requirement]]", "[[requirement", "is not TOML"),
    ],
)
def test_a_broken_entry_is_refused_in_words(folders, before, after, told):
    assert before in GOOD
    with pytest.raises(CatalogueInvalid, match=told) as refusal:
        load(folders, a=GOOD.replace(before, after))
    assert str(refusal.value).startswith("a.toml: ")


def test_a_requirement_without_sources_is_refused(folders):
    lines = [line for line in GOOD.splitlines() if not line.startswith("sources")]
    with pytest.raises(CatalogueInvalid, match="sources must be a list"):
        load(folders, a="\n".join(lines))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("7-short.md", "# Title\n", "named NNNN-slug.md"),
        ("0009-no-heading.md", "Just words\n", "begins with a heading"),
        ("0007-again.md", "# Again\n", "ruling 0007 is given twice"),
    ],
)
def test_a_broken_ruling_is_refused(folders, name, text, told):
    (folders[1] / name).write_text(text)
    with pytest.raises(CatalogueInvalid, match=told):
        load(folders)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("Exchange2007_SP1", False), ("Exchange2010", True), ("Exchange2013", True), ("Exchange2013_SP1", False)],
)
def test_a_requirement_applies_from_its_first_version_to_its_last(folders, version, expected):
    assert applies_to(load(folders, a=GOOD).requirement("EWS-MTG-001"), version) is expected


def test_a_version_nobody_knows_counts_as_the_newest(folders):
    requirement = load(folders, a=GOOD.replace('until = "Exchange2013"', "")).requirement("EWS-MTG-001")
    assert applies_to(requirement, "Exchange2099")
    assert "Exchange2099" not in EWS_VERSIONS


def test_the_catalogue_of_the_package_loads():
    catalogue = standard_catalogue()
    assert len(catalogue.requirements) >= 120
    assert all(cite(one, catalogue.rulings) for one in catalogue.requirements.values())
