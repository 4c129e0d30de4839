"""Documents held against the schemas of all versions: where they are valid, what of them can go, move or come twice.

``schema_probes/*.xml`` is the table. A probe is the content of a SOAP body with what is true of it:

- ``direction``, ``since``, ``until``: where it is valid; it is valid nowhere else.
- ``optional``: the elements and attributes that can be left out; all others cannot.
- ``many``: the elements that may stand twice in a row; no others may.
- ``free``: the elements that may change places with what follows them; ``t:Updates/*`` are all in that element.
- ``each``: an element whose children are also tried one by one, valid alone in the same versions.
- ``set`` children: a value that makes the probe invalid.
- ``requirement``: the numbered requirement that the lower bound, or the refused value, shows.

A name is the end of a path; ``t:Mailbox/t:ItemId/@ChangeKey`` is more exact than ``@ChangeKey``.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree

from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, s
from reference_impl.ews.versions import NAMES, RANKS
from reference_impl.schemas import Direction, ews_schema

PREFIXES = {"m": MESSAGES, "t": TYPES}
SHORT = {MESSAGES: "m", TYPES: "t", "http://www.w3.org/XML/1998/namespace": "xml"}
HOME = Path(__file__).parent / "schema_probes"
HEADER = (
    f'<t:ServerVersionInfo xmlns:t="{TYPES}" MajorVersion="15" MinorVersion="1" MajorBuildNumber="1" '
    'MinorBuildNumber="1"/>'
)


@dataclass
class Probe:
    """One row of the table, and the envelope around its content."""

    name: str
    direction: Direction
    versions: tuple
    envelope: etree._Element
    traits: dict
    values: list = field(default_factory=list)
    requirement: str | None = None

    @property
    def content(self):
        return self.envelope.find(s("Body"))[0]

    def is_valid(self, version, envelope=None):
        schema = ews_schema(version, self.direction)
        return schema.validate(self.envelope if envelope is None else envelope)

    def complaints(self, version):
        schema = ews_schema(version, self.direction)
        schema.validate(self.envelope)
        return str(schema.error_log)


def between(since, until):
    first = RANKS[since] if since else 0
    last = RANKS[until] if until else len(NAMES) - 1
    return tuple(name for name in NAMES if first <= RANKS[name] <= last)


def wrapped(content, direction):
    header = HEADER if direction is Direction.ANSWER else ""
    envelope = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body/></s:Envelope>')
    if not header:
        envelope.remove(envelope[0])
    envelope.find(s("Body")).append(copy.deepcopy(content))
    return envelope


def probe_of(row):
    direction = Direction(row.get("direction"))
    traits = {name: frozenset((row.get(name) or "").split()) for name in ("optional", "many", "free")}
    return Probe(
        name=f"{row.get('direction')}: {row.get('name')}",
        direction=direction,
        versions=between(row.get("since"), row.get("until")),
        envelope=wrapped(row[0], direction),
        traits=traits,
        values=[(value.get("path"), value.get("to"), value.get("requirement")) for value in row.findall("set")],
        requirement=row.get("requirement"),
    )


def singles(row) -> Iterator[Probe]:
    """One probe for each child of the element that ``each`` names, without its other children."""
    for index in range(len(row[0].xpath(f"descendant-or-self::{row.get('each')}", namespaces=PREFIXES)[0])):
        alone = copy.deepcopy(row)
        parent = alone[0].xpath(f"descendant-or-self::{row.get('each')}", namespaces=PREFIXES)[0]
        kept = parent[index]
        for child in list(parent):
            if child is not kept:
                parent.remove(child)
        alone.set("name", f"{row.get('name')}, {etree.QName(kept).localname} alone")
        yield probe_of(alone)


def rows():
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    return [row for path in sorted(HOME.glob("*.xml")) for row in etree.parse(str(path), parser).getroot()]


PROBES = [probe_of(row) for row in rows()]
SINGLES = [probe for row in rows() if row.get("each") for probe in singles(row)]
by_name = {"argvalues": PROBES, "ids": lambda probe: probe.name}


def path_in(content, element):
    """The path of an element from the content on, with the prefixes of the table."""
    names = [short(element.tag)]
    while element is not content:
        element = element.getparent()
        names.append(short(element.tag))
    return "/" + "/".join(reversed(names))


def short(tag):
    name = etree.QName(tag)
    return f"{SHORT[name.namespace]}:{name.localname}" if name.namespace else name.localname


def is_named(path, names):
    ends = (path, f"{path.rpartition('/')[0]}/*")
    return any(end.endswith(f"/{name}") for end in ends for name in names)


def changed(probe, index, change):
    """A copy of the envelope after ``change`` was made to the element at that place of the content."""
    envelope = copy.deepcopy(probe.envelope)
    content = envelope.find(s("Body"))[0]
    change(list(content.iter(etree.Element))[index])
    return envelope


def remove(element):
    element.getparent().remove(element)


def double(element):
    element.addnext(copy.deepcopy(element))


def exchange(element):
    element.getnext().addnext(element)


def stands_alone(element):
    return len(element.getparent().findall(element.tag)) == 1


@pytest.mark.parametrize("probe", **by_name)
def test_a_probe_is_valid_in_its_versions_alone(probe):
    assert probe.is_valid(probe.versions[-1]), probe.complaints(probe.versions[-1])
    assert tuple(version for version in NAMES if probe.is_valid(version)) == probe.versions


@pytest.mark.parametrize("probe", SINGLES, ids=lambda probe: probe.name)
def test_a_child_alone_is_valid_in_the_same_versions(probe):
    assert tuple(version for version in NAMES if probe.is_valid(version)) == probe.versions


@pytest.mark.parametrize("probe", **by_name)
def test_what_is_mandatory_cannot_be_left_out_and_what_is_optional_can(probe):
    names, lost = probe.traits["optional"], set()
    for index, element in enumerate(probe.content.iter(etree.Element)):
        path = path_in(probe.content, element)
        if stands_alone(element):
            can_go = probe.is_valid(probe.versions[-1], changed(probe, index, remove))
            assert can_go == is_named(path, names), path
            lost |= {name for name in names if is_named(path, {name})}
        for attribute in element.attrib:
            cut = changed(probe, index, lambda found, name=attribute: found.attrib.pop(name))
            place = f"{path}/@{short(attribute)}"
            assert probe.is_valid(probe.versions[-1], cut) == is_named(place, names), place
            lost |= {name for name in names if is_named(place, {name})}
    assert lost == names


@pytest.mark.parametrize("probe", **by_name)
def test_only_what_may_stand_twice_does(probe):
    names, doubled = probe.traits["many"], set()
    for index, element in enumerate(probe.content.iter(etree.Element)):
        if element is probe.content:
            continue
        path = path_in(probe.content, element)
        grown = changed(probe, index, double)
        assert probe.is_valid(probe.versions[-1], grown) == is_named(path, names), path
        doubled |= {name for name in names if is_named(path, {name})}
    assert doubled == names


@pytest.mark.parametrize("probe", **by_name)
def test_neighbours_cannot_change_places_where_order_counts(probe):
    names, mixed = probe.traits["free"], set()
    for index, element in enumerate(probe.content.iter(etree.Element)):
        following = element.getnext()
        if element is probe.content or following is None or following.tag == element.tag:
            continue
        path = path_in(probe.content, element)
        moved = changed(probe, index, exchange)
        assert probe.is_valid(probe.versions[-1], moved) == is_named(path, names), path
        mixed |= {name for name in names if is_named(path, {name})}
    assert mixed == names


@pytest.mark.parametrize("probe", **by_name)
def test_an_element_that_nobody_knows_is_invalid_everywhere(probe):
    for index, element in enumerate(probe.content.iter(etree.Element)):
        grown = changed(probe, index, lambda found: found.append(etree.Element(f"{{{TYPES}}}Surprise")))
        assert not probe.is_valid(probe.versions[-1], grown), path_in(probe.content, element)


def shows(requirement):
    return [] if requirement is None else [pytest.mark.requirement(requirement)]


def value_cases(*directions):
    return [
        pytest.param(probe, path, value, id=f"{probe.name}, {path} {value!r}", marks=shows(requirement))
        for probe in PROBES
        for path, value, requirement in probe.values
        if probe.direction in directions
    ]


def with_value(probe, path, value):
    envelope = copy.deepcopy(probe.envelope)
    place = f"*/{path}" if path.startswith("@") else path
    (found,) = envelope.find(s("Body"))[0].xpath(f"descendant-or-self::{place}", namespaces=PREFIXES)
    if isinstance(found, etree._Element):
        found.text = value
    else:
        found.getparent().set(found.attrname, value)
    return envelope


@pytest.mark.parametrize(("probe", "path", "value"), value_cases(*Direction))
def test_a_value_outside_its_type_is_invalid(probe, path, value):
    assert not probe.is_valid(probe.versions[-1], with_value(probe, path, value))


def ask(speaker, version, envelope):
    return speaker.at(version)(etree.tostring(envelope.find(s("Body"))[0]).decode())


@pytest.mark.parametrize(("probe", "path", "value"), value_cases(Direction.REQUEST))
def test_the_server_refuses_a_value_outside_its_type(organizer, probe, path, value):
    answer = ask(organizer, probe.versions[-1], with_value(probe, path, value))
    assert answer.fault == "ErrorSchemaValidation"


def late_requests():
    return [
        pytest.param(probe, id=probe.name, marks=shows(probe.requirement))
        for probe in PROBES
        if probe.direction is Direction.REQUEST and probe.versions[0] != NAMES[0]
    ]


@pytest.mark.parametrize("probe", late_requests())
def test_the_server_refuses_what_came_later(organizer, probe):
    for version in NAMES[: RANKS[probe.versions[0]]]:
        assert ask(organizer, version, probe.envelope).fault == "ErrorSchemaValidation", version


def referenced(kind):
    """The operations' elements of one direction in the schemas, each with the versions that have it."""
    body = etree.parse(str(Path(__file__).parents[3] / "schemas" / "ews" / "envelope.xsd"))
    v = "{urn:meetproof:versions}"
    return {
        element.get("ref").removeprefix("m:"): between(element.get(f"{v}since"), element.get(f"{v}until"))
        for element in body.iter("{http://www.w3.org/2001/XMLSchema}element")
        if element.get(f"{v}in") == kind and element.get("ref", "").startswith("m:")
    }


@pytest.mark.parametrize("direction", [Direction.REQUEST, Direction.ANSWER, Direction.PUSH])
def test_every_operation_has_probes_that_reach_all_its_versions(direction):
    """And no probe reaches further than the operation itself."""
    reached = {}
    for probe in PROBES:
        if probe.direction is direction:
            reached.setdefault(etree.QName(probe.content).localname, set()).update(probe.versions)
    assert {name: tuple(sorted(found, key=RANKS.get)) for name, found in reached.items()} == referenced(direction.value)
