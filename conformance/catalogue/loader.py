"""The catalogue read from ``requirements/*.toml`` and ``rulings/NNNN-slug.md``."""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.catalogue.operations import standard_operations
from conformance.catalogue.structure import standard_structure
from conformance.catalogue.versions import EWS_VERSIONS
from conformance.model.requirement import Kind, Level, Requirement, Role, Source, Tier


class CatalogueInvalid(ValueError):
    """A catalogue file breaks a rule; the message says which file, which entry, what was got and expected."""


class UnknownRequirement(LookupError):
    """No requirement has this id; the message offers the nearest ones."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What we hold where the documents err, contradict one another or are silent."""

    number: str
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every requirement by id, every ruling by number."""

    requirements: Mapping[str, Requirement]
    rulings: Mapping[str, Ruling]

    def requirement(self, identifier: str) -> Requirement:
        """The requirement of an id; UnknownRequirement when there is none."""
        try:
            return self.requirements[identifier]
        except KeyError:
            near = difflib.get_close_matches(identifier, self.requirements, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownRequirement(f"The catalogue has no requirement {identifier!r}{hint}") from None


_SHARED_KEYS = {"kind", "role", "needs"}  # stated once for a whole file, or by the entries that differ
_FILE_KEYS = {"area", "title", "requirement"} | _SHARED_KEYS
_KEYS = {
    "id",
    "sentence",
    "level",
    "tier",
    "sources",
    "since",
    "until",
    "rulings",
    "microsoft",
    "waiver",
} | _SHARED_KEYS
_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_AREA = re.compile(r"[a-z][a-z0-9-]*")
_RULING_FILE = re.compile(r"(?P<number>[0-9]{4})-[a-z0-9-]+")


@functools.cache
def standard_catalogue() -> Catalogue:
    """The catalogue of this package with the rules of its tables, read once."""
    folder = Path(__file__).parent
    stated = load_catalogue(folder / "requirements", folder / "rulings")
    tabled = {**standard_structure().requirements, **standard_operations()}
    if both := stated.requirements.keys() & tabled.keys():
        raise CatalogueInvalid(f"{min(both)} is stated twice, once by a rule of a table.")
    return Catalogue(MappingProxyType({**stated.requirements, **tabled}), stated.rulings)


def load_catalogue(requirements: Path, rulings: Path) -> Catalogue:
    """The catalogue in two folders, either of which may be absent; CatalogueInvalid when an entry breaks a rule."""
    ruled = _rulings(rulings)
    found: dict[str, Requirement] = {}
    origin: dict[str, str] = {}
    for path in sorted(requirements.glob("*.toml")):
        for requirement in _requirements_of(path):
            if requirement.id in found:
                raise CatalogueInvalid(
                    f"{path.name}: {requirement.id} is stated twice; the first is in {origin[requirement.id]}."
                )
            for number in requirement.rulings:
                if number not in ruled:
                    raise CatalogueInvalid(
                        f"{path.name}: {requirement.id} cites ruling {number!r}, "
                        f"but no file {number}-*.md is among the rulings."
                    )
            found[requirement.id] = requirement
            origin[requirement.id] = path.name
    return Catalogue(MappingProxyType(found), MappingProxyType(ruled))


def _requirements_of(path: Path) -> Iterator[Requirement]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CatalogueInvalid(f"{path.name}: is not TOML: {problem}.") from None
    _only(path.name, document, _FILE_KEYS)
    area = document.get("area")
    if not isinstance(area, str) or _AREA.fullmatch(area) is None:
        raise CatalogueInvalid(f'{path.name}: area must be a word such as "ews-meetings", got {area!r}.')
    rows = document.get("requirement", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CatalogueInvalid(f"{path.name}: requirements are an array of tables: write [[requirement]].")
    shared = {key: document[key] for key in _SHARED_KEYS & document.keys()}
    for number, row in enumerate(rows, start=1):
        yield _requirement(path.name, number, area, shared | row)


def _requirement(file: str, number: int, area: str, row: Mapping[str, Any]) -> Requirement:
    identifier = row.get("id")
    if not isinstance(identifier, str) or _ID.fullmatch(identifier) is None:
        raise CatalogueInvalid(f"{file}: requirement {number}: id must look like EWS-MTG-001, got {identifier!r}.")
    where = f"{file}: {identifier}"
    _only(where, row, _KEYS)
    sentence = row.get("sentence")
    if not isinstance(sentence, str) or not sentence.strip():
        raise CatalogueInvalid(f"{where}: sentence must state the requirement, got {sentence!r}.")
    tier = Tier(_choice(where, "tier", row.get("tier"), Tier))
    usual = Kind.PRODUCT if tier is Tier.OBSERVED else Kind.PROTOCOL
    return Requirement(
        id=identifier,
        sentence=sentence.strip(),
        level=Level(_choice(where, "level", row.get("level"), Level)),
        area=area,
        tier=tier,
        sources=tuple(_sources(where, row.get("sources"))),
        since=_version(where, "since", row),
        until=_version(where, "until", row),
        rulings=_words(where, "rulings", row),
        microsoft=_words(where, "microsoft", row),
        kind=Kind(_choice(where, "kind", row.get("kind", usual), Kind)),
        role=Role(_choice(where, "role", row.get("role", Role.ANY), Role)),
        needs=_words(where, "needs", row),
        waiver=_waiver(where, row),
    )


def _sources(where: str, value: object) -> Iterator[Source]:
    if not isinstance(value, list) or not value:
        raise CatalogueInvalid(
            f'{where}: sources must be a list such as [{{ document = "...", section = "..." }}], got {value!r}.'
        )
    for row in value:
        if not isinstance(row, dict) or not isinstance(row.get("document"), str) or not row["document"]:
            raise CatalogueInvalid(f"{where}: a source needs a document, got {row!r}.")
        _only(where, row, {"document", "section", "anchor"})
        for key in ("section", "anchor"):
            if not isinstance(row.get(key, ""), str):
                raise CatalogueInvalid(f"{where}: a source's {key} must be a string, got {row[key]!r}.")
        yield Source(row["document"], row.get("section", ""), row.get("anchor", ""))


def _rulings(folder: Path) -> dict[str, Ruling]:
    found: dict[str, Ruling] = {}
    for path in sorted(folder.glob("*.md")):
        name = _RULING_FILE.fullmatch(path.stem)
        if name is None:
            raise CatalogueInvalid(f"{path.name}: a ruling's file is named NNNN-slug.md.")
        number = name["number"]
        if number in found:
            raise CatalogueInvalid(f"{path.name}: ruling {number} is given twice; the first is {found[number].file}.")
        title = next(
            (
                line.lstrip("# ").strip()
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.startswith("# ")
            ),
            None,
        )
        if not title:
            raise CatalogueInvalid(f"{path.name}: a ruling begins with a heading, '# Title'.")
        found[number] = Ruling(number, title, path.name)
    return found


def _only(where: str, row: Mapping[str, Any], known: set[str]) -> None:
    for key in row:
        if key not in known:
            raise CatalogueInvalid(f"{where}: {key!r} is unknown; expected one of {', '.join(sorted(known))}.")


def _choice(where: str, key: str, value: object, choices: Iterable[str]) -> str:
    allowed = [str(choice) for choice in choices]
    if value not in allowed:
        raise CatalogueInvalid(f"{where}: {key} must be one of {', '.join(allowed)}, got {value!r}.")
    return str(value)


def _waiver(where: str, row: Mapping[str, Any]) -> str:
    value = row.get("waiver", "")
    if not isinstance(value, str) or ("waiver" in row and not value.strip()):
        raise CatalogueInvalid(f"{where}: waiver must say why nothing looks at it, got {value!r}.")
    return value


def _version(where: str, key: str, row: Mapping[str, Any]) -> str:
    return _choice(where, key, row[key], EWS_VERSIONS) if key in row else ""


def _words(where: str, key: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise CatalogueInvalid(f"{where}: {key} must be a list of strings, got {value!r}.")
    return tuple(value)
