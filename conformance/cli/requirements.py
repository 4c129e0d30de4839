"""``meetproof requirements``: what the suite knows that a server must do."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated

import typer


def requirements(
    pattern: Annotated[str, typer.Argument(help="Only ids of this form, such as 'EWS-MTG-11*'.", metavar="[ID]")] = "*",
) -> None:
    """List the requirements of the catalogue with their sources."""
    from conformance.catalogue import cite, standard_catalogue

    catalogue = standard_catalogue()
    chosen = [one for one in catalogue.requirements.values() if fnmatchcase(one.id, pattern)]
    if not chosen:
        raise typer.BadParameter(f"no requirement has an id like {pattern!r}", param_hint="ID")
    for requirement in chosen:
        typer.echo(f"{requirement.id}  {requirement.level}  {requirement.sentence}")
        typer.echo(f"    {requirement.tier}: {cite(requirement, catalogue.rulings)}")
    typer.echo(f"{len(chosen)} requirements, {len(catalogue.rulings)} rulings")
