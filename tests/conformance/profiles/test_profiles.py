from __future__ import annotations

import functools

import pytest

from conformance.model.verdict import Verdict
from conformance.profiles import (
    Played,
    Profile,
    ProfileInvalid,
    Selection,
    UnknownProfile,
    find_profile,
    judge_profile,
    standard_profiles,
)
from conformance.profiles.profile import read_profile
from conformance.suites.case import ALL, SCENARIOS

ACCEPT = Played("handling-meetings.accept", "ews-ews", "handling-meetings")
DECLINE = Played("handling-meetings.decline", "ews-ews", "handling-meetings")
MIXED = Played("handling-meetings.accept", "ews-graph", "handling-meetings")
OTHER = Played("wire.entities", "ews-ews", "wire")

PROFILE = Profile(
    "p",
    "P",
    Selection(scenarios=frozenset({"handling-meetings"}), pairings=frozenset({"ews-ews"})),
    Selection(cases=("handling-meetings.*",)),
)


def judged(**verdicts):
    found = {
        (played.case, played.pairing): verdict
        for played, verdict in zip((ACCEPT, DECLINE), verdicts.values(), strict=False)
    }
    return judge_profile(PROFILE, [ACCEPT, DECLINE, OTHER], found)


@pytest.mark.parametrize(
    ("accept", "decline", "result"),
    [
        (Verdict.PASS, Verdict.PASS, "conformant"),
        (Verdict.PASS, Verdict.NOT_APPLICABLE, "conformant"),
        (Verdict.PASS, Verdict.SKIPPED, "partial"),
        (Verdict.PASS, Verdict.INCONCLUSIVE, "undecided"),
        (Verdict.SKIPPED, Verdict.ERROR, "undecided"),
        (Verdict.ERROR, Verdict.FAIL, "not conformant"),
        (Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE, "not applicable"),
    ],
)
def test_the_result_follows_from_the_core(accept, decline, result):
    assert judged(accept=accept, decline=decline).result == result


def test_a_core_case_that_was_not_run_makes_the_profile_partial():
    coverage = judged(accept=Verdict.PASS)
    assert coverage.result == "partial"
    assert coverage.core == {"pass": 1, "not run": 1}


def test_an_extended_case_counts_apart():
    coverage = judge_profile(
        PROFILE,
        [ACCEPT, MIXED],
        {(ACCEPT.case, "ews-ews"): Verdict.PASS, (MIXED.case, "ews-graph"): Verdict.FAIL},
    )
    assert (coverage.result, coverage.core, coverage.extended) == ("conformant", {"pass": 1}, {"fail": 1})


NAMES = tuple(profile.name for profile in standard_profiles())
EVERYTHING = [Played(f"{scenario}.x", pairing, scenario) for scenario in SCENARIOS for pairing in ALL]
ONE_PROTOCOL = {"wire", "http", "bad-input", "version-gates"}  # scenarios in which people do not meet


@functools.cache
def core_of(name):
    profile = find_profile(name, standard_profiles())
    return tuple(played for played in EVERYTHING if profile.core.holds(played))


def test_the_profiles_cover_every_scenario_and_pairing():
    profiles = standard_profiles()
    assert {"graph-core", "meetings-core", "meetings-extended", "wire"} <= {*NAMES}
    alone = [
        case for case in EVERYTHING if case.scenario not in ONE_PROTOCOL or case.pairing in {"ews-ews", "graph-graph"}
    ]
    assert [case for case in alone if not any(profile.holds(case) for profile in profiles)] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.WARNING])
def test_a_profile_whose_core_passes_or_is_warned_of_is_conformant(name, verdict):
    verdicts = {(played.case, played.pairing): verdict for played in core_of(name)}
    assert verdicts
    assert judge_profile(find_profile(name, standard_profiles()), EVERYTHING, verdicts).result == "conformant"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("left_out", [Verdict.SKIPPED, None], ids=["skipped", "not run"])
def test_each_core_case_that_is_skipped_makes_its_profile_partial(name, left_out):
    profile = find_profile(name, standard_profiles())
    for skipped in core_of(name):
        verdicts = {(played.case, played.pairing): Verdict.PASS for played in core_of(name) if played != skipped}
        if left_out is not None:
            verdicts[skipped.case, skipped.pairing] = left_out
        assert judge_profile(profile, EVERYTHING, verdicts).result == "partial"


@pytest.mark.parametrize("name", NAMES)
def test_an_extended_case_that_is_skipped_leaves_its_profile_conformant(name):
    profile = find_profile(name, standard_profiles())
    verdicts = {(played.case, played.pairing): Verdict.PASS for played in core_of(name)}
    more = {(played.case, played.pairing): Verdict.SKIPPED for played in EVERYTHING if profile.extended.holds(played)}
    assert judge_profile(profile, EVERYTHING, more | verdicts).result == "conformant"


def test_an_unknown_profile_is_told_with_those_there_are():
    with pytest.raises(UnknownProfile, match=f"no profile 'x'; there are: {', '.join(NAMES)}"):
        find_profile("x", standard_profiles())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = 7", "title must be a string, got 7"),
        ('title = "x"\nowner = "y"', "'owner' is unknown"),
        ('title = "x"\n[core]\ncase = ["y"]', "core.case is unknown"),
        ('title = "x"\n[core]\ncases = "y"', "core.cases must be a list of strings"),
        ("title = ", "is not TOML"),
    ],
)
def test_a_broken_profile_is_refused_in_words(tmp_path, text, told):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ProfileInvalid, match=told):
        read_profile(file)
