"""The published types of EWS as data: what an element of a type holds, value by value, and whose requirement that is.

``structure/*.toml`` is written by hand from the documents it cites, apart from ``schemas/ews``, so that a mistake in
one does not hide behind the same in the other. A rule that Microsoft's list numbers is a requirement.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.catalogue.versions import EWS_VERSIONS
from conformance.model.requirement import Kind, Level, Requirement, Role, Source, Tier

AREA = "ews-structure"
"""The area of the rules on types."""


@dataclass(frozen=True, slots=True)
class Member:
    """An element (``t:Start``) or attribute (``@Id``) of a type, and what its value is.

    ``required``: an element of the type always has it; ``many``: more than once if need be. ``requirement`` is the id
    of the rule in the catalogue, empty where Microsoft's list has no number for it.
    """

    name: str
    value: str
    required: bool = False
    many: bool = False
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Members of which an element of the type has exactly one."""

    name: str
    members: tuple[str, ...]
    requirement: str


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A type with its own members in their order.

    ``elements`` are the elements that have it wherever they stand, ``extends`` names the type whose members come first.
    ``is_item_list`` marks lists of items of any kind, whose members are not told one by one.
    """

    name: str
    members: tuple[Member, ...]
    elements: tuple[str, ...] = ()
    extends: str = ""
    choices: tuple[Choice, ...] = ()
    is_item_list: bool = False
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type of plain values: one of ``values``, several of them with ``is_list``, or text of a form."""

    name: str
    values: frozenset[str] = frozenset()
    is_list: bool = False
    form: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """A member that elements do not show under some versions: those of its requirement.

    What older versions do not know must be absent; what newer ones gave up should be.
    """

    element: str
    member: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Structure:
    """Every type by its name, what older versions lack, and the requirements that these rules are."""

    types: Mapping[str, ComplexType]
    simple: Mapping[str, SimpleType]
    absences: tuple[Absence, ...]
    requirements: Mapping[str, Requirement]


# What the values of members are called in a sentence; types are called by their names.
_WORDS: Mapping[str, str] = {
    "string": "text",
    "dateTime": "a date with a time",
    "date": "a date",
    "time": "a time of day",
    "duration": "a duration",
    "int": "an integer",
    "double": "a number",
    "boolean": "true or false",
    "anything": "what it likes",
}


_LONGEST = 130  # characters of values that a sentence tells one by one
_OFTEN: Mapping[tuple[bool, bool], str] = {
    (True, True): "at least one",
    (True, False): "exactly one",
    (False, True): "any number of",
    (False, False): "at most one",
}


@functools.cache
def standard_structure() -> Structure:
    """The structure that this package describes, read once."""
    return load_structure(Path(__file__).parent / "structure")


