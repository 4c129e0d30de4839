"""What the answers to operations are like, as data: element, header, class and code, operation by operation."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from conformance.catalogue.versions import EWS_VERSIONS
from conformance.model.requirement import Level, Requirement, Role, Source, Tier

AREA = "ews-operations"
"""The area of the rules on the answers to operations."""

# The rules of every operation, and how each is said.
SENTENCES: Mapping[str, str] = {
    "answer": "{name} is answered by a {name}Response, or by a fault.",
    "header": "The answer to {name} tells the server's version in one ServerVersionInfo header.",
    "success": "An answer to {name} with the code NoError is of the class Success.",
    "no_error": "An answer to {name} of the class Success has the code NoError.",
    "error": "An answer to {name} whose code tells of an error is of the class Error.",
    "code": "The code of an answer to {name} of the class Error is a ResponseCodeType.",
}


@functools.cache
def standard_operations() -> Mapping[str, Requirement]:
    """The requirements on the answers to operations, by id."""
    document = tomllib.loads(Path(__file__).with_name("operations.toml").read_text(encoding="utf-8"))
    found = [
        Requirement(
            id=operation_requirement(row["name"], rule),
            sentence=sentence.format(name=row["name"]),
            level=Level.MUST,
            area=AREA,
            tier=Tier.DOCUMENTED,
            sources=(Source(document["document"], row["section"]),),
            since=row.get("since", EWS_VERSIONS[0]),
            microsoft=tuple(row[rule]),
            role=Role.SERVER,
        )
        for row in document["operation"]
        for rule, sentence in SENTENCES.items()
    ]
    return MappingProxyType({one.id: one for one in found})


def operation_requirement(name: str, rule: str) -> str:
    """The id of a rule of ``SENTENCES`` for an operation."""
    return f"EWS-OPERATION-{name.upper()}-{rule.replace('_', '').upper()}"
