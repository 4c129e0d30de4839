"""Documents that commands write for programs, held to their JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from conformance.wire.schemas import folder


class DocumentInvalid(AssertionError):
    """A document contradicts its schema: a mistake of ours where we wrote it."""


def validate(value: Mapping[str, Any], name: str) -> None:
    """DocumentInvalid when a document contradicts the shared schema of this name."""
    registry: Registry[Any] = Registry(retrieve=_referenced)  # type: ignore[call-arg]  # a field, which mypy does not see
    found = Draft202012Validator(_schema(f"{name}.schema.json"), registry=registry).iter_errors(value)
    problem = next(iter(found), None)
    if problem is not None:
        raise DocumentInvalid(f"{name} at {problem.json_path}: {problem.message}")


def _referenced(uri: str) -> Resource[Any]:
    return Resource.from_contents(_schema(uri.rpartition("/")[2]))


def _schema(file: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((folder() / file).read_text(encoding="utf-8"))
    return schema
