"""The option ``--rules`` of commands that tell two servers apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from conformance.noise import Rules


def rules_asked_for(path: Path | None) -> Rules:
    """The rules of a file, none without one; a usage error for one that cannot be used."""
    from conformance.noise import NO_RULES, RulesInvalid, read_rules

    if path is None:
        return NO_RULES
    try:
        return read_rules(path)
    except RulesInvalid as problem:
        raise typer.BadParameter(str(problem), param_hint="--rules") from None


def stale(rules: Rules) -> Iterator[str]:
    """The accepted rules that were of no use, in lines."""
    for rule in rules.stale:
        yield f"stale rule, no difference fell under it: {rule.operation}: {rule.path}"
