"""Both JSON Schema validators say the same of every body, good or broken; without the quick one nothing changes."""

import copy
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.tape.cassette import read_cassette
from conformance.wire import validate
from conformance.wire.json_schema import breaches, ecma, quick_verdict, validator
from tests.recorded import REFERENCE

EVENT = "event.schema.json#/$defs/entity"


def shape(value):
    if isinstance(value, dict):
        return tuple((name, shape(each)) for name, each in value.items())
    if isinstance(value, list):
        return tuple(sorted({shape(each) for each in value}, key=repr))
    return type(value).__name__


@pytest.fixture(scope="module")
def bodies():
    """Golden bodies of Graph, one of each shape, with the schema each is held to."""
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validate, "breaches", lambda document, reference, **_: asked.append((reference, document)) or ())
        for path in sorted(REFERENCE.glob("*.yaml")):
            for exchange in read_cassette(path).exchanges:
                if "odata.metadata=none" in (exchange.response.header("content-type") or ""):
                    continue  # such an answer lacks what its schema asks for
                validate.violations(exchange)
                validate.request_violations(exchange.request)
    found = {(reference, shape(document)): (reference, document) for reference, document in asked}
    assert len(found) > 100
    assert len({reference for reference, _ in found.values()}) >= 20
    return list(found.values())


@pytest.fixture(scope="module")
def some(bodies, pytestconfig):
    """Every fourth of them; when thorough, all."""
    return bodies[:: 1 if pytestconfig.getoption("--thorough") else 4]


def with_more(value):
    """The document with a member more in each of its objects."""
    if isinstance(value, dict):
        return {**{name: with_more(each) for name, each in value.items()}, "undeclared": {"deep": [1]}}
    return [with_more(each) for each in value] if isinstance(value, list) else value


def test_the_open_variant_lets_members_be_that_the_strict_one_does_not(some):
    # A batch's headers are a map of texts, which has no members of its own.
    answers = [each for each in some if not each[0].startswith(("requests/", "batch."))]
    assert len(answers) > 25
    for reference, document in answers:
        more = with_more(document)
        assert list(breaches(document, reference)) == list(breaches(document, reference, is_open=True)) == []
        assert list(breaches(more, reference))
        assert list(breaches(more, reference, is_open=True)) == [], reference


def test_the_open_variant_still_asks_for_what_is_declared(some):
    for reference, document in some:
        if reference.startswith("requests/"):
            continue
        for name in set(document) - {"@odata.type"}:  # without its type it is held to another schema
            lost = {other: value for other, value in document.items() if other != name}
            is_needed = bool(list(breaches(lost, reference)))
            assert bool(list(breaches(lost, reference, is_open=True))) is is_needed, (reference, name)


def places(value, path=()):
    """The path of everything in a document, the document itself first."""
    yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


OTHERS = (
    *(None, True, False, 0, 1, -1, 3, 15, 1.0, 2.5, 1e30, 2**63),
    *("", "x", "0", "\n", "\u00a0", "\ufeff", "none", "singleInstance", "2026-01-05T08:00:00Z", "08:00:00.0000000"),
    *("#microsoft.graph.eventMessageRequest", 'W/"QQ=="', "https://a.example/v1.0/$metadata#x", {}, [], [{}], {"a": 1}),
)
ENDINGS = ("\n", "\r", " ", "\x1c", "\x85", "\ufeff", "\u2028", "x", "=", "Z", "0", "\u0660", "\U0001f600")


NAMES = ("unexpected", "@odata.type", "subject", "id", "value")
LOST = object()


def pick(draw, things):
    return draw(st.sampled_from(list(things)))


ANY = (
    lambda value, draw, whole: LOST,
    lambda value, draw, whole: copy.deepcopy(pick(draw, OTHERS)),
    lambda value, draw, whole: copy.deepcopy(at(whole, pick(draw, places(whole)))),
)
BY_TYPE = {
    dict: (lambda value, draw, whole: {**value, pick(draw, NAMES): pick(draw, OTHERS)},),
    list: (lambda value, draw, whole: value * 2, lambda value, draw, whole: [*value, pick(draw, OTHERS)]),
    bool: (lambda value, draw, whole: not value,),
    str: (
        lambda value, draw, whole: value + pick(draw, ENDINGS),
        lambda value, draw, whole: pick(draw, ENDINGS) + value,
        lambda value, draw, whole: value[:-1],
        lambda value, draw, whole: value.swapcase(),
    ),
}


def at(document, path):
    for step in path:
        document = document[step]
    return document