def load_structure(folder: Path) -> Structure:
    """The types in the files of a folder; KeyError and ValueError where a file is not as the others are."""
    types: dict[str, ComplexType] = {}
    simple: dict[str, SimpleType] = {}
    absences: list[Absence] = []
    found: list[Requirement] = []
    for path in sorted(folder.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        shared = {"document": document["document"]}
        for row in document.get("type", []):
            types[row["name"]] = _complex(shared | row, found)
        for row in (*document.get("enumeration", []), *document.get("pattern", [])):
            simple[row["name"]] = _simple(shared | row, found)
        for row in document.get("absence", []):
            absences += _absences({"section": document["section"]} | shared | row, found)
    requirements = {one.id: one for one in found}
    if len(requirements) != len(found):
        raise ValueError("two rules of the structure have one id")
    return Structure(MappingProxyType(types), MappingProxyType(simple), tuple(absences), MappingProxyType(requirements))


def _complex(row: Mapping[str, Any], found: list[Requirement]) -> ComplexType:
    name = row["name"]
    base = row.get("extends", "")
    if row.get("items"):
        sentence = f"{_a(name)} has items, at least one, and nothing else."
    elif base:
        sentence = f"{_a(name)} has the members of {_a(base)} and then its own, in their order and no others."
    else:
        sentence = f"{_a(name)} has its own members in their order and no others."
    whole = _add(found, row, name, "", sentence)
    members = tuple(_member(name, row | one, one, found) for one in row.get("members", ()))
    choices = tuple(_choice(name, row, one, members, found) for one in row.get("choices", ()))
    return ComplexType(
        name, members, tuple(row.get("elements", ())), base, choices, bool(row.get("items")), requirement=whole
    )


def _member(owner: str, row: Mapping[str, Any], told: Mapping[str, Any], found: list[Requirement]) -> Member:
    name, value = told["name"], told["is"]
    required, many = bool(told.get("required")), bool(told.get("many"))
    what = _WORDS.get(value) or _a(value)
    said = f"{_OFTEN[required, many]} {_plain(name)}, {'each' if many else 'which is'} {what}"
    identifier = _add(
        found, {**row, "microsoft": told.get("microsoft")}, owner, _plain(name), f"{_a(owner)} has {said}."
    )
    return Member(name, value, required, many, identifier)


def _choice(
    owner: str, row: Mapping[str, Any], told: Mapping[str, Any], members: tuple[Member, ...], found: list[Requirement]
) -> Choice:
    names = tuple(one.name for one in members[told["first"] : told["last"] + 1])
    sentence = f"{_a(owner)} has exactly one element of the group {told['name']}."
    identifier = _add(found, {**row, **told}, owner, told["name"], sentence)
    return Choice(told["name"], names, identifier)


def _simple(row: Mapping[str, Any], found: list[Requirement]) -> SimpleType:
    name, values = row["name"], row.get("values", [])
    if values:
        several = "a list of" if row.get("list") else "one of"
        told = f"{', '.join(values[:-1])} and {values[-1]}"
        if len(told) > _LONGEST:
            told = f"the {len(values)} values from {values[0]} to {values[-1]}"
        sentence = f"{_a(name)} is {several} {told}."
    else:
        sentence = f"{_a(name)} is {row['says']}."
    identifier = _add(found, row, name, "", sentence)
    return SimpleType(name, frozenset(values), bool(row.get("list")), row.get("form", ""), identifier)


def _absences(row: Mapping[str, Any], found: list[Requirement]) -> Iterator[Absence]:
    owner = _plain(row["element"])
    versions = f"{row['until']} or an older" if "until" in row else f"{row['since']} or a newer"
    for path, numbers in row["members"].items():
        sentence = f"{_a(owner)} has no {_plain(path)} under {versions} version."
        told = {
            **row,
            "microsoft": numbers,
            "kind": Kind.PRODUCT,
            "level": Level.MUST if "until" in row else Level.SHOULD,
        }
        yield Absence(row["element"], path, _add(found, told, owner, f"WITHOUT-{_plain(path)}", sentence))


def _add(found: list[Requirement], row: Mapping[str, Any], owner: str, part: str, sentence: str) -> str:
    """The id of a rule, which is a requirement where Microsoft's list numbers it."""
    if not row.get("microsoft"):
        return ""
    identifier = "-".join(("EWS-TYPE", owner.removesuffix("Type").upper(), *([part.upper()] if part else ())))
    found.append(
        Requirement(
            id=identifier,
            sentence=sentence[0].upper() + sentence[1:],
            level=Level(row.get("level", Level.MUST)),
            area=AREA,
            tier=Tier.DOCUMENTED,
            sources=(Source(row["document"], row["section"]),),
            since=row.get("since", EWS_VERSIONS[0]),
            until=row.get("until", ""),
            microsoft=tuple(row["microsoft"]),
            kind=Kind(row.get("kind", Kind.PROTOCOL)),
            role=Role.SERVER,
        )
    )
    return identifier


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _plain(name: str) -> str:
    """A name without its namespace or sign."""
    return name.removeprefix("@").rpartition(":")[2]