def mutated(document, draw):
    """The document with one value lost, gained, replaced, moved or written slightly otherwise."""
    path = pick(draw, places(document))
    value = at(document, path)
    new = pick(draw, (*ANY, *BY_TYPE.get(type(value), ())))(value, draw, document)
    if not path:
        return [] if new is LOST else new
    changed = copy.deepcopy(document)
    place = at(changed, path[:-1])
    if new is LOST:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return changed


def test_both_validators_agree_on_mutated_golden_bodies(bodies):
    pytest.importorskip("jsonschema_rs")
    verdicts = []

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def agree(data):
        reference, document = data.draw(st.sampled_from(bodies))
        for _ in range(data.draw(st.integers(1, 3))):
            document = mutated(document, data.draw)
        verdict = quick_verdict(reference)(document)
        assert verdict == validator(reference).is_valid(document), reference
        assert verdict == (not list(breaches(document, reference)))
        verdicts.append(verdict)

    agree()
    assert 10 <= sum(verdicts) <= len(verdicts) - 10
    assert len(verdicts) >= 250


def test_both_validators_pass_the_golden_bodies(bodies):
    for reference, document in bodies:
        if not reference.startswith("requests/"):
            assert list(breaches(document, reference)) == []
            assert validator(reference).is_valid(document), reference


@pytest.fixture
def alone(monkeypatch):
    """As if jsonschema-rs were not installed."""
    quick_verdict.cache_clear()
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    yield
    quick_verdict.cache_clear()


def test_without_the_quick_validator_the_same_is_told(bodies, alone):
    assert quick_verdict(EVENT) is None
    reference, document = next((name, body) for name, body in bodies if name == EVENT)
    assert list(breaches(document, reference)) == []
    broken = {**document, "subject": 1}
    assert "$.subject" in [path for path, _ in breaches(broken, reference)]


def test_the_words_are_those_of_jsonschema(bodies):
    document = next(body for name, body in bodies if name == EVENT)
    told = dict(breaches({**document, "changeKey": "a b"}, EVENT))
    assert told["$.changeKey"] == "'a b' does not match '^[A-Za-z0-9+/=]+$'"


def test_what_passes_is_not_validated_again(bodies, monkeypatch):
    pytest.importorskip("jsonschema_rs")
    document = next(body for name, body in bodies if name == EVENT)
    monkeypatch.setattr("conformance.wire.json_schema.validator", None)
    assert list(breaches(document, EVENT)) == []
    with pytest.raises(TypeError):
        list(breaches({**document, "subject": 1}, EVENT))


def test_a_value_with_a_line_end_behind_it_does_not_match(bodies, alone):
    document = next(body for name, body in bodies if name == EVENT)
    assert "$.changeKey" in dict(breaches({**document, "changeKey": document["changeKey"] + "\n"}, EVENT))


def test_deep_nesting_is_a_breach_like_another():
    deep = []
    for _ in range(900):
        deep = [deep]
    assert [path for path, _ in breaches(deep, EVENT)] == ["$"]
    assert list(breaches({"value": deep}, EVENT))


def release_of(distribution: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version(distribution).split(".")[:2])
    except PackageNotFoundError:
        return ()


# Before jsonschema-rs 0.61 a dot goes over some ends of lines.
DOTS = (("^a.+$", "ab", "a\r"), ("^a.+$", "ab", "a\u2028")) if release_of("jsonschema-rs") >= (0, 61) else ()


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^a$", "a", "a\n"),
        (r"^\$a$", "$a", "a"),
        ("^[$a]$", "$", "\n"),
        (r"^\d$", "7", "\u0667"),
        (r"^[^\s]$", "\x85", "\ufeff"),
        (r"^\s$", "\ufeff", "\x1c"),
        (r"^\w$", "_", "\u00e9"),
        (r"^[\]$]$", "$", "\n"),
        *DOTS,
        ("^[.]+$", "..", "ab"),
    ],
)
def test_patterns_are_read_as_ecma_script(pattern, good, bad):
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    assert ecma(pattern).search(good)
    assert not ecma(pattern).search(bad)
    quick = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    assert quick.is_valid(good)
    assert not quick.is_valid(bad)


def test_the_patterns_of_the_schemas_use_no_more_than_is_translated():
    folder = Path(validate.__file__).parents[2] / "schemas" / "graph"
    found = {each for path in folder.rglob("*.json") for each in re.findall(r'"pattern": "(.*)"', path.read_text())}
    assert found
    for pattern in found:
        assert not re.search(r"\\\\[DSWbBpPkuc]|\(\?(?!:)", pattern), pattern
        outside = re.sub(r"\\\\.|\[[^\]]*\]", "", pattern)
        assert "." not in outside, f"{pattern}: jsonschema-rs before 0.61 goes over ends of lines by a dot"
